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
	log->held_waiting++;
	log->held_bytes += strlen(held.text) + sizeof held;
	return 0;
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
	const int r = strace_hand_on(log, &call, err);
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

/* ---- Lines that wait no longer ------------------------------------------------------------ */

int strace_born(struct strace_log *log, int32_t child, struct error *err)
{
	struct strace_process *const process = strace_process_of(log, child, err);
	if (!process)
		return -ENOMEM;
	strace_set_alive(log, process, true);
	if (process->is_held)
		log->held_next = 0;
	process->is_held = false;
	return 0;
}

/* The first line whose process is born; NULL where there is none, and -ENOMEM. */
static int find_due(struct strace_log *log, struct strace_held **ret_held, struct error *err)
{
	for (; log->held_next < log->held_count; log->held_next++) {
		struct strace_held *const held = &log->held[log->held_next];
		if (held->is_taken)
			continue;
		const struct strace_process *const process = strace_process_of(log, held->pid, err);
		if (!process)
			return -ENOMEM;
		if (!process->is_held) {
			*ret_held = held;
			return 0;
		}
	}
	*ret_held = NULL;
	return 0;
}

static int32_t first_that_waits(const struct strace_log *log)
{
	size_t i = 0;
	while (log->held[i].is_taken)
		i++;
	return log->held[i].pid;
}

static void drop_taken(struct strace_log *log)
{
	for (size_t i = 0; i < log->held_count; i++)
		free(log->held[i].text);
	log->held_count = 0;
	log->held_next = 0;
	log->held_bytes = 0;
}

int strace_birth_next(struct strace_log *log, bool is_end, struct strace_text *ret_text,
                      struct error *err)
{
	while (log->held_count > 0) {
		struct strace_held *held = NULL;
		int r = find_due(log, &held, err);
		if (r < 0)
			return r;
		if (held) {
			held->is_taken = true;
			log->held_waiting--;
			*ret_text = (struct strace_text){.pid = held->pid,
			                                 .at_ns = held->at_ns,
			                                 .line = held->line,
			                                 .text = held->text};
			ret_text->kind =
			        strace_line_of(held->text, strlen(held->text), &ret_text->rest);
			return 1;
		}
		if (log->held_waiting == 0) {
			drop_taken(log);
			return 0;
		}
		if (log->fork_count > 0 && !is_end && log->held_bytes <= MOST_HELD_BYTES)
			return 0;
		r = strace_born(log, first_that_waits(log), err);
		if (r < 0)
			return r;
	}
	return 0;
}
