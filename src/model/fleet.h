/* A fleet as a value: many nodes, each measured by attempts of its own (jobs of a batch system, or
 * runs that were started by any other means). Filled from a fleet's folder (fleet/observe), kept in
 * a fleet file (store/fleet_file), judged in analyse/fleet, shown by report/fleet. Texts are owned,
 * may come from anybody and are escaped by whoever writes them; NULL is unknown. Times are calendar
 * times in ns, RECORD_ABSENT where they are not known. docs/fleet.md. */
#ifndef MODEL_FLEET_H
#define MODEL_FLEET_H

#include "model/batch.h"
#include "model/criteria.h"
#include "model/profile.h"
#include "model/record.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;

/* What came of a node, or of one attempt of it. */
enum fleet_verdict {
	FLEET_PASS,
	FLEET_SLOW, /* whole, and slower than the others of its hardware */
	FLEET_FAIL, /* tasks failed, criteria failed, or the node is not what it should be */
	FLEET_INCONCLUSIVE, /* criteria could not be decided, or there is nothing to hold it against
	                     */
	FLEET_HUNG,         /* its time was over before the work was */
	FLEET_NODE_FAIL,    /* the node went away under the job */
	FLEET_NO_RESULT, /* the job is over and left no whole result: cancelled, terminated, killed
	                  */
	FLEET_HELD,      /* the job waits for what does not come by itself */
	FLEET_RUNNING,
	FLEET_PENDING,
	FLEET_NOT_RUN, /* nothing was started there: down, drained, or not submitted yet */
	FLEET_VERDICTS
};

struct fleet_verdict_words {
	const char *name;  /* "no-result", in JSON, JUnit and tables */
	const char *words; /* "no result" */
	bool is_open;      /* it may still change by itself: held, running, pending */
	bool is_bad;       /* it speaks against the node: slow, fail, hung, node-fail */
};

extern const struct fleet_verdict_words fleet_verdict_words[FLEET_VERDICTS];

/* The order in which every answer tells of them: what a person has to look at first. */
extern const enum fleet_verdict fleet_worst_first[FLEET_VERDICTS];

/* Its place in that order; 0 is the worst. */
int fleet_verdict_order(enum fleet_verdict verdict);

/* How far the job on its node has come: its state file (formats/fleet/job_report_json). */
enum job_stage {
	STAGE_STARTING, /* checks of node, programs, folders */
	STAGE_RUNNING,
	STAGE_MOVING, /* the result goes into its place */
	STAGE_DONE,   /* nothing more will come */
	JOB_STAGES
};

extern const char *const job_stage_names[JOB_STAGES]; /* "starting", "running", ... */

/* What a job says of itself. */
struct job_report {
	char *node;       /* that it was meant for */
	char *found_node; /* that it found itself on, by the batch system's word or the host name */
	char *host;       /* host name */
	char *job;        /* the batch system's id, NULL: started by hand */
	uint32_t attempt;
	enum job_stage stage;
	int32_t exit_code; /* of the run; -1: none yet, or it did not begin */
	int32_t signal;    /* that the job was told to end by, or that ended its run; 0: none */
	char *reason;      /* what went wrong, in a sentence; NULL: nothing did */
	char *cpus;        /* list of the PUs that the job really has (sched_getaffinity) */
	uint32_t cpu_count;
	uint32_t granted_cpu_count; /* as the batch system says; 0: it does not */
	int64_t memory_bytes; /* that the job really has: the least of cgroup limit and memory */
	int64_t started_ns;
	int64_t updated_ns; /* when this was written */
	int64_t ended_ns;
	char *result; /* name of the result file beside the state file; NULL: there is none */
	/* Of the result as it was on the node, noted before it is moved: 0 or RECORD_ABSENT, and
	 * NULL: it was not. */
	int64_t result_bytes;
	char *result_sha256;
	bool is_partial; /* the result is of a run that did not come to its end */
	uint32_t trials_done;
	uint32_t trials_planned; /* 0: not known */
};

void job_report_release(struct job_report *report);

/* One criterion as it was judged when the result was collected. */
struct fleet_judgement {
	char *label;
	char *measure; /* as the criterion names it, "failures"; NULL: of none in particular */
	enum verdict verdict;
	double value, bound, limit; /* in the measure's unit; NAN: absent */
	char *reason;
};

/* What a ranking said of an attempt, when it spoke for its node. */
struct fleet_ranked {
	enum fleet_verdict verdict;
	double relative;         /* by the median of its class; NAN: none */
	double z;                /* robust, below 0: slower; NAN: none */
	char *component;         /* what is slow in it (analyse/fleet/rank); NULL: nothing */
	int32_t component_index; /* of a place; -1 */
	char *reason;            /* of the verdict, in a sentence */
	int64_t ranked_ns;       /* when that was said first */
};

struct fleet_attempt {
	uint32_t number; /* 1, 2, ... of its node */
	/* Of the batch system; has_job false: there is none, or it has never heard of it. */
	struct batch_job job;
	bool has_job;
	bool is_forgotten; /* the batch system was asked, and knows its job (job.id) no more */
	char *refused; /* why the batch system did not take the job; NULL: it did, or was not asked
	                */
	struct job_report report;
	bool has_report;
	char *result_path; /* as it was found when it was collected; NULL: there is none */
	char *result_sha256;
	int64_t result_bytes;
	int64_t result_mtime_ns; /* of the file, as it was then */
	struct profile profile;  /* of the result, once it was collected */
	bool has_profile;
	char *unreadable; /* why the result could not be read; NULL: it could, or there is none */
	char *shared; /* why the result is not its own: its run stands under another node, too; NULL
	               * otherwise. Found anew for every fleet (fleet/shared_runs), never kept */
	struct fleet_judgement *judgements; /* by the scenario's criteria; none: it has none */
	size_t judgement_count;
	enum verdict criteria_verdict; /* over these; of no meaning without */
	enum fleet_verdict verdict;    /* by itself: without its like, so never FLEET_SLOW */
	char *reason;                  /* of that, in a sentence */
	struct fleet_ranked ranked;    /* with its like */
	bool has_ranked;
};

struct fleet_node {
	char *name;
	char *partitions;  /* "rome,debug" */
	char *site_state;  /* as the site says it: "drained", "down*" */
	char *site_reason; /* why it is so, NULL: nobody said */
	char *site_reason_by;
	struct fleet_attempt *attempts; /* by number */
	size_t attempt_count;
	size_t attempt_capacity;
	enum fleet_verdict verdict; /* of its last attempt; without one not-run */
	char *reason;
};

/* After this a word is an old one. */
enum { FLEET_QUIET_S = 120 };

struct fleet {
	char *id;   /* 32 hexadecimal digits; NULL: gathered from results alone */
	char *name; /* the scenario's */
	char *folder;
	char *plateau_version;
	char *scenario_text;
	char *scenario_sha256;
	int64_t created_ns;
	int64_t observed_ns;      /* when this was last looked at */
	struct fleet_node *nodes; /* by name, in the order in which people count (node2, node10) */
	size_t node_count;
	size_t node_capacity;
	bool has_accounting; /* the batch system keeps accounts, so that max_rss_bytes may be there
	                      */
};

/* The node of that name, appended when it is not there; NULL: out of memory. */
struct fleet_node *fleet_node_take(struct fleet *fleet, const char *name, struct error *err);
/* NULL: there is none. */
struct fleet_node *fleet_node_find(const struct fleet *fleet, const char *name);
/* What the reason begins with that commands of `plateau fleet rank --drain` give a node. */
extern const char fleet_drain_leader[];
/* Whether the site has drained it for such a reason. */
bool fleet_node_is_drained_by_us(const struct fleet_node *node);
/* Takes the node at index away; those behind it move up. */
void fleet_node_drop(struct fleet *fleet, size_t index);
/* A node's attempt with this number, made in its place when it is not there; NULL: out of memory.
 */
struct fleet_attempt *fleet_attempt_take(struct fleet_node *node, uint32_t number,
                                         struct error *err);
/* The last one, or NULL. */
struct fleet_attempt *fleet_attempt_last(const struct fleet_node *node);
/* When it began, or at least was submitted: calendar time in ns, by the result, the job's report or
 * the batch system, whichever knows; RECORD_ABSENT: none does. */
int64_t fleet_attempt_began(const struct fleet_attempt *attempt);
/* What is known of an attempt: as it is by itself, or slow where a ranking called it so. */
enum fleet_verdict fleet_attempt_verdict(const struct fleet_attempt *attempt);
/* Why, or NULL. */
const char *fleet_attempt_reason(const struct fleet_attempt *attempt);
/* Whether a running job has not written a word for so long that somebody should look: it writes
 * about every 10 s, a shared file system shows it late, and clocks differ by seconds. */
bool fleet_attempt_is_quiet(const struct fleet_attempt *attempt, int64_t now_ns);
/* Sorts nodes by name as people count. */
void fleet_sort(struct fleet *fleet);
/* "node2" before "node10"; as strcmp. */
int fleet_name_compare(const char *a, const char *b);

void fleet_attempt_release(struct fleet_attempt *attempt);
void fleet_release(struct fleet *fleet);

#define cleanup_fleet      __attribute__((cleanup(fleet_release)))
#define cleanup_job_report __attribute__((cleanup(job_report_release)))

#endif
