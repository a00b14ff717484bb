/* The node over the time of the run: a plot for each kind of figure that was sampled. */
#ifndef REPORT_PLOT_NODE_H
#define REPORT_PLOT_NODE_H

#include "analyse/findings.h"
#include "report/document.h"

/* Adds what there are samples of. */
void plot_node(const struct findings *findings, struct document *doc);

#endif
