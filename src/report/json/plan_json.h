/* The answer of `plateau plan --json`; docs/json.md holds the schema. */
#ifndef REPORT_PLAN_JSON_H
#define REPORT_PLAN_JSON_H

#include "report/plan_view.h"

struct error;

/* Writes the plan as JSON with a line end; the caller frees it. Returns 0 or -ENOMEM (also for a
 * text that is not UTF-8). */
int plan_json_write(const struct plan_view *view, char **ret_json, struct error *err);

#endif
