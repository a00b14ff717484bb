/* The one place that knows which files a command reads, and that refuses to write any of them; for
 * every command that has -o or --junit. */
#ifndef COMMANDS_OUTPUTS_H
#define COMMANDS_OUTPUTS_H

#include "model/words.h"

#include <stdbool.h>

struct criteria;
struct error;

/* Files that are spoken for: what a command reads, and what it writes besides. */
struct taken_files {
	struct words paths;
	struct words roles; /* what each is: "a result", "the scenario" */
};

#define cleanup_taken_files __attribute__((cleanup(taken_files_release)))

/* path NULL or "-": nothing. Returns 0 or -ENOMEM. */
int taken_files_add(struct taken_files *taken, const char *path, const char *what,
                    struct error *err);

/* The results that the words stand for (files, folders, patterns; below folder where that is not
 * NULL). A word that stands for nothing is left to who reads it. Returns 0 or -ENOMEM. */
int taken_files_add_results(struct taken_files *taken, const struct words *words,
                            const char *folder, const char *what, struct error *err);

/* The references that criteria name. Returns 0 or -ENOMEM. */
int taken_files_add_references(struct taken_files *taken, const struct criteria *criteria,
                               struct error *err);

void taken_files_release(struct taken_files *taken);

enum output_kind {
	OUTPUT_PAGE,     /* replaces an earlier page of plateau */
	OUTPUT_JUNIT,    /* replaces an earlier JUnit file of plateau */
	OUTPUT_DRAIN,    /* replaces an earlier script of plateau that drains nodes */
	OUTPUT_OVERLAPS, /* replaces an earlier table of visits per patch */
	OUTPUT_CRITERIA, /* replaces nothing */
	OUTPUT_RESULT,   /* what it replaces is said by recorder_check */
};

struct output {
	const char *path;   /* "-": stdout */
	const char *option; /* that names it: "-o" */
	enum output_kind kind;
	bool is_forced; /* --force: replaces other files too, but no result, and none that is taken
	                 */
};

/* Whether a path that was typed means stdout: "-". NULL does not. */
bool output_is_stdout(const char *path);

/* Whether the file at path is an earlier one of plateau, of this kind. */
bool output_is_own(const char *path, enum output_kind kind);

/* Removes an earlier file of plateau, of this kind, from where the output will be, before anything
 * is worked out: whatever ends this command early, what another run found does not stay. "-", and
 * what somebody else made, stay. Returns 0 or -errno: it could not be written there (no such
 * folder). */
int output_clear(const struct output *output, struct error *err);

/* Whether it may be written, before anything is worked out. Returns 0; -EINVAL (it is taken, a
 * result, a folder, a link to nothing); -errno (its folder cannot be written to); -EEXIST (somebody
 * else's file is there). */
int output_check(const struct output *output, const struct taken_files *taken, struct error *err);

#endif
