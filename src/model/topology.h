/* A machine's processing units and memory, as a plain value: read from hwloc in platform, or made
 * by hand in a test. */
#ifndef MODEL_TOPOLOGY_H
#define MODEL_TOPOLOGY_H

#include "model/cpuset.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One PU. Indexes are logical, from 0 in hwloc's depth-first order, and -1 where the machine has
 * no such level. Two PUs are in the same core, L3 and so on exactly when the indexes are equal. */
struct topology_pu {
	uint32_t os_index;
	int32_t core;
	int32_t l2;
	int32_t l3;
	int32_t numa; /* the lowest-numbered local DRAM node */
	int32_t package;
	int32_t kind;      /* of its core, where a processor mixes fast and thrifty ones */
	uint32_t smt_rank; /* 0 for the first allowed PU of its core, 1 for the second, ... */
};

struct topology_node { /* a NUMA node */
	uint32_t os_index;
	int64_t memory_bytes;
	bool is_dram; /* false for high-bandwidth or other memory beside DRAM */
	struct cpuset pus;
};

struct topology {
	struct topology_pu *pus; /* the allowed ones only, in logical (depth-first) order */
	size_t pu_count;
	size_t core_count; /* of allowed PUs, as the next three */
	size_t l3_count;
	size_t numa_count; /* distinct values of pu.numa */
	size_t package_count;
	size_t kind_count;           /* of cores; 0 or 1: all are alike as far as is known */
	size_t machine_pu_count;     /* of the whole machine, allowed or not */
	struct topology_node *nodes; /* all NUMA nodes, index = logical index */
	size_t node_count;
	int64_t memory_bytes; /* of all nodes together; -1 when unknown */
	bool is_this_system;  /* false: read from XML, nothing can be bound */
	char *source;         /* "this machine", or the XML file's path */
	char *processor;      /* CPU model as the system names it, or NULL when unknown */
};

void topology_release(struct topology *topology);

/* All allowed PUs as a set. */
struct cpuset topology_allowed(const struct topology *topology);

/* The PU with this os index, or NULL. */
const struct topology_pu *topology_find(const struct topology *topology, uint32_t os_index);

#endif
