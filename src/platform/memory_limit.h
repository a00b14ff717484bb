/* The limit on the memory of each slot's task: control groups where this process may make them,
 * else a limit on the address space of each process.
 *
 *   version 2  own group delegated (writable, the memory controller there): PLATEAU/SLOT below it.
 *              Version 2 lets no group have both processes and limited sub-groups: plateau moves
 *              aside (into PLATEAU-main) where nobody else is in the group.
 *   version 1  the memory hierarchy is writable: PLATEAU/SLOT below the own group
 *   otherwise  RLIMIT_AS, which bounds each process on its own, and address space rather than
 * memory
 *
 * The groups are removed by memory_limit_close. As long as a run lives, it holds a lock (flock) of
 * its group PLATEAU. Every path is read below a sysroot. */
#ifndef PLATFORM_MEMORY_LIMIT_H
#define PLATFORM_MEMORY_LIMIT_H

#include <stdint.h>

struct error;
struct memory_limit;

enum memory_limit_way { MEMORY_LIMIT_CGROUP2, MEMORY_LIMIT_CGROUP1, MEMORY_LIMIT_ADDRESS_SPACE };

/* Prepares a limit of `bytes` for each of slot_count slots. run_id makes the names of the groups:
 * no two parts of runs have the same one. sysroot NULL or "": this machine. Groups that cannot be
 * had are no error: see memory_limit_way. Returns 0 or -ENOMEM. */
int memory_limit_open(const char *sysroot, const char *run_id, uint32_t slot_count, int64_t bytes,
                      struct memory_limit **ret_limit, struct error *err);

/* Ends what may still be in the groups and removes them. NULL is allowed. */
void memory_limit_close(struct memory_limit *limit);

/* Removes the groups that the run has left behind because it was killed; its processes have been
 * ended. The caller must be in the group in which the run was begun. */
void memory_limit_sweep(const char *run_id);

/* Removes the groups that parts of the run left behind which were killed together with their
 * guardians: those whose names begin with run_id and that nobody holds a lock of. own_id is the
 * caller's own part. */
void memory_limit_clear(const char *run_id, const char *own_id);

enum memory_limit_way memory_limit_way(const struct memory_limit *limit);

/* In words: which way, and why not a better one. */
const char *memory_limit_text(const struct memory_limit *limit);

/* The file into which a process of the slot writes "0" to be limited, before it executes its
 * command; NULL when the way is ADDRESS_SPACE. */
const char *memory_limit_procs(const struct memory_limit *limit, uint32_t slot);

/* For RLIMIT_AS: bytes, or 0 when there are groups. */
int64_t memory_limit_address_space(const struct memory_limit *limit);

/* How many processes of the slot the kernel has ended for the limit since the last call. Allocates
 * nothing. */
int64_t memory_limit_kills(struct memory_limit *limit, uint32_t slot);

#endif
