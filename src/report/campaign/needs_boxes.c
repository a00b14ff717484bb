/* Max RSS of every type as a box lying on its side, so that long names can stand beside it; of
 * several campaigns one below another. */
#include "report/campaign/needs_parts.h"

#include "core/array.h"
#include "core/cleanup.h"
#include "core/number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A row of the picture: a type, in any of the campaigns. */
struct row {
	const char *name;
	double key; /* the largest 95th percentile */
};

struct boxes {
	const struct requirements *const *campaigns;
	const struct needs_told *told;
	size_t count;
	struct plot *plot;
	struct figure_unit unit;
	struct row *rows;
	size_t row_count;
};

/* Names beside an axis, and pixels that a row takes. */
enum { NAME_COLUMNS = 24, ROW_PIXELS = 17, BOX_PIXELS = 11, OUTER_PIXELS = 100, WIDTH = 500 };

static const struct campaign_type_needs *find(const struct requirements *needs, const char *name)
{
	for (size_t t = 0; t < needs->type_count; t++)
		if (strcmp(needs->types[t].name, name) == 0)
			return &needs->types[t];
	return NULL;
}

static int compare_rows(const void *a, const void *b)
{
	const struct row *const x = a;
	const struct row *const y = b;
	if (x->key != y->key)
		return x->key < y->key ? 1 : -1;
	return strcmp(x->name, y->name);
}

/* Every type that has a max RSS in some campaign. */
static bool list_rows(struct boxes *b)
{
	size_t most = 1;
	for (size_t c = 0; c < b->count; c++)
		most += b->campaigns[c]->type_count;
	b->rows = calloc(most, sizeof *b->rows);
	for (size_t c = 0; b->rows && c < b->count; c++)
		for (size_t t = 0; t < b->campaigns[c]->type_count; t++) {
			const struct campaign_type_needs *const needs = &b->campaigns[c]->types[t];
			const struct campaign_spread *const rss = &needs->figures[CAMPAIGN_MAX_RSS];
			size_t r = 0;
			if (rss->n == 0)
				continue;
			while (r < b->row_count && strcmp(b->rows[r].name, needs->name) != 0)
				r++;
			if (r == b->row_count)
				b->rows[b->row_count++] = (struct row){needs->name, rss->p95};
			b->rows[r].key = fmax(b->rows[r].key, rss->p95);
		}
	if (b->rows)
		qsort(b->rows, b->row_count, sizeof *b->rows, compare_rows);
	return b->rows;
}

/* The height of a row's middle, the first at the top, and of a campaign's box in it. */
static double height_of(const struct boxes *b, size_t row, size_t campaign)
{
	const double step = 0.8 / (double)b->count;
	const double middle = (double)(b->row_count - 1 - row);
	return middle + 0.4 - ((double)campaign + 0.5) * step;
}

static void add_campaign(const struct boxes *b, size_t c)
{
	struct plot *const plot = b->plot;
	const double f = b->unit.factor;
	const bool is_alone = b->count == 1;
	struct plot_series *const boxes =
	        plot_series(plot, PLOT_ACROSS, (unsigned)c, is_alone ? "" : b->told[c].name);
	boxes->width = is_alone ? 0.55 : 0.72 / (double)b->count;
	for (size_t r = 0; r < b->row_count; r++) {
		const struct campaign_type_needs *const needs =
		        find(b->campaigns[c], b->rows[r].name);
		const struct campaign_spread *const s =
		        needs ? &needs->figures[CAMPAIGN_MAX_RSS] : NULL;
		if (!s || s->n == 0)
			continue;
		struct plot_point *const point =
		        plot_point(plot, boxes, s->p50 * f, height_of(b, r, c));
		point->low = s->whisker_low * f;
		point->q1 = s->q1 * f;
		point->q3 = s->q3 * f;
		point->high = s->whisker_high * f;
		plot_tip(plot, point,
		         "%s%s%s: median %.4g %s, quartiles %.4g to %.4g, p95 %.4g, p99 %.4g, "
		         "largest %.4g, %zu %s",
		         needs->name, is_alone ? "" : ", ", is_alone ? "" : b->told[c].name,
		         s->p50 * f, b->unit.name, s->q1 * f, s->q3 * f, s->p95 * f, s->p99 * f,
		         s->max * f, s->n, number_noun(s->n, "task", "tasks"));
	}
}

/* The largest of each, where it is beyond the whiskers. */
static void add_largest(const struct boxes *b)
{
	struct plot_series *const points =
	        plot_series(b->plot, PLOT_POINTS, PLOT_HUES - 2, "largest");
	for (size_t c = 0; c < b->count; c++)
		for (size_t r = 0; r < b->row_count; r++) {
			const struct campaign_type_needs *const needs =
			        find(b->campaigns[c], b->rows[r].name);
			const struct campaign_spread *const s =
			        needs ? &needs->figures[CAMPAIGN_MAX_RSS] : NULL;
			if (!s || s->n == 0 || !(s->max > s->whisker_high))
				continue;
			plot_tip(b->plot,
			         plot_point(b->plot, points, s->max * b->unit.factor,
			                    height_of(b, r, c)),
			         "%s: largest %.4g %s; %zu of %zu tasks are beyond the whiskers",
			         needs->name, s->max * b->unit.factor, b->unit.name, s->outliers,
			         s->n);
		}
}

/* The names up the side, cut in their middle so that they stay apart. */
static void add_names(const struct boxes *b)
{
	static const struct table_column column = {"", NULL, TABLE_LEFT, 0};
	static const struct text_style style = {.width = NAME_COLUMNS};
	cleanup_table struct table names;
	table_init(&names, &column, 1);
	for (size_t r = 0; r < b->row_count; r++) {
		table_row(&names);
		table_cell(&names, TEXT_PLAIN, "%s", b->rows[r].name);
	}
	table_narrow(&names, 0, NAME_COLUMNS, &style, 0);
	b->plot->failed |= names.failed;
	for (size_t r = 0; !names.failed && r < b->row_count; r++)
		plot_tick(b->plot, &b->plot->y, (double)(b->row_count - 1 - r),
		          names.cells[r].text);
}

static void add_limit(const struct boxes *b)
{
	char text[FIGURE_BYTES];
	char label[FIGURE_BYTES + 16];
	const double limit = b->campaigns[0]->limit_bytes;
	if (!isfinite(limit))
		return;
	snprintf(label, sizeof label, "limit %s", needs_limit(limit, text));
	plot_reference(b->plot, true, limit * b->unit.factor, label);
}

void needs_plot_boxes(const struct requirements *const *campaigns, const struct needs_told *told,
                      size_t count, struct document *doc)
{
	struct boxes b = {.campaigns = campaigns, .told = told, .count = count};
	char label[64];
	if (!list_rows(&b)) {
		doc->failed = true;
		return;
	}
	b.unit = needs_memory_unit_of(campaigns, count);
	b.plot = document_plot(doc, "rss-boxes",
	                       count > 1 ? "Max RSS by type and campaign" : "Max RSS by type");
	snprintf(label, sizeof label, "max RSS (%s)", b.unit.name);
	plot_axis(b.plot, &b.plot->x, label);
	plot_axis(b.plot, &b.plot->y, "");
	b.plot->x.from = 0;
	b.plot->y.from = -0.7;
	/* Room above for the name of the limit. */
	b.plot->y.to = (double)b.row_count * (isfinite(campaigns[0]->limit_bytes) ? 1.06 : 1) - 0.3;
	const size_t row = count * BOX_PIXELS > ROW_PIXELS ? count * BOX_PIXELS : ROW_PIXELS;
	b.plot->height = ((double)(row * b.row_count) + OUTER_PIXELS) / WIDTH;
	for (size_t c = 0; c < count; c++)
		add_campaign(&b, c);
	add_largest(&b);
	add_names(&b);
	add_limit(&b);
	plot_words(b.plot, "For every type a box from the first to the third quartile with the "
	                   "median in it, whiskers to the last task within 1.5 times the box, and "
	                   "a mark at the largest; of tasks that are done.");
	free(b.rows);
}
