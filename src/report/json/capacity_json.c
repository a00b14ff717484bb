#include "report/json/capacity_json.h"

#include "report/json/json_value.h"

#include <jansson.h>
#include <math.h>

/* A figure as an estimate. */
static json_t *figure(struct json_writer *w, const struct capacity_figure *f)
{
	json_t *const object = json_object();
	json_set(w, object, "value", json_number(f->value));
	json_set(w, object, "ci95", json_interval(f->low, f->high));
	json_set(w, object, "n", json_count(f->n));
	if (isnan(f->value))
		json_set(w, object, "reason", json_string("nothing says it"));
	else if (!capacity_figure_has_interval(f))
		json_set(w, object, "reason",
		         json_string("nothing that it is made of has an interval"));
	return object;
}

/* NAME, NAME_ci95: the value alone, and its interval beside it. */
static void set_value(struct json_writer *w, json_t *object, const char *key, const char *ci95,
                      const struct capacity_figure *f)
{
	json_set(w, object, key, json_number(f->value));
	json_set(w, object, ci95, json_interval(f->low, f->high));
}

static json_t *cell_object(struct json_writer *w, const struct capacity_needs *needs,
                           const struct capacity_platform_needs *platform, size_t index)
{
	const struct capacity_cell *const cell = &platform->cells[index];
	json_t *const object = json_object();
	json_set(w, object, "task", json_text(needs->capacity->tasks[index].name));
	json_set(w, object, "jobs_per_node", json_count((size_t)cell->jobs));
	json_set(w, object, "limited_by", json_string(capacity_limit_names[cell->limit]));
	json_set(w, object, "cpu_hours", json_number(cell->cpu_hours));
	json_set(w, object, "node_days", json_number(cell->node_days));
	json_set(w, object, "one_job_fewer_above_bytes", json_number(cell->fewer_above_bytes));
	json_set(w, object, "node_days_with_one_job_fewer", json_number(cell->fewer_node_days));
	json_set(w, object, "one_job_more_up_to_bytes", json_number(cell->more_up_to_bytes));
	json_set(w, object, "node_days_with_one_job_more", json_number(cell->more_node_days));
	return object;
}

static json_t *effects_array(struct json_writer *w, const struct capacity_needs *needs,
                             size_t platform)
{
	json_t *const array = json_array();
	for (size_t i = 0; i < needs->effect_counts[platform]; i++) {
		const struct capacity_effect *const effect = &needs->effects[platform][i];
		const struct capacity_input *const input = &needs->inputs[effect->input];
		json_t *const object = json_object();
		json_set(w, object, "input", json_string(capacity_input_names[input->kind]));
		json_set(w, object, "of", input->owner[0] ? json_text(input->owner) : json_null());
		json_set(w, object, "value", json_number(input->figure.value));
		json_set(w, object, "node_days_ratio_at_10_percent_less",
		         json_number(effect->less));
		json_set(w, object, "node_days_ratio_at_10_percent_more",
		         json_number(effect->more));
		if (isnan(effect->less) || isnan(effect->more))
			json_set(w, object, "reason",
			         json_string("where it is null, some task does not fit"));
		json_append(w, array, object);
	}
	return array;
}

static json_t *platform_object(struct json_writer *w, const struct capacity_needs *needs,
                               size_t index)
{
	const struct capacity_platform *const platform = &needs->capacity->platforms[index];
	const struct capacity_platform_needs *const p = &needs->platforms[index];
	json_t *const object = json_object();
	json_t *const tasks = json_array();
	json_set(w, object, "name", json_text(platform->name));
	set_value(w, object, "node_days", "node_days_ci95", &p->node_days);
	if (p->reason[0])
		json_set(w, object, "node_days_reason", json_text(p->reason));
	set_value(w, object, "cpu_hours", "cpu_hours_ci95", &p->cpu_hours);
	json_set(w, object, "cores", json_number(platform->cores));
	json_set(w, object, "memory_bytes", json_number(platform->memory_bytes));
	json_set(w, object, "reserve_bytes", json_number(platform->reserve_bytes));
	json_set(w, object, "cpu_factor", figure(w, &platform->cpu_factor));
	json_set(w, object, "cpu_factor_from", json_text(platform->factor_origin));
	json_set(w, object, "nodes", p->nodes > 0 ? json_count(p->nodes) : json_null());
	set_value(w, object, "calendar_days", "calendar_days_ci95", &p->calendar_days);
	json_set(w, object, "nodes_needed", json_number(p->nodes_needed));
	for (size_t i = 0; i < needs->capacity->task_count; i++)
		json_append(w, tasks, cell_object(w, needs, p, i));
	json_set(w, object, "tasks", tasks);
	json_set(w, object, "sensitivity", effects_array(w, needs, index));
	return object;
}

static json_t *task_object(struct json_writer *w, const struct capacity_needs *needs, size_t index)
{
	const struct capacity_task *const task = &needs->capacity->tasks[index];
	const struct capacity_task_needs *const t = &needs->tasks[index];
	json_t *const object = json_object();
	json_set(w, object, "name", json_text(task->name));
	json_set(w, object, "instances", figure(w, &t->instances));
	json_set(w, object, "cpu_s", figure(w, &t->cpu_s));
	json_set(w, object, "cpu_hours", figure(w, &t->cpu_hours));
	json_set(w, object, "cpu_from",
	         task->cpu.origin                             ? json_text(task->cpu.origin)
	         : capacity_figure_is_there(&task->cpu_hours) ? json_string("as written")
	                                                      : json_null());
	json_set(w, object, "max_rss_bytes", figure(w, &t->max_rss_bytes));
	json_set(w, object, "max_rss_from", json_text(task->max_rss.origin));
	json_set(w, object, "cores", json_number(capacity_cores_of(task)));
	json_set(w, object, "cores_from", json_text(task->cores_origin));
	json_set(w, object, "cpu_efficiency", figure(w, &task->cpu_efficiency));
	json_set(w, object, "throughput_per_s", figure(w, &task->rate.per_s));
	json_set(w, object, "throughput_from", json_text(task->rate.origin));
	return object;
}

static json_t *product_object(struct json_writer *w, const struct capacity_needs *needs,
                              size_t index)
{
	const struct capacity_product *const product = &needs->capacity->products[index];
	const struct capacity_product_needs *const p = &needs->products[index];
	json_t *const object = json_object();
	json_set(w, object, "name", json_text(product->name));
	json_set(w, object, "task", json_text(product->task));
	json_set(w, object, "size_bytes", figure(w, &product->size_bytes));
	json_set(w, object, "size_from", json_text(product->origin));
	json_set(w, object, "instances", figure(w, &p->instances));
	json_set(w, object, "bytes", figure(w, &p->bytes));
	json_set(w, object, "kept", json_boolean(product->is_kept));
	return object;
}

static json_t *storage_object(struct json_writer *w, const struct capacity_needs *needs)
{
	json_t *const object = json_object();
	set_value(w, object, "total", "total_ci95", &needs->total_bytes);
	set_value(w, object, "kept", "kept_ci95", &needs->kept_bytes);
	if (isnan(needs->total_bytes.value))
		json_set(w, object, "reason", json_string("the file names no products"));
	return object;
}

int capacity_json_write(const struct capacity_needs *needs, const char *path, char **ret_json,
                        struct error *err)
{
	struct json_writer w = {false};
	const struct capacity *const capacity = needs->capacity;
	json_t *const answer = json_object();
	json_t *const platforms = json_array();
	json_t *const tasks = json_array();
	json_t *const products = json_array();
	json_t *const remarks = json_array();
	json_set(&w, answer, "schema_version", json_integer(1));
	json_set(&w, answer, "name", json_text(capacity->name));
	json_set(&w, answer, "file", json_text(path));
	for (size_t i = 0; i < capacity->platform_count; i++)
		json_append(&w, platforms, platform_object(&w, needs, i));
	json_set(&w, answer, "platforms", platforms);
	set_value(&w, answer, "cpu_hours", "cpu_hours_ci95", &needs->cpu_hours);
	for (size_t i = 0; i < capacity->task_count; i++)
		json_append(&w, tasks, task_object(&w, needs, i));
	json_set(&w, answer, "tasks", tasks);
	json_set(&w, answer, "storage_bytes", storage_object(&w, needs));
	for (size_t i = 0; i < capacity->product_count; i++)
		json_append(&w, products, product_object(&w, needs, i));
	json_set(&w, answer, "products", products);
	json_set(&w, answer, "uncertain_inputs", json_count(needs->uncertain));
	for (size_t i = 0; i < capacity->remarks.count; i++)
		json_append(&w, remarks, json_text(capacity->remarks.items[i]));
	json_set(&w, answer, "remarks", remarks);
	return json_finish(&w, answer, ret_json, err);
}
