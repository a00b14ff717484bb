#include "analyse/plausibility.h"

#include "analyse/summary_parts.h"
#include "core/array.h"
#include "core/number.h"

#include <fnmatch.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* Memory bandwidth per package with every channel filled at the fastest rate that the maker states
 * for the family: channels x transfers per second x 8 bytes. Memory in the package is counted in.
 * The first pattern that matches the processor's name is taken. */
static const struct {
	const char *pattern;
	double bytes_per_s;
} packages[] = {
        {"*EPYC 9V64H*", 6.9e12},                  /* memory in the package */
        {"*EPYC 7[0-9A-Z][0-9A-Z]1*", 170.7e9},    /* 8 x 2667 MT/s */
        {"*EPYC 7[0-9A-Z][0-9A-Z][23]*", 204.8e9}, /* 8 x 3200 */
        {"*EPYC-Rome*", 204.8e9},                  /* as virtual machines call them */
        {"*EPYC-Milan*", 204.8e9},
        {"*EPYC 8[0-9A-Z][0-9A-Z]4*", 230.4e9}, /* 6 x 4800 */
        {"*EPYC 9[0-9A-Z][0-9A-Z]4*", 460.8e9}, /* 12 x 4800 */
        {"*EPYC-Genoa*", 460.8e9},
        {"*EPYC 9[0-9A-Z][0-9A-Z]5*", 614.4e9},          /* 12 x 6400 */
        {"*Xeon*E5-26[0-9][0-9]* v3*", 68.3e9},          /* 4 x 2133 */
        {"*Xeon*E5-26[0-9][0-9]* v4*", 76.8e9},          /* 4 x 2400 */
        {"*Xeon*CPU Max*", 2000e9},                      /* memory in the package, and 8 x 4800 */
        {"*Xeon(R) [GPSB]* [3-9]1[0-9][0-9]*", 128e9},   /* 6 x 2667 */
        {"*Xeon(R) [GPSB]* [3-9]2[0-9][0-9]*", 140.8e9}, /* 6 x 2933 */
        {"*Xeon(R) [GPSB]* [3-9]3[0-9][0-9]*", 204.8e9}, /* 8 x 3200 */
        {"*Xeon(R) [GPSB]* [3-9]4[0-9][0-9]*", 307.2e9}, /* 8 x 4800 */
        {"*Xeon(R) [GPSB]* [3-9]5[0-9][0-9]*", 358.4e9}, /* 8 x 5600 */
        {"*Xeon Phi*", 600e9},                           /* memory in the package, and 6 x 2400 */
};

/* Of a machine that the table does not know: 12 channels at 6400 MT/s are 614 GB/s. */
#define NODE_BYTES_PER_S 640e9

/* Counts that were scaled up from part of the time pass each other by chance. */
#define SCALED_MARGIN 1.1

struct memory_bound memory_bound_of(const struct host_facts *host)
{
	struct memory_bound bound = {.bytes_per_s = NAN};
	const char *const processor = host_facts_get(host, "processor");
	const int64_t package_count = host_facts_count(host, "packages");
	const int64_t node_count = host_facts_count(host, "numa_nodes");
	for (size_t i = 0; processor && package_count > 0 && i < ARRAY_LENGTH(packages); i++) {
		if (fnmatch(packages[i].pattern, processor, 0) != 0)
			continue;
		bound.bytes_per_s = (double)package_count * packages[i].bytes_per_s;
		snprintf(bound.source, sizeof bound.source, "%" PRId64 " %s of at most %.0f GB/s",
		         package_count, number_noun((size_t)package_count, "package", "packages"),
		         packages[i].bytes_per_s * 1e-9);
		return bound;
	}
	if (node_count <= 0)
		return bound;
	bound.bytes_per_s = (double)node_count * NODE_BYTES_PER_S;
	snprintf(bound.source, sizeof bound.source, "%" PRId64 " NUMA %s of at most %.0f GB/s",
	         node_count, number_noun((size_t)node_count, "node", "nodes"),
	         NODE_BYTES_PER_S * 1e-9);
	return bound;
}

bool is_last_cache_miss(const char *event)
{
	static const char *const names[] = {"LLC-load-misses", "LLC-misses"};
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
		if (dataset_event_is(event, names[i]))
			return true;
	return false;
}

bool plausible_misses(double misses, double first_misses, double wall_s, double bytes_per_s)
{
	/* Comparisons with what is not known are false. */
	const bool is_above_first = misses > first_misses * SCALED_MARGIN;
	const bool is_above_memory = misses * CACHE_LINE_BYTES > bytes_per_s * wall_s;
	return !is_above_first && !is_above_memory;
}

static void refuse(struct counter_summary *counter)
{
	counter->mean = NAN;
	counter->state = COUNTER_IMPLAUSIBLE;
	counter->reason = counter->text;
	counter->remedy = NULL;
}

/* More misses of the last cache than of the first one. Returns whether it is so. */
static bool check_first_cache(struct counter_summary *counter, const struct counter_summary *first)
{
	const bool is_scaled = counter->state == COUNTER_SCALED || first->state == COUNTER_SCALED;
	const double most = first->mean * (is_scaled ? SCALED_MARGIN : 1);
	if (!(counter->mean > most))
		return false;
	char times[64] = "";
	if (first->mean > 0)
		snprintf(times, sizeof times, ", %.3g times as many", counter->mean / first->mean);
	snprintf(counter->text, sizeof counter->text,
	         "%.3g per task cannot be: only %.3g loads missed the first cache%s", counter->mean,
	         first->mean, times);
	refuse(counter);
	return true;
}

static void check_memory(struct counter_summary *counter, const struct level_summary *level,
                         const struct memory_bound *bound)
{
	const double held = isfinite(level->held) ? level->held : 1;
	const double running = held * level->level->concurrency;
	const double bytes_per_s = counter->mean * CACHE_LINE_BYTES * running / level->wall_s.mean;
	if (!(bytes_per_s > bound->bytes_per_s))
		return;
	snprintf(counter->text, sizeof counter->text,
	         "%.3g per task cannot be: %.1f tasks would read %.3g GB/s from memory, and this "
	         "machine has %s",
	         counter->mean, running, bytes_per_s * 1e-9, bound->source);
	refuse(counter);
}

void plausibility_check(struct summary *summary, size_t index)
{
	const struct dataset *const dataset = summary->dataset;
	struct level_summary *const level = &summary->levels[index];
	const struct memory_bound bound = memory_bound_of(&dataset->host);
	for (size_t e = 0; e < dataset->event_count; e++) {
		struct counter_summary *const counter = &level->counters[e];
		if (!is_last_cache_miss(dataset->events[e].name) || !isfinite(counter->mean))
			continue;
		/* Counts of one mode and of both cannot be compared. */
		const ptrdiff_t first = dataset_find_event(dataset, "L1-dcache-load-misses",
		                                           dataset->events[e].is_user_only);
		if (first >= 0 && check_first_cache(counter, &level->counters[first]))
			continue;
		check_memory(counter, level, &bound);
	}
}
