#include "model/capacity.h"

#include "core/array.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const capacity_statistic_names[CAPACITY_STATISTICS + 1] = {
        [CAPACITY_MEAN] = "mean",
        [CAPACITY_P50] = "p50",
        [CAPACITY_P95] = "p95",
        [CAPACITY_P99] = "p99",
        [CAPACITY_MAX] = "max",
        [CAPACITY_LINEAR] = "linear",
        [CAPACITY_ROBUST] = "robust",
        [CAPACITY_ENVELOPE] = "envelope",
        [CAPACITY_ENVELOPE_MAXIMA] = "envelope-maxima",
};

const char *const capacity_count_names[CAPACITY_COUNTS] = {
        [CAPACITY_TYPED] = "",
        [CAPACITY_COADDS] = "coadds",
        [CAPACITY_WARPS] = "warps",
        [CAPACITY_PATCHES] = "patches",
};

struct capacity_figure capacity_figure_of(double value)
{
	return (struct capacity_figure){value, NAN, NAN, 0};
}

struct capacity_figure capacity_figure_absent(void)
{
	return capacity_figure_of(NAN);
}

bool capacity_figure_is_there(const struct capacity_figure *figure)
{
	return !isnan(figure->value);
}

bool capacity_figure_has_interval(const struct capacity_figure *figure)
{
	return !isnan(figure->value) && !isnan(figure->low) && !isnan(figure->high);
}

static struct capacity_need need_absent(void)
{
	return (struct capacity_need){.at = capacity_figure_absent()};
}

int capacity_add_task(struct capacity *capacity, struct capacity_task **ret_task, struct error *err)
{
	const int r = array_reserve(&capacity->tasks, &capacity->task_capacity,
	                            capacity->task_count + 1, sizeof *capacity->tasks, err);
	if (r < 0)
		return r;
	struct capacity_task *const task = &capacity->tasks[capacity->task_count++];
	*task = (struct capacity_task){
	        .instances = capacity_figure_absent(),
	        .cpu_hours = capacity_figure_absent(),
	        .cpu_s = capacity_figure_absent(),
	        .max_rss_bytes = capacity_figure_absent(),
	        .cores = NAN,
	        .cpu_efficiency = capacity_figure_absent(),
	        .visits = CAPACITY_NO_VISITS,
	        .cpu = need_absent(),
	        .max_rss = need_absent(),
	        .rate = {.per_s = capacity_figure_absent(), .cpu_s = NAN},
	};
	*ret_task = task;
	return 0;
}

int capacity_add_platform(struct capacity *capacity, struct capacity_platform **ret_platform,
                          struct error *err)
{
	const int r = array_reserve(&capacity->platforms, &capacity->platform_capacity,
	                            capacity->platform_count + 1, sizeof *capacity->platforms, err);
	if (r < 0)
		return r;
	struct capacity_platform *const platform = &capacity->platforms[capacity->platform_count++];
	*platform = (struct capacity_platform){
	        .cores = NAN,
	        .memory_bytes = NAN,
	        .cpu_factor = capacity_figure_of(1),
	};
	*ret_platform = platform;
	return 0;
}

int capacity_add_product(struct capacity *capacity, struct capacity_product **ret_product,
                         struct error *err)
{
	const int r = array_reserve(&capacity->products, &capacity->product_capacity,
	                            capacity->product_count + 1, sizeof *capacity->products, err);
	if (r < 0)
		return r;
	struct capacity_product *const product = &capacity->products[capacity->product_count++];
	*product = (struct capacity_product){
	        .size_bytes = capacity_figure_absent(),
	        .instances = capacity_figure_absent(),
	        .task_index = -1,
	};
	*ret_product = product;
	return 0;
}

int capacity_add_measured(struct capacity_platform *platform, struct capacity_measured **ret_item,
                          struct error *err)
{
	const int r = array_reserve(&platform->measured, &platform->measured_capacity,
	                            platform->measured_count + 1, sizeof *platform->measured, err);
	if (r < 0)
		return r;
	struct capacity_measured *const item = &platform->measured[platform->measured_count++];
	*item = (struct capacity_measured){
	        .rate = {.per_s = capacity_figure_absent(), .cpu_s = NAN},
	};
	*ret_item = item;
	return 0;
}

int capacity_add_visits(struct capacity *capacity, size_t *ret_index, struct error *err)
{
	const int r = array_reserve(&capacity->visits, &capacity->visits_capacity,
	                            capacity->visits_count + 1, sizeof *capacity->visits, err);
	if (r < 0)
		return r;
	capacity->visits[capacity->visits_count] = (struct capacity_visits){
	        .mean = capacity_figure_absent(),
	        .max = capacity_figure_absent(),
	        .coadds = NAN,
	        .warps = NAN,
	        .patches = NAN,
	};
	*ret_index = capacity->visits_count++;
	return 0;
}

ptrdiff_t capacity_find_task(const struct capacity *capacity, const char *name)
{
	for (size_t i = 0; i < capacity->task_count; i++)
		if (strcmp(capacity->tasks[i].name, name) == 0)
			return (ptrdiff_t)i;
	return -1;
}

static bool has_file(const struct capacity_source *source)
{
	return source->campaign || source->parameters || source->result;
}

bool capacity_source_of(const struct capacity *capacity, const struct capacity_task *task,
                        struct capacity_source *ret_source)
{
	const struct capacity_source *const common = &capacity->source;
	struct capacity_source source = task->source;
	if (!task->has_source || (!has_file(&source) && capacity->has_source)) {
		if (!capacity->has_source)
			return false;
		source.campaign = common->campaign;
		source.parameters = common->parameters;
		source.result = common->result;
		source.at = source.at > 0 ? source.at : common->at;
	}
	if (!task->has_source)
		source.place = common->place;
	if (capacity->has_source) {
		source.cpu = source.has_cpu ? source.cpu : common->cpu;
		source.max_rss = source.has_max_rss ? source.max_rss : common->max_rss;
		source.has_cpu |= common->has_cpu;
		source.has_max_rss |= common->has_max_rss;
		source.covariate = source.covariate ? source.covariate : common->covariate;
		source.type = source.type ? source.type : common->type;
	}
	*ret_source = source;
	return true;
}

double capacity_cores_of(const struct capacity_task *task)
{
	return isnan(task->cores) ? 1 : task->cores;
}

const char *capacity_type_of(const struct capacity_task *task, const struct capacity_source *source)
{
	return source->type ? source->type : task->name;
}

static void release_source(struct capacity_source *source)
{
	free(source->campaign);
	free(source->parameters);
	free(source->result);
	free(source->type);
	free(source->covariate);
}

static void release_task(struct capacity_task *task)
{
	free(task->name);
	release_source(&task->source);
	free(task->cpu.origin);
	free(task->max_rss.origin);
	free(task->rate.origin);
	free(task->cores_origin);
}

static void release_platform(struct capacity_platform *platform)
{
	free(platform->name);
	free(platform->factor_origin);
	free(platform->factor_base);
	free(platform->factor_new);
	for (size_t i = 0; i < platform->measured_count; i++) {
		free(platform->measured[i].task);
		free(platform->measured[i].result);
		free(platform->measured[i].rate.origin);
	}
	free(platform->measured);
}

static void release_product(struct capacity_product *product)
{
	free(product->name);
	free(product->task);
	free(product->origin);
}

void capacity_release(struct capacity *capacity)
{
	if (!capacity)
		return;
	free(capacity->name);
	free(capacity->sizes);
	release_source(&capacity->source);
	for (size_t i = 0; i < capacity->visits_count; i++)
		free(capacity->visits[i].table);
	free(capacity->visits);
	for (size_t i = 0; i < capacity->task_count; i++)
		release_task(&capacity->tasks[i]);
	free(capacity->tasks);
	for (size_t i = 0; i < capacity->platform_count; i++)
		release_platform(&capacity->platforms[i]);
	free(capacity->platforms);
	for (size_t i = 0; i < capacity->product_count; i++)
		release_product(&capacity->products[i]);
	free(capacity->products);
	words_release(&capacity->remarks);
	*capacity = (struct capacity){0};
}
