#include "report/document_html.h"

#include "core/array.h"
#include "core/cleanup.h"
#include "report/document_head_html.h"
#include "report/document_table_html.h"
#include "report/markup.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct writer {
	struct markup *m;
	const struct document *doc;
	const struct document_section *section;
	char prefix[32];           /* of the ids of this document */
	const struct drawn *drawn; /* NULL: pages have no pictures */
	struct undrawn *undrawn;
};

/* All plots of a page, drawn together: starting the program that draws costs more than drawing. */
struct drawn {
	const struct plot **plots;
	struct plot_picture *pictures;
	size_t count;
};

static const char *const role_classes[] = {
        [TEXT_PLAIN] = NULL,  [TEXT_TITLE] = "strong", [TEXT_HEAD] = "strong", [TEXT_DIM] = "dim",
        [TEXT_GOOD] = "good", [TEXT_WARN] = "warn",    [TEXT_BAD] = "bad",
};

/* So that a state is not said by its colour alone. */
static const char *const role_signs[] = {
        [TEXT_PLAIN] = "",  [TEXT_TITLE] = "",  [TEXT_HEAD] = "",  [TEXT_DIM] = "",
        [TEXT_GOOD] = "✓ ", [TEXT_WARN] = "! ", [TEXT_BAD] = "✗ ",
};

static void close_and_break(struct markup *m)
{
	markup_close(m);
	markup_break(m);
}

/* "prefix" + text, for ids and references. */
static const char *join(const char *a, const char *b, const char *c, char text[96])
{
	snprintf(text, 96, "%s%s%s", a, b, c);
	return text;
}

static void write_paragraph(struct writer *w, const struct document_block *block)
{
	markup_element(w->m, "p", MARKUP("class", role_classes[block->role]), block->text);
	markup_break(w->m);
}

static void write_source(struct writer *w, const struct document_block *block)
{
	markup_open(w->m, "pre", MARKUP("tabindex", "0"));
	markup_lines(w->m, block->text);
	close_and_break(w->m);
}

static void write_table(struct writer *w, const struct document_block *block)
{
	markup_open(w->m, "div", MARKUP("class", "table"));
	if (block->text[0])
		markup_element(w->m, "p", MARKUP("class", "caption"), block->text);
	document_table_html(w->m, block->table, block->text[0] ? block->text : w->section->title);
	close_and_break(w->m);
}

static void write_grid(struct writer *w, const struct document_block *block)
{
	grid_html(block->grid, block->text, w->m);
}

static void write_item(struct writer *w, const struct document_block *block)
{
	/* A terminal's marks, as signs that are read aloud sensibly. */
	static const struct {
		const char *mark;
		const char *sign;
		const char *said;
	} signs[] = {{"+", "✓", "yes:"}, {"-", "–", "note:"}, {"!", "!", "warning:"}};
	const char *sign = block->mark;
	const char *said = NULL;
	for (size_t i = 0; i < ARRAY_LENGTH(signs); i++)
		if (strcmp(block->mark, signs[i].mark) == 0) {
			sign = signs[i].sign;
			said = signs[i].said;
		}
	markup_open(w->m, "li", NULL);
	char role[32] = "mark ";
	const char *const class = role_classes[block->role];
	snprintf(role, sizeof role, "mark %s", class ? class : "");
	markup_element(w->m, "span",
	               MARKUP("class", role, "role", said ? "img" : NULL, "aria-label", said),
	               sign);
	markup_element(w->m, "span", NULL, block->text);
	close_and_break(w->m);
}

static void write_fact(struct writer *w, const struct document_block *block)
{
	markup_element(w->m, "dt", NULL, block->mark);
	markup_element(w->m, "dd", NULL, block->text);
	markup_break(w->m);
}

/* A number large, and what stands behind it small. */
static void write_value(struct markup *m, const char *text, const char *class)
{
	char number[32];
	const size_t length = strcspn(text, " ");
	markup_open(m, "dd", MARKUP("class", class));
	if (text[0] >= '0' && text[0] <= '9' && text[length] && length < sizeof number) {
		memcpy(number, text, length);
		number[length] = '\0';
		markup_text(m, number);
		markup_element(m, "small", NULL, text + length);
	} else {
		markup_text(m, text);
	}
	markup_close(m);
}

static void write_figure(struct writer *w, const struct document_block *block)
{
	char class[32];
	const char *const role = role_classes[block->role];
	snprintf(class, sizeof class, "value %s", role ? role : "");
	markup_open(w->m, "div", NULL);
	markup_element(w->m, "dt", NULL, block->mark);
	write_value(w->m, block->text, class);
	if (block->remark[0])
		markup_element(w->m, "dd", MARKUP("class", "small"), block->remark);
	close_and_break(w->m);
}

static bool is_plotted(const struct document_block *block)
{
	return block->plot && !block->plot->failed && !plot_is_empty(block->plot);
}

static void drawn_release(struct drawn *drawn)
{
	for (size_t i = 0; drawn->pictures && i < drawn->count; i++)
		free(drawn->pictures[i].svg);
	free(drawn->pictures);
	free(drawn->plots);
}

/* Collects the plots into plots, unless it is NULL; returns how many there are. */
static size_t collect_plots(const struct document *docs, size_t count, const struct plot **plots)
{
	size_t found = 0;
	for (size_t d = 0; d < count; d++)
		for (size_t s = 0; s < docs[d].section_count; s++) {
			const struct document_section *const section = &docs[d].sections[s];
			for (size_t b = 0; b < section->block_count; b++) {
				if (!is_plotted(&section->blocks[b]))
					continue;
				if (plots)
					plots[found] = section->blocks[b].plot;
				found++;
			}
		}
	return found;
}

static int draw_all(const struct document *docs, size_t count, plot_drawer *draw,
                    struct drawn *drawn, struct error *err)
{
	const size_t plots = collect_plots(docs, count, NULL);
	drawn->plots = calloc(plots + 1, sizeof(const struct plot *));
	drawn->pictures = calloc(plots + 1, sizeof *drawn->pictures);
	if (!drawn->plots || !drawn->pictures)
		return error_memory(err);
	drawn->count = collect_plots(docs, count, drawn->plots);
	return drawn->count > 0 ? draw(drawn->plots, drawn->count, drawn->pictures, err) : 0;
}

static void write_picture(struct writer *w, const struct plot *plot)
{
	struct error why = {"it was not asked for"};
	char prefix[96];
	size_t i = 0;
	while (i < w->drawn->count && w->drawn->plots[i] != plot)
		i++;
	const struct plot_picture *const picture =
	        i < w->drawn->count ? &w->drawn->pictures[i] : NULL;
	int r = picture && picture->svg ? 0 : -EINVAL;
	if (picture && !picture->svg)
		why = picture->why;
	markup_open(w->m, "div", MARKUP("class", "picture"));
	if (r == 0)
		r = markup_svg(w->m, picture->svg, join(w->prefix, plot->id, "-", prefix),
		               plot->title, &why);
	if (r < 0) {
		markup_open(w->m, "p", MARKUP("class", "missing"));
		markup_text(w->m, "Not drawn: ");
		markup_text(w->m, why.text);
		markup_close(w->m);
		if (w->undrawn->plots++ == 0)
			w->undrawn->why = why;
	}
	close_and_break(w->m);
}

static void write_plot(struct writer *w, const struct document_block *block)
{
	const struct plot *const plot = block->plot;
	char id[96];
	if (!is_plotted(block))
		return;
	markup_open(w->m, "figure",
	            MARKUP("class", "plot", "id", join(w->prefix, "plot-", plot->id, id)));
	markup_open(w->m, "figcaption", NULL);
	markup_element(w->m, "h3", NULL, plot->title);
	close_and_break(w->m);
	if (w->drawn)
		write_picture(w, plot);
	cleanup_str struct str words = {0};
	text_bind_units(&words, plot->words ? plot->words : "");
	w->m->out.failed |= words.failed;
	if (words.length > 0)
		markup_element(w->m, "p", MARKUP("class", "words"), str_text(&words));
	document_plot_html(w->m, plot);
	close_and_break(w->m);
}

/* How blocks are written, and what those of one kind that follow one another stand in. */
static const struct block_form {
	void (*write)(struct writer *w, const struct document_block *block);
	const char *group;
	const char *group_class;
} forms[] = {
        [BLOCK_TEXT] = {write_paragraph, NULL, NULL},
        [BLOCK_FACT] = {write_fact, "dl", "facts"},
        [BLOCK_FIGURE] = {write_figure, "dl", "figures"},
        [BLOCK_TABLE] = {write_table, NULL, NULL},
        [BLOCK_PLOT] = {write_plot, "div", "plots"},
        [BLOCK_GRID] = {write_grid, NULL, NULL},
        [BLOCK_DRAWING] = {NULL, NULL, NULL},
        [BLOCK_SOURCE] = {write_source, NULL, NULL},
};
static const struct block_form item_form = {write_item, "ul", "items"};

static const struct block_form *form_of(const struct document_block *block)
{
	return block->kind == BLOCK_TEXT && block->mark[0] ? &item_form : &forms[block->kind];
}

static void write_blocks(struct writer *w, const struct document_section *section)
{
	const struct block_form *before = NULL;
	for (size_t i = 0; i < section->block_count; i++) {
		const struct document_block *const block = &section->blocks[i];
		const struct block_form *const form = form_of(block);
		if (!document_block_is_for(block, READ_IN_PAGE) || !form->write)
			continue;
		if (form != before && before && before->group)
			close_and_break(w->m);
		if (form != before && form->group) {
			markup_open(w->m, form->group, MARKUP("class", form->group_class));
			markup_break(w->m);
		}
		form->write(w, block);
		before = form;
	}
	if (before && before->group)
		close_and_break(w->m);
}

static void write_section(struct writer *w, const struct document_section *section)
{
	char id[96];
	char class[96];
	if (!document_section_has(section, READ_IN_PAGE))
		return;
	markup_open(w->m, "section",
	            MARKUP("class", join("section ", section->id, "", class), "id",
	                   join(w->prefix, section->id, "", id)));
	if (section->title[0]) {
		markup_open(w->m, "header", NULL);
		markup_element(w->m, "h2", NULL, section->title);
		if (section->remark[0])
			markup_element(w->m, "p", MARKUP("class", "remark"), section->remark);
		close_and_break(w->m);
	}
	w->section = section;
	write_blocks(w, section);
	close_and_break(w->m);
}

static void write_document(struct writer *w)
{
	const struct document *const doc = w->doc;
	char id[96];
	char class[96];
	const char *const role = role_classes[doc->state_role];
	markup_open(w->m, "article", MARKUP("id", join(w->prefix, "result", "", id)));
	markup_open(w->m, "header", MARKUP("class", "head"));
	markup_element(w->m, "h1", NULL, doc->title);
	if (doc->state[0]) {
		markup_open(w->m, "p",
		            MARKUP("class", join("state ", role ? role : "", "", class)));
		markup_element(w->m, "span", MARKUP("aria-hidden", "true"),
		               role_signs[doc->state_role]);
		markup_text(w->m, doc->state);
		markup_close(w->m);
	}
	if (w->prefix[0] && doc->file && doc->file[0])
		markup_element(w->m, "p", MARKUP("class", "file"), doc->file);
	close_and_break(w->m);
	for (size_t i = 0; i < doc->section_count; i++)
		write_section(w, &doc->sections[i]);
	close_and_break(w->m);
}

static void write_link(struct markup *m, const char *target, const char *text)
{
	char reference[112];
	snprintf(reference, sizeof reference, "#%s", target);
	markup_open(m, "li", NULL);
	markup_element(m, "a", MARKUP("href", reference), text);
	markup_close(m);
}

/* Of sections that are called alike, one for each placement policy, the first is linked. */
static bool is_new_title(const struct document *doc, size_t index)
{
	const char *const title = doc->sections[index].title;
	for (size_t i = 0; i < index; i++)
		if (strcmp(doc->sections[i].title, title) == 0)
			return false;
	return title[0] != '\0';
}

/* A result in the list of contents: its title, with its file where another one has the same. */
static void name_link(const struct document *docs, size_t count, size_t index, struct str *name)
{
	const struct document *const doc = &docs[index];
	bool is_alone = true;
	for (size_t i = 0; i < count; i++)
		is_alone = is_alone && (i == index || strcmp(docs[i].title, doc->title) != 0);
	str_add(name, doc->title);
	if (!is_alone && doc->file && doc->file[0])
		str_addf(name, ", %s", doc->file);
}

/* One result: its sections. Several: the results. */
static void write_navigation(struct writer *w, const struct document *docs, size_t count)
{
	char id[96];
	markup_open(w->m, "nav", MARKUP("aria-label", "Contents", "tabindex", "0"));
	markup_open(w->m, "ul", NULL);
	for (size_t i = 0; count > 1 && i < count; i++) {
		cleanup_str struct str name = {0};
		snprintf(id, sizeof id, "r%zu-result", i + 1);
		name_link(docs, count, i, &name);
		write_link(w->m, id, name.failed ? docs[i].title : str_text(&name));
	}
	for (size_t i = 0; count == 1 && i < docs->section_count; i++) {
		const struct document_section *const section = &docs->sections[i];
		if (document_section_has(section, READ_IN_PAGE) && is_new_title(docs, i))
			write_link(w->m, join("", section->id, "", id), section->title);
	}
	markup_close(w->m);
	markup_close(w->m);
}

static void write_page(struct writer *w, const struct document *docs, size_t count)
{
	struct markup *const m = w->m;
	markup_open(m, "body", NULL);
	markup_element(m, "a", MARKUP("class", "skip", "href", "#main"), "To the content");
	markup_open(m, "div", MARKUP("class", "bar"));
	markup_element(m, "span", MARKUP("class", "brand"), "plateau");
	write_navigation(w, docs, count);
	close_and_break(m);
	markup_open(m, "main", MARKUP("id", "main"));
	for (size_t i = 0; i < count; i++) {
		w->doc = &docs[i];
		w->prefix[0] = '\0';
		if (count > 1)
			snprintf(w->prefix, sizeof w->prefix, "r%zu-", i + 1);
		write_document(w);
	}
	close_and_break(m);
}

int document_html_write(const struct document *docs, size_t count, const char *title,
                        plot_drawer *draw, char **ret_html, struct undrawn *ret_undrawn,
                        struct error *err)
{
	cleanup_markup struct markup m = {0};
	cleanup_free char *css = NULL;
	cleanup_free char *js = NULL;
	struct undrawn undrawn = {0};
	struct drawn drawn = {0};
	struct writer w = {.m = &m, .drawn = draw ? &drawn : NULL, .undrawn = &undrawn};
	for (size_t i = 0; i < count; i++)
		if (docs[i].failed)
			return error_memory(err);
	int r = document_head_css(&css, err);
	if (r == 0)
		r = document_head_js(&js, err);
	if (r == 0 && draw)
		r = draw_all(docs, count, draw, &drawn, err);
	if (r != 0) {
		drawn_release(&drawn);
		return r;
	}
	document_head_html(&m, title, css, js);
	write_page(&w, docs, count);
	drawn_release(&drawn);
	markup_code(&m, "script", js);
	markup_close(&m);
	markup_close(&m);
	markup_break(&m);
	r = str_take(&m.out, ret_html, err);
	if (r == 0)
		*ret_undrawn = undrawn;
	return r;
}
