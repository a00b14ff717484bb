#include "formats/scenario/scenario_diff.h"

#include "core/array.h"
#include "core/error.h"

#include <errno.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* No scenario nests deeper; a text from elsewhere may. */
enum { DEEPEST = 16 };

struct diff {
	struct scenario_difference *items;
	size_t count;
	size_t capacity;
};

/* The value on one line, cut to what a sentence can hold without breaking a letter. */
static int write_value(const json_t *value, char text[SCENARIO_DIFFERENCE_BYTES], struct error *err)
{
	if (!value || json_is_null(value)) {
		snprintf(text, SCENARIO_DIFFERENCE_BYTES, "%s", value ? "none" : "not said");
		return 0;
	}
	char *const dumped = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY | JSON_ENSURE_ASCII |
	                                               JSON_REAL_PRECISION(12));
	if (!dumped)
		return error_memory(err);
	if (strlen(dumped) < SCENARIO_DIFFERENCE_BYTES)
		snprintf(text, SCENARIO_DIFFERENCE_BYTES, "%s", dumped);
	else
		snprintf(text, SCENARIO_DIFFERENCE_BYTES, "%.*s...", SCENARIO_DIFFERENCE_BYTES - 4,
		         dumped);
	free(dumped);
	return 0;
}

static int add(struct diff *diff, const char *key, const json_t *first, const json_t *second,
               struct error *err)
{
	int r = array_reserve(&diff->items, &diff->capacity, diff->count + 1, sizeof *diff->items,
	                      err);
	if (r < 0)
		return r;
	struct scenario_difference *const item = &diff->items[diff->count++];
	snprintf(item->key, sizeof item->key, "%s", key);
	r = write_value(first, item->first, err);
	return r < 0 ? r : write_value(second, item->second, err);
}

static bool is_same(const json_t *first, const json_t *second)
{
	const bool has_first = first && !json_is_null(first);
	const bool has_second = second && !json_is_null(second);
	if (!has_first || !has_second)
		return has_first == has_second;
	if (json_is_number(first) && json_is_number(second))
		return !(json_number_value(first) < json_number_value(second)) &&
		       !(json_number_value(first) > json_number_value(second));
	return json_equal(first, second);
}

static int compare(struct diff *diff, const char *key, json_t *first, json_t *second,
                   unsigned depth, struct error *err);

/* The keys of `of`, beside those of the other; only those that the other lacks where is_rest. */
static int compare_keys(struct diff *diff, const char *prefix, json_t *of, json_t *other,
                        bool is_rest, unsigned depth, struct error *err)
{
	const char *name;
	json_t *value;
	json_object_foreach(of, name, value)
	{
		json_t *const there = json_object_get(other, name);
		char key[SCENARIO_DIFFERENCE_BYTES];
		if (is_rest && there)
			continue;
		snprintf(key, sizeof key, "%s%s%s", prefix, prefix[0] ? "." : "", name);
		const int r = is_rest ? compare(diff, key, NULL, value, depth, err)
		                      : compare(diff, key, value, there, depth, err);
		if (r < 0)
			return r;
	}
	return 0;
}

static int compare(struct diff *diff, const char *key, json_t *first, json_t *second,
                   unsigned depth, struct error *err)
{
	if (is_same(first, second))
		return 0;
	if (depth >= DEEPEST || !json_is_object(first) || !json_is_object(second))
		return add(diff, key, first, second, err);
	const int r = compare_keys(diff, key, first, second, false, depth + 1, err);
	return r < 0 ? r : compare_keys(diff, key, second, first, true, depth + 1, err);
}

static int read_object(const char *text, json_t **ret_object, struct error *err)
{
	json_error_t wrong;
	json_t *const value = json_loads(text, JSON_REJECT_DUPLICATES, &wrong);
	if (!json_is_object(value)) {
		json_decref(value);
		return error_set(err, EINVAL, "the stored scenario is no JSON object");
	}
	*ret_object = value;
	return 0;
}

int scenario_diff(const char *first, const char *second, struct scenario_difference **ret_items,
                  size_t *ret_count, struct error *err)
{
	struct diff diff = {0};
	json_t *a = NULL;
	json_t *b = NULL;
	int r = read_object(first, &a, err);
	if (r == 0)
		r = read_object(second, &b, err);
	if (r == 0)
		r = compare(&diff, "", a, b, 0, err);
	json_decref(a);
	json_decref(b);
	if (r < 0) {
		free(diff.items);
		return r;
	}
	*ret_items = diff.items;
	*ret_count = diff.count;
	return 0;
}
