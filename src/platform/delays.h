/* Where a task's time off the CPU went, as the kernel's own accounting of its root process tells
 * while that is a zombie: waiting for a CPU, for block I/O, for pages that memory had no room for.
 *
 *   taskstats          all three, in ns; needs CAP_NET_ADMIN, and kernel.task_delayacct=1 for the
 *                      last two
 *   /proc/PID/schedstat  waiting for a CPU, in ns; any user
 *   /proc/PID/stat     block I/O in steps of the kernel's clock tick; any user, and
 *                      kernel.task_delayacct=1
 *
 * The kernel accounts threads, so that this is the main thread of the root: delays_keep leaves out
 * a task in which others did the work. plateau changes no setting; what is missing has a reason
 * with the remedy. Main thread only. */
#ifndef PLATFORM_DELAYS_H
#define PLATFORM_DELAYS_H

#include "model/record.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct delays;
struct error;

enum delay_kind { DELAY_RUN, DELAY_BLOCK, DELAY_PAGE_IN, DELAY_KINDS };

/* "task_run_delay", ...: the names of the host facts that say where each comes from. */
extern const char *const delay_fact_names[DELAY_KINDS];

/* Of one task, ns; RECORD_ABSENT where it is not known. */
struct delay_figures {
	int64_t cpu_ns; /* time on a CPU, of what is accounted here */
	int64_t delay_ns[DELAY_KINDS];
};

/* Finds out what there is. sysroot: NULL for this machine; a recorded tree can be asked for its
 * sources, not for tasks. Returns 0 or -ENOMEM. */
int delays_open(const char *sysroot, struct delays **ret_delays, struct error *err);
/* NULL is allowed. */
void delays_close(struct delays *delays);

/* Where a figure comes from, in words; NULL: nowhere, and *ret_reason says why and what to do. Both
 * live as long as delays. */
const char *delays_source(const struct delays *delays, enum delay_kind kind,
                          const char **ret_reason);

/* Looks again whether the kernel accounts delays: before each trial, since an administrator may
 * have switched it off, and then all of them would seem to be 0. */
void delays_look_again(struct delays *delays);

/* Reads the figures of a root that has ended and is not reaped. NULL delays: all absent. */
struct delay_figures delays_read(struct delays *delays, pid_t root);

enum delays_fate {
	DELAYS_KEPT,        /* or there were none */
	DELAYS_OF_OTHERS,   /* other threads or children did the work: its delays are not the task's
	                     */
	DELAYS_IMPLAUSIBLE, /* longer than the task was off the CPU (since Linux 6.12 the kernel now
	                     * and then takes a wrong moment for the beginning of a wait) */
	DELAYS_FATES
};

/* Puts them into a record that has its times, user_ns and system_ns; all stay absent where they
 * are not the task's, or not to be believed. */
enum delays_fate delays_keep(const struct delay_figures *figures, struct task_record *record);

/* Pure parts, for tests: block I/O and pages from what taskstats tells; the two files' texts, -1 or
 * false for a text that is not one. */
struct taskstats_figures;
void delays_take_waits(const struct taskstats_figures *asked, struct delay_figures *figures);
bool delays_parse_schedstat(const char *text, int64_t *ret_cpu_ns, int64_t *ret_run_ns);
int64_t delays_parse_block_ticks(const char *stat_text);

#endif
