/* The state of a log that is being read: processes, pieces of calls, lines that wait. */
#ifndef FORMATS_STRACE_STRACE_LOG_PARTS_H
#define FORMATS_STRACE_STRACE_LOG_PARTS_H

#include "core/index_map.h"
#include "core/str.h"
#include "formats/strace/strace_log.h"
#include "formats/strace/strace_parts.h"

/* The place of a process that the log has named by no number yet. */
enum { STRACE_NO_PID = 0 };

/* A process or thread. */
struct strace_process {
	int32_t pid;
	bool is_alive; /* it was seen, or a fork told of it, and it has not ended */
	bool is_held;  /* lines of it wait for the fork that makes it */
	bool has_piece;
	bool is_fork;       /* the piece is the beginning of one */
	int32_t told_child; /* by this fork, before its end; 0: none */
	struct str piece;   /* of a call that has not returned */
	int64_t piece_at_ns;
	size_t piece_line;
};

/* A line of a process that is not known to be born. */
struct strace_held {
	int32_t pid;
	bool is_taken;
	int64_t at_ns;
	size_t line;
	char *text; /* without its prefix */
};

struct strace_log {
	int32_t pid;
	io_call_taker *take;
	void *context;
	struct strace_report report;

	struct str line; /* so far */
	struct str head; /* of a line that strace's own words broke */

	struct strace_process *processes;
	size_t process_room;
	size_t process_count;
	struct index_map by_pid;
	size_t alive;
	int32_t alias; /* the number of the process that has lines without one; 0: not known */
	bool has_nameless;

	int32_t *forks; /* processes with forks under way that have told of no child */
	size_t fork_room;
	size_t fork_count;

	struct strace_held *held;
	size_t held_room;
	size_t held_count;
	size_t held_next;    /* lines before it are taken, or wait */
	size_t held_waiting; /* not taken */
	size_t held_bytes;

	int64_t relative_ns; /* sum of -r so far */
	int64_t days_ns;     /* that times of day have wrapped around by */
	int64_t last_ns;
};

/* A line without its prefix. */
struct strace_text {
	enum strace_line kind;
	int32_t pid;
	int64_t at_ns;
	size_t line;
	char *text;
	char *rest; /* as strace_line_of has it */
};

/* Counts a line that strace cannot have written; text is printed as far as it fits. */
void strace_tell_unreadable(struct strace_log *log, const char *text, size_t line);

/* The process with that pid, made where there is none. NULL: out of memory. It holds until the next
 * call of this. */
struct strace_process *strace_process_of(struct strace_log *log, int32_t pid, struct error *err);

void strace_set_alive(struct strace_log *log, struct strace_process *process, bool is_alive);

/* The call of that name which text is; nothing is known of its arguments. */
struct io_call strace_call_begin(const struct strace_text *text, const char *name);

/* Hands the call to whom the log is read for. Returns 0 or -errno. */
int strace_hand_on(struct strace_log *log, const struct io_call *call, struct error *err);

/* Bytes of the name that text, a call, begins with. */
size_t strace_name_length(const char *text);

/* The call of a fork under way, as if it had returned `child`, from what is there of it. Returns
 * false where that does not tell what is shared. */
bool strace_early_fork(struct strace_process *process, int32_t child, struct io_call *ret_call,
                       struct error *err);

/* Whether a line has to wait for the birth of its process (1), or may be taken (0): then text->pid
 * may be another. Returns -errno too. */
int strace_birth_of(struct strace_log *log, struct strace_text *text, struct error *err);

/* A fork has begun, or has ended, in the process with that pid. */
int strace_fork_begins(struct strace_log *log, int32_t pid, struct error *err);
void strace_fork_ends(struct strace_log *log, int32_t pid);

/* `child` is born: its lines wait no longer. Returns 0 or -ENOMEM. */
int strace_born(struct strace_log *log, int32_t child, struct error *err);

/* The first of the lines that were held and wait no longer: their process is born, or no fork is
 * under way that could make it, or too many wait. is_end: no more comes, so none waits. The text
 * holds until the next call of this. Returns 1, 0 where there is none, or -ENOMEM. */
int strace_birth_next(struct strace_log *log, bool is_end, struct strace_text *ret_text,
                      struct error *err);

/* Takes a line of a process that is known to be born, or of which nothing more is known. */
int strace_take_text(struct strace_log *log, struct strace_text *text, struct error *err);

#endif
