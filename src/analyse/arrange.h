/* Makes levels and trials of what other tools recorded of tasks: which tasks were one level's,
 * which of them one repeat's, and the window in which all copies ran. Pure; docs/import.md says
 * how, and docs/method.md why so. */
#ifndef ANALYSE_ARRANGE_H
#define ANALYSE_ARRANGE_H

#include "formats/imported.h"
#include "model/plan.h"
#include "model/record.h"

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

/* Arranges tasks and figures. Tasks whose concurrency is absent get it from when they ran: how many
 * ran at once, for most of the time between two moments in which none did. Returns 0; -EINVAL (err
 * names the file and line): a task's concurrency cannot be known, or its times are none; -ENOMEM.
 */
int arrange_imported(const struct imported *imported, struct arrangement *ret_arrangement,
                     struct error *err);
void arrangement_release(struct arrangement *arrangement);

#define cleanup_arrangement __attribute__((cleanup(arrangement_release)))

#endif
