#include "report/table.h"

#include "core/array.h"
#include "core/error.h"
#include "core/str.h"

#include <assert.h>
#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { GAP = 2, CELL_BYTES = 512, NOTE_BYTES = 1024, NOTE_INDENT = 4 };

/* One column as it is laid out. */
struct layout {
	size_t width;
	size_t before_point; /* TABLE_POINT: columns left of the point */
	bool is_used;        /* some cell has text */
	bool is_here;        /* in the part that is being written */
	bool is_written;
};

void table_init(struct table *table, const struct table_column *columns, size_t column_count)
{
	*table = (struct table){.columns = columns, .column_count = column_count};
}

void table_release(struct table *table)
{
	if (!table)
		return;
	for (size_t i = 0; i < table->cell_count; i++)
		free(table->cells[i].text);
	free(table->cells);
	for (size_t i = 0; i < table->note_count; i++)
		free(table->notes[i].text);
	free(table->notes);
	*table = (struct table){0};
}

static size_t row_count(const struct table *table)
{
	return (table->cell_count + table->column_count - 1) / table->column_count;
}

void table_row(struct table *table)
{
	struct error err;
	const size_t needed = (row_count(table) + 1) * table->column_count;
	if (array_reserve(&table->cells, &table->cell_capacity, needed, sizeof *table->cells,
	                  &err) < 0)
		table->failed = true;
	else
		table->cell_count = row_count(table) * table->column_count;
}

void table_cell(struct table *table, enum text_role role, const char *format, ...)
{
	char text[CELL_BYTES];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	if (table->failed)
		return;
	assert(table->cell_count < table->cell_capacity);
	struct table_cell *const cell = &table->cells[table->cell_count++];
	cell->role = role;
	cell->text = strdup(text);
	table->failed |= !cell->text;
}

void table_note(struct table *table, const char *format, ...)
{
	struct error err;
	char text[NOTE_BYTES];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	if (table->failed || array_reserve(&table->notes, &table->note_capacity,
	                                   table->note_count + 1, sizeof *table->notes, &err) < 0) {
		table->failed = true;
		return;
	}
	struct table_note *const note = &table->notes[table->note_count++];
	*note = (struct table_note){row_count(table) - 1, strdup(text)};
	table->failed |= !note->text;
}

static const struct table_cell *find_cell(const struct table *table, size_t row, size_t column)
{
	static const struct table_cell empty = {.role = TEXT_PLAIN};
	const size_t index = row * table->column_count + column;
	return index < table->cell_count ? &table->cells[index] : &empty;
}

/* Columns of text left of its decimal point, or of all of it. */
static size_t columns_before_point(const char *text)
{
	char head[CELL_BYTES];
	const size_t length = strcspn(text, ".");
	memcpy(head, text, length);
	head[length] = '\0';
	return text_width(head);
}

static size_t larger(size_t a, size_t b)
{
	return a > b ? a : b;
}

static void measure_column(const struct table *table, size_t column, struct layout *layout)
{
	const struct table_column *const c = &table->columns[column];
	size_t behind = 0;
	size_t width = 0;
	for (size_t r = 0; r < row_count(table); r++) {
		const char *const text = find_cell(table, r, column)->text;
		if (!text || !text[0])
			continue;
		layout->is_used = true;
		width = larger(width, text_width(text));
		if (!text[strcspn(text, "0123456789")])
			continue;
		const size_t before = columns_before_point(text);
		layout->before_point = larger(layout->before_point, before);
		behind = larger(behind, text_width(text) - before);
	}
	if (c->align == TABLE_POINT)
		width = larger(width, layout->before_point + behind);
	const size_t head = larger(text_width(c->head), c->unit ? text_width(c->unit) : 0);
	layout->width = larger(width, head);
	/* Numbers narrower than their column stand at its right end. */
	layout->before_point = layout->width - behind;
}

static void add_padded(struct str *out, const struct text_style *style, enum text_role role,
                       size_t before, const char *text, size_t after)
{
	str_add_repeat(out, ' ', before);
	if (text[0])
		text_add(out, style, role, text);
	str_add_repeat(out, ' ', after);
}

static void add_aligned(struct str *out, const struct text_style *style,
                        const struct layout *layout, enum table_align align,
                        const struct table_cell *cell)
{
	const char *const text = cell->text ? cell->text : "";
	const size_t room = layout->width - text_width(text);
	size_t before = align == TABLE_LEFT ? 0 : room;
	/* What is no number stands at the right end. */
	if (align == TABLE_POINT && text[strcspn(text, "0123456789")])
		before = layout->before_point - columns_before_point(text);
	add_padded(out, style, cell->role, before, text, room - before);
}

/* Ends a line: the blanks that stand at its end go. */
static void end_line(struct str *out)
{
	while (out->length > 0 && out->text[out->length - 1] == ' ')
		out->text[--out->length] = '\0';
	str_add(out, "\n");
}

static void write_head(const struct table *table, const struct layout *layouts, bool is_unit,
                       const struct text_style *style, size_t indent, struct str *out)
{
	bool is_first = true;
	str_add_repeat(out, ' ', indent);
	for (size_t c = 0; c < table->column_count; c++) {
		if (!layouts[c].is_here)
			continue;
		const struct table_column *const column = &table->columns[c];
		const char *const unit = column->unit ? column->unit : "";
		const char *const text = is_unit ? unit : column->head;
		const size_t room = layouts[c].width - text_width(text);
		const bool is_left = column->align == TABLE_LEFT;
		str_add_repeat(out, ' ', is_first ? 0 : GAP);
		add_padded(out, style, is_unit ? TEXT_DIM : TEXT_HEAD, is_left ? 0 : room, text,
		           is_left ? room : 0);
		is_first = false;
	}
	end_line(out);
}

static void write_row(const struct table *table, const struct layout *layouts, size_t row,
                      const struct text_style *style, size_t indent, struct str *out)
{
	bool is_first = true;
	str_add_repeat(out, ' ', indent);
	for (size_t c = 0; c < table->column_count; c++) {
		if (!layouts[c].is_here)
			continue;
		str_add_repeat(out, ' ', is_first ? 0 : GAP);
		add_aligned(out, style, &layouts[c], table->columns[c].align,
		            find_cell(table, row, c));
		is_first = false;
	}
	end_line(out);
}

static void write_notes(const struct table *table, size_t row, const struct text_style *style,
                        size_t indent, struct str *out)
{
	const size_t before = indent + NOTE_INDENT;
	for (size_t i = 0; i < table->note_count; i++) {
		if (table->notes[i].row != row)
			continue;
		str_add_repeat(out, ' ', before);
		text_add_cut(out, style, style->width > before ? style->width - before : 1,
		             table->notes[i].text);
		end_line(out);
	}
}

static size_t part_width(const struct table *table, const struct layout *layouts)
{
	size_t width = 0;
	for (size_t c = 0; c < table->column_count; c++)
		if (layouts[c].is_here)
			width += layouts[c].width + (width > 0 ? GAP : 0);
	return width;
}

/* Takes the least important columns out of the part: all of the highest rank, or the last one when
 * there is only one rank. False when there is but one column besides the keys. */
static bool drop_least_important(const struct table *table, struct layout *layouts)
{
	unsigned most = 0;
	unsigned least = UINT_MAX;
	size_t count = 0;
	size_t last = 0;
	for (size_t c = 0; c < table->column_count; c++) {
		const unsigned rank = table->columns[c].rank;
		if (!layouts[c].is_here || rank == 0)
			continue;
		most = rank > most ? rank : most;
		least = rank < least ? rank : least;
		last = c;
		count++;
	}
	if (count < 2)
		return false;
	for (size_t c = 0; c < table->column_count; c++)
		if (most > least ? table->columns[c].rank == most : c == last)
			layouts[c].is_here = false;
	return true;
}

/* Chooses what stands in the next part; false when everything is written. */
static bool choose_part(const struct table *table, struct layout *layouts, size_t width)
{
	bool has_any = false;
	for (size_t c = 0; c < table->column_count; c++) {
		const bool is_key = table->columns[c].rank == 0;
		layouts[c].is_here = layouts[c].is_used && (is_key || !layouts[c].is_written);
		has_any |= layouts[c].is_here && !layouts[c].is_written;
	}
	while (has_any && part_width(table, layouts) > width)
		if (!drop_least_important(table, layouts))
			break;
	return has_any;
}

static bool has_units(const struct table *table, const struct layout *layouts)
{
	for (size_t c = 0; c < table->column_count; c++)
		if (layouts[c].is_here && table->columns[c].unit)
			return true;
	return false;
}

void table_write(const struct table *table, const struct text_style *style, size_t indent,
                 struct str *out)
{
	struct layout *const layouts = calloc(table->column_count, sizeof *layouts);
	if (table->failed || !layouts) {
		out->failed = true;
		free(layouts);
		return;
	}
	for (size_t c = 0; c < table->column_count; c++)
		measure_column(table, c, &layouts[c]);
	const size_t width = style->width > indent ? style->width - indent : 1;
	for (bool is_first = true; choose_part(table, layouts, width); is_first = false) {
		if (!is_first)
			str_add(out, "\n");
		write_head(table, layouts, false, style, indent, out);
		if (has_units(table, layouts))
			write_head(table, layouts, true, style, indent, out);
		for (size_t r = 0; r < row_count(table); r++) {
			write_row(table, layouts, r, style, indent, out);
			if (is_first)
				write_notes(table, r, style, indent, out);
		}
		for (size_t c = 0; c < table->column_count; c++)
			layouts[c].is_written |= layouts[c].is_here;
	}
	free(layouts);
}

/* ---- Shortening names ----------------------------------------------------------------------- */

/* How much of what is kept of a text stands in front, in 16ths: the first is best to read. */
static const size_t heads[] = {9, 6, 12, 3, 15};

static bool are_apart(const struct table *table, size_t column, char *const *texts)
{
	const size_t rows = row_count(table);
	for (size_t a = 0; a < rows; a++)
		for (size_t b = 0; b < a; b++) {
			const char *const whole_a = find_cell(table, a, column)->text;
			const char *const whole_b = find_cell(table, b, column)->text;
			if (strcmp(texts[a], texts[b]) == 0 &&
			    strcmp(whole_a ? whole_a : "", whole_b ? whole_b : "") != 0)
				return false;
		}
	return true;
}

static bool shorten(const struct table *table, size_t column, size_t columns, size_t head,
                    const struct text_style *style, char **texts)
{
	struct error err;
	for (size_t r = 0; r < row_count(table); r++) {
		struct str out = {0};
		const char *const whole = find_cell(table, r, column)->text;
		text_add_middle(&out, style, columns, columns * head / 16, whole ? whole : "");
		free(texts[r]);
		texts[r] = NULL;
		if (str_take(&out, &texts[r], &err) < 0)
			return false;
	}
	return true;
}

/* Those that are alike in every way of cutting get the number of their row. */
static bool number_rows(const struct table *table, size_t column, size_t columns,
                        const struct text_style *style, char **texts)
{
	struct error err;
	for (size_t r = 0; r < row_count(table); r++) {
		struct str out = {0};
		char number[24];
		const char *const whole = find_cell(table, r, column)->text;
		if (!whole || text_width(whole) <= columns)
			continue;
		snprintf(number, sizeof number, "~%zu", r + 1);
		text_add_middle(&out, style, columns - strlen(number), columns / 2, whole);
		str_add(&out, number);
		free(texts[r]);
		texts[r] = NULL;
		if (str_take(&out, &texts[r], &err) < 0)
			return false;
	}
	return true;
}

static bool find_short(const struct table *table, size_t column, size_t columns,
                       const struct text_style *style, char **texts)
{
	for (size_t i = 0; i < ARRAY_LENGTH(heads); i++) {
		if (!shorten(table, column, columns, heads[i], style, texts))
			return false;
		if (are_apart(table, column, texts))
			return true;
	}
	return shorten(table, column, columns, heads[0], style, texts) &&
	       number_rows(table, column, columns, style, texts);
}

/* The columns that are left for one column beside the others. */
static size_t find_room(const struct table *table, size_t column, size_t width, size_t *ret_whole)
{
	size_t others = 0;
	for (size_t c = 0; c < table->column_count; c++) {
		struct layout layout = {0};
		measure_column(table, c, &layout);
		if (c == column)
			*ret_whole = layout.width;
		else if (layout.is_used)
			others += layout.width + GAP;
	}
	return width > others ? width - others : 0;
}

size_t table_narrow(struct table *table, size_t column, size_t least,
                    const struct text_style *style, size_t indent)
{
	const size_t rows = table->failed ? 0 : row_count(table);
	const size_t width = style->width > indent ? style->width - indent : 1;
	size_t whole = 0;
	const size_t room = rows > 0 ? find_room(table, column, width, &whole) : 0;
	const size_t columns = larger(room, least);
	if (whole <= columns)
		return SIZE_MAX;
	char **const texts = calloc(rows, sizeof *texts);
	table->failed |= !texts || !find_short(table, column, columns, style, texts);
	for (size_t r = 0; texts && r < rows; r++) {
		const size_t index = r * table->column_count + column;
		if (!table->failed && index < table->cell_count) {
			free(table->cells[index].text);
			table->cells[index].text = texts[r];
			texts[r] = NULL;
		}
		free(texts[r]);
	}
	free(texts);
	return columns;
}
