/* Counters per task, and what the harness cost. */
#include "analyse/summary_parts.h"

#include "analyse/frequency.h"
#include "analyse/plausibility.h"
#include "core/clock.h"

#include <math.h>
#include <strings.h>

/* The v-weighted sum of one counter and of the weights, over the successful tasks of a level's
 * trials (or of one trial). */
struct counter_total {
	double weighted;
	double weight;
	double running; /* the weighted sum of the part of the time in which it was counted */
	double least;   /* part of any task */
	size_t tasks;
	size_t trials;
	size_t last_trial; /* whose tasks it was counted in */
	size_t in_state[COUNTER_STATES];
};

/* The part of a task's time in which the event was counted. A counter whose times are not known
 * has its state alone. */
static double running_share(const struct counter_value *counter)
{
	if (counter->state == COUNTER_OK || counter->enabled_ns == 0)
		return 1;
	return (double)counter->running_ns / (double)counter->enabled_ns;
}

static void add_counter(struct counter_total *total, const struct counter_value *counter,
                        double value, double v, size_t trial)
{
	const double share = running_share(counter);
	total->weighted += v * value;
	total->weight += v;
	total->running += v * share;
	if (total->tasks == 0 || share < total->least)
		total->least = share;
	if (total->tasks == 0 || total->last_trial != trial)
		total->trials++;
	total->last_trial = trial;
	total->tasks++;
}

/* Every event of a task, to the totals of each. */
static void add_task(const struct summary *summary, const struct trial_summary *trial, size_t task,
                     struct counter_total *totals)
{
	const struct task_record *const record = &trial->tasks[task];
	const double v = summary_task_weight(trial, record);
	if (!task_state_is_success(record->state) || !(v > 0))
		return;
	const struct dataset *const dataset = summary->dataset;
	const size_t index = (size_t)(record - dataset->tasks);
	for (size_t event = 0; event < dataset->event_count; event++) {
		/* Nobody asked for it: its absence says nothing of the event. */
		if (!event_sets_has(&dataset->event_sets, trial->trial->event_set, event))
			continue;
		const struct counter_value counter = dataset_counter(dataset, index, event);
		struct counter_total *const total = &totals[event];
		if (counter.state < COUNTER_STATES)
			total->in_state[counter.state]++;
		const double value = counter_scaled_value(&counter);
		if (isfinite(value))
			add_counter(total, &counter, value, v, trial->trial->trial);
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

/* Where the event itself says nothing: why it has no value, or not a whole one, and what would
 * help. */
static const struct {
	const char *reason;
	const char *remedy;
} meanings[COUNTER_STATES] = {
        [COUNTER_SCALED] = {NULL, "ask for fewer events (-e), or let trials count sets of them in "
                                  "turn (--overflow rotate)"},
        [COUNTER_NOT_COUNTED] = {"it was never scheduled on the processor while a task ran",
                                 "ask for fewer events (-e), or let trials count sets of them in "
                                 "turn (--overflow rotate)"},
        [COUNTER_DETACHED] = {"the task's program is set-uid or unreadable, so the kernel took "
                              "the counter away",
                              "run a program that its user may read, without set-uid"},
        [COUNTER_NOT_SUPPORTED] = {"the kernel or the processor does not have it", NULL},
        [COUNTER_NO_PERMISSION] = {"the kernel did not permit it", NULL},
        [COUNTER_IMPLAUSIBLE] = {"what it counted is not possible", NULL},
        [COUNTER_UNKNOWN] = {"libpfm4 does not know this name", NULL},
};

static void set_meaning(const struct event_definition *definition, bool is_imported,
                        struct counter_summary *counter)
{
	const enum counter_state state =
	        counter->state < COUNTER_STATES ? counter->state : COUNTER_NOT_COUNTED;
	if (isnan(counter->mean))
		counter->reason =
		        definition->reason[0] ? definition->reason : meanings[state].reason;
	if (state == COUNTER_OK || is_imported)
		return; /* plateau cannot count it again */
	counter->remedy = definition->remedy[0] ? definition->remedy : meanings[state].remedy;
}

/* An event that can be counted, and that no trial of the level was to count. */
static void set_not_in_turn(struct counter_summary *counter)
{
	counter->state = COUNTER_NOT_COUNTED;
	counter->is_not_in_turn = true;
	counter->reason = "sets of events take turns over the blocks, and no trial of this level "
	                  "had its set";
	counter->remedy = "measure more blocks, at least as many as there are sets (-r; a result "
	                  "that is there goes on with --resume FILE -r COUNT)";
}

/* Whether any trial of the level was to count the event; true where it has no trials at all. */
static bool had_turn(const struct summary *summary, size_t level, size_t event)
{
	bool has_trials = false;
	for (const struct trial_summary *trial = summary->levels[level].first; trial;
	     trial = trial->next) {
		if (!summary_trial_is_used(trial, level))
			continue;
		has_trials = true;
		if (event_sets_has(&summary->dataset->event_sets, trial->trial->event_set, event))
			return true;
	}
	return !has_trials;
}

static struct counter_summary measure_event(const struct event_definition *definition,
                                            bool is_imported, const struct counter_total *total)
{
	struct counter_summary counter = {.mean = NAN,
	                                  .tasks = total->tasks,
	                                  .trials = total->trials,
	                                  .running_share = NAN,
	                                  .running_least = NAN};
	if (definition->state != COUNTER_OK && definition->state != COUNTER_SCALED)
		counter.state = definition->state;
	else if (total->tasks > 0)
		counter.state = total->in_state[COUNTER_SCALED] > 0 ? COUNTER_SCALED : COUNTER_OK;
	else
		counter.state = usual_state(total);
	if (total->weight > 0) {
		counter.mean = total->weighted / total->weight;
		counter.running_share = total->running / total->weight;
		counter.running_least = total->least;
	}
	set_meaning(definition, is_imported, &counter);
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
	for (size_t e = 0; e < dataset->event_count; e++) {
		struct counter_summary *const counter = &summary->levels[level].counters[e];
		*counter = measure_event(&dataset->events[e], dataset->run.imported != NULL,
		                         &totals[e]);
		if (dataset->events[e].state == COUNTER_OK && !had_turn(summary, level, e))
			set_not_in_turn(counter);
	}
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
