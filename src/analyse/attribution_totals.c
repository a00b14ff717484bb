/* What attribution divides by one another: per trial, the v-weighted totals over the tasks that
 * have every quantity that is needed. */
#include "analyse/attribution_parts.h"

#include "analyse/summary_parts.h"
#include "core/clock.h"
#include "core/error.h"

#include <math.h>
#include <stdlib.h>

/* Below this much CPU time in a trial, user time that is counted by ticks is too coarse. */
#define LEAST_TICKED_S 5.0

const struct chain attribution_chains[CHAINS] = {
        {ATTRIBUTION_KERNEL_AND_USER,
         false,
         false,
         4,
         {{FACTOR_INSTRUCTIONS, QUANTITY_INSTRUCTIONS},
          {FACTOR_CPI, QUANTITY_CYCLES},
          {FACTOR_CLOCK, QUANTITY_TASK_CLOCK},
          {FACTOR_OFF_CPU, QUANTITY_WALL}}},
        {ATTRIBUTION_USER_ONLY,
         true,
         true,
         5,
         {{FACTOR_INSTRUCTIONS, QUANTITY_INSTRUCTIONS},
          {FACTOR_CPI, QUANTITY_CYCLES},
          {FACTOR_CLOCK, QUANTITY_USER},
          {FACTOR_KERNEL, QUANTITY_CPU},
          {FACTOR_OFF_CPU, QUANTITY_WALL}}},
        {ATTRIBUTION_USER_ONLY,
         true,
         false,
         4,
         {{FACTOR_INSTRUCTIONS, QUANTITY_INSTRUCTIONS},
          {FACTOR_CPI, QUANTITY_CYCLES},
          {FACTOR_ON_CPU, QUANTITY_CPU},
          {FACTOR_OFF_CPU, QUANTITY_WALL}}},
        {ATTRIBUTION_NO_COUNTERS,
         false,
         false,
         2,
         {{FACTOR_ON_CPU, QUANTITY_CPU}, {FACTOR_OFF_CPU, QUANTITY_WALL}}},
        {ATTRIBUTION_NONE, false, false, 0, {{0}}},
};

/* Which event counts a quantity; -1: none. */
struct event_columns {
	ptrdiff_t columns[QUANTITIES];
};

/* The names under which the events go. */
static const struct {
	enum quantity quantity;
	const char *name;
	const char *alias;
} counted[] = {
        {QUANTITY_INSTRUCTIONS, "instructions", NULL},
        {QUANTITY_CYCLES, "cycles", "cpu-cycles"},
        {QUANTITY_TASK_CLOCK, "task-clock", NULL},
};

static struct event_columns find_columns(const struct dataset *dataset, bool is_user_only)
{
	struct event_columns found;
	for (size_t q = 0; q < QUANTITIES; q++)
		found.columns[q] = -1;
	for (size_t i = 0; i < sizeof counted / sizeof counted[0]; i++) {
		ptrdiff_t column = dataset_find_event(dataset, counted[i].name, is_user_only);
		if (column < 0 && counted[i].alias)
			column = dataset_find_event(dataset, counted[i].alias, is_user_only);
		found.columns[counted[i].quantity] = column;
	}
	return found;
}

/* A task's counter where it was counted all the time, else NAN: a count that was scaled up says
 * nothing of the time that belongs to it. Of imported tasks others have scaled it up, to the whole
 * time, and there is nothing better. */
static double full_count(const struct dataset *dataset, size_t task, ptrdiff_t event)
{
	if (event < 0)
		return NAN;
	const struct counter_value counter = dataset_counter(dataset, task, (size_t)event);
	if (counter.state == COUNTER_OK)
		return (double)counter.raw;
	return dataset->run.imported ? counter_scaled_value(&counter) : (double)NAN;
}

static void read_quantities(const struct dataset *dataset, const struct task_record *task,
                            const struct event_columns *events, double values[QUANTITIES])
{
	const size_t index = (size_t)(task - dataset->tasks);
	const int64_t cpu_ns = task_cpu_ns(task);
	values[QUANTITY_TASKS] = 1;
	for (size_t q = QUANTITY_INSTRUCTIONS; q <= QUANTITY_TASK_CLOCK; q++)
		values[q] = full_count(dataset, index, events->columns[q]);
	values[QUANTITY_USER] =
	        task->user_ns != RECORD_ABSENT ? (double)task->user_ns : (double)NAN;
	values[QUANTITY_CPU] = cpu_ns != RECORD_ABSENT ? (double)cpu_ns : (double)NAN;
	values[QUANTITY_WALL] = (double)(task->end_ns - task->start_ns);
}

static bool has_all(const struct chain *chain, const double values[QUANTITIES])
{
	for (size_t s = 0; s < chain->step_count; s++)
		if (!isfinite(values[chain->steps[s].quantity]))
			return false;
	return true;
}

static void add_task(struct chain_totals *totals, const double values[QUANTITIES], double v)
{
	for (size_t q = 0; q < QUANTITIES; q++)
		totals->sums[q] += v * values[q];
	totals->cpu_ns += values[QUANTITY_CPU];
	totals->tasks++;
}

/* events: those of kernel and user mode, and those of user mode only. */
static void measure_trial(const struct summary *summary, const struct trial_summary *trial,
                          const struct event_columns events[2], struct trial_totals *totals)
{
	double overlap_ns = 0;
	for (size_t i = 0; i < trial->task_count; i++) {
		const struct task_record *const task = &trial->tasks[i];
		const double v = summary_task_weight(trial, task);
		if (!(v > 0))
			continue;
		overlap_ns += v * (double)(task->end_ns - task->start_ns);
		if (!task_state_is_success(task->state))
			continue;
		double values[2][QUANTITIES];
		for (size_t m = 0; m < 2; m++)
			read_quantities(summary->dataset, task, &events[m], values[m]);
		for (size_t c = 0; c < CHAINS; c++) {
			const struct chain *const chain = &attribution_chains[c];
			if (has_all(chain, values[chain->is_user_only]))
				add_task(&totals->chains[c], values[chain->is_user_only], v);
		}
		totals->successful++;
	}
	const struct chain_totals *const all = &totals->chains[CHAINS - 1];
	totals->held = trial->held / summary->levels[trial->level].level->concurrency;
	totals->success = overlap_ns > 0 ? all->sums[QUANTITY_WALL] / overlap_ns : (double)NAN;
}

int attribution_totals(const struct summary *summary, struct trial_totals **ret_totals,
                       struct error *err)
{
	const size_t count = summary->trial_count;
	const struct event_columns events[2] = {find_columns(summary->dataset, false),
	                                        find_columns(summary->dataset, true)};
	struct trial_totals *const totals = calloc(count ? count : 1, sizeof *totals);
	if (!totals)
		return error_memory(err);
	for (size_t t = 0; t < count; t++)
		if (!summary->trials[t].left_out)
			measure_trial(summary, &summary->trials[t], events, &totals[t]);
	*ret_totals = totals;
	return 0;
}

bool attribution_can_divide(const struct chain_totals *totals, const struct chain *chain)
{
	bool can = totals->tasks > 0 && totals->sums[QUANTITY_WALL] > 0;
	for (size_t s = 0; s < chain->step_count; s++)
		can = can && totals->sums[chain->steps[s].quantity] > 0;
	return can;
}

bool attribution_has_ticks(const struct chain_totals *totals)
{
	return totals->cpu_ns >= LEAST_TICKED_S * NS_PER_S;
}

/* Why an event does not count all the time in the mode that is wanted, or NULL. */
static const char *missing_event(const struct dataset *dataset, size_t i, bool is_user_only)
{
	static const char *const not_asked[] = {
	        "instructions were not asked for: add them to counters.events (-e)",
	        "cycles were not asked for: add them to counters.events (-e)",
	        "task-clock was not asked for: add it to counters.events (-e)",
	};
	static const char not_imported[] =
	        "the imported files have no counts of cycles, instructions and task-clock";
	static const char no_kernel_mode[] =
	        "kernel mode was not counted, which needs perf_event_paranoid of 1 or less and "
	        "events without :u";
	static const char mixed_modes[] = "some of cycles and instructions hold kernel time and "
	                                  "some do not: ask for both without a modifier";
	const struct event_columns wanted = find_columns(dataset, is_user_only);
	const struct event_columns other = find_columns(dataset, !is_user_only);
	const ptrdiff_t event = wanted.columns[counted[i].quantity];
	const ptrdiff_t instead = other.columns[counted[i].quantity];
	const ptrdiff_t named = event >= 0 ? event : instead;
	if (named < 0)
		return dataset->run.imported ? not_imported : not_asked[i];
	const struct event_definition *const definition = &dataset->events[named];
	if (event >= 0 && definition->state == COUNTER_OK)
		return NULL;
	if (event < 0)
		return is_user_only ? mixed_modes : no_kernel_mode;
	if (definition->reason[0])
		return definition->reason;
	return "the events that tell the kinds of CPU time cannot be counted here";
}

const char *attribution_missing(const struct summary *summary, const struct chain *chain)
{
	for (size_t i = 0; i < sizeof counted / sizeof counted[0]; i++) {
		bool is_needed = false;
		for (size_t s = 0; s < chain->step_count; s++)
			is_needed |= chain->steps[s].quantity == counted[i].quantity;
		const char *const reason =
		        is_needed ? missing_event(summary->dataset, i, chain->is_user_only) : NULL;
		if (reason)
			return reason;
	}
	return NULL;
}
