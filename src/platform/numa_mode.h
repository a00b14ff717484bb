/* What a processor's firmware was told about its NUMA nodes: nodes per socket (NPS) on EPYC,
 * sub-NUMA clustering (SNC) and cluster-on-die (COD) on Xeon, as far as the nodes that there are
 * give it away. Pure. */
#ifndef PLATFORM_NUMA_MODE_H
#define PLATFORM_NUMA_MODE_H

#include <stdbool.h>
#include <stddef.h>

/* The machine, counted. Nodes are those with both memory and CPUs: high-bandwidth memory that is a
 * node of its own is none. */
struct numa_shape {
	const char *vendor;    /* "AuthenticAMD", "GenuineIntel", ...; NULL: not known */
	const char *processor; /* the model's name; NULL: not known */
	int family;            /* as the processor calls it; -1: not known */
	int model;
	size_t packages; /* 0: not known */
	size_t nodes;
	size_t l3_caches;
	bool is_even;    /* every package has as many nodes */
	bool is_partial; /* some of the machine is hidden */
	bool is_virtual; /* a hypervisor made the nodes */
	bool is_off;     /* the kernel was told to see no nodes (numa=off) */
};

enum { NUMA_MODE_TEXT_BYTES = 64, NUMA_MODE_REASON_BYTES = 192 };

/* Tells the mode ("NPS4", "SNC off", ...) into text and returns true; where it cannot be told,
 * returns false with the reason. */
bool numa_mode_tell(const struct numa_shape *shape, char text[NUMA_MODE_TEXT_BYTES],
                    char reason[NUMA_MODE_REASON_BYTES]);

#endif
