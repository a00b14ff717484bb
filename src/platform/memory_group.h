/* Control groups as folders with small files; private to memory_limit.c and memory_sweep.c. Nothing
 * here allocates, but group_for_members and what removes groups. */
#ifndef PLATFORM_MEMORY_GROUP_H
#define PLATFORM_MEMORY_GROUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { GROUP_PATH_BYTES = 4096 };

/* For opening a file of a group to write. In a recorded tree the kernel does not make the files of
 * a new group. */
int group_write_flags(bool is_recorded);

/* Writes to folder/name. Returns 0 or -errno. */
int group_write(const char *folder, const char *name, const char *text, bool is_recorded);
int group_write_number(const char *folder, const char *name, int64_t value, bool is_recorded);

/* The beginning of a file as text; false when it cannot be read. */
bool group_read(const char *path, char *text, size_t text_bytes);

/* Calls act for every process in the group; returns how many there are, -1 when that cannot be
 * read. */
int group_for_members(const char *folder, void (*act)(pid_t pid, void *context), void *context);

/* Moves a process into the group at the path that context is. */
void group_move_to(pid_t pid, void *context);

/* Removes a group and those that its tasks have made in it. One that still has members cannot be:
 * they are ended and waited for, for half a second and not beyond until_ns (monotonic); what is
 * tried later is tried once. */
void group_remove(const char *folder, int64_t until_ns);

/* A time until which to wait for several groups, however many there are. */
int64_t group_remove_until(void);

#endif
