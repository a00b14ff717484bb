#include "formats/levels_text.h"

#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/number.h"
#include "core/str.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static const char *const forms = "write a number (16), a range (8-64 or 8-64/8), a percentage of "
                                 "the cores (50%), cores or pus";

static const double percent_max = 10000;

static const struct {
	const char *name;
	enum level_kind kind;
} level_words[] = {{"cores", LEVEL_CORES}, {"pus", LEVEL_PUS}};

/* Reads a whole number from 1 to LEVEL_MAX at *text and leaves *text behind it. what says whose
 * number it is. */
static int read_count(const char **text, const char *whole, const char *what, uint32_t *ret_count,
                      struct error *err)
{
	const char *p = *text;
	uint32_t count = 0;
	if (!isdigit((unsigned char)*p))
		return error_set(err, EINVAL, "\"%.80s\" is not a level; %s", whole, forms);
	for (; isdigit((unsigned char)*p); p++)
		count = count <= LEVEL_MAX ? count * 10 + (uint32_t)(*p - '0') : LEVEL_MAX + 1;
	if (count < 1 || count > LEVEL_MAX)
		return error_set(err, EINVAL,
		                 "\"%.80s\": %s is out of range; it must be between 1 and %d",
		                 whole, what, LEVEL_MAX);
	*text = p;
	*ret_count = count;
	return 0;
}

static int parse_percent(const char *text, struct level_spec *spec, struct error *err)
{
	cleanup_free char *number = NULL;
	int r = str_copy(text, &number, err);
	if (r < 0)
		return r;
	number[strlen(number) - 1] = '\0';
	double percent;
	if (number_parse_real(number, &percent, err) < 0)
		return error_set(err, EINVAL, "\"%.80s\" is not a level; %s", text, forms);
	if (!(percent > 0) || percent > percent_max)
		return error_set(
		        err, EINVAL,
		        "\"%.80s\" is out of range; a percentage of the cores must be above "
		        "0%% and at most 10000%%",
		        text);
	spec->kind = LEVEL_PERCENT;
	spec->percent = percent;
	return 0;
}

/* 16, 8-64, 8-64/8 */
static int parse_numbers(const char *text, struct level_spec *spec, struct error *err)
{
	const char *p = text;
	int r = read_count(&p, text, "the level", &spec->first, err);
	if (r < 0)
		return r;
	spec->kind = LEVEL_NUMBER;
	if (*p == '-') {
		p++;
		spec->kind = LEVEL_RANGE;
		spec->step = 1;
		r = read_count(&p, text, "the end of the range", &spec->last, err);
		if (r == 0 && *p == '/') {
			p++;
			r = read_count(&p, text, "the step", &spec->step, err);
		}
		if (r < 0)
			return r;
	}
	if (*p)
		return error_set(err, EINVAL, "\"%.80s\" is not a level; %s", text, forms);
	if (spec->kind == LEVEL_RANGE && spec->last < spec->first)
		return error_set(err, EINVAL, "the range %.80s goes down; write %u-%u", text,
		                 spec->last, spec->first);
	return 0;
}

static int parse_word(const char *text, struct level_spec *spec, struct error *err)
{
	for (size_t i = 0; i < ARRAY_LENGTH(level_words); i++) {
		if (strcmp(text, level_words[i].name) == 0) {
			spec->kind = level_words[i].kind;
			return 0;
		}
	}
	const char *const near =
	        str_nearest(text, level_words, ARRAY_LENGTH(level_words), sizeof level_words[0]);
	if (near)
		return error_set(err, EINVAL,
		                 "\"%.80s\" is not a level; did you mean %s? Otherwise %s", text,
		                 near, forms);
	return error_set(err, EINVAL, "\"%.80s\" is not a level; %s", text, forms);
}

static int parse_level(const char *text, struct level_spec *spec, struct error *err)
{
	const size_t length = strlen(text);
	if (length == 0)
		return error_set(err, EINVAL, "an empty level; %s", forms);
	if (strchr(text, ','))
		return error_set(
		        err, EINVAL,
		        "\"%.80s\" is several levels in one text; write a list: [1, 2, cores]",
		        text);
	if (text[length - 1] == '%')
		return parse_percent(text, spec, err);
	if (isalpha((unsigned char)text[0]))
		return parse_word(text, spec, err);
	return parse_numbers(text, spec, err);
}

/* A copy of the `length` bytes at text without the white space around them. */
static int copy_trimmed(const char *text, size_t length, char **ret_copy, struct error *err)
{
	while (length > 0 && isspace((unsigned char)text[0])) {
		text++;
		length--;
	}
	while (length > 0 && isspace((unsigned char)text[length - 1]))
		length--;
	char *const copy = strndup(text, length);
	if (!copy)
		return error_memory(err);
	*ret_copy = copy;
	return 0;
}

static int add_level(const char *text, size_t length, struct level_specs *specs, struct error *err)
{
	cleanup_free char *spelling = NULL;
	struct level_spec spec = {0};
	int r = copy_trimmed(text, length, &spelling, err);
	if (r == 0)
		r = parse_level(spelling, &spec, err);
	if (r == 0)
		r = array_reserve(&specs->items, &specs->capacity, specs->count + 1,
		                  sizeof *specs->items, err);
	if (r < 0)
		return r;
	spec.spelling = spelling;
	spelling = NULL;
	specs->items[specs->count++] = spec;
	return 0;
}

int levels_text_add(const char *text, struct level_specs *specs, struct error *err)
{
	return add_level(text, strlen(text), specs, err);
}

int levels_text_parse(const char *text, struct level_specs *specs, struct error *err)
{
	const size_t before = specs->count;
	for (const char *p = text;; p++) {
		const size_t length = strcspn(p, ",");
		const int r = add_level(p, length, specs, err);
		if (r < 0) {
			while (specs->count > before)
				free(specs->items[--specs->count].spelling);
			return r;
		}
		p += length;
		if (!*p)
			return 0;
	}
}
