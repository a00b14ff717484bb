/* One YAML document from memory, with libyaml's document API. Everything that a configuration file
 * has no use for is refused with its place before the document is built: bytes that are not
 * UTF-8, control characters, tabs as indentation, anchors, aliases, tags, a second document and
 * nesting without end. */
#ifndef FORMATS_YAML_TEXT_H
#define FORMATS_YAML_TEXT_H

#include "formats/problems.h"

#include <stddef.h>
#include <yaml.h>

struct error;

enum { YAML_TEXT_MAX_DEPTH = 32 };

/* Reads text into *ret_document, which the caller gives back with yaml_document_delete. name
 * stands for the file in problems. Returns 0; -EINVAL with the reasons in problems (err is set
 * too); -ENOMEM. */
int yaml_text_load(const char *name, const char *text, size_t text_bytes,
                   yaml_document_t *ret_document, struct problems *problems, struct error *err);

#endif
