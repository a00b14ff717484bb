/* What the tasks of a result say of places, as verdicts and profiles need it: how long the tasks of
 * every core took, trial by trial. Made once for all levels and kinds of places. */
#ifndef ANALYSE_VERDICT_PLACE_DATA_H
#define ANALYSE_VERDICT_PLACE_DATA_H

#include "analyse/place_classes.h"
#include "analyse/summary.h"
#include "analyse/task_columns.h"

#include <stddef.h>

struct place_data {
	const struct summary *summary;
	struct task_columns columns;
	struct place_classes classes;
};

/* Returns 0 or -ENOMEM. The summary must outlive the data. */
int place_data_build(const struct summary *summary, struct place_data *ret_data, struct error *err);
void place_data_release(struct place_data *data);

/* The rows of data->columns are in the order of levels, and of trials within a level. The end of
 * the trial whose rows begin at first; end is that of the level. */
size_t place_data_end_of_trial(const struct place_data *data, size_t first, size_t end);

/* How many trials of a level have rows. */
size_t place_data_trials(const struct place_data *data, size_t level);

/* The log of the weighted mean wall time (s) of every core in the trial whose rows are [first,
 * end), NAN of a core without one. weights is scratch; both have room for all cores. */
void place_data_measure_cores(const struct place_data *data, size_t first, size_t end,
                              double *weights, double *ret_logs);

#define cleanup_place_data __attribute__((cleanup(place_data_release)))

#endif
