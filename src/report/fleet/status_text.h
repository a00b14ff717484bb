/* How a fleet stands, for people. */
#ifndef REPORT_FLEET_STATUS_TEXT_H
#define REPORT_FLEET_STATUS_TEXT_H

#include "report/fleet/status_view.h"
#include "report/text_style.h"

struct error;

/* The table by state, then the nodes that need a look, then what was asked. most_lines: so many
 * lines at most, for a screen that is drawn again (what is left out is told); 0: all. The caller
 * frees the text. Returns 0 or -ENOMEM. */
int status_text_write(const struct status_view *view, const struct text_style *style,
                      size_t most_lines, char **ret_text, struct error *err);

/* One line, without colour and without a line end: "16 nodes: 10 pass, 2 running, 4 pending". */
void status_text_counts(const struct status_view *view, struct str *out);

/* "rome01: running -> fail: tasks failed", for a line behind a time; cleaned. */
void status_text_change(const struct fleet_node *node, enum fleet_verdict before, struct str *out);

/* How a verdict looks. */
enum text_role status_text_role(enum fleet_verdict verdict);

#endif
