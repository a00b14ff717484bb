#include "analyse/io/trace.h"

#include "core/array.h"

#include <stdlib.h>

static int64_t stretch_of(const struct io_strokes *strokes, int64_t at_ns)
{
	return (at_ns - strokes->items[0].began_ns) / strokes->width_ns;
}

static void take_in(struct io_stroke *stroke, const struct io_stroke *next)
{
	if (next->ended_ns > stroke->ended_ns)
		stroke->ended_ns = next->ended_ns;
	if (next->from < stroke->from)
		stroke->from = next->from;
	if (next->to > stroke->to)
		stroke->to = next->to;
	stroke->bytes += next->bytes;
	stroke->calls += next->calls;
}

/* Takes together what is in one stretch of time, with stretches twice as long as before. */
static void thin(struct io_strokes *strokes)
{
	const int64_t span_ns =
	        strokes->items[strokes->count - 1].began_ns - strokes->items[0].began_ns;
	strokes->width_ns =
	        strokes->width_ns > 0 ? 2 * strokes->width_ns : span_ns / (TRACE_MOST / 2) + 1;
	size_t kept = 0;
	for (size_t i = 1; i < strokes->count; i++) {
		const struct io_stroke *const next = &strokes->items[i];
		if (stretch_of(strokes, next->began_ns) ==
		    stretch_of(strokes, strokes->items[kept].began_ns))
			take_in(&strokes->items[kept], next);
		else
			strokes->items[++kept] = *next;
	}
	strokes->count = kept + 1;
}

static bool goes_on(const struct io_strokes *strokes, const struct io_stroke *next)
{
	if (strokes->count == 0)
		return false;
	const struct io_stroke *const last = &strokes->items[strokes->count - 1];
	if (strokes->width_ns > 0 &&
	    stretch_of(strokes, next->began_ns) == stretch_of(strokes, last->began_ns))
		return true;
	return strokes->width_ns == 0 && last->is_open && next->from == last->to;
}

int io_trace_add(struct io_trace *trace, bool is_write, int64_t at_ns, int64_t position,
                 int64_t bytes, struct error *err)
{
	struct io_strokes *const strokes = is_write ? &trace->writes : &trace->reads;
	struct io_strokes *const others = is_write ? &trace->reads : &trace->writes;
	struct io_stroke next = {.began_ns = at_ns,
	                         .ended_ns = at_ns,
	                         .from = position,
	                         .to = position + bytes,
	                         .bytes = bytes,
	                         .calls = 1,
	                         .is_open = true};
	/* What follows a write is a new reading, even where it goes on at the same place. */
	if (others->count > 0)
		others->items[others->count - 1].is_open = false;
	/* Calls are told in the order in which they returned: one may have begun a little earlier.
	 */
	if (strokes->count > 0 && next.began_ns < strokes->items[strokes->count - 1].began_ns)
		next.began_ns = strokes->items[strokes->count - 1].began_ns;
	if (goes_on(strokes, &next)) {
		take_in(&strokes->items[strokes->count - 1], &next);
		return 0;
	}
	const int r = array_reserve(&strokes->items, &strokes->capacity, strokes->count + 1,
	                            sizeof *strokes->items, err);
	if (r < 0)
		return r;
	strokes->items[strokes->count++] = next;
	while (strokes->count > TRACE_MOST)
		thin(strokes);
	return 0;
}

void io_trace_release(struct io_trace *trace)
{
	if (!trace)
		return;
	free(trace->reads.items);
	free(trace->writes.items);
	*trace = (struct io_trace){0};
}
