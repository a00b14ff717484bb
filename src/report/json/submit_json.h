/* The answer of `plateau fleet submit --json`. docs/json.md. */
#ifndef REPORT_JSON_SUBMIT_JSON_H
#define REPORT_JSON_SUBMIT_JSON_H

#include "report/fleet/submit_view.h"

struct error;

/* The caller frees the text. Returns 0 or -ENOMEM. */
int submit_json_write(const struct submit_view *view, char **ret_json, struct error *err);

#endif
