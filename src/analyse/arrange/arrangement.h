/* Tasks of other tools in levels and trials: what analyse/arrange makes of them. */
#ifndef ANALYSE_ARRANGE_ARRANGEMENT_H
#define ANALYSE_ARRANGE_ARRANGEMENT_H

#include "model/plan.h"
#include "model/record.h"
#include "model/words.h"

#include <stddef.h>
#include <stdint.h>

struct arranged_trial {
	struct trial_record record;
	size_t first; /* of its tasks, in order */
	size_t count;
};

struct arrangement {
	struct plan plan; /* levels without slots; trials in the order of trials[] */
	struct arranged_trial *trials;
	size_t trial_count;
	size_t *order;              /* indexes into imported.tasks, trial by trial */
	struct task_record *tasks;  /* of order: with trial, index, slot, role and times */
	size_t task_count;          /* those without a wall time are not among them */
	int64_t origin_calendar_ns; /* when the first task began; RECORD_ABSENT: nobody knows */
	int64_t end_calendar_ns;
	struct words remarks; /* what a reader of the result should know */
};

void arrangement_release(struct arrangement *arrangement);

#define cleanup_arrangement __attribute__((cleanup(arrangement_release)))

#endif
