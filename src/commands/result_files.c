#include "commands/result_files.h"

#include "core/cleanup.h"
#include "core/error.h"
#include "core/file.h"
#include "core/str.h"

#include <dirent.h>
#include <errno.h>
#include <glob.h>
#include <string.h>
#include <sys/stat.h>

static bool is_folder(const char *path)
{
	struct stat status;
	return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

/* Letters that mean something to glob, each behind a backslash. */
static void add_quoted(struct str *s, const char *text)
{
	for (; *text; text++) {
		if (strchr("*?[\\", *text))
			str_add(s, "\\");
		str_add_bytes(s, text, 1);
	}
}

/* Everything that matches, folders left out. */
static int add_matches(const char *pattern, const char *what, struct words *paths,
                       struct error *err)
{
	glob_t found = {0};
	const int failed = glob(pattern, 0, NULL, &found);
	size_t added = 0;
	int r = 0;
	if (failed == GLOB_NOSPACE)
		r = error_memory(err);
	for (size_t i = 0; !failed && r == 0 && i < found.gl_pathc; i++) {
		if (is_folder(found.gl_pathv[i]))
			continue;
		r = words_add(paths, found.gl_pathv[i], err);
		added++;
	}
	globfree(&found);
	if (r == 0 && added == 0)
		return error_set(err, ENOENT, "%s", what);
	return r;
}

static int is_result_name(const struct dirent *entry)
{
	const size_t length = strlen(entry->d_name);
	return entry->d_name[0] != '.' && length > 3 &&
	       strcmp(entry->d_name + length - 3, ".db") == 0;
}

/* Not by a pattern: glob takes a folder that cannot be read for an empty one. */
static int add_folder(const char *path, struct words *paths, struct error *err)
{
	struct dirent **found = NULL;
	const int count = scandir(path, &found, is_result_name, alphasort);
	if (count < 0)
		return error_system(err, errno, "cannot read the folder %s", path);
	size_t added = 0;
	int r = 0;
	for (int i = 0; i < count; i++) {
		cleanup_free char *file = NULL;
		if (r == 0)
			r = file_join(path, found[i]->d_name, &file, err);
		if (r == 0 && !is_folder(file)) {
			r = words_add(paths, file, err);
			added++;
		}
		free(found[i]);
	}
	free(found);
	if (r == 0 && added == 0)
		return error_set(err, ENOENT, "the folder %s has no results (files *.db)", path);
	return r;
}

/* The folder's name is no pattern, the word is one. */
static int add_pattern(const char *word, const char *folder, struct words *paths, struct error *err)
{
	cleanup_str struct str pattern = {0};
	cleanup_free char *what = NULL;
	if (folder && word[0] != '/') {
		add_quoted(&pattern, folder);
		str_add(&pattern, "/");
	}
	str_add(&pattern, word);
	if (pattern.failed)
		return error_memory(err);
	const int r = str_format(&what, err, "no file matches %s", str_text(&pattern));
	return r < 0 ? r : add_matches(str_text(&pattern), what, paths, err);
}

int result_files_find(const char *word, const char *folder, struct words *paths, struct error *err)
{
	cleanup_free char *path = NULL;
	struct stat status;
	const bool is_below = folder && word[0] != '/';
	int r = is_below ? file_join(folder, word, &path, err) : str_copy(word, &path, err);
	if (r < 0)
		return r;
	if (is_folder(path))
		return add_folder(path, paths, err);
	if (stat(path, &status) == 0)
		return words_add(paths, path, err);
	if (strpbrk(word, "*?["))
		return add_pattern(word, folder, paths, err);
	const int code = errno;
	return code == ENOENT ? error_set(err, ENOENT, "there is no file %s", path)
	                      : error_system(err, code, "%s", path);
}

int result_files_find_all(const struct words *words, const char *folder, struct words *paths,
                          struct error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < words->count; i++)
		r = result_files_find(words->items[i], folder, paths, err);
	return r;
}
