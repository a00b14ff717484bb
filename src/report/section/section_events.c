/* Which event every counter was, and what became of it. */
#include "core/array.h"
#include "core/cleanup.h"
#include "core/str.h"
#include "report/event_text.h"
#include "report/section/section.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What became of one event in the whole run. */
struct fate {
	enum counter_state state;
	const char *reason;
	const char *remedy;
	double running_least; /* NAN: it never ran, or nothing is known of it */
	size_t trials;        /* in which it was counted */
};

static bool is_counted(const struct fate *fate)
{
	return fate->state == COUNTER_OK || fate->state == COUNTER_SCALED;
}

static void take_state(struct fate *fate, const struct counter_summary *counter)
{
	fate->state = counter->state;
	fate->reason = counter->reason ? counter->reason : "";
	fate->remedy = counter->remedy ? counter->remedy : "";
}

/* The worst of what it came to at any level; that it was not its turn at some is told elsewhere. */
static struct fate event_fate(const struct summary *summary, size_t event)
{
	const struct event_definition *const definition = &summary->dataset->events[event];
	struct fate fate = {definition->state, definition->reason, definition->remedy, NAN, 0};
	const struct counter_summary *not_in_turn = NULL;
	bool is_judged = false;
	if (definition->state != COUNTER_OK)
		return fate;
	for (size_t i = 0; i < summary->level_count; i++) {
		const struct level_summary *const level = &summary->levels[i];
		const struct counter_summary *const counter = &level->counters[event];
		if (level->tasks == level->failed)
			continue;
		fate.trials += counter->trials;
		fate.running_least = fmin(fate.running_least, counter->running_least);
		if (counter->is_not_in_turn) {
			not_in_turn = counter;
			continue;
		}
		is_judged = true;
		if (counter->state != COUNTER_OK && is_counted(&fate))
			take_state(&fate, counter);
	}
	if (!is_judged && not_in_turn)
		take_state(&fate, not_in_turn);
	else if (!is_judged)
		fate = (struct fate){COUNTER_NOT_COUNTED, "no measured task succeeded", "", NAN, 0};
	return fate;
}

static const char *const fate_words[] = {[COUNTER_OK] = "counted",
                                         [COUNTER_SCALED] = "counted part of the time, and scaled",
                                         [COUNTER_NOT_COUNTED] = "not counted",
                                         [COUNTER_NOT_SUPPORTED] = "not supported here",
                                         [COUNTER_NO_PERMISSION] = "not permitted",
                                         [COUNTER_DETACHED] = "detached from the task",
                                         [COUNTER_IMPLAUSIBLE] = "implausible",
                                         [COUNTER_UNKNOWN] = "unknown"};

/* ---- The table ---------------------------------------------------------------------------- */

static size_t used_trials(const struct summary *summary)
{
	size_t trials = 0;
	for (size_t i = 0; i < summary->level_count; i++)
		trials += summary->levels[i].trials;
	return trials;
}

/* Without one above the first the numbers say nothing, and a line has room for what the kernel was
 * asked for. 0: the event was named itself. */
static bool are_all_of_choice(const struct dataset *dataset, unsigned least, unsigned most)
{
	for (size_t e = 0; e < dataset->event_count; e++)
		if (dataset->events[e].choice < least || dataset->events[e].choice > most)
			return false;
	return true;
}

static void add_row(const struct summary *summary, size_t event, struct table *table)
{
	const struct dataset *const dataset = summary->dataset;
	const struct event_definition *const definition = &dataset->events[event];
	const struct fate fate = event_fate(summary, event);
	cleanup_str struct str string = {0};
	char raw[EVENT_RAW_BYTES];
	event_raw(definition, raw);
	if (definition->encoded[0])
		event_add_string(definition, &string);
	table_row(table);
	table_cell(table, TEXT_PLAIN, "%s", definition->name);
	table_cell(table, is_counted(&fate) ? TEXT_GOOD : TEXT_WARN, "%s",
	           counter_state_names[fate.state]);
	/* Where all was counted all the time the columns are empty, and so are left out. */
	if (fate.state == COUNTER_SCALED)
		table_cell(table, TEXT_WARN, "%.0f %%", 100 * fate.running_least);
	else
		table_cell(table, TEXT_PLAIN, "%s", "");
	if (dataset->event_sets.count > 0 && definition->state == COUNTER_OK)
		table_cell(table, TEXT_PLAIN, "%zu of %zu", fate.trials, used_trials(summary));
	else
		table_cell(table, TEXT_PLAIN, "%s", "");
	table_cell(table, TEXT_PLAIN, "%s",
	           definition->state == COUNTER_OK ? event_mode(definition) : "");
	if (definition->choice > 0 && !are_all_of_choice(dataset, 0, 1))
		table_cell(table, TEXT_PLAIN, "%u", definition->choice);
	else
		table_cell(table, TEXT_PLAIN, "%s", "");
	table_cell(table, TEXT_PLAIN, "%s", raw);
	table_cell(table, TEXT_PLAIN, "%s", str_text(&string));
	table->failed |= string.failed;
}

static void add_table(const struct summary *summary, struct document *doc)
{
	static const struct table_column columns[] = {
	        {"event", NULL, TABLE_LEFT, 0},
	        {"state", NULL, TABLE_LEFT, 1},
	        {"least part", "of time", TABLE_RIGHT, 1},
	        {"trials", NULL, TABLE_RIGHT, 1},
	        {"mode", NULL, TABLE_LEFT, 1},
	        {"choice", NULL, TABLE_RIGHT, 2},
	        {"raw code", NULL, TABLE_LEFT, 2},
	        {"what the kernel was asked for", NULL, TABLE_LEFT, 2},
	};
	struct table *const table = document_table(doc, "", columns, ARRAY_LENGTH(columns));
	for (size_t e = 0; e < summary->dataset->event_count; e++)
		add_row(summary, e, table);
}

/* ---- Reasons ------------------------------------------------------------------------------ */

static bool fates_are_equal(const struct summary *summary, size_t a, size_t b)
{
	const struct fate x = event_fate(summary, a);
	const struct fate y = event_fate(summary, b);
	return x.state == y.state && strcmp(x.reason, y.reason) == 0 &&
	       strcmp(x.remedy, y.remedy) == 0;
}

static void add_fate(const struct findings *findings, struct document *doc, const char *names,
                     size_t event)
{
	const struct fate fate = event_fate(&findings->summary, event);
	const bool is_good = fate.state == COUNTER_OK;
	document_item(doc, is_good ? TEXT_GOOD : TEXT_WARN, is_good ? "+" : "-", "%s: %s%s%s%s%s",
	              names, fate_words[fate.state], fate.reason[0] ? ": " : "", fate.reason,
	              fate.remedy[0] ? ". Remedy: " : "", fate.remedy);
}

/* Whether the table says all that there is to say of it. */
static bool is_plain(const struct summary *summary, size_t event)
{
	const struct fate fate = event_fate(summary, event);
	return fate.state == COUNTER_OK && !fate.reason[0];
}

/* Events of one fate share one paragraph. */
static void add_fates(const struct findings *findings, struct document *doc)
{
	const struct dataset *const dataset = findings->dataset;
	const size_t count = dataset->event_count;
	cleanup_free bool *is_written = calloc(count, sizeof *is_written);
	if (!is_written) {
		doc->failed = true;
		return;
	}
	for (size_t e = 0; e < count; e++) {
		cleanup_str struct str names = {0};
		if (is_written[e] || is_plain(&findings->summary, e))
			continue;
		for (size_t f = e; f < count; f++) {
			if (is_written[f] || !fates_are_equal(&findings->summary, e, f))
				continue;
			str_addf(&names, "%s%s", names.length ? ", " : "", dataset->events[f].name);
			is_written[f] = true;
		}
		add_fate(findings, doc, str_text(&names), e);
		doc->failed |= names.failed;
	}
}

/* How the choice among the events of a metric went. */
static void add_notes(const struct dataset *dataset, struct document *doc)
{
	for (size_t e = 0; e < dataset->event_count; e++)
		if (dataset->events[e].note[0])
			document_item(doc, TEXT_DIM, "-", "%s: %s", dataset->events[e].name,
			              dataset->events[e].note);
}

void section_events(const struct findings *findings, struct document *doc)
{
	const struct dataset *const dataset = findings->dataset;
	if (dataset->event_count == 0)
		return;
	cleanup_str struct str remark = {0};
	str_add(&remark, "mode: u user, k kernel");
	if (dataset->event_sets.count > 0)
		str_addf(&remark, "; %u sets of events take turns, one in a trial",
		         dataset->event_sets.count);
	if (are_all_of_choice(dataset, 1, 1))
		str_add(&remark, "; each the first choice of its metric");
	doc->failed |= remark.failed;
	document_section(doc, "events", "What was counted", str_text(&remark));
	add_table(&findings->summary, doc);
	add_fates(findings, doc);
	add_notes(dataset, doc);
}
