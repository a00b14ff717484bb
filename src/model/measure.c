#include "model/measure.h"

#include <string.h>

/* clang-format off */
const struct measure measures[MEASURES] = {
	[MEASURE_THROUGHPUT] = {"throughput", "throughput_per_s", "throughput", MEASURE_PER_SECOND,
		BETTER_HIGHER, NATURE_TRIAL, false, "Tasks that the node completes per second."},
	[MEASURE_EFFICIENCY] = {"efficiency", "efficiency", "efficiency", MEASURE_SHARE,
		BETTER_HIGHER, NATURE_TRIAL, false, "Throughput against linear from the baseline."},
	[MEASURE_DEGRADATION] = {"degradation", "degradation", "degradation", MEASURE_PLAIN,
		BETTER_LOWER, NATURE_TRIAL, false, "Linear from the baseline against throughput: 1/efficiency."},
	[MEASURE_OCCUPANCY] = {"occupancy", "occupancy", "occupancy held", MEASURE_SHARE,
		BETTER_HIGHER, NATURE_TRIAL, false, "Tasks that were really running, of N."},
	[MEASURE_WALL] = {"wall", "wall_s", "wall time", MEASURE_SECONDS,
		BETTER_LOWER, NATURE_TASKS, false, "Wall time of a task."},
	[MEASURE_USER] = {"user", "user_s", "user time", MEASURE_SECONDS,
		BETTER_LOWER, NATURE_TASKS, false, "CPU time of a task in user mode."},
	[MEASURE_SYSTEM] = {"system", "system_s", "system time", MEASURE_SECONDS,
		BETTER_LOWER, NATURE_TASKS, false, "CPU time of a task in the kernel."},
	[MEASURE_OFF_CPU] = {"off_cpu", "off_cpu_s", "time off the CPU", MEASURE_SECONDS,
		BETTER_LOWER, NATURE_TASKS, true, "Wall time of a task less its CPU time."},
	[MEASURE_MAX_RSS] = {"max_rss", "max_rss_bytes", "max RSS", MEASURE_BYTES,
		BETTER_LOWER, NATURE_TASKS, false, "Max RSS of the largest process of a task."},
	[MEASURE_PEAK_RSS] = {"peak_rss", "peak_rss_bytes", "peak RSS", MEASURE_BYTES,
		BETTER_LOWER, NATURE_TASKS, false, "Peak of the sampled RSS of all processes of a task."},
	[MEASURE_PEAK_PSS] = {"peak_pss", "peak_pss_bytes", "peak PSS", MEASURE_BYTES,
		BETTER_LOWER, NATURE_TASKS, false, "The same with shared pages divided."},
	[MEASURE_CGROUP_PEAK] = {"cgroup_peak", "cgroup_peak_bytes", "control group's peak", MEASURE_BYTES,
		BETTER_LOWER, NATURE_TASKS, false, "Peak memory of a task's control group."},
	[MEASURE_FREQUENCY] = {"frequency", "frequency_hz", "frequency", MEASURE_HERTZ,
		BETTER_HIGHER, NATURE_TRIAL, false, "Clock of the CPU while tasks run, from the best source of those allowed."},
	[MEASURE_CYCLES] = {"cycles", "cycles", "cycles", MEASURE_PLAIN,
		BETTER_LOWER, NATURE_TASKS, false, "Cycles of a task."},
	[MEASURE_INSTRUCTIONS] = {"instructions", "instructions", "instructions", MEASURE_PLAIN,
		BETTER_LOWER, NATURE_TASKS, false, "Instructions of a task."},
	[MEASURE_LLC_LOAD_MISSES] = {"llc_load_misses", "llc_load_misses", "LLC load misses", MEASURE_PLAIN,
		BETTER_LOWER, NATURE_TASKS, false, "Loads of a task that missed the last cache."},
	[MEASURE_CPI] = {"cpi", "cycles_per_instruction", "cycles per instruction", MEASURE_PLAIN,
		BETTER_LOWER, NATURE_TRIAL, false, "Cycles by instructions, of all tasks of a trial together."},
	[MEASURE_FACTOR_INSTRUCTIONS] = {"instructions_factor", "instructions_factor",
		"more instructions", MEASURE_PLAIN,
		BETTER_LOWER, NATURE_TRIAL, false, "Part of the slowdown from more instructions."},
	[MEASURE_FACTOR_CPI] = {"cpi_factor", "cpi_factor", "more cycles per instruction", MEASURE_PLAIN,
		BETTER_LOWER, NATURE_TRIAL, false, "Part of the slowdown from more cycles per instruction."},
	[MEASURE_FACTOR_CLOCK] = {"clock_factor", "clock_factor", "a lower clock", MEASURE_PLAIN,
		BETTER_LOWER, NATURE_TRIAL, false, "Part of the slowdown from a lower clock."},
	[MEASURE_FACTOR_KERNEL] = {"kernel_factor", "kernel_factor", "kernel time", MEASURE_PLAIN,
		BETTER_LOWER, NATURE_TRIAL, false, "Part of the slowdown from time in the kernel."},
	[MEASURE_FACTOR_ON_CPU] = {"on_cpu_factor", "on_cpu_factor", "more CPU time", MEASURE_PLAIN,
		BETTER_LOWER, NATURE_TRIAL, false, "Part of the slowdown from more CPU time, where no counters say of what kind."},
	[MEASURE_FACTOR_OFF_CPU] = {"off_cpu_factor", "off_cpu_factor", "time off the CPU", MEASURE_PLAIN,
		BETTER_LOWER, NATURE_TRIAL, false, "Part of the slowdown from time off the CPU."},
	[MEASURE_SLOWDOWN] = {"slowdown", "slowdown", "slowdown", MEASURE_PLAIN,
		BETTER_LOWER, NATURE_TRIAL, false, "Wall time of a task against the baseline: the product of the factors."},
	[MEASURE_ENERGY] = {"energy_per_task", "energy_per_task_j", "energy per task", MEASURE_JOULES,
		BETTER_LOWER, NATURE_TRIAL, false, "Energy of the packages per task."},
	[MEASURE_POWER] = {"power", "power_w", "power", MEASURE_WATTS,
		BETTER_LOWER, NATURE_TRIAL, false, "Power of the packages."},
	[MEASURE_TEMPERATURE] = {"temperature", "temperature_c", "temperature", MEASURE_CELSIUS,
		BETTER_LOWER, NATURE_TRIAL, true, "The highest temperature that was read."},
	[MEASURE_FAILURES] = {"failures", "failures", "failed tasks", MEASURE_PLAIN,
		BETTER_LOWER, NATURE_COUNT, true, "How many measured tasks failed."},
	[MEASURE_FAILURE_SHARE] = {"failure_share", "failure_share", "share of failed tasks", MEASURE_SHARE,
		BETTER_LOWER, NATURE_COUNT, true, "Failed measured tasks, of all."},
	[MEASURE_CORE_SPREAD] = {"core_spread", "core_spread", "slowest core", MEASURE_PLAIN,
		BETTER_LOWER, NATURE_PLACES, false, "Wall time on the slowest core against the others."},
	[MEASURE_L3_SPREAD] = {"l3_spread", "l3_spread", "slowest L3", MEASURE_PLAIN,
		BETTER_LOWER, NATURE_PLACES, false, "Wall time on the slowest L3 cache against the others."},
	[MEASURE_PACKAGE_SPREAD] = {"package_spread", "package_spread", "slowest socket", MEASURE_PLAIN,
		BETTER_LOWER, NATURE_PLACES, false, "Wall time on the slowest socket against the others."},
	[MEASURE_COUNTER] = {"counter.", "counter", "count", MEASURE_PLAIN,
		BETTER_NEITHER, NATURE_TASKS, true, "Any event or metric that was counted, per task: counter.page-faults."},
	[MEASURE_FIGURE] = {"figure.", "figure", "figure", MEASURE_AS_NAMED,
		BETTER_NEITHER, NATURE_TASKS, true, "Any number that tasks print (task.figures): figure.images_per_s."},
};
/* clang-format on */

static bool takes_detail(const char *name)
{
	return name[strlen(name) - 1] == '.';
}

enum measure_id measure_find(const char *name, const char **ret_detail)
{
	for (size_t i = 0; i < MEASURES; i++) {
		const size_t length = strlen(measures[i].name);
		const bool is_it = takes_detail(measures[i].name)
		                           ? strncmp(name, measures[i].name, length) == 0 &&
		                                     name[length] != '\0'
		                           : strcmp(name, measures[i].name) == 0;
		if (!is_it)
			continue;
		if (ret_detail)
			*ret_detail = takes_detail(measures[i].name) ? name + length : "";
		return (enum measure_id)i;
	}
	return MEASURES;
}
