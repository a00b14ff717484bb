/* Facts of a node, by made trees of /sys and /proc of several machines. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/array.h"
#include "core/cleanup.h"
#include "node_tree.h"

#include <stdlib.h>
#include <string.h>

struct expected_fact {
	const char *name;
	const char *value;  /* NULL: absent, */
	const char *reason; /* with this in its reason */
};

static void check_facts(const struct host_facts *facts, const struct expected_fact *expected,
                        size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct host_fact *fact = NULL;
		for (size_t f = 0; f < facts->count; f++)
			if (strcmp(facts->items[f].name, expected[i].name) == 0)
				fact = &facts->items[f];
		if (!fact)
			fail_msg("no fact %s", expected[i].name);
		const char *const wanted = expected[i].value ? expected[i].value : "(absent)";
		const char *const got = fact->value ? fact->value : "(absent)";
		if (strcmp(got, wanted) != 0)
			fail_msg("%s: got %s, expected %s", expected[i].name, got, wanted);
		if (!expected[i].value && !strstr(fact->reason, expected[i].reason))
			fail_msg("%s: the reason is %s", expected[i].name, fact->reason);
	}
}

static void test_epyc(void **state)
{
	static const struct expected_fact expected[] = {
	        {"processor_vendor", "AuthenticAMD", NULL},
	        {"processor_family", "23", NULL},
	        {"processor_model", "49", NULL},
	        {"processor_stepping", "0", NULL},
	        {"packages_machine", "2", NULL},
	        {"cores_machine", "32", NULL},
	        {"threads_per_core", "2", NULL},
	        {"l3_caches_machine", "16", NULL},
	        {"numa_nodes_machine", "8", NULL},
	        {"numa_mode", "NPS4", NULL},
	        {"numa_memory_bytes",
	         "0: 1024000, 1: 1025024, 2: 1026048, 3: 1027072, 4: 1028096, 5: 1029120, "
	         "6: 1030144, 7: 1031168",
	         NULL},
	        {"smt", "on", NULL},
	        {"pus_isolated_list", "1-31", NULL},
	        {"pus_offline_list", "none", NULL},
	        {"pus_tickless_list", "none", NULL},
	        {"kernel_arguments",
	         "mitigations=off nohz_full=1-31 isolcpus=1-31 nopti hugepages=0", NULL},
	        {"mitigations", "spectre_v1", NULL},
	        {"vulnerabilities", "retbleed, spectre_v2", NULL},
	        {"nmi_watchdog", "on", NULL},
	        {"numa_balancing", "on", NULL},
	        {"huge_pages", "64 KiB: none, 2 MiB: 60 of 64 free, 1024 MiB: none", NULL},
	        {"memory_type", "1 x 65536 MiB DDR4-3200, 2 x 16384 MiB DDR4-3200", NULL},
	        {"energy_preference", "balance_performance, performance", NULL},
	        {"frequency_max_hz", "3350000000", NULL},
	        {"frequency_min_hz", "400000000", NULL},
	        {"frequency_limit_hz", "2000000000", NULL},
	        {"frequency_base_hz", NULL, "does not say"},
	        {"frequency_driver_state", "amd_pstate: active", NULL},
	        {"frequency_cppc_nominal_hz", "2000000000", NULL},
	        {"frequency_cppc_highest_hz", "3320000000", NULL},
	        {"frequency_cpuid_max_hz", NULL, "not recorded"},
	        {"frequency_cpuinfo_hz", "1996250000", NULL},
	};
	(void)state;
	char *const root = node_tree_new();
	node_tree_put_epyc(root);
	struct host_facts facts = node_tree_describe(root);
	check_facts(&facts, expected, ARRAY_LENGTH(expected));
	host_facts_release(&facts);
	node_tree_remove(root);
}

/* The same machine as a guest, with numa=off, with an unlike second socket, and with only the
 * memory of a third kind. */
static void test_modes_that_cannot_be_told(void **state)
{
	static const struct node_tree_machine odd = {2, 3, 4, 12, 1};
	(void)state;
	char *const root = node_tree_new();
	node_tree_put_epyc(root);
	node_tree_put(root, "/proc/cmdline", "numa=off\n");
	struct host_facts facts = node_tree_describe(root);
	check_facts(&facts, &(struct expected_fact){"numa_mode", NULL, "numa=off"}, 1);
	check_facts(&facts, &(struct expected_fact){"kernel_arguments", "numa=off", NULL}, 1);
	host_facts_release(&facts);
	node_tree_put(root, "/proc/cpuinfo",
	              "processor\t: 0\nvendor_id\t: AuthenticAMD\nmodel name\t: AMD EPYC\n"
	              "flags\t\t: fpu hypervisor\n");
	facts = node_tree_describe(root);
	check_facts(&facts, &(struct expected_fact){"numa_mode", NULL, "hypervisor"}, 1);
	host_facts_release(&facts);
	node_tree_remove(root);

	char *const other = node_tree_new();
	node_tree_put(other, "/proc/cpuinfo", node_tree_epyc_info);
	node_tree_put_machine(other, &odd);
	facts = node_tree_describe(other);
	check_facts(&facts, &(struct expected_fact){"numa_mode", NULL, "unlike"}, 1);
	host_facts_release(&facts);
	node_tree_remove(other);
}

/* High-bandwidth memory that is a node of its own has no CPUs, and says nothing of SNC. */
static void test_memory_without_cpus(void **state)
{
	static const struct node_tree_machine machine = {2, 2, 2, 8, 1};
	static const struct expected_fact expected[] = {
	        {"numa_nodes_machine", "2", NULL},
	        {"numa_mode", "SNC off", NULL},
	        {"numa_memory_bytes", "0: 1024000, 1: 1025024, 2: 2048000, 10: 4096", NULL},
	        {"frequency_cppc_highest_hz", NULL, "CPPC"},
	};
	(void)state;
	char *const root = node_tree_new();
	node_tree_put_machine(root, &machine);
	node_tree_put(
	        root, "/proc/cpuinfo",
	        "processor\t: 0\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 143\n"
	        "model name\t: Intel(R) Xeon(R) CPU Max 9460\nstepping\t: 8\nflags\t\t: fpu\n");
	node_tree_put(root, "/sys/devices/system/node/node2/cpulist", "\n");
	node_tree_put(root, "/sys/devices/system/node/node2/meminfo", "Node 2 MemTotal: 2000 kB\n");
	node_tree_put(root, "/sys/devices/system/node/node10/cpulist", "\n");
	node_tree_put(root, "/sys/devices/system/node/node10/meminfo", "Node 10 MemTotal: 4 kB\n");
	node_tree_put(root, "/sys/devices/system/cpu/cpu0/acpi_cppc/nominal_freq", "2200\n");
	node_tree_put(root, "/sys/devices/system/cpu/cpu0/acpi_cppc/nominal_perf", "0\n");
	node_tree_put(root, "/sys/devices/system/cpu/cpu0/acpi_cppc/highest_perf", "35\n");
	struct host_facts facts = node_tree_describe(root);
	check_facts(&facts, expected, ARRAY_LENGTH(expected));
	host_facts_release(&facts);
	node_tree_remove(root);
}

static void test_arm(void **state)
{
	static const struct expected_fact expected[] = {
	        {"processor_vendor", "Arm", NULL},     {"processor_family", "8", NULL},
	        {"processor_model", "0xd0c", NULL},    {"processor_stepping", "1", NULL},
	        {"packages_machine", NULL, "hwloc"},   {"numa_mode", NULL, "no sockets"},
	        {"frequency_cpuinfo_hz", NULL, "say"},
	};
	(void)state;
	char *const root = node_tree_new();
	node_tree_put(root, "/proc/cpuinfo",
	              "processor\t: 0\nBogoMIPS\t: 50.00\nFeatures\t: fp asimd\n"
	              "CPU implementer\t: 0x41\nCPU architecture: 8\nCPU variant\t: 0x3\n"
	              "CPU part\t: 0xd0c\nCPU revision\t: 1\n");
	struct host_facts facts = node_tree_describe(root);
	check_facts(&facts, expected, ARRAY_LENGTH(expected));
	host_facts_release(&facts);
	node_tree_remove(root);
}

/* A folder stands where a file should, numbers are none, lists are broken: nothing is believed. */
static void test_nonsense(void **state)
{
	static const struct expected_fact expected[] = {
	        {"packages_machine", NULL, "hwloc"},
	        {"kernel_arguments", NULL, ""},
	        {"huge_pages", NULL, "hugepages"},
	        {"mitigations", NULL, "vulnerabilities"},
	        {"frequency_cppc_nominal_hz", NULL, "CPPC"},
	        {"frequency_cpuinfo_hz", NULL, "say"},
	        {"memory_type", NULL, "modules"},
	        {"cpuset_list", NULL, "no control group"},
	        {"affinity_list", NULL, ""},
	        {"numa_memory_bytes", NULL, "neither"},
	};
	(void)state;
	char *const root = node_tree_new();
	node_tree_put(root, "/proc/cpuinfo", "cpu MHz\t\t: fast\nmodel\t\t: \nvendor_id\t:\n");
	node_tree_put(root, "/proc/cmdline/inside", "");
	node_tree_put(root, "/proc/self/status", "Name:\tx\n");
	node_tree_put(root, "/sys/devices/system/cpu/online", "0-\n");
	node_tree_put(root, "/sys/devices/system/cpu/cpu0/acpi_cppc/nominal_freq", "-7\n");
	node_tree_put(root, "/sys/kernel/mm/hugepages/hugepages-kB/nr_hugepages", "1\n");
	node_tree_put(root, "/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages", "many\n");
	node_tree_put(root, "/sys/firmware/dmi/entries/17-0/raw", "\x11\x28short");
	node_tree_put(root, "/sys/devices/system/node/nodes/meminfo", "MemTotal:");
	struct host_facts facts = node_tree_describe(root);
	check_facts(&facts, expected, ARRAY_LENGTH(expected));
	host_facts_release(&facts);
	node_tree_remove(root);
}

static void test_groups(void **state)
{
	static const struct expected_fact expected[] = {
	        {"cgroup_version", "2", NULL},
	        {"cgroup_folder", "/sys/fs/cgroup/slurm/job_1", NULL},
	        {"cpuset_list", "0-3", NULL},
	        {"cpuset_nodes_list", "0", NULL},
	        {"processes_limit", "512", NULL},
	        {"affinity_list", "0-1", NULL},
	        {"affinity_nodes_list", "0-7", NULL},
	};
	(void)state;
	char *const root = node_tree_new();
	node_tree_put(root, "/proc/self/cgroup", "0::/slurm/job_1\n");
	node_tree_put(root, "/proc/self/mountinfo",
	              "30 1 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw\n");
	node_tree_put(root, "/proc/self/status",
	              "Name:\tx\nCpus_allowed_list:\t0-1\nMems_allowed_list:\t0-7\n");
	node_tree_put(root, "/sys/fs/cgroup/slurm/job_1/cpuset.cpus.effective", "0-3\n");
	node_tree_put(root, "/sys/fs/cgroup/slurm/job_1/cpuset.mems.effective", "0\n");
	node_tree_put(root, "/sys/fs/cgroup/slurm/job_1/pids.max", "512\n");
	struct host_facts facts = node_tree_describe(root);
	check_facts(&facts, expected, ARRAY_LENGTH(expected));
	host_facts_release(&facts);
	node_tree_remove(root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_epyc),
	        cmocka_unit_test(test_modes_that_cannot_be_told),
	        cmocka_unit_test(test_memory_without_cpus),
	        cmocka_unit_test(test_arm),
	        cmocka_unit_test(test_nonsense),
	        cmocka_unit_test(test_groups),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
