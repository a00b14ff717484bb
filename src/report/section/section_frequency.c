/* The clock at every level, from every source that there is; each is named where its figures
 * stand. */
#include "report/level_rows.h"
#include "report/plot/plot_estimates.h"
#include "report/plot/plot_levels.h"
#include "report/section/section.h"

#include <stdio.h>

static const double to_ghz = 1e-9;

/* What a reader has to know of a source. */
static const char *const meanings[FREQUENCY_SOURCES] = {
        [FREQUENCY_CYCLES] = "cycles of the tasks, of kernel and user mode, over the time in which "
                             "they were counted.",
        [FREQUENCY_USER_CYCLES] = "user-mode cycles of the tasks over their user time.",
        [FREQUENCY_MSR] = "the processor's counter aperf over the time in which it counted: of the "
                          "tasks, or of the CPUs that their slots have.",
        [FREQUENCY_CHAIN] = "timed chains of dependent instructions, which are the tasks of this "
                            "run: the clock of the node under that load. A task that does other "
                            "work may have another clock.",
        [FREQUENCY_CPUFREQ] = "what the kernel says of the CPUs (cpufreq), not measured: of the "
                              "node, not of the tasks.",
};

struct sources {
	bool has[FREQUENCY_SOURCES];
	size_t count;
};

static struct sources find_sources(const struct summary *summary)
{
	struct sources sources = {0};
	for (unsigned s = FREQUENCY_ABSENT + 1; s < FREQUENCY_SOURCES; s++) {
		for (size_t i = 0; i < summary->level_count; i++)
			sources.has[s] |=
			        estimate_has_value(&summary->levels[i].frequency_by_source[s]);
		sources.count += sources.has[s];
	}
	return sources;
}

static void fill_row(const struct level_row *row, const void *units)
{
	const struct sources *const sources = units;
	for (unsigned s = FREQUENCY_ABSENT + 1; s < FREQUENCY_SOURCES; s++)
		if (sources->has[s])
			level_estimate(row, &row->level->frequency_by_source[s], to_ghz, 3, 4);
}

static void add_table(const struct summary *summary, const struct sources *sources,
                      struct document *doc)
{
	struct table_column columns[LEVEL_COLUMNS + 2 * FREQUENCY_SOURCES];
	size_t count = 0;
	for (; count < LEVEL_COLUMNS; count++)
		columns[count] = level_columns[count];
	for (unsigned s = FREQUENCY_ABSENT + 1; s < FREQUENCY_SOURCES; s++) {
		if (!sources->has[s])
			continue;
		columns[count++] =
		        (struct table_column){frequency_source_words[s], "GHz", TABLE_POINT, s};
		columns[count++] = (struct table_column){"95 %", "interval", TABLE_RIGHT, s};
	}
	struct table *const table = document_table(doc, "", columns, count);
	level_rows(summary, doc, table, sources, fill_row);
}

/* One source of a summary, for the plot. */
struct drawn {
	const struct summary *summary;
	enum frequency_source source;
};

static const struct estimate *estimate_of(const void *context, size_t level)
{
	const struct drawn *const drawn = context;
	return &drawn->summary->levels[level].frequency_by_source[drawn->source];
}

static void add_plot(const struct summary *summary, const struct sources *sources,
                     struct document *doc)
{
	struct plot *const plot =
	        document_plot(doc, "frequency-levels", "Clock frequency against N");
	unsigned hue = 0;
	char label[64] = "clock (GHz), by source";
	plot_levels_axis(plot, summary);
	for (unsigned s = FREQUENCY_ABSENT + 1; s < FREQUENCY_SOURCES; s++) {
		const struct drawn drawn = {summary, (enum frequency_source)s};
		const struct plot_estimates estimates = {summary, estimate_of, &drawn, to_ghz,
		                                         " GHz"};
		if (!sources->has[s])
			continue;
		if (sources->count == 1)
			snprintf(label, sizeof label, "clock (GHz), %s", frequency_source_words[s]);
		for (size_t p = 0; p < summary->policy_count; p++)
			plot_estimates_add(plot, &estimates, p, hue++ % PLOT_HUES,
			                   frequency_source_words[s]);
	}
	plot_axis(plot, &plot->y, label);
	plot_estimates_frame(plot, false);
	plot_words(plot, "The clock frequency at every N by each source that this result has, "
	                 "with 95 %% intervals. Sources that measure differently need not agree.");
}

void section_frequency(const struct findings *findings, struct document *doc)
{
	const struct summary *const summary = &findings->summary;
	const struct sources sources = find_sources(summary);
	if (sources.count == 0)
		return;
	const bool is_of_tasks = sources.has[FREQUENCY_CYCLES] ||
	                         sources.has[FREQUENCY_USER_CYCLES] || sources.has[FREQUENCY_MSR];
	document_section(doc, "frequency", "Clock frequency",
	                 is_of_tasks ? "the source stands above each column"
	                             : "of the node: no counter tells it of the tasks");
	add_table(summary, &sources, doc);
	add_plot(summary, &sources, doc);
	for (unsigned s = FREQUENCY_ABSENT + 1; s < FREQUENCY_SOURCES; s++)
		if (sources.has[s])
			document_say(doc, TEXT_DIM, "%s: %s", frequency_source_words[s],
			             meanings[s]);
	if (is_of_tasks || summary->level_count == 0)
		return;
	const char *const reason = summary->levels[0].frequency_by_source[FREQUENCY_CYCLES].reason;
	if (reason)
		document_say(doc, TEXT_DIM, "Not by cycles: %s.", reason);
}
