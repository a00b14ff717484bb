/* What `plateau compare --json` answers (docs/json.md). */
#ifndef REPORT_COMPARE_JSON_H
#define REPORT_COMPARE_JSON_H

#include "analyse/compare/comparison.h"

/* All against one base. The caller frees the text. Returns 0 or -ENOMEM. */
int compare_json_write(const struct comparison *comparisons, size_t count, char **ret_json,
                       struct error *err);

#endif
