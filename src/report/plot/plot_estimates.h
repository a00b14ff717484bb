/* Points with intervals at every level of a policy, of any estimate that levels have. */
#ifndef REPORT_PLOT_ESTIMATES_H
#define REPORT_PLOT_ESTIMATES_H

#include "analyse/summary.h"
#include "report/plot/plot.h"

/* What is drawn. */
struct plot_estimates {
	const struct summary *summary;
	/* The estimate of a level. */
	const struct estimate *(*of)(const void *context, size_t level);
	const void *context;
	double factor;    /* to be in the unit of the axis */
	const char *unit; /* behind a figure, as " GHz" */
};

/* Appends the series of a policy, called name (and by the policy where there are several); the plot
 * has an axis of plot_levels_axis. Nothing is appended where no level has a value. */
void plot_estimates_add(struct plot *plot, const struct plot_estimates *estimates, size_t policy,
                        unsigned hue, const char *name);

/* Frames the y axis when all is there: room for the intervals, but one that is many times as long
 * as its value is cut at the border; and at least a tenth of the value on both sides, so that noise
 * does not look like a trend. is_from_zero: from 0. */
void plot_estimates_frame(struct plot *plot, bool is_from_zero);

#endif
