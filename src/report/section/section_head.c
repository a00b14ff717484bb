/* Which run it is, of what, on which machine. */
#include "core/array.h"
#include "core/clock.h"
#include "core/number.h"
#include "report/idle_clock_fact.h"
#include "report/section/section.h"

#include <stdio.h>
#include <string.h>

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

static void add_host_line(const struct findings *findings, struct document *doc)
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
		const struct host_facts *const host = &findings->dataset->host;
		const bool is_size = strstr(parts[i].fact, "_bytes") != NULL;
		const char *value = host_facts_get(host, parts[i].fact);
		char size[NUMBER_TEXT_BYTES];
		if (!value)
			continue;
		if ((is_size || parts[i].behind[0]) && host_facts_count(host, parts[i].fact) <= 0)
			continue;
		if (is_size) {
			number_format_bytes(host_facts_count(host, parts[i].fact), size);
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
	/* A page has a section on the node, and one on where the result comes from. */
	if (line.length > 0) {
		document_fact(doc, "machine", "%s", str_text(&line));
		document_only(doc, READ_IN_TERMINAL);
	}
	doc->failed |= line.failed;
}

static enum text_role state_role(enum run_state state)
{
	return state == RUN_DONE ? TEXT_GOOD : state == RUN_FAILED ? TEXT_BAD : TEXT_WARN;
}

static bool is_anything_measured(const struct summary *summary)
{
	for (size_t i = 0; i < summary->level_count; i++)
		if (summary->levels[i].trials > 0 || summary->levels[i].is_stated)
			return true;
	return false;
}

static void add_state(const struct findings *findings, struct document *doc)
{
	const enum run_state state = findings->dataset->run.state;
	const bool is_empty = !is_anything_measured(&findings->summary);
	char text[64];
	const bool is_imported = findings->dataset->run.imported && state == RUN_DONE;
	snprintf(text, sizeof text, "%s%s", is_imported ? "imported" : run_state_word(state),
	         is_empty ? ", nothing was measured" : "");
	document_state(doc, is_empty && state == RUN_DONE ? TEXT_WARN : state_role(state), text);
}

void section_head(const struct findings *findings, struct document *doc)
{
	const struct run_facts *const run = &findings->dataset->run;
	const char *const host = host_facts_get(&findings->dataset->host, "hostname");
	cleanup_str struct str title = {0};
	str_addf(&title, host || !run->imported ? "%s on %s" : "%s", or_unknown(run->name),
	         or_unknown(host));
	document_title(doc, str_text(&title));
	document_file(doc, findings->dataset->path ? findings->dataset->path : "");
	add_state(findings, doc);
	document_section(doc, "run", "", "");
	cleanup_str struct str when = {0};
	cleanup_str struct str bound = {0};
	/* Of imported records only where it is known when the tasks ran. */
	if (!run->imported || run->finished_calendar_ns != RECORD_ABSENT)
		add_when(run, &when);
	text_bind_units(&bound, str_text(&when));
	doc->failed |= when.failed || bound.failed;
	document_fact(doc, "when", "%s", str_text(&bound));
	if (run->source)
		document_fact(doc, "source", "%s", run->source);
	add_host_line(findings, doc);
	if (idle_clock_fact(findings->dataset, "clock", doc))
		document_only(doc, READ_IN_TERMINAL);
	if (run->command)
		document_fact(doc, "command", "%s", run->command);
	cleanup_str struct str by = {0};
	str_addf(&by, "%s", or_unknown(run->plateau_version));
	if (run->imported)
		str_addf(&by, ", which imported the records (%s) and measured nothing",
		         run->imported);
	else
		str_addf(&by, ", seed %llu", (unsigned long long)run->seed);
	if (run->threads > 1)
		str_addf(&by, ", %u threads per task", run->threads);
	document_fact(doc, "plateau", "%s", str_text(&by));
	document_only(doc, READ_IN_TERMINAL);
	if (findings->dataset->path) {
		document_fact(doc, "result", "%s", findings->dataset->path);
		document_only(doc, READ_IN_TERMINAL);
	}
	doc->failed |= title.failed || when.failed || by.failed;
}
