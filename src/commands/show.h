/* A result in words, for `show` and for the end of `run`. */
#ifndef COMMANDS_SHOW_H
#define COMMANDS_SHOW_H

#include <stdbool.h>

struct arguments;
struct error;

/* Loads the result at path, summarises it and writes that for stdout: as JSON with --json, else as
 * text in the width and with the colour that arguments and stdout call for. is_short, of text: no
 * more than throughput, warnings and failures. The caller frees *ret_text. Returns 0, or -errno;
 * -EINVAL and -ENOENT for a file that is no result. */
int show_write(const char *path, const struct arguments *arguments, bool is_short, char **ret_text,
               struct error *err);

#endif
