/* The answer of `plateau plan` for people. */
#ifndef REPORT_PLAN_TEXT_H
#define REPORT_PLAN_TEXT_H

#include "report/plan_view.h"
#include "report/text_style.h"

#include <stdbool.h>

struct error;
struct str;

/* Writes the plan: what will run, what each level uses of the machine, and where each slot is
 * bound. is_full lists every slot of every map; else neighbours are drawn together and long maps
 * are cut. The caller frees the text. Returns 0 or -ENOMEM. */
int plan_text_write(const struct plan_view *view, const struct text_style *style, bool is_full,
                    char **ret_text, struct error *err);

/* The maps alone, one per policy, appended to out; in report/plan_map_text.c. Returns 0 or
 * -ENOMEM. */
int plan_map_text_add(struct str *out, const struct plan_view *view, const struct text_style *style,
                      bool is_full, struct error *err);

#endif
