/* One node's attempts over time, for people. */
#ifndef REPORT_FLEET_HISTORY_TEXT_H
#define REPORT_FLEET_HISTORY_TEXT_H

#include "report/fleet/history_view.h"
#include "report/text_style.h"

/* The caller frees the text. Returns 0 or -ENOMEM. */
int history_text_write(const struct history_view *view, const struct text_style *style,
                       char **ret_text, struct error *err);

#endif
