/* Fleets made by hand or by chance, for tests of what is worked out from them: nodes with one whole
 * result each, as profiles. Everything fails the test at once when memory runs out. */
#ifndef TESTS_MADE_FLEET_H
#define TESTS_MADE_FLEET_H

#include "analyse/fleet/rank.h"
#include "core/rng.h"
#include "model/fleet.h"

#include <stddef.h>
#include <stdint.h>

/* A kind of node. */
struct made_kind {
	const char *processor;
	uint32_t packages;
	uint32_t l3s; /* of all packages */
	uint32_t cores;
	const char *numa_mode;
	const char *firmware;
	double memory_gib;
	double task_s;  /* wall time of a task at full load */
	double pattern; /* by so much cores differ by their build, the same on all nodes */
};

/* Few cores, for what is asked of nodes alone. */
extern const struct made_kind made_thin;

/* Standard deviations of logs; 0: none. */
struct made_noise {
	double nodes;  /* between nodes */
	double trials; /* between trials of a node, all of its cores alike */
	double cores;  /* between trials of a core */
	double build;  /* between cores of a node, the same in all of its trials */
	double tails;  /* how often a core is disturbed in a trial, */
	double tail;   /* and by how much it is slower then */
};

struct made_fault {
	enum fleet_component component; /* NONE: the whole node, and nothing says why */
	int32_t index;                  /* of a core, L3, package */
	double factor;                  /* wall time there, or of every task */
};

enum { MADE_TRIALS = 3 };

/* Appends a node with one attempt that passed and has a result of levels 1, a quarter, a
 * half and all of the cores. The pointer holds until the next call. rng may be NULL where the noise
 * is 0. */
struct fleet_node *made_fleet_node(struct fleet *fleet, const char *name,
                                   const struct made_kind *kind, const struct made_noise *noise,
                                   struct rng *rng, const struct made_fault *faults,
                                   size_t fault_count);

/* The same as a further attempt of a node that is there. */
struct fleet_attempt *made_fleet_attempt(struct fleet_node *node, uint32_t number,
                                         const struct made_kind *kind,
                                         const struct made_noise *noise, struct rng *rng,
                                         const struct made_fault *faults, size_t fault_count);

/* Appends a node whose only attempt came to this, without a result. */
struct fleet_node *made_fleet_lost(struct fleet *fleet, const char *name,
                                   enum fleet_verdict verdict, const char *reason);

/* Sets a fact, or a figure at full load, of a profile. */
void made_fleet_fact(struct profile *profile, const char *name, const char *value);
void made_fleet_figure(struct profile *profile, enum measure_id measure, const char *source,
                       double value);

/* Replaces an owned text. */
void made_fleet_text(char **text, const char *value);

#endif
