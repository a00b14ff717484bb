/* The plot of the causes: factors stacked in logs, level by level. */
#ifndef REPORT_PLOT_CAUSES_H
#define REPORT_PLOT_CAUSES_H

#include "analyse/findings.h"
#include "report/document.h"

/* Adds the plot "attribution", where there is a level to compare. */
void plot_causes(const struct findings *findings, struct document *doc);

/* Results whose causes stand beside one another: those of one side of a comparison. */
struct causes_group {
	const struct findings *findings;
	const char *name;
};

/* The same of several results on one scale, group by group; a group without a slowdown is left
 * out. */
void plot_causes_of(const struct causes_group *groups, size_t count, struct document *doc);

#endif
