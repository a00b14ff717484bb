#include "formats/strace/strace_log.h"

#include "core/array.h"
#include "core/clock.h"
#include "core/error.h"
#include "formats/strace/strace_log_parts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_LINE_BYTES = 64 << 20 };

static const int64_t day_ns = 86400 * NS_PER_S;

struct strace_log *strace_log_new(int32_t pid, io_call_taker *take, void *context,
                                  struct error *err)
{
	struct strace_log *const log = calloc(1, sizeof *log);
	if (!log) {
		error_memory(err);
		return NULL;
	}
	log->pid = pid;
	log->take = take;
	log->context = context;
	log->last_ns = IO_UNKNOWN;
	log->report.first_pid = pid;
	return log;
}

void strace_log_free(struct strace_log *log)
{
	if (!log)
		return;
	for (size_t i = 0; i < log->process_count; i++)
		str_release(&log->processes[i].piece);
	for (size_t i = 0; i < log->held_count; i++)
		free(log->held[i].text);
	free(log->processes);
	free(log->held);
	free(log->forks);
	index_map_release(&log->by_pid);
	str_release(&log->line);
	str_release(&log->head);
	free(log);
}

const struct strace_report *strace_log_report(const struct strace_log *log)
{
	return &log->report;
}

/* ---- Processes --------------------------------------------------------------------------- */

/* The only process that is alive; STRACE_NO_PID where there are more. */
static int32_t survivor(const struct strace_log *log)
{
	if (log->alive != 1)
		return STRACE_NO_PID;
	for (size_t i = 0; i < log->process_count; i++) {
		if (log->processes[i].is_alive)
			return log->processes[i].pid;
	}
	return STRACE_NO_PID;
}

/* Without -o, strace names no process while there is but one: lines without a number are of the one
 * that is left, or of the first. */
static int32_t pid_of(struct strace_log *log, const struct strace_prefix *prefix)
{
	if (prefix->pid == 0) {
		if (log->pid != 0 && log->report.first_pid == 0)
			log->report.first_pid = log->pid;
		if (log->pid != 0)
			return log->pid;
		log->has_nameless = true;
		return survivor(log);
	}
	if (log->report.first_pid == 0)
		log->report.first_pid = prefix->pid;
	return prefix->pid == log->alias ? STRACE_NO_PID : prefix->pid;
}

/* ---- Times ------------------------------------------------------------------------------- */

static int64_t time_of(struct strace_log *log, const struct strace_prefix *prefix)
{
	if (prefix->has_relative)
		log->relative_ns += prefix->relative_ns;
	if (!prefix->has_time && !prefix->has_relative)
		return IO_UNKNOWN;
	log->report.has_times = true;
	if (!prefix->has_time)
		return log->relative_ns;
	if (prefix->is_calendar) {
		log->report.is_calendar = true;
		return prefix->time_ns;
	}
	/* Past midnight. */
	if (log->last_ns >= 0 && prefix->time_ns + log->days_ns < log->last_ns - day_ns / 2)
		log->days_ns += day_ns;
	log->last_ns = prefix->time_ns + log->days_ns;
	return log->last_ns;
}

/* ---- Lines ------------------------------------------------------------------------------- */

/* strace's own words may stand within a line: "vfork(strace: Process 27890 attached", and what
 * belongs behind the bracket follows in the next line. Returns whether the line was only begun. */
static bool is_broken(struct strace_log *log, char *text, size_t length)
{
	static const char attached[] = " attached";
	const size_t mark = sizeof attached - 1;
	if (length < mark || strcmp(text + length - mark, attached) != 0)
		return false;
	char *const words = strstr(text, "strace: Process ");
	if (!words || words == text || strchr(text, '(') == NULL || strchr(text, '(') > words)
		return false;
	str_add_bytes(&log->head, text, (size_t)(words - text));
	return true;
}

/* Takes lines that waited, and do no longer. */
static int take_born(struct strace_log *log, bool is_end, struct error *err)
{
	struct strace_text text;
	int r;
	while ((r = strace_birth_next(log, is_end, &text, err)) == 1) {
		r = strace_take_text(log, &text, err);
		if (r < 0)
			return r;
	}
	return r;
}

/* text is whole, NUL-terminated, without its end. */
static int take_line(struct strace_log *log, char *text, size_t length, struct error *err)
{
	struct strace_prefix prefix;
	char *const call = strace_prefix(text, &prefix);
	struct strace_text taken = {
	        .at_ns = time_of(log, &prefix), .line = log->report.lines, .text = call};
	taken.kind = strace_line_of(call, length - (size_t)(call - text), &taken.rest);
	if (taken.kind == STRACE_UNREADABLE) {
		strace_tell_unreadable(log, text, log->report.lines);
		return 0;
	}
	if (taken.kind == STRACE_OTHER) {
		log->report.passed_over++;
		return 0;
	}
	taken.pid = pid_of(log, &prefix);
	int r = strace_birth_of(log, &taken, err);
	if (r == 0)
		r = strace_take_text(log, &taken, err);
	return r < 0 ? r : take_born(log, false, err);
}

/* What is in log->line is one whole line. */
static int end_line(struct strace_log *log, struct error *err)
{
	struct str *const line = &log->line;
	if (line->failed)
		return error_memory(err);
	log->report.lines++;
	while (line->length > 0 && line->text[line->length - 1] == '\r')
		line->text[--line->length] = '\0';
	if (line->length == 0)
		return 0;
	if (is_broken(log, line->text, line->length))
		return log->head.failed ? error_memory(err) : 0;
	int r;
	if (log->head.length > 0) {
		str_add_bytes(&log->head, line->text, line->length);
		r = log->head.failed ? error_memory(err)
		                     : take_line(log, log->head.text, log->head.length, err);
		log->head.length = 0;
	} else {
		r = take_line(log, line->text, line->length, err);
	}
	return r;
}

int strace_log_feed(struct strace_log *log, const char *bytes, size_t count, struct error *err)
{
	int r = 0;
	while (r == 0 && count > 0) {
		const char *const end = memchr(bytes, '\n', count);
		const size_t length = end ? (size_t)(end - bytes) : count;
		if (log->line.length + length > MOST_LINE_BYTES)
			return error_set(err, EFBIG,
			                 "line %zu is longer than 64 MiB: this is no log of strace",
			                 log->report.lines + 1);
		str_add_bytes(&log->line, bytes, length);
		bytes += length;
		count -= length;
		if (!end)
			break;
		bytes++;
		count--;
		r = end_line(log, err);
		log->line.length = 0;
	}
	return r;
}

int strace_log_end(struct strace_log *log, struct error *err)
{
	int r = log->line.length > 0 ? end_line(log, err) : 0;
	log->line.length = 0;
	if (r == 0)
		r = take_born(log, true, err);
	for (size_t i = 0; i < log->process_count; i++)
		log->report.unfinished += log->processes[i].has_piece;
	return r;
}
