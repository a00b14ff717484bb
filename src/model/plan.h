/* What will happen, worked out before anything runs: for every level its slots and where each is
 * bound, and the trials in order. Built by plan/plan_build from a scenario and a topology. */
#ifndef MODEL_PLAN_H
#define MODEL_PLAN_H

#include "model/record.h"
#include "model/scenario.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A place that always holds one running task. */
struct plan_slot {
	uint32_t *pus;    /* os indexes that it is bound to, its own first; NULL: not bound */
	size_t pu_count;  /* 0 under policy none */
	size_t own_count; /* how many of pus are its own (task.threads, unless oversubscribed) */
	int32_t core;     /* logical indexes of its first own PU, -1 where there is none */
	int32_t l3;
	int32_t numa;
	int32_t package;
};

/* One concurrency under one placement policy. */
struct plan_level {
	uint32_t concurrency;
	size_t placement;        /* index into scenario.placement.policies */
	char *policy;            /* its canonical spelling */
	char *spelling;          /* how the scenario wrote the level; equal ones joined by ", " */
	struct plan_slot *slots; /* `concurrency` of them */
	bool is_oversubscribed; /* more slots than the allowed PUs have room for: they wrap round */
	int64_t memory_bytes;   /* expected of all slots together; -1: unknown */
	char *skipped;          /* why it will not run, or NULL */
};

struct plan_trial {
	uint32_t block;     /* repeat, from 0 */
	uint32_t level;     /* index into levels */
	uint64_t stream;    /* of the run's random numbers: seeds stagger and input order */
	uint32_t event_set; /* of plan.event_sets that its tasks count, from 1; 0: all events */
};

struct plan {
	struct plan_level *levels; /* ascending by concurrency, then by placement */
	size_t level_count;
	struct plan_trial *trials; /* in the order in which they will run, block after block */
	size_t trial_count;
	uint32_t blocks;
	uint32_t capacity;            /* how many tasks fit without oversubscription */
	uint32_t baseline;            /* concurrency */
	uint32_t largest;             /* the largest concurrency */
	uint32_t input_count;         /* inputs that the run uses, 0: none */
	struct event_sets event_sets; /* see plan/rotation */
	uint64_t seed;
	char *note; /* what a reader of the plan should know, a sentence; NULL: nothing */
};

/* The largest concurrency of the levels that are not skipped; 1 where all are. */
uint32_t plan_largest_to_run(const struct plan *plan);

void plan_release(struct plan *plan);

#define cleanup_plan __attribute__((cleanup(plan_release)))

#endif
