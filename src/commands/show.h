/* Printing a result, for `show` and for the end of `run`. */
#ifndef COMMANDS_SHOW_H
#define COMMANDS_SHOW_H

struct arguments;
struct error;

/* Loads the result at path, summarises it and prints it on stdout: as JSON with --json, else as
 * text in the width and with the colour that arguments and stdout call for. Returns 0, or -errno;
 * -EINVAL and -ENOENT for a file that is no result. */
int show_print(const char *path, const struct arguments *arguments, struct error *err);

#endif
