/* The effective scenario as canonical JSON: every value after defaults, always the same keys in
 * the same order, durations in seconds and sizes in bytes with the unit in the key's name. It is
 * kept in the result file, and two scenarios are the same when their texts are. */
#ifndef FORMATS_SCENARIO_SCENARIO_JSON_H
#define FORMATS_SCENARIO_SCENARIO_JSON_H

#include "model/scenario.h"

struct error;

/* Writes scenario on one line; the caller frees the text. Where it came from (path, text) is left
 * out. Returns 0, -EINVAL when a text in it is not UTF-8 (err names it), or -ENOMEM. */
int scenario_json_write(const struct scenario *scenario, char **ret_json, struct error *err);

/* Reads what scenario_json_write wrote, by this plateau or an older one, so that a run can go on
 * from its result file. The text may come from anybody. Returns 0; -EINVAL when it is something
 * else, or holds what this plateau does not know; -ENOMEM. */
int scenario_json_read(const char *json, struct scenario *ret_scenario, struct error *err);

#endif
