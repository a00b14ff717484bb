/* `plateau show RESULT --json`; docs/json.md has the schema. */
#ifndef REPORT_SHOW_JSON_H
#define REPORT_SHOW_JSON_H

#include "analyse/findings.h"

/* Writes the answer as JSON text, with a line end, that the caller frees. What is absent is null
 * with a "reason" or "state" beside it; no number is ever NaN or infinite. Returns 0 or -ENOMEM. */
int show_json_write(const struct findings *findings, char **ret_json, struct error *err);

#endif
