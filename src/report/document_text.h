/* A document for a terminal: wrapped at the style's width, in its letters and colours. */
#ifndef REPORT_DOCUMENT_TEXT_H
#define REPORT_DOCUMENT_TEXT_H

#include "report/document.h"

/* Writes what a terminal is to show, in the document's own style. The caller frees the text.
 * Returns 0 or -ENOMEM. */
int document_text_write(const struct document *doc, char **ret_text, struct error *err);

#endif
