/* What tasks did when, by their own logs: by class, by phase, and the time stamps of one task. */
#include "core/array.h"
#include "core/str.h"
#include "report/figures.h"
#include "report/level_rows.h"
#include "report/plot/plot_phases.h"
#include "report/section/section.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Phases in the table, and letters of their names. */
enum { TERMINAL_PHASES = 12, TERMINAL_NAME = 24, PAGE_PHASES = 60, PAGE_NAME = 90 };

struct phase_units {
	const struct findings *findings;
	struct figure_unit time;
	int decimals[PHASE_CLASSES];
};

static struct phase_units choose_units(const struct findings *findings)
{
	const struct phase_findings *const phases = &findings->phases;
	struct phase_units units = {.findings = findings, .time = {"s", 1}};
	double most = 0;
	for (size_t c = 0; c < phases->class_count; c++)
		for (size_t i = 0; i < findings->summary.level_count; i++)
			most = fmax(most, phases->classes[c].levels[i].seconds.mean);
	if (most > 0)
		units.time = figure_unit_of_time(most);
	for (size_t c = 0; c < phases->class_count; c++) {
		double least = NAN;
		for (size_t i = 0; i < findings->summary.level_count; i++)
			least = fmin(least, phases->classes[c].levels[i].seconds.mean);
		units.decimals[c] = figure_decimals(least * units.time.factor);
	}
	return units;
}

/* ---- In a sentence -------------------------------------------------------------------------- */

/* The highest level of a policy that has phases; -1: there is none. */
static ptrdiff_t top_of(const struct findings *findings, const char *policy)
{
	const struct summary *const summary = &findings->summary;
	for (size_t i = summary->level_count; i > 0; i--)
		if (strcmp(summary->levels[i - 1].level->policy, policy) == 0 &&
		    findings->phases.classes[0].levels[i - 1].seconds.tasks > 0)
			return (ptrdiff_t)i - 1;
	return -1;
}

/* A class that grew or shrank within what the trials differ by. One that did not change at all says
 * so itself. */
static bool may_be_chance(const struct estimate *relative)
{
	return estimate_has_interval(relative) && relative->low <= 1 && relative->high >= 1 &&
	       fabs(relative->value - 1) >= 0.005;
}

/* What of the growth may be chance, as the causes say it. */
static void say_chance(const struct phase_findings *phases, size_t top, struct str *text)
{
	size_t count = 0;
	size_t told = 0;
	for (size_t c = 0; c < phases->class_count; c++)
		count += may_be_chance(&phases->classes[c].levels[top].relative);
	for (size_t c = 0; c < phases->class_count; c++) {
		const struct estimate *const e = &phases->classes[c].levels[top].relative;
		if (!may_be_chance(e))
			continue;
		str_addf(text, "%s%s (95 %%: %.2f to %.2f)",
		         told == 0          ? " That may be chance for "
		         : told + 1 < count ? ", "
		                            : " and ",
		         phases->classes[c].name, e->low, e->high);
		told++;
	}
	if (told > 0)
		str_add(text, ".");
}

static void say_growth(const struct findings *findings, const char *policy, struct document *doc)
{
	const struct summary *const summary = &findings->summary;
	const struct phase_findings *const phases = &findings->phases;
	const ptrdiff_t top = top_of(findings, policy);
	const ptrdiff_t base = summary_baseline(summary, policy);
	cleanup_str struct str growth = {0};
	cleanup_str struct str shares = {0};
	if (top < 0)
		return;
	for (size_t c = 0; c < phases->class_count; c++) {
		const struct phase_level *const figures = &phases->classes[c].levels[top];
		const char *const between = c == 0                        ? ""
		                            : c + 1 < phases->class_count ? ", "
		                                                          : " and ";
		str_addf(&shares, "%s%.0f %% %s", between, 100 * figures->share,
		         phases->classes[c].name);
		if (estimate_has_value(&figures->relative))
			str_addf(&growth, "%s%s %s%.2f times", growth.length ? ", " : "",
			         phases->classes[c].name, growth.length ? "" : "takes ",
			         figures->relative.value);
	}
	cleanup_str struct str chance = {0};
	say_chance(phases, (size_t)top, &chance);
	doc->failed |= growth.failed || shares.failed || chance.failed;
	char name[64];
	char base_name[64];
	summary_level_name(summary, (size_t)top, name);
	if (base >= 0 && base != top && growth.length > 0)
		document_say(doc, TEXT_PLAIN,
		             "At %s a task's time is %s. Against %s, %s as long.%s", name,
		             str_text(&shares),
		             summary_level_name(summary, (size_t)base, base_name),
		             str_text(&growth), str_text(&chance));
	else
		document_say(doc, TEXT_PLAIN, "At %s a task's time is %s.", name,
		             str_text(&shares));
}

/* ---- By class ------------------------------------------------------------------------------- */

static void add_relative(struct table *table, const struct text_style *style,
                         const struct estimate *e, bool is_baseline)
{
	char text[FIGURE_BYTES];
	if (is_baseline && estimate_has_value(e)) {
		table_cell(table, TEXT_PLAIN, "1");
		table_cell(table, TEXT_DIM, "baseline");
		return;
	}
	figure_write(e->value, figure_estimate_decimals(e, 1, 3, 3), style, text);
	table_cell(table, TEXT_PLAIN, "%s", text);
	figure_write_interval(e, 1, 3, style, text);
	table_cell(table, TEXT_DIM, "%s", text);
}

static void fill_classes(const struct level_row *row, const void *units)
{
	const struct phase_units *const u = units;
	const struct phase_findings *const phases = &u->findings->phases;
	for (size_t c = 0; c < phases->class_count; c++) {
		const struct phase_level *const figures = &phases->classes[c].levels[row->index];
		level_figure(row, figures->seconds.mean * u->time.factor, u->decimals[c]);
		add_relative(row->table, row->style, &figures->relative, row->level->is_baseline);
	}
}

static void add_classes(const struct phase_units *units, struct document *doc)
{
	const struct phase_findings *const phases = &units->findings->phases;
	struct table_column columns[LEVEL_COLUMNS + 3 * PHASE_CLASSES] = {level_columns[0],
	                                                                  level_columns[1]};
	size_t count = LEVEL_COLUMNS;
	for (size_t c = 0; c < phases->class_count; c++) {
		const unsigned rank = (unsigned)c + 1; /* what is of a class stays together */
		columns[count++] = (struct table_column){phases->classes[c].name, units->time.name,
		                                         TABLE_POINT, rank};
		columns[count++] = (struct table_column){"relative", NULL, TABLE_POINT, rank};
		columns[count++] = (struct table_column){"95 %", "interval", TABLE_RIGHT, rank};
	}
	struct table *const table = document_table(
	        doc, "Mean time per task by class, and relative to the baseline", columns, count);
	level_rows(&units->findings->summary, doc, table, units, fill_classes);
}

/* ---- By phase ------------------------------------------------------------------------------- */

/* A name of ours, in valid UTF-8, cut to so many columns at a character. */
static void cut_name(const char *name, size_t columns, char text[512])
{
	size_t length = strlen(name);
	snprintf(text, 512, "%s", name);
	if (text_width(name) <= columns)
		return;
	while (length > 0 && (text_width(text) > columns - 3 || (name[length] & 0xc0) == 0x80))
		text[--length] = '\0';
	snprintf(text + length, 512 - length, "...");
}

static void add_phase_row(const struct phase_units *units, const struct phase_group *group,
                          size_t base, size_t top, size_t columns, struct table *table,
                          const struct document *doc)
{
	char text[512];
	cut_name(group->name, columns, text);
	table_row(table);
	table_cell(table, TEXT_PLAIN, "%s", text);
	table_cell(table, TEXT_DIM, "%s", phase_class_names[group->class]);
	const size_t levels[] = {base, top};
	for (size_t i = 0; i < (base == top ? 1 : 2); i++) {
		const double value = group->levels[levels[i]].seconds.mean * units->time.factor;
		char figure[FIGURE_BYTES];
		figure_write(value, figure_decimals(value), doc->style, figure);
		table_cell(table, TEXT_PLAIN, "%s", figure);
	}
	if (base != top)
		add_relative(table, doc->style, &group->levels[top].relative, false);
}

static double longer_of(const struct phase_group *group, size_t base, size_t top)
{
	return fmax(group->levels[base].seconds.mean, group->levels[top].seconds.mean);
}

/* A phase that is shorter at both levels is not shown: `most` are, and none below a thousandth of a
 * task's time. */
static double least_shown(const struct phase_findings *phases, size_t base, size_t top, size_t most)
{
	double longest[PAGE_PHASES] = {0};
	double whole = 0;
	for (size_t i = 0; i < phases->phase_count; i++) {
		double seconds = longer_of(&phases->phases[i], base, top);
		whole += seconds;
		/* Kept sorted: the longest `most` so far. */
		for (size_t k = 0; k < most; k++) {
			if (!(seconds > longest[k]))
				continue;
			const double shorter = longest[k];
			longest[k] = seconds;
			seconds = shorter;
		}
	}
	return fmax(longest[most - 1], 0.001 * whole);
}

/* ": the 12 longest of 901". */
static const char *say_longest(size_t shown, size_t found, char text[64])
{
	if (shown == 1)
		snprintf(text, 64, ": the longest of %zu", found);
	else
		snprintf(text, 64, ": the %zu longest of %zu", shown, found);
	return text;
}

static void add_phase_table(const struct phase_units *units, const char *policy, size_t most,
                            size_t name_columns, enum block_reader reader, struct document *doc)
{
	const struct findings *const findings = units->findings;
	const struct phase_findings *const phases = &findings->phases;
	const ptrdiff_t top = top_of(findings, policy);
	const ptrdiff_t base = summary_baseline(&findings->summary, policy);
	if (top < 0)
		return;
	const size_t first = base >= 0 ? (size_t)base : (size_t)top;
	const struct level_summary *const levels = findings->summary.levels;
	char names[2][32];
	snprintf(names[0], sizeof names[0], "N=%u", levels[first].level->concurrency);
	snprintf(names[1], sizeof names[1], "N=%u", levels[top].level->concurrency);
	const struct table_column columns[] = {
	        {"phase", NULL, TABLE_LEFT, 0},
	        {"class", NULL, TABLE_LEFT, 1},
	        {names[0], units->time.name, TABLE_POINT, 1},
	        {names[1], units->time.name, TABLE_POINT, 1},
	        {"relative", NULL, TABLE_POINT, 1},
	        {"95 %", "interval", TABLE_RIGHT, 1},
	};
	const double least = least_shown(phases, first, (size_t)top, most);
	size_t shown = 0;
	for (size_t i = 0; i < phases->phase_count; i++)
		shown += longer_of(&phases->phases[i], first, (size_t)top) >= least;
	char caption[192];
	char longest[64];
	const bool has_policies = findings->summary.policy_count > 1;
	/* The row of all others is none of the longest. */
	const bool has_rest =
	        phases->phases_found > phases->phase_count &&
	        longer_of(&phases->phases[phases->phase_count - 1], first, (size_t)top) >= least;
	snprintf(caption, sizeof caption, "Mean time per task by phase%s%.64s%s",
	         has_policies ? ", " : "", has_policies ? policy : "",
	         shown < phases->phases_found
	                 ? say_longest(shown - has_rest, phases->phases_found, longest)
	                 : "");
	struct table *const table = document_table(
	        doc, caption, columns, first == (size_t)top ? 3 : ARRAY_LENGTH(columns));
	for (size_t i = 0; i < phases->phase_count; i++)
		if (longer_of(&phases->phases[i], first, (size_t)top) >= least)
			add_phase_row(units, &phases->phases[i], first, (size_t)top, name_columns,
			              table, doc);
	document_only(doc, reader);
}

/* A terminal has room for fewer and shorter rows than a page. */
static void add_phases(const struct phase_units *units, struct document *doc)
{
	const struct summary *const summary = &units->findings->summary;
	for (size_t p = 0; p < summary->policy_count; p++) {
		add_phase_table(units, summary->policies[p], TERMINAL_PHASES, TERMINAL_NAME,
		                READ_IN_TERMINAL, doc);
		add_phase_table(units, summary->policies[p], PAGE_PHASES, PAGE_NAME, READ_IN_PAGE,
		                doc);
	}
}

/* ---- The time stamps ------------------------------------------------------------------------ */

static void say_line_input(const struct findings *findings, struct document *doc)
{
	const struct phase_findings *const phases = &findings->phases;
	if (phases->line_count == 0)
		return;
	if (phases->line_input >= 0) {
		const char *const path = findings->dataset->inputs.items[phases->line_input];
		const char *const slash = strrchr(path, '/');
		document_say(doc, TEXT_DIM,
		             "The time stamps are of tasks with the input %s: of each N the one of "
		             "median wall time. --phases-of INPUT takes those of another.",
		             slash && slash[1] ? slash + 1 : path);
	} else {
		document_say(doc, TEXT_DIM,
		             "The time stamps are of the task of median wall time of each N.");
	}
	document_only(doc, READ_IN_PAGE);
}

static void say_absent(const struct phase_findings *phases, struct document *doc)
{
	const bool was_asked = !strstr(phases->reason, "task.phases");
	document_section(doc, "phases", "Phases", "");
	document_say(doc, was_asked ? TEXT_WARN : TEXT_DIM, "Phases of tasks are not known: %s.",
	             phases->reason);
	if (!was_asked)
		document_only(doc, READ_IN_PAGE);
}

void section_phases(const struct findings *findings, struct document *doc)
{
	const struct phase_findings *const phases = &findings->phases;
	const struct summary *const summary = &findings->summary;
	if (phases->reason && findings->dataset->run.imported)
		return;
	if (phases->reason) {
		say_absent(phases, doc);
		return;
	}
	const struct phase_units units = choose_units(findings);
	char remark[96];
	if (phases->tasks == phases->tasks_measured)
		snprintf(remark, sizeof remark, "by the tasks' own logs");
	else
		snprintf(remark, sizeof remark, "by the logs of %zu of %zu measured tasks",
		         phases->tasks, phases->tasks_measured);
	document_section(doc, "phases", "Phases", remark);
	for (size_t p = 0; phases->class_count > 0 && p < summary->policy_count; p++)
		say_growth(findings, summary->policies[p], doc);
	plot_phase_ratios(findings, doc);
	plot_phase_lines(findings, doc);
	say_line_input(findings, doc);
	if (phases->class_count > 0)
		add_classes(&units, doc);
	else
		document_say(doc, TEXT_DIM,
		             "No phase took any time, by the time stamps of the logs.");
	for (size_t c = 0; c < phases->class_count; c++)
		if (phases->classes[c].class != PHASE_OTHER)
			plot_phase_distribution(findings, &phases->classes[c], doc);
	if (phases->class_count > 0)
		add_phases(&units, doc);
}
