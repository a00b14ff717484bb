/* "attribution" of a level in the answer of `plateau show --json`. */
#ifndef REPORT_JSON_ATTRIBUTION_H
#define REPORT_JSON_ATTRIBUTION_H

#include "analyse/findings.h"
#include "report/json/json_value.h"

/* Sets "attribution" of the level's object, or null and "attribution_reason". */
void json_attribution(struct json_writer *w, json_t *object, const struct findings *findings,
                      size_t level);

#endif
