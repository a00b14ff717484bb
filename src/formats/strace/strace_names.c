/* Names that strace writes instead of numbers. */
#include "core/array.h"
#include "formats/strace/strace_parts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct named {
	const char *name;
	uint64_t value;
};

/* Numbers of Linux on x86-64, whatever this machine has. No two calls give one name two numbers. */
static const struct named flags[] = {
        {"O_RDONLY", 0},
        {"O_WRONLY", 01},
        {"O_RDWR", 02},
        {"O_CREAT", 0100},
        {"O_EXCL", 0200},
        {"O_NOCTTY", 0400},
        {"O_TRUNC", 01000},
        {"O_APPEND", 02000},
        {"O_NONBLOCK", 04000},
        {"O_DSYNC", 010000},
        {"O_DIRECT", 040000},
        {"O_LARGEFILE", 0100000},
        {"O_DIRECTORY", 0200000},
        {"O_NOFOLLOW", 0400000},
        {"O_NOATIME", 01000000},
        {"O_CLOEXEC", 02000000},
        {"O_SYNC", 04010000},
        {"O_PATH", 010000000},
        {"O_TMPFILE", 020200000},
        {"__O_SYNC", 04000000},
        {"__O_TMPFILE", 020000000},
        {"FASYNC", 020000},
        {"CLONE_VM", 0x100},
        {"CLONE_FS", 0x200},
        {"CLONE_FILES", 0x400},
        {"CLONE_VFORK", 0x4000},
        {"CLONE_THREAD", 0x10000},
        {"CLOSE_RANGE_UNSHARE", 2},
        {"CLOSE_RANGE_CLOEXEC", 4},
        {"RENAME_NOREPLACE", 1},
        {"RENAME_EXCHANGE", 2},
        {"RENAME_WHITEOUT", 4},
        {"AT_REMOVEDIR", 0x200},
        {"AT_EMPTY_PATH", 0x1000},
        {"AT_SYMLINK_NOFOLLOW", 0x100},
        {"AT_SYMLINK_FOLLOW", 0x400},
        {"FALLOC_FL_KEEP_SIZE", 1},
        {"FALLOC_FL_PUNCH_HOLE", 2},
};

uint64_t strace_flags(const char *text)
{
	uint64_t value = 0;
	for (;;) {
		const size_t length = strcspn(text, "|, })");
		for (size_t i = 0; i < ARRAY_LENGTH(flags); i++) {
			if (strlen(flags[i].name) == length &&
			    memcmp(flags[i].name, text, length) == 0)
				value |= flags[i].value;
		}
		if (*text >= '0' && *text <= '9')
			value |= strtoull(text, NULL, 0);
		text += length;
		if (*text != '|')
			return value;
		text++;
	}
}

#define NAMED(name)                                                                                \
	{                                                                                          \
#name, name                                                                        \
	}

static const struct named errors[] = {
        NAMED(EPERM),
        NAMED(ENOENT),
        NAMED(ESRCH),
        NAMED(EINTR),
        NAMED(EIO),
        NAMED(ENXIO),
        NAMED(E2BIG),
        NAMED(ENOEXEC),
        NAMED(EBADF),
        NAMED(ECHILD),
        NAMED(EAGAIN),
        NAMED(ENOMEM),
        NAMED(EACCES),
        NAMED(EFAULT),
        NAMED(ENOTBLK),
        NAMED(EBUSY),
        NAMED(EEXIST),
        NAMED(EXDEV),
        NAMED(ENODEV),
        NAMED(ENOTDIR),
        NAMED(EISDIR),
        NAMED(EINVAL),
        NAMED(ENFILE),
        NAMED(EMFILE),
        NAMED(ENOTTY),
        NAMED(ETXTBSY),
        NAMED(EFBIG),
        NAMED(ENOSPC),
        NAMED(ESPIPE),
        NAMED(EROFS),
        NAMED(EMLINK),
        NAMED(EPIPE),
        NAMED(EDOM),
        NAMED(ERANGE),
        NAMED(EDEADLK),
        NAMED(ENAMETOOLONG),
        NAMED(ENOLCK),
        NAMED(ENOSYS),
        NAMED(ENOTEMPTY),
        NAMED(ELOOP),
        NAMED(ENODATA),
        NAMED(ETIME),
        NAMED(EREMOTE),
        NAMED(ENOLINK),
        NAMED(EPROTO),
        NAMED(EBADMSG),
        NAMED(EOVERFLOW),
        NAMED(EUSERS),
        NAMED(ENOTSOCK),
        NAMED(EOPNOTSUPP),
        NAMED(ENETDOWN),
        NAMED(ECONNRESET),
        NAMED(ECONNREFUSED),
        NAMED(ENOBUFS),
        NAMED(EISCONN),
        NAMED(ENOTCONN),
        NAMED(ETIMEDOUT),
        NAMED(EHOSTDOWN),
        NAMED(EINPROGRESS),
        NAMED(ESTALE),
        NAMED(EDQUOT),
        NAMED(ECANCELED),
        NAMED(EUCLEAN),
        NAMED(EREMOTEIO),
        {"ENOTSUP", EOPNOTSUPP},
};

int strace_errno(const char *name, size_t length)
{
	for (size_t i = 0; i < ARRAY_LENGTH(errors); i++) {
		if (strlen(errors[i].name) == length && memcmp(errors[i].name, name, length) == 0)
			return (int)errors[i].value;
	}
	return EIO;
}
