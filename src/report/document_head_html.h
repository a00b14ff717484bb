/* The head of a page: style, script, and what a browser is allowed. For report/document_html. */
#ifndef REPORT_DOCUMENT_HEAD_HTML_H
#define REPORT_DOCUMENT_HEAD_HTML_H

#include "core/error.h"

struct markup;

/* The first bytes of every page that has such a head, by which an earlier one is known again. */
extern const char document_html_sign[];

/* The page's style and that of plots, and its script, each as one text, which the caller frees.
 * Return 0 or -ENOMEM. */
int document_head_css(char **ret_css, struct error *err);
int document_head_js(char **ret_js, struct error *err);

/* Opens the page and writes its head; these texts alone may be style and script in it, so js has to
 * follow as it is. */
void document_head_html(struct markup *m, const char *title, const char *css, const char *js);

#endif
