/* What is tried out rather than read: where a task's time off the CPU went, how its memory is told
 * and limited, whether it can be bound. */
#include "core/array.h"
#include "core/chain.h"
#include "core/error.h"
#include "platform/capability_parts.h"
#include "platform/memory.h"
#include "platform/memory_limit.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char *value(const struct capability_finder *finder, const char *name)
{
	return host_facts_get(finder->facts, name);
}

static const char *reason(const struct capability_finder *finder, const char *name)
{
	const struct host_fact *const fact = capability_fact(finder, name);
	return fact && fact->reason ? fact->reason : "not known";
}

/* ---- The clock, by timing ------------------------------------------------------------------ */

static void find_chain(struct capability_finder *finder)
{
	size_t kinds = 0;
	const struct chain_kind *const first = chain_kinds(&kinds);
	struct capability chain = {
	        .area = "clock", .name = "frequency by a timed chain", .by = "plateau-spin"};
	if (kinds == 0 || first->cycles == 0) {
		chain.state = CAPABILITY_NO;
		chain.by = "";
		chain.reason = "of this architecture no instruction of known length is known";
	}
	capability_add(finder, &chain);
}

/* ---- Time off the CPU ---------------------------------------------------------------------- */

static void find_delays(struct capability_finder *finder)
{
	static const struct {
		const char *name;
		const char *fact;
		const char *remedy;
	} kinds[] = {
	        {"waiting for a CPU", "task_run_delay",
	         "a kernel with schedstats (CONFIG_SCHED_INFO)"},
	        {"waiting for a disk", "task_block_delay",
	         "sysctl kernel.task_delayacct=1 (for good: delayacct on the kernel's command "
	         "line)"},
	        {"waiting for pages", "task_page_in_delay",
	         "sysctl kernel.task_delayacct=1 (for good: delayacct on the kernel's command "
	         "line)"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++) {
		const char *const by = value(finder, kinds[i].fact);
		char why[CAPABILITY_REASON_BYTES];
		const struct capability delay = {
		        .area = "delays",
		        .name = kinds[i].name,
		        .state = by ? CAPABILITY_YES : CAPABILITY_NO,
		        .by = by,
		        .reason = by ? NULL
		                     : capability_cut_remedy(reason(finder, kinds[i].fact), why),
		        .remedy = by ? NULL : kinds[i].remedy,
		        .who = by ? WHO_NOBODY : WHO_ADMINISTRATOR,
		};
		capability_add(finder, &delay);
	}
}

/* ---- Memory -------------------------------------------------------------------------------- */

static void find_tree_memory(struct capability_finder *finder)
{
	char path[4096];
	struct capability tree = {
	        .area = "memory", .name = "PSS of a task's tree", .by = "smaps_rollup"};
	snprintf(path, sizeof path, "%s/proc/self/smaps_rollup", finder->sysroot);
	const int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		tree.state = CAPABILITY_NO;
		tree.by = "";
		tree.reason = "the kernel has no /proc/PID/smaps_rollup (before Linux 4.14), or a "
		              "container hides it";
		tree.remedy = "a newer kernel";
		tree.who = WHO_ADMINISTRATOR;
	} else {
		close(fd);
	}
	capability_add(finder, &tree);
}

/* Why there are no groups: what stands in brackets behind the way that is taken instead. */
static const char *without_way(const char *text, char reason[CAPABILITY_REASON_BYTES])
{
	const char *const open = strchr(text, '(');
	const size_t length = open ? strlen(open + 1) : 0;
	snprintf(reason, CAPABILITY_REASON_BYTES, "%s", open ? open + 1 : text);
	if (length > 0 && length < CAPABILITY_REASON_BYTES && reason[length - 1] == ')')
		reason[length - 1] = '\0';
	return reason;
}

/* Makes a group as a run would, and removes it again. */
static void find_groups(struct capability_finder *finder)
{
	char name[48];
	char why[CAPABILITY_REASON_BYTES];
	struct memory_limit *limit = NULL;
	struct error ignored = {""};
	snprintf(name, sizeof name, "node-%ld", (long)getpid());
	const int r = memory_limit_open(NULL, name, 1, INT64_C(1) << 40, false, &limit, &ignored);
	const bool has_group = r == 0 && memory_limit_way(limit) != MEMORY_LIMIT_ADDRESS_SPACE;
	const struct capability groups = {
	        .area = "memory",
	        .name = "limit by control group",
	        .state = has_group ? CAPABILITY_YES : CAPABILITY_PART,
	        .by = !has_group                                        ? "RLIMIT_AS"
	              : memory_limit_way(limit) == MEMORY_LIMIT_CGROUP2 ? "cgroup version 2"
	                                                                : "cgroup version 1",
	        .reason = has_group ? NULL
	                  : r < 0   ? ignored.text
	                            : without_way(memory_limit_text(limit), why),
	        .remedy = has_group ? NULL
	                            : "a delegated control group: systemd-run --user --scope "
	                              "-p Delegate=yes plateau run",
	        .who = has_group ? WHO_NOBODY : WHO_YOU,
	};
	capability_add(finder, &groups);
	const bool has_peak = has_group && memory_limit_has_peak(limit);
	const struct capability peak = {
	        .area = "memory",
	        .name = "peak by control group",
	        .state = has_peak ? CAPABILITY_YES : CAPABILITY_NO,
	        .by = !has_peak                                         ? ""
	              : memory_limit_way(limit) == MEMORY_LIMIT_CGROUP2 ? "memory.peak"
	                                                                : "max_usage_in_bytes",
	        .reason = has_peak ? NULL
	                  : r < 0  ? ignored.text
	                           : memory_limit_peak_text(limit),
	        .remedy = has_peak    ? NULL
	                  : has_group ? "a newer kernel"
	                              : groups.remedy,
	        .who = has_peak    ? WHO_NOBODY
	               : has_group ? WHO_ADMINISTRATOR
	                           : WHO_YOU,
	};
	capability_add(finder, &peak);
	memory_limit_close(limit);
}

/* ---- Placement ----------------------------------------------------------------------------- */

/* Sets the mask that this thread has. */
static int bind_as_is(void)
{
	cpu_set_t *const set = CPU_ALLOC(CPUSET_MAX_PUS);
	const size_t bytes = CPU_ALLOC_SIZE(CPUSET_MAX_PUS);
	if (!set)
		return -ENOMEM;
	const bool works =
	        sched_getaffinity(0, bytes, set) == 0 && sched_setaffinity(0, bytes, set) == 0;
	const int r = works ? 0 : -errno;
	CPU_FREE(set);
	return r;
}

static void find_binding(struct capability_finder *finder)
{
	char why[128];
	const int r = bind_as_is();
	struct capability binding = {
	        .area = "placement", .name = "binding to PUs", .by = "sched_setaffinity"};
	if (r < 0) {
		snprintf(why, sizeof why, "sched_setaffinity is refused: %s", strerror(-r));
		binding.state = CAPABILITY_NO;
		binding.by = "";
		binding.reason = why;
		binding.remedy = "a seccomp profile of the container that allows it";
		binding.who = WHO_ADMINISTRATOR;
	}
	capability_add(finder, &binding);
	struct capability memory = {
	        .area = "placement", .name = "binding of memory", .by = "set_mempolicy"};
	if (!memory_policy_works()) {
		memory.state = CAPABILITY_NO;
		memory.by = "";
		memory.reason = "set_mempolicy is refused, as some container runtimes do, or a "
		                "policy was set before";
		memory.remedy =
		        "CAP_SYS_NICE for the container, or a seccomp profile that allows it";
		memory.who = WHO_ADMINISTRATOR;
	}
	capability_add(finder, &memory);
}

static void find_huge_pages(struct capability_finder *finder)
{
	const char *const mode = value(finder, "transparent_hugepages");
	struct capability pages = {.area = "placement", .name = "huge pages", .by = "transparent"};
	if (!mode || strstr(mode, "[never]")) {
		pages.state = CAPABILITY_NO;
		pages.by = "";
		pages.reason = mode ? "transparent huge pages are switched off"
		                    : reason(finder, "transparent_hugepages");
		pages.remedy = "echo madvise >/sys/kernel/mm/transparent_hugepage/enabled";
		pages.who = WHO_ADMINISTRATOR;
	}
	capability_add(finder, &pages);
}

void capability_find_ways(struct capability_finder *finder)
{
	find_delays(finder);
	find_tree_memory(finder);
	if (!finder->is_live)
		return;
	find_chain(finder);
	find_groups(finder);
	find_binding(finder);
	find_huge_pages(finder);
}
