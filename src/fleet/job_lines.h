/* What `plateau run --progress always` says on stderr, line by line: how far it is, which lines a
 * log should have, and which of them tells why it failed. Pure. */
#ifndef FLEET_JOB_LINES_H
#define FLEET_JOB_LINES_H

#include "core/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;

struct job_lines {
	struct str line;         /* the one that has not ended yet */
	bool is_cut;             /* its beginning was handed out: it is too long */
	uint32_t trial, planned; /* the trial that runs, of how many; 0: not known */
	char *failures;          /* "3 of 40 tasks failed" */
	char *last;              /* the last that was said otherwise, without "plateau: " */
	bool is_turned_away;     /* by what else goes on here now, or for want of an allocation */
};

/* Takes in some bytes; `emit` gets each line that a log should have, without its end. */
void job_lines_take(struct job_lines *lines, const char *bytes, size_t count,
                    void (*emit)(void *context, const char *line), void *context);

/* Hands out a line without an end. */
void job_lines_finish(struct job_lines *lines, void (*emit)(void *context, const char *line),
                      void *context);

/* Why a run that ended with this code did not do its work, by what it said; `folder` is where it
 * wrote its result, which nobody will find there. The caller frees *ret_reason; NULL: it said
 * nothing. Returns 0 or -ENOMEM. */
int job_lines_reason(const struct job_lines *lines, int exit_code, const char *folder,
                     char **ret_reason, struct error *err);

void job_lines_release(struct job_lines *lines);

#endif
