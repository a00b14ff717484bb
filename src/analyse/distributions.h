/* How figures of tasks are distributed at every N, which tasks stand apart, how cycles go with
 * cache misses, which places of the machine are slow, and what ran when. */
#ifndef ANALYSE_DISTRIBUTIONS_H
#define ANALYSE_DISTRIBUTIONS_H

#include "analyse/summary.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum figure_kind {
	FIGURE_WALL_S,
	FIGURE_FREQUENCY_HZ,
	FIGURE_OFF_CPU_S,
	FIGURE_CYCLES,
	FIGURE_MAX_RSS_BYTES,
	FIGURE_PEAK_RSS_BYTES, /* of those tasks that were sampled */
	FIGURE_PEAK_PSS_BYTES,
	FIGURE_CGROUP_PEAK_BYTES,
	FIGURE_IO_BYTES, /* read and written through system calls */
	FIGURE_KINDS
};

/* "wall_s", "frequency_hz", "off_cpu_s", "cycles", "max_rss_bytes", "peak_rss_bytes",
 * "peak_pss_bytes", "cgroup_peak_bytes", "io_bytes". */
extern const char *const figure_kind_names[FIGURE_KINDS];

enum { DISTRIBUTION_BINS = 60, DISTRIBUTION_STEPS = 101 };

/* v-weighted, over successful measured tasks that have the figure. */
struct distribution {
	size_t tasks;
	double mean, sd, least, p5, q1, median, q3, p95, most;
	double bins[DISTRIBUTION_BINS];       /* share of the weight in each, between from and to */
	double below, above;                  /* share of the weight outside of the bins */
	double quantiles[DISTRIBUTION_STEPS]; /* at 0, 1 %, ... 100 %: the cumulative curve */
	size_t left_out;                      /* measured successful tasks without the figure */
	const char *reason;                   /* why it is absent, or NULL */
};

struct distribution_kind {
	double from, to; /* of the bins, the same at every level; NAN: no level has it */
	struct distribution *levels; /* as summary.levels */
};

/* A task whose wall time is far from the median of its level: |x - median| > 5 MAD
 * (constant 1.4826). */
struct outlier {
	size_t task;  /* index into dataset.tasks */
	size_t level; /* index into summary.levels */
	double wall_s;
	double median_s;                  /* of the level */
	double deviation;                 /* (wall - median) / MAD */
	const struct dataset_slot *place; /* where it ran, or NULL where that is not known */
};

enum { OUTLIERS_MOST = 200, SCATTER_MOST = 1200, TIMELINE_TASKS_MOST = 4000 };

/* One task in the plot of cycles against misses. */
struct scatter_point {
	size_t level;
	double misses;
	double cycles;
};

struct correlation {
	double pearson, spearman;            /* NAN: absent */
	double slope, slope_low, slope_high; /* cycles per miss; 95 % over trials, NAN: none */
	double intercept;                    /* cycles */
	size_t tasks;
	size_t trials;
	size_t left_out; /* tasks whose own counts are not possible */
	struct scatter_point *points;
	size_t point_count;       /* at most SCATTER_MOST, evenly from the tasks of each level */
	const char *reason;       /* why there is none, or NULL */
	const char *slope_reason; /* why the slope has no interval, or NULL */
	char *text;               /* where a reason names figures; owned */
};

enum place_kind { PLACE_PU, PLACE_CORE, PLACE_L3, PLACE_PACKAGE, PLACE_KINDS };

/* "pu", "core", "l3", "package". */
extern const char *const place_kind_names[PLACE_KINDS];

/* One place of the machine, over all levels: its tasks' wall time relative to the median of the
 * tasks of the same trial that share their core, L3 and package with as many others. */
struct place {
	int32_t index; /* PU: os index; the others: logical */
	int32_t core;  /* what holds it, -1 where that is not known, or for what holds others */
	int32_t l3;
	int32_t package;
	double relative;  /* median over tasks; 1: as the others; NAN: nothing to compare with */
	double deviation; /* robust z among the places; NAN where they are too few */
	size_t tasks;     /* that could be compared */
	bool is_slow;
};

struct places {
	struct place *items; /* by index */
	size_t count;
	size_t judged; /* with enough tasks */
	size_t slow;
	double spread;      /* robust standard deviation of the relative times; NAN: too few */
	const char *reason; /* why none could be judged, or NULL */
};

/* One task in the timeline of a trial. */
struct timeline_task {
	uint32_t slot;
	double start_s, end_s; /* since the trial began */
	enum task_role role;
	enum task_state state;
	bool is_outlier;
};

struct timeline {
	size_t level;                /* index into summary.levels */
	size_t trial;                /* index into summary.trials */
	struct timeline_task *tasks; /* by slot, then start */
	size_t count;
	size_t left_out; /* tasks of the trial that are not here */
	size_t slots;    /* that are here, each with all its tasks up to until_s */
	size_t slots_of; /* of so many */
	double until_s;  /* tasks that start later are left out; NAN: none are for that */
	double window_start_s, window_end_s;
};

/* Of fewer tasks the MAD says little. */
enum { OUTLIERS_LEAST_TASKS = 8 };

struct distributions {
	struct distribution_kind kinds[FIGURE_KINDS];
	struct outlier *outliers; /* the farthest first, at most OUTLIERS_MOST */
	size_t outlier_count;
	size_t outliers_found;
	size_t outliers_levels; /* in which there were tasks enough to look for them, */
	size_t outliers_tasks;  /* and how many tasks these have */
	struct correlation cycles_misses;
	ptrdiff_t cycles_event; /* index into dataset.events of what cycles are, -1: none, */
	ptrdiff_t misses_event; /* and of what misses of the last cache are */
	struct places places[PLACE_KINDS];
	struct timeline *timelines; /* one per level that has one: its first used trial */
	size_t timeline_count;
};

/* Returns 0 or -ENOMEM. */
int distributions_build(const struct summary *summary, struct distributions *ret_distributions,
                        struct error *err);
void distributions_release(struct distributions *distributions);

#endif
