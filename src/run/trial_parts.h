/* What a trial is while it runs, and what of it is put into the sink; private to run/trial*. */
#ifndef RUN_TRIAL_PARTS_H
#define RUN_TRIAL_PARTS_H

#include "run/protocol.h"
#include "run/sampler.h"
#include "run/trial.h"
#include "run/window_stalls.h"

struct trial {
	const struct trial_tools *tools;
	const struct plan_level *level;
	struct trial_record record;
	struct trial_outcome *outcome;
	struct protocol protocol;
	struct protocol_slot *protocol_slots;
	int64_t *first_start_ns; /* per slot: when its first task is due; INT64_MAX: it was started
	                          */
	int64_t next_first_ns;   /* the earliest of them */
	uint32_t *input_order;
	uint32_t next_index;
	bool is_ending; /* no task is started any more */
	double measured_wall_ns;
	double warm_wall_ns;
	uint64_t warm;
	uint64_t left_children;
	uint64_t unstarted; /* tasks in a row that could not be started */
	uint64_t over_limit;
	struct window_stalls stalls;
	int64_t looked_ns;    /* monotonic: look_at_clock was here, 0: not yet */
	int64_t most_late_ns; /* the longest time in which plateau itself did not run */
	int result;           /* the first error of the sink, with its text in err */
	struct error *err;
};

/* Puts a record. The first error is kept in the trial's result and err; later ones are not told. */
void trial_put(struct trial *trial, const struct record *record);

/* The trial itself, as it stands. */
void trial_put_state(struct trial *trial);

/* slot -1: none in particular. */
void trial_put_event(struct trial *trial, int32_t slot, const char *code, const char *format, ...)
        __attribute__((format(printf, 4, 5)));

/* What the sampler of memory had done when the trial began. */
struct sampler_mark {
	int64_t cpu_ns;
	uint64_t rounds;
};

struct sampler_mark trial_mark_sampler(const struct sampler *sampler);

/* What the sampler has done and cost since the mark. */
void trial_put_sampler_cost(struct trial *trial, struct sampler_mark before);
void trial_put_stalls(struct trial *trial);

/* What was sampled of the node: so far, or to the end of the trial. */
void trial_put_samples(struct trial *trial, bool is_end);

/* An event for everything that went oddly in the whole of the trial. */
void trial_report_oddities(struct trial *trial);

#endif
