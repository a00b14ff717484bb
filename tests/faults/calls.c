#include "calls.h"

#include <stddef.h>
#include <string.h>
#include <sys/syscall.h>

#define CALL(name)                                                                                 \
	{                                                                                          \
#name, SYS_##name                                                                  \
	}

static const struct {
	const char *name;
	int number;
} calls[] = {
#ifdef __x86_64__ /* newer machines only have the ones that end in `at` */
        CALL(access),
        CALL(chmod),
        CALL(chown),
        CALL(dup2),
        CALL(fork),
        CALL(getdents),
        CALL(link),
        CALL(lstat),
        CALL(mkdir),
        CALL(open),
        CALL(pipe),
        CALL(poll),
        CALL(readlink),
        CALL(rename),
        CALL(rmdir),
        CALL(stat),
        CALL(symlink),
        CALL(unlink),
        CALL(vfork),
#endif
        CALL(bind),
        CALL(brk),
        CALL(chdir),
        CALL(clock_nanosleep),
        CALL(clone),
        CALL(clone3),
        CALL(close),
        CALL(close_range),
        CALL(connect),
        CALL(copy_file_range),
        CALL(dup),
        CALL(dup3),
        CALL(epoll_create1),
        CALL(epoll_ctl),
        CALL(epoll_pwait),
        CALL(eventfd2),
        CALL(execve),
        CALL(execveat),
        CALL(faccessat),
        CALL(faccessat2),
        CALL(fallocate),
        CALL(fchdir),
        CALL(fchmod),
        CALL(fchmodat),
        CALL(fchown),
        CALL(fchownat),
        CALL(fcntl),
        CALL(fdatasync),
        CALL(flock),
        CALL(fstat),
        CALL(fstatfs),
        CALL(fsync),
        CALL(ftruncate),
        CALL(futex),
        CALL(get_mempolicy),
        CALL(getcwd),
        CALL(getdents64),
        CALL(getrandom),
        CALL(getrusage),
        CALL(ioctl),
        CALL(kill),
        CALL(linkat),
        CALL(lseek),
        CALL(madvise),
        CALL(mbind),
        CALL(memfd_create),
        CALL(mkdirat),
        CALL(mmap),
        CALL(mprotect),
        CALL(mremap),
        CALL(munmap),
        CALL(newfstatat),
        CALL(openat),
        CALL(openat2),
        CALL(perf_event_open),
        CALL(pidfd_open),
        CALL(pidfd_send_signal),
        CALL(pipe2),
        CALL(ppoll),
        CALL(prctl),
        CALL(pread64),
        CALL(prlimit64),
        CALL(pselect6),
        CALL(pwrite64),
        CALL(pwritev),
        CALL(read),
        CALL(readlinkat),
        CALL(readv),
        CALL(recvfrom),
        CALL(recvmsg),
        CALL(renameat),
        CALL(renameat2),
        CALL(rt_sigprocmask),
        CALL(sched_getaffinity),
        CALL(sched_getattr),
        CALL(sched_setaffinity),
        CALL(sched_setattr),
        CALL(sendmsg),
        CALL(sendto),
        CALL(set_mempolicy),
        CALL(setpgid),
        CALL(setpriority),
        CALL(setsid),
        CALL(signalfd4),
        CALL(socket),
        CALL(socketpair),
        CALL(splice),
        CALL(statfs),
        CALL(statx),
        CALL(symlinkat),
        CALL(timerfd_create),
        CALL(timerfd_settime),
        CALL(umount2),
        CALL(uname),
        CALL(unlinkat),
        CALL(unshare),
        CALL(utimensat),
        CALL(wait4),
        CALL(waitid),
        CALL(write),
        CALL(writev),
};

enum { CALLS = sizeof calls / sizeof *calls };

int call_number(const char *name)
{
	for (size_t i = 0; i < CALLS; i++)
		if (strcmp(calls[i].name, name) == 0)
			return calls[i].number;
	return -1;
}

const char *call_name(int number)
{
	for (size_t i = 0; i < CALLS; i++)
		if (calls[i].number == number)
			return calls[i].name;
	return "?";
}

int call_error(const char *name)
{
	enum { ERRORS = 134 };
	for (int number = 1; number < ERRORS; number++) {
		const char *const here = strerrorname_np(number);
		if (here && strcmp(here, name) == 0)
			return number;
	}
	return -1;
}
