#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fixture.h"
#include "recorded.h"
#include "store/load.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int recorded_set_up(void **state)
{
	struct fixture *const fixture = malloc(sizeof *fixture);
	assert_non_null(fixture);
	fixture_init(fixture);
	*state = fixture;
	return 0;
}

int recorded_tear_down(void **state)
{
	fixture_release(*state);
	free(*state);
	return 0;
}

void recorded_put(struct recorder *recorder, struct record record)
{
	struct error err = {"no error"};
	if (sink_put(recorder_sink(recorder), &record, &err) < 0)
		fail_msg("%s", err.text);
}

void recorded_close(struct recorder *recorder, enum run_state state)
{
	struct error err = {"no error"};
	if (recorder_close(recorder, state, 1790000001000000000, &err) < 0)
		fail_msg("%s", err.text);
}

struct dataset recorded_load(const char *path)
{
	struct error err = {"no error"};
	struct dataset dataset;
	memset(&dataset, 0x5a, sizeof dataset);
	if (load_dataset(path, &dataset, &err) < 0)
		fail_msg("%s", err.text);
	return dataset;
}

bool recorded_exists(const char *path, const char *suffix)
{
	char name[128];
	snprintf(name, sizeof name, "%s%s", path, suffix);
	return access(name, F_OK) == 0;
}

int recorded_entries(const struct fixture *fixture)
{
	char command[128];
	snprintf(command, sizeof command, "ls -A %s | wc -l", fixture->folder);
	FILE *const out = popen(command, "r");
	int count = -1;
	assert_non_null(out);
	assert_int_equal(fscanf(out, "%d", &count), 1);
	pclose(out);
	return count;
}

void recorded_write_file(const char *path, const void *data, size_t bytes)
{
	FILE *const file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, bytes, file), bytes);
	assert_int_equal(fclose(file), 0);
}

void recorded_leave_killed_run(const struct fixture *fixture, uint32_t tasks)
{
	const pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		struct recorder *const recorder = fixture_recorder(fixture);
		recorded_put(recorder, fixture_trial(1, 1, TRIAL_RUNNING));
		for (uint32_t i = 0; i < tasks; i++)
			recorded_put(recorder, fixture_task(1, i));
		while (recorder_stored(recorder) < tasks)
			usleep(1000);
		kill(getpid(), SIGKILL);
	}
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	assert_true(recorded_exists(fixture->path, "-wal"));
}

int recorded_in_child(int (*look)(const struct fixture *), const struct fixture *fixture)
{
	const pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0)
		_exit(look(fixture));
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}
