/* Where the values of tasks come from: the keys from and visits, of the file and of a task. */
#include "formats/capacity/capacity_keys_parts.h"

#include "core/error.h"
#include "core/number.h"
#include "core/str.h"
#include "formats/capacity/capacity_keys.h"
#include "formats/capacity/capacity_values.h"

#include <string.h>

static struct capacity_binding *binding_of(const struct binder *binder)
{
	return binder->context;
}

/* ---- Sources: from --------------------------------------------------------------------------- */

#define SOURCE(member) offsetof(struct capacity_source, member)

/* One word of capacity_statistic_names. */
static int bind_statistic(struct binder *binder, const struct bind_place *place,
                          const struct bind_key *key, const yaml_node_t *node,
                          enum capacity_statistic *target, bool *ret_is_there)
{
	const char *text;
	const int r = bind_text(binder, place, key, node, false, &text);
	if (r < 0 || !text)
		return r;
	for (unsigned i = 0; i < CAPACITY_STATISTICS; i++)
		if (strcmp(text, capacity_statistic_names[i]) == 0) {
			*target = (enum capacity_statistic)i;
			*ret_is_there = true;
			return 0;
		}
	const char *const near = str_nearest(text, capacity_statistic_names, CAPACITY_STATISTICS,
	                                     sizeof capacity_statistic_names[0]);
	return bind_problem(binder, place, node,
	                    "\"%.*s\" is unknown here; %s%s%swrite one of: mean, p50, p95, p99, "
	                    "max, linear, robust, envelope, envelope-maxima",
	                    str_cut(text, 60), text, near ? "did you mean " : "", near ? near : "",
	                    near ? "? Otherwise " : "");
}

/* The target is the source. */
static int bind_source_cpu(struct binder *binder, const struct bind_place *place,
                           const struct bind_key *key, const yaml_node_t *node, void *target)
{
	struct capacity_source *const source = target;
	return bind_statistic(binder, place, key, node, &source->cpu, &source->has_cpu);
}

static int bind_source_max_rss(struct binder *binder, const struct bind_place *place,
                               const struct bind_key *key, const yaml_node_t *node, void *target)
{
	struct capacity_source *const source = target;
	return bind_statistic(binder, place, key, node, &source->max_rss, &source->has_max_rss);
}

/* uint32_t: a level, or recommended (0). */
int capacity_bind_at(struct binder *binder, const struct bind_place *place,
                     const struct bind_key *key, const yaml_node_t *node, void *target)
{
	const char *text;
	int64_t level;
	struct error wrong;
	const int r = bind_number_text(binder, place, key, node, &text);
	if (r < 0 || !text || strcmp(text, "recommended") == 0)
		return r;
	if (number_parse_integer(text, 1, 1000000, &level, &wrong) < 0)
		return bind_problem(binder, place, node, "%s, or recommended", wrong.text);
	*(uint32_t *)target = (uint32_t)level;
	return 0;
}

const struct bind_key capacity_source_keys[CAPACITY_SOURCE_KEYS] = {
        {.name = "campaign",
         .kind = BIND_CUSTOM,
         .offset = SOURCE(campaign),
         .bind = capacity_bind_file,
         .type = "a file",
         .example = "stage1.db",
         .help = "A campaign file, or whatever plateau import makes one of."},
        {.name = "parameters",
         .kind = BIND_CUSTOM,
         .offset = SOURCE(parameters),
         .bind = capacity_bind_file,
         .type = "a file",
         .example = "resource_params.json",
         .help = "Resource parameters of gen3_workflow: lines against visits, for every type."},
        {.name = "result",
         .kind = BIND_CUSTOM,
         .offset = SOURCE(result),
         .bind = capacity_bind_file,
         .type = "a file",
         .example = "rome.db",
         .help = "A result of plateau: what a node really gets done at N tasks at once."},
        {.name = "at",
         .kind = BIND_CUSTOM,
         .offset = SOURCE(at),
         .bind = capacity_bind_at,
         .type = "a level of the result, or recommended",
         .example = "96",
         .help = "At which N the result is taken."},
        {.name = "type",
         .kind = BIND_CUSTOM,
         .offset = SOURCE(type),
         .bind = capacity_bind_name,
         .type = "a task type",
         .example = "isr",
         .help = "What the task is called in the campaign or the parameters."},
        {.name = "covariate",
         .kind = BIND_CUSTOM,
         .offset = SOURCE(covariate),
         .bind = capacity_bind_name,
         .type = "a covariate of the campaign",
         .example = "visits",
         .help = "What lines are drawn against."},
        {.name = "cpu",
         .kind = BIND_CUSTOM,
         .offset = 0,
         .bind = bind_source_cpu,
         .type = "mean, p50, p95, p99, max, linear, robust, envelope or envelope-maxima",
         .example = "mean",
         .help = "Which CPU time is taken of the campaign."},
        {.name = "max_rss",
         .kind = BIND_CUSTOM,
         .offset = 0,
         .bind = bind_source_max_rss,
         .type = "mean, p50, p95, p99, max, linear, robust, envelope or envelope-maxima",
         .example = "max",
         .help = "Which max RSS is taken of the campaign."},
};

/* Of files one is enough, and at belongs to a result. */
static int check_source(struct binder *binder, const struct bind_place *place,
                        const yaml_node_t *node, const struct capacity_source *source)
{
	const int files = (source->campaign != NULL) + (source->parameters != NULL) +
	                  (source->result != NULL);
	if (files > 1)
		return bind_problem(binder, place, node,
		                    "several of campaign, parameters and result stand here; keep "
		                    "one of them");
	if (source->at > 0 && (source->campaign || source->parameters))
		return bind_problem(binder, place, node,
		                    "at is a level of a result, and there is none here; leave it "
		                    "out");
	return 0;
}

static int bind_source(struct binder *binder, const struct bind_place *place,
                       const struct bind_key *key, const yaml_node_t *node,
                       struct capacity_source *source, bool *ret_is_there)
{
	int r = bind_mapping(binder, place, key, node, capacity_source_keys, CAPACITY_SOURCE_KEYS,
	                     source);
	*ret_is_there = true;
	capacity_place_of(place, node, &source->place);
	return r < 0 ? r : check_source(binder, place, node, source);
}

int capacity_bind_task_source(struct binder *binder, const struct bind_place *place,
                              const struct bind_key *key, const yaml_node_t *node, void *target)
{
	struct capacity_task *const task = target;
	return bind_source(binder, place, key, node, &task->source, &task->has_source);
}

int capacity_bind_common_source(struct binder *binder, const struct bind_place *place,
                                const struct bind_key *key, const yaml_node_t *node, void *target)
{
	struct capacity *const capacity = &((struct capacity_binding *)target)->capacity;
	return bind_source(binder, place, key, node, &capacity->source, &capacity->has_source);
}

/* ---- Visits ---------------------------------------------------------------------------------- */

#define VISITS(member) offsetof(struct capacity_visits, member)

const struct bind_key capacity_visits_keys[CAPACITY_VISITS_KEYS] = {
        {.name = "mean",
         .kind = BIND_CUSTOM,
         .offset = VISITS(mean),
         .bind = capacity_bind_count,
         .type = "a number",
         .example = "17.9",
         .help = "Visits to a patch, the mean over coadds: what CPU hours come from."},
        {.name = "max",
         .kind = BIND_CUSTOM,
         .offset = VISITS(max),
         .bind = capacity_bind_count,
         .type = "a number",
         .example = "54",
         .help = "The most visits: what memory is needed for."},
        {.name = "table",
         .kind = BIND_CUSTOM,
         .offset = VISITS(table),
         .bind = capacity_bind_file,
         .type = "a file",
         .example = "visits.csv",
         .help = "Or a table of visits per patch, which plateau capacity overlaps writes."},
};

static int check_visits(struct binder *binder, const struct bind_place *place,
                        const yaml_node_t *node, const struct capacity_visits *visits)
{
	const bool has_mean = capacity_figure_is_there(&visits->mean);
	const bool has_max = capacity_figure_is_there(&visits->max);
	if (visits->table && (has_mean || has_max))
		return bind_problem(binder, place, node,
		                    "mean and max are in the table; leave them out, or the table");
	if (!visits->table && (!has_mean || !has_max))
		return bind_problem(binder, place, node,
		                    "mean and max are both needed, or a table; write for example "
		                    "visits: {mean: 17.9, max: 54}");
	if (has_mean && has_max && visits->mean.value > visits->max.value)
		return bind_problem(binder, place, node, "the mean is above the max");
	return 0;
}

static int bind_visits_of(struct binder *binder, const struct bind_place *place,
                          const struct bind_key *key, const yaml_node_t *node, size_t index)
{
	struct capacity *const capacity = &binding_of(binder)->capacity;
	struct capacity_visits visits = capacity->visits[index];
	const size_t before = binder->problems->count + binder->problems->left_out;
	int r = bind_mapping(binder, place, key, node, capacity_visits_keys, CAPACITY_VISITS_KEYS,
	                     &visits);
	capacity_place_of(place, node, &visits.place);
	capacity->visits[index] = visits;
	if (r < 0 || binder->problems->count + binder->problems->left_out > before)
		return r;
	return check_visits(binder, place, node, &visits);
}

/* The file's are the first, whatever stands before them. */
int capacity_bind_common_visits(struct binder *binder, const struct bind_place *place,
                                const struct bind_key *key, const yaml_node_t *node, void *target)
{
	struct capacity *const capacity = &((struct capacity_binding *)target)->capacity;
	capacity->has_visits = true;
	return bind_visits_of(binder, place, key, node, 0);
}

int capacity_bind_task_visits(struct binder *binder, const struct bind_place *place,
                              const struct bind_key *key, const yaml_node_t *node, void *target)
{
	struct capacity_task *const task = target;
	size_t index;
	const int r = capacity_add_visits(&binding_of(binder)->capacity, &index, binder->err);
	if (r < 0)
		return r;
	task->visits = (ptrdiff_t)index;
	return bind_visits_of(binder, place, key, node, index);
}
