/* Writes a result whose records are all there already, in one piece: the file appears under its
 * name when everything is in it, or not at all. */
#ifndef STORE_WHOLE_H
#define STORE_WHOLE_H

#include "model/dataset.h"
#include "model/plan.h"
#include "model/sink.h"

#include <stdbool.h>
#include <stddef.h>

struct error;

struct whole_result {
	const struct run_facts *run; /* its state and finished_calendar_ns are stored as they are */
	const struct host_facts *host;
	const struct scenario *scenario;
	const struct plan *plan; /* its trials have the ids 1, 2, ... */
	const struct event_definition *events;
	size_t event_count;
	/* Puts every record into the sink, tasks behind their trials. Returns 0 or -errno. */
	int (*put_records)(const struct sink *sink, void *data, struct error *err);
	void *data;
};

/* Writes it to path. With force a result that is there, and that nobody writes, is replaced, once
 * the new one is whole. Returns 0; -EEXIST, -EBUSY as recorder_create; what put_records returned;
 * or -errno of what the file system said. Nothing is left behind then, and what was there stays. */
int whole_write(const char *path, bool force, const struct whole_result *result, struct error *err);

#endif
