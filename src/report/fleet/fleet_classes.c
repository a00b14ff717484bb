/* The hardware classes: what their nodes do, how far they lie apart, what is odd about one. */
#include "report/fleet/fleet_parts.h"

#include "core/array.h"
#include "core/number.h"
#include "core/str.h"
#include "report/measure_text.h"

#include <math.h>
#include <stdio.h>

/* The slowest and the fastest of a class, or NULL. */
struct ends {
	const struct fleet_rank_item *low;
	const struct fleet_rank_item *high;
};

static struct ends find_ends(const struct fleet_ranking *ranking, size_t class)
{
	struct ends ends = {NULL, NULL};
	for (size_t i = 0; i < ranking->item_count; i++) {
		const struct fleet_rank_item *const item = &ranking->items[i];
		if (item->class != (ptrdiff_t) class || !isfinite(item->relative))
			continue;
		if (!ends.low || item->relative < ends.low->relative)
			ends.low = item;
		if (!ends.high || item->relative > ends.high->relative)
			ends.high = item;
	}
	return ends;
}

/* "median 1.456 tasks/s, spread 0.5 %; from 0.876 of it (rome100) to 1.010 (rome037)". */
static void add_figures(const struct fleet_ranking *ranking, size_t index,
                        const struct text_style *style, struct str *text)
{
	const struct fleet_class *const class = &ranking->classes[index];
	const struct ends ends = find_ends(ranking, index);
	char figure[FIGURE_BYTES];
	char name[FLEET_NAME_BYTES];
	measure_write(class->measure, NULL, class->median, NULL, style, figure);
	str_addf(text, ", median %s at N=%u", figure, class->concurrency);
	if (class->policy)
		str_addf(text, " (%s)", class->policy);
	if (isfinite(class->deviation) && class->median > 0)
		str_addf(text, ", spread %.1f %%", 100 * class->deviation / class->median);
	if (!ends.low)
		return;
	str_addf(text, "; from %.3f of it (%s)", ends.low->relative,
	         fleet_name(ranking, ends.low, 32, name));
	str_addf(text, " to %.3f (%s)", ends.high->relative,
	         fleet_name(ranking, ends.high, 32, name));
}

static void say_class(const struct fleet_ranking *ranking, size_t index, struct document *doc)
{
	const struct fleet_class *const class = &ranking->classes[index];
	cleanup_str struct str text = {0};
	const bool is_one = ranking->class_count == 1;
	char mark[24] = "-";
	char who[48] = "None of these nodes";
	if (!is_one) {
		snprintf(mark, sizeof mark, "%zu:", index + 1);
		snprintf(who, sizeof who, "No node of class %zu", index + 1);
	}
	str_addf(&text, "%s: %zu %s with a result", class->words, class->node_count,
	         number_noun(class->node_count, "node", "nodes"));
	if (isfinite(class->median))
		add_figures(ranking, index, doc->style, &text);
	str_add(&text, ".");
	doc->failed |= text.failed;
	document_item(doc, TEXT_PLAIN, mark, "%s", str_text(&text));
	document_only(doc, READ_IN_TERMINAL);
	if (class->reason) {
		cleanup_str struct str why = {0};
		fleet_add_sentence(&why, class->reason);
		document_item(doc, TEXT_WARN, "!", "%s can be called slow. %s", who,
		              str_text(&why));
		doc->failed |= why.failed;
	}
	if (class->note) {
		cleanup_str struct str note = {0};
		fleet_add_sentence(&note, class->note);
		document_item(doc, TEXT_WARN, "!", "%s%s%s%s", is_one ? "" : "Class ",
		              is_one ? "" : mark, is_one ? "" : " ", str_text(&note));
		doc->failed |= note.failed;
	}
}

/* ---- The distribution in a terminal ------------------------------------------------------- */

enum { STRIP_COLUMNS = 56, LEAST_IN_STRIP = 5 };

/* How many nodes of a class are in each column between the ends, and the sign of the worst that
 * stands apart there. */
struct strip {
	size_t counts[STRIP_COLUMNS];
	char signs[STRIP_COLUMNS];
	enum text_role roles[STRIP_COLUMNS];
};

static void fill_strip(const struct fleet_ranking *ranking, size_t class, const struct ends *ends,
                       struct strip *strip)
{
	const double from = ends->low->relative;
	const double length = ends->high->relative - from;
	/* The worst stand first. */
	for (size_t i = 0; i < ranking->item_count; i++) {
		const struct fleet_rank_item *const item = &ranking->items[i];
		if (item->class != (ptrdiff_t) class || !isfinite(item->relative))
			continue;
		const size_t at = (size_t)((item->relative - from) / length * (STRIP_COLUMNS - 1));
		strip->counts[at]++;
		if (fleet_verdict_words[item->verdict].is_bad && !strip->signs[at]) {
			strip->signs[at] = fleet_kinds[item->verdict].sign;
			strip->roles[at] = fleet_kinds[item->verdict].role;
		}
	}
}

/* "0.864 S          .:#|. 1.010": one column's height by its sign, who stands apart by theirs; the
 * first one is followed by what the signs mean. */
static void draw_strip(const struct fleet_ranking *ranking, size_t index, bool *is_explained,
                       struct document *doc)
{
	static const char heights[] = " .:|#";
	const struct ends ends = find_ends(ranking, index);
	struct strip strip = {{0}, {0}, {TEXT_PLAIN}};
	size_t most = 1;
	if (!ends.low || !(ends.high->relative > ends.low->relative) ||
	    ranking->classes[index].node_count < LEAST_IN_STRIP ||
	    doc->style->width < STRIP_COLUMNS + 20)
		return;
	fill_strip(ranking, index, &ends, &strip);
	for (size_t i = 0; i < STRIP_COLUMNS; i++)
		most = strip.counts[i] > most ? strip.counts[i] : most;
	struct str *const out = document_drawing(doc);
	str_addf(out, "     %.3f [", ends.low->relative);
	for (size_t i = 0; i < STRIP_COLUMNS; i++) {
		const size_t height = (strip.counts[i] * 4 + most - 1) / most;
		const char sign[] = {strip.signs[i] ? strip.signs[i] : heights[height], '\0'};
		text_add(out, doc->style, strip.signs[i] ? strip.roles[i] : TEXT_PLAIN, sign);
	}
	str_addf(out, "] %.3f\n", ends.high->relative);
	if (!*is_explained)
		str_addf(out,
		         "     . : | # few to many nodes in a column (at most %zu); letters as "
		         "above\n",
		         most);
	*is_explained = true;
}

/* ---- A page ------------------------------------------------------------------------------- */

static void add_end(struct table *table, const struct fleet_ranking *ranking,
                    const struct fleet_rank_item *item)
{
	char name[FLEET_NAME_BYTES];
	if (item)
		table_cell(table, TEXT_PLAIN, "%.3f (%s)", item->relative,
		           fleet_name(ranking, item, 24, name));
	else
		table_cell(table, TEXT_PLAIN, "%s", "");
}

static void add_row(struct table *table, const struct fleet_ranking *ranking, size_t index,
                    const struct text_style *style)
{
	const struct fleet_class *const class = &ranking->classes[index];
	const struct ends ends = find_ends(ranking, index);
	char figure[FIGURE_BYTES] = "";
	table_row(table);
	table_cell(table, TEXT_PLAIN, "%zu", index + 1);
	table_cell(table, TEXT_PLAIN, "%s", class->words);
	table_cell(table, TEXT_PLAIN, "%zu", class->node_count);
	table_cell(table, TEXT_PLAIN, "%u", class->concurrency);
	table_cell(table, TEXT_PLAIN, "%s", class->policy ? class->policy : "");
	if (isfinite(class->median))
		measure_write(class->measure, NULL, class->median, NULL, style, figure);
	table_cell(table, TEXT_PLAIN, "%s", figure);
	if (isfinite(class->deviation) && class->median > 0)
		table_cell(table, TEXT_PLAIN, "%.1f %%", 100 * class->deviation / class->median);
	else
		table_cell(table, TEXT_PLAIN, "%s", "");
	add_end(table, ranking, ends.low);
	add_end(table, ranking, ends.high);
}

/* A page has room for a table. */
static void add_table(const struct fleet_ranking *ranking, struct document *doc)
{
	static const struct table_column columns[] = {
	        {"class", NULL, TABLE_RIGHT, 0},
	        {"hardware", NULL, TABLE_LEFT, 1},
	        {"nodes", "with a result", TABLE_RIGHT, 1},
	        {"N", NULL, TABLE_RIGHT, 1},
	        {"policy", NULL, TABLE_LEFT, 1},
	        {"median", NULL, TABLE_RIGHT, 1},
	        {"spread", "1.4826 MAD", TABLE_RIGHT, 1},
	        {"slowest", "of the median", TABLE_LEFT, 1},
	        {"fastest", "of the median", TABLE_LEFT, 1},
	};
	struct table *const table = document_table(doc, "", columns, ARRAY_LENGTH(columns));
	document_only(doc, READ_IN_PAGE);
	for (size_t i = 0; i < ranking->class_count; i++)
		add_row(table, ranking, i, doc->style);
}

void fleet_add_classes(const struct fleet_ranking *ranking, struct document *doc)
{
	if (ranking->class_count == 0)
		return;
	document_section(doc, "classes", "Hardware",
	                 "as found, not as declared; a node is held against its like alone");
	add_table(ranking, doc);
	bool is_explained = false;
	for (size_t i = 0; i < ranking->class_count; i++) {
		say_class(ranking, i, doc);
		draw_strip(ranking, i, &is_explained, doc);
	}
	for (size_t i = 0; i < ranking->class_count && i < FLEET_DRAWN_CLASSES; i++)
		fleet_plot_class(ranking, i, doc);
	if (ranking->class_count <= FLEET_DRAWN_CLASSES)
		return;
	document_say(doc, TEXT_DIM, "The first %d classes are drawn.", FLEET_DRAWN_CLASSES);
	document_only(doc, READ_IN_PAGE);
}
