/* Without rights, and on a disk that is full. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fixture.h"
#include "recorded.h"
#include "store/load.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* As an ordinary user, because root may write anywhere. */
static int create_without_rights(const struct fixture *fixture)
{
	struct error err = {""};
	struct recorder *recorder = NULL;
	if (geteuid() == 0 && setuid(65534) < 0)
		return 1;
	return fixture_create(fixture, fixture->path, false, &recorder, &err) == -EACCES ? 0 : 2;
}

static void read_only_folder_is_told(void **state)
{
	const struct fixture *const fixture = *state;
	assert_int_equal(chmod(fixture->folder, 0555), 0);
	assert_int_equal(recorded_in_child(create_without_rights, fixture), 0);
	assert_int_equal(chmod(fixture->folder, 0700), 0);
	assert_int_equal(recorded_entries(fixture), 0);
}

static int load_without_rights(const struct fixture *fixture)
{
	struct error err = {""};
	struct dataset dataset;
	if (geteuid() == 0 && setuid(65534) < 0)
		return 1;
	if (load_dataset(fixture->path, &dataset, &err) < 0)
		return 2;
	const bool is_whole = dataset.task_count == 50;
	dataset_release(&dataset);
	return is_whole ? 0 : 3;
}

static void readers_need_no_rights_to_write(void **state)
{
	const struct fixture *const fixture = *state;
	recorded_leave_killed_run(fixture, 50);
	assert_int_equal(chmod(fixture->folder, 0555), 0);
	assert_int_equal(recorded_in_child(load_without_rights, fixture), 0);
	assert_int_equal(chmod(fixture->folder, 0700), 0);
}

/* The limit stands in for a full disk; it needs no rights to set up. */
static int write_past_limit(const struct fixture *fixture)
{
	const struct rlimit limit = {400000, 400000};
	struct error err = {""};
	signal(SIGXFSZ, SIG_IGN);
	struct recorder *const recorder = fixture_recorder(fixture);
	if (setrlimit(RLIMIT_FSIZE, &limit) < 0)
		return 1;
	recorded_put(recorder, fixture_trial(1, 1, TRIAL_RUNNING));
	int r = 0;
	for (uint32_t i = 0; i < 1000000 && r == 0; i++) {
		const struct record task = fixture_task(1, i);
		r = sink_put(recorder_sink(recorder), &task, &err);
		/* On a busy machine all that fits might be in the first commit, which fails. */
		while (i == 100 && r == 0 && recorder_stored(recorder) == 0)
			usleep(1000);
	}
	if (r == 0 || !strstr(err.text, fixture->path))
		return 2;
	struct pollfd wake = {.fd = recorder_failure_fd(recorder), .events = POLLIN};
	if (poll(&wake, 1, 0) != 1)
		return 3;
	const uint64_t stored = recorder_stored(recorder);
	/* Whether the log still fits into the file is a matter of how much was committed when. */
	struct error close_err = {""};
	char name[128];
	if (recorder_close(recorder, RUN_DONE, 1, &close_err) != r ||
	    strncmp(close_err.text, err.text, strlen(err.text)) != 0)
		return 4;
	snprintf(name, sizeof name, "%s-wal", fixture->path);
	if ((access(name, F_OK) == 0) != (strstr(close_err.text, name) != NULL))
		return 6;
	snprintf(name, sizeof name, "%s.stored", fixture->path);
	FILE *const file = fopen(name, "w");
	fprintf(file, "%llu\n%s\n", (unsigned long long)stored, err.text);
	return fclose(file) == 0 ? 0 : 5;
}

static void full_disk_is_told_and_keeps_the_file(void **state)
{
	const struct fixture *const fixture = *state;
	assert_int_equal(recorded_in_child(write_past_limit, fixture), 0);
	char name[128];
	unsigned long long stored = 0;
	snprintf(name, sizeof name, "%s.stored", fixture->path);
	FILE *const file = fopen(name, "r");
	assert_non_null(file);
	assert_int_equal(fscanf(file, "%llu", &stored), 1);
	fclose(file);
	assert_true(stored > 0);
	struct dataset dataset cleanup_dataset = recorded_load(fixture->path);
	assert_int_equal(dataset.task_count, stored);
}

static int create_past_limit(const struct fixture *fixture)
{
	const struct rlimit limit = {5000, 5000};
	struct error err = {""};
	struct recorder *recorder = NULL;
	signal(SIGXFSZ, SIG_IGN);
	if (setrlimit(RLIMIT_FSIZE, &limit) < 0)
		return 1;
	const int r = fixture_create(fixture, fixture->path, true, &recorder, &err);
	return r < 0 && strstr(err.text, fixture->path) ? 0 : 2;
}

static void full_disk_at_creation_leaves_nothing(void **state)
{
	const struct fixture *const fixture = *state;
	recorded_write_file(fixture->path, "precious", 8);
	assert_int_equal(recorded_in_child(create_past_limit, fixture), 0);
	assert_int_equal(recorded_entries(fixture), 1); /* the old one, not yet removed */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        TEST(read_only_folder_is_told),
	        TEST(readers_need_no_rights_to_write),
	        TEST(full_disk_is_told_and_keeps_the_file),
	        TEST(full_disk_at_creation_leaves_nothing),
	};
	umask(022); /* files are to be readable by the other user that some tests become */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
