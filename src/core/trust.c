#include "core/trust.h"

#include "core/cleanup.h"
#include "core/error.h"
#include "core/str.h"

#include <errno.h>
#include <libgen.h>
#include <unistd.h>

static bool is_anybodys(const struct stat *status)
{
	return status->st_mode & S_IWOTH &&
	       !(S_ISDIR(status->st_mode) && status->st_mode & S_ISVTX);
}

int trust_temporary_parent(const char *folder, struct error *err)
{
	struct stat status;
	if (stat(folder, &status) < 0)
		return error_system(err, errno, "cannot use the temporary folder %s", folder);
	if (!is_anybodys(&status))
		return 0;
	return error_set(
	        err, EPERM,
	        "every user may write to the temporary folder %s, and it has no sticky bit: "
	        "others could exchange what is put there; set TMPDIR to a folder of your own "
	        "(mkdir -m 700), or have that set right by `chmod +t`",
	        folder);
}

int trust_write_through(const char *path, const struct stat *status, struct error *err)
{
	struct stat folder;
	if (!(S_ISLNK(status->st_mode) || S_ISFIFO(status->st_mode)) ||
	    status->st_uid == geteuid() || status->st_uid == 0)
		return 0;
	cleanup_free char *copy = NULL;
	const int r = str_copy(path, &copy, err);
	if (r < 0)
		return r;
	if (stat(dirname(copy), &folder) == 0 &&
	    (!(folder.st_mode & (S_IWGRP | S_IWOTH)) || folder.st_uid == status->st_uid))
		return 0;
	return error_set(err, EPERM,
	                 "%s is another user's %s in a folder that others may write to, and is not "
	                 "followed: choose another name",
	                 path, S_ISLNK(status->st_mode) ? "symbolic link" : "pipe");
}

int trust_content(const char *path, struct error *err)
{
	struct stat status;
	if (stat(path, &status) < 0)
		return errno == ENOENT || errno == ENOTDIR
		               ? 0
		               : error_system(err, errno, "cannot look at %s", path);
	/* A sticky folder keeps what is there, but anybody may be the first to put something there.
	 */
	if (!(status.st_mode & S_IWOTH))
		return 0;
	return error_set(err, EPERM,
	                 "every user may change %s, and with it what would be run in your name: "
	                 "look at what is in it, then `chmod o-w` it",
	                 path);
}

bool trust_is_private(const struct stat *status)
{
	return status->st_uid == geteuid() && !(status->st_mode & (S_IWGRP | S_IWOTH));
}
