#include "formats/scenario/criteria_values.h"

#include "core/error.h"
#include "core/number.h"
#include "core/str.h"
#include "formats/placement_text.h"
#include "formats/scenario/limit_text.h"
#include "formats/yaml_value.h"
#include "model/frequency.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

enum { LABEL_MAX_BYTES = 120 };

/* ---- Keys, one by one ---------------------------------------------------------------------- */

int criterion_bind_node(struct binder *binder, const struct bind_place *place,
                        const struct bind_key *key, const yaml_node_t *node, void *target)
{
	(void)binder;
	(void)place;
	(void)key;
	*(const yaml_node_t **)target = node;
	return 0;
}

/* As it stands in a result, line ends and all. */
int criteria_bind_origin(struct binder *binder, const struct bind_place *place,
                         const struct bind_key *key, const yaml_node_t *node, void *target)
{
	const char *text;
	const int r = bind_text(binder, place, key, node, false, &text);
	if (r < 0 || !text)
		return r;
	if (strlen(text) > CRITERIA_ORIGIN_MOST_BYTES)
		return bind_problem(binder, place, node, "longer than %d bytes; leave it out",
		                    CRITERIA_ORIGIN_MOST_BYTES);
	return str_copy(text, (char **)target, binder->err);
}

int criterion_bind_name(struct binder *binder, const struct bind_place *place,
                        const struct bind_key *key, const yaml_node_t *node, void *target)
{
	const char *text;
	const int r = bind_text(binder, place, key, node, false, &text);
	if (r < 0 || !text)
		return r;
	if (strlen(text) > LABEL_MAX_BYTES)
		return bind_problem(binder, place, node, "longer than %d bytes; shorten it",
		                    LABEL_MAX_BYTES);
	for (const char *p = text; *p; p++)
		if (iscntrl((unsigned char)*p))
			return bind_problem(binder, place, node,
			                    "holds a line end or another control character; write "
			                    "one line");
	return str_copy(text, (char **)target, binder->err);
}

static int read_policy(const char *text, void *target, struct error *err)
{
	struct placement placement;
	const int r = placement_text_parse(text, &placement, err);
	if (r < 0)
		return r;
	*(char **)target = placement.spelling;
	placement.spelling = NULL;
	placement_release(&placement);
	return 0;
}

int criterion_bind_policy(struct binder *binder, const struct bind_place *place,
                          const struct bind_key *key, const yaml_node_t *node, void *target)
{
	return bind_parsed(binder, place, key, node, false, read_policy, target);
}

static int bind_one_reference(struct binder *binder, const struct bind_place *place,
                              const struct bind_key *key, const yaml_node_t *node, void *target)
{
	const char *text;
	const int r = bind_text(binder, place, key, node, false, &text);
	return r < 0 || !text ? r : words_add(target, text, binder->err);
}

static const struct bind_key reference_item = {
        .name = "reference",
        .type = "a result file, a folder or a pattern",
        .example = "results/good-node.db",
        .bind = bind_one_reference,
};

int criterion_bind_reference(struct binder *binder, const struct bind_place *place,
                             const struct bind_key *key, const yaml_node_t *node, void *target)
{
	struct criterion_binding *const binding = target;
	struct words *const references = &binding->criterion.references;
	binding->reference = node;
	if (node->type == YAML_SCALAR_NODE)
		return bind_one_reference(binder, place, key, node, references);
	if (bind_is_empty_list(node))
		return bind_problem(binder, place, node,
		                    "the list is empty; write for example %s: %s", key->name,
		                    key->example);
	return bind_list(binder, place, key, node, &reference_item, references);
}

/* ---- What needs the metric ----------------------------------------------------------------- */

/* The part of a criterion that is being read. */
struct finishing {
	struct binder *binder;
	const struct bind_place *place; /* of the criterion */
	const yaml_node_t *mapping;
	struct criterion_binding *binding;
	const struct bind_key *keys; /* of a criterion */
	size_t key_count;
};

static const struct bind_key *key_called(const struct finishing *f, const char *name)
{
	for (size_t i = 0; i < f->key_count; i++)
		if (strcmp(f->keys[i].name, name) == 0)
			return &f->keys[i];
	return NULL;
}

static struct bind_place place_of(const struct finishing *f, const char *key)
{
	return (struct bind_place){f->place, key, 0, f->mapping, NULL};
}

#define TELL(f, key, node, ...)                                                                    \
	bind_problem((f)->binder,                                                                  \
	             &(const struct bind_place){(f)->place, key, 0, (f)->mapping, NULL}, node,     \
	             __VA_ARGS__)

static int text_of(const struct finishing *f, const char *name, const yaml_node_t *node,
                   bool is_number, const char **ret_text)
{
	const struct bind_place place = place_of(f, name);
	return is_number ? bind_number_text(f->binder, &place, key_called(f, name), node, ret_text)
	                 : bind_text(f->binder, &place, key_called(f, name), node, false, ret_text);
}

static int tell_unknown_metric(const struct finishing *f, const char *text)
{
	const yaml_node_t *const node = f->binding->metric;
	if (strcmp(text, "counter") == 0 || strcmp(text, "counter.") == 0)
		return TELL(f, "metric", node,
		            "which counter? Write its event behind a point; "
		            "for example counter.page-faults");
	if (strcmp(text, "figure") == 0 || strcmp(text, "figure.") == 0)
		return TELL(f, "metric", node,
		            "which figure? Write its name behind a point; for "
		            "example figure.images_per_s");
	const char *const near = str_nearest(text, measures, MEASURES, sizeof measures[0]);
	if (near)
		return TELL(f, "metric", node, "\"%.60s\" is no metric; did you mean %s?", text,
		            near);
	cleanup_str struct str known = {0};
	for (size_t i = 0; i < MEASURES; i++)
		str_addf(&known, "%s%s%s", i ? ", " : "", measures[i].name,
		         measures[i].name[strlen(measures[i].name) - 1] == '.' ? "NAME" : "");
	return TELL(f, "metric", node, "\"%.40s\" is no metric; write one of %s", text,
	            str_text(&known));
}

static int finish_metric(const struct finishing *f, bool *ret_is_known)
{
	struct criterion *const criterion = &f->binding->criterion;
	const char *text;
	*ret_is_known = false;
	int r = text_of(f, "metric", f->binding->metric, false, &text);
	if (r < 0 || !text)
		return r;
	const char *detail;
	criterion->measure = measure_find(text, &detail);
	if (criterion->measure == MEASURES)
		return tell_unknown_metric(f, text);
	r = str_copy(text, &criterion->spelling, f->binder->err);
	if (r == 0 && detail[0])
		r = str_copy(detail, &criterion->detail, f->binder->err);
	*ret_is_known = r == 0;
	return r;
}

/* "p95" to 0.95. */
static bool read_percentile(const char *text, double *ret_quantile)
{
	struct error ignored;
	double percent;
	if (text[0] != 'p' || !isdigit((unsigned char)text[1]) ||
	    number_parse_real(text + 1, &percent, &ignored) < 0 || percent > 100)
		return false;
	*ret_quantile = percent / 100;
	return true;
}

static int read_statistic(const struct finishing *f, const char *text)
{
	static const struct {
		const char *name;
		double quantile;
	} words[] = {{"median", 0.5}, {"max", 1}, {"min", 0}};
	struct criterion *const criterion = &f->binding->criterion;
	if (strcmp(text, "mean") == 0)
		return 0;
	criterion->statistic = STATISTIC_QUANTILE;
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		if (strcmp(text, words[i].name) == 0) {
			criterion->quantile = words[i].quantile;
			return 0;
		}
	}
	if (read_percentile(text, &criterion->quantile))
		return 0;
	return TELL(f, "statistic", f->binding->statistic,
	            "\"%.60s\" is unknown here; write mean, median, max, min, or a percentile from "
	            "p0 to p100, for example p95",
	            text);
}

static int read_quantile(const struct finishing *f, const char *text)
{
	struct criterion *const criterion = &f->binding->criterion;
	struct error wrong;
	if (number_parse_fraction(text, &criterion->quantile, &wrong) < 0)
		return TELL(f, "quantile", f->binding->quantile, "%s", wrong.text);
	if (!(criterion->quantile >= 0) || criterion->quantile > 1)
		return TELL(f, "quantile", f->binding->quantile,
		            "%s is out of range; it must be between 0%% and 100%%", text);
	criterion->statistic = STATISTIC_QUANTILE;
	return 0;
}

static int finish_statistic(const struct finishing *f)
{
	const struct criterion_binding *const binding = f->binding;
	const struct measure *const measure = &measures[binding->criterion.measure];
	const yaml_node_t *const node = binding->statistic ? binding->statistic : binding->quantile;
	const char *const name = binding->statistic ? "statistic" : "quantile";
	if (!node)
		return 0;
	if (binding->statistic && binding->quantile)
		return TELL(f, "quantile", binding->quantile,
		            "quantile beside statistic; keep one of them");
	if (measure->nature != NATURE_TASKS)
		return TELL(f, name, node,
		            "%s is no figure of single tasks, so it has no %s; leave the key out",
		            binding->criterion.spelling, name);
	const char *text;
	const int r = text_of(f, name, node, node == binding->quantile, &text);
	if (r < 0 || !text)
		return r;
	return node == binding->statistic ? read_statistic(f, text) : read_quantile(f, text);
}

static int finish_reference(const struct finishing *f)
{
	const struct criterion *const criterion = &f->binding->criterion;
	const struct measure *const measure = &measures[criterion->measure];
	if (!f->binding->reference)
		return 0;
	if (measure->nature == NATURE_COUNT)
		return TELL(
		        f, "reference", f->binding->reference,
		        "%s are counted, not compared with a reference; leave it out, and write "
		        "for example at_most: 0",
		        measure->words);
	if (measure->unit == MEASURE_CELSIUS)
		return TELL(f, "reference", f->binding->reference,
		            "a ratio of temperatures means nothing; leave it out, and write for "
		            "example at_most: 85 C");
	return 0;
}

static int finish_margin(const struct finishing *f)
{
	struct criterion *const criterion = &f->binding->criterion;
	const struct measure *const measure = &measures[criterion->measure];
	const yaml_node_t *const node = f->binding->margin;
	const char *text;
	const int r = text_of(f, "margin", node, true, &text);
	if (r < 0 || !text)
		return r;
	if (!f->binding->reference)
		return TELL(
		        f, "margin", node,
		        "a margin is to a reference; add one (reference: results/good-node.db), "
		        "or write at_least or at_most");
	if (measure->better == BETTER_NEITHER)
		return TELL(f, "margin", node,
		            "whether more or less of %.80s is better is not known; write at_least: "
		            "95%% or at_most: 105%% instead",
		            criterion->spelling);
	double margin;
	struct error wrong;
	if (number_parse_fraction(text, &margin, &wrong) < 0)
		return TELL(f, "margin", node, "%s", wrong.text);
	if (!(margin > 0) || margin >= 1)
		return TELL(
		        f, "margin", node,
		        "%s is out of range; it must be above 0%% and below 100%%: how much worse "
		        "than the reference is allowed",
		        text);
	criterion->margin = margin;
	const bool is_floor = measure->better == BETTER_HIGHER;
	criterion->bound = is_floor ? BOUND_AT_LEAST : BOUND_AT_MOST;
	criterion->limit = is_floor ? 1 - margin : 1 + margin;
	return 0;
}

static int finish_limit(const struct finishing *f)
{
	struct criterion *const criterion = &f->binding->criterion;
	const bool is_floor = f->binding->at_least != NULL;
	const yaml_node_t *const node = is_floor ? f->binding->at_least : f->binding->at_most;
	const char *const name = is_floor ? "at_least" : "at_most";
	const char *text;
	const int r = text_of(f, name, node, true, &text);
	if (r < 0 || !text)
		return r;
	const struct limit_of of = {criterion->measure, criterion->detail,
	                            f->binding->reference != NULL};
	struct error wrong;
	if (limit_text_parse(text, &of, &criterion->limit, &wrong) < 0)
		return TELL(f, name, node, "%s", wrong.text);
	criterion->bound = is_floor ? BOUND_AT_LEAST : BOUND_AT_MOST;
	return 0;
}

/* A criterion has one bound. */
static int finish_bound(const struct finishing *f)
{
	const struct criterion_binding *const b = f->binding;
	const int bounds = (b->at_least != NULL) + (b->at_most != NULL) + (b->margin != NULL);
	if (bounds == 1)
		return b->margin ? finish_margin(f) : finish_limit(f);
	if (bounds > 1)
		return bind_problem(f->binder, f->place, f->mapping,
		                    "one criterion has one bound: at_least, at_most or margin; "
		                    "write two criteria for two bounds");
	return bind_problem(f->binder, f->place, f->mapping,
	                    "no bound; write at_least, at_most, or margin with a reference, for "
	                    "example at_most: 0");
}

static int add_source(const struct finishing *f, const struct bind_place *place,
                      const yaml_node_t *node)
{
	const char *text;
	const int r = bind_text(f->binder, place, key_called(f, "sources"), node, false, &text);
	if (r < 0 || !text)
		return r;
	const char *const *const names = frequency_source_names + 1; /* past absent */
	const size_t count = FREQUENCY_SOURCES - 1;
	for (size_t i = 0; i < count; i++) {
		if (strcmp(text, names[i]) == 0) {
			f->binding->criterion.sources |= 1u << (i + 1);
			return 0;
		}
	}
	const char *const near = str_nearest(text, names, count, sizeof names[0]);
	return bind_problem(f->binder, place, node,
	                    "\"%.60s\" is no source of frequency; %s%s%swrite some of: cycles, "
	                    "cycles-user, msr, chain, cpufreq",
	                    text, near ? "did you mean " : "", near ? near : "",
	                    near ? "? Otherwise " : "");
}

static int finish_sources(const struct finishing *f)
{
	const yaml_node_t *const node = f->binding->sources;
	if (!node)
		return 0;
	if (f->binding->criterion.measure != MEASURE_FREQUENCY)
		return TELL(f, "sources", node,
		            "sources are those of frequency; leave the key out");
	const struct bind_place place = place_of(f, "sources");
	if (node->type == YAML_SCALAR_NODE)
		return add_source(f, &place, node);
	if (node->type != YAML_SEQUENCE_NODE)
		return bind_wrong_kind(f->binder, &place, key_called(f, "sources"), node);
	const yaml_node_item_t *const start = node->data.sequence.items.start;
	const size_t count = (size_t)(node->data.sequence.items.top - start);
	if (count == 0)
		return bind_problem(f->binder, &place, node,
		                    "the list is empty; leave the key out for any source of tasks");
	int r = 0;
	for (size_t i = 0; r == 0 && i < count; i++) {
		const struct bind_place item = {&place, NULL, i, NULL, NULL};
		r = add_source(f, &item, yaml_document_get_node(f->binder->document, start[i]));
	}
	return r;
}

int criterion_finish(struct binder *binder, const struct bind_place *place,
                     const yaml_node_t *mapping, const struct bind_key *keys, size_t key_count,
                     struct criterion_binding *binding)
{
	const struct finishing f = {binder, place, mapping, binding, keys, key_count};
	binding->criterion.margin = NAN;
	binding->criterion.line = mapping->start_mark.line + 1;
	bool is_known;
	if (!binding->metric)
		return 0; /* told */
	int r = finish_metric(&f, &is_known);
	if (r < 0 || !is_known)
		return r;
	r = finish_statistic(&f);
	if (r == 0)
		r = finish_reference(&f);
	if (r == 0)
		r = finish_bound(&f);
	return r == 0 ? finish_sources(&f) : r;
}
