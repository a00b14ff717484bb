/* The limit on the memory of each slot's task, and the most that its whole tree held: control
 * groups where this process may make them, else a limit on the address space of each process and no
 * peak.
 *
 *   version 2  own group delegated (writable, the memory controller there): PLATEAU/SLOT below it.
 *              Version 2 lets no group have both processes and limited sub-groups: plateau moves
 *              aside (into PLATEAU-main) where nobody else is in the group.
 *   version 1  the memory hierarchy is writable: PLATEAU/SLOT below the own group
 *   otherwise  RLIMIT_AS, which bounds each process on its own, and address space rather than
 * memory
 *
 * A peak belongs to one task: it is set back before each, where the kernel can do that and earlier
 * tasks have left next to nothing in the group (files in the page cache stay charged to whoever
 * touched them first); otherwise the group is made anew.
 *
 * The groups are removed by memory_limit_close. As long as a run lives, it holds a lock (flock) of
 * its group PLATEAU. Every path is read below a sysroot. */
#ifndef PLATFORM_MEMORY_LIMIT_H
#define PLATFORM_MEMORY_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

struct error;
struct memory_limit;

enum memory_limit_way { MEMORY_LIMIT_CGROUP2, MEMORY_LIMIT_CGROUP1, MEMORY_LIMIT_ADDRESS_SPACE };

/* Prepares a limit of `bytes` for each of slot_count slots; 0: no limit, the groups are for the
 * peak alone, and are made only where joining them is cheap, or at_any_cost. run_id makes the names
 * of the groups: no two parts of runs have the same one. sysroot NULL or "": this machine. Groups
 * that cannot be had are no error: see memory_limit_way. Returns 0 or -ENOMEM. */
int memory_limit_open(const char *sysroot, const char *run_id, uint32_t slot_count, int64_t bytes,
                      bool at_any_cost, struct memory_limit **ret_limit, struct error *err);

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

/* Where peaks come from, or why there are none, in words. */
const char *memory_limit_peak_text(const struct memory_limit *limit);
bool memory_limit_has_peak(const struct memory_limit *limit);

/* To be called before the slot's task is started, when nothing of the last one is left. Allocates
 * little (the kernel's folder at most), and costs some us. */
void memory_limit_begin(struct memory_limit *limit, uint32_t slot);

/* The most that the slot's group held since then, bytes: all processes, the page cache of files
 * that they touched first, and what the kernel holds for them. -1: not known. */
int64_t memory_limit_peak(const struct memory_limit *limit, uint32_t slot);

/* The file into which a process of the slot (one thread) writes "0" to be limited, before it
 * executes its command; NULL when there is no group. */
const char *memory_limit_procs(const struct memory_limit *limit, uint32_t slot);

/* For RLIMIT_AS: bytes, or 0 when there are groups. */
int64_t memory_limit_address_space(const struct memory_limit *limit);

/* How many processes of the slot the kernel has ended for the limit since the last call; 0 where
 * the groups are for the peak alone. Allocates nothing. */
int64_t memory_limit_kills(struct memory_limit *limit, uint32_t slot);

#endif
