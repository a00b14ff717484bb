/* Where records go. The engine knows this interface alone; store/recorder is a sink that writes
 * them to the result file, and a test may collect them in an array. */
#ifndef MODEL_SINK_H
#define MODEL_SINK_H

#include "model/record.h"

struct error;

struct sink {
	/* Takes a copy of record; what an output or phases record owns becomes the sink's to free
	 * (record_release), on failure too. Called by one thread only, and may wait when the writer
	 * is behind. Returns 0, or -errno of the first error that the writer met: no record after
	 * that one is kept. */
	int (*put)(void *self, const struct record *record, struct error *err);
	void *self;
};

static inline int sink_put(const struct sink *sink, const struct record *record, struct error *err)
{
	return sink->put(sink->self, record, err);
}

#endif
