/* The memory of tasks at every level, by every method side by side: they count different things,
 * and a figure of one is not to be compared with a figure of another. */
#include "core/array.h"
#include "report/figures.h"
#include "report/level_rows.h"
#include "report/section/section.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { METHODS = 4 };

static const char *const names[METHODS] = {"max RSS of a process", "RSS of the tree",
                                           "PSS of the tree", "peak of the group"};

struct memory_units {
	struct figure_unit size;
	int decimals;
	bool has[METHODS]; /* some level has it */
	bool has_looks;
};

static const struct spread *method(const struct level_summary *level, size_t which)
{
	const struct spread *const methods[METHODS] = {
	        &level->max_rss_bytes,
	        &level->peak_rss_bytes,
	        &level->peak_pss_bytes,
	        &level->cgroup_peak_bytes,
	};
	return methods[which];
}

static struct memory_units choose_units(const struct summary *summary)
{
	struct memory_units units = {.size = {"MB", 1e-6}};
	double least = NAN;
	for (size_t i = 0; i < summary->level_count; i++) {
		const struct level_summary *const level = &summary->levels[i];
		for (size_t which = 0; which < METHODS; which++) {
			least = fmin(least, method(level, which)->max);
			units.has[which] |= isfinite(method(level, which)->max);
		}
		units.has_looks |= level->rss_samples.tasks > 0;
	}
	if (least > 0)
		units.size = figure_unit_of_size(least);
	units.decimals = figure_decimals(least * units.size.factor);
	return units;
}

/* A cell that stays empty where no level has the figure: the table then leaves the column out. */
static void add_cell(const struct level_row *row, bool is_there, double value, int decimals)
{
	if (is_there)
		level_figure(row, value, decimals);
	else
		table_cell(row->table, TEXT_PLAIN, "%s", "");
}

static void fill_row(const struct level_row *row, const void *units)
{
	const struct memory_units *const u = units;
	for (size_t i = 0; i < METHODS; i++)
		add_cell(row, u->has[i], method(row->level, i)->max * u->size.factor, u->decimals);
	add_cell(row, u->has_looks, row->level->rss_samples.median, 0);
	add_cell(row, u->has_looks, row->level->pss_samples.median, 0);
}

/* The first reason that a level gives. */
static const char *reason_of(const struct summary *summary, size_t which)
{
	for (size_t i = 0; i < summary->level_count; i++)
		if (method(&summary->levels[i], which)->reason)
			return method(&summary->levels[i], which)->reason;
	return NULL;
}

/* What no level has, and why; those of one reason together. */
static void tell_absent(const struct summary *summary, const struct memory_units *units,
                        struct document *doc)
{
	bool is_told[METHODS] = {false};
	for (size_t which = 0; which < METHODS; which++) {
		const char *const reason = reason_of(summary, which);
		char list[128] = "";
		size_t length = 0;
		for (size_t other = which; reason && other < METHODS; other++) {
			const char *const same = reason_of(summary, other);
			if (units->has[other] || is_told[other] || !same ||
			    strcmp(same, reason) != 0)
				continue;
			length += (size_t)snprintf(list + length, sizeof list - length, "%s%s",
			                           length ? ", " : "", names[other]);
			is_told[other] = true;
		}
		if (length > 0)
			document_say(doc, TEXT_DIM, "Not known: %s (%s).", list, reason);
	}
}

void section_memory(const struct findings *findings, struct document *doc)
{
	const struct summary *const summary = &findings->summary;
	const struct memory_units units = choose_units(summary);
	const struct table_column columns[] = {
	        level_columns[0],
	        level_columns[1],
	        {"process", "max RSS", TABLE_POINT, 3},
	        {"tree", "peak RSS", TABLE_POINT, 3},
	        {"tree", "peak PSS", TABLE_POINT, 3},
	        {"group", "peak", TABLE_POINT, 3},
	        {"looks", "at RSS", TABLE_POINT, 5},
	        {"looks", "at PSS", TABLE_POINT, 5},
	};
	const bool is_sampled = units.has[1] || units.has[2];
	if (summary->dataset->run.imported && !is_sampled && !units.has[0] && !units.has[3])
		return;
	char remark[320];
	snprintf(remark, sizeof remark, "the largest task, in %s; process: its largest one%s%s%s",
	         units.size.name,
	         is_sampled ? "; tree: all of them, as sampled: RSS counts a shared page in each, "
	                      "PSS once"
	                    : "",
	         units.has[3] ? "; group: its control group, with page cache" : "",
	         units.has_looks ? "; looks: at the median task" : "");
	document_section(doc, "memory-methods", "Memory of a task, by method", remark);
	struct table *const table = document_table(doc, "", columns, ARRAY_LENGTH(columns));
	level_rows(summary, doc, table, &units, fill_row);
	tell_absent(summary, &units, doc);
}
