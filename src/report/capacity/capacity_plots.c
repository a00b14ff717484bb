/* Node-days by task, and what a tenth of each input does, as pictures. */
#include "core/cleanup.h"
#include "core/str.h"
#include "report/capacity/capacity_parts.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* More would not be told apart. */
enum { STACK_MOST = PLOT_HUES, TORNADO_MOST = 15, PLATFORMS_MOST = 12 };

/* ---- Node-days by task ----------------------------------------------------------------------- */

/* The tasks with the most node-days over all platforms, by index, the largest first. */
static size_t largest_tasks(const struct capacity_view *view, size_t tasks[STACK_MOST])
{
	size_t count = 0;
	double before = INFINITY;
	size_t before_index = 0;
	while (count + 1 < STACK_MOST && count < view->capacity->task_count) {
		double most = -1;
		size_t found = SIZE_MAX;
		for (size_t t = 0; t < view->capacity->task_count; t++) {
			double share = 0;
			for (size_t p = 0; p < view->capacity->platform_count; p++) {
				const struct capacity_platform_needs *const platform =
				        &view->needs->platforms[p];
				const double s =
				        platform->cells[t].node_days / platform->node_days.value;
				share += isnan(s) ? 0 : s;
			}
			const bool is_later = share < before ||
			                      (share == before && count > 0 && t > before_index);
			if (is_later && share > most) {
				most = share;
				found = t;
			}
		}
		if (found == SIZE_MAX)
			break;
		before = most;
		before_index = found;
		tasks[count++] = found;
	}
	return count;
}

static void add_bar(struct plot *plot, struct plot_series *series, const char *platform,
                    const char *task, double x, double low, double days)
{
	struct plot_point *const point = plot_point(plot, series, x, low + days);
	point->low = low;
	plot_tip(plot, point, "%s on %s: %.4g node-days", task, platform, days);
}

static void add_stack(const struct capacity_view *view)
{
	size_t tasks[STACK_MOST];
	const size_t count = largest_tasks(view, tasks);
	const size_t platforms = view->capacity->platform_count;
	double reached[PLATFORMS_MOST] = {0};
	struct plot *const plot =
	        document_plot(view->doc, "node-days", "Node-days by task and platform");
	plot_axis(plot, &plot->x, "");
	plot_axis(plot, &plot->y, "node-days");
	plot_words(plot, "For each platform the node-days of every task on top of one another.");
	for (size_t p = 0; p < platforms && p < PLATFORMS_MOST; p++)
		plot_tick(plot, &plot->x, (double)p, view->capacity->platforms[p].name);
	plot->x.from = -0.6;
	plot->x.to = (double)(platforms < PLATFORMS_MOST ? platforms : PLATFORMS_MOST) - 0.4;
	plot->y.from = 0;
	for (size_t i = 0; i < count; i++) {
		const char *const name = view->capacity->tasks[tasks[i]].name;
		struct plot_series *const series =
		        plot_series(plot, PLOT_BARS, (unsigned)i % PLOT_HUES, name);
		series->width = 0.6;
		for (size_t p = 0; p < platforms && p < PLATFORMS_MOST; p++) {
			const double days = view->needs->platforms[p].cells[tasks[i]].node_days;
			if (isnan(view->needs->platforms[p].node_days.value))
				continue;
			add_bar(plot, series, view->capacity->platforms[p].name, name, (double)p,
			        reached[p], days);
			reached[p] += days;
		}
	}
	if (count == view->capacity->task_count)
		return;
	struct plot_series *const others =
	        plot_series(plot, PLOT_BARS, (unsigned)count % PLOT_HUES, "other tasks");
	others->width = 0.6;
	for (size_t p = 0; p < platforms && p < PLATFORMS_MOST; p++) {
		const double total = view->needs->platforms[p].node_days.value;
		if (!isnan(total))
			add_bar(plot, others, view->capacity->platforms[p].name, "other tasks",
			        (double)p, reached[p], total - reached[p]);
	}
}

/* ---- Sensitivity ----------------------------------------------------------------------------- */

static void add_change(struct plot *plot, struct plot_series *series, const char *name, double y,
                       double ratio, const char *what)
{
	if (isnan(ratio) || ratio == 1)
		return;
	const double change = 100 * (ratio - 1);
	struct plot_point *const point = plot_point(plot, series, fmin(change, 0), y);
	point->high = fmax(change, 0);
	plot_tip(plot, point, "%s %s: %+.1f %% node-days", name, what, change);
}

static void add_tornado(const struct capacity_view *view, size_t platform)
{
	const size_t all = view->needs->effect_counts[platform];
	const size_t count = all < TORNADO_MOST ? all : TORNADO_MOST;
	const char *const name = view->capacity->platforms[platform].name;
	cleanup_str struct str title = {0};
	char id[40];
	if (count == 0)
		return;
	snprintf(id, sizeof id, "sensitivity-%zu", platform + 1);
	str_addf(&title, "What a tenth of each input does on %s", name);
	view->doc->failed |= title.failed;
	struct plot *const plot = document_plot(view->doc, id, str_text(&title));
	plot_axis(plot, &plot->x, "change of node-days (%)");
	plot_axis(plot, &plot->y, "");
	plot_words(
	        plot,
	        "For each input how far a tenth less and a tenth more of it move the node-days of "
	        "%s, the strongest at the top.",
	        name);
	plot->height = 0.15 + 0.045 * (double)count;
	plot->y.from = -0.7;
	plot->y.to = (double)count - 0.3;
	struct plot_series *const less = plot_series(plot, PLOT_SEGMENTS, 0, "10 % less");
	for (size_t i = 0; i < count; i++) {
		const struct capacity_effect *const effect = &view->needs->effects[platform][i];
		const struct capacity_input *const input = &view->needs->inputs[effect->input];
		char label[200];
		const double y = (double)(count - 1 - i);
		snprintf(label, sizeof label, "%s%s%s", input->owner, input->owner[0] ? ", " : "",
		         capacity_input_words[input->kind]);
		plot_tick(plot, &plot->y, y, label);
		add_change(plot, less, label, y, effect->less, "10 % less");
	}
	struct plot_series *const more = plot_series(plot, PLOT_SEGMENTS, 1, "10 % more");
	for (size_t i = 0; i < count; i++) {
		const struct capacity_effect *const effect = &view->needs->effects[platform][i];
		const struct capacity_input *const input = &view->needs->inputs[effect->input];
		add_change(plot, more, capacity_input_words[input->kind], (double)(count - 1 - i),
		           effect->more, "10 % more");
	}
	plot_reference(plot, true, 0, "");
}

void capacity_plots(const struct capacity_view *view)
{
	document_section(view->doc, "pictures", "Pictures", "");
	add_stack(view);
	for (size_t p = 0; p < view->capacity->platform_count && p < PLATFORMS_MOST; p++)
		add_tornado(view, p);
}
