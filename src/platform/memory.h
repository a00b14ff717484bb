/* The kernel's memory: what is not written yet, and what of memory placement works here. */
#ifndef PLATFORM_MEMORY_H
#define PLATFORM_MEMORY_H

#include "model/topology.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Dirty plus Writeback of /proc/meminfo, bytes; -1 where the kernel does not tell. */
int64_t memory_unwritten_bytes(void);

/* Whether set_mempolicy(2) is allowed: some container runtimes filter it out, and a task must not
 * fail for that. Changes nothing. */
bool memory_policy_works(void);

/* Sets the bits (by os index) of the DRAM nodes that are near an allowed PU, for set_mempolicy;
 * mask has mask_bytes, zeroed here first. */
void memory_interleave_nodes(const struct topology *topology, unsigned long *mask,
                             size_t mask_bytes);

#endif
