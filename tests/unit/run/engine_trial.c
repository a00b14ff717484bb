#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine_fixture.h"
#include "engine_trial.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

const uint32_t engine_trial_two[] = {2, 0};

const struct record *engine_trial_first(const struct fixture *f, enum record_kind kind,
                                        const char *code)
{
	for (size_t i = 0; i < f->collected.count; i++) {
		const struct record *const record = &f->collected.items[i];
		if (record->kind == kind && (!code || strcmp(record->event.code, code) == 0))
			return record;
	}
	fail_msg("no record of kind %d %s", (int)kind, code ? code : "");
	abort(); /* not reached; the compiler does not know that fail_msg leaves */
}

void engine_trial_no_child_is_left(void)
{
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

size_t engine_trial_check_roles(const struct fixture *f, const struct trial_record *trial)
{
	size_t measured = 0;
	for (size_t i = 0; i < f->collected.count; i++) {
		const struct record *const record = &f->collected.items[i];
		if (record->kind != RECORD_TASK || record->task.trial == 0)
			continue;
		const struct task_record *const task = &record->task;
		assert_true(task->end_ns > task->start_ns);
		if (task->role == ROLE_WARMUP)
			assert_true(task->end_ns <= trial->window_start_ns);
		else if (task->role == ROLE_FILLER)
			assert_true(task->start_ns >= trial->window_end_ns);
		else
			assert_true(task->end_ns > trial->window_start_ns &&
			            task->start_ns < trial->window_end_ns);
		measured += task->role == ROLE_MEASURED;
		/* A measured task is always let finish. */
		if (task->role == ROLE_MEASURED)
			assert_int_equal(task->state, TASK_OK);
	}
	return measured;
}
