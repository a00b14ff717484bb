/* What the reader of strace's logs is made of: arguments, a table of calls, lines. */
#ifndef FORMATS_STRACE_STRACE_PARTS_H
#define FORMATS_STRACE_STRACE_PARTS_H

#include "model/io.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { STRACE_MOST_ARGUMENTS = 16 };

/* The arguments of a call, each NUL-terminated in the line. Those beyond the most are dropped. */
struct strace_arguments {
	char *text[STRACE_MOST_ARGUMENTS];
	size_t count;
};

/* A descriptor as it is written: 3, 3</path>, AT_FDCWD</path>. */
struct strace_descriptor {
	int32_t fd; /* IO_UNKNOWN: the working folder, or no number */
	const char *path;
};

/* Splits what stands behind "name(" into arguments. Returns what follows the closing bracket, or
 * NULL where it is missing. */
char *strace_split(char *text, struct strace_arguments *ret_arguments);

/* The descriptor that text, which is changed, begins with; ret_rest, where it is not NULL, is what
 * follows it. */
struct strace_descriptor strace_descriptor(char *text, char **ret_rest);

/* The string that text, which is changed, is: unescaped, "..." behind it where strace cut it. NULL
 * where it is none (NULL, an address). */
char *strace_string(char *text);

/* A number in decimal, octal or hexadecimal, or NULL for 0; IO_UNKNOWN where it is none. */
int64_t strace_number(const char *text);

/* Where the value of `name=` begins in text; NULL where there is none. */
const char *strace_field(const char *text, const char *name);

/* The numbers of names joined by |, as open, renameat2, close_range and clone write them. */
uint64_t strace_flags(const char *text);

/* The errno of a name, EIO where it is not known. */
int strace_errno(const char *name, size_t length);

/* How the arguments of a call go into an io_call: numbers of arguments from 1, 0: there is none. */
struct strace_shape {
	const char *name;
	enum io_call_kind kind;
	uint8_t fd;
	uint8_t other_fd;
	uint8_t folder;
	uint8_t path;
	uint8_t other_folder;
	uint8_t other_path;
	uint8_t count;
	uint8_t vector; /* instead of count */
	uint8_t offset;
	uint8_t flags;
	uint8_t status; /* a struct stat or statx */
	/* What else there is to it. Returns false where the call does nothing to files. */
	bool (*more)(const struct strace_arguments *arguments, struct io_call *call);
};

/* The table, sorted by name. */
extern const struct strace_shape strace_shapes[];
extern const size_t strace_shape_count;

/* NULL: the call is none of the table's. */
const struct strace_shape *strace_shape_of(const char *name, size_t length);

/* Fills in call, whose name, result and error are known, from the arguments. Returns false where
 * it does nothing to files. */
bool strace_fill(const struct strace_shape *shape, const struct strace_arguments *arguments,
                 struct io_call *call);

bool strace_more_fcntl(const struct strace_arguments *arguments, struct io_call *call);
bool strace_more_flock(const struct strace_arguments *arguments, struct io_call *call);
bool strace_more_llseek(const struct strace_arguments *arguments, struct io_call *call);
bool strace_more_lseek(const struct strace_arguments *arguments, struct io_call *call);
bool strace_more_mmap(const struct strace_arguments *arguments, struct io_call *call);
bool strace_more_pipe(const struct strace_arguments *arguments, struct io_call *call);
bool strace_more_dup(const struct strace_arguments *arguments, struct io_call *call);
bool strace_more_clone(const struct strace_arguments *arguments, struct io_call *call);
bool strace_more_unshare(const struct strace_arguments *arguments, struct io_call *call);
bool strace_more_creat(const struct strace_arguments *arguments, struct io_call *call);
bool strace_more_openat2(const struct strace_arguments *arguments, struct io_call *call);
bool strace_more_sendfile(const struct strace_arguments *arguments, struct io_call *call);
bool strace_more_copy(const struct strace_arguments *arguments, struct io_call *call);
bool strace_more_close_range(const struct strace_arguments *arguments, struct io_call *call);
bool strace_more_preadv2(const struct strace_arguments *arguments, struct io_call *call);
bool strace_more_socket(const struct strace_arguments *arguments, struct io_call *call);

/* What stands before the call in a line. */
struct strace_prefix {
	int32_t pid;       /* 0: none */
	bool has_time;     /* of day, or since 1970 */
	bool is_calendar;  /* since 1970 */
	bool has_relative; /* since the line before */
	int64_t time_ns;
	int64_t relative_ns;
};

/* Returns what follows it. */
char *strace_prefix(char *line, struct strace_prefix *ret_prefix);

enum strace_line {
	STRACE_CALL,       /* whole */
	STRACE_UNFINISHED, /* its first piece */
	STRACE_RESUMED,    /* its second */
	STRACE_EXITED,     /* +++ exited, +++ killed */
	STRACE_SUPERSEDED, /* +++ superseded by execve in pid N +++ */
	STRACE_OTHER,      /* signals, words of strace, stack traces, nothing at all */
	STRACE_UNREADABLE,
};

/* What a line, without its prefix, is. ret_rest: of RESUMED, the text that follows the first piece;
 * of SUPERSEDED, the number; of UNFINISHED, its mark, which is no part of the call. */
enum strace_line strace_line_of(char *text, size_t length, char **ret_rest);

/* What stands behind the arguments: "= 3</path> <0.000012>". */
struct strace_result {
	bool is_there;
	bool is_known;     /* false: "= ?" */
	bool is_restarted; /* "= ? ERESTARTSYS" */
	int64_t value;
	int32_t error;
	const char *path;
	int64_t duration_ns;
};

void strace_result(char *text, struct strace_result *ret_result);

#endif
