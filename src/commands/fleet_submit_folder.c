/* The folder of a fleet is made, or gone on with. */
#include "commands/fleet_submit_parts.h"
#include "commands/talk.h"
#include "core/array.h"
#include "core/cleanup.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/file.h"
#include "core/str.h"
#include "fleet/folder.h"
#include "fleet/slurm/slurm.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What a submit that was killed before its manifest was written may have left. */
static bool is_ours(const char *name)
{
	static const char *const prefixes[] = {"lock", "scenario.yaml", "fleet.json", "."};
	for (size_t i = 0; i < ARRAY_LENGTH(prefixes); i++)
		if (str_starts_with(name, prefixes[i]))
			return true;
	return false;
}

static int check_empty(const char *dir, struct error *err)
{
	DIR *const folder = opendir(dir);
	if (!folder)
		return error_system(err, errno, "cannot read folder %s", dir);
	int r = 0;
	const struct dirent *entry;
	while (r == 0 && (entry = readdir(folder)))
		if (!is_ours(entry->d_name))
			r = error_set(err, EINVAL,
			              "%s is not empty, and has no fleet in it: take a new folder",
			              dir);
	closedir(folder);
	return r;
}

static int make_folder(const struct fleet_submit *submit, struct error *err)
{
	if (!submit->is_new)
		return 0;
	if (mkdir(submit->dir, 0777) < 0 && errno != EEXIST)
		return error_system(err, errno, "cannot make folder %s", submit->dir);
	return check_empty(submit->dir, err);
}

/* Files on their way into their place when a submit was killed; those of a live one are gone in a
 * moment. Ages are by the clock of the file system: the lock was made just now. */
static void clear_unfinished(const char *dir)
{
	static const char *const prefixes[] = {"lock.", "fleet.json.", "scenario.yaml."};
	static const int64_t old_ns = 10 * 60 * NS_PER_S;
	DIR *const folder = opendir(dir);
	struct stat now;
	struct stat status;
	if (!folder)
		return;
	const int fd = dirfd(folder);
	const bool has_now = fstatat(fd, "lock", &now, AT_SYMLINK_NOFOLLOW) == 0;
	const struct dirent *entry;
	while (has_now && (entry = readdir(folder))) {
		bool is_known = false;
		for (size_t i = 0; i < ARRAY_LENGTH(prefixes); i++)
			is_known |= str_starts_with(entry->d_name, prefixes[i]);
		if (is_known && fstatat(fd, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
		    S_ISREG(status.st_mode) &&
		    file_mtime_ns(&now) - file_mtime_ns(&status) > old_ns)
			unlinkat(fd, entry->d_name, 0);
	}
	closedir(folder);
}

static bool has_word(const struct words *words, const char *word)
{
	for (size_t i = 0; i < words->count; i++)
		if (strcmp(words->items[i], word) == 0)
			return true;
	return false;
}

static int expect_nodes(struct manifest *manifest, const struct batch_nodes *nodes,
                        struct error *err)
{
	for (size_t i = 0; i < nodes->count; i++) {
		const char *const name = nodes->items[i].name;
		const int r = has_word(&manifest->expected, name)
		                      ? 0
		                      : words_add(&manifest->expected, name, err);
		if (r < 0)
			return r;
	}
	return 0;
}

/* Under the lock, whatever was read before it was held may be old. */
static int read_again(struct fleet_submit *submit, struct error *err)
{
	cleanup_manifest struct manifest now = {0};
	const int r = folder_manifest(submit->dir, &now, err);
	if (r == -ENOENT)
		return submit->is_new ? 0 : r;
	if (r < 0)
		return r;
	if (submit->is_new)
		return error_set(err, EBUSY,
		                 "another submit has made %s in the meantime; try again",
		                 submit->dir);
	words_release(&submit->manifest.expected);
	submit->manifest.expected = now.expected;
	now.expected = (struct words){0};
	return 0;
}

/* First what the manifest speaks of, so that where it is there everything is. */
static int write_folder(const struct fleet_submit *submit, struct error *err)
{
	cleanup_free char *path = NULL;
	int r = 0;
	if (submit->is_new) {
		r = file_join(submit->dir, "scenario.yaml", &path, err);
		if (r == 0)
			r = file_replace(path, submit->scenario.text, strlen(submit->scenario.text),
			                 err);
	}
	return r < 0 ? r : folder_write_manifest(submit->dir, &submit->manifest, err);
}

enum exit_code fleet_submit_open_folder(struct fleet_submit *submit, struct batch_nodes *nodes)
{
	struct error err;
	const bool is_dry = arguments_has(submit->arguments, "dry-run");
	/* Names that the site does not know are told of before anything is made for them. */
	int r = slurm_nodes(submit->slurm, &submit->choice, nodes, &err);
	if (r < 0)
		return talk_fail(r == -EINVAL         ? EXIT_USAGE
		                 : r == -EHOSTUNREACH ? EXIT_NODE_CANNOT
		                                      : EXIT_SOMETHING_FAILED,
		                 &err);
	r = is_dry ? 0 : make_folder(submit, &err);
	if (r == 0 && !is_dry)
		r = lock_take(submit->dir, &submit->lock, &err);
	if (r == 0 && !is_dry)
		clear_unfinished(submit->dir);
	if (r == 0)
		r = read_again(submit, &err);
	if (r < 0)
		return talk_fail(exit_for_file(r), &err);
	r = expect_nodes(&submit->manifest, nodes, &err);
	if (r == 0 && !is_dry)
		r = write_folder(submit, &err);
	return r < 0 ? talk_fail(EXIT_SOMETHING_FAILED, &err) : EXIT_DONE;
}
