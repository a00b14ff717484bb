#include "platform/memory_group.h"

#include "core/clock.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Every level of a tree holds a folder open while those in it are removed; who nests deeper keeps
 * the rest. */
enum { PROCS_BYTES = 65536, MOST_DEPTH = 32 };

#define MOST_WAIT_NS        (500 * NS_PER_MS)
#define MOST_WAIT_OF_ALL_NS (2 * NS_PER_S)

int group_write_flags(bool is_recorded)
{
	return O_WRONLY | O_CLOEXEC | (is_recorded ? O_CREAT : 0);
}

int group_write(const char *folder, const char *name, const char *text, bool is_recorded)
{
	char path[GROUP_PATH_BYTES];
	if (snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path)
		return -ENAMETOOLONG;
	const int fd = open(path, group_write_flags(is_recorded), 0644);
	if (fd < 0)
		return -errno;
	const ssize_t put = write(fd, text, strlen(text));
	const int r = put < 0 ? -errno : 0;
	close(fd);
	return r;
}

int group_write_number(const char *folder, const char *name, int64_t value, bool is_recorded)
{
	char text[24];
	snprintf(text, sizeof text, "%" PRId64, value);
	return group_write(folder, name, text, is_recorded);
}

bool group_read(const char *path, char *text, size_t text_bytes)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	const ssize_t got = read(fd, text, text_bytes - 1);
	close(fd);
	text[got > 0 ? got : 0] = '\0';
	return got >= 0;
}

int group_for_members(const char *folder, void (*act)(pid_t pid, void *context), void *context)
{
	char path[GROUP_PATH_BYTES];
	snprintf(path, sizeof path, "%s/cgroup.procs", folder);
	char *const text = malloc(PROCS_BYTES);
	if (!text || !group_read(path, text, PROCS_BYTES)) {
		free(text);
		return -1;
	}
	int count = 0;
	char *end;
	for (const char *p = text; *p; p = end) {
		const long pid = strtol(p, &end, 10);
		if (end == p)
			break;
		act((pid_t)pid, context);
		count++;
	}
	free(text);
	return count;
}

void group_move_to(pid_t pid, void *context)
{
	group_write_number(context, "cgroup.procs", pid, false);
}

static void end_member(pid_t pid, void *context)
{
	(void)context;
	if (pid > 1 && pid != getpid() && pid != getppid())
		kill(pid, SIGKILL);
}

/* One attempt at the group at path, which has room for GROUP_PATH_BYTES: first at those that tasks
 * have made in it, then at itself. What cannot be removed because it has members loses them. */
static bool try_remove(char *path, int depth)
{
	if (rmdir(path) == 0 || errno != EBUSY)
		return true; /* it is gone, or will not go by waiting */
	const size_t length = strlen(path);
	DIR *const groups = depth < MOST_DEPTH ? opendir(path) : NULL;
	const struct dirent *entry;
	while (groups && (entry = readdir(groups))) {
		const size_t room = GROUP_PATH_BYTES - length;
		if (entry->d_type == DT_DIR && entry->d_name[0] != '.' &&
		    (size_t)snprintf(path + length, room, "/%s", entry->d_name) < room)
			try_remove(path, depth + 1);
		path[length] = '\0';
	}
	if (groups)
		closedir(groups);
	group_for_members(path, end_member, NULL);
	return rmdir(path) == 0 || errno != EBUSY;
}

void group_remove(const char *folder, int64_t until_ns)
{
	char path[GROUP_PATH_BYTES];
	if (snprintf(path, sizeof path, "%s", folder) >= (int)sizeof path)
		return;
	const int64_t own_ns = clock_now_ns() + MOST_WAIT_NS;
	while (!try_remove(path, 0) && clock_now_ns() < (until_ns < own_ns ? until_ns : own_ns))
		clock_sleep_until(clock_now_ns() + 2 * NS_PER_MS);
}

int64_t group_remove_until(void)
{
	return clock_now_ns() + MOST_WAIT_OF_ALL_NS;
}
