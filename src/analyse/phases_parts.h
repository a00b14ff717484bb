/* The steps of working out phases, in their order. For analyse/phases.c and phase_*.c. */
#ifndef ANALYSE_PHASES_PARTS_H
#define ANALYSE_PHASES_PARTS_H

#include "analyse/phases.h"
#include "core/clock.h"

/* A successful measured task with phases. */
struct phase_task {
	size_t task;  /* index into dataset.tasks */
	size_t trial; /* index into summary.trials */
	size_t level;
	double weight;
	const struct dataset_phase *phases;
	size_t count;
};

struct phase_tasks {
	struct phase_task *items;
	size_t count;
	size_t capacity;
};

/* All of them, level by level. The caller frees items. Returns 0 or -ENOMEM. */
int phase_tasks_find(const struct summary *summary, struct phase_tasks *ret_tasks,
                     size_t *ret_measured, struct error *err);

/* Those of a level; *ret_count is how many. */
const struct phase_task *phase_tasks_of_level(const struct phase_tasks *tasks, size_t level,
                                              size_t *ret_count);

static inline double phase_seconds(const struct dataset_phase *phase)
{
	return (double)(phase->end_ns - phase->start_ns) / NS_PER_S;
}

/* A phase is known by its name and its class. */
static inline uint32_t phase_key(const struct dataset_phase *phase)
{
	return phase->name * PHASE_CLASSES + (uint32_t)phase->class;
}

struct phase_key {
	uint32_t key;
	double total;    /* v-weighted seconds of all levels, */
	double baseline; /* and of the baselines */
};

/* What figures are worked out of: the classes, then the phases. */
struct phase_groups {
	struct phase_key *keys; /* those that occur, the longest first */
	size_t key_count;
	uint32_t *group_of; /* by key */
	size_t count;       /* classes, and phases */
	bool has_rest;      /* the last group is of all phases that have none of their own */
};

/* Which phases have figures of their own: the longest ones, in the order of the baseline. Returns 0
 * or -ENOMEM. */
int phase_groups_find(const struct summary *summary, const struct phase_tasks *tasks,
                      struct phase_groups *ret_groups, struct error *err);
void phase_groups_release(struct phase_groups *groups);

/* Room for the figures of each in findings, whose classes and phases are none. Returns 0 or
 * -ENOMEM. */
int phase_groups_make(const struct summary *summary, const struct phase_groups *groups,
                      struct phase_findings *findings, struct error *err);
struct phase_group *phase_groups_at(struct phase_findings *findings, size_t group);

/* Takes out the classes that took no time at any level. */
void phase_groups_drop_empty(const struct summary *summary, struct phase_findings *findings);
void phase_group_release(struct phase_group *group);

/* What the tasks of trials spent. */
struct phase_sums {
	double *seconds; /* by trial, then group: sums of v x seconds */
	double *weights; /* by trial: of v */
	size_t group_count;
};

/* Fills in seconds, shares and distributions of all groups at all levels, and sums, which the
 * caller releases whatever comes back. Returns 0 or -ENOMEM. */
int phase_levels_measure(const struct summary *summary, const struct phase_tasks *tasks,
                         const struct phase_groups *groups, struct phase_findings *findings,
                         struct phase_sums *sums, struct error *err);
void phase_sums_release(struct phase_sums *sums);

/* Fills in how all groups relate to the baseline at all levels. Returns 0 or -ENOMEM. */
int phase_relative_fill(const struct summary *summary, const struct phase_sums *sums,
                        struct phase_findings *findings, struct error *err);

/* Fills lines in; input -1: one that all levels have, where there is one. Returns 0 or -ENOMEM. */
int phase_lines_make(const struct summary *summary, const struct phase_tasks *tasks, int32_t input,
                     struct phase_findings *findings, struct error *err);
void phase_lines_release(struct phase_findings *findings);

#endif
