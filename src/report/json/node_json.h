/* The answer of `plateau node --json`; docs/json.md has the keys. */
#ifndef REPORT_NODE_JSON_H
#define REPORT_NODE_JSON_H

#include "report/node_view.h"

struct error;

/* Writes it. The caller frees the text. Returns 0 or -ENOMEM. */
int node_json_write(const struct node_view *view, char **ret_json, struct error *err);

#endif
