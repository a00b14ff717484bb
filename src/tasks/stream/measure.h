/* Runs a kernel over its arrays, round and round, and times it in chunks. */
#ifndef TASKS_STREAM_MEASURE_H
#define TASKS_STREAM_MEASURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arrays;
struct error;
struct kernel;

/* It ends after `bytes` where that is not 0, else after `duration_ns`. */
struct stream_job {
	const struct kernel *kernel;
	bool is_direct; /* non-temporal stores */
	int64_t bytes;  /* as kernel_bytes() counts, rounded down to whole lines */
	int64_t duration_ns;
};

struct stream_result {
	double bytes;
	int64_t wall_ns;
	double p50_bytes_per_s; /* of chunks of 20 ms */
	double max_bytes_per_s;
	size_t chunk_count;
	size_t wrong; /* elements that do not hold what they should */
};

/* Returns 0 or -ENOMEM. */
int stream_measure(const struct stream_job *job, const struct arrays *arrays,
                   struct stream_result *ret, struct error *err);

#endif
