/* One slot: what it is running, where, and how its task is being ended. Plain data; the functions
 * are in run/crew, which owns all slots. */
#ifndef RUN_SLOT_H
#define RUN_SLOT_H

#include "model/cpuset.h"
#include "model/record.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct task_words;

enum slot_phase {
	SLOT_EMPTY,
	SLOT_RUNNING,  /* the root of its task lives */
	SLOT_LINGERING /* the root has ended, descendants of it live */
};

/* Why plateau is ending a task, if it is. */
enum slot_ending {
	ENDING_NOT,
	ENDING_TIMEOUT,
	ENDING_NOT_NEEDED,
	ENDING_CUT_SHORT /* the root had ended by itself; its descendants were not waited for */
};

/* How far it has gone. */
enum slot_force { FORCE_NONE, FORCE_TERM, FORCE_KILL };

struct slot {
	uint32_t number;
	enum slot_phase phase;
	pid_t pid; /* of the root and of its process group, while not EMPTY */
	enum slot_ending ending;
	enum slot_force force;
	int64_t deadline_ns; /* when the next force is due, INT64_MAX: never */
	bool has_left_children;
	int32_t failed_step;  /* launch_step at which the last task failed to start */
	struct record record; /* of the task: RECORD_TASK, filled in as it becomes known */
	int event_fds[RECORD_MAX_EVENTS];
	int io_fd;
	int stream_set;      /* which of the slot's two sets of streams the task has */
	int64_t last_end_ns; /* end of the slot's previous task in this trial, or RECORD_ABSENT */
	struct task_words *words;
	char *workdir;
	bool workdir_was_made; /* in this trial */
	int32_t pu;            /* first PU of the place, -1: not bound */
	bool is_bound;
	struct cpuset place;
};

#endif
