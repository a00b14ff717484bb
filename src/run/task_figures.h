/* From what tasks print to the numbers that task.figures names, after a trial. A task that prints
 * no such number has none. That is told once in a run for each figure, with the first task that it
 * befalls. */
#ifndef RUN_TASK_FIGURES_H
#define RUN_TASK_FIGURES_H

#include "model/scenario.h"

#include <stdint.h>

struct error;
struct log_place;
struct sink;
struct task_figures;
struct task_log;

/* asked must outlive it, and name some. Returns 0 or -ENOMEM. */
int task_figures_open(const struct scenario_figures *asked, struct task_figures **ret_figures,
                      struct error *err);
void task_figures_close(struct task_figures *figures);

/* Reads what the task printed at place (fd -1, with why_closed in words: it could not be opened)
 * and puts its figures into the sink, where it has any. Returns 0, or -errno of the sink or
 * -ENOMEM. */
int task_figures_read(struct task_figures *figures, const struct task_log *task,
                      const struct log_place *place, const char *why_closed,
                      const struct sink *sink, struct error *err);

/* Of a task that printed too much to be kept until the trial had ended. */
void task_figures_not_kept(struct task_figures *figures, const struct task_log *task);

/* Puts an event for everything that was missed and not told before. Returns 0, or -errno of the
 * sink. */
int task_figures_tell(struct task_figures *figures, int64_t now_ns, const struct sink *sink,
                      struct error *err);

/* The fault that was told first, in words, or NULL. */
const char *task_figures_fault(const struct task_figures *figures);

#endif
