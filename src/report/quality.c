#include "report/quality.h"

#include "report/level_rows.h"

#include "analyse/precision.h"
#include "core/array.h"
#include "core/number.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Below these a reader need not look: the occupancy that summary warns of, and a cost of plateau
 * itself that no estimate here can tell from 0. */
static const double least_held = 0.98;
static const double most_cost = 0.005;

enum { FEWEST_BLOCKS = 3 };

static enum quality_verdict say(struct quality_item *item, enum quality_verdict verdict,
                                const char *format, ...) __attribute__((format(printf, 3, 4)));

static enum quality_verdict say(struct quality_item *item, enum quality_verdict verdict,
                                const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(item->found, sizeof item->found, format, arguments);
	va_end(arguments);
	return verdict;
}

/* Of every role: warm-up tasks that fail keep a level from being measured. */
static size_t all_failed(const struct findings *f)
{
	size_t count = 0;
	for (size_t i = 0; i < f->dataset->task_count; i++)
		count += task_state_is_failure(f->dataset->tasks[i].state);
	return count;
}

static enum quality_verdict judge_failures(const struct findings *f, struct quality_item *item)
{
	size_t tasks = 0;
	size_t failed = 0;
	for (size_t i = 0; i < f->summary.level_count; i++) {
		tasks += f->summary.levels[i].tasks;
		failed += f->summary.levels[i].failed;
	}
	if (tasks == 0)
		return say(item, QUALITY_LOOK, "nothing was measured, %zu failed", all_failed(f));
	return say(item, failed ? QUALITY_LOOK : QUALITY_GOOD,
	           f->dataset->run.imported ? "%zu of %zu, as far as the files tell"
	                                    : "%zu of %zu measured",
	           failed, tasks);
}

static enum quality_verdict judge_trials(const struct findings *f, struct quality_item *item)
{
	size_t used = 0;
	size_t least = SIZE_MAX;
	size_t without = 0;
	char name[64] = "";
	for (size_t i = 0; i < f->summary.level_count; i++) {
		const struct level_summary *const level = &f->summary.levels[i];
		used += level->trials;
		if (level->trials == 0 && without++ == 0)
			summary_level_name(&f->summary, i, name);
		if (level->trials > 0 && level->trials < least)
			least = level->trials;
	}
	if (used == 0)
		return say(item, QUALITY_LOOK, "none");
	const size_t all = f->summary.trial_count;
	const bool is_whole = used == all && least >= FEWEST_BLOCKS && without == 0;
	if (without == 1)
		return say(item, QUALITY_LOOK, "%zu of %zu used, none at %s", used, all, name);
	if (without > 1)
		return say(item, QUALITY_LOOK, "%zu of %zu used, none at %zu of %zu levels", used,
		           all, without, f->summary.level_count);
	return say(item, is_whole ? QUALITY_GOOD : QUALITY_LOOK,
	           "%zu of %zu used, at least %zu at every level", used, all, least);
}

/* Of the policy that is known worst. */
static struct precision worst_precision(const struct findings *f)
{
	struct precision worst = {.half_width = NAN};
	for (size_t p = 0; p < f->summary.policy_count; p++) {
		const struct precision one = precision_of(f, p);
		const size_t without = worst.without + one.without;
		if (worst.levels == 0 || isnan(worst.half_width) ||
		    one.half_width > worst.half_width)
			worst = one;
		worst.without = without;
	}
	return worst;
}

/* What gives an interval, or a narrower one: of an import it cannot be another run. */
struct precision_advice {
	const char *without;
	const char *wide;
};

static const struct precision_advice *advise_on(const struct findings *f, size_t level)
{
	static const struct precision_advice measured = {
	        "it needs at least two trials; repeat the sweep (-r 5)",
	        ": more repeats (-r), or a quieter node"};
	static const struct precision_advice imported = {
	        "it needs at least two trials; import repeats of it together",
	        ": more repeats, imported together"};
	static const struct precision_advice stated = {"its source states no error",
	                                               ", by the errors that its source states"};
	if (!f->dataset->run.imported)
		return &measured;
	return f->summary.levels[level].is_stated ? &stated : &imported;
}

static enum quality_verdict judge_precision(const struct findings *f, struct quality_item *item)
{
	const struct precision p = worst_precision(f);
	char name[64];
	if (p.levels == 0)
		return say(item, QUALITY_UNKNOWN, "nothing was measured");
	const struct precision_advice *const advice = advise_on(f, p.level);
	summary_level_name(&f->summary, p.level, name);
	if (isnan(p.half_width))
		return say(item, QUALITY_UNKNOWN, "no interval at %s: %s", name, advice->without);
	const enum quality_verdict verdict = p.half_width < PRECISION_GOOD  ? QUALITY_GOOD
	                                     : p.half_width < PRECISION_BAD ? QUALITY_LOOK
	                                                                    : QUALITY_BAD;
	char half[NUMBER_TEXT_BYTES];
	number_format_significant(p.half_width * 100, 2, half);
	return say(item, verdict == QUALITY_GOOD && p.without > 0 ? QUALITY_UNKNOWN : verdict,
	           "throughput within %s %% (half of %s, %s)%s%s", half,
	           f->summary.levels[p.level].throughput_per_s.error_kind == STATED_READING
	                   ? "what its reading leaves open"
	                   : "the 95 % interval",
	           name, p.without > 0 ? ", others have no interval" : "",
	           verdict == QUALITY_GOOD ? "" : advice->wide);
}

static enum quality_verdict judge_occupancy(const struct findings *f, struct quality_item *item)
{
	const struct level_summary *worst = NULL;
	char name[64];
	for (size_t i = 0; i < f->summary.level_count; i++) {
		const struct level_summary *const level = &f->summary.levels[i];
		if (isfinite(level->held_min) && (!worst || level->held_min < worst->held_min))
			worst = level;
	}
	if (!worst)
		return say(item, QUALITY_UNKNOWN, "not known");
	summary_level_name(&f->summary, (size_t)(worst - f->summary.levels), name);
	return say(item, worst->held_min < least_held ? QUALITY_LOOK : QUALITY_GOOD,
	           "at least %.3f of N (%s)", worst->held_min, name);
}

static enum quality_verdict judge_outliers(const struct findings *f, struct quality_item *item)
{
	const struct distributions *const d = &f->distributions;
	if (!d->kinds[FIGURE_WALL_S].levels)
		return say(item, QUALITY_UNKNOWN, "not looked for");
	if (d->outliers_levels == 0)
		return say(item, QUALITY_UNKNOWN, "too few tasks to judge");
	if (d->outliers_found == 0)
		return say(item, QUALITY_GOOD, "none");
	return say(item, QUALITY_LOOK, "%zu %s unlike the others of %s level", d->outliers_found,
	           number_noun(d->outliers_found, "task", "tasks"),
	           number_noun(d->outliers_found, "its", "their"));
}

static enum quality_verdict judge_counters(const struct findings *f, struct quality_item *item)
{
	const struct dataset *const dataset = f->dataset;
	size_t counted = 0;
	size_t scaled = 0;
	for (size_t e = 0; e < dataset->event_count; e++) {
		bool is_counted = false;
		bool is_scaled = false;
		for (size_t i = 0; i < f->summary.level_count; i++) {
			const struct counter_summary *const c = &f->summary.levels[i].counters[e];
			is_counted |= isfinite(c->mean);
			is_scaled |= isfinite(c->mean) && c->state == COUNTER_SCALED;
		}
		counted += is_counted;
		scaled += is_scaled;
	}
	if (dataset->event_count == 0)
		return say(item, QUALITY_UNKNOWN, "none were asked for");
	if (counted == 0)
		return say(item, QUALITY_LOOK, "none of %zu counted", dataset->event_count);
	if (scaled > 0)
		return say(item, QUALITY_LOOK,
		           "%zu of %zu counted, %zu only part of the time (multiplexed)", counted,
		           dataset->event_count, scaled);
	const enum quality_verdict verdict =
	        counted < dataset->event_count ? QUALITY_LOOK : QUALITY_GOOD;
	if (dataset->event_sets.count > 0)
		return say(item, verdict, "%zu of %zu counted, in %" PRIu32 " sets that take turns",
		           counted, dataset->event_count, dataset->event_sets.count);
	return say(item, verdict, "%zu of %zu counted, none multiplexed", counted,
	           dataset->event_count);
}

/* Events that speak of something else that used the node; docs/preflight.md lists them. */
static const char *const disturbances[] = {
        "other-load",  "steal",       "pressure-cpu",  "pressure-memory", "pressure-io",
        "swap-in-use", "other-users", "no-allocation", "cpu-quota",       "cpu-throttled",
};

static enum quality_verdict judge_disturbance(const struct findings *f, struct quality_item *item)
{
	size_t events = 0;
	for (size_t w = 0; w < f->dataset->warning_count; w++)
		for (size_t i = 0; i < ARRAY_LENGTH(disturbances); i++)
			events += strcmp(f->dataset->warnings[w].code, disturbances[i]) == 0;
	if (events == 0)
		return say(item, QUALITY_GOOD, "none was noticed");
	return say(item, QUALITY_LOOK, "noticed %zu %s: see the warnings", events,
	           number_noun(events, "time", "times"));
}

/* CPU time of plateau against the wall time of a task, at worst the shortest. */
static enum quality_verdict judge_cost(const struct findings *f, struct quality_item *item)
{
	const double cost = f->summary.harness.cpu_s_per_task;
	double wall = INFINITY;
	for (size_t i = 0; i < f->summary.level_count; i++)
		if (f->summary.levels[i].wall_s.mean > 0)
			wall = fmin(wall, f->summary.levels[i].wall_s.mean);
	if (!isfinite(cost) || !isfinite(wall))
		return say(item, QUALITY_UNKNOWN, "not known");
	char time[NUMBER_TEXT_BYTES];
	number_format_duration(llround(cost * 1e9), 2, time);
	return say(item, cost / wall > most_cost ? QUALITY_LOOK : QUALITY_GOOD,
	           "%s of CPU time per task, %.2g %% of its time", time, 100 * cost / wall);
}

static const struct judge {
	const char *name;
	enum quality_verdict (*judge)(const struct findings *findings, struct quality_item *item);
	/* What can be said of records that others made, and what needs tasks at all. */
	bool is_of_run; /* plateau looked at it while it measured */
} judges[] = {
        {"failed tasks", judge_failures, false},  {"trials", judge_trials, false},
        {"precision", judge_precision, false},    {"occupancy held", judge_occupancy, false},
        {"outliers", judge_outliers, false},      {"counters", judge_counters, false},
        {"disturbance", judge_disturbance, true}, {"plateau's own cost", judge_cost, true},
};

void quality_judge(const struct findings *findings, struct quality *ret_quality)
{
	_Static_assert(ARRAY_LENGTH(judges) <= QUALITY_ITEMS, "room");
	struct quality quality = {0};
	const bool is_imported = findings->dataset->run.imported != NULL;
	/* Nothing but stated figures: whoever stated them knows how good they are. */
	const bool has_tasks = strcmp(level_origin(&findings->summary), "stated") != 0;
	for (size_t i = 0; has_tasks && i < ARRAY_LENGTH(judges); i++) {
		if (is_imported && judges[i].is_of_run)
			continue;
		struct quality_item *const item = &quality.items[quality.count++];
		item->name = judges[i].name;
		item->verdict = judges[i].judge(findings, item);
		quality.looks += quality_is_look(item->verdict);
	}
	*ret_quality = quality;
}
