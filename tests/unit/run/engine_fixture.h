/* Runs real tasks through the engine and keeps every record in memory. */
#ifndef TESTS_RUN_ENGINE_FIXTURE_H
#define TESTS_RUN_ENGINE_FIXTURE_H

#include "core/clock.h"
#include "core/error.h"
#include "model/plan.h"
#include "model/scenario.h"
#include "model/sink.h"
#include "model/topology.h"
#include "platform/events.h"
#include "run/engine.h"

struct collected {
	struct record *items;
	size_t count;
	size_t capacity;
};

struct fixture {
	struct scenario scenario;
	struct plan plan;
	struct topology topology;
	struct events events;
	struct engine *engine;
	struct collected collected;
	struct sink sink;
	int64_t probe_wall_ns;
	int64_t origin_ns; /* monotonic time that records count from */
	char run_id[33];   /* of its own: tests may run side by side */
};

/* A scenario that runs argv (NULL-terminated) at each of the levels (0-terminated), not bound,
 * counting nothing, one block. Change fixture->scenario before fixture_run. */
void fixture_init(struct fixture *fixture, const char *const *argv, const uint32_t *levels);

/* Opens the engine, runs the probe and one trial per level; ids from 1. */
void fixture_run(struct fixture *fixture, struct trial_outcome *outcomes);

void fixture_release(struct fixture *fixture);

/* The record of a task; the test fails where there is none. */
const struct task_record *fixture_task(const struct fixture *fixture, uint32_t trial,
                                       uint32_t index);

/* Successful work of a trial per second, by the weights of the window. */
double fixture_throughput(const struct fixture *fixture, const struct trial_record *trial);

/* Tasks running on average during the window. */
double fixture_held(const struct fixture *fixture, const struct trial_record *trial);

/* How many tasks of a trial (0: the probe) ended in this state. */
size_t fixture_count(const struct fixture *fixture, uint32_t trial, enum task_state state);

#endif
