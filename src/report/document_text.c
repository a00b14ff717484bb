#include "report/document_text.h"

#include "core/error.h"

#include <string.h>

/* Everything below a title is indented by this much; what stands behind a word begins here. */
enum { INDENT = 2, WORD_COLUMNS = 12 };

struct writer {
	const struct document *doc;
	const struct text_style *style;
	struct str *out;
};

static void write_title(const struct writer *w, const struct document_section *section)
{
	if (!section->title[0])
		return;
	text_add(w->out, w->style, TEXT_TITLE, section->title);
	const size_t used = text_width(section->title) + 2;
	if (section->remark[0] && used + text_width(section->remark) > w->style->width) {
		/* On a line of its own where it does not fit behind the title. */
		str_add(w->out, "\n");
		text_add_wrapped(w->out, w->style, TEXT_PLAIN, "", INDENT, section->remark);
		return;
	}
	if (section->remark[0]) {
		str_add(w->out, "  ");
		text_add(w->out, w->style, TEXT_DIM, section->remark);
	}
	str_add(w->out, "\n");
}

/* A dim word, and text behind it that wraps. */
static void write_fact(const struct writer *w, const struct document_block *block)
{
	const size_t used = INDENT + text_width(block->mark);
	str_add_repeat(w->out, ' ', INDENT);
	text_add(w->out, w->style, TEXT_DIM, block->mark);
	str_add_repeat(w->out, ' ', used < WORD_COLUMNS ? WORD_COLUMNS - used : 1);
	cleanup_str struct str text = {0};
	str_add(&text, block->text);
	if (block->remark[0])
		str_addf(&text, " (%s)", block->remark);
	w->out->failed |= text.failed;
	text_add_behind(w->out, w->style, used < WORD_COLUMNS ? WORD_COLUMNS : used + 1,
	                str_text(&text));
}

/* A mark stands in the indent, by itself: text without one begins where marks do. */
static void write_paragraph(const struct writer *w, const struct document_block *block)
{
	const size_t indent = block->mark[0] ? INDENT + text_width(block->mark) + 1 : INDENT;
	text_add_wrapped(w->out, w->style, block->role, block->mark, indent, block->text);
}

/* Line by line, with a tab as a blank and no letter that steers. */
static void write_source(const struct writer *w, const struct document_block *block)
{
	for (const char *line = block->text; *line;) {
		const size_t length = strcspn(line, "\n");
		cleanup_str struct str one = {0};
		str_add_bytes(&one, line, length);
		w->out->failed |= one.failed;
		str_add_repeat(w->out, ' ', INDENT);
		text_clean(w->out, w->style, str_text(&one));
		str_add(w->out, "\n");
		line += length + (line[length] == '\n');
	}
}

static void write_table(const struct writer *w, const struct document_block *block)
{
	if (block->text[0])
		text_add_wrapped(w->out, w->style, TEXT_PLAIN, "", INDENT, block->text);
	table_write(block->table, w->style, INDENT, w->out);
}

/* What a plot shows, in words: a terminal has no picture. */
static void write_plot(const struct writer *w, const struct document_block *block)
{
	if (block->plot->words)
		text_add_wrapped(w->out, w->style, TEXT_PLAIN, "", INDENT, block->plot->words);
}

static void write_drawing(const struct writer *w, const struct document_block *block)
{
	w->out->failed |= block->drawing.failed;
	str_add(w->out, str_text(&block->drawing));
}

static void write_grid(const struct writer *w, const struct document_block *block)
{
	grid_text(block->grid, w->style, INDENT, w->out);
}

static void (*const block_writers[BLOCK_KINDS])(const struct writer *w,
                                                const struct document_block *block) = {
        [BLOCK_TEXT] = write_paragraph,  [BLOCK_FACT] = write_fact,     [BLOCK_FIGURE] = write_fact,
        [BLOCK_TABLE] = write_table,     [BLOCK_PLOT] = write_plot,     [BLOCK_GRID] = write_grid,
        [BLOCK_DRAWING] = write_drawing, [BLOCK_SOURCE] = write_source,
};

/* Tables and drawings stand apart from what is beside them. */
static bool stands_apart(const struct document_block *block)
{
	return block->kind == BLOCK_TABLE || block->kind == BLOCK_DRAWING ||
	       block->kind == BLOCK_GRID;
}

static void write_section(const struct writer *w, const struct document_section *section)
{
	const struct document_block *before = NULL;
	if (!document_section_has(section, READ_IN_TERMINAL))
		return;
	write_title(w, section);
	for (size_t i = 0; i < section->block_count; i++) {
		const struct document_block *const block = &section->blocks[i];
		if (!document_block_is_for(block, READ_IN_TERMINAL))
			continue;
		if (before && (stands_apart(before) || stands_apart(block)))
			str_add(w->out, "\n");
		block_writers[block->kind](w, block);
		before = block;
	}
	str_add(w->out, "\n");
}

static void write_head(const struct writer *w)
{
	const struct document *const doc = w->doc;
	if (!doc->title[0])
		return;
	text_add(w->out, w->style, TEXT_TITLE, doc->title);
	if (doc->state[0]) {
		str_add(w->out, ": ");
		text_add(w->out, w->style, doc->state_role, doc->state);
	}
	str_add(w->out, "\n");
}

int document_text_write(const struct document *doc, char **ret_text, struct error *err)
{
	struct str out = {0};
	const struct writer w = {doc, doc->style, &out};
	if (doc->failed)
		return error_memory(err);
	write_head(&w);
	for (size_t i = 0; i < doc->section_count; i++)
		write_section(&w, &doc->sections[i]);
	/* Every section ends with a blank line: the last one goes. */
	if (out.length > 1 && out.text[out.length - 2] == '\n')
		out.text[--out.length] = '\0';
	return str_take(&out, ret_text, err);
}
