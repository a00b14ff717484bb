#include "model/clock_reading.h"

#include <math.h>
#include <stdlib.h>

static int compare(const void *a, const void *b)
{
	const double x = *(const double *)a;
	const double y = *(const double *)b;
	return (x > y) - (x < y);
}

/* The median of the p50s; NaN where memory has run out. */
static double median_hz(const struct clock_probe *probe, size_t counted)
{
	double *const values = calloc(counted, sizeof *values);
	size_t n = 0;
	if (!values)
		return NAN;
	for (size_t i = 0; i < probe->count; i++)
		if (probe->readings[i].p50_hz > 0)
			values[n++] = probe->readings[i].p50_hz;
	qsort(values, n, sizeof *values, compare);
	const double median = n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
	free(values);
	return median;
}

struct clock_spread clock_probe_spread(const struct clock_probe *probe)
{
	struct clock_spread spread = {.p50_hz = NAN};
	for (size_t i = 0; i < probe->count; i++) {
		const struct clock_reading *const reading = &probe->readings[i];
		if (!(reading->p50_hz > 0))
			continue;
		if (spread.counted == 0)
			spread.slowest = spread.fastest = i;
		spread.counted++;
		if (reading->p50_hz < probe->readings[spread.slowest].p50_hz)
			spread.slowest = i;
		if (reading->p50_hz > probe->readings[spread.fastest].p50_hz)
			spread.fastest = i;
		spread.max_hz = fmax(spread.max_hz, reading->max_hz);
		spread.lost_share = fmax(spread.lost_share, reading->lost_share);
	}
	if (spread.counted == 0)
		return spread;
	spread.p50_hz = median_hz(probe, spread.counted);
	spread.spread =
	        probe->readings[spread.fastest].p50_hz / probe->readings[spread.slowest].p50_hz - 1;
	return spread;
}

void clock_probe_release(struct clock_probe *probe)
{
	free(probe->readings);
	*probe = (struct clock_probe){0};
}
