/* What a batch system says of nodes and jobs, and what it is asked for: plain values, so that only
 * fleet/slurm knows which system it is. Texts are owned, come from outside, NULL is unknown. Times
 * are calendar times in ns, RECORD_ABSENT where they are not known. */
#ifndef MODEL_BATCH_H
#define MODEL_BATCH_H

#include "model/words.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum job_state {
	JOB_UNKNOWN, /* a state that we have no word for: state_word has it */
	JOB_PENDING,
	/* Pending for what does not come by itself: a hold, "launch failed requeued held", a reason
	 * that needs a person. */
	JOB_HELD,
	JOB_RUNNING, /* configuring, running, completing, suspended too */
	JOB_DONE,    /* ended with exit code 0 */
	JOB_FAILED,
	JOB_TIMEOUT,
	JOB_NODE_FAIL, /* boot failures too */
	JOB_CANCELLED, /* by a person, a deadline, preemption: state_word says */
	JOB_OUT_OF_MEMORY,
	JOB_STATES
};

extern const char *const job_state_names[JOB_STATES]; /* "pending", "node-fail", ... */

struct batch_job {
	char *id;
	char *name;
	char *comment; /* as it was submitted with */
	char *node;    /* where it runs or ran; else the one that it asks for */
	char *partition;
	enum job_state state;
	char *state_word; /* as the site says it: "NODE_FAIL", "PENDING" */
	char *reason;     /* why it waits or ended, as the site says: "Resources", "JobHeldUser" */
	char *cancelled_by; /* the user who cancelled it, by name or number */
	int64_t submitted_ns;
	int64_t started_ns;
	int64_t ended_ns;
	int64_t time_limit_ns; /* RECORD_ABSENT or not above 0: there is none, or it is not known */
	int32_t exit_code;     /* -1: not known */
	int32_t signal;        /* 0: none, or not known */
	/* By accounting, of its largest step; RECORD_ABSENT: it is not kept, or was not sampled. */
	int64_t max_rss_bytes;
	int64_t ave_rss_bytes;
	char *rss_reason; /* why these are absent; NULL: they are there */
};

struct batch_jobs {
	struct batch_job *items;
	size_t count;
	size_t capacity;
};

enum node_use {
	NODE_IDLE,    /* all of it is free, and it answers */
	NODE_BUSY,    /* it answers, and somebody uses some of it, or it is reserved */
	NODE_UNUSABLE /* drained, down, not answering, planned away: state_word and reason say */
};

struct batch_node {
	char *name;
	char *partitions; /* "rome,debug" */
	enum node_use use;
	char *state_word; /* as the site says it: "idle*", "drained" */
	char *reason;     /* that somebody set; NULL: none */
	char *reason_by;
	char *features; /* "rome,ib" */
};

struct batch_nodes {
	struct batch_node *items; /* each node once, by name */
	size_t count;
	size_t capacity;
};

/* Which nodes; all that are given must hold. None is: all nodes of the site. */
struct batch_choice {
	const char *nodes; /* a list in the site's notation: "rome[01-08],milan03" */
	const char *partition;
	const char *constraint; /* a feature expression of the site's */
};

/* One job for one node: exclusive, all of its memory, never requeued. */
struct batch_request {
	const char *name;
	const char *comment;
	const char *node;
	const char *script;    /* the text */
	const char *folder;    /* where it starts */
	const char *output;    /* file of its stdout and stderr */
	int64_t time_limit_ns; /* RECORD_ABSENT: the site's default */
	const char *partition; /* these: NULL: not said */
	const char *account;
	const char *qos;
	const char *reservation;
	const struct words *options; /* more of the site's own, each as "--name" or "--name=value";
	                              * may be NULL */
};

/* Whether a batch system takes it for the name of one node: no list, no range, no option. */
bool batch_is_node_name(const char *name);

void batch_job_release(struct batch_job *job);
void batch_node_release(struct batch_node *node);
void batch_jobs_release(struct batch_jobs *jobs);
void batch_nodes_release(struct batch_nodes *nodes);

#define cleanup_batch_job   __attribute__((cleanup(batch_job_release)))
#define cleanup_batch_jobs  __attribute__((cleanup(batch_jobs_release)))
#define cleanup_batch_nodes __attribute__((cleanup(batch_nodes_release)))

#endif
