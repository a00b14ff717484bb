/* The stages of summary_build, in the order in which it calls them. For analyse/summary*.c. */
#ifndef ANALYSE_SUMMARY_PARTS_H
#define ANALYSE_SUMMARY_PARTS_H

#include "analyse/quantile.h"
#include "analyse/summary.h"

struct str;

/* The least concurrency-to-held share that is not warned of. */
#define SUMMARY_HELD_LEAST 0.98

/* CPU time, and waits, may pass wall time by the grain of the kernel's clocks. */
#define SUMMARY_GRAIN_NS   10000000
#define SUMMARY_GRAIN_PART 0.01

/* Fills one trial's figures in; trial->trial, level and tasks are set. concurrency is its level's.
 */
void summary_measure_trial(struct trial_summary *trial, uint32_t concurrency,
                           struct weighted_value *scratch);

/* The weight v of one of the trial's tasks, 0 when it is not a measured one. */
double summary_task_weight(const struct trial_summary *trial, const struct task_record *task);

/* True when the task overlaps the trial's window, or nobody knows when it ran. */
bool summary_task_is_measured(const struct trial_summary *trial, const struct task_record *task);

/* True when the trial counts for the level with this index. */
bool summary_trial_is_used(const struct trial_summary *trial, size_t level);

/* The trial of a block that counts for the level with this index, or NULL. */
const struct trial_summary *summary_trial_of(const struct summary *summary, size_t level,
                                             uint32_t block);

/* Throughput, spreads and occupancy of one level. scratch and values have room for the tasks of all
 * trials, and for one figure of every trial. */
void summary_measure_level(struct summary *summary, size_t index, struct weighted_value *scratch,
                           double *values);

/* Chooses the baseline of every policy and works the efficiencies out; values has room for two
 * figures of every trial. Returns 0 or -ENOMEM (for the warnings). */
int summary_measure_efficiency(struct summary *summary, double *values, struct error *err);

/* Counters per event and the frequency of one level. values as in summary_measure_level. */
void summary_measure_counters(struct summary *summary, size_t level, double *values);

/* Sentences on counters that cannot be, that were scaled up, and that some levels did not count;
 * nothing is added where there is nothing to say. */
void summary_find_implausible(const struct summary *summary, struct str *text);
void summary_find_multiplexed(const struct summary *summary, struct str *text);
void summary_find_not_in_turn(const struct summary *summary, struct str *text);

/* What plateau itself cost. */
void summary_measure_harness(struct summary *summary, struct weighted_value *scratch);

/* Appends a warning. Returns 0 or -ENOMEM. */
int summary_warn(struct summary *summary, const char *code, const char *text, struct error *err);

/* Puts what is serious first and what a reader only has to know last; what is alike stays in its
 * order. Returns 0 or -ENOMEM. */
int summary_sort_warnings(struct summary *summary, struct error *err);

/* Every warning that the figures call for, and the dataset's own. Returns 0 or -ENOMEM. */
int summary_find_warnings(struct summary *summary, struct error *err);

/* Adds the run's own warnings, those of one kind in one, but for the codes that are said of whole
 * levels already. Returns 0 or -ENOMEM. */
int summary_add_events(struct summary *summary, bool (*is_said)(const char *code),
                       struct error *err);

#endif
