/* Host facts from made-up trees of /proc and /sys, and from this machine. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/file.h"
#include "platform/host.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct tree_file {
	const char *path; /* ending with '/': a folder */
	const char *text;
};

/* A real machine with cgroup version 2: limits on the group and, lower, on its parent. */
static const struct tree_file metal[] = {
        {"/proc/sys/kernel/hostname", "node7\n"},
        {"/proc/sys/kernel/osrelease", "4.18.0-553.el8.x86_64\n"},
        {"/proc/sys/kernel/perf_event_paranoid", "2\n"},
        {"/etc/os-release", "NAME=\"X\"\nPRETTY_NAME=\"Some Linux 8.10\"\n"},
        {"/proc/cpuinfo", "processor\t: 0\nmodel name\t: AMD EPYC 7702 64-Core Processor\n"
                          "microcode\t: 0x830107c\nflags\t\t: fpu vme\n\nprocessor\t: 1\n"},
        {"/proc/meminfo", "MemTotal:       1000 kB\nMemFree: 1 kB\nMemAvailable:    900 kB\n"
                          "SwapTotal:      0 kB\nSwapFree:       0 kB\n"},
        {"/proc/loadavg", "0.42 0.50 0.60 1/200 4242\n"},
        {"/proc/self/cgroup", "0::/slurm/job_1\n"},
        {"/proc/self/mountinfo",
         "20 1 0:5 / /proc rw - proc proc rw\n"
         "30 1 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw\n"},
        {"/sys/fs/cgroup/slurm/cpu.max", "150000 100000\n"},
        {"/sys/fs/cgroup/slurm/job_1/cpu.max", "max 100000\n"},
        {"/sys/fs/cgroup/slurm/memory.max", "max\n"},
        {"/sys/fs/cgroup/slurm/job_1/memory.max", "600000\n"},
        {"/sys/fs/cgroup/slurm/job_1/memory.current", "200000\n"},
        {"/sys/fs/cgroup/slurm/job_1/memory.stat", "anon 1\ninactive_file 50000\n"},
        {"/sys/bus/event_source/devices/cpu/", NULL},
        {"/sys/bus/event_source/devices/amd_l3/", NULL},
        {"/sys/bus/event_source/devices/software/", NULL},
        {"/sys/devices/system/cpu/smt/active", "1\n"},
        {"/sys/devices/system/cpu/cpufreq/policy0/scaling_driver", "acpi-cpufreq\n"},
        {"/sys/devices/system/cpu/cpufreq/policy1/scaling_driver", "acpi-cpufreq\n"},
        {"/sys/devices/system/cpu/cpufreq/policy0/scaling_governor", "performance\n"},
        {"/sys/devices/system/cpu/cpufreq/policy1/scaling_governor", "powersave\n"},
        {"/sys/devices/system/cpu/cpufreq/policy0/cpuinfo_max_freq", "3350000\n"},
        {"/sys/devices/system/cpu/cpufreq/policy1/cpuinfo_max_freq", "3400000\n"},
        {"/sys/devices/system/cpu/cpufreq/boost", "1\n"},
        {"/sys/class/dmi/id/bios_version", "2.3\n"},
        {"/sys/class/dmi/id/sys_vendor", "Amazon EC2\n"},
        {"/sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never\n"},
        {"/sys/devices/system/clocksource/clocksource0/current_clocksource", "tsc\n"},
};

/* A guest in a container with cgroup version 1, whose mount shows the container's part. */
static const struct tree_file guest[] = {
        {"/proc/cpuinfo", "processor\t: 0\nflags\t\t: fpu hypervisor vme\n"},
        {"/proc/self/cgroup", "4:memory:/docker/abc\n3:cpu,cpuacct:/docker/abc/in\n"},
        {"/proc/self/mountinfo",
         "31 1 0:27 /docker/abc /sys/fs/cgroup/cpu ro - cgroup cgroup rw,cpu,cpuacct\n"
         "32 1 0:28 /docker/abc /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n"},
        {"/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "50000\n"},
        {"/sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n"},
        {"/sys/fs/cgroup/cpu/in/cpu.cfs_quota_us", "-1\n"},
        {"/sys/fs/cgroup/cpu/in/cpu.cfs_period_us", "100000\n"},
        {"/sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n"},
        {"/sys/bus/event_source/devices/software/", NULL},
        {"/sys/bus/event_source/devices/msr/", NULL},
        {"/sys/class/dmi/id/product_name", "Standard PC (Q35 + ICH9, 2009)\n"},
        {"/sys/class/dmi/id/sys_vendor", "QEMU\n"},
        {"/.dockerenv", ""},
};

/* Makes every folder of path below root. */
static void make_folders(char *path, size_t root_length)
{
	for (char *p = path + root_length + 1; *p; p++)
		if (*p == '/') {
			*p = '\0';
			mkdir(path, 0700);
			*p = '/';
		}
}

static char *make_tree(const struct tree_file *files, size_t count)
{
	struct error err;
	char *root = NULL;
	assert_int_equal(file_make_temporary_folder(NULL, "test_host", &root, &err), 0);
	for (size_t i = 0; i < count; i++) {
		char path[512];
		snprintf(path, sizeof path, "%s%s", root, files[i].path);
		make_folders(path, strlen(root));
		if (!files[i].text)
			continue;
		cleanup_file FILE *stream = fopen(path, "w");
		assert_non_null(stream);
		fputs(files[i].text, stream);
	}
	return root;
}

static void remove_tree(char *root)
{
	struct error err;
	assert_int_equal(file_remove_tree(AT_FDCWD, root, &err), 0);
	free(root);
}

static const struct host_fact *find(const struct host_facts *facts, const char *name)
{
	for (size_t i = 0; i < facts->count; i++)
		if (strcmp(facts->items[i].name, name) == 0)
			return &facts->items[i];
	fail_msg("no fact %s", name);
	return NULL;
}

struct expected_fact {
	const char *name;
	const char *value;  /* NULL: absent, */
	const char *reason; /* with this in its reason */
};

static void check_tree(const struct tree_file *files, size_t file_count,
                       const struct expected_fact *expected, size_t count)
{
	struct error err = {""};
	struct host_facts facts = {0};
	char *const root = make_tree(files, file_count);
	assert_int_equal(host_describe(NULL, root, &facts, &err), 0);
	remove_tree(root);
	for (size_t i = 0; i < count; i++) {
		const struct host_fact *const fact = find(&facts, expected[i].name);
		if (expected[i].value) {
			assert_non_null(fact->value);
			assert_string_equal(fact->value, expected[i].value);
		} else {
			assert_null(fact->value);
			assert_non_null(fact->reason);
			assert_non_null(strstr(fact->reason, expected[i].reason));
		}
	}
	host_facts_release(&facts);
}

static void test_metal(void **state)
{
	static const struct expected_fact expected[] = {
	        {"hostname", "node7", NULL},
	        {"kernel", "4.18.0-553.el8.x86_64", NULL},
	        {"operating_system", "Some Linux 8.10", NULL},
	        {"processor", "AMD EPYC 7702 64-Core Processor", NULL},
	        {"microcode", "0x830107c", NULL},
	        {"smt", "on", NULL},
	        {"hardware_pmu", "cpu", NULL},
	        {"cpufreq_driver", "acpi-cpufreq", NULL},
	        {"cpufreq_governor", "performance, powersave", NULL},
	        {"frequency_max_hz", "3400000000", NULL},
	        {"frequency_base_hz", NULL, "does not say"},
	        {"boost", "on", NULL},
	        {"memory_total_bytes", "1024000", NULL},
	        {"memory_available_bytes", "921600", NULL},
	        {"swap_total_bytes", "0", NULL},
	        {"cpu_quota_cpus", "1.5", NULL},
	        {"memory_limit_bytes", "600000", NULL},
	        {"perf_event_paranoid", "2", NULL},
	        {"clock_source", "tsc", NULL},
	        {"load_average_1min", "0.42", NULL},
	        {"transparent_hugepages", "always [madvise] never", NULL},
	        {"bios_version", "2.3", NULL},
	        {"system_product", NULL, "No such file"},
	        {"hypervisor", NULL, "no sign"}, /* the vendor's name alone is none */
	        {"container", NULL, "no sign"},
	};
	(void)state;
	check_tree(metal, ARRAY_LENGTH(metal), expected, ARRAY_LENGTH(expected));
}

static void test_guest(void **state)
{
	static const struct expected_fact expected[] = {
	        {"hostname", NULL, "No such file"},
	        {"processor", NULL, "names it"},
	        {"smt", NULL, "No such file"},
	        {"hardware_pmu", NULL, "msr, software"},
	        {"cpufreq_driver", NULL, "virtual machines"},
	        {"frequency_max_hz", NULL, "virtual machines"},
	        {"boost", NULL, "virtual machines"},
	        {"memory_total_bytes", NULL, "No such file"},
	        {"cpu_quota_cpus", "0.5", NULL},
	        {"memory_limit_bytes", NULL, "set none"},
	        {"hypervisor", "QEMU", NULL},
	        {"container", "docker", NULL},
	};
	(void)state;
	check_tree(guest, ARRAY_LENGTH(guest), expected, ARRAY_LENGTH(expected));
}

static void test_nothing(void **state)
{
	static const struct expected_fact expected[] = {
	        {"hardware_pmu", NULL, "no event sources"},
	        {"cpu_quota_cpus", NULL, "no control group"},
	        {"hypervisor", NULL, "no sign"},
	        {"slurm_job_id", NULL, "not recorded"},
	};
	(void)state;
	check_tree(NULL, 0, expected, ARRAY_LENGTH(expected));
}

static void test_memory_available(void **state)
{
	(void)state;
	char *root = make_tree(metal, ARRAY_LENGTH(metal));
	/* 600000 less 200000 in use of which 50000 are cache: less than the machine's 921600. */
	assert_int_equal(host_memory_available(root), 450000);
	assert_int_equal(host_memory_granted(root), 600000);
	remove_tree(root);
	root = make_tree(guest, ARRAY_LENGTH(guest));
	assert_int_equal(host_memory_available(root), -1);
	assert_int_equal(host_memory_granted(root), -1);
	remove_tree(root);
}

/* Every fact has a value or a reason, and a name that no other has. */
static void test_this_machine(void **state)
{
	(void)state;
	struct error err = {""};
	struct host_facts facts = {0};
	cleanup_node struct node *node = NULL;
	assert_int_equal(node_open(&node, &err), 0);
	assert_int_equal(host_describe(node, NULL, &facts, &err), 0);
	assert_true(facts.count > 30);
	assert_non_null(facts.topology_xml);
	assert_non_null(strstr(facts.topology_xml, "<topology"));
	for (size_t i = 0; i < facts.count; i++) {
		const struct host_fact *const fact = &facts.items[i];
		assert_true((fact->value && *fact->value) || (fact->reason && *fact->reason));
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(fact->name, facts.items[j].name);
	}
	assert_non_null(host_facts_get(&facts, "hostname"));
	assert_non_null(host_facts_get(&facts, "kernel"));
	assert_non_null(host_facts_get(&facts, "pus_allowed"));
	assert_true(host_memory_available(NULL) > 0);
	host_facts_release(&facts);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_metal),        cmocka_unit_test(test_guest),
	        cmocka_unit_test(test_nothing),      cmocka_unit_test(test_memory_available),
	        cmocka_unit_test(test_this_machine),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
