/* The manifest of a fleet and the answers of the batch system, as JSON texts in a fleet's folder
 * (fleet/folder.h says where). They come from a folder that others may write to. */
#ifndef FORMATS_FLEET_MANIFEST_JSON_H
#define FORMATS_FLEET_MANIFEST_JSON_H

#include "model/manifest.h"

#include <stddef.h>

struct error;

/* Each: 0; -EINVAL (what is wrong with it); -ENOTSUP (a later plateau wrote it); -ENOMEM. */
int manifest_json_read(const char *text, size_t text_bytes, struct manifest *ret_manifest,
                       struct error *err);
int submission_json_read(const char *text, size_t text_bytes, struct submission *ret_submission,
                         struct error *err);

/* The caller frees the text. 0 or -ENOMEM. */
int manifest_json_write(const struct manifest *manifest, char **ret_text, struct error *err);
int submission_json_write(const struct submission *submission, char **ret_text, struct error *err);

#endif
