/* What a result says, level by level: throughput against occupancy, efficiency, the time, memory
 * and counters of a task, what the harness cost, and what a reader has to be warned of. Pure: from
 * a dataset to figures; docs/method.md defends every one of them.
 *
 * The dataset must outlive the summary, which points into it. Absent figures are NAN (or an
 * estimate without value) with a reason; nothing is filled in with 0. */
#ifndef ANALYSE_SUMMARY_H
#define ANALYSE_SUMMARY_H

#include "analyse/estimate.h"
#include "model/dataset.h"
#include "model/frequency.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The distribution of one figure over the successful measured tasks of a level, weighted by v. */
struct spread {
	double mean;
	double median;
	double p95;
	double max;
	size_t tasks;       /* how many had the figure */
	const char *reason; /* why something above is absent, or NULL */
};

struct trial_summary {
	const struct trial_record *trial;
	size_t level;                     /* index into summary.levels */
	const struct trial_summary *next; /* of the same level, in the order of trials, or NULL */
	const char *left_out;             /* why it is in no estimate, or NULL */
	const struct task_record *tasks;  /* of the trial, all roles */
	const double *weights;            /* of these: v, 0 for those that are not measured */
	size_t task_count;
	size_t measured; /* tasks that overlap the window */
	size_t failed;   /* of those */
	double window_s;
	double throughput_per_s; /* sum of v over successful tasks / window */
	double held;             /* N_held: sum of overlaps / window; NAN: not known */
	double halves_per_s[2];  /* throughput of the window's first and second half */
	double wall_cv;          /* of successful tasks */
	double successes;        /* sum of v */
};

struct counter_summary {
	double mean; /* per task, v-weighted over tasks whose state is ok or scaled */
	enum counter_state state;
	size_t tasks;  /* behind the mean */
	size_t trials; /* of these: where sets of events take turns, not all of the level's */
	/* The part of the time in which it was counted: the v-weighted mean over these tasks, and
	 * the least of any; 1 where it was counted all the time, NAN without tasks. */
	double running_share;
	double running_least;
	const char *reason;
	const char *remedy;  /* what would help where the state is not OK, or NULL */
	bool is_not_in_turn; /* NOT_COUNTED because no trial of the level had a set with it */
	char text[256];      /* where the reason names figures */
};

struct level_summary {
	const struct dataset_level *level;
	const struct trial_summary *first;    /* of its trials, used or not, or NULL */
	size_t trials;                        /* in the estimates */
	size_t trials_in_state[TRIAL_STATES]; /* all, by state */
	size_t tasks;                         /* measured ones of the trials in the estimates */
	size_t failed;                        /* of those */
	size_t tasks_in_state[TASK_STATES];   /* of those */
	bool is_baseline;
	bool is_censored; /* some task ran into the timeout */
	bool is_stated;   /* it has no trials, and figures that others stated (analyse/stated) */
	/* When its tasks ran is not known, only how long each took: throughput is N times
	 * successes over the time that they took together, and no occupancy is known. */
	bool has_durations_only;
	bool is_parallel;   /* its tasks use several PUs at once: no time is off the CPU */
	const char *reason; /* why there is no estimate at all, or NULL */
	struct estimate throughput_per_s;
	struct estimate efficiency; /* against linear from the baseline */
	struct spread wall_s;
	struct spread user_s;
	struct spread system_s;
	struct spread cpu_s; /* both together: known of some tasks whose split is not */
	struct spread off_cpu_s;
	struct spread max_rss_bytes;     /* of the largest process of a task */
	struct spread peak_rss_bytes;    /* of its whole tree, as far as it was sampled */
	struct spread peak_pss_bytes;    /* the same, shared pages divided */
	struct spread cgroup_peak_bytes; /* of its control group */
	struct spread rss_samples;       /* how often a task was looked at for its RSS, */
	struct spread pss_samples;       /* and for its PSS */
	struct estimate frequency_hz;    /* from the best source that there is, which may be of the
	                                  * node: frequency_from takes others */
	enum frequency_source frequency_source;
	struct estimate frequency_by_source[FREQUENCY_SOURCES];
	struct counter_summary *counters; /* by index of the dataset's events */
	double held;                      /* tasks really running / N: mean over trials, */
	double held_min;                  /* and the least */
};

struct harness_summary {
	double cpu_s_per_task;
	double idle_gap_median_s;
	double idle_gap_p95_s;
	double max_rss_bytes;
};

struct warning {
	char code[32];
	char text[512]; /* a sentence or two for a person */
};

struct summary {
	const struct dataset *dataset;
	struct level_summary
	        *levels; /* ascending by concurrency, then in the order of the policies */
	size_t level_count;
	struct trial_summary *trials; /* as in the dataset */
	size_t trial_count;
	double *weights;       /* of the dataset's tasks */
	const char **policies; /* in the order of their first level */
	size_t policy_count;
	struct harness_summary harness;
	struct warning *warnings;
	size_t warning_count;
	size_t warning_capacity;
};

/* Whether a warning speaks of what makes figures wrong or absent: something else used the node, it
 * was held back, or trials are missing. Whoever judges by the figures has to be told at once. */
bool summary_warning_is_serious(const struct warning *warning);

/* Works everything out. Returns 0, -ENOMEM, or -EINVAL when the dataset contradicts itself (a
 * trial of a level that it does not have). summary_release frees it. */
int summary_build(const struct dataset *dataset, struct summary *ret_summary, struct error *err);

void summary_release(struct summary *summary);

/* The level from which linear is drawn under this policy, or -1. */
ptrdiff_t summary_baseline(const struct summary *summary, const char *policy);

/* How a level is called in a sentence: "N=8", or "N=8 pack" where there are several policies. The
 * name is written to text. */
const char *summary_level_name(const struct summary *summary, size_t level, char text[64]);

#define cleanup_summary __attribute__((cleanup(summary_release)))

#endif
