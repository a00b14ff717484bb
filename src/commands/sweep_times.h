/* How long tasks and trials of each level take: as seen so far, and as expected from that. */
#ifndef COMMANDS_SWEEP_TIMES_H
#define COMMANDS_SWEEP_TIMES_H

#include <stddef.h>
#include <stdint.h>

struct dataset;
struct error;
struct plan;
struct scenario;
struct trial_record;

/* What has been seen of one level. */
struct level_times {
	double wall_ns;  /* mean of its last trial, 0: not seen */
	double trial_ns; /* how long a trial of it took, mean */
	uint32_t trials;
};

struct sweep_times {
	struct level_times *levels;
	int64_t probe_wall_ns; /* 0: no probe has run, or it failed */
};

/* Returns 0 or -ENOMEM. */
int sweep_times_init(struct sweep_times *times, size_t level_count, struct error *err);
void sweep_times_release(struct sweep_times *times);

/* Of a trial that was completed; others are passed over. mean_wall_ns: of its tasks, 0: not known.
 */
void sweep_times_add(struct sweep_times *times, const struct trial_record *trial,
                     double mean_wall_ns);

/* Of the trials, the tasks and the probe of a run that is resumed; *times is set anew. Returns 0 or
 * -ENOMEM. */
int sweep_times_recall(struct sweep_times *times, size_t level_count, const struct dataset *before,
                       struct error *err);

/* What is known of a run with the same levels. */
void sweep_times_take(struct sweep_times *times, const struct sweep_times *known,
                      size_t level_count);

/* A task's wall time at a level: as seen there, else at the nearest level below under the same
 * policy, else the probe's. 0: unknown. */
int64_t sweep_times_wall_ns(const struct sweep_times *times, const struct plan *plan,
                            uint32_t level);

/* How long a trial of a level takes: as seen, else from the tasks that it holds. */
double sweep_times_trial_ns(const struct sweep_times *times, const struct plan *plan,
                            const struct scenario *scenario, uint32_t level);

#endif
