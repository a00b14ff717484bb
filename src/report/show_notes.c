/* What stands below the tables: what was counted, the machine's limits, warnings, and the cost of
 * plateau itself. */
#include "report/show_parts.h"

#include "core/array.h"
#include "core/number.h"
#include "core/str.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What became of one event in the whole run. */
struct fate {
	enum counter_state state;
	const char *reason;
};

static struct fate event_fate(const struct summary *summary, size_t event)
{
	const struct event_definition *const definition = &summary->dataset->events[event];
	struct fate fate = {definition->state, definition->reason};
	if (definition->state != COUNTER_OK)
		return fate;
	for (size_t i = 0; i < summary->level_count; i++) {
		const struct level_summary *const level = &summary->levels[i];
		const struct counter_summary *const counter = &level->counters[event];
		if (level->tasks == level->failed || counter->state == COUNTER_OK)
			continue;
		fate.state = counter->state;
		fate.reason = counter->reason ? counter->reason : "";
		if (counter->state != COUNTER_SCALED)
			return fate;
	}
	return fate;
}

static bool fates_are_equal(const struct summary *summary, size_t a, size_t b)
{
	const struct fate x = event_fate(summary, a);
	const struct fate y = event_fate(summary, b);
	const struct event_definition *const events = summary->dataset->events;
	return x.state == y.state && strcmp(x.reason, y.reason) == 0 &&
	       (x.state != COUNTER_OK || events[a].is_user_only == events[b].is_user_only);
}

static void write_fate(const struct show *show, const char *names, size_t event)
{
	const struct event_definition *const definition = &show->dataset->events[event];
	const struct fate fate = event_fate(show->summary, event);
	const bool is_counted = fate.state == COUNTER_OK || fate.state == COUNTER_SCALED;
	cleanup_str struct str line = {0};
	str_addf(&line, "%s: %s", names, counter_state_names[fate.state]);
	if (is_counted)
		str_add(&line,
		        definition->is_user_only ? " (user mode only)" : " (user and kernel mode)");
	if (fate.reason[0])
		str_addf(&line, ". %s", fate.reason);
	text_add_wrapped(show->out, show->style, is_counted ? TEXT_GOOD : TEXT_WARN,
	                 is_counted ? "+" : "-", SHOW_INDENT + 2, str_text(&line));
	show->out->failed |= line.failed;
}

/* Events of one fate share one paragraph. */
void show_events(const struct show *show)
{
	const size_t count = show->dataset->event_count;
	if (count == 0)
		return;
	bool *const is_written = calloc(count, sizeof *is_written);
	if (!is_written) {
		show->out->failed = true;
		return;
	}
	show_title(show, "What was counted", "");
	for (size_t e = 0; e < count; e++) {
		cleanup_str struct str names = {0};
		if (is_written[e])
			continue;
		for (size_t f = e; f < count; f++) {
			if (is_written[f] || !fates_are_equal(show->summary, e, f))
				continue;
			str_addf(&names, "%s%s", names.length ? ", " : "",
			         show->dataset->events[f].name);
			is_written[f] = true;
		}
		write_fate(show, str_text(&names), e);
		show->out->failed |= names.failed;
	}
	str_add(show->out, "\n");
	free(is_written);
}

/* Each gives the sentence for the value of a fact, or NULL where that is no limit. */

static const char *say_pmu(const char *value)
{
	return strcmp(value, "none") == 0 || strcmp(value, "no") == 0
	               ? "No hardware counters: cycles, instructions and cache misses cannot be "
	                 "counted, and the clock frequency under load is not known."
	               : NULL;
}

static const char *say_cores(const char *value)
{
	const long cores = strtol(value, NULL, 10);
	if (cores == 1)
		return "One core: nothing can be said about scaling over cores.";
	if (cores == 2)
		return "Two cores: a scaling curve has two levels without oversubscription, too "
		       "few "
		       "to tell a plateau.";
	return NULL;
}

static const char *say_virtual(const char *value)
{
	return strcmp(value, "none") == 0 || strcmp(value, "no") == 0
	               ? NULL
	               : "A virtual machine: other guests may take time and cache unseen, and the "
	                 "topology may not be that of the hardware.";
}

/* Facts of the host that limit what a result of it can say. */
static const struct limit {
	const char *fact;
	const char *(*say)(const char *value);
} limits[] = {
        {"pmu", say_pmu},
        {"cores", say_cores},
        {"virtualization", say_virtual},
};

void show_limits(const struct show *show)
{
	bool has_any = false;
	for (size_t i = 0; i < ARRAY_LENGTH(limits); i++) {
		const char *const value = host_facts_get(&show->dataset->host, limits[i].fact);
		const char *const text = value ? limits[i].say(value) : NULL;
		if (!text)
			continue;
		if (!has_any)
			show_title(show, "Limits of this machine", "");
		has_any = true;
		text_add_wrapped(show->out, show->style, TEXT_DIM, "-", SHOW_INDENT + 2, text);
	}
	if (has_any)
		str_add(show->out, "\n");
}

void show_warnings(const struct show *show)
{
	const struct summary *const summary = show->summary;
	if (summary->warning_count == 0)
		return;
	show_title(show, "Warnings", "");
	for (size_t i = 0; i < summary->warning_count; i++)
		text_add_wrapped(show->out, show->style, TEXT_WARN, "!", SHOW_INDENT + 2,
		                 summary->warnings[i].text);
	str_add(show->out, "\n");
}

static void add_seconds(struct str *line, const char *before, double value_s, const char *behind)
{
	char text[NUMBER_TEXT_BYTES];
	if (!isfinite(value_s))
		return;
	number_format_duration(llround(value_s * 1e9), 2, text);
	str_addf(line, "%s%s%s%s", line->length ? ", " : "", before, text, behind);
}

void show_harness(const struct show *show)
{
	const struct harness_summary *const harness = &show->summary->harness;
	cleanup_str struct str line = {0};
	add_seconds(&line, "", harness->cpu_s_per_task, " of CPU time per task");
	add_seconds(&line, "a slot idle between tasks for ", harness->idle_gap_median_s,
	            " (median)");
	add_seconds(&line, "", harness->idle_gap_p95_s, " (p95)");
	if (isfinite(harness->max_rss_bytes)) {
		char text[NUMBER_TEXT_BYTES];
		number_format_bytes(llround(harness->max_rss_bytes), text);
		str_addf(&line, "%sat most %s of memory", line.length ? ", " : "", text);
	}
	show->out->failed |= line.failed;
	if (line.length == 0)
		return;
	show_title(show, "What plateau itself cost", "");
	text_add_wrapped(show->out, show->style, TEXT_PLAIN, "", SHOW_INDENT, str_text(&line));
	str_add(show->out, "\n");
}
