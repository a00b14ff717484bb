#include "analyse/printed.h"

#include "analyse/quantile.h"
#include "analyse/summary_parts.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "formats/scenario/scenario_json.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Room for the tasks of a level, and for a figure of every trial. */
struct room {
	struct weighted_value *values;
	double *means;
};

/* The figure's values in a trial, from items on; *ret_without grows by the tasks that lack it.
 * Returns how many. */
static size_t collect(const struct summary *summary, const struct trial_summary *trial,
                      size_t figure, struct weighted_value *items, size_t *ret_without)
{
	size_t count = 0;
	for (size_t i = 0; i < trial->task_count; i++) {
		const struct task_record *const task = &trial->tasks[i];
		const double v = summary_task_weight(trial, task);
		if (!task_state_is_success(task->state) || !(v > 0))
			continue;
		const size_t index = (size_t)(task - summary->dataset->tasks);
		const double value = dataset_figure(summary->dataset, index, figure);
		if (isfinite(value))
			items[count++] = (struct weighted_value){value, v};
		else
			(*ret_without)++;
	}
	return count;
}

/* N times the mean: as many tasks as the level has, each at the mean rate. */
static struct estimate total_of(const struct estimate *mean, const struct printed_unit *unit,
                                uint32_t concurrency)
{
	if (!unit->is_rate)
		return estimate_absent("it is no rate: it does not add up over tasks");
	struct estimate total = *mean;
	total.value *= concurrency;
	total.low *= concurrency;
	total.high *= concurrency;
	return total;
}

/* What has a unit is a quantity above 0, whose trials differ by factors, as throughputs do; a bare
 * number may be 0 or negative. */
static struct estimate over_trials(const struct printed_unit *unit, const double *means,
                                   size_t trials)
{
	bool is_positive = unit->symbol[0];
	for (size_t i = 0; i < trials; i++)
		is_positive = is_positive && means[i] > 0;
	if (trials == 0)
		return estimate_absent("no successful task of this level printed it");
	return is_positive ? estimate_geometric(means, trials) : estimate_arithmetic(means, trials);
}

static struct printed_level measure(const struct summary *summary, size_t level, size_t figure,
                                    const struct printed_unit *unit, const struct room *room)
{
	static const double ps[] = {0.05, 0.5, 0.95};
	struct printed_level found = {.pooled_mean = NAN, .median = NAN, .p5 = NAN, .p95 = NAN};
	size_t trials = 0;
	for (const struct trial_summary *trial = summary->levels[level].first; trial;
	     trial = trial->next) {
		if (!summary_trial_is_used(trial, level))
			continue;
		struct weighted_value *const own = room->values + found.tasks;
		const size_t count = collect(summary, trial, figure, own, &found.without);
		if (count > 0)
			room->means[trials++] = quantile_weighted_mean(own, count);
		found.tasks += count;
	}
	found.mean = over_trials(unit, room->means, trials);
	found.total = total_of(&found.mean, unit, summary->levels[level].level->concurrency);
	if (found.tasks == 0)
		return found;
	double quantiles[3];
	quantile_sort(room->values, found.tasks);
	quantiles_weighted(room->values, found.tasks, ps, 3, quantiles);
	found.pooled_mean = quantile_weighted_mean(room->values, found.tasks);
	found.p5 = quantiles[0];
	found.median = quantiles[1];
	found.p95 = quantiles[2];
	return found;
}

static int build(const struct summary *summary, struct printed_findings *findings,
                 struct error *err)
{
	const struct words *const names = &summary->dataset->figure_names;
	cleanup_free struct weighted_value *values =
	        calloc(summary->dataset->task_count + 1, sizeof *values);
	cleanup_free double *means = calloc(summary->trial_count + 1, sizeof *means);
	findings->items = calloc(names->count + 1, sizeof *findings->items);
	if (!values || !means || !findings->items)
		return error_memory(err);
	const struct room room = {values, means};
	for (size_t f = 0; f < names->count; f++) {
		struct printed_figure *const figure = &findings->items[findings->count++];
		figure->name = names->items[f];
		figure->unit = printed_unit_of(figure->name);
		figure->levels = calloc(summary->level_count + 1, sizeof *figure->levels);
		if (!figure->levels)
			return error_memory(err);
		for (size_t i = 0; i < summary->level_count; i++)
			figure->levels[i] = measure(summary, i, f, figure->unit, &room);
	}
	return 0;
}

static int by_rank(const void *a, const void *b)
{
	const struct printed_figure *const x = a;
	const struct printed_figure *const y = b;
	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	return strcmp(x->name, y->name);
}

/* In the order in which the scenario names them, as far as it can be read: what it names first is
 * what its author looks at first. */
static int sort(const struct dataset *dataset, struct printed_findings *findings, struct error *err)
{
	cleanup_scenario struct scenario scenario = {0};
	const char *const json = dataset->run.scenario_json;
	const int r = json ? scenario_json_read(json, &scenario, err) : 0;
	const struct words *const names = &scenario.task.figures.names;
	if (r == -ENOMEM)
		return r;
	for (size_t f = 0; f < findings->count; f++) {
		struct printed_figure *const figure = &findings->items[f];
		while (figure->rank < names->count &&
		       strcmp(names->items[figure->rank], figure->name) != 0)
			figure->rank++;
	}
	qsort(findings->items, findings->count, sizeof *findings->items, by_rank);
	return 0;
}

int printed_build(const struct summary *summary, struct printed_findings *ret_findings,
                  struct error *err)
{
	struct printed_findings findings = {0};
	int r = build(summary, &findings, err);
	if (r == 0)
		r = sort(summary->dataset, &findings, err);
	if (r < 0) {
		printed_release(&findings);
		return r;
	}
	*ret_findings = findings;
	return 0;
}

void printed_release(struct printed_findings *findings)
{
	if (!findings)
		return;
	for (size_t i = 0; i < findings->count; i++)
		free(findings->items[i].levels);
	free(findings->items);
	*findings = (struct printed_findings){0};
}
