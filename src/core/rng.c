#include "core/rng.h"

#include "core/clock.h"

#include <math.h>
#include <sys/random.h>
#include <unistd.h>

static uint64_t splitmix64(uint64_t *state)
{
	uint64_t z = (*state += 0x9e3779b97f4a7c15u);
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

static uint64_t rotate_left(uint64_t x, int bits)
{
	return (x << bits) | (x >> (64 - bits));
}

void rng_init(struct rng *rng, uint64_t seed, uint64_t stream)
{
	uint64_t mix = stream;
	uint64_t state = seed ^ splitmix64(&mix);
	for (int i = 0; i < 4; i++)
		rng->state[i] = splitmix64(&state);
}

uint64_t rng_next(struct rng *rng)
{
	uint64_t *const s = rng->state;
	const uint64_t result = rotate_left(s[1] * 5, 7) * 9;
	const uint64_t t = s[1] << 17;
	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= t;
	s[3] = rotate_left(s[3], 45);
	return result;
}

uint64_t rng_below(struct rng *rng, uint64_t bound)
{
	const uint64_t limit = UINT64_MAX - UINT64_MAX % bound;
	uint64_t value;
	do
		value = rng_next(rng);
	while (value >= limit);
	return value % bound;
}

double rng_uniform(struct rng *rng)
{
	return (double)(rng_next(rng) >> 11) * 0x1p-53;
}

double rng_normal(struct rng *rng)
{
	double x, y, s;
	do {
		x = 2 * rng_uniform(rng) - 1;
		y = 2 * rng_uniform(rng) - 1;
		s = x * x + y * y;
	} while (s >= 1 || s == 0);
	return x * sqrt(-2 * log(s) / s);
}

void rng_permutation(struct rng *rng, uint32_t *order, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const size_t j = rng_below(rng, i + 1);
		order[i] = order[j];
		order[j] = (uint32_t)i;
	}
}

uint64_t rng_entropy(void)
{
	uint64_t seed;
	if (getrandom(&seed, sizeof seed, GRND_NONBLOCK) == (ssize_t)sizeof seed)
		return seed;
	return (uint64_t)clock_calendar_ns() ^ ((uint64_t)getpid() << 32);
}
