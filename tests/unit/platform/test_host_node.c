/* Facts about nodes, limits of frequency, kernel and control groups from made-up trees of /proc and
 * /sys: two EPYC sockets with four NUMA nodes each, a Xeon in a container whose files are half
 * forbidden, an Arm machine, and one where nothing makes sense. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/file.h"
#include "platform/capabilities.h"
#include "platform/host.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* ---- Trees -------------------------------------------------------------------------------- */

static char *new_tree(void)
{
	struct error err;
	char *root = NULL;
	assert_int_equal(file_make_temporary_folder(NULL, "test_host_node", &root, &err), 0);
	return root;
}

static void remove_tree(char *root)
{
	struct error err;
	assert_int_equal(file_remove_tree(AT_FDCWD, root, &err), 0);
	free(root);
}

static void put_bytes(const char *root, const char *path, const void *bytes, size_t count)
{
	char whole[512];
	snprintf(whole, sizeof whole, "%s%s", root, path);
	for (char *p = whole + strlen(root) + 1; *p; p++)
		if (*p == '/') {
			*p = '\0';
			mkdir(whole, 0700);
			*p = '/';
		}
	cleanup_file FILE *stream = fopen(whole, "w");
	assert_non_null(stream);
	assert_int_equal(fwrite(bytes, 1, count, stream), count);
}

static void put(const char *root, const char *path, const char *text)
{
	put_bytes(root, path, text, strlen(text));
}

__attribute__((format(printf, 3, 4))) static void put_cpu(const char *root, unsigned cpu,
                                                          const char *format, ...)
{
	char path[192];
	char text[128];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	char *const value = strchr(text, '=');
	*value = '\0';
	snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu%u/%s", cpu, text);
	put(root, path, value + 1);
}

/* Sockets, nodes, L3 caches and cores of a machine whose second threads are numbered behind all
 * first ones, as Linux does it. */
struct made {
	unsigned sockets;
	unsigned nodes;
	unsigned l3s;
	unsigned cores;
	unsigned threads;
};

static void put_machine(const char *root, const struct made *m)
{
	char text[64];
	const unsigned pus = m->cores * m->threads;
	snprintf(text, sizeof text, "0-%u\n", pus - 1);
	put(root, "/sys/devices/system/cpu/online", text);
	for (unsigned cpu = 0; cpu < pus; cpu++) {
		const unsigned core = cpu % m->cores;
		const unsigned in_l3 = m->cores / m->l3s;
		const unsigned begin = core / in_l3 * in_l3;
		put_cpu(root, cpu, "topology/physical_package_id=%u\n",
		        core / (m->cores / m->sockets));
		if (m->threads == 2)
			put_cpu(root, cpu, "topology/thread_siblings_list=%u,%u\n", core,
			        core + m->cores);
		else
			put_cpu(root, cpu, "topology/thread_siblings_list=%u\n", core);
		put_cpu(root, cpu, "cache/index3/shared_cpu_list=%u-%u\n", begin,
		        begin + in_l3 - 1);
	}
	for (unsigned node = 0; node < m->nodes; node++) {
		char path[96];
		const unsigned in_node = m->cores / m->nodes;
		snprintf(path, sizeof path, "/sys/devices/system/node/node%u/cpulist", node);
		snprintf(text, sizeof text, "%u-%u\n", node * in_node, (node + 1) * in_node - 1);
		put(root, path, text);
		snprintf(path, sizeof path, "/sys/devices/system/node/node%u/meminfo", node);
		snprintf(text, sizeof text, "Node %u MemTotal:       %u kB\n", node, 1000 + node);
		put(root, path, text);
	}
}

static const char epyc_info[] =
        "processor\t: 0\nvendor_id\t: AuthenticAMD\ncpu family\t: 23\nmodel\t\t: 49\n"
        "model name\t: AMD EPYC 7702 64-Core Processor\nstepping\t: 0\n"
        "microcode\t: 0x830107c\ncpu MHz\t\t: 1996.250\nflags\t\t: fpu vme\n\n";

/* An SMBIOS structure of type 17: 16 modules would have as many files. */
static void put_module(const char *root, const char *name, unsigned mib, unsigned type,
                       unsigned speed)
{
	unsigned char raw[40] = {17, 40};
	char path[96];
	/* From 32 GiB - 1 MiB on the size stands elsewhere. */
	const unsigned size = mib < 0x7fff ? mib : 0x7fff;
	raw[0x0c] = (unsigned char)(size & 0xff);
	raw[0x0d] = (unsigned char)(size >> 8);
	raw[0x1d] = (unsigned char)(mib >> 8);
	raw[0x1e] = (unsigned char)(mib >> 16);
	raw[0x12] = (unsigned char)type;
	raw[0x20] = (unsigned char)(speed & 0xff);
	raw[0x21] = (unsigned char)(speed >> 8);
	snprintf(path, sizeof path, "/sys/firmware/dmi/entries/%s/raw", name);
	put_bytes(root, path, raw, sizeof raw);
}

static void put_epyc(const char *root)
{
	static const struct made machine = {2, 8, 16, 32, 2};
	put_machine(root, &machine);
	put(root, "/proc/cpuinfo", epyc_info);
	put(root, "/proc/cmdline",
	    "BOOT_IMAGE=/vmlinuz root=/dev/sda1 ro quiet mitigations=off nohz_full=1-31 "
	    "isolcpus=1-31 nopti notaswitch hugepages=0 init=/sbin/init\n");
	put(root, "/sys/devices/system/cpu/vulnerabilities/spectre_v1", "Mitigation: barriers\n");
	put(root, "/sys/devices/system/cpu/vulnerabilities/spectre_v2", "Vulnerable\n");
	put(root, "/sys/devices/system/cpu/vulnerabilities/mds", "Not affected\n");
	put(root, "/sys/devices/system/cpu/vulnerabilities/retbleed", "Vulnerable: no microcode\n");
	put(root, "/sys/devices/system/cpu/isolated", "1-31\n");
	put(root, "/sys/devices/system/cpu/offline", "\n");
	put(root, "/sys/devices/system/cpu/nohz_full", "  (null)\n");
	put(root, "/sys/devices/system/cpu/smt/active", "1\n");
	put(root, "/sys/devices/system/cpu/smt/control", "on\n");
	put(root, "/proc/sys/kernel/nmi_watchdog", "1\n");
	put(root, "/proc/sys/kernel/numa_balancing", "1\n");
	put(root, "/sys/kernel/mm/hugepages/hugepages-1048576kB/nr_hugepages", "0\n");
	put(root, "/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages", "64\n");
	put(root, "/sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages", "60\n");
	put(root, "/sys/kernel/mm/hugepages/hugepages-64kB/nr_hugepages", "0\n");
	put(root, "/sys/devices/system/cpu/cpufreq/policy0/scaling_driver", "amd-pstate-epp\n");
	put(root, "/sys/devices/system/cpu/cpufreq/policy0/scaling_governor", "powersave\n");
	put(root, "/sys/devices/system/cpu/cpufreq/policy0/energy_performance_preference",
	    "balance_performance\n");
	put(root, "/sys/devices/system/cpu/cpufreq/policy1/energy_performance_preference",
	    "performance\n");
	put(root, "/sys/devices/system/cpu/cpufreq/policy0/cpuinfo_max_freq", "3350000\n");
	put(root, "/sys/devices/system/cpu/cpufreq/policy0/cpuinfo_min_freq", "400000\n");
	put(root, "/sys/devices/system/cpu/cpufreq/policy0/scaling_max_freq", "2000000\n");
	put(root, "/sys/devices/system/cpu/amd_pstate/status", "active\n");
	put(root, "/sys/devices/system/cpu/cpu0/acpi_cppc/nominal_freq", "2000\n");
	put(root, "/sys/devices/system/cpu/cpu0/acpi_cppc/nominal_perf", "100\n");
	put(root, "/sys/devices/system/cpu/cpu0/acpi_cppc/highest_perf", "166\n");
	put_module(root, "17-0", 65536, 0x1a, 3200);
	put_module(root, "17-1", 16384, 0x1a, 3200);
	put_module(root, "17-2", 16384, 0x1a, 3200);
	put_module(root, "17-3", 0, 0x1a, 0); /* an empty slot */
}

/* ---- Expectations ------------------------------------------------------------------------- */

struct expected_fact {
	const char *name;
	const char *value;  /* NULL: absent, */
	const char *reason; /* with this in its reason */
};

static struct host_facts describe(const char *root)
{
	struct error err = {""};
	struct host_facts facts = {0};
	assert_int_equal(host_describe(NULL, root, &facts, &err), 0);
	return facts;
}

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
	char *const root = new_tree();
	put_epyc(root);
	struct host_facts facts = describe(root);
	check_facts(&facts, expected, ARRAY_LENGTH(expected));
	host_facts_release(&facts);
	remove_tree(root);
}

/* The same machine as a guest, with numa=off, with an unlike second socket, and with only the
 * memory of a third kind. */
static void test_modes_that_cannot_be_told(void **state)
{
	static const struct made odd = {2, 3, 4, 12, 1};
	(void)state;
	char *const root = new_tree();
	put_epyc(root);
	put(root, "/proc/cmdline", "numa=off\n");
	struct host_facts facts = describe(root);
	check_facts(&facts, &(struct expected_fact){"numa_mode", NULL, "numa=off"}, 1);
	check_facts(&facts, &(struct expected_fact){"kernel_arguments", "numa=off", NULL}, 1);
	host_facts_release(&facts);
	put(root, "/proc/cpuinfo",
	    "processor\t: 0\nvendor_id\t: AuthenticAMD\nmodel name\t: AMD EPYC\n"
	    "flags\t\t: fpu hypervisor\n");
	facts = describe(root);
	check_facts(&facts, &(struct expected_fact){"numa_mode", NULL, "hypervisor"}, 1);
	host_facts_release(&facts);
	remove_tree(root);

	char *const other = new_tree();
	put(other, "/proc/cpuinfo", epyc_info);
	put_machine(other, &odd);
	facts = describe(other);
	check_facts(&facts, &(struct expected_fact){"numa_mode", NULL, "unlike"}, 1);
	host_facts_release(&facts);
	remove_tree(other);
}

/* High-bandwidth memory that is a node of its own has no CPUs, and says nothing of SNC. */
static void test_memory_without_cpus(void **state)
{
	static const struct made machine = {2, 2, 2, 8, 1};
	static const struct expected_fact expected[] = {
	        {"numa_nodes_machine", "2", NULL},
	        {"numa_mode", "SNC off", NULL},
	        {"numa_memory_bytes", "0: 1024000, 1: 1025024, 2: 2048000, 10: 4096", NULL},
	        {"frequency_cppc_highest_hz", NULL, "CPPC"},
	};
	(void)state;
	char *const root = new_tree();
	put_machine(root, &machine);
	put(root, "/proc/cpuinfo",
	    "processor\t: 0\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 143\n"
	    "model name\t: Intel(R) Xeon(R) CPU Max 9460\nstepping\t: 8\nflags\t\t: fpu\n");
	put(root, "/sys/devices/system/node/node2/cpulist", "\n");
	put(root, "/sys/devices/system/node/node2/meminfo", "Node 2 MemTotal: 2000 kB\n");
	put(root, "/sys/devices/system/node/node10/cpulist", "\n");
	put(root, "/sys/devices/system/node/node10/meminfo", "Node 10 MemTotal: 4 kB\n");
	put(root, "/sys/devices/system/cpu/cpu0/acpi_cppc/nominal_freq", "2200\n");
	put(root, "/sys/devices/system/cpu/cpu0/acpi_cppc/nominal_perf", "0\n");
	put(root, "/sys/devices/system/cpu/cpu0/acpi_cppc/highest_perf", "35\n");
	struct host_facts facts = describe(root);
	check_facts(&facts, expected, ARRAY_LENGTH(expected));
	host_facts_release(&facts);
	remove_tree(root);
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
	char *const root = new_tree();
	put(root, "/proc/cpuinfo",
	    "processor\t: 0\nBogoMIPS\t: 50.00\nFeatures\t: fp asimd\n"
	    "CPU implementer\t: 0x41\nCPU architecture: 8\nCPU variant\t: 0x3\n"
	    "CPU part\t: 0xd0c\nCPU revision\t: 1\n");
	struct host_facts facts = describe(root);
	check_facts(&facts, expected, ARRAY_LENGTH(expected));
	host_facts_release(&facts);
	remove_tree(root);
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
	char *const root = new_tree();
	put(root, "/proc/cpuinfo", "cpu MHz\t\t: fast\nmodel\t\t: \nvendor_id\t:\n");
	put(root, "/proc/cmdline/inside", "");
	put(root, "/proc/self/status", "Name:\tx\n");
	put(root, "/sys/devices/system/cpu/online", "0-\n");
	put(root, "/sys/devices/system/cpu/cpu0/acpi_cppc/nominal_freq", "-7\n");
	put(root, "/sys/kernel/mm/hugepages/hugepages-kB/nr_hugepages", "1\n");
	put(root, "/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages", "many\n");
	put(root, "/sys/firmware/dmi/entries/17-0/raw", "\x11\x28short");
	put(root, "/sys/devices/system/node/nodes/meminfo", "MemTotal:");
	struct host_facts facts = describe(root);
	check_facts(&facts, expected, ARRAY_LENGTH(expected));
	host_facts_release(&facts);
	remove_tree(root);
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
	char *const root = new_tree();
	put(root, "/proc/self/cgroup", "0::/slurm/job_1\n");
	put(root, "/proc/self/mountinfo",
	    "30 1 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw\n");
	put(root, "/proc/self/status",
	    "Name:\tx\nCpus_allowed_list:\t0-1\nMems_allowed_list:\t0-7\n");
	put(root, "/sys/fs/cgroup/slurm/job_1/cpuset.cpus.effective", "0-3\n");
	put(root, "/sys/fs/cgroup/slurm/job_1/cpuset.mems.effective", "0\n");
	put(root, "/sys/fs/cgroup/slurm/job_1/pids.max", "512\n");
	struct host_facts facts = describe(root);
	check_facts(&facts, expected, ARRAY_LENGTH(expected));
	host_facts_release(&facts);
	remove_tree(root);
}

/* ---- What can be measured ----------------------------------------------------------------- */

static struct capabilities list_of(const char *root)
{
	struct error err = {""};
	struct capabilities found = {0};
	struct host_facts facts = describe(root);
	assert_int_equal(capabilities_list(NULL, NULL, &facts, root, &found, &err), 0);
	host_facts_release(&facts);
	return found;
}

static void check_capability(const struct capabilities *list, const char *area, const char *name,
                             enum capability_state state, enum capability_who who,
                             const char *remedy)
{
	const struct capability *const c = capabilities_find(list, area, name);
	if (!c)
		fail_msg("nothing is said of %s", name);
	if (c->state != state || c->who != who || !strstr(c->remedy, remedy))
		fail_msg("%s: %s by %s; reason: %s; remedy: %s", name,
		         capability_state_names[c->state], capability_who_names[c->who], c->reason,
		         c->remedy);
	/* Who cannot measure is told why. */
	assert_true(c->state == CAPABILITY_YES ? c->by[0] != '\0' : c->reason[0] != '\0');
}

static void test_capabilities(void **state)
{
	(void)state;
	char *const root = new_tree();
	put_epyc(root);
	struct capabilities list = list_of(root);
	check_capability(&list, "over time", "package energy", CAPABILITY_NO, WHO_ADMINISTRATOR,
	                 "intel_rapl_msr");
	check_capability(&list, "over time", "temperature", CAPABILITY_NO, WHO_ADMINISTRATOR,
	                 "k10temp");
	check_capability(&list, "over time", "throttling", CAPABILITY_NO, WHO_NOBODY, "");
	check_capability(&list, "over time", "pressure stalls", CAPABILITY_NO, WHO_ADMINISTRATOR,
	                 "psi=1");
	check_capability(&list, "memory", "PSS of a task's tree", CAPABILITY_NO, WHO_ADMINISTRATOR,
	                 "newer kernel");
	assert_null(capabilities_find(&list, "placement", "binding to PUs"));
	capabilities_release(&list);

	put(root, "/sys/class/powercap/intel-rapl:0/name", "package-0\n");
	put(root, "/sys/class/powercap/intel-rapl:0/energy_uj", "1000\n");
	put(root, "/sys/class/powercap/intel-rapl:0/max_energy_range_uj", "65532610987\n");
	put(root, "/proc/pressure/cpu", "some avg10=0.00 avg60=0.00 avg300=0.00 total=1\n");
	put(root, "/proc/self/smaps_rollup", "Rss: 1 kB\n");
	list = list_of(root);
	check_capability(&list, "over time", "package energy", CAPABILITY_YES, WHO_NOBODY, "");
	check_capability(&list, "memory", "PSS of a task's tree", CAPABILITY_YES, WHO_NOBODY, "");
	capabilities_release(&list);
	remove_tree(root);
}

/* On a guest the same is for the owner of the hypervisor to change. */
static void test_guest(void **state)
{
	(void)state;
	char *const root = new_tree();
	put(root, "/proc/cpuinfo", "processor\t: 0\nflags\t\t: fpu hypervisor\n");
	struct capabilities list = list_of(root);
	check_capability(&list, "over time", "package energy", CAPABILITY_NO, WHO_HYPERVISOR,
	                 "on the host");
	check_capability(&list, "over time", "frequency that the kernel says", CAPABILITY_NO,
	                 WHO_YOU, "plateau-spin");
	capabilities_release(&list);
	remove_tree(root);
}

/* Drivers of x86 help nobody on another processor. */
static void test_other_processor(void **state)
{
	(void)state;
	char *const root = new_tree();
	put(root, "/proc/cpuinfo", "processor\t: 0\nCPU implementer\t: 0x41\nCPU part\t: 0xd0c\n");
	struct capabilities list = list_of(root);
	check_capability(&list, "over time", "frequency that the kernel says", CAPABILITY_NO,
	                 WHO_ADMINISTRATOR, "cppc_cpufreq");
	check_capability(&list, "over time", "clock by aperf/mperf", CAPABILITY_NO, WHO_YOU,
	                 "plateau-spin");
	check_capability(&list, "over time", "package energy", CAPABILITY_NO, WHO_ADMINISTRATOR,
	                 "ipmitool dcmi");
	for (size_t i = 0; i < list.count; i++)
		assert_null(strstr(list.items[i].remedy, "modprobe msr"));
	capabilities_release(&list);
	remove_tree(root);
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
	        cmocka_unit_test(test_capabilities),
	        cmocka_unit_test(test_guest),
	        cmocka_unit_test(test_other_processor),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
