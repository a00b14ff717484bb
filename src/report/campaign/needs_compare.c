/* Campaigns beside one another: what fits where, what improved, what got worse. */
#include "report/campaign/needs_parts.h"

#include "core/array.h"
#include "core/cleanup.h"
#include "core/number.h"
#include "core/str.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS_BYTES = 2048, HEAD_COLUMNS = 14 };

struct compared {
	const struct requirements_comparison *comparison;
	const struct needs_told *told;
	struct needs_view view; /* of the first campaign, for names and units */
};

/* How a change is told. */
static const struct {
	const char *word; /* in a list: "12 types better" */
	const char *title;
	enum text_role role; /* of the type in a table */
} changes[CAMPAIGN_CHANGES] = {
        [CAMPAIGN_SAME] = {"the same", "The same", TEXT_PLAIN},
        [CAMPAIGN_UNCLEAR] = {"not clear", "Not clear", TEXT_PLAIN},
        [CAMPAIGN_IMPROVED] = {"better", "Better", TEXT_GOOD},
        [CAMPAIGN_WORSE] = {"worse", "Worse", TEXT_BAD},
        [CAMPAIGN_MIXED] = {"mixed", "Better in one, worse in the other", TEXT_WARN},
        [CAMPAIGN_NOT_COMPARABLE] = {"not comparable", "Not comparable", TEXT_DIM},
};

static const enum campaign_figure figures[] = {CAMPAIGN_MAX_RSS, CAMPAIGN_CPU, CAMPAIGN_WALL,
                                               CAMPAIGN_EFFICIENCY};

/* ---- The answer ----------------------------------------------------------------------------- */

static void add_title(const struct compared *c)
{
	const size_t count = c->comparison->campaign_count;
	cleanup_str struct str title = {0};
	for (size_t i = 1; i < count; i++)
		str_addf(&title, "%s%s",
		         i == 1           ? ""
		         : i + 1 == count ? " and "
		                          : ", ",
		         c->told[i].name);
	str_addf(&title, " against %s", c->told[0].name);
	c->view.doc->failed |= title.failed;
	document_title(c->view.doc, str_text(&title));
}

static size_t count_changes(const struct compared *c, size_t campaign, enum campaign_figure figure,
                            enum campaign_change change)
{
	size_t count = 0;
	for (size_t i = 0; i < c->comparison->difference_count; i++) {
		const struct campaign_difference *const d = &c->comparison->differences[i];
		count += d->campaign == campaign && d->figure == figure && d->change == change;
	}
	return count;
}

/* "max RSS: 12 types better, 2 worse, 15 the same." */
static void add_counts(const struct compared *c, size_t campaign)
{
	static const enum campaign_change order[] = {CAMPAIGN_IMPROVED, CAMPAIGN_WORSE,
	                                             CAMPAIGN_MIXED,    CAMPAIGN_SAME,
	                                             CAMPAIGN_UNCLEAR,  CAMPAIGN_NOT_COMPARABLE};
	for (size_t f = 0; f < ARRAY_LENGTH(figures); f++) {
		cleanup_str struct str text = {0};
		for (size_t k = 0; k < ARRAY_LENGTH(order); k++) {
			const size_t count = count_changes(c, campaign, figures[f], order[k]);
			if (count == 0)
				continue;
			str_addf(&text, "%s%zu%s %s", text.length > 0 ? ", " : "", count,
			         text.length > 0 ? ""
			         : count == 1    ? " type"
			                         : " types",
			         changes[order[k]].word);
		}
		c->view.doc->failed |= text.failed;
		if (text.length > 0)
			document_item(c->view.doc, TEXT_PLAIN, "-", "%s, %s: %s.",
			              c->told[campaign].name, needs_figures[figures[f]].what,
			              str_text(&text));
	}
}

/* Of many comparisons some are told to differ where nothing does. */
static void add_chance(const struct compared *c, size_t campaign)
{
	const struct campaign_chance chance = requirements_chance(c->comparison, campaign);
	if (chance.by_chance < 1 || chance.told == 0)
		return;
	document_say(c->view.doc, TEXT_DIM,
	             "%s: of %zu figures that were compared %zu %s told as better or worse; if "
	             "nothing had changed, and tasks were independent of one another, chance would "
	             "make that of up to about %.0f%s.",
	             c->told[campaign].name, chance.compared, chance.told,
	             number_noun(chance.told, "is", "are"), chance.by_chance,
	             (double)chance.told <= chance.by_chance ? ": no more than these" : "");
}

static void add_answer(const struct compared *c)
{
	const struct requirements_comparison *const all = c->comparison;
	document_section(c->view.doc, "answer", "", "");
	for (size_t i = 0; i < all->campaign_count; i++) {
		const struct requirements *const needs = all->campaigns[i];
		char words[WORDS_BYTES] = "";
		requirements_words(needs, isfinite(needs->limit_bytes) ? needs->limit_bytes : 6e9,
		                   words, sizeof words);
		document_say(c->view.doc, TEXT_PLAIN, "%s: %s", c->told[i].name, words);
	}
	for (size_t i = 1; i < all->campaign_count; i++)
		add_counts(c, i);
	for (size_t i = 1; i < all->campaign_count; i++)
		add_chance(c, i);
}

/* ---- A row per campaign --------------------------------------------------------------------- */

static void add_campaigns(struct compared *c)
{
	const struct figure_unit unit = c->view.memory;
	char limit[FIGURE_BYTES] = "";
	double total = 0;
	for (size_t i = 0; i < c->comparison->campaign_count; i++) {
		const struct campaign_spread *const wall =
		        &needs_all(c->comparison->campaigns[i])->figures[CAMPAIGN_WALL];
		total = wall->n > 0 ? fmax(total, wall->sum) : total;
	}
	const struct figure_unit time = figure_unit_of_time(total);
	if (isfinite(c->view.needs->limit_bytes))
		needs_limit(c->view.needs->limit_bytes, limit);
	const struct table_column columns[] = {
	        {"campaign", NULL, TABLE_LEFT, 0},      {"types", NULL, TABLE_RIGHT, 1},
	        {"attempts", NULL, TABLE_RIGHT, 1},     {"wall", time.name, TABLE_POINT, 1},
	        {"RSS p50", unit.name, TABLE_POINT, 1}, {"p95", unit.name, TABLE_POINT, 1},
	        {"max", unit.name, TABLE_POINT, 1},     {"above", limit, TABLE_RIGHT, 1},
	};
	document_section(c->view.doc, "campaigns", "Campaigns", "");
	struct table *const table = document_table(c->view.doc, "", columns, ARRAY_LENGTH(columns));
	for (size_t i = 0; i < c->comparison->campaign_count; i++) {
		const struct requirements *const needs = c->comparison->campaigns[i];
		const struct campaign_type_needs *const all = needs_all(needs);
		const struct campaign_spread *const rss = &all->figures[CAMPAIGN_MAX_RSS];
		const struct campaign_spread *const wall = &all->figures[CAMPAIGN_WALL];
		const double values[] = {rss->p50, rss->p95, rss->max};
		char text[FIGURE_BYTES];
		table_row(table);
		table_cell(table, TEXT_PLAIN, "%s", c->told[i].name);
		table_cell(table, TEXT_PLAIN, "%zu", needs->type_count);
		table_cell(table, TEXT_PLAIN, "%zu", all->attempts);
		table_cell(table, TEXT_PLAIN, "%s",
		           needs_write(wall->n > 0 ? wall->sum * time.factor : (double)NAN,
		                       c->view.doc, text));
		for (size_t k = 0; k < ARRAY_LENGTH(values); k++) {
			figure_write(rss->n > 0 ? values[k] * unit.factor : (double)NAN, 2,
			             c->view.doc->style, text);
			table_cell(table, TEXT_PLAIN, "%s", text);
		}
		if (limit[0])
			table_cell(table, all->over.tasks > 0 ? TEXT_WARN : TEXT_PLAIN, "%zu",
			           all->over.tasks);
	}
	needs_finish_table(&c->view, table);
}

/* ---- Max RSS of every type, side by side ---------------------------------------------------- */

static const struct campaign_type_needs *find(const struct requirements *needs, const char *name)
{
	for (size_t t = 0; t < needs->type_count; t++)
		if (strcmp(needs->types[t].name, name) == 0)
			return &needs->types[t];
	return NULL;
}

/* The p95 of a type in every campaign. */
static void add_side_row(const struct compared *c, struct table *table, const char *name)
{
	char text[FIGURE_BYTES];
	table_row(table);
	table_cell(table, TEXT_PLAIN, "%s", name);
	for (size_t i = 0; i < c->comparison->campaign_count; i++) {
		const struct campaign_type_needs *const needs =
		        find(c->comparison->campaigns[i], name);
		const struct campaign_spread *const s =
		        needs ? &needs->figures[CAMPAIGN_MAX_RSS] : NULL;
		const bool is_known = s && s->n > 0;
		figure_write(is_known ? s->p95 * c->view.memory.factor : (double)NAN, 2,
		             c->view.doc->style, text);
		const bool is_over = is_known && s->p95 > c->view.needs->limit_bytes;
		table_cell(table, is_over ? TEXT_WARN : TEXT_PLAIN, "%s", text);
	}
}

static void add_side_by_side(struct compared *c)
{
	const size_t count = c->comparison->campaign_count;
	cleanup_free struct table_column *columns = calloc(count + 1, sizeof *columns);
	cleanup_free char(*heads)[64] = calloc(count, sizeof *heads);
	cleanup_free size_t *order = needs_sort(&c->view, CAMPAIGN_MAX_RSS, BY_P95);
	if (!columns || !heads || !order) {
		c->view.doc->failed = true;
		return;
	}
	columns[0] = (struct table_column){"type", NULL, TABLE_LEFT, 0};
	for (size_t i = 0; i < count; i++) {
		cleanup_str struct str head = {0};
		text_add_middle(&head, c->view.doc->style, HEAD_COLUMNS, HEAD_COLUMNS / 2,
		                c->told[i].name);
		snprintf(heads[i], sizeof heads[i], "%s", str_text(&head));
		columns[i + 1] = (struct table_column){heads[i], c->view.memory.name, TABLE_POINT,
		                                       (unsigned)i + 1};
	}
	document_section(c->view.doc, "side-by-side", "Max RSS by type",
	                 "95th percentile of the tasks that are done");
	struct table *const table = document_table(c->view.doc, "", columns, count + 1);
	for (size_t t = 0; t < c->view.needs->type_count; t++)
		add_side_row(c, table, c->view.needs->types[order[t]].name);
	/* Types that the first campaign has not. */
	for (size_t i = 1; i < count; i++)
		for (size_t t = 0; t < c->comparison->campaigns[i]->type_count; t++) {
			const char *const name = c->comparison->campaigns[i]->types[t].name;
			bool is_there = false;
			for (size_t k = 0; k < i; k++)
				is_there |= find(c->comparison->campaigns[k], name) != NULL;
			if (!is_there)
				add_side_row(c, table, name);
		}
	needs_finish_table(&c->view, table);
}

/* ---- What changed --------------------------------------------------------------------------- */

static void ratio_cells(const struct compared *c, struct table *table, const struct estimate *e)
{
	char text[FIGURE_BYTES];
	figure_write(estimate_has_value(e) ? e->value : (double)NAN, 3, c->view.doc->style, text);
	table_cell(table, TEXT_PLAIN, "%s", text);
	figure_write_interval(e, 1, 3, c->view.doc->style, text);
	table_cell(table, TEXT_PLAIN, "%s", text);
}

/* The largest change first. */
static int compare_differences(const void *a, const void *b)
{
	const struct campaign_difference *const x = *(const struct campaign_difference *const *)a;
	const struct campaign_difference *const y = *(const struct campaign_difference *const *)b;
	const double by_x = fabs(log(x->p95_ratio.value));
	const double by_y = fabs(log(y->p95_ratio.value));
	if (by_x > by_y || by_x < by_y)
		return by_x < by_y ? 1 : -1;
	return strcmp(x->type, y->type);
}

/* The types of one campaign whose figure changed in one way. */
static void add_change_table(struct compared *c, size_t campaign, enum campaign_figure figure,
                             enum campaign_change change)
{
	static const struct table_column columns[] = {
	        {"type", NULL, TABLE_LEFT, 0},  {"p50", "new/first", TABLE_POINT, 1},
	        {"95 %", NULL, TABLE_RIGHT, 1}, {"p95", "new/first", TABLE_POINT, 1},
	        {"95 %", NULL, TABLE_RIGHT, 1},
	};
	const struct requirements_comparison *const all = c->comparison;
	cleanup_free const struct campaign_difference **list =
	        calloc(all->difference_count + 1, sizeof(const struct campaign_difference *));
	cleanup_str struct str caption = {0};
	size_t count = 0;
	for (size_t i = 0; list && i < all->difference_count; i++) {
		const struct campaign_difference *const d = &all->differences[i];
		if (d->figure == figure && d->campaign == campaign && d->change == change)
			list[count++] = d;
	}
	str_addf(&caption, "%s in %s:", changes[change].title, c->told[campaign].name);
	c->view.doc->failed |= !list || caption.failed;
	if (count == 0 || !list)
		return;
	qsort(list, count, sizeof(const struct campaign_difference *), compare_differences);
	struct table *const table =
	        document_table(c->view.doc, str_text(&caption), columns, ARRAY_LENGTH(columns));
	for (size_t i = 0; i < count; i++) {
		table_row(table);
		table_cell(table, changes[change].role, "%s", list[i]->type);
		ratio_cells(c, table, &list[i]->p50_ratio);
		ratio_cells(c, table, &list[i]->p95_ratio);
	}
	needs_finish_table(&c->view, table);
}

/* Of how many types it is known that they are as they were, and of how many it is not. */
static void add_others(const struct compared *c, enum campaign_figure figure)
{
	for (size_t i = 1; i < c->comparison->campaign_count; i++) {
		const size_t same = count_changes(c, i, figure, CAMPAIGN_SAME);
		const size_t unclear = count_changes(c, i, figure, CAMPAIGN_UNCLEAR);
		if (same > 0)
			document_say(c->view.doc, TEXT_DIM,
			             "%s: %zu %s the same, certainly within 5 %%.", c->told[i].name,
			             same, number_noun(same, "type is", "types are"));
		if (unclear > 0)
			document_say(c->view.doc, TEXT_DIM,
			             "%s: of %zu %s no change of 5 %% or more is certain, nor that "
			             "there is none.",
			             c->told[i].name, unclear,
			             number_noun(unclear, "type", "types"));
	}
}

static void add_changes(struct compared *c, enum campaign_figure figure)
{
	static const enum campaign_change order[] = {CAMPAIGN_WORSE, CAMPAIGN_MIXED,
	                                             CAMPAIGN_IMPROVED};
	char id[48];
	char title[64];
	size_t changed = 0;
	for (size_t i = 1; i < c->comparison->campaign_count; i++)
		for (size_t k = 0; k < ARRAY_LENGTH(order); k++)
			changed += count_changes(c, i, figure, order[k]);
	if (changed == 0)
		return;
	snprintf(id, sizeof id, "change-%s", needs_figures[figure].id);
	snprintf(title, sizeof title, "What changed: %s", needs_figures[figure].what);
	document_section(c->view.doc, id, title, "");
	for (size_t i = 1; i < c->comparison->campaign_count; i++)
		for (size_t k = 0; k < ARRAY_LENGTH(order); k++)
			add_change_table(c, i, figure, order[k]);
	add_others(c, figure);
}

/* ---- What cannot be compared ---------------------------------------------------------------- */

static void add_not_comparable(const struct compared *c)
{
	document_section(c->view.doc, "not-comparable", "Not comparable", "");
	for (size_t i = 0; i < c->comparison->difference_count; i++) {
		const struct campaign_difference *const d = &c->comparison->differences[i];
		if (d->change != CAMPAIGN_NOT_COMPARABLE)
			continue;
		/* One line for a type whose figures all lack for one reason. */
		const struct campaign_difference *const before = i > 0 ? d - 1 : NULL;
		if (before && before->change == d->change && before->campaign == d->campaign &&
		    strcmp(before->type, d->type) == 0 && before->reason && d->reason &&
		    strcmp(before->reason, d->reason) == 0)
			continue;
		document_item(c->view.doc, TEXT_DIM, "-", "%s, %s: %s.", d->type,
		              c->told[d->campaign].name, d->reason ? d->reason : "not known");
	}
}

void needs_compare_document(const struct requirements_comparison *comparison,
                            const struct needs_told *told, enum block_reader reader,
                            struct document *doc)
{
	struct compared c = {
	        .comparison = comparison,
	        .told = told,
	        .view = {.needs = comparison->campaigns[0],
	                 .told = told,
	                 .reader = reader,
	                 .doc = doc,
	                 .memory = needs_memory_unit_of(comparison->campaigns,
	                                                comparison->campaign_count),
	                 .narrowest = SIZE_MAX},
	};
	add_title(&c);
	add_answer(&c);
	add_campaigns(&c);
	add_side_by_side(&c);
	if (reader == READ_IN_PAGE)
		needs_plot_boxes(comparison->campaigns, told, comparison->campaign_count, doc);
	for (size_t f = 0; f < ARRAY_LENGTH(figures); f++)
		add_changes(&c, figures[f]);
	add_not_comparable(&c);
	needs_add_names(&c.view);
	if (reader == READ_IN_TERMINAL) {
		document_section(doc, "further", "", "");
		document_say(doc, TEXT_DIM,
		             "plateau requirements with one of these files alone prints all of it; "
		             "-o writes a page with every campaign.");
	}
}
