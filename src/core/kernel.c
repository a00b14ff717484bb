#include "core/kernel.h"

#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
	BASIC_FACTS = 0x7ff,       /* STATX_BASIC_STATS */
	NO_REPLACE = 1,            /* RENAME_NOREPLACE */
	ATTRIBUTE_ROOT = 0x2000,   /* STATX_ATTR_MOUNT_ROOT */
	ATTRIBUTES_KNOWN_WORD = 7, /* where statx(2) puts its masks, in words of 8 bytes */
	ATTRIBUTES_WORD = 1,
	STATX_WORDS = 32
};

int kernel_rename_new(int from_fd, const char *from, int to_fd, const char *to)
{
	return (int)syscall(SYS_renameat2, from_fd, from, to_fd, to, NO_REPLACE);
}

bool kernel_is_mount_root(int fd, bool *ret_is)
{
	uint64_t facts[STATX_WORDS] = {0}; /* struct statx */
	if (syscall(SYS_statx, fd, "", AT_EMPTY_PATH, BASIC_FACTS, facts) != 0 ||
	    !(facts[ATTRIBUTES_KNOWN_WORD] & ATTRIBUTE_ROOT))
		return false;
	*ret_is = facts[ATTRIBUTES_WORD] & ATTRIBUTE_ROOT;
	return true;
}
