/* Files of criteria to struct criteria: a scenario, or a file of their own with the keys
 * max_repeats and criteria. */
#ifndef FORMATS_SCENARIO_CRITERIA_YAML_H
#define FORMATS_SCENARIO_CRITERIA_YAML_H

#include "formats/problems.h"
#include "model/criteria.h"

#include <stddef.h>

struct error;

enum { CRITERIA_MAX_BYTES = 1 << 20 };

/* Reads the file at path: the keys max_repeats and criteria, or a whole scenario, whose `accept` is
 * taken. ret_problems starts as {0} and is the caller's to release whatever comes back; it holds
 * every problem of the file, sorted by place, exactly when -EINVAL is returned (err then says how
 * many there are). Other failures: -ENOENT, -EACCES and so on when the file cannot be read,
 * -ENOMEM. Only on 0 *ret_criteria is set, with at least one criterion in it, each with its line.
 */
int criteria_load(const char *path, struct criteria *ret_criteria, struct problems *ret_problems,
                  struct error *err);

/* The same from memory; name stands for the file in messages, and its folder is that of relative
 * references. */
int criteria_parse(const char *name, const char *text, size_t text_bytes,
                   struct criteria *ret_criteria, struct problems *ret_problems, struct error *err);

#endif
