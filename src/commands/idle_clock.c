#include "commands/idle_clock.h"

#include "core/chain.h"
#include "core/error.h"
#include "model/record.h"
#include "platform/clock_probe.h"

#include <math.h>
#include <stdio.h>

/* Three chunks: their median is none of the first, while the core wakes up. */
enum { CHUNKS = 3 };

int idle_clock_put(const struct topology *topology, int64_t now_ns, const struct sink *sink,
                   struct error *err)
{
	struct clock_probe probe;
	const int r = clock_probe_run(topology, 1, CHUNKS * CHAIN_CHUNK_NS, &probe, err);
	if (r < 0)
		return r;
	struct record record = {
	        .kind = RECORD_SAMPLE,
	        .sample = {.at_ns = now_ns, .slot = -1, .place = -1, .value = (double)NAN},
	};
	snprintf(record.sample.name, sizeof record.sample.name, "%s", chain_sample_name);
	if (probe.count > 0) {
		record.sample.place = (int32_t)probe.readings[0].pu;
		record.sample.value = probe.readings[0].p50_hz;
	}
	clock_probe_release(&probe);
	return sink_put(sink, &record, err);
}
