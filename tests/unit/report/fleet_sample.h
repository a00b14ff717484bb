/* Ranked fleets made by hand: as many nodes as wanted, in one to three classes, with faults. */
#ifndef TESTS_FLEET_SAMPLE_H
#define TESTS_FLEET_SAMPLE_H

#include "analyse/fleet/rank.h"

struct fleet_sample {
	struct fleet fleet;
	struct fleet_ranking ranking;
};

enum fleet_sample_kind {
	FLEET_SAMPLE_FAULTS,   /* a slow core, a slow socket, memory; failures; open ones */
	FLEET_SAMPLE_HEALTHY,  /* all pass */
	FLEET_SAMPLE_SYSTEMIC, /* a third fails for one reason */
	FLEET_SAMPLE_HOSTILE   /* names and texts that want to break out */
};

/* Fails the program at once where memory runs out. The sample must not be moved. */
void fleet_sample_make(struct fleet_sample *sample, enum fleet_sample_kind kind, size_t nodes);
void fleet_sample_release(struct fleet_sample *sample);

/* What the texts of a hostile fleet are made of. */
extern const char *const fleet_sample_hostile[];
extern const size_t fleet_sample_hostile_count;

#endif
