/* Made-up campaigns with what real ones have: types by the dozen with long names, tasks above a
 * limit, attempts that failed, a covariate that memory grows with; and a name that is hostile. */
#ifndef TESTS_NEEDS_SAMPLE_H
#define TESTS_NEEDS_SAMPLE_H

#include "model/campaign.h"

#include <stdbool.h>
#include <stddef.h>

struct needs_sample {
	size_t types;    /* at most NEEDS_SAMPLE_TYPES */
	size_t tasks;    /* of each type */
	size_t figures;  /* further covariates of numbers, which say nothing */
	double scale;    /* of every max RSS */
	bool is_whole;   /* every attempt is done */
	bool has_memory; /* tasks have a max RSS */
	bool is_hostile; /* names are what nobody should call a task */
};

enum { NEEDS_SAMPLE_TYPES = 30 };

/* Fills an empty campaign called label. Running out of memory ends the program. */
void needs_sample_fill(const struct needs_sample *sample, const char *label,
                       struct campaign *campaign);

#endif
