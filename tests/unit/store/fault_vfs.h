/* A file system for SQLite that works as the real one until the k-th call, and then fails: the
 * disk is full, a read gives an error or too few bytes, a sync fails. */
#ifndef TESTS_STORE_FAULT_VFS_H
#define TESTS_STORE_FAULT_VFS_H

#include <stdbool.h>
#include <stdint.h>

enum fault {
	FAULT_NONE,
	FAULT_FULL,       /* writes and truncations: ENOSPC */
	FAULT_WRITE,      /* the same: EIO */
	FAULT_HALF_WRITE, /* a write puts half of its bytes down, then EIO */
	FAULT_READ,       /* reads: EIO */
	FAULT_SHORT_READ, /* reads: fewer bytes than asked for, the rest zero */
	FAULT_SYNC,       /* fsync: EIO */
	FAULT_OPEN,       /* opening a file: EMFILE */
	FAULT_DELETE,     /* removing a file: EIO */
	FAULT_LOCK,       /* locking and size: EIO */
	FAULTS
};

extern const char *const fault_names[];

/* Makes it the one that every database opened later goes through. Once per process. */
void fault_vfs_install(void);

/* From the k-th call of this kind on (1 is the first), or at that call alone, it fails. The count
 * begins anew. */
void fault_vfs_arm(enum fault fault, uint64_t k, bool is_lasting);

/* Nothing fails any more. Returns whether something did. */
bool fault_vfs_disarm(void);

#endif
