/* `plateau fit`, for people. */
#ifndef REPORT_FIT_TEXT_H
#define REPORT_FIT_TEXT_H

#include "analyse/findings.h"
#include "report/text_style.h"

/* Writes everything about a curve from elsewhere as one text that the caller frees. name is the
 * file's path. Returns 0 or -ENOMEM. */
int fit_text_write(const struct scaling *scaling, const char *name, const struct text_style *style,
                   char **ret_text, struct error *err);

/* The same of a result: which one it is, then the curve of every placement policy. */
int fit_text_write_result(const struct findings *findings, const struct text_style *style,
                          char **ret_text, struct error *err);

#endif
