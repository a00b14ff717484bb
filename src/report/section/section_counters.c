/* What was counted in a task at every level. */
#include "report/figures.h"
#include "report/level_rows.h"
#include "report/section/section.h"

#include <math.h>
#include <string.h>

/* Events whose raw count is a time in ns. */
static bool is_time(const char *event)
{
	return strncmp(event, "task-clock", 10) == 0 || strncmp(event, "cpu-clock", 9) == 0;
}

/* The columns of the counter table: policy, N, and one for every event. */
struct counter_columns {
	struct table_column columns[RECORD_MAX_EVENTS + 2];
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
	c->columns[count++] = level_columns[0];
	c->columns[count++] = level_columns[1];
	c->events = summary->dataset->event_count;
	if (c->events > RECORD_MAX_EVENTS)
		c->events = RECORD_MAX_EVENTS;
	for (size_t e = 0; e < c->events; e++) {
		choose_event_unit(summary, e, c);
		c->columns[count++] = (struct table_column){
		        summary->dataset->events[e].name,
		        c->units[e].name[0] ? c->units[e].name : NULL, TABLE_POINT, 1};
	}
}

static bool is_event_used(const struct summary *summary, size_t event)
{
	for (size_t i = 0; i < summary->level_count; i++)
		if (isfinite(summary->levels[i].counters[event].mean))
			return true;
	return false;
}

/* One event of one level; a column without any value stays empty, and so is left out. */
static void add_counter(const struct level_row *row, const struct counter_columns *c, size_t event)
{
	const struct counter_summary *const counter = &row->level->counters[event];
	const bool is_used = is_event_used(row->summary, event);
	char text[FIGURE_BYTES] = "";
	if (is_used)
		figure_write(counter->mean * c->units[event].factor, c->decimals[event], row->style,
		             text);
	table_cell(row->table, TEXT_PLAIN, "%s%s",
	           counter->state == COUNTER_SCALED && is_used ? "~" : "", text);
}

static void fill_row(const struct level_row *row, const void *units)
{
	const struct counter_columns *const c = units;
	for (size_t e = 0; e < c->events; e++)
		add_counter(row, c, e);
}

void section_counters(const struct findings *findings, struct document *doc)
{
	const struct summary *const summary = &findings->summary;
	struct counter_columns c = {0};
	choose_counter_columns(summary, &c);
	if (!c.has_any)
		return;
	cleanup_str struct str remark = {0};
	str_add(&remark, "means of successful tasks");
	if (c.has_scaled)
		str_add(&remark, "; ~ counted part of the time, and scaled");
	doc->failed |= remark.failed;
	document_section(doc, "counters", "Counted per task", str_text(&remark));
	struct table *const table = document_table(doc, "", c.columns, c.events + 2);
	level_rows(summary, doc, table, &c, fill_row);
}
