/* The answer of `plateau fleet status --json`. docs/json.md. */
#ifndef REPORT_JSON_STATUS_JSON_H
#define REPORT_JSON_STATUS_JSON_H

#include "report/fleet/status_view.h"

struct error;

/* The caller frees the text. Returns 0 or -ENOMEM. */
int status_json_write(const struct status_view *view, char **ret_json, struct error *err);

#endif
