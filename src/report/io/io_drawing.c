/* Position against time in letters, for a terminal. */
#include "core/number.h"
#include "report/io/io_parts.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { ROWS = 12, COLUMNS = 62, MARGIN = 12 };

struct letters {
	char rows[ROWS][COLUMNS + 1];
	double began; /* of the axis of time: ns, or numbers of calls */
	double span;
	double most; /* bytes */
};

static size_t place_of(double at, double from, double span, size_t count)
{
	const double place = floor((at - from) / span * (double)count);
	return !(place > 0) ? 0 : place >= (double)count ? count - 1 : (size_t)place;
}

static void mark(struct letters *to, double at, double from, double end, char letter)
{
	const size_t column = place_of(at, to->began, to->span, COLUMNS);
	const size_t low = place_of(from, 0, to->most, ROWS);
	const size_t high = place_of(fmax(end - 1, from), 0, to->most, ROWS);
	for (size_t row = low; row <= high; row++) {
		char *const cell = &to->rows[row][column];
		*cell = *cell == ' ' || *cell == letter ? letter : '#';
	}
}

/* Calls one behind another go up as the time goes on. */
static void mark_strokes(struct letters *to, const struct io_strokes *strokes, char letter)
{
	for (size_t i = 0; i < strokes->count; i++) {
		const struct io_stroke *const stroke = &strokes->items[i];
		const double length = (double)(stroke->ended_ns - stroke->began_ns);
		const double height = (double)(stroke->to - stroke->from);
		/* Times of a log may go back, and beyond what was taken for its end. */
		const double wanted = fmin(1 + length / to->span * COLUMNS, COLUMNS + 1);
		const int pieces = strokes->width_ns > 0 ? 1 : (int)fmax(wanted, 1);
		for (int k = 0; k < pieces; k++)
			mark(to, (double)stroke->began_ns + length * k / pieces,
			     (double)stroke->from + height * k / pieces,
			     (double)stroke->from + height * (k + 1) / pieces, letter);
	}
}

static void write_letters(const struct letters *letters, const char *end, struct str *out)
{
	char size[NUMBER_TEXT_BYTES];
	number_format_bytes((int64_t)letters->most, size);
	for (size_t i = 0; i < ROWS; i++) {
		const size_t row = ROWS - 1 - i;
		str_addf(out, "  %*s |%s\n", MARGIN - 4,
		         i == 0     ? size
		         : row == 0 ? "0 B"
		                    : "",
		         letters->rows[row]);
	}
	str_add_repeat(out, ' ', MARGIN - 1);
	str_add(out, "+");
	str_add_repeat(out, '-', COLUMNS);
	str_addf(out, "\n%*s0%*s\n", MARGIN, "", COLUMNS - 1, end);
	str_addf(out, "%*sr: read, w: written, #: both\n", MARGIN, "");
}

void io_drawing_position(const struct io_view *view, const struct io_seen *seen)
{
	const struct io_profile *const profile = view->findings->profile;
	const struct io_trace *const trace = &seen->use->trace;
	char end[NUMBER_TEXT_BYTES];
	struct letters letters = {.most = fmax((double)seen->use->most_bytes, 1)};
	memset(letters.rows, ' ', sizeof letters.rows);
	for (size_t i = 0; i < ROWS; i++)
		letters.rows[i][COLUMNS] = '\0';
	if (profile->has_times) {
		letters.began = (double)profile->slices.origin;
		letters.span = fmax((double)profile->ended_ns - letters.began, 1);
		number_format_duration((int64_t)letters.span, 3, end);
	} else {
		letters.span = fmax((double)profile->operations, 1);
		snprintf(end, sizeof end, "%.0f calls", letters.span);
	}
	mark_strokes(&letters, &trace->reads, 'r');
	mark_strokes(&letters, &trace->writes, 'w');
	write_letters(&letters, end, document_drawing(view->doc));
}
