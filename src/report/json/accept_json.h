/* What `plateau accept --json` answers. docs/json.md has the schema. */
#ifndef REPORT_JSON_ACCEPT_JSON_H
#define REPORT_JSON_ACCEPT_JSON_H

#include "report/accepted.h"
#include "report/json/json_value.h"

struct error;

/* Writes it as text, with a line end, that the caller frees. Returns 0 or -ENOMEM. */
int accept_json_write(const struct accepted_all *all, char **ret_json, struct error *err);

/* One result of it, for answers that hold more (`plateau run --accept --json`). */
json_t *accept_json_result(struct json_writer *w, const struct accepted *accepted);

#endif
