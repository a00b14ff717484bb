/* The clock of this machine's PUs, by a timed chain (core/chain) on each: on one while the others
 * have nothing to do, or on all at once. */
#ifndef PLATFORM_CLOCK_PROBE_H
#define PLATFORM_CLOCK_PROBE_H

#include "model/clock_reading.h"
#include "model/topology.h"

struct error;

/* Runs a chain for duration_ns on the first pu_count allowed PUs, one thread bound to each, all
 * together, and waits for their end; nothing is left behind. What cannot be measured is told in
 * ret_probe->reason (threads that cannot be started or bound, chains that do not agree). The
 * calling thread keeps its binding. Returns 0 or -ENOMEM. */
int clock_probe_run(const struct topology *topology, size_t pu_count, int64_t duration_ns,
                    struct clock_probe *ret_probe, struct error *err);

#endif
