#include "formats/campaign/two_level_json.h"

#include "core/cleanup.h"
#include "core/error.h"
#include "core/str.h"
#include "formats/campaign/python_json.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

DEFINE_CLEANUP(json, json_t *, json_decref);
#define cleanup_json __attribute__((cleanup(cleanup_json_function)))

/* Names that are written with escapes are not found, and each costs a look through all the rest. */
enum { MOST_MISSED = 100 };

/* Where quoted names are in the text: jansson does not tell, but it keeps their order. */
struct places {
	const char *at; /* the last that was found */
	const char *end;
	size_t line, column; /* of it, from 1 */
	size_t missed;
};

/* Goes on to a name. One that is not found has the place of the one before. */
static void find_place(struct places *places, const char *name, struct two_level_entry *entry)
{
	char quoted[TWO_LEVEL_PATH_BYTES];
	const int length = snprintf(quoted, sizeof quoted, "\"%s\"", name);
	const char *found = NULL;
	if (length >= 0 && (size_t)length < sizeof quoted && places->missed < MOST_MISSED)
		found = memmem(places->at + 1, (size_t)(places->end - places->at - 1), quoted,
		               (size_t)length);
	places->missed += !found;
	for (; found && places->at < found; places->at++) {
		const bool is_end = *places->at == '\n';
		places->line += is_end;
		places->column =
		        is_end ? 1 : places->column + (((unsigned char)*places->at & 0xc0) != 0x80);
	}
	entry->line = places->line;
	entry->column = places->column;
}

static int complain(const struct two_level_format *format, const struct two_level_entry *entry,
                    struct problems *problems, const char *wanted, struct error *err)
{
	return problems_add(problems, format->name, entry->line, entry->column, entry->path, err,
	                    "is not %s", wanted);
}

/* Whether value is a list of as many numbers as it should be; they are then in entry. */
static bool read_numbers(const struct two_level_format *format, const json_t *value,
                         struct two_level_entry *entry)
{
	if (!json_is_array(value) || json_array_size(value) != format->number_count)
		return false;
	for (size_t i = 0; i < format->number_count; i++) {
		const json_t *const number = json_array_get(value, i);
		if (!json_is_number(number) && !json_is_null(number))
			return false;
		entry->numbers[i] =
		        json_is_number(number) ? json_number_value(number) : (double)NAN;
	}
	return true;
}

static int each_inner(const struct two_level_format *format, struct places *places,
                      const char *outer, json_t *object, struct problems *problems,
                      struct error *err)
{
	struct two_level_entry entry = {.outer = outer, .is_first = true};
	const char *inner = NULL;
	json_t *value = NULL;
	find_place(places, outer, &entry);
	snprintf(entry.path, sizeof entry.path, "%.*s", str_cut(outer, 70), outer);
	if (!json_is_object(object))
		return complain(format, &entry, problems, "an object", err);
	int r = 0;
	json_object_foreach(object, inner, value)
	{
		entry.inner = inner;
		snprintf(entry.path, sizeof entry.path, "%.*s.%.*s", str_cut(outer, 70), outer,
		         str_cut(inner, 70), inner);
		find_place(places, inner, &entry);
		const bool is_good = read_numbers(format, value, &entry);
		r = is_good ? format->take(format->context, &entry, problems, err)
		            : complain(format, &entry, problems, format->wanted, err);
		if (r < 0)
			return r;
		entry.is_first = entry.is_first && !is_good; /* the first that is taken */
	}
	return 0;
}

int two_level_each(const struct two_level_format *format, const char *text, size_t text_bytes,
                   struct problems *problems, struct error *err)
{
	json_error_t wrong;
	cleanup_json json_t *file =
	        python_json_parse(text, text_bytes, JSON_REJECT_DUPLICATES, &wrong);
	if (!file)
		return problems_add(problems, format->name, wrong.line > 0 ? (size_t)wrong.line : 1,
		                    wrong.column > 0 ? (size_t)wrong.column : 1, "JSON", err, "%s",
		                    wrong.text);
	struct two_level_entry whole = {.line = 1, .column = 1, .path = "file"};
	if (!json_is_object(file) || json_object_size(file) == 0)
		return complain(format, &whole, problems, "an object with a member per task", err);
	struct places places = {.at = text, .end = text + text_bytes, .line = 1, .column = 1};
	const char *outer = NULL;
	json_t *object = NULL;
	bool is_void = true;
	json_object_foreach(file, outer, object)
	{
		const int r = each_inner(format, &places, outer, object, problems, err);
		if (r < 0)
			return r;
		is_void = is_void && json_is_object(object) && json_object_size(object) == 0;
	}
	return is_void ? complain(format, &whole, problems, "of any use: no task has a figure", err)
	               : 0;
}
