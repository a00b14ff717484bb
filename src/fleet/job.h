/* One job of a fleet, on its node: `plateau run` of the fleet's scenario as a child, its result
 * written on the node itself and put into the fleet's folder whole or not at all, a state file that
 * says how far it is, and nothing left behind. Started by the batch system, or by hand.
 * docs/fleet.md says what happens in which order. */
#ifndef FLEET_JOB_H
#define FLEET_JOB_H

#include "model/fleet.h"

#include <stdbool.h>
#include <stdint.h>

struct error;

enum job_talk {
	JOB_LINE,    /* a line of `plateau run`, as it is */
	JOB_NOTE,    /* what a person wants to know */
	JOB_WARNING, /* what makes the result weaker than it looks */
	JOB_ERROR
};

struct job_settings {
	const char *dir;
	const char *node; /* NULL: by the batch system's word, or the host name */
	uint32_t attempt; /* 0: a new one */
	bool is_any_host; /* started by hand: the host may be called otherwise than the node */
	bool is_here;     /* outside an allocation, or beside other users, too */
	void (*say)(void *context, enum job_talk kind, const char *text);
	void *context;
};

/* What job_run ended with, as `plateau` exits (commands/command.h has these numbers). */
enum job_end {
	JOB_END_DONE = 0,
	JOB_END_FAILED = 1, /* ended by a signal, too: no code is 128 or more */
	JOB_END_REFUSED = 2,
	JOB_END_NODE_CANNOT = 5
};

/* Runs it to its end; what goes wrong is said by `say`. Whatever came of it, *ret_report has it as
 * the state file does, and is to be released. Returns the exit code: that of the run, less what is
 * 128 or more; or one of the above. The process becomes the reaper of its descendants, and leaves
 * none. */
int job_run(const struct job_settings *settings, struct job_report *ret_report);

#endif
