/* Machines made by hand. */
#ifndef TESTS_UNIT_PLAN_MACHINE_H
#define TESTS_UNIT_PLAN_MACHINE_H

#include "model/topology.h"

/* A regular machine: packages of `l3s` L3 caches of `cores` cores of `pus` PUs, a NUMA node per
 * package; PUs numbered as Linux does, first all first PUs. The caller releases it. */
struct topology machine_regular(uint32_t packages, uint32_t l3s, uint32_t cores, uint32_t pus);

/* Takes away every PU whose os index is not in the list, and counts again. */
void machine_allow(struct topology *topology, const uint32_t *os_indexes, size_t count);

#endif
