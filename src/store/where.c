#include "store/where.h"

#include "core/cleanup.h"
#include "core/error.h"
#include "core/file.h"
#include "core/rng.h"
#include "core/str.h"
#include "core/trust.h"
#include "store/store.h"
#include "store/target.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { WHERE_BYTES = 16384, HOST_BYTES = 256 };

static const char file_key[] = "\nfile: ";
static const char host_key[] = "\nhost: ";

int where_name(const char *path, char **ret_name, struct error *err)
{
	return str_format(ret_name, err, "%s.where", path);
}

static void this_host(char host[HOST_BYTES])
{
	if (gethostname(host, HOST_BYTES) < 0)
		snprintf(host, HOST_BYTES, "unknown");
	host[HOST_BYTES - 1] = '\0';
}

int where_write(const char *path, const char *work, const char *kept_from, struct error *err)
{
	cleanup_free char *name = NULL;
	int r = where_name(path, &name, err);
	if (r < 0)
		return r;
	char host[HOST_BYTES];
	this_host(host);
	cleanup_str struct str text = {0};
	str_addf(&text,
	         "This folder is on a network file system (%s), so the result\n  %s\n"
	         "is written in another folder and moved here when the run has ended:"
	         "%s%s%s%s\nprocess: %ld\n"
	         "If that run was killed, `plateau run --resume` with the result's name goes on "
	         "with it\nand moves it here.\n",
	         kept_from, path, file_key, work, host_key, host, (long)getpid());
	if (text.failed)
		return error_memory(err);
	/* Whole or not at all: others read it at any moment. */
	cleanup_free char *temporary = NULL;
	r = str_format(&temporary, err, "%s.new-%08" PRIx32, name, (uint32_t)rng_entropy());
	if (r < 0)
		return r;
	cleanup_close const int fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (fd < 0)
		return error_system(err, errno, "cannot write %s", name);
	store_hold(fd); /* so that nobody takes it for one that is left over */
	r = file_write_all(fd, str_text(&text), text.length, err);
	if (r == 0 && fsync(fd) < 0)
		r = error_system(err, errno, "cannot write");
	if (r < 0)
		error_context(err, r, "%s", name);
	else
		r = target_rename(temporary, name, err);
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

/* The text of NAME.where, which steers what is gone on with, moved and removed: of another user it
 * is not read. */
static int read_own(const char *name, char **ret_text, struct error *err)
{
	struct stat status;
	cleanup_close const int fd = open(name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return -ENOENT;
	if (fd < 0 || fstat(fd, &status) < 0)
		return error_system(err, errno, "cannot read %s", name);
	if (!S_ISREG(status.st_mode))
		return error_set(err, EINVAL, "%s is no file", name);
	if (status.st_uid != geteuid())
		return error_set(err, EBUSY,
		                 "%s belongs to another user, whose run writes that result, or has "
		                 "left it: read it when that has ended, or run with another name "
		                 "after -o (where a mount shows your own files as somebody else's: "
		                 "`plateau run --resume` with the file that it names)",
		                 name);
	return file_read_open(fd, name, WHERE_BYTES, ret_text, NULL, err);
}

/* Whether work is a file in a private folder as plateau makes them: ours, and nobody else's to
 * write to. */
static bool is_in_own_folder(const char *work)
{
	struct stat status;
	cleanup_free char *copy = strdup(work);
	return copy && lstat(dirname(copy), &status) == 0 && S_ISDIR(status.st_mode) &&
	       trust_is_private(&status) &&
	       str_starts_with(file_base_name(copy), PLACE_FOLDER_PREFIX);
}

/* What NAME.where says. *ret_work stays NULL where there is no such text. */
static int read_where(const char *path, char **ret_work, char **ret_host, struct error *err)
{
	cleanup_free char *name = NULL;
	cleanup_free char *text = NULL;
	int r = where_name(path, &name, err);
	if (r < 0)
		return r;
	r = read_own(name, &text, err);
	if (r == -ENOENT)
		return 0;
	if (r < 0 || !text)
		return r;
	cleanup_free char *work = line_behind(text, file_key);
	cleanup_free char *host = line_behind(text, host_key);
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

/* Whether somebody writes in that private folder. */
static bool is_written(const char *work)
{
	cleanup_free char *copy = strdup(work);
	cleanup_close const int fd =
	        copy ? open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	if (fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) < 0 && errno == EWOULDBLOCK)
		return true;
	return target_is_live(work);
}

/* Whether the text is older than what it tells of: the result has its place already. */
static bool is_outdated(const char *path, const char *work)
{
	if (access(path, F_OK) < 0)
		return false;
	return access(work, F_OK) < 0 || (!is_written(work) && is_same_content(path, work));
}

static int find(const char *path, const char *name_given, char **ret_found, struct error *err)
{
	cleanup_free char *work = NULL;
	cleanup_free char *host = NULL;
	int r = read_where(path, &work, &host, err);
	if (r < 0)
		return r;
	if (!work || (is_this_host(host) && is_outdated(path, work))) {
		if (access(path, F_OK) < 0 && errno == ENOENT)
			return error_set(err, ENOENT, "there is no file %s", name_given);
		return str_copy(name_given, ret_found, err);
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
	if (!is_in_own_folder(work))
		return error_set(
		        err, EPERM,
		        "%s.where says that the result is in %s, which is no private folder "
		        "of plateau's: look at what is there, and remove %s.where",
		        path, work, path);
	*ret_found = work;
	work = NULL;
	return 0;
}

int where_find(const char *path, char **ret_found, struct error *err)
{
	cleanup_free char *real = NULL;
	const int r = target_resolve(path, &real, err);
	return r < 0 ? r : find(real, path, ret_found, err);
}

bool where_tells(const char *path, const char *work)
{
	cleanup_free char *told = NULL;
	cleanup_free char *host = NULL;
	struct error ignored;
	return read_where(path, &told, &host, &ignored) == 0 && told && is_this_host(host) &&
	       strcmp(told, work) == 0;
}

bool where_is_live(const char *path)
{
	cleanup_free char *work = NULL;
	cleanup_free char *host = NULL;
	struct error ignored;
	const int r = read_where(path, &work, &host, &ignored);
	/* Another user's is not for us to judge. */
	return r == -EBUSY || (r == 0 && work && (!is_this_host(host) || is_written(work)));
}

int where_check(const char *path, bool force, char **ret_work, struct error *err)
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
	if (is_written(work))
		return error_set(err, EBUSY, "%s is being written by a running plateau, in %s",
		                 path, work);
	if (!force && !is_outdated(path, work))
		return error_set(err, EEXIST,
		                 "%s was left by a run that was killed: go on with it by `plateau "
		                 "run --resume %s`, choose another name with -o, or give --force",
		                 name, path);
	*ret_work = work;
	work = NULL;
	return 0;
}

int where_remove(const char *path, const char *work, struct error *err)
{
	cleanup_free char *name = NULL;
	cleanup_free char *aside = NULL;
	int r = where_name(path, &name, err);
	if (r == 0)
		r = str_format(&aside, err, "%s.new-%08" PRIx32, name, (uint32_t)rng_entropy());
	if (!aside)
		return r;
	/* Out of the way first: between a look and a removal it might become another's. */
	if (rename(name, aside) < 0)
		return errno == ENOENT ? 0 : error_system(err, errno, "cannot remove %s", name);
	cleanup_free char *text = NULL;
	r = file_read(aside, WHERE_BYTES, &text, NULL, err);
	cleanup_free char *told = r == 0 ? line_behind(text, file_key) : NULL;
	if (!told || strcmp(told, work) == 0) {
		unlink(aside);
		return 0;
	}
	target_rename(aside, name, err);
	return error_set(err, EBUSY, "%s is being written by another plateau, in %s", path, told);
}
