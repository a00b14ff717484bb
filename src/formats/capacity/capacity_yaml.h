/* Capacity files: what is to run on which nodes, and what it writes (docs/capacity.md). */
#ifndef FORMATS_CAPACITY_CAPACITY_YAML_H
#define FORMATS_CAPACITY_CAPACITY_YAML_H

#include "formats/problems.h"
#include "model/capacity.h"

#include <stddef.h>

struct error;

enum { CAPACITY_MAX_BYTES = 1 << 20 };

/* Reads a file, or text that is called name in problems. Files that it names are not read. Returns
 * 0; -EINVAL with everything that is wrong in problems; or -errno. */
int capacity_yaml_load(const char *path, struct capacity *ret_capacity,
                       struct problems *ret_problems, struct error *err);
int capacity_yaml_parse(const char *name, const char *text, size_t text_bytes,
                        struct capacity *ret_capacity, struct problems *ret_problems,
                        struct error *err);

#endif
