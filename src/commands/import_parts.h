/* The stages of plateau import that have a file of their own. For commands/import*.c. */
#ifndef COMMANDS_IMPORT_PARTS_H
#define COMMANDS_IMPORT_PARTS_H

#include "analyse/arrange/arrange.h"
#include "formats/import/imported.h"
#include "formats/import/path_pattern.h"
#include "model/words.h"

#include <stdbool.h>
#include <stddef.h>

struct arguments;
struct error;

/* Which files are read. */
struct import_files {
	struct words paths;
	const char *first;  /* the caller's first word: a folder, or a file */
	size_t passed_over; /* files in folders that the pattern does not match */
};

/* Appends the files that a word stands for: itself, or all files in a folder and below, in the
 * order of their names, without hidden ones and results; of those the ones that pattern (NULL: any)
 * matches. A file that is named by itself has to match. Returns 0; -EINVAL, -ENOENT; -ENOMEM;
 * or -errno of a folder that cannot be read. */
int import_files_find(const char *word, const struct path_pattern *pattern,
                      struct import_files *files, struct error *err);
void import_files_release(struct import_files *files);

/* What the caller says of the records. NULL: nothing. */
struct import_words {
	const char *format;
	const char *name;
	const char *task_type;
	const char *host;
	const char *source;
};

/* Writes the result to path, whole or not at all. Returns 0 or -errno as whole_write. */
int import_write(const struct imported *imported, const struct arrangement *arrangement,
                 const struct import_files *files, const struct import_words *words,
                 const char *path, bool force, struct error *err);

#endif
