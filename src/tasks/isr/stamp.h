/* The generator's stamp in a header: seed, size, index and version. A file with the same stamp
 * need not be made again. */
#ifndef TASKS_ISR_STAMP_H
#define TASKS_ISR_STAMP_H

#include "tasks/isr/raw_file.h"

#include <stdbool.h>

struct fits_file;

enum { STAMP_VERSION = 1 }; /* raise it whenever the generator makes other pixels */

/* Writes it into the current header. Returns 0 or -EIO. */
int stamp_write(const struct fits_file *file, const struct stamp *stamp, struct error *err);

/* Whether the file at path is there and carries this stamp. */
bool stamp_matches(const char *path, const struct stamp *stamp);

#endif
