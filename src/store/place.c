#include "store/place.h"

#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/file.h"
#include "core/rng.h"
#include "core/str.h"
#include "platform/filesystem.h"
#include "store/store.h"
#include "store/target.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { WHERE_BYTES = 16384, HOST_BYTES = 256 };

static const char where_file_key[] = "\nfile: ";
static const char where_host_key[] = "\nhost: ";

struct place {
	char *target;
	char *work;            /* target itself, or a file in folder */
	char *folder;          /* private, below $TMPDIR; NULL: target is written directly */
	char *where;           /* target.where; NULL as folder */
	const char *kept_from; /* static */
	bool may_replace;      /* --force */
	bool made_folder;      /* folder and where are this place's own */
	bool made_target;      /* so is the file, written directly */
	bool is_copy;          /* target was there and goes on in work */
	struct stat original;  /* of target then */
};

/* ---- NAME.where ---------------------------------------------------------------------------- */

static int where_name(const char *path, char **ret_name, struct error *err)
{
	return str_format(ret_name, err, "%s.where", path);
}

static void this_host(char host[HOST_BYTES])
{
	if (gethostname(host, HOST_BYTES) < 0)
		snprintf(host, HOST_BYTES, "unknown");
	host[HOST_BYTES - 1] = '\0';
}

static int write_where(const struct place *place, struct error *err)
{
	char host[HOST_BYTES];
	this_host(host);
	cleanup_str struct str text = {0};
	str_addf(&text,
	         "This folder is on a network file system (%s), so the result\n  %s\n"
	         "is written in another folder and moved here when the run has ended:"
	         "%s%s%s%s\nprocess: %ld\n"
	         "If that run was killed, `plateau run --resume` with the result's name goes on "
	         "with it\nand moves it here.\n",
	         place->kept_from, place->target, where_file_key, place->work, where_host_key, host,
	         (long)getpid());
	if (text.failed)
		return error_memory(err);
	/* Whole or not at all: others read it at any moment. */
	cleanup_free char *temporary = NULL;
	int r = str_format(&temporary, err, "%s.new-%08" PRIx32, place->where,
	                   (uint32_t)rng_entropy());
	if (r < 0)
		return r;
	const int fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (fd < 0)
		return error_system(err, errno, "cannot write %s", place->where);
	r = file_write_all(fd, str_text(&text), text.length, err);
	if (r == 0 && fsync(fd) < 0)
		r = error_system(err, errno, "cannot write");
	close(fd);
	if (r < 0)
		error_context(err, r, "%s", place->where);
	else
		r = target_rename(temporary, place->where, err);
	if (r < 0)
		unlink(temporary);
	return r;
}

/* The rest of the line behind key, for the caller to free; NULL: there is none. */
static char *line_behind(const char *text, const char *key)
{
	const char *const found = strstr(text, key);
	if (!found)
		return NULL;
	const char *const value = found + strlen(key);
	return strndup(value, strcspn(value, "\n"));
}

/* What NAME.where says. *ret_work stays NULL where there is no such text. */
static int read_where(const char *path, char **ret_work, char **ret_host, struct error *err)
{
	cleanup_free char *name = NULL;
	cleanup_free char *text = NULL;
	int r = where_name(path, &name, err);
	if (r < 0)
		return r;
	r = file_read(name, WHERE_BYTES, &text, NULL, err);
	if (r == -ENOENT)
		return 0;
	if (r < 0)
		return r;
	cleanup_free char *work = line_behind(text, where_file_key);
	cleanup_free char *host = line_behind(text, where_host_key);
	if (!work || !host || work[0] != '/')
		return error_set(err, EINVAL,
		                 "%s does not say where the result is: it is not plateau's, or "
		                 "cut short; remove it",
		                 name);
	*ret_work = work;
	*ret_host = host;
	work = NULL;
	host = NULL;
	return 0;
}

static bool is_this_host(const char *host)
{
	char own[HOST_BYTES];
	this_host(own);
	return strcmp(own, host) == 0;
}

/* Whether two files hold the same bytes. */
static bool is_same_content(const char *a, const char *b)
{
	cleanup_file FILE *x = fopen(a, "re");
	cleanup_file FILE *y = fopen(b, "re");
	if (!x || !y)
		return false;
	char left[BUFSIZ];
	char right[BUFSIZ];
	size_t got;
	do {
		got = fread(left, 1, sizeof left, x);
		if (fread(right, 1, sizeof right, y) != got || memcmp(left, right, got) != 0)
			return false;
	} while (got > 0);
	return !ferror(x) && !ferror(y);
}

/* Whether the text is older than what it tells of: the result has its place already. */
static bool is_outdated(const char *path, const char *work)
{
	if (access(path, F_OK) < 0)
		return false;
	return access(work, F_OK) < 0 || (!target_is_live(work) && is_same_content(path, work));
}

int place_find(const char *path, char **ret_found, struct error *err)
{
	cleanup_free char *work = NULL;
	cleanup_free char *host = NULL;
	int r = read_where(path, &work, &host, err);
	if (r < 0)
		return r;
	if (!work || (is_this_host(host) && is_outdated(path, work))) {
		if (access(path, F_OK) < 0 && errno == ENOENT)
			return error_set(err, ENOENT, "there is no file %s", path);
		return str_copy(path, ret_found, err);
	}
	if (!is_this_host(host))
		return error_set(err, EREMOTE,
		                 "%s is being written, or was left, on the node %s in %s: go on "
		                 "with it there",
		                 path, host, work);
	if (access(work, F_OK) < 0)
		return error_set(err, ENOENT,
		                 "%s.where says that the result is in %s, but it is not there any "
		                 "more: remove %s.where and run anew",
		                 path, work, path);
	*ret_found = work;
	work = NULL;
	return 0;
}

/* A text that is there already: of a run that writes, or that was killed. *ret_name stays NULL
 * where there is none, else it is to be removed. */
static int check_where(const char *path, bool force, char **ret_name, struct error *err)
{
	cleanup_free char *work = NULL;
	cleanup_free char *host = NULL;
	cleanup_free char *name = NULL;
	int r = where_name(path, &name, err);
	if (r == 0)
		r = read_where(path, &work, &host, err);
	if (r < 0 || !work)
		return r;
	if (!is_this_host(host))
		return error_set(err, EBUSY,
		                 "%s is being written, or was left, on the node %s in %s: choose "
		                 "another name with -o, or remove %s when nothing runs there",
		                 path, host, work, name);
	if (target_is_live(work))
		return error_set(err, EBUSY, "%s is being written by a running plateau, in %s",
		                 path, work);
	if (!force && !is_outdated(path, work))
		return error_set(err, EEXIST,
		                 "%s was left by a run that was killed: go on with it by `plateau "
		                 "run --resume %s`, choose another name with -o, or give --force",
		                 name, path);
	*ret_name = name;
	name = NULL;
	return 0;
}

int place_check(const char *path, bool force, struct error *err)
{
	cleanup_free char *where = NULL;
	const int r = target_check(path, force, err);
	return r < 0 ? r : check_where(path, force, &where, err);
}

/* ---- Places -------------------------------------------------------------------------------- */

void place_free(struct place *place)
{
	if (!place)
		return;
	free(place->target);
	free(place->work);
	free(place->folder);
	free(place->where);
	free(place);
}

const char *place_work(const struct place *place)
{
	return place->work;
}

const char *place_kept_from(const struct place *place)
{
	return place->kept_from;
}

/* Removes the private folder with what plateau puts into it. */
static void remove_folder(const struct place *place)
{
	struct error ignored;
	target_remove(place->work, &ignored);
	rmdir(place->folder);
}

static int make_folder(struct place *place, struct error *err)
{
	const char *kind;
	const char *const parent = file_temporary_parent();
	if (filesystem_is_network(parent, &kind))
		return error_set(err, EINVAL,
		                 "%s is on a network file system (%s), and so is the temporary "
		                 "folder %s (%s): set TMPDIR to a folder on a local disk, or name "
		                 "a local result with -o",
		                 place->target, place->kept_from, parent, kind);
	char real_parent[PATH_MAX];
	if (!realpath(parent, real_parent))
		return error_system(err, errno, "cannot use the temporary folder %s", parent);
	if (strchr(real_parent, '\n'))
		return error_set(err, EINVAL,
		                 "the temporary folder's name holds a line end: set TMPDIR to "
		                 "another");
	int r = file_make_temporary_folder(real_parent, "plateau-result", &place->folder, err);
	if (r < 0)
		return r;
	r = file_join(place->folder, "result.db", &place->work, err);
	if (r == 0)
		r = where_name(place->target, &place->where, err);
	if (r < 0)
		rmdir(place->folder);
	return r;
}

/* Makes the private folder where the target is on a network file system; without one, work is the
 * target. */
static int find_work(struct place *place, struct error *err)
{
	cleanup_free char *copy = NULL;
	int r = str_copy(place->target, &copy, err);
	if (r < 0)
		return r;
	if (!filesystem_is_network(dirname(copy), &place->kept_from))
		return str_copy(place->target, &place->work, err);
	return make_folder(place, err);
}

int place_new(const char *path, bool force, struct place **ret_place, struct error *err)
{
	cleanup_free char *where = NULL;
	int r = target_check(path, force, err);
	if (r == 0)
		r = check_where(path, force, &where, err);
	if (r < 0)
		return r;
	if (where && unlink(where) < 0 && errno != ENOENT)
		return error_system(err, errno, "cannot remove %s", where);
	struct place *const place = calloc(1, sizeof *place);
	if (!place)
		return error_memory(err);
	place->may_replace = force;
	r = str_copy(path, &place->target, err);
	if (r == 0)
		r = find_work(place, err);
	if (r == 0 && place->folder) {
		r = write_where(place, err);
		place->made_folder = r == 0;
		if (r < 0)
			rmdir(place->folder);
	}
	if (r < 0) {
		place_free(place);
		return r;
	}
	*ret_place = place;
	return 0;
}

static int copy_to_work(struct place *place, struct error *err)
{
	static const char *const suffixes[] = {"", "-wal", "-journal"};
	for (size_t i = 0; i < ARRAY_LENGTH(suffixes); i++) {
		cleanup_free char *from = NULL;
		cleanup_free char *to = NULL;
		int r = str_format(&from, err, "%s%s", place->target, suffixes[i]);
		if (r == 0)
			r = str_format(&to, err, "%s%s", place->work, suffixes[i]);
		if (r == 0 && (i == 0 || access(from, F_OK) == 0))
			r = file_copy(from, to, 0600, false, err);
		if (r < 0)
			return r;
	}
	return 0;
}

/* A result on a network file system, or one that was being written away from it. */
static int go_on_elsewhere(struct place *place, const char *found, struct error *err)
{
	int r = 0;
	if (strcmp(found, place->target) != 0) {
		free(place->work);
		place->work = NULL;
		r = str_copy(found, &place->work, err);
		if (r == 0)
			r = str_copy(found, &place->folder, err);
		if (r == 0)
			r = where_name(place->target, &place->where, err);
		if (r == 0)
			dirname(place->folder);
		place->kept_from = "as before";
		place->is_copy = lstat(place->target, &place->original) == 0;
		return r;
	}
	r = find_work(place, err);
	if (r < 0 || !place->folder)
		return r;
	place->is_copy = true;
	if (lstat(place->target, &place->original) < 0)
		r = error_system(err, errno, "cannot read %s", place->target);
	if (r == 0)
		r = write_where(place, err);
	if (r < 0) {
		rmdir(place->folder);
		return r;
	}
	place->made_folder = true;
	r = copy_to_work(place, err);
	if (r < 0)
		place_abandon(place);
	return r;
}

int place_again(const char *path, const char *found, struct place **ret_place, struct error *err)
{
	struct place *const place = calloc(1, sizeof *place);
	if (!place)
		return error_memory(err);
	int r = str_copy(path, &place->target, err);
	if (r == 0)
		r = go_on_elsewhere(place, found, err);
	if (r < 0) {
		place_free(place);
		return r;
	}
	*ret_place = place;
	return 0;
}

int place_take(struct place *place, const char *temporary, struct error *err)
{
	int r = 0;
	/* Again: another run may have begun to write there meanwhile. */
	if (place->may_replace && !place->folder)
		r = target_check(place->work, true, err);
	if (r == 0 && place->may_replace && !place->folder)
		r = target_remove(place->work, err);
	if (r == 0)
		r = target_rename(temporary, place->work, err);
	if (r < 0)
		return r;
	place->made_target = !place->folder;
	target_sync_folder(place->work);
	return 0;
}

void place_abandon(struct place *place)
{
	struct error ignored;
	if (place->made_target)
		target_remove(place->target, &ignored);
	if (!place->made_folder)
		return;
	remove_folder(place);
	unlink(place->where);
}

static bool is_unchanged(const struct place *place)
{
	struct stat now;
	const struct stat *const then = &place->original;
	return lstat(place->target, &now) == 0 && now.st_dev == then->st_dev &&
	       now.st_ino == then->st_ino && now.st_size == then->st_size &&
	       file_mtime_ns(&now) == file_mtime_ns(then);
}

/* Gives the whole copy beside the target the target's name. */
static int put_copy(const struct place *place, const char *copy, struct error *err)
{
	int r = 0;
	if (place->is_copy && !is_unchanged(place))
		return error_set(err, EEXIST, "%s was changed by somebody meanwhile",
		                 place->target);
	if (place->is_copy) {
		/* Its own log would be taken for the new file's. */
		r = target_remove_logs(place->target, err);
		if (r == 0 && rename(copy, place->target) < 0)
			r = error_system(err, errno, "cannot write %s", place->target);
		return r;
	}
	r = target_check(place->target, place->may_replace, err);
	if (r == 0 && place->may_replace)
		r = target_remove(place->target, err);
	return r < 0 ? r : target_rename(copy, place->target, err);
}

static int move_to_target(const struct place *place, struct error *err)
{
	cleanup_free char *copy = NULL;
	int r = str_format(&copy, err, "%s.new-%08" PRIx32, place->target, (uint32_t)rng_entropy());
	if (r < 0)
		return r;
	const mode_t mode = place->is_copy ? place->original.st_mode & 0777 : 0666;
	r = file_copy(place->work, copy, mode, true, err);
	if (r == 0)
		r = put_copy(place, copy, err);
	if (r < 0)
		unlink(copy);
	return r;
}

int place_settle(struct place *place, struct error *err)
{
	if (!place->folder)
		return 0;
	const int r = move_to_target(place, err);
	if (r < 0) {
		struct error why = *err;
		return error_set(err, -r,
		                 "the result is whole, but still in %s: %s; then move it by "
		                 "`plateau run --resume %s`",
		                 place->work, why.text, place->target);
	}
	target_sync_folder(place->target);
	unlink(place->where);
	remove_folder(place);
	return 0;
}
