/* The sections of a report that stand in sections.c, each in a file of its own (section_x.c): it
 * fills the document from findings, or adds nothing where it has nothing to say. */
#ifndef REPORT_SECTION_H
#define REPORT_SECTION_H

#include "analyse/findings.h"
#include "report/document.h"

void section_head(const struct findings *findings, struct document *doc);
void section_overview(const struct findings *findings, struct document *doc);
void section_overview_plots(const struct findings *findings, struct document *doc);
void section_quality(const struct findings *findings, struct document *doc);
void section_machine(const struct findings *findings, struct document *doc);
void section_throughput(const struct findings *findings, struct document *doc);
void section_stated(const struct findings *findings, struct document *doc);
void section_scaling(const struct findings *findings, struct document *doc);
void section_causes(const struct findings *findings, struct document *doc);
void section_phases(const struct findings *findings, struct document *doc);
void section_printed(const struct findings *findings, struct document *doc);
void section_frequency(const struct findings *findings, struct document *doc);
void section_per_task(const struct findings *findings, struct document *doc);
void section_memory(const struct findings *findings, struct document *doc);
void section_distributions(const struct findings *findings, struct document *doc);
void section_outliers(const struct findings *findings, struct document *doc);
void section_places(const struct findings *findings, struct document *doc);
void section_timeline(const struct findings *findings, struct document *doc);
void section_correlation(const struct findings *findings, struct document *doc);
void section_node(const struct findings *findings, struct document *doc);
void section_counters(const struct findings *findings, struct document *doc);
void section_events(const struct findings *findings, struct document *doc);
void section_limits(const struct findings *findings, struct document *doc);
void section_warnings(const struct findings *findings, struct document *doc);
void section_failures(const struct findings *findings, struct document *doc);
void section_harness(const struct findings *findings, struct document *doc);
void section_provenance(const struct findings *findings, struct document *doc);
void section_host_facts(const struct findings *findings, struct document *doc);

#endif
