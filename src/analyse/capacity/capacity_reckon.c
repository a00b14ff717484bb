/* From numbers to node-days and bytes. */
#include "analyse/capacity/capacity_parts.h"

#include "core/array.h"
#include "core/error.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const double seconds_per_day = 86400;
static const double seconds_per_hour = 3600;

/* ---- Inputs ---------------------------------------------------------------------------------- */

struct listing {
	struct reckoner *reckoner;
	size_t capacity;
	struct error *err;
};

/* Appends an input; a figure that is not there has none. Returns 0 or -ENOMEM. */
static int add(struct listing *listing, enum capacity_input_kind kind, const char *owner,
               const struct capacity_figure *figure, size_t *ret_index)
{
	struct reckoner *const reckoner = listing->reckoner;
	*ret_index = SIZE_MAX;
	if (!capacity_figure_is_there(figure))
		return 0;
	const int r =
	        array_reserve(&reckoner->inputs, &listing->capacity, reckoner->input_count + 1,
	                      sizeof *reckoner->inputs, listing->err);
	if (r < 0)
		return r;
	struct capacity_input *const input = &reckoner->inputs[reckoner->input_count];
	*input = (struct capacity_input){.kind = kind, .figure = *figure};
	snprintf(input->owner, sizeof input->owner, "%s", owner);
	*ret_index = reckoner->input_count++;
	return 0;
}

static int add_task(struct listing *listing, size_t index)
{
	const struct capacity_task *const task = &listing->reckoner->capacity->tasks[index];
	struct task_inputs *const inputs = &listing->reckoner->tasks[index];
	int r = add(listing, CAPACITY_IN_INSTANCES, task->name, &task->instances,
	            &inputs->instances);
	if (r == 0)
		r = add(listing, CAPACITY_IN_CPU_HOURS, task->name, &task->cpu_hours,
		        &inputs->cpu_hours);
	if (r == 0)
		r = add(listing, CAPACITY_IN_CPU_TIME, task->name, &task->cpu.at,
		        &inputs->cpu_time);
	if (r == 0)
		r = add(listing, CAPACITY_IN_MAX_RSS, task->name, &task->max_rss.at,
		        &inputs->max_rss);
	if (r == 0)
		r = add(listing, CAPACITY_IN_EFFICIENCY, task->name, &task->cpu_efficiency,
		        &inputs->efficiency);
	if (r == 0)
		r = add(listing, CAPACITY_IN_RATE, task->name, &task->rate.per_s, &inputs->rate);
	return r;
}

static int add_platform(struct listing *listing, size_t index)
{
	const struct capacity *const capacity = listing->reckoner->capacity;
	const struct capacity_platform *const platform = &capacity->platforms[index];
	struct platform_inputs *const inputs = &listing->reckoner->platforms[index];
	const struct capacity_figure cores = capacity_figure_of(platform->cores);
	const struct capacity_figure memory = capacity_figure_of(platform->memory_bytes);
	const struct capacity_figure reserve = capacity_figure_of(platform->reserve_bytes);
	const char *const name = platform->name;
	inputs->rates = calloc(capacity->task_count + 1, sizeof *inputs->rates);
	if (!inputs->rates)
		return error_memory(listing->err);
	for (size_t i = 0; i < capacity->task_count; i++)
		inputs->rates[i] = SIZE_MAX;
	int r = add(listing, CAPACITY_IN_CORES, name, &cores, &inputs->cores);
	if (r == 0)
		r = add(listing, CAPACITY_IN_MEMORY, name, &memory, &inputs->memory);
	if (r == 0)
		r = add(listing, CAPACITY_IN_RESERVE, name, &reserve, &inputs->reserve);
	if (r == 0)
		r = add(listing, CAPACITY_IN_FACTOR, name, &platform->cpu_factor, &inputs->factor);
	for (size_t i = 0; r == 0 && i < platform->measured_count; i++) {
		const struct capacity_measured *const item = &platform->measured[i];
		char owner[128];
		snprintf(owner, sizeof owner, "%s on %s", item->task, name);
		r = add(listing, CAPACITY_IN_RATE, owner, &item->rate.per_s,
		        &inputs->rates[item->task_index]);
	}
	return r;
}

/* Visits that no task's needs grow with are no input. */
static int add_visits(struct listing *listing, size_t index)
{
	const struct capacity *const capacity = listing->reckoner->capacity;
	const struct capacity_visits *const visits = &capacity->visits[index];
	struct visits_inputs *const inputs = &listing->reckoner->visits[index];
	bool has_cpu = false;
	bool has_memory = false;
	const char *owner = "";
	for (size_t i = 0; i < capacity->task_count; i++) {
		const struct capacity_task *const task = &capacity->tasks[i];
		if (task->visits != (ptrdiff_t)index)
			continue;
		has_cpu |= task->cpu.slope != 0;
		has_memory |= task->max_rss.slope != 0;
		owner = index > 0 || !capacity->has_visits ? task->name : "";
	}
	const struct capacity_figure absent = capacity_figure_absent();
	const int r = add(listing, CAPACITY_IN_VISITS_MEAN, owner,
	                  has_cpu ? &visits->mean : &absent, &inputs->mean);
	return r < 0 ? r
	             : add(listing, CAPACITY_IN_VISITS_MAX, owner,
	                   has_memory ? &visits->max : &absent, &inputs->max);
}

static int add_product(struct listing *listing, size_t index)
{
	const struct capacity_product *const product =
	        &listing->reckoner->capacity->products[index];
	struct product_inputs *const inputs = &listing->reckoner->products[index];
	const int r =
	        add(listing, CAPACITY_IN_SIZE, product->name, &product->size_bytes, &inputs->size);
	return r < 0 ? r
	             : add(listing, CAPACITY_IN_PRODUCTS, product->name, &product->instances,
	                   &inputs->instances);
}

static int list_inputs(struct listing *listing)
{
	const struct capacity *const capacity = listing->reckoner->capacity;
	int r = 0;
	for (size_t i = 0; r == 0 && i < capacity->task_count; i++)
		r = add_task(listing, i);
	for (size_t i = 0; r == 0 && i < capacity->visits_count; i++)
		r = add_visits(listing, i);
	for (size_t i = 0; r == 0 && i < capacity->platform_count; i++)
		r = add_platform(listing, i);
	for (size_t i = 0; r == 0 && i < capacity->product_count; i++)
		r = add_product(listing, i);
	return r;
}

int reckoner_build(const struct capacity *capacity, struct reckoner *ret_reckoner,
                   struct error *err)
{
	struct reckoner reckoner = {
	        .capacity = capacity,
	        .tasks = calloc(capacity->task_count + 1, sizeof *reckoner.tasks),
	        .platforms = calloc(capacity->platform_count + 1, sizeof *reckoner.platforms),
	        .visits = calloc(capacity->visits_count + 1, sizeof *reckoner.visits),
	        .products = calloc(capacity->product_count + 1, sizeof *reckoner.products),
	};
	struct listing listing = {&reckoner, 0, err};
	const int r = reckoner.tasks && reckoner.platforms && reckoner.visits && reckoner.products
	                      ? list_inputs(&listing)
	                      : error_memory(err);
	if (r < 0) {
		reckoner_release(&reckoner);
		return r;
	}
	*ret_reckoner = reckoner;
	return 0;
}

void reckoner_release(struct reckoner *reckoner)
{
	for (size_t i = 0; reckoner->platforms && i < reckoner->capacity->platform_count; i++)
		free(reckoner->platforms[i].rates);
	free(reckoner->inputs);
	free(reckoner->tasks);
	free(reckoner->platforms);
	free(reckoner->visits);
	free(reckoner->products);
	*reckoner = (struct reckoner){0};
}

void reckoner_values(const struct reckoner *reckoner, double *ret_values)
{
	for (size_t i = 0; i < reckoner->input_count; i++)
		ret_values[i] = reckoner->inputs[i].figure.value;
}

/* ---- Tasks ----------------------------------------------------------------------------------- */

static double value_at(const double *values, size_t index)
{
	return index == SIZE_MAX ? (double)NAN : values[index];
}

/* What a line is at other visits than those that it was taken at. */
static double along(const struct capacity_need *need, double at, const double *values,
                    size_t visits_input, double visits)
{
	if (need->slope == 0 || visits_input == SIZE_MAX)
		return at;
	return fmax(at + need->slope * (values[visits_input] - visits), 0);
}

static double instances_of(const struct reckoner *reckoner, const double *values, size_t task)
{
	return value_at(values, reckoner->tasks[task].instances);
}

double reckon_cpu_s(const struct reckoner *reckoner, const double *values, size_t index)
{
	const struct capacity_task *const task = &reckoner->capacity->tasks[index];
	const struct task_inputs *const inputs = &reckoner->tasks[index];
	if (inputs->cpu_hours != SIZE_MAX)
		return values[inputs->cpu_hours] * seconds_per_hour /
		       instances_of(reckoner, values, index);
	const double at = value_at(values, inputs->cpu_time);
	if (task->visits < 0)
		return at;
	return along(&task->cpu, at, values, reckoner->visits[task->visits].mean,
	             reckoner->capacity->visits[task->visits].mean.value);
}

double reckon_cpu_hours(const struct reckoner *reckoner, const double *values, size_t index)
{
	const struct task_inputs *const inputs = &reckoner->tasks[index];
	if (inputs->cpu_hours != SIZE_MAX)
		return values[inputs->cpu_hours];
	return instances_of(reckoner, values, index) * reckon_cpu_s(reckoner, values, index) /
	       seconds_per_hour;
}

double reckon_max_rss(const struct reckoner *reckoner, const double *values, size_t index)
{
	const struct capacity_task *const task = &reckoner->capacity->tasks[index];
	const double at = value_at(values, reckoner->tasks[index].max_rss);
	if (task->visits < 0)
		return at;
	return along(&task->max_rss, at, values, reckoner->visits[task->visits].max,
	             reckoner->capacity->visits[task->visits].max.value);
}

/* ---- Tasks on platforms ---------------------------------------------------------------------- */

double reckon_room(const struct reckoner *reckoner, const double *values, size_t platform)
{
	const struct platform_inputs *const inputs = &reckoner->platforms[platform];
	return value_at(values, inputs->memory) - value_at(values, inputs->reserve);
}

/* What the node of a result does: as it was seen, whatever cores and memory are. */
static bool reckon_seen(const struct reckoner *reckoner, const double *values, size_t platform,
                        size_t task, struct capacity_cell *cell)
{
	const struct capacity_platform *const p = &reckoner->capacity->platforms[platform];
	const struct capacity_rate *rate = NULL;
	size_t input = reckoner->platforms[platform].rates[task];
	for (size_t i = 0; i < p->measured_count; i++)
		if (p->measured[i].task_index == task)
			rate = &p->measured[i].rate;
	if (!rate && isnan(p->cores)) {
		rate = &reckoner->capacity->tasks[task].rate;
		input = reckoner->tasks[task].rate;
	}
	if (!rate || input == SIZE_MAX)
		return false;
	const double instances = instances_of(reckoner, values, task);
	*cell = (struct capacity_cell){
	        .jobs = rate->concurrency,
	        .limit = CAPACITY_BY_RESULT,
	        .cpu_hours = instances * rate->cpu_s / seconds_per_hour,
	        .node_days = instances / (values[input] * seconds_per_day),
	        .fewer_above_bytes = NAN,
	        .fewer_node_days = NAN,
	        .more_up_to_bytes = NAN,
	        .more_node_days = NAN,
	};
	return true;
}

/* For how many hours all instances hold their cores, before any CPU factor: CPU hours by cores and
 * by how busy these are, which is never more than all the time; or where a result says how long a
 * task holds its place, that. */
static double held_hours(const struct reckoner *reckoner, const double *values, size_t index)
{
	const struct capacity_task *const task = &reckoner->capacity->tasks[index];
	const struct task_inputs *const inputs = &reckoner->tasks[index];
	if (inputs->rate == SIZE_MAX || capacity_figure_is_there(&task->cpu_s) ||
	    capacity_figure_is_there(&task->cpu_hours))
		return reckon_cpu_hours(reckoner, values, index) / capacity_cores_of(task) /
		       (inputs->efficiency == SIZE_MAX ? 1 : fmin(values[inputs->efficiency], 1));
	return instances_of(reckoner, values, index) * task->rate.concurrency /
	       values[inputs->rate] / seconds_per_hour;
}

void reckon_cell(const struct reckoner *reckoner, const double *values, size_t platform,
                 size_t task, struct capacity_cell *cell)
{
	const struct platform_inputs *const inputs = &reckoner->platforms[platform];
	if (reckon_seen(reckoner, values, platform, task, cell))
		return;
	const double cores = floor(floor(value_at(values, inputs->cores)) /
	                           capacity_cores_of(&reckoner->capacity->tasks[task]));
	const double by_memory = floor(reckon_room(reckoner, values, platform) /
	                               reckon_max_rss(reckoner, values, task));
	const double factor = value_at(values, inputs->factor);
	const double jobs = fmax(fmin(cores, by_memory), 0);
	*cell = (struct capacity_cell){
	        .jobs = jobs,
	        .limit = by_memory < cores ? CAPACITY_BY_MEMORY : CAPACITY_BY_CORES,
	        .cpu_hours = reckon_cpu_hours(reckoner, values, task) * factor,
	        .node_days = jobs > 0 ? held_hours(reckoner, values, task) * factor / jobs / 24
	                              : (double)NAN,
	        .fewer_above_bytes = NAN,
	        .fewer_node_days = NAN,
	        .more_up_to_bytes = NAN,
	        .more_node_days = NAN,
	};
}

double reckon_node_days(const struct reckoner *reckoner, const double *values, size_t platform)
{
	double days = 0;
	for (size_t i = 0; i < reckoner->capacity->task_count; i++) {
		struct capacity_cell cell;
		reckon_cell(reckoner, values, platform, i, &cell);
		if (isnan(cell.node_days))
			return INFINITY;
		days += cell.node_days;
	}
	return days;
}

double reckon_platform_hours(const struct reckoner *reckoner, const double *values, size_t platform)
{
	double hours = 0;
	for (size_t i = 0; i < reckoner->capacity->task_count; i++) {
		struct capacity_cell cell;
		reckon_cell(reckoner, values, platform, i, &cell);
		hours += cell.cpu_hours;
	}
	return hours;
}

/* ---- Products -------------------------------------------------------------------------------- */

static double product_instances_of(const struct reckoner *reckoner, const double *values,
                                   size_t product)
{
	const struct product_inputs *const inputs = &reckoner->products[product];
	const ptrdiff_t task = reckoner->capacity->products[product].task_index;
	if (inputs->instances != SIZE_MAX || task < 0)
		return value_at(values, inputs->instances);
	return instances_of(reckoner, values, (size_t)task);
}

double reckon_product_bytes(const struct reckoner *reckoner, const double *values, size_t product)
{
	return product_instances_of(reckoner, values, product) *
	       value_at(values, reckoner->products[product].size);
}
