/* All slots of a run, and what is needed to start, watch and end their tasks: launcher, events,
 * streams, working folders. Knows nothing of warm-up and windows (run/protocol) nor of levels'
 * order (commands/sweep).
 *
 * A task ends when its root process ends: that is its wall time. Descendants that are still there
 * get LINGER_NS, then TERM, then KILL, and the slot is empty when they are gone. Orphans that left
 * the process group are found because plateau is the reaper of its descendants.
 *
 * Times are ns since origin_ns of the crew's settings. Used by the main thread only. */
#ifndef RUN_CREW_H
#define RUN_CREW_H

#include "model/plan.h"
#include "model/scenario.h"
#include "platform/delays.h"
#include "run/slot.h"

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>

struct error;
struct events;
struct sink;
struct streams;
struct sampler;
struct crew;

struct crew_settings {
	const struct scenario *scenario;
	const struct words *inputs; /* NULL or empty: none */
	const struct events *events;
	const char *run_id;
	uint32_t slot_count; /* of the largest level */
	int64_t origin_ns;   /* monotonic time that becomes 0 */
	sigset_t task_mask;  /* the signal mask that tasks begin with */
	const char *folder;  /* private folder of the run */
	int folder_fd;
	enum memory_policy memory;
	unsigned long memory_nodes[16]; /* for interleave: bits of NUMA nodes, by os index */
	struct rlimit files_limit;      /* of open files, that tasks begin with */
	struct sampler *sampler;        /* told of every task; NULL: none */
};

/* Called when a task has ended and its slot is empty; it may start the slot's next task. record is
 * a copy that stays valid during the call. */
typedef void crew_finished(void *context, struct slot *slot, const struct record *record);

/* How many open files a run of so many slots needs, each of which counts event_count events that
 * could be opened. */
uint64_t crew_files_needed(uint32_t slot_count, size_t event_count);

/* Returns 0 or -errno (-EMFILE: the limit of open files is too low for so many slots). */
int crew_open(const struct crew_settings *settings, struct crew **ret_crew, struct error *err);

/* Ends whatever runs, at once, and frees the crew. NULL is allowed. */
void crew_close(struct crew *crew);

/* Lays the slots out for a level. All slots must be empty. */
void crew_take_places(struct crew *crew, const struct plan_level *level);

/* Which events the tasks that are started from here on count: a set of `sets`, from 1, or 0: all of
 * them, as it is at first. All slots must be empty. */
void crew_take_events(struct crew *crew, const struct event_sets *sets, uint32_t set);

/* Empties the working folders of the first slot_count slots. */
int crew_clear_workdirs(struct crew *crew, uint32_t slot_count, struct error *err);

struct slot *crew_slot(struct crew *crew, uint32_t number);
struct streams *crew_streams(struct crew *crew);

/* What to start. */
struct crew_task {
	uint32_t trial;
	uint32_t index;
	uint32_t level; /* concurrency */
	int32_t input;  /* -1: none */
};

/* Starts a task in an empty slot. A command that cannot be executed is a task that ends at once
 * with TASK_NOT_STARTED. Returns 0, or -errno when no process can be made. */
int crew_start(struct crew *crew, uint32_t number, const struct crew_task *task, struct error *err);

/* Between these, crew_start makes tasks that wait, and crew_gate_open releases them all and takes
 * that moment as their start. Returns 0 or -errno. */
int crew_gate_close(struct crew *crew, struct error *err);
void crew_gate_open(struct crew *crew, uint32_t slot_count);

/* Begins to end the slot's task for the reason given: TERM to its group, KILL after a grace.
 * Calling it again with hurry sends KILL now. Empty slots are left alone. */
void crew_end(struct crew *crew, uint32_t number, enum slot_ending why, bool hurry);

/* Takes what has ended, calling finished for each slot that has become empty. Returns true when
 * it stopped before everything was taken: call it again without waiting. */
bool crew_reap(struct crew *crew, crew_finished *finished, void *context);

/* Ends, at once, what is left of descendants when all slots are empty. Returns how many could not
 * be ended. */
size_t crew_end_strays(struct crew *crew);

/* Applies timeouts and graces that are due, and finds lingering slots that have become empty. */
void crew_tend(struct crew *crew, crew_finished *finished, void *context);

/* When crew_tend is to be called next, INT64_MAX: not before a child ends. */
int64_t crew_next_ns(const struct crew *crew);

/* How many working folders were found removed by their tasks since crew_take_places. */
uint32_t crew_lost_workdirs(const struct crew *crew);

/* What could not be done when the slot's last task could not be started: "execute the command". */
const char *crew_failed_step(const struct crew *crew, uint32_t slot);

/* How many processes were left behind, since the last call, of which nobody can tell by whom. */
uint32_t crew_take_unowned(struct crew *crew);

/* Of how many tasks since then the delays met this fate. */
uint32_t crew_delays(const struct crew *crew, enum delays_fate fate);

/* The most memory that any task of the crew was seen to hold, bytes; -1: nothing is known. That is
 * the PSS of its tree (RSS where the kernel shows no PSS: too much rather than too little), or its
 * largest process where that is more, which no sampling misses. Not the peak of its control group:
 * page cache is counted in that, which the kernel gives back. */
int64_t crew_most_memory(const struct crew *crew);

/* How task.memory_limit is enforced, in words; NULL: there is none. */
const char *crew_memory_limit(const struct crew *crew);

/* Where the peaks of tasks' control groups come from, or why there are none, in words. */
const char *crew_memory_peak(const struct crew *crew, bool *ret_is_there);

/* How many of the slots are not empty. */
uint32_t crew_busy(const struct crew *crew);

/* ns since the origin. */
int64_t crew_now_ns(const struct crew *crew);

#endif
