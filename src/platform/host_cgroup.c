/* Limits of the control groups that this process is in: version 1, version 2, and both mounted
 * side by side. A limit may sit on any group on the way up, so the least is taken. */
#include "platform/host_read.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CGROUP_PATH_BYTES = HOST_CGROUP_PATH_BYTES };

/* Above this a limit of version 1 means none: it is rounded down to pages from INT64_MAX. */
static const int64_t memory_none_bytes = INT64_C(1) << 60;

/* Where the group is: the folder of its own files, and the mount point at which the way up ends. */
struct cgroup {
	char mount[CGROUP_PATH_BYTES];
	char folder[CGROUP_PATH_BYTES];
	bool is_v2;
};

/* Whether the comma-separated list holds word. */
static bool has_word(const char *list, size_t length, const char *word)
{
	const size_t word_length = strlen(word);
	for (const char *p = list; p < list + length;) {
		const size_t part = strcspn(p, ",: \n");
		if (part == word_length && memcmp(p, word, part) == 0)
			return true;
		p += part + 1;
	}
	return false;
}

/* The group's path from /proc/self/cgroup: the line of the controller, or "0::" for version 2. */
static bool find_path(const char *text, const char *controller, char path[CGROUP_PATH_BYTES])
{
	for (const char *line = text; *line;) {
		const size_t length = strcspn(line, "\n");
		const char *const list = memchr(line, ':', length);
		const char *const end =
		        list ? memchr(list + 1, ':', length - (size_t)(list + 1 - line)) : NULL;
		if (end) {
			const size_t list_length = (size_t)(end - list) - 1;
			const bool is_match = controller
			                              ? has_word(list + 1, list_length, controller)
			                              : list_length == 0;
			if (is_match) {
				snprintf(path, CGROUP_PATH_BYTES, "%.*s",
				         (int)(line + length - end - 1), end + 1);
				return true;
			}
		}
		line += length + (line[length] == '\n');
	}
	return false;
}

/* The mount of the hierarchy in /proc/self/mountinfo: "ID PARENT DEV ROOT POINT ... - TYPE SOURCE
 * OPTIONS" (man 5 proc). */
static bool find_mount(const char *text, const char *controller, char root[CGROUP_PATH_BYTES],
                       char point[CGROUP_PATH_BYTES])
{
	for (const char *line = text; *line;) {
		char type[64];
		char options[1024];
		const size_t length = strcspn(line, "\n");
		const char *const dash = memmem(line, length, " - ", 3);
		if (dash && sscanf(line, "%*s %*s %*s %2047s %2047s", root, point) == 2 &&
		    sscanf(dash, " - %63s %*s %1023s", type, options) == 2) {
			if (controller ? strcmp(type, "cgroup") == 0 &&
			                         has_word(options, strlen(options), controller)
			               : strcmp(type, "cgroup2") == 0)
				return true;
		}
		line += length + (line[length] == '\n');
	}
	return false;
}

/* Finds the group of one controller; controller NULL means the version 2 hierarchy. */
static bool find_group(const struct host_reader *reader, const char *controller,
                       struct cgroup *ret_group)
{
	char path[CGROUP_PATH_BYTES];
	char root[CGROUP_PATH_BYTES];
	char *const groups = host_read_text(reader, NULL, "/proc/self/cgroup");
	char *const mounts = host_read_text(reader, NULL, "/proc/self/mountinfo");
	const bool is_found = groups && mounts && find_path(groups, controller, path) &&
	                      find_mount(mounts, controller, root, ret_group->mount);
	free(groups);
	free(mounts);
	if (!is_found)
		return false;
	/* In a container the mount shows the hierarchy from `root` on. */
	const size_t root_length = strlen(root);
	const char *below = path;
	if (root_length > 1)
		below = strncmp(path, root, root_length) == 0 ? path + root_length : "";
	if (strcmp(below, "/") == 0)
		below = "";
	ret_group->is_v2 = controller == NULL;
	const int length = snprintf(ret_group->folder, sizeof ret_group->folder, "%s%s",
	                            ret_group->mount, below);
	return length >= 0 && (size_t)length < sizeof ret_group->folder;
}

/* One step up; false at the mount point. */
static bool go_up(struct cgroup *group)
{
	if (strlen(group->folder) <= strlen(group->mount))
		return false;
	*strrchr(group->folder, '/') = '\0';
	return true;
}

bool host_cgroup_folder(const struct host_reader *reader, const char *controller,
                        char folder[HOST_CGROUP_PATH_BYTES])
{
	struct cgroup group;
	if (!find_group(reader, controller, &group))
		return false;
	memcpy(folder, group.folder, sizeof group.folder);
	return true;
}

static bool throttled_here(const struct host_reader *reader, const struct cgroup *group,
                           int64_t *ret_ns, int64_t *ret_times)
{
	char value[HOST_LINE_BYTES];
	char *const text = host_read_text(reader, NULL, "%s/cpu.stat", group->folder);
	bool is_found = false;
	if (text && host_find_line(text, "nr_throttled", value)) {
		*ret_times = strtoll(value, NULL, 10);
		is_found = true;
		*ret_ns = 0;
		if (host_find_line(text, "throttled_time", value))
			*ret_ns = strtoll(value, NULL, 10);
		else if (host_find_line(text, "throttled_usec", value))
			*ret_ns = strtoll(value, NULL, 10) * 1000;
	}
	free(text);
	return is_found;
}

bool host_cgroup_throttled(const struct host_reader *reader, int64_t *ret_ns, int64_t *ret_times)
{
	struct cgroup group;
	bool is_found = false;
	int64_t ns;
	int64_t times;
	*ret_ns = *ret_times = 0;
	for (int version = 1; version <= 2; version++) {
		if (!find_group(reader, version == 1 ? "cpu" : NULL, &group))
			continue;
		do {
			if (!throttled_here(reader, &group, &ns, &times))
				continue;
			is_found = true;
			*ret_ns += ns;
			*ret_times += times;
		} while (go_up(&group));
	}
	return is_found;
}

static double cpus_here(const struct host_reader *reader, const struct cgroup *group)
{
	int64_t quota = -1;
	int64_t period = 0;
	if (group->is_v2) {
		char *const text = host_read_text(reader, NULL, "%s/cpu.max", group->folder);
		long long q = 0;
		long long p = 0;
		if (text && sscanf(text, "%lld %lld", &q, &p) == 2) {
			quota = q;
			period = p;
		}
		free(text);
	} else if (!host_read_number(reader, &quota, "%s/cpu.cfs_quota_us", group->folder) ||
	           !host_read_number(reader, &period, "%s/cpu.cfs_period_us", group->folder)) {
		return -1;
	}
	return quota > 0 && period > 0 ? (double)quota / (double)period : -1;
}

double host_cgroup_cpus(const struct host_reader *reader, char reason[HOST_REASON_BYTES])
{
	double least = -1;
	struct cgroup group;
	bool is_found = false;
	for (int version = 1; version <= 2; version++) {
		if (!find_group(reader, version == 1 ? "cpu" : NULL, &group))
			continue;
		is_found = true;
		do {
			const double cpus = cpus_here(reader, &group);
			if (cpus > 0 && (least < 0 || cpus < least))
				least = cpus;
		} while (go_up(&group));
	}
	snprintf(reason, HOST_REASON_BYTES, "%s",
	         is_found ? "the control groups set none" : "no control group is mounted");
	return least;
}

static int64_t stat_value(const struct host_reader *reader, const struct cgroup *group,
                          const char *key)
{
	char value[HOST_LINE_BYTES];
	char *const text = host_read_text(reader, NULL, "%s/memory.stat", group->folder);
	const int64_t bytes =
	        text && host_find_line(text, key, value) ? strtoll(value, NULL, 10) : 0;
	free(text);
	return bytes;
}

/* The limit of one group, and what is left of it: unused, or file cache that the kernel gives up
 * first. */
static int64_t memory_here(const struct host_reader *reader, const struct cgroup *group,
                           int64_t *ret_left_bytes)
{
	int64_t limit;
	int64_t usage;
	const char *const v2 = group->is_v2 ? "memory.max" : "memory.limit_in_bytes";
	const char *const used = group->is_v2 ? "memory.current" : "memory.usage_in_bytes";
	if (!host_read_number(reader, &limit, "%s/%s", group->folder, v2) || limit < 0 ||
	    limit >= memory_none_bytes)
		return -1;
	*ret_left_bytes = limit;
	if (host_read_number(reader, &usage, "%s/%s", group->folder, used)) {
		const int64_t cache = stat_value(
		        reader, group, group->is_v2 ? "inactive_file" : "total_inactive_file");
		const int64_t left = limit - usage + cache;
		*ret_left_bytes = left < 0 ? 0 : left > limit ? limit : left;
	}
	return limit;
}

int64_t host_cgroup_memory(const struct host_reader *reader, int64_t *ret_left_bytes,
                           char reason[HOST_REASON_BYTES])
{
	int64_t least = -1;
	int64_t least_left = -1;
	struct cgroup group;
	bool is_found = false;
	for (int version = 1; version <= 2; version++) {
		if (!find_group(reader, version == 1 ? "memory" : NULL, &group))
			continue;
		is_found = true;
		do {
			int64_t left = -1;
			const int64_t limit = memory_here(reader, &group, &left);
			if (limit >= 0 && (least < 0 || limit < least))
				least = limit;
			if (limit >= 0 && (least_left < 0 || left < least_left))
				least_left = left;
		} while (go_up(&group));
	}
	if (reason)
		snprintf(reason, HOST_REASON_BYTES, "%s",
		         is_found ? "the control groups set none" : "no control group is mounted");
	*ret_left_bytes = least_left;
	return least;
}

/* ---- What they allow beside time and memory ------------------------------------------------ */

/* The first of the group's files that can be read and says something, as a fact. */
static void add_of_group(struct host_reader *reader, const char *name, const char *controller,
                         const char *const v1_file, const char *const v2_file)
{
	struct cgroup group;
	char *text = NULL;
	if (find_group(reader, controller, &group))
		text = host_read_text(reader, NULL, "%s/%s", group.folder, v1_file);
	if (!text && find_group(reader, NULL, &group))
		text = host_read_text(reader, NULL, "%s/%s", group.folder, v2_file);
	const bool is_none = text && strcmp(text, "max") == 0;
	host_add(reader, name, text && *text && !is_none ? text : NULL,
	         is_none ? "the control group sets none"
	                 : "no control group with such a limit is to be seen");
	free(text);
}

void host_probe_cgroup(struct host_reader *reader)
{
	struct cgroup group;
	const bool has_v2 = find_group(reader, NULL, &group);
	char folder[CGROUP_PATH_BYTES];
	memcpy(folder, group.folder, has_v2 ? sizeof folder : 0);
	const bool has_v1 =
	        find_group(reader, "memory", &group) || find_group(reader, "cpu", &group);
	host_add(reader, "cgroup_version",
	         has_v1 && has_v2 ? "1 and 2"
	         : has_v1         ? "1"
	         : has_v2         ? "2"
	                          : NULL,
	         "no control group is mounted");
	host_add(reader, "cgroup_folder",
	         has_v1   ? group.folder
	         : has_v2 ? folder
	                  : NULL,
	         "no control group is mounted");
	add_of_group(reader, "cpuset_list", "cpuset", "cpuset.effective_cpus",
	             "cpuset.cpus.effective");
	add_of_group(reader, "cpuset_nodes_list", "cpuset", "cpuset.effective_mems",
	             "cpuset.mems.effective");
	add_of_group(reader, "processes_limit", "pids", "pids.max", "pids.max");
	char value[HOST_LINE_BYTES];
	char reason[HOST_REASON_BYTES] = "";
	char *const status = host_read_text(reader, reason, "/proc/self/status");
	const bool has_pus = status && host_find_line(status, "Cpus_allowed_list", value);
	host_add(reader, "affinity_list", has_pus ? value : NULL,
	         status ? "/proc/self/status does not say" : reason);
	const bool has_nodes = status && host_find_line(status, "Mems_allowed_list", value);
	host_add(reader, "affinity_nodes_list", has_nodes ? value : NULL,
	         status ? "/proc/self/status does not say" : reason);
	free(status);
}
