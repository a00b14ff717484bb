/* Plots of the first screen. Each adds itself to the document, or nothing where nothing is known.
 */
#ifndef REPORT_PLOT_OVERVIEW_H
#define REPORT_PLOT_OVERVIEW_H

#include "analyse/findings.h"
#include "report/document.h"

/* "throughput": points with intervals, linear from the baseline, the chosen fit, the plateau. */
void plot_throughput(const struct findings *findings, struct document *doc);

/* "efficiency": throughput as a share of linear. */
void plot_efficiency(const struct findings *findings, struct document *doc);

/* "wall": boxes of tasks' wall times by N. */
void plot_wall(const struct findings *findings, struct document *doc);

/* "memory": boxes of tasks' memory by N, against what the node has for each. */
void plot_memory(const struct findings *findings, struct document *doc);

#endif
