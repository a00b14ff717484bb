/* Failed tasks of every role, by level and by what became of them: warm-up tasks and fillers too,
 * since they say why a level was abandoned. */
#ifndef ANALYSE_FAILURES_H
#define ANALYSE_FAILURES_H

#include "analyse/summary.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { FAILURE_TEXT_BYTES = 96, FAILURE_PROBE = -1 };

/* Tasks of one level that ended in the same way. */
struct failure {
	ptrdiff_t level; /* index into summary.levels; FAILURE_PROBE: the probe task */
	enum task_state state;
	int32_t detail; /* task_failure_detail */
	size_t count;
	const char *said; /* the last line of what one of them printed, or NULL; of the dataset */
};

struct failures {
	struct failure *items;
	size_t count;
	size_t capacity;
};

/* Those of the probe first, then by level. failures_release frees them. Returns 0 or -ENOMEM. */
int failures_collect(const struct dataset *dataset, const struct summary *summary,
                     struct failures *ret_failures, struct error *err);
void failures_release(struct failures *failures);

/* What happened, in words: "exit status 3". */
void failure_describe(const struct failure *failure, char text[FAILURE_TEXT_BYTES]);

#define cleanup_failures __attribute__((cleanup(failures_release)))

#endif
