#include "platform/counting.h"

#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/str.h"
#include "model/dataset.h"
#include "platform/host_read.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CAPABILITY_SYS_ADMIN = 21, CAPABILITY_PERFMON = 38, SECCOMP_FILTERS = 2, PMUS_MOST = 64 };

/* ---- Conditions ---------------------------------------------------------------------------- */

/* A container's root has capabilities in a user namespace of its own, which do not count here. */
static bool is_first_namespace(const struct host_reader *reader)
{
	cleanup_free char *map = host_read_text(reader, NULL, "/proc/self/uid_map");
	unsigned long inside;
	unsigned long outside;
	unsigned long count;
	return map && sscanf(map, "%lu %lu %lu", &inside, &outside, &count) == 3 && inside == 0 &&
	       outside == 0 && count == UINT32_MAX;
}

static void read_rights(const struct host_reader *reader, struct counting_conditions *conditions)
{
	cleanup_free char *status = host_read_text(reader, NULL, "/proc/self/status");
	char line[HOST_LINE_BYTES];
	if (!status)
		return;
	if (host_find_line(status, "CapEff", line) && is_first_namespace(reader)) {
		const uint64_t capabilities = strtoull(line, NULL, 16);
		conditions->has_admin = capabilities >> CAPABILITY_SYS_ADMIN & 1;
		conditions->has_perfmon =
		        conditions->has_admin || (capabilities >> CAPABILITY_PERFMON & 1);
	}
	if (host_find_line(status, "Seccomp", line))
		conditions->has_seccomp = strtol(line, NULL, 10) == SECCOMP_FILTERS;
	/* Real, effective, saved, of files. */
	long real;
	long effective;
	if (host_find_line(status, "Uid", line) && sscanf(line, "%ld %ld", &real, &effective) == 2)
		conditions->is_root = effective == 0;
}

/* x86 has cpu, hybrid ones cpu_core and cpu_atom; arm64 armv8_pmuv3_0, armv8_cortex_a72, ... */
static void read_pmus(const struct host_reader *reader, struct counting_conditions *conditions)
{
	static const char folder[] = "/sys/bus/event_source/devices";
	char *names[PMUS_MOST];
	const int count = host_list(reader, folder, "", names, PMUS_MOST);
	bool has_atom = false;
	bool has_core = false;
	for (int i = 0; i < count; i++) {
		has_core |= strcmp(names[i], "cpu_core") == 0;
		has_atom |= strcmp(names[i], "cpu_atom") == 0;
		conditions->has_core_pmu |= strcmp(names[i], "cpu") == 0 ||
		                            str_starts_with(names[i], "armv") ||
		                            str_starts_with(names[i], "apple_");
		free(names[i]);
	}
	conditions->has_core_pmu |= has_core || has_atom;
	conditions->is_hybrid = has_core && has_atom;
}

static void copy_fact(const struct host_facts *facts, const char *name, char *text, size_t bytes)
{
	const char *const value = host_facts_get(facts, name);
	if (value)
		snprintf(text, bytes, "%.*s", (int)bytes - 1, value);
}

void counting_conditions_read(const char *sysroot, struct counting_conditions *ret_conditions)
{
	struct counting_conditions conditions = {.paranoid = INT64_MIN, .nmi_watchdog = -1};
	struct host_facts facts = {0};
	struct error ignored;
	struct host_reader reader = {
	        .sysroot = sysroot ? sysroot : "",
	        .is_live = !sysroot,
	        .facts = &facts,
	        .err = &ignored,
	};
	host_read_number(&reader, &conditions.paranoid, "/proc/sys/kernel/perf_event_paranoid");
	host_read_number(&reader, &conditions.nmi_watchdog, "/proc/sys/kernel/nmi_watchdog");
	read_rights(&reader, &conditions);
	read_pmus(&reader, &conditions);
	host_probe_environment(&reader);
	copy_fact(&facts, "hypervisor", conditions.hypervisor, sizeof conditions.hypervisor);
	copy_fact(&facts, "container", conditions.container, sizeof conditions.container);
	/* What has no name is called so in the middle of a sentence. */
	if (str_starts_with(conditions.hypervisor, "unnamed"))
		snprintf(conditions.hypervisor, sizeof conditions.hypervisor,
		         "its hypervisor is unnamed");
	host_facts_release(&facts);
	*ret_conditions = conditions;
}

/* ---- The table ----------------------------------------------------------------------------- */

typedef bool holds(const struct counting_problem *problem,
                   const struct counting_conditions *conditions);

static bool is_guest(const struct counting_problem *problem,
                     const struct counting_conditions *conditions)
{
	return problem->is_hardware && !conditions->has_core_pmu && conditions->hypervisor[0];
}

static bool is_bare(const struct counting_problem *problem,
                    const struct counting_conditions *conditions)
{
	return problem->is_hardware && !conditions->has_core_pmu;
}

static bool is_other_pmu(const struct counting_problem *problem,
                         const struct counting_conditions *conditions)
{
	(void)conditions;
	return problem->is_other_pmu;
}

static bool is_filtered(const struct counting_problem *problem,
                        const struct counting_conditions *conditions)
{
	(void)problem;
	return conditions->has_seccomp;
}

/* The rights would do, so somebody else forbids it. */
static bool is_filtered_in_spite(const struct counting_problem *problem,
                                 const struct counting_conditions *conditions)
{
	(void)problem;
	return conditions->has_seccomp && (conditions->has_perfmon || conditions->paranoid <= 2);
}

static bool is_locked(const struct counting_problem *problem,
                      const struct counting_conditions *conditions)
{
	(void)problem;
	return conditions->paranoid > 2;
}

static bool is_root_without(const struct counting_problem *problem,
                            const struct counting_conditions *conditions)
{
	(void)problem;
	return conditions->is_root && !conditions->has_perfmon;
}

static bool is_user_asked(const struct counting_problem *problem,
                          const struct counting_conditions *conditions)
{
	(void)conditions;
	return problem->is_user_asked;
}

static bool has_watchdog(const struct counting_problem *problem,
                         const struct counting_conditions *conditions)
{
	(void)problem;
	return conditions->nmi_watchdog == 1;
}

static bool has_hypervisor(const struct counting_problem *problem,
                           const struct counting_conditions *conditions)
{
	(void)problem;
	return conditions->hypervisor[0];
}

#define SECCOMP_REMEDY                                                                             \
	"whoever starts the container can allow it: docker and podman run with --cap-add PERFMON " \
	"and a seccomp profile that has perf_event_open"

/* {hypervisor}, {container}, {paranoid} and {detail} are filled in. The first row that fits
 * holds. */
static const struct explanation {
	enum counting_fault fault;
	int code;    /* 0: any */
	holds *when; /* NULL: always */
	enum counter_state state;
	const char *reason;
	const char *remedy;
} explanations[] = {
        {COUNTING_REFUSED, ENOENT, is_guest, COUNTER_NOT_SUPPORTED,
         "this virtual machine ({hypervisor}) has no PMU",
         "who runs the hypervisor can give it one (vPMU); without one, measure the clock with "
         "plateau-spin"},
        {COUNTING_REFUSED, ENOENT, is_bare, COUNTER_NOT_SUPPORTED,
         "the kernel shows no PMU of the processor",
         "see what `dmesg` says of perf and PMU; measure the clock with plateau-spin meanwhile"},
        {COUNTING_REFUSED, ENOENT, is_other_pmu, COUNTER_NOT_SUPPORTED,
         "the PMU does not have this event", "see its folder below /sys/bus/event_source/devices"},
        {COUNTING_REFUSED, ENOENT, NULL, COUNTER_NOT_SUPPORTED,
         "the kernel has no such event for this processor",
         "name an event of this processor, or put one into a metric file (--metrics)"},
        {COUNTING_REFUSED, EOPNOTSUPP, is_guest, COUNTER_NOT_SUPPORTED,
         "this virtual machine ({hypervisor}) has no PMU",
         "who runs the hypervisor can give it one (vPMU); without one, measure the clock with "
         "plateau-spin"},
        {COUNTING_REFUSED, EOPNOTSUPP, NULL, COUNTER_NOT_SUPPORTED,
         "the processor cannot count this event in this mode", "leave its modifiers away"},
        {COUNTING_REFUSED, EINVAL, NULL, COUNTER_NOT_SUPPORTED,
         "the kernel does not take this encoding, or one of its modifiers",
         "name another event of this processor, or put one into a metric file (--metrics)"},
        {COUNTING_REFUSED, ENXIO, NULL, COUNTER_NOT_SUPPORTED, "the PMU of this event is not there",
         "see /sys/bus/event_source/devices for those that are"},
        {COUNTING_REFUSED, ENODEV, NULL, COUNTER_NOT_SUPPORTED,
         "the PMU of this event is not there",
         "see /sys/bus/event_source/devices for those that are"},
        {COUNTING_REFUSED, ENOSYS, is_filtered, COUNTER_NOT_SUPPORTED,
         "a filter of system calls{container} hides perf_event_open", SECCOMP_REMEDY},
        {COUNTING_REFUSED, ENOSYS, NULL, COUNTER_NOT_SUPPORTED,
         "the kernel was built without perf_event_open",
         "ask the administrator for a kernel with CONFIG_PERF_EVENTS"},
        {COUNTING_REFUSED, EACCES, is_filtered_in_spite, COUNTER_NO_PERMISSION,
         "a filter of system calls{container} forbids perf_event_open", SECCOMP_REMEDY},
        {COUNTING_REFUSED, EACCES, is_locked, COUNTER_NO_PERMISSION,
         "kernel.perf_event_paranoid is {paranoid}, which lets no ordinary user count",
         "ask the administrator for `sysctl kernel.perf_event_paranoid=1` (2: user mode alone), "
         "or run with CAP_PERFMON (CAP_SYS_ADMIN on Debian)"},
        {COUNTING_REFUSED, EACCES, is_root_without, COUNTER_NO_PERMISSION,
         "root has no CAP_PERFMON here{container}",
         "whoever starts the container can add CAP_PERFMON (--cap-add PERFMON)"},
        {COUNTING_REFUSED, EACCES, is_other_pmu, COUNTER_NO_PERMISSION,
         "this PMU counts user and kernel mode together, and kernel.perf_event_paranoid is "
         "{paranoid}",
         "ask the administrator for `sysctl kernel.perf_event_paranoid=1`, or run with "
         "CAP_PERFMON"},
        {COUNTING_REFUSED, EACCES, NULL, COUNTER_NO_PERMISSION,
         "kernel.perf_event_paranoid is {paranoid}, and this user may not count it",
         "ask the administrator for `sysctl kernel.perf_event_paranoid=1`, or run with "
         "CAP_PERFMON"},
        {COUNTING_REFUSED, EMFILE, NULL, COUNTER_NOT_COUNTED, "there are too many open files",
         "raise `ulimit -n`"},
        {COUNTING_REFUSED, EBUSY, NULL, COUNTER_NOT_COUNTED,
         "something else holds the counters exclusively", "end other users of perf on this node"},
        {COUNTING_REFUSED, 0, NULL, COUNTER_NOT_SUPPORTED, "perf_event_open: {detail}",
         "the manual page perf_event_open(2) says when that comes"},

        {COUNTING_NAME_UNKNOWN, 0, NULL, COUNTER_UNKNOWN, "{detail}",
         "name a metric of docs/metrics.md, an event that `perf list` shows, or a raw code such "
         "as r412e"},
        {COUNTING_ABSENT, 0, has_hypervisor, COUNTER_NOT_SUPPORTED, "{detail}",
         "who runs the hypervisor ({hypervisor}) can pass this PMU on; else measure on the host"},
        {COUNTING_ABSENT, 0, NULL, COUNTER_NOT_SUPPORTED, "{detail}",
         "see /sys/bus/event_source/devices for what this kernel counts on this processor"},
        {COUNTING_NO_CHOICE, 0, NULL, COUNTER_NOT_SUPPORTED,
         "the metric has no event for this processor ({detail})",
         "put one into a metric file (--metrics FILE; docs/metrics.md)"},

        {COUNTING_NEVER_RAN, 0, has_watchdog, COUNTER_NOT_COUNTED,
         "it was opened, and the kernel gave it no counter; the NMI watchdog holds one",
         "ask the administrator for `sysctl kernel.nmi_watchdog=0`"},
        {COUNTING_NEVER_RAN, 0, NULL, COUNTER_NOT_COUNTED,
         "it was opened, and the kernel gave it no counter",
         "end other users of perf on this node"},

        {COUNTING_KERNEL_ONLY, 0, is_user_asked, COUNTER_NOT_COUNTED,
         "it happens in the kernel, which its modifier leaves out: it would read 0",
         "leave the modifier away"},
        {COUNTING_KERNEL_ONLY, 0, is_locked, COUNTER_NO_PERMISSION,
         "it happens in the kernel, of which this user may count nothing: it would read 0",
         "ask the administrator for `sysctl kernel.perf_event_paranoid=1`, or run with "
         "CAP_PERFMON (CAP_SYS_ADMIN on Debian)"},
        {COUNTING_KERNEL_ONLY, 0, NULL, COUNTER_NO_PERMISSION,
         "it happens in the kernel, of which this user may count nothing: it would read 0",
         "ask the administrator for `sysctl kernel.perf_event_paranoid=1`, or run with "
         "CAP_PERFMON"},

        {COUNTING_WRONG, 0, has_hypervisor, COUNTER_IMPLAUSIBLE, "{detail}",
         "the virtual PMU ({hypervisor}) does not count it: ask who runs the hypervisor, or count "
         "on the bare machine"},
        {COUNTING_WRONG, 0, NULL, COUNTER_IMPLAUSIBLE, "{detail}",
         "do not use it; put another event for this processor into a metric file (--metrics)"},
};

static const struct explanation *find_explanation(const struct counting_problem *problem,
                                                  const struct counting_conditions *conditions)
{
	/* Filters say EPERM, the kernel EACCES: what forbids it is told by the conditions. */
	const int code = problem->code == EPERM ? EACCES : problem->code;
	for (size_t i = 0; i < ARRAY_LENGTH(explanations); i++) {
		const struct explanation *const e = &explanations[i];
		if (e->fault == problem->fault && (e->code == 0 || e->code == code) &&
		    (!e->when || e->when(problem, conditions)))
			return e;
	}
	return &explanations[0];
}

static void add_value(struct str *text, const char *name, size_t length,
                      const struct counting_problem *problem,
                      const struct counting_conditions *conditions)
{
	if (strncmp(name, "hypervisor", length) == 0)
		str_add(text, conditions->hypervisor);
	else if (strncmp(name, "container", length) == 0 && conditions->container[0])
		str_addf(text, " (%s)", conditions->container);
	else if (strncmp(name, "paranoid", length) == 0 && conditions->paranoid != INT64_MIN)
		str_addf(text, "%" PRId64, conditions->paranoid);
	else if (strncmp(name, "paranoid", length) == 0)
		str_add(text, "unknown");
	else if (strncmp(name, "detail", length) == 0)
		str_add(text, problem->detail ? problem->detail : strerror(problem->code));
}

static void fill(const char *pattern, const struct counting_problem *problem,
                 const struct counting_conditions *conditions, char text[RECORD_REASON_BYTES])
{
	cleanup_str struct str filled = {0};
	for (const char *p = pattern; *p;) {
		const char *const end = *p == '{' ? strchr(p, '}') : NULL;
		if (end) {
			add_value(&filled, p + 1, (size_t)(end - p - 1), problem, conditions);
			p = end + 1;
			continue;
		}
		str_add_bytes(&filled, p++, 1);
	}
	snprintf(text, RECORD_REASON_BYTES, "%s", str_text(&filled));
}

void counting_explain(const struct counting_problem *problem,
                      const struct counting_conditions *conditions, enum counter_state *ret_state,
                      char reason[RECORD_REASON_BYTES], char remedy[RECORD_REASON_BYTES])
{
	const struct explanation *const e = find_explanation(problem, conditions);
	*ret_state = e->state;
	fill(e->reason, problem, conditions, reason);
	fill(e->remedy, problem, conditions, remedy);
}

void counting_kernel_remedy(const struct counting_conditions *conditions,
                            char remedy[RECORD_REASON_BYTES])
{
	snprintf(remedy, RECORD_REASON_BYTES,
	         conditions->container[0]
	                 ? "for kernel mode ask the administrator for `sysctl "
	                   "kernel.perf_event_paranoid=1`, or start the container with CAP_PERFMON"
	                 : "for kernel mode ask the administrator for `sysctl "
	                   "kernel.perf_event_paranoid=1`, or run with CAP_PERFMON");
}

enum counter_state counting_state_of(int code)
{
	const struct counting_problem problem = {.fault = COUNTING_REFUSED, .code = code};
	static const struct counting_conditions none = {.paranoid = INT64_MIN, .nmi_watchdog = -1};
	return find_explanation(&problem, &none)->state;
}
