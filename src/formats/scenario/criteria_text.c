#include "formats/scenario/criteria_text.h"

#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/letter.h"
#include "core/str.h"
#include "formats/scenario/limit_text.h"
#include "model/frequency.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { COMMENT_COLUMNS = 98 };

/* Texts that a reader of YAML takes for nothing, or for something else than a text. */
static bool is_word_of_yaml(const char *text)
{
	static const char *const words[] = {"null", "Null", "NULL", "true", "false"};
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (strcmp(text, words[i]) == 0)
			return true;
	return false;
}

static bool is_plain(const char *text)
{
	if (!isalpha((unsigned char)text[0]) && text[0] != '/')
		return false;
	for (const char *p = text; *p; p++)
		if (!isascii((unsigned char)*p) ||
		    (!isalnum((unsigned char)*p) && !strchr("_.-/", *p)))
			return false;
	return !is_word_of_yaml(text);
}

/* A single value; what is not plain in double quotes, with all that cannot be seen escaped. */
static int add_text(struct str *out, const char *text, struct error *err)
{
	if (is_plain(text)) {
		str_add(out, text);
		return 0;
	}
	str_add(out, "\"");
	for (const char *p = text; *p;) {
		uint32_t letter = 0;
		const size_t length = letter_decode(p, &letter);
		if (length == 0)
			return error_set(err, EINVAL,
			                 "criteria hold text that is not UTF-8; rename it");
		if (letter == '"' || letter == '\\')
			str_addf(out, "\\%c", (char)letter);
		else if (letter_is_control(letter))
			str_addf(out, letter > 0xffff ? "\\U%08x" : "\\u%04x", (unsigned)letter);
		else
			str_add_bytes(out, p, length);
		p += length;
	}
	str_add(out, "\"");
	return 0;
}

/* "KEY: value", or a list of several. */
static int add_list(struct str *out, const char *key, const char *const *items, size_t count,
                    struct error *err)
{
	int r = 0;
	str_addf(out, "    %s: %s", key, count > 1 ? "[" : "");
	for (size_t i = 0; r == 0 && i < count; i++) {
		str_add(out, i ? ", " : "");
		r = add_text(out, items[i], err);
	}
	str_add(out, count > 1 ? "]\n" : "\n");
	return r;
}

static int add_key(struct str *out, const char *key, const char *text, struct error *err)
{
	return text ? add_list(out, key, &text, 1, err) : 0;
}

/* Levels are written as they were: none of their spellings needs quotes. */
static void add_levels(struct str *out, const struct level_specs *levels)
{
	if (levels->count == 0)
		return;
	str_addf(out, "    level: %s", levels->count > 1 ? "[" : "");
	for (size_t i = 0; i < levels->count; i++)
		str_addf(out, "%s%s", i ? ", " : "", levels->items[i].spelling);
	str_add(out, levels->count > 1 ? "]\n" : "\n");
}

/* The shortest percentage that is read as the same share again. */
static void add_share(struct str *out, const char *key, double share)
{
	static const struct limit_of of = {MEASURE_EFFICIENCY, NULL, true};
	char text[LIMIT_TEXT_BYTES];
	for (int digits = 1; digits <= 6; digits++) {
		double again = NAN;
		struct error ignored;
		snprintf(text, sizeof text, "%.*g%%", digits, 100 * share);
		if (limit_text_parse(text, &of, &again, &ignored) == 0 && again == share) {
			str_addf(out, "    %s: %s\n", key, text);
			return;
		}
	}
	limit_text_write(share, &of, text);
	str_addf(out, "    %s: %s\n", key, text);
}

static void add_statistic(struct str *out, const struct criterion *criterion)
{
	if (criterion->statistic != STATISTIC_QUANTILE)
		return;
	if (criterion->quantile == 0.5 || criterion->quantile == 1)
		str_addf(out, "    statistic: %s\n", criterion->quantile == 1 ? "max" : "median");
	else
		add_share(out, "quantile", criterion->quantile);
}

static void add_bound(struct str *out, const struct criterion *criterion)
{
	if (!isnan(criterion->margin)) {
		add_share(out, "margin", criterion->margin);
		return;
	}
	const struct limit_of of = {criterion->measure, criterion->detail,
	                            criterion->references.count > 0};
	char text[LIMIT_TEXT_BYTES];
	limit_text_write(criterion->limit, &of, text);
	str_addf(out, "    %s: %s\n", criterion_bound_names[criterion->bound], text);
}

static int add_sources(struct str *out, uint32_t sources, struct error *err)
{
	const char *names[FREQUENCY_SOURCES];
	size_t count = 0;
	for (unsigned i = 1; i < FREQUENCY_SOURCES; i++)
		if (sources & (1u << i))
			names[count++] = frequency_source_names[i];
	return count ? add_list(out, "sources", names, count, err) : 0;
}

static int add_criterion(struct str *out, const struct criterion *criterion, struct error *err)
{
	str_add(out, "  - metric: ");
	int r = add_text(out, criterion->spelling, err);
	str_add(out, "\n");
	if (r == 0)
		r = add_key(out, "name", criterion->label, err);
	add_levels(out, &criterion->levels);
	if (r == 0)
		r = add_key(out, "policy", criterion->policy, err);
	add_statistic(out, criterion);
	add_bound(out, criterion);
	if (r == 0 && criterion->references.count > 0)
		r = add_list(out, "reference", (const char *const *)criterion->references.items,
		             criterion->references.count, err);
	if (r == 0)
		r = add_sources(out, criterion->sources, err);
	if (r == 0 && criterion->where_absent != ABSENCE_INCONCLUSIVE)
		r = add_key(out, "where_absent", criterion_absence_names[criterion->where_absent],
		            err);
	return r;
}

static int add_origin_key(struct str *out, const char *key, const char *text, struct error *err)
{
	if (!text)
		return 0;
	str_addf(out, "  %s: ", key);
	const int r = add_text(out, text, err);
	str_add(out, "\n");
	return r;
}

static int add_origin(struct str *out, const struct criteria *criteria, struct error *err)
{
	const struct criteria_origin *const origin = &criteria->origin;
	const struct {
		const char *key;
		const char *text;
	} keys[] = {{"command", origin->command},
	            {"processor", origin->processor},
	            {"scenario", origin->scenario}};
	int r = 0;
	if (criteria_have_origin(criteria))
		str_add(out, "made_from:\n");
	for (size_t i = 0; r == 0 && i < ARRAY_LENGTH(keys); i++)
		r = add_origin_key(out, keys[i].key, keys[i].text, err);
	return r;
}

/* A sentence as comment, broken between words. What is not a letter of it becomes a question
 * mark: a comment must not end early. */
static void add_comment(struct str *out, const char *sentence)
{
	size_t column = COMMENT_COLUMNS;
	for (const char *p = sentence; *p;) {
		const size_t blanks = strspn(p, " ");
		const size_t length = strcspn(p + blanks, " ");
		p += blanks;
		if (length == 0)
			break;
		const bool is_first = p - blanks == sentence;
		if (column + 1 + length > COMMENT_COLUMNS) {
			str_addf(out, "%s#", is_first ? "" : "\n");
			column = 1;
		}
		str_add(out, " ");
		for (size_t i = 0; i < length;) {
			uint32_t letter = 0;
			const size_t bytes = letter_decode(p + i, &letter);
			const bool is_seen = bytes > 0 && !letter_is_control(letter);
			str_add_bytes(out, is_seen ? p + i : "?", is_seen ? bytes : 1);
			i += bytes ? bytes : 1;
		}
		column += 1 + length;
		p += length;
	}
	str_add(out, "\n");
}

int criteria_text_write(const struct criteria *criteria, const struct words *notes, char **ret_text,
                        struct error *err)
{
	cleanup_str struct str out = {0};
	for (size_t i = 0; notes && i < notes->count; i++)
		add_comment(&out, notes->items[i]);
	int r = add_origin(&out, criteria, err);
	if (criteria->max_repeats)
		str_addf(&out, "max_repeats: %u\n", criteria->max_repeats);
	str_add(&out, "criteria:\n");
	for (size_t i = 0; r == 0 && i < criteria->count; i++)
		r = add_criterion(&out, &criteria->items[i], err);
	return r < 0 ? r : str_take(&out, ret_text, err);
}
