#include "model/campaign.h"

#include "core/error.h"
#include "core/str.h"
#include "model/words_index.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Nobody reads more remarks than this. */
enum { MOST_REMARKS = 100, FIRST_TASKS = 1024 };

const char *const campaign_state_names[CAMPAIGN_STATES + 1] = {
        "done", "failed", "timed-out", "out-of-memory", "lost", "unfinished", "unknown", NULL,
};

struct campaign_index {
	struct words_index types;
	struct words_index labels[CAMPAIGN_MOST_COVARIATES];
};

static struct campaign_index *index_of(struct campaign *campaign, struct error *err)
{
	if (!campaign->index)
		campaign->index = calloc(1, sizeof *campaign->index);
	if (!campaign->index)
		error_memory(err);
	return campaign->index;
}

int campaign_type(struct campaign *campaign, const char *name, uint32_t *ret_type,
                  struct error *err)
{
	struct campaign_index *const index = index_of(campaign, err);
	if (!index)
		return -ENOMEM;
	const int r = words_index_add(&index->types, &campaign->types, name, CAMPAIGN_MOST_TYPES,
	                              ret_type, err);
	if (r != -E2BIG)
		return r;
	return error_set(err, E2BIG,
	                 "more than %d task types: is what says the type of a task the name of "
	                 "every single one?",
	                 CAMPAIGN_MOST_TYPES);
}

int campaign_label(struct campaign *campaign, size_t covariate, const char *name,
                   uint32_t *ret_label, struct error *err)
{
	struct campaign_index *const index = index_of(campaign, err);
	struct campaign_covariate *const labels = &campaign->covariates[covariate];
	if (!index)
		return -ENOMEM;
	const int r = words_index_add(&index->labels[covariate], &labels->words, name,
	                              CAMPAIGN_MOST_TASKS, ret_label, err);
	if (r != -E2BIG)
		return r;
	return error_set(err, E2BIG, "%.60s has more than %d different values", labels->name,
	                 CAMPAIGN_MOST_TASKS);
}

/* ---- Covariates --------------------------------------------------------------------------- */

static void clear_value(struct campaign_covariate *covariate, size_t task)
{
	if (covariate->is_label)
		covariate->labels[task] = CAMPAIGN_NO_LABEL;
	else
		covariate->values[task] = NAN;
}

/* Makes room for the values of `capacity` tasks. */
static int reserve_values(struct campaign_covariate *covariate, size_t capacity, struct error *err)
{
	if (covariate->is_label) {
		uint32_t *const labels = realloc(covariate->labels, capacity * sizeof *labels);
		if (!labels)
			return error_memory(err);
		covariate->labels = labels;
		return 0;
	}
	double *const values = realloc(covariate->values, capacity * sizeof *values);
	if (!values)
		return error_memory(err);
	covariate->values = values;
	return 0;
}

static void release_covariate(struct campaign_covariate *covariate)
{
	free(covariate->name);
	free(covariate->values);
	free(covariate->labels);
	words_release(&covariate->words);
}

static int add_covariate(struct campaign *campaign, const char *name, bool is_label,
                         struct error *err)
{
	struct campaign_covariate covariate = {.is_label = is_label};
	struct campaign_covariate *const all =
	        realloc(campaign->covariates, (campaign->covariate_count + 1) * sizeof *all);
	if (!all)
		return error_memory(err);
	campaign->covariates = all;
	int r = str_copy(name, &covariate.name, err);
	if (r == 0 && campaign->task_capacity > 0)
		r = reserve_values(&covariate, campaign->task_capacity, err);
	if (r < 0) {
		release_covariate(&covariate);
		return r;
	}
	for (size_t i = 0; i < campaign->task_count; i++)
		clear_value(&covariate, i);
	all[campaign->covariate_count++] = covariate;
	return 0;
}

int campaign_covariate(struct campaign *campaign, const char *name, bool is_label,
                       size_t *ret_covariate, struct error *err)
{
	for (size_t i = 0; i < campaign->covariate_count; i++) {
		if (strcmp(campaign->covariates[i].name, name) != 0)
			continue;
		if (campaign->covariates[i].is_label != is_label)
			return error_set(err, EEXIST,
			                 "%.60s has numbers in one place and texts in "
			                 "another",
			                 name);
		*ret_covariate = i;
		return 0;
	}
	if (campaign->covariate_count >= CAMPAIGN_MOST_COVARIATES)
		return error_set(err, E2BIG, "more than %d covariates, %.60s is one too many",
		                 CAMPAIGN_MOST_COVARIATES, name);
	const int r = add_covariate(campaign, name, is_label, err);
	if (r == 0)
		*ret_covariate = campaign->covariate_count - 1;
	return r;
}

/* ---- Tasks -------------------------------------------------------------------------------- */

struct campaign_task campaign_task_empty(void)
{
	return (struct campaign_task){
	        .start_ns = RECORD_ABSENT,
	        .wall_ns = RECORD_ABSENT,
	        .cpu_ns = RECORD_ABSENT,
	        .max_rss_bytes = RECORD_ABSENT,
	        .state = CAMPAIGN_UNKNOWN,
	};
}

bool campaign_task_is_done(const struct campaign_task *task)
{
	return task->state == CAMPAIGN_DONE || task->state == CAMPAIGN_UNKNOWN;
}

int campaign_reserve(struct campaign *campaign, size_t count, struct error *err)
{
	if (count > CAMPAIGN_MOST_TASKS)
		return error_set(err, E2BIG, "more than %d tasks; make several campaigns of them",
		                 CAMPAIGN_MOST_TASKS);
	if (count <= campaign->task_capacity)
		return 0;
	size_t capacity = campaign->task_capacity ? campaign->task_capacity : FIRST_TASKS;
	while (capacity < count)
		capacity *= 2;
	for (size_t i = 0; i < campaign->covariate_count; i++) {
		const int r = reserve_values(&campaign->covariates[i], capacity, err);
		if (r < 0)
			return r;
	}
	struct campaign_task *const tasks =
	        realloc(campaign->tasks, capacity * sizeof *campaign->tasks);
	if (!tasks)
		return error_memory(err);
	campaign->tasks = tasks;
	campaign->task_capacity = capacity;
	return 0;
}

int campaign_add(struct campaign *campaign, const struct campaign_task *task, struct error *err)
{
	const size_t at = campaign->task_count;
	if (at >= campaign->task_capacity) {
		const int r = campaign_reserve(campaign, at + 1, err);
		if (r < 0)
			return r;
	}
	campaign->tasks[at] = *task;
	for (size_t i = 0; i < campaign->covariate_count; i++)
		clear_value(&campaign->covariates[i], at);
	campaign->task_count++;
	return 0;
}

size_t campaign_mark(const struct campaign *campaign)
{
	return campaign->task_count;
}

void campaign_rewind(struct campaign *campaign, size_t mark)
{
	campaign->task_count = mark;
}

/* ---- The rest ------------------------------------------------------------------------------ */

int campaign_remark(struct campaign *campaign, struct error *err, const char *format, ...)
{
	char remark[1024];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(remark, sizeof remark, format, arguments);
	va_end(arguments);
	struct words *const remarks = &campaign->remarks;
	for (size_t i = 0; i < remarks->count; i++)
		if (strcmp(remarks->items[i], remark) == 0)
			return 0;
	return remarks->count >= MOST_REMARKS ? 0 : words_add(remarks, remark, err);
}

void campaign_release(struct campaign *campaign)
{
	if (!campaign)
		return;
	if (campaign->index) {
		words_index_release(&campaign->index->types);
		for (size_t i = 0; i < CAMPAIGN_MOST_COVARIATES; i++)
			words_index_release(&campaign->index->labels[i]);
		free(campaign->index);
	}
	for (size_t i = 0; i < campaign->covariate_count; i++)
		release_covariate(&campaign->covariates[i]);
	free(campaign->covariates);
	free(campaign->tasks);
	free(campaign->label);
	free(campaign->format);
	free(campaign->source);
	free(campaign->max_rss_of);
	free(campaign->cpu_of);
	words_release(&campaign->types);
	words_release(&campaign->remarks);
	*campaign = (struct campaign){0};
}
