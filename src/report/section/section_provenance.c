/* Where a result comes from, and how it is made again. */
#include "core/cleanup.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/number.h"
#include "report/reproduce.h"
#include "report/section/section.h"

static void add_time(struct document *doc, const char *word, int64_t calendar_ns)
{
	char text[CLOCK_TEXT_BYTES];
	if (calendar_ns == RECORD_ABSENT)
		return;
	clock_format_utc(calendar_ns, text);
	document_fact(doc, word, "%.10s %.8s UTC", text, text + 11);
}

static void add_text(struct document *doc, const char *word, const char *text)
{
	if (text)
		document_fact(doc, word, "%s", text);
}

static void add_program(const struct run_facts *run, struct document *doc)
{
	char size[NUMBER_TEXT_BYTES] = "";
	if (!run->program_path)
		return;
	if (run->program_bytes != RECORD_ABSENT)
		number_format_bytes(run->program_bytes, size);
	document_fact(doc, "program", "%s%s%s%s%s", run->program_path, size[0] ? ", " : "", size,
	              run->program_sha256 ? ", SHA-256 " : "",
	              run->program_sha256 ? run->program_sha256 : "");
}

static void add_command(const struct run_facts *run, struct document *doc)
{
	struct error err;
	cleanup_free char *command = NULL;
	bool needs_file = false;
	if (reproduce_command(run, &command, &needs_file, &err) < 0) {
		doc->failed = true;
		return;
	}
	if (run->imported)
		return;
	if (!command) {
		document_say(doc, TEXT_DIM,
		             "The result holds no scenario from which it could be made again.");
		return;
	}
	document_say(doc, TEXT_PLAIN, "%s",
	             needs_file ? "To make it again, save the scenario below under the name in "
	                          "this command:"
	                        : "To make it again:");
	document_source(doc, command);
	if (needs_file)
		document_source(doc, run->scenario_text);
}

void section_provenance(const struct findings *findings, struct document *doc)
{
	const struct run_facts *const run = &findings->dataset->run;
	document_section(doc, "provenance", "Provenance", "");
	add_text(doc, "result", findings->dataset->path);
	add_text(doc, "run", run->id);
	if (!run->imported || run->finished_calendar_ns != RECORD_ABSENT)
		add_time(doc, "started", run->origin_calendar_ns);
	add_time(doc, "finished", run->finished_calendar_ns);
	add_text(doc, "source", run->source);
	add_text(doc, "imported", run->imported);
	add_text(doc, run->imported ? "imported by" : "measured by", run->plateau_version);
	document_fact(doc, "written by", "plateau %s", PACKAGE_VERSION);
	if (!run->imported)
		document_fact(doc, "seed", "%llu", (unsigned long long)run->seed);
	add_text(doc, "scenario", run->scenario_sha256);
	add_text(doc, "folder", run->working_folder);
	add_program(run, doc);
	add_command(run, doc);
}
