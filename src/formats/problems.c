#include "formats/problems.h"

#include "core/array.h"
#include "core/error.h"
#include "core/str.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PROBLEM_PLACE_BYTES = 160 };

/* How many bytes the UTF-8 sequence at p has, or 0 when it is broken or cut off. The text ends
 * with a NUL, which is no continuation byte. */
static size_t sequence_bytes(const unsigned char *p)
{
	if (*p < 0x80)
		return 1;
	if (*p < 0xc2 || *p > 0xf4)
		return 0;
	const size_t length = *p >= 0xf0 ? 4 : *p >= 0xe0 ? 3 : 2;
	for (size_t i = 1; i < length; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	return length;
}

/* Control characters (C0, DEL and C1) would move the cursor of the terminal that shows them. */
static bool is_control(const unsigned char *p)
{
	return *p < 0x20 || *p == 0x7f || (*p == 0xc2 && p[1] >= 0x80 && p[1] <= 0x9f);
}

/* Appends text with control characters and broken UTF-8 as \xNN. */
static void add_harmless(struct str *out, const char *text)
{
	const unsigned char *p = (const unsigned char *)text;
	while (*p) {
		const size_t length = sequence_bytes(p);
		const size_t step = length ? length : 1;
		if (length && !is_control(p))
			str_add_bytes(out, (const char *)p, length);
		else
			for (size_t i = 0; i < step; i++)
				str_addf(out, "\\x%02x", p[i]);
		p += step;
	}
}

int problems_add(struct problems *problems, const char *file, size_t line, size_t column,
                 const char *path, struct error *err, const char *format, ...)
{
	if (problems->count >= PROBLEMS_MAX) {
		problems->left_out++;
		return 0;
	}
	va_list args;
	va_start(args, format);
	char what[ERROR_TEXT_BYTES];
	vsnprintf(what, sizeof what, format, args);
	va_end(args);

	cleanup_str struct str text = {0};
	add_harmless(&text, file);
	str_addf(&text, ":%zu:%zu: ", line, column);
	char place[PROBLEM_PLACE_BYTES];
	snprintf(place, sizeof place, "%s", path);
	add_harmless(&text, place);
	str_add(&text, ": ");
	add_harmless(&text, what);

	int r = array_reserve(&problems->items, &problems->capacity, problems->count + 1,
	                      sizeof *problems->items, err);
	if (r < 0)
		return r;
	struct problem *const problem = &problems->items[problems->count];
	r = str_take(&text, &problem->text, err);
	if (r < 0)
		return r;
	problem->line = line;
	problem->column = column;
	problems->count++;
	return 0;
}

static bool is_before(const struct problem *a, const struct problem *b)
{
	return a->line < b->line || (a->line == b->line && a->column < b->column);
}

void problems_sort(struct problems *problems)
{
	/* At most PROBLEMS_MAX of them, and the order of equals must stay: insertion sort. */
	for (size_t i = 1; i < problems->count; i++) {
		const struct problem moved = problems->items[i];
		size_t j = i;
		for (; j > 0 && is_before(&moved, &problems->items[j - 1]); j--)
			problems->items[j] = problems->items[j - 1];
		problems->items[j] = moved;
	}
}

int problems_result(const struct problems *problems, const char *file, struct error *err)
{
	const size_t count = problems->count + problems->left_out;
	if (count == 0)
		return 0;
	return error_set(err, EINVAL, "%s has %zu problem%s", file, count, count == 1 ? "" : "s");
}

void problems_release(struct problems *problems)
{
	if (!problems)
		return;
	for (size_t i = 0; i < problems->count; i++)
		free(problems->items[i].text);
	free(problems->items);
	*problems = (struct problems){0};
}
