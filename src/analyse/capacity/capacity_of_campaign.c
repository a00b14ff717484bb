/* From a campaign: what tasks of one type took, as a statistic or as a line against visits. */
#include "analyse/capacity/capacity_sources.h"
#include "analyse/capacity/capacity_sources_parts.h"

#include "analyse/campaign/campaign_fit.h"
#include "analyse/estimate.h"
#include "analyse/quantile.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/number.h"
#include "core/str.h"

#include <errno.h>
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* What of a task is taken. */
enum part { PART_CPU, PART_MAX_RSS };

static const char *const part_names[] = {"CPU time", "max RSS"};

/* Of tasks of one type that are done, or may be, and have the figure. */
struct sample {
	double *values; /* s or bytes */
	double *x;      /* of the covariate, less the visits that are asked about; NULL: none */
	size_t count;
	double x_least;
	double x_most;
};

static void release_sample(struct sample *sample)
{
	free(sample->values);
	free(sample->x);
}

#define cleanup_sample __attribute__((cleanup(release_sample)))

static double value_of(const struct campaign_task *task, enum part part)
{
	const int64_t value = part == PART_CPU ? task->cpu_ns : task->max_rss_bytes;
	if (value == RECORD_ABSENT)
		return NAN;
	return part == PART_CPU ? (double)value / 1e9 : (double)value;
}

/* covariate NULL: every task that has the figure. */
static int take_sample(const struct campaign *campaign, uint32_t type, enum part part,
                       const struct campaign_covariate *covariate, double visits,
                       struct sample *sample, struct error *err)
{
	size_t most = 1;
	for (size_t i = 0; i < campaign->task_count; i++)
		most += campaign->tasks[i].type == type;
	sample->values = calloc(most, sizeof *sample->values);
	sample->x = covariate ? calloc(most, sizeof *sample->x) : NULL;
	if (!sample->values || (covariate && !sample->x))
		return error_memory(err);
	sample->x_least = INFINITY;
	sample->x_most = -INFINITY;
	for (size_t i = 0; i < campaign->task_count; i++) {
		const struct campaign_task *const task = &campaign->tasks[i];
		if (task->type != type || !campaign_task_is_done(task))
			continue;
		const double value = value_of(task, part);
		const double x = covariate ? covariate->values[i] : 0;
		if (isnan(value) || isnan(x))
			continue;
		if (covariate)
			sample->x[sample->count] = x - visits;
		sample->values[sample->count++] = value;
		sample->x_least = fmin(sample->x_least, x);
		sample->x_most = fmax(sample->x_most, x);
	}
	return 0;
}

/* What is asked of the campaign for one part of a task. */
struct request {
	enum part part;
	enum capacity_statistic statistic;
	const char *type;
	double visits; /* that a line is taken at; NAN: they are not said */
};

/* ---- Statistics ------------------------------------------------------------------------------ */

/* The rank (from 1) from which at most p of a binomial distribution lies below. */
static size_t binomial_rank(size_t count, double quantile, double p)
{
	size_t low = 0;
	size_t high = count;
	/* The least k with P(B <= k) >= p. */
	while (low < high) {
		const size_t k = (low + high) / 2;
		if (gsl_cdf_binomial_P((unsigned)k, quantile, (unsigned)count) >= p)
			high = k;
		else
			low = k + 1;
	}
	return low;
}

/* A quantile with the interval between two order statistics (Hahn and Meeker, Statistical
 * Intervals, 1991, section 5.2): how many of n values lie below the true quantile is binomial. */
static struct capacity_figure quantile_of(const struct sample *sample, double p)
{
	const size_t n = sample->count;
	struct capacity_figure figure = capacity_figure_of(NAN);
	cleanup_free struct weighted_value *items = calloc(n + 1, sizeof *items);
	if (!items)
		return figure;
	for (size_t i = 0; i < n; i++)
		items[i] = (struct weighted_value){sample->values[i], 1};
	quantile_sort(items, n);
	figure.value = quantile_weighted(items, n, p);
	figure.n = n;
	if (p >= 1)
		return figure;
	/* Ranks l and u with P(l <= B < u) >= 0.95, half of the rest on either side. */
	const size_t low = binomial_rank(n, p, 0.025);
	const size_t high = binomial_rank(n, p, 0.975) + 1;
	if (low >= 1 && high <= n) {
		figure.low = items[low - 1].value;
		figure.high = items[high - 1].value;
	}
	return figure;
}

static struct capacity_figure mean_of(const struct sample *sample)
{
	const struct estimate e = estimate_arithmetic(sample->values, sample->count);
	struct capacity_figure figure = capacity_figure_of(e.value);
	figure.n = sample->count;
	if (estimate_has_interval(&e)) {
		figure.low = fmax(e.low, 0);
		figure.high = e.high;
	}
	return figure;
}

static const double quantiles[CAPACITY_STATISTICS] = {
        [CAPACITY_P50] = 0.5,
        [CAPACITY_P95] = 0.95,
        [CAPACITY_P99] = 0.99,
        [CAPACITY_MAX] = 1,
};

static int take_statistic(const struct sample *sample, enum capacity_statistic statistic,
                          const char *path, const char *type, struct capacity_need *need,
                          struct error *err)
{
	const struct capacity_figure figure = statistic == CAPACITY_MEAN
	                                              ? mean_of(sample)
	                                              : quantile_of(sample, quantiles[statistic]);
	if (isnan(figure.value))
		return error_memory(err);
	const int r = str_format(&need->origin, err, "%s of %zu %s %s of %s",
	                         capacity_statistic_names[statistic], sample->count, type,
	                         number_noun(sample->count, "task", "tasks"), path);
	if (r == 0)
		need->at = figure;
	return r;
}

/* ---- Lines ----------------------------------------------------------------------------------- */

static const enum campaign_fit_kind kinds[CAPACITY_STATISTICS] = {
        [CAPACITY_LINEAR] = CAMPAIGN_FIT_LINEAR,
        [CAPACITY_ROBUST] = CAMPAIGN_FIT_ROBUST,
        [CAPACITY_ENVELOPE] = CAMPAIGN_FIT_QUANTILE,
        [CAPACITY_ENVELOPE_MAXIMA] = CAMPAIGN_FIT_MAXIMA,
};

static int find_covariate(const struct campaign *campaign, const char *name, const char *path,
                          const struct campaign_covariate **ret_covariate, struct error *err)
{
	cleanup_str struct str known = {0};
	for (size_t i = 0; i < campaign->covariate_count; i++) {
		const struct campaign_covariate *const covariate = &campaign->covariates[i];
		if (covariate->is_label)
			continue;
		if (strcasecmp(covariate->name, name) == 0) {
			*ret_covariate = covariate;
			return 0;
		}
		str_addf(&known, "%s%s", known.length > 0 ? ", " : "", covariate->name);
	}
	if (known.length == 0)
		return error_set(err, EINVAL, "%s has no column of numbers to draw a line against",
		                 path);
	return error_set(err, EINVAL, "%s has no column %s; write covariate: with one of %s", path,
	                 name, str_text(&known));
}

static int remark_reach(struct capacity *capacity, const struct sample *sample, const char *path,
                        const struct request *request, struct error *err)
{
	if (request->visits >= sample->x_least && request->visits <= sample->x_most)
		return 0;
	return words_addf(&capacity->remarks, err,
	                  "The %s of %s is taken at %.4g visits, and %s has tasks of %.4g to %.4g: "
	                  "the line is drawn out beyond what it was fitted to.",
	                  part_names[request->part], request->type, request->visits, path,
	                  sample->x_least, sample->x_most);
}

/* The line is fitted with x counted from the visits that are asked about, so that the intercept's
 * interval is that of the line there: slope and intercept apart would say too much. */
static int take_line(struct capacity *capacity, const struct sample *sample,
                     const struct request *request, const char *path, struct capacity_need *need,
                     struct error *err)
{
	struct campaign_fit fits[CAMPAIGN_FITS];
	int r = campaign_fit(sample->x, sample->values, sample->count, 0.95, fits, err);
	if (r < 0)
		return r;
	const struct campaign_fit *const fit = &fits[kinds[request->statistic]];
	if (fit->points == 0 || !estimate_has_value(&fit->intercept))
		return error_set(err, EINVAL, "%s: no line for the %s of %s: %s", path,
		                 part_names[request->part], request->type,
		                 fit->reason ? fit->reason : "too few tasks");
	r = str_format(&need->origin, err, "%s line through %zu %s tasks of %s, at %.4g visits",
	               capacity_statistic_names[request->statistic], sample->count, request->type,
	               path, request->visits);
	if (r == 0)
		r = remark_reach(capacity, sample, path, request, err);
	if (r < 0)
		return r;
	need->at = capacity_figure_of(fmax(fit->intercept.value, 0));
	need->at.n = sample->count;
	if (estimate_has_interval(&fit->intercept)) {
		need->at.low = fmax(fit->intercept.low, 0);
		need->at.high = fit->intercept.high;
	}
	need->slope = fit->slope.value;
	return 0;
}

/* ---- Tasks ----------------------------------------------------------------------------------- */

static int find_type(const struct campaign *campaign, const char *name, const char *path,
                     uint32_t *ret_type, struct error *err)
{
	for (size_t i = 0; i < campaign->types.count; i++)
		if (strcmp(campaign->types.items[i], name) == 0) {
			*ret_type = (uint32_t)i;
			return 0;
		}
	const char *const near = campaign->types.count > 0
	                                 ? str_nearest(name, campaign->types.items,
	                                               campaign->types.count, sizeof(char *))
	                                 : NULL;
	if (near)
		return error_set(err, EINVAL, "%s has no tasks of type %s; did you mean type: %s?",
		                 path, name, near);
	cleanup_str struct str known = {0};
	for (size_t i = 0; i < campaign->types.count; i++)
		str_addf(&known, "%s%s", i > 0 ? ", " : "", campaign->types.items[i]);
	return error_set(err, EINVAL, "%s has no tasks of type %s; from.type is one of %.200s%s",
	                 path, name, str_text(&known), known.length > 200 ? "..." : "");
}

static struct request request_of(const struct capacity *capacity, const struct capacity_task *task,
                                 const struct capacity_source *source, enum part part)
{
	const struct capacity_visits *const visits =
	        task->visits >= 0 ? &capacity->visits[task->visits] : NULL;
	struct request request = {part, CAPACITY_MEAN, capacity_type_of(task, source), NAN};
	if (part == PART_CPU) {
		request.statistic = source->has_cpu ? source->cpu : CAPACITY_MEAN;
		request.visits = visits ? visits->mean.value : (double)NAN;
	} else {
		request.statistic = source->has_max_rss ? source->max_rss : CAPACITY_MAX;
		request.visits = visits ? visits->max.value : (double)NAN;
	}
	return request;
}

static int take_part(const struct campaign *campaign, const char *path,
                     const struct capacity_source *source, struct capacity *capacity,
                     const struct request *request, struct capacity_need *need, struct error *err)
{
	const bool is_line = request->statistic >= CAPACITY_LINEAR;
	const struct campaign_covariate *covariate = NULL;
	cleanup_sample struct sample sample = {0};
	uint32_t type = 0;
	int r = find_type(campaign, request->type, path, &type, err);
	if (r == 0 && is_line && isnan(request->visits))
		r = error_set(err, EINVAL,
		              "a line needs visits to be taken at; write for example visits: "
		              "{mean: 17.9, max: 54}");
	if (r == 0 && is_line)
		r = find_covariate(campaign, source->covariate ? source->covariate : "visits", path,
		                   &covariate, err);
	if (r == 0)
		r = take_sample(campaign, type, request->part, covariate, request->visits, &sample,
		                err);
	if (r == 0 && sample.count == 0)
		r = error_set(err, EINVAL, "%s has no %s of a %s task that is done; write it here",
		              path, part_names[request->part], request->type);
	if (r < 0)
		return r;
	return is_line ? take_line(capacity, &sample, request, path, need, err)
	               : take_statistic(&sample, request->statistic, path, request->type, need,
	                                err);
}

/* What the values leave out, and whether memory may have been asked for that nobody saw. */
static int remark_rest(struct capacity *capacity, const struct campaign *campaign, const char *path,
                       const char *type, struct error *err)
{
	uint32_t index = 0;
	size_t attempts = 0;
	size_t rest = 0;
	size_t ended = 0;
	if (find_type(campaign, type, path, &index, err) < 0)
		return 0; /* told where it is taken */
	for (size_t i = 0; i < campaign->task_count; i++) {
		const struct campaign_task *const task = &campaign->tasks[i];
		if (task->type != index || task->state == CAMPAIGN_UNFINISHED)
			continue;
		attempts++;
		rest += !campaign_task_is_done(task);
		ended += task->state == CAMPAIGN_OUT_OF_MEMORY;
	}
	int r = 0;
	char by_limit[96] = "";
	if (ended > 0)
		snprintf(by_limit, sizeof by_limit,
		         " (%zu by a memory limit: max RSS may be too small)", ended);
	if (rest > 0)
		r = words_addf(&capacity->remarks, err,
		               "Of %zu attempts at %s in %s %zu did not end well%s: what they took "
		               "comes on top.",
		               attempts, type, path, rest, by_limit);
	return r;
}

static int take_cores(const struct campaign *campaign, const char *path, const char *type,
                      struct capacity_task *task, struct error *err)
{
	uint32_t index;
	const int r = find_type(campaign, type, path, &index, err);
	return r < 0 ? r : capacity_take_cores(campaign, index, path, task, err);
}

int capacity_take_campaign(const struct campaign *campaign, const char *path,
                           const struct capacity_source *source, struct capacity *capacity,
                           size_t index, struct error *err)
{
	struct capacity_task *const task = &capacity->tasks[index];
	const struct request cpu = request_of(capacity, task, source, PART_CPU);
	const struct request max_rss = request_of(capacity, task, source, PART_MAX_RSS);
	const bool takes_cpu = !capacity_figure_is_there(&task->cpu.at) &&
	                       !capacity_figure_is_there(&task->cpu_hours);
	const bool takes_memory = !capacity_figure_is_there(&task->max_rss.at);
	int r = 0;
	if (takes_cpu)
		r = take_part(campaign, path, source, capacity, &cpu, &task->cpu, err);
	if (r == 0 && takes_memory)
		r = take_part(campaign, path, source, capacity, &max_rss, &task->max_rss, err);
	if (r == 0 && (takes_cpu || takes_memory))
		r = remark_rest(capacity, campaign, path, cpu.type, err);
	if (r == 0 && (takes_cpu || takes_memory))
		r = take_cores(campaign, path, cpu.type, task, err);
	return r;
}
