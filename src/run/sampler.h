/* Samples how much memory running tasks hold: a thread of its own looks at the tree of every slot's
 * task and keeps the largest sums, of RSS and of PSS. It never waits for the engine nor the engine
 * for it: both meet in atomic words of the slot.
 *
 * It spends at most SAMPLER_SHARE of one core, measured on its own CPU time. Half of that goes to
 * rounds, in which every tree's RSS is looked at (a round that was expensive is followed by a
 * longer pause); half to PSS, for which the kernel walks through all pages of a process: in every
 * round as many trees, in turn, as there is time for. A task shorter than a pause may never be
 * seen. All functions but sampler_open and sampler_close are safe in a trial: they allocate nothing
 * and make no system call, except sampler_set_pace. */
#ifndef RUN_SAMPLER_H
#define RUN_SAMPLER_H

#include <stdint.h>
#include <sys/types.h>

struct error;
struct sampler;

/* The share of one core that PACE_NORMAL may cost. */
#define SAMPLER_SHARE 0.004

enum sampler_pace {
	PACE_OFF,    /* nothing is looked at */
	PACE_NORMAL, /* within SAMPLER_SHARE, at most every interval_ns */
	PACE_FAST    /* every ms, up to a fifth of a core: the probe, which is not measured */
};

/* What was seen of a task. */
struct sampled_memory {
	int64_t peak_rss_bytes; /* the largest sum over the tree; RECORD_ABSENT: never looked at */
	int64_t peak_pss_bytes; /* the same of PSS; RECORD_ABSENT also where it is not shown */
	int64_t rss_samples;    /* how often it was looked at */
	int64_t pss_samples;
};

/* interval_ns: the least time between two rounds of PACE_NORMAL. Starts the thread, with all
 * signals blocked and nothing to do. The caller must be the thread that starts the tasks. Returns 0
 * or -errno. */
int sampler_open(const char *run_id, uint32_t slot_count, int64_t interval_ns,
                 struct sampler **ret_sampler, struct error *err);
/* NULL is allowed. */
void sampler_close(struct sampler *sampler);

void sampler_set_pace(struct sampler *sampler, enum sampler_pace pace);

/* The slot's task runs from now on, with this root. */
void sampler_started(struct sampler *sampler, uint32_t slot, pid_t root);

/* The root has ended and is not reaped yet. */
struct sampled_memory sampler_ended(struct sampler *sampler, uint32_t slot);

/* For binding it away from the tasks' PUs. */
pid_t sampler_thread_id(const struct sampler *sampler);

/* What it has cost so far, and how many rounds it has made. */
int64_t sampler_cpu_ns(const struct sampler *sampler);
uint64_t sampler_rounds(const struct sampler *sampler);

#endif
