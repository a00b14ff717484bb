/* `plateau fit CURVE.csv`, for people. */
#ifndef REPORT_FIT_TEXT_H
#define REPORT_FIT_TEXT_H

#include "analyse/scaling.h"
#include "report/text_style.h"

/* Writes everything as one text that the caller frees. name is the file's path. Returns 0 or
 * -ENOMEM. */
int fit_text_write(const struct scaling *scaling, const char *name, const struct text_style *style,
                   char **ret_text, struct error *err);

#endif
