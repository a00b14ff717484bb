#include "report/grid.h"

#include "core/array.h"
#include "core/error.h"
#include "core/str.h"
#include "report/markup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Signs stand in clusters of CLUSTER, of which at most CLUSTERS are in a row; the name in front of
 * a row takes at most NAME_COLUMNS. */
enum { CLUSTER = 10, CLUSTERS = 5, NAME_COLUMNS = 24 };

void grid_init(struct grid *grid, const struct grid_kind *kinds, size_t kind_count)
{
	*grid = (struct grid){.kinds = kinds, .kind_count = kind_count};
}

void grid_group(struct grid *grid, const char *title)
{
	struct error err;
	char *const copy = grid->failed ? NULL : strdup(title ? title : "");
	if (!copy || array_reserve(&grid->groups, &grid->group_capacity, grid->group_count + 1,
	                           sizeof *grid->groups, &err) < 0) {
		grid->failed = true;
		free(copy);
		return;
	}
	grid->groups[grid->group_count++] =
	        (struct grid_group){.title = copy, .first = grid->cell_count};
}

void grid_cell(struct grid *grid, size_t kind, const char *name, const char *says)
{
	struct error err;
	if (grid->group_count == 0)
		grid_group(grid, "");
	if (grid->failed || array_reserve(&grid->cells, &grid->cell_capacity, grid->cell_count + 1,
	                                  sizeof *grid->cells, &err) < 0) {
		grid->failed = true;
		return;
	}
	struct grid_cell *const cell = &grid->cells[grid->cell_count++];
	*cell = (struct grid_cell){.name = strdup(name), .says = strdup(says), .kind = kind};
	grid->failed |= !cell->name || !cell->says;
	grid->groups[grid->group_count - 1].count++;
}

void grid_release(struct grid *grid)
{
	if (!grid)
		return;
	for (size_t i = 0; i < grid->cell_count; i++) {
		free(grid->cells[i].name);
		free(grid->cells[i].says);
	}
	for (size_t i = 0; i < grid->group_count; i++)
		free(grid->groups[i].title);
	free(grid->cells);
	free(grid->groups);
	*grid = (struct grid){0};
}

static size_t count_kind(const struct grid *grid, size_t kind)
{
	size_t count = 0;
	for (size_t i = 0; i < grid->cell_count; i++)
		count += grid->cells[i].kind == kind;
	return count;
}

/* ---- A terminal --------------------------------------------------------------------------- */

static void add_sign(struct str *out, const struct text_style *style, const struct grid_kind *kind)
{
	const char sign[] = {kind->sign, '\0'};
	text_add(out, style, kind->role, sign);
}

/* ". 188 pass   S 3 slow": kinds that there are, wrapped. */
static void write_legend(const struct grid *grid, const struct text_style *style, size_t indent,
                         struct str *out)
{
	size_t used = 0;
	for (size_t k = 0; k < grid->kind_count; k++) {
		const size_t count = count_kind(grid, k);
		char words[96];
		if (count == 0)
			continue;
		snprintf(words, sizeof words, " %zu %s", count, grid->kinds[k].words);
		const size_t columns = 1 + text_width(words);
		if (used > 0 && indent + used + 3 + columns > style->width) {
			str_add(out, "\n");
			used = 0;
		}
		str_add_repeat(out, ' ', used == 0 ? indent : 3);
		used += (used > 0 ? 3 : 0) + columns;
		add_sign(out, style, &grid->kinds[k]);
		text_clean(out, style, words);
	}
	str_add(out, "\n");
}

/* How many signs stand in a row beside a name of so many columns. */
static size_t row_length(const struct text_style *style, size_t before)
{
	const size_t room = style->width > before ? style->width - before : 0;
	size_t clusters = CLUSTERS;
	while (clusters > 1 && clusters * (CLUSTER + 1) - 1 > room)
		clusters--;
	return clusters * CLUSTER;
}

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

static size_t larger(size_t a, size_t b)
{
	return a > b ? a : b;
}

static size_t clean_width(const struct text_style *style, const char *text)
{
	cleanup_str struct str clean = {0};
	text_clean(&clean, style, text);
	return text_width(str_text(&clean));
}

/* The columns of the names at the beginning of rows; which these are depends on the width that is
 * left, so the longest of all is taken. */
static size_t name_columns(const struct grid *grid, const struct text_style *style)
{
	size_t most = 0;
	for (size_t i = 0; i < grid->cell_count; i++)
		most = larger(most, clean_width(style, grid->cells[i].name));
	return smaller(most, NAME_COLUMNS);
}

static void write_row(const struct grid *grid, const struct text_style *style, size_t first,
                      size_t count, struct str *out)
{
	for (size_t i = 0; i < count; i++) {
		if (i > 0 && i % CLUSTER == 0)
			str_add(out, " ");
		add_sign(out, style, &grid->kinds[grid->cells[first + i].kind]);
	}
	str_add(out, "\n");
}

static void write_group(const struct grid *grid, const struct grid_group *group,
                        const struct text_style *style, size_t indent, struct str *out)
{
	const size_t names = name_columns(grid, style);
	const size_t deeper = group->title[0] ? indent + 2 : indent;
	const size_t length = row_length(style, deeper + names + 2);
	if (group->title[0]) {
		str_add_repeat(out, ' ', indent);
		text_add_cut(out, style, style->width > indent ? style->width - indent : 1,
		             group->title);
		str_add(out, "\n");
	}
	for (size_t at = 0; at < group->count; at += length) {
		cleanup_str struct str name = {0};
		text_add_cut(&name, style, names, grid->cells[group->first + at].name);
		out->failed |= name.failed;
		str_add_repeat(out, ' ', deeper);
		str_add(out, str_text(&name));
		str_add_repeat(out, ' ', names - smaller(names, text_width(str_text(&name))) + 2);
		write_row(grid, style, group->first + at, smaller(length, group->count - at), out);
	}
}

void grid_text(const struct grid *grid, const struct text_style *style, size_t indent,
               struct str *out)
{
	out->failed |= grid->failed;
	if (grid->failed || grid->cell_count == 0)
		return;
	write_legend(grid, style, indent, out);
	for (size_t i = 0; i < grid->group_count; i++)
		if (grid->groups[i].count > 0)
			write_group(grid, &grid->groups[i], style, indent, out);
}

/* ---- A page ------------------------------------------------------------------------------- */

/* How large squares are: by how many there are. The large ones show their names. */
static const char *size_of(size_t count)
{
	static const struct {
		size_t most;
		const char *name;
	} sizes[] = {{24, "named"}, {100, "large"}, {400, "middle"}, {(size_t)-1, "small"}};
	size_t i = 0;
	while (count > sizes[i].most)
		i++;
	return sizes[i].name;
}

static void write_square(const struct grid *grid, const struct grid_cell *cell, bool is_named,
                         struct markup *m)
{
	const struct grid_kind *const kind = &grid->kinds[cell->kind];
	const char sign[] = {kind->sign, '\0'};
	char class[48];
	snprintf(class, sizeof class, "cell t-%.32s", kind->tone);
	markup_open(m, "li", MARKUP("class", class, "title", cell->says));
	markup_element(m, "b", MARKUP("aria-hidden", is_named ? "true" : NULL), sign);
	if (is_named) {
		markup_element(m, "span", MARKUP("class", "name"), cell->name);
		markup_element(m, "small", NULL, kind->words);
	}
	markup_close(m);
}

/* Squares without names stand in rows of CLUSTER, each with the name of its first: so every one can
 * be counted out on paper and without a mouse. */
static void write_rows(const struct grid *grid, const struct grid_group *group, const char *size,
                       struct markup *m)
{
	static const struct text_style any = {0};
	enum { BESIDE_COLUMNS = 9 };
	char class[48];
	size_t longest = 0;
	for (size_t k = 0; k < group->count; k += CLUSTER)
		longest = larger(longest, clean_width(&any, grid->cells[group->first + k].name));
	snprintf(class, sizeof class, "grid-rows %s %s", size,
	         longest <= BESIDE_COLUMNS ? "beside" : "above");
	markup_open(m, "div", MARKUP("class", class));
	for (size_t row = 0; row < group->count; row += CLUSTER) {
		const size_t end = smaller(row + CLUSTER, group->count);
		cleanup_str struct str name = {0};
		text_add_cut(&name, &any, NAME_COLUMNS, grid->cells[group->first + row].name);
		m->out.failed |= name.failed;
		snprintf(class, sizeof class, "grid %s", size);
		markup_open(m, "div", MARKUP("class", "grid-row"));
		markup_element(m, "span", MARKUP("class", "grid-name"), str_text(&name));
		markup_open(m, "ul", MARKUP("class", class));
		for (size_t k = row; k < end; k++)
			write_square(grid, &grid->cells[group->first + k], false, m);
		markup_close(m);
		markup_close(m);
		markup_break(m);
	}
	markup_close(m);
	markup_break(m);
}

static void write_key(const struct grid *grid, struct markup *m)
{
	markup_open(m, "ul", MARKUP("class", "grid-key"));
	for (size_t k = 0; k < grid->kind_count; k++) {
		const size_t count = count_kind(grid, k);
		const char sign[] = {grid->kinds[k].sign, '\0'};
		char words[96];
		char class[48];
		if (count == 0)
			continue;
		snprintf(class, sizeof class, "cell t-%.32s", grid->kinds[k].tone);
		snprintf(words, sizeof words, "%zu %s", count, grid->kinds[k].words);
		markup_open(m, "li", NULL);
		markup_open(m, "span", MARKUP("class", class, "aria-hidden", "true"));
		markup_element(m, "b", NULL, sign);
		markup_close(m);
		markup_element(m, "span", NULL, words);
		markup_close(m);
	}
	markup_close(m);
	markup_break(m);
}

/* Its title, how many there are, and from which to which. */
static void write_heading(const struct grid *grid, const struct grid_group *group, struct markup *m)
{
	static const struct text_style any = {0};
	cleanup_str struct str range = {0};
	text_add_cut(&range, &any, NAME_COLUMNS, grid->cells[group->first].name);
	str_add(&range, " to ");
	text_add_cut(&range, &any, NAME_COLUMNS, grid->cells[group->first + group->count - 1].name);
	str_addf(&range, " (%zu)", group->count);
	m->out.failed |= range.failed;
	markup_open(m, "p", MARKUP("class", "grid-title"));
	if (group->title[0])
		markup_element(m, "b", NULL, group->title);
	if (group->count > 1)
		markup_element(m, "span", NULL, str_text(&range));
	markup_close(m);
}

void grid_html(const struct grid *grid, const char *label, struct markup *m)
{
	const char *const size = size_of(grid->cell_count);
	char class[48];
	m->out.failed |= grid->failed;
	if (grid->failed || grid->cell_count == 0)
		return;
	snprintf(class, sizeof class, "grid %s", size);
	markup_open(m, "div", MARKUP("class", "node-grid", "role", "group", "aria-label", label));
	markup_break(m);
	write_key(grid, m);
	for (size_t i = 0; i < grid->group_count; i++) {
		const struct grid_group *const group = &grid->groups[i];
		if (group->count == 0)
			continue;
		write_heading(grid, group, m);
		if (strcmp(size, "named") != 0) {
			write_rows(grid, group, size, m);
			continue;
		}
		markup_open(m, "ul", MARKUP("class", class));
		markup_break(m);
		for (size_t k = 0; k < group->count; k++)
			write_square(grid, &grid->cells[group->first + k], true, m);
		markup_close(m);
		markup_break(m);
	}
	markup_close(m);
	markup_break(m);
}
