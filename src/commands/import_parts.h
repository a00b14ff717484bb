/* The stages of plateau import that have a file of their own. For commands/import*.c. */
#ifndef COMMANDS_IMPORT_PARTS_H
#define COMMANDS_IMPORT_PARTS_H

#include "analyse/arrange/arrange.h"
#include "commands/command.h"
#include "formats/import/imported.h"
#include "formats/import/path_pattern.h"
#include "formats/problems.h"
#include "model/campaign.h"
#include "model/words.h"

#include <stdbool.h>
#include <stddef.h>

struct error;

/* What the caller says of how files are to be read. NULL: nothing. */
struct import_settings {
	const char *columns;
	const char *task_type;
};

struct import_format {
	const char *name;
	/* Appends what is at path, all of it or nothing, to what becomes a result; NULL: no result
	 * can be made of it. Returns 0; -EINVAL with problems, or with err alone; or -errno. */
	int (*read)(const struct import_settings *settings, const char *path,
	            struct imported *imported, struct problems *problems, struct error *err);
	/* The same to a campaign; NULL: no campaign can be made of it. */
	int (*read_campaign)(const struct import_settings *settings, const char *path,
	                     struct campaign *campaign, struct problems *problems,
	                     struct error *err);
	/* Whether a file that begins with these bytes, behind which a NUL stands, is of the format;
	 * NULL: it has no sign. */
	bool (*is_one)(const char *text, size_t bytes);
	/* What a campaign's figures are of, where its reader does not say it. */
	const char *max_rss_of;
	const char *cpu_of;
	bool has_columns;   /* --columns means something */
	bool has_levels;    /* its figures are of levels: nothing has to say their concurrency */
	bool takes_folders; /* read_campaign takes a folder as a whole */
};

/* The format of this name. Returns 0 or -EINVAL, err naming those that there are. */
int import_format_find(const char *name, const struct import_format **ret_format,
                       struct error *err);

/* The format of what is at path, as its content shows; "csv" where nothing else does. */
const struct import_format *import_format_of(const char *path);

/* Reads what is at path into campaign as format says, or as its content shows where that is NULL.
 * Problems are told. Returns 0 or -errno, with err set. */
int import_read_campaign(const struct import_format *format, const struct import_settings *settings,
                         const char *path, struct campaign *campaign, struct error *err);

/* Whether `plateau import` makes a campaign, and why: *ret_why is for a person, "" where the caller
 * said it. Returns 0, -EINVAL (what the caller said contradicts itself) or -errno. */
int import_wants_campaign(const struct arguments *arguments, const struct import_format *format,
                          bool *ret_wants, char why[512], struct error *err);

/* What a campaign is called that nobody named: its file, without folders and endings. The caller
 * frees it. Returns 0 or -ENOMEM. */
int import_label(const char *path, char **ret_label, struct error *err);

/* Makes the campaign file that arguments name. */
enum exit_code import_campaign(const struct arguments *arguments,
                               const struct import_format *format, const char *why);

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

#define cleanup_import_files __attribute__((cleanup(import_files_release)))

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
