#include "commands/session.h"

#include "core/cleanup.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/file.h"
#include "core/rng.h"
#include "core/str.h"
#include "platform/memory_limit.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* Between being made and being locked a folder is empty. */
#define YOUNG_NS (2 * NS_PER_S)

static const char folder_prefix[] = "plateau-";

int session_begin(const char *run_id, bool is_resumed, struct session *ret_session,
                  struct error *err)
{
	struct session session = {.lock = -1};
	const int r = is_resumed ? str_format(&session.name, err, "%s-%08" PRIx32, run_id,
	                                      (uint32_t)rng_entropy())
	                         : str_copy(run_id, &session.name, err);
	if (r == 0)
		*ret_session = session;
	return r;
}

static int open_folder(int dirfd, const char *name)
{
	return openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

int session_hold(struct session *session, struct error *err)
{
	cleanup_free char *path = NULL;
	const int r = str_format(&path, err, "%s/%s%s", file_temporary_parent(), folder_prefix,
	                         session->name);
	if (r < 0)
		return r;
	session->lock = open_folder(AT_FDCWD, path);
	if (session->lock < 0 && errno != ENOENT)
		return error_system(err, errno, "cannot open the folder %s", path);
	if (session->lock >= 0)
		flock(session->lock, LOCK_EX);
	struct stat status;
	if (session->lock >= 0 && fstat(session->lock, &status) < 0)
		return error_system(err, errno, "cannot look at the folder %s", path);
	if (session->lock < 0 || status.st_nlink == 0)
		return error_set(err, ESTALE, "somebody has removed the folder %s", path);
	return 0;
}

static bool is_empty(int fd)
{
	const int copy = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *const folder = copy < 0 ? NULL : fdopendir(copy);
	if (!folder) {
		if (copy >= 0)
			close(copy);
		return true;
	}
	size_t count = 0;
	while (readdir(folder))
		count++;
	closedir(folder);
	return count <= 2;
}

/* Whether the open folder belongs to a part that is dead: it is ours, nobody locks it (this process
 * does from here on), and nobody is about to. */
static bool is_dead(int fd)
{
	struct stat status;
	if (fstat(fd, &status) < 0 || status.st_uid != geteuid() ||
	    flock(fd, LOCK_EX | LOCK_NB) < 0)
		return false;
	return !is_empty(fd) || clock_calendar_ns() - file_mtime_ns(&status) > YOUNG_NS;
}

static void clear_folder(int dirfd, const char *name)
{
	struct error ignored;
	cleanup_close const int fd = open_folder(dirfd, name);
	if (fd >= 0 && is_dead(fd))
		file_remove_tree(dirfd, name, &ignored);
}

void session_clear_dead(const struct session *session, const char *run_id)
{
	memory_limit_clear(run_id, session->name ? session->name : run_id);
	DIR *const parent = opendir(file_temporary_parent());
	if (!parent)
		return;
	char prefix[64];
	snprintf(prefix, sizeof prefix, "%s%s", folder_prefix, run_id);
	const struct dirent *entry;
	while ((entry = readdir(parent)))
		if (str_starts_with(entry->d_name, prefix))
			clear_folder(dirfd(parent), entry->d_name);
	closedir(parent);
}

void session_release(struct session *session)
{
	if (!session->name)
		return;
	if (session->lock >= 0)
		close(session->lock);
	free(session->name);
	*session = (struct session){.lock = -1};
}
