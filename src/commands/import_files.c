/* Which files are imported: those that are named, and those in folders. */
#include "commands/import_parts.h"

#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/file.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Deeper folders than this are a loop of mounts, or no place for measurements. */
enum { MOST_DEPTH = 32 };

void import_files_release(struct import_files *files)
{
	words_release(&files->paths);
	*files = (struct import_files){0};
}

static bool is_result(const char *name)
{
	static const char *const endings[] = {".db", ".db-wal", ".db-journal"};
	for (size_t i = 0; i < ARRAY_LENGTH(endings); i++) {
		const size_t length = strlen(endings[i]);
		const size_t all = strlen(name);
		if (all > length && strcmp(name + all - length, endings[i]) == 0)
			return true;
	}
	return false;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The names in a folder, in order. */
static int list(const char *folder, struct words *names, struct error *err)
{
	DIR *const dir = opendir(folder);
	if (!dir)
		return error_system(err, errno, "cannot read the folder %s", folder);
	int r = 0;
	errno = 0;
	for (const struct dirent *entry; r == 0 && (entry = readdir(dir)); errno = 0)
		if (entry->d_name[0] != '.' && !is_result(entry->d_name))
			r = words_add(names, entry->d_name, err);
	if (r == 0 && errno != 0)
		r = error_system(err, errno, "cannot read the folder %s", folder);
	closedir(dir);
	if (r == 0 && names->count > 0)
		qsort(names->items, names->count, sizeof *names->items, compare_names);
	return r;
}

static int add_file(const char *path, const struct path_pattern *pattern,
                    struct import_files *files, struct error *err)
{
	struct path_facts facts;
	if (pattern && !path_pattern_match(pattern, path, &facts)) {
		files->passed_over++;
		return 0;
	}
	return words_add(&files->paths, path, err);
}

static int add_folder(const char *folder, const struct path_pattern *pattern, unsigned depth,
                      struct import_files *files, struct error *err);

static int add_entry(const char *path, const struct path_pattern *pattern, unsigned depth,
                     struct import_files *files, struct error *err)
{
	struct stat status;
	if (lstat(path, &status) < 0)
		return errno == ENOENT ? 0 : error_system(err, errno, "cannot read %s", path);
	/* A link to a folder may lead back here. */
	if (S_ISLNK(status.st_mode) && (stat(path, &status) < 0 || S_ISDIR(status.st_mode)))
		return 0;
	if (S_ISDIR(status.st_mode))
		return add_folder(path, pattern, depth + 1, files, err);
	return S_ISREG(status.st_mode) ? add_file(path, pattern, files, err) : 0;
}

static int add_folder(const char *folder, const struct path_pattern *pattern, unsigned depth,
                      struct import_files *files, struct error *err)
{
	cleanup_words struct words names = {0};
	if (depth > MOST_DEPTH)
		return error_set(err, ELOOP, "%s is too deep a folder to look into", folder);
	int r = list(folder, &names, err);
	for (size_t i = 0; r == 0 && i < names.count; i++) {
		cleanup_free char *path = NULL;
		r = file_join(folder, names.items[i], &path, err);
		if (r == 0)
			r = add_entry(path, pattern, depth, files, err);
	}
	return r;
}

int import_files_find(const char *word, const struct path_pattern *pattern,
                      struct import_files *files, struct error *err)
{
	struct stat status;
	struct path_facts facts;
	if (stat(word, &status) < 0)
		return error_system(err, errno, "cannot read %s", word);
	const size_t before = files->paths.count;
	if (S_ISDIR(status.st_mode)) {
		const int r = add_folder(word, pattern, 0, files, err);
		if (r < 0 || files->paths.count > before)
			return r;
		return error_set(err, EINVAL,
		                 pattern ? "no file in the folder %s matches --path"
		                         : "the folder %s has no files",
		                 word);
	}
	if (S_ISCHR(status.st_mode) || S_ISBLK(status.st_mode))
		return error_set(err, EINVAL,
		                 "%s is a device, which may have no end: name a file or a pipe",
		                 word);
	if (pattern && !path_pattern_match(pattern, word, &facts))
		return error_set(err, EINVAL, "%s does not match --path", word);
	return words_add(&files->paths, word, err);
}
