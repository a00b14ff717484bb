/* The processes that strace traces. They are no children of ours: the kernel tells who traces whom.
 */
#include "core/cleanup.h"
#include "core/error.h"
#include "core/file.h"
#include "platform/strace_parts.h"

#include <dirent.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_STATUS_BYTES = 64 << 10 };

/* What is looked at of /proc/PID/status; 0 where it is not there. */
struct standing {
	pid_t tracer;
	bool is_living; /* no zombie; where only the first thread has ended, the others live */
};

static long number_behind(const char *text, const char *name)
{
	const char *const line = strstr(text, name);
	return line ? strtol(line + strlen(name), NULL, 10) : 0;
}

static struct standing standing_of(const char *pid)
{
	char path[64];
	struct standing standing = {0};
	if (strlen(pid) > 20)
		return standing;
	snprintf(path, sizeof path, "/proc/%s/status", pid);
	cleanup_free char *text = NULL;
	size_t bytes = 0;
	struct error ignored;
	if (file_read(path, MOST_STATUS_BYTES, &text, &bytes, &ignored) < 0)
		return standing;
	standing.tracer = (pid_t)number_behind(text, "\nTracerPid:");
	standing.is_living = !strstr(text, "\nState:\tZ") || number_behind(text, "\nThreads:") > 1;
	return standing;
}

int strace_kill_traced(pid_t strace)
{
	DIR *const folder = strace > 0 ? opendir("/proc") : NULL;
	int count = 0;
	const struct dirent *entry;
	while (folder && (entry = readdir(folder))) {
		const pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);
		if (pid <= 0)
			continue;
		const struct standing standing = standing_of(entry->d_name);
		if (standing.tracer == strace && standing.is_living) {
			kill(pid, SIGKILL);
			count++;
		}
	}
	if (folder)
		closedir(folder);
	return count;
}
