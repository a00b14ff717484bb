#include "tasks/stream/measure.h"

#include "core/array.h"
#include "core/chain.h"
#include "core/cleanup.h"
#include "core/clock.h"
#include "core/error.h"
#include "tasks/stream/arrays.h"
#include "tasks/stream/kernels.h"

#include <math.h>

/* Between two looks at the clock: a megabyte or more, tens of microseconds. */
enum { TURN_ELEMENTS = 65536, LINE_ELEMENTS = 8 };

struct measuring {
	const struct stream_job *job;
	const struct arrays *arrays;
	uint64_t pass;
	size_t position;
	uint64_t elements; /* done */
	double *chunks;    /* bytes per s */
	size_t chunk_count, chunk_capacity;
};

static void advance(struct measuring *m, uint64_t elements)
{
	const struct arrays *const arrays = m->arrays;
	kernel_function *const run =
	        m->job->is_direct ? m->job->kernel->direct : m->job->kernel->plain;
	m->elements += elements;
	while (elements > 0) {
		const size_t left = arrays->count - m->position;
		const size_t count = elements < left ? (size_t)elements : left;
		run(arrays->c + m->position, arrays->a + m->position,
		    arrays->b ? arrays->b + m->position : NULL, arrays_scalar(m->pass), count);
		elements -= count;
		m->position += count;
		if (m->position == arrays->count) {
			m->position = 0;
			m->pass++;
		}
	}
}

static int note_chunk(struct measuring *m, uint64_t elements, int64_t duration_ns,
                      struct error *err)
{
	const int r = array_reserve(&m->chunks, &m->chunk_capacity, m->chunk_count + 1,
	                            sizeof *m->chunks, err);
	if (r == 0)
		m->chunks[m->chunk_count++] = (double)elements *
		                              (double)kernel_bytes(m->job->kernel) *
		                              (double)NS_PER_S / (double)duration_ns;
	return r;
}

static int run(struct measuring *m, int64_t *ret_wall_ns, struct error *err)
{
	const struct stream_job *const job = m->job;
	const uint64_t wanted =
	        (uint64_t)job->bytes / kernel_bytes(job->kernel) / LINE_ELEMENTS * LINE_ELEMENTS;
	const int64_t start_ns = clock_now_ns();
	int64_t chunk_start_ns = start_ns, now_ns = start_ns;
	uint64_t chunk_elements = 0;
	bool is_over = false;
	while (!is_over) {
		uint64_t turn = TURN_ELEMENTS;
		if (wanted > 0 && turn > wanted - m->elements)
			turn = wanted - m->elements;
		advance(m, turn);
		chunk_elements += turn;
		now_ns = clock_now_ns();
		is_over =
		        wanted > 0 ? m->elements >= wanted : now_ns - start_ns >= job->duration_ns;
		if (now_ns - chunk_start_ns < CHAIN_CHUNK_NS &&
		    !(is_over &&
		      (m->chunk_count == 0 || now_ns - chunk_start_ns >= CHAIN_CHUNK_NS / 2)))
			continue;
		const int r = note_chunk(m, chunk_elements, now_ns - chunk_start_ns, err);
		if (r < 0)
			return r;
		chunk_elements = 0;
		chunk_start_ns = now_ns;
	}
	*ret_wall_ns = now_ns - start_ns;
	return 0;
}

int stream_measure(const struct stream_job *job, const struct arrays *arrays,
                   struct stream_result *ret, struct error *err)
{
	struct measuring m = {.job = job, .arrays = arrays};
	int64_t wall_ns = 0;
	const int r = run(&m, &wall_ns, err);
	cleanup_free double *chunks = m.chunks;
	if (r < 0)
		return r;
	double most = 0;
	for (size_t i = 0; i < m.chunk_count; i++)
		most = fmax(most, chunks[i]);
	*ret = (struct stream_result){
	        .bytes = (double)m.elements * (double)kernel_bytes(job->kernel),
	        .wall_ns = wall_ns,
	        .p50_bytes_per_s = chain_median(chunks, m.chunk_count),
	        .max_bytes_per_s = most,
	        .chunk_count = m.chunk_count,
	        .wrong = arrays_count_wrong(arrays, job->kernel, m.pass, m.position),
	};
	return 0;
}
