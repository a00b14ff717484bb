/* The parts of the list of capabilities, and what they work with; private to them. */
#ifndef PLATFORM_CAPABILITY_PARTS_H
#define PLATFORM_CAPABILITY_PARTS_H

#include "model/capability.h"
#include "model/dataset.h"
#include "platform/node.h"

#include <stdbool.h>

/* What the parts work on. Out of memory is remembered in result and told once. */
struct capability_finder {
	const struct node *node;
	const struct host_facts *facts;
	const char *sysroot; /* "" for this machine */
	bool is_live;
	bool is_guest; /* a virtual machine */
	struct capabilities *found;
	struct error *err;
	int result;
};

void capability_add(struct capability_finder *finder, const struct capability *capability);

/* The host fact of this name, or NULL. */
const struct host_fact *capability_fact(const struct capability_finder *finder, const char *name);

enum { CAPABILITY_REASON_BYTES = 512 };

/* The reason of a host fact without the remedy that some carry behind it. */
const char *capability_cut_remedy(const char *reason, char text[CAPABILITY_REASON_BYTES]);

/* capability_sensors.c: what is watched while tasks run. */
void capability_find_sensors(struct capability_finder *finder);

/* capability_ways.c: of delays, memory and placement. */
void capability_find_ways(struct capability_finder *finder);

#endif
