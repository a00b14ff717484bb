/* The tables of levels: throughput, what a task took, and what was counted in it. */
#include "report/show_parts.h"

#include "core/array.h"
#include "core/str.h"
#include "report/figures.h"
#include "report/table.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Calls row for every level, policy by policy. */
static void each_level(const struct show *show, struct table *table, const void *units,
                       void (*row)(const struct show *, const struct level_summary *,
                                   const void *units, struct table *))
{
	const struct summary *const summary = show->summary;
	for (size_t p = 0; p < summary->policy_count; p++) {
		for (size_t i = 0; i < summary->level_count; i++) {
			const struct level_summary *const level = &summary->levels[i];
			if (strcmp(level->level->policy, summary->policies[p]) != 0)
				continue;
			table_row(table);
			table_cell(table, TEXT_PLAIN, "%s",
			           summary->policy_count > 1 ? level->level->policy : "");
			table_cell(table, TEXT_PLAIN, "%u", level->level->concurrency);
			row(show, level, units, table);
		}
	}
}

static double least_rate(const struct summary *summary)
{
	double least = NAN;
	for (size_t i = 0; i < summary->level_count; i++)
		if (summary->levels[i].throughput_per_s.value > 0)
			least = fmin(least, summary->levels[i].throughput_per_s.value);
	return isnan(least) ? 1 : least;
}

static void add_estimate(const struct show *show, const struct estimate *estimate, double factor,
                         int digits, int most_decimals, struct table *table)
{
	char text[FIGURE_BYTES];
	const int decimals = figure_estimate_decimals(estimate, factor, digits, most_decimals);
	figure_write(estimate->value * factor, decimals, show->style, text);
	table_cell(table, TEXT_PLAIN, "%s", text);
	figure_write_interval(estimate, factor, most_decimals, show->style, text);
	table_cell(table, TEXT_DIM, "%s", text);
}

static void add_throughput(const struct show *show, const struct level_summary *level,
                           const void *units, struct table *table)
{
	const struct figure_unit *const rate = units;
	table_cell(table, TEXT_PLAIN, "%zu", level->trials);
	table_cell(table, TEXT_PLAIN, "%zu", level->tasks);
	table_cell(table, level->failed ? TEXT_BAD : TEXT_PLAIN, "%zu", level->failed);
	add_estimate(show, &level->throughput_per_s, rate->factor, 3, 4, table);
	if (!level->is_baseline) {
		add_estimate(show, &level->efficiency, 1, 2, 3, table);
		return;
	}
	table_cell(table, TEXT_PLAIN, "1");
	table_cell(table, TEXT_DIM, "baseline");
}

void show_throughput(const struct show *show)
{
	const struct figure_unit rate = figure_unit_of_rate(least_rate(show->summary));
	char head[16];
	snprintf(head, sizeof head, "tasks%s", rate.name);
	const struct table_column columns[] = {
	        {"policy", NULL, TABLE_LEFT, 0},         {"N", NULL, TABLE_RIGHT, 0},
	        {"trials", NULL, TABLE_RIGHT, 2},        {"tasks", NULL, TABLE_RIGHT, 2},
	        {"failed", NULL, TABLE_RIGHT, 2},        {head, NULL, TABLE_POINT, 1},
	        {"95 % interval", NULL, TABLE_RIGHT, 1}, {"efficiency", NULL, TABLE_POINT, 3},
	        {"95 % interval", NULL, TABLE_RIGHT, 3},
	};
	cleanup_table struct table table = {0};
	table_init(&table, columns, ARRAY_LENGTH(columns));
	each_level(show, &table, &rate, add_throughput);
	show_title(
	        show, "Throughput",
	        "tasks: those touching the window; efficiency: against linear from the baseline");
	table_write(&table, show->style, SHOW_INDENT, show->out);
	str_add(show->out, "\n");
}

struct task_units {
	struct figure_unit time;
	struct figure_unit size;
	int wall_decimals;
	int user_decimals;
	int system_decimals;
	int size_decimals;
};

static struct task_units choose_task_units(const struct summary *summary)
{
	double least_wall = NAN;
	double most_user = NAN;
	double most_system = NAN;
	double most_rss = NAN;
	for (size_t i = 0; i < summary->level_count; i++) {
		least_wall = fmin(least_wall, summary->levels[i].wall_s.mean);
		most_user = fmax(most_user, summary->levels[i].user_s.mean);
		most_system = fmax(most_system, summary->levels[i].system_s.mean);
		most_rss = fmax(most_rss, summary->levels[i].max_rss_bytes.max);
	}
	struct task_units units = {.time = {"s", 1}, .size = {"MB", 1e-6}};
	if (least_wall > 0)
		units.time = figure_unit_of_time(least_wall);
	if (most_rss > 0)
		units.size = figure_unit_of_size(most_rss);
	units.wall_decimals = figure_decimals(least_wall * units.time.factor);
	units.user_decimals = figure_decimals(most_user * units.time.factor);
	units.system_decimals = figure_decimals(most_system * units.time.factor);
	units.size_decimals = figure_decimals(most_rss * units.size.factor);
	return units;
}

static void add_figure(const struct show *show, double value, int decimals, struct table *table)
{
	char text[FIGURE_BYTES];
	figure_write(value, decimals, show->style, text);
	table_cell(table, TEXT_PLAIN, "%s", text);
}

static void add_per_task(const struct show *show, const struct level_summary *level,
                         const void *units, struct table *table)
{
	const struct task_units *const u = units;
	const struct {
		double seconds;
		int decimals;
	} times[] = {
	        {level->wall_s.mean, u->wall_decimals},
	        {level->wall_s.median, u->wall_decimals},
	        {level->wall_s.p95, u->wall_decimals},
	        {level->wall_s.max, u->wall_decimals},
	        {level->user_s.mean, u->user_decimals},
	        {level->system_s.mean, u->system_decimals},
	        {level->off_cpu_s.mean, u->wall_decimals},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(times); i++)
		add_figure(show, times[i].seconds * u->time.factor, times[i].decimals, table);
	add_figure(show, level->max_rss_bytes.max * u->size.factor, u->size_decimals, table);
	char text[FIGURE_BYTES];
	figure_write(level->held, 3, show->style, text);
	table_cell(table, level->held < 0.98 ? TEXT_WARN : TEXT_PLAIN, "%s", text);
}

void show_per_task(const struct show *show)
{
	const struct task_units units = choose_task_units(show->summary);
	const char *const time = units.time.name;
	const struct table_column columns[] = {
	        {"policy", NULL, TABLE_LEFT, 0},       {"N", NULL, TABLE_RIGHT, 0},
	        {"wall", "mean", TABLE_POINT, 1},      {"wall", "median", TABLE_POINT, 1},
	        {"wall", "p95", TABLE_POINT, 1},       {"wall", "max", TABLE_POINT, 4},
	        {"user", "mean", TABLE_POINT, 2},      {"system", "mean", TABLE_POINT, 2},
	        {"off-CPU", "mean", TABLE_POINT, 2},   {"max RSS", units.size.name, TABLE_POINT, 3},
	        {"occupancy", "held", TABLE_POINT, 3},
	};
	cleanup_table struct table table = {0};
	table_init(&table, columns, ARRAY_LENGTH(columns));
	each_level(show, &table, &units, add_per_task);
	char remark[128];
	snprintf(remark, sizeof remark, "times in %s; occupancy held: tasks running / N", time);
	show_title(show, "Per task", remark);
	table_write(&table, show->style, SHOW_INDENT, show->out);
	str_add(show->out, "\n");
}

/* Events whose raw count is a time in ns. */
static bool is_time(const char *event)
{
	return strncmp(event, "task-clock", 10) == 0 || strncmp(event, "cpu-clock", 9) == 0;
}

/* The columns of the counter table: policy, N, one for every event, and the frequency. */
struct counter_columns {
	struct table_column columns[RECORD_MAX_EVENTS + 3];
	struct figure_unit units[RECORD_MAX_EVENTS];
	int decimals[RECORD_MAX_EVENTS];
	size_t events;
	bool has_scaled;
	bool has_any;
};

static void choose_event_unit(const struct summary *summary, size_t event,
                              struct counter_columns *c)
{
	const char *const name = summary->dataset->events[event].name;
	double most = NAN;
	double least = NAN;
	for (size_t i = 0; i < summary->level_count; i++) {
		const struct counter_summary *const counter = &summary->levels[i].counters[event];
		if (!isfinite(counter->mean))
			continue;
		most = fmax(most, counter->mean);
		least = fmin(least, counter->mean);
		c->has_scaled |= counter->state == COUNTER_SCALED;
		c->has_any = true;
	}
	if (is_time(name)) {
		c->units[event] = figure_unit_of_time(least > 0 ? least * 1e-9 : 1);
		c->units[event].factor *= 1e-9;
	} else {
		c->units[event] = figure_unit_of_count(most > 0 ? most : 0);
	}
	c->decimals[event] = figure_decimals(most * c->units[event].factor);
	/* A count below ten is a mean of whole numbers: two decimals say enough. */
	if (c->decimals[event] > 2)
		c->decimals[event] = 2;
}

static void choose_counter_columns(const struct summary *summary, struct counter_columns *c)
{
	size_t count = 0;
	c->columns[count++] = (struct table_column){"policy", NULL, TABLE_LEFT, 0};
	c->columns[count++] = (struct table_column){"N", NULL, TABLE_RIGHT, 0};
	c->events = summary->dataset->event_count;
	if (c->events > RECORD_MAX_EVENTS)
		c->events = RECORD_MAX_EVENTS;
	for (size_t e = 0; e < c->events; e++) {
		choose_event_unit(summary, e, c);
		c->columns[count++] = (struct table_column){
		        summary->dataset->events[e].name,
		        c->units[e].name[0] ? c->units[e].name : NULL, TABLE_POINT, 1};
	}
	c->columns[count] = (struct table_column){"frequency", "GHz", TABLE_POINT, 1};
}

/* One event of one level; a column without any value stays empty, and so is left out. */
static void add_counter(const struct show *show, const struct counter_columns *c, size_t event,
                        const struct counter_summary *counter, bool is_used, struct table *table)
{
	char text[FIGURE_BYTES];
	figure_write(counter->mean * c->units[event].factor, c->decimals[event], show->style, text);
	if (!is_used)
		text[0] = '\0';
	table_cell(table, TEXT_PLAIN, "%s%s",
	           counter->state == COUNTER_SCALED && is_used ? "~" : "", text);
}

static bool is_event_used(const struct summary *summary, size_t event)
{
	for (size_t i = 0; i < summary->level_count; i++)
		if (isfinite(summary->levels[i].counters[event].mean))
			return true;
	return false;
}

static void add_counters(const struct show *show, const struct level_summary *level,
                         const void *units, struct table *table)
{
	const struct counter_columns *const c = units;
	for (size_t e = 0; e < c->events; e++)
		add_counter(show, c, e, &level->counters[e], is_event_used(show->summary, e),
		            table);
	char text[FIGURE_BYTES] = "";
	if (estimate_has_value(&level->frequency_hz))
		figure_write(level->frequency_hz.value * 1e-9, 3, show->style, text);
	table_cell(table, TEXT_PLAIN, "%s", text);
}

static const char *frequency_source(const struct summary *summary)
{
	for (size_t i = 0; i < summary->level_count; i++)
		if (summary->levels[i].frequency_source != FREQUENCY_ABSENT)
			return frequency_source_names[summary->levels[i].frequency_source];
	return NULL;
}

void show_counters(const struct show *show)
{
	struct counter_columns c = {0};
	choose_counter_columns(show->summary, &c);
	if (!c.has_any)
		return;
	cleanup_table struct table table = {0};
	table_init(&table, c.columns, c.events + 3);
	each_level(show, &table, &c, add_counters);
	cleanup_str struct str remark = {0};
	str_add(&remark, "means of successful tasks");
	if (c.has_scaled)
		str_add(&remark, "; ~ counted part of the time, and scaled");
	if (frequency_source(show->summary))
		str_addf(&remark, "; frequency: %s", frequency_source(show->summary));
	show_title(show, "Counted per task", str_text(&remark));
	table_write(&table, show->style, SHOW_INDENT, show->out);
	str_add(show->out, "\n");
}
