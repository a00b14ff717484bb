#include "report/curve_chart.h"

#include "core/number.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { ROWS = 14, MOST_COLUMNS = 64, LEAST_COLUMNS = 20, INDENT = 2, LABEL_COLUMNS = 9 };

/* Lines are drawn in dots: in UTF-8 a cell has 2 x 4 of them (braille patterns), in ASCII one. */
enum { DOTS_ACROSS = 2, DOTS_DOWN = 4 };

enum cell_mark { CELL_EMPTY, CELL_INTERVAL, CELL_MEASURED };

struct cell {
	uint8_t dots; /* of the fit and of linear scaling, as in U+2800 */
	bool is_fit;
	enum cell_mark mark;
};

struct canvas {
	struct cell cells[ROWS][MOST_COLUMNS];
	size_t columns;
	size_t across; /* dots per cell */
	size_t down;
	double most_n; /* at the right edge; the left one is 0 */
	double most_x; /* at the upper edge; the lower one is 0 */
};

/* The smallest of 1, 2, 2.5, 5, 10, ... that is at least value. */
static double nice_at_least(double value)
{
	static const double steps[] = {1, 2, 2.5, 5};
	const double power = pow(10, floor(log10(value)));
	for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
		if (steps[i] * power >= value * (1 - 1e-9))
			return steps[i] * power;
	return 10 * power;
}

/* The model whose line is drawn: the chosen one, else the nearest to the points. */
static const struct fit *fit_to_draw(const struct scaling *scaling)
{
	if (scaling->chosen >= 0)
		return &scaling->fits[scaling->chosen];
	const struct fit *best = NULL;
	for (size_t m = 0; m < FIT_MODELS; m++) {
		const struct fit *const fit = &scaling->fits[m];
		if (isfinite(fit->residual_se) && (!best || fit->residual_se < best->residual_se))
			best = fit;
	}
	return best;
}

/* One dot of a line; outside of the canvas nothing is drawn. */
static void set_dot(struct canvas *canvas, size_t dot_column, double x, bool is_fit)
{
	static const uint8_t braille[DOTS_DOWN][DOTS_ACROSS] = {
	        {0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};
	const double height = (double)(ROWS * canvas->down);
	const double from_top = height - x / canvas->most_x * height;
	if (!(from_top >= 0) || !(from_top < height))
		return;
	const size_t dot_row = (size_t)from_top;
	struct cell *const cell =
	        &canvas->cells[dot_row / canvas->down][dot_column / canvas->across];
	cell->dots |= braille[dot_row % canvas->down][dot_column % canvas->across];
	cell->is_fit |= is_fit;
}

static double n_at(const struct canvas *canvas, size_t dot_column)
{
	const double width = (double)(canvas->columns * canvas->across);
	return ((double)dot_column + 0.5) / width * canvas->most_n;
}

static void draw_lines(struct canvas *canvas, const struct fit *fit, double rate)
{
	const size_t width = canvas->columns * canvas->across;
	const double dot = canvas->most_x / (double)(ROWS * canvas->down);
	for (size_t c = 0; c < width; c++) {
		const double n = n_at(canvas, c);
		if (c % 3 == 0)
			set_dot(canvas, c, rate * n, false);
		if (!fit)
			continue;
		/* Where the line is steep its dots are joined. */
		const double here = fit_at(fit, n);
		const double before = c > 0 ? fit_at(fit, n_at(canvas, c - 1)) : here;
		const double step = here > before ? -dot : dot;
		size_t left = ROWS * canvas->down;
		for (double x = here; left-- > 0 && (before - x) * step > 0; x += step)
			set_dot(canvas, c, x, true);
		set_dot(canvas, c, here, true);
	}
}

static size_t column_of(const struct canvas *canvas, double n)
{
	const double across = n / canvas->most_n * (double)canvas->columns;
	return (size_t)fmin(across, (double)canvas->columns - 1);
}

static size_t row_of(const struct canvas *canvas, double x)
{
	const double down = ROWS - x / canvas->most_x * ROWS;
	return (size_t)fmin(fmax(0, down), ROWS - 1);
}

static void draw_points(struct canvas *canvas, const struct curve *curve)
{
	for (size_t i = 0; i < curve->count; i++) {
		const struct curve_point *const point = &curve->points[i];
		canvas->cells[row_of(canvas, point->throughput_per_s)]
		             [column_of(canvas, point->concurrency)]
		                     .mark = CELL_MEASURED;
	}
}

/* The intervals that reach beyond the row of their point. Returns whether there are any. */
static bool draw_intervals(struct canvas *canvas, const struct scaling_blocks *blocks)
{
	bool has_any = false;
	for (size_t i = 0; blocks->summary && i < blocks->summary->level_count; i++) {
		const struct level_summary *const level = &blocks->summary->levels[i];
		const struct estimate *const e = &level->throughput_per_s;
		if (strcmp(level->level->policy, blocks->scaling->policy) != 0 ||
		    !estimate_has_interval(e))
			continue;
		const size_t last = row_of(canvas, e->low);
		const size_t column = column_of(canvas, level->level->concurrency);
		for (size_t row = row_of(canvas, e->high); row <= last; row++)
			canvas->cells[row][column].mark = CELL_INTERVAL;
		has_any |= row_of(canvas, e->high) < last;
	}
	return has_any;
}

static void add_braille(struct str *out, uint8_t dots)
{
	/* U+2800 to U+28FF in UTF-8. */
	const char bytes[3] = {(char)0xe2, (char)(0xa0 | dots >> 6), (char)(0x80 | (dots & 0x3f))};
	str_add_bytes(out, bytes, sizeof bytes);
}

static void write_cell(const struct cell *cell, const struct text_style *style, struct str *out)
{
	if (cell->mark == CELL_MEASURED) {
		text_add(out, style, TEXT_TITLE, style->is_ascii ? "o" : "●");
		return;
	}
	if (cell->mark == CELL_INTERVAL && cell->dots == 0) {
		text_add(out, style, TEXT_PLAIN, style->is_ascii ? "|" : "│");
		return;
	}
	if (cell->dots == 0) {
		str_add(out, " ");
		return;
	}
	cleanup_str struct str sign = {0};
	if (style->is_ascii)
		str_add(&sign, cell->is_fit ? "*" : ".");
	else
		add_braille(&sign, cell->dots);
	out->failed |= sign.failed;
	text_add(out, style, cell->is_fit ? TEXT_GOOD : TEXT_DIM, str_text(&sign));
}

/* The tick whose height lies in this row, or NAN. */
static double tick_in_row(const struct canvas *canvas, double step, size_t row)
{
	const int ticks = (int)(canvas->most_x / step * (1 + 1e-9));
	for (int t = 0; t <= ticks; t++)
		if (lround(ROWS - t * step / canvas->most_x * ROWS) == (long)row)
			return t * step;
	return NAN;
}

static void write_rows(const struct canvas *canvas, double step, const struct text_style *style,
                       struct str *out)
{
	for (size_t row = 0; row < ROWS; row++) {
		const double tick = tick_in_row(canvas, step, row);
		char label[NUMBER_TEXT_BYTES] = "";
		if (!isnan(tick))
			snprintf(label, sizeof label, "%.6g", tick);
		str_addf(out, "%*s%*s ", INDENT, "", LABEL_COLUMNS, label);
		text_add(out, style, TEXT_DIM,
		         style->is_ascii ? (label[0] ? "+" : "|") : (label[0] ? "┤" : "│"));
		size_t last = 0;
		for (size_t c = 0; c < canvas->columns; c++)
			if (canvas->cells[row][c].mark || canvas->cells[row][c].dots)
				last = c + 1;
		for (size_t c = 0; c < last; c++)
			write_cell(&canvas->cells[row][c], style, out);
		str_add(out, "\n");
	}
}

static void write_axis(const struct canvas *canvas, double step, const struct text_style *style,
                       struct str *out)
{
	char labels[MOST_COLUMNS + NUMBER_TEXT_BYTES];
	size_t used = 0;
	memset(labels, ' ', sizeof labels);
	cleanup_str struct str line = {0};
	for (size_t c = 0; c < canvas->columns; c++) {
		const double width = canvas->most_n / (double)canvas->columns;
		const double tick = ceil((double)c * width / step - 1e-9) * step;
		const bool is_tick = tick < (double)(c + 1) * width;
		str_add(&line, style->is_ascii ? (is_tick ? "+" : "-") : (is_tick ? "┬" : "─"));
		char label[NUMBER_TEXT_BYTES];
		if (!is_tick || c < used)
			continue;
		snprintf(label, sizeof label, "%.6g", fabs(tick));
		memcpy(labels + c, label, strlen(label));
		used = c + strlen(label) + 1;
	}
	str_addf(out, "%*s%*s ", INDENT, "", LABEL_COLUMNS, "0");
	cleanup_str struct str axis = {0};
	str_addf(&axis, "%s%s", style->is_ascii ? "+" : "└", str_text(&line));
	text_add(out, style, TEXT_DIM, str_text(&axis));
	out->failed |= line.failed || axis.failed;
	labels[used > 0 ? used - 1 : 0] = '\0';
	str_addf(out, "\n%*s%s\n", INDENT + LABEL_COLUMNS + 2, "", labels);
}

/* What the signs are, behind the title. */
static void write_key(const struct scaling_blocks *blocks, const struct fit *fit,
                      bool has_intervals, char key[128])
{
	static const char *const names[FIT_MODELS] = {"the linear fit", "Amdahl's law", "the USL"};
	const bool is_ascii = blocks->doc->style->is_ascii;
	char line[64] = "";
	if (fit)
		snprintf(line, sizeof line, ", %s %s", is_ascii ? "*" : "⠒", names[fit->model]);
	snprintf(key, 128, "%s %s%s%s, %s linear from the baseline", is_ascii ? "o" : "●",
	         blocks->origin ? blocks->origin : "measured",
	         has_intervals ? (is_ascii ? ", | 95 %" : ", │ 95 %") : "", line,
	         is_ascii ? "." : "⠂");
}

void curve_chart(const struct scaling_blocks *blocks)
{
	const struct curve *const curve = &blocks->scaling->curve;
	const struct text_style *const style = blocks->doc->style;
	const struct fit *const fit = fit_to_draw(blocks->scaling);
	const double rate = curve_baseline_rate(curve);
	const size_t frame = INDENT + LABEL_COLUMNS + 3;
	if (curve->count < 2 || isnan(rate) || style->width < frame + LEAST_COLUMNS)
		return;
	struct canvas canvas = {
	        .columns = style->width - frame,
	        .across = style->is_ascii ? 1 : DOTS_ACROSS,
	        .down = style->is_ascii ? 1 : DOTS_DOWN,
	};
	if (canvas.columns > MOST_COLUMNS)
		canvas.columns = MOST_COLUMNS;
	for (size_t i = 0; i < curve->count; i++) {
		canvas.most_n = fmax(canvas.most_n, curve->points[i].concurrency);
		canvas.most_x = fmax(canvas.most_x, curve->points[i].throughput_per_s);
	}
	const double factor = blocks->rate.factor;
	const double step = nice_at_least(canvas.most_x * factor / 4);
	canvas.most_n *= 1.02;
	canvas.most_x *= 1.04;
	draw_lines(&canvas, fit, rate);
	const bool has_intervals = draw_intervals(&canvas, blocks);
	draw_points(&canvas, curve);
	char key[128];
	write_key(blocks, fit, has_intervals, key);
	document_section(blocks->doc, "curve", "Throughput against N", key);
	struct str *const out = document_drawing(blocks->doc);
	canvas.most_x *= factor; /* labels are in the unit */
	write_rows(&canvas, step, style, out);
	write_axis(&canvas, fmax(1, nice_at_least(canvas.most_n / 8)), style, out);
}
