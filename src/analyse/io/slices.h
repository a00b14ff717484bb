/* What went on when: a bounded number of slices of time, whose width doubles as the command goes
 * on. A log without times has slices of calls instead. */
#ifndef ANALYSE_IO_SLICES_H
#define ANALYSE_IO_SLICES_H

#include "model/io.h"

enum { SLICES_MOST = 128 };

struct io_slice {
	int64_t read_bytes;
	int64_t written_bytes;
	uint64_t data_calls; /* that read or write */
	uint64_t meta_calls; /* all others */
	int64_t duration_ns; /* in calls */
};

struct io_slices {
	struct io_slice items[SLICES_MOST];
	size_t count;
	int64_t origin; /* of the first: ns, or number of the operation */
	int64_t width;  /* likewise; 0: there is none yet */
};

/* Counts an operation at `at` (ns, or its number). */
void io_slices_add(struct io_slices *slices, int64_t at, const struct io_operation *operation);

/* What prevails in a stretch of time. */
enum io_phase_kind {
	IO_PHASE_QUIET,
	IO_PHASE_LOOKING, /* opening, looking up, locking: hardly any data */
	IO_PHASE_READING,
	IO_PHASE_WRITING,
	IO_PHASE_BOTH,
	IO_PHASE_KINDS
};

extern const char *const io_phase_names[IO_PHASE_KINDS];

enum { PHASES_MOST = 10 };

struct io_phase {
	enum io_phase_kind kind;
	int64_t from; /* as of the slices */
	int64_t to;
	struct io_slice sum;
};

/* Slices of one kind in a row as phases, at most PHASES_MOST: where there are more, the least are
 * taken together with a neighbour. Returns their number. */
size_t io_phases_find(const struct io_slices *slices, struct io_phase ret_phases[PHASES_MOST]);

#endif
