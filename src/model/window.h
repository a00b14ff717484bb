/* The arithmetic of the measuring window: pure functions of times in ns, used by the engine to
 * give roles and by the analysis to weigh tasks. */
#ifndef MODEL_WINDOW_H
#define MODEL_WINDOW_H

#include "model/record.h"

#include <stdint.h>

/* How long the interval [start, end) overlaps the window, 0 or more ns. */
int64_t window_overlap_ns(int64_t start_ns, int64_t end_ns, int64_t window_start_ns,
                          int64_t window_end_ns);

/* The weight v of a task: its overlap with the window over its wall time, 0 to 1. A task of no
 * length weighs 1 inside the window, 0 outside. */
double window_weight(int64_t start_ns, int64_t end_ns, int64_t window_start_ns,
                     int64_t window_end_ns);

/* The role of a task that ran [start, end) in a trial whose window is as given; window_start_ns
 * RECORD_ABSENT: no window was opened, everything was warm-up. */
enum task_role window_role(int64_t start_ns, int64_t end_ns, int64_t window_start_ns,
                           int64_t window_end_ns);

/* Whether a task is measured in its trial: it overlaps the window. Of a trial of which it is known
 * only how long its tasks took, all are; of one without a window, none. */
bool window_is_measured(const struct trial_record *trial, const struct task_record *task);

#endif
