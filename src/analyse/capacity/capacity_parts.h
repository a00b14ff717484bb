/* What the parts of a capacity answer share; private to analyse/capacity.
 *
 * Every number that goes in is an input, with a place in an array of values: reckoning takes such
 * an array, so that the answer as it stands, draws for intervals and steps for the sensitivity are
 * one code with other values. */
#ifndef ANALYSE_CAPACITY_CAPACITY_PARTS_H
#define ANALYSE_CAPACITY_CAPACITY_PARTS_H

#include "analyse/capacity/capacity_needs.h"

/* Indexes into inputs; SIZE_MAX: there is no such input. */
struct task_inputs {
	size_t instances;
	size_t cpu_hours;
	size_t cpu_time;
	size_t max_rss;
	size_t rate;
	size_t efficiency;
};

struct platform_inputs {
	size_t cores;
	size_t memory;
	size_t reserve;
	size_t factor;
	size_t *rates; /* by task: of what was measured there */
};

struct visits_inputs {
	size_t mean;
	size_t max;
};

struct product_inputs {
	size_t size;
	size_t instances;
};

struct reckoner {
	const struct capacity *capacity;
	struct capacity_input *inputs;
	size_t input_count;
	struct task_inputs *tasks;
	struct platform_inputs *platforms;
	struct visits_inputs *visits;
	struct product_inputs *products;
};

/* Lists the inputs of a question. Returns 0 or -ENOMEM. */
int reckoner_build(const struct capacity *capacity, struct reckoner *ret_reckoner,
                   struct error *err);
void reckoner_release(struct reckoner *reckoner);

/* The inputs as they stand. */
void reckoner_values(const struct reckoner *reckoner, double *ret_values);

/* One task on one platform, without its steps. */
void reckon_cell(const struct reckoner *reckoner, const double *values, size_t platform,
                 size_t task, struct capacity_cell *ret_cell);

/* The bytes that tasks may take of a platform's memory. */
double reckon_room(const struct reckoner *reckoner, const double *values, size_t platform);

/* Of one task, before any CPU factor; NAN where it is not known. */
double reckon_cpu_hours(const struct reckoner *reckoner, const double *values, size_t index);
double reckon_cpu_s(const struct reckoner *reckoner, const double *values, size_t index);
double reckon_max_rss(const struct reckoner *reckoner, const double *values, size_t index);

/* The node-days of all tasks on a platform; INFINITY where one does not fit. */
double reckon_node_days(const struct reckoner *reckoner, const double *values, size_t platform);

/* The CPU hours of all tasks there; NAN where one is not known. */
double reckon_platform_hours(const struct reckoner *reckoner, const double *values,
                             size_t platform);

double reckon_product_bytes(const struct reckoner *reckoner, const double *values, size_t product);

/* Fills in the intervals of everything that is there already. Returns 0 or -ENOMEM. */
int capacity_draw(const struct reckoner *reckoner, struct capacity_needs *needs, struct error *err);

#endif
