/* The keys "distributions", "outliers", "places" and "correlation" of an answer. */
#ifndef REPORT_JSON_DISTRIBUTIONS_H
#define REPORT_JSON_DISTRIBUTIONS_H

#include "analyse/findings.h"
#include "report/json/json_value.h"

/* Sets them in answer. */
void json_distributions(struct json_writer *w, json_t *answer, const struct findings *findings);

#endif
