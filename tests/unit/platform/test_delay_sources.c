/* What tells of delays and stalls on a machine: made trees of files, and a process that waits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/array.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/file.h"
#include "platform/delays.h"
#include "platform/stalls.h"

#include <fcntl.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <linux/taskstats.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define STAT_4_TO_41                                                                               \
	"19833 19781 26023 0 -1 4227084 87 0 0 0 23 0 0 0 20 0 1 0 1168722 0 0 "                   \
	"18446744073709551615 0 0 0 0 0 0 0 0 65538 1 0 0 17 0 0 0 "

struct tree_file {
	const char *path;
	const char *text;
};

static char *make_tree(const struct tree_file *files, size_t count)
{
	struct error err;
	char *root = NULL;
	assert_int_equal(file_make_temporary_folder(NULL, "test_delays", &root, &err), 0);
	for (size_t i = 0; i < count && files[i].path; i++) {
		char path[512];
		snprintf(path, sizeof path, "%s%s", root, files[i].path);
		for (char *p = path + strlen(root) + 1; *p; p++)
			if (*p == '/') {
				*p = '\0';
				mkdir(path, 0700);
				*p = '/';
			}
		FILE *const stream = fopen(path, "w");
		assert_non_null(stream);
		fputs(files[i].text, stream);
		fclose(stream);
	}
	return root;
}

static void remove_tree(char *root)
{
	struct error err;
	assert_int_equal(file_remove_tree(AT_FDCWD, root, &err), 0);
	free(root);
}

static void expect_source(const struct delays *delays, enum delay_kind kind, const char *source,
                          const char *reason)
{
	const char *why;
	const char *const from = delays_source(delays, kind, &why);
	if (source) {
		assert_non_null(from);
		assert_non_null(strstr(from, source));
		assert_null(why);
	} else {
		assert_null(from);
		assert_non_null(why);
		assert_non_null(strstr(why, reason));
	}
}

static void test_sources(void **state)
{
	static const char schedstat[] = "147162 2929 2\n";
	static const struct {
		struct tree_file files[4];
		const char *source[DELAY_KINDS];
		const char *reason[DELAY_KINDS];
	} cases[] = {
	        {{{"/proc/self/schedstat", schedstat}, {"/proc/sys/kernel/task_delayacct", "1\n"}},
	         {"/proc/PID/schedstat", "/proc/PID/stat", NULL},
	         {NULL, NULL, "not recorded"}},
	        {{{"/proc/self/schedstat", schedstat}, {"/proc/sys/kernel/task_delayacct", "0\n"}},
	         {"/proc/PID/schedstat", NULL, NULL},
	         {NULL, "kernel.task_delayacct=1", "kernel.task_delayacct=1"}},
	        {{{"/proc/self/schedstat", "0 0 0\n"}},
	         {NULL, NULL, NULL},
	         {"CONFIG_SCHED_INFO", "CONFIG_TASK_DELAY_ACCT", "nodelayacct"}},
	        /* Before Linux 5.14: on, and off. */
	        {{{"/proc/self/schedstat", schedstat},
	          {"/proc/cmdline", "quiet\n"},
	          {"/proc/1/stat", "1 (systemd) S " STAT_4_TO_41 "17 0\n"}},
	         {"/proc/PID/schedstat", "/proc/PID/stat", NULL},
	         {NULL, NULL, "not recorded"}},
	        {{{"/proc/self/schedstat", schedstat},
	          {"/proc/cmdline", "quiet nodelayacct\n"},
	          {"/proc/1/stat", "1 (systemd) S " STAT_4_TO_41 "17 0\n"}},
	         {"/proc/PID/schedstat", NULL, NULL},
	         {NULL, "nodelayacct", "nodelayacct"}},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		char *const root = make_tree(cases[i].files, ARRAY_LENGTH(cases[i].files));
		struct delays *delays = NULL;
		struct error err;
		assert_int_equal(delays_open(root, &delays, &err), 0);
		for (int k = 0; k < DELAY_KINDS; k++)
			expect_source(delays, (enum delay_kind)k, cases[i].source[k],
			              cases[i].reason[k]);
		delays_close(delays);
		remove_tree(root);
	}
	delays_close(NULL);
}

/* A process that uses its CPU for a while and is looked at as a zombie. */
static void test_a_real_process(void **state)
{
	(void)state;
	struct delays *delays = NULL;
	struct error err;
	const char *why;
	assert_int_equal(delays_open(NULL, &delays, &err), 0);
	const int64_t start_ns = clock_now_ns();
	const pid_t pid = fork();
	if (pid == 0) {
		for (volatile int i = 0; i < 20000000; i++)
			continue;
		_exit(0);
	}
	siginfo_t info;
	assert_int_equal(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
	const int64_t wall_ns = clock_now_ns() - start_ns;
	delays_look_again(delays);
	const struct delay_figures figures = delays_read(delays, pid);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	for (int k = 0; k < DELAY_KINDS; k++) {
		const bool has = delays_source(delays, (enum delay_kind)k, &why) != NULL;
		assert_int_equal(figures.delay_ns[k] != RECORD_ABSENT, has);
		if (has)
			assert_true(figures.delay_ns[k] >= 0 && figures.delay_ns[k] <= wall_ns);
	}
	if (figures.cpu_ns != RECORD_ABSENT)
		assert_true(figures.cpu_ns > 0 && figures.cpu_ns <= wall_ns);
	/* Of a process that is gone there is nothing. */
	assert_int_equal(delays_read(delays, pid).cpu_ns, RECORD_ABSENT);
	delays_close(delays);
}

#define SOME(n) "some avg10=0.00 avg60=0.00 avg300=0.00 total=" #n "\n"
#define FULL(n) "full avg10=0.00 avg60=0.00 avg300=0.00 total=" #n "\n"

static void test_stall_sources(void **state)
{
	static const struct tree_file machine[] = {
	        {"/proc/pressure/cpu", SOME(10) FULL(0)},
	        {"/proc/pressure/memory", SOME(20) FULL(21)},
	        {"/proc/self/cgroup", "5:memory:/x\n0::/\n"},
	        {"/proc/self/mountinfo", "30 1 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n"},
	        {"/sys/fs/cgroup/cpu.pressure", SOME(99)},
	};
	static const struct tree_file group[] = {
	        {"/proc/pressure/cpu", SOME(10) FULL(0)},
	        {"/proc/self/cgroup", "0::/slurm/job_1\n"},
	        {"/proc/self/mountinfo", "30 1 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n"},
	        {"/sys/fs/cgroup/slurm/job_1/cpu.pressure", SOME(30) FULL(31)},
	        {"/sys/fs/cgroup/slurm/job_1/io.pressure", SOME(50) FULL(51)},
	};
	static const struct {
		const struct tree_file *files;
		size_t count;
		const char *source;
		int64_t total_ns[STALL_KINDS];
	} cases[] = {
	        {machine,
	         ARRAY_LENGTH(machine),
	         "the whole machine",
	         {10000, RECORD_ABSENT, 20000, 21000, RECORD_ABSENT, RECORD_ABSENT}},
	        {group,
	         ARRAY_LENGTH(group),
	         "the control group /sys/fs/cgroup/slurm/job_1",
	         {30000, 31000, RECORD_ABSENT, RECORD_ABSENT, 50000, 51000}},
	        {NULL,
	         0,
	         NULL,
	         {RECORD_ABSENT, RECORD_ABSENT, RECORD_ABSENT, RECORD_ABSENT, RECORD_ABSENT,
	          RECORD_ABSENT}},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		char *const root = make_tree(cases[i].files, cases[i].count);
		struct stalls *stalls = NULL;
		struct stall_reading reading;
		struct error err;
		const char *reason;
		assert_int_equal(stalls_open(root, &stalls, &err), 0);
		const char *const source = stalls_source(stalls, &reason);
		if (cases[i].source)
			assert_non_null(strstr(source, cases[i].source));
		else
			assert_non_null(strstr(reason, "psi=1"));
		stalls_read(stalls, &reading);
		assert_true(reading.at_ns > 0);
		for (int k = 0; k < STALL_KINDS; k++)
			assert_int_equal(reading.total_ns[k], cases[i].total_ns[k]);
		stalls_close(stalls);
		remove_tree(root);
	}
	stalls_close(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_sources),
	        cmocka_unit_test(test_a_real_process),
	        cmocka_unit_test(test_stall_sources),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
