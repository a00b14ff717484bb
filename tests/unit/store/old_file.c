#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fixture.h"
#include "old_file.h"
#include "store/load.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

int old_file_set_up(void **state)
{
	struct fixture *const fixture = malloc(sizeof *fixture);
	assert_non_null(fixture);
	fixture_init(fixture);
	fixture_make_version_2(fixture);
	*state = fixture;
	return 0;
}

int old_file_tear_down(void **state)
{
	fixture_release(*state);
	free(*state);
	return 0;
}

void old_file_load(const struct fixture *fixture, struct dataset *dataset)
{
	struct error err = {""};
	if (load_dataset(fixture->path, dataset, &err) < 0)
		fail_msg("%s", err.text);
}

const struct task_record *old_file_task(const struct dataset *dataset, uint32_t trial,
                                        uint32_t index)
{
	for (size_t i = 0; i < dataset->task_count; i++)
		if (dataset->tasks[i].trial == trial && dataset->tasks[i].index == index)
			return &dataset->tasks[i];
	fail_msg("task %u of trial %u is not there", (unsigned)index, (unsigned)trial);
	abort(); /* not reached */
}

void old_file_check(const struct dataset *dataset)
{
	assert_int_equal(dataset->task_count, FIXTURE_OLD_TASKS);
	for (size_t i = 0; i < dataset->task_count; i++) {
		const struct task_record *const task = &dataset->tasks[i];
		assert_int_equal(task->peak_pss_bytes,
		                 task->index % 2 ? 90000000 + (int64_t)task->index : RECORD_ABSENT);
		assert_int_equal(task->exceeded_memory_limit, task->trial == 2 && task->index == 3);
		assert_int_equal(task->run_delay_ns, RECORD_ABSENT);
		assert_int_equal(task->cpu_ns, RECORD_ABSENT);
		assert_int_equal(task->block_delay_ns, RECORD_ABSENT);
		assert_int_equal(task->page_in_delay_ns, RECORD_ABSENT);
	}
	assert_int_equal(old_file_task(dataset, 1, 1)->max_rss_bytes, 100000001);
	assert_null(dataset->stalls);
}

void old_file_refuses(const struct fixture *fixture, const struct damage *damage)
{
	struct dataset dataset cleanup_dataset = {0};
	struct error err = {""};
	assert_int_equal(fixture_sql(fixture->path, damage->bad), SQLITE_OK);
	assert_int_equal(load_dataset(fixture->path, &dataset, &err), -EINVAL);
	assert_non_null(strstr(err.text, "damaged"));
	assert_int_equal(fixture_sql(fixture->path, damage->undo), SQLITE_OK);
	old_file_load(fixture, &dataset);
}

int old_file_go_on(const struct fixture *fixture, struct recorder **ret_recorder, struct error *err)
{
	struct dataset before cleanup_dataset = {0};
	old_file_load(fixture, &before);
	return recorder_open(fixture->path, &before, &fixture->plan, "{}", ret_recorder, err);
}
