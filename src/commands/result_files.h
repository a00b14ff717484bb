/* Which result files a word on the command line or in a criteria file stands for. */
#ifndef COMMANDS_RESULT_FILES_H
#define COMMANDS_RESULT_FILES_H

#include "model/words.h"

#include <stdbool.h>

struct error;

/* Appends the paths that word stands for: a folder for all files in it whose names end in .db, a
 * pattern (*, ? and [...]) for all files that match it, both in the order of their names, and
 * anything else for itself. A file whose name looks like a pattern is
 * that file. A relative word is looked for below folder; NULL: where we are. Returns 0; -ENOENT:
 * the folder or pattern has nothing, or the file is not there; -ENOMEM; or -errno. */
int result_files_find(const char *word, const char *folder, struct words *paths, struct error *err);

/* Of all words; what one of them stands for twice is there twice. */
int result_files_find_all(const struct words *words, const char *folder, struct words *paths,
                          struct error *err);

#endif
