#include "store/place.h"

#include "core/array.h"
#include "core/cleanup.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/file.h"
#include "core/rng.h"
#include "core/str.h"
#include "platform/filesystem.h"
#include "store/store.h"
#include "store/target.h"
#include "store/where.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* How long somebody who only looks may hold the lock of a private folder. */
#define LOOK_NS (200 * NS_PER_MS)

struct place {
	char *target;
	char *work;            /* target itself, or a file in folder */
	char *folder;          /* private, below $TMPDIR; NULL: target is written directly */
	char *where;           /* target.where; NULL as folder */
	const char *kept_from; /* static */
	int lock;              /* work, open and held (store_hold); -1: not yet */
	int folder_lock;       /* folder, open and locked; -1: none */
	bool may_replace;      /* --force */
	bool made_folder;      /* folder and where are this place's own */
	bool made_target;      /* so is the file, written directly */
	bool is_copy;          /* target was there and goes on in work */
	struct stat original;  /* of target then */
};

void place_free(struct place *place)
{
	if (!place)
		return;
	free(place->target);
	free(place->work);
	free(place->folder);
	free(place->where);
	if (place->lock >= 0)
		close(place->lock);
	if (place->folder_lock >= 0)
		close(place->folder_lock);
	free(place);
}

static int new_place(const char *path, struct place **ret_place, struct error *err)
{
	struct place *const place = calloc(1, sizeof *place);
	if (!place)
		return error_memory(err);
	place->lock = -1;
	place->folder_lock = -1;
	const int r = str_copy(path, &place->target, err);
	if (r < 0) {
		place_free(place);
		return r;
	}
	*ret_place = place;
	return 0;
}

const char *place_work(const struct place *place)
{
	return place->work;
}

const char *place_kept_from(const struct place *place)
{
	return place->kept_from;
}

void place_hold(struct place *place, int fd)
{
	place->lock = fd;
	store_hold(fd);
}

int place_check_own(const struct place *place, struct error *err)
{
	if (place->lock < 0 || target_is_own(place->work, place->lock))
		return 0;
	return error_set(err, ESTALE,
	                 "%s was renamed, replaced or removed by somebody while the run wrote it; "
	                 "what is stored is in that file and %s-wal together: give it back its "
	                 "name, and `plateau run --resume %s` goes on with it",
	                 place->work, place->work, place->target);
}

/* Locks the private folder: whoever reads NAME.where sees by that that the result is being
 * written. */
static int lock_folder(struct place *place, struct error *err)
{
	const int64_t until_ns = clock_now_ns() + LOOK_NS;
	place->folder_lock = open(place->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (place->folder_lock < 0)
		return error_system(err, errno, "cannot open %s", place->folder);
	while (flock(place->folder_lock, LOCK_EX | LOCK_NB) < 0) {
		if (errno != EWOULDBLOCK)
			return 0; /* no locks there: those of the file have to do */
		if (clock_now_ns() >= until_ns)
			return error_set(err, EBUSY,
			                 "%s is being written by a running plateau, in %s",
			                 place->target, place->work);
		clock_sleep_until(clock_now_ns() + NS_PER_MS);
	}
	return 0;
}

/* Opens and holds the file that is there already. */
static int hold_work(struct place *place, struct error *err)
{
	cleanup_close const int folder = place->folder ? -1 : target_lock_folder(place->work);
	(void)folder; /* held to the end */
	place->lock = open(place->work, O_RDWR | O_CLOEXEC | O_NONBLOCK);
	if (place->lock < 0)
		return error_system(err, errno, "cannot write %s", place->work);
	if (store_is_locked(place->lock) || store_hold(place->lock) == -EAGAIN)
		return error_set(err, EBUSY,
		                 "%s is being written by a running plateau: try again when that "
		                 "has ended",
		                 place->target);
	return 0;
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
	int r = file_make_temporary_folder(real_parent, PLACE_FOLDER_PREFIX, &place->folder, err);
	if (r < 0)
		return r;
	r = file_join(place->folder, "result.db", &place->work, err);
	if (r == 0)
		r = where_name(place->target, &place->where, err);
	if (r == 0)
		r = lock_folder(place, err);
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

static int tell_where(struct place *place, struct error *err)
{
	const int r = where_write(place->target, place->work, place->kept_from, err);
	place->made_folder = r == 0;
	if (r < 0)
		rmdir(place->folder);
	return r;
}

int place_check(const char *path, bool force, struct error *err)
{
	cleanup_free char *work = NULL;
	const int r = target_check(path, force, err);
	return r < 0 ? r : where_check(path, force, &work, err);
}

int place_new(const char *path, bool force, struct place **ret_place, struct error *err)
{
	cleanup_free char *left = NULL;
	int r = target_check(path, force, err);
	if (r == 0)
		r = where_check(path, force, &left, err);
	if (r == 0 && left)
		r = where_remove(path, left, err);
	if (r < 0)
		return r;
	struct place *place = NULL;
	r = new_place(path, &place, err);
	if (r < 0)
		return r;
	place->may_replace = force;
	r = find_work(place, err);
	if (r == 0 && place->folder)
		r = tell_where(place, err);
	if (r < 0) {
		place_free(place);
		return r;
	}
	target_clear(place->target);
	*ret_place = place;
	return 0;
}

static bool is_beside(const char *path, const char *suffix)
{
	cleanup_free char *real = NULL;
	cleanup_free char *name = NULL;
	struct error ignored;
	return target_resolve(path, &real, &ignored) == 0 &&
	       str_format(&name, &ignored, "%s%s", real, suffix) == 0 && access(name, F_OK) == 0;
}

bool place_has_log(const char *path)
{
	return is_beside(path, "-wal");
}

bool place_has_journal(const char *path)
{
	return is_beside(path, "-journal");
}

bool place_is_live(const char *path)
{
	cleanup_free char *real = NULL;
	struct error ignored;
	return target_resolve(path, &real, &ignored) == 0 && where_is_live(real);
}

void place_clear(const char *path)
{
	cleanup_free char *real = NULL;
	struct error ignored;
	if (target_resolve(path, &real, &ignored) == 0 && !where_is_live(real))
		target_clear(real);
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

/* A result on a network file system is written in a private copy. */
static int go_on_in_copy(struct place *place, struct error *err)
{
	place->is_copy = true;
	if (lstat(place->target, &place->original) < 0) {
		const int code = errno;
		rmdir(place->folder);
		return error_system(err, code, "cannot read %s", place->target);
	}
	int r = tell_where(place, err);
	if (r == -EEXIST)
		return error_set(err, EBUSY,
		                 "another plateau has just begun to go on with %s: try again when "
		                 "it has ended",
		                 place->target);
	if (r < 0)
		return r;
	r = copy_to_work(place, err);
	if (r == 0)
		r = hold_work(place, err);
	if (r < 0)
		place_abandon(place);
	return r;
}

/* One that was being written away from its place is there still. */
static int go_on_elsewhere(struct place *place, const char *found, struct error *err)
{
	int r = str_copy(found, &place->work, err);
	if (r == 0)
		r = str_copy(found, &place->folder, err);
	if (r == 0)
		r = where_name(place->target, &place->where, err);
	if (r < 0)
		return r;
	dirname(place->folder);
	place->kept_from = "as before";
	place->is_copy = lstat(place->target, &place->original) == 0;
	r = lock_folder(place, err);
	return r < 0 ? r : hold_work(place, err);
}

static int go_on(struct place *place, const char *found, struct error *err)
{
	if (strcmp(found, place->target) != 0)
		return go_on_elsewhere(place, found, err);
	const int r = find_work(place, err);
	if (r < 0)
		return r;
	return place->folder ? go_on_in_copy(place, err) : hold_work(place, err);
}

int place_again(const char *path, const char *found, struct place **ret_place, struct error *err)
{
	/* The log is beside the file itself, not beside a symbolic link to it. */
	cleanup_free char *real = NULL;
	cleanup_free char *real_found = NULL;
	struct place *place = NULL;
	int r = target_resolve(path, &real, err);
	if (r == 0)
		r = target_resolve(found, &real_found, err);
	if (r == 0)
		r = new_place(real, &place, err);
	if (!place)
		return r;
	r = go_on(place, real_found, err);
	if (r < 0) {
		place_free(place);
		return r;
	}
	target_clear(place->target);
	*ret_place = place;
	return 0;
}

int place_take(struct place *place, const char *temporary, struct error *err)
{
	/* The file is held already (place_hold), and of all who take names in a folder one comes
	 * after the other: what is removed here is nobody's. */
	cleanup_close const int folder = place->folder ? -1 : target_lock_folder(place->work);
	(void)folder; /* held to the end */
	int r = 0;
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
	if (place->made_target) {
		cleanup_close const int folder = target_lock_folder(place->work);
		(void)folder; /* held to the end */
		if (target_is_own(place->work, place->lock))
			target_remove(place->work, &ignored);
	}
	if (!place->made_folder)
		return;
	remove_folder(place);
	where_remove(place->target, place->work, &ignored);
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

/* The file stays where it was written: where that is must be known to those who look for it. */
static int stay(const struct place *place, struct error *err, int code)
{
	const struct error why = *err;
	struct error lost;
	if (where_tells(place->target, place->work) ||
	    where_write(place->target, place->work, place->kept_from, &lost) == 0)
		return error_set(err, code,
		                 "the result is whole, but still in %s: %s; then move it by "
		                 "`plateau run --resume %s`",
		                 place->work, why.text, place->target);
	return error_set(err, code,
	                 "the result is whole, but still in %s: %s; %s is another run's, so copy "
	                 "it from there under another name",
	                 place->work, why.text, place->where);
}

int place_settle(struct place *place, struct error *err)
{
	if (!place->folder)
		return 0;
	const int r = move_to_target(place, err);
	if (r < 0)
		return stay(place, err, -r);
	struct error ignored;
	target_sync_folder(place->target);
	where_remove(place->target, place->work, &ignored);
	remove_folder(place);
	return 0;
}

int place_find(const char *path, char **ret_found, struct error *err)
{
	return where_find(path, ret_found, err);
}
