/* What a recorder leaves beside the result when the disk fails at its end. */
#include "core/cleanup.h"
#include "core/error.h"
#include "core/str.h"
#include "store/place.h"
#include "store/recorder_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Whether it rolls nothing back: SQLite takes it for void when its first byte is 0 or there is none
 * (its file format, section 3, "The Rollback Journal"). */
static bool is_void(const char *journal)
{
	cleanup_close const int fd = open(journal, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	char first = 0;
	struct stat status;
	return fd >= 0 && fstat(fd, &status) == 0 && S_ISREG(status.st_mode) &&
	       read(fd, &first, 1) >= 0 && first == 0;
}

int recorder_remove_journal(const char *path, struct error *err)
{
	if (!place_has_journal(path))
		return 0;
	cleanup_free char *journal = NULL;
	const int r = str_format(&journal, err, "%s-journal", path);
	if (r < 0)
		return r;
	if (!is_void(journal))
		return error_set(err, EIO,
		                 "%s was not ended as it should be: %s belongs to it; keep both, "
		                 "and `plateau run --resume %s` makes one file of them",
		                 path, journal, path);
	if (unlink(journal) < 0)
		return error_system(err, errno,
		                    "%s is whole, but the journal beside it cannot be removed: %s",
		                    path, journal);
	return 0;
}

void recorder_tell_log(const char *path, struct error *err)
{
	if (!place_has_log(path) || strstr(err->text, "-wal"))
		return;
	char why[ERROR_TEXT_BYTES];
	memcpy(why, err->text, sizeof why);
	error_set(err, EIO, "%s; what was stored is in %s and %s-wal together: keep both", why,
	          path, path);
}
