/* Criteria as JSON inside the effective scenario (formats/scenario/scenario_json), so that a run
 * that is resumed is judged by what it was begun with. */
#ifndef FORMATS_SCENARIO_CRITERIA_JSON_H
#define FORMATS_SCENARIO_CRITERIA_JSON_H

#include "model/criteria.h"

#include <jansson.h>

struct error;

/* A new object, null without criteria; NULL when memory runs out or a text is not UTF-8. */
json_t *criteria_json_write(const struct criteria *criteria);

/* Reads what criteria_json_write wrote; the text may come from anybody. Only on 0 *ret_criteria is
 * set. Returns 0, -EINVAL or -ENOMEM. */
int criteria_json_read(const json_t *object, struct criteria *ret_criteria, struct error *err);

#endif
