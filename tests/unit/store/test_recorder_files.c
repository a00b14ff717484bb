/* Which file a recorder takes: none that exists or that another holds, and what killed runs left.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fixture.h"
#include "recorded.h"
#include "store/load.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void existing_file_is_kept(void **state)
{
	const struct fixture *const fixture = *state;
	recorded_write_file(fixture->path, "precious", 8);
	struct error err = {""};
	struct recorder *recorder = (struct recorder *)(uintptr_t)0x5a5a;
	assert_int_equal(fixture_create(fixture, fixture->path, false, &recorder, &err), -EEXIST);
	assert_non_null(strstr(err.text, "--force"));
	assert_true((uintptr_t)recorder == 0x5a5a);
	assert_int_equal(recorded_entries(fixture), 1);
	struct stat status;
	assert_int_equal(stat(fixture->path, &status), 0);
	assert_int_equal(status.st_size, 8);
	/* What is no result is not replaced by force. */
	assert_int_equal(fixture_create(fixture, fixture->path, true, &recorder, &err), -EEXIST);
	assert_non_null(strstr(err.text, "no result"));
	assert_int_equal(stat(fixture->path, &status), 0);
	assert_int_equal(status.st_size, 8);
	assert_int_equal(truncate(fixture->path, 0), 0);
	assert_int_equal(fixture_create(fixture, fixture->path, true, &recorder, &err), 0);
	recorded_close(recorder, RUN_DONE);
	struct dataset dataset cleanup_dataset = recorded_load(fixture->path);
	assert_int_equal(dataset.task_count, 0);
}

static void killed_run_is_loaded_and_left_alone(void **state)
{
	const struct fixture *const fixture = *state;
	recorded_leave_killed_run(fixture, 50);
	const int entries = recorded_entries(fixture);
	assert_int_equal(chmod(fixture->folder, 0500), 0);
	for (int i = 0; i < 2; i++) {
		struct dataset dataset cleanup_dataset = recorded_load(fixture->path);
		assert_int_equal(dataset.task_count, 50);
		assert_int_equal(dataset.run.state, RUN_RUNNING);
		assert_true(dataset.run.finished_calendar_ns == RECORD_ABSENT);
		assert_int_equal(dataset.trials[0].state, TRIAL_RUNNING);
	}
	assert_int_equal(chmod(fixture->folder, 0700), 0);
	assert_int_equal(recorded_entries(fixture), entries);
}

static void old_log_never_shows(void **state)
{
	const struct fixture *const fixture = *state;
	recorded_leave_killed_run(fixture, 50);
	struct error err = {""};
	struct recorder *recorder = NULL;
	/* The database is gone, its log is not. */
	assert_int_equal(unlink(fixture->path), 0);
	assert_int_equal(fixture_create(fixture, fixture->path, false, &recorder, &err), -EEXIST);
	assert_non_null(strstr(err.text, "-wal"));
	assert_false(recorded_exists(fixture->path, ""));
	assert_int_equal(fixture_create(fixture, fixture->path, true, &recorder, &err), 0);
	recorded_put(recorder, fixture_trial(1, 1, TRIAL_RUNNING));
	recorded_put(recorder, fixture_task(1, 7));
	recorded_close(recorder, RUN_DONE);
	struct dataset dataset cleanup_dataset = recorded_load(fixture->path);
	assert_int_equal(dataset.task_count, 1);
	assert_int_equal(dataset.tasks[0].index, 7);
	assert_int_equal(recorded_entries(fixture), 1);
}

static void force_replaces_file_and_log(void **state)
{
	const struct fixture *const fixture = *state;
	recorded_leave_killed_run(fixture, 50);
	struct error err = {""};
	struct recorder *recorder = NULL;
	assert_int_equal(fixture_create(fixture, fixture->path, true, &recorder, &err), 0);
	recorded_close(recorder, RUN_DONE);
	struct dataset dataset cleanup_dataset = recorded_load(fixture->path);
	assert_int_equal(dataset.task_count, 0);
	assert_int_equal(recorded_entries(fixture), 1);
}

static int look_at_live(const struct fixture *fixture)
{
	struct error err = {""};
	struct dataset dataset;
	if (load_dataset(fixture->path, &dataset, &err) != -EBUSY)
		return 1;
	return strstr(err.text, "running plateau") ? 0 : 2;
}

static int force_live(const struct fixture *fixture)
{
	struct error err = {""};
	struct recorder *recorder = NULL;
	if (fixture_create(fixture, fixture->path, true, &recorder, &err) != -EBUSY)
		return 1;
	return strstr(err.text, "running plateau") ? 0 : 2;
}

static int create_second(const struct fixture *fixture)
{
	struct error err = {""};
	struct recorder *recorder = NULL;
	return fixture_create(fixture, fixture->path, false, &recorder, &err) == -EEXIST ? 0 : 1;
}

static void live_file_is_refused(void **state)
{
	const struct fixture *const fixture = *state;
	struct recorder *const recorder = fixture_recorder(fixture);
	assert_int_equal(recorded_in_child(look_at_live, fixture), 0);
	assert_int_equal(recorded_in_child(force_live, fixture), 0);
	assert_int_equal(recorded_in_child(create_second, fixture), 0);
	recorded_put(recorder, fixture_trial(1, 1, TRIAL_RUNNING));
	assert_int_equal(recorded_in_child(look_at_live, fixture), 0);
	recorded_put(recorder, fixture_task(1, 0));
	recorded_close(recorder, RUN_DONE);
	struct dataset dataset cleanup_dataset = recorded_load(fixture->path);
	assert_int_equal(dataset.task_count, 1);
}

/* Many at once on one path: exactly one gets it. */
static void one_of_many_wins(void **state)
{
	enum { RACERS = 6 };
	const struct fixture *const fixture = *state;
	pid_t children[RACERS];
	for (int i = 0; i < RACERS; i++) {
		children[i] = fork();
		assert_true(children[i] >= 0);
		if (children[i] > 0)
			continue;
		struct error err;
		struct recorder *recorder = NULL;
		const int r = fixture_create(fixture, fixture->path, false, &recorder, &err);
		if (r == 0 && recorder_close(recorder, RUN_DONE, 1, &err) == 0)
			_exit(0);
		_exit(r == -EEXIST ? 1 : 2);
	}
	int winners = 0;
	for (int i = 0; i < RACERS; i++) {
		int status;
		assert_int_equal(waitpid(children[i], &status, 0), children[i]);
		assert_true(WIFEXITED(status));
		assert_true(WEXITSTATUS(status) < 2);
		winners += WEXITSTATUS(status) == 0;
	}
	assert_int_equal(winners, 1);
	assert_int_equal(recorded_entries(fixture), 1);
}

static void bad_places_are_told(void **state)
{
	const struct fixture *const fixture = *state;
	struct error err = {""};
	struct recorder *recorder = NULL;
	char path[128];
	snprintf(path, sizeof path, "%s/no/such/result.db", fixture->folder);
	assert_int_equal(fixture_create(fixture, path, false, &recorder, &err), -ENOENT);
	assert_non_null(strstr(err.text, path));
	assert_int_equal(fixture_create(fixture, fixture->folder, true, &recorder, &err), -EISDIR);
	assert_int_equal(fixture_create(fixture, "", false, &recorder, &err), -EINVAL);
	assert_int_equal(fixture_create(fixture, "/dev/null", true, &recorder, &err), -EEXIST);
	assert_int_equal(fixture_create(fixture, "/proc/result.db", false, &recorder, &err),
	                 -ENOENT);
	assert_int_equal(recorded_entries(fixture), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        TEST(existing_file_is_kept), TEST(killed_run_is_loaded_and_left_alone),
	        TEST(old_log_never_shows),   TEST(force_replaces_file_and_log),
	        TEST(live_file_is_refused),  TEST(one_of_many_wins),
	        TEST(bad_places_are_told),
	};
	umask(022); /* files are to be readable by the other user that some tests become */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
