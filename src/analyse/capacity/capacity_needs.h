/* The answer to a capacity question: jobs per node and what limits them, CPU hours, node-days of
 * every platform, storage, intervals, and what the answer hangs on. Pure; docs/method.md says why
 * it is worked out so.
 *
 *   jobs per node = min(floor(cores / cores of the task), floor((memory - reserve) / max RSS))
 *   wall hours    = CPU hours / (cores of the task x CPU efficiency)
 *   node-days     = wall hours x CPU factor / jobs / 24, summed over tasks
 *   of a task that a result is of: node-days = instances / (X(N) x 86,400 s)
 *
 * A task with a result stands on other platforms with N / X(N) in place of its wall time: for so
 * long it holds its cores, its waiting included. */
#ifndef ANALYSE_CAPACITY_CAPACITY_NEEDS_H
#define ANALYSE_CAPACITY_CAPACITY_NEEDS_H

#include "model/capacity.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;

enum capacity_limit {
	CAPACITY_BY_CORES,
	CAPACITY_BY_MEMORY,
	CAPACITY_BY_RESULT, /* as many as the result was taken at */
	CAPACITY_LIMITS
};

/* "cores", "memory", "result". */
extern const char *const capacity_limit_names[CAPACITY_LIMITS];

/* One task on one platform. */
struct capacity_cell {
	double jobs; /* at once on a node; 0: not one fits */
	enum capacity_limit limit;
	double cpu_hours; /* there; NAN: not known */
	double node_days; /* NAN: it does not fit */
	/* Steps, where cores or memory limit; NAN: none. With a max RSS above the first one job
	 * fewer fits, and the platform's node-days are then the second (NAN: none fits any more);
	 * with one up to the third one job more fits. */
	double fewer_above_bytes;
	double fewer_node_days;
	double more_up_to_bytes;
	double more_node_days;
};

struct capacity_platform_needs {
	struct capacity_cell *cells;          /* by task */
	struct capacity_figure node_days;     /* NAN: some task does not fit, see reason */
	struct capacity_figure cpu_hours;     /* NAN: of some task they are not known */
	struct capacity_figure calendar_days; /* with its nodes; NAN: how many is not said */
	uint32_t nodes;                       /* of those; 0: not said */
	double nodes_needed;                  /* within the options' days; NAN: not asked */
	double misfits;   /* share of the draws in which some task does not fit */
	char reason[256]; /* why node-days are absent, or "" */
};

struct capacity_task_needs {
	struct capacity_figure instances;     /* NAN: not said */
	struct capacity_figure cpu_s;         /* of each; NAN: not known */
	struct capacity_figure cpu_hours;     /* of all, before any CPU factor */
	struct capacity_figure max_rss_bytes; /* NAN: not known */
};

struct capacity_product_needs {
	struct capacity_figure instances;
	struct capacity_figure bytes;
};

/* Something that the answer was made from. */
enum capacity_input_kind {
	CAPACITY_IN_INSTANCES,
	CAPACITY_IN_CPU_HOURS, /* of all instances */
	CAPACITY_IN_CPU_TIME,  /* of each */
	CAPACITY_IN_MAX_RSS,
	CAPACITY_IN_EFFICIENCY, /* of a task's cores */
	CAPACITY_IN_RATE,       /* throughput of a result */
	CAPACITY_IN_VISITS_MEAN,
	CAPACITY_IN_VISITS_MAX,
	CAPACITY_IN_CORES,
	CAPACITY_IN_MEMORY,
	CAPACITY_IN_RESERVE,
	CAPACITY_IN_FACTOR,
	CAPACITY_IN_SIZE,     /* of a product */
	CAPACITY_IN_PRODUCTS, /* how many of a product that says it itself */
	CAPACITY_INPUTS
};

/* "instances", "cpu_hours", "cpu_time", "max_rss", ...; and for people. */
extern const char *const capacity_input_names[CAPACITY_INPUTS];
extern const char *const capacity_input_words[CAPACITY_INPUTS];

struct capacity_input {
	enum capacity_input_kind kind;
	char owner[128]; /* of what: the name of a task, a platform, a product; "": of the file */
	struct capacity_figure figure;
};

/* What a tenth less and a tenth more of an input does to the node-days of a platform. */
struct capacity_effect {
	size_t input;
	double less; /* ratio to the node-days as they are; NAN: something does not fit */
	double more;
};

struct capacity_needs {
	const struct capacity *capacity;
	struct capacity_task_needs *tasks;
	struct capacity_platform_needs *platforms;
	struct capacity_product_needs *products;
	struct capacity_figure total_bytes; /* of products; NAN: there are none */
	struct capacity_figure kept_bytes;
	struct capacity_figure cpu_hours; /* before any CPU factor; NAN: of some task not known */
	struct capacity_input *inputs;
	size_t input_count;
	size_t uncertain; /* inputs with an interval */
	/* By platform: those that do something, the strongest first; effect_counts has how many.
	 */
	struct capacity_effect **effects;
	size_t *effect_counts;
	double days; /* of the options */
};

struct capacity_options {
	uint32_t nodes; /* of every platform that does not say its own; 0: not said */
	double days;    /* within which it is to be done; NAN: not asked */
};

/* How much less and more an input is made for capacity_effect. */
#define CAPACITY_STEP 0.1

/* Draws behind the intervals. */
enum { CAPACITY_DRAWS = 4096 };

/* Works it out; capacity is kept, not copied, and its sources are filled in
 * (analyse/capacity/capacity_sources). The same question has the same answer to the last digit.
 * Returns 0 or -ENOMEM. */
int capacity_needs_build(const struct capacity *capacity, const struct capacity_options *options,
                         struct capacity_needs *ret_needs, struct error *err);
void capacity_needs_release(struct capacity_needs *needs);

#define cleanup_capacity_needs __attribute__((cleanup(capacity_needs_release)))

#endif
