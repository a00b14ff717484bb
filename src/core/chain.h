/* The clock of the CPU this thread is on, by timing chains of dependent instructions whose length
 * in cycles is known. Needs no counter and no privilege.
 *
 * Bites of every chain take turns; a bite is timed by the wall clock and is short (about 50 us), so
 * that being descheduled, interrupted or stolen from lengthens few of them. A chunk's figure is
 * that of the median bite: it is the clock while the thread ran. Bind the thread first: a chain
 * tells of the CPU it happens to be on. The figure is one of the node, not of any other task there.
 *
 * chain_measure() is what most callers want. chain_run() is for those who put a load between the
 * bites, want a fixed amount of work, or show figures that cannot be relied on; chain_check() then
 * says whether they can. */
#ifndef CORE_CHAIN_H
#define CORE_CHAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;

#define CHAIN_CHUNK_NS  (20 * 1000000LL)
#define CHAIN_AGREEMENT 0.02 /* chains of known length must agree within it */

/* One kind of instruction. */
struct chain_kind {
	const char *name;
	int cycles;                  /* latency of one step; 0: it differs between processors */
	uint64_t steps;              /* of one bite */
	void (*run)(uint64_t steps); /* a multiple of 64 */
};

enum {
	CHAIN_KINDS_MOST = 3,
	CHAIN_FEWEST_BITES = 8, /* of each kind in a chunk */
};

/* The kinds of this architecture, *ret_count of them. The first is the reference. */
const struct chain_kind *chain_kinds(size_t *ret_count);

/* What to run: it ends after `rounds` rounds where that is not 0, else after `duration_ns`. A round
 * is one bite of every kind. */
struct chain_job {
	uint64_t rounds;
	int64_t duration_ns;
	int64_t chunk_ns;            /* 1 ms to 1 s */
	void (*load)(void *context); /* once in every round, before the bites; may be NULL */
	void *context;
};

struct chain_figures {
	const struct chain_kind *kind;
	double steps_per_s_p50; /* of the chunks */
	double steps_per_s_max;
	double p50_hz; /* NaN where the kind's cycles are not known */
	double max_hz;
	double cycles_found; /* cycles of a step, told by the reference; NaN where that is unknown
	                      */
};

/* Released by chain_result_release(). */
struct chain_result {
	double p50_hz; /* of the chunks, by the reference; NaN where its cycles are not known */
	double max_hz;
	double *chunk_hz; /* in order of time */
	size_t chunk_count;
	struct chain_figures chains[CHAIN_KINDS_MOST];
	size_t chain_count;
	double disagreement; /* largest distance of a kind of known cycles from the reference, as a
	                        part of it, in the median chunk; NaN where fewer than two are
	                        known */
	uint64_t rounds;
	int64_t wall_ns;
	double lost_share;  /* of the wall time of the bites, what is above the median bite: waiting
	                     for the CPU, interrupts, time that the hypervisor took */
	double load_ns_p50; /* one call of the load, over the chunks; NaN without one */
};

/* Measures the clock of the CPU this thread is on for `duration_ns` (at least chunk_ns) in chunks
 * of `chunk_ns` (1 ms to 1 s). Returns 0; -EINVAL; -ENOMEM; -ENOTSUP with a reason for people where
 * the clock cannot be told: no kind of known length, or the kinds do not agree (an emulator). */
int chain_measure(int64_t duration_ns, int64_t chunk_ns, struct chain_result *ret,
                  struct error *err);

/* As the job says, whatever the figures are worth. Returns 0, -EINVAL or -ENOMEM. */
int chain_run(const struct chain_job *job, struct chain_result *ret, struct error *err);

/* Whether the clock can be told from it: 0, or -ENOTSUP and why not. */
int chain_check(const struct chain_result *result, struct error *err);

void chain_result_release(struct chain_result *result);

static inline void cleanup_chain_result_function(struct chain_result *result)
{
	chain_result_release(result);
}

#define cleanup_chain_result __attribute__((cleanup(cleanup_chain_result_function)))

/* The median of `count` values (1 or more), which it puts in another order: of an even number the
 * mean of the middle two. */
double chain_median(double *values, size_t count);

#endif
