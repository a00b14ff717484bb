/* Reads what strace writes, call by call, in the memory of one line and of the calls that are under
 * way: lines of any of its usual options (-f, -ff, -o, -t, -tt, -ttt, -r, -T, -y, -yy, -x, -i, -n,
 * -Y), of strace 4.24 to 6.x. Calls in two pieces (unfinished, resumed) are put together. A child's
 * calls that stand before the end of the fork that made it are handed on behind that fork.
 *
 * Order of calls: strace_log_new, strace_log_feed as often as there is something, strace_log_end,
 * strace_log_free. strace_log_read does all that for saved logs. */
#ifndef FORMATS_STRACE_STRACE_LOG_H
#define FORMATS_STRACE_STRACE_LOG_H

#include "model/io.h"

enum { STRACE_SAID_BYTES = 100 };

/* What a log was like. */
struct strace_report {
	size_t lines;
	size_t calls;       /* handed on */
	size_t passed_over; /* calls that concern no file, signals, what strace says itself */
	size_t restarted;   /* calls that a signal broke off and the kernel began anew */
	size_t unseen;      /* io_uring and libaio: what they do is in no log of calls */
	size_t unfinished;  /* calls whose end is not in the log */
	size_t unreadable;  /* lines that are none of strace's, or with a path that no call takes */
	size_t first_unreadable;
	char unreadable_said[STRACE_SAID_BYTES]; /* the beginning of it, printable */
	int32_t first_pid;                       /* 0: the log names none */
	size_t processes;                        /* pids seen */
	bool has_times;
	bool is_calendar; /* times are since 1970 (-ttt); else since midnight or the beginning */
	bool has_durations;
	bool has_paths; /* of descriptors (-y) */
};

struct strace_log;

/* pid: of all lines that name none (a file that strace -ff wrote), 0. Returns NULL with -ENOMEM in
 * err. */
struct strace_log *strace_log_new(int32_t pid, io_call_taker *take, void *context,
                                  struct error *err);

/* Takes the next bytes, which need not end with a line. Returns 0, -ENOMEM, -EFBIG (a line of more
 * than 64 MiB), or what the taker returned. */
int strace_log_feed(struct strace_log *log, const char *bytes, size_t count, struct error *err);

/* No more comes: takes the last line and what still waits. Returns as strace_log_feed. */
int strace_log_end(struct strace_log *log, struct error *err);

const struct strace_report *strace_log_report(const struct strace_log *log);

void strace_log_free(struct strace_log *log);

/* Reads a saved log: one file ("-" is standard input), or all files of `strace -ff -o PATH`
 * (PATH.PID), merged by their times where `path` itself is no file. ret_report may be NULL. Returns
 * 0; -EINVAL where it is no log of strace (no line of it is a call); -ENOENT or another -errno. */
int strace_log_read(const char *path, io_call_taker *take, void *context,
                    struct strace_report *ret_report, struct error *err);

/* "trace=?access,?chdir,...", for strace's -e: the calls that are read, whether this machine has
 * them or not. The caller frees it. Returns 0 or -ENOMEM. */
int strace_calls_option(char **ret_text, struct error *err);

#endif
