/* The processes that strace traces. They are no children of ours: the kernel tells who traces whom.
 */
#include "core/cleanup.h"
#include "core/error.h"
#include "core/file.h"
#include "platform/strace_parts.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_STATUS_BYTES = 64 << 10 };

/* The number behind "name:" in /proc/PID/status; 0 where there is none. */
static long status_of(const char *pid, const char *name)
{
	char path[64];
	if (strlen(pid) > 20)
		return 0;
	snprintf(path, sizeof path, "/proc/%s/status", pid);
	cleanup_free char *text = NULL;
	size_t bytes = 0;
	struct error ignored;
	if (file_read(path, MOST_STATUS_BYTES, &text, &bytes, &ignored) < 0)
		return 0;
	const char *const line = strstr(text, name);
	return line ? strtol(line + strlen(name), NULL, 10) : 0;
}

pid_t strace_command_of(pid_t strace)
{
	DIR *const folder = opendir("/proc");
	pid_t found = 0;
	const struct dirent *entry;
	while (folder && found == 0 && (entry = readdir(folder))) {
		const pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);
		if (pid > 0 && status_of(entry->d_name, "\nPPid:") == strace)
			found = pid;
	}
	if (folder)
		closedir(folder);
	return found;
}

int strace_kill_traced(pid_t strace)
{
	DIR *const folder = opendir("/proc");
	int count = 0;
	const struct dirent *entry;
	while (folder && (entry = readdir(folder))) {
		const pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);
		if (pid > 0 && status_of(entry->d_name, "\nTracerPid:") == strace) {
			kill(pid, SIGKILL);
			count++;
		}
	}
	if (folder)
		closedir(folder);
	return count;
}
