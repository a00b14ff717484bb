/* The answer of `plateau capacity FILE --json`; docs/json.md has the schema. */
#ifndef REPORT_JSON_CAPACITY_JSON_H
#define REPORT_JSON_CAPACITY_JSON_H

#include "analyse/capacity/capacity_needs.h"

struct error;

/* path: of the capacity file. The caller frees the text. Returns 0 or -ENOMEM. */
int capacity_json_write(const struct capacity_needs *needs, const char *path, char **ret_json,
                        struct error *err);

#endif
