/* Plots with every mark, and plots that go to extremes, for tests and for looking at. */
#ifndef PLOT_SAMPLES_H
#define PLOT_SAMPLES_H

#include "report/plot/plot.h"

#include <stddef.h>

struct plot_sample {
	const char *id;
	void (*fill)(struct plot *plot);
};

extern const struct plot_sample plot_samples[];
extern const size_t plot_sample_count;

/* Texts that would do harm where they were not escaped; each ends with "end". */
extern const char *const plot_hostile_texts[];
extern const size_t plot_hostile_count;

#endif
