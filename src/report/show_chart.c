/* Throughput against N as bars, with the place where linear scaling would be. */
#include "report/show_parts.h"

#include "core/str.h"
#include "report/figures.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MOST_BARS = 40, MOST_COLUMNS = 60, LEAST_COLUMNS = 10 };

/* Eighths of a column, from the left. */
static const char *const eighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};

struct chart {
	double scale; /* columns per task/s */
	size_t columns;
	size_t name_width;
};

/* Where linear scaling from the baseline would be, tasks/s, or NAN. */
static double linear_rate(const struct level_summary *level)
{
	const double efficiency = level->efficiency.value;
	return efficiency > 0 ? level->throughput_per_s.value / efficiency : (double)NAN;
}

static void name_level(const struct show *show, const struct level_summary *level,
                       char text[FIGURE_BYTES])
{
	if (show->summary->policy_count > 1)
		snprintf(text, FIGURE_BYTES, "%.40s %u", level->level->policy,
		         level->level->concurrency);
	else
		snprintf(text, FIGURE_BYTES, "%u", level->level->concurrency);
}

static bool lay_out(const struct show *show, struct chart *chart)
{
	const struct summary *const summary = show->summary;
	double most = 0;
	size_t bars = 0;
	for (size_t i = 0; i < summary->level_count; i++) {
		const struct level_summary *const level = &summary->levels[i];
		char name[FIGURE_BYTES];
		if (!(level->throughput_per_s.value > 0))
			continue;
		most = fmax(most, fmax(level->throughput_per_s.value, linear_rate(level)));
		name_level(show, level, name);
		if (text_width(name) > chart->name_width)
			chart->name_width = text_width(name);
		bars++;
	}
	const size_t used = SHOW_INDENT + chart->name_width + 3;
	if (bars < 2 || bars > MOST_BARS || show->style->width < used + LEAST_COLUMNS)
		return false;
	chart->columns = show->style->width - used;
	if (chart->columns > MOST_COLUMNS)
		chart->columns = MOST_COLUMNS;
	chart->scale = (double)chart->columns / most;
	return true;
}

/* The bar in blocks of an eighth of a column; returns the columns that it took. */
static size_t add_blocks(const struct show *show, double length)
{
	const size_t units = (size_t)lround(length * 8);
	for (size_t i = 0; i < units / 8; i++)
		str_add(show->out, "█");
	str_add(show->out, eighths[units % 8]);
	return units / 8 + (units % 8 > 0);
}

static size_t add_hashes(const struct show *show, double length)
{
	const size_t columns = (size_t)lround(length);
	str_add_repeat(show->out, '#', columns);
	return columns;
}

static void add_bar(const struct show *show, const struct chart *chart,
                    const struct level_summary *level)
{
	char name[FIGURE_BYTES];
	name_level(show, level, name);
	str_add_repeat(show->out, ' ', SHOW_INDENT + chart->name_width - text_width(name));
	text_add(show->out, show->style, TEXT_PLAIN, name);
	str_add(show->out, "  ");
	const double length = level->throughput_per_s.value * chart->scale;
	const size_t taken =
	        show->style->is_ascii ? add_hashes(show, length) : add_blocks(show, length);
	const double linear = linear_rate(level) * chart->scale;
	const size_t mark = isnan(linear) ? 0 : (size_t)lround(linear);
	cleanup_str struct str gap = {0};
	for (size_t i = taken; i + 1 < mark; i++)
		str_add(&gap, show->style->is_ascii ? "." : "·");
	if (mark > taken)
		str_add(&gap, show->style->is_ascii ? "|" : "│");
	show->out->failed |= gap.failed;
	if (gap.length > 0)
		text_add(show->out, show->style, TEXT_DIM, str_text(&gap));
	str_add(show->out, "\n");
}

void show_chart(const struct show *show)
{
	struct chart chart = {0};
	if (!lay_out(show, &chart))
		return;
	show_title(show, "Throughput against N",
	           show->style->is_ascii ? "# measured, | linear" : "█ measured, │ linear");
	for (size_t p = 0; p < show->summary->policy_count; p++)
		for (size_t i = 0; i < show->summary->level_count; i++) {
			const struct level_summary *const level = &show->summary->levels[i];
			if (strcmp(level->level->policy, show->summary->policies[p]) == 0 &&
			    level->throughput_per_s.value > 0)
				add_bar(show, &chart, level);
		}
	str_add(show->out, "\n");
}
