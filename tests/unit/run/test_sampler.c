/* Memory of real processes, as the sampler sees it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/clock.h"
#include "core/error.h"
#include "model/record.h"
#include "platform/process_memory.h"
#include "run/sampler.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { HELD_BYTES = 30 << 20 };

#define INTERVAL_NS (20 * NS_PER_MS)

static void end_tree(pid_t pid)
{
	kill(-pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/* Memory that is written to, whatever a compiler thinks of it. */
static char *hold(size_t bytes)
{
	char *const memory = malloc(bytes);
	if (!memory)
		_exit(1);
	memset(memory, 1, bytes);
	__asm__ volatile("" : : "r"(memory) : "memory");
	return memory;
}

/* Two processes with 20 MiB of their own that share 40 MiB copy-on-write. Returns the root when all
 * of it is there. */
static pid_t start_sharing(void)
{
	enum { SHARED = 40 << 20, OWN = 20 << 20 };
	int ready[2];
	char byte;
	assert_int_equal(pipe(ready), 0);
	const pid_t pid = fork();
	if (pid == 0) {
		setpgid(0, 0);
		/* They end with this test, also where it fails. */
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		hold(SHARED);
		const pid_t child = fork();
		const char *const own = hold(OWN);
		if (child == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			setpgid(0, getppid());
		}
		if (write(ready[1], own, 1) != 1)
			_exit(1);
		pause();
		_exit(0);
	}
	assert_true(pid > 0);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	close(ready[1]);
	return pid;
}

/* RSS counts shared pages in every process, PSS once; what is true is 80 MiB and two small
 * programs. This test's own program is what they run, which the sampler takes for plateau before
 * its execve: so it looks at them by itself. */
static void test_shared_pages(void **state)
{
	(void)state;
	pid_t pids[8];
	/* What both begin with: a few MB; under valgrind many, and it keeps notes of every page. */
	struct process_memory begin = {0, 0};
	assert_true(process_memory_look(getpid(), true, &begin));
	const int64_t both = 2 * begin.rss_bytes;
	const pid_t root = start_sharing();
	int64_t rss = 0;
	int64_t pss = 0;
	assert_int_equal(process_list_tree(root, pids, 8), 2);
	for (int i = 0; i < 2; i++) {
		struct process_memory cheap = {-7, -7};
		struct process_memory exact = {-7, -7};
		assert_true(process_memory_look(pids[i], false, &cheap));
		assert_int_equal(cheap.pss_bytes, -1);
		assert_true(cheap.rss_bytes > 55 << 20);
		assert_true(process_memory_look(pids[i], true, &exact));
		rss += exact.rss_bytes;
		pss += exact.pss_bytes;
	}
	kill(pids[1], SIGKILL);
	end_tree(root);
	assert_in_range(rss, 119 << 20, (160 << 20) + both);
	assert_in_range(pss, 79 << 20, (90 << 20) + both);
	struct process_memory gone = {-7, -7};
	assert_false(process_memory_look(root, true, &gone));
	assert_int_equal(gone.rss_bytes, -7);
	assert_true(process_memory_has_pss());
}

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

static void test_the_peak_of_a_tree(void **state)
{
	(void)state;
	struct sampler *sampler = NULL;
	struct error err;
	assert_int_equal(sampler_open("id", 2, INTERVAL_NS, &sampler, &err), 0);
	assert_true(sampler_thread_id(sampler) > 0);
	assert_int_not_equal(sampler_thread_id(sampler), getpid());
	const pid_t pid = start_tree();
	sampler_started(sampler, 1, pid);
	sampler_set_pace(sampler, PACE_FAST);
	const int64_t until_ns = clock_now_ns() + 10 * NS_PER_S;
	int64_t pss = RECORD_ABSENT;
	int64_t rss = RECORD_ABSENT;
	while (pss < HELD_BYTES && clock_now_ns() < until_ns) {
		clock_sleep_until(clock_now_ns() + 100 * NS_PER_MS);
		const struct sampled_memory now = sampler_ended(sampler, 1);
		pss = now.peak_pss_bytes > pss ? now.peak_pss_bytes : pss;
		rss = now.peak_rss_bytes > rss ? now.peak_rss_bytes : rss;
		assert_true(now.rss_samples >= now.pss_samples);
		assert_int_equal(now.pss_samples > 0, now.peak_pss_bytes != RECORD_ABSENT);
		sampler_started(sampler, 1, pid);
	}
	assert_true(pss >= HELD_BYTES);
	assert_true(pss < 4 * (int64_t)HELD_BYTES);
	assert_true(rss >= pss);
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
	assert_int_equal(sampler_open("id", 1, INTERVAL_NS, &sampler, &err), 0);
	sampler_started(sampler, 0, getppid());
	assert_int_equal(sampler_ended(sampler, 0).peak_rss_bytes, RECORD_ABSENT);
	/* A task that has not executed its command yet is plateau's own program. */
	sampler_set_pace(sampler, PACE_FAST);
	sampler_started(sampler, 0, getpid());
	const uint64_t rounds = sampler_rounds(sampler);
	while (sampler_rounds(sampler) < rounds + 3)
		clock_sleep_until(clock_now_ns() + NS_PER_MS);
	assert_int_equal(sampler_ended(sampler, 0).peak_rss_bytes, RECORD_ABSENT);
	/* Nor is a process that is gone. */
	sampler_started(sampler, 0, 999999999);
	const uint64_t later = sampler_rounds(sampler);
	while (sampler_rounds(sampler) < later + 3)
		clock_sleep_until(clock_now_ns() + NS_PER_MS);
	assert_int_equal(sampler_ended(sampler, 0).peak_rss_bytes, RECORD_ABSENT);
	sampler_close(sampler);
	sampler_close(NULL);
}

/* What was asked for is the least, not the most: nothing is looked at more often. */
static void test_the_interval(void **state)
{
	(void)state;
	struct sampler *sampler = NULL;
	struct error err;
	assert_int_equal(sampler_open("id", 1, 300 * NS_PER_MS, &sampler, &err), 0);
	const pid_t pid = start_tree();
	sampler_started(sampler, 0, pid);
	const int64_t start_ns = clock_now_ns();
	sampler_set_pace(sampler, PACE_NORMAL);
	clock_sleep_until(start_ns + NS_PER_S);
	const struct sampled_memory seen = sampler_ended(sampler, 0);
	const int64_t most = (clock_now_ns() - start_ns) / (300 * NS_PER_MS) + 1;
	assert_in_range(seen.rss_samples, 0, most);
	end_tree(pid);
	sampler_close(sampler);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_the_peak_of_a_tree),
	        cmocka_unit_test(test_never_seen_is_absent),
	        cmocka_unit_test(test_shared_pages),
	        cmocka_unit_test(test_the_interval),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
