/* Facts about settings of the kernel that change what is measured: its command line, mitigations,
 * processors set apart, watchdog, huge pages. */
#include "core/array.h"
#include "core/str.h"
#include "platform/host_read.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_NAMES = 128 };

/* Switches of the kernel's command line that change speed, placement or what may be counted; one
 * with '=' behind takes a value. Documentation/admin-guide/kernel-parameters.txt */
static const char *const switches[] = {
        "mitigations=",
        "nopti",
        "pti=",
        "spectre_v2=",
        "spectre_v2_user=",
        "nospectre_v1",
        "nospectre_v2",
        "spec_store_bypass_disable=",
        "l1tf=",
        "mds=",
        "tsx=",
        "tsx_async_abort=",
        "retbleed=",
        "srbds=",
        "gather_data_sampling=",
        "isolcpus=",
        "nohz=",
        "nohz_full=",
        "rcu_nocbs=",
        "irqaffinity=",
        "nosmt",
        "nosmt=",
        "maxcpus=",
        "nr_cpus=",
        "possible_cpus=",
        "numa=",
        "numa_balancing=",
        "intel_pstate=",
        "amd_pstate=",
        "amd_prefcore=",
        "intel_idle.max_cstate=",
        "processor.max_cstate=",
        "idle=",
        "cpuidle.off=",
        "cpufreq.off=",
        "cpufreq.default_governor=",
        "transparent_hugepage=",
        "hugepages=",
        "hugepagesz=",
        "default_hugepagesz=",
        "tsc=",
        "clocksource=",
        "nohpet",
        "nmi_watchdog=",
        "nowatchdog",
        "preempt=",
        "skew_tick=",
        "threadirqs",
        "audit=",
        "psi=",
        "delayacct",
        "cgroup_no_v1=",
        "cgroup_disable=",
        "systemd.unified_cgroup_hierarchy=",
        "iommu=",
        "intel_iommu=",
        "amd_iommu=",
        "mem=",
        "selinux=",
};

static bool is_switch(const char *word, size_t length)
{
	for (size_t i = 0; i < ARRAY_LENGTH(switches); i++) {
		const size_t known = strlen(switches[i]);
		const bool has_value = switches[i][known - 1] == '=';
		if ((has_value ? length > known : length == known) &&
		    memcmp(word, switches[i], known) == 0)
			return true;
	}
	return false;
}

static void add_arguments(struct host_reader *reader)
{
	char reason[HOST_REASON_BYTES] = "";
	cleanup_str struct str found = {0};
	char *const line = host_read_text(reader, reason, "/proc/cmdline");
	for (const char *word = line; word && *word;) {
		word += strspn(word, " \t\n");
		const size_t length = strcspn(word, " \t\n");
		if (is_switch(word, length)) {
			str_add(&found, found.length ? " " : "");
			str_add_bytes(&found, word, length);
		}
		word += length;
	}
	host_add(reader, "kernel_arguments",
	         !line          ? NULL
	         : found.length ? str_text(&found)
	                        : "none",
	         reason);
	free(line);
}

/* The names of the weaknesses whose file begins with `sign`, joined; "none" where no file does. */
static void collect(const struct host_reader *reader, char *const names[], int count,
                    const char *sign, struct str *out)
{
	for (int i = 0; i < count; i++) {
		char *const text = host_read_text(
		        reader, NULL, "/sys/devices/system/cpu/vulnerabilities/%s", names[i]);
		if (text && str_starts_with(text, sign))
			str_addf(out, "%s%s", out->length ? ", " : "", names[i]);
		free(text);
	}
	if (out->length == 0)
		str_add(out, "none");
}

static void add_mitigations(struct host_reader *reader)
{
	static const struct {
		const char *fact;
		const char *sign;
	} kinds[] = {{"mitigations", "Mitigation"}, {"vulnerabilities", "Vulnerable"}};
	char *names[MOST_NAMES];
	const int count =
	        host_list(reader, "/sys/devices/system/cpu/vulnerabilities", "", names, MOST_NAMES);
	for (size_t k = 0; k < ARRAY_LENGTH(kinds); k++) {
		cleanup_str struct str found = {0};
		collect(reader, names, count, kinds[k].sign, &found);
		host_add(reader, kinds[k].fact, count > 0 ? str_text(&found) : NULL,
		         "the kernel shows no /sys/devices/system/cpu/vulnerabilities");
	}
	for (int i = 0; i < count; i++)
		free(names[i]);
}

static int compare_sizes(const void *a, const void *b)
{
	const long x = strtol(*(char *const *)a + strlen("hugepages-"), NULL, 10);
	const long y = strtol(*(char *const *)b + strlen("hugepages-"), NULL, 10);
	return (x > y) - (x < y);
}

/* "2 MiB: 0 of 64 free, 1024 MiB: none". */
static void add_huge_pages(struct host_reader *reader)
{
	static const char *const folder = "/sys/kernel/mm/hugepages";
	cleanup_str struct str text = {0};
	char *names[MOST_NAMES];
	const int count = host_list(reader, folder, "hugepages-", names, MOST_NAMES);
	if (count > 0)
		qsort(names, (size_t)count, sizeof *names, compare_sizes);
	for (int i = 0; i < count; i++) {
		int64_t all = 0;
		int64_t unused = 0;
		const long kib = strtol(names[i] + strlen("hugepages-"), NULL, 10);
		if (kib > 0 &&
		    host_read_number(reader, &all, "%s/%s/nr_hugepages", folder, names[i])) {
			host_read_number(reader, &unused, "%s/%s/free_hugepages", folder, names[i]);
			str_addf(&text, "%s%ld %s: ", text.length ? ", " : "",
			         kib % 1024 ? kib : kib / 1024, kib % 1024 ? "KiB" : "MiB");
			if (all > 0)
				str_addf(&text, "%" PRId64 " of %" PRId64 " free", unused, all);
			else
				str_add(&text, "none");
		}
		free(names[i]);
	}
	host_add(reader, "huge_pages", text.length ? str_text(&text) : NULL,
	         "the kernel shows no /sys/kernel/mm/hugepages");
}

/* A file that is empty where nothing is set. */
static void add_list(struct host_reader *reader, const char *name, const char *path)
{
	char reason[HOST_REASON_BYTES] = "";
	char *const text = host_read_text(reader, reason, "%s", path);
	/* "  (null)" is what the kernel prints for nohz_full where it was built for it. */
	const char *const list = text ? text + strspn(text, " ") : NULL;
	const bool is_none = list && (!*list || strcmp(list, "(null)") == 0);
	host_add(reader, name, is_none ? "none" : list, reason);
	free(text);
}

static void add_switch(struct host_reader *reader, const char *name, const char *path)
{
	char reason[HOST_REASON_BYTES] = "";
	char *const text = host_read_text(reader, reason, "%s", path);
	host_add(reader, name, text ? (strcmp(text, "0") == 0 ? "off" : "on") : NULL, reason);
	free(text);
}

void host_probe_kernel(struct host_reader *reader)
{
	add_arguments(reader);
	add_mitigations(reader);
	add_huge_pages(reader);
	add_list(reader, "pus_offline_list", "/sys/devices/system/cpu/offline");
	add_list(reader, "pus_isolated_list", "/sys/devices/system/cpu/isolated");
	add_list(reader, "pus_tickless_list", "/sys/devices/system/cpu/nohz_full");
	add_switch(reader, "nmi_watchdog", "/proc/sys/kernel/nmi_watchdog");
	add_switch(reader, "numa_balancing", "/proc/sys/kernel/numa_balancing");
	host_add_file(reader, "swappiness", "/proc/sys/vm/swappiness");
	host_add_file(reader, "transparent_hugepages_defrag",
	              "/sys/kernel/mm/transparent_hugepage/defrag");
	host_add_file(reader, "idle_driver", "/sys/devices/system/cpu/cpuidle/current_driver");
	host_add_file(reader, "clock_sources",
	              "/sys/devices/system/clocksource/clocksource0/available_clocksource");
}
