/* Every call that SQLite makes of the file system fails once, and from there on, in a small run
 * that is recorded, gone on with and loaded: nothing crashes, what was told as stored is in the
 * file afterwards, and the error says what happened. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/cleanup.h"
#include "core/file.h"
#include "fault_vfs.h"
#include "fixture.h"
#include "store/load.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { TASKS = 24, MOST_CALLS = 2000 };

/* What a run with faults told. */
struct told {
	bool was_created;
	uint64_t stored;
	int result;
	struct error err;
};

/* Two transactions at least: the first half is waited for. */
static void put_all(struct recorder *recorder, uint32_t trial, struct told *told)
{
	struct error err;
	const uint64_t before = recorder_stored(recorder);
	struct record record = fixture_trial(trial, 1, TRIAL_RUNNING);
	int r = sink_put(recorder_sink(recorder), &record, &err);
	for (uint32_t i = 0; r == 0 && i < TASKS; i++) {
		record = fixture_task(trial, i);
		r = sink_put(recorder_sink(recorder), &record, &err);
		struct pollfd failure = {recorder_failure_fd(recorder), POLLIN, 0};
		while (r == 0 && i == TASKS / 2 && recorder_stored(recorder) <= before &&
		       poll(&failure, 1, 1) == 0)
			continue;
	}
	record = fixture_trial(trial, 1, TRIAL_DONE);
	if (r == 0)
		sink_put(recorder_sink(recorder), &record, &err);
	told->stored = recorder_stored(recorder);
}

static void end(struct recorder *recorder, struct told *told)
{
	struct error err = {""};
	const int r = recorder_close(recorder, RUN_DONE, 1, &err);
	if (told->result == 0) {
		told->result = r;
		told->err = err;
	}
}

static struct told record_run(const struct fixture *fixture)
{
	struct told told = {.err = {""}};
	struct recorder *recorder = NULL;
	told.result = fixture_create(fixture, fixture->path, false, &recorder, &told.err);
	told.was_created = told.result == 0;
	if (!told.was_created)
		return told;
	put_all(recorder, 1, &told);
	end(recorder, &told);
	return told;
}

static struct told go_on(const struct fixture *fixture, const struct dataset *before)
{
	struct told told = {.was_created = true, .err = {""}};
	struct recorder *recorder = NULL;
	told.result =
	        recorder_open(fixture->path, before, &fixture->plan, "{}", &recorder, &told.err);
	if (told.result < 0)
		return told;
	put_all(recorder, 2, &told);
	end(recorder, &told);
	return told;
}

static int count_files(const char *folder)
{
	DIR *const list = opendir(folder);
	assert_non_null(list);
	int count = 0;
	while (readdir(list))
		count++;
	closedir(list);
	return count - 2;
}

static void empty(const struct fixture *fixture)
{
	struct error err;
	assert_int_equal(file_empty_folder(AT_FDCWD, fixture->folder, &err), 0);
}

/* Every kind of fault has a process of its own, which ends here when something is wrong. */
static void complain(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

static void complain(const char *format, ...)
{
	va_list list;
	va_start(list, format);
	vfprintf(stderr, format, list);
	va_end(list);
	fputc('\n', stderr);
	_exit(1);
}

/* What was told must hold when the disk works again. Not where a read gave zeros for what is in
 * the file: SQLite takes that for the file's end, and no program can tell. */
static void check(const struct fixture *fixture, enum fault fault, const struct told *told,
                  const char *which)
{
	if (told->result < 0 && (!told->err.text[0] || !strstr(told->err.text, "result.db")))
		complain("%s: the error names nothing: %s", which, told->err.text);
	if (!told->was_created) {
		if (count_files(fixture->folder) != 0)
			complain("%s: a file is left of a run that never began", which);
		return;
	}
	struct error err = {""};
	struct dataset dataset cleanup_dataset = {0};
	const int r = load_dataset(fixture->path, &dataset, &err);
	if (fault == FAULT_SHORT_READ)
		return;
	if (r < 0)
		complain("%s: the file does not open: %s", which, err.text);
	if (dataset.task_count < told->stored)
		complain("%s: %zu tasks are there, %llu were told", which, dataset.task_count,
		         (unsigned long long)told->stored);
	if (told->result == 0 && dataset.run.state != RUN_DONE)
		complain("%s: no error was told, and the run is not done", which);
}

/* With the k-th call failing, for every k until there are no more. Returns how many there were. */
static unsigned fail_recording(const struct fixture *fixture, enum fault fault, bool is_lasting)
{
	for (unsigned k = 1; k < MOST_CALLS; k++) {
		char which[80];
		snprintf(which, sizeof which, "recording: %s at call %u%s", fault_names[fault], k,
		         is_lasting ? " and later" : "");
		empty(fixture);
		fault_vfs_arm(fault, k, is_lasting);
		const struct told told = record_run(fixture);
		const bool has_struck = fault_vfs_disarm();
		check(fixture, fault, &told, which);
		if (!has_struck)
			return k - 1;
	}
	complain("no end of calls");
}

/* As after a kill in the first trial: state running. */
static void cut_off(const struct fixture *fixture)
{
	empty(fixture);
	assert_int_equal(record_run(fixture).result, 0);
	assert_int_equal(fixture_sql(fixture->path, "UPDATE run SET state='running';"
	                                            "UPDATE trial SET state='running',"
	                                            " start_ns=0 WHERE trial=2"),
	                 SQLITE_OK);
}

static unsigned fail_going_on(const struct fixture *fixture, enum fault fault, bool is_lasting)
{
	for (unsigned k = 1; k < MOST_CALLS; k++) {
		char which[80];
		snprintf(which, sizeof which, "going on: %s at call %u%s", fault_names[fault], k,
		         is_lasting ? " and later" : "");
		cut_off(fixture);
		struct error err = {""};
		struct dataset before cleanup_dataset = {0};
		assert_int_equal(load_dataset(fixture->path, &before, &err), 0);
		fault_vfs_arm(fault, k, is_lasting);
		struct told told = go_on(fixture, &before);
		const bool has_struck = fault_vfs_disarm();
		/* What was there before is told in any case. */
		if (told.stored < TASKS)
			told.stored = TASKS;
		check(fixture, fault, &told, which);
		if (!has_struck)
			return k - 1;
	}
	complain("no end of calls");
}

/* The peaks of all tasks, which the upgrade moves from one table to another. */
static int64_t sum_of_peaks(const struct dataset *dataset)
{
	int64_t sum = 0;
	for (size_t i = 0; i < dataset->task_count; i++)
		if (dataset->tasks[i].peak_pss_bytes != RECORD_ABSENT)
			sum += dataset->tasks[i].peak_pss_bytes;
	return sum;
}

/* A file of version 2 that is gone on with becomes one of the present version, or stays what it
 * is. */
static unsigned fail_upgrading(const struct fixture *fixture, enum fault fault)
{
	for (unsigned k = 1; k < MOST_CALLS; k++) {
		struct error err = {""};
		struct told told = {.was_created = true, .err = {""}};
		struct dataset before cleanup_dataset = {0};
		struct dataset after cleanup_dataset = {0};
		struct recorder *recorder = NULL;
		empty(fixture);
		fixture_make_version_2(fixture);
		assert_int_equal(load_dataset(fixture->path, &before, &err), 0);
		fault_vfs_arm(fault, k, false);
		told.result = recorder_open(fixture->path, &before, &fixture->plan, "{}", &recorder,
		                            &told.err);
		if (told.result == 0)
			end(recorder, &told);
		const bool has_struck = fault_vfs_disarm();
		const int r = load_dataset(fixture->path, &after, &err);
		const bool is_same = r == 0 && after.task_count == FIXTURE_OLD_TASKS &&
		                     sum_of_peaks(&after) == sum_of_peaks(&before);
		if (!is_same && fault != FAULT_SHORT_READ)
			complain("upgrading: %s at call %u: %s", fault_names[fault], k,
			         r < 0 ? err.text : "tasks or peaks are lost");
		if (!has_struck)
			return k - 1;
	}
	complain("no end of calls");
}

/* Loading under faults gives an error in words, or all that there is. */
static unsigned fail_loading(const struct fixture *fixture, enum fault fault)
{
	cut_off(fixture);
	for (unsigned k = 1; k < MOST_CALLS; k++) {
		struct error err = {""};
		struct dataset dataset cleanup_dataset = {0};
		fault_vfs_arm(fault, k, false);
		const int r = load_dataset(fixture->path, &dataset, &err);
		const bool has_struck = fault_vfs_disarm();
		if (r == 0 && dataset.task_count != TASKS)
			complain("loading: %s at call %u: %zu tasks", fault_names[fault], k,
			         dataset.task_count);
		if (r < 0 && !strstr(err.text, "result.db"))
			complain("loading: %s at call %u: %s", fault_names[fault], k, err.text);
		if (!has_struck)
			return k - 1;
	}
	complain("no end of calls");
}

/* Sets the children of the faults to work at once; they mostly wait for the writer's pauses. */
static void in_children(void (*work)(const struct fixture *fixture, enum fault fault))
{
	pid_t children[FAULTS] = {0};
	fflush(NULL);
	for (enum fault fault = FAULT_NONE + 1; fault < FAULTS; fault++) {
		children[fault] = fork();
		assert_true(children[fault] >= 0);
		if (children[fault] > 0)
			continue;
		struct fixture fixture;
		fixture_init(&fixture);
		work(&fixture, fault);
		fixture_release(&fixture);
		fflush(NULL);
		_exit(0);
	}
	int failures = 0;
	for (enum fault fault = FAULT_NONE + 1; fault < FAULTS; fault++) {
		int status;
		assert_int_equal(waitpid(children[fault], &status, 0), children[fault]);
		failures += status != 0;
	}
	assert_int_equal(failures, 0);
}

static void fail_once(const struct fixture *fixture, enum fault fault)
{
	const unsigned recording = fail_recording(fixture, fault, false);
	const unsigned going_on = fail_going_on(fixture, fault, false);
	const unsigned loading = fail_loading(fixture, fault);
	const unsigned upgrading = fail_upgrading(fixture, fault);
	printf("# %s: %u calls recording, %u going on, %u loading, %u upgrading\n",
	       fault_names[fault], recording, going_on, loading, upgrading);
}

static void fail_for_good(const struct fixture *fixture, enum fault fault)
{
	fail_recording(fixture, fault, true);
	fail_going_on(fixture, fault, true);
}

static void every_call_fails_once(void **state)
{
	(void)state;
	in_children(fail_once);
}

static void every_call_fails_for_good(void **state)
{
	(void)state;
	in_children(fail_for_good);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(every_call_fails_once),
	        cmocka_unit_test(every_call_fails_for_good),
	};
	fault_vfs_install();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
