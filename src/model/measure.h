/* What a result can be judged and compared by: throughput, wall time, frequency, the causes of the
 * loss, spreads between places, what tasks print. One table: its names are those of criteria
 * (`metric: throughput`) and of answers in JSON; what a result has of them is worked out in
 * analyse/measure. */
#ifndef MODEL_MEASURE_H
#define MODEL_MEASURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum measure_id {
	MEASURE_THROUGHPUT,  /* tasks/s of the node */
	MEASURE_EFFICIENCY,  /* against linear from the baseline */
	MEASURE_DEGRADATION, /* 1/efficiency */
	MEASURE_OCCUPANCY,   /* tasks really running / N */
	MEASURE_WALL,        /* s per task, as all down to CGROUP_PEAK: successful measured tasks */
	MEASURE_USER,
	MEASURE_SYSTEM,
	MEASURE_OFF_CPU,
	MEASURE_MAX_RSS,
	MEASURE_PEAK_RSS,
	MEASURE_PEAK_PSS,
	MEASURE_CGROUP_PEAK,
	MEASURE_FREQUENCY,
	MEASURE_CYCLES,
	MEASURE_INSTRUCTIONS,
	MEASURE_LLC_LOAD_MISSES,
	MEASURE_CPI,                 /* cycles per instruction */
	MEASURE_FACTOR_INSTRUCTIONS, /* of analyse/attribution, on wall time from the baseline */
	MEASURE_FACTOR_CPI,
	MEASURE_FACTOR_CLOCK,
	MEASURE_FACTOR_KERNEL,
	MEASURE_FACTOR_ON_CPU,
	MEASURE_FACTOR_OFF_CPU,
	MEASURE_SLOWDOWN, /* their product */
	MEASURE_ENERGY,   /* J per task */
	MEASURE_POWER,
	MEASURE_TEMPERATURE,
	MEASURE_FAILURES,       /* failed measured tasks of a level: a count */
	MEASURE_FAILURE_SHARE,  /* of measured tasks */
	MEASURE_CORE_SPREAD,    /* wall time on the slowest core, by that on the others */
	MEASURE_L3_SPREAD,      /* the same of caches, */
	MEASURE_PACKAGE_SPREAD, /* and of sockets */
	MEASURE_COUNTER, /* "counter.NAME": of any event or metric that was counted, per task */
	MEASURE_FIGURE,  /* "figure.NAME": of any number that tasks print */
	MEASURES
};

/* In what it is measured, and so how a limit is written. */
enum measure_unit {
	MEASURE_PLAIN,      /* a number: a count, a factor */
	MEASURE_SHARE,      /* 0.95 or 95% */
	MEASURE_PER_SECOND, /* tasks per second: a number, or with /s, /min, /h, /d */
	MEASURE_SECONDS,
	MEASURE_BYTES,
	MEASURE_HERTZ,
	MEASURE_JOULES,
	MEASURE_WATTS,
	MEASURE_CELSIUS,
	MEASURE_AS_NAMED, /* of a figure: as its name says (model/printed_unit) */
	MEASURE_UNITS
};

enum measure_better { BETTER_HIGHER, BETTER_LOWER, BETTER_NEITHER };

/* What a value of one trial is made of. */
enum measure_nature {
	NATURE_TRIAL, /* one figure of a trial */
	NATURE_TASKS, /* of its tasks: a mean, or a quantile */
	NATURE_COUNT, /* compares exactly, without an interval */
	NATURE_PLACES /* one figure of each place of the machine: the worst counts */
};

struct measure {
	const char *name; /* "throughput"; "counter." and "figure." end with the point */
	const char *key;  /* in JSON: "throughput_per_s" */
	const char
	        *words; /* "throughput", "wall time", "LLC load misses": for tables and sentences */
	enum measure_unit unit;
	enum measure_better better;
	enum measure_nature nature;
	bool is_signed;   /* it may be 0 or below: differences, not ratios of logs (temperature) */
	const char *help; /* one sentence for docs and --help */
};

/* By enum measure_id. */
extern const struct measure measures[MEASURES];

/* Which measure a name is ("wall", "counter.LLC-load-misses"), MEASURES if none. *ret_detail gets
 * what stands behind the point of counter. and figure., "" for others; may be NULL. */
enum measure_id measure_find(const char *name, const char **ret_detail);

/* Of the tasks of a trial. */
enum measure_statistic { STATISTIC_MEAN, STATISTIC_QUANTILE };

#endif
