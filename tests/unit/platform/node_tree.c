#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/cleanup.h"
#include "core/error.h"
#include "core/file.h"
#include "node_tree.h"
#include "platform/host.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

char *node_tree_new(void)
{
	struct error err;
	char *root = NULL;
	assert_int_equal(file_make_temporary_folder(NULL, "test_host_node", &root, &err), 0);
	return root;
}

void node_tree_remove(char *root)
{
	struct error err;
	assert_int_equal(file_remove_tree(AT_FDCWD, root, &err), 0);
	free(root);
}

void node_tree_put_bytes(const char *root, const char *path, const void *bytes, size_t count)
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

void node_tree_put(const char *root, const char *path, const char *text)
{
	node_tree_put_bytes(root, path, text, strlen(text));
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
	node_tree_put(root, path, value + 1);
}

void node_tree_put_machine(const char *root, const struct node_tree_machine *m)
{
	char text[64];
	const unsigned pus = m->cores * m->threads;
	snprintf(text, sizeof text, "0-%u\n", pus - 1);
	node_tree_put(root, "/sys/devices/system/cpu/online", text);
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
		node_tree_put(root, path, text);
		snprintf(path, sizeof path, "/sys/devices/system/node/node%u/meminfo", node);
		snprintf(text, sizeof text, "Node %u MemTotal:       %u kB\n", node, 1000 + node);
		node_tree_put(root, path, text);
	}
}

const char node_tree_epyc_info[] =
        "processor\t: 0\nvendor_id\t: AuthenticAMD\ncpu family\t: 23\nmodel\t\t: 49\n"
        "model name\t: AMD EPYC 7702 64-Core Processor\nstepping\t: 0\n"
        "microcode\t: 0x830107c\ncpu MHz\t\t: 1996.250\nflags\t\t: fpu vme\n\n";

void node_tree_put_module(const char *root, const char *name, unsigned mib, unsigned type,
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
	node_tree_put_bytes(root, path, raw, sizeof raw);
}

void node_tree_put_epyc(const char *root)
{
	static const struct node_tree_machine machine = {2, 8, 16, 32, 2};
	node_tree_put_machine(root, &machine);
	node_tree_put(root, "/proc/cpuinfo", node_tree_epyc_info);
	node_tree_put(root, "/proc/cmdline",
	              "BOOT_IMAGE=/vmlinuz root=/dev/sda1 ro quiet mitigations=off nohz_full=1-31 "
	              "isolcpus=1-31 nopti notaswitch hugepages=0 init=/sbin/init\n");
	node_tree_put(root, "/sys/devices/system/cpu/vulnerabilities/spectre_v1",
	              "Mitigation: barriers\n");
	node_tree_put(root, "/sys/devices/system/cpu/vulnerabilities/spectre_v2", "Vulnerable\n");
	node_tree_put(root, "/sys/devices/system/cpu/vulnerabilities/mds", "Not affected\n");
	node_tree_put(root, "/sys/devices/system/cpu/vulnerabilities/retbleed",
	              "Vulnerable: no microcode\n");
	node_tree_put(root, "/sys/devices/system/cpu/isolated", "1-31\n");
	node_tree_put(root, "/sys/devices/system/cpu/offline", "\n");
	node_tree_put(root, "/sys/devices/system/cpu/nohz_full", "  (null)\n");
	node_tree_put(root, "/sys/devices/system/cpu/smt/active", "1\n");
	node_tree_put(root, "/sys/devices/system/cpu/smt/control", "on\n");
	node_tree_put(root, "/proc/sys/kernel/nmi_watchdog", "1\n");
	node_tree_put(root, "/proc/sys/kernel/numa_balancing", "1\n");
	node_tree_put(root, "/sys/kernel/mm/hugepages/hugepages-1048576kB/nr_hugepages", "0\n");
	node_tree_put(root, "/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages", "64\n");
	node_tree_put(root, "/sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages", "60\n");
	node_tree_put(root, "/sys/kernel/mm/hugepages/hugepages-64kB/nr_hugepages", "0\n");
	node_tree_put(root, "/sys/devices/system/cpu/cpufreq/policy0/scaling_driver",
	              "amd-pstate-epp\n");
	node_tree_put(root, "/sys/devices/system/cpu/cpufreq/policy0/scaling_governor",
	              "powersave\n");
	node_tree_put(root, "/sys/devices/system/cpu/cpufreq/policy0/energy_performance_preference",
	              "balance_performance\n");
	node_tree_put(root, "/sys/devices/system/cpu/cpufreq/policy1/energy_performance_preference",
	              "performance\n");
	node_tree_put(root, "/sys/devices/system/cpu/cpufreq/policy0/cpuinfo_max_freq",
	              "3350000\n");
	node_tree_put(root, "/sys/devices/system/cpu/cpufreq/policy0/cpuinfo_min_freq", "400000\n");
	node_tree_put(root, "/sys/devices/system/cpu/cpufreq/policy0/scaling_max_freq",
	              "2000000\n");
	node_tree_put(root, "/sys/devices/system/cpu/amd_pstate/status", "active\n");
	node_tree_put(root, "/sys/devices/system/cpu/cpu0/acpi_cppc/nominal_freq", "2000\n");
	node_tree_put(root, "/sys/devices/system/cpu/cpu0/acpi_cppc/nominal_perf", "100\n");
	node_tree_put(root, "/sys/devices/system/cpu/cpu0/acpi_cppc/highest_perf", "166\n");
	node_tree_put_module(root, "17-0", 65536, 0x1a, 3200);
	node_tree_put_module(root, "17-1", 16384, 0x1a, 3200);
	node_tree_put_module(root, "17-2", 16384, 0x1a, 3200);
	node_tree_put_module(root, "17-3", 0, 0x1a, 0); /* an empty slot */
}

struct host_facts node_tree_describe(const char *root)
{
	struct error err = {""};
	struct host_facts facts = {0};
	assert_int_equal(host_describe(NULL, root, &facts, &err), 0);
	return facts;
}
