/* Nodes one by one: those that need somebody with what is wrong, and all of them in a table. */
#include "report/fleet/fleet_parts.h"

#include "core/array.h"
#include "core/cleanup.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/number.h"
#include "core/str.h"
#include "report/fleet/name_list.h"
#include "report/measure_text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Nodes that share a reason are told together; so many of their names, and so many reasons, stand
 * in a terminal. */
enum { MOST_NAMES = 6, MOST_TOLD = 30, SHORT_FLEET = 32, NAME_COLUMNS = 40, LIST_COLUMNS = 60 };

/* Nodes with one reason. */
struct told {
	const struct fleet_ranking *ranking;
	char **reasons; /* by item; NULL: it needs nobody, or was told */
};

static bool are_alike(const struct told *told, size_t a, size_t b)
{
	const struct fleet_rank_item *const one = &told->ranking->items[a];
	const struct fleet_rank_item *const two = &told->ranking->items[b];
	return told->reasons[b] && one->verdict == two->verdict &&
	       one->component == two->component && strcmp(told->reasons[a], told->reasons[b]) == 0;
}

/* Marks the items of one reason by their nodes, and forgets all of them but the first. Returns how
 * many there are. */
static size_t find_alike(struct told *told, size_t first, bool *is_alike)
{
	size_t count = 1;
	is_alike[told->ranking->items[first].node] = true;
	for (size_t i = first + 1; i < told->ranking->item_count; i++) {
		if (!are_alike(told, first, i))
			continue;
		is_alike[told->ranking->items[i].node] = true;
		free(told->reasons[i]);
		told->reasons[i] = NULL;
		count++;
	}
	return count;
}

/* The first few of them, and how many more there are. */
static void name_first(const struct fleet *fleet, const bool *is_alike, size_t count,
                       struct str *names)
{
	static const struct text_style any = {0};
	size_t said = 0;
	for (size_t n = 0; n < fleet->node_count && said < MOST_NAMES; n++) {
		if (!is_alike[n])
			continue;
		str_add(names, said++ > 0 ? ", " : "");
		text_add_cut(names, &any, NAME_COLUMNS, fleet->nodes[n].name);
	}
	if (count > said)
		str_addf(names, " and %zu more", count - said);
}

/* "rome[03-07], milan12", or, where that takes several lines, "rome03, rome04 and 18 more".
 * Returns how many there are. */
static size_t name_alike(struct told *told, size_t first, struct str *names)
{
	const struct fleet *const fleet = told->ranking->fleet;
	cleanup_free bool *is_alike = calloc(fleet->node_count + 1, sizeof *is_alike);
	cleanup_free const char **all = calloc(fleet->node_count + 1, sizeof(const char *));
	cleanup_str struct str list = {0};
	if (!is_alike || !all) {
		names->failed = true;
		return 1;
	}
	const size_t count = find_alike(told, first, is_alike);
	size_t known = 0;
	for (size_t n = 0; n < fleet->node_count; n++)
		if (is_alike[n])
			all[known++] = fleet->nodes[n].name;
	name_list_add(&list, all, known);
	names->failed |= list.failed;
	if (text_width(str_text(&list)) <= LIST_COLUMNS)
		str_add(names, str_text(&list));
	else
		name_first(fleet, is_alike, count, names);
	return count;
}

static void say_reason(struct told *told, size_t i, struct document *doc)
{
	const struct fleet_rank_item *const item = &told->ranking->items[i];
	const char sign[] = {fleet_kinds[item->verdict].sign, '\0'};
	char place[48];
	cleanup_str struct str names = {0};
	const size_t count = name_alike(told, i, &names);
	fleet_place(item, place);
	doc->failed |= names.failed;
	/* That a node was not run is said by the title of its section. */
	if (item->verdict == FLEET_NOT_RUN)
		document_item(doc, fleet_kinds[item->verdict].role, sign, "%s: %s",
		              str_text(&names), told->reasons[i]);
	else
		document_item(doc, fleet_kinds[item->verdict].role, sign, "%s: %s%s%s%s. %s",
		              str_text(&names), count > 1 ? "each " : "",
		              fleet_verdict_words[item->verdict].words, place[0] ? ", " : "", place,
		              told->reasons[i]);
	document_only(doc, READ_IN_TERMINAL);
}

static void tell_reasons(struct told *told, struct document *doc)
{
	size_t groups = 0;
	size_t left_out = 0;
	for (size_t i = 0; i < told->ranking->item_count; i++) {
		if (!told->reasons[i])
			continue;
		if (groups++ < MOST_TOLD)
			say_reason(told, i, doc);
		else
			left_out++;
	}
	if (left_out == 0)
		return;
	document_say(doc, TEXT_PLAIN,
	             "%zu more: they stand in the page that -o writes, and in "
	             "the answer of --json.",
	             left_out);
	document_only(doc, READ_IN_TERMINAL);
}

/* The same for a page, which has room for each. */
static void add_reason_table(const struct fleet_ranking *ranking, char **reasons,
                             struct document *doc)
{
	static const struct table_column columns[] = {
	        {"node", NULL, TABLE_LEFT, 0},         {"verdict", NULL, TABLE_LEFT, 0},
	        {"what is slow", NULL, TABLE_LEFT, 1}, {"slower by", "times", TABLE_POINT, 1},
	        {"why", NULL, TABLE_LEFT, 1},
	};
	struct table *const table = document_table(doc, "", columns, ARRAY_LENGTH(columns));
	document_only(doc, READ_IN_PAGE);
	for (size_t i = 0; i < ranking->item_count; i++) {
		const struct fleet_rank_item *const item = &ranking->items[i];
		char name[FLEET_NAME_BYTES];
		char place[48];
		if (!reasons[i])
			continue;
		table_row(table);
		table_cell(table, TEXT_PLAIN, "%s", fleet_name(ranking, item, NAME_COLUMNS, name));
		table_cell(table, fleet_kinds[item->verdict].role, "%s",
		           fleet_verdict_words[item->verdict].words);
		table_cell(table, TEXT_PLAIN, "%s", fleet_place(item, place));
		if (isfinite(item->component_relative))
			table_cell(table, TEXT_PLAIN, "%.2f", item->component_relative);
		else
			table_cell(table, TEXT_PLAIN, "%s", "");
		table_cell(table, TEXT_PLAIN, "%s", reasons[i]);
	}
}

static char *reason_of(const struct fleet_rank_item *item, struct document *doc)
{
	struct str why = {0};
	struct error err;
	char *text = NULL;
	fleet_why(item, &why);
	doc->failed |= str_take(&why, &text, &err) < 0;
	return text;
}

/* A section with the nodes that are wanted, and why they are as they are. */
static void tell(const struct fleet_ranking *ranking,
                 bool (*is_wanted)(const struct fleet_rank_item *), struct document *doc)
{
	struct told told = {ranking, calloc(ranking->item_count + 1, sizeof(char *))};
	if (!told.reasons) {
		doc->failed = true;
		return;
	}
	for (size_t i = 0; i < ranking->item_count; i++)
		if (is_wanted(&ranking->items[i]))
			told.reasons[i] = reason_of(&ranking->items[i], doc);
	if (!doc->failed) {
		add_reason_table(ranking, told.reasons, doc);
		tell_reasons(&told, doc);
	}
	for (size_t i = 0; i < ranking->item_count; i++)
		free(told.reasons[i]);
	free(told.reasons);
}

static bool needs_somebody(const struct fleet_rank_item *item)
{
	return fleet_needs_somebody(item->verdict);
}

static bool is_not_run(const struct fleet_rank_item *item)
{
	return item->verdict == FLEET_NOT_RUN;
}

static bool got_slower(const struct fleet_rank_item *item)
{
	return item->was_faster && !needs_somebody(item);
}

/* What the results of these nodes warn of, in a page: a node that was disturbed is no slow one. */
static void add_warnings(const struct fleet_ranking *ranking, struct document *doc)
{
	static const struct table_column columns[] = {
	        {"node", NULL, TABLE_LEFT, 0},
	        {"attempt", NULL, TABLE_RIGHT, 0},
	        {"its result warns", NULL, TABLE_LEFT, 1},
	};
	struct table *table = NULL;
	for (size_t i = 0; i < ranking->item_count; i++) {
		const struct fleet_rank_item *const item = &ranking->items[i];
		const struct profile *const profile = fleet_profile_of(item);
		char name[FLEET_NAME_BYTES];
		for (size_t k = 0; needs_somebody(item) && profile && k < profile->doubt_count;
		     k++) {
			if (!table) {
				table = document_table(doc, "", columns, ARRAY_LENGTH(columns));
				document_only(doc, READ_IN_PAGE);
			}
			table_row(table);
			table_cell(table, TEXT_PLAIN, "%s",
			           fleet_name(ranking, item, NAME_COLUMNS, name));
			table_cell(table, TEXT_PLAIN, "%u", (unsigned)item->attempt->number);
			table_cell(table, TEXT_PLAIN, "%s",
			           profile_doubt_words(profile->doubts[k]));
		}
	}
}

void fleet_add_needing(const struct fleet_ranking *ranking, struct document *doc)
{
	const size_t needing = fleet_needing(ranking);
	char remark[64];
	if (needing == 0)
		return;
	snprintf(remark, sizeof remark, "%zu of %zu", needing, ranking->item_count);
	document_section(doc, "needing", number_noun(needing, "Needs somebody", "Need somebody"),
	                 remark);
	tell(ranking, needs_somebody, doc);
	add_warnings(ranking, doc);
}

size_t fleet_slower(const struct fleet_ranking *ranking)
{
	size_t count = 0;
	for (size_t i = 0; i < ranking->item_count; i++)
		count += got_slower(&ranking->items[i]);
	return count;
}

void fleet_add_slower(const struct fleet_ranking *ranking, struct document *doc)
{
	const size_t slower = fleet_slower(ranking);
	char remark[96];
	if (slower == 0)
		return;
	snprintf(remark, sizeof remark, "%zu %s as the others, and not as %s once accepted", slower,
	         slower == 1 ? "is" : "are", slower == 1 ? "it was" : "they were");
	document_section(doc, "slower", "Got slower", remark);
	tell(ranking, got_slower, doc);
}

void fleet_add_not_run(const struct fleet_ranking *ranking, struct document *doc)
{
	char remark[64];
	if (ranking->in_verdict[FLEET_NOT_RUN] == 0)
		return;
	snprintf(remark, sizeof remark, "%zu of %zu", ranking->in_verdict[FLEET_NOT_RUN],
	         ranking->item_count);
	document_section(doc, "not-run", "Not run", remark);
	tell(ranking, is_not_run, doc);
}

/* ---- All nodes ---------------------------------------------------------------------------- */

static void add_number(struct table *table, int decimals, double value)
{
	char text[FIGURE_BYTES] = "";
	if (isfinite(value))
		snprintf(text, sizeof text, "%.*f", decimals, value);
	table_cell(table, TEXT_PLAIN, "%s", text);
}

/* The figure by which the node is held against its class, with its unit. */
static void add_figure(struct table *table, const struct fleet_ranking *ranking,
                       const struct fleet_rank_item *item, const struct text_style *style)
{
	const struct profile *const profile = fleet_profile_of(item);
	char text[FIGURE_BYTES] = "";
	if (profile && item->class >= 0) {
		const struct fleet_class *const class = &ranking->classes[item->class];
		const struct profile_figure *const figure =
		        fleet_figure(class, profile, class->measure, class->concurrency);
		const struct estimate bears = {.value = figure ? figure->value : (double)NAN,
		                               .low = figure ? figure->low : (double)NAN,
		                               .high = figure ? figure->high : (double)NAN,
		                               .n = figure ? figure->n : 0};
		if (figure && isfinite(figure->value))
			measure_write(class->measure, NULL, figure->value, &bears, style, text);
	}
	table_cell(table, TEXT_PLAIN, "%s", text);
}

/* When the attempt that speaks for the node began. */
static void add_when(struct table *table, const struct fleet_rank_item *item)
{
	const struct profile *const profile = fleet_profile_of(item);
	char utc[CLOCK_TEXT_BYTES] = "";
	if (profile && profile->started_ns > 0)
		clock_format_utc(profile->started_ns, utc);
	else if (item->attempt && item->attempt->has_job && item->attempt->job.started_ns > 0)
		clock_format_utc(item->attempt->job.started_ns, utc);
	if (utc[0])
		utc[10] = ' ';
	table_cell(table, TEXT_PLAIN, "%.16s", utc);
}

/* Columns of a terminal, and behind them those that only a page has. */
enum { TERMINAL_COLUMNS = 5 };

static void add_row(struct table *table, const struct fleet_ranking *ranking,
                    const struct fleet_rank_item *item, bool is_page,
                    const struct text_style *style)
{
	const struct fleet_node *const node = fleet_node_of(ranking, item);
	char name[FLEET_NAME_BYTES];
	char place[48];
	table_row(table);
	table_cell(table, TEXT_PLAIN, "%s",
	           fleet_name(ranking, item, is_page ? NAME_COLUMNS : 20, name));
	table_cell(table, fleet_kinds[item->verdict].role, "%s",
	           fleet_verdict_words[item->verdict].words);
	add_figure(table, ranking, item, style);
	add_number(table, 3, item->relative);
	table_cell(table, TEXT_PLAIN, "%s", fleet_place(item, place));
	if (!is_page)
		return;
	add_number(table, 1, item->z);
	if (item->class >= 0 && ranking->class_count > 1)
		table_cell(table, TEXT_DIM, "%zd", item->class + 1);
	else
		table_cell(table, TEXT_DIM, "%s", "");
	table_cell(table, TEXT_DIM, "%zu", node->attempt_count);
	add_when(table, item);
	table_cell(table, TEXT_DIM, "%s",
	           item->attempt && item->attempt->has_job && item->attempt->job.id
	                   ? item->attempt->job.id
	                   : "");
	table_cell(table, TEXT_DIM, "%s", node->partitions ? node->partitions : "");
	table_cell(table, TEXT_DIM, "%s", node->site_state ? node->site_state : "");
	cleanup_str struct str why = {0};
	if (item->verdict != FLEET_PASS || item->reason)
		fleet_why(item, &why);
	table_cell(table, TEXT_DIM, "%s", str_text(&why));
	table->failed |= why.failed;
}

static void add_table(const struct fleet_ranking *ranking, bool is_page, struct document *doc)
{
	static const struct table_column columns[] = {
	        {"node", NULL, TABLE_LEFT, 0},
	        {"verdict", NULL, TABLE_LEFT, 0},
	        {"throughput", NULL, TABLE_RIGHT, 1},
	        {"of its class", "median = 1", TABLE_RIGHT, 1},
	        {"what is slow", NULL, TABLE_LEFT, 1},
	        {"z", NULL, TABLE_RIGHT, 2},
	        {"class", NULL, TABLE_RIGHT, 2},
	        {"attempts", NULL, TABLE_RIGHT, 2},
	        {"began (UTC)", NULL, TABLE_LEFT, 2},
	        {"job", NULL, TABLE_LEFT, 2},
	        {"partitions", NULL, TABLE_LEFT, 2},
	        {"site says", NULL, TABLE_LEFT, 2},
	        {"why", NULL, TABLE_LEFT, 2},
	};
	struct table *const table = document_table(
	        doc, "", columns, is_page ? ARRAY_LENGTH(columns) : TERMINAL_COLUMNS);
	document_only(doc, is_page ? READ_IN_PAGE : READ_IN_TERMINAL);
	for (size_t i = 0; i < ranking->item_count; i++)
		add_row(table, ranking, &ranking->items[i], is_page, doc->style);
}

void fleet_add_all(const struct fleet_ranking *ranking, struct document *doc)
{
	if (ranking->item_count == 0)
		return;
	document_section(doc, "all", "All nodes", "worst first");
	add_table(ranking, true, doc);
	/* A terminal has the grid; a short fleet fits besides. */
	if (ranking->item_count <= SHORT_FLEET)
		add_table(ranking, false, doc);
}
