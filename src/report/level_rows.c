#include "report/level_rows.h"

#include "report/figures.h"

#include <math.h>
#include <string.h>

struct figure_unit level_rate_unit(const struct summary *summary)
{
	double least = NAN;
	for (size_t i = 0; i < summary->level_count; i++)
		if (summary->levels[i].throughput_per_s.value > 0)
			least = fmin(least, summary->levels[i].throughput_per_s.value);
	return figure_unit_of_rate(isnan(least) ? 1 : least);
}

const char *level_origin(const struct summary *summary)
{
	size_t stated = 0;
	size_t known = 0;
	for (size_t i = 0; i < summary->level_count; i++) {
		stated += summary->levels[i].is_stated;
		known += summary->levels[i].is_stated || summary->levels[i].trials > 0;
	}
	if (known > 0 && stated == known)
		return "stated";
	return summary->dataset->run.imported ? "imported" : "measured";
}

const char *level_interval_head(const struct summary *summary)
{
	for (size_t i = 0; i < summary->level_count; i++)
		if (summary->levels[i].throughput_per_s.error_kind == STATED_READING)
			return "read within";
	return "95 % interval";
}

void level_rows(const struct summary *summary, const struct document *doc, struct table *table,
                const void *units, void (*fill)(const struct level_row *row, const void *units))
{
	for (size_t p = 0; p < summary->policy_count; p++) {
		for (size_t i = 0; i < summary->level_count; i++) {
			const struct level_summary *const level = &summary->levels[i];
			const struct level_row row = {summary, level, i, doc->style, table};
			if (strcmp(level->level->policy, summary->policies[p]) != 0)
				continue;
			table_row(table);
			table_cell(table, TEXT_PLAIN, "%s",
			           summary->policy_count > 1 ? level->level->policy : "");
			table_cell(table, TEXT_PLAIN, "%u", level->level->concurrency);
			fill(&row, units);
		}
	}
}

void level_figure(const struct level_row *row, double value, int decimals)
{
	char text[FIGURE_BYTES];
	figure_write(value, decimals, row->style, text);
	table_cell(row->table, TEXT_PLAIN, "%s", text);
}

void level_estimate(const struct level_row *row, const struct estimate *estimate, double factor,
                    int digits, int most_decimals)
{
	char text[FIGURE_BYTES];
	const int decimals = figure_estimate_decimals(estimate, factor, digits, most_decimals);
	figure_write(estimate->value * factor, decimals, row->style, text);
	table_cell(row->table, TEXT_PLAIN, "%s", text);
	figure_write_interval(estimate, factor, most_decimals, row->style, text);
	table_cell(row->table, TEXT_DIM, "%s", text);
}

const struct table_column level_columns[LEVEL_COLUMNS] = {
        {"policy", NULL, TABLE_LEFT, 0},
        {"N", NULL, TABLE_RIGHT, 0},
};
