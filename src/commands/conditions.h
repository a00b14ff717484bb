/* The conditions that a part of a run is measured under: put into its result as warnings, and,
 * where they are not those that the run was begun under, told. What may not differ at all is
 * refused by commands/resume. */
#ifndef COMMANDS_CONDITIONS_H
#define COMMANDS_CONDITIONS_H

#include "model/dataset.h"
#include "model/sink.h"

#include <stdbool.h>
#include <stdint.h>

struct error;

struct conditions {
	const struct dataset *before;  /* of a run that is gone on with; NULL: this is its begin */
	const struct host_facts *host; /* now */
	const char *memory_limit;      /* how task.memory_limit is enforced; NULL: there is none */
	int64_t at_ns;                 /* for the records */
};

/* Says on stderr what is not as it was when the run was begun, and puts it as `condition-changed`.
 * Nothing to do for a new run. Returns 0 or -errno of the sink. */
int conditions_compare(const struct conditions *conditions, const struct sink *sink,
                       struct error *err);

/* A sink before another one that drops the events which the run has already, so that a part adds
 * only what is new. Valid as long as both. */
struct conditions_filter {
	struct sink sink; /* to put into */
	const struct dataset *before;
	const struct sink *behind;
};

void conditions_filter_init(const struct dataset *before, const struct sink *behind,
                            struct conditions_filter *ret_filter);

#endif
