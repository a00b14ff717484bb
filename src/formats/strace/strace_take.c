#include "core/array.h"
#include "core/error.h"
#include "formats/strace/strace_log_parts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* PATH_MAX of Linux, with room for what strace puts behind a path ("...", "(deleted)"). */
enum { MOST_PATH_BYTES = 4096 + 16 };

static bool is_fork(const char *text)
{
	const struct strace_shape *const shape = strace_shape_of(text, strace_name_length(text));
	return shape && shape->kind == IO_CALL_FORK;
}

/* ---- Ends of processes ------------------------------------------------------------------- */

static int take_exit(struct strace_log *log, const struct strace_text *text, struct error *err)
{
	struct strace_process *const process = strace_process_of(log, text->pid, err);
	if (!process)
		return -ENOMEM;
	if (process->has_piece) {
		if (process->is_fork && process->told_child == 0)
			strace_fork_ends(log, text->pid);
		log->report.unfinished++;
		process->has_piece = false;
	}
	if (!process->is_alive)
		return 0;
	strace_set_alive(log, process, false);
	str_release(&process->piece);
	struct io_call call = strace_call_begin(text, "exit");
	call.kind = IO_CALL_EXIT;
	return strace_hand_on(log, &call, err);
}

/* A thread that is not the first executed a program: it goes on under the first one's number. */
static int take_superseded(struct strace_log *log, const struct strace_text *text,
                           struct error *err)
{
	const int64_t pid = strace_number(text->rest);
	if (pid <= 0 || pid > INT32_MAX || pid == text->pid)
		return 0;
	struct strace_process *process = strace_process_of(log, (int32_t)pid, err);
	if (!process)
		return -ENOMEM;
	const struct strace_process old = *process;
	process->has_piece = false;
	process->piece = (struct str){0};
	process = strace_process_of(log, text->pid, err);
	if (!process) {
		struct str piece = old.piece;
		str_release(&piece);
		return -ENOMEM;
	}
	str_release(&process->piece);
	process->piece = old.piece;
	process->has_piece = old.has_piece;
	process->is_fork = false;
	process->piece_at_ns = old.piece_at_ns;
	process->piece_line = old.piece_line;
	strace_set_alive(log, process, true);
	const struct strace_text exit = {
	        .pid = (int32_t)pid, .at_ns = text->at_ns, .line = text->line};
	return take_exit(log, &exit, err);
}

/* ---- Calls ------------------------------------------------------------------------------- */

/* A fork that has returned. */
static int take_fork(struct strace_log *log, const struct io_call *call, int32_t told_child,
                     struct error *err)
{
	int r = 0;
	if (call->result <= 0)
		return 0;
	if (told_child != call->result)
		r = strace_hand_on(log, call, err);
	return r < 0 ? r : strace_born(log, (int32_t)call->result, err);
}

static void tell_unknown(struct strace_log *log, const char *name, size_t length)
{
	static const char *const unseen[] = {"io_uring_enter", "io_submit"};
	for (size_t i = 0; i < ARRAY_LENGTH(unseen); i++) {
		if (strlen(unseen[i]) == length && memcmp(unseen[i], name, length) == 0) {
			log->report.unseen++;
			return;
		}
	}
	log->report.passed_over++;
}

/* Longer than any that a call takes, or that strace asks for. */
static bool has_endless_path(const struct io_call *call)
{
	const char *const paths[] = {call->path,        call->other_path,
	                             call->fd_path,     call->other_fd_path,
	                             call->folder_path, call->other_folder_path};
	for (size_t i = 0; i < ARRAY_LENGTH(paths); i++) {
		if (paths[i] && strnlen(paths[i], MOST_PATH_BYTES + 1) > MOST_PATH_BYTES)
			return true;
	}
	return false;
}

/* text->text is a whole call; told_child: of a fork that was handed on before its end. */
static int take_call(struct strace_log *log, const struct strace_text *text, int32_t told_child,
                     struct error *err)
{
	const size_t length = strace_name_length(text->text);
	const struct strace_shape *const shape = strace_shape_of(text->text, length);
	if (!shape) {
		tell_unknown(log, text->text, length);
		return 0;
	}
	if (shape->kind == IO_CALL_EXIT)
		return take_exit(log, text, err);
	struct strace_arguments arguments;
	char *const behind = strace_split(text->text + length + 1, &arguments);
	struct strace_result result = {0};
	if (behind)
		strace_result(behind, &result);
	if (!result.is_known) {
		log->report.restarted += result.is_restarted;
		log->report.unfinished += !result.is_restarted;
		return 0;
	}
	struct io_call call = strace_call_begin(text, shape->name);
	call.result = result.value;
	call.error = result.error;
	call.duration_ns = result.duration_ns;
	if (!strace_fill(shape, &arguments, &call)) {
		log->report.passed_over++;
		return 0;
	}
	if (result.path && !call.fd_path)
		call.fd_path = result.path;
	if (has_endless_path(&call)) {
		strace_tell_unreadable(log, text->text, text->line);
		return 0;
	}
	if (call.kind == IO_CALL_FORK)
		return take_fork(log, &call, told_child, err);
	return strace_hand_on(log, &call, err);
}

static int keep_piece(struct strace_log *log, const struct strace_text *text, struct error *err)
{
	struct strace_process *const process = strace_process_of(log, text->pid, err);
	if (!process)
		return -ENOMEM;
	if (process->has_piece) {
		log->report.unfinished++;
		if (process->is_fork && process->told_child == 0)
			strace_fork_ends(log, text->pid);
	}
	process->piece.length = 0;
	str_add_bytes(&process->piece, text->text, (size_t)(text->rest - text->text));
	if (process->piece.failed)
		return error_memory(err);
	process->has_piece = true;
	process->piece_at_ns = text->at_ns;
	process->piece_line = text->line;
	process->told_child = 0;
	process->is_fork = is_fork(text->text);
	return process->is_fork ? strace_fork_begins(log, text->pid, err) : 0;
}

static int take_resumed(struct strace_log *log, const struct strace_text *text, struct error *err)
{
	struct strace_process *const process = strace_process_of(log, text->pid, err);
	if (!process)
		return -ENOMEM;
	if (!process->has_piece) {
		/* The log begins within this call, or lacks a line. */
		log->report.unfinished++;
		return 0;
	}
	process->has_piece = false;
	if (process->is_fork && process->told_child == 0)
		strace_fork_ends(log, text->pid);
	str_add(&process->piece, text->rest);
	if (process->piece.failed)
		return error_memory(err);
	/* Taken away from its process: what is called from here may move the table. */
	struct str whole = process->piece;
	process->piece = (struct str){0};
	const struct strace_text call = {.kind = STRACE_CALL,
	                                 .pid = text->pid,
	                                 .at_ns = process->piece_at_ns,
	                                 .line = process->piece_line,
	                                 .text = whole.text};
	const int r = take_call(log, &call, process->told_child, err);
	str_release(&whole);
	return r;
}

int strace_take_text(struct strace_log *log, struct strace_text *text, struct error *err)
{
	if (text->kind == STRACE_EXITED)
		return take_exit(log, text, err);
	if (text->kind == STRACE_SUPERSEDED)
		return take_superseded(log, text, err);
	struct strace_process *const process = strace_process_of(log, text->pid, err);
	if (!process)
		return -ENOMEM;
	strace_set_alive(log, process, true);
	if (text->kind == STRACE_UNFINISHED)
		return keep_piece(log, text, err);
	if (text->kind == STRACE_RESUMED)
		return take_resumed(log, text, err);
	return take_call(log, text, 0, err);
}
