/* Groups that runs have left behind because they were killed. */
#include "core/str.h"
#include "platform/host_read.h"
#include "platform/memory_group.h"
#include "platform/memory_limit.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

enum { NAME_BYTES = 96 };

/* Removes folder and the groups in it. */
static void remove_groups_in(const char *folder)
{
	const int64_t until_ns = group_remove_until();
	DIR *const parent = opendir(folder);
	const struct dirent *entry;
	while (parent && (entry = readdir(parent))) {
		char path[GROUP_PATH_BYTES];
		if (entry->d_type == DT_DIR && entry->d_name[0] != '.' &&
		    snprintf(path, sizeof path, "%s/%s", folder, entry->d_name) < (int)sizeof path)
			group_remove(path, until_ns);
	}
	if (parent) {
		closedir(parent);
		group_remove(folder, until_ns);
	}
}

/* The group of this process, in which those of a run are; where it has been moved aside by the run,
 * the one above. Returns false where there is none. */
static bool find_home(bool is_v2, const char *run_id, char folder[static HOST_CGROUP_PATH_BYTES],
                      bool *ret_is_aside)
{
	const struct host_reader reader = {.sysroot = ""};
	char name[NAME_BYTES];
	if (!host_cgroup_folder(&reader, is_v2 ? NULL : "memory", folder))
		return false;
	const int length = snprintf(name, sizeof name, "/plateau-%s-main", run_id);
	const size_t whole = strlen(folder);
	*ret_is_aside = whole > (size_t)length && strcmp(folder + whole - length, name) == 0;
	if (*ret_is_aside)
		folder[whole - (size_t)length] = '\0';
	return true;
}

void memory_limit_sweep(const char *run_id)
{
	for (int version = 1; version <= 2; version++) {
		char folder[HOST_CGROUP_PATH_BYTES];
		char path[GROUP_PATH_BYTES];
		bool is_aside;
		if (!find_home(version == 2, run_id, folder, &is_aside))
			continue;
		snprintf(path, sizeof path, "%s/plateau-%s", folder, run_id);
		remove_groups_in(path);
		if (!is_aside)
			continue;
		snprintf(path, sizeof path, "%s/plateau-%s-main", folder, run_id);
		group_write(folder, "cgroup.subtree_control", "-memory", false);
		group_for_members(path, group_move_to, folder);
		group_remove(path, group_remove_until());
	}
}

/* Removes a group unless its run lives. Where a run has moved aside to holds that run's processes
 * as long as it lives. */
static void remove_if_dead(const char *path)
{
	const size_t length = strlen(path);
	const size_t tail = strlen("-main");
	if (length > tail && strcmp(path + length - tail, "-main") == 0) {
		rmdir(path);
		return;
	}
	const int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return;
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		remove_groups_in(path);
	close(fd);
}

void memory_limit_clear(const char *run_id, const char *own_id)
{
	char prefix[NAME_BYTES];
	snprintf(prefix, sizeof prefix, "plateau-%s", run_id);
	for (int version = 1; version <= 2; version++) {
		char folder[HOST_CGROUP_PATH_BYTES];
		bool is_aside;
		DIR *const home =
		        find_home(version == 2, own_id, folder, &is_aside) ? opendir(folder) : NULL;
		const struct dirent *entry;
		while (home && (entry = readdir(home))) {
			char path[GROUP_PATH_BYTES];
			if (entry->d_type == DT_DIR && str_starts_with(entry->d_name, prefix) &&
			    snprintf(path, sizeof path, "%s/%s", folder, entry->d_name) <
			            (int)sizeof path)
				remove_if_dead(path);
		}
		if (home)
			closedir(home);
	}
}
