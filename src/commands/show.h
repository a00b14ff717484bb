/* Printing a result, for `show` and for the end of `run`. */
#ifndef COMMANDS_SHOW_H
#define COMMANDS_SHOW_H

#include <stdbool.h>

struct error;

/* Loads the result at path, summarises it and prints it on stdout: as JSON, or as text with colour
 * when is "auto" (or NULL), "always" or "never". Returns 0 or -errno; -EINVAL for a file that is
 * no result. */
int show_print(const char *path, bool is_json, const char *when, struct error *err);

/* Flushes stdout and says whether everything written went out: 0, or -errno. */
int show_finish(struct error *err);

#endif
