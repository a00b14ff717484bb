/* The promises of what is printed, whatever it was made of. */
#ifndef TESTS_FUZZ_ANSWERS_H
#define TESTS_FUZZ_ANSWERS_H

#include "report/document.h"

#include <stdbool.h>
#include <stddef.h>

/* A text for a terminal has no control characters but line ends, and is UTF-8. */
void answer_check_text(const char *text);

/* An answer for programs is JSON without NaN and infinities. */
void answer_check_json(const char *json);

/* Elements and attributes that fetch or run something are none of markup's, but for ours of pages:
 * *ret_scripts. is_picture: what is referred to is within it. */
void answer_check_markup(const char *markup, bool is_picture, size_t *ret_scripts);

/* A document in a terminal, and as a page. */
void answer_check_terminal(const struct document *doc);
void answer_check_page(const struct document *doc);

#endif
