#include "core/chain.h"

#include "core/array.h"
#include "core/clock.h"
#include "core/error.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

/* No processor does a bite in less: 196608 cycles of 10 GHz take 20 us. Two kinds or more share a
 * chunk, and a load may take its part. */
#define BITE_LEAST_NS 20000

/* Behind a load of 512-bit vectors the core does nothing for a microsecond or so (1.3 us on
 * Sapphire Rapids), as its units change over; the chains begin when that is past. This part of a
 * bite. */
#define SETTLE_PARTS 8

/* The load is timed as the kinds are, behind them. */
enum { TIMED_MOST = CHAIN_KINDS_MOST + 1 };

/* What goes on while it is measured. */
struct measuring {
	const struct chain_job *job;
	const struct chain_kind *kinds;
	size_t kind_count, timed_count;
	double *bites[TIMED_MOST]; /* of the chunk under way, ns */
	size_t bite_count, bite_most;
	double *chunks[TIMED_MOST]; /* median bites, ns */
	size_t chunk_capacity[TIMED_MOST];
	size_t chunk_count;
	uint64_t rounds;
	int64_t start_ns, chunk_start_ns, now_ns;
	double bite_ns, lost_ns;
};

static int compare(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

double chain_median(double *values, size_t count)
{
	qsort(values, count, sizeof *values, compare);
	return (values[(count - 1) / 2] + values[count / 2]) / 2;
}

static double largest(const double *values, size_t count)
{
	double most = values[0];
	for (size_t i = 1; i < count; i++)
		most = fmax(most, values[i]);
	return most;
}

static int check_job(const struct chain_job *job, struct error *err)
{
	if (job->chunk_ns < NS_PER_MS || job->chunk_ns > NS_PER_S)
		return error_set(err, EINVAL, "a chunk must be from 1 ms to 1 s long");
	if (job->rounds > 0 && job->rounds < CHAIN_FEWEST_BITES)
		return error_set(err, EINVAL, "fewer than %d rounds tell nothing",
		                 CHAIN_FEWEST_BITES);
	if (job->rounds == 0 && job->duration_ns < job->chunk_ns)
		return error_set(err, EINVAL, "the measurement must be as long as a chunk");
	return 0;
}

static void measuring_release(struct measuring *m)
{
	for (size_t k = 0; k < TIMED_MOST; k++) {
		free(m->bites[k]);
		free(m->chunks[k]);
	}
}

static int measuring_init(struct measuring *m, const struct chain_job *job, struct error *err)
{
	*m = (struct measuring){.job = job};
	m->kinds = chain_kinds(&m->kind_count);
	m->timed_count = m->kind_count + (job->load ? 1 : 0);
	m->bite_most = (size_t)(job->chunk_ns / BITE_LEAST_NS) + CHAIN_FEWEST_BITES;
	for (size_t k = 0; k < m->timed_count; k++) {
		m->bites[k] = calloc(m->bite_most, sizeof *m->bites[k]);
		if (!m->bites[k]) {
			measuring_release(m);
			return error_memory(err);
		}
	}
	return 0;
}

/* A bite begins where the one before it ended: one look at the clock each. */
static void note_bite(struct measuring *m, size_t k)
{
	const int64_t end_ns = clock_now_ns();
	m->bites[k][m->bite_count] = (double)(end_ns - m->now_ns);
	m->now_ns = end_ns;
}

static void run_round(struct measuring *m)
{
	if (m->job->load) {
		m->job->load(m->job->context);
		note_bite(m, m->kind_count);
		m->kinds[0].run(m->kinds[0].steps / SETTLE_PARTS);
		m->now_ns = clock_now_ns();
	}
	for (size_t k = 0; k < m->kind_count; k++) {
		m->kinds[k].run(m->kinds[k].steps);
		note_bite(m, k);
	}
	m->bite_count++;
	m->rounds++;
}

static int finish_chunk(struct measuring *m, struct error *err)
{
	for (size_t k = 0; k < m->timed_count; k++) {
		const int r = array_reserve(&m->chunks[k], &m->chunk_capacity[k],
		                            m->chunk_count + 1, sizeof *m->chunks[k], err);
		if (r < 0)
			return r;
		double sum_ns = 0;
		for (size_t i = 0; i < m->bite_count; i++)
			sum_ns += m->bites[k][i];
		const double median_ns = chain_median(m->bites[k], m->bite_count);
		m->chunks[k][m->chunk_count] = median_ns;
		m->bite_ns += sum_ns;
		m->lost_ns += fmax(0, sum_ns - median_ns * (double)m->bite_count);
	}
	m->chunk_count++;
	m->bite_count = 0;
	m->now_ns = clock_now_ns();
	m->chunk_start_ns = m->now_ns;
	return 0;
}

static bool is_over(const struct measuring *m)
{
	return m->job->rounds > 0 ? m->rounds >= m->job->rounds
	                          : m->now_ns - m->start_ns >= m->job->duration_ns;
}

static bool is_chunk_over(const struct measuring *m)
{
	if (m->bite_count < CHAIN_FEWEST_BITES)
		return false;
	return m->bite_count == m->bite_most || m->now_ns - m->chunk_start_ns >= m->job->chunk_ns;
}

/* A last chunk is kept when it is at least half as long as it should be, or the only one. */
static bool is_last_kept(const struct measuring *m)
{
	if (m->chunk_count == 0)
		return true;
	return m->bite_count >= CHAIN_FEWEST_BITES &&
	       m->now_ns - m->chunk_start_ns >= m->job->chunk_ns / 2;
}

static int measure(struct measuring *m, struct error *err)
{
	int r = 0;
	m->start_ns = m->chunk_start_ns = m->now_ns = clock_now_ns();
	while (r == 0 &&
	       (!is_over(m) || (m->chunk_count == 0 && m->bite_count < CHAIN_FEWEST_BITES))) {
		run_round(m);
		if (is_chunk_over(m))
			r = finish_chunk(m, err);
	}
	if (r == 0 && m->bite_count > 0 && is_last_kept(m))
		r = finish_chunk(m, err);
	return r;
}

/* From the time of the median bite of every chunk to steps per second, in place. */
static void summarise_kind(double *chunks, size_t chunk_count, const struct chain_kind *kind,
                           struct chain_figures *figures)
{
	const double cycles = kind->cycles > 0 ? kind->cycles : NAN;
	for (size_t i = 0; i < chunk_count; i++)
		chunks[i] = (double)kind->steps * (double)NS_PER_S / chunks[i];
	figures->kind = kind;
	figures->steps_per_s_max = largest(chunks, chunk_count);
	figures->steps_per_s_p50 = chain_median(chunks, chunk_count);
	figures->p50_hz = figures->steps_per_s_p50 * cycles;
	figures->max_hz = figures->steps_per_s_max * cycles;
}

/* How far a kind is from the reference: of each chunk by itself, in which both had the same clock,
 * and of these the median. Medians of each alone may stand on two sides of a step of the clock,
 * which is 3 % and more. `scratch` has room for a value of every chunk. NaN where it cannot be
 * told. */
static double distance(const struct measuring *m, size_t kind, double *scratch)
{
	const struct chain_kind *const own = &m->kinds[kind];
	const struct chain_kind *const reference = &m->kinds[0];
	if (own->cycles == 0 || reference->cycles == 0)
		return NAN;
	const double cycles = (double)own->steps * own->cycles;
	const double reference_cycles = (double)reference->steps * reference->cycles;
	for (size_t i = 0; i < m->chunk_count; i++)
		scratch[i] = cycles / m->chunks[kind][i] / (reference_cycles / m->chunks[0][i]);
	return fabs(chain_median(scratch, m->chunk_count) - 1);
}

static void summarise(struct measuring *m, struct chain_result *result)
{
	const struct chain_figures *const reference = &result->chains[0];
	const double scale = (double)m->kinds[0].steps * (double)NS_PER_S *
	                     (m->kinds[0].cycles > 0 ? m->kinds[0].cycles : NAN);
	for (size_t k = 1; k < m->kind_count; k++)
		result->disagreement = fmax(result->disagreement, distance(m, k, result->chunk_hz));
	for (size_t i = 0; i < m->chunk_count; i++)
		result->chunk_hz[i] = scale / m->chunks[0][i];
	for (size_t k = 0; k < m->kind_count; k++) {
		struct chain_figures *const figures = &result->chains[k];
		summarise_kind(m->chunks[k], m->chunk_count, &m->kinds[k], figures);
		figures->cycles_found = reference->p50_hz / figures->steps_per_s_p50;
	}
	if (m->timed_count > m->kind_count)
		result->load_ns_p50 = chain_median(m->chunks[m->kind_count], m->chunk_count);
	result->p50_hz = reference->p50_hz;
	result->max_hz = reference->max_hz;
}

int chain_run(const struct chain_job *job, struct chain_result *ret, struct error *err)
{
	struct measuring m;
	int r = check_job(job, err);
	if (r < 0)
		return r;
	r = measuring_init(&m, job, err);
	if (r < 0)
		return r;
	r = measure(&m, err);
	struct chain_result result = {
	        .chain_count = m.kind_count,
	        .chunk_count = m.chunk_count,
	        .disagreement = NAN,
	        .rounds = m.rounds,
	        .wall_ns = m.now_ns - m.start_ns,
	        .lost_share = m.bite_ns > 0 ? m.lost_ns / m.bite_ns : NAN,
	        .load_ns_p50 = NAN,
	};
	if (r == 0) {
		result.chunk_hz = calloc(m.chunk_count, sizeof *result.chunk_hz);
		r = result.chunk_hz ? 0 : error_memory(err);
	}
	if (r == 0) {
		summarise(&m, &result);
		*ret = result;
	}
	measuring_release(&m);
	return r;
}

int chain_check(const struct chain_result *result, struct error *err)
{
	if (!result->chains[0].kind || isnan(result->p50_hz))
		return error_set(err, ENOTSUP,
		                 "a timed chain cannot tell the clock here: how many cycles its "
		                 "instructions take is known on x86-64 and arm64 only");
	if (isnan(result->disagreement) || result->disagreement <= CHAIN_AGREEMENT)
		return 0;
	const struct chain_figures *worst = &result->chains[0];
	for (size_t k = 1; k < result->chain_count; k++)
		if (fabs(result->chains[k].p50_hz - result->p50_hz) >=
		    fabs(worst->p50_hz - result->p50_hz))
			worst = &result->chains[k];
	return error_set(err, ENOTSUP,
	                 "a timed chain cannot tell the clock here: %s says %.3f GHz and %s %.3f "
	                 "GHz, %.1f %% apart where %.0f %% are allowed (an emulator, or a busy "
	                 "sibling of the core?)",
	                 result->chains[0].kind->name, result->p50_hz / 1e9, worst->kind->name,
	                 worst->p50_hz / 1e9, 100 * result->disagreement, 100 * CHAIN_AGREEMENT);
}

int chain_measure(int64_t duration_ns, int64_t chunk_ns, struct chain_result *ret,
                  struct error *err)
{
	const struct chain_job job = {.duration_ns = duration_ns, .chunk_ns = chunk_ns};
	struct chain_result result = {0};
	int r = chain_run(&job, &result, err);
	if (r < 0)
		return r;
	r = chain_check(&result, err);
	if (r < 0)
		chain_result_release(&result);
	else
		*ret = result;
	return r;
}

void chain_result_release(struct chain_result *result)
{
	free(result->chunk_hz);
	result->chunk_hz = NULL;
}
