/* Measures of tasks: of each trial the mean or a quantile over its successful measured tasks. */
#include "analyse/measure_parts.h"

#include "analyse/quantile.h"
#include "analyse/summary_parts.h"
#include "core/array.h"
#include "core/cleanup.h"
#include "core/clock.h"
#include "core/error.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static double or_absent(int64_t value)
{
	return value == RECORD_ABSENT ? (double)NAN : (double)value;
}

static double wall_s(const struct task_record *task)
{
	return (double)(task->end_ns - task->start_ns) / NS_PER_S;
}

static double user_s(const struct task_record *task)
{
	return or_absent(task->user_ns) / NS_PER_S;
}

static double system_s(const struct task_record *task)
{
	return or_absent(task->system_ns) / NS_PER_S;
}

static double max_rss_bytes(const struct task_record *task)
{
	return or_absent(task->max_rss_bytes);
}

static double peak_rss_bytes(const struct task_record *task)
{
	return or_absent(task->peak_rss_bytes);
}

static double peak_pss_bytes(const struct task_record *task)
{
	return or_absent(task->peak_pss_bytes);
}

static double cgroup_peak_bytes(const struct task_record *task)
{
	return or_absent(task->cgroup_peak_bytes);
}

/* What stands in a task's own record. spread says where the summary has its reason. */
static const struct {
	double (*figure)(const struct task_record *);
	size_t spread;
} recorded[MEASURES] = {
#define SPREAD(field) offsetof(struct level_summary, field)
        [MEASURE_WALL] = {wall_s, SPREAD(wall_s)},
        [MEASURE_USER] = {user_s, SPREAD(user_s)},
        [MEASURE_SYSTEM] = {system_s, SPREAD(system_s)},
        [MEASURE_OFF_CPU] = {task_off_cpu_s, SPREAD(off_cpu_s)},
        [MEASURE_MAX_RSS] = {max_rss_bytes, SPREAD(max_rss_bytes)},
        [MEASURE_PEAK_RSS] = {peak_rss_bytes, SPREAD(peak_rss_bytes)},
        [MEASURE_PEAK_PSS] = {peak_pss_bytes, SPREAD(peak_pss_bytes)},
        [MEASURE_CGROUP_PEAK] = {cgroup_peak_bytes, SPREAD(cgroup_peak_bytes)},
#undef SPREAD
};

/* ---- Events ------------------------------------------------------------------------------- */

/* Under which names an event goes. */
static const struct {
	enum measure_id id;
	const char *names[2];
} named_events[] = {
        {MEASURE_CYCLES, {"cycles", "cpu-cycles"}},
        {MEASURE_INSTRUCTIONS, {"instructions", NULL}},
        {MEASURE_LLC_LOAD_MISSES, {"LLC-load-misses", "LLC-misses"}},
};

static ptrdiff_t find_in_mode(const struct dataset *dataset, enum measure_id id, bool is_user_only)
{
	for (size_t i = 0; i < ARRAY_LENGTH(named_events); i++)
		for (size_t n = 0; n < 2 && named_events[i].id == id; n++) {
			const char *const name = named_events[i].names[n];
			const ptrdiff_t event =
			        name ? dataset_find_event(dataset, name, is_user_only) : -1;
			if (event >= 0)
				return event;
		}
	return -1;
}

static ptrdiff_t find_named(const struct dataset *dataset, const struct measure_query *query)
{
	const ptrdiff_t both = query->is_user_only ? -1 : find_in_mode(dataset, query->id, false);
	return both >= 0 ? both : find_in_mode(dataset, query->id, true);
}

/* As it was asked for; else by its name without modifiers, or the metric that it stands for. */
static ptrdiff_t find_counter(const struct dataset *dataset, const char *name)
{
	for (size_t e = 0; e < dataset->event_count; e++)
		if (strcmp(dataset->events[e].name, name) == 0)
			return (ptrdiff_t)e;
	for (size_t e = 0; e < dataset->event_count; e++)
		if (dataset_event_is(dataset->events[e].name, name))
			return (ptrdiff_t)e;
	for (size_t e = 0; e < dataset->event_count; e++)
		if (dataset->events[e].metric[0] &&
		    dataset_event_is(dataset->events[e].metric, name))
			return (ptrdiff_t)e;
	return -1;
}

ptrdiff_t measure_event(const struct dataset *dataset, const struct measure_query *query)
{
	if (query->id == MEASURE_COUNTER)
		return find_counter(dataset, query->detail);
	return find_named(dataset, query);
}

/* The count of a task, scaled where it counted part of the time; NAN: it has none. */
static double counted(const struct dataset *dataset, size_t task, size_t event)
{
	const struct counter_value counter = dataset_counter(dataset, task, event);
	return counter_scaled_value(&counter);
}

/* ---- A trial ------------------------------------------------------------------------------ */

/* What is read of a task: an event, a printed figure, or its record (both below 0). */
struct source {
	ptrdiff_t event;
	ptrdiff_t figure;
};

static double figure_of(const struct measure_work *work, const struct source *source, size_t task)
{
	const struct dataset *const dataset = work->findings->dataset;
	if (source->event >= 0)
		return counted(dataset, task, (size_t)source->event);
	if (source->figure >= 0)
		return dataset_figure(dataset, task, (size_t)source->figure);
	return recorded[work->query->id].figure(&dataset->tasks[task]);
}

/* The figure of a task; infinite where it is only known to lie beyond all others: the wall time of
 * a task that ran into the timeout, the max RSS of one that is smaller than plateau. */
static double figure_or_edge(const struct measure_work *work, const struct source *source,
                             const struct task_record *task)
{
	const size_t index = (size_t)(task - work->findings->dataset->tasks);
	if (work->query->id == MEASURE_WALL && task->state == TASK_TIMEOUT)
		return (double)INFINITY;
	if (!task_state_is_success(task->state))
		return NAN;
	const double x = figure_of(work, source, index);
	return work->query->id == MEASURE_MAX_RSS && isnan(x) ? -(double)INFINITY : x;
}

/* The mean is of those above the lower edge and below the upper one; with tasks at the lower edge
 * there is none, as in the summary of a level. */
static double statistic_of(const struct measure_query *query, struct weighted_value *items,
                           size_t count)
{
	if (count == 0)
		return NAN;
	quantile_sort(items, count);
	if (query->statistic == STATISTIC_QUANTILE) {
		const double x = quantile_weighted(items, count, query->quantile);
		return isfinite(x) ? x : (double)NAN;
	}
	while (count > 0 && items[count - 1].value > DBL_MAX)
		count--;
	if (count == 0 || items[0].value < -DBL_MAX)
		return NAN;
	return quantile_weighted_mean(items, count);
}

static double trial_statistic(const struct measure_work *work, const struct source *source,
                              const struct trial_summary *trial, struct weighted_value *items)
{
	size_t count = 0;
	for (size_t i = 0; i < trial->task_count; i++) {
		const double v = summary_task_weight(trial, &trial->tasks[i]);
		const double x =
		        v > 0 ? figure_or_edge(work, source, &trial->tasks[i]) : (double)NAN;
		if (!isnan(x))
			items[count++] = (struct weighted_value){x, v};
	}
	return statistic_of(work->query, items, count);
}

/* Trials whose set of events does not hold the event have nothing to say of it. */
static bool has_turn(const struct dataset *dataset, const struct trial_summary *trial,
                     const struct source *source)
{
	return source->event < 0 ||
	       event_sets_has(&dataset->event_sets, trial->trial->event_set, (size_t)source->event);
}

static size_t most_tasks(const struct level_summary *level)
{
	size_t most = 1;
	for (const struct trial_summary *trial = level->first; trial; trial = trial->next)
		most = trial->task_count > most ? trial->task_count : most;
	return most;
}

static int find_of_source(const struct measure_work *work, const struct source *source,
                          struct error *err)
{
	const struct level_summary *const level = &work->findings->summary.levels[work->level];
	cleanup_free struct weighted_value *items = calloc(most_tasks(level), sizeof *items);
	if (!items)
		return error_memory(err);
	for (const struct trial_summary *trial = level->first; trial; trial = trial->next)
		if (summary_trial_is_used(trial, work->level) &&
		    has_turn(work->findings->dataset, trial, source))
			measure_values_add(work->values,
			                   trial_statistic(work, source, trial, items),
			                   trial->trial->block);
	return 0;
}

/* ---- What is asked ------------------------------------------------------------------------ */

static int find_event(const struct measure_work *work, struct error *err)
{
	const struct dataset *const dataset = work->findings->dataset;
	const ptrdiff_t event = measure_event(dataset, work->query);
	work->values->reason = "it was not counted: add it to counters.events (-e)";
	if (event < 0)
		return 0;
	const struct counter_summary *const counter =
	        &work->findings->summary.levels[work->level].counters[event];
	work->values->event = event;
	work->values->reason = counter->reason;
	if (counter->state == COUNTER_IMPLAUSIBLE)
		return 0;
	const struct source source = {event, -1};
	return find_of_source(work, &source, err);
}

static int find_figure(const struct measure_work *work, struct error *err)
{
	const ptrdiff_t figure = dataset_find_figure(work->findings->dataset, work->query->detail);
	work->values->reason = figure < 0 ? "no task printed it: name it in task.figures"
	                                  : "no successful task of this level printed it";
	if (figure < 0)
		return 0;
	const struct source source = {-1, figure};
	return find_of_source(work, &source, err);
}

int measure_tasks_find(const struct measure_work *work, struct error *err)
{
	const enum measure_id id = work->query->id;
	if (id == MEASURE_FIGURE)
		return find_figure(work, err);
	if (!recorded[id].figure)
		return find_event(work, err);
	const struct level_summary *const level = &work->findings->summary.levels[work->level];
	const struct spread *const spread =
	        (const struct spread *)(const void *)((const char *)level + recorded[id].spread);
	work->values->reason = spread->reason;
	/* Of tasks on several PUs at once no time is off the CPU. */
	if (spread->tasks == 0)
		return 0;
	const struct source source = {-1, -1};
	return find_of_source(work, &source, err);
}

/* ---- Cycles by instructions --------------------------------------------------------------- */

static double trial_cpi(const struct measure_work *work, const struct trial_summary *trial,
                        size_t cycles, size_t instructions)
{
	double above = 0;
	double below = 0;
	for (size_t i = 0; i < trial->task_count; i++) {
		const struct task_record *const task = &trial->tasks[i];
		const double v = summary_task_weight(trial, task);
		if (!task_state_is_success(task->state) || !(v > 0))
			continue;
		const struct dataset *const dataset = work->findings->dataset;
		const size_t index = (size_t)(task - dataset->tasks);
		const double c = counted(dataset, index, cycles);
		const double n = counted(dataset, index, instructions);
		if (!isfinite(c) || !isfinite(n))
			continue;
		above += v * c;
		below += v * n;
	}
	return below > 0 && above > 0 ? above / below : (double)NAN;
}

void measure_cpi_find(const struct measure_work *work)
{
	const struct dataset *const dataset = work->findings->dataset;
	const struct level_summary *const level = &work->findings->summary.levels[work->level];
	ptrdiff_t cycles = -1;
	ptrdiff_t instructions = -1;
	for (int is_user = work->query->is_user_only; is_user < 2; is_user++) {
		cycles = find_in_mode(dataset, MEASURE_CYCLES, is_user);
		instructions = find_in_mode(dataset, MEASURE_INSTRUCTIONS, is_user);
		if (cycles >= 0 && instructions >= 0)
			break;
	}
	work->values->reason = "cycles and instructions were not both counted in one mode: add "
	                       "them to counters.events (-e)";
	if (cycles < 0 || instructions < 0)
		return;
	work->values->event = cycles;
	for (const struct trial_summary *trial = level->first; trial; trial = trial->next)
		if (summary_trial_is_used(trial, work->level))
			measure_values_add(
			        work->values,
			        trial_cpi(work, trial, (size_t)cycles, (size_t)instructions),
			        trial->trial->block);
	work->values->reason = level->counters[cycles].reason
	                               ? level->counters[cycles].reason
	                               : level->counters[instructions].reason;
}
