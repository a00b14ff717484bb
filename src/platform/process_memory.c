#include "platform/process_memory.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { TEXT_BYTES = 4096, PATH_BYTES = 64 };

/* The beginning of a small file of /proc as text; its length, or -1. */
static ssize_t read_small(const char *path, char text[TEXT_BYTES + 1])
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	const ssize_t got = read(fd, text, TEXT_BYTES);
	close(fd);
	text[got > 0 ? got : 0] = '\0';
	return got;
}

static int64_t resident_bytes(pid_t pid)
{
	char path[PATH_BYTES];
	char text[TEXT_BYTES + 1];
	snprintf(path, sizeof path, "/proc/%d/statm", (int)pid);
	if (read_small(path, text) <= 0)
		return -1;
	char *end;
	strtoll(text, &end, 10);
	return strtoll(end, NULL, 10) * sysconf(_SC_PAGESIZE);
}

/* The value, in kB, of a line of smaps_rollup, as bytes; -1: no such line. */
static int64_t rollup_bytes(const char *text, const char *key)
{
	const char *const at = strstr(text, key);
	return at ? strtoll(at + strlen(key), NULL, 10) * 1024 : -1;
}

bool process_memory_look(pid_t pid, bool wants_pss, struct process_memory *ret_memory)
{
	char path[PATH_BYTES];
	char text[TEXT_BYTES + 1];
	snprintf(path, sizeof path, "/proc/%d/smaps_rollup", (int)pid);
	if (wants_pss && read_small(path, text) > 0) {
		const struct process_memory memory = {rollup_bytes(text, "\nRss:"),
		                                      rollup_bytes(text, "\nPss:")};
		if (memory.rss_bytes >= 0 && memory.pss_bytes >= 0) {
			*ret_memory = memory;
			return true;
		}
	}
	/* Whoever has ended meanwhile has no pages any more, and is not asked for them. */
	const int64_t bytes = resident_bytes(pid);
	if (bytes <= 0)
		return false;
	*ret_memory = (struct process_memory){bytes, -1};
	return true;
}

bool process_memory_has_pss(void)
{
	struct process_memory memory;
	return process_memory_look(getpid(), true, &memory) && memory.pss_bytes >= 0;
}

/* Adds the pids of a list "12 34 " to pids. */
static size_t add_pids(const char *text, pid_t *pids, size_t count, size_t capacity)
{
	char *end;
	for (const char *p = text; count < capacity; p = end) {
		const long pid = strtol(p, &end, 10);
		if (end == p || *end != ' ')
			break;
		pids[count++] = (pid_t)pid;
	}
	return count;
}

/* As the kernel hands it out (man 2 getdents). */
struct folder_entry {
	uint64_t inode;
	int64_t offset;
	uint16_t bytes;
	uint8_t type;
	char name[];
};

/* Adds the children of all threads of pid. */
static size_t add_children(pid_t pid, pid_t *pids, size_t count, size_t capacity)
{
	_Alignas(struct folder_entry) char entries[TEXT_BYTES];
	char path[PATH_BYTES];
	char text[TEXT_BYTES + 1];
	snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
	const int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return count;
	long got;
	while ((got = syscall(SYS_getdents64, fd, entries, sizeof entries)) > 0) {
		for (long at = 0; at < got;) {
			const struct folder_entry *const entry = (const void *)(entries + at);
			at += entry->bytes;
			const int thread = atoi(entry->name);
			if (thread <= 0)
				continue;
			snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)pid, thread);
			if (read_small(path, text) > 0)
				count = add_pids(text, pids, count, capacity);
		}
	}
	close(fd);
	return count;
}

size_t process_list_tree(pid_t pid, pid_t *pids, size_t capacity)
{
	if (capacity == 0)
		return 0;
	pids[0] = pid;
	size_t count = 1;
	for (size_t i = 0; i < count; i++)
		count = add_children(pids[i], pids, count, capacity);
	return count;
}

int process_is_this_program(pid_t pid)
{
	char path[PATH_BYTES];
	char own[TEXT_BYTES];
	char other[TEXT_BYTES];
	snprintf(path, sizeof path, "/proc/%d/exe", (int)pid);
	const ssize_t own_length = readlink("/proc/self/exe", own, sizeof own);
	const ssize_t length = readlink(path, other, sizeof other);
	return length > 0 && length == own_length && memcmp(own, other, (size_t)length) == 0;
}
