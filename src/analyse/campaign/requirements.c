#include "analyse/campaign/requirements.h"

#include "analyse/campaign/requirements_parts.h"
#include "analyse/quantile.h"
#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/parallel.h"
#include "core/str.h"

#include <errno.h>
#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

static const double DEFAULT_BIN_BYTES = 1e9;
static const double DEFAULT_QUANTILE = 0.95;

/* What grows with a covariate. */
static const enum campaign_figure related[] = {CAMPAIGN_CPU, CAMPAIGN_MAX_RSS};

/* What a campaign needs while it is worked out. */
struct build {
	const struct campaign *campaign;
	const struct requirements_options *options;
	struct requirements *out;
	uint32_t *order;   /* indices of tasks, type by type as in out->types */
	size_t *begins;    /* of each type in order; one more, the end */
	uint8_t *stretch;  /* of time in which each task started, in the same order, where the type
	                    * is in time */
	size_t covariates; /* how many are fitted against, */
	size_t *chosen;    /* and which */
	atomic_bool is_out_of_memory;
};

static void build_release(struct build *build)
{
	free(build->order);
	free(build->begins);
	free(build->stretch);
	free(build->chosen);
}

struct named_type {
	const char *name;
	uint32_t type;
};

static int by_name(const void *a, const void *b)
{
	const struct named_type *const x = a;
	const struct named_type *const y = b;
	return strcmp(x->name, y->name);
}

/* Lists the types of which there are tasks by name, and makes room for what they need. */
static int list_types(struct build *build, struct error *err)
{
	const struct campaign *const campaign = build->campaign;
	struct requirements *const out = build->out;
	const size_t most = campaign->types.count;
	cleanup_free size_t *attempts = calloc(most + 1, sizeof *attempts);
	cleanup_free struct named_type *names = calloc(most + 1, sizeof *names);
	out->place_of_type = calloc(most + 1, sizeof *out->place_of_type);
	out->types = calloc(most + 1, sizeof *out->types);
	build->begins = calloc(most + 2, sizeof *build->begins);
	if (!attempts || !names || !out->place_of_type || !out->types || !build->begins)
		return error_memory(err);
	for (size_t i = 0; i < campaign->task_count; i++)
		attempts[campaign->tasks[i].type]++;
	size_t count = 0;
	for (uint32_t t = 0; t < most; t++) {
		out->place_of_type[t] = UINT32_MAX;
		if (attempts[t] > 0)
			names[count++] = (struct named_type){campaign->types.items[t], t};
	}
	qsort(names, count, sizeof *names, by_name);
	for (size_t p = 0; p < count; p++) {
		out->types[p].type = names[p].type;
		out->types[p].name = names[p].name;
		out->place_of_type[names[p].type] = (uint32_t)p;
		build->begins[p + 1] = build->begins[p] + attempts[names[p].type];
	}
	build->begins[count + 1] = campaign->task_count;
	out->type_count = count;
	out->types[count].type = UINT32_MAX;
	out->types[count].name = "all types";
	return 0;
}

static void count_states(struct campaign_type_needs *needs, const struct campaign_task *task)
{
	needs->attempts++;
	needs->states[task->state < CAMPAIGN_STATES ? task->state : CAMPAIGN_UNKNOWN]++;
	needs->retried += task->is_superseded;
}

/* Puts the tasks into the order of their types, and counts how they ended. */
static int order_tasks(struct build *build, struct error *err)
{
	const struct campaign *const campaign = build->campaign;
	struct requirements *const out = build->out;
	cleanup_free size_t *next = calloc(out->type_count + 1, sizeof *next);
	build->order = calloc(campaign->task_count + 1, sizeof *build->order);
	if (!next || !build->order)
		return error_memory(err);
	memcpy(next, build->begins, out->type_count * sizeof *next);
	for (size_t i = 0; i < campaign->task_count; i++) {
		const struct campaign_task *const task = &campaign->tasks[i];
		const uint32_t place = out->place_of_type[task->type];
		build->order[next[place]++] = (uint32_t)i;
		count_states(&out->types[place], task);
		count_states(&out->types[out->type_count], task);
	}
	return 0;
}

/* ---- Stretches of time --------------------------------------------------------------------- */

/* Fewer tasks than this in each are too few to differ by. */
enum { LEAST_PER_STRETCH = 10 };

/* Puts the tasks of one type that are done into stretches of time, if it is known of all of them
 * when they started. */
static void stretch_one(void *context, size_t place, size_t worker)
{
	(void)worker;
	struct build *const build = context;
	const size_t begin = build->begins[place];
	const size_t end = build->begins[place + 1];
	cleanup_free struct weighted_value *starts = calloc(end - begin + 1, sizeof *starts);
	if (!starts) {
		build->is_out_of_memory = true;
		return;
	}
	size_t count = 0;
	for (size_t i = begin; i < end; i++) {
		const struct campaign_task *const task = &build->campaign->tasks[build->order[i]];
		if (!campaign_task_is_done(task))
			continue;
		if (task->start_ns < 0)
			return;
		starts[count++] = (struct weighted_value){(double)task->start_ns, (double)i};
	}
	if (count < (size_t)CAMPAIGN_STRETCHES * LEAST_PER_STRETCH)
		return;
	quantile_sort(starts, count);
	for (size_t s = 0; s < count; s++)
		build->stretch[(size_t)starts[s].weight] =
		        (uint8_t)(s * CAMPAIGN_STRETCHES / count);
	build->out->types[place].is_in_time = true;
}

static int find_stretches(struct build *build, struct error *err)
{
	const size_t types = build->out->type_count;
	build->stretch = calloc(build->campaign->task_count + 1, sizeof *build->stretch);
	if (!build->stretch)
		return error_memory(err);
	parallel_for(types, parallel_workers(build->campaign->task_count), stretch_one, build);
	return 0;
}

/* ---- Spreads ------------------------------------------------------------------------------- */

/* The distribution of one figure of one type, or of all together, which come first: they take
 * longest. */
static void spread_one(void *context, size_t index, size_t worker)
{
	(void)worker;
	struct build *const build = context;
	const size_t types = build->out->type_count;
	const size_t place = types - index / CAMPAIGN_FIGURES;
	const enum campaign_figure figure = (enum campaign_figure)(index % CAMPAIGN_FIGURES);
	const size_t begin = place == types ? 0 : build->begins[place];
	const size_t end = place == types ? build->campaign->task_count : build->begins[place + 1];
	cleanup_free double *values = malloc((end - begin + 1) * sizeof *values);
	struct error err;
	if (!values) {
		build->is_out_of_memory = true;
		return;
	}
	for (size_t i = begin; i < end; i++) {
		const struct campaign_task *const task = &build->campaign->tasks[build->order[i]];
		values[i - begin] = campaign_task_is_done(task) ? requirements_figure(task, figure)
		                                                : (double)NAN;
	}
	const uint8_t *const stretch =
	        build->out->types[place].is_in_time ? &build->stretch[begin] : NULL;
	if (requirements_spread(values, stretch, end - begin,
	                        &build->out->types[place].figures[figure], &err) < 0)
		build->is_out_of_memory = true;
}

/* ---- Growth with covariates ---------------------------------------------------------------- */

static int choose_covariates(struct build *build, struct error *err)
{
	const struct campaign *const campaign = build->campaign;
	const char *const wanted = build->options->covariate;
	build->chosen = calloc(campaign->covariate_count + 1, sizeof *build->chosen);
	if (!build->chosen)
		return error_memory(err);
	cleanup_str struct str names = {0};
	for (size_t c = 0; c < campaign->covariate_count; c++) {
		const struct campaign_covariate *const covariate = &campaign->covariates[c];
		if (covariate->is_label)
			continue;
		str_addf(&names, "%s%s", names.length > 0 ? ", " : "", covariate->name);
		if (!wanted || strcmp(wanted, covariate->name) == 0)
			build->chosen[build->covariates++] = c;
	}
	if (!wanted || build->covariates > 0)
		return 0;
	if (names.length == 0)
		return error_set(err, EINVAL,
		                 "no covariate \"%s\": the campaign has none of numbers", wanted);
	return error_set(err, EINVAL, "no covariate of numbers \"%s\": there are %.300s", wanted,
	                 str_text(&names));
}

static size_t relations_per_type(const struct build *build)
{
	return build->covariates * ARRAY_LENGTH(related);
}

static int room_for_relations(struct build *build, struct error *err)
{
	const size_t count = relations_per_type(build);
	for (size_t t = 0; count > 0 && t < build->out->type_count; t++) {
		struct campaign_type_needs *const needs = &build->out->types[t];
		needs->relations = calloc(count, sizeof *needs->relations);
		if (!needs->relations)
			return error_memory(err);
	}
	return 0;
}

/* Collects the points of a relation; returns how many have both. */
static size_t points_of(const struct build *build, size_t place, struct campaign_relation *relation,
                        double *x, double *y, uint8_t *stretch)
{
	const double *const values = build->campaign->covariates[relation->covariate].values;
	size_t count = 0;
	relation->x_min = relation->x_max = NAN;
	for (size_t i = build->begins[place]; i < build->begins[place + 1]; i++) {
		const struct campaign_task *const task = &build->campaign->tasks[build->order[i]];
		const double at = values[build->order[i]];
		const double figure = requirements_figure(task, relation->figure);
		if (!campaign_task_is_done(task) || !isfinite(at) || !isfinite(figure))
			continue;
		stretch[count] = build->stretch[i];
		x[count] = at;
		y[count++] = figure;
		relation->x_min = fmin(relation->x_min, at);
		relation->x_max = fmax(relation->x_max, at);
	}
	return count;
}

static void relate_one(void *context, size_t index, size_t worker)
{
	(void)worker;
	struct build *const build = context;
	const size_t per_type = relations_per_type(build);
	const size_t place = index / per_type;
	const size_t which = index % per_type;
	struct campaign_relation *const relation = &build->out->types[place].relations[which];
	const size_t most = build->begins[place + 1] - build->begins[place];
	cleanup_free double *x = malloc(most * sizeof *x);
	cleanup_free double *y = malloc(most * sizeof *y);
	cleanup_free uint8_t *stretch = malloc(most);
	struct error err;
	if (!x || !y || !stretch) {
		build->is_out_of_memory = true;
		return;
	}
	relation->covariate = build->chosen[which / ARRAY_LENGTH(related)];
	relation->figure = related[which % ARRAY_LENGTH(related)];
	const size_t count = points_of(build, place, relation, x, y, stretch);
	const double quantile =
	        build->options->quantile > 0 ? build->options->quantile : DEFAULT_QUANTILE;
	if (campaign_fit_in_time(x, y, build->out->types[place].is_in_time ? stretch : NULL, count,
	                         quantile, relation->fits, &err) < 0)
		build->is_out_of_memory = true;
}

/* A covariate that no task of a type has is none of that type's: its relations go. */
static void drop_empty_relations(struct requirements *out, size_t per_type)
{
	for (size_t t = 0; t < out->type_count; t++) {
		struct campaign_type_needs *const needs = &out->types[t];
		for (size_t r = 0; r < per_type; r++)
			if (!isnan(needs->relations[r].x_min))
				needs->relations[needs->relation_count++] = needs->relations[r];
	}
}

/* ---- All together -------------------------------------------------------------------------- */

static int fill_overs(struct requirements *out, struct error *err)
{
	cleanup_free struct campaign_over *overs = calloc(out->type_count + 1, sizeof *overs);
	if (!overs)
		return error_memory(err);
	requirements_over(out, out->limit_bytes, overs);
	for (size_t t = 0; t <= out->type_count; t++)
		out->types[t].over = overs[t];
	return 0;
}

static int fill(struct build *build, struct error *err)
{
	struct requirements *const out = build->out;
	const size_t tasks = build->campaign->task_count;
	int r = choose_covariates(build, err);
	if (r == 0)
		r = list_types(build, err);
	if (r == 0)
		r = order_tasks(build, err);
	if (r == 0)
		r = find_stretches(build, err);
	if (r == 0)
		r = room_for_relations(build, err);
	if (r < 0)
		return r;
	parallel_for((out->type_count + 1) * CAMPAIGN_FIGURES, parallel_workers(tasks), spread_one,
	             build);
	const size_t per_type = relations_per_type(build);
	if (per_type > 0) {
		parallel_for(out->type_count * per_type, parallel_workers(tasks * per_type),
		             relate_one, build);
		drop_empty_relations(out, per_type);
	}
	if (build->is_out_of_memory)
		return error_memory(err);
	r = fill_overs(out, err);
	if (r == 0)
		r = requirements_fill_bins(out,
		                           build->options->bin_bytes > 0 ? build->options->bin_bytes
		                                                         : DEFAULT_BIN_BYTES,
		                           err);
	return r == 0 ? requirements_fill_cumulative(out, err) : r;
}

int requirements_build(const struct campaign *campaign, const struct requirements_options *options,
                       struct requirements *ret_requirements, struct error *err)
{
	struct requirements out = {.campaign = campaign, .limit_bytes = options->limit_bytes};
	struct build build = {.campaign = campaign, .options = options, .out = &out};
	const int r = fill(&build, err);
	build_release(&build);
	if (r < 0) {
		requirements_release(&out);
		return r;
	}
	*ret_requirements = out;
	return 0;
}

void requirements_release(struct requirements *requirements)
{
	if (!requirements)
		return;
	for (size_t t = 0; requirements->types && t <= requirements->type_count; t++) {
		struct campaign_type_needs *const needs = &requirements->types[t];
		for (size_t f = 0; f < CAMPAIGN_FIGURES; f++)
			free(needs->figures[f].sorted);
		free(needs->relations);
	}
	free(requirements->types);
	free(requirements->place_of_type);
	free(requirements->bins.tasks);
	free(requirements->bins.wall_s);
	free(requirements->bins.tasks_up_to);
	free(requirements->bins.wall_s_up_to);
	free(requirements->cumulative.max_rss_bytes);
	free(requirements->cumulative.tasks);
	free(requirements->cumulative.wall_s);
	*requirements = (struct requirements){0};
}
