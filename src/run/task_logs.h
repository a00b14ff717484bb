/* From the logs of tasks to their phases, after a trial. The stamps of a log are calendar times; a
 * task's phases are put on the run's clock by what the calendar said when the task ended. They
 * follow one another from the task's start to its end: before the first stamp, then from each stamp
 * to the next.
 *
 * What is wrong with a log is told once in a run for each kind of fault, however many tasks it
 * befalls. */
#ifndef RUN_TASK_LOGS_H
#define RUN_TASK_LOGS_H

#include "model/record.h"
#include "model/scenario.h"

#include <stdint.h>

struct error;
struct log_place;
struct sink;
struct task_logs;

/* Above this many stamps a log gives no phases. */
enum { TASK_LOGS_MOST_STAMPS = 20000 };

struct task_log {
	uint32_t trial;
	uint32_t index;
	int64_t start_ns; /* of the task, since the run's origin */
	int64_t end_ns;
	int64_t start_offset_ns; /* calendar time less time since the origin: when it started, */
	int64_t end_offset_ns;   /* and when it ended */
};

/* phases must outlive it, and have a format. Returns 0, -EINVAL or -ENOMEM. */
int task_logs_open(const struct scenario_phases *phases, struct task_logs **ret_logs,
                   struct error *err);
void task_logs_close(struct task_logs *logs);

/* Reads the log at place (fd -1, with why_closed in words: it could not be opened) and puts the
 * task's phases into the sink. A log that cannot be used is no error, but told by the next
 * task_logs_tell. Returns 0, or -errno of the sink. */
int task_logs_read(struct task_logs *logs, const struct task_log *task,
                   const struct log_place *place, const char *why_closed, const struct sink *sink,
                   struct error *err);

/* Of a task whose log was too long to be kept until the trial had ended. */
void task_logs_not_kept(struct task_logs *logs, const struct task_log *task);

/* Puts an event for every kind of fault that was met and not told before. Returns 0, or -errno of
 * the sink. */
int task_logs_tell(struct task_logs *logs, int64_t now_ns, const struct sink *sink,
                   struct error *err);

/* The fault that was told first, in words, or NULL. */
const char *task_logs_fault(const struct task_logs *logs);

#endif
