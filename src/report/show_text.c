#include "report/show_text.h"

#include "core/array.h"
#include "core/clock.h"
#include "core/number.h"
#include "core/str.h"
#include "report/show_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The order in which a reader meets them. */
static void (*const sections[])(const struct show *) = {
        show_head,   show_throughput, show_chart,    show_per_task, show_counters,
        show_events, show_limits,     show_warnings, show_failures, show_harness,
};

void show_title(const struct show *show, const char *title, const char *remark)
{
	text_add(show->out, show->style, TEXT_TITLE, title);
	if (remark[0]) {
		const size_t used = text_width(title) + 2;
		/* On a line of its own where it does not fit behind the title. */
		if (used + text_width(remark) > show->style->width) {
			str_add(show->out, "\n");
			text_add_wrapped(show->out, show->style, TEXT_PLAIN, "", SHOW_INDENT,
			                 remark);
			return;
		}
		str_add(show->out, "  ");
		text_add(show->out, show->style, TEXT_DIM, remark);
	}
	str_add(show->out, "\n");
}

static const char *or_unknown(const char *text)
{
	return text ? text : "unknown";
}

/* "2026-11-20 09:58 UTC". */
static void add_time(struct str *line, int64_t calendar_ns)
{
	char text[CLOCK_TEXT_BYTES];
	clock_format_utc(calendar_ns, text);
	str_addf(line, "%.10s %.5s UTC", text, text + 11);
}

static void add_when(const struct run_facts *run, struct str *line)
{
	char took[NUMBER_TEXT_BYTES];
	str_add(line, "started ");
	add_time(line, run->origin_calendar_ns);
	if (run->finished_calendar_ns == RECORD_ABSENT)
		return;
	number_format_duration(run->finished_calendar_ns - run->origin_calendar_ns, 3, took);
	str_addf(line, ", took %s", took);
}

/* One line of the head: a dim word, and text behind it that wraps. */
static void add_fact(const struct show *show, const char *word, const char *text)
{
	enum { WORD_COLUMNS = 12 };
	if (!text || !text[0])
		return;
	str_add_repeat(show->out, ' ', SHOW_INDENT);
	text_add(show->out, show->style, TEXT_DIM, word);
	str_add_repeat(show->out, ' ', WORD_COLUMNS - SHOW_INDENT - text_width(word));
	text_add_behind(show->out, show->style, WORD_COLUMNS, text);
}

static void add_host_line(const struct show *show)
{
	static const struct {
		const char *fact;
		const char *before;
		const char *behind;
	} parts[] = {
	        {"processor", "", ""},
	        {"cores_allowed", "", "\u00A0cores"},
	        {"pus_allowed", "", "\u00A0PUs"},
	        {"numa_nodes", "", "\u00A0NUMA\u00A0nodes"},
	        {"memory_total_bytes", "", ""},
	        {"kernel", "kernel\u00A0", ""},
	};
	cleanup_str struct str line = {0};
	for (size_t i = 0; i < ARRAY_LENGTH(parts); i++) {
		const char *value = host_facts_get(&show->dataset->host, parts[i].fact);
		char size[NUMBER_TEXT_BYTES];
		if (!value)
			continue;
		if (strstr(parts[i].fact, "_bytes")) {
			number_format_bytes(strtoll(value, NULL, 10), size);
			value = size;
		}
		str_addf(&line, "%s%s", line.length ? ", " : "", parts[i].before);
		/* A processor's name is long: it may break. */
		if (i == 0)
			str_add(&line, value);
		else
			text_add_unbroken(&line, value);
		/* "1 NUMA node" */
		const bool is_one = strcmp(value, "1") == 0 && parts[i].behind[0];
		str_add_bytes(&line, parts[i].behind, strlen(parts[i].behind) - is_one);
	}
	add_fact(show, "machine", str_text(&line));
	show->out->failed |= line.failed;
}

static enum text_role state_role(enum run_state state)
{
	return state == RUN_DONE ? TEXT_GOOD : state == RUN_FAILED ? TEXT_BAD : TEXT_WARN;
}

static bool is_anything_measured(const struct summary *summary)
{
	for (size_t i = 0; i < summary->level_count; i++)
		if (summary->levels[i].trials > 0)
			return true;
	return false;
}

static void add_state(const struct show *show, enum run_state state)
{
	const bool is_empty = state != RUN_RUNNING && !is_anything_measured(show->summary);
	char text[64];
	snprintf(text, sizeof text, "%s%s", run_state_names[state],
	         is_empty ? ", nothing was measured" : "");
	text_add(show->out, show->style,
	         is_empty && state == RUN_DONE ? TEXT_WARN : state_role(state), text);
}

void show_head(const struct show *show)
{
	const struct run_facts *const run = &show->dataset->run;
	const char *const host = host_facts_get(&show->dataset->host, "hostname");
	text_add(show->out, show->style, TEXT_TITLE, or_unknown(run->name));
	str_add(show->out, " on ");
	text_add(show->out, show->style, TEXT_TITLE, or_unknown(host));
	str_add(show->out, ": ");
	add_state(show, run->state);
	str_add(show->out, "\n");
	cleanup_str struct str when = {0};
	add_when(run, &when);
	add_fact(show, "when", str_text(&when));
	add_host_line(show);
	add_fact(show, "command", run->command);
	cleanup_str struct str by = {0};
	str_addf(&by, "%s, seed %llu", or_unknown(run->plateau_version),
	         (unsigned long long)run->seed);
	if (run->threads > 1)
		str_addf(&by, ", %u threads per task", run->threads);
	add_fact(show, "plateau", str_text(&by));
	add_fact(show, "result", show->dataset->path);
	str_add(show->out, "\n");
	show->out->failed |= when.failed || by.failed;
}

int show_text_write(const struct findings *findings, const struct text_style *style,
                    char **ret_text, struct error *err)
{
	struct str out = {0};
	const struct show show = {findings->dataset, &findings->summary, style, &out};
	for (size_t i = 0; i < ARRAY_LENGTH(sections); i++)
		sections[i](&show);
	/* Every section ends with a blank line: the last one goes. */
	if (out.length > 1 && out.text[out.length - 2] == '\n')
		out.text[--out.length] = '\0';
	return str_take(&out, ret_text, err);
}
