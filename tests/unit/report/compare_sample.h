/* Results of two kinds of nodes made by hand, for comparisons of them: "rome", whose tasks take
 * longer the more there are, and "milan", which is 1.25 times as fast alone and scales further. */
#ifndef TESTS_COMPARE_SAMPLE_H
#define TESTS_COMPARE_SAMPLE_H

#include "../analyse/made.h"
#include "analyse/compare/compare.h"

struct compare_sample {
	struct made made;
	struct findings findings;
	const struct findings *run;
	struct side side;
};

enum compare_sample_kind { SAMPLE_ROME, SAMPLE_MILAN, SAMPLE_GENOA };

/* Fails the test at once where anything cannot be made. policies: how many the levels are run
 * under, 1 or 2. The sample must not be moved. */
void compare_sample_make(struct compare_sample *sample, enum compare_sample_kind kind,
                         size_t policies);
void compare_sample_release(struct compare_sample *sample);

#endif
