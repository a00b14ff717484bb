/* Memory of real processes, as the sampler sees it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/clock.h"
#include "core/error.h"
#include "model/record.h"
#include "run/sampler.h"

#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { HELD_BYTES = 30 << 20 };

/* A shell whose child holds memory: what counts is the tree. */
static pid_t start_tree(void)
{
	const pid_t pid = fork();
	if (pid == 0) {
		setpgid(0, 0);
		execl("/bin/sh", "sh", "-c",
		      "head -c 31457280 /dev/zero | tail -c 31457280 | (sleep 60; cat) > /dev/null",
		      (char *)NULL);
		_exit(127);
	}
	assert_true(pid > 0);
	setpgid(pid, pid);
	return pid;
}

static void end_tree(pid_t pid)
{
	kill(-pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static void test_the_peak_of_a_tree(void **state)
{
	(void)state;
	struct sampler *sampler = NULL;
	struct error err;
	assert_int_equal(sampler_open("id", 2, &sampler, &err), 0);
	assert_true(sampler_thread_id(sampler) > 0);
	assert_int_not_equal(sampler_thread_id(sampler), getpid());
	const pid_t pid = start_tree();
	sampler_started(sampler, 1, pid);
	sampler_set_pace(sampler, PACE_FAST);
	const int64_t until_ns = clock_now_ns() + 10 * NS_PER_S;
	int64_t peak = RECORD_ABSENT;
	while (peak < HELD_BYTES && clock_now_ns() < until_ns) {
		clock_sleep_until(clock_now_ns() + 100 * NS_PER_MS);
		const int64_t now = sampler_ended(sampler, 1);
		peak = now > peak ? now : peak;
		sampler_started(sampler, 1, pid);
	}
	assert_true(peak >= HELD_BYTES);
	assert_true(peak < 4 * (int64_t)HELD_BYTES);
	assert_true(sampler_rounds(sampler) > 0);
	assert_true(sampler_cpu_ns(sampler) > 0);
	sampler_ended(sampler, 1);
	end_tree(pid);
	sampler_close(sampler);
}

static void test_never_seen_is_absent(void **state)
{
	(void)state;
	struct sampler *sampler = NULL;
	struct error err;
	assert_int_equal(sampler_open("id", 1, &sampler, &err), 0);
	sampler_started(sampler, 0, getppid());
	assert_int_equal(sampler_ended(sampler, 0), RECORD_ABSENT);
	/* A task that has not executed its command yet is plateau's own program. */
	sampler_set_pace(sampler, PACE_FAST);
	sampler_started(sampler, 0, getpid());
	const uint64_t rounds = sampler_rounds(sampler);
	while (sampler_rounds(sampler) < rounds + 3)
		clock_sleep_until(clock_now_ns() + NS_PER_MS);
	assert_int_equal(sampler_ended(sampler, 0), RECORD_ABSENT);
	/* Nor is a process that is gone. */
	sampler_started(sampler, 0, 999999999);
	const uint64_t later = sampler_rounds(sampler);
	while (sampler_rounds(sampler) < later + 3)
		clock_sleep_until(clock_now_ns() + NS_PER_MS);
	assert_int_equal(sampler_ended(sampler, 0), RECORD_ABSENT);
	sampler_close(sampler);
	sampler_close(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_the_peak_of_a_tree),
	        cmocka_unit_test(test_never_seen_is_absent),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
