#include "report/accept/accept_document.h"

#include "core/array.h"
#include "core/number.h"
#include "report/measure_text.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* Criteria that are named large before the rest is counted. */
enum { MOST_NAMED = 4 };

/* How a verdict is said. */
static const struct {
	const char *large; /* what a reader at the other end of the room sees */
	const char *word;
	const char *one; /* "1 of 4 criteria ..." */
	const char *many;
	const char *mark; /* before its reason */
	enum text_role role;
} says[VERDICTS] = {
        [VERDICT_PASS] = {"PASS", "pass", "is met", "are met", "+", TEXT_GOOD},
        [VERDICT_FAIL] = {"FAIL", "FAIL", "fails", "fail", "!", TEXT_BAD},
        [VERDICT_INCONCLUSIVE] = {"INCONCLUSIVE", "inconclusive", "is inconclusive",
                                  "are inconclusive", "-", TEXT_WARN},
        [VERDICT_SKIPPED] = {"SKIPPED", "skipped", "is skipped", "are skipped", "-", TEXT_DIM},
};

/* The order in which criteria are told: what decides first. */
static const enum verdict worst_first[] = {VERDICT_FAIL, VERDICT_INCONCLUSIVE, VERDICT_PASS,
                                           VERDICT_SKIPPED};

static const char *host_of(const struct findings *findings)
{
	const char *const host = host_facts_get(&findings->dataset->host, "hostname");
	return host ? host : "unknown";
}

static const char *name_of(const struct findings *findings)
{
	return findings->dataset->run.name ? findings->dataset->run.name : "unknown";
}

static bool is_of_places(const struct judgement *judgement)
{
	return measures[judgement->criterion->measure].nature == NATURE_PLACES &&
	       judgement->place >= 0;
}

/* "core 5"; "" where the criterion is not of places. */
static const char *place_of(const struct judgement *judgement, char text[32])
{
	static const char *const words[PLACE_KINDS] = {[PLACE_PU] = "PU",
	                                               [PLACE_CORE] = "core",
	                                               [PLACE_L3] = "L3",
	                                               [PLACE_PACKAGE] = "socket"};
	text[0] = '\0';
	if (is_of_places(judgement))
		snprintf(text, 32, "%s %d", words[judgement->place_kind], (int)judgement->place);
	return text;
}

static bool is_relative(const struct judgement *judgement)
{
	return judgement->criterion->references.count > 0;
}

/* The unit alone: that tasks are counted is said by the criterion. */
static const char *short_unit(const struct measure_scale *scale)
{
	return str_starts_with(scale->unit, "tasks/") ? scale->unit + strlen("tasks") : scale->unit;
}

/* In which unit figures of a judgement are shown: that of the measure, or bare where they are
 * ratios. */
static struct measure_scale scale_of(const struct judgement *judgement, double typical,
                                     const struct text_style *style)
{
	const struct criterion *const c = judgement->criterion;
	if (is_relative(judgement))
		return (struct measure_scale){1, ""};
	return measure_scale_of(c->measure, c->detail, typical, style);
}

/* A figure with its unit, with the digits that the estimate bears. */
static void write_judged(const struct judgement *judgement, double value,
                         const struct text_style *style, char text[FIGURE_BYTES])
{
	const struct measure_scale scale = scale_of(judgement, judgement->compared.value, style);
	const char *const unit = short_unit(&scale);
	char number[FIGURE_BYTES];
	const bool is_count =
	        judgement->criterion->measure == MEASURE_FAILURES && floor(value) == value;
	const int decimals =
	        is_count ? 0 : figure_estimate_decimals(&judgement->compared, scale.factor, 3, 4);
	figure_write(value * scale.factor, decimals, style, number);
	snprintf(text, FIGURE_BYTES, "%.32s%s%s", number, isfinite(value) && unit[0] ? " " : "",
	         isfinite(value) ? unit : "");
}

/* "≥ 2 GHz", "≤ 1.05", "≥ 0.95 ref.": a limit as it was written, without zeros at its end; in words
 * where there is room. */
static void write_limit(const struct judgement *judgement, bool in_words,
                        const struct text_style *style, char text[FIGURE_BYTES + 32])
{
	static const char *const forms[][3] = {
	        [BOUND_AT_LEAST] = {">=", "≥", "at least"},
	        [BOUND_AT_MOST] = {"<=", "≤", "at most"},
	};
	const struct criterion *const c = judgement->criterion;
	const struct measure_scale scale = scale_of(judgement, judgement->limit, style);
	const char *const behind = !is_relative(judgement) ? ""
	                           : in_words              ? " of the reference"
	                                                   : " ref.";
	char number[NUMBER_TEXT_BYTES];
	snprintf(number, sizeof number, "%.6g", judgement->limit * scale.factor);
	snprintf(text, FIGURE_BYTES + 32, "%s %s%s%s%s",
	         forms[c->bound][in_words ? 2 : !style->is_ascii], number, scale.unit[0] ? " " : "",
	         short_unit(&scale), behind);
}

/* ---- The verdict -------------------------------------------------------------------------- */

/* "1 of 4 criteria fails, 2 are inconclusive." */
static void add_counts(const struct acceptance *acceptance, struct str *text)
{
	for (size_t i = 0; i < ARRAY_LENGTH(worst_first); i++) {
		const enum verdict verdict = worst_first[i];
		const size_t count = acceptance->in_verdict[verdict];
		if (count == 0)
			continue;
		if (text->length > 0)
			str_addf(text, ", %zu ", count);
		else if (count == acceptance->count && count > 1)
			str_addf(text, "all %zu criteria ", count);
		else
			str_addf(text, "%zu of %zu %s ", count, acceptance->count,
			         number_noun(acceptance->count, "criterion", "criteria"));
		str_add(text, count == 1 ? says[verdict].one : says[verdict].many);
	}
	if (acceptance->count == 0)
		str_add(text, "there was nothing to judge by");
}

static void add_verdict(const struct acceptance *acceptance, struct document *doc)
{
	cleanup_str struct str counts = {0};
	add_counts(acceptance, &counts);
	doc->failed |= counts.failed;
	document_figure(doc, says[acceptance->verdict].role, "Verdict", str_text(&counts), "%s",
	                says[acceptance->verdict].large);
	document_only(doc, READ_IN_PAGE);
	/* A terminal has the verdict in its first line. */
	document_say(doc, TEXT_PLAIN, "%c%s.", toupper((unsigned char)str_text(&counts)[0]),
	             str_text(&counts) + 1);
	document_only(doc, READ_IN_TERMINAL);
}

/* One criterion large: what it found, and where; node is "" where there is one. */
static void add_named(const struct judgement *judgement, const char *node, struct document *doc)
{
	char place[32];
	char value[FIGURE_BYTES];
	char limit[FIGURE_BYTES + 32];
	char name[280];
	char remark[sizeof limit + 96];
	place_of(judgement, place);
	write_judged(judgement, judgement->compared.value, doc->style, value);
	write_limit(judgement, true, doc->style, limit);
	snprintf(name, sizeof name, "%.64s%s%s: %s", node, node[0] ? ": " : "", judgement->label,
	         says[judgement->verdict].word);
	const bool has_value = estimate_has_value(&judgement->compared);
	if (place[0] && has_value)
		snprintf(remark, sizeof remark, "%s times the others; limit: %s", value, limit);
	else if (isfinite(judgement->bound)) {
		char bound[FIGURE_BYTES];
		write_judged(judgement, judgement->bound, doc->style, bound);
		snprintf(remark, sizeof remark, "bound %s; limit: %s", bound, limit);
	} else
		snprintf(remark, sizeof remark, "limit: %s", limit);
	document_figure(doc, says[judgement->verdict].role, name, remark, "%s",
	                place[0]    ? place
	                : has_value ? value
	                            : "not known");
	document_only(doc, READ_IN_PAGE);
}

/* What makes the verdict, in large letters. */
static void add_deciding(const struct acceptance *acceptance, struct document *doc)
{
	size_t named = 0;
	for (size_t i = 0; i < acceptance->count && named < MOST_NAMED; i++) {
		const struct judgement *const judgement = &acceptance->items[i];
		if (judgement->verdict != acceptance->verdict || judgement->verdict == VERDICT_PASS)
			continue;
		add_named(judgement, "", doc);
		named++;
	}
}

static void say_repeats(const struct accepted *result, struct document *doc)
{
	const struct acceptance *const acceptance = result->acceptance;
	if (acceptance->in_verdict[VERDICT_INCONCLUSIVE] > 0 && acceptance->repeats_needed > 0)
		document_say(
		        doc, TEXT_PLAIN,
		        "About %zu repeats would decide what is inconclusive, if what was seen "
		        "so far holds: plateau run --resume %s -r %zu",
		        acceptance->repeats_needed, result->path, acceptance->repeats_needed);
	if (acceptance->looks > 0)
		document_say(doc, TEXT_DIM,
		             "It was judged %u %s while it ran, to see whether more repeats were "
		             "needed; the error of a verdict is spent over these looks.",
		             acceptance->looks, number_noun(acceptance->looks, "time", "times"));
}

/* ---- The criteria ------------------------------------------------------------------------- */

static void add_estimate(struct table *table, const struct judgement *judgement,
                         const struct estimate *estimate, const struct text_style *style)
{
	const struct criterion *const c = judgement->criterion;
	char text[FIGURE_BYTES];
	measure_write(c->measure, c->detail, estimate->value, estimate, style, text);
	table_cell(table, TEXT_DIM, "%s", text);
}

/* The interval of what the limit is of, in its unit. */
static void add_interval(struct table *table, const struct judgement *judgement,
                         const struct text_style *style)
{
	const struct measure_scale scale = scale_of(judgement, judgement->compared.value, style);
	char text[FIGURE_BYTES];
	figure_write_interval(&judgement->compared, scale.factor, 4, style, text);
	table_cell(table, TEXT_DIM, "%s", text);
}

/* The criterion with its place, value, bound and limit. */
static void add_judged(struct table *table, const struct judgement *judgement,
                       const struct text_style *style)
{
	char text[FIGURE_BYTES + 32];
	char place[32];
	place_of(judgement, place);
	table_row(table);
	table_cell(table, says[judgement->verdict].role, "%s", says[judgement->verdict].word);
	table_cell(table, TEXT_PLAIN, "%s%s%s", judgement->label, place[0] ? ": " : "", place);
	write_judged(judgement, judgement->compared.value, style, text);
	table_cell(table, TEXT_PLAIN, "%s", text);
	write_judged(judgement, judgement->bound, style, text);
	table_cell(table, TEXT_PLAIN, "%s", text);
	write_limit(judgement, false, style, text);
	table_cell(table, TEXT_PLAIN, "%s", text);
}

/* What a page has room for besides. */
static void add_more(struct table *table, const struct judgement *judgement,
                     const struct text_style *style)
{
	add_interval(table, judgement, style);
	table_cell(table, TEXT_PLAIN, "%zu", judgement->replicates);
	if (judgement->verdict == VERDICT_INCONCLUSIVE && judgement->repeats_needed > 0)
		table_cell(table, TEXT_PLAIN, "%zu", judgement->repeats_needed);
	else
		table_cell(table, TEXT_PLAIN, "%s", "");
	if (!is_relative(judgement))
		return;
	add_estimate(table, judgement, &judgement->value, style);
	add_estimate(table, judgement, &judgement->reference, style);
}

/* Columns of a terminal, and behind them those that only a page has. */
enum { TERMINAL_COLUMNS = 5 };

static void add_table(const struct acceptance *acceptance, enum block_reader reader,
                      struct document *doc)
{
	static const struct table_column columns[] = {
	        {"verdict", NULL, TABLE_LEFT, 0}, {"criterion", NULL, TABLE_LEFT, 0},
	        {"value", NULL, TABLE_RIGHT, 1},  {"bound", NULL, TABLE_RIGHT, 1},
	        {"limit", NULL, TABLE_LEFT, 1},   {"95 % interval", NULL, TABLE_RIGHT, 2},
	        {"n", NULL, TABLE_RIGHT, 2},      {"repeats", "would decide", TABLE_RIGHT, 2},
	        {"here", NULL, TABLE_RIGHT, 3},   {"reference", NULL, TABLE_RIGHT, 3},
	};
	struct table *const table =
	        document_table(doc, "", columns,
	                       reader == READ_IN_PAGE ? ARRAY_LENGTH(columns) : TERMINAL_COLUMNS);
	document_only(doc, reader);
	for (size_t v = 0; v < ARRAY_LENGTH(worst_first); v++)
		for (size_t i = 0; i < acceptance->count; i++) {
			if (acceptance->items[i].verdict != worst_first[v])
				continue;
			add_judged(table, &acceptance->items[i], doc->style);
			if (reader == READ_IN_PAGE)
				add_more(table, &acceptance->items[i], doc->style);
		}
}

/* The reasons, what decides first; those that passed are left to pages. */
static void add_reasons(const struct acceptance *acceptance, struct document *doc)
{
	for (size_t v = 0; v < ARRAY_LENGTH(worst_first); v++)
		for (size_t i = 0; i < acceptance->count; i++) {
			const struct judgement *const judgement = &acceptance->items[i];
			const enum verdict verdict = judgement->verdict;
			if (verdict != worst_first[v] || !judgement->reason[0])
				continue;
			document_item(doc, says[verdict].role, says[verdict].mark, "%s: %s",
			              judgement->label, judgement->reason);
			if (verdict == VERDICT_PASS)
				document_only(doc, READ_IN_PAGE);
		}
}

static void add_criteria(const struct acceptance *acceptance, const char *id, const char *title,
                         struct document *doc)
{
	document_section(doc, id, title,
	                 strcmp(id, "criteria") != 0
	                         ? ""
	                         : "met when the one-sided 95 % bound is on the good side of the "
	                           "limit");
	if (acceptance->count == 0)
		return;
	add_table(acceptance, READ_IN_TERMINAL, doc);
	add_table(acceptance, READ_IN_PAGE, doc);
	add_reasons(acceptance, doc);
}

void accept_sections(const struct accepted *result, struct document *doc)
{
	document_section(doc, "verdict", "", "");
	add_verdict(result->acceptance, doc);
	add_deciding(result->acceptance, doc);
	say_repeats(result, doc);
	add_criteria(result->acceptance, "criteria", "Criteria", doc);
}

/* ---- Several results ---------------------------------------------------------------------- */

/* The first of the criteria that make the verdict, or NULL. */
static const struct judgement *first_deciding(const struct acceptance *acceptance)
{
	for (size_t i = 0; i < acceptance->count; i++)
		if (acceptance->items[i].verdict == acceptance->verdict)
			return &acceptance->items[i];
	return NULL;
}

/* It in a cell, with its place, and how many more there are. */
static void add_deciding_cell(struct table *table, const struct acceptance *acceptance)
{
	const struct judgement *const first = first_deciding(acceptance);
	char place[32];
	char more[32] = "";
	if (!first || first->verdict == VERDICT_PASS) {
		table_cell(table, TEXT_PLAIN, "%s", "");
		return;
	}
	place_of(first, place);
	if (acceptance->in_verdict[acceptance->verdict] > 1)
		snprintf(more, sizeof more, " and %zu more",
		         acceptance->in_verdict[acceptance->verdict] - 1);
	table_cell(table, TEXT_PLAIN, "%s%s%s%s", first->label, place[0] ? ": " : "", place, more);
}

/* Columns of a terminal, and behind them those that only a page has. */
enum { TERMINAL_RESULT_COLUMNS = 4 };

static void add_result_row(struct table *table, const struct accepted *result,
                           enum block_reader reader)
{
	const struct acceptance *const a = result->acceptance;
	table_row(table);
	table_cell(table, says[a->verdict].role, "%s", says[a->verdict].word);
	table_cell(table, TEXT_PLAIN, "%s", host_of(result->findings));
	add_deciding_cell(table, a);
	table_cell(table, TEXT_PLAIN, "%s", result->path);
	if (reader != READ_IN_PAGE)
		return;
	table_cell(table, TEXT_PLAIN, "%s", name_of(result->findings));
	for (size_t v = 0; v < ARRAY_LENGTH(worst_first); v++)
		table_cell(table, TEXT_PLAIN, "%zu", a->in_verdict[worst_first[v]]);
}

static void add_results(const struct accepted_all *all, enum block_reader reader,
                        struct document *doc)
{
	static const struct table_column columns[] = {
	        {"verdict", NULL, TABLE_LEFT, 0},       {"node", NULL, TABLE_LEFT, 0},
	        {"decided by", NULL, TABLE_LEFT, 1},    {"result", NULL, TABLE_LEFT, 2},
	        {"run", NULL, TABLE_LEFT, 2},           {"fail", NULL, TABLE_RIGHT, 3},
	        {"inconclusive", NULL, TABLE_RIGHT, 3}, {"pass", NULL, TABLE_RIGHT, 3},
	        {"skipped", NULL, TABLE_RIGHT, 3},
	};
	struct table *const table = document_table(
	        doc, "", columns,
	        reader == READ_IN_PAGE ? ARRAY_LENGTH(columns) : TERMINAL_RESULT_COLUMNS);
	for (size_t v = 0; v < ARRAY_LENGTH(worst_first); v++)
		for (size_t i = 0; i < all->count; i++)
			if (all->items[i].acceptance->verdict == worst_first[v])
				add_result_row(table, &all->items[i], reader);
}

/* "FAIL: 1, pass: 3, not judged: 1". */
static void count_results(const struct accepted_all *all, struct str *counts)
{
	size_t in_verdict[VERDICTS] = {0};
	for (size_t i = 0; i < all->count; i++)
		in_verdict[all->items[i].acceptance->verdict]++;
	for (size_t v = 0; v < ARRAY_LENGTH(worst_first); v++)
		if (in_verdict[worst_first[v]] > 0)
			str_addf(counts, "%s%s: %zu", counts->length > 0 ? ", " : "",
			         says[worst_first[v]].word, in_verdict[worst_first[v]]);
	if (all->unjudged_count > 0)
		str_addf(counts, "%snot judged: %zu", counts->length > 0 ? ", " : "",
		         all->unjudged_count);
}

/* The nodes that make the verdict, with what decided each. */
static void add_deciding_nodes(const struct accepted_all *all, struct document *doc)
{
	size_t named = 0;
	for (size_t i = 0; i < all->count && named < MOST_NAMED; i++) {
		const struct acceptance *const a = all->items[i].acceptance;
		const struct judgement *const first = first_deciding(a);
		if (a->verdict != all->verdict || a->verdict == VERDICT_PASS || !first)
			continue;
		add_named(first, host_of(all->items[i].findings), doc);
		named++;
	}
}

/* What is missing from the answer must not look like passed. */
static void add_unjudged(const struct accepted_all *all, struct document *doc)
{
	for (size_t i = 0; i < all->unjudged_count; i++)
		document_item(doc, TEXT_WARN, "!", "Not judged: %s: %s", all->unjudged_paths[i],
		              all->unjudged_reasons[i]);
}

static void fill_several(const struct accepted_all *all, enum block_reader reader,
                         struct document *doc)
{
	const enum verdict verdict = all->verdict;
	const size_t count = all->count + all->unjudged_count;
	cleanup_str struct str counts = {0};
	char title[64];
	count_results(all, &counts);
	doc->failed |= counts.failed;
	snprintf(title, sizeof title, "%zu %s", count, number_noun(count, "result", "results"));
	document_title(doc, title);
	document_state(doc, says[verdict].role, says[verdict].large);
	document_section(doc, "verdict", "", "");
	document_figure(doc, says[verdict].role, "Verdict", str_text(&counts), "%s",
	                says[verdict].large);
	document_only(doc, READ_IN_PAGE);
	add_deciding_nodes(all, doc);
	document_section(doc, "nodes", "Results", str_text(&counts));
	if (all->count > 0)
		add_results(all, reader, doc);
	add_unjudged(all, doc);
}

static void add_one_of_several(const struct accepted *result, size_t index, struct document *doc)
{
	cleanup_str struct str name = {0};
	char id[48];
	snprintf(id, sizeof id, "criteria-%zu", index + 1);
	str_addf(&name, "%s on %s: %s", name_of(result->findings), host_of(result->findings),
	         says[result->acceptance->verdict].large);
	doc->failed |= name.failed;
	add_criteria(result->acceptance, id, str_text(&name), doc);
	say_repeats(result, doc);
}

void accept_fill(const struct accepted_all *all, enum block_reader reader, struct document *doc)
{
	const struct accepted *const results = all->items;
	const size_t count = all->count;
	cleanup_str struct str title = {0};
	if (count == 1 && all->unjudged_count == 0) {
		const struct acceptance *const a = results[0].acceptance;
		str_addf(&title, "%s on %s", name_of(results[0].findings),
		         host_of(results[0].findings));
		doc->failed |= title.failed;
		document_title(doc, str_text(&title));
		document_state(doc, says[a->verdict].role, says[a->verdict].large);
		accept_sections(&results[0], doc);
		return;
	}
	fill_several(all, reader, doc);
	/* A page has a part of its own for each; a terminal is shown what is not in order. */
	for (size_t v = 0; v < 2 && reader != READ_IN_PAGE; v++)
		for (size_t i = 0; i < count; i++)
			if (results[i].acceptance->verdict == worst_first[v])
				add_one_of_several(&results[i], i, doc);
}
