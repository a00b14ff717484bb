/* The name under which a result is kept: whether it may be written, what lies beside it, and giving
 * it to a finished file without replacing anything. */
#ifndef STORE_TARGET_H
#define STORE_TARGET_H

#include <stdbool.h>

struct error;

/* Whether a running plateau writes the file at path. */
bool target_is_live(const char *path);

/* Whether path may be written: free, or a plain file that force allows to be replaced. Returns 0,
 * -EEXIST, -EBUSY, -EISDIR, -EINVAL or -errno. */
int target_check(const char *path, bool force, struct error *err);

/* Removes the logs that SQLite left beside path. Returns 0 or -errno. */
int target_remove_logs(const char *path, struct error *err);

/* Removes the database, then its logs. Returns 0 or -errno. */
int target_remove(const char *path, struct error *err);

/* Renames without replacing. Returns 0, -EEXIST or -errno. */
int target_rename(const char *from, const char *to, struct error *err);

/* So that the name survives a power cut; a file system that cannot do it loses no more. */
void target_sync_folder(const char *path);

#endif
