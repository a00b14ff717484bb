/* What tasks print: files per slot and stream in a folder of the run, emptied after a task whose
 * output is not kept, and set aside for one whose output is. Every slot has two sets of files, used
 * in turn, so that a task can start before the output of the one before it is dealt with. Heads and
 * tails of those set aside are read and handed on after the trial, outside the measured path. */
#ifndef RUN_STREAMS_H
#define RUN_STREAMS_H

#include "model/record.h"
#include "model/scenario.h"

#include <stddef.h>
#include <stdint.h>

struct error;
struct sink;
struct streams;

enum {
	STREAMS_PART_BYTES = 8192, /* of the head and of the tail */
	STREAMS_MOST_KEPT =
	        2000 /* set aside in one trial; what comes beyond is dropped, and said */
};

/* Opens the files of slot_count slots inside the folder open as folder_fd (which stays the
 * caller's). With KEEP_NONE everything goes to /dev/null. Returns 0 or -errno. */
int streams_open(int folder_fd, uint32_t slot_count, enum keep_output keep,
                 struct streams **ret_streams, struct error *err);
void streams_close(struct streams *streams);

/* Turns the slot to its other set of files, for the next task. Returns the set's number. */
int streams_turn(struct streams *streams, uint32_t slot);

/* The descriptor that becomes stdin (0), stdout (1) or stderr (2) of the slot's next task. */
int streams_fd(const struct streams *streams, uint32_t slot, int stream);

/* The task that had the slot's set of files has ended, and nothing of it writes any more: keeps or
 * empties them. */
void streams_finish(struct streams *streams, uint32_t slot, int set,
                    const struct task_record *task);

/* Hands what was kept in this trial to the sink and removes it. *ret_dropped gets how many
 * outputs could not be kept. Returns 0, or -errno of the sink. */
int streams_flush(struct streams *streams, const struct sink *sink, uint64_t *ret_dropped,
                  struct error *err);

#endif
