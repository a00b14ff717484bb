#include "report/io/io_document.h"

#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/number.h"
#include "formats/command_text.h"
#include "report/io/io_parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Names of files of one pattern, besides the worst. */
enum { MOST_NAMES = 3 };

/* ---- What it is of -------------------------------------------------------------------------- */

static int64_t wall_of(const struct io_view *view)
{
	const struct io_profile *const profile = view->findings->profile;
	if (view->told->wall_ns >= 0)
		return view->told->wall_ns;
	return profile->has_times ? profile->ended_ns - profile->began_ns : IO_UNKNOWN;
}

static void add_command(const struct io_view *view)
{
	const struct words *const command = view->told->command;
	cleanup_free char *line = NULL;
	struct error ignored;
	if (command && command_text_write(command, &line, &ignored) < 0)
		view->doc->failed = true;
	document_fact(view->doc, "command", "%s", line ? line : "");
	if (view->told->log)
		document_fact(view->doc, "log", "%s", view->told->log);
	if (view->told->ending)
		document_item(view->doc, TEXT_BAD, "!", "%s", view->told->ending);
}

static void add_time(const struct io_view *view)
{
	const struct io_profile *const profile = view->findings->profile;
	const int64_t wall_ns = wall_of(view);
	char wall[NUMBER_TEXT_BYTES];
	char calls[NUMBER_TEXT_BYTES];
	if (wall_ns < 0) {
		document_fact(view->doc, "time", "%s",
		              "the log has none: strace -ttt -T writes them");
		return;
	}
	number_format_duration(wall_ns, 3, wall);
	number_format_duration(profile->duration_ns, 3, calls);
	if (profile->has_durations)
		document_fact(view->doc, "time",
		              "%s under strace; %s in calls on files, of all processes together",
		              wall, calls);
	else
		document_fact(view->doc, "time", "%s under strace", wall);
}

static void add_totals(const struct io_view *view)
{
	const struct io_findings *const findings = view->findings;
	const struct io_folder *const total = &findings->total;
	char read[NUMBER_TEXT_BYTES];
	char written[NUMBER_TEXT_BYTES];
	char remark[160];
	number_format_bytes(total->read_bytes, read);
	number_format_bytes(total->written_bytes, written);
	snprintf(remark, sizeof remark, "of %zu %s", findings->used_count,
	         number_noun(findings->used_count, "file", "files"));
	document_figure(view->doc, TEXT_PLAIN, "read", remark, "%s", read);
	document_figure(view->doc, TEXT_PLAIN, "written", "to files; pipes and sockets are below",
	                "%s", written);
	document_fact(view->doc, "calls",
	              "%" PRIu64 " reads and writes, %" PRIu64
	              " others (openings, look-ups, seeks, ...), %" PRIu64 " failed",
	              total->data_calls, total->meta_calls, total->failed);
}

/* ---- What stands out ------------------------------------------------------------------------ */

static void add_names(const struct io_view *view, const struct io_pattern *pattern, struct str *out)
{
	const struct io_findings *const findings = view->findings;
	str_add(out, io_path_here(view, findings->seen[pattern->seen[0]].file->path));
	if (pattern->count == 1)
		return;
	if (pattern->count <= MOST_NAMES) {
		for (size_t i = 1; i < pattern->count; i++)
			str_addf(out, ", %s",
			         io_path_here(view, findings->seen[pattern->seen[i]].file->path));
		return;
	}
	str_addf(out, " and %zu other files", pattern->count - 1);
}

static bool is_idle(const struct io_pattern *pattern)
{
	return io_pattern_words[pattern->kind].is_of_shared && pattern->is_local;
}

static const char *where_it_matters(const struct io_pattern *pattern)
{
	if (!io_pattern_words[pattern->kind].is_of_shared)
		return "";
	if (pattern->is_local)
		return " It is on a file system of this node, where it costs little; on a shared "
		       "one it would cost much.";
	return pattern->is_shared ? " This is on a shared file system."
	                          : " It matters where this is on a shared file system.";
}

static void add_pattern(const struct io_view *view, const struct io_pattern *pattern)
{
	const struct io_pattern_words *const words = &io_pattern_words[pattern->kind];
	struct str names = {0};
	add_names(view, pattern, &names);
	if (names.failed)
		view->doc->failed = true;
	document_item(view->doc, is_idle(pattern) ? TEXT_PLAIN : TEXT_WARN,
	              is_idle(pattern) ? "-" : "!", "%s: %s. %s: %s.%s",
	              pattern->kind == IO_PATTERN_STORM ? "All files" : str_text(&names),
	              words->title,
	              pattern->count > 1 && pattern->kind != IO_PATTERN_STORM &&
	                              pattern->kind != IO_PATTERN_TEMPORARY &&
	                              pattern->kind != IO_PATTERN_JOURNALS
	                      ? "The worst"
	                      : "Seen",
	              pattern->evidence, where_it_matters(pattern));
	document_item(view->doc, TEXT_DIM, " ", "%s", words->advice);
	str_release(&names);
}

static void add_patterns(const struct io_view *view)
{
	document_section(view->doc, "patterns", "What stands out", "");
	if (view->findings->pattern_count == 0) {
		document_say(view->doc, TEXT_GOOD,
		             "Nothing: no file is read or written again and again, in small "
		             "pieces, or opened more often than it needs.");
		return;
	}
	for (size_t i = 0; i < view->findings->pattern_count; i++)
		add_pattern(view, &view->findings->patterns[i]);
}

/* ---- What is not known ---------------------------------------------------------------------- */

static void add_log_notes(const struct io_view *view, const struct strace_report *report)
{
	struct document *const doc = view->doc;
	if (report->unreadable > 0)
		document_item(doc, TEXT_WARN, "!",
		              "%zu of %zu lines of the log are none of strace's and were passed "
		              "over; the first is line %zu: %s",
		              report->unreadable, report->lines, report->first_unreadable,
		              report->unreadable_said);
	if (report->unfinished > 0)
		document_item(
		        doc, TEXT_PLAIN, "-",
		        "%zu calls had not returned when the log ended: they are not counted.",
		        report->unfinished);
	if (report->unseen > 0)
		document_item(doc, TEXT_WARN, "!",
		              "%zu calls hand work to the kernel that no log of calls shows "
		              "(io_uring, libaio): what was read and written so is not counted.",
		              report->unseen);
}

static bool has_mappings(const struct io_findings *findings)
{
	for (size_t i = 0; i < findings->seen_count; i++)
		if (findings->seen[i].use->mapped_bytes > 0)
			return true;
	return false;
}

static bool has_file_systems(const struct io_findings *findings)
{
	for (size_t i = 0; i < findings->seen_count; i++)
		if (findings->seen[i].file_system)
			return true;
	return false;
}

static void add_notes(const struct io_view *view)
{
	struct document *const doc = view->doc;
	document_section(doc, "notes", "What this does not show", "");
	if (view->told->report)
		add_log_notes(view, view->told->report);
	if (view->told->unknown > 0)
		document_item(
		        doc, TEXT_PLAIN, "-",
		        "%zu calls are of descriptors that were open before the log began, or "
		        "of processes that it does not tell the beginning of: their files and "
		        "positions may be missing.",
		        view->told->unknown);
	if (has_mappings(view->findings))
		document_item(doc, TEXT_PLAIN, "-",
		              "Files were mapped into memory (programs and their libraries always "
		              "are): what is read and written through a mapping is not seen.");
	if (view->told->log && !has_file_systems(view->findings))
		document_item(doc, TEXT_PLAIN, "-",
		              "A log does not say on which kind of file system a file is; where "
		              "this node has the same ones, --here asks it.");
	document_item(doc, TEXT_PLAIN, "-",
	              "Strace holds up every call: compare these times with each other, not with "
	              "those of a run without it. Bytes may have come from memory instead of a "
	              "disk or a server.");
}

/* ---- All of it ------------------------------------------------------------------------------ */

static void add_head(const struct io_view *view)
{
	document_section(view->doc, "command", "", "");
	add_command(view);
	add_time(view);
	add_totals(view);
}

void io_document(const struct io_findings *findings, const struct io_told *told,
                 struct document *doc)
{
	const struct io_view view = {findings, told, doc};
	document_title(doc, "What it does to files");
	add_head(&view);
	add_patterns(&view);
	io_sections_tables(&view);
	io_section_chosen(&view);
	add_notes(&view);
}

static bool is_among(const struct io_seen *seen, const struct io_seen *const *chosen, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (chosen[i] == seen)
			return true;
	return false;
}

static bool is_worth_a_plot(const struct io_seen *seen)
{
	return seen->use->is_traced && io_use_data_calls(seen->use) > 2;
}

size_t io_document_choose(const struct io_findings *findings, const struct io_seen **ret_chosen,
                          size_t most)
{
	size_t count = 0;
	for (size_t i = 0; i < findings->pattern_count && count < most; i++) {
		const struct io_pattern *const pattern = &findings->patterns[i];
		const struct io_seen *const worst = &findings->seen[pattern->seen[0]];
		if (pattern->kind != IO_PATTERN_STORM && !is_idle(pattern) &&
		    is_worth_a_plot(worst) && !is_among(worst, ret_chosen, count))
			ret_chosen[count++] = worst;
	}
	if (count == 0 && findings->seen_count > 0 && is_worth_a_plot(&findings->seen[0]))
		ret_chosen[count++] = &findings->seen[0];
	return count;
}
