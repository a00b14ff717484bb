/* Which facts of a host a fleet asks for, and what each is to it: part of what hardware it is, part
 * of its firmware, or a setting that may explain why a node is slow. */
#ifndef ANALYSE_FLEET_FACTS_H
#define ANALYSE_FLEET_FACTS_H

#include <stddef.h>

enum fleet_fact_kind {
	FACT_HARDWARE, /* nodes that differ in it are never held against each other */
	FACT_FIRMWARE, /* nodes that differ in it are, where there are too few of a kind */
	FACT_SETTING   /* says nothing of the class; named where a slow node differs in it */
};

struct fleet_fact {
	const char *name; /* as the host fact */
	const char *words;
	enum fleet_fact_kind kind;
};

/* What the fact counted_modes says of a result that counted in user mode alone; without a fact
 * nothing was counted. */
#define FLEET_COUNTED_USER "user"
#define FLEET_COUNTED_BOTH "kernel and user"

extern const struct fleet_fact fleet_facts[];
extern const size_t fleet_fact_count;

/* NULL: it is none of them. */
const struct fleet_fact *fleet_fact_find(const char *name);

#endif
