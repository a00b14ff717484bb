/* Random numbers that are the same on every machine for the same seed: xoshiro256** seeded by
 * splitmix64 (Blackman and Vigna, "Scrambled linear pseudorandom number generators", 2021). Not
 * for secrets. */
#ifndef CORE_RNG_H
#define CORE_RNG_H

#include <stddef.h>
#include <stdint.h>

struct rng {
	uint64_t state[4];
};

/* Starts rng from seed and stream: different streams of one seed are independent sequences. */
void rng_init(struct rng *rng, uint64_t seed, uint64_t stream);

uint64_t rng_next(struct rng *rng);

/* Uniform in [0, bound), without bias; bound > 0. */
uint64_t rng_below(struct rng *rng, uint64_t bound);

/* Uniform in [0, 1). */
double rng_uniform(struct rng *rng);

/* Standard normal (Marsaglia's polar method). */
double rng_normal(struct rng *rng);

/* Fills order with a random permutation of 0 .. count-1 (Fisher-Yates). */
void rng_permutation(struct rng *rng, uint32_t *order, size_t count);

/* A seed from the system's entropy, for runs that name none. */
uint64_t rng_entropy(void);

#endif
