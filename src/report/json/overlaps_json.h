/* What plateau capacity overlaps --json answers (docs/json.md). */
#ifndef REPORT_JSON_OVERLAPS_JSON_H
#define REPORT_JSON_OVERLAPS_JSON_H

#include "report/capacity/overlaps_document.h"

struct error;

/* The caller frees the text. Returns 0 or -ENOMEM. */
int overlaps_json_write(const struct overlaps_told *told, char **ret_json, struct error *err);

#endif
