/* How a run is made again. */
#ifndef REPORT_REPRODUCE_H
#define REPORT_REPRODUCE_H

#include "model/dataset.h"

#include <stdbool.h>

struct error;

/* The command line that makes the same run again, quoted for a shell; for reading, never run.
 * *ret_needs_file: it names a scenario file, whose text is in the result. Both may be absent in a
 * result of elsewhere: then *ret_command is NULL. The caller frees the text. Returns 0 or
 * -ENOMEM. */
int reproduce_command(const struct run_facts *run, char **ret_command, bool *ret_needs_file,
                      struct error *err);

#endif
