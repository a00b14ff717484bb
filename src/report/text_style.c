#include "report/text_style.h"

#include "core/array.h"
#include "core/letter.h"
#include "core/str.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { NO_BREAK_BLANK = 0xA0 };

static const char *const role_codes[] = {
        [TEXT_PLAIN] = "",      [TEXT_TITLE] = "\033[1m", [TEXT_HEAD] = "\033[1m",
        [TEXT_DIM] = "\033[2m", [TEXT_GOOD] = "\033[32m", [TEXT_WARN] = "\033[33m",
        [TEXT_BAD] = "\033[31m"};

/* Stretches of letters that take no column, and two. Coarse: what a host name or a command may
 * hold, not typesetting. */
static const struct stretch {
	uint32_t first;
	uint32_t last;
	size_t columns;
} stretches[] = {
        {0x0300, 0x036F, 0}, {0x200B, 0x200F, 0}, {0x20D0, 0x20FF, 0},   {0xFE00, 0xFE0F, 0},
        {0x1100, 0x115F, 2}, {0x2E80, 0xA4CF, 2}, {0xAC00, 0xD7A3, 2},   {0xF900, 0xFAFF, 2},
        {0xFE30, 0xFE6F, 2}, {0xFF00, 0xFF60, 2}, {0x1F300, 0x1FAFF, 2}, {0x20000, 0x3FFFD, 2},
};

bool text_locale_is_utf8(void)
{
	static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
		const char *const value = getenv(names[i]);
		if (value && value[0])
			return strcasestr(value, "utf-8") || strcasestr(value, "utf8");
	}
	return false;
}

static size_t letter_columns(uint32_t letter)
{
	for (size_t i = 0; i < ARRAY_LENGTH(stretches); i++)
		if (letter >= stretches[i].first && letter <= stretches[i].last)
			return stretches[i].columns;
	return 1;
}

size_t text_width(const char *text)
{
	size_t columns = 0;
	while (*text) {
		uint32_t letter = '?';
		const size_t length = letter_decode(text, &letter);
		columns += letter_columns(letter);
		text += length ? length : 1;
	}
	return columns;
}

const char *text_tail(const char *text, size_t columns)
{
	size_t wide = text_width(text);
	while (wide > columns) {
		uint32_t letter = '?';
		const size_t length = letter_decode(text, &letter);
		wide -= letter_columns(letter);
		text += length ? length : 1;
	}
	return text;
}

void text_clean(struct str *out, const struct text_style *style, const char *text)
{
	while (*text) {
		uint32_t letter = 0;
		const size_t length = letter_decode(text, &letter);
		if (*text == '\n' || *text == '\t' || letter == NO_BREAK_BLANK)
			str_add(out, " ");
		else if (length == 0 || letter_is_control(letter) ||
		         (style->is_ascii && length > 1))
			str_add(out, "?");
		else
			str_add_bytes(out, text, length);
		text += length ? length : 1;
	}
}

void text_add(struct str *out, const struct text_style *style, enum text_role role,
              const char *text)
{
	const bool is_colored = style->is_color && role != TEXT_PLAIN;
	if (is_colored)
		str_add(out, role_codes[role]);
	text_clean(out, style, text);
	if (is_colored)
		str_add(out, "\033[0m");
}

/* The bytes of clean text's first letters that take at most `columns`. */
static size_t bytes_in_front(const char *text, size_t columns)
{
	size_t used = 0;
	size_t bytes = 0;
	for (;;) {
		uint32_t letter = 0;
		const size_t length = letter_decode(text + bytes, &letter);
		used += letter_columns(letter);
		if (length == 0 || used > columns)
			return bytes;
		bytes += length;
	}
}

/* A text of more columns with the mark in it: behind `head` columns, or where there is room for no
 * more. */
static void add_marked(struct str *out, const struct text_style *style, size_t columns, size_t head,
                       const char *mark, const char *text)
{
	cleanup_str struct str clean = {0};
	text_clean(&clean, style, text);
	out->failed |= clean.failed;
	const char *const whole = str_text(&clean);
	if (text_width(whole) <= columns) {
		str_add(out, whole);
		return;
	}
	const size_t room = columns > strlen(mark) ? columns - strlen(mark) : 0;
	const size_t front = head < room ? head : room;
	str_add_bytes(out, whole, bytes_in_front(whole, front));
	str_add(out, mark);
	str_add(out, text_tail(whole, room - front));
}

void text_add_cut(struct str *out, const struct text_style *style, size_t columns, const char *text)
{
	add_marked(out, style, columns, SIZE_MAX, "...", text);
}

void text_add_middle(struct str *out, const struct text_style *style, size_t columns, size_t head,
                     const char *text)
{
	add_marked(out, style, columns, head, "..", text);
}

void text_add_unbroken(struct str *out, const char *text)
{
	for (; *text; text++)
		str_add_bytes(out, *text == ' ' ? "\u00A0" : text, *text == ' ' ? 2 : 1);
}

/* Whether what begins at text and ends before end is a number, perhaps behind a bracket or a sign.
 */
static bool is_number(const char *text, const char *end)
{
	text += strspn(text, "(+-~<>");
	return text < end && *text >= '0' && *text <= '9' &&
	       text + strspn(text, "0123456789.,") == end;
}

/* Whether text begins with the name of a unit that is a word by itself. */
static bool is_unit(const char *text)
{
	static const char *const units[] = {"%",  "ns", "us", "ms", "s",  "min", "h",   "B",
	                                    "kB", "MB", "GB", "TB", "Hz", "MHz", "GHz", "GiB"};
	const size_t length = strcspn(text, " \n\t.,;:)");
	for (size_t i = 0; i < ARRAY_LENGTH(units); i++)
		if (length == strlen(units[i]) && strncmp(text, units[i], length) == 0)
			return true;
	return false;
}

void text_bind_units(struct str *out, const char *text)
{
	const char *word = text;
	for (const char *p = text; *p; p++) {
		if (*p != ' ') {
			str_add_bytes(out, p, 1);
			continue;
		}
		str_add(out, is_number(word, p) && is_unit(p + 1) ? "\u00A0" : " ");
		word = p + 1;
	}
}

static const char blanks[] = " \n\t";

void text_add_behind(struct str *out, const struct text_style *style, size_t column,
                     const char *text)
{
	size_t at = column;
	while (*(text += strspn(text, blanks))) {
		cleanup_str struct str word = {0};
		cleanup_str struct str clean = {0};
		const size_t length = strcspn(text, blanks);
		str_add_bytes(&word, text, length);
		text_clean(&clean, style, str_text(&word));
		text += length;
		const size_t columns = text_width(str_text(&clean));
		if (at > column && at + 1 + columns > style->width) {
			str_add(out, "\n");
			str_add_repeat(out, ' ', column);
			at = column;
		}
		if (at > column) {
			str_add(out, " ");
			at++;
		}
		str_add(out, str_text(&clean));
		out->failed |= word.failed || clean.failed;
		at += columns;
	}
	str_add(out, "\n");
}

void text_add_wrapped(struct str *out, const struct text_style *style, enum text_role role,
                      const char *mark, size_t indent, const char *text)
{
	const size_t columns = text_width(mark);
	if (columns > 0 && columns < indent) {
		str_add_repeat(out, ' ', indent - columns - 1);
		text_add(out, style, role, mark);
		str_add(out, " ");
	} else {
		str_add_repeat(out, ' ', indent);
	}
	text_add_behind(out, style, indent, text);
}
