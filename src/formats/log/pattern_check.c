/* What a regular expression costs before it is compiled: the C library writes out what a quantifier
 * repeats (x+ is xx*, x{9} nine times x), in one another by the product, and takes gigabytes for a
 * line of them. */
#include "core/error.h"
#include "formats/log/log_parts.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* About 200 bytes of memory each. */
#define MOST_LETTERS 20000

/* Lengths as written out. */
struct written_out {
	double of_groups[LOG_MOST_GROUPS]; /* of each open group, and of the whole at 0 */
	size_t open;
	size_t groups;
	double of_piece;    /* that a quantifier would repeat */
	bool is_quantified; /* that piece is */
};

static void add_piece(struct written_out *out, double length)
{
	out->of_groups[out->open] += length;
	out->of_piece = length;
	out->is_quantified = false;
}

/* Behind a bracket expression; at its end where it is not closed, which the compiler tells. */
static const char *skip_bracket(const char *text)
{
	text += text[1] == '^' ? 2 : 1;
	text += *text == ']';
	while (*text && *text != ']') {
		const char kind = text[0] == '[' ? text[1] : '\0';
		const char closing[] = {kind, ']', '\0'};
		const char *const end =
		        kind && strchr(".:=", kind) ? strstr(text + 2, closing) : NULL;
		text = end ? end + 2 : text + 1;
	}
	return text + (*text == ']');
}

/* How often a quantifier writes its piece out; *text is moved behind it. */
static double read_quantifier(const char **text)
{
	const char letter = *(*text)++;
	if (letter != '{')
		return letter == '+' ? 2 : 1;
	char *end;
	const double least = (double)strtoul(*text, &end, 10);
	const double most = *end == ',' ? (double)strtoul(end + 1, &end, 10) : least;
	*text = *end == '}' ? end + 1 : end;
	return fmax(fmax(least + 1, most), 1);
}

static int repeat(struct written_out *out, const char **text, struct error *err)
{
	const char *const begin = *text;
	const double times = read_quantifier(text);
	if (out->is_quantified)
		return error_set(err, EINVAL,
		                 "a quantifier stands behind a quantifier (\"%.10s\"); write one "
		                 "of them, or a backslash before a letter that means itself",
		                 begin);
	out->of_groups[out->open] += out->of_piece * (times - 1);
	out->of_piece *= times;
	out->is_quantified = true;
	if (out->of_groups[out->open] > MOST_LETTERS)
		return error_set(
		        err, EINVAL,
		        "written out it is longer than %d letters, up to \"%.10s\"; repeat "
		        "less, or write * or + instead of a number",
		        MOST_LETTERS, begin);
	return 0;
}

static int open_group(struct written_out *out, struct error *err)
{
	if (++out->groups >= LOG_MOST_GROUPS)
		return error_set(err, EINVAL, "more than %d groups; leave some out",
		                 LOG_MOST_GROUPS - 1);
	out->of_groups[++out->open] = 0;
	out->of_piece = 0;
	out->is_quantified = false;
	return 0;
}

int pattern_log_check(const char *text, struct error *err)
{
	struct written_out out = {.open = 0};
	int r = 0;
	while (r == 0 && *text) {
		switch (*text) {
		case '*':
		case '?':
		case '+':
		case '{':
			r = repeat(&out, &text, err);
			continue;
		case '[':
			text = skip_bracket(text);
			add_piece(&out, 1);
			continue;
		case '(':
			r = open_group(&out, err);
			break;
		case ')':
			/* One too many is a letter. */
			out.open -= out.open > 0;
			add_piece(&out, out.open < out.groups ? out.of_groups[out.open + 1] : 1);
			break;
		case '\\':
			text += text[1] != '\0';
			add_piece(&out, 1);
			break;
		default:
			add_piece(&out, 1);
		}
		text++;
	}
	return r;
}
