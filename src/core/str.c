#include "core/str.h"

#include "core/error.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool make_room(struct str *s, size_t more_bytes)
{
	if (s->failed)
		return false;
	const size_t needed = s->length + more_bytes + 1;
	if (needed <= s->capacity)
		return true;
	size_t room = s->capacity ? s->capacity : 64;
	while (room < needed)
		room *= 2;
	char *const grown = realloc(s->text, room);
	if (!grown) {
		s->failed = true;
		return false;
	}
	s->text = grown;
	s->capacity = room;
	return true;
}

void str_add_bytes(struct str *s, const char *bytes, size_t length)
{
	if (!make_room(s, length))
		return;
	if (length)
		memcpy(s->text + s->length, bytes, length);
	s->length += length;
	s->text[s->length] = '\0';
}

void str_add(struct str *s, const char *text)
{
	str_add_bytes(s, text, strlen(text));
}

void str_addf(struct str *s, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	va_list again;
	va_copy(again, args);
	const int length = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (length < 0)
		s->failed = true;
	else if (make_room(s, (size_t)length)) {
		vsnprintf(s->text + s->length, (size_t)length + 1, format, again);
		s->length += (size_t)length;
	}
	va_end(again);
}

void str_add_repeat(struct str *s, char c, size_t count)
{
	if (!make_room(s, count))
		return;
	memset(s->text + s->length, c, count);
	s->length += count;
	s->text[s->length] = '\0';
}

int str_take(struct str *s, char **ret_text, struct error *err)
{
	if (!make_room(s, 0)) {
		str_release(s);
		return error_memory(err);
	}
	s->text[s->length] = '\0';
	*ret_text = s->text;
	*s = (struct str){0};
	return 0;
}

const char *str_text(const struct str *s)
{
	return s->text && s->length ? s->text : "";
}

void str_release(struct str *s)
{
	if (!s)
		return;
	free(s->text);
	*s = (struct str){0};
}

int str_copy(const char *text, char **ret_copy, struct error *err)
{
	char *const copy = strdup(text);
	if (!copy)
		return error_memory(err);
	*ret_copy = copy;
	return 0;
}

int str_format(char **ret_text, struct error *err, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	char *text = NULL;
	const int length = vasprintf(&text, format, args);
	va_end(args);
	if (length < 0)
		return error_memory(err);
	*ret_text = text;
	return 0;
}

int str_cut(const char *text, int most_bytes)
{
	enum { MORE_BYTES = 3 }; /* of a letter behind its first */
	const int bytes = (int)strnlen(text, (size_t)most_bytes + 1);
	if (bytes <= most_bytes)
		return bytes;
	int end = most_bytes;
	for (int i = 0; i < MORE_BYTES && end > 0 && ((unsigned char)text[end] & 0xc0) == 0x80; i++)
		end--;
	/* More than a letter has: it is no UTF-8. */
	return ((unsigned char)text[end] & 0xc0) == 0x80 ? most_bytes : end;
}

bool str_starts_with(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

enum { NEAREST_MAX_LENGTH = 63 };

/* Levenshtein distance, letters compared without case. Texts longer than NEAREST_MAX_LENGTH are
 * infinitely far. */
static size_t edit_distance(const char *a, const char *b)
{
	const size_t a_length = strlen(a);
	const size_t b_length = strlen(b);
	if (a_length > NEAREST_MAX_LENGTH || b_length > NEAREST_MAX_LENGTH)
		return NEAREST_MAX_LENGTH + 1;
	size_t row[NEAREST_MAX_LENGTH + 1];
	for (size_t j = 0; j <= b_length; j++)
		row[j] = j;
	for (size_t i = 1; i <= a_length; i++) {
		size_t diagonal = row[0];
		row[0] = i;
		for (size_t j = 1; j <= b_length; j++) {
			const bool same = tolower((unsigned char)a[i - 1]) ==
			                  tolower((unsigned char)b[j - 1]);
			const size_t change = diagonal + (same ? 0 : 1);
			diagonal = row[j];
			size_t best = change;
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			row[j] = best;
		}
	}
	return row[b_length];
}

const char *str_nearest(const char *text, const void *names, size_t count, size_t stride_bytes)
{
	const char *nearest = NULL;
	size_t nearest_distance = (strlen(text) + 2) / 3 + 1;
	for (size_t i = 0; i < count; i++) {
		const char *name;
		memcpy(&name, (const char *)names + i * stride_bytes, sizeof name);
		const size_t distance = edit_distance(text, name);
		if (distance < nearest_distance) {
			nearest = name;
			nearest_distance = distance;
		}
	}
	return nearest;
}
