/* How figures of tasks are distributed at every N, which tasks stand apart, how cycles go with
 * cache misses, which places of the machine are slow, and what ran when. */
#ifndef ANALYSE_DISTRIBUTIONS_H
#define ANALYSE_DISTRIBUTIONS_H

#include "analyse/summary.h"

#include <stddef.h>
#include <stdint.h>

enum figure_kind {
	FIGURE_WALL_S,
	FIGURE_FREQUENCY_HZ,
	FIGURE_OFF_CPU_S,
	FIGURE_CYCLES,
	FIGURE_MAX_RSS_BYTES,
	FIGURE_IO_BYTES, /* read and written through system calls */
	FIGURE_KINDS
};

enum { DISTRIBUTION_BINS = 60, DISTRIBUTION_STEPS = 101 };

/* v-weighted, over successful measured tasks. */
struct distribution {
	size_t tasks;
	double mean, sd, least, p5, q1, median, q3, p95, most;
	double bins[DISTRIBUTION_BINS];       /* weight in each, between the kind's from and to */
	double quantiles[DISTRIBUTION_STEPS]; /* at 0, 1 %, ... 100 %: the cumulative curve */
	const char *reason;                   /* why it is absent, or NULL */
};

struct distribution_kind {
	double from, to;             /* of the bins, the same at every level */
	struct distribution *levels; /* as summary.levels */
};

/* A task whose wall time is far from the median of its level: |x - median| > 5 MAD
 * (constant 1.4826). */
struct outlier {
	size_t task; /* index into dataset.tasks */
	size_t level;
	double wall_s;
	double deviation; /* (wall - median) / MAD */
};

struct correlation {
	double pearson, spearman;            /* NAN: absent */
	double slope, slope_low, slope_high; /* cycles per miss, 95 % */
	size_t tasks;
	const char *reason;
};

/* A core or an L3, over the levels: its tasks' wall time relative to the median of its level and
 * trial. */
struct place {
	int32_t index; /* core: logical; L3: logical; PU: os index */
	int32_t package;
	double relative;  /* median over tasks; 1: as the others */
	double deviation; /* robust z among the places */
	size_t tasks;
};

struct places {
	struct place *items;
	size_t count;
	const char *reason;
};

/* One task in the timeline of a trial. */
struct timeline_task {
	uint32_t slot;
	double start_s, end_s; /* since the trial began */
	enum task_role role;
	enum task_state state;
};

struct timeline {
	size_t trial; /* index into summary.trials */
	struct timeline_task *tasks;
	size_t count;
	size_t left_out; /* beyond what can be drawn */
	double window_start_s, window_end_s;
};

struct distributions {
	struct distribution_kind kinds[FIGURE_KINDS];
	struct outlier *outliers; /* the farthest first, at most 200 */
	size_t outlier_count;
	size_t outliers_found;
	struct correlation cycles_misses;
	struct places cores, l3s;
	struct timeline *timelines; /* one per level: its first trial */
	size_t timeline_count;
};

/* Returns 0 or -ENOMEM. */
int distributions_build(const struct summary *summary, struct distributions *ret_distributions,
                        struct error *err);
void distributions_release(struct distributions *distributions);

#endif
