/* The answer of `plateau fleet submit` for people. */
#ifndef REPORT_FLEET_SUBMIT_TEXT_H
#define REPORT_FLEET_SUBMIT_TEXT_H

#include "report/fleet/submit_view.h"
#include "report/text_style.h"

struct error;

/* has_all: every node and every script, not only those that are not as usual. The caller frees the
 * text. Returns 0 or -ENOMEM. */
int submit_text_write(const struct submit_view *view, const struct text_style *style, bool has_all,
                      char **ret_text, struct error *err);

#endif
