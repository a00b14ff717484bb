/* How curves scale, as JSON: the keys "fits", "weights", "plateau" and "scalings" of `plateau show`
 * and `plateau fit` (docs/json.md). */
#ifndef REPORT_JSON_SCALING_H
#define REPORT_JSON_SCALING_H

#include "analyse/findings.h"
#include "report/json/json_value.h"

/* Sets the keys in answer: the first scaling's by themselves, and one object per scaling in
 * "scalings". Without any of them they are absent for `reason`. */
void json_scalings(struct json_writer *w, json_t *answer, const struct scaling *scalings,
                   size_t count, const char *reason);

/* The whole answer of `plateau fit --json`, of a curve from elsewhere and of the result at path.
 * The caller frees it. Returns 0 or -ENOMEM. */
int fit_json_write(const struct scaling *scaling, const char *path, char **ret_json,
                   struct error *err);
int fit_json_write_result(const struct findings *findings, const char *path, char **ret_json,
                          struct error *err);

#endif
