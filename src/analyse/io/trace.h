/* Where in a file was read and written, and when: what a plot of position against time is drawn
 * from. Calls that go on where the last of their kind ended are one stroke; where there are more
 * than TRACE_MOST strokes those of one stretch of time are taken together, and the stretches double
 * as they need: a trace of any number of calls has a bounded size, and no byte that was touched is
 * outside its strokes. */
#ifndef ANALYSE_IO_TRACE_H
#define ANALYSE_IO_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;

enum { TRACE_MOST = 768 };

struct io_stroke {
	int64_t began_ns;
	int64_t ended_ns;
	int64_t from; /* bytes */
	int64_t to;
	int64_t bytes; /* read or written: more than to - from where some were touched again */
	uint32_t calls;
	bool is_open; /* the next call may go on with it */
};

struct io_strokes {
	struct io_stroke *items;
	size_t count;
	size_t capacity;
	int64_t width_ns; /* of a stretch; 0: every stroke is of calls one behind another */
};

struct io_trace {
	struct io_strokes reads;
	struct io_strokes writes;
};

/* Takes a read or write of `bytes` at `position`, which began at at_ns. Returns 0 or -ENOMEM. */
int io_trace_add(struct io_trace *trace, bool is_write, int64_t at_ns, int64_t position,
                 int64_t bytes, struct error *err);

/* Bytes of memory that a full trace takes. */
enum { TRACE_BYTES = 2 * TRACE_MOST * (int)sizeof(struct io_stroke) };

void io_trace_release(struct io_trace *trace);

#endif
