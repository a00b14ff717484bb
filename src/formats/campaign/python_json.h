/* JSON as Python's json module writes it: NaN, Infinity and -Infinity stand where JSON has no word
 * for a number that is none. They are read as null. Nothing else is forgiven. */
#ifndef FORMATS_CAMPAIGN_PYTHON_JSON_H
#define FORMATS_CAMPAIGN_PYTHON_JSON_H

#include <jansson.h>
#include <stddef.h>

/* Parses text_bytes at text. Returns the value, which the caller releases, or NULL with *ret_wrong
 * filled; flags are jansson's. Columns in *ret_wrong are off behind a NaN. */
json_t *python_json_parse(const char *text, size_t text_bytes, size_t flags,
                          json_error_t *ret_wrong);

#endif
