#include "formats/scenario/criteria_json.h"

#include "core/cleanup.h"
#include "core/error.h"
#include "core/str.h"
#include "formats/levels_text.h"
#include "formats/placement_text.h"
#include "model/frequency.h"

#include <errno.h>
#include <math.h>
#include <string.h>

enum { MOST_REPEATS = 1000000 };

/* ---- Writing ------------------------------------------------------------------------------- */

/* Appends to the list; a list that could not be kept whole becomes NULL. */
static json_t *append(json_t *list, const char *text)
{
	if (list && json_array_append_new(list, json_string(text)) == 0)
		return list;
	json_decref(list);
	return NULL;
}

static json_t *words(const struct words *texts)
{
	json_t *list = json_array();
	for (size_t i = 0; i < texts->count; i++)
		list = append(list, texts->items[i]);
	return list;
}

static json_t *levels(const struct level_specs *specs)
{
	json_t *list = json_array();
	for (size_t i = 0; i < specs->count; i++)
		list = append(list, specs->items[i].spelling);
	return list;
}

static json_t *sources(uint32_t set)
{
	json_t *list = json_array();
	for (unsigned i = 1; i < FREQUENCY_SOURCES; i++)
		if (set & (1u << i))
			list = append(list, frequency_source_names[i]);
	return list;
}

static json_t *text_or_null(const char *text)
{
	return text ? json_string(text) : json_null();
}

static json_t *criterion_object(const struct criterion *c)
{
	const bool is_quantile = c->statistic == STATISTIC_QUANTILE;
	return json_pack("{s:s, s:o, s:o, s:o, s:o, s:s, s:f, s:o, s:o, s:o, s:s, s:I}", "metric",
	                 c->spelling, "name", text_or_null(c->label), "level", levels(&c->levels),
	                 "policy", text_or_null(c->policy), "quantile",
	                 is_quantile ? json_real(c->quantile) : json_null(), "bound",
	                 criterion_bound_names[c->bound], "limit", c->limit, "margin",
	                 isnan(c->margin) ? json_null() : json_real(c->margin), "reference",
	                 words(&c->references), "sources", sources(c->sources), "where_absent",
	                 criterion_absence_names[c->where_absent], "line", (json_int_t)c->line);
}

/* Adds where criteria are from to their object, which is released where that fails. Criteria
 * without it are written as ever: what was written before must say the same when it is written
 * again. */
static json_t *with_origin(json_t *object, const struct criteria_origin *origin)
{
	json_t *const made_from = json_pack(
	        "{s:o, s:o, s:o}", "command", text_or_null(origin->command), "processor",
	        text_or_null(origin->processor), "scenario", text_or_null(origin->scenario));
	if (object && json_object_set_new(object, "made_from", made_from) == 0)
		return object;
	json_decref(object);
	return NULL;
}

json_t *criteria_json_write(const struct criteria *criteria)
{
	if (criteria->count == 0)
		return json_null();
	json_t *list = json_array();
	for (size_t i = 0; list && i < criteria->count; i++) {
		if (json_array_append_new(list, criterion_object(&criteria->items[i])) < 0) {
			json_decref(list);
			list = NULL;
		}
	}
	json_t *const object =
	        json_pack("{s:o, s:o, s:o}", "max_repeats",
	                  criteria->max_repeats ? json_integer(criteria->max_repeats) : json_null(),
	                  "folder", text_or_null(criteria->folder), "criteria", list);
	return criteria_have_origin(criteria) ? with_origin(object, &criteria->origin) : object;
}

/* ---- Reading ------------------------------------------------------------------------------- */

static int refuse(const char *key, struct error *err)
{
	return error_set(err, EINVAL, "accept: %s is not what it should be", key);
}

/* A copy of the text at key; null and absent leave *ret_text. */
static int read_text(const json_t *object, const char *key, char **ret_text, struct error *err)
{
	const json_t *const value = json_object_get(object, key);
	if (!value || json_is_null(value))
		return 0;
	return json_is_string(value) ? str_copy(json_string_value(value), ret_text, err)
	                             : refuse(key, err);
}

/* A number in [low, high]; null and absent leave *ret_value. */
static int read_real(const json_t *object, const char *key, double low, double high,
                     double *ret_value, struct error *err)
{
	const json_t *const value = json_object_get(object, key);
	if (!value || json_is_null(value))
		return 0;
	const double number = json_number_value(value);
	if (!json_is_number(value) || !(number >= low) || number > high)
		return refuse(key, err);
	*ret_value = number;
	return 0;
}

static int read_choice(const json_t *object, const char *key, const char *const *names,
                       unsigned *ret_choice, struct error *err)
{
	const char *const text = json_string_value(json_object_get(object, key));
	for (unsigned i = 0; text && names[i]; i++) {
		if (strcmp(names[i], text) == 0) {
			*ret_choice = i;
			return 0;
		}
	}
	return refuse(key, err);
}

typedef int add_text(const char *text, void *target, struct error *err);

static int read_list(const json_t *object, const char *key, add_text *add, void *target,
                     struct error *err)
{
	const json_t *const list = json_object_get(object, key);
	if (!json_is_array(list))
		return refuse(key, err);
	int r = 0;
	for (size_t i = 0; r == 0 && i < json_array_size(list); i++) {
		const char *const text = json_string_value(json_array_get(list, i));
		r = text ? add(text, target, err) : refuse(key, err);
	}
	return r;
}

static int add_level(const char *text, void *target, struct error *err)
{
	return levels_text_add(text, target, err);
}

static int add_word(const char *text, void *target, struct error *err)
{
	return words_add(target, text, err);
}

static int add_source(const char *text, void *target, struct error *err)
{
	for (unsigned i = 1; i < FREQUENCY_SOURCES; i++) {
		if (strcmp(frequency_source_names[i], text) == 0) {
			*(uint32_t *)target |= 1u << i;
			return 0;
		}
	}
	return refuse("sources", err);
}

static int read_metric(const json_t *object, struct criterion *criterion, struct error *err)
{
	const char *detail = "";
	int r = read_text(object, "metric", &criterion->spelling, err);
	if (r < 0)
		return r;
	if (!criterion->spelling)
		return refuse("metric", err);
	criterion->measure = measure_find(criterion->spelling, &detail);
	if (criterion->measure == MEASURES)
		return refuse("metric", err);
	return detail[0] ? str_copy(detail, &criterion->detail, err) : 0;
}

static int read_policy(const json_t *object, struct criterion *criterion, struct error *err)
{
	struct placement placement = {0};
	int r = read_text(object, "policy", &criterion->policy, err);
	if (r == 0 && criterion->policy) {
		r = placement_text_parse(criterion->policy, &placement, err);
		placement_release(&placement);
	}
	return r;
}

static int read_numbers(const json_t *object, struct criterion *criterion, struct error *err)
{
	double quantile = NAN;
	double line = 0;
	criterion->margin = NAN;
	criterion->limit = NAN;
	int r = read_real(object, "limit", -HUGE_VAL, HUGE_VAL, &criterion->limit, err);
	if (r == 0)
		r = read_real(object, "margin", 0, 1, &criterion->margin, err);
	if (r == 0)
		r = read_real(object, "quantile", 0, 1, &quantile, err);
	if (r == 0)
		r = read_real(object, "line", 0, 1e9, &line, err);
	if (r < 0)
		return r;
	if (isnan(criterion->limit))
		return refuse("limit", err);
	criterion->statistic = isnan(quantile) ? STATISTIC_MEAN : STATISTIC_QUANTILE;
	criterion->quantile = isnan(quantile) ? 0 : quantile;
	criterion->line = (size_t)line;
	return 0;
}

static int read_choices(const json_t *object, struct criterion *criterion, struct error *err)
{
	unsigned bound = 0;
	unsigned absence = 0;
	int r = read_choice(object, "bound", criterion_bound_names, &bound, err);
	if (r == 0)
		r = read_choice(object, "where_absent", criterion_absence_names, &absence, err);
	criterion->bound = (enum criterion_bound)bound;
	criterion->where_absent = (enum criterion_absence)absence;
	return r;
}

static int read_criterion(const json_t *object, struct criterion *criterion, struct error *err)
{
	int r = read_metric(object, criterion, err);
	if (r == 0)
		r = read_text(object, "name", &criterion->label, err);
	if (r == 0)
		r = read_policy(object, criterion, err);
	if (r == 0)
		r = read_numbers(object, criterion, err);
	if (r == 0)
		r = read_choices(object, criterion, err);
	if (r == 0)
		r = read_list(object, "level", add_level, &criterion->levels, err);
	if (r == 0)
		r = read_list(object, "reference", add_word, &criterion->references, err);
	if (r == 0)
		r = read_list(object, "sources", add_source, &criterion->sources, err);
	return r;
}

static int read_items(const json_t *object, struct criteria *criteria, struct error *err)
{
	const json_t *const list = json_object_get(object, "criteria");
	if (!json_is_array(list))
		return refuse("criteria", err);
	int r = 0;
	for (size_t i = 0; r == 0 && i < json_array_size(list); i++) {
		struct criterion criterion = {0};
		r = read_criterion(json_array_get(list, i), &criterion, err);
		if (r == 0)
			r = criteria_add(criteria, &criterion, err);
		criterion_release(&criterion);
	}
	return r;
}

static int read_origin(const json_t *object, struct criteria_origin *origin, struct error *err)
{
	const json_t *const made_from = json_object_get(object, "made_from");
	if (!made_from || json_is_null(made_from))
		return 0;
	if (!json_is_object(made_from))
		return refuse("made_from", err);
	int r = read_text(made_from, "command", &origin->command, err);
	if (r == 0)
		r = read_text(made_from, "processor", &origin->processor, err);
	if (r == 0)
		r = read_text(made_from, "scenario", &origin->scenario, err);
	return r;
}

int criteria_json_read(const json_t *object, struct criteria *ret_criteria, struct error *err)
{
	cleanup_criteria struct criteria criteria = {0};
	double most = 0;
	int r = read_real(object, "max_repeats", 1, MOST_REPEATS, &most, err);
	if (r == 0)
		r = read_text(object, "folder", &criteria.folder, err);
	if (r == 0)
		r = read_origin(object, &criteria.origin, err);
	if (r == 0)
		r = read_items(object, &criteria, err);
	if (r < 0)
		return r;
	criteria.max_repeats = (uint32_t)most;
	*ret_criteria = criteria;
	criteria = (struct criteria){0};
	return 0;
}
