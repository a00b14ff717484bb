/* The name under which a result is kept: whether it may be written, what lies beside it, and giving
 * it to a finished file without replacing anything. */
#ifndef STORE_TARGET_H
#define STORE_TARGET_H

#include <stdbool.h>

struct error;

/* The path of the file itself where path is a symbolic link to it, else path: SQLite keeps its logs
 * beside the file itself. The caller frees it. Returns 0 or -ENOMEM. */
int target_resolve(const char *path, char **ret_real, struct error *err);

/* Whether the file at path begins as a result or a campaign does. */
bool target_is_result(const char *path);

/* Whether a running plateau writes the file at path. */
bool target_is_live(const char *path);

/* Whether path may be written: free, or a result that force allows to be replaced. Returns 0,
 * -EEXIST, -EBUSY, -EISDIR, -EINVAL, -ENAMETOOLONG or -errno. */
int target_check(const char *path, bool force, struct error *err);

/* Whether path is the name of the open file. */
bool target_is_own(const char *path, int fd);

/* Waits until nobody else of plateau takes or removes names in path's folder, for 5 s at most:
 * others may hold it, too. Returns a descriptor that is closed to let the next one in; -1 where
 * that cannot be had. For local file systems. */
int target_lock_folder(const char *path);

/* Removes the unfinished files of killed runs beside path (PATH.new-XXXXXXXX,
 * PATH.where.new-XXXXXXXX and their journals): those that nobody holds. */
void target_clear(const char *path);

/* Removes the logs that SQLite left beside path. Returns 0 or -errno. */
int target_remove_logs(const char *path, struct error *err);

/* Removes the database, then its logs. Returns 0 or -errno. */
int target_remove(const char *path, struct error *err);

/* Renames without replacing. Returns 0, -EEXIST or -errno. */
int target_rename(const char *from, const char *to, struct error *err);

/* So that the name survives a power cut; a file system that cannot do it loses no more. */
void target_sync_folder(const char *path);

#endif
