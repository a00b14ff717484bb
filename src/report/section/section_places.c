/* Which places of the machine are slow: a sentence, a table of those that are, and a map on which
 * they are seen at a glance. */
#include "core/array.h"
#include "core/number.h"
#include "core/str.h"
#include "report/figures.h"
#include "report/section/section.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Cells in a row of a map, at most. */
enum { MAP_COLUMNS = 32, MAP_MOST = 1024 };

/* A place that is by this part beyond the others is drawn as uneven, slow or not. */
#define UNEVEN_PART 0.03

/* The colours of a map reach at least so far to both sides of 1. */
#define MAP_LEAST_PART 0.1

static const struct place_look {
	enum place_kind kind;
	const char *one;
	const char *many;
	const char *id;
	const char *title;
} looks[] = {
        {PLACE_CORE, "core", "cores", "map-cores", "Map of the cores"},
        {PLACE_L3, "L3", "L3 caches", "map-l3", "Map of the L3 caches"},
        {PLACE_PU, "PU", "PUs", "map-pus", "Map of the PUs"},
        {PLACE_PACKAGE, "package", "packages", "map-packages", "Map of the packages"},
};

static const struct places *places_of(const struct findings *findings,
                                      const struct place_look *look)
{
	return &findings->distributions.places[look->kind];
}

/* The range of the relative times; returns how many places have one. */
static size_t find_range(const struct places *places, double *ret_low, double *ret_high)
{
	size_t count = 0;
	*ret_low = INFINITY;
	*ret_high = -INFINITY;
	for (size_t i = 0; i < places->count; i++) {
		if (isnan(places->items[i].relative))
			continue;
		*ret_low = fmin(*ret_low, places->items[i].relative);
		*ret_high = fmax(*ret_high, places->items[i].relative);
		count++;
	}
	return count;
}

/* "none is slow", "3 are slow". */
static void count_slow(const struct places *places, char text[64])
{
	if (places->slow == 0)
		snprintf(text, 64, "none is slow");
	else
		snprintf(text, 64, "%zu %s slow", places->slow,
		         number_noun(places->slow, "is", "are"));
}

/* "cores: 128 judged, 1 slow; 0.99 to 1.25 times the others' time". */
static void say_kind(const struct findings *findings, const struct place_look *look,
                     struct document *doc)
{
	const struct places *const places = places_of(findings, look);
	double low;
	double high;
	const size_t known = find_range(places, &low, &high);
	if (places->judged == 0 && look->kind == PLACE_PACKAGE && known > 1)
		document_say(
		        doc, TEXT_PLAIN,
		        "%zu %s: too few to call one slow; their tasks take %.3f to %.3f times as "
		        "long as those of all.",
		        known, look->many, low, high);
	if (places->judged == 0)
		return;
	char slow[64];
	count_slow(places, slow);
	document_say(doc, places->slow > 0 ? TEXT_WARN : TEXT_PLAIN,
	             "%zu %s compared: %s; their tasks take %.3f to %.3f times as long as those of "
	             "their like.",
	             places->judged, look->many, slow, low, high);
}

static void add_index(struct table *table, const struct document *doc, int32_t index)
{
	if (index >= 0)
		table_cell(table, TEXT_PLAIN, "%d", index);
	else
		table_cell(table, TEXT_DIM, "%s", figure_absent(doc->style));
}

static void add_slow(const struct findings *findings, struct document *doc)
{
	static const struct table_column columns[] = {
	        {"slow", "place", TABLE_LEFT, 0},     {"core", NULL, TABLE_RIGHT, 2},
	        {"L3", NULL, TABLE_RIGHT, 2},         {"package", NULL, TABLE_RIGHT, 2},
	        {"times as", "long", TABLE_POINT, 1}, {"sigmas", "apart", TABLE_POINT, 1},
	        {"tasks", NULL, TABLE_RIGHT, 1},
	};
	struct table *const table = document_table(doc, "", columns, ARRAY_LENGTH(columns));
	for (size_t k = 0; k < ARRAY_LENGTH(looks); k++) {
		const struct places *const places = places_of(findings, &looks[k]);
		for (size_t i = 0; i < places->count; i++) {
			const struct place *const place = &places->items[i];
			if (!place->is_slow)
				continue;
			table_row(table);
			table_cell(table, TEXT_BAD, "%s %d", looks[k].one, place->index);
			add_index(table, doc,
			          looks[k].kind == PLACE_CORE ? place->index : place->core);
			add_index(table, doc, looks[k].kind == PLACE_L3 ? place->index : place->l3);
			add_index(table, doc,
			          looks[k].kind == PLACE_PACKAGE ? place->index : place->package);
			table_cell(table, TEXT_PLAIN, "%.3f", place->relative);
			table_cell(table, TEXT_PLAIN, "%.1f", place->deviation);
			table_cell(table, TEXT_PLAIN, "%zu", place->tasks);
		}
	}
}

/* Where a place of a map is, in cells. */
struct cell {
	size_t column;
	size_t row;
};

/* Places of a package begin a row of their own, and rows hold whole L3 caches where they can. */
static void lay_out(const struct places *places, size_t index, struct cell *cell)
{
	if (index == 0) {
		*cell = (struct cell){0, 0};
		return;
	}
	const struct place *const place = &places->items[index];
	const struct place *const before = &places->items[index - 1];
	size_t group = 1; /* of the L3 that begins here */
	while (group <= MAP_COLUMNS && place->l3 >= 0 && index + group < places->count &&
	       places->items[index + group].l3 == place->l3)
		group++;
	cell->column++;
	const bool begins = place->l3 != before->l3;
	const bool is_full = cell->column >= MAP_COLUMNS ||
	                     (begins && group <= MAP_COLUMNS && cell->column + group > MAP_COLUMNS);
	if (place->package != before->package || is_full)
		*cell = (struct cell){0, cell->row + 1};
}

static void tell(struct plot *plot, struct plot_point *point, const struct place_look *look,
                 const struct place *place)
{
	char where[96] = "";
	if (place->l3 >= 0 || place->package >= 0)
		snprintf(where, sizeof where, " (%s%d, package %d)", place->l3 >= 0 ? "L3 " : "",
		         place->l3 >= 0 ? place->l3 : place->package, place->package);
	if (isnan(place->relative))
		plot_tip(plot, point, "%s %d%s: no tasks to compare", look->one, place->index,
		         where);
	else
		plot_tip(plot, point, "%s %d%s: %.3f times as long, %zu %s%s", look->one,
		         place->index, where, place->relative, place->tasks,
		         number_noun(place->tasks, "task", "tasks"),
		         place->is_slow ? ", slow" : "");
}

/* The rows of a map are named by their first and last place. */
static void name_rows(const struct places *places, const struct place_look *look, struct plot *plot)
{
	struct cell cell = {0, 0};
	size_t first = 0;
	for (size_t i = 0; i <= places->count; i++) {
		const size_t row = cell.row;
		if (i < places->count)
			lay_out(places, i, &cell);
		if (i == 0 || (i < places->count && cell.row == row))
			continue;
		char label[64];
		snprintf(label, sizeof label, "%s %d – %d", look->many, places->items[first].index,
		         places->items[i - 1].index);
		plot_tick(plot, &plot->y, -(double)row, label);
		first = i;
	}
}

/* The columns of a narrow map, whose axis would otherwise get ticks between them. */
static void name_columns(size_t columns, struct plot *plot)
{
	enum { NARROW = 8 };
	for (size_t i = 0; columns <= NARROW && i < columns; i++) {
		char label[24];
		snprintf(label, sizeof label, "%zu", i);
		plot_tick(plot, &plot->x, (double)i, label);
	}
}

static void add_map(const struct findings *findings, const struct place_look *look,
                    struct document *doc)
{
	const struct places *const places = places_of(findings, look);
	double low;
	double high;
	char slow[64];
	count_slow(places, slow);
	const size_t known = find_range(places, &low, &high);
	if (known < 2 || places->count > MAP_MOST)
		return;
	struct plot *const plot = document_plot(doc, look->id, look->title);
	struct plot_series *const cells = plot_series(plot, PLOT_CELLS, 0, "");
	struct cell cell = {0, 0};
	size_t columns = 0;
	for (size_t i = 0; i < places->count; i++) {
		lay_out(places, i, &cell);
		columns = cell.column + 1 > columns ? cell.column + 1 : columns;
		if (isnan(places->items[i].relative))
			continue;
		struct plot_point *const point =
		        plot_point(plot, cells, (double)cell.column, -(double)cell.row);
		point->q1 = places->items[i].relative;
		tell(plot, point, look, &places->items[i]);
	}
	if (places->slow > 0) {
		struct plot_series *const marks = plot_series(plot, PLOT_POINTS, 1, "slow");
		for (size_t i = 0; i < places->count; i++) {
			lay_out(places, i, &cell);
			if (!places->items[i].is_slow)
				continue;
			struct plot_point *const point =
			        plot_point(plot, marks, (double)cell.column, -(double)cell.row);
			tell(plot, point, look, &places->items[i]);
		}
	}
	name_rows(places, look, plot);
	name_columns(columns, plot);
	plot_axis(plot, &plot->x, look->many);
	plot_axis(plot, &plot->y, "");
	plot_scale(plot, "times as long");
	/* Noise does not take all the colours. */
	plot->scale_from = 1 - MAP_LEAST_PART;
	plot->scale_to = 1 + MAP_LEAST_PART;
	plot->x.from = -0.5;
	plot->x.to = (double)columns - 0.5;
	plot->y.from = -(double)cell.row - 0.5;
	plot->y.to = 0.5;
	plot->height = fmin(fmax(0.18 + 0.045 * (double)(cell.row + 1), 0.28), 1);
	plot_words(plot,
	           "Each cell is one of %zu %s; its colour is how long its tasks take relative to "
	           "those of their like, %.3f to %.3f: %s.",
	           known, look->many, low, high, slow);
}

/* The cores as signs: what is slow, what is uneven, and what is as the others are. */
static void draw_cores(const struct findings *findings, struct document *doc)
{
	const struct places *const cores = places_of(findings, &looks[0]);
	const bool is_ascii = doc->style->is_ascii;
	struct str *const out = document_drawing(doc);
	struct cell cell = {0, 0};
	for (size_t i = 0; i < cores->count && i < MAP_MOST; i++) {
		const struct place *const place = &cores->items[i];
		const size_t row = cell.row;
		lay_out(cores, i, &cell);
		if (i == 0 || cell.row != row)
			str_addf(out, "%s  core %4d  ", i > 0 ? "\n" : "", place->index);
		else if (place->l3 != cores->items[i - 1].l3)
			str_add(out, " ");
		const bool is_uneven = fabs(place->relative - 1) > UNEVEN_PART;
		str_add(out, place->is_slow           ? is_ascii ? "#" : "█"
		             : isnan(place->relative) ? " "
		             : is_uneven              ? is_ascii ? "+" : "▒"
		             : is_ascii               ? "."
		                                      : "·");
	}
	str_addf(out, "\n  %s slow, %s more than 3 %% from the others, %s as the others\n",
	         is_ascii ? "#" : "█", is_ascii ? "+" : "▒", is_ascii ? "." : "·");
}

void section_places(const struct findings *findings, struct document *doc)
{
	size_t judged = 0;
	size_t slow = 0;
	for (size_t k = 0; k < ARRAY_LENGTH(looks); k++) {
		judged += places_of(findings, &looks[k])->judged;
		slow += places_of(findings, &looks[k])->slow;
	}
	if (judged == 0 && findings->dataset->run.imported)
		return; /* where others' tasks ran is in no file */
	document_section(
	        doc, "places", "Slow places",
	        "tasks against those of their trial whose core, L3 and package were as full");
	for (size_t k = 0; k < ARRAY_LENGTH(looks); k++)
		say_kind(findings, &looks[k], doc);
	if (judged == 0) {
		const char *const reason = places_of(findings, &looks[0])->reason;
		document_say(doc, TEXT_DIM, "Not known: %s.",
		             reason ? reason : "nothing to compare");
		document_only(doc, READ_IN_PAGE);
		return;
	}
	if (slow > 0) {
		add_slow(findings, doc);
		draw_cores(findings, doc);
	}
	for (size_t k = 0; k < ARRAY_LENGTH(looks); k++)
		if (places_of(findings, &looks[k])->judged > 0)
			add_map(findings, &looks[k], doc);
}
