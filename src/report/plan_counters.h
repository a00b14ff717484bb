/* What a plan counts: which events together, and which take turns. */
#ifndef REPORT_PLAN_COUNTERS_H
#define REPORT_PLAN_COUNTERS_H

#include "report/plan_view.h"

#include <jansson.h>

struct str;

/* A sentence or two. */
void plan_counters_add(const struct plan_view *view, struct str *text);

/* {"overflow", "event_sets", "events": [{"name", "state", "sets"}]}; NULL when memory runs out. */
json_t *plan_counters_json(const struct plan_view *view);

#endif
