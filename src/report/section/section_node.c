/* What the node did while tasks ran: energy, temperature, frequency, throttling, steal and memory
 * by level, and over time. */
#include "core/array.h"
#include "core/cleanup.h"
#include "core/str.h"
#include "report/figures.h"
#include "report/level_rows.h"
#include "report/plot/plot_node.h"
#include "report/section/section.h"

#include <math.h>
#include <string.h>

/* The columns, most telling first. Only the first one has an interval: it is what nodes are
 * compared by. */
static const struct shown {
	const char *head;
	const char *unit;
	double factor;
	enum node_figure figure;
	unsigned rank;
	int most_decimals;
	bool has_interval;
} shown[] = {
        {"energy", "J/task", 1, NODE_ENERGY_PER_TASK, 1, 4, true},
        {"power", "W", 1, NODE_POWER, 1, 3, false},
        {"DRAM", "W", 1, NODE_DRAM_POWER, 3, 3, false},
        {"highest", "deg C", 1, NODE_TEMPERATURE, 2, 3, false},
        {"clock", "GHz", 1e-9, NODE_CLOCK_MEDIAN, 2, 3, false},
        {"p5", "GHz", 1e-9, NODE_CLOCK_LOW, 2, 3, false},
        {"said", "GHz", 1e-9, NODE_SAID_MEDIAN, 3, 3, false},
        {"p5", "GHz", 1e-9, NODE_SAID_LOW, 3, 3, false},
        {"cores", "slowed", 1, NODE_CORE_THROTTLES, 2, 0, false},
        {"packages", "slowed", 1, NODE_PACKAGE_THROTTLES, 2, 0, false},
        {"stolen", "%", 100, NODE_STEAL, 2, 2, false},
        {"CPU", "busy %", 100, NODE_CPU_BUSY, 3, 2, false},
        {"memory", "left GB", 1e-9, NODE_MEMORY_LEAST, 3, 3, false},
};

/* Which of them any level has, and how many decimals they bear. */
struct node_columns {
	const struct findings *findings;
	bool is_there[ARRAY_LENGTH(shown)];
	bool has_interval[ARRAY_LENGTH(shown)];
	int decimals[ARRAY_LENGTH(shown)];
};

static struct node_columns choose(const struct findings *findings)
{
	struct node_columns c = {.findings = findings};
	for (size_t i = 0; i < ARRAY_LENGTH(shown); i++) {
		double most = NAN;
		for (size_t l = 0; l < findings->summary.level_count; l++) {
			const struct estimate *const e =
			        &findings->node_time.levels[l].figures[shown[i].figure];
			c.is_there[i] |= estimate_has_value(e);
			c.has_interval[i] |= shown[i].has_interval && estimate_has_interval(e);
			most = fmax(most, fabs(e->value * shown[i].factor));
		}
		c.decimals[i] = !(most > 0) ? 0 : figure_decimals(most);
		if (c.decimals[i] > shown[i].most_decimals)
			c.decimals[i] = shown[i].most_decimals;
	}
	return c;
}

static void fill_row(const struct level_row *row, const void *units)
{
	const struct node_columns *const c = units;
	for (size_t i = 0; i < ARRAY_LENGTH(shown); i++) {
		const struct estimate *const e =
		        &c->findings->node_time.levels[row->index].figures[shown[i].figure];
		if (!c->is_there[i])
			continue;
		if (c->has_interval[i])
			level_estimate(row, e, shown[i].factor, 3, 4);
		else
			level_figure(row, e->value * shown[i].factor, c->decimals[i]);
	}
}

static void add_table(const struct node_columns *c, struct document *doc)
{
	struct table_column columns[LEVEL_COLUMNS + 2 * ARRAY_LENGTH(shown)] = {level_columns[0],
	                                                                        level_columns[1]};
	size_t count = LEVEL_COLUMNS;
	for (size_t i = 0; i < ARRAY_LENGTH(shown); i++) {
		if (!c->is_there[i])
			continue;
		columns[count++] = (struct table_column){shown[i].head, shown[i].unit, TABLE_POINT,
		                                         shown[i].rank};
		if (c->has_interval[i])
			columns[count++] = (struct table_column){"95 %", "interval", TABLE_RIGHT,
			                                         shown[i].rank};
	}
	if (count == LEVEL_COLUMNS)
		return;
	struct table *const table = document_table(doc, "", columns, count);
	level_rows(&c->findings->summary, doc, table, c, fill_row);
}

/* What is known at no level: the words for it, and the reason. */
static const struct {
	enum node_figure figure;
	const char *words;
} groups[] = {
        {NODE_ENERGY_PER_TASK, "energy"},
        {NODE_TEMPERATURE, "temperature"},
        {NODE_CLOCK_MEDIAN, "clock by aperf/mperf"},
        {NODE_SAID_MEDIAN, "frequency that the kernel says"},
        {NODE_CORE_THROTTLES, "throttling"},
        {NODE_STEAL, "CPU time"},
        {NODE_MEMORY_LEAST, "memory"},
};

/* What its sensor said, among the facts of the host, rather than what became of its samples. */
static bool is_of_sensor(const struct host_facts *facts, const char *reason)
{
	for (size_t i = 0; i < facts->count; i++)
		if (!facts->items[i].value && facts->items[i].reason &&
		    strcmp(facts->items[i].reason, reason) == 0)
			return true;
	return false;
}

/* On a virtual machine one thing stands behind what every sensor says for itself, as `plateau node`
 * tells it; the facts keep the words of each. */
static const char *in_short(const struct findings *findings, const char *reason)
{
	const struct host_facts *const facts = &findings->dataset->host;
	if (!reason || !host_facts_get(facts, "hypervisor") ||
	    str_starts_with(reason, "not permitted") || !is_of_sensor(facts, reason))
		return reason;
	return "this is a virtual machine, and its hypervisor leaves it out";
}

/* The reason at the highest level that was measured. */
static const char *missing(const struct findings *findings, enum node_figure figure)
{
	const char *reason = NULL;
	for (size_t l = 0; l < findings->summary.level_count; l++) {
		const struct estimate *const e = &findings->node_time.levels[l].figures[figure];
		if (estimate_has_value(e))
			return NULL;
		if (findings->summary.levels[l].trials > 0)
			reason = e->reason;
	}
	return in_short(findings, reason);
}

/* Each reason once. */
static void say_missing(const struct findings *findings, struct document *doc)
{
	bool is_said[ARRAY_LENGTH(groups)] = {false};
	bool is_any = false;
	for (size_t i = 0; i < ARRAY_LENGTH(groups); i++) {
		const char *const reason = missing(findings, groups[i].figure);
		cleanup_str struct str words = {0};
		if (!reason || is_said[i])
			continue;
		for (size_t k = i; k < ARRAY_LENGTH(groups); k++) {
			const char *const other = missing(findings, groups[k].figure);
			if (!other || strcmp(other, reason) != 0)
				continue;
			is_said[k] = true;
			str_addf(&words, "%s%s", words.length ? ", " : "", groups[k].words);
		}
		doc->failed |= words.failed;
		if (!is_any)
			document_say(doc, TEXT_DIM, "Not known:");
		is_any = true;
		document_item(doc, TEXT_DIM, "-", "%s: %s.", str_text(&words), reason);
	}
}

static bool is_there(const struct node_columns *c, enum node_figure figure)
{
	for (size_t i = 0; i < ARRAY_LENGTH(shown); i++)
		if (shown[i].figure == figure)
			return c->is_there[i];
	return false;
}

static void say_what_it_is(const struct node_columns *c, struct document *doc)
{
	if (is_there(c, NODE_ENERGY_PER_TASK))
		document_say(
		        doc, TEXT_DIM,
		        "Energy and power are of the packages in the window; energy per task is "
		        "that over the tasks in it: a figure of the node and the level, not of "
		        "one task.");
	if (is_there(c, NODE_SAID_MEDIAN))
		document_say(doc, TEXT_DIM,
		             "\"Said\" is what the kernel says of the CPUs with a slot (cpufreq), "
		             "which is no measurement.");
}

void section_node(const struct findings *findings, struct document *doc)
{
	const struct node_time *const node = &findings->node_time;
	if (!node->was_sampled)
		return;
	const struct node_columns c = choose(findings);
	document_section(doc, "node", "The node meanwhile", "in the windows of trials");
	add_table(&c, doc);
	say_what_it_is(&c, doc);
	say_missing(findings, doc);
	document_section(doc, "over-time", "Over time",
	                 "the whole run, with the windows of trials");
	plot_node(findings, doc);
}
