/* A campaign: the records of many tasks of several types, as a production left them behind, without
 * levels and trials. Filled by formats/campaign (tables, LSST task metadata, sacct) and from
 * results (analyse/campaign), kept in a file by store/campaign_file, studied in analyse/campaign.
 *
 * What a source does not say is absent, never 0. */
#ifndef MODEL_CAMPAIGN_H
#define MODEL_CAMPAIGN_H

#include "model/record.h"
#include "model/words.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;

/* More tasks than this are not imported. */
enum { CAMPAIGN_MOST_TASKS = 20000000 };

/* More covariates than this are not kept. */
enum { CAMPAIGN_MOST_COVARIATES = 64 };

/* More task types than this are no types: something names every single task. */
enum { CAMPAIGN_MOST_TYPES = 10000 };

/* How an attempt ended. */
enum campaign_state {
	CAMPAIGN_DONE,
	CAMPAIGN_FAILED,        /* its exit status, or the source, says so */
	CAMPAIGN_TIMED_OUT,     /* a time limit ended it */
	CAMPAIGN_OUT_OF_MEMORY, /* a memory limit ended it */
	CAMPAIGN_LOST,          /* its node failed, or it was cancelled or preempted */
	CAMPAIGN_UNFINISHED,    /* it was waiting or running when the records were taken */
	CAMPAIGN_UNKNOWN,       /* the source does not say; counted with those that are done */
	CAMPAIGN_STATES
};

/* "done", "failed", "timed-out", "out-of-memory", "lost", "unfinished", "unknown"; then NULL. */
extern const char *const campaign_state_names[CAMPAIGN_STATES + 1];

/* One attempt at one task. Absent figures are RECORD_ABSENT. */
struct campaign_task {
	int64_t start_ns; /* calendar time */
	int64_t wall_ns;
	int64_t cpu_ns; /* user and system, of all its processes that the source counts */
	int64_t max_rss_bytes;
	uint32_t type;      /* index into campaign.types */
	uint32_t cores;     /* that it was given; 0: absent */
	uint16_t attempt;   /* from 1; 0: absent */
	uint8_t state;      /* enum campaign_state */
	bool is_superseded; /* a later attempt at the same task is in the campaign: it was retried
	                     */
};

#define CAMPAIGN_NO_LABEL UINT32_MAX

/* What tasks differ in beside their type: numbers (visits) or labels (band). One value per task, in
 * the order of campaign.tasks. */
struct campaign_covariate {
	char *name; /* as the source calls it */
	bool is_label;
	double *values;   /* of numbers; NAN: absent */
	uint32_t *labels; /* of labels: index into words; CAMPAIGN_NO_LABEL: absent */
	struct words words;
};

struct campaign {
	char *label;  /* what it is called: a release, a weekly ("w_2025_48") */
	char *format; /* that it was read from: "csv", "lsst-metadata", "sacct", "result" */
	char *source; /* in words: the files, who recorded it; NULL: not known */
	/* What max_rss_bytes and cpu_ns are of, in words ("the process, which may run several
	 * tasks", "sampled every 30 s by Slurm"); NULL: the source does not say. */
	char *max_rss_of;
	char *cpu_of;
	int64_t imported_ns; /* calendar time */
	struct words types;
	struct campaign_task *tasks;
	size_t task_count;
	size_t task_capacity; /* of tasks, and of the values of every covariate */
	struct campaign_covariate *covariates;
	size_t covariate_count;
	struct words remarks; /* what a person should know of it: guesses, what was passed over */
	/* Finding names without a search through all of them; private to campaign.c. */
	struct campaign_index *index;
};

/* The index of a type, or of a label of a covariate, added where it is new. Returns 0, -E2BIG (too
 * many) or -ENOMEM. */
int campaign_type(struct campaign *campaign, const char *name, uint32_t *ret_type,
                  struct error *err);
int campaign_label(struct campaign *campaign, size_t covariate, const char *name,
                   uint32_t *ret_label, struct error *err);

/* The index of a covariate, added where it is new (absent for every task that is there); -E2BIG
 * where there are too many; -EEXIST where it is there and of the other kind; -ENOMEM. */
int campaign_covariate(struct campaign *campaign, const char *name, bool is_label,
                       size_t *ret_covariate, struct error *err);

/* Appends a task whose covariates are absent; the caller sets those of the last task directly.
 * Returns 0, -E2BIG or -ENOMEM. */
int campaign_add(struct campaign *campaign, const struct campaign_task *task, struct error *err);

/* Makes room for count tasks and the values of their covariates. Returns as campaign_add. */
int campaign_reserve(struct campaign *campaign, size_t count, struct error *err);

/* An empty task: everything absent, state unknown. */
struct campaign_task campaign_task_empty(void);

/* Whether its figures count: it is done, or nothing is known of its end. */
bool campaign_task_is_done(const struct campaign_task *task);

/* How far a campaign is filled, and back to there: a reader appends what one file holds, all of it
 * or nothing. Types, labels and covariates that came since may stay, unused. */
size_t campaign_mark(const struct campaign *campaign);
void campaign_rewind(struct campaign *campaign, size_t mark);

/* Adds a remark, unless the same is there. Returns 0 or -ENOMEM. */
int campaign_remark(struct campaign *campaign, struct error *err, const char *format, ...)
        __attribute__((format(printf, 3, 4)));

void campaign_release(struct campaign *campaign);

#define cleanup_campaign __attribute__((cleanup(campaign_release)))

#endif
