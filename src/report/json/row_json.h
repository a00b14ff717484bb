/* `plateau run --json` as one document: what show says of each result, and the verdict. */
#ifndef REPORT_ROW_JSON_H
#define REPORT_ROW_JSON_H

#include <stdbool.h>
#include <stddef.h>

struct error;

/* documents: answers of show_json_write, `count` of them. With is_alone the one of them (or, where
 * there is none, nothing but schema_version) is the answer, else they stand under "results".
 * acceptance: an answer of accept_json_write, which becomes the key "acceptance"; NULL: none.
 * The caller frees *ret_json. Returns 0, -EINVAL for what is no JSON, or -ENOMEM. */
int row_json_write(const char *const *documents, size_t count, bool is_alone,
                   const char *acceptance, char **ret_json, struct error *err);

#endif
