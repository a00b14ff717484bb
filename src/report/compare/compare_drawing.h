/* All sides of a comparison on one axis: what the files with its plots share. */
#ifndef REPORT_COMPARE_DRAWING_H
#define REPORT_COMPARE_DRAWING_H

#include "analyse/compare/comparison.h"
#include "report/document.h"

#include <stddef.h>

struct drawing {
	const struct comparison *comparisons;
	size_t count;
	const struct side **sides; /* the base first */
	size_t side_count;
	double *levels; /* of all runs, ascending, with repeats */
	size_t level_count;
	size_t policies; /* the most that a run has, at least 1 */
	struct document *doc;
};

/* The hue of a side under a policy (its index in the first run); linear scaling has one of its
 * own. */
unsigned drawing_hue(const struct drawing *d, size_t side, size_t policy);

/* "rome", or "rome (pack)" where it has several policies. */
const char *drawing_name(const struct side *side, const struct summary *summary, size_t policy,
                         char text[96]);

/* The ratio of throughputs against N, with its interval as a band. */
void plot_ratios(const struct drawing *d);

/* Boxes of wall times, of the first run of every side; none where too many would stand beside one
 * another. */
void plot_walls(const struct drawing *d);

#endif
