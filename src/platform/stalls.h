/* Pressure stall information as running totals, to be read at the two ends of a trial's window: of
 * the control group (version 2) that plateau and its tasks are in where that is not the root, else
 * of the whole machine. */
#ifndef PLATFORM_STALLS_H
#define PLATFORM_STALLS_H

#include "model/record.h"

#include <stdbool.h>
#include <stdint.h>

struct error;
struct stalls;

struct stall_reading {
	int64_t at_ns;                 /* monotonic */
	int64_t total_ns[STALL_KINDS]; /* since boot or the group's beginning; RECORD_ABSENT: not
	                                * kept */
};

/* sysroot: NULL for this machine. Returns 0 or -ENOMEM; what cannot be read is absent. */
int stalls_open(const char *sysroot, struct stalls **ret_stalls, struct error *err);
/* NULL is allowed. */
void stalls_close(struct stalls *stalls);

/* Of what, in words; NULL: there is nothing, and *ret_reason says why and what to do. */
const char *stalls_source(const struct stalls *stalls, const char **ret_reason);

/* Allocates nothing. NULL stalls: all absent. */
void stalls_read(const struct stalls *stalls, struct stall_reading *ret_reading);

/* The total of the line that begins with word ("some", "full"), ns; RECORD_ABSENT: not there. */
int64_t stalls_parse(const char *text, const char *word);

#endif
