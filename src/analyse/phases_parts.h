/* What analyse/phases.c and phase_lines.c share. */
#ifndef ANALYSE_PHASES_PARTS_H
#define ANALYSE_PHASES_PARTS_H

#include "analyse/phases.h"

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

/* Fills lines in; input -1: one that all levels have, where there is one. Returns 0 or -ENOMEM. */
int phase_lines_make(const struct summary *summary, const struct phase_tasks *tasks, int32_t input,
                     struct phase_findings *findings, struct error *err);
void phase_lines_release(struct phase_findings *findings);

#endif
