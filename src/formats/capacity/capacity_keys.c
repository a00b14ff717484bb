#include "formats/capacity/capacity_keys.h"

#include "core/array.h"
#include "core/str.h"
#include "formats/capacity/capacity_keys_parts.h"
#include "formats/capacity/capacity_values.h"

#include <string.h>

/* A mapping, noting in item_place whether something in it is wrong. */
static int bind_item(struct binder *binder, const struct bind_place *place,
                     const struct bind_key *key, const yaml_node_t *node,
                     const struct bind_key *keys, size_t key_count, void *target,
                     struct capacity_place *item_place)
{
	const size_t before = binder->problems->count + binder->problems->left_out;
	const int r = bind_mapping(binder, place, key, node, keys, key_count, target);
	item_place->is_faulty = binder->problems->count + binder->problems->left_out > before;
	return r;
}

/* ---- Tasks ----------------------------------------------------------------------------------- */

#define TASK(member) offsetof(struct capacity_task, member)

/* A number, or what the table of visits counts. The target is the task. */
static int bind_instances(struct binder *binder, const struct bind_place *place,
                          const struct bind_key *key, const yaml_node_t *node, void *target)
{
	struct capacity_task *const task = target;
	if (node->type == YAML_SCALAR_NODE)
		for (unsigned i = CAPACITY_COADDS; i < CAPACITY_COUNTS; i++)
			if (strcmp((const char *)node->data.scalar.value,
			           capacity_count_names[i]) == 0) {
				task->count = (enum capacity_count)i;
				return 0;
			}
	return capacity_bind_count(binder, place, key, node, &task->instances);
}

const struct bind_key capacity_task_keys[CAPACITY_TASK_KEYS] = {
        {.name = "instances",
         .kind = BIND_CUSTOM,
         .offset = 0,
         .bind = bind_instances,
         .type = "a count, or coadds, warps or patches of the table of visits",
         .default_text = "required, unless cpu_hours is there",
         .example = "32.8 M",
         .help = "How many there are to run."},
        {.name = "cpu_hours",
         .kind = BIND_CUSTOM,
         .offset = TASK(cpu_hours),
         .bind = capacity_bind_count,
         .type = "a number",
         .default_text = "none",
         .example = "0.64 M",
         .help = "CPU hours of all instances together."},
        {.name = "cpu_time",
         .kind = BIND_CUSTOM,
         .offset = TASK(cpu_s),
         .bind = capacity_bind_time,
         .type = "a duration",
         .default_text = "from",
         .example = "70.4 s",
         .help = "CPU time of one instance."},
        {.name = "max_rss",
         .kind = BIND_CUSTOM,
         .offset = TASK(max_rss_bytes),
         .bind = capacity_bind_size,
         .type = "a size",
         .default_text = "from",
         .example = "2.59 GB",
         .help = "Memory that one instance may take."},
        {.name = "cores",
         .kind = BIND_CUSTOM,
         .offset = TASK(cores),
         .bind = capacity_bind_cores,
         .type = "a whole number",
         .default_text = "from, else 1",
         .example = "4",
         .help = "Cores that one instance takes."},
        {.name = "cpu_efficiency",
         .kind = BIND_CUSTOM,
         .offset = TASK(cpu_efficiency),
         .bind = capacity_bind_factor,
         .type = "a number above 0, at most 1",
         .default_text = "from, where it takes several cores; else 1",
         .example = "0.8",
         .help = "How busy it keeps its cores: CPU time by wall time and cores."},
        {.name = "from",
         .kind = BIND_CUSTOM,
         .offset = 0,
         .bind = capacity_bind_task_source,
         .type = "a mapping of campaign, parameters or result",
         .default_text = "from of the file",
         .example = "{campaign: stage1.db, cpu: mean, max_rss: max}",
         .help = "Where CPU time and memory come from."},
        {.name = "visits",
         .kind = BIND_CUSTOM,
         .offset = 0,
         .bind = capacity_bind_task_visits,
         .type = "a mapping of mean and max, or of table",
         .default_text = "visits of the file",
         .example = "{mean: 17.9, max: 54}",
         .help = "At which visits lines are taken."},
};

static int bind_task(struct binder *binder, const struct bind_place *place,
                     const struct bind_key *key, const yaml_node_t *node, void *target)
{
	struct capacity *const capacity = &((struct capacity_binding *)target)->capacity;
	struct capacity_task *task;
	const char *const fault = capacity_name_fault(place->key);
	if (fault)
		return bind_problem(binder, place, place->key_node, "the name %s", fault);
	int r = capacity_add_task(capacity, &task, binder->err);
	if (r == 0)
		r = str_copy(place->key, &task->name, binder->err);
	if (r < 0)
		return r;
	capacity_place_of(place, place->key_node, &task->place);
	return bind_item(binder, place, key, node, capacity_task_keys, CAPACITY_TASK_KEYS, task,
	                 &task->place);
}

static const struct bind_key task_item = {
        .name = "isr",
        .type = "a mapping of instances, cpu_time, max_rss",
        .example = "{instances: 32.8 M, cpu_time: 70.4 s, max_rss: 2.59 GB}",
        .bind = bind_task,
};

static int bind_tasks(struct binder *binder, const struct bind_place *place,
                      const struct bind_key *key, const yaml_node_t *node, void *target)
{
	return bind_entries(binder, place, key, node, &task_item, target);
}

/* ---- Platforms ------------------------------------------------------------------------------- */

#define PLATFORM(member) offsetof(struct capacity_platform, member)

static const struct bind_key comparison_keys[] = {
        {.name = "base",
         .kind = BIND_CUSTOM,
         .is_required = true,
         .offset = PLATFORM(factor_base),
         .bind = capacity_bind_file,
         .type = "a result, a folder or a pattern",
         .example = "haswell.db"},
        {.name = "new",
         .kind = BIND_CUSTOM,
         .is_required = true,
         .offset = PLATFORM(factor_new),
         .bind = capacity_bind_file,
         .type = "a result, a folder or a pattern",
         .example = "rome.db"},
        {.name = "at",
         .kind = BIND_CUSTOM,
         .offset = PLATFORM(factor_at),
         .bind = capacity_bind_at,
         .type = "a level that both have",
         .example = "32"},
};

/* A number, {value, low, high}, or {base, new, at}. The target is the platform. */
static int bind_factor(struct binder *binder, const struct bind_place *place,
                       const struct bind_key *key, const yaml_node_t *node, void *target)
{
	struct capacity_platform *const platform = target;
	if (node->type == YAML_MAPPING_NODE &&
	    (bind_has_key(binder, node, "base") || bind_has_key(binder, node, "new")))
		return bind_mapping(binder, place, key, node, comparison_keys,
		                    ARRAY_LENGTH(comparison_keys), platform);
	return capacity_bind_factor(binder, place, key, node, &platform->cpu_factor);
}

#define MEASURED(member) offsetof(struct capacity_measured, member)

static const struct bind_key measured_keys[] = {
        {.name = "result",
         .kind = BIND_CUSTOM,
         .is_required = true,
         .offset = MEASURED(result),
         .bind = capacity_bind_file,
         .type = "a file",
         .example = "rome.db"},
        {.name = "at",
         .kind = BIND_CUSTOM,
         .offset = MEASURED(at),
         .bind = capacity_bind_at,
         .type = "a level of the result, or recommended",
         .example = "96"},
};

/* A file, or {result, at}. The target is the platform. */
static int bind_measured_item(struct binder *binder, const struct bind_place *place,
                              const struct bind_key *key, const yaml_node_t *node, void *target)
{
	struct capacity_measured *item;
	int r = capacity_add_measured(target, &item, binder->err);
	if (r == 0)
		r = str_copy(place->key, &item->task, binder->err);
	if (r < 0)
		return r;
	capacity_place_of(place, place->key_node, &item->place);
	if (node->type == YAML_MAPPING_NODE)
		return bind_mapping(binder, place, key, node, measured_keys,
		                    ARRAY_LENGTH(measured_keys), item);
	return capacity_bind_file(binder, place, key, node, &item->result);
}

static const struct bind_key measured_item = {
        .name = "isr",
        .type = "a result, or a mapping of result and at",
        .example = "{result: rome.db, at: 96}",
        .bind = bind_measured_item,
};

static int bind_measured(struct binder *binder, const struct bind_place *place,
                         const struct bind_key *key, const yaml_node_t *node, void *target)
{
	return bind_entries(binder, place, key, node, &measured_item, target);
}

const struct bind_key capacity_platform_keys[CAPACITY_PLATFORM_KEYS] = {
        {.name = "cores",
         .kind = BIND_CUSTOM,
         .offset = PLATFORM(cores),
         .bind = capacity_bind_cores,
         .type = "a whole number",
         .default_text = "none: a node that results are of",
         .example = "128",
         .help = "How many tasks at most run at once."},
        {.name = "memory",
         .kind = BIND_CUSTOM,
         .offset = PLATFORM(memory_bytes),
         .bind = capacity_bind_bytes,
         .type = "a size",
         .default_text = "none likewise",
         .example = "512 GB",
         .help = "Of the node, all of it."},
        {.name = "reserve",
         .kind = BIND_CUSTOM,
         .offset = PLATFORM(reserve_bytes),
         .is_zero_allowed = true,
         .bind = capacity_bind_bytes,
         .type = "a size",
         .default_text = "0",
         .example = "10 GB",
         .help = "What the system keeps of that."},
        {.name = "cpu_factor",
         .kind = BIND_CUSTOM,
         .offset = 0,
         .bind = bind_factor,
         .type = "a number, {value, low, high}, or {base, new, at}",
         .default_text = "1",
         .example = "1.5",
         .help = "By what CPU times are multiplied for this platform, or two results that say "
                 "it."},
        {.name = "measured",
         .kind = BIND_CUSTOM,
         .offset = 0,
         .bind = bind_measured,
         .type = "a mapping of tasks to results",
         .default_text = "none",
         .example = "{isr: {result: rome.db, at: 96}}",
         .help = "What this platform was seen to get done, in place of CPU time and memory."},
        {.name = "nodes",
         .kind = BIND_INTEGER,
         .offset = PLATFORM(nodes),
         .low = 1,
         .high = 10000000,
         .type = "a whole number",
         .default_text = "none",
         .example = "100",
         .help = "How many nodes there are: for the days that it takes."},
};

static int bind_platform(struct binder *binder, const struct bind_place *place,
                         const struct bind_key *key, const yaml_node_t *node, void *target)
{
	struct capacity *const capacity = &((struct capacity_binding *)target)->capacity;
	struct capacity_platform *platform;
	const char *const fault = capacity_name_fault(place->key);
	if (fault)
		return bind_problem(binder, place, place->key_node, "the name %s", fault);
	int r = capacity_add_platform(capacity, &platform, binder->err);
	if (r == 0)
		r = str_copy(place->key, &platform->name, binder->err);
	if (r < 0)
		return r;
	capacity_place_of(place, place->key_node, &platform->place);
	return bind_item(binder, place, key, node, capacity_platform_keys, CAPACITY_PLATFORM_KEYS,
	                 platform, &platform->place);
}

static const struct bind_key platform_item = {
        .name = "Rome",
        .type = "a mapping of cores, memory, reserve, cpu_factor",
        .example = "{cores: 128, memory: 512 GB, reserve: 10 GB}",
        .bind = bind_platform,
};

static int bind_platforms(struct binder *binder, const struct bind_place *place,
                          const struct bind_key *key, const yaml_node_t *node, void *target)
{
	return bind_entries(binder, place, key, node, &platform_item, target);
}

/* ---- Products -------------------------------------------------------------------------------- */

#define PRODUCT(member) offsetof(struct capacity_product, member)

const struct bind_key capacity_product_keys[CAPACITY_PRODUCT_KEYS] = {
        {.name = "task",
         .kind = BIND_CUSTOM,
         .offset = PRODUCT(task),
         .bind = capacity_bind_name,
         .type = "the name of a task",
         .default_text = "none",
         .example = "isr",
         .help = "Which task writes it."},
        {.name = "size",
         .kind = BIND_CUSTOM,
         .offset = PRODUCT(size_bytes),
         .bind = capacity_bind_size,
         .type = "a size",
         .default_text = "product_sizes",
         .example = "91.6 MiB",
         .help = "Of one, the mean."},
        {.name = "instances",
         .kind = BIND_CUSTOM,
         .offset = PRODUCT(instances),
         .bind = capacity_bind_count,
         .type = "a count",
         .default_text = "those of its task",
         .example = "32.8 M",
         .help = "How many there are."},
        {.name = "keep",
         .kind = BIND_BOOLEAN,
         .offset = PRODUCT(is_kept),
         .type = "true or false",
         .default_text = "false",
         .example = "true",
         .help = "Whether it stays when the production is over."},
};

static int bind_product(struct binder *binder, const struct bind_place *place,
                        const struct bind_key *key, const yaml_node_t *node, void *target)
{
	struct capacity *const capacity = &((struct capacity_binding *)target)->capacity;
	struct capacity_product *product;
	const char *const fault = capacity_name_fault(place->key);
	if (fault)
		return bind_problem(binder, place, place->key_node, "the name %s", fault);
	int r = capacity_add_product(capacity, &product, binder->err);
	if (r == 0)
		r = str_copy(place->key, &product->name, binder->err);
	if (r < 0)
		return r;
	capacity_place_of(place, place->key_node, &product->place);
	return bind_item(binder, place, key, node, capacity_product_keys, CAPACITY_PRODUCT_KEYS,
	                 product, &product->place);
}

static const struct bind_key product_item = {
        .name = "calexp",
        .type = "a mapping of task, size, instances, keep",
        .example = "{task: calibrate, size: 103 MiB, keep: true}",
        .bind = bind_product,
};

static int bind_products(struct binder *binder, const struct bind_place *place,
                         const struct bind_key *key, const yaml_node_t *node, void *target)
{
	return bind_entries(binder, place, key, node, &product_item, target);
}

/* ---- The file -------------------------------------------------------------------------------- */

/* The target is the binding. */
static int bind_sizes(struct binder *binder, const struct bind_place *place,
                      const struct bind_key *key, const yaml_node_t *node, void *target)
{
	struct capacity *const capacity = &((struct capacity_binding *)target)->capacity;
	capacity_place_of(place, node, &capacity->sizes_place);
	return capacity_bind_file(binder, place, key, node, &capacity->sizes);
}

const struct bind_key capacity_keys[CAPACITY_KEYS] = {
        {.name = "name",
         .kind = BIND_CUSTOM,
         .is_required = true,
         .offset = offsetof(struct capacity_binding, capacity.name),
         .bind = capacity_bind_name,
         .type = "a text",
         .default_text = "required",
         .example = "survey-year-1",
         .help = "What the estimate is called."},
        {.name = "tasks",
         .kind = BIND_CUSTOM,
         .offset = 0,
         .bind = bind_tasks,
         .type = "a mapping of tasks",
         .default_text = "none",
         .example = "{isr: {instances: 32.8 M, cpu_time: 70.4 s, max_rss: 2.59 GB}}",
         .help = "What is to run."},
        {.name = "platforms",
         .kind = BIND_CUSTOM,
         .offset = 0,
         .bind = bind_platforms,
         .type = "a mapping of platforms",
         .default_text = "none",
         .example = "{Rome: {cores: 128, memory: 512 GB, reserve: 10 GB}}",
         .help = "Kinds of nodes, each as if it ran everything."},
        {.name = "products",
         .kind = BIND_CUSTOM,
         .offset = 0,
         .bind = bind_products,
         .type = "a mapping of data products",
         .default_text = "none",
         .example = "{calexp: {task: calibrate, size: 103 MiB, keep: true}}",
         .help = "What is written."},
        {.name = "from",
         .kind = BIND_CUSTOM,
         .offset = 0,
         .bind = capacity_bind_common_source,
         .type = "a mapping of campaign, parameters or result",
         .default_text = "none",
         .example = "{campaign: stage1.db}",
         .help = "Where values of tasks come from that say nothing else."},
        {.name = "visits",
         .kind = BIND_CUSTOM,
         .offset = 0,
         .bind = capacity_bind_common_visits,
         .type = "a mapping of mean and max, or of table",
         .default_text = "none",
         .example = "{mean: 17.9, max: 54}",
         .help = "Visits per patch, for tasks whose needs grow with them."},
        {.name = "product_sizes",
         .kind = BIND_CUSTOM,
         .offset = 0,
         .bind = bind_sizes,
         .type = "a file",
         .default_text = "none",
         .example = "product_sizes.json",
         .help = "Sizes by data product as gen3_workflow has them, for products without size."},
};
