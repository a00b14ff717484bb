/* What tasks print, and the logs that they write: files per slot and stream in a folder of the run,
 * emptied after a task whose output is not kept, and set aside for one whose output is. Every slot
 * has two sets of files, used in turn, so that a task can start before the output of the one before
 * it is dealt with. Heads and tails of those set aside are read and handed on after the trial,
 * outside the measured path; so are the phases that their logs tell of (run/task_logs) and the
 * numbers that they print (run/task_figures), where the scenario asks for them. */
#ifndef RUN_STREAMS_H
#define RUN_STREAMS_H

#include "model/record.h"
#include "model/scenario.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct error;
struct sink;
struct streams;

enum {
	STREAMS_PART_BYTES = 8192, /* of the head and of the tail */
	/* Set aside in one trial; what comes beyond is dropped, and said. */
	STREAMS_MOST_KEPT = 2000,
	STREAMS_MOST_LOGS = 50000
};

/* All logs of a trial together, as long as they wait to be read; beyond it they are dropped, and
 * that is said: the temporary folder may be in memory. */
#define STREAMS_MOST_LOG_BYTES (1LL << 30)

struct streams_settings {
	int folder_fd;   /* for the files; stays the caller's */
	int workdirs_fd; /* holds the working folder of every slot, named by its number */
	uint32_t slot_count;
	enum keep_output keep;
	const struct scenario_phases *phases;   /* format PHASES_NONE: no logs are read */
	const struct scenario_figures *figures; /* without names: no figures are */
	int64_t origin_ns;                      /* monotonic time that becomes 0 */
};

/* Opens the files of all slots. Streams of which nothing is kept go to /dev/null. settings->phases
 * and figures must outlive the streams. Returns 0 or -errno. */
int streams_open(const struct streams_settings *settings, struct streams **ret_streams,
                 struct error *err);
void streams_close(struct streams *streams);

/* Turns the slot to its other set of files, for the next task. Returns the set's number. */
int streams_turn(struct streams *streams, uint32_t slot);

/* The descriptor that becomes stdin (0), stdout (1) or stderr (2) of the slot's next task. */
int streams_fd(const struct streams *streams, uint32_t slot, int stream);

/* The slot whose task prints to this file, or -1. */
int64_t streams_slot_of(const struct streams *streams, dev_t device, ino_t inode);

/* The task that had the slot's set of files has ended, and nothing of it writes any more: keeps or
 * empties them. */
void streams_finish(struct streams *streams, uint32_t slot, int set,
                    const struct task_record *task);

/* Hands what was kept in this trial to the sink and removes it; of the logs, the phases and figures
 * of tasks that overlap the window (whose start is RECORD_ABSENT where there was none). To be
 * called before the working folders are emptied. *ret_dropped gets how many outputs could not be
 * kept. Returns 0, or -errno of the sink. */
int streams_flush(struct streams *streams, int64_t window_start_ns, int64_t window_end_ns,
                  const struct sink *sink, uint64_t *ret_dropped, struct error *err);

/* What was wrong with a task's log or figures, the first time that something was, in words; NULL:
 * nothing. */
const char *streams_log_fault(const struct streams *streams);

#endif
