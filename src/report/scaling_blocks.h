/* The blocks that say how one curve scales: for the section of a result, and for `plateau fit`. */
#ifndef REPORT_SCALING_BLOCKS_H
#define REPORT_SCALING_BLOCKS_H

#include "analyse/scaling.h"
#include "report/document.h"
#include "report/figures.h"

struct scaling_blocks {
	const struct scaling *scaling;
	struct figure_unit rate; /* of throughputs: {"/h", 3600}; {"", 1} where it is not known */
	struct document *doc;
	const struct summary *summary; /* in which the points have intervals; NULL: in none */
	const char *origin; /* of the points: "measured", which NULL is as well, "imported", ... */
};

/* The plateau, the recommended N and the peak, as facts. */
void scaling_facts(const struct scaling_blocks *blocks);

/* The models with their parameters, how well each describes the points, and which is chosen. */
void scaling_models(const struct scaling_blocks *blocks);

/* Measured less fitted, for every model and level. */
void scaling_residuals(const struct scaling_blocks *blocks);

/* A unit in which the smallest throughput of a curve reads well. */
struct figure_unit scaling_rate_unit(const struct scaling *scaling);

#endif
