/* What ran when: a timeline of slots for one trial of every level; for pages. */
#include "core/array.h"
#include "report/figures.h"
#include "report/section/section.h"

#include <math.h>
#include <stdio.h>

/* What a task is drawn as; the later ones first, so that the others lie on them. */
static const struct layer {
	const char *name;
	unsigned hue;
} layers[] = {
        {"stands apart", 1}, {"failed", 3}, {"warm-up", 4}, {"filler", 5}, {"measured", 0},
};

enum { LAYER_APART, LAYER_FAILED, LAYER_WARMUP, LAYER_FILLER, LAYER_MEASURED };

static size_t layer_of(const struct timeline_task *task)
{
	if (task_state_is_failure(task->state))
		return LAYER_FAILED;
	if (task->is_outlier)
		return LAYER_APART;
	if (task->role == ROLE_WARMUP)
		return LAYER_WARMUP;
	return task->role == ROLE_FILLER ? LAYER_FILLER : LAYER_MEASURED;
}

/* Slots that are left out leave no gap: row i is the i-th slot that is shown. */
static void add_layer(const struct timeline *t, size_t layer, const struct figure_unit *unit,
                      struct plot *plot)
{
	struct plot_series *series = NULL;
	size_t row = 0;
	for (size_t i = 0; i < t->count; i++) {
		const struct timeline_task *const task = &t->tasks[i];
		row += i > 0 && task->slot != t->tasks[i - 1].slot;
		if (layer_of(task) != layer)
			continue;
		if (!series)
			series = plot_series(plot, PLOT_SEGMENTS, layers[layer].hue,
			                     layers[layer].name);
		struct plot_point *const point =
		        plot_point(plot, series, task->start_s * unit->factor, (double)row);
		point->high = task->end_s * unit->factor;
		if (layer <= LAYER_FAILED)
			plot_tip(plot, point, "slot %u: %s, %.3g to %.3g %s", task->slot,
			         layer == LAYER_FAILED ? task_state_names[task->state]
			                               : layers[layer].name,
			         task->start_s * unit->factor, task->end_s * unit->factor,
			         unit->name);
	}
}

/* At most a dozen rows are named. */
static void name_rows(const struct timeline *t, struct plot *plot)
{
	const size_t every = t->slots / 12 + 1;
	size_t row = 0;
	for (size_t i = 0; i < t->count; i++) {
		const bool begins = i == 0 || t->tasks[i].slot != t->tasks[i - 1].slot;
		row += begins && i > 0;
		char label[32];
		if (!begins || row % every != 0)
			continue;
		snprintf(label, sizeof label, "%u", t->tasks[i].slot);
		plot_tick(plot, &plot->y, (double)row, label);
	}
}

static void say_what_is_left_out(const struct timeline *t, const struct figure_unit *unit,
                                 char text[256])
{
	text[0] = '\0';
	if (t->left_out == 0)
		return;
	char until[64] = "";
	if (!isnan(t->until_s))
		snprintf(until, sizeof until, ", up to %.*f %s",
		         figure_decimals(t->until_s * unit->factor), t->until_s * unit->factor,
		         unit->name);
	snprintf(text, 256, " Shown are %zu of %zu slots%s: %zu of %zu tasks are left out.",
	         t->slots, t->slots_of, until, t->left_out, t->left_out + t->count);
}

static void add_timeline(const struct findings *findings, const struct timeline *t,
                         struct document *doc)
{
	char id[64];
	char name[64];
	char title[128];
	char left_out[256];
	const struct trial_record *const trial = findings->summary.trials[t->trial].trial;
	double end_s = 0;
	for (size_t i = 0; i < t->count; i++)
		end_s = fmax(end_s, t->tasks[i].end_s);
	const struct figure_unit unit = figure_unit_of_time(end_s / 4);
	snprintf(id, sizeof id, "timeline-%zu", t->level + 1);
	snprintf(title, sizeof title, "Slots at %s, block %u",
	         summary_level_name(&findings->summary, t->level, name), trial->block + 1);
	struct plot *const plot = document_plot(doc, id, title);
	for (size_t layer = ARRAY_LENGTH(layers); layer-- > 0;)
		add_layer(t, layer, &unit, plot);
	name_rows(t, plot);
	char label[64];
	snprintf(label, sizeof label, "since the trial began (%s)", unit.name);
	plot_axis(plot, &plot->x, label);
	plot_axis(plot, &plot->y, "slot");
	plot->x.from = 0;
	plot->y.from = -0.6;
	plot->y.to = (double)t->slots - 0.4;
	plot->height = fmin(fmax(0.16 + 0.012 * (double)t->slots, 0.25), 0.9);
	plot_reference(plot, true, t->window_start_s * unit.factor, "window");
	if (isnan(t->until_s) || t->window_end_s < t->until_s)
		plot_reference(plot, true, t->window_end_s * unit.factor, "");
	say_what_is_left_out(t, &unit, left_out);
	plot_words(plot,
	           "A line for every task from its start to its end, slot by slot; the measuring "
	           "window lies between the vertical lines.%s",
	           left_out);
}

void section_timeline(const struct findings *findings, struct document *doc)
{
	const struct distributions *const d = &findings->distributions;
	document_section(doc, "timeline", "What ran when", "one trial of every N");
	for (size_t i = 0; i < d->timeline_count; i++)
		if (d->timelines[i].count > 0)
			add_timeline(findings, &d->timelines[i], doc);
}
