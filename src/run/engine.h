/* The engine: one run's signals, private folder, inputs and crew, and one trial after the other.
 *
 *   engine_open       before anything is created that a signal could leave behind
 *   engine_inputs     finds or generates the inputs
 *   engine_ready      makes the slots; now the result file can be created
 *   engine_set_sink   where records go from here on
 *   engine_probe, engine_trial ...
 *   engine_close      ends what is left and removes the private folder
 *
 * A request to stop (INT, TERM, HUP) ends what is running and is told by engine_stop_signal.
 * Main thread only. */
#ifndef RUN_ENGINE_H
#define RUN_ENGINE_H

#include "model/plan.h"
#include "model/scenario.h"
#include "model/topology.h"
#include "run/trial.h"

#include <stdint.h>
#include <sys/types.h>

struct engine;
struct error;
struct events;
struct guardian;
struct sink;

struct engine_settings {
	const struct scenario *scenario;
	const struct plan *plan;
	const struct topology *topology;
	const char *run_id;
	int64_t origin_ns;         /* monotonic time that records count from */
	struct guardian *guardian; /* is told what it would have to clean up; NULL: none */
};

/* launch_reserve must have been called. The settings' values must outlive the engine. Returns 0 or
 * -errno. */
int engine_open(const struct engine_settings *settings, struct engine **ret_engine,
                struct error *err);
void engine_close(struct engine *engine);

/* The run's inputs, as absolute paths; empty when the scenario has none. A generator is run like a
 * task and its last words are in err when it fails. The words stay the engine's; *ret_found gets
 * how many files there were to choose from. Returns 0, -EINTR when it was asked to stop, or
 * -errno. */
int engine_inputs(struct engine *engine, const struct words **ret_inputs, size_t *ret_found,
                  struct error *err);

/* Makes the slots. events stays the caller's and must outlive the engine. Returns 0 or -errno. */
int engine_ready(struct engine *engine, const struct events *events, struct error *err);

/* failure_fd becomes readable when the sink can take no more; -1: none. */
void engine_set_sink(struct engine *engine, const struct sink *sink, int failure_fd);

/* One unmeasured task in the first slot of the smallest level. *ret_wall_ns gets its wall time, 0
 * when it failed. Returns 0 or -errno of the sink. */
int engine_probe(struct engine *engine, int64_t *ret_wall_ns, struct error *err);

/* What was wrong with a task's log (task.phases), the first time that something was, in words;
 * NULL: nothing so far. */
const char *engine_log_fault(const struct engine *engine);

/* Waits, at most `most_ns`, until what earlier trials wrote has reached the disk: dirty and
 * written-back pages down to what they were when the run began. *ret_waited_ns gets the time, or
 * RECORD_ABSENT where the kernel does not tell. */
void engine_wait_for_disk(struct engine *engine, int64_t most_ns, int64_t *ret_waited_ns);

/* See trial_run. */
int engine_trial(struct engine *engine, uint32_t trial_id, const struct plan_trial *planned,
                 uint32_t attempt, int64_t drain_ns, int64_t assumed_wall_ns,
                 struct trial_outcome *ret_outcome, struct error *err);

/* The thread that samples memory, for binding it away from the tasks' PUs. */
pid_t engine_sampler_thread(const struct engine *engine);

/* The one that samples the node; 0: there is none. */
pid_t engine_node_sampler_thread(const struct engine *engine);

/* The most memory that a task was seen to hold so far, the probe included, bytes; -1: not known. */
int64_t engine_most_memory(const struct engine *engine);

/* How task.memory_limit is enforced, in words; NULL: there is none. */
const char *engine_memory_limit(const struct engine *engine);

/* Where the peaks of tasks' control groups come from, or why there are none, in words. */
const char *engine_memory_peak(const struct engine *engine, bool *ret_is_there);

/* The signal that asked to stop, or 0. Looks without waiting. */
int engine_stop_signal(struct engine *engine);

#endif
