/* Whether two sides' figures of one measure mean the same: counted in one mode by one event, a
 * clock from one source, a slowdown from one baseline. */
#include "analyse/compare/compare_parts.h"

#include "analyse/frequency.h"
#include "core/error.h"
#include "model/event_mode.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* perf_event_attr.type of what the kernel counts itself (linux/perf_event.h). */
enum { TYPE_SOFTWARE = 1 };

static const char *const mode_words[] = {
        [EVENT_OF_BOTH] = "in user and kernel mode",
        [EVENT_OF_USER] = "in user mode alone",
        [EVENT_OF_KERNEL] = "in kernel mode alone",
};

static int load_both(const struct comparison *c, const struct compared_level *level,
                     const struct measure_query *query, struct alike *alike, struct error *err)
{
	int r = compare_load(&c->base, level->base_level, query, &alike->base, err);
	if (r == 0)
		r = compare_load(&c->new, level->new_level, query, &alike->new, err);
	if (r < 0)
		compare_unload(&alike->base);
	return r;
}

static void unload_both(struct alike *alike)
{
	compare_unload(&alike->base);
	compare_unload(&alike->new);
}

static bool both_have(const struct alike *alike)
{
	return compare_has_values(&alike->base) && compare_has_values(&alike->new);
}

/* ---- Events ------------------------------------------------------------------------------- */

static bool is_same_fact(const struct dataset *a, const struct dataset *b, const char *name)
{
	const char *const x = host_facts_get(&a->host, name);
	const char *const y = host_facts_get(&b->host, name);
	return x && y && strcmp(x, y) == 0;
}

bool compare_is_same_processor(const struct dataset *a, const struct dataset *b)
{
	if (host_facts_get(&a->host, "processor_family") ||
	    host_facts_get(&b->host, "processor_family"))
		return is_same_fact(a, b, "processor_vendor") &&
		       is_same_fact(a, b, "processor_family") &&
		       is_same_fact(a, b, "processor_model");
	return is_same_fact(a, b, "processor");
}

/* Cycles and instructions are the same everywhere, as far as processors of one architecture go. */
static bool is_architectural(const struct event_definition *event)
{
	return dataset_event_is(event->name, "cycles") ||
	       dataset_event_is(event->name, "cpu-cycles") ||
	       dataset_event_is(event->name, "instructions");
}

/* What the kernel counts by its own clock and books, whatever the processor. */
static bool is_of_kernel(const struct event_definition *event)
{
	static const char *const names[] = {"task-clock",
	                                    "cpu-clock",
	                                    "page-faults",
	                                    "minor-faults",
	                                    "major-faults",
	                                    "context-switches",
	                                    "cpu-migrations",
	                                    "alignment-faults",
	                                    "emulation-faults",
	                                    "faults",
	                                    "cs"};
	if (event->type == TYPE_SOFTWARE)
		return true;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (dataset_event_is(event->name, names[i]))
			return true;
	return false;
}

static const char *encoded(const struct event_definition *event)
{
	return event->encoded[0] ? event->encoded : event->name;
}

/* Whether two events count the same; *ret_reason gets why not, or NULL. */
static int compare_events(struct comparison *c, const struct dataset *a, ptrdiff_t base,
                          const struct dataset *b, ptrdiff_t new, const char **ret_reason,
                          struct error *err)
{
	const struct event_definition *const x = &a->events[base];
	const struct event_definition *const y = &b->events[new];
	const enum event_mode modes[] = {event_mode_of(x), event_mode_of(y)};
	const bool is_same_mode = modes[0] == modes[1];
	*ret_reason = NULL;
	if (is_same_mode && (is_architectural(x) || is_of_kernel(x)))
		return 0;
	if (!is_same_mode)
		*ret_reason = compare_keep(c, err, "%s counted it %s, %s %s", c->base.name,
		                           mode_words[modes[0]], c->new.name, mode_words[modes[1]]);
	else if (x->metric[0] && y->metric[0] && x->choice != y->choice)
		*ret_reason = compare_keep(
		        c, err,
		        "the metric %.40s was counted by its choice %u on %s (%.100s) and by its "
		        "choice %u on %s (%.100s)",
		        x->metric, x->choice, c->base.name, encoded(x), y->choice, c->new.name,
		        encoded(y));
	else if (strcmp(encoded(x), encoded(y)) != 0)
		*ret_reason = compare_keep(c, err, "%s counted %.120s, %s counted %.120s",
		                           c->base.name, encoded(x), c->new.name, encoded(y));
	else if (!compare_is_same_processor(a, b))
		*ret_reason = compare_keep(c, err,
		                           "%.100s stands for another event on every kind of "
		                           "processor, and these differ or are not known",
		                           encoded(x));
	else
		return 0;
	return *ret_reason ? 0 : error_memory(err);
}

/* Every run of both sides against the first that has a count. */
static int check_events(struct comparison *c, struct alike *alike, struct error *err)
{
	const struct dataset *first = NULL;
	ptrdiff_t event = -1;
	for (size_t s = 0; s < 2; s++) {
		const struct side *const side = s ? &c->new : &c->base;
		const struct side_values *const values = s ? &alike->new : &alike->base;
		for (size_t i = 0; i < values->count; i++) {
			const struct dataset *const dataset = side->runs[i]->dataset;
			if (values->runs[i].event < 0)
				continue;
			if (!first) {
				first = dataset;
				event = values->runs[i].event;
				continue;
			}
			const int r = compare_events(c, first, event, dataset,
			                             values->runs[i].event, &alike->reason, err);
			if (r < 0 || alike->reason)
				return r;
		}
	}
	return 0;
}

static const char *architecture(const struct side *side)
{
	return host_facts_get(&side->runs[0]->dataset->host, "architecture");
}

/* Where the modes differ, both sides may have counted user mode too. */
static int load_counts(struct comparison *c, const struct compared_level *level,
                       const struct measure_query *query, struct alike *alike, struct error *err)
{
	static const char of_user[] = "of user mode alone, which both sides counted";
	int r = load_both(c, level, query, alike, err);
	if (r == 0)
		r = check_events(c, alike, err);
	if (r < 0 || !alike->reason || query->id == MEASURE_COUNTER)
		return r;
	struct measure_query user = *query;
	struct alike other = {.note = of_user};
	user.is_user_only = true;
	r = load_both(c, level, &user, &other, err);
	if (r < 0)
		return r;
	r = check_events(c, &other, err);
	if (r < 0 || other.reason || !both_have(&other)) {
		unload_both(&other);
		return r;
	}
	unload_both(alike);
	*alike = other;
	return 0;
}

static int load_counted(struct comparison *c, const struct compared_level *level,
                        const struct measure_query *query, struct alike *alike, struct error *err)
{
	const int r = load_counts(c, level, query, alike, err);
	if (r < 0)
		return r;
	alike->code = "events";
	const char *const base = architecture(&c->base);
	const char *const new = architecture(&c->new);
	if (query->id != MEASURE_INSTRUCTIONS && query->id != MEASURE_CPI)
		return 0;
	if (base && new &&strcmp(base, new) != 0) {
		alike->code = "architecture";
		alike->reason = compare_keep(c, err, "an instruction of %.30s is not one of %.30s",
		                             base, new);
		return alike->reason ? 0 : error_memory(err);
	}
	return 0;
}

/* ---- Frequency ---------------------------------------------------------------------------- */

static enum frequency_source source_of(const struct side_values *values)
{
	for (size_t i = 0; i < values->count; i++)
		if (values->runs[i].source != FREQUENCY_ABSENT)
			return values->runs[i].source;
	return FREQUENCY_ABSENT;
}

/* From the best source that both have; else each side's best is told, and no ratio. */
static int load_frequency(struct comparison *c, const struct compared_level *level,
                          const struct measure_query *query, struct alike *alike, struct error *err)
{
	struct measure_query asked = *query;
	for (unsigned s = FREQUENCY_ABSENT + 1; s < FREQUENCY_SOURCES; s++) {
		asked.sources = FREQUENCY_OF(s);
		const int r = load_both(c, level, &asked, alike, err);
		if (r < 0)
			return r;
		alike->note = frequency_source_words[s];
		if (both_have(alike))
			return 0;
		unload_both(alike);
	}
	*alike = (struct alike){.code = "frequency"};
	asked.sources = FREQUENCY_OF_ANY;
	const int r = load_both(c, level, &asked, alike, err);
	if (r < 0 || !both_have(alike))
		return r;
	const enum frequency_source base = source_of(&alike->base);
	const enum frequency_source new = source_of(&alike->new);
	if (base == new) /* it was stated */
		return 0;
	alike->reason = compare_keep(c, err, "the clock of %s is %s, that of %s %s", c->base.name,
	                             base ? frequency_source_words[base] : "stated", c->new.name,
	                             new ? frequency_source_words[new] : "stated");
	return alike->reason ? 0 : error_memory(err);
}

/* ---- What is drawn from a baseline -------------------------------------------------------- */

uint32_t compare_baseline(const struct findings *findings, const char *policy)
{
	const struct summary *const summary = &findings->summary;
	const ptrdiff_t found = summary_baseline(summary, policy);
	uint32_t lowest = 0;
	if (found >= 0)
		return summary->levels[found].level->concurrency;
	for (size_t i = 0; i < summary->level_count; i++) {
		const struct dataset_level *const level = summary->levels[i].level;
		if (strcmp(level->policy, policy) != 0 || !compare_has_level(findings, i))
			continue;
		if (level->concurrency == findings->dataset->run.baseline)
			return level->concurrency;
		if (lowest == 0)
			lowest = level->concurrency;
	}
	return lowest;
}

static uint32_t baseline_of(const struct side *side, const ptrdiff_t *levels)
{
	for (size_t i = 0; i < side->count; i++)
		if (levels[i] >= 0)
			return compare_baseline(
			        side->runs[i],
			        side->runs[i]->summary.levels[levels[i]].level->policy);
	return 0;
}

/* How the slowdown was split: of the first run that has the level. */
static enum attribution_mode mode_of(const struct side *side, const ptrdiff_t *levels)
{
	for (size_t i = 0; i < side->count; i++)
		if (levels[i] >= 0)
			return side->runs[i]->attributions[levels[i]].mode;
	return ATTRIBUTION_NONE;
}

static int load_from_baseline(struct comparison *c, const struct compared_level *level,
                              const struct measure_query *query, struct alike *alike,
                              struct error *err)
{
	const int r = load_both(c, level, query, alike, err);
	const uint32_t base = baseline_of(&c->base, level->base_level);
	const uint32_t new = baseline_of(&c->new, level->new_level);
	if (r < 0 || !both_have(alike))
		return r;
	if (base != new) {
		alike->code = "baseline";
		alike->reason =
		        compare_keep(c, err, "it is drawn from N=%u on %s and from N=%u on %s",
		                     base, c->base.name, new, c->new.name);
		return alike->reason ? 0 : error_memory(err);
	}
	if (level->concurrency == base) {
		alike->reason = "it is 1 at the baseline by definition";
		return 0;
	}
	const enum attribution_mode modes[] = {mode_of(&c->base, level->base_level),
	                                       mode_of(&c->new, level->new_level)};
	if (query->id < MEASURE_FACTOR_INSTRUCTIONS || query->id > MEASURE_FACTOR_OFF_CPU ||
	    modes[0] == modes[1])
		return 0;
	alike->code = "causes";
	alike->reason = compare_keep(
	        c, err, "the slowdown is split by what was counted, which is %s on %s and %s on %s",
	        attribution_mode_names[modes[0]], c->base.name, attribution_mode_names[modes[1]],
	        c->new.name);
	return alike->reason ? 0 : error_memory(err);
}

/* ---- Others ------------------------------------------------------------------------------- */

/* How the throughput of a side came about, where it is not counted in windows: what the summary
 * says of figures that were stated; NULL: it is counted. */
static const char *how_derived(const struct side *side, const ptrdiff_t *levels)
{
	static const char by_durations[] =
	        "of tasks of which only durations are known it is N by their mean wall time: gaps "
	        "between tasks are not in it";
	for (size_t i = 0; i < side->count; i++) {
		if (levels[i] < 0)
			continue;
		const struct level_summary *const level = &side->runs[i]->summary.levels[levels[i]];
		if (level->is_stated)
			return level->throughput_per_s.reason;
		if (level->first && level->first->trial->has_durations_only)
			return by_durations;
	}
	return NULL;
}

static int load_plain(struct comparison *c, const struct compared_level *level,
                      const struct measure_query *query, struct alike *alike, struct error *err)
{
	static const char own_meters[] = "each processor's own meter, whose errors differ";
	const int r = load_both(c, level, query, alike, err);
	if (r < 0)
		return r;
	if (query->id == MEASURE_THROUGHPUT) {
		const char *const base = how_derived(&c->base, level->base_level);
		alike->note = base ? base : how_derived(&c->new, level->new_level);
	}
	if ((query->id == MEASURE_ENERGY || query->id == MEASURE_POWER) &&
	    !compare_is_same_processor(c->base.runs[0]->dataset, c->new.runs[0]->dataset))
		alike->note = own_meters;
	return 0;
}

int compare_load_alike(struct comparison *c, const struct compared_level *level,
                       const struct measure_query *query, struct alike *ret_alike,
                       struct error *err)
{
	struct alike alike = {0};
	int r;
	switch (query->id) {
	case MEASURE_FREQUENCY:
		r = load_frequency(c, level, query, &alike, err);
		break;
	case MEASURE_CYCLES:
	case MEASURE_INSTRUCTIONS:
	case MEASURE_LLC_LOAD_MISSES:
	case MEASURE_CPI:
	case MEASURE_COUNTER:
		r = load_counted(c, level, query, &alike, err);
		break;
	case MEASURE_EFFICIENCY:
	case MEASURE_DEGRADATION:
	case MEASURE_FACTOR_INSTRUCTIONS:
	case MEASURE_FACTOR_CPI:
	case MEASURE_FACTOR_CLOCK:
	case MEASURE_FACTOR_KERNEL:
	case MEASURE_FACTOR_ON_CPU:
	case MEASURE_FACTOR_OFF_CPU:
	case MEASURE_SLOWDOWN:
		r = load_from_baseline(c, level, query, &alike, err);
		break;
	default:
		r = load_plain(c, level, query, &alike, err);
		break;
	}
	if (r < 0) {
		unload_both(&alike);
		return r;
	}
	*ret_alike = alike;
	return 0;
}
