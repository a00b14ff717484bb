#include "commands/outputs.h"

#include "commands/result_files.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "model/criteria.h"
#include "report/capacity/overlaps_csv.h"
#include "report/document_html.h"
#include "report/fleet/drain_text.h"
#include "report/junit.h"
#include "store/target.h"

#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- What is taken -------------------------------------------------------------------------- */

int taken_files_add(struct taken_files *taken, const char *path, const char *what,
                    struct error *err)
{
	if (!path || output_is_stdout(path))
		return 0;
	const int r = words_add(&taken->roles, what, err);
	return r < 0 ? r : words_add(&taken->paths, path, err);
}

int taken_files_add_results(struct taken_files *taken, const struct words *words,
                            const char *folder, const char *what, struct error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < words->count; i++) {
		cleanup_words struct words paths = {0};
		r = result_files_find(words->items[i], folder, &paths, err);
		if (r < 0 && r != -ENOMEM)
			r = 0;
		for (size_t k = 0; r == 0 && k < paths.count; k++)
			r = taken_files_add(taken, paths.items[k], what, err);
	}
	return r;
}

int taken_files_add_references(struct taken_files *taken, const struct criteria *criteria,
                               struct error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < criteria->count; i++)
		r = taken_files_add_results(taken, &criteria->items[i].references, criteria->folder,
		                            "a reference", err);
	return r;
}

void taken_files_release(struct taken_files *taken)
{
	words_release(&taken->paths);
	words_release(&taken->roles);
}

static bool is_one(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* The folder that path is in, and its name there, which is freed with *ret_copy. */
static bool split(const char *path, struct stat *ret_folder, const char **ret_name, char **ret_copy)
{
	const char *const slash = strrchr(path, '/');
	*ret_name = slash ? slash + 1 : path;
	*ret_copy = strdup(path);
	return *ret_copy && stat(dirname(*ret_copy), ret_folder) == 0;
}

/* By what they are where both are there, else by their names in one folder. */
static bool is_same_file(const char *a, const char *b)
{
	struct stat at_a;
	struct stat at_b;
	cleanup_free char *copy_a = NULL;
	cleanup_free char *copy_b = NULL;
	const char *name_a;
	const char *name_b;
	const bool is_there = stat(a, &at_a) == 0;
	if (is_there != (stat(b, &at_b) == 0))
		return false;
	if (is_there)
		return is_one(&at_a, &at_b);
	return split(a, &at_a, &name_a, &copy_a) && split(b, &at_b, &name_b, &copy_b) &&
	       is_one(&at_a, &at_b) && strcmp(name_a, name_b) == 0;
}

/* ---- What is replaced ----------------------------------------------------------------------- */

static const struct {
	const char *sign; /* that such a file begins with; NULL: none is replaced */
	const char *what;
} kinds[] = {
        [OUTPUT_PAGE] = {document_html_sign, "is no report of plateau"},
        [OUTPUT_JUNIT] = {junit_sign, "is no JUnit file of plateau"},
        [OUTPUT_DRAIN] = {drain_sign, "is no script of plateau that drains nodes"},
        [OUTPUT_OVERLAPS] = {overlaps_csv_sign, "is no table of visits per patch"},
        [OUTPUT_CRITERIA] = {NULL, "would be lost"},
        [OUTPUT_RESULT] = {NULL, NULL},
};

bool output_is_stdout(const char *path)
{
	return path && strcmp(path, "-") == 0;
}

bool output_is_own(const char *path, enum output_kind kind)
{
	const char *const sign = kinds[kind].sign;
	char begin[256] = "";
	const size_t length = sign ? strlen(sign) : 0;
	cleanup_file FILE *stream = length > 0 ? fopen(path, "re") : NULL;
	return stream && length <= sizeof begin && fread(begin, 1, length, stream) == length &&
	       memcmp(begin, sign, length) == 0;
}

int output_clear(const struct output *output, struct error *err)
{
	const char *const path = output->path;
	struct stat status;
	if (output_is_stdout(path))
		return 0;
	cleanup_free char *copy = strdup(path);
	if (!copy)
		return error_memory(err);
	const char *const folder = dirname(copy);
	if (stat(folder, &status) < 0)
		return error_system(err, errno, "%s: cannot write %s: the folder %s",
		                    output->option, path, folder);
	/* What else may be there is told by output_check. */
	if (lstat(path, &status) < 0 || !S_ISREG(status.st_mode) ||
	    !output_is_own(path, output->kind))
		return 0;
	return unlink(path) < 0
	               ? error_system(err, errno, "%s: cannot replace %s", output->option, path)
	               : 0;
}

/* A file is made beside its place, and takes it when it is whole. */
static int check_folder(const char *path, struct error *err)
{
	struct stat status;
	if (lstat(path, &status) == 0 && !S_ISREG(status.st_mode))
		return 0; /* it is written through */
	cleanup_free char *copy = strdup(path);
	if (!copy)
		return error_memory(err);
	const char *const folder = dirname(copy);
	if (stat(folder, &status) < 0 || access(folder, W_OK) < 0)
		return error_system(err, errno, "cannot write %s: the folder %s", path, folder);
	return 0;
}

/* Nothing is lost that somebody else made. */
static int check_there(const struct output *output, struct error *err)
{
	const char *const path = output->path;
	struct stat status;
	const int r = check_folder(path, err);
	if (r < 0)
		return r;
	if (stat(path, &status) < 0)
		return lstat(path, &status) < 0
		               ? 0
		               : error_set(err, EINVAL,
		                           "%s is a symbolic link to what is not there: name a "
		                           "file with %s",
		                           path, output->option);
	if (S_ISDIR(status.st_mode))
		return error_set(err, EINVAL, "%s is a folder: name a file in it", path);
	if (!S_ISREG(status.st_mode) || status.st_size == 0)
		return 0;
	if (target_is_result(path))
		return error_set(err, EINVAL,
		                 "%s is a result or a campaign, which nothing else replaces: name "
		                 "another file "
		                 "with %s",
		                 path, output->option);
	if (output->is_forced || output_is_own(path, output->kind))
		return 0;
	return error_set(err, EEXIST,
	                 "%s is there already and %s: name another file with %s, or say --force "
	                 "to replace it",
	                 path, kinds[output->kind].what, output->option);
}

int output_check(const struct output *output, const struct taken_files *taken, struct error *err)
{
	if (output_is_stdout(output->path))
		return 0;
	for (size_t i = 0; i < taken->paths.count; i++)
		if (is_same_file(output->path, taken->paths.items[i]))
			return error_set(err, EINVAL, "%s is %s itself: name another file with %s",
			                 output->path, taken->roles.items[i], output->option);
	return output->kind == OUTPUT_RESULT ? 0 : check_there(output, err);
}
