/* The answer of `plateau node` for people. */
#ifndef REPORT_NODE_TEXT_H
#define REPORT_NODE_TEXT_H

#include "report/node_view.h"
#include "report/text_style.h"

struct error;

/* Writes it in sections, as `plateau show` does. is_full: the clock of every PU as well. The caller
 * frees the text. Returns 0 or -ENOMEM. */
int node_text_write(const struct node_view *view, const struct text_style *style, bool is_full,
                    char **ret_text, struct error *err);

#endif
