#include "watch.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5)
#endif

enum { NEVER_EXECUTED = 127 };

static void die(const char *what)
{
	perror(what);
	_exit(99);
}

void watch_filter(const struct watch *watch, volatile int *ret_listener)
{
	struct sock_filter code[132];
	const unsigned short count = (unsigned short)watch->call_count;
	unsigned short used = 0;
	code[used++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
	                                            offsetof(struct seccomp_data, nr));
	for (unsigned short i = 0; i < count; i++)
		code[used++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
		                                            (unsigned)watch->calls[i],
		                                            (unsigned char)(count - i), 0);
	code[used++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	code[used++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF);
	const struct sock_fprog program = {used, code};
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		die("inject: PR_SET_NO_NEW_PRIVS");
	const unsigned long kinds[] = {SECCOMP_FILTER_FLAG_NEW_LISTENER |
	                                       SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV,
	                               SECCOMP_FILTER_FLAG_NEW_LISTENER};
	long listener = -1;
	for (size_t i = 0; listener < 0 && i < 2; i++)
		listener = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, kinds[i], &program);
	if (listener < 0)
		die("inject: seccomp");
	*ret_listener = (int)listener;
}

/* What lies at an address of a process; how many bytes of it there are. */
static size_t peek(pid_t pid, uint64_t from, void *to, size_t bytes)
{
	size_t done = 0;
	while (done < bytes) { /* page by page: what is behind the stack's end is left out */
		const size_t rest = 4096 - (from + done) % 4096;
		const size_t step = rest < bytes - done ? rest : bytes - done;
		const struct iovec here = {(char *)to + done, step};
		const struct iovec there = {(void *)(uintptr_t)(from + done), step};
		if (process_vm_readv(pid, &here, 1, &there, 1, 0) != (ssize_t)step)
			break;
		done += step;
	}
	return done;
}

static bool is_the_program(const struct watch *watch, pid_t pid)
{
	char path[64];
	struct stat st;
	snprintf(path, sizeof path, "/proc/%d/exe", (int)pid);
	return stat(path, &st) == 0 && st.st_dev == watch->places->device &&
	       st.st_ino == watch->places->inode;
}

/* Takes what a line of /proc/PID/maps says of the program or of the loader. */
static void take_map(struct watch *watch, pid_t pid, const char *line)
{
	unsigned long long begin, end, offset, inode;
	unsigned major, minor;
	char may[8], path[PATH_MAX] = "";
	if (sscanf(line, "%llx-%llx %7s %llx %x:%x %llu %4095s", &begin, &end, may, &offset, &major,
	           &minor, &inode, path) < 7)
		return;
	if (strstr(path, "/ld-linux") || strstr(path, "/ld-musl")) {
		if (watch->load_begin == 0)
			watch->load_begin = begin;
		watch->load_end = end;
	}
	if (inode != watch->places->inode || may[2] != 'x')
		return;
	unsigned char *const bytes = malloc(end - begin);
	if (!bytes || peek(pid, begin, bytes, end - begin) != end - begin)
		die("inject: reading the program");
	watch->text = (struct text){begin, end, offset, bytes};
}

/* The program lies where it lies in all its processes: addresses are not randomised. */
static void learn_addresses(struct watch *watch, pid_t pid)
{
	char path[64], *line = NULL;
	size_t room = 0;
	snprintf(path, sizeof path, "/proc/%d/maps", (int)pid);
	FILE *const maps = fopen(path, "re");
	while (maps && getline(&line, &room, maps) > 0)
		take_map(watch, pid, line);
	free(line);
	if (maps)
		fclose(maps);
}

static struct place held_place(const struct watch *watch, const struct seccomp_notif *held)
{
	uint64_t stack[PLACE_STACK_WORDS];
	char path[64], line[512] = "";
	unsigned long long pointer = 0;
	snprintf(path, sizeof path, "/proc/%d/syscall", (int)held->pid);
	const int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0 && read(fd, line, sizeof line - 1) > 0)
		sscanf(line, "%*s %*s %*s %*s %*s %*s %*s %llx", &pointer);
	if (fd >= 0)
		close(fd);
	const size_t bytes = peek((pid_t)held->pid, pointer, stack, sizeof stack);
	return place_of((uint32_t)held->data.nr, &watch->text, stack, bytes / sizeof *stack);
}

static void count_descriptors(struct watch *watch, pid_t pid)
{
	char path[64];
	int count = 0;
	snprintf(path, sizeof path, "/proc/%d/fd", (int)pid);
	DIR *const folder = opendir(path);
	for (const struct dirent *e; folder && (e = readdir(folder));)
		count += e->d_name[0] != '.' && atoi(e->d_name) > 2;
	if (folder)
		closedir(folder);
	if (count > watch->descriptors)
		watch->descriptors = count;
}

/* A close that fails has closed all the same, which cannot be made here: only files are left open,
 * for which that makes no difference to anybody else. */
static bool closes_other_than_file(const struct seccomp_notif *held)
{
	char path[64];
	struct stat st;
	if (held->data.nr != SYS_close)
		return false;
	snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)held->pid, (int)held->data.args[0]);
	return stat(path, &st) < 0 || !S_ISREG(st.st_mode);
}

/* Whether the held call is to fail. */
static bool is_to_fail(struct watch *watch, const struct seccomp_notif *held)
{
	const pid_t pid = (pid_t)held->pid;
	if (!is_the_program(watch, pid) || closes_other_than_file(held))
		return false;
	if (held->data.nr == SYS_exit_group) {
		/* A child that could not become a task ends with what it was given. */
		if (held->data.args[0] != NEVER_EXECUTED)
			count_descriptors(watch, pid);
		return false;
	}
	if (!watch->text.bytes)
		learn_addresses(watch, pid);
	const uint64_t at = held->data.instruction_pointer;
	if (!watch->text.bytes || (at >= watch->load_begin && at < watch->load_end))
		return false;
	const struct place place = held_place(watch, held);
	/* No frame of ours: libraries before main and behind it. */
	return place.frames[0] != 0 && places_count(watch->places, &place);
}

bool watch_answer(struct watch *watch, int timeout_ms)
{
	struct pollfd listener = {watch->listener, POLLIN, 0};
	const int ready = poll(&listener, 1, timeout_ms);
	if (ready <= 0)
		return true;
	if (!(listener.revents & POLLIN))
		return false;
	struct seccomp_notif held;
	struct seccomp_notif_resp answer;
	memset(&held, 0, sizeof held);
	memset(&answer, 0, sizeof answer);
	if (ioctl(watch->listener, SECCOMP_IOCTL_NOTIF_RECV, &held) < 0)
		return true; /* it was killed meanwhile */
	answer.id = held.id;
	if (is_to_fail(watch, &held))
		answer.error = -watch->error;
	else
		answer.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
	ioctl(watch->listener, SECCOMP_IOCTL_NOTIF_SEND, &answer);
	return true;
}
