/* What kind of file system a folder is on. */
#ifndef PLATFORM_FILESYSTEM_H
#define PLATFORM_FILESYSTEM_H

#include <stdbool.h>

/* Whether what is written there goes to another machine, or through a program (FUSE), so that
 * locks and the order of writes are not what a database can rely on: NFS, Lustre, GPFS, CIFS,
 * BeeGFS, Ceph, 9p, FUSE and others. *ret_name says which ("nfs"); it is static. False where the
 * folder cannot be looked at.
 *
 * For tests: a folder at or below PLATEAU_TREAT_AS_NETWORK counts as one ("test"). */
bool filesystem_is_network(const char *folder, const char **ret_name);

/* The name of the kind of file system that a file or folder is on ("ext4", "tmpfs", "nfs"; static),
 * and whether it is one as above; NULL where it cannot be looked at, or is of a kind without a name
 * here. */
const char *filesystem_kind(const char *path, bool *ret_is_network);

#endif
