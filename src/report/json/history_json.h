/* The answer of `plateau fleet history --json`. docs/json.md. */
#ifndef REPORT_JSON_HISTORY_JSON_H
#define REPORT_JSON_HISTORY_JSON_H

#include "report/fleet/history_view.h"

/* The caller frees the text. Returns 0 or -ENOMEM. */
int history_json_write(const struct history_view *view, char **ret_json, struct error *err);

#endif
