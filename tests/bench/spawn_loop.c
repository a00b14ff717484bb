/* The yardstick of `scripts/bench launch`: keeps N children running by vfork and exec, with
 * nothing around them, and prints what that costs. --with adds the parts of plateau's way of
 * starting a task, each of which is then timed by itself.
 *
 *   spawn_loop [-n N] [-s SECONDS] [-w SECONDS] [--with PART,...] -- COMMAND ARG...
 *
 * The part "delays" is timed in both ways in which plateau can have them: by a netlink message
 * where that is permitted, and by files of /proc.
 *
 * Output: lines of NAME VALUE; times in microseconds, medians unless the name says otherwise. */
#include "spawn_loop.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#ifndef SYS_close_range
#define SYS_close_range 436
#endif
#define UNSHARE_TABLE 2u

/* What a child, which shares the memory, works on. */
struct birth {
	struct loop *loop;
	int number;
	int64_t begun_ns;
	int64_t exec_ns;
};

static int64_t now_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void take(struct samples *samples, int64_t value)
{
	if (samples->count < MOST_SAMPLES)
		samples->values[samples->count++] = value;
}

/* Times the part that has just been done. Returns the time now. */
static int64_t took(struct loop *loop, enum part part, int64_t since_ns)
{
	const int64_t now = now_ns();
	if (loop->window_start_ns)
		take(&loop->parts[part], now - since_ns);
	return now;
}

/* ---- The child ---------------------------------------------------------------------------- */

static int64_t open_counters(struct loop *loop, struct child *child, int64_t at_ns)
{
	if (loop->with[PART_EVENTS]) {
		for (int i = 0; i < loop->event_count; i++)
			child->events[i] = (int)syscall(SYS_perf_event_open, &loop->attributes[i],
			                                0, -1, -1, PERF_FLAG_FD_CLOEXEC);
		at_ns = took(loop, PART_EVENTS, at_ns);
	}
	if (loop->with[PART_IO]) {
		child->io_fd =
		        (int)syscall(SYS_openat, AT_FDCWD, "/proc/self/io", O_RDONLY | O_CLOEXEC);
		at_ns = took(loop, PART_IO, at_ns);
	}
	/* What was opened above is the parent's from here on. */
	syscall(SYS_close_range, FIRST_FREE, ~0u, UNSHARE_TABLE);
	return took(loop, PART_TABLE, at_ns);
}

static int run_child(void *data)
{
	struct birth *const birth = data;
	struct loop *const loop = birth->loop;
	int64_t at_ns = took(loop, PART_CREATE, birth->begun_ns);
	if (loop->with[PART_GROUP]) {
		syscall(SYS_setpgid, 0, 0);
		syscall(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
		syscall(SYS_getppid);
		at_ns = took(loop, PART_GROUP, at_ns);
	}
	if (loop->with[PART_BIND]) {
		syscall(SYS_sched_setaffinity, 0, sizeof loop->cpus[0], &loop->cpus[birth->number]);
		at_ns = took(loop, PART_BIND, at_ns);
	}
	if (loop->with[PART_TABLE])
		at_ns = open_counters(loop, &loop->children[birth->number], at_ns);
	if (loop->with[PART_STREAMS]) {
		for (int i = 0; i < 3; i++)
			syscall(SYS_dup3, 3 + i, i, 0);
		at_ns = took(loop, PART_STREAMS, at_ns);
	}
	birth->exec_ns = at_ns;
	syscall(SYS_execve, loop->path, loop->argv, environ);
	syscall(SYS_exit_group, CHILD_FAILED_STATUS);
	return 0;
}

/* ---- The parent --------------------------------------------------------------------------- */

static void start(struct loop *loop, int number)
{
	struct child *const child = &loop->children[number];
	child->start_ns = now_ns();
	if (child->end_ns && loop->window_start_ns)
		take(&loop->gaps, child->start_ns - child->end_ns);
	int64_t at_ns = child->start_ns;
	if (loop->with[PART_FOLDER]) {
		mkdirat(loop->folder_fd, ".", 0700);
		at_ns = took(loop, PART_FOLDER, at_ns);
	}
	if (loop->with[PART_STREAMS]) {
		for (int i = 3; i < FIRST_FREE; i++)
			dup3(loop->null_fd, i, O_CLOEXEC);
		at_ns = took(loop, PART_STREAMS, at_ns);
	}
	struct birth birth = {.loop = loop, .number = number, .begun_ns = at_ns};
	const int flags = CLONE_VM | CLONE_VFORK | (loop->with[PART_TABLE] ? CLONE_FILES : 0);
	child->pid = clone(run_child, loop->stack + STACK_BYTES, flags | SIGCHLD, &birth);
	if (child->pid < 0)
		spawn_fail("clone");
	took(loop, PART_EXECUTE, birth.exec_ns);
}

static int number_of(const struct loop *loop, pid_t pid)
{
	for (int i = 0; i < loop->count; i++)
		if (loop->children[i].pid == pid)
			return i;
	return -1;
}

static int64_t read_counters(struct loop *loop, struct child *child, int64_t at_ns)
{
	char text[512];
	if (loop->with[PART_READ_IO]) {
		const ssize_t got = pread(child->io_fd, text, sizeof text, 0);
		(void)got;
		close(child->io_fd);
		at_ns = took(loop, PART_READ_IO, at_ns);
	}
	if (loop->with[PART_DELAYS_ASKED]) {
		struct taskstats_figures figures;
		taskstats_read(&loop->taskstats, child->pid, &figures);
		at_ns = took(loop, PART_DELAYS_ASKED, at_ns);
	}
	if (loop->with[PART_DELAYS_READ]) {
		snprintf(text, sizeof text, "/proc/%d/schedstat", (int)child->pid);
		const int fd = open(text, O_RDONLY | O_CLOEXEC);
		const ssize_t got = read(fd, text, sizeof text);
		(void)got;
		close(fd);
		at_ns = took(loop, PART_DELAYS_READ, at_ns);
	}
	if (loop->with[PART_READ_EVENTS]) {
		for (int i = 0; i < loop->event_count; i++) {
			const ssize_t got = read(child->events[i], text, 24);
			(void)got;
			close(child->events[i]);
		}
		at_ns = took(loop, PART_READ_EVENTS, at_ns);
	}
	return at_ns;
}

static void look_around(struct loop *loop, pid_t pid, int64_t at_ns)
{
	if (loop->with[PART_ORPHANS]) {
		char text[4096];
		const ssize_t got = pread(loop->children_fd, text, sizeof text, 0);
		(void)got;
		kill(-pid, 0);
		at_ns = took(loop, PART_ORPHANS, at_ns);
	}
	if (loop->with[PART_OUTPUT]) {
		struct stat status;
		fstat(loop->output_fd, &status);
		fstat(loop->output_fd, &status);
		took(loop, PART_OUTPUT, at_ns);
	}
}

/* The part of a child's time that lies in the window. */
static void count_running(struct loop *loop, const struct child *child, int64_t end_ns)
{
	if (!loop->window_start_ns)
		return;
	const int64_t from_ns =
	        child->start_ns > loop->window_start_ns ? child->start_ns : loop->window_start_ns;
	if (end_ns > from_ns)
		loop->running_ns += end_ns - from_ns;
}

/* Takes one child that has ended, waiting for it if asked to. Returns its number, -1: there is
 * none. */
static int reap(struct loop *loop, bool waits)
{
	siginfo_t info = {0};
	if (waitid(P_ALL, 0, &info, WEXITED | WNOWAIT | (waits ? 0 : WNOHANG)) < 0 &&
	    errno != ECHILD)
		spawn_fail("waitid");
	if (info.si_pid == 0)
		return -1;
	const int64_t end_ns = now_ns();
	const int number = number_of(loop, info.si_pid);
	if (number < 0) {
		errno = ECHILD;
		spawn_fail("a child of nobody");
	}
	struct child *const child = &loop->children[number];
	int64_t at_ns = read_counters(loop, child, end_ns);
	int status;
	struct rusage usage;
	wait4(child->pid, &status, 0, &usage);
	at_ns = took(loop, PART_REAP, at_ns);
	if (!WIFEXITED(status) || WEXITSTATUS(status) == CHILD_FAILED_STATUS) {
		errno = ECHILD;
		spawn_fail("a child failed");
	}
	look_around(loop, child->pid, at_ns);
	count_running(loop, child, end_ns);
	child->end_ns = end_ns;
	child->pid = 0;
	loop->ended++;
	return number;
}

/* First all that have ended get their end time, as in plateau: a start waits until the child has
 * been given a CPU, and that must not count as time in which others were running. */
static void reap_and_start(struct loop *loop)
{
	static int ended[MOST_CHILDREN];
	int count = 0;
	int number = reap(loop, true);
	while (number >= 0) {
		ended[count++] = number;
		number = count < loop->count ? reap(loop, false) : -1;
	}
	for (int i = 0; i < count; i++)
		start(loop, ended[i]);
}

static void begin_window(struct loop *loop)
{
	loop->window_start_ns = now_ns();
	getrusage(RUSAGE_SELF, &loop->own);
	getrusage(RUSAGE_CHILDREN, &loop->theirs);
	loop->ended = 0;
}

static void run(struct loop *loop)
{
	const int64_t start_ns = now_ns();
	const int64_t warm_ns = start_ns + (int64_t)(loop->warm_seconds * 1e9);
	const int64_t end_ns = warm_ns + (int64_t)(loop->seconds * 1e9);
	for (int i = 0; i < loop->count; i++)
		start(loop, i);
	int64_t now;
	while ((now = now_ns()) < end_ns) {
		if (!loop->window_start_ns && now >= warm_ns)
			begin_window(loop);
		reap_and_start(loop);
	}
	loop->window_end_ns = now;
	for (int i = 0; i < loop->count; i++)
		if (loop->children[i].pid)
			count_running(loop, &loop->children[i], now);
}

/* ---- What came out ------------------------------------------------------------------------ */

static double cpu_us(const struct rusage *usage)
{
	return ((double)usage->ru_utime.tv_sec + (double)usage->ru_stime.tv_sec) * 1e6 +
	       (double)usage->ru_utime.tv_usec + (double)usage->ru_stime.tv_usec;
}

static int compare(const void *a, const void *b)
{
	const int64_t x = *(const int64_t *)a;
	const int64_t y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

static double quantile_us(struct samples *samples, double p)
{
	if (samples->count == 0)
		return 0;
	qsort(samples->values, samples->count, sizeof *samples->values, compare);
	return (double)samples->values[(size_t)(p * (double)(samples->count - 1))] / 1e3;
}

static void print(struct loop *loop)
{
	const double window_ns = (double)(loop->window_end_ns - loop->window_start_ns);
	const double ended = (double)loop->ended;
	struct rusage own;
	struct rusage theirs;
	getrusage(RUSAGE_SELF, &own);
	getrusage(RUSAGE_CHILDREN, &theirs);
	printf("tasks_per_s %.2f\n", ended / window_ns * 1e9);
	printf("own_cpu_us %.3f\n", (cpu_us(&own) - cpu_us(&loop->own)) / ended);
	printf("task_cpu_us %.3f\n", (cpu_us(&theirs) - cpu_us(&loop->theirs)) / ended);
	printf("running_share %.5f\n", (double)loop->running_ns / window_ns / loop->count);
	printf("gap_us %.3f\n", quantile_us(&loop->gaps, 0.5));
	printf("gap_p95_us %.3f\n", quantile_us(&loop->gaps, 0.95));
	for (int i = 0; i < PARTS; i++)
		if (loop->parts[i].count > 0)
			printf("part_%s %.3f\n", part_table[i].name,
			       quantile_us(&loop->parts[i], 0.5));
}

int main(int argc, char **argv)
{
	static const struct option options[] = {{"with", required_argument, NULL, 'W'}, {0}};
	static struct loop loop = {.count = 1, .seconds = 1, .warm_seconds = 0.2};
	int option;
	while ((option = getopt_long(argc, argv, "+n:s:w:", options, NULL)) != -1) {
		switch (option) {
		case 'n':
			loop.count = atoi(optarg);
			break;
		case 's':
			loop.seconds = atof(optarg);
			break;
		case 'w':
			loop.warm_seconds = atof(optarg);
			break;
		case 'W':
			spawn_use_parts(&loop, optarg);
			break;
		default:
			return 2;
		}
	}
	if (optind == argc || loop.count < 1 || loop.count > MOST_CHILDREN) {
		fprintf(stderr, "usage: spawn_loop [-n N] [-s SECONDS] [-w SECONDS] "
		                "[--with PART,...] -- COMMAND ARG...\n");
		return 2;
	}
	loop.argv = argv + optind;
	spawn_find_command(&loop);
	spawn_prepare(&loop);
	run(&loop);
	print(&loop);
	fflush(stdout);
	/* Those that are still running. */
	while (waitpid(-1, NULL, 0) > 0)
		continue;
	return 0;
}
