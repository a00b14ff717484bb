#include "report/document_table_html.h"

#include "report/markup.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Points of a plot that are listed beneath it. */
enum { MOST_POINTS = 150, CELL_BYTES = 64, LONG_TEXT = 30 };

/* What is known of a column before it is written. */
struct column_look {
	bool is_used;
	bool is_long; /* holds sentences: it may break */
	size_t decimals;
};

static const struct table_cell *find_cell(const struct table *table, size_t row, size_t column)
{
	static const struct table_cell empty = {.text = NULL, .role = TEXT_PLAIN};
	const size_t index = row * table->column_count + column;
	return index < table->cell_count ? &table->cells[index] : &empty;
}

static size_t row_count(const struct table *table)
{
	return (table->cell_count + table->column_count - 1) / table->column_count;
}

/* Digits behind the point of a text that is one number; 0 without a point. */
static size_t decimals_of(const char *text)
{
	const char *const point = strchr(text, '.');
	return point ? strspn(point + 1, "0123456789") : 0;
}

static bool is_number(const char *text)
{
	return text[strspn(text, "~-−0123456789.")] == '\0' && text[strcspn(text, "0123456789")];
}

static struct column_look look_at(const struct table *table, size_t column)
{
	struct column_look look = {0};
	for (size_t r = 0; r < row_count(table); r++) {
		const char *const text = find_cell(table, r, column)->text;
		if (!text || !text[0])
			continue;
		look.is_used = true;
		look.is_long |= text_width(text) > LONG_TEXT;
		const size_t decimals = is_number(text) ? decimals_of(text) : 0;
		if (decimals > look.decimals)
			look.decimals = decimals;
	}
	return look;
}

/* Decimal points stand below one another: what is missing behind a number is filled with blanks as
 * wide as a digit and as a point. */
static void write_padded(struct markup *m, const char *text, size_t decimals)
{
	markup_text(m, text);
	if (!is_number(text))
		return;
	const size_t here = decimals_of(text);
	if (decimals > 0 && here == 0 && !strchr(text, '.'))
		markup_text(m, "\u2008");
	for (size_t i = here; i < decimals; i++)
		markup_text(m, "\u2007");
}

static void write_cell(struct markup *m, const struct table *table, size_t row, size_t column,
                       const struct column_look *look)
{
	static const char *const roles[] = {
	        [TEXT_PLAIN] = "",   [TEXT_TITLE] = " strong", [TEXT_HEAD] = " strong",
	        [TEXT_DIM] = " dim", [TEXT_GOOD] = " good",    [TEXT_WARN] = " warn",
	        [TEXT_BAD] = " bad",
	};
	const struct table_column *const c = &table->columns[column];
	const struct table_cell *const cell = find_cell(table, row, column);
	const bool is_key = c->rank == 0;
	char class[32];
	snprintf(class, sizeof class, "%s%s%s", c->align == TABLE_LEFT ? "" : "num",
	         look->is_long ? " wide" : "", roles[cell->role]);
	const char *const set = class[0] ? class + (class[0] == ' ') : NULL;
	markup_open(m, is_key ? "th" : "td", MARKUP("scope", is_key ? "row" : NULL, "class", set));
	if (c->align == TABLE_POINT)
		write_padded(m, cell->text ? cell->text : "", look->decimals);
	else
		markup_text(m, cell->text ? cell->text : "");
	markup_close(m);
}

static void write_head(struct markup *m, const struct table *table, const struct column_look *looks)
{
	markup_open(m, "thead", NULL);
	markup_open(m, "tr", NULL);
	for (size_t c = 0; c < table->column_count; c++) {
		const struct table_column *const column = &table->columns[c];
		if (!looks[c].is_used)
			continue;
		markup_open(m, "th",
		            MARKUP("scope", "col", "class",
		                   column->align == TABLE_LEFT ? NULL : "num"));
		markup_element(m, "span", MARKUP("class", "label"), column->head);
		if (column->unit)
			markup_element(m, "span", MARKUP("class", "unit"), column->unit);
		markup_close(m);
	}
	markup_close(m);
	markup_close(m);
	markup_break(m);
}

static void write_notes(struct markup *m, const struct table *table, size_t row, size_t columns)
{
	char span[24];
	snprintf(span, sizeof span, "%zu", columns);
	for (size_t i = 0; i < table->note_count; i++) {
		if (table->notes[i].row != row)
			continue;
		markup_open(m, "tr", MARKUP("class", "note"));
		markup_element(m, "td", MARKUP("colspan", span), table->notes[i].text);
		markup_close(m);
		markup_break(m);
	}
}

static void write_body(struct markup *m, const struct table *table, const struct column_look *looks)
{
	size_t columns = 0;
	for (size_t c = 0; c < table->column_count; c++)
		columns += looks[c].is_used;
	markup_open(m, "tbody", NULL);
	for (size_t r = 0; r < row_count(table); r++) {
		markup_open(m, "tr", NULL);
		for (size_t c = 0; c < table->column_count; c++)
			if (looks[c].is_used)
				write_cell(m, table, r, c, &looks[c]);
		markup_close(m);
		markup_break(m);
		write_notes(m, table, r, columns);
	}
	markup_close(m);
}

void document_table_html(struct markup *m, const struct table *table, const char *label)
{
	struct column_look *const looks = calloc(table->column_count, sizeof *looks);
	if (!looks || table->failed) {
		m->out.failed = true;
		free(looks);
		return;
	}
	for (size_t c = 0; c < table->column_count; c++)
		looks[c] = look_at(table, c);
	/* What scrolls is to be reached by the keyboard. */
	markup_open(m, "div",
	            MARKUP("class", "scroll", "tabindex", "0", "role", "region", "aria-label",
	                   label[0] ? label : "Table"));
	markup_open(m, "table", MARKUP("class", row_count(table) > 1 ? "sortable" : NULL));
	write_head(m, table, looks);
	write_body(m, table, looks);
	markup_close(m);
	markup_close(m);
	markup_break(m);
	free(looks);
}

/* The label of the tick that stands at `at`, or NULL. */
static const char *tick_at(const struct plot_axis *axis, double at)
{
	for (size_t i = 0; i < axis->tick_count; i++)
		if (fabs(axis->ticks[i].at - at) < 1e-9)
			return axis->ticks[i].label;
	return NULL;
}

static void add_number(struct table *table, double value)
{
	if (isfinite(value))
		table_cell(table, TEXT_PLAIN, "%.5g", value);
	else
		table_cell(table, TEXT_PLAIN, "%s", "");
}

static void add_place(struct table *table, const struct plot_axis *axis, double value)
{
	const char *const label = tick_at(axis, value);
	if (label)
		table_cell(table, TEXT_PLAIN, "%s", label);
	else
		add_number(table, value);
}

static void add_point(struct table *table, const struct plot *plot,
                      const struct plot_series *series, const struct plot_point *point)
{
	table_row(table);
	table_cell(table, TEXT_PLAIN, "%s", series->name ? series->name : "");
	add_place(table, &plot->x, point->x);
	add_place(table, &plot->y, point->y);
	add_number(table, point->low);
	add_number(table, point->q1);
	add_number(table, point->q3);
	add_number(table, point->high);
	table_cell(table, TEXT_PLAIN, "%s", point->tip ? point->tip : "");
}

/* Fills the table and returns how many points are not in it. */
static size_t add_points(struct table *table, const struct plot *plot)
{
	size_t count = 0;
	for (size_t s = 0; s < plot->series_count; s++)
		for (size_t i = 0; i < plot->series[s].count; i++)
			if (count++ < MOST_POINTS)
				add_point(table, plot, &plot->series[s],
				          &plot->series[s].points[i]);
	return count > MOST_POINTS ? count - MOST_POINTS : 0;
}

void document_plot_html(struct markup *m, const struct plot *plot)
{
	const struct table_column columns[] = {
	        {"series", NULL, TABLE_LEFT, 1},
	        {plot->x.label ? plot->x.label : "x", NULL, TABLE_RIGHT, 1},
	        {plot->y.label ? plot->y.label : "y", NULL, TABLE_RIGHT, 1},
	        {"from", NULL, TABLE_RIGHT, 1},
	        {"q1", NULL, TABLE_RIGHT, 1},
	        {"q3", NULL, TABLE_RIGHT, 1},
	        {"to", NULL, TABLE_RIGHT, 1},
	        {"says", NULL, TABLE_LEFT, 1},
	};
	cleanup_table struct table table;
	table_init(&table, columns, sizeof columns / sizeof columns[0]);
	const size_t left_out = add_points(&table, plot);
	markup_open(m, "details", NULL);
	markup_element(m, "summary", NULL, "Figures");
	document_table_html(m, &table, plot->title);
	if (left_out > 0) {
		char text[96];
		snprintf(text, sizeof text,
		         "%zu more points are in the data files that --plots writes.", left_out);
		markup_element(m, "p", NULL, text);
	}
	markup_close(m);
	markup_break(m);
}
