/* The plot of the causes: factors stacked in logs, level by level. */
#ifndef REPORT_PLOT_CAUSES_H
#define REPORT_PLOT_CAUSES_H

#include "analyse/findings.h"
#include "report/document.h"

/* Adds the plot "attribution", where there is a level to compare. */
void plot_causes(const struct findings *findings, struct document *doc);

#endif
