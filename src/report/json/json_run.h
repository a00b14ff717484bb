/* Which run a result is of, in an answer in JSON. */
#ifndef REPORT_JSON_RUN_H
#define REPORT_JSON_RUN_H

#include "report/json/json_value.h"

/* {"id", "name", "host", "state", "started", "finished", "scenario_sha256", "baseline"}. */
json_t *json_run(struct json_writer *w, const struct dataset *dataset);

#endif
