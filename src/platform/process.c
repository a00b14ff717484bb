#include "platform/process.h"

#include "core/array.h"
#include "core/cleanup.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/file.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static const struct io_key {
	const char *name;
	size_t offset;
} io_keys[] = {
        {"rchar: ", offsetof(struct task_record, read_chars)},
        {"wchar: ", offsetof(struct task_record, write_chars)},
        {"syscr: ", offsetof(struct task_record, read_calls)},
        {"syscw: ", offsetof(struct task_record, write_calls)},
        {"\nread_bytes: ", offsetof(struct task_record, read_bytes)},
        {"\nwrite_bytes: ", offsetof(struct task_record, write_bytes)},
};

void process_read_io(int fd, struct task_record *record)
{
	char text[512] = "";
	const ssize_t got = fd < 0 ? -1 : pread(fd, text, sizeof text - 1, 0);
	if (got > 0)
		text[got] = '\0';
	for (size_t i = 0; i < ARRAY_LENGTH(io_keys); i++) {
		int64_t value = RECORD_ABSENT;
		const char *const at = got > 0 ? strstr(text, io_keys[i].name) : NULL;
		if (at)
			value = strtoll(at + strlen(io_keys[i].name), NULL, 10);
		memcpy((char *)record + io_keys[i].offset, &value, sizeof value);
	}
}

static bool can_be_signaled(pid_t whom)
{
	return kill(whom, 0) == 0 || errno == EPERM;
}

bool process_group_is_left(pid_t leader)
{
	/* In this order: what has the number after the group was seen had it before. */
	return can_be_signaled(-leader) && !can_be_signaled(leader);
}

int process_become_subreaper(struct error *err)
{
	if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0)
		return error_system(err, errno, "cannot become the reaper of orphaned processes");
	return 0;
}

int process_open_children(void)
{
	char path[64];
	snprintf(path, sizeof path, "/proc/self/task/%ld/children", syscall(SYS_gettid));
	return open(path, O_RDONLY | O_CLOEXEC);
}

/* Reads the pids of "1 22 333 ", each with a space behind it. *ret_used says how far: a number that
 * the end of the text cuts off is left for the next piece. */
static size_t read_pids(const char *text, pid_t *pids, size_t capacity, size_t *ret_used)
{
	size_t count = 0;
	size_t used = 0;
	pid_t pid = 0;
	for (const char *p = text; *p && count < capacity; p++) {
		if (*p != ' ') {
			pid = 10 * pid + (*p - '0');
			continue;
		}
		pids[count++] = pid;
		pid = 0;
		used = (size_t)(p - text) + 1;
	}
	*ret_used = used;
	return count;
}

size_t process_list_children(int children_fd, pid_t *pids, size_t capacity)
{
	/* The kernel fills pieces as far as whole numbers fit: one with more room left than that is
	 * the last, and no further read has to walk the list for nothing. */
	enum { PIECE_BYTES = 4096, LONGEST_PID_BYTES = 12 };
	size_t count = 0;
	char text[PIECE_BYTES + 1];
	off_t offset = 0;
	while (children_fd >= 0 && count < capacity) {
		const ssize_t got = pread(children_fd, text, PIECE_BYTES, offset);
		if (got <= 0)
			break;
		text[got] = '\0';
		size_t used;
		count += read_pids(text, pids + count, capacity - count, &used);
		if (used == 0 || got < PIECE_BYTES - LONGEST_PID_BYTES)
			break;
		offset += (off_t)used;
	}
	return count;
}

/* The value of NAME=VALUE in an environment block, or NULL. */
static const char *find_variable(const char *block, size_t block_bytes, const char *name)
{
	const size_t name_length = strlen(name);
	for (const char *p = block; p < block + block_bytes; p += strlen(p) + 1)
		if (strncmp(p, name, name_length) == 0 && p[name_length] == '=')
			return p + name_length + 1;
	return NULL;
}

/* The environment block of pid with its length, NULL where it cannot be read. */
static char *read_environment(pid_t pid, size_t *ret_bytes)
{
	enum { MAX_ENVIRONMENT_BYTES = 4 << 20 };
	char path[40];
	snprintf(path, sizeof path, "/proc/%d/environ", (int)pid);
	char *block = NULL;
	struct error ignored;
	return file_read(path, MAX_ENVIRONMENT_BYTES, &block, ret_bytes, &ignored) < 0 ? NULL
	                                                                               : block;
}

bool process_carries_run(pid_t pid, const char *run_id)
{
	size_t block_bytes;
	cleanup_free char *block = read_environment(pid, &block_bytes);
	const char *const run = block ? find_variable(block, block_bytes, "PLATEAU_RUN") : NULL;
	return run && strcmp(run, run_id) == 0;
}

bool process_task_of(pid_t pid, const char *run_id, uint32_t *ret_slot, uint32_t *ret_index)
{
	size_t block_bytes;
	cleanup_free char *block = read_environment(pid, &block_bytes);
	if (!block)
		return false;
	const char *const run = find_variable(block, block_bytes, "PLATEAU_RUN");
	const char *const slot = find_variable(block, block_bytes, "PLATEAU_SLOT");
	const char *const index = find_variable(block, block_bytes, "PLATEAU_INDEX");
	if (!run || !slot || !index || strcmp(run, run_id) != 0)
		return false;
	*ret_slot = (uint32_t)strtoul(slot, NULL, 10);
	*ret_index = (uint32_t)strtoul(index, NULL, 10);
	return true;
}

bool process_open_file(pid_t pid, int fd, struct process_file *ret_file)
{
	char path[48];
	struct stat status;
	snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)pid, fd);
	if (stat(path, &status) < 0)
		return false;
	*ret_file = (struct process_file){status.st_dev, status.st_ino};
	return true;
}

/* A field of /proc/PID/stat behind the name in field 2, which may hold anything, in parentheses; as
 * proc(5) numbers them. -1 where it cannot be read. */
static int64_t stat_field(pid_t pid, int field)
{
	enum { STAT_BYTES = 4096, FIRST_BEHIND_NAME = 3 };
	char path[40];
	cleanup_free char *text = NULL;
	struct error ignored;
	snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
	if (file_read(path, STAT_BYTES, &text, NULL, &ignored) < 0)
		return -1;
	const char *p = strrchr(text, ')');
	for (int i = FIRST_BEHIND_NAME; p && i <= field; i++)
		p = strchr(p + 1, ' ');
	return p ? strtoll(p + 1, NULL, 10) : -1;
}

bool process_is_ending(pid_t pid)
{
	enum { FLAGS = 9, EXITING = 4 /* PF_EXITING of the kernel */ };
	const int64_t flags = stat_field(pid, FLAGS);
	return flags < 0 || (flags & EXITING) != 0;
}

int64_t process_start_ns(pid_t pid)
{
	enum { START_TIME = 22 };
	const int64_t ticks = stat_field(pid, START_TIME);
	const long ticks_per_s = sysconf(_SC_CLK_TCK);
	struct timespec since_boot;
	if (ticks < 0 || ticks_per_s <= 0 || clock_gettime(CLOCK_BOOTTIME, &since_boot) < 0)
		return -1;
	const int64_t asleep_ns =
	        (int64_t)since_boot.tv_sec * NS_PER_S + since_boot.tv_nsec - clock_now_ns();
	return ticks * (NS_PER_S / ticks_per_s) - asleep_ns;
}
