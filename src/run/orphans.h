/* Descendants of tasks that were handed to plateau when their parents ended, because plateau is
 * the reaper of its descendants: daemons that left their task's process group. One that is found
 * while its task's slot is not empty belongs to that slot (by its environment, else to the slot
 * whose root has just ended); one whose task is over already is a stray and is ended at once, and
 * nobody else is blamed for it. Used by run/crew alone. */
#ifndef RUN_ORPHANS_H
#define RUN_ORPHANS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct error;
struct orphans;

/* Children that exist already are nobody's and left alone. Where the kernel cannot list children,
 * orphans are never found, and process groups alone are watched. Returns 0 or -errno. */
int orphans_open(const char *run_id, uint32_t slot_count, struct orphans **ret_orphans,
                 struct error *err);
void orphans_close(struct orphans *orphans);

/* pid is the root of the task `index` in `slot` from now on. */
void orphans_expect(struct orphans *orphans, pid_t pid, uint32_t slot, uint32_t index);

/* The root pid has ended and was reaped. */
void orphans_root_ended(struct orphans *orphans, pid_t pid);

/* Looks for new orphans; those that name no slot are strays. */
void orphans_find(struct orphans *orphans);

/* The same when a root of `slot` has just ended: those that name no slot are its. */
void orphans_find_of(struct orphans *orphans, uint32_t slot);

/* A child that was no root has ended and was reaped. */
void orphans_ended(struct orphans *orphans, pid_t pid);

/* How many live orphans a slot has. */
uint32_t orphans_of(const struct orphans *orphans, uint32_t slot);

/* Sends a signal to a slot's orphans, and to the process groups that they lead. */
void orphans_signal(const struct orphans *orphans, uint32_t slot, int signal_number);

/* When no task runs: ends every orphan, new ones too, for at most 2 s. Returns how many are left.
 */
size_t orphans_end_all(struct orphans *orphans);

#endif
