/* `plateau show RESULT`, for people: what was run, the table of levels, what was counted, the
 * machine's limits, warnings, failures, and what the harness cost. */
#ifndef REPORT_SHOW_TEXT_H
#define REPORT_SHOW_TEXT_H

#include "analyse/findings.h"
#include "report/text_style.h"

#include <stdbool.h>

/* Writes everything, or what report_fill_short has, as one text that the caller frees. Returns 0 or
 * -ENOMEM. */
int show_text_write(const struct findings *findings, const struct text_style *style, bool is_short,
                    char **ret_text, struct error *err);

#endif
