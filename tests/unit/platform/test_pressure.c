/* What else goes on at a node, and limits by control groups, from made-up trees of /proc and /sys.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/file.h"
#include "platform/memory_limit.h"
#include "platform/pressure.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct tree_file {
	const char *path;
	const char *text;
};

static const struct tree_file node[] = {
        {"/proc/stat", "cpu  100 10 50 1000 5 2 3 7 90 0\ncpu0 50 5 25 500 2 1 1 3 45 0\n"
                       "cpu1 50 5 25 500 3 1 2 4 45 0\nintr 1\n"},
        {"/proc/meminfo", "MemTotal: 1000 kB\nSwapTotal:      1000 kB\nSwapFree:    400 kB\n"},
        {"/proc/pressure/cpu", "some avg10=12.50 avg60=1.00 avg300=0.00 total=5\n"},
        {"/proc/pressure/memory", "some avg10=0.00 avg60=0.00 avg300=0.00 total=0\n"
                                  "full avg10=9.00 avg60=0.00 avg300=0.00 total=0\n"},
        {"/proc/self/cgroup", "0::/slurm/job_1\n"},
        {"/proc/self/mountinfo",
         "30 1 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw\n"},
        {"/sys/fs/cgroup/slurm/cpu.max", "150000 100000\n"},
        {"/sys/fs/cgroup/slurm/cpu.stat", "usage_usec 9\nnr_periods 20\nnr_throttled 3\n"
                                          "throttled_usec 4000\n"},
        {"/sys/fs/cgroup/slurm/job_1/cpu.stat", "nr_throttled 0\nthrottled_usec 0\n"},
        {"/proc/1/comm", "systemd\n"},
        {"/proc/1/status", "Name: systemd\nUid:\t0\t0\t0\t0\n"},
        {"/proc/20/comm", "slurmd\n"},
        {"/proc/20/status", "Uid:\t0\t0\t0\t0\n"},
        {"/proc/30/comm", "own\n"},
        {"/proc/30/status", "Uid:\t1000\t1000\t1000\t1000\n"},
        {"/proc/40/comm", "a (b) c\n"},
        {"/proc/40/status", "Name: x\nUid:\t1001\t1001\t1001\t1001\n"},
        {"/proc/40/stat", "40 (a (b) c) R 1 40 40 0 -1 0 1 2 3 4 500 100 0 0 20 0 1 0 9 9 9\n"},
        {"/proc/40/schedstat", "6000000000 5 7\n"},
        {"/proc/50/comm", "many\n"},
        {"/proc/50/status", "Uid:\t1002\t1002\t1002\t1002\n"},
        {"/proc/50/stat", "50 (many) S 1 50 50 0 -1 0 1 2 3 4 10 0 0 0 20 0 9 0 9 9 9\n"},
        {"/opt/slurm/bin/sbatch", ""},
};

static void make_folders(char *path, size_t root_length)
{
	for (char *p = path + root_length + 1; *p; p++)
		if (*p == '/') {
			*p = '\0';
			mkdir(path, 0700);
			*p = '/';
		}
}

static void put_file(const char *root, const char *name, const char *text)
{
	char path[512];
	snprintf(path, sizeof path, "%s%s", root, name);
	make_folders(path, strlen(root));
	cleanup_file FILE *stream = fopen(path, "w");
	assert_non_null(stream);
	fputs(text, stream);
}

static char *make_tree(const struct tree_file *files, size_t count)
{
	struct error err;
	char *root = NULL;
	assert_int_equal(file_make_temporary_folder(NULL, "test_pressure", &root, &err), 0);
	for (size_t i = 0; i < count; i++)
		put_file(root, files[i].path, files[i].text);
	return root;
}

static void remove_tree(char *root)
{
	struct error err;
	assert_int_equal(file_remove_tree(AT_FDCWD, root, &err), 0);
	free(root);
}

static void expect_text(const char *root, const char *name, const char *expected)
{
	char path[512];
	char *text = NULL;
	struct error err;
	snprintf(path, sizeof path, "%s%s", root, name);
	assert_int_equal(file_read(path, 4096, &text, NULL, &err), 0);
	assert_string_equal(text, expected);
	free(text);
}

static bool is_there(const char *root, const char *name)
{
	char path[512];
	snprintf(path, sizeof path, "%s%s", root, name);
	return access(path, F_OK) == 0;
}

static void test_one_look(void **state)
{
	(void)state;
	char *const root = make_tree(node, ARRAY_LENGTH(node));
	struct pressure p;
	const int64_t tick_ns = 1000000000 / sysconf(_SC_CLK_TCK);
	pressure_read(root, &p);
	assert_int_equal(p.busy_ns, 165 * tick_ns);
	assert_int_equal(p.steal_ns, 7 * tick_ns);
	assert_int_equal(p.cpus, 2);
	assert_true(p.stalled[PRESSURE_CPU] > 0.1249 && p.stalled[PRESSURE_CPU] < 0.1251);
	assert_true(p.stalled[PRESSURE_MEMORY] >= 0 && p.stalled[PRESSURE_MEMORY] < 1e-9);
	assert_true(p.stalled[PRESSURE_IO] < 0);
	assert_int_equal(p.swap_used_bytes, 600 * 1024);
	assert_int_equal(p.throttled_times, 3);
	assert_int_equal(p.throttled_ns, 4000000);
	assert_true(pressure_cpu_quota(root) > 1.49 && pressure_cpu_quota(root) < 1.51);
	remove_tree(root);
}

static void test_an_empty_tree_tells_nothing(void **state)
{
	(void)state;
	char *const root = make_tree(NULL, 0);
	struct pressure p;
	struct other_processes others;
	struct error err;
	pressure_read(root, &p);
	assert_int_equal(p.busy_ns, -1);
	assert_int_equal(p.cpus, 0);
	assert_int_equal(p.swap_used_bytes, -1);
	assert_int_equal(p.throttled_times, -1);
	assert_true(pressure_cpu_quota(root) < 0);
	assert_int_equal(pressure_others(root, 1000, &others, &err), 0);
	assert_int_equal(others.count, 0);
	assert_string_equal(others.daemon, "");
	assert_null(pressure_batch_system(root, "/usr/bin:/bin", ""));
	remove_tree(root);
}

static void test_processes_of_others(void **state)
{
	(void)state;
	char *const root = make_tree(node, ARRAY_LENGTH(node));
	struct other_processes before;
	struct other_processes after;
	struct other_process busiest;
	struct error err;
	double share;
	assert_int_equal(pressure_others(root, 1000, &before, &err), 0);
	assert_int_equal(before.count, 2);
	assert_int_equal(before.items[0].pid, 40);
	assert_string_equal(before.items[0].name, "a (b) c");
	assert_int_equal(before.items[0].cpu_ns, 600 * (1000000000 / sysconf(_SC_CLK_TCK)));
	assert_int_equal(before.items[0].main_cpu_ns, 6000000000);
	assert_int_equal(before.items[1].main_cpu_ns, -1);
	assert_string_equal(before.daemon, "slurmd");
	/* 2 % of a CPU by the exact figure; one coarse step is chance, many are not. */
	put_file(root, "/proc/40/schedstat", "6002000000 5 7\n");
	put_file(root, "/proc/50/stat",
	         "50 (many) S 1 50 50 0 -1 0 1 2 3 4 11 0 0 0 20 0 9 0 9 9 9\n");
	assert_int_equal(pressure_others(root, 1000, &after, &err), 0);
	after.at_ns = before.at_ns + 100000000;
	assert_int_equal(pressure_busy_others(&before, &after, 0.01, &busiest, &share), 1);
	assert_int_equal(busiest.pid, 40);
	assert_true(share > 0.019 && share < 0.021);
	assert_int_equal(pressure_busy_others(&before, &after, 0.03, &busiest, &share), 0);
	pressure_others_release(&after);
	put_file(root, "/proc/50/stat",
	         "50 (many) S 1 50 50 0 -1 0 1 2 3 4 15 0 0 0 20 0 9 0 9 9 9\n");
	assert_int_equal(pressure_others(root, 1000, &after, &err), 0);
	after.at_ns = before.at_ns + 100000000;
	assert_int_equal(pressure_busy_others(&before, &after, 0.01, &busiest, &share), 2);
	assert_int_equal(busiest.pid, 50);
	pressure_others_release(&after);
	pressure_others_release(&before);
	remove_tree(root);
}

static void test_batch_systems(void **state)
{
	(void)state;
	char *const root = make_tree(node, ARRAY_LENGTH(node));
	assert_string_equal(pressure_batch_system(root, "/bin:/opt/slurm/bin", ""), "Slurm");
	assert_null(pressure_batch_system(root, "/bin:/opt/slurm", ""));
	assert_null(pressure_batch_system(root, NULL, "bash"));
	assert_string_equal(pressure_batch_system(root, "", "pbs_mom"), "PBS");
	assert_string_equal(pressure_batch_system(root, NULL, "sbatchd"), "LSF");
	assert_string_equal(pressure_batch_system(root, NULL, "sge_execd"), "Grid Engine");
	/* Packages of the distribution that are only installed are no batch system. */
	put_file(root, "/usr/bin/sbatch", "");
	assert_null(pressure_batch_system(root, "/usr/local/bin:/usr/bin", ""));
	put_file(root, "/usr/local/bin/sbatch", "");
	assert_string_equal(pressure_batch_system(root, "/usr/local/bin:/usr/bin", ""), "Slurm");
	put_file(root, "/etc/slurm/slurm.conf", "");
	assert_string_equal(pressure_batch_system(root, "/usr/bin", ""), "Slurm");
	remove_tree(root);
	assert_false(pressure_has_allocation(
	        (const char *const[]){"PATH=/bin", "SLURM_JOB_IDX=1", "PBS_JOBID=", NULL}));
	assert_true(pressure_has_allocation((const char *const[]){"SLURM_JOB_ID=12", NULL}));
	assert_true(pressure_has_allocation((const char *const[]){"A=", "LSB_JOBID=12", NULL}));
	assert_true(pressure_has_allocation((const char *const[]){"FLUX_JOB_ID=f12", NULL}));
}

/* ---- Limits ------------------------------------------------------------------------------- */

static const struct tree_file delegated[] = {
        {"/proc/self/cgroup", "0::/user/run\n"},
        {"/proc/self/mountinfo", "30 1 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n"},
        {"/sys/fs/cgroup/user/run/cgroup.controllers", "cpu memory pids\n"},
        {"/sys/fs/cgroup/user/run/cgroup.subtree_control", "memory\n"},
        {"/sys/fs/cgroup/user/run/cgroup.procs", ""},
};

#define RUN "/sys/fs/cgroup/user/run"

static struct memory_limit *open_limit(const char *root)
{
	struct memory_limit *limit = NULL;
	struct error err;
	assert_int_equal(
	        memory_limit_open(root, "0123456789abcdef", 2, 100000000, false, &limit, &err), 0);
	return limit;
}

static void test_version_2_delegated(void **state)
{
	(void)state;
	char *const root = make_tree(delegated, ARRAY_LENGTH(delegated));
	struct memory_limit *const limit = open_limit(root);
	assert_int_equal(memory_limit_way(limit), MEMORY_LIMIT_CGROUP2);
	assert_int_equal(memory_limit_address_space(limit), 0);
	expect_text(root, RUN "/plateau-0123456789abcdef/cgroup.subtree_control", "+memory");
	expect_text(root, RUN "/plateau-0123456789abcdef/1/memory.max", "100000000");
	expect_text(root, RUN "/plateau-0123456789abcdef/1/memory.swap.max", "0");
	assert_string_equal(memory_limit_procs(limit, 1) + strlen(root),
	                    RUN "/plateau-0123456789abcdef/1/cgroup.procs");
	assert_false(is_there(root, RUN "/plateau-0123456789abcdef-main"));
	assert_int_equal(memory_limit_kills(limit, 0), 0);
	put_file(root, RUN "/plateau-0123456789abcdef/0/memory.events",
	         "low 0\noom 3\noom_kill 2\n");
	assert_int_equal(memory_limit_kills(limit, 0), 2);
	assert_int_equal(memory_limit_kills(limit, 0), 0);
	put_file(root, RUN "/plateau-0123456789abcdef/0/memory.events",
	         "low 0\noom 4\noom_kill 3\n");
	assert_int_equal(memory_limit_kills(limit, 0), 1);
	assert_int_equal(memory_limit_kills(limit, 1), 0);
	memory_limit_close(limit);
	remove_tree(root);
}

/* Alone in its group, plateau moves aside and turns the controller on. */
static void test_version_2_moves_aside(void **state)
{
	(void)state;
	char own[32];
	char *const root = make_tree(delegated, ARRAY_LENGTH(delegated));
	snprintf(own, sizeof own, "%d\n", (int)getpid());
	put_file(root, RUN "/cgroup.subtree_control", "cpu\n");
	put_file(root, RUN "/cgroup.procs", own);
	struct memory_limit *const limit = open_limit(root);
	assert_int_equal(memory_limit_way(limit), MEMORY_LIMIT_CGROUP2);
	assert_true(is_there(root, RUN "/plateau-0123456789abcdef-main"));
	expect_text(root, RUN "/cgroup.subtree_control", "+memory");
	memory_limit_close(limit);
	expect_text(root, RUN "/cgroup.subtree_control", "-memory");
	remove_tree(root);
}

static void check_address_space(const char *root, const char *why)
{
	struct memory_limit *const limit = open_limit(root);
	assert_int_equal(memory_limit_way(limit), MEMORY_LIMIT_ADDRESS_SPACE);
	assert_int_equal(memory_limit_address_space(limit), 100000000);
	assert_null(memory_limit_procs(limit, 0));
	assert_non_null(strstr(memory_limit_text(limit), why));
	assert_false(is_there(root, RUN "/plateau-0123456789abcdef"));
	assert_false(is_there(root, RUN "/plateau-0123456789abcdef-main"));
	memory_limit_close(limit);
}

static void test_without_groups_the_address_space_is_limited(void **state)
{
	(void)state;
	char *const root = make_tree(delegated, ARRAY_LENGTH(delegated));
	put_file(root, RUN "/cgroup.subtree_control", "");
	put_file(root, RUN "/cgroup.procs", "1\n2\n");
	check_address_space(root, "version 2: shared with other processes");
	put_file(root, RUN "/cgroup.controllers", "cpu pids\n");
	check_address_space(root, "version 2: without the memory controller");
	check_address_space(root, "version 1: not there");
	remove_tree(root);
}

static void test_version_1(void **state)
{
	(void)state;
	static const struct tree_file files[] = {
	        {"/proc/self/cgroup", "4:memory:/a/b\n0::/\n"},
	        {"/proc/self/mountinfo",
	         "32 1 0:28 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"},
	        {"/sys/fs/cgroup/memory/a/b/tasks", ""},
	};
	char *const root = make_tree(files, ARRAY_LENGTH(files));
	struct memory_limit *const limit = open_limit(root);
	assert_int_equal(memory_limit_way(limit), MEMORY_LIMIT_CGROUP1);
	expect_text(root,
	            "/sys/fs/cgroup/memory/a/b/plateau-0123456789abcdef/0/memory.limit_in_bytes",
	            "100000000");
	put_file(root, "/sys/fs/cgroup/memory/a/b/plateau-0123456789abcdef/0/memory.oom_control",
	         "oom_kill_disable 0\nunder_oom 0\noom_kill 1\n");
	assert_int_equal(memory_limit_kills(limit, 0), 1);
	memory_limit_close(limit);
	remove_tree(root);
}

/* ---- Peaks -------------------------------------------------------------------------------- */

#define GROUP RUN "/plateau-0123456789abcdef/0"

static struct memory_limit *open_peaks(const char *root, bool at_any_cost)
{
	struct memory_limit *limit = NULL;
	struct error err;
	assert_int_equal(
	        memory_limit_open(root, "0123456789abcdef", 2, 0, at_any_cost, &limit, &err), 0);
	return limit;
}

/* What the kernel ended for want of memory elsewhere is not told as beyond a limit that nobody set.
 */
static void test_no_limit_is_exceeded(void **state)
{
	(void)state;
	char *const root = make_tree(delegated, ARRAY_LENGTH(delegated));
	struct memory_limit *const limit = open_peaks(root, true);
	put_file(root, GROUP "/memory.events", "low 0\noom 1\noom_kill 1\n");
	assert_int_equal(memory_limit_kills(limit, 0), 0);
	memory_limit_close(limit);
	remove_tree(root);
}

static void set_mode(const char *root, const char *name, mode_t mode)
{
	char path[512];
	snprintf(path, sizeof path, "%s%s", root, name);
	assert_int_equal(chmod(path, mode), 0);
}

/* Joining a group of version 2 is dear, and so is one of version 1 before Linux 5.16: for the peak
 * alone that must be asked for. */
static void test_peaks_have_a_price(void **state)
{
	(void)state;
	static const struct tree_file version_1[] = {
	        {"/proc/self/cgroup", "4:memory:/a\n"},
	        {"/proc/self/mountinfo",
	         "32 1 0:28 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"},
	        {"/proc/sys/kernel/osrelease", "5.15.0-91-generic\n"},
	        {"/sys/fs/cgroup/memory/a/tasks", ""},
	};
	char *const old = make_tree(version_1, ARRAY_LENGTH(version_1));
	struct memory_limit *limit = open_peaks(old, false);
	assert_null(memory_limit_procs(limit, 0));
	assert_false(memory_limit_has_peak(limit));
	assert_int_equal(memory_limit_address_space(limit), 0);
	assert_non_null(strstr(memory_limit_peak_text(limit), "sampling.memory_group is always"));
	memory_limit_begin(limit, 0);
	assert_int_equal(memory_limit_peak(limit, 0), -1);
	memory_limit_close(limit);
	put_file(old, "/proc/sys/kernel/osrelease", "6.1.0-28-amd64\n");
	limit = open_peaks(old, false);
	assert_string_equal(memory_limit_procs(limit, 0) + strlen(old),
	                    "/sys/fs/cgroup/memory/a/plateau-0123456789abcdef/0/tasks");
	/* Nothing is limited. */
	assert_false(is_there(old, "/sys/fs/cgroup/memory/a/plateau-0123456789abcdef/0/"
	                           "memory.limit_in_bytes"));
	memory_limit_close(limit);
	remove_tree(old);
	char *const root = make_tree(delegated, ARRAY_LENGTH(delegated));
	limit = open_peaks(root, false);
	assert_null(memory_limit_procs(limit, 0));
	assert_non_null(strstr(memory_limit_peak_text(limit), "version 2: joining one costs"));
	memory_limit_close(limit);
	remove_tree(root);
}

/* A kernel before 5.19: groups, and no memory.peak in them. */
static void test_a_kernel_without_peaks(void **state)
{
	(void)state;
	char *const root = make_tree(delegated, ARRAY_LENGTH(delegated));
	struct memory_limit *const limit = open_peaks(root, true);
	assert_int_equal(memory_limit_way(limit), MEMORY_LIMIT_CGROUP2);
	assert_false(memory_limit_has_peak(limit));
	assert_non_null(strstr(memory_limit_peak_text(limit), "no memory.peak (Linux 5.19 has)"));
	memory_limit_begin(limit, 0);
	assert_int_equal(memory_limit_peak(limit, 0), -1);
	memory_limit_close(limit);
	remove_tree(root);
}

/* Where it can be set back it is: the peak is that of one task. */
static void test_peaks_are_set_back(void **state)
{
	(void)state;
	char *const root = make_tree(delegated, ARRAY_LENGTH(delegated));
	struct memory_limit *const limit = open_peaks(root, true);
	put_file(root, GROUP "/memory.peak", "900000000\n");
	assert_int_equal(memory_limit_peak(limit, 0), -1);
	memory_limit_begin(limit, 0);
	/* The kernel's file would say what there is now; this one is overwritten. */
	assert_int_equal(memory_limit_peak(limit, 0), 0);
	put_file(root, GROUP "/memory.peak", "315000000\n");
	assert_int_equal(memory_limit_peak(limit, 0), 315000000);
	assert_int_equal(memory_limit_peak(limit, 1), -1);
	memory_limit_close(limit);
	remove_tree(root);
}

/* Where it cannot, the group of the first task serves, and that of the next one is made anew; as
 * long as somebody is left in it (here: files) there is no figure rather than a wrong one. */
static void test_peaks_that_cannot_be_set_back(void **state)
{
	(void)state;
	char *const root = make_tree(delegated, ARRAY_LENGTH(delegated));
	struct memory_limit *const limit = open_peaks(root, true);
	put_file(root, GROUP "/memory.peak", "315000000\n");
	set_mode(root, GROUP "/memory.peak", 0444);
	memory_limit_begin(limit, 0);
	assert_int_equal(memory_limit_peak(limit, 0), 315000000);
	memory_limit_begin(limit, 0);
	assert_int_equal(memory_limit_peak(limit, 0), -1);
	/* The kernel's files go with the folder. */
	char path[512];
	static const char *const files[] = {"memory.peak", "cgroup.procs"};
	for (size_t i = 0; i < ARRAY_LENGTH(files); i++) {
		snprintf(path, sizeof path, "%s%s/%s", root, GROUP, files[i]);
		assert_int_equal(unlink(path), 0);
	}
	memory_limit_begin(limit, 0);
	assert_true(is_there(root, GROUP "/cgroup.procs"));
	memory_limit_close(limit);
	remove_tree(root);
}

static void test_room_on_disk(void **state)
{
	(void)state;
	assert_true(pressure_disk_free("/") >= 0);
	assert_true(pressure_disk_free("/no/such/folder/file") >= 0);
	assert_true(pressure_disk_free("no-such-folder/file") >= 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_one_look),
	        cmocka_unit_test(test_an_empty_tree_tells_nothing),
	        cmocka_unit_test(test_processes_of_others),
	        cmocka_unit_test(test_batch_systems),
	        cmocka_unit_test(test_version_2_delegated),
	        cmocka_unit_test(test_version_2_moves_aside),
	        cmocka_unit_test(test_without_groups_the_address_space_is_limited),
	        cmocka_unit_test(test_version_1),
	        cmocka_unit_test(test_no_limit_is_exceeded),
	        cmocka_unit_test(test_peaks_have_a_price),
	        cmocka_unit_test(test_a_kernel_without_peaks),
	        cmocka_unit_test(test_peaks_are_set_back),
	        cmocka_unit_test(test_peaks_that_cannot_be_set_back),
	        cmocka_unit_test(test_room_on_disk),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
