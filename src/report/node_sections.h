/* The sections of `plateau node`, for node_text alone: what the node is (node_machine.c), and what
 * can be done on it (node_abilities.c). Each adds its section to the document, or nothing where
 * there is nothing to say. */
#ifndef REPORT_NODE_SECTIONS_H
#define REPORT_NODE_SECTIONS_H

#include "report/document.h"
#include "report/node_view.h"

void node_section_processor(const struct node_view *view, struct document *doc);
void node_section_memory(const struct node_view *view, struct document *doc);
void node_section_frequency(const struct node_view *view, struct document *doc);
void node_section_kernel(const struct node_view *view, struct document *doc);
void node_section_limits(const struct node_view *view, struct document *doc);

void node_section_capabilities(const struct node_view *view, struct document *doc);
void node_section_findings(const struct node_view *view, struct document *doc);
void node_section_clock(const struct node_view *view, bool is_full, struct document *doc);
void node_section_fit(const struct node_view *view, struct document *doc);

#endif
