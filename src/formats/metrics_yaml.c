#include "formats/metrics_yaml.h"

#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/file.h"
#include "core/str.h"
#include "formats/event_code.h"
#include "formats/metrics_values.h"
#include "formats/yaml_text.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { EVENT_MAX_LENGTH = 250, CHOICES_MAX = 32 };

#define METRIC(member) offsetof(struct metric, member)
#define CHOICE(member) offsetof(struct metric_choice, member)

static struct metrics_binding *binding_of(const struct binder *binder)
{
	return binder->context;
}

/* ---- One choice ---------------------------------------------------------------------------- */

/* What cannot be an event, whatever the processor, or 0 with nothing told. */
static int check_event(struct binder *binder, const struct bind_place *place,
                       const yaml_node_t *node, const char *text, bool *ret_is_fine)
{
	struct event_code code;
	struct error wrong;
	*ret_is_fine = false;
	if (strlen(text) > EVENT_MAX_LENGTH)
		return bind_problem(binder, place, node, "longer than %d bytes; shorten it",
		                    EVENT_MAX_LENGTH);
	for (const char *p = text; *p; p++)
		if (!isgraph((unsigned char)*p))
			return bind_problem(binder, place, node,
			                    "\"%.80s\" holds a blank or a character that no event "
			                    "has; write for example perf::LLC-LOAD-MISSES",
			                    text);
	if (event_code_is_raw(text) && event_code_parse(text, &code, &wrong) < 0)
		return bind_problem(binder, place, node, "%s", wrong.text);
	const char *const slash = strchr(text, '/');
	if (str_starts_with(text, "sysfs:") && (!slash || !strchr(slash + 1, '/')))
		return bind_problem(binder, place, node,
		                    "\"%.80s\" names no event of a PMU; write sysfs:PMU/EVENT/, "
		                    "for example sysfs:msr/aperf/",
		                    text);
	*ret_is_fine = true;
	return 0;
}

static int bind_event(struct binder *binder, const struct bind_place *place,
                      const struct bind_key *key, const yaml_node_t *node, void *target)
{
	const char *text;
	bool is_fine;
	int r = bind_text(binder, place, key, node, false, &text);
	if (r < 0 || !text)
		return r;
	r = check_event(binder, place, node, text, &is_fine);
	if (r < 0 || !is_fine)
		return r;
	return str_copy(text, (char **)target, binder->err);
}

/* The target is the whole choice. */
static int bind_code(struct binder *binder, const struct bind_place *place,
                     const struct bind_key *key, const yaml_node_t *node, void *target)
{
	struct metric_choice *const choice = target;
	struct event_code code;
	struct error wrong;
	const char *text;
	const int r = bind_text(binder, place, key, node, false, &text);
	if (r < 0 || !text)
		return r;
	if (event_code_parse(text, &code, &wrong) < 0)
		return bind_problem(binder, place, node, "%s", wrong.text);
	if (!code.is_user || !code.is_kernel)
		return bind_problem(binder, place, node,
		                    "\"%.80s\" has a modifier, which belongs to the event", text);
	choice->has_code = true;
	choice->config = code.config;
	choice->config1 = code.config1;
	return 0;
}

static const struct bind_key choice_keys[] = {
        {.name = "event",
         .kind = BIND_CUSTOM,
         .is_required = true,
         .offset = CHOICE(event),
         .bind = bind_event,
         .type = "an event",
         .example = "perf::LLC-LOAD-MISSES"},
        {.name = "code",
         .kind = BIND_CUSTOM,
         .offset = 0,
         .bind = bind_code,
         .type = "a raw encoding",
         .example = "r412e"},
        {.name = "meaning",
         .kind = BIND_CUSTOM,
         .offset = CHOICE(meaning),
         .bind = metrics_bind_text,
         .type = "a text",
         .example = "from DRAM only"},
};

/* A name of its own PMU ("perf::X") means the same everywhere, and a raw encoding is its code. */
static int check_code(struct binder *binder, const struct bind_place *place,
                      const yaml_node_t *node, const struct metric_choice *choice)
{
	if (!choice->has_code || !choice->event)
		return 0;
	if (event_code_is_raw(choice->event) || str_starts_with(choice->event, "sysfs:") ||
	    str_starts_with(choice->event, "perf::"))
		return bind_problem(binder, place, node,
		                    "code says what an event of the processor's own list encodes; "
		                    "%.80s is none, so leave code out",
		                    choice->event);
	return 0;
}

/* The target is a list of choices, which gets one more. */
static int bind_choice(struct binder *binder, const struct bind_place *place,
                       const struct bind_key *key, const yaml_node_t *node, void *target)
{
	struct metric_choices *const list = target;
	if (list->count == CHOICES_MAX)
		return place->index > CHOICES_MAX
		               ? 0
		               : bind_problem(binder, place, node,
		                              "more than %d choices; leave some out", CHOICES_MAX);
	struct metric_choice *const grown =
	        realloc(list->items, (list->count + 1) * sizeof *list->items);
	if (!grown)
		return error_memory(binder->err);
	list->items = grown;
	struct metric_choice *const choice = &grown[list->count++];
	*choice = (struct metric_choice){0};
	int r = str_copy(binder->file, &choice->file, binder->err);
	if (r == 0 && node->type == YAML_SCALAR_NODE)
		r = bind_event(binder, place, key, node, &choice->event);
	else if (r == 0)
		r = bind_mapping(binder, place, key, node, choice_keys, ARRAY_LENGTH(choice_keys),
		                 choice);
	return r < 0 ? r : check_code(binder, place, node, choice);
}

static const struct bind_key choice_item = {
        .name = "generic",
        .type = "an event, or a mapping of event, code and meaning",
        .example = "[perf::LLC-LOAD-MISSES]",
        .bind = bind_choice,
};

/* ---- The choices of a metric --------------------------------------------------------------- */

static int check_processor(struct binder *binder, const struct bind_place *place, bool *ret_is_fine)
{
	const struct metrics_binding *const binding = binding_of(binder);
	cleanup_free const char **names = NULL;
	size_t count = 0;
	int r = metrics_processor_names(binder, binding->known, &names, &count);
	if (r < 0)
		return r;
	*ret_is_fine = false;
	for (size_t i = 0; i < count; i++)
		*ret_is_fine |= strcmp(names[i], place->key) == 0;
	if (*ret_is_fine)
		return 0;
	const char *const near = str_nearest(place->key, names, count, sizeof *names);
	return bind_problem(binder, place, place->key_node,
	                    "no such processor; %s%s%sname it under processors, or write generic",
	                    near ? "did you mean " : "", near ? near : "",
	                    near ? "? Otherwise " : "");
}

/* The target is the metric. */
static int bind_list_of(struct binder *binder, const struct bind_place *place,
                        const struct bind_key *key, const yaml_node_t *node, void *target)
{
	struct metric *const metric = target;
	bool is_fine;
	int r = check_processor(binder, place, &is_fine);
	if (r < 0 || !is_fine)
		return r;
	struct metric_choices *const grown =
	        realloc(metric->lists, (metric->list_count + 1) * sizeof *metric->lists);
	if (!grown)
		return error_memory(binder->err);
	metric->lists = grown;
	struct metric_choices *const list = &grown[metric->list_count++];
	*list = (struct metric_choices){0};
	r = str_copy(place->key, &list->processor, binder->err);
	return r < 0 ? r : bind_list(binder, place, key, node, &choice_item, list);
}

static const struct bind_key list_item = {
        .name = "generic",
        .type = "a list of choices",
        .example = "[perf::LLC-LOAD-MISSES]",
        .bind = bind_list_of,
};

static int bind_choices(struct binder *binder, const struct bind_place *place,
                        const struct bind_key *key, const yaml_node_t *node, void *target)
{
	return bind_entries(binder, place, key, node, &list_item, target);
}

/* ---- Metrics ------------------------------------------------------------------------------- */

/* The target is the metric. */
static int bind_check(struct binder *binder, const struct bind_place *place,
                      const struct bind_key *key, const yaml_node_t *node, void *target)
{
	struct metric *const metric = target;
	const char *text;
	const int r = bind_text(binder, place, key, node, false, &text);
	if (r < 0 || !text)
		return r;
	cleanup_str struct str known = {0};
	unsigned count = 0;
	for (; metric_check_names[count]; count++) {
		if (strcmp(text, metric_check_names[count]) == 0) {
			metric->check = (enum metric_check)count;
			metric->has_check = true;
			return 0;
		}
		str_addf(&known, "%s%s", count ? ", " : "", metric_check_names[count]);
	}
	const char *const near =
	        str_nearest(text, metric_check_names, count, sizeof metric_check_names[0]);
	return bind_problem(binder, place, node, "\"%.60s\" is no check; %s%s%swrite one of: %s",
	                    text, near ? "did you mean " : "", near ? near : "",
	                    near ? "? Otherwise " : "", str_text(&known));
}

static const struct bind_key metric_keys[] = {
        {.name = "unit",
         .kind = BIND_CUSTOM,
         .offset = METRIC(unit),
         .bind = metrics_bind_text,
         .type = "a word",
         .example = "lines"},
        {.name = "meaning",
         .kind = BIND_CUSTOM,
         .offset = METRIC(meaning),
         .bind = metrics_bind_text,
         .type = "a sentence",
         .example = "loads that no cache of the processor could serve"},
        {.name = "check",
         .kind = BIND_CUSTOM,
         .offset = 0,
         .bind = bind_check,
         .type = "the name of a check",
         .example = "misses"},
        {.name = "choices",
         .kind = BIND_CUSTOM,
         .offset = 0,
         .bind = bind_choices,
         .type = "a mapping of lists",
         .example = "{generic: [perf::LLC-LOAD-MISSES]}"},
};

/* A metric that no file before has described needs something to be counted by. */
static int check_metric(struct binder *binder, const struct bind_place *place,
                        const yaml_node_t *node, const struct metric *metric)
{
	const struct metrics_binding *const binding = binding_of(binder);
	if (metric->list_count > 0 || node->type != YAML_MAPPING_NODE ||
	    (binding->known && metrics_find(binding->known, metric->name)))
		return 0;
	for (const yaml_node_pair_t *p = node->data.mapping.pairs.start;
	     p < node->data.mapping.pairs.top; p++) {
		const yaml_node_t *const key = yaml_document_get_node(binder->document, p->key);
		/* What is wrong with it has been told. */
		if (key->type == YAML_SCALAR_NODE &&
		    strcmp((const char *)key->data.scalar.value, "choices") == 0)
			return 0;
	}
	return bind_problem(binder, place, node,
	                    "a new metric needs choices; write for example choices: {generic: "
	                    "[perf::LLC-LOAD-MISSES]}");
}

static int bind_metric(struct binder *binder, const struct bind_place *place,
                       const struct bind_key *key, const yaml_node_t *node, void *target)
{
	struct metrics *const metrics = target;
	const char *const fault = metrics_name_fault(place->key);
	if (fault)
		return bind_problem(binder, place, place->key_node, "the name %s", fault);
	if (metrics_find(metrics, place->key))
		return bind_problem(binder, place, place->key_node,
		                    "the metric is there twice (case does not matter); keep one "
		                    "of them");
	struct metric *const grown =
	        realloc(metrics->items, (metrics->count + 1) * sizeof *metrics->items);
	if (!grown)
		return error_memory(binder->err);
	metrics->items = grown;
	struct metric *const metric = &grown[metrics->count++];
	*metric = (struct metric){0};
	int r = str_copy(place->key, &metric->name, binder->err);
	if (r == 0)
		r = str_copy(binder->file, &metric->file, binder->err);
	if (r == 0)
		r = bind_mapping(binder, place, key, node, metric_keys, ARRAY_LENGTH(metric_keys),
		                 metric);
	return r < 0 ? r : check_metric(binder, place, node, metric);
}

static const struct bind_key metric_item = {
        .name = "metric",
        .type = "a mapping of unit, meaning, check and choices",
        .example = "{choices: {generic: [perf::LLC-LOAD-MISSES]}}",
        .bind = bind_metric,
};

static int bind_metrics(struct binder *binder, const struct bind_place *place,
                        const struct bind_key *key, const yaml_node_t *node, void *target)
{
	return bind_entries(binder, place, key, node, &metric_item, target);
}

static const struct bind_key root_keys[] = {
        {.name = "metrics",
         .kind = BIND_CUSTOM,
         .offset = 0,
         .bind = bind_metrics,
         .type = "a mapping of metrics",
         .example = "{L9-misses: {choices: {generic: [r412e]}}}"},
        {.name = "processors",
         .kind = BIND_CUSTOM,
         .offset = 0,
         .bind = metrics_bind_processors,
         .type = "a mapping of processors",
         .example = "{zen2: {pmus: [amd64_fam17h_zen2]}}"},
};

/* ---- Files --------------------------------------------------------------------------------- */

static int refuse_size(const char *name, struct problems *problems, struct error *err)
{
	const int r = problems_add(problems, name, 1, 1, "metrics", err,
	                           "larger than 1 MiB, so this is no file of metrics");
	return r < 0 ? r : problems_result(problems, name, err);
}

static int bind_all(struct binder *binder, struct metrics *metrics)
{
	int r = words_add(&metrics->files, binder->file, binder->err);
	if (r == 0)
		r = bind_document(binder, root_keys, ARRAY_LENGTH(root_keys), metrics);
	if (r < 0)
		return r;
	problems_sort(binder->problems);
	return problems_result(binder->problems, binder->file, binder->err);
}

int metrics_yaml_parse(const char *name, const char *text, size_t text_bytes,
                       const struct metrics *known, struct metrics *ret_metrics,
                       struct problems *ret_problems, struct error *err)
{
	if (text_bytes > METRICS_MAX_BYTES)
		return refuse_size(name, ret_problems, err);
	yaml_document_t document;
	int r = yaml_text_load(name, text, text_bytes, &document, ret_problems, err);
	if (r < 0)
		return r;
	struct metrics metrics = {0};
	struct metrics_binding binding = {known};
	struct binder binder = {name, "metrics", &document, ret_problems, err, &binding};
	r = bind_all(&binder, &metrics);
	yaml_document_delete(&document);
	if (r < 0) {
		metrics_release(&metrics);
		return r;
	}
	*ret_metrics = metrics;
	return 0;
}

int metrics_yaml_load(const char *path, const struct metrics *known, struct metrics *ret_metrics,
                      struct problems *ret_problems, struct error *err)
{
	cleanup_free char *text = NULL;
	size_t text_bytes = 0;
	const int r = file_read(path, METRICS_MAX_BYTES, &text, &text_bytes, err);
	if (r == -EFBIG)
		return refuse_size(path, ret_problems, err);
	if (r < 0)
		return r;
	return metrics_yaml_parse(path, text, text_bytes, known, ret_metrics, ret_problems, err);
}
