#include "formats/log/phase_name.h"

#include <ctype.h>
#include <string.h>

/* A name under construction. */
struct reduced {
	char *text;
	size_t length;
};

static void put(struct reduced *reduced, char c)
{
	if (reduced->length < PHASE_NAME_BYTES - 1)
		reduced->text[reduced->length++] = c;
}

static void put_text(struct reduced *reduced, const char *text)
{
	while (*text)
		put(reduced, *text++);
}

/* The number of bytes of the UTF-8 character at text (RFC 3629), 0 where there is none. */
static size_t character_length(const char *text)
{
	const unsigned char *const c = (const unsigned char *)text;
	if (c[0] < 0x80)
		return 1;
	const size_t length = c[0] >= 0xc2 && c[0] <= 0xdf   ? 2
	                      : c[0] >= 0xe0 && c[0] <= 0xef ? 3
	                      : c[0] >= 0xf0 && c[0] <= 0xf4 ? 4
	                                                     : 0;
	for (size_t i = 1; i < length; i++)
		if ((c[i] & 0xc0) != 0x80)
			return 0;
	if ((c[0] == 0xe0 && c[1] < 0xa0) || (c[0] == 0xed && c[1] > 0x9f) ||
	    (c[0] == 0xf0 && c[1] < 0x90) || (c[0] == 0xf4 && c[1] > 0x8f))
		return 0;
	return length;
}

/* The length of "{...}" at text with the braces inside it, 0 where it does not end. */
static size_t braces_length(const char *text)
{
	size_t depth = 0;
	for (const char *p = text; *p; p++) {
		depth += *p == '{';
		depth -= *p == '}';
		if (depth == 0)
			return (size_t)(p - text) + 1;
	}
	return 0;
}

static bool ends_word(char c)
{
	return c == '\0' || isspace((unsigned char)c) || strchr("\"'`()[]{}<>,;=|", c);
}

static size_t word_length(const char *text)
{
	size_t length = 0;
	while (!ends_word(text[length]))
		length++;
	return length;
}

/* "/a/b", "./a", "~/a", "file:///a", "s3://bucket/a", "a/b/c", "a/b.fits". */
static bool is_path(const char *word, size_t length)
{
	const char *const slash = memchr(word, '/', length);
	if (!slash || length < 2)
		return false;
	if (slash == word || (slash == word + 1 && strchr(".~", word[0])))
		return true;
	const size_t behind = length - (size_t)(slash - word) - 1;
	return behind > 0 && (memchr(slash + 1, '/', behind) || memchr(slash + 1, '.', behind));
}

/* Identifiers such as 0f3a6b1c-9d2e: hexadecimal digits and dashes, eight or more, with a digit. */
static bool is_identifier(const char *word, size_t length)
{
	size_t digits = 0;
	for (size_t i = 0; i < length; i++) {
		if (!isxdigit((unsigned char)word[i]) && word[i] != '-')
			return false;
		digits += isdigit((unsigned char)word[i]) != 0;
	}
	return length >= 8 && digits > 0;
}

/* The length of a number that begins with a digit: 12, 1.5, 1.5e-03, 1,234. */
static size_t number_length(const char *text, size_t most)
{
	size_t i = 0;
	while (i < most && isdigit((unsigned char)text[i]))
		i++;
	while (i + 1 < most && strchr(".,:", text[i]) && isdigit((unsigned char)text[i + 1]))
		for (i++; i < most && isdigit((unsigned char)text[i]);)
			i++;
	if (i + 1 < most && (text[i] == 'e' || text[i] == 'E')) {
		size_t e = i + 1 + (text[i + 1] == '-' || text[i + 1] == '+');
		const size_t first = e;
		while (e < most && isdigit((unsigned char)text[e]))
			e++;
		if (e > first)
			i = e;
	}
	return i;
}

static bool is_word(const char *word, size_t length, const char *text)
{
	return strlen(text) == length && memcmp(word, text, length) == 0;
}

/* "nan" and "inf" stand where a number would. */
static bool is_no_number(const char *word, size_t length)
{
	const size_t sign = length > 1 && (word[0] == '-' || word[0] == '+');
	return is_word(word + sign, length - sign, "nan") ||
	       is_word(word + sign, length - sign, "inf");
}

/* In a list of words, as in "non-finite (NaN, inf) pixels", they are themselves. */
static bool follows_comma(const struct reduced *reduced)
{
	const size_t length = reduced->length;
	return length >= 2 && memcmp(reduced->text + length - 2, ", ", 2) == 0;
}

/* A word with its numbers replaced. */
static void put_word(struct reduced *reduced, const char *word, size_t length)
{
	size_t i = 0;
	/* The sign is the number's. */
	if (length > 1 && (word[0] == '-' || word[0] == '+') && isdigit((unsigned char)word[1]))
		i = 1;
	if (is_no_number(word, length) && !follows_comma(reduced)) {
		put(reduced, '#');
		return;
	}
	while (i < length) {
		if (isdigit((unsigned char)word[i])) {
			put(reduced, '#');
			i += number_length(word + i, length - i);
			continue;
		}
		const size_t bytes = character_length(word + i);
		if (bytes == 0 || (unsigned char)word[i] < 0x20 || word[i] == 0x7f) {
			put(reduced, '?');
			i++;
			continue;
		}
		/* A character is put whole or not at all. */
		if (reduced->length + bytes > PHASE_NAME_BYTES - 1)
			return;
		for (size_t k = 0; k < bytes; k++)
			put(reduced, word[i + k]);
		i += bytes;
	}
}

/* One word at text; returns its length. */
static size_t reduce_word(struct reduced *reduced, const char *text)
{
	const size_t length = word_length(text);
	if (is_path(text, length))
		put_text(reduced, "PATH");
	else if (is_identifier(text, length))
		put(reduced, '#');
	else
		put_word(reduced, text, length);
	return length;
}

/* What separates words, or a data id; returns the length that it had. */
static size_t reduce_sign(struct reduced *reduced, const char *text)
{
	if (*text == '{') {
		const size_t braces = braces_length(text);
		put_text(reduced, "{}");
		return braces > 0 ? braces : strlen(text);
	}
	/* 1,234,567 */
	if (*text == ',' && isdigit((unsigned char)text[1]) && reduced->length > 0 &&
	    reduced->text[reduced->length - 1] == '#')
		return 1 + number_length(text + 1, word_length(text + 1));
	if (!isspace((unsigned char)*text)) {
		put(reduced, *text);
		return 1;
	}
	if (reduced->length > 0 && reduced->text[reduced->length - 1] != ' ')
		put(reduced, ' ');
	return 1;
}

void phase_name_reduce(const char *message, char name[PHASE_NAME_BYTES])
{
	struct reduced reduced = {name, 0};
	const char *p = message;
	while (*p && *p != '\n' && reduced.length < PHASE_NAME_BYTES - 1)
		p += ends_word(*p) ? reduce_sign(&reduced, p) : reduce_word(&reduced, p);
	while (reduced.length > 0 && name[reduced.length - 1] == ' ')
		reduced.length--;
	if (reduced.length == 0)
		put_text(&reduced, "(no text)");
	name[reduced.length] = '\0';
}

bool phase_glob_matches(const char *pattern, const char *text)
{
	const size_t length = strlen(pattern);
	if (length > 2 && strcmp(pattern + length - 2, ".*") == 0 && strlen(text) == length - 2 &&
	    memcmp(pattern, text, length - 2) == 0)
		return true;
	/* What follows the last '*' is tried further and further on: no more is ever needed. */
	const char *star = NULL;
	const char *again = NULL;
	while (*text) {
		if (*pattern == '*') {
			star = pattern++;
			again = text;
		} else if (*pattern == '?' || *pattern == *text) {
			pattern++;
			text++;
		} else if (star) {
			pattern = star + 1;
			text = ++again;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return *pattern == '\0';
}

/* A pattern behind '!' takes back what others match, wherever it stands in the list. */
static bool matches_any(const struct words *patterns, const char *logger, const char *message)
{
	bool is_match = false;
	for (size_t i = 0; i < patterns->count; i++) {
		const char *const pattern = patterns->items[i];
		const bool takes_back = pattern[0] == '!';
		if (!phase_glob_matches(pattern + takes_back, logger) &&
		    !phase_glob_matches(pattern + takes_back, message))
			continue;
		if (takes_back)
			return false;
		is_match = true;
	}
	return is_match;
}

enum phase_class phase_class_of(const struct scenario_phases *phases, const char *logger,
                                const char *message)
{
	if (matches_any(&phases->datastore, logger, message))
		return PHASE_DATASTORE;
	return matches_any(&phases->compute, logger, message) ? PHASE_COMPUTE : PHASE_OTHER;
}
