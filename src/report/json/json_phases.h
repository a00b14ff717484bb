/* "phases" in the answer of `plateau show --json`. */
#ifndef REPORT_JSON_PHASES_H
#define REPORT_JSON_PHASES_H

#include "analyse/findings.h"
#include "report/json/json_value.h"

/* A new reference; NULL where memory ran out. */
json_t *json_phases(struct json_writer *w, const struct findings *findings);

#endif
