/* What the node did while tasks ran, from the samples of a result: energy, power, temperature,
 * frequency, throttling, steal, memory; per trial and per level. All of it is of the node and the
 * trial, never of one task: joules per task are the energy of a window divided by the tasks in it.
 * docs/method.md defends every figure. */
#ifndef ANALYSE_NODE_TIME_H
#define ANALYSE_NODE_TIME_H

#include "analyse/estimate.h"
#include "analyse/summary.h"

#include <stddef.h>
#include <stdint.h>

enum node_figure {
	NODE_ENERGY_PER_TASK, /* J, of the packages */
	NODE_POWER,           /* W, of all packages */
	NODE_DRAM_POWER,      /* W, of their memory */
	NODE_TEMPERATURE,     /* °C, the highest */
	NODE_CLOCK_MEDIAN,    /* Hz, measured by aperf/mperf, of the CPUs that have a slot */
	NODE_CLOCK_LOW,       /* its 5 % quantile over CPUs and time */
	NODE_SAID_MEDIAN,     /* Hz, what the kernel says (cpufreq), as above */
	NODE_SAID_LOW,
	NODE_CORE_THROTTLES, /* events, of all cores */
	NODE_PACKAGE_THROTTLES,
	NODE_STEAL, /* of all CPUs' time, 0 to 1 */
	NODE_CPU_BUSY,
	NODE_MEMORY_LEAST, /* bytes that were available */
	NODE_FIGURES
};

/* What is known of a figure but its values. */
struct node_figure_kind {
	const char *name;   /* in JSON: "energy_per_task_j" */
	const char *sensor; /* the host fact that says where it comes from */
};

extern const struct node_figure_kind node_figure_kinds[NODE_FIGURES];

struct node_trial {
	double figures[NODE_FIGURES];      /* NAN: absent */
	const char *reasons[NODE_FIGURES]; /* why, or NULL: nothing was read */
};

struct node_level {
	/* Over the trials in the estimates: geometric means of what is above 0 by its nature, means
	 * of shares, the highest temperature, the least memory, sums of events. */
	struct estimate figures[NODE_FIGURES];
};

/* Where the samples of one name are among those of the dataset. */
struct sample_range {
	size_t first;
	size_t count;
};

struct node_time {
	struct node_trial *trials;   /* as summary.trials */
	struct node_level *levels;   /* as summary.levels */
	struct sample_range *ranges; /* as dataset.sample_names */
	bool was_sampled;
	double memory_sampler_share; /* what sampling tasks' memory cost, of one core, mean over
	                              * trials; NAN: not known */
	double node_sampler_share;   /* the same of sampling the node */
};

/* Works everything out. Returns 0 or -ENOMEM. */
int node_time_build(const struct summary *summary, struct node_time *ret_node_time,
                    struct error *err);

/* Adds the warning "too-hot" to the summary where cores or packages slowed themselves down. Returns
 * 0 or -ENOMEM. */
int node_time_warn(const struct node_time *node_time, struct summary *summary, struct error *err);

void node_time_release(struct node_time *node_time);

/* The samples called so; none: count 0. */
struct sample_range node_time_find(const struct node_time *node_time, const struct dataset *dataset,
                                   const char *name);

#endif
