#include "report/accept/accept_document.h"

#include "core/array.h"
#include "core/number.h"
#include "report/accept/accept_parts.h"

#include <stdio.h>
#include <string.h>

static const char *host_of(const struct findings *findings)
{
	const char *const host = host_facts_get(&findings->dataset->host, "hostname");
	return host ? host : "unknown";
}

static const char *name_of(const struct findings *findings)
{
	return findings->dataset->run.name ? findings->dataset->run.name : "unknown";
}

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
	accept_place(first, place);
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
	table_cell(table, accept_says[a->verdict].role, "%s", accept_says[a->verdict].word);
	table_cell(table, TEXT_PLAIN, "%s", host_of(result->findings));
	add_deciding_cell(table, a);
	table_cell(table, TEXT_PLAIN, "%s", result->path);
	if (reader != READ_IN_PAGE)
		return;
	table_cell(table, TEXT_PLAIN, "%s", name_of(result->findings));
	for (size_t v = 0; v < VERDICTS; v++)
		table_cell(table, TEXT_PLAIN, "%zu", a->in_verdict[accept_worst_first[v]]);
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
	for (size_t v = 0; v < VERDICTS; v++)
		for (size_t i = 0; i < all->count; i++)
			if (all->items[i].acceptance->verdict == accept_worst_first[v])
				add_result_row(table, &all->items[i], reader);
}

/* "FAIL: 1, pass: 3, not judged: 1". */
static void count_results(const struct accepted_all *all, struct str *counts)
{
	size_t in_verdict[VERDICTS] = {0};
	for (size_t i = 0; i < all->count; i++)
		in_verdict[all->items[i].acceptance->verdict]++;
	for (size_t v = 0; v < VERDICTS; v++)
		if (in_verdict[accept_worst_first[v]] > 0)
			str_addf(counts, "%s%s: %zu", counts->length > 0 ? ", " : "",
			         accept_says[accept_worst_first[v]].word,
			         in_verdict[accept_worst_first[v]]);
	if (all->unjudged_count > 0)
		str_addf(counts, "%snot judged: %zu", counts->length > 0 ? ", " : "",
		         all->unjudged_count);
}

/* A result by its node, and by the end of its path where another result is of the same node. */
static void name_result(const struct accepted_all *all, size_t index, char name[128])
{
	const char *const host = host_of(all->items[index].findings);
	const char *const path = all->items[index].path;
	const size_t most = 64;
	const size_t length = strlen(path);
	bool is_alone = true;
	for (size_t i = 0; i < all->count; i++)
		is_alone = is_alone &&
		           (i == index || strcmp(host_of(all->items[i].findings), host) != 0);
	snprintf(name, 128, "%.56s%s%s", host, is_alone ? "" : ", ",
	         is_alone ? "" : path + (length > most ? length - most : 0));
}

/* The nodes that make the verdict, with what decided each. */
static void add_deciding_nodes(const struct accepted_all *all, struct document *doc)
{
	size_t named = 0;
	size_t more = 0;
	for (size_t i = 0; i < all->count; i++) {
		const struct acceptance *const a = all->items[i].acceptance;
		const struct judgement *const first = first_deciding(a);
		char name[128];
		if (a->verdict != all->verdict || a->verdict == VERDICT_PASS || !first)
			continue;
		if (named == ACCEPT_MOST_NAMED) {
			more++;
			continue;
		}
		name_result(all, i, name);
		accept_add_named(first, name, doc);
		named++;
	}
	if (more == 0)
		return;
	document_say(doc, TEXT_PLAIN, "%zu more %s %s: all stand in the table.", more,
	             number_noun(more, "result", "results"),
	             more == 1 ? accept_says[all->verdict].one : accept_says[all->verdict].many);
	document_only(doc, READ_IN_PAGE);
}

/* What is missing from the answer must not look like passed. */
static void add_unjudged(const struct accepted_all *all, struct document *doc)
{
	for (size_t i = 0; i < all->unjudged_count; i++) {
		const char *const path = all->unjudged_paths[i];
		const char *const reason = all->unjudged_reasons[i];
		/* Most reasons name their file. */
		if (strncmp(reason, path, strlen(path)) == 0)
			document_item(doc, TEXT_WARN, "!", "Not judged: %s", reason);
		else
			document_item(doc, TEXT_WARN, "!", "Not judged: %s: %s", path, reason);
	}
}

static void add_copies(const struct accepted_all *all, struct document *doc)
{
	for (size_t i = 0; i < all->copy_count; i++)
		document_item(doc, TEXT_WARN, "!",
		              "%s is a copy of the run that %s holds: one run counts once.",
		              all->copy_paths[i], all->copy_originals[i]);
}

/* Results whose runs warn of something, one line each: those that have a part of their own in this
 * answer say it there. */
static void add_warned(const struct accepted_all *all, enum block_reader reader,
                       struct document *doc)
{
	for (size_t i = 0; i < all->count; i++) {
		const enum verdict verdict = all->items[i].acceptance->verdict;
		const bool has_part = reader != READ_IN_PAGE &&
		                      (verdict == VERDICT_FAIL || verdict == VERDICT_INCONCLUSIVE);
		if (has_part)
			continue;
		const struct summary *const summary = &all->items[i].findings->summary;
		const char *first = NULL;
		size_t more = 0;
		for (size_t w = 0; w < summary->warning_count; w++) {
			if (!summary_warning_is_serious(&summary->warnings[w]))
				continue;
			more += first != NULL;
			first = first ? first : summary->warnings[w].text;
		}
		if (!first)
			continue;
		if (more > 0)
			document_item(doc, TEXT_WARN, "!", "%s: %s (And %zu more of this run.)",
			              all->items[i].path, first, more);
		else
			document_item(doc, TEXT_WARN, "!", "%s: %s", all->items[i].path, first);
	}
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
	document_state(doc, accept_says[verdict].role, accept_says[verdict].large);
	document_section(doc, "verdict", "", "");
	document_figure(doc, accept_says[verdict].role, "Verdict", str_text(&counts), "%s",
	                accept_says[verdict].large);
	document_only(doc, READ_IN_PAGE);
	add_deciding_nodes(all, doc);
	document_section(doc, "nodes", "Results", str_text(&counts));
	if (all->count > 0)
		add_results(all, reader, doc);
	add_unjudged(all, doc);
	add_copies(all, doc);
	for (size_t i = 0; i < all->count; i++)
		accept_say_notes(&all->items[i], true, doc);
	add_warned(all, reader, doc);
}

static void add_one_of_several(const struct accepted *result, size_t index, struct document *doc)
{
	cleanup_str struct str name = {0};
	char id[48];
	snprintf(id, sizeof id, "criteria-%zu", index + 1);
	str_addf(&name, "%s on %s: %s", name_of(result->findings), host_of(result->findings),
	         accept_says[result->acceptance->verdict].large);
	doc->failed |= name.failed;
	document_section(doc, id, str_text(&name), result->path);
	accept_say_warnings(result, doc);
	accept_add_criteria(result->acceptance, doc);
	accept_say_repeats(result, doc);
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
		document_state(doc, accept_says[a->verdict].role, accept_says[a->verdict].large);
		accept_sections(&results[0], doc);
		add_copies(all, doc);
		return;
	}
	fill_several(all, reader, doc);
	/* A page has a part of its own for each; a terminal is shown what is not in order. */
	for (size_t v = 0; v < 2 && reader != READ_IN_PAGE; v++)
		for (size_t i = 0; i < count; i++)
			if (results[i].acceptance->verdict == accept_worst_first[v])
				add_one_of_several(&results[i], i, doc);
}
