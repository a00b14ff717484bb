/* Counters per task, and what the harness cost. */
#include "analyse/summary_parts.h"

#include "analyse/frequency.h"
#include "analyse/plausibility.h"
#include "core/clock.h"

#include <math.h>
#include <string.h>
#include <strings.h>

/* The v-weighted sum of one counter and of the weights, over the successful tasks of a level's
 * trials (or of one trial). */
struct counter_total {
	double weighted;
	double weight;
	size_t tasks;
	size_t in_state[COUNTER_STATES];
};

/* Every event of a task, to the totals of each. */
static void add_task(const struct summary *summary, const struct trial_summary *trial, size_t task,
                     struct counter_total *totals)
{
	const struct task_record *const record = &trial->tasks[task];
	const double v = summary_task_weight(trial, record);
	if (!task_state_is_success(record->state) || !(v > 0))
		return;
	const size_t index = (size_t)(record - summary->dataset->tasks);
	for (size_t event = 0; event < summary->dataset->event_count; event++) {
		const struct counter_value counter =
		        dataset_counter(summary->dataset, index, event);
		struct counter_total *const total = &totals[event];
		if (counter.state < COUNTER_STATES)
			total->in_state[counter.state]++;
		const double value = counter_scaled_value(&counter);
		if (!isfinite(value))
			continue;
		total->weighted += v * value;
		total->weight += v;
		total->tasks++;
	}
}

/* The state that most tasks have. */
static enum counter_state usual_state(const struct counter_total *total)
{
	size_t best = COUNTER_NOT_COUNTED;
	for (size_t s = 0; s < COUNTER_STATES; s++)
		if (total->in_state[s] > total->in_state[best])
			best = s;
	return (enum counter_state)best;
}

static const char *state_reason(const struct event_definition *event, enum counter_state state)
{
	if (event->reason[0])
		return event->reason;
	switch (state) {
	case COUNTER_NOT_COUNTED:
		return "it was never scheduled on the processor while a task ran";
	case COUNTER_DETACHED:
		return "the task's program is set-uid or unreadable, so the kernel took the "
		       "counter away";
	case COUNTER_NOT_SUPPORTED:
		return "the kernel or the processor does not have it";
	case COUNTER_NO_PERMISSION:
		return "the kernel did not permit it";
	case COUNTER_IMPLAUSIBLE:
		return "what it counted is not possible";
	case COUNTER_UNKNOWN:
		return "libpfm4 does not know this name";
	default:
		return NULL;
	}
}

static struct counter_summary measure_event(const struct event_definition *definition,
                                            const struct counter_total *total)
{
	struct counter_summary counter = {.mean = NAN, .tasks = total->tasks};
	if (definition->state != COUNTER_OK && definition->state != COUNTER_SCALED)
		counter.state = definition->state;
	else if (total->tasks > 0)
		counter.state = total->in_state[COUNTER_SCALED] > 0 ? COUNTER_SCALED : COUNTER_OK;
	else
		counter.state = usual_state(total);
	if (total->weight > 0)
		counter.mean = total->weighted / total->weight;
	else
		counter.reason = state_reason(definition, counter.state);
	return counter;
}

void summary_measure_counters(struct summary *summary, size_t level, double *values)
{
	const struct dataset *const dataset = summary->dataset;
	struct counter_total totals[RECORD_MAX_EVENTS] = {0};
	for (const struct trial_summary *trial = summary->levels[level].first; trial;
	     trial = trial->next) {
		if (!summary_trial_is_used(trial, level))
			continue;
		for (size_t i = 0; i < trial->task_count; i++)
			add_task(summary, trial, i, totals);
	}
	for (size_t e = 0; e < dataset->event_count; e++)
		summary->levels[level].counters[e] = measure_event(&dataset->events[e], &totals[e]);
	plausibility_check(summary, level);
	frequency_measure(summary, level, values);
}

void summary_measure_harness(struct summary *summary, struct weighted_value *scratch)
{
	struct harness_summary *const harness = &summary->harness;
	double cpu_ns = 0;
	size_t tasks = 0;
	size_t gaps = 0;
	*harness = (struct harness_summary){NAN, NAN, NAN, NAN};
	for (size_t t = 0; t < summary->trial_count; t++) {
		const struct trial_summary *const trial = &summary->trials[t];
		if (trial->left_out)
			continue;
		if (trial->trial->harness_max_rss_bytes != RECORD_ABSENT)
			harness->max_rss_bytes = fmax(harness->max_rss_bytes,
			                              (double)trial->trial->harness_max_rss_bytes);
		if (trial->trial->harness_cpu_ns != RECORD_ABSENT) {
			cpu_ns += (double)trial->trial->harness_cpu_ns;
			tasks += trial->task_count;
		}
		for (size_t i = 0; i < trial->task_count; i++)
			if (summary_task_is_measured(trial, &trial->tasks[i]) &&
			    trial->tasks[i].idle_before_ns != RECORD_ABSENT)
				scratch[gaps++] = (struct weighted_value){
				        (double)trial->tasks[i].idle_before_ns / NS_PER_S, 1};
	}
	if (tasks > 0)
		harness->cpu_s_per_task = cpu_ns / NS_PER_S / (double)tasks;
	quantile_sort(scratch, gaps);
	harness->idle_gap_median_s = quantile_weighted(scratch, gaps, 0.5);
	harness->idle_gap_p95_s = quantile_weighted(scratch, gaps, 0.95);
}
