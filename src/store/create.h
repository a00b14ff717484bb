/* Makes a result file with all that is known before the first trial, under a temporary name, and
 * gives it its own name only when it is whole. */
#ifndef STORE_CREATE_H
#define STORE_CREATE_H

#include "model/dataset.h"
#include "model/plan.h"

#include <stdbool.h>
#include <stddef.h>

struct error;

struct create_content {
	const struct run_facts *run;
	const struct host_facts *host;
	const struct scenario *scenario;
	const struct plan *plan;
	const struct event_definition *events;
	size_t event_count;
	const struct words *inputs; /* NULL: none */
};

/* Whether path may be written now: free, or a plain file that force allows to be replaced. */
int create_check(const char *path, bool force, struct error *err);

/* As recorder_create says of path, force and errors. */
int create_file(const char *path, bool force, const struct create_content *content,
                struct error *err);

#endif
