/* A process that writes records is killed at random moments; what it said was stored must be
 * there. And how fast records can be stored, for people to read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/clock.h"
#include "fixture.h"
#include "store/load.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { KILLS = 20, LONGEST_MS = 400, TASKS_PER_TRIAL = 1000, THROUGHPUT_TASKS = 50000 };

/* Writes until it is killed, and says what is stored. */
static void write_for_ever(const struct fixture *fixture, int out)
{
	struct error err;
	struct recorder *const recorder = fixture_recorder(fixture);
	uint64_t told = 0;
	struct record record = fixture_trial(1, 1, TRIAL_RUNNING);
	sink_put(recorder_sink(recorder), &record, &err);
	for (uint32_t i = 0;; i++) {
		record = fixture_task(1, i);
		if (sink_put(recorder_sink(recorder), &record, &err) < 0)
			_exit(1);
		const uint64_t stored = recorder_stored(recorder);
		if (stored > told) {
			dprintf(out, "stored %llu\n", (unsigned long long)stored);
			told = stored;
		}
		if (i % 16 == 0)
			usleep(200);
	}
}

/* The last "stored K" that came through the pipe whole. */
static uint64_t last_stored(int in)
{
	static char text[1 << 20];
	size_t length = 0;
	ssize_t got;
	while ((got = read(in, text + length, sizeof text - 1 - length)) > 0)
		length += (size_t)got;
	text[length] = '\0';
	uint64_t stored = 0;
	for (char *line = text, *end; (end = strchr(line, '\n')); line = end + 1)
		stored = strtoull(line + strlen("stored "), NULL, 10);
	return stored;
}

/* after_stored: not before the child has told of something, however slow it is. */
static uint64_t kill_once(unsigned *random, bool after_stored)
{
	struct fixture fixture;
	fixture_init(&fixture);
	int pipe_fds[2];
	assert_int_equal(pipe(pipe_fds), 0);
	const pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		close(pipe_fds[0]);
		write_for_ever(&fixture, pipe_fds[1]);
	}
	close(pipe_fds[1]);
	if (after_stored)
		poll(&(struct pollfd){.fd = pipe_fds[0], .events = POLLIN}, 1, 60000);
	*random = *random * 1103515245 + 12345;
	usleep((*random >> 16) % LONGEST_MS * 1000);
	kill(child, SIGKILL);
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	const uint64_t stored = last_stored(pipe_fds[0]);
	close(pipe_fds[0]);
	struct error err = {""};
	struct dataset dataset cleanup_dataset = {0};
	if (access(fixture.path, F_OK) == 0 && load_dataset(fixture.path, &dataset, &err) < 0)
		fail_msg("%s", err.text);
	assert_true(dataset.task_count >= stored);
	for (size_t i = 0; i < dataset.task_count; i++)
		assert_int_equal(dataset.tasks[i].index, i);
	if (dataset.task_count > 0)
		assert_int_equal(dataset.trials[0].state, TRIAL_RUNNING);
	fixture_release(&fixture);
	return stored;
}

static void kill_loses_nothing_that_was_stored(void **state)
{
	(void)state;
	unsigned random = (unsigned)clock_now_ns();
	uint64_t stored = 0;
	for (int i = 0; i < KILLS; i++)
		stored += kill_once(&random, i == KILLS - 1);
	assert_true(stored > 0);
}

static void tells_its_throughput(void **state)
{
	(void)state;
	struct fixture fixture;
	fixture_init(&fixture);
	struct error err;
	struct recorder *const recorder = fixture_recorder(&fixture);
	const int64_t start_ns = clock_now_ns();
	struct record record = fixture_trial(1, 1, TRIAL_RUNNING);
	assert_int_equal(sink_put(recorder_sink(recorder), &record, &err), 0);
	for (uint32_t i = 0; i < THROUGHPUT_TASKS; i++) {
		record = fixture_task(1, i);
		assert_int_equal(sink_put(recorder_sink(recorder), &record, &err), 0);
	}
	assert_int_equal(recorder_close(recorder, RUN_DONE, 1, &err), 0);
	const int64_t stored_ns = clock_now_ns();
	struct dataset dataset cleanup_dataset = {0};
	assert_int_equal(load_dataset(fixture.path, &dataset, &err), 0);
	const int64_t loaded_ns = clock_now_ns();
	assert_int_equal(dataset.task_count, THROUGHPUT_TASKS);
	printf("# %.0f tasks/s stored, %.0f tasks/s loaded\n",
	       THROUGHPUT_TASKS / ((double)(stored_ns - start_ns) / 1e9),
	       THROUGHPUT_TASKS / ((double)(loaded_ns - stored_ns) / 1e9));
	/* The producer was faster than the writer: it waited, nothing was dropped, and that is
	 * recorded. */
	bool is_told = false;
	for (size_t i = 0; i < dataset.warning_count; i++)
		is_told |= strcmp(dataset.warnings[i].code, "store-slow") == 0;
	assert_true(is_told);
	fixture_release(&fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(kill_loses_nothing_that_was_stored),
	        cmocka_unit_test(tells_its_throughput),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
