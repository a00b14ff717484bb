/* What the log hands on of a call, and what it counts. */
#include "core/error.h"
#include "formats/strace/strace_log_parts.h"

#include <stdlib.h>
#include <string.h>

static const struct io_call nothing_known = {
        .at_ns = IO_UNKNOWN,
        .duration_ns = IO_UNKNOWN,
        .fd = IO_UNKNOWN,
        .other_fd = IO_UNKNOWN,
        .folder_fd = IO_UNKNOWN,
        .other_folder_fd = IO_UNKNOWN,
        .count = IO_UNKNOWN,
        .offset = IO_UNKNOWN,
        .other_offset = IO_UNKNOWN,
        .size = IO_UNKNOWN,
        .file_kind = IO_UNKNOWN,
};

struct io_call strace_call_begin(const struct strace_text *text, const char *name)
{
	struct io_call call = nothing_known;
	call.name = name;
	call.pid = text->pid;
	call.at_ns = text->at_ns;
	call.line = text->line;
	return call;
}

int strace_hand_on(struct strace_log *log, const struct io_call *call, struct error *err)
{
	log->report.calls++;
	log->report.has_durations = log->report.has_durations || call->duration_ns != IO_UNKNOWN;
	log->report.has_paths = log->report.has_paths || call->fd_path || call->folder_path;
	return log->take(log->context, call, err);
}

void strace_tell_unreadable(struct strace_log *log, const char *text, size_t line)
{
	struct strace_report *const report = &log->report;
	if (report->unreadable++ > 0)
		return;
	report->first_unreadable = line;
	size_t i = 0;
	for (; i + 1 < sizeof report->unreadable_said && text[i] != '\0'; i++)
		report->unreadable_said[i] = text[i] >= ' ' && text[i] <= '~' ? text[i] : '?';
	report->unreadable_said[i] = '\0';
}

size_t strace_name_length(const char *text)
{
	return strcspn(text, "(");
}

bool strace_early_fork(struct strace_process *process, int32_t child, struct io_call *ret_call,
                       struct error *err)
{
	char *copy = NULL;
	const char *const text = str_text(&process->piece);
	const struct strace_shape *const shape = strace_shape_of(text, strace_name_length(text));
	const bool tells = strstr(text, "flags=") || strncmp(text, "fork", 4) == 0 ||
	                   strncmp(text, "vfork", 5) == 0;
	if (!shape || !tells || str_format(&copy, err, "%s)", text) < 0)
		return false;
	const struct strace_text begun = {
	        .pid = process->pid, .at_ns = process->piece_at_ns, .line = process->piece_line};
	struct io_call call = strace_call_begin(&begun, shape->name);
	call.result = child;
	struct strace_arguments arguments;
	const bool is_whole =
	        strace_split(copy + strace_name_length(copy) + 1, &arguments) != NULL &&
	        strace_fill(shape, &arguments, &call);
	free(copy);
	if (is_whole)
		*ret_call = call;
	return is_whole;
}
