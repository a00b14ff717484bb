/* One result: the verdict, what made it, and every criterion. */
#include "report/accept/accept_parts.h"

#include "core/array.h"
#include "core/number.h"
#include "report/measure_text.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

const struct accept_says accept_says[VERDICTS] = {
        [VERDICT_PASS] = {"PASS", "pass", "is met", "are met", "+", TEXT_GOOD},
        [VERDICT_FAIL] = {"FAIL", "FAIL", "fails", "fail", "!", TEXT_BAD},
        [VERDICT_INCONCLUSIVE] = {"INCONCLUSIVE", "inconclusive", "is inconclusive",
                                  "are inconclusive", "-", TEXT_WARN},
        [VERDICT_SKIPPED] = {"SKIPPED", "skipped", "is skipped", "are skipped", "-", TEXT_DIM},
};

const enum verdict accept_worst_first[VERDICTS] = {VERDICT_FAIL, VERDICT_INCONCLUSIVE, VERDICT_PASS,
                                                   VERDICT_SKIPPED};

static bool is_of_places(const struct judgement *judgement)
{
	return measures[judgement->criterion->measure].nature == NATURE_PLACES &&
	       judgement->place >= 0;
}

const char *accept_place(const struct judgement *judgement, char text[32])
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
	if (c->measure == MEASURE_FAILURE_SHARE)
		return (struct measure_scale){100, "%"};
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
	/* In one row there is one unit; 0 has no size to take one by. */
	const bool has_size =
	        estimate_has_value(&judgement->compared) && judgement->compared.value != 0;
	const double typical = has_size ? judgement->compared.value : judgement->limit;
	const struct measure_scale scale = scale_of(judgement, typical, style);
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
	for (size_t i = 0; i < VERDICTS; i++) {
		const enum verdict verdict = accept_worst_first[i];
		const size_t count = acceptance->in_verdict[verdict];
		if (count == 0)
			continue;
		if (text->length > 0)
			str_addf(text, ", %zu ", count);
		else if (count == acceptance->count && count == 2)
			str_add(text, "both criteria ");
		else if (count == acceptance->count && count > 1)
			str_addf(text, "all %zu criteria ", count);
		else
			str_addf(text, "%zu of %zu %s ", count, acceptance->count,
			         number_noun(acceptance->count, "criterion", "criteria"));
		str_add(text, count == 1 ? accept_says[verdict].one : accept_says[verdict].many);
	}
	if (acceptance->count == 0)
		str_add(text, "there was nothing to judge by");
}

static void add_verdict(const struct acceptance *acceptance, struct document *doc)
{
	cleanup_str struct str counts = {0};
	add_counts(acceptance, &counts);
	doc->failed |= counts.failed;
	document_figure(doc, accept_says[acceptance->verdict].role, "Verdict", str_text(&counts),
	                "%s", accept_says[acceptance->verdict].large);
	document_only(doc, READ_IN_PAGE);
	/* A terminal has the verdict in its first line. */
	document_say(doc, TEXT_PLAIN, "%c%s.", toupper((unsigned char)str_text(&counts)[0]),
	             str_text(&counts) + 1);
	document_only(doc, READ_IN_TERMINAL);
}

void accept_add_named(const struct judgement *judgement, const char *node, struct document *doc)
{
	char place[32];
	char value[FIGURE_BYTES];
	char limit[FIGURE_BYTES + 32];
	char name[344];
	char remark[sizeof limit + 96];
	accept_place(judgement, place);
	write_judged(judgement, judgement->compared.value, doc->style, value);
	write_limit(judgement, true, doc->style, limit);
	snprintf(name, sizeof name, "%.127s%s%s: %s", node, node[0] ? ": " : "", judgement->label,
	         accept_says[judgement->verdict].word);
	const bool has_value = estimate_has_value(&judgement->compared);
	if (place[0] && has_value)
		snprintf(remark, sizeof remark, "%s times the others; limit: %s", value, limit);
	else if (isfinite(judgement->bound)) {
		char bound[FIGURE_BYTES];
		write_judged(judgement, judgement->bound, doc->style, bound);
		snprintf(remark, sizeof remark, "bound %s; limit: %s", bound, limit);
	} else
		snprintf(remark, sizeof remark, "limit: %s", limit);
	document_figure(doc, accept_says[judgement->verdict].role, name, remark, "%s",
	                place[0]    ? place
	                : has_value ? value
	                            : "not known");
	document_only(doc, READ_IN_PAGE);
}

void accept_say_notes(const struct accepted *result, bool has_path, struct document *doc)
{
	const struct acceptance *const acceptance = result->acceptance;
	for (size_t i = 0; i < acceptance->note_count; i++)
		document_item(doc, TEXT_WARN, "!", "%s%s%s", has_path ? result->path : "",
		              has_path ? ": " : "", acceptance->notes[i].text);
}

/* What makes the verdict, in large letters. */
static void add_deciding(const struct acceptance *acceptance, struct document *doc)
{
	size_t named = 0;
	for (size_t i = 0; i < acceptance->count && named < ACCEPT_MOST_NAMED; i++) {
		const struct judgement *const judgement = &acceptance->items[i];
		if (judgement->verdict != acceptance->verdict || judgement->verdict == VERDICT_PASS)
			continue;
		accept_add_named(judgement, "", doc);
		named++;
	}
}

void accept_say_warnings(const struct accepted *result, struct document *doc)
{
	const struct summary *const summary = &result->findings->summary;
	bool is_said = false;
	for (size_t i = 0; i < summary->warning_count; i++) {
		if (!summary_warning_is_serious(&summary->warnings[i]))
			continue;
		if (!is_said)
			document_say(doc, TEXT_WARN,
			             "Something was wrong while this was measured; the verdict may "
			             "come from that, and not from the node:");
		document_item(doc, TEXT_WARN, "!", "%s", summary->warnings[i].text);
		is_said = true;
	}
}

/* Whether a run that judges itself may add repeats, whose looks are paid for. */
static bool is_planned(const struct accepted *result)
{
	return !result->criteria_path && result->criteria &&
	       result->criteria->max_repeats > result->acceptance->blocks;
}

void accept_say_repeats(const struct accepted *result, struct document *doc)
{
	const struct acceptance *const acceptance = result->acceptance;
	const size_t open = acceptance->in_verdict[VERDICT_INCONCLUSIVE];
	size_t decidable = 0;
	for (size_t i = 0; i < acceptance->count; i++)
		decidable += acceptance->items[i].verdict == VERDICT_INCONCLUSIVE &&
		             acceptance->items[i].repeats_needed > 0;
	const bool is_open = decidable > 0;
	if (is_open && acceptance->verdict == VERDICT_FAIL)
		document_say(
		        doc, TEXT_DIM,
		        "What failed has failed. About %zu repeats would decide the rest, but the "
		        "verdict stays fail.",
		        acceptance->repeats_needed);
	else if (is_open && result->findings->dataset->run.imported)
		document_say(doc, TEXT_PLAIN,
		             "About %zu repeats, imported together, would decide what is "
		             "inconclusive, if what was seen so far holds.",
		             acceptance->repeats_needed);
	else if (is_open && is_planned(result))
		document_say(
		        doc, TEXT_PLAIN,
		        "About %zu repeats would decide what is inconclusive, if what was seen "
		        "so far holds; this adds them while they are needed: plateau run "
		        "--accept --resume %s",
		        acceptance->repeats_needed, result->path);
	else if (is_open)
		document_say(
		        doc, TEXT_PLAIN,
		        "About %zu repeats would decide what is inconclusive, if what was seen "
		        "so far holds: plateau run --resume %s -r %zu",
		        acceptance->repeats_needed, result->path, acceptance->repeats_needed);
	if (is_open && decidable < open)
		document_say(doc, TEXT_PLAIN,
		             "That is %zu of the %zu criteria that are inconclusive. No number of "
		             "repeats decides the %s: what is missing stands with the reasons.",
		             decidable, open, open - decidable == 1 ? "other" : "others");
	if (acceptance->looks > 0)
		document_say(doc, TEXT_DIM,
		             "It was looked at %u %s before, to see whether more repeats were "
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

/* The reference of a criterion, where another of the same name has another one. */
static const char *reference_of(const struct acceptance *acceptance,
                                const struct judgement *judgement)
{
	const struct words *const own = &judgement->criterion->references;
	for (size_t i = 0; own->count > 0 && i < acceptance->count; i++) {
		const struct judgement *const other = &acceptance->items[i];
		if (other->criterion != judgement->criterion &&
		    strcmp(other->label, judgement->label) == 0)
			return own->items[0];
	}
	return NULL;
}

/* The criterion with its place, value, bound and limit. */
static void add_judged(struct table *table, const struct acceptance *acceptance,
                       const struct judgement *judgement, const struct text_style *style)
{
	const char *const reference = reference_of(acceptance, judgement);
	char text[FIGURE_BYTES + 32];
	char place[32];
	accept_place(judgement, place);
	table_row(table);
	table_cell(table, accept_says[judgement->verdict].role, "%s",
	           accept_says[judgement->verdict].word);
	table_cell(table, TEXT_PLAIN, "%s%s%s%s%s", judgement->label, place[0] ? ": " : "", place,
	           reference ? " against " : "", reference ? reference : "");
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
	for (size_t v = 0; v < VERDICTS; v++)
		for (size_t i = 0; i < acceptance->count; i++) {
			if (acceptance->items[i].verdict != accept_worst_first[v])
				continue;
			add_judged(table, acceptance, &acceptance->items[i], doc->style);
			if (reader == READ_IN_PAGE)
				add_more(table, &acceptance->items[i], doc->style);
		}
}

/* The reasons, what decides first; those that passed are left to pages. */
static void add_reasons(const struct acceptance *acceptance, struct document *doc)
{
	for (size_t v = 0; v < VERDICTS; v++)
		for (size_t i = 0; i < acceptance->count; i++) {
			const struct judgement *const judgement = &acceptance->items[i];
			const enum verdict verdict = judgement->verdict;
			if (verdict != accept_worst_first[v] || !judgement->reason[0])
				continue;
			document_item(doc, accept_says[verdict].role, accept_says[verdict].mark,
			              "%s: %s", judgement->label, judgement->reason);
			if (verdict == VERDICT_PASS)
				document_only(doc, READ_IN_PAGE);
		}
}

void accept_add_criteria(const struct acceptance *acceptance, struct document *doc)
{
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
	accept_say_notes(result, false, doc);
	add_deciding(result->acceptance, doc);
	accept_say_warnings(result, doc);
	accept_say_repeats(result, doc);
	document_section(doc, "criteria", "Criteria",
	                 "met when the one-sided 95 % bound is on the good side of the limit");
	accept_add_criteria(result->acceptance, doc);
}
