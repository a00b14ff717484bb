#include "formats/campaign/python_json.h"

#include "core/array.h"
#include "core/cleanup.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* Longer ones first: -Infinity has Infinity in it. */
static const struct word {
	const char *text;
	size_t length;
} no_numbers[] = {{"-Infinity", 9}, {"Infinity", 8}, {"NaN", 3}};

static const char null_word[] = "null";

static const struct word *word_at(const char *text, size_t left)
{
	for (size_t i = 0; i < ARRAY_LENGTH(no_numbers); i++)
		if (no_numbers[i].length <= left &&
		    memcmp(text, no_numbers[i].text, no_numbers[i].length) == 0)
			return &no_numbers[i];
	return NULL;
}

/* The bytes of the string that begins at text (with its quote), its end included. */
static size_t string_bytes(const char *text, size_t left)
{
	size_t i = 1;
	while (i < left && text[i] != '"')
		i += text[i] == '\\' ? 2 : 1;
	return i < left ? i + 1 : left;
}

/* Copies text to `to`, which has room for four thirds of it. Returns the bytes there. */
static size_t copy_with_null(const char *text, size_t bytes, char *to)
{
	size_t length = 0;
	for (size_t i = 0; i < bytes;) {
		const struct word *const word = word_at(text + i, bytes - i);
		if (word) {
			memcpy(to + length, null_word, sizeof null_word - 1);
			length += sizeof null_word - 1;
			i += word->length;
			continue;
		}
		const size_t step = text[i] == '"' ? string_bytes(text + i, bytes - i) : 1;
		memcpy(to + length, text + i, step);
		length += step;
		i += step;
	}
	return length;
}

json_t *python_json_parse(const char *text, size_t text_bytes, size_t flags,
                          json_error_t *ret_wrong)
{
	if (!memmem(text, text_bytes, "NaN", 3) && !memmem(text, text_bytes, "Infinity", 8))
		return json_loadb(text, text_bytes, flags, ret_wrong);
	cleanup_free char *plain = malloc(text_bytes + text_bytes / 3 + sizeof null_word);
	if (!plain) {
		*ret_wrong = (json_error_t){.line = 1, .column = 1};
		snprintf(ret_wrong->text, sizeof ret_wrong->text, "out of memory");
		return NULL;
	}
	return json_loadb(plain, copy_with_null(text, text_bytes, plain), flags, ret_wrong);
}
