/* Logs of strace, and all that is said of them. */
#include "targets.h"

#include "analyse/io/findings.h"
#include "analyse/io/track.h"
#include "answers.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "formats/strace/strace_log.h"
#include "report/io/io_document.h"
#include "report/json/io_json.h"
#include "report/text_style.h"

#include <stdlib.h>

struct reading {
	struct io_track *track;
	struct io_profile profile;
};

static int take_operation(void *context, const struct io_operation *operation, struct error *err)
{
	struct reading *const reading = context;
	size_t count;
	struct io_process process = {.pid = operation->pid, .process = operation->pid};
	const struct io_file *const files = io_track_files(reading->track, &count);
	fuzz_promise(operation->file < count);
	io_track_process(reading->track, operation->pid, &process);
	return io_profile_operation(&reading->profile, operation, &files[operation->file], &process,
	                            err);
}

static int take_call(void *context, const struct io_call *call, struct error *err)
{
	struct reading *const reading = context;
	const int r = io_track_call(reading->track, call, err);
	if (r == 0 && call->kind == IO_CALL_EXIT)
		return io_programs_exit(&reading->profile.programs, call->pid, err);
	return r;
}

static void tell(const struct reading *reading, const struct strace_report *report)
{
	static const struct text_style style = {.width = 100, .is_ascii = true};
	struct error err = {""};
	size_t count = 0;
	const struct io_file *const files = io_track_files(reading->track, &count);
	cleanup_io_findings struct io_findings findings = {0};
	if (io_findings_build(&reading->profile, files, count, NULL, NULL, &findings, &err) < 0)
		return;
	const struct io_seen *chosen[2];
	const struct io_told told = {
	        .log = "x",
	        .report = report,
	        .unknown = io_track_unknown(reading->track),
	        .wall_ns = IO_UNKNOWN,
	        .most_rows = 15,
	        .chosen = chosen,
	        .chosen_count = io_document_choose(&findings, chosen, 2),
	        .is_named = true,
	};
	cleanup_free char *json = NULL;
	if (io_json_write(&findings, &told, false, &json, &err) == 0)
		answer_check_json(json);
	cleanup_document struct document doc;
	document_init(&doc, "", &style);
	io_document(&findings, &told, &doc);
	answer_check_terminal(&doc);
	answer_check_page(&doc);
}

/* The first byte says in which pieces the log comes. */
void fuzz_strace(const char *bytes, const char *text, size_t count)
{
	(void)text;
	struct error err = {""};
	struct reading reading = {0};
	const size_t piece = 1 + 16 * fuzz_choose(&bytes, &count, 26);
	reading.track = io_track_new("/data", take_operation, &reading, &err);
	struct strace_log *const log = strace_log_new(0, take_call, &reading, &err);
	int r = reading.track && log ? 0 : -1;
	for (size_t at = 0; r == 0 && at < count; at += piece)
		r = strace_log_feed(log, bytes + at, count - at < piece ? count - at : piece, &err);
	if (r == 0)
		r = strace_log_end(log, &err);
	fuzz_check_told(r, NULL, &err);
	if (r == 0)
		tell(&reading, strace_log_report(log));
	strace_log_free(log);
	io_track_free(reading.track);
	io_profile_release(&reading.profile);
}
