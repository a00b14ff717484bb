/* A question for a measure (model/measure), and the values that answer it: one per trial, because
 * the trial is the replicate. analyse/measure finds them. */
#ifndef ANALYSE_MEASURE_VALUES_H
#define ANALYSE_MEASURE_VALUES_H

#include "analyse/estimate.h"
#include "model/frequency.h"
#include "model/measure.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct measure_query {
	enum measure_id id;
	const char *detail;               /* of counter. and figure.; else NULL */
	enum measure_statistic statistic; /* of NATURE_TASKS */
	double quantile;                  /* 0 to 1 */
	uint32_t sources; /* of a frequency: 1u << enum frequency_source; 0: those of tasks */
	/* Of cycles, instructions, misses and cycles per instruction: those of user mode alone;
	 * else those of both modes where they are counted, or of user mode. */
	bool is_user_only;
};

/* Of one level of one result. */
struct measure_values {
	double *values;   /* one for each trial that is in the estimates and has it */
	uint32_t *blocks; /* of these trials */
	size_t count;
	/* Without trials, what somebody else stated of the level; value NAN: nothing. low and high
	 * are of stated_error. */
	struct estimate stated;
	enum stated_error stated_error;
	enum frequency_source source; /* of a frequency */
	ptrdiff_t event;    /* index into the dataset's events that was counted; -1: none */
	const char *reason; /* why there is nothing, or NULL */
};

/* Appends what a trial has, if it is a number; there is room for it. */
void measure_values_add(struct measure_values *values, double value, uint32_t block);

void measure_values_release(struct measure_values *values);

/* Their mean with its interval: geometric by t on the logs, or arithmetic where the measure is
 * signed; or what was stated. */
struct estimate measure_estimate(const struct measure_query *query,
                                 const struct measure_values *values);

/* How a query is called in a sentence: "wall time, p95", "counter.page-faults". */
const char *measure_words(const struct measure_query *query, char text[96]);

#define cleanup_measure_values __attribute__((cleanup(measure_values_release)))

#endif
