/* What a command did to each file, counted one operation at a time: memory grows with the number of
 * files and processes, never with the number of calls.
 *
 *   struct io_profile profile = {0};
 *   io_profile_operation(&profile, operation, file, process, err)     for every operation
 *   ... analyse/io/patterns.h reads it; io_profile_release(&profile) */
#ifndef ANALYSE_IO_PROFILE_H
#define ANALYSE_IO_PROFILE_H

#include "analyse/io/programs.h"
#include "analyse/io/ranges.h"
#include "analyse/io/slices.h"
#include "analyse/io/trace.h"
#include "model/io.h"

enum {
	IO_TINY_BYTES = 16,   /* a read of so many or less takes byte by byte */
	IO_PAGE_BYTES = 4096, /* a write of less, or across, costs a whole one */
	IO_OPENERS_MOST = 12, /* processes of a file that are told apart */
	IO_TRACE_BUDGET = 512 /* full traces that may be kept, of whatever files */
};

/* Writes in a row, without a read of the file between them, are one burst. */
struct io_bursts {
	uint64_t count;
	uint64_t swept;      /* before which the whole file was read from its start */
	int64_t swept_bytes; /* that were read so */
	uint64_t synced;     /* behind which the file was synced */
	int64_t head_bytes;  /* written in the first one */
	int64_t reach;       /* how far it has been read from its start since the last one */
	bool is_open;        /* one is under way */
	bool is_unsynced;
};

/* What was done to one file. */
struct io_use {
	uint64_t calls[IO_OPERATIONS];
	uint64_t failed;  /* calls, of any kind */
	uint64_t missing; /* of them because there is no such file */
	int64_t read_bytes;
	int64_t written_bytes;
	int64_t mapped_bytes; /* what is read through a mapping is not seen */
	int64_t duration_ns;  /* in calls */
	int64_t sync_ns;      /* of it in syncs */
	int64_t lock_ns;      /* and locks */
	int64_t first_ns;     /* IO_UNKNOWN: the log has no times */
	int64_t last_ns;
	int64_t end_bytes;  /* the file reached at least to here, the last that is known */
	int64_t most_bytes; /* the largest it was */
	uint64_t reads_tiny;
	uint64_t writes_small; /* of less than a page */
	uint64_t writes_odd;   /* that begin or end within a page */
	uint64_t jumps;        /* reads and writes that do not go on where the last one ended */
	uint64_t unplaced;     /* reads and writes at a position that is not known */
	int64_t next;          /* where the last read or write ended, */
	uint32_t opening;      /* and of which opening it was */
	struct io_bursts bursts;
	struct io_ranges read;
	struct io_ranges written;
	struct io_trace trace;
	bool is_traced;                    /* the trace is whole */
	uint64_t openers[IO_OPENERS_MOST]; /* processes, each with its program */
	uint32_t opener_count;
	uint64_t reopens; /* by a process that had opened it before, as the same program */
};

struct io_profile {
	struct io_use *uses; /* by the tracker's number of the file */
	size_t count;
	size_t capacity;
	struct io_slices slices;
	struct io_programs programs;
	uint64_t operations;
	uint64_t failed;
	int64_t duration_ns; /* in calls: of all processes together */
	int64_t began_ns;    /* of the first; IO_UNKNOWN: the log has no times */
	int64_t ended_ns;
	size_t trace_bytes;
	bool has_times;
	bool has_durations;
};

/* Counts an operation; file and process are what is known of its own. Returns 0 or -ENOMEM. */
int io_profile_operation(struct io_profile *profile, const struct io_operation *operation,
                         const struct io_file *file, const struct io_process *process,
                         struct error *err);

/* Reads and writes. */
uint64_t io_use_data_calls(const struct io_use *use);

/* Everything else. */
uint64_t io_use_meta_calls(const struct io_use *use);

void io_profile_release(struct io_profile *profile);

#define cleanup_io_profile __attribute__((cleanup(io_profile_release)))

#endif
