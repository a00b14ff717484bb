/* The JSON answer of `plateau io`. */
#ifndef REPORT_JSON_IO_JSON_H
#define REPORT_JSON_IO_JSON_H

#include "report/io/io_document.h"

/* The caller frees the text. is_failed: the command did not end well. Returns 0 or -ENOMEM. */
int io_json_write(const struct io_findings *findings, const struct io_told *told, bool is_failed,
                  char **ret_json, struct error *err);

#endif
