/* Whether a figure is absent because the node does not have such a thing, or for another reason:
 * nobody asked for it, its name is misspelt, tasks did not print it. Only the first may be left out
 * of a verdict. */
#include "analyse/verdict/verdict_parts.h"

#include "analyse/frequency.h"
#include "analyse/measure_parts.h"

#include <string.h>

/* ---- Counters ----------------------------------------------------------------------------- */

/* The event was asked for, and this processor does not have it, or this user may not count it. A
 * name that is not known may be of another processor, or a slip of the pen. */
static bool lacks_counter(const struct question *question, enum measure_id id, const char *name)
{
	const struct findings *const findings = question->judged->findings;
	const struct measure_query query = {.id = id, .detail = name};
	const ptrdiff_t event = measure_event(findings->dataset, &query);
	if (event < 0)
		return false;
	const struct level_summary *const level =
	        &findings->summary.levels[question->judgement->level];
	const enum counter_state states[] = {findings->dataset->events[event].state,
	                                     level->counters[event].state};
	for (size_t i = 0; i < 2; i++)
		if (states[i] == COUNTER_NOT_SUPPORTED || states[i] == COUNTER_NO_PERMISSION)
			return true;
	return false;
}

static bool has_event(const struct question *question, enum measure_id id)
{
	const struct measure_query query = {.id = id};
	return measure_event(question->judged->findings->dataset, &query) >= 0;
}

/* Cycles and instructions were asked for, and one of them cannot be had. */
static bool lacks_cycles_or_instructions(const struct question *question)
{
	return has_event(question, MEASURE_CYCLES) && has_event(question, MEASURE_INSTRUCTIONS) &&
	       (lacks_counter(question, MEASURE_CYCLES, NULL) ||
	        lacks_counter(question, MEASURE_INSTRUCTIONS, NULL));
}

/* ---- Sensors ------------------------------------------------------------------------------ */

/* The run looked for it, and noted why it is not there. */
static bool lacks_fact(const struct question *question, const char *name)
{
	const struct host_facts *const host = &question->judged->findings->dataset->host;
	for (size_t i = 0; i < host->count; i++)
		if (strcmp(host->items[i].name, name) == 0)
			return !host->items[i].value && host->items[i].reason &&
			       host->items[i].reason[0];
	return false;
}

/* ---- Frequency ---------------------------------------------------------------------------- */

/* Every source that is accepted has to be one that the node lacks. Chains are a task, not a thing
 * of the node: on their own they are never lacking. */
static bool lacks_frequency(const struct question *question)
{
	const uint32_t asked = question->query.sources;
	const uint32_t sources = asked ? asked : FREQUENCY_OF_TASKS;
	const bool by_cycles =
	        sources & (FREQUENCY_OF(FREQUENCY_CYCLES) | FREQUENCY_OF(FREQUENCY_USER_CYCLES));
	const bool by_msr = sources & FREQUENCY_OF(FREQUENCY_MSR);
	const bool by_kernel = sources & FREQUENCY_OF(FREQUENCY_CPUFREQ);
	if (by_cycles && !lacks_counter(question, MEASURE_CYCLES, NULL))
		return false;
	if (by_msr && !by_cycles && !lacks_fact(question, "sensor_cpu_clock"))
		return false;
	if (by_kernel && !lacks_fact(question, "sensor_cpu_frequency"))
		return false;
	return by_cycles || by_msr || by_kernel;
}

/* ---- All of them -------------------------------------------------------------------------- */

bool verdict_node_lacks(const struct question *question)
{
	const enum measure_id id = question->criterion->measure;
	switch (id) {
	case MEASURE_CYCLES:
	case MEASURE_INSTRUCTIONS:
	case MEASURE_LLC_LOAD_MISSES:
	case MEASURE_COUNTER:
		return lacks_counter(question, id, question->criterion->detail);
	case MEASURE_CPI:
	case MEASURE_FACTOR_INSTRUCTIONS:
	case MEASURE_FACTOR_CPI:
	case MEASURE_FACTOR_CLOCK:
	case MEASURE_FACTOR_KERNEL:
		return lacks_cycles_or_instructions(question);
	case MEASURE_FREQUENCY:
		return lacks_frequency(question);
	case MEASURE_ENERGY:
	case MEASURE_POWER:
		return lacks_fact(question, "sensor_energy");
	case MEASURE_TEMPERATURE:
		return lacks_fact(question, "sensor_temperature");
	case MEASURE_PEAK_PSS:
		return lacks_fact(question, "task_peak_pss");
	case MEASURE_CGROUP_PEAK:
		return lacks_fact(question, "task_cgroup_peak");
	default:
		return false;
	}
}
