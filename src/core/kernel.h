/* Calls of the kernel that a C library may lack (musl before 1.2.5) or know under newer names only
 * than those that it has (glibc before 2.32): made by number, by what the kernel promises. */
#ifndef CORE_KERNEL_H
#define CORE_KERNEL_H

#include <stdbool.h>
#include <sys/syscall.h>

#ifndef SYS_close_range /* Linux 5.9; the same number on every machine */
#define SYS_close_range 436
#endif

/* Renames as renameat(2), and never over a name that is taken. Returns 0, or -1 with errno: EEXIST;
 * EINVAL or ENOSYS where the file system or the kernel cannot. */
int kernel_rename_new(int from_fd, const char *from, int to_fd, const char *to);

/* Whether something is mounted on the open folder, into *ret_is. False, *ret_is untouched, where
 * the kernel does not tell (before 5.8). */
bool kernel_is_mount_root(int fd, bool *ret_is);

#endif
