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

/* Where quoted names are in the text: jansson does not tell. */
struct places {
	const char *text;
	const char *end;
	const char *outer; /* behind the name of the outer object; NULL: not found */
};

static const char *find_name(const char *from, const char *end, const char *name)
{
	char quoted[TWO_LEVEL_PATH_BYTES];
	const int length = snprintf(quoted, sizeof quoted, "\"%s\"", name);
	if (!from || length < 0 || (size_t)length >= sizeof quoted)
		return NULL;
	return memmem(from, (size_t)(end - from), quoted, (size_t)length);
}

static void set_place(const struct places *places, const char *at, struct two_level_entry *entry)
{
	entry->line = 1;
	entry->column = 1;
	for (const char *p = places->text; at && p < at; p++) {
		entry->column =
		        *p == '\n' ? 1 : entry->column + (((unsigned char)*p & 0xc0) != 0x80);
		entry->line += *p == '\n';
	}
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
	places->outer = find_name(places->outer, places->end, outer);
	set_place(places, places->outer, &entry);
	snprintf(entry.path, sizeof entry.path, "%.*s", str_cut(outer, 70), outer);
	if (!json_is_object(object))
		return complain(format, &entry, problems, "an object", err);
	int r = 0;
	json_object_foreach(object, inner, value)
	{
		entry.inner = inner;
		snprintf(entry.path, sizeof entry.path, "%.*s.%.*s", str_cut(outer, 70), outer,
		         str_cut(inner, 70), inner);
		set_place(places, find_name(places->outer, places->end, inner), &entry);
		r = read_numbers(format, value, &entry)
		            ? format->take(format->context, &entry, problems, err)
		            : complain(format, &entry, problems, format->wanted, err);
		if (r < 0)
			return r;
		entry.is_first = false;
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
	struct places places = {.text = text, .end = text + text_bytes, .outer = text};
	const char *outer = NULL;
	json_t *object = NULL;
	json_object_foreach(file, outer, object)
	{
		const int r = each_inner(format, &places, outer, object, problems, err);
		if (r < 0)
			return r;
		if (!places.outer)
			places.outer = text;
	}
	return 0;
}
