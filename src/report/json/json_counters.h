/* The counters of a level as JSON. */
#ifndef REPORT_JSON_COUNTERS_H
#define REPORT_JSON_COUNTERS_H

#include "analyse/summary.h"
#include "report/json/json_value.h"

/* {NAME: {"mean", "state", "event", ...}}, see docs/json.md. */
json_t *json_counters(struct json_writer *w, const struct dataset *dataset,
                      const struct level_summary *level);

#endif
