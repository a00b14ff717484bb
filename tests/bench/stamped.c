/* The task of `scripts/bench observer`, and the least that can start it.
 *
 *   stamped work STEPS FILE            computes, and appends "CPU START END" to FILE: where it ran,
 *                                      and when by CLOCK_MONOTONIC it began and ended, ns
 *   stamped launch ROUNDS STEPS FILE   runs ROUNDS of these one after the other on every CPU that
 * it may use, each bound to its own, and nothing else */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int64_t now_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int fail(const char *what)
{
	fprintf(stderr, "stamped: %s: %s\n", what, strerror(errno));
	return 1;
}

/* A chain in which every step waits for the one before (xorshift64*), without memory. */
static uint64_t compute(uint64_t steps)
{
	uint64_t x = 88172645463325252U;
	for (uint64_t i = 0; i < steps; i++) {
		x ^= x >> 12;
		x ^= x << 25;
		x ^= x >> 27;
	}
	return x;
}

static int work(const char *steps, const char *file)
{
	char line[96];
	const int64_t start_ns = now_ns();
	const uint64_t result = compute(strtoull(steps, NULL, 10));
	const int64_t end_ns = now_ns();
	/* One write: several append at once. The result is in it so that it must be worked out. */
	const int length = snprintf(line, sizeof line, "%d %" PRId64 " %" PRId64 " %d\n",
	                            sched_getcpu(), start_ns, end_ns, result == 0);
	const int fd = open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
	if (fd < 0 || write(fd, line, (size_t)length) != length)
		return fail(file);
	close(fd);
	return 0;
}

static int run_rounds(int cpu, long rounds, char *steps, char *file)
{
	char program[] = "/proc/self/exe";
	char word[] = "work";
	char *const argv[] = {program, word, steps, file, NULL};
	cpu_set_t own;
	CPU_ZERO(&own);
	CPU_SET((size_t)cpu, &own);
	if (sched_setaffinity(0, sizeof own, &own) < 0)
		return fail("cannot bind");
	for (long i = 0; i < rounds; i++) {
		int status = 0;
		const pid_t pid = fork();
		if (pid == 0) {
			execv(program, argv);
			_exit(127);
		}
		if (pid < 0 || waitpid(pid, &status, 0) < 0)
			return fail("cannot run a task");
		if (status != 0)
			return 1;
	}
	return 0;
}

static int launch(long rounds, char *steps, char *file)
{
	cpu_set_t all;
	int failed = 0;
	if (sched_getaffinity(0, sizeof all, &all) < 0)
		return fail("cannot tell the CPUs");
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET((size_t)cpu, &all)) {
			const pid_t pid = fork();
			if (pid == 0)
				_exit(run_rounds(cpu, rounds, steps, file));
			failed |= pid < 0;
		}
	int status;
	while (wait(&status) > 0)
		failed |= status != 0;
	return failed;
}

int main(int argc, char **argv)
{
	if (argc == 4 && strcmp(argv[1], "work") == 0)
		return work(argv[2], argv[3]);
	if (argc == 5 && strcmp(argv[1], "launch") == 0)
		return launch(strtol(argv[2], NULL, 10), argv[3], argv[4]);
	fprintf(stderr, "usage: stamped work STEPS FILE | stamped launch ROUNDS STEPS FILE\n");
	return 2;
}
