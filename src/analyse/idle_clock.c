#include "analyse/idle_clock.h"

#include "analyse/quantile.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "model/dataset.h"
#include "model/record.h"

#include <math.h>
#include <string.h>

int idle_clock_find(const struct dataset *dataset, struct idle_clock *ret, struct error *err)
{
	struct idle_clock clock = {.pu = -1};
	cleanup_free double *values = calloc(dataset->sample_count + 1, sizeof *values);
	if (!values)
		return error_memory(err);
	for (size_t i = 0; i < dataset->sample_count; i++) {
		const struct dataset_sample *const sample = &dataset->samples[i];
		if (strcmp(dataset->sample_names.items[sample->name], chain_sample_name) != 0)
			continue;
		clock.asked++;
		if (!(sample->value > 0) || isinf(sample->value))
			continue;
		values[clock.counted++] = sample->value;
		clock.pu = sample->place;
	}
	if (clock.counted > 0) {
		clock.median_hz = quantile_median(values, clock.counted);
		clock.least_hz = clock.most_hz = values[0];
	}
	for (size_t i = 0; i < clock.counted; i++) {
		clock.least_hz = fmin(clock.least_hz, values[i]);
		clock.most_hz = fmax(clock.most_hz, values[i]);
	}
	*ret = clock;
	return 0;
}
