/* A child's calls may stand in a log before the end of the fork that makes it. Where one fork alone
 * is under way, and it is known what it shares, the child is its: the fork is handed on at once.
 * Else the child's lines wait. */
#include "core/array.h"
#include "core/error.h"
#include "formats/strace/strace_log_parts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_HELD_BYTES = 64 << 20 };

int strace_fork_begins(struct strace_log *log, int32_t pid, struct error *err)
{
	const int r = array_reserve(&log->forks, &log->fork_room, log->fork_count + 1,
	                            sizeof *log->forks, err);
	if (r == 0)
		log->forks[log->fork_count++] = pid;
	return r;
}

void strace_fork_ends(struct strace_log *log, int32_t pid)
{
	for (size_t i = 0; i < log->fork_count; i++) {
		if (log->forks[i] == pid) {
			log->forks[i] = log->forks[--log->fork_count];
			return;
		}
	}
}

static int hold(struct strace_log *log, const struct strace_text *text, struct error *err)
{
	int r = array_reserve(&log->held, &log->held_room, log->held_count + 1, sizeof *log->held,
	                      err);
	if (r < 0)
		return r;
	struct strace_held held = {.pid = text->pid, .at_ns = text->at_ns, .line = text->line};
	r = str_copy(text->text, &held.text, err);
	if (r < 0)
		return r;
	log->held[log->held_count++] = held;
	log->held_bytes += strlen(held.text) + sizeof held;
	return log->held_bytes > MOST_HELD_BYTES ? strace_births_end(log, err) : 0;
}

/* Hands on the only fork that is under way as having made pid. Returns 1; 0 where it does not say
 * what is shared; or -errno. */
static int tell_early(struct strace_log *log, int32_t pid, struct error *err)
{
	struct strace_process *const parent = strace_process_of(log, log->forks[0], err);
	if (!parent)
		return -ENOMEM;
	struct io_call call;
	if (!strace_early_fork(parent, pid, &call, err))
		return 0;
	parent->told_child = pid;
	log->fork_count = 0;
	log->report.calls++;
	const int r = log->take(log->context, &call, err);
	return r < 0 ? r : 1;
}

int strace_birth_of(struct strace_log *log, struct strace_text *text, struct error *err)
{
	struct strace_process *process = strace_process_of(log, text->pid, err);
	if (!process)
		return -ENOMEM;
	if (process->is_held) {
		const int r = hold(log, text, err);
		return r < 0 ? r : 1;
	}
	if (process->is_alive || text->kind == STRACE_EXITED)
		return 0;
	const bool is_named = text->pid != STRACE_NO_PID && log->pid == 0;
	if (is_named && log->has_nameless && log->alias == 0 &&
	    (text->kind == STRACE_RESUMED || log->fork_count == 0)) {
		/* The first process, which had no number before there was a second. */
		log->alias = text->pid;
		text->pid = STRACE_NO_PID;
		return 0;
	}
	int r = 0;
	if (log->fork_count == 1)
		r = tell_early(log, text->pid, err);
	if (r < 0)
		return r;
	process = strace_process_of(log, text->pid, err);
	if (!process)
		return -ENOMEM;
	if (r == 1 || log->fork_count == 0) {
		strace_set_alive(log, process, true);
		return 0;
	}
	process->is_held = true;
	r = hold(log, text, err);
	return r < 0 ? r : 1;
}

/* ---- Taking what was held ---------------------------------------------------------------- */

static int take_held(struct strace_log *log, size_t index, struct error *err)
{
	struct strace_held *const held = &log->held[index];
	held->is_taken = true;
	struct strace_text text = {
	        .pid = held->pid, .at_ns = held->at_ns, .line = held->line, .text = held->text};
	text.kind = strace_line_of(text.text, strlen(text.text), &text.rest);
	return strace_take_text(log, &text, err);
}

static int take_lines_of(struct strace_log *log, int32_t pid, struct error *err)
{
	struct strace_process *const process = strace_process_of(log, pid, err);
	if (!process)
		return -ENOMEM;
	strace_set_alive(log, process, true);
	if (!process->is_held)
		return 0;
	process->is_held = false;
	int r = 0;
	for (size_t i = 0; i < log->held_count && r == 0; i++) {
		if (log->held[i].pid == pid && !log->held[i].is_taken)
			r = take_held(log, i, err);
	}
	return r;
}

/* Forgets the lines that were taken, unless some still wait. */
static void drop_taken(struct strace_log *log)
{
	for (size_t i = 0; i < log->held_count; i++) {
		if (!log->held[i].is_taken)
			return;
	}
	for (size_t i = 0; i < log->held_count; i++)
		free(log->held[i].text);
	log->held_count = 0;
	log->held_bytes = 0;
}

static int take_all(struct strace_log *log, struct error *err)
{
	int r = 0;
	for (size_t i = 0; i < log->held_count && r == 0; i++) {
		if (!log->held[i].is_taken)
			r = take_lines_of(log, log->held[i].pid, err);
	}
	return r;
}

int strace_born(struct strace_log *log, int32_t child, struct error *err)
{
	const bool is_outermost = !log->is_taking_held;
	log->is_taking_held = true;
	int r = take_lines_of(log, child, err);
	if (r == 0 && is_outermost && log->fork_count == 0)
		r = take_all(log, err);
	if (is_outermost) {
		log->is_taking_held = false;
		drop_taken(log);
	}
	return r;
}

int strace_births_end(struct strace_log *log, struct error *err)
{
	const bool is_outermost = !log->is_taking_held;
	log->is_taking_held = true;
	const int r = take_all(log, err);
	if (is_outermost) {
		log->is_taking_held = false;
		drop_taken(log);
	}
	return r;
}
