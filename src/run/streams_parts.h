/* What streams are made of. streams.c opens the files of slots, streams_keep.c decides at the end
 * of a task what of them waits for the end of the trial, streams_flush.c hands that on. For
 * run/streams*.c. */
#ifndef RUN_STREAMS_PARTS_H
#define RUN_STREAMS_PARTS_H

#include "run/streams.h"
#include "run/task_logs.h"

#include <stdbool.h>

struct task_figures;

enum { STREAM_NAME_BYTES = 64, SPOOL_PART_BYTES = 64 << 10 };

/* A file that waits for the end of the trial. */
struct kept_stream {
	uint32_t slot;
	uint8_t stream;   /* 0: a file in the working folder */
	bool is_output;   /* head and tail are wanted */
	bool is_log;      /* its phases are */
	bool has_figures; /* its figures are */
	int64_t spool_at; /* where in the spool it is; -1: in a file of its own */
	int64_t bytes;
	struct task_log task;
};

/* The two sets of one slot: stdout and stderr each. */
struct slot_files {
	int turn; /* the set in use */
	int fds[2][2];
	int64_t start_offset_ns[2]; /* calendar_offset_ns when the set was turned to */
};

struct streams {
	struct streams_settings settings;
	int null_fd;
	struct slot_files *files;     /* by slot */
	struct task_logs *logs;       /* NULL: none are read */
	struct task_figures *figures; /* the same */
	struct kept_stream *kept;
	size_t kept_count;
	size_t kept_most;
	size_t output_count;
	int spool_fd; /* of what is short, one after the other */
	int64_t spool_bytes;
	char spool_part[SPOOL_PART_BYTES];
	int64_t log_bytes;
	uint64_t dropped;
};

/* What the calendar says less what the run's clock says, in ns. */
int64_t streams_calendar_offset(const struct streams *streams);

/* Whether a log, or figures, are read from stream 1 (stdout), 2 (stderr) or 0 (a file in the
 * working folder). */
bool streams_is_log(const struct streams *streams, int stream);
bool streams_is_figures(const struct streams *streams, int stream);

/* What the file of a slot is called that one of its sets has for a stream. */
void streams_name_slot(char name[STREAM_NAME_BYTES], uint32_t slot, int set, int stream);

/* Makes such a file, empty. Returns its descriptor, or -1 with errno. */
int streams_open_file(const struct streams *streams, uint32_t slot, int set, int stream);

/* What a file is called that was set aside. */
void streams_name_kept(char name[STREAM_NAME_BYTES], const struct kept_stream *kept);

#endif
