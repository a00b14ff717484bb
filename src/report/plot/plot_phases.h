/* The plots of the phases of tasks. */
#ifndef REPORT_PLOT_PHASES_H
#define REPORT_PLOT_PHASES_H

#include "analyse/findings.h"
#include "report/document.h"

/* The mean time of every class against the baseline, by N. */
void plot_phase_ratios(const struct findings *findings, struct document *doc);

/* How the time of a class is distributed, for some of the levels. */
void plot_phase_distribution(const struct findings *findings, const struct phase_group *class,
                             struct document *doc);

/* The time stamps of one task, for some of the levels. */
void plot_phase_lines(const struct findings *findings, struct document *doc);

#endif
