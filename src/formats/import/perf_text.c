/* Rows of perf stat's text:
 *         51,938.23 msec task-clock:u              #    0.720 CPUs utilized
 *   117,627,028,354      cycles:u                  #    2.265 GHz            (49.99%) */
#include "core/array.h"
#include "formats/import/perf_parts.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* A stretch of a line. */
struct span {
	const char *text;
	size_t length;
};

/* A value ends in this column or behind it: perf puts it there. */
enum { VALUE_COLUMNS = 18 };

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static struct span next_word(const char **p, const char *end)
{
	while (*p < end && is_blank(**p))
		(*p)++;
	const char *const begin = *p;
	while (*p < end && !is_blank(**p))
		(*p)++;
	return (struct span){begin, (size_t)(*p - begin)};
}

static bool is_word(struct span span, const char *word)
{
	return span.length == strlen(word) && memcmp(span.text, word, span.length) == 0;
}

static void copy(char *to, size_t room, struct span from)
{
	const size_t length = from.length < room - 1 ? from.length : room - 1;
	memcpy(to, from.text, length);
	to[length] = '\0';
}

/* Digits, point or comma, digits, '%': the hundredths; -1, or -2 with a comma. */
static int32_t read_percent(struct span span)
{
	const char *const end = span.text + span.length;
	char *rest;
	const char *p = span.text;
	while (p < end && isdigit((unsigned char)*p))
		p++;
	const size_t whole = (size_t)(p - span.text);
	if (whole == 0 || whole > 3 || end - p < 3 || (*p != '.' && *p != ','))
		return -1;
	const bool is_foreign = *p++ == ',';
	if (!isdigit((unsigned char)p[0]) || !isdigit((unsigned char)p[1]) || p[2] != '%' ||
	    p + 3 != end)
		return -1;
	if (is_foreign)
		return -2;
	const long percent = strtol(span.text, &rest, 10);
	const int32_t hundredths = (int32_t)percent * 100 + (p[0] - '0') * 10 + (p[1] - '0');
	return hundredths <= 10000 ? hundredths : -1;
}

int32_t perf_text_percent(const char *line, size_t *ret_length)
{
	const size_t length = strlen(line);
	*ret_length = length;
	if (length == 0 || !strchr(")]", line[length - 1]))
		return -1;
	const char *const open = strrchr(line, line[length - 1] == ')' ? '(' : '[');
	if (!open)
		return -1;
	const char *p = open + 1;
	const struct span span = next_word(&p, line + length - 1);
	if (next_word(&p, line + length - 1).length > 0)
		return -1;
	const int32_t percent = read_percent(span);
	if (percent != -1)
		*ret_length = (size_t)(open - line);
	return percent;
}

/* "cycles:u", "msec task-clock", or as older ones wrote it, "task-clock (msec)". */
static bool read_name(const char *p, const char *end, struct perf_row *row)
{
	struct span words[3];
	size_t count = 0;
	for (;;) {
		const struct span word = next_word(&p, end);
		if (word.length == 0)
			break;
		if (count == ARRAY_LENGTH(words))
			return false;
		words[count++] = word;
	}
	if (count == 0 || count > 2 || isdigit((unsigned char)words[0].text[0]))
		return false;
	if (count == 2 && is_word(words[1], "(msec)")) {
		copy(row->event, sizeof row->event, words[0]);
		copy(row->unit, sizeof row->unit, (struct span){"msec", 4});
		return true;
	}
	copy(row->event, sizeof row->event, words[count - 1]);
	if (count == 2)
		copy(row->unit, sizeof row->unit, words[0]);
	return true;
}

/* The value at *p. PERF_OTHER: there is none. */
static enum perf_line read_value(const char **p, const char *end, struct perf_row *row,
                                 const char **ret_why)
{
	struct span word = next_word(p, end);
	if (is_word(word, "<not")) {
		const struct span state = next_word(p, end);
		row->state = is_word(state, "counted>") ? PERF_NOT_COUNTED : PERF_NOT_SUPPORTED;
		return row->state == PERF_NOT_COUNTED || is_word(state, "supported>") ? PERF_ROW
		                                                                      : PERF_OTHER;
	}
	const enum written_reading reading =
	        written_number_read(word.text, word.length, &row->value);
	if (reading == WRITTEN_NO_NUMBER)
		return PERF_OTHER;
	*ret_why = reading == WRITTEN_TOO_LARGE ? perf_why_large : perf_why_locale;
	return reading == WRITTEN_READ ? PERF_ROW : PERF_REFUSED;
}

/* Steps over numbers that follow a value at *p: a locale that puts blanks between thousands. */
static bool step_over_more(const char **p, const char *end)
{
	bool is_more = false;
	for (const char *next = *p;; *p = next) {
		const struct span word = next_word(&next, end);
		struct written_number number;
		if (written_number_read(word.text, word.length, &number) == WRITTEN_NO_NUMBER)
			return is_more;
		is_more = true;
	}
}

/* Whether a row that does not stand where perf puts it is one all the same: blanks were taken away.
 * Somebody else's line may begin with a number too: "12 files were read". */
static bool is_likely(const struct perf_row *row, bool has_comment)
{
	return row->unit[0] == '\0' || has_comment || row->percent_e2 != -1 ||
	       strcmp(row->unit, "msec") == 0 || strcmp(row->unit, "ns") == 0;
}

enum perf_line perf_text_row(const char *line, struct perf_row *ret_row, const char **ret_why)
{
	struct perf_row row = perf_row_empty();
	size_t length;
	row.percent_e2 = perf_text_percent(line, &length);
	const char *const comment = memchr(line, '#', length);
	const char *const end = comment ? comment : line + length;
	const char *p = line;
	const char *why = perf_why_locale;
	enum perf_line kind = read_value(&p, end, &row, &why);
	if (kind == PERF_OTHER)
		return kind;
	if (row.state == PERF_VALUE && step_over_more(&p, end))
		kind = PERF_REFUSED;
	const bool is_aligned = p - line >= VALUE_COLUMNS;
	const bool has_name = read_name(p, end, &row);
	if (kind == PERF_ROW && !has_name)
		return PERF_OTHER;
	if (!is_aligned && !(has_name && is_likely(&row, comment)))
		return PERF_OTHER;
	perf_row_set_unit(&row);
	if (kind == PERF_REFUSED || row.percent_e2 == -2 || !perf_row_is_plain(&row)) {
		*ret_why = why;
		return PERF_REFUSED;
	}
	*ret_row = row;
	return PERF_ROW;
}
