#include "analyse/node_time.h"

#include "analyse/quantile.h"
#include "analyse/summary_parts.h"
#include "core/array.h"
#include "core/clock.h"
#include "core/error.h"
#include "model/cpuset.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The reading that closes a window comes a little after its end. */
#define LATE_NS (100 * NS_PER_MS)

/* Two readings that are further from the ends of the window than this part of it do not speak of
 * it. */
#define MOST_OFF 0.1

static const char not_of_all[] = "one of the packages could not be read at both ends of the window";
static const char not_on_time[] = "the window was too short: its readings were not on time";
static const char no_total[] = "it could not be read at both ends of the window, or its counter "
                               "may have wrapped more than "
                               "once in it";
static const char no_gauge[] = "it could not be read in the window";
static const char all_idle[] = "no reading lies in the window, or the CPUs were idle then";

/* How a figure of a trial comes about. */
enum source {
	FROM_RATE,    /* a total of the window, over all places, per second */
	FROM_SUM,     /* the same, as it is */
	FROM_HIGHEST, /* of what was read in the window */
	FROM_LEAST,
	FROM_MEDIAN, /* over time and CPUs */
	FROM_LOW,    /* the 5 % quantile of the same */
	FROM_POWER   /* energy per task */
};

enum combination { BY_GEOMETRIC, BY_MEAN, BY_HIGHEST, BY_LEAST, BY_SUM };

static const struct recipe {
	enum source source;
	enum combination combination;
	const char *samples;
	const char *other;   /* where there are none of these, NULL: nothing else */
	const char *elapsed; /* totals: the time between their readings */
	bool is_mean;        /* a reading speaks of the time since the one before */
	const char *missing;
} recipes[NODE_FIGURES] = {
        [NODE_ENERGY_PER_TASK] = {FROM_POWER, BY_GEOMETRIC, NULL, NULL, NULL, false, no_total},
        [NODE_POWER] = {FROM_RATE, BY_GEOMETRIC, "package_energy_j", NULL, "energy_elapsed_s",
                        false, no_total},
        [NODE_DRAM_POWER] = {FROM_RATE, BY_GEOMETRIC, "dram_energy_j", NULL, "energy_elapsed_s",
                             false,
                             "powercap has no energy of the memory here, or it could not be read"},
        [NODE_TEMPERATURE] = {FROM_HIGHEST, BY_HIGHEST, "temperature_c", "zone_temperature_c", NULL,
                              false, no_gauge},
        [NODE_CLOCK_MEDIAN] = {FROM_MEDIAN, BY_GEOMETRIC, "cpu_clock_hz", NULL, NULL, true,
                               all_idle},
        [NODE_CLOCK_LOW] = {FROM_LOW, BY_GEOMETRIC, "cpu_clock_hz", NULL, NULL, true, all_idle},
        [NODE_SAID_MEDIAN] = {FROM_MEDIAN, BY_GEOMETRIC, "cpu_frequency_hz", NULL, NULL, false,
                              no_gauge},
        [NODE_SAID_LOW] = {FROM_LOW, BY_GEOMETRIC, "cpu_frequency_hz", NULL, NULL, false, no_gauge},
        [NODE_CORE_THROTTLES] = {FROM_SUM, BY_SUM, "core_throttle_events", NULL,
                                 "throttle_elapsed_s", false, no_total},
        [NODE_PACKAGE_THROTTLES] = {FROM_SUM, BY_SUM, "package_throttle_events", NULL,
                                    "throttle_elapsed_s", false, no_total},
        [NODE_STEAL] = {FROM_RATE, BY_MEAN, "cpu_steal_s", NULL, "cpu_elapsed_s", false, no_total},
        [NODE_CPU_BUSY] = {FROM_RATE, BY_MEAN, "cpu_busy_s", NULL, "cpu_elapsed_s", false,
                           no_total},
        [NODE_MEMORY_LEAST] = {FROM_LEAST, BY_LEAST, "memory_available_bytes", NULL, NULL, false,
                               no_gauge},
};

/* What one figure is worked out with. */
struct work {
	const struct summary *summary;
	struct node_time *node;
	struct cpuset *cpus; /* by level of the dataset: those that have a slot; empty: any */
	struct weighted_value *scratch; /* room for all samples */
	size_t *counts;                 /* by trial, and one for what is of none */
	double *sums;                   /* as counts */
};

/* ---- Finding samples ------------------------------------------------------------------------ */

static int find_ranges(const struct dataset *dataset, struct node_time *node, struct error *err)
{
	node->ranges = calloc(dataset->sample_names.count + 1, sizeof *node->ranges);
	if (!node->ranges)
		return error_memory(err);
	for (size_t i = 0; i < dataset->sample_count; i++) {
		struct sample_range *const range = &node->ranges[dataset->samples[i].name];
		if (range->count++ == 0)
			range->first = i;
	}
	return 0;
}

struct sample_range node_time_find(const struct node_time *node_time, const struct dataset *dataset,
                                   const char *name)
{
	for (size_t i = 0; i < dataset->sample_names.count; i++)
		if (strcmp(dataset->sample_names.items[i], name) == 0)
			return node_time->ranges[i];
	return (struct sample_range){0};
}

/* The index of a trial in the summary, trial_count: it is not there. Trials are by id. */
static size_t index_of(const struct summary *summary, uint32_t trial)
{
	size_t low = 0;
	size_t high = summary->trial_count;
	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		if (summary->trials[middle].trial->trial < trial)
			low = middle + 1;
		else
			high = middle;
	}
	const bool is_found =
	        low < summary->trial_count && summary->trials[low].trial->trial == trial;
	return is_found ? low : summary->trial_count;
}

static bool has_window(const struct trial_record *trial)
{
	return trial->window_start_ns != RECORD_ABSENT && trial->window_end_ns != RECORD_ABSENT &&
	       trial->window_end_ns > trial->window_start_ns;
}

/* Whether a reading speaks of the window: it was taken in it, or the time since the one before is
 * at least by half in it. */
static bool is_in_window(const struct dataset *dataset, size_t index, size_t first,
                         const struct trial_record *trial, bool is_mean)
{
	const struct dataset_sample *const sample = &dataset->samples[index];
	if (!has_window(trial))
		return false;
	if (!is_mean)
		return sample->at_ns >= trial->window_start_ns &&
		       sample->at_ns <= trial->window_end_ns + LATE_NS;
	const struct dataset_sample *const before = index > first ? sample - 1 : NULL;
	if (!before || before->place != sample->place || before->trial != sample->trial)
		return false;
	const double from = fmax((double)before->at_ns, (double)trial->window_start_ns);
	const double to = fmin((double)sample->at_ns, (double)trial->window_end_ns);
	return to - from >= 0.5 * (double)(sample->at_ns - before->at_ns);
}

/* ---- Figures of trials ---------------------------------------------------------------------- */

static void set(struct node_time *node, size_t trial, enum node_figure figure, double value,
                const char *reason)
{
	node->trials[trial].figures[figure] = value;
	node->trials[trial].reasons[figure] = isfinite(value) ? NULL : reason;
}

/* Sums of a sample over its places, by trial; counts gets of how many. */
static void add_up(struct work *work, const char *name)
{
	const struct dataset *const dataset = work->summary->dataset;
	const struct sample_range range = node_time_find(work->node, dataset, name);
	memset(work->counts, 0, (work->summary->trial_count + 1) * sizeof *work->counts);
	memset(work->sums, 0, (work->summary->trial_count + 1) * sizeof *work->sums);
	for (size_t i = range.first; i < range.first + range.count; i++) {
		const size_t trial = index_of(work->summary, dataset->samples[i].trial);
		if (trial == work->summary->trial_count || !isfinite(dataset->samples[i].value))
			continue;
		work->counts[trial]++;
		work->sums[trial] += dataset->samples[i].value;
	}
}

static void work_out_total(struct work *work, enum node_figure figure)
{
	const struct recipe *const recipe = &recipes[figure];
	const struct summary *const summary = work->summary;
	size_t places = 0;
	add_up(work, recipe->samples);
	for (size_t i = 0; i < summary->trial_count; i++)
		places = work->counts[i] > places ? work->counts[i] : places;
	for (size_t i = 0; i < summary->trial_count; i++) {
		const bool is_whole = work->counts[i] == places && places > 0;
		set(work->node, i, figure, is_whole ? work->sums[i] : (double)NAN,
		    work->counts[i] > 0 ? not_of_all : recipe->missing);
	}
	add_up(work, recipe->elapsed);
	for (size_t i = 0; i < summary->trial_count; i++) {
		const double elapsed_s = work->sums[i];
		const double window_s = summary->trials[i].window_s;
		const double total = work->node->trials[i].figures[figure];
		if (!isfinite(total))
			continue;
		if (!(fabs(elapsed_s - window_s) <= MOST_OFF * window_s))
			set(work->node, i, figure, NAN, not_on_time);
		else if (recipe->source == FROM_RATE)
			set(work->node, i, figure, total / elapsed_s, recipe->missing);
	}
}

static void work_out_extreme(struct work *work, enum node_figure figure)
{
	const struct recipe *const recipe = &recipes[figure];
	const struct dataset *const dataset = work->summary->dataset;
	struct sample_range range = node_time_find(work->node, dataset, recipe->samples);
	if (range.count == 0 && recipe->other)
		range = node_time_find(work->node, dataset, recipe->other);
	for (size_t i = 0; i < work->summary->trial_count; i++)
		set(work->node, i, figure, NAN, recipe->missing);
	for (size_t i = range.first; i < range.first + range.count; i++) {
		const double value = dataset->samples[i].value;
		const size_t trial = index_of(work->summary, dataset->samples[i].trial);
		if (trial == work->summary->trial_count || !isfinite(value) ||
		    !is_in_window(dataset, i, range.first, work->summary->trials[trial].trial,
		                  recipe->is_mean))
			continue;
		const double before = work->node->trials[trial].figures[figure];
		set(work->node, trial, figure,
		    recipe->source == FROM_HIGHEST ? fmax(before, value) : fmin(before, value),
		    NULL);
	}
}

/* Whether a sample counts for a quantile, and in which trial; the number of trials: it does not. */
static size_t trial_of_quantile(const struct work *work, const struct recipe *recipe, size_t index,
                                size_t first)
{
	const struct summary *const summary = work->summary;
	const struct dataset_sample *const sample = &summary->dataset->samples[index];
	const size_t trial = index_of(summary, sample->trial);
	if (trial == summary->trial_count || !isfinite(sample->value) || sample->place < 0)
		return summary->trial_count;
	const struct trial_record *const record = summary->trials[trial].trial;
	const struct cpuset *const cpus = &work->cpus[record->level];
	if (!cpuset_is_empty(cpus) && !cpuset_has(cpus, (uint32_t)sample->place))
		return summary->trial_count;
	return is_in_window(summary->dataset, index, first, record, recipe->is_mean)
	               ? trial
	               : summary->trial_count;
}

/* Values are laid out trial by trial: counted first, then put into their places. */
static void work_out_quantile(struct work *work, enum node_figure figure)
{
	const struct recipe *const recipe = &recipes[figure];
	const struct dataset *const dataset = work->summary->dataset;
	const size_t trials = work->summary->trial_count;
	const struct sample_range range = node_time_find(work->node, dataset, recipe->samples);
	const size_t end = range.first + range.count;
	memset(work->counts, 0, (trials + 1) * sizeof *work->counts);
	for (size_t i = range.first; i < end; i++)
		work->counts[trial_of_quantile(work, recipe, i, range.first)]++;
	size_t at = 0;
	for (size_t t = 0; t < trials; t++) {
		const size_t count = work->counts[t];
		work->counts[t] = at;
		at += count;
	}
	for (size_t i = range.first; i < end; i++) {
		const size_t trial = trial_of_quantile(work, recipe, i, range.first);
		if (trial < trials)
			work->scratch[work->counts[trial]++] =
			        (struct weighted_value){dataset->samples[i].value, 1};
	}
	for (size_t t = 0; t < trials; t++) {
		const size_t first = t > 0 ? work->counts[t - 1] : 0;
		const size_t count = work->counts[t] - first;
		double value = NAN;
		if (count > 0) {
			quantile_sort(&work->scratch[first], count);
			value = quantile_weighted(&work->scratch[first], count,
			                          recipe->source == FROM_MEDIAN ? 0.5 : 0.05);
		}
		set(work->node, t, figure, value, recipe->missing);
	}
}

/* The energy of the window over the tasks in it, those at its ends by the part of them that is. */
static void work_out_energy_per_task(struct work *work)
{
	for (size_t i = 0; i < work->summary->trial_count; i++) {
		const struct trial_summary *const trial = &work->summary->trials[i];
		const struct node_trial *const own = &work->node->trials[i];
		const double power_w = own->figures[NODE_POWER];
		if (!isfinite(power_w))
			set(work->node, i, NODE_ENERGY_PER_TASK, NAN, own->reasons[NODE_POWER]);
		else
			set(work->node, i, NODE_ENERGY_PER_TASK,
			    trial->successes > 0 ? power_w * trial->window_s / trial->successes
			                         : (double)NAN,
			    "no task succeeded");
	}
}

static void work_out(struct work *work)
{
	for (enum node_figure f = 0; f < NODE_FIGURES; f++) {
		switch (recipes[f].source) {
		case FROM_RATE:
		case FROM_SUM:
			work_out_total(work, f);
			break;
		case FROM_HIGHEST:
		case FROM_LEAST:
			work_out_extreme(work, f);
			break;
		case FROM_MEDIAN:
		case FROM_LOW:
			work_out_quantile(work, f);
			break;
		case FROM_POWER:
			break; /* from another one, below */
		}
	}
	work_out_energy_per_task(work);
}

/* ---- Figures of levels ---------------------------------------------------------------------- */

/* Why nothing is known of a figure anywhere: what the host fact says, where it says so. */
static const char *reason_of_sensor(const struct summary *summary, const struct node_time *node,
                                    enum node_figure figure)
{
	const struct host_facts *const host = &summary->dataset->host;
	for (size_t i = 0; i < host->count; i++) {
		const struct host_fact *const fact = &host->items[i];
		if (strcmp(fact->name, node_figure_kinds[figure].sensor) != 0)
			continue;
		if (!fact->value && fact->reason && fact->reason[0])
			return fact->reason;
		return node->was_sampled ? NULL : "nothing was sampled (sampling.interval was off)";
	}
	return summary->dataset->run.imported ? "the imported files do not have it"
	                                      : "this result does not have it: measure again "
	                                        "with this version";
}

static struct estimate combine(enum combination how, const double *values, size_t count)
{
	static const char *const reasons[] = {
	        [BY_MEAN] = "a mean over trials, without an interval",
	        [BY_HIGHEST] = "the highest of all trials",
	        [BY_LEAST] = "the least of all trials",
	        [BY_SUM] = "the sum over all trials",
	};
	if (how == BY_GEOMETRIC)
		return estimate_geometric(values, count);
	struct estimate e = {
	        .value = values[0], .low = NAN, .high = NAN, .n = count, .reason = reasons[how]};
	for (size_t i = 1; i < count; i++) {
		if (how == BY_HIGHEST)
			e.value = fmax(e.value, values[i]);
		else if (how == BY_LEAST)
			e.value = fmin(e.value, values[i]);
		else
			e.value += values[i];
	}
	if (how == BY_MEAN)
		e.value /= (double)count;
	return e;
}

static struct estimate level_figure(struct work *work, size_t level, enum node_figure figure)
{
	const struct summary *const summary = work->summary;
	const char *reason = summary->levels[level].reason;
	size_t count = 0;
	for (const struct trial_summary *trial = summary->levels[level].first; trial;
	     trial = trial->next) {
		const struct node_trial *const own = &work->node->trials[trial - summary->trials];
		if (!summary_trial_is_used(trial, level))
			continue;
		if (isfinite(own->figures[figure]))
			work->sums[count++] = own->figures[figure];
		else if (!reason && own->reasons[figure] != recipes[figure].missing)
			reason = own->reasons[figure];
	}
	if (count > 0)
		return combine(recipes[figure].combination, work->sums, count);
	const char *const of_sensor = reason_of_sensor(summary, work->node, figure);
	return estimate_absent(reason ? reason : of_sensor ? of_sensor : recipes[figure].missing);
}

static double mean_share(struct work *work, const char *name)
{
	double sum = 0;
	size_t count = 0;
	add_up(work, name);
	for (size_t i = 0; i < work->summary->trial_count; i++) {
		const bool is_used = work->counts[i] == 1 && !work->summary->trials[i].left_out;
		sum += is_used ? work->sums[i] : 0;
		count += is_used;
	}
	return count ? sum / (double)count : (double)NAN;
}

/* ---- All of it ------------------------------------------------------------------------------ */

static void find_cpus(const struct dataset *dataset, struct cpuset *cpus)
{
	for (size_t i = 0; i < dataset->slot_count; i++)
		if (dataset->slots[i].pu >= 0)
			cpuset_add(&cpus[dataset->slots[i].level], (uint32_t)dataset->slots[i].pu);
}

static void build(struct work *work)
{
	struct node_time *const node = work->node;
	const struct summary *const summary = work->summary;
	find_cpus(summary->dataset, work->cpus);
	node->memory_sampler_share = mean_share(work, "sampler_cpu_share");
	node->node_sampler_share = mean_share(work, "node_sampler_cpu_share");
	node->was_sampled =
	        node_time_find(node, summary->dataset, "node_sampler_cpu_share").count > 0;
	work_out(work);
	for (size_t i = 0; i < summary->level_count; i++)
		for (enum node_figure f = 0; f < NODE_FIGURES; f++)
			node->levels[i].figures[f] = level_figure(work, i, f);
}

int node_time_build(const struct summary *summary, struct node_time *ret_node_time,
                    struct error *err)
{
	struct node_time node = {0};
	struct work work = {.summary = summary, .node = &node};
	const struct dataset *const dataset = summary->dataset;
	node.trials = calloc(summary->trial_count + 1, sizeof *node.trials);
	node.levels = calloc(summary->level_count + 1, sizeof *node.levels);
	work.cpus = calloc(dataset->level_count + 1, sizeof *work.cpus);
	work.scratch = calloc(dataset->sample_count + 1, sizeof *work.scratch);
	work.counts = calloc(summary->trial_count + 1, sizeof *work.counts);
	work.sums = calloc(summary->trial_count + 1, sizeof *work.sums);
	int r = find_ranges(dataset, &node, err);
	if (r == 0 && (!node.trials || !node.levels || !work.cpus || !work.scratch ||
	               !work.counts || !work.sums))
		r = error_memory(err);
	if (r == 0)
		build(&work);
	free(work.cpus);
	free(work.scratch);
	free(work.counts);
	free(work.sums);
	if (r < 0) {
		node_time_release(&node);
		return r;
	}
	*ret_node_time = node;
	return 0;
}

void node_time_release(struct node_time *node_time)
{
	if (!node_time)
		return;
	free(node_time->trials);
	free(node_time->levels);
	free(node_time->ranges);
	*node_time = (struct node_time){0};
}

const struct node_figure_kind node_figure_kinds[NODE_FIGURES] = {
        [NODE_ENERGY_PER_TASK] = {"energy_per_task_j", "sensor_energy"},
        [NODE_POWER] = {"power_w", "sensor_energy"},
        [NODE_DRAM_POWER] = {"dram_power_w", "sensor_energy"},
        [NODE_TEMPERATURE] = {"temperature_c", "sensor_temperature"},
        [NODE_CLOCK_MEDIAN] = {"cpu_clock_hz", "sensor_cpu_clock"},
        [NODE_CLOCK_LOW] = {"cpu_clock_p5_hz", "sensor_cpu_clock"},
        [NODE_SAID_MEDIAN] = {"kernel_frequency_hz", "sensor_cpu_frequency"},
        [NODE_SAID_LOW] = {"kernel_frequency_p5_hz", "sensor_cpu_frequency"},
        [NODE_CORE_THROTTLES] = {"core_throttle_events", "sensor_throttle"},
        [NODE_PACKAGE_THROTTLES] = {"package_throttle_events", "sensor_throttle"},
        [NODE_STEAL] = {"cpu_steal_share", "sensor_cpu_time"},
        [NODE_CPU_BUSY] = {"cpu_busy_share", "sensor_cpu_time"},
        [NODE_MEMORY_LEAST] = {"memory_available_least_bytes", "sensor_memory"},
};
