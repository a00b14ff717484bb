/* Descendants of tasks that were handed to plateau when their parents ended, because plateau is
 * the reaper of its descendants: daemons that left their task's process group. Whose one is, its
 * environment says; else its output, which goes to the files of a slot; else it belongs to the one
 * task that was running when it was started. Where more than one was, it is nobody's: it lives on
 * until the trial's end rather than that another task is blamed, or a helper ended that its task
 * still waits for. One whose task is over already is a stray and is ended at once. Used by run/crew
 * alone. */
#ifndef RUN_ORPHANS_H
#define RUN_ORPHANS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct error;
struct orphans;
struct streams;

/* Children that exist already are left alone. streams knows the files of the slots and must outlive
 * the orphans; NULL: they are not asked for. Where the kernel cannot list children,
 * orphans are never found, and process groups alone are watched. Returns 0 or -errno. */
int orphans_open(const char *run_id, uint32_t slot_count, const struct streams *streams,
                 struct orphans **ret_orphans, struct error *err);
void orphans_close(struct orphans *orphans);

/* pid is the root of the task `index` in `slot`, which is being started now. */
void orphans_expect(struct orphans *orphans, pid_t pid, uint32_t slot, uint32_t index);

/* The root pid has ended and was reaped. */
void orphans_root_ended(struct orphans *orphans, pid_t pid);

/* Looks for new orphans, when the roots of these slots have just ended and been reaped (none is
 * allowed): they may be theirs. */
void orphans_find(struct orphans *orphans, const uint32_t *ended, size_t ended_count);

/* A child that was no root has ended and was reaped. */
void orphans_ended(struct orphans *orphans, pid_t pid);

/* How many live orphans a slot has. */
uint32_t orphans_of(const struct orphans *orphans, uint32_t slot);

/* Sends a signal to a slot's orphans, and to the process groups that they lead. */
void orphans_signal(const struct orphans *orphans, uint32_t slot, int signal_number);

/* How many were nobody's since the last call. */
uint32_t orphans_take_unowned(struct orphans *orphans);

/* When no task runs: ends every orphan, new ones too, for at most 2 s. Returns how many are left.
 */
size_t orphans_end_all(struct orphans *orphans);

#endif
