#include "analyse/capacity/capacity_sources.h"

#include "core/array.h"
#include "core/error.h"
#include "core/str.h"

#include <errno.h>
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <string.h>

/* ---- What is typed --------------------------------------------------------------------------- */

static int take_typed(const struct capacity_figure *figure, struct capacity_need *need,
                      struct error *err)
{
	if (!capacity_figure_is_there(figure))
		return 0;
	const int r = str_copy("as written", &need->origin, err);
	if (r == 0)
		need->at = *figure;
	return r;
}

int capacity_take_typed(struct capacity *capacity, struct error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < capacity->task_count; i++) {
		struct capacity_task *const task = &capacity->tasks[i];
		r = take_typed(&task->cpu_s, &task->cpu, err);
		if (r == 0)
			r = take_typed(&task->max_rss_bytes, &task->max_rss, err);
	}
	return r;
}

/* ---- Visits ---------------------------------------------------------------------------------- */

int capacity_take_visits(const struct visits_table *table, struct capacity_visits *visits,
                         struct error *err)
{
	(void)err;
	visits->mean = capacity_figure_of(table->mean);
	visits->mean.n = table->coadds;
	visits->max = capacity_figure_of(table->max);
	visits->max.n = table->coadds;
	visits->coadds = (double)table->coadds;
	visits->warps = table->warps;
	visits->patches = table->patches > 0 ? (double)table->patches : (double)NAN;
	return 0;
}

int capacity_count_instances(struct capacity *capacity, size_t index, struct error *err)
{
	struct capacity_task *const task = &capacity->tasks[index];
	if (task->count == CAPACITY_TYPED || task->visits < 0)
		return 0;
	const struct capacity_visits *const visits = &capacity->visits[task->visits];
	const double counts[CAPACITY_COUNTS] = {
	        [CAPACITY_TYPED] = NAN,
	        [CAPACITY_COADDS] = visits->coadds,
	        [CAPACITY_WARPS] = visits->warps,
	        [CAPACITY_PATCHES] = visits->patches,
	};
	if (isnan(counts[task->count]))
		return error_set(err, EINVAL,
		                 "%s does not say which patch its rows are of, so %s cannot be "
		                 "counted; it needs a column patch",
		                 visits->table ? visits->table : "the table",
		                 capacity_count_names[task->count]);
	task->instances = capacity_figure_of(counts[task->count]);
	return 0;
}

/* ---- Resource parameters --------------------------------------------------------------------- */

/* A line at some visits; a flat one needs none. */
static int take_line(const struct resource_line *line, const char *what, const char *path,
                     const char *type, const struct capacity_figure *visits,
                     struct capacity_need *need, struct error *err)
{
	if (capacity_figure_is_there(&need->at))
		return 0;
	if (isnan(line->slope) || isnan(line->intercept))
		return error_set(err, EINVAL, "%s does not say the %s of %s; write it here", path,
		                 what, type);
	if (line->slope != 0 && !visits)
		return error_set(err, EINVAL,
		                 "the %s of %s grows with visits, and how many there are is not "
		                 "said; write for example visits: {mean: 17.9, max: 54}",
		                 what, type);
	const bool is_flat = !visits || line->slope == 0;
	const int r = is_flat ? str_format(&need->origin, err, "%s", path)
	                      : str_format(&need->origin, err, "the line of %s at %.4g visits",
	                                   path, visits->value);
	if (r < 0)
		return r;
	const double rise = is_flat ? 0 : line->slope * visits->value;
	need->at = capacity_figure_of(fmax(line->intercept + rise, 0));
	need->slope = line->slope;
	return 0;
}

int capacity_take_parameters(const struct resource_params *params, const char *path,
                             const struct capacity_source *source, struct capacity *capacity,
                             size_t index, struct error *err)
{
	struct capacity_task *const task = &capacity->tasks[index];
	const struct capacity_visits *const visits =
	        task->visits >= 0 ? &capacity->visits[task->visits] : NULL;
	const char *const type = capacity_type_of(task, source);
	const struct resource_params_task *const found = resource_params_find(params, type);
	if (!found) {
		const char *const near =
		        params->count > 0 ? str_nearest(type, &params->items[0].type, params->count,
		                                        sizeof params->items[0])
		                          : NULL;
		return error_set(err, EINVAL, "%s has no task %s%s%s%s", path, type,
		                 near ? "; did you mean type: " : "", near ? near : "",
		                 near ? "?" : "");
	}
	int r = 0;
	if (!capacity_figure_is_there(&task->cpu_hours))
		r = take_line(&found->cpu_s, "CPU time", path, type, visits ? &visits->mean : NULL,
		              &task->cpu, err);
	return r < 0 ? r
	             : take_line(&found->max_rss_bytes, "max RSS", path, type,
	                         visits ? &visits->max : NULL, &task->max_rss, err);
}

/* ---- Sizes of products ----------------------------------------------------------------------- */

static const struct product_size *find_size(const struct product_sizes *sizes,
                                            const struct capacity_product *product)
{
	const struct product_size *found = NULL;
	for (size_t i = 0; i < sizes->count; i++)
		if (strcmp(sizes->items[i].dataset, product->name) == 0 &&
		    (!found || (product->task && strcmp(sizes->items[i].type, product->task) == 0)))
			found = &sizes->items[i];
	return found;
}

int capacity_take_size(const struct product_sizes *sizes, const char *path,
                       struct capacity_product *product, struct error *err)
{
	if (capacity_figure_is_there(&product->size_bytes))
		return 0;
	const struct product_size *const size = find_size(sizes, product);
	if (!size || isnan(size->mean_bytes)) {
		const char *const near =
		        sizes->count > 0 && !size
		                ? str_nearest(product->name, &sizes->items[0].dataset, sizes->count,
		                              sizeof sizes->items[0])
		                : NULL;
		return error_set(err, EINVAL, "%s has no size of it%s%s%s; write size: here", path,
		                 near ? ", but of " : "", near ? near : "", "");
	}
	const int r =
	        str_format(&product->origin, err, "%s, mean of %lld", path, (long long)size->count);
	if (r < 0)
		return r;
	product->size_bytes = capacity_figure_of(size->mean_bytes);
	if (size->count < 2 || isnan(size->sd_bytes))
		return 0;
	const double half = gsl_cdf_tdist_Pinv(0.975, (double)size->count - 1) * size->sd_bytes /
	                    sqrt((double)size->count);
	product->size_bytes.low = size->mean_bytes - half;
	product->size_bytes.high = size->mean_bytes + half;
	product->size_bytes.n = (size_t)size->count;
	return 0;
}
