/* What the readers of all formats have in common: a file is opened, read, and either all of it is
 * appended or nothing. */
#ifndef FORMATS_IMPORT_IMPORT_FRAME_H
#define FORMATS_IMPORT_IMPORT_FRAME_H

#include "formats/import/imported.h"
#include "formats/problems.h"

#include <stdio.h>

struct error;

/* Appends what the stream holds to imported, or tells problems; name stands for the file. settings
 * are the format's own. Returns 0 (also with problems) or -errno. */
typedef int import_function(const char *name, FILE *stream, const void *settings,
                            struct imported *imported, struct problems *problems,
                            struct error *err);

/* Reads a stream, or the file at path, as a whole: where there are problems that is -EINVAL, and
 * whatever fails leaves imported as it was. */
int import_stream(import_function *read, const char *name, FILE *stream, const void *settings,
                  struct imported *imported, struct problems *problems, struct error *err);
int import_path(import_function *read, const char *path, const void *settings,
                struct imported *imported, struct problems *problems, struct error *err);

/* A table_note (formats/import/table_rows) whose context is the imported that takes it as a fact.
 */
int import_note(void *context, size_t line, const char *text, struct error *err);

#endif
