/* Scenario files (docs/scenario.md) to struct scenario. */
#ifndef FORMATS_SCENARIO_SCENARIO_YAML_H
#define FORMATS_SCENARIO_SCENARIO_YAML_H

#include "formats/problems.h"
#include "model/scenario.h"

#include <stddef.h>

struct error;

enum { SCENARIO_MAX_BYTES = 1 << 20 };

/* Reads the scenario file at path. ret_problems starts as {0} and is the caller's to release
 * whatever comes back; it holds every problem of the file, sorted by place, exactly when -EINVAL
 * is returned (err then says how many there are). Other failures: -ENOENT, -EACCES and so on when
 * the file cannot be read, -ENOMEM. Only on 0 *ret_scenario is set, with path and text in it. */
int scenario_yaml_load(const char *path, struct scenario *ret_scenario,
                       struct problems *ret_problems, struct error *err);

/* The same from memory; name stands for the file in messages and becomes scenario.path. */
int scenario_yaml_parse(const char *name, const char *text, size_t text_bytes,
                        struct scenario *ret_scenario, struct problems *ret_problems,
                        struct error *err);

#endif
