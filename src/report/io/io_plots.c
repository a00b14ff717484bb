#include "core/number.h"
#include "report/figures.h"
#include "report/io/io_parts.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

enum { BARS_ACROSS = 300 };

/* Of the height: less is drawn as a point, since a bar would not be seen. */
static const double LOW_PART = 0.004;

/* Seconds, or the numbers of calls where the log has no times. */
struct time_axis {
	double origin;
	double factor;
	double span; /* in its unit */
	char label[64];
};

static struct time_axis time_axis_of(const struct io_profile *profile)
{
	if (!profile->has_times)
		return (struct time_axis){.factor = 1,
		                          .span = fmax((double)profile->operations, 1),
		                          .label = "calls on files since the log began"};
	struct time_axis axis = {.origin = (double)profile->slices.origin};
	const double span_s = ((double)profile->ended_ns - axis.origin) / 1e9;
	const struct figure_unit unit = figure_unit_of_time(span_s);
	axis.factor = unit.factor / 1e9;
	axis.span = fmax(span_s * unit.factor, 1e-9);
	snprintf(axis.label, sizeof axis.label, "time since the first call (%s)", unit.name);
	return axis;
}

static double at_axis(const struct time_axis *axis, int64_t at)
{
	return ((double)at - axis->origin) * axis->factor;
}

/* ---- How much, when ------------------------------------------------------------------------- */

static void add_steps(const struct io_view *view, struct plot *plot, const struct time_axis *axis,
                      bool is_write, double factor)
{
	const struct io_slices *const slices = &view->findings->profile->slices;
	struct plot_series *const series =
	        plot_series(plot, PLOT_STEPS, is_write ? 1 : 0, is_write ? "written" : "read");
	for (size_t i = 0; i <= slices->count; i++) {
		const size_t last = i < slices->count ? i : slices->count - 1;
		const int64_t bytes = is_write ? slices->items[last].written_bytes
		                               : slices->items[last].read_bytes;
		plot_point(plot, series, at_axis(axis, slices->origin + (int64_t)i * slices->width),
		           (double)bytes * factor);
	}
}

void io_plot_activity(const struct io_view *view)
{
	const struct io_profile *const profile = view->findings->profile;
	const struct io_slices *const slices = &profile->slices;
	const struct time_axis axis = time_axis_of(profile);
	double most = 0;
	for (size_t i = 0; i < slices->count; i++)
		most = fmax(most, fmax((double)slices->items[i].read_bytes,
		                       (double)slices->items[i].written_bytes));
	if (!(most > 0) || slices->count < 3)
		return;
	const double per = profile->has_times ? 1e9 / (double)slices->width : 1;
	const struct figure_unit unit = figure_unit_of_size(most * per);
	struct plot *const plot = document_plot(view->doc, "activity", "Bytes read and written");
	char label[64];
	snprintf(label, sizeof label, "%s (%s%s)", profile->has_times ? "rate" : "bytes", unit.name,
	         profile->has_times ? "/s" : " per step");
	plot_axis(plot, &plot->x, axis.label);
	plot_axis(plot, &plot->y, label);
	plot->y.from = 0;
	plot_words(plot,
	           "How much was read and written, of files, pipes and everything else, in each "
	           "of %zu equal steps.",
	           slices->count);
	add_steps(view, plot, &axis, false, per * unit.factor);
	add_steps(view, plot, &axis, true, per * unit.factor);
}

/* ---- Where in a file, when ------------------------------------------------------------------ */

struct position_plot {
	struct plot *plot;
	const struct time_axis *axis;
	double factor; /* of bytes */
	double low;    /* in the unit: less is a point */
};

/* A stroke of calls one behind another goes up as the time goes on: bars along it. Strokes that
 * were taken together cover what lies between them. */
static void add_bars(const struct position_plot *to, struct plot_series *bars,
                     struct plot_series *points, const struct io_stroke *stroke, bool is_together)
{
	const double from = at_axis(to->axis, stroke->began_ns);
	const double width = to->axis->span / BARS_ACROSS;
	const double length = at_axis(to->axis, stroke->ended_ns) - from;
	const double low = (double)stroke->from * to->factor;
	const double high = (double)stroke->to * to->factor;
	/* In a log whose times go back a stroke may end before it begins. */
	const double wanted = fmin(1 + floor(length / width), BARS_ACROSS);
	const int pieces = is_together ? 1 : (int)fmax(wanted, 1);
	if (high - low < to->low) {
		plot_point(to->plot, points, from, (low + high) / 2);
		return;
	}
	for (int i = 0; i < pieces; i++) {
		const double step = (high - low) / pieces;
		struct plot_point *const point = plot_point(
		        to->plot, bars, from + (i + 0.5) * length / pieces, low + (i + 1) * step);
		point->low = low + i * step;
	}
}

static void add_strokes(const struct position_plot *to, const struct io_strokes *strokes,
                        bool is_write)
{
	const unsigned hue = is_write ? 1 : 0;
	if (strokes->count == 0)
		return;
	plot_series(to->plot, PLOT_BARS, hue, is_write ? "written" : "read")->width =
	        to->axis->span / BARS_ACROSS;
	plot_series(to->plot, PLOT_POINTS, hue,
	            is_write ? "written, small pieces" : "read, small pieces");
	if (to->plot->failed)
		return;
	/* A series may move when the next is appended: only now do they stay where they are. */
	struct plot_series *const bars = &to->plot->series[to->plot->series_count - 2];
	struct plot_series *const points = &to->plot->series[to->plot->series_count - 1];
	for (size_t i = 0; i < strokes->count; i++)
		add_bars(to, bars, points, &strokes->items[i], strokes->width_ns > 0);
}

static void plot_position(const struct io_view *view, const struct io_seen *seen, size_t number)
{
	const struct io_trace *const trace = &seen->use->trace;
	const struct time_axis axis = time_axis_of(view->findings->profile);
	const double most = fmax((double)seen->use->most_bytes, 1);
	const struct figure_unit unit = figure_unit_of_size(most);
	char id[32];
	char title[128];
	char label[64];
	char name[IO_PATH_BYTES];
	snprintf(id, sizeof id, "position-%zu", number);
	snprintf(title, sizeof title, "Position against time: %s",
	         io_path_short(view, seen->file->path, name));
	snprintf(label, sizeof label, "position in the file (%s)", unit.name);
	struct plot *const plot = document_plot(view->doc, id, title);
	plot_axis(plot, &plot->x, axis.label);
	plot_axis(plot, &plot->y, label);
	plot->x.from = 0;
	plot->x.to = axis.span;
	plot->y.from = 0;
	plot_words(plot,
	           "Which bytes of %s were read and written, and when: a bar reaches from the "
	           "first byte to the last of calls that follow one another.%s",
	           io_path_here(view, seen->file->path),
	           trace->reads.width_ns > 0 || trace->writes.width_ns > 0
	                   ? " There are too many to be drawn one by one: a bar holds what lies "
	                     "in a short stretch of time."
	                   : "");
	const struct position_plot to = {plot, &axis, unit.factor, most * unit.factor * LOW_PART};
	add_strokes(&to, &trace->reads, false);
	add_strokes(&to, &trace->writes, true);
}

/* ---- The chosen files ----------------------------------------------------------------------- */

/* A line of what is known of it; files that nobody asked for are in pages alone. */
static void add_fact(const struct io_view *view, const char *word, const char *text)
{
	if (!text[0])
		return;
	document_fact(view->doc, word, "%s", text);
	if (!view->told->is_named)
		document_only(view->doc, READ_IN_PAGE);
}

static void add_amount(const struct io_view *view, const char *word, int64_t bytes, uint64_t calls)
{
	char text[NUMBER_TEXT_BYTES];
	char line[2 * NUMBER_TEXT_BYTES];
	number_format_bytes(bytes, text);
	snprintf(line, sizeof line, "%s in %" PRIu64 " calls", text, calls);
	add_fact(view, word, line);
}

static void add_facts(const struct io_view *view, const struct io_seen *seen)
{
	const struct io_use *const use = seen->use;
	char size[NUMBER_TEXT_BYTES] = "not known";
	char text[160];
	add_fact(view, "file", seen->file->path);
	add_fact(view, "was", seen->file->first_path ? seen->file->first_path : "");
	if (seen->size_bytes >= 0)
		number_format_bytes(seen->size_bytes, size);
	snprintf(text, sizeof text, "%s%s", size,
	         seen->file->is_unlinked ? ", until it was removed" : "");
	add_fact(view, "size", text);
	add_amount(view, "read", use->read_bytes, use->calls[IO_READ]);
	add_amount(view, "written", use->written_bytes, use->calls[IO_WRITE]);
	if (isfinite(io_seen_reread(seen))) {
		snprintf(text, sizeof text, "%.4g bytes read for each byte of it, %.4g written",
		         io_seen_reread(seen), io_seen_rewrite(seen));
		add_fact(view, "factors", text);
	}
	if (use->mapped_bytes > 0)
		add_amount(view, "mapped", use->mapped_bytes, use->calls[IO_MMAP]);
	io_file_system_text(seen->file_system, seen->sharing, text);
	add_fact(view, "stored on", text);
}

void io_section_chosen(const struct io_view *view)
{
	char id[32];
	char title[IO_PATH_BYTES + 16];
	char name[IO_PATH_BYTES];
	for (size_t i = 0; i < view->told->chosen_count; i++) {
		const struct io_seen *const seen = view->told->chosen[i];
		snprintf(id, sizeof id, "file-%zu", i + 1);
		snprintf(title, sizeof title, "%s", io_path_short(view, seen->file->path, name));
		document_section(view->doc, id, title, "");
		add_facts(view, seen);
		if (seen->use->is_traced) {
			plot_position(view, seen, i + 1);
			if (view->told->is_named)
				io_drawing_position(view, seen);
		} else {
			document_say(
			        view->doc, TEXT_DIM, "There is no plot of its positions: %s.",
			        io_use_data_calls(seen->use) == 0
			                ? "it was not read or written, or only through a mapping"
			                : "more files than can be kept in memory were used "
			                  "before it");
			if (!view->told->is_named)
				document_only(view->doc, READ_IN_PAGE);
		}
	}
}
