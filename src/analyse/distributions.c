#include "analyse/distributions.h"

#include "analyse/distributions_parts.h"
#include "analyse/quantile.h"
#include "core/error.h"
#include "core/parallel.h"

#include <math.h>
#include <stdlib.h>

const char *const figure_kind_names[FIGURE_KINDS] = {
        [FIGURE_WALL_S] = "wall_s",
        [FIGURE_FREQUENCY_HZ] = "frequency_hz",
        [FIGURE_OFF_CPU_S] = "off_cpu_s",
        [FIGURE_CYCLES] = "cycles",
        [FIGURE_MAX_RSS_BYTES] = "max_rss_bytes",
        [FIGURE_PEAK_RSS_BYTES] = "peak_rss_bytes",
        [FIGURE_PEAK_PSS_BYTES] = "peak_pss_bytes",
        [FIGURE_CGROUP_PEAK_BYTES] = "cgroup_peak_bytes",
        [FIGURE_IO_BYTES] = "io_bytes",
};

/* Bins reach no farther than this many interquartile ranges beyond the quartiles: a few tasks that
 * stand apart do not press all others into one bin. */
#define FENCE 4.0

/* Why a level does not have a figure. */
static const char *absent_reason(const struct level_summary *level, bool is_imported,
                                 enum figure_kind kind)
{
	if (level->reason)
		return level->reason;
	if (level->is_stated)
		return "only figures of the whole level are stated";
	if (level->wall_s.tasks == 0)
		return "no task of this level succeeded";
	if (is_imported &&
	    (kind == FIGURE_MAX_RSS_BYTES || kind == FIGURE_IO_BYTES || kind == FIGURE_CYCLES))
		return "the imported files do not have it";
	switch (kind) {
	case FIGURE_FREQUENCY_HZ:
		return level->frequency_hz.reason
		               ? level->frequency_hz.reason
		               : "no task counted cycles over enough CPU time of its own";
	case FIGURE_OFF_CPU_S:
		return level->off_cpu_s.reason ? level->off_cpu_s.reason
		                               : "no task of this level has its CPU time";
	case FIGURE_CYCLES:
		return "no task of this level counted cycles";
	case FIGURE_MAX_RSS_BYTES:
		return "tasks are smaller than plateau itself, whose memory the kernel counts to "
		       "each of them";
	case FIGURE_PEAK_RSS_BYTES:
		return level->peak_rss_bytes.reason;
	case FIGURE_PEAK_PSS_BYTES:
		return level->peak_pss_bytes.reason;
	case FIGURE_CGROUP_PEAK_BYTES:
		return level->cgroup_peak_bytes.reason;
	case FIGURE_IO_BYTES:
		return "the kernel did not say what tasks read and wrote";
	default:
		return "no task of this level has it";
	}
}

/* Puts a level's tasks that have the figure into items, sorted; returns how many. */
static size_t sort_figure(const struct task_columns *columns, size_t level, enum figure_kind kind,
                          struct weighted_value *items)
{
	size_t count = 0;
	for (size_t i = columns->level_first[level]; i < columns->level_first[level + 1]; i++)
		if (isfinite(columns->figures[kind][i]))
			items[count++] = (struct weighted_value){columns->figures[kind][i],
			                                         columns->weight[i]};
	quantile_sort(items, count);
	return count;
}

void distribution_describe(const struct weighted_value *items, size_t count,
                           struct distribution *distribution)
{
	double steps[DISTRIBUTION_STEPS];
	for (size_t i = 0; i < DISTRIBUTION_STEPS; i++)
		steps[i] = (double)i / (DISTRIBUTION_STEPS - 1);
	double *const q = distribution->quantiles;
	quantiles_weighted(items, count, steps, DISTRIBUTION_STEPS, q);
	distribution->mean = quantile_weighted_mean(items, count);
	const double cv = quantile_weighted_cv(items, count);
	distribution->sd = isnan(cv) ? 0 : cv * fabs(distribution->mean);
	distribution->least = items[0].value;
	distribution->p5 = q[5];
	distribution->q1 = q[25];
	distribution->median = q[50];
	distribution->q3 = q[75];
	distribution->p95 = q[95];
	distribution->most = items[count - 1].value;
}

void distribution_make_absent(struct distribution *distribution, const char *reason)
{
	const size_t left_out = distribution->left_out;
	*distribution = (struct distribution){.mean = NAN,
	                                      .sd = NAN,
	                                      .least = NAN,
	                                      .p5 = NAN,
	                                      .q1 = NAN,
	                                      .median = NAN,
	                                      .q3 = NAN,
	                                      .p95 = NAN,
	                                      .most = NAN,
	                                      .left_out = left_out,
	                                      .reason = reason};
	for (size_t i = 0; i < DISTRIBUTION_STEPS; i++)
		distribution->quantiles[i] = NAN;
}

/* The range of the bins: of all levels, within the fences. */
void distribution_find_range(struct distribution_kind *kind, size_t level_count)
{
	double low = NAN;
	double high = NAN;
	double low_fence = NAN;
	double high_fence = NAN;
	for (size_t i = 0; i < level_count; i++) {
		const struct distribution *const d = &kind->levels[i];
		if (d->tasks == 0)
			continue;
		const double reach = FENCE * (d->q3 - d->q1);
		low = fmin(low, d->least);
		high = fmax(high, d->most);
		low_fence = fmin(low_fence, d->q1 - reach);
		high_fence = fmax(high_fence, d->q3 + reach);
	}
	kind->from = fmax(low, low_fence);
	kind->to = fmin(high, high_fence);
	if (kind->to > kind->from || isnan(low))
		return;
	/* All tasks the same: the bins are around them. */
	const double around = low != 0 ? 0.01 * fabs(low) : 0.5;
	kind->from = low - around;
	kind->to = low + around;
}

void distribution_fill_bins(const struct distribution_kind *kind,
                            const struct weighted_value *items, size_t count,
                            struct distribution *distribution)
{
	double total = 0;
	const double scale = DISTRIBUTION_BINS / (kind->to - kind->from);
	for (size_t i = 0; i < count; i++) {
		const double x = items[i].value;
		total += items[i].weight;
		if (x < kind->from) {
			distribution->below += items[i].weight;
		} else if (x > kind->to) {
			distribution->above += items[i].weight;
		} else {
			const size_t bin = (size_t)((x - kind->from) * scale);
			distribution->bins[bin < DISTRIBUTION_BINS ? bin : DISTRIBUTION_BINS - 1] +=
			        items[i].weight;
		}
	}
	for (size_t b = 0; b < DISTRIBUTION_BINS; b++)
		distribution->bins[b] /= total;
	distribution->below /= total;
	distribution->above /= total;
}

/* One figure at every level. items has room for every row of the columns. */
static void measure_kind(const struct summary *summary, const struct task_columns *columns,
                         enum figure_kind which, struct weighted_value *items,
                         struct distribution_kind *kind)
{
	for (size_t i = 0; i < summary->level_count; i++) {
		struct distribution *const d = &kind->levels[i];
		const size_t first = columns->level_first[i];
		const size_t all = columns->level_first[i + 1] - first;
		d->tasks = sort_figure(columns, i, which, items + first);
		d->left_out = all - d->tasks;
		/* Tasks without max RSS are the smallest ones: what is left says nothing. */
		if (d->tasks == 0 || (which == FIGURE_MAX_RSS_BYTES && d->left_out > 0))
			distribution_make_absent(d, absent_reason(&summary->levels[i],
			                                          summary->dataset->run.imported,
			                                          which));
		else
			distribution_describe(items + first, d->tasks, d);
	}
	distribution_find_range(kind, summary->level_count);
	for (size_t i = 0; i < summary->level_count; i++)
		if (kind->levels[i].tasks > 0)
			distribution_fill_bins(kind, items + columns->level_first[i],
			                       kind->levels[i].tasks, &kind->levels[i]);
}

/* Each part is worked out by itself, and on large results several at once. */
struct building {
	const struct summary *summary;
	const struct task_columns *columns;
	struct distributions *distributions;
	struct weighted_value *items; /* for every worker, as many as the columns have rows */
	int results[FIGURE_KINDS + 3];
	struct error errors[FIGURE_KINDS + 3];
};

static int build_kind(const struct building *b, size_t which, struct weighted_value *items,
                      struct error *err)
{
	struct distribution_kind *const kind = &b->distributions->kinds[which];
	const size_t levels = b->summary->level_count;
	kind->levels = calloc(levels ? levels : 1, sizeof *kind->levels);
	if (!kind->levels)
		return error_memory(err);
	measure_kind(b->summary, b->columns, (enum figure_kind)which, items, kind);
	return 0;
}

static void build_part(void *building, size_t part, size_t worker)
{
	struct building *const b = building;
	struct error *const err = &b->errors[part];
	int r;
	/* What takes longest begins first. */
	if (part == 0)
		r = places_measure(b->summary, b->columns, b->distributions, err);
	else if (part == 1)
		r = correlation_measure(b->summary, b->columns, b->distributions, err);
	else if (part == 2)
		r = outliers_find(b->summary, b->columns, b->distributions, err);
	else
		r = build_kind(b, part - 3, b->items + worker * b->columns->count, err);
	b->results[part] = r;
}

static int build_parts(const struct summary *summary, const struct task_columns *columns,
                       struct distributions *distributions, struct error *err)
{
	struct building b = {
	        .summary = summary, .columns = columns, .distributions = distributions};
	const size_t workers = parallel_workers(columns->count);
	b.items = malloc((columns->count ? columns->count : 1) * workers * sizeof *b.items);
	if (!b.items)
		return error_memory(err);
	parallel_for(FIGURE_KINDS + 3, workers, build_part, &b);
	free(b.items);
	for (size_t part = 0; part < FIGURE_KINDS + 3; part++)
		if (b.results[part] < 0) {
			*err = b.errors[part];
			return b.results[part];
		}
	return timelines_make(summary, distributions, err);
}

int distributions_build(const struct summary *summary, struct distributions *ret_distributions,
                        struct error *err)
{
	struct distributions distributions = {0};
	struct task_columns columns cleanup_task_columns = {0};
	int r = task_columns_build(summary, &columns, err);
	distributions.cycles_event = columns.cycles_event;
	distributions.misses_event = columns.misses_event;
	if (r == 0)
		r = build_parts(summary, &columns, &distributions, err);
	if (r < 0) {
		distributions_release(&distributions);
		return error_context(err, r, "working out distributions");
	}
	*ret_distributions = distributions;
	return 0;
}

void distributions_release(struct distributions *distributions)
{
	if (!distributions)
		return;
	for (size_t k = 0; k < FIGURE_KINDS; k++)
		free(distributions->kinds[k].levels);
	free(distributions->outliers);
	free(distributions->cycles_misses.points);
	free(distributions->cycles_misses.text);
	for (size_t k = 0; k < PLACE_KINDS; k++)
		free(distributions->places[k].items);
	for (size_t i = 0; i < distributions->timeline_count; i++)
		free(distributions->timelines[i].tasks);
	free(distributions->timelines);
	*distributions = (struct distributions){0};
}
