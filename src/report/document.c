#include "report/document.h"

#include "core/array.h"
#include "core/error.h"
#include "core/str.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A copy, or NULL with the document marked. */
static char *copy(struct document *doc, const char *text)
{
	char *const result = strdup(text ? text : "");
	doc->failed |= !result;
	return result;
}

void document_init(struct document *doc, const char *title, const struct text_style *style)
{
	static const struct table_column column = {"", NULL, TABLE_LEFT, 0};
	*doc = (struct document){.style = style};
	table_init(&doc->spare_table, &column, 1);
	doc->spare_table.failed = true;
	plot_init(&doc->spare_plot, "spare", "");
	doc->spare_grid.failed = true;
	doc->title = copy(doc, title);
	doc->file = copy(doc, "");
	doc->state = copy(doc, "");
}

static void release_block(struct document_block *block)
{
	free(block->mark);
	free(block->text);
	free(block->remark);
	table_release(block->table);
	free(block->table);
	free(block->columns);
	free(block->column_texts);
	if (block->plot)
		plot_release(block->plot);
	free(block->plot);
	grid_release(block->grid);
	free(block->grid);
	str_release(&block->drawing);
}

static void release_section(struct document_section *section)
{
	for (size_t i = 0; i < section->block_count; i++)
		release_block(&section->blocks[i]);
	free(section->blocks);
	free(section->id);
	free(section->title);
	free(section->remark);
}

void document_release(struct document *doc)
{
	if (!doc)
		return;
	for (size_t i = 0; i < doc->section_count; i++)
		release_section(&doc->sections[i]);
	free(doc->sections);
	free(doc->title);
	free(doc->state);
	free(doc->file);
	table_release(&doc->spare_table);
	plot_release(&doc->spare_plot);
	str_release(&doc->spare_text);
	*doc = (struct document){0};
}

static void replace(struct document *doc, char **place, const char *text)
{
	char *const fresh = copy(doc, text);
	if (!fresh)
		return;
	free(*place);
	*place = fresh;
}

void document_title(struct document *doc, const char *title)
{
	replace(doc, &doc->title, title);
}

void document_state(struct document *doc, enum text_role role, const char *state)
{
	doc->state_role = role;
	replace(doc, &doc->state, state);
}

void document_file(struct document *doc, const char *path)
{
	replace(doc, &doc->file, path);
}

void document_section(struct document *doc, const char *id, const char *title, const char *remark)
{
	struct error err;
	if (array_reserve(&doc->sections, &doc->section_capacity, doc->section_count + 1,
	                  sizeof *doc->sections, &err) < 0) {
		doc->failed = true;
		return;
	}
	doc->sections[doc->section_count++] = (struct document_section){
	        .id = copy(doc, id), .title = copy(doc, title), .remark = copy(doc, remark)};
}

/* A fresh block of the last section, or NULL with the document marked. Its texts are "". */
static struct document_block *add_block(struct document *doc, enum block_kind kind)
{
	struct error err;
	if (doc->section_count == 0)
		document_section(doc, "text", "", "");
	/* With one text missing nothing is written: no writer looks at what follows. */
	if (doc->failed)
		return NULL;
	struct document_section *const section = &doc->sections[doc->section_count - 1];
	if (array_reserve(&section->blocks, &section->block_capacity, section->block_count + 1,
	                  sizeof *section->blocks, &err) < 0) {
		doc->failed = true;
		return NULL;
	}
	struct document_block *const block = &section->blocks[section->block_count++];
	*block = (struct document_block){.kind = kind,
	                                 .mark = copy(doc, ""),
	                                 .text = copy(doc, ""),
	                                 .remark = copy(doc, "")};
	return block;
}

/* Text in which no line ends between a number and its unit; takes text over. */
static char *bind_units(struct document *doc, char *text)
{
	struct str bound = {0};
	struct error err;
	char *result = NULL;
	if (!text)
		return NULL;
	text_bind_units(&bound, text);
	free(text);
	if (str_take(&bound, &result, &err) < 0)
		doc->failed = true;
	return result;
}

__attribute__((format(printf, 2, 0))) static char *
format_text(struct document *doc, const char *format, va_list arguments)
{
	char *text = NULL;
	if (vasprintf(&text, format, arguments) < 0) {
		doc->failed = true;
		return NULL;
	}
	return text;
}

/* Adds a block with these texts; takes text over. */
static struct document_block *add_words(struct document *doc, enum block_kind kind,
                                        enum text_role role, const char *mark, char *text)
{
	struct document_block *const block = text ? add_block(doc, kind) : NULL;
	if (!block) {
		free(text);
		return NULL;
	}
	block->role = role;
	replace(doc, &block->mark, mark);
	free(block->text);
	block->text = text;
	return block;
}

void document_say(struct document *doc, enum text_role role, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	char *const text = format_text(doc, format, arguments);
	va_end(arguments);
	add_words(doc, BLOCK_TEXT, role, "", bind_units(doc, text));
}

void document_item(struct document *doc, enum text_role role, const char *mark, const char *format,
                   ...)
{
	va_list arguments;
	va_start(arguments, format);
	char *const text = format_text(doc, format, arguments);
	va_end(arguments);
	add_words(doc, BLOCK_TEXT, role, mark, bind_units(doc, text));
}

void document_fact(struct document *doc, const char *word, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	char *const text = format_text(doc, format, arguments);
	va_end(arguments);
	if (text && !text[0])
		free(text);
	else
		add_words(doc, BLOCK_FACT, TEXT_PLAIN, word, text);
}

void document_figure(struct document *doc, enum text_role role, const char *name,
                     const char *remark, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	char *const text = format_text(doc, format, arguments);
	va_end(arguments);
	struct document_block *const block = add_words(doc, BLOCK_FIGURE, role, name, text);
	char *const small_print = block ? bind_units(doc, copy(doc, remark)) : NULL;
	if (small_print) {
		free(block->remark);
		block->remark = small_print;
	}
}

void document_source(struct document *doc, const char *text)
{
	add_words(doc, BLOCK_SOURCE, TEXT_PLAIN, "", copy(doc, text));
}

/* A copy of text in the texts of the columns; they are large enough. */
static const char *put_text(char **end, const char *text)
{
	char *const place = *end;
	if (!text)
		return NULL;
	*end = stpcpy(place, text) + 1;
	return place;
}

/* Copies the columns and their texts into the block; false when memory has run out. */
static bool copy_columns(struct document_block *block, const struct table_column *columns,
                         size_t count)
{
	size_t bytes = 1;
	for (size_t i = 0; i < count; i++)
		bytes += strlen(columns[i].head) + 1 +
		         (columns[i].unit ? strlen(columns[i].unit) + 1 : 0);
	block->columns = calloc(count ? count : 1, sizeof *block->columns);
	block->column_texts = malloc(bytes);
	if (!block->columns || !block->column_texts)
		return false;
	char *end = block->column_texts;
	for (size_t i = 0; i < count; i++) {
		block->columns[i] = columns[i];
		block->columns[i].head = put_text(&end, columns[i].head);
		block->columns[i].unit = put_text(&end, columns[i].unit);
	}
	return true;
}

struct table *document_table(struct document *doc, const char *caption,
                             const struct table_column *columns, size_t column_count)
{
	struct table *const table = calloc(1, sizeof *table);
	struct document_block *const block = table ? add_block(doc, BLOCK_TABLE) : NULL;
	if (!block || !copy_columns(block, columns, column_count)) {
		doc->failed = true;
		free(table);
		return &doc->spare_table;
	}
	table_init(table, block->columns, column_count);
	replace(doc, &block->text, caption);
	block->table = table;
	return table;
}

struct plot *document_plot(struct document *doc, const char *id, const char *title)
{
	struct plot *const plot = calloc(1, sizeof *plot);
	struct document_block *const block = plot ? add_block(doc, BLOCK_PLOT) : NULL;
	if (!block) {
		doc->failed = true;
		free(plot);
		return &doc->spare_plot;
	}
	plot_init(plot, id, title);
	block->reader = READ_IN_PAGE;
	block->plot = plot;
	return plot;
}

struct grid *document_grid(struct document *doc, const char *label, const struct grid_kind *kinds,
                           size_t kind_count)
{
	struct grid *const grid = calloc(1, sizeof *grid);
	struct document_block *const block = grid ? add_block(doc, BLOCK_GRID) : NULL;
	if (!block) {
		doc->failed = true;
		free(grid);
		return &doc->spare_grid;
	}
	grid_init(grid, kinds, kind_count);
	replace(doc, &block->text, label);
	block->grid = grid;
	return grid;
}

struct str *document_drawing(struct document *doc)
{
	struct document_block *const block = add_block(doc, BLOCK_DRAWING);
	if (!block)
		return &doc->spare_text;
	block->reader = READ_IN_TERMINAL;
	return &block->drawing;
}

void document_only(struct document *doc, enum block_reader reader)
{
	if (doc->section_count == 0)
		return;
	struct document_section *const section = &doc->sections[doc->section_count - 1];
	if (section->block_count > 0)
		section->blocks[section->block_count - 1].reader = reader;
}

bool document_block_is_for(const struct document_block *block, enum block_reader reader)
{
	return block->reader == READ_BY_ALL || block->reader == reader;
}

bool document_section_has(const struct document_section *section, enum block_reader reader)
{
	for (size_t i = 0; i < section->block_count; i++)
		if (document_block_is_for(&section->blocks[i], reader))
			return true;
	return false;
}
