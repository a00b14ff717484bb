/* What is shown of a result, as text, JSON and page. Whatever does not work out fails the
 * test at once. */
#ifndef TESTS_SHOWN_H
#define TESTS_SHOWN_H

#include "report/show_text.h"
#include "sample.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

char *shown_text(const struct made *made, const struct text_style *style);

char *shown_json(const struct made *made);

char *shown_page(const struct made *made);

void shown_fits(const char *text, size_t width, bool is_ascii);

/* What is null is explained beside it. */
void shown_explained(json_t *value, const char *path);

void shown_check(const struct made *made);

#endif
