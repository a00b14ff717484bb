#include "analyse/campaign/portrait.h"

#include "analyse/quantile.h"
#include "core/array.h"
#include "core/error.h"

#include <math.h>
#include <stdlib.h>

/* Cells of a picture, along each axis, and up to how many points nothing is thinned; stretches of a
 * covariate, and the fewest tasks that one needs for quantiles. */
enum { ACROSS = 125, UP = 75, PLAIN_POINTS = 1200, STRETCHES = 24, LEAST_TASKS = 20, BINS = 48 };

static double seconds(int64_t ns)
{
	return ns == RECORD_ABSENT ? (double)NAN : (double)ns * 1e-9;
}

static double figure_of(const struct campaign_task *task, enum campaign_figure figure)
{
	switch (figure) {
	case CAMPAIGN_WALL:
		return seconds(task->wall_ns);
	case CAMPAIGN_CPU:
		return seconds(task->cpu_ns);
	case CAMPAIGN_MAX_RSS:
		return task->max_rss_bytes == RECORD_ABSENT ? (double)NAN
		                                            : (double)task->max_rss_bytes;
	case CAMPAIGN_EFFICIENCY:
	case CAMPAIGN_FIGURES:
		break;
	}
	const double cores = task->cores > 0 ? task->cores : 1;
	return seconds(task->cpu_ns) / (seconds(task->wall_ns) * cores);
}

/* ---- A distribution ------------------------------------------------------------------------- */

int portrait_histogram(const struct campaign_spread *spread,
                       struct portrait_histogram *ret_histogram, struct error *err)
{
	struct portrait_histogram h = {0};
	if (spread->n == 0 || !spread->sorted) {
		*ret_histogram = h;
		return 0;
	}
	const double far = spread->min + 2 * (spread->p99 - spread->min);
	const double to = spread->max > far && far > spread->min ? far : spread->max;
	h.from = spread->min;
	/* What differs by nothing is one bin. */
	h.count = to > h.from ? BINS : 1;
	h.width = to > h.from ? (to - h.from) / BINS : fmax(fabs(h.from) * 0.02, 1e-9);
	h.tasks = calloc(h.count, sizeof *h.tasks);
	if (!h.tasks)
		return error_memory(err);
	for (size_t i = 0; i < spread->n; i++) {
		const double at = floor((spread->sorted[i] - h.from) / h.width);
		if (spread->sorted[i] > to)
			h.beyond++;
		else
			h.tasks[at < 0 ? 0 : at < (double)h.count ? (size_t)at : h.count - 1]++;
	}
	*ret_histogram = h;
	return 0;
}

void portrait_histogram_release(struct portrait_histogram *histogram)
{
	if (!histogram)
		return;
	free(histogram->tasks);
	*histogram = (struct portrait_histogram){0};
}

/* ---- Against a covariate -------------------------------------------------------------------- */

/* All points of one type. */
struct points {
	double *x;
	double *y;
	size_t count;
	double x_least, x_most, y_least, y_most;
};

static void points_release(struct points *points)
{
	free(points->x);
	free(points->y);
}

static int collect(const struct campaign *campaign, const struct campaign_type_needs *needs,
                   const struct campaign_relation *relation, struct points *points,
                   struct error *err)
{
	const double *const values = campaign->covariates[relation->covariate].values;
	const size_t most = needs->attempts;
	points->x = calloc(most + 1, sizeof *points->x);
	points->y = calloc(most + 1, sizeof *points->y);
	if (!points->x || !points->y)
		return error_memory(err);
	for (size_t i = 0; values && i < campaign->task_count && points->count < most; i++) {
		const struct campaign_task *const task = &campaign->tasks[i];
		if (task->type != needs->type || !campaign_task_is_done(task))
			continue;
		const double y = figure_of(task, relation->figure);
		if (!isfinite(y) || !isfinite(values[i]))
			continue;
		points->x[points->count] = values[i];
		points->y[points->count] = y;
		const bool is_first = points->count++ == 0;
		points->x_least = is_first ? values[i] : fmin(points->x_least, values[i]);
		points->x_most = is_first ? values[i] : fmax(points->x_most, values[i]);
		points->y_least = is_first ? y : fmin(points->y_least, y);
		points->y_most = is_first ? y : fmax(points->y_most, y);
	}
	return 0;
}

/* Which of `cells` a value is in; those at the upper end are in the last. */
static size_t cell_of(double value, double least, double most, size_t cells)
{
	const double share = most > least ? (value - least) / (most - least) : 0;
	const double at = floor(share * (double)cells);
	return at < 0 ? 0 : at < (double)cells ? (size_t)at : cells - 1;
}

/* Keeps of every cell the point with the largest y; what is kept moves to the front. */
static int thin(struct points *points, struct error *err)
{
	size_t *const best = calloc((size_t)ACROSS * UP, sizeof *best); /* index + 1; 0: none */
	if (!best)
		return error_memory(err);
	for (size_t i = 0; i < points->count; i++) {
		size_t *const cell =
		        &best[cell_of(points->x[i], points->x_least, points->x_most, ACROSS) * UP +
		              cell_of(points->y[i], points->y_least, points->y_most, UP)];
		if (*cell == 0 || points->y[i] > points->y[*cell - 1])
			*cell = i + 1;
	}
	bool *const is_kept = calloc(points->count, sizeof *is_kept);
	for (size_t c = 0; is_kept && c < (size_t)ACROSS * UP; c++)
		if (best[c] > 0)
			is_kept[best[c] - 1] = true;
	free(best);
	if (!is_kept)
		return error_memory(err);
	size_t kept = 0;
	for (size_t i = 0; i < points->count; i++)
		if (is_kept[i]) {
			points->x[kept] = points->x[i];
			points->y[kept++] = points->y[i];
		}
	points->count = kept;
	free(is_kept);
	return 0;
}

static struct portrait_stretch measure_stretch(struct weighted_value *items, size_t count, double x)
{
	static const double ps[] = {0.05, 0.25, 0.5, 0.75, 0.95};
	double q[ARRAY_LENGTH(ps)];
	quantile_sort(items, count);
	quantiles_weighted(items, count, ps, ARRAY_LENGTH(ps), q);
	return (struct portrait_stretch){.x = x,
	                                 .p5 = q[0],
	                                 .q1 = q[1],
	                                 .p50 = q[2],
	                                 .q3 = q[3],
	                                 .p95 = q[4],
	                                 .tasks = count};
}

/* Quantiles of y in stretches of x, each of a width. */
static int measure_stretches(const struct points *points, struct portrait_scatter *scatter,
                             struct error *err)
{
	size_t begins[STRETCHES + 1] = {0};
	size_t next[STRETCHES];
	struct weighted_value *const items = calloc(points->count + 1, sizeof *items);
	scatter->stretches = calloc(STRETCHES, sizeof *scatter->stretches);
	if (!items || !scatter->stretches) {
		free(items);
		return error_memory(err);
	}
	for (size_t i = 0; i < points->count; i++)
		begins[cell_of(points->x[i], points->x_least, points->x_most, STRETCHES) + 1]++;
	for (size_t s = 0; s < STRETCHES; s++) {
		begins[s + 1] += begins[s];
		next[s] = begins[s];
	}
	for (size_t i = 0; i < points->count; i++)
		items[next[cell_of(points->x[i], points->x_least, points->x_most, STRETCHES)]++] =
		        (struct weighted_value){points->y[i], 1};
	const double width = (points->x_most - points->x_least) / STRETCHES;
	for (size_t s = 0; s < STRETCHES; s++) {
		const size_t count = begins[s + 1] - begins[s];
		if (count >= LEAST_TASKS)
			scatter->stretches[scatter->stretch_count++] =
			        measure_stretch(items + begins[s], count,
			                        points->x_least + ((double)s + 0.5) * width);
	}
	free(items);
	return 0;
}

int portrait_scatter(const struct requirements *requirements,
                     const struct campaign_type_needs *needs,
                     const struct campaign_relation *relation, struct portrait_scatter *ret_scatter,
                     struct error *err)
{
	struct points points = {0};
	struct portrait_scatter scatter = {0};
	int r = collect(requirements->campaign, needs, relation, &points, err);
	scatter.tasks = points.count;
	if (r == 0 && points.count > PLAIN_POINTS)
		r = measure_stretches(&points, &scatter, err);
	if (r == 0 && points.count > PLAIN_POINTS) {
		scatter.is_thinned = true;
		r = thin(&points, err);
	}
	if (r < 0) {
		points_release(&points);
		portrait_scatter_release(&scatter);
		return r;
	}
	scatter.x = points.x;
	scatter.y = points.y;
	scatter.count = points.count;
	*ret_scatter = scatter;
	return 0;
}

void portrait_scatter_release(struct portrait_scatter *scatter)
{
	if (!scatter)
		return;
	free(scatter->x);
	free(scatter->y);
	free(scatter->stretches);
	*scatter = (struct portrait_scatter){0};
}
