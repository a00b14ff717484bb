#include "formats/capacity/capacity_yaml.h"

#include "core/cleanup.h"
#include "core/error.h"
#include "core/file.h"
#include "core/str.h"
#include "formats/capacity/capacity_keys.h"
#include "formats/capacity/capacity_values.h"
#include "formats/yaml_text.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* ---- Checks that need several keys ----------------------------------------------------------- */

static int complain(struct binder *binder, const struct capacity_place *place, const char *format,
                    ...) __attribute__((format(printf, 3, 4)));

static int complain(struct binder *binder, const struct capacity_place *place, const char *format,
                    ...)
{
	char what[ERROR_TEXT_BYTES];
	va_list args;
	va_start(args, format);
	vsnprintf(what, sizeof what, format, args);
	va_end(args);
	return problems_add(binder->problems, binder->file, place->line, place->column, place->path,
	                    binder->err, "%s", what);
}

static struct capacity *capacity_of(const struct binder *binder)
{
	return &((struct capacity_binding *)binder->context)->capacity;
}

/* Some platform has cores and no measurement of this task, so that its values are needed there. */
static bool is_reckoned(const struct capacity *capacity, const char *task)
{
	for (size_t i = 0; i < capacity->platform_count; i++) {
		const struct capacity_platform *const platform = &capacity->platforms[i];
		bool is_measured = false;
		for (size_t j = 0; j < platform->measured_count; j++)
			is_measured |= strcmp(platform->measured[j].task, task) == 0;
		if (!is_measured && !isnan(platform->cores))
			return true;
	}
	return false;
}

static int check_cpu(struct binder *binder, const struct capacity_task *task, bool has_source)
{
	const bool has_hours = capacity_figure_is_there(&task->cpu_hours);
	const bool has_time = capacity_figure_is_there(&task->cpu_s);
	if (has_hours && has_time)
		return complain(binder, &task->place,
		                "cpu_hours of all instances and cpu_time of each both stand here; "
		                "keep one of them");
	if (task->cpu_efficiency.value > 1 || task->cpu_efficiency.high > 1)
		return complain(
		        binder, &task->place,
		        "a cpu_efficiency above 1: it is CPU time / (wall time x cores), and "
		        "1 keeps all cores busy");
	if (!has_hours && !has_time && !has_source && is_reckoned(capacity_of(binder), task->name))
		return complain(binder, &task->place,
		                "nothing says how long it takes; write for example cpu_time: 70 s, "
		                "cpu_hours: 0.64 M, or from: {campaign: FILE}");
	return 0;
}

static int check_instances(struct binder *binder, const struct capacity_task *task)
{
	const struct capacity *const capacity = capacity_of(binder);
	const struct capacity_visits *const visits = task->visits >= 0
	                                                     ? &capacity->visits[task->visits]
	                                             : capacity->has_visits ? &capacity->visits[0]
	                                                                    : NULL;
	if (task->count != CAPACITY_TYPED && !(visits && visits->table))
		return complain(binder, &task->place,
		                "%s are counted in a table of visits, and there is none; write "
		                "visits: {table: FILE}, or a number",
		                capacity_count_names[task->count]);
	if (task->count == CAPACITY_TYPED && !capacity_figure_is_there(&task->instances) &&
	    !capacity_figure_is_there(&task->cpu_hours))
		return complain(binder, &task->place,
		                "instances is missing; write for example instances: 32.8 M");
	return 0;
}

static int check_task(struct binder *binder, const struct capacity_task *task)
{
	const struct capacity *const capacity = capacity_of(binder);
	struct capacity_source source = {0};
	const bool has_source = capacity_source_of(capacity, task, &source);
	int r = 0;
	if (task->has_source && !source.campaign && !source.parameters && !source.result)
		return complain(binder, &source.place,
		                "from names no file; write one of campaign, parameters and result");
	r = check_cpu(binder, task, has_source);
	if (r == 0)
		r = check_instances(binder, task);
	if (r == 0 && !has_source && !capacity_figure_is_there(&task->max_rss_bytes) &&
	    is_reckoned(capacity, task->name))
		r = complain(binder, &task->place,
		             "nothing says how much memory it takes; write for example max_rss: "
		             "2.59 GB, or from: {campaign: FILE}");
	return r;
}

static int check_measured(struct binder *binder, const struct capacity_platform *platform)
{
	const struct capacity *const capacity = capacity_of(binder);
	int r = 0;
	for (size_t i = 0; r == 0 && i < platform->measured_count; i++) {
		const struct capacity_measured *const item = &platform->measured[i];
		const ptrdiff_t index = capacity_find_task(capacity, item->task);
		if (index < 0) {
			const char *const near =
			        capacity->task_count > 0
			                ? str_nearest(item->task, &capacity->tasks[0].name,
			                              capacity->task_count,
			                              sizeof capacity->tasks[0])
			                : NULL;
			r = complain(binder, &item->place, "no task is called so%s%s%s",
			             near ? "; did you mean " : "; name one of tasks",
			             near ? near : "", near ? "?" : "");
		} else if (!capacity_figure_is_there(&capacity->tasks[index].instances) &&
		           capacity->tasks[index].count == CAPACITY_TYPED) {
			r = complain(binder, &item->place,
			             "a result says how many tasks a node does in a day, and the "
			             "task has no instances; add them");
		}
	}
	return r;
}

static bool is_measured(const struct capacity_platform *platform, const char *task)
{
	for (size_t i = 0; i < platform->measured_count; i++)
		if (strcmp(platform->measured[i].task, task) == 0)
			return true;
	return false;
}

/* A platform without cores is a node that results are of. */
static int check_results(struct binder *binder, const struct capacity_platform *platform)
{
	const struct capacity *const capacity = capacity_of(binder);
	struct capacity_source source;
	int r = 0;
	if (platform->factor_base || platform->cpu_factor.value != 1)
		r = complain(binder, &platform->place,
		             "cpu_factor needs cores and memory: results say themselves how long "
		             "tasks take there");
	for (size_t i = 0; r == 0 && i < capacity->task_count; i++) {
		const struct capacity_task *const task = &capacity->tasks[i];
		if (is_measured(platform, task->name) ||
		    (capacity_source_of(capacity, task, &source) && source.result))
			continue;
		return complain(binder, &platform->place,
		                "cores and memory are missing, and no result says what it does of "
		                "%s; write for example cores: 128, memory: 512 GB, or measured: "
		                "{%s: FILE}",
		                task->name, task->name);
	}
	return r;
}

static int check_platform(struct binder *binder, const struct capacity_platform *platform)
{
	int r = check_measured(binder, platform);
	if (r < 0)
		return r;
	if (isnan(platform->cores) != isnan(platform->memory_bytes))
		return complain(binder, &platform->place, "%s is missing beside %s",
		                isnan(platform->cores) ? "cores" : "memory",
		                isnan(platform->cores) ? "memory" : "cores");
	if (isnan(platform->cores))
		return check_results(binder, platform);
	if (platform->reserve_bytes >= platform->memory_bytes)
		return complain(binder, &platform->place,
		                "the reserve leaves no memory for tasks; make it smaller");
	return 0;
}

static int check_product(struct binder *binder, const struct capacity_product *product)
{
	const struct capacity *const capacity = capacity_of(binder);
	if (!capacity_figure_is_there(&product->size_bytes) && !capacity->sizes)
		return complain(binder, &product->place,
		                "size is missing; write for example size: 91.6 MiB, or "
		                "product_sizes: FILE above");
	if (capacity_figure_is_there(&product->instances))
		return 0;
	const ptrdiff_t task = product->task ? capacity_find_task(capacity, product->task) : -1;
	if (task >= 0 && (capacity_figure_is_there(&capacity->tasks[task].instances) ||
	                  capacity->tasks[task].count != CAPACITY_TYPED))
		return 0;
	const char *const near =
	        product->task && task < 0 && capacity->task_count > 0
	                ? str_nearest(product->task, &capacity->tasks[0].name, capacity->task_count,
	                              sizeof capacity->tasks[0])
	                : NULL;
	return complain(binder, &product->place, "how many there are is not said: %s%s%s",
	                near ? "did you mean task: "
	                     : "write instances, or the task that writes it",
	                near ? near : "", near ? "?" : "");
}

static int check_whole(struct binder *binder)
{
	const struct capacity *const capacity = capacity_of(binder);
	const struct capacity_place begin = {1, 1, "capacity", false};
	if (capacity->product_count > 0 && capacity->task_count == 0 &&
	    capacity->platform_count == 0)
		return 0;
	if (capacity->task_count == 0)
		return complain(binder, &begin, "no tasks; write for example tasks: %s",
		                capacity_keys[1].example);
	if (capacity->platform_count == 0)
		return complain(binder, &begin, "no platforms; write for example platforms: %s",
		                capacity_keys[2].example);
	return 0;
}

/* Only of what could be read: a value that is wrong would be told as missing too. */
static int check_all(struct binder *binder)
{
	const struct capacity *const capacity = capacity_of(binder);
	int r = binder->problems->count == 0 ? check_whole(binder) : 0;
	for (size_t i = 0; r == 0 && i < capacity->task_count; i++)
		if (!capacity->tasks[i].place.is_faulty)
			r = check_task(binder, &capacity->tasks[i]);
	for (size_t i = 0; r == 0 && i < capacity->platform_count; i++)
		if (!capacity->platforms[i].place.is_faulty)
			r = check_platform(binder, &capacity->platforms[i]);
	for (size_t i = 0; r == 0 && i < capacity->product_count; i++)
		if (!capacity->products[i].place.is_faulty)
			r = check_product(binder, &capacity->products[i]);
	return r;
}

/* ---- Files ----------------------------------------------------------------------------------- */

/* Tasks that say nothing else have the visits of the file; products, the instances of their task.
 */
static void finish(struct capacity *capacity)
{
	for (size_t i = 0; i < capacity->task_count; i++)
		if (capacity->tasks[i].visits < 0 && capacity->has_visits)
			capacity->tasks[i].visits = 0;
	for (size_t i = 0; i < capacity->platform_count; i++)
		for (size_t j = 0; j < capacity->platforms[i].measured_count; j++) {
			struct capacity_measured *const item = &capacity->platforms[i].measured[j];
			item->task_index = (size_t)capacity_find_task(capacity, item->task);
		}
	for (size_t i = 0; i < capacity->product_count; i++) {
		struct capacity_product *const product = &capacity->products[i];
		if (!capacity_figure_is_there(&product->instances))
			product->task_index = capacity_find_task(capacity, product->task);
	}
}

static int bind_all(struct binder *binder)
{
	size_t common;
	int r = capacity_add_visits(capacity_of(binder), &common, binder->err);
	if (r == 0)
		r = bind_document(binder, capacity_keys, CAPACITY_KEYS, binder->context);
	if (r == 0)
		r = check_all(binder);
	if (r < 0)
		return r;
	problems_sort(binder->problems);
	r = problems_result(binder->problems, binder->file, binder->err);
	if (r == 0)
		finish(capacity_of(binder));
	return r;
}

int capacity_yaml_parse(const char *name, const char *text, size_t text_bytes,
                        struct capacity *ret_capacity, struct problems *ret_problems,
                        struct error *err)
{
	yaml_document_t document;
	int r = yaml_text_load(name, text, text_bytes, &document, ret_problems, err);
	if (r < 0)
		return r;
	struct capacity_binding binding = {0};
	struct binder binder = {name, "capacity", &document, ret_problems, err, &binding};
	r = bind_all(&binder);
	yaml_document_delete(&document);
	if (r < 0) {
		capacity_release(&binding.capacity);
		return r;
	}
	*ret_capacity = binding.capacity;
	return 0;
}

int capacity_yaml_load(const char *path, struct capacity *ret_capacity,
                       struct problems *ret_problems, struct error *err)
{
	cleanup_free char *text = NULL;
	size_t text_bytes = 0;
	const int r = file_read(path, CAPACITY_MAX_BYTES, &text, &text_bytes, err);
	if (r == -EFBIG)
		return error_set(err, EINVAL,
		                 "%s is larger than 1 MiB, so this is no capacity file", path);
	if (r < 0)
		return r;
	return capacity_yaml_parse(path, text, text_bytes, ret_capacity, ret_problems, err);
}
