/* Many things of a few kinds, as one sign each: nodes of a fleet by their verdict. A terminal shows
 * rows of signs behind the name of the first in each row; a page shows squares that say what they
 * are when they are looked at, with scripts and without. Nothing rests on the colour alone.
 *
 *   struct grid *grid = document_grid(doc, "Nodes", kinds, ARRAY_LENGTH(kinds));
 *   grid_group(grid, "2 x EPYC 7742"); grid_cell(grid, kind, "node1", "pass: ..."); ...
 *
 * Texts may come from outside and are escaped by the writers. Running out of memory is remembered
 * in grid->failed. */
#ifndef REPORT_GRID_H
#define REPORT_GRID_H

#include "report/text_style.h"

#include <stdbool.h>
#include <stddef.h>

struct str;
struct markup;

/* How things of one kind look, and what they are called in the legend. */
struct grid_kind {
	char sign;
	const char *words;
	const char *tone; /* of its squares in a page: [a-z]+, a class of the style sheet */
	enum text_role role;
};

struct grid_cell {
	char *name;
	char *says;
	size_t kind;
};

struct grid_group {
	char *title; /* "": none */
	size_t first;
	size_t count;
};

struct grid {
	const struct grid_kind *kinds; /* of the caller, for as long as the grid lives */
	size_t kind_count;
	struct grid_cell *cells;
	size_t cell_count;
	size_t cell_capacity;
	struct grid_group *groups;
	size_t group_count;
	size_t group_capacity;
	bool failed;
};

void grid_init(struct grid *grid, const struct grid_kind *kinds, size_t kind_count);

/* Cells that follow stand together below this title. */
void grid_group(struct grid *grid, const char *title);

/* name is what it is; says is shown when it is looked at. */
void grid_cell(struct grid *grid, size_t kind, const char *name, const char *says);

/* Appends it for a terminal, every line behind `indent` blanks: the legend with how many there are
 * of each kind, and rows of signs, never wider than the style says. */
void grid_text(const struct grid *grid, const struct text_style *style, size_t indent,
               struct str *out);

/* Appends it for a page; label is its name for who does not see it. */
void grid_html(const struct grid *grid, const char *label, struct markup *m);

void grid_release(struct grid *grid);

#endif
