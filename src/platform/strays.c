#include "platform/strays.h"

#include "core/array.h"
#include "core/cleanup.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/file.h"
#include "platform/process.h"

#include <ctype.h>
#include <dirent.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAUSE_NS (2 * NS_PER_MS)

struct stray {
	pid_t pid;
	pid_t parent;
	bool is_ours; /* a descendant, or carries the run's mark */
};

struct look {
	struct stray *items;
	size_t count;
	size_t capacity;
};

/* The parent in a line of /proc/PID/stat: the second field behind the name, which may hold
 * anything, in parentheses; the number of threads is the 18th. Returns -1 for a zombie and for what
 * cannot be read. Where only the first thread has ended, the state is a zombie's and the process
 * lives. */
static pid_t living_parent_of(pid_t pid)
{
	enum { STAT_BYTES = 4096 };
	char path[40];
	snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
	cleanup_free char *text = NULL;
	struct error ignored;
	if (file_read(path, STAT_BYTES, &text, NULL, &ignored) < 0)
		return -1;
	const char *const behind_name = strrchr(text, ')');
	char state;
	int parent;
	long threads;
	if (!behind_name || sscanf(behind_name + 1,
	                           " %c %d %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s "
	                           "%*s %*s %ld",
	                           &state, &parent, &threads) != 3)
		return -1;
	return state == 'Z' && threads <= 1 ? -1 : parent;
}

static void look_around(struct look *look)
{
	look->count = 0;
	DIR *const folder = opendir("/proc");
	if (!folder)
		return;
	const struct dirent *entry;
	while ((entry = readdir(folder))) {
		if (!isdigit((unsigned char)entry->d_name[0]))
			continue;
		const pid_t pid = (pid_t)atoi(entry->d_name);
		const pid_t parent = living_parent_of(pid);
		struct error ignored;
		if (parent < 0 || array_reserve(&look->items, &look->capacity, look->count + 1,
		                                sizeof *look->items, &ignored) < 0)
			continue;
		look->items[look->count++] = (struct stray){pid, parent, false};
	}
	closedir(folder);
}

/* A child of this process or of one that is ours already. */
static bool has_our_parent(const struct look *look, const struct stray *stray)
{
	if (stray->parent == getpid())
		return true;
	for (size_t i = 0; i < look->count; i++)
		if (look->items[i].pid == stray->parent)
			return look->items[i].is_ours;
	return false;
}

static bool is_spared(const struct strays_spared *spared, pid_t pid)
{
	for (size_t i = 0; i < spared->count; i++)
		if (spared->pids[i] == pid)
			return true;
	return false;
}

static void mark_descendants(struct look *look, const struct strays_spared *spared)
{
	for (bool has_changed = true; has_changed;) {
		has_changed = false;
		for (size_t i = 0; i < look->count; i++) {
			struct stray *const stray = &look->items[i];
			if (stray->is_ours || is_spared(spared, stray->pid) ||
			    !has_our_parent(look, stray))
				continue;
			stray->is_ours = true;
			has_changed = true;
		}
	}
}

static bool belongs_to_us(pid_t pid)
{
	char path[40];
	struct stat status;
	snprintf(path, sizeof path, "/proc/%d", (int)pid);
	return stat(path, &status) == 0 && status.st_uid == geteuid();
}

static void mark_carriers(struct look *look, const char *run_id)
{
	for (size_t i = 0; *run_id && i < look->count; i++) {
		struct stray *const stray = &look->items[i];
		if (!stray->is_ours && stray->pid != getpid() && belongs_to_us(stray->pid))
			stray->is_ours = process_carries_run(stray->pid, run_id);
	}
}

static size_t kill_marked(const struct look *look)
{
	size_t killed = 0;
	for (size_t i = 0; i < look->count; i++) {
		if (!look->items[i].is_ours)
			continue;
		kill(look->items[i].pid, SIGKILL);
		killed++;
	}
	return killed;
}

struct strays_spared strays_spare_children(void)
{
	struct strays_spared spared = {0};
	const int fd = process_open_children();
	spared.count = process_list_children(fd, spared.pids, ARRAY_LENGTH(spared.pids));
	if (fd >= 0)
		close(fd);
	return spared;
}

size_t strays_end(const char *run_id, const struct strays_spared *spared, int64_t most_ns)
{
	const int64_t until_ns = clock_now_ns() + most_ns;
	struct look look = {0};
	size_t found;
	for (;;) {
		look_around(&look);
		mark_descendants(&look, spared);
		mark_carriers(&look, run_id);
		found = kill_marked(&look);
		while (waitpid(-1, NULL, WNOHANG) > 0)
			continue;
		if (found == 0 || clock_now_ns() >= until_ns)
			break;
		clock_sleep_until(clock_now_ns() + PAUSE_NS);
	}
	free(look.items);
	return found;
}
