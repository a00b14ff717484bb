#include "tasks/isr/noise.h"

#include "core/rng.h"

#include <math.h>
#include <stdint.h>

/* The normal quantile of p in (0, 0.5], by bisection: it is needed a few thousand times only. */
static double normal_quantile(double p)
{
	double low = -10, high = 0;
	for (int i = 0; i < 60; i++) {
		const double middle = (low + high) / 2;
		if (0.5 * erfc(-middle * M_SQRT1_2) < p)
			low = middle;
		else
			high = middle;
	}
	return (low + high) / 2;
}

void noise_init(struct noise *ret)
{
	double values[NOISE_QUANTILES / 2];
	double squares = 0;
	for (int i = 0; i < NOISE_QUANTILES / 2; i++) {
		values[i] = normal_quantile((i + 0.5) / NOISE_QUANTILES);
		squares += values[i] * values[i];
	}
	/* Variance one half each, so that two make one. */
	const double scale = sqrt(0.5 / (squares / (NOISE_QUANTILES / 2.0)));
	for (int i = 0; i < NOISE_QUANTILES / 2; i++) {
		ret->quantiles[i] = (float)(values[i] * scale);
		ret->quantiles[NOISE_QUANTILES - 1 - i] = (float)(-values[i] * scale);
	}
}

void noise_fill(const struct noise *noise, struct rng *rng, size_t count, float *values)
{
	const float *const q = noise->quantiles;
	size_t i = 0;
	for (; i + 2 <= count; i += 2) {
		const uint64_t bits = rng_next(rng);
		values[i] = q[bits >> 52] + q[(bits >> 40) & 0xfff];
		values[i + 1] = q[(bits >> 28) & 0xfff] + q[(bits >> 16) & 0xfff];
	}
	if (i < count) {
		const uint64_t bits = rng_next(rng);
		values[i] = q[bits >> 52] + q[(bits >> 40) & 0xfff];
	}
}
