#include "report/index.h"

#include "analyse/full_level.h"
#include "core/array.h"
#include "report/figures.h"
#include "report/quality.h"

#include <math.h>

struct table *index_begin(struct document *doc)
{
	static const struct table_column columns[] = {
	        {"run", NULL, TABLE_LEFT, 0},         {"node", NULL, TABLE_LEFT, 0},
	        {"state", NULL, TABLE_LEFT, 1},       {"N", NULL, TABLE_RIGHT, 1},
	        {"tasks/h", NULL, TABLE_POINT, 1},    {"95 % interval", NULL, TABLE_RIGHT, 1},
	        {"efficiency", NULL, TABLE_POINT, 1}, {"95 % interval", NULL, TABLE_RIGHT, 1},
	        {"plateau", NULL, TABLE_RIGHT, 1},    {"recommended", NULL, TABLE_RIGHT, 1},
	        {"to look at", NULL, TABLE_RIGHT, 1}, {"result", NULL, TABLE_LEFT, 1},
	};
	document_section(doc, "index", "", "");
	document_say(
	        doc, TEXT_DIM,
	        "At full occupancy: the highest level that was measured with no more tasks than "
	        "the node has cores for.");
	return document_table(doc, "The results", columns, ARRAY_LENGTH(columns));
}

static void add_estimate(struct table *table, const struct estimate *estimate, double factor,
                         int most, const struct text_style *style)
{
	char text[FIGURE_BYTES];
	figure_write(estimate->value * factor, figure_estimate_decimals(estimate, factor, 3, most),
	             style, text);
	table_cell(table, TEXT_PLAIN, "%s", text);
	figure_write_interval(estimate, factor, most, style, text);
	table_cell(table, TEXT_DIM, "%s", text);
}

static void add_level(struct table *table, const struct full_level *full,
                      const struct text_style *style)
{
	if (!full->level) {
		for (size_t i = 0; i < 5; i++)
			table_cell(table, TEXT_PLAIN, "%s", figure_absent(style));
		return;
	}
	table_cell(table, TEXT_PLAIN, "%u", full->level->level->concurrency);
	add_estimate(table, &full->level->throughput_per_s, 3600, 4, style);
	add_estimate(table, &full->level->efficiency, 1, 3, style);
}

static void add_plateau(struct table *table, const struct findings *findings,
                        const struct text_style *style)
{
	const struct plateau *const p =
	        findings->scaling_count > 0 ? &findings->scalings[0].plateau : NULL;
	if (p && p->is_identified)
		table_cell(table, TEXT_PLAIN, "N=%.0f", p->concurrency);
	else
		table_cell(table, TEXT_PLAIN, "%s", figure_absent(style));
	if (p && p->recommended > 0)
		table_cell(table, TEXT_PLAIN, "N=%u", p->recommended);
	else
		table_cell(table, TEXT_PLAIN, "%s", figure_absent(style));
}

static const char *or_unknown(const char *text)
{
	return text ? text : "unknown";
}

void index_add(struct table *table, const struct findings *findings, const struct text_style *style)
{
	const struct dataset *const dataset = findings->dataset;
	const struct full_level full = full_level_find(findings);
	struct quality quality;
	quality_judge(findings, &quality);
	table_row(table);
	table_cell(table, TEXT_PLAIN, "%s", or_unknown(dataset->run.name));
	table_cell(table, TEXT_PLAIN, "%s", or_unknown(host_facts_get(&dataset->host, "hostname")));
	const bool is_done = dataset->run.state == RUN_DONE;
	table_cell(table, is_done ? TEXT_PLAIN : TEXT_WARN, "%s",
	           is_done && dataset->run.imported ? "imported"
	                                            : run_state_word(dataset->run.state));
	add_level(table, &full, style);
	add_plateau(table, findings, style);
	table_cell(table, quality.looks > 0 ? TEXT_WARN : TEXT_GOOD, "%zu", quality.looks);
	table_cell(table, TEXT_PLAIN, "%s", or_unknown(dataset->path));
}
