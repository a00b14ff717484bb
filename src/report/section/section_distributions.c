/* How the figures of tasks are distributed at every N: a box, a histogram on common bins and a
 * cumulative curve of each; for pages, since the tables before have the figures. */
#include "core/array.h"
#include "core/number.h"
#include "core/str.h"
#include "report/event_text.h"
#include "report/figures.h"
#include "report/section/section.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* More outlines in one plot cannot be told apart. */
enum { OUTLINES_MOST = 5, LABEL_BYTES = EVENT_AXIS_BYTES };

/* How a kind of figure is called and in which units it is given. */
static const struct figure_look {
	enum figure_kind kind;
	const char *id;
	const char *title;
	const char *label;
} looks[] = {
        {FIGURE_WALL_S, "wall", "Wall time", "wall time"},
        {FIGURE_OFF_CPU_S, "off-cpu", "Time off the CPU", "time off the CPU"},
        {FIGURE_FREQUENCY_HZ, "frequency", "Clock frequency", "frequency"},
        {FIGURE_CYCLES, "cycles", "Cycles", "cycles"},
        {FIGURE_MAX_RSS_BYTES, "max-rss", "Max RSS of a process", "max RSS of a process"},
        {FIGURE_PEAK_RSS_BYTES, "tree-rss", "Sampled peak RSS of the tree", "RSS of the tree"},
        {FIGURE_PEAK_PSS_BYTES, "tree-pss", "Sampled peak PSS of the tree", "PSS of the tree"},
        {FIGURE_CGROUP_PEAK_BYTES, "group-peak", "Peak of the control group", "peak of the group"},
        {FIGURE_IO_BYTES, "io", "Bytes read and written", "bytes read and written"},
};

/* One kind's plots are being made. */
struct drawing {
	const struct findings *findings;
	const struct distribution_kind *kind;
	const struct figure_look *look;
	struct figure_unit unit;
	int decimals;
	char label[LABEL_BYTES]; /* of the axis with the figure */
	char unit_name[16];      /* behind a figure in a sentence */
};

static struct figure_unit unit_of(enum figure_kind kind, double typical)
{
	switch (kind) {
	case FIGURE_WALL_S:
	case FIGURE_OFF_CPU_S:
		return figure_unit_of_time(typical);
	case FIGURE_MAX_RSS_BYTES:
	case FIGURE_PEAK_RSS_BYTES:
	case FIGURE_PEAK_PSS_BYTES:
	case FIGURE_CGROUP_PEAK_BYTES:
	case FIGURE_IO_BYTES:
		return figure_unit_of_size(typical);
	case FIGURE_FREQUENCY_HZ:
		return (struct figure_unit){"G", 1e-9};
	default:
		return figure_unit_of_count(typical);
	}
}

/* The largest median of all levels, 0 where none has the figure. */
static double largest_median(const struct findings *findings, const struct distribution_kind *kind)
{
	double largest = 0;
	for (size_t i = 0; i < findings->summary.level_count; i++)
		if (kind->levels[i].median > largest)
			largest = kind->levels[i].median;
	return largest;
}

/* How the frequency of tasks was measured. */
static const char *frequency_words(const struct findings *findings)
{
	for (size_t i = 0; i < findings->summary.level_count; i++)
		if (findings->summary.levels[i].frequency_source != FREQUENCY_ABSENT)
			return frequency_source_words[findings->summary.levels[i].frequency_source];
	return "";
}

static struct drawing begin(const struct findings *findings, const struct figure_look *look)
{
	struct drawing d = {.findings = findings,
	                    .kind = &findings->distributions.kinds[look->kind],
	                    .look = look};
	const double typical = largest_median(findings, d.kind);
	const ptrdiff_t cycles = findings->distributions.cycles_event;
	d.unit = typical > 0 ? unit_of(look->kind, typical) : (struct figure_unit){"", 1};
	d.decimals = figure_decimals(typical * d.unit.factor);
	snprintf(d.unit_name, sizeof d.unit_name, "%s%s", d.unit.name,
	         look->kind == FIGURE_FREQUENCY_HZ ? "Hz" : "");
	if (look->kind == FIGURE_FREQUENCY_HZ)
		snprintf(d.label, sizeof d.label, "%s (%s), %s", look->label, d.unit_name,
		         frequency_words(findings));
	else if (look->kind == FIGURE_CYCLES && cycles >= 0)
		event_axis(&findings->dataset->events[cycles], d.unit_name, d.label);
	else if (d.unit_name[0])
		snprintf(d.label, sizeof d.label, "%s (%s)", look->label, d.unit_name);
	else
		snprintf(d.label, sizeof d.label, "%s", look->label);
	return d;
}

static bool has_any(const struct drawing *d)
{
	for (size_t i = 0; i < d->findings->summary.level_count; i++)
		if (d->kind->levels[i].tasks > 0)
			return true;
	return false;
}

static struct plot *add_plot(struct document *doc, const struct drawing *d, const char *form,
                             const char *title)
{
	char id[64];
	char text[LABEL_BYTES];
	snprintf(id, sizeof id, "%s-%s", d->look->id, form);
	snprintf(text, sizeof text, "%s%s", d->look->title, title);
	return document_plot(doc, id, text);
}

/* Which event the figure is, where it is one. */
static void add_event(const struct drawing *d, struct str *text)
{
	const ptrdiff_t cycles = d->findings->distributions.cycles_event;
	if (d->look->kind != FIGURE_CYCLES || cycles < 0)
		return;
	str_add(text, " Counted: ");
	event_add_words(&d->findings->dataset->events[cycles], text);
	str_add(text, ".");
}

/* Of boxes: they stand beside one another, whatever N is. */
static void add_boxes(const struct drawing *d, struct document *doc)
{
	const struct summary *const summary = &d->findings->summary;
	struct plot *const plot = add_plot(doc, d, "boxes", " of a task at every N");
	cleanup_str struct str event = {0};
	add_event(d, &event);
	doc->failed |= event.failed;
	plot_words(plot,
	           "For every N a box from the first to the third quartile with the median in it, "
	           "and whiskers from the 5th to the 95th percentile.%s",
	           str_text(&event));
	struct plot_series *const series = plot_series(plot, PLOT_BOXES, 0, "");
	series->width = 0.5;
	size_t at = 0;
	for (size_t i = 0; i < summary->level_count; i++) {
		const struct distribution *const x = &d->kind->levels[i];
		const double f = d->unit.factor;
		char name[64];
		if (x->tasks == 0)
			continue;
		summary_level_name(summary, i, name);
		plot_tick(plot, &plot->x, (double)at,
		          strncmp(name, "N=", 2) == 0 ? name + 2 : name);
		struct plot_point *const point =
		        plot_point(plot, series, (double)at, x->median * f);
		point->low = x->p5 * f;
		point->q1 = x->q1 * f;
		point->q3 = x->q3 * f;
		point->high = x->p95 * f;
		plot_tip(plot, point,
		         "%s: median %.*f %s, quartiles %.*f to %.*f, 5 %% to 95 %% %.*f to %.*f, "
		         "all %.*f to %.*f, %zu %s",
		         name, d->decimals, x->median * f, d->unit_name, d->decimals, x->q1 * f,
		         d->decimals, x->q3 * f, d->decimals, x->p5 * f, d->decimals, x->p95 * f,
		         d->decimals, x->least * f, d->decimals, x->most * f, x->tasks,
		         number_noun(x->tasks, "task", "tasks"));
		at++;
	}
	plot_axis(plot, &plot->x, "tasks at once (N)");
	plot_axis(plot, &plot->y, d->label);
	plot->x.from = -0.6;
	plot->x.to = (double)at - 0.4;
}

/* Which levels have outlines: at most OUTLINES_MOST of those with the figure, evenly, with the
 * first and the last. Returns how many. */
static size_t choose_levels(const struct drawing *d, size_t chosen[OUTLINES_MOST])
{
	size_t known = 0;
	for (size_t i = 0; i < d->findings->summary.level_count; i++)
		known += d->kind->levels[i].tasks > 0;
	const size_t count = known < OUTLINES_MOST ? known : OUTLINES_MOST;
	size_t next = 0;
	size_t seen = 0;
	for (size_t i = 0; i < d->findings->summary.level_count && next < count; i++) {
		if (d->kind->levels[i].tasks == 0)
			continue;
		const size_t wanted = count > 1 ? next * (known - 1) / (count - 1) : 0;
		if (seen == wanted)
			chosen[next++] = i;
		seen++;
	}
	return count;
}

static void add_histogram(const struct drawing *d, struct document *doc)
{
	const struct distribution_kind *const kind = d->kind;
	struct plot *const plot = add_plot(doc, d, "histogram", ": shares of tasks");
	size_t levels[OUTLINES_MOST];
	const size_t count = choose_levels(d, levels);
	const double width = (kind->to - kind->from) / DISTRIBUTION_BINS;
	double outside = 0;
	for (size_t l = 0; l < count; l++) {
		const struct distribution *const x = &kind->levels[levels[l]];
		char name[64];
		summary_level_name(&d->findings->summary, levels[l], name);
		struct plot_series *const series =
		        plot_series(plot, PLOT_STEPS, (unsigned)l % PLOT_HUES, name);
		for (size_t b = 0; b <= DISTRIBUTION_BINS; b++)
			plot_point(plot, series, (kind->from + width * (double)b) * d->unit.factor,
			           b < DISTRIBUTION_BINS ? 100 * x->bins[b] : 0);
		outside = fmax(outside, x->below + x->above);
	}
	plot_axis(plot, &plot->x, d->label);
	plot_axis(plot, &plot->y, "share of tasks (%)");
	plot->y.from = 0;
	char beyond[64] = "";
	if (outside > 0)
		snprintf(beyond, sizeof beyond, " Up to %.2g %% of a level lie beyond the axis.",
		         100 * outside);
	cleanup_str struct str event = {0};
	add_event(d, &event);
	doc->failed |= event.failed;
	plot_words(plot,
	           "The share of tasks in each of %d bins, the same at every N; a task counts "
	           "by its part in the measuring window.%s%s",
	           DISTRIBUTION_BINS, beyond, str_text(&event));
}

static void add_cumulative(const struct drawing *d, struct document *doc)
{
	const struct summary *const summary = &d->findings->summary;
	struct plot *const plot = add_plot(doc, d, "cumulative", ": cumulative");
	cleanup_str struct str event = {0};
	add_event(d, &event);
	doc->failed |= event.failed;
	plot_words(plot,
	           "How many of the tasks (in per cent) have at most the figure on the axis, for "
	           "every N.%s",
	           str_text(&event));
	unsigned hue = 0;
	for (size_t i = 0; i < summary->level_count; i++) {
		const struct distribution *const x = &d->kind->levels[i];
		char name[64];
		if (x->tasks == 0)
			continue;
		struct plot_series *const series = plot_series(
		        plot, PLOT_LINE, hue++ % PLOT_HUES, summary_level_name(summary, i, name));
		for (size_t s = 0; s < DISTRIBUTION_STEPS; s++)
			plot_point(plot, series, x->quantiles[s] * d->unit.factor,
			           100 * (double)s / (DISTRIBUTION_STEPS - 1));
	}
	plot_axis(plot, &plot->x, d->label);
	plot_axis(plot, &plot->y, "tasks (%)");
	plot->x.from = d->kind->from * d->unit.factor;
	plot->x.to = d->kind->to * d->unit.factor;
	plot->y.from = 0;
	plot->y.to = 100;
}

/* Why a figure is not there; of the first level that says it. */
static const char *absent_reason(const struct drawing *d)
{
	const struct summary *const summary = &d->findings->summary;
	for (size_t i = 0; i < summary->level_count; i++)
		if (summary->levels[i].trials > 0 && d->kind->levels[i].reason)
			return d->kind->levels[i].reason;
	return NULL;
}

void section_distributions(const struct findings *findings, struct document *doc)
{
	document_section(doc, "distributions", "Distributions",
	                 findings->dataset->run.imported
	                         ? "of successful tasks; where there is a window, a task counts by "
	                           "its part in it"
	                         : "of successful measured tasks; a task counts by its part in the "
	                           "window");
	for (size_t i = 0; i < ARRAY_LENGTH(looks); i++) {
		const struct drawing d = begin(findings, &looks[i]);
		if (!has_any(&d))
			continue;
		/* Those of the wall time are on the first screen. */
		if (looks[i].kind != FIGURE_WALL_S)
			add_boxes(&d, doc);
		add_histogram(&d, doc);
		add_cumulative(&d, doc);
	}
	/* Behind all plots, whose rows it would tear apart. */
	for (size_t i = 0; i < ARRAY_LENGTH(looks); i++) {
		const struct drawing d = begin(findings, &looks[i]);
		const char *const reason = has_any(&d) ? NULL : absent_reason(&d);
		if (reason)
			document_item(doc, TEXT_DIM, "-", "%s: not known: %s.", looks[i].title,
			              reason);
	}
}

static void add_scatter(const struct findings *findings, struct document *doc)
{
	const struct correlation *const c = &findings->distributions.cycles_misses;
	struct plot *const plot =
	        document_plot(doc, "cycles-misses", "Cycles against misses of the last cache");
	double most_misses = 0;
	double most_cycles = 0;
	for (size_t i = 0; i < c->point_count; i++) {
		most_misses = fmax(most_misses, c->points[i].misses);
		most_cycles = fmax(most_cycles, c->points[i].cycles);
	}
	const struct figure_unit x = figure_unit_of_count(most_misses);
	const struct figure_unit y = figure_unit_of_count(most_cycles);
	struct plot_series *series = NULL;
	size_t level = SIZE_MAX;
	unsigned hue = 0;
	for (size_t i = 0; i < c->point_count; i++) {
		char name[64];
		if (c->points[i].level != level) {
			level = c->points[i].level;
			series = plot_series(plot, PLOT_POINTS, hue++ % PLOT_HUES,
			                     summary_level_name(&findings->summary, level, name));
		}
		plot_point(plot, series, c->points[i].misses * x.factor,
		           c->points[i].cycles * y.factor);
	}
	series = plot_series(plot, PLOT_LINE, PLOT_HUES - 1, "least squares");
	plot_point(plot, series, 0, c->intercept * y.factor);
	plot_point(plot, series, most_misses * x.factor,
	           (c->intercept + c->slope * most_misses) * y.factor);
	const struct event_definition *const events = findings->dataset->events;
	const struct event_definition *const misses = &events[findings->distributions.misses_event];
	const struct event_definition *const cycles = &events[findings->distributions.cycles_event];
	char label[EVENT_AXIS_BYTES];
	event_axis(misses, x.name, label);
	plot_axis(plot, &plot->x, label);
	event_axis(cycles, y.name, label);
	plot_axis(plot, &plot->y, label);
	cleanup_str struct str words = {0};
	event_add_words(misses, &words);
	str_add(&words, "; ");
	event_add_words(cycles, &words);
	doc->failed |= words.failed;
	plot_words(plot,
	           "Each point is a task, %zu of %zu, evenly from every N, with the straight line "
	           "that fits all of them best. %s.",
	           c->point_count, c->tasks, str_text(&words));
}

void section_correlation(const struct findings *findings, struct document *doc)
{
	const struct correlation *const c = &findings->distributions.cycles_misses;
	const struct dataset *const dataset = findings->dataset;
	const ptrdiff_t misses = findings->distributions.misses_event;
	if (misses < 0)
		return;
	document_section(doc, "correlation", "Cycles and cache misses",
	                 "over the tasks of all levels");
	if (c->reason) {
		/* A terminal has it where it says what was counted, and in the warnings. */
		document_say(doc, TEXT_DIM, "Not known: %s.", c->reason);
		document_only(doc, READ_IN_PAGE);
		return;
	}
	char slope[FIGURE_BYTES];
	char interval[FIGURE_BYTES];
	const struct estimate e = {.value = c->slope,
	                           .low = c->slope_low,
	                           .high = c->slope_high,
	                           .n = c->trials,
	                           .reason = c->slope_reason};
	figure_write(c->slope, figure_estimate_decimals(&e, 1, 3, 3), doc->style, slope);
	figure_write_interval(&e, 1, 3, doc->style, interval);
	document_say(doc, TEXT_PLAIN,
	             "Cycles and %s of %zu tasks in %zu %s: Pearson %.3f, "
	             "Spearman %.3f; %s cycles per miss, 95 %% interval %s%s%s.",
	             dataset->events[misses].name, c->tasks, c->trials,
	             number_noun(c->trials, "trial", "trials"), c->pearson, c->spearman, slope,
	             interval, c->slope_reason ? ": " : "", c->slope_reason ? c->slope_reason : "");
	if (c->left_out > 0)
		document_say(doc, TEXT_WARN, "%zu %s left out: what was counted cannot be.",
		             c->left_out, number_noun(c->left_out, "task is", "tasks are"));
	add_scatter(findings, doc);
}
