#include "report/plot/plot_node.h"

#include "analyse/quantile.h"
#include "core/array.h"
#include "core/clock.h"
#include "report/figures.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STEPS = 240, MOST_LINES = 6, MOST_DRAWN = 4, HUE_WINDOWS = 7 };

/* One kind of samples in a plot. place: what its number is of, NULL: the node has one line. Of many
 * places (CPUs) a band is drawn instead of lines. */
struct drawn {
	const char *samples;
	const char *name;
	const char *place;
	bool is_band;
};

static const struct node_plot {
	const char *id;
	const char *title;
	const char *y;
	double factor;
	bool is_from_zero;
	struct drawn drawn[MOST_DRAWN];
	const char *words;
} plots[] = {
        {"node-frequency",
         "Frequency over time",
         "frequency (GHz)",
         1e-9,
         false,
         {{"cpu_clock_hz", "measured (aperf/mperf)", "CPU", true},
          {"cpu_frequency_hz", "the kernel says", "CPU", true}},
         "The frequency of the CPUs over the run: the line is the median over CPUs, the band "
         "reaches "
         "from the 5 % to the 95 % quantile."},
        {"node-temperature",
         "Temperature over time",
         "temperature (\u00B0C)",
         1,
         false,
         {{"temperature_c", "package", "package", false},
          {"zone_temperature_c", "thermal zone", "thermal zone", false}},
         "The temperature of every package over the run."},
        {"node-power",
         "Power over time",
         "power (W)",
         1,
         true,
         {{"package_power_w", "package", "package", false},
          {"dram_power_w", "memory of package", "memory of package", false}},
         "What every package, and its memory, drew over the run."},
        {"node-stalls",
         "Stalls over time",
         "share of the time (%)",
         100,
         true,
         {{"psi_cpu_some_share", "waited for a CPU", NULL, false},
          {"psi_io_some_share", "for block I/O", NULL, false},
          {"psi_memory_some_share", "for memory", NULL, false}},
         "For how much of the time something waited for a CPU, for block I/O or for memory."},
        {"node-cpu",
         "CPU time over time",
         "share of all CPUs' time (%)",
         100,
         true,
         {{"cpu_busy_share", "used by anybody", NULL, false},
          {"cpu_steal_share", "given to other guests", NULL, false}},
         "CPU time of the whole machine: used by anybody, and given to other guests by the "
         "hypervisor."},
        {"node-memory",
         "Memory over time",
         "memory (GB)",
         1e-9,
         true,
         {{"memory_available_bytes", "available", NULL, false},
          {"memory_dirty_bytes", "waits to be written", NULL, false},
          {"numa_free_bytes", "free on node", "free on node", false}},
         "Memory that was available, and what waited to be written to a disk."},
        {"node-throttle",
         "Throttling over time",
         "events per second",
         1,
         true,
         {{"core_throttle_per_s", "cores of package", "cores of package", false},
          {"package_throttle_per_s", "package", "package", false}},
         "How often cores and packages were slowed down for heat or power."},
};

/* The time that is drawn, and how finely. */
struct span {
	double from_s;
	double to_s;
	struct figure_unit unit;
};

/* From the first trial's beginning to the last one's end; false: nothing has run. */
static bool find_span(const struct findings *findings, struct span *ret_span)
{
	struct span span = {NAN, NAN, {"s", 1}};
	for (size_t i = 0; i < findings->summary.trial_count; i++) {
		const struct trial_record *const trial = findings->summary.trials[i].trial;
		if (trial->start_ns == RECORD_ABSENT || trial->end_ns == RECORD_ABSENT)
			continue;
		span.from_s = fmin(span.from_s, (double)trial->start_ns / NS_PER_S);
		span.to_s = fmax(span.to_s, (double)trial->end_ns / NS_PER_S);
	}
	if (!(span.to_s > span.from_s))
		return false;
	span.unit = figure_unit_of_time(span.to_s / 4);
	*ret_span = span;
	return true;
}

/* Which of the STEPS a time is in; -1: none. */
static int step_of(const struct span *span, int64_t at_ns)
{
	const double part = ((double)at_ns / NS_PER_S - span->from_s) / (span->to_s - span->from_s);
	if (!(part >= 0) || part > 1.01)
		return -1;
	const int step = (int)(part * STEPS);
	return step < STEPS ? step : STEPS - 1;
}

/* The means of one place's samples, step by step; returns where the next place begins. */
static size_t add_line(const struct dataset *dataset, const struct span *span, size_t first,
                       size_t end, double factor, unsigned hue, const char *name, struct plot *plot)
{
	const int32_t place = dataset->samples[first].place;
	struct plot_series *const series = plot_series(plot, PLOT_LINE, hue, name);
	double sum_x = 0;
	double sum_y = 0;
	size_t count = 0;
	int step = -1;
	size_t i = first;
	for (;; i++) {
		const bool is_own = i < end && dataset->samples[i].place == place;
		const int own = is_own ? step_of(span, dataset->samples[i].at_ns) : -1;
		if ((!is_own || own != step) && count > 0) {
			const double x = sum_x / (double)count;
			const double y = sum_y / (double)count;
			plot_tip(plot, plot_point(plot, series, x, y), "%s, %.4g %s: %.4g", name, x,
			         span->unit.name, y);
			sum_x = sum_y = 0;
			count = 0;
		}
		if (!is_own)
			return i;
		step = own;
		if (own < 0 || !isfinite(dataset->samples[i].value))
			continue;
		sum_x += (double)dataset->samples[i].at_ns / NS_PER_S * span->unit.factor;
		sum_y += dataset->samples[i].value * factor;
		count++;
	}
}

/* Quantiles over all places, step by step. Samples are by place, so that they are counted into
 * their steps first. */
static void add_band(const struct dataset *dataset, const struct span *span,
                     const struct sample_range *range, double factor, unsigned hue,
                     const char *name, struct plot *plot)
{
	struct weighted_value *const values = calloc(range->count + 1, sizeof *values);
	size_t ends[STEPS + 1] = {0};
	if (!values) {
		plot->failed = true;
		return;
	}
	for (size_t i = range->first; i < range->first + range->count; i++) {
		const int step = step_of(span, dataset->samples[i].at_ns);
		if (step >= 0 && isfinite(dataset->samples[i].value))
			ends[step + 1]++;
	}
	for (int s = 0; s < STEPS; s++)
		ends[s + 1] += ends[s];
	size_t at[STEPS];
	memcpy(at, ends, sizeof at);
	for (size_t i = range->first; i < range->first + range->count; i++) {
		const int step = step_of(span, dataset->samples[i].at_ns);
		if (step >= 0 && isfinite(dataset->samples[i].value))
			values[at[step]++] =
			        (struct weighted_value){dataset->samples[i].value * factor, 1};
	}
	const double width = (span->to_s - span->from_s) / STEPS;
	for (int is_line = 0; is_line < 2; is_line++) {
		struct plot_series *const series = plot_series(
		        plot, is_line ? PLOT_LINE : PLOT_BAND, hue, is_line ? name : "");
		for (int s = 0; s < STEPS; s++) {
			static const double ps[] = {0.05, 0.5, 0.95};
			double q[3];
			const size_t count = ends[s + 1] - ends[s];
			const double x = (span->from_s + (s + 0.5) * width) * span->unit.factor;
			if (count == 0)
				continue;
			quantile_sort(&values[ends[s]], count);
			quantiles_weighted(&values[ends[s]], count, ps, 3, q);
			struct plot_point *const point = plot_point(plot, series, x, q[1]);
			point->low = is_line ? (double)NAN : q[0];
			point->high = is_line ? (double)NAN : q[2];
			if (is_line)
				plot_tip(plot, point, "%s, %.4g %s: %.4g (%.4g to %.4g)", name, x,
				         span->unit.name, q[1], q[0], q[2]);
		}
	}
	free(values);
}

/* A line for each place, of more than there are hues the first ones. Returns the next hue. */
static unsigned add_drawn(const struct findings *findings, const struct span *span,
                          const struct drawn *drawn, double factor, unsigned hue, struct plot *plot)
{
	const struct dataset *const dataset = findings->dataset;
	const struct sample_range range =
	        node_time_find(&findings->node_time, dataset, drawn->samples);
	const size_t end = range.first + range.count;
	if (range.count == 0)
		return hue;
	if (drawn->is_band) {
		add_band(dataset, span, &range, factor, hue, drawn->name, plot);
		return hue + 1;
	}
	for (size_t i = range.first; i < end && hue < MOST_LINES;) {
		char name[64];
		if (drawn->place)
			snprintf(name, sizeof name, "%s %d", drawn->place,
			         (int)dataset->samples[i].place);
		else
			snprintf(name, sizeof name, "%s", drawn->name);
		i = add_line(dataset, span, i, end, factor, hue++, name, plot);
	}
	return hue;
}

static void find_heights(const struct plot *plot, double *ret_low, double *ret_high)
{
	double low = NAN;
	double high = NAN;
	for (size_t s = 0; s < plot->series_count; s++) {
		for (size_t i = 0; i < plot->series[s].count; i++) {
			const struct plot_point *const p = &plot->series[s].points[i];
			low = fmin(low, fmin(p->y, p->low));
			high = fmax(high, fmax(p->y, p->high));
		}
	}
	*ret_low = low;
	*ret_high = high;
}

/* The windows as a strip below what was sampled. */
static void add_windows(const struct findings *findings, const struct span *span, double height,
                        double thickness, struct plot *plot)
{
	struct plot_series *const series =
	        plot_series(plot, PLOT_SEGMENTS, HUE_WINDOWS, "windows of trials");
	series->width = thickness;
	for (size_t i = 0; i < findings->summary.trial_count; i++) {
		char level[64];
		const struct trial_summary *const trial = &findings->summary.trials[i];
		const struct trial_record *const record = trial->trial;
		if (record->window_start_ns == RECORD_ABSENT ||
		    record->window_end_ns == RECORD_ABSENT)
			continue;
		struct plot_point *const point = plot_point(
		        plot, series,
		        (double)record->window_start_ns / NS_PER_S * span->unit.factor, height);
		point->high = (double)record->window_end_ns / NS_PER_S * span->unit.factor;
		plot_tip(plot, point, "trial %u: %s, block %u", record->trial,
		         summary_level_name(&findings->summary, trial->level, level),
		         record->block + 1);
	}
}

static void add_plot(const struct findings *findings, const struct span *span,
                     const struct node_plot *what, struct document *doc)
{
	double low;
	double high;
	char label[64];
	unsigned hue = 0;
	bool is_any = false;
	for (size_t i = 0; i < MOST_DRAWN && what->drawn[i].samples; i++)
		is_any |= node_time_find(&findings->node_time, findings->dataset,
		                         what->drawn[i].samples)
		                  .count > 0;
	if (!is_any)
		return;
	struct plot *const plot = document_plot(doc, what->id, what->title);
	for (size_t i = 0; i < MOST_DRAWN && what->drawn[i].samples; i++)
		hue = add_drawn(findings, span, &what->drawn[i], what->factor, hue, plot);
	find_heights(plot, &low, &high);
	if (isfinite(low)) {
		/* Something that is the same all the time is drawn in the middle. */
		if (what->is_from_zero)
			low = fmin(low, 0);
		const double range = fmax(high - low, 1e-3 * fmax(fabs(high), 1e-3));
		add_windows(findings, span, low - 0.07 * range, 0.04 * range, plot);
		plot->y.from = low - 0.12 * range;
		plot->y.to = low + 1.06 * range;
	}
	snprintf(label, sizeof label, "since the run began (%s)", span->unit.name);
	plot_axis(plot, &plot->x, label);
	plot_axis(plot, &plot->y, what->y);
	plot->x.from = span->from_s * span->unit.factor;
	plot->x.to = span->to_s * span->unit.factor;
	plot->height = 0.55;
	plot_words(plot, "%s The strip below shows the windows in which trials were measured.",
	           what->words);
}

void plot_node(const struct findings *findings, struct document *doc)
{
	struct span span;
	if (!find_span(findings, &span))
		return;
	for (size_t i = 0; i < ARRAY_LENGTH(plots); i++)
		add_plot(findings, &span, &plots[i], doc);
}
