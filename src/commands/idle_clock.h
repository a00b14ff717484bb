/* The clock of the node while no task runs: a short timed chain (platform/clock_probe) before every
 * block, as a sample of the result. A figure of the node: it stands for no task's frequency. */
#ifndef COMMANDS_IDLE_CLOCK_H
#define COMMANDS_IDLE_CLOCK_H

#include "model/sink.h"
#include "model/topology.h"

#include <stdint.h>

struct error;

/* Measures on the first allowed PU, for about 60 ms, and puts one sample (chain_sample_name, place:
 * the PU); without a value where a chain cannot tell the clock. now_ns: since the run's origin.
 * Returns 0, -ENOMEM or -errno of the sink. */
int idle_clock_put(const struct topology *topology, int64_t now_ns, const struct sink *sink,
                   struct error *err);

#endif
