/* Why a task takes longer at N than at the baseline: the slowdown of its wall time split into
 * factors that multiply to it exactly. */
#ifndef ANALYSE_ATTRIBUTION_H
#define ANALYSE_ATTRIBUTION_H

#include "analyse/summary.h"

#include <stdbool.h>
#include <stddef.h>

enum attribution_mode {
	ATTRIBUTION_NONE,
	ATTRIBUTION_KERNEL_AND_USER, /* instructions, cpi, clock, off_cpu */
	ATTRIBUTION_USER_ONLY,       /* instructions, cpi, clock, kernel, off_cpu */
	ATTRIBUTION_NO_COUNTERS,     /* on_cpu, off_cpu */
	ATTRIBUTION_MODES
};

/* "none", "kernel-and-user", "user-only", "no-counters". */
extern const char *const attribution_mode_names[ATTRIBUTION_MODES];

enum attribution_factor {
	FACTOR_INSTRUCTIONS, /* more instructions */
	FACTOR_CPI,          /* more cycles per instruction */
	FACTOR_CLOCK,        /* a lower clock */
	FACTOR_KERNEL,       /* kernel time */
	FACTOR_ON_CPU,       /* more CPU time, where nothing says of what kind */
	FACTOR_OFF_CPU,      /* time off the CPU; or parallelism, see below */
	FACTOR_COUNT
};

/* "instructions", "cpi", "clock", "kernel", "on_cpu", "off_cpu". */
extern const char *const attribution_factor_names[FACTOR_COUNT];

/* Where the time off the CPU goes, seconds per task. */
enum off_cpu_part {
	OFF_CPU_RUN_QUEUE, /* ready, and another had the CPU */
	OFF_CPU_BLOCK_IO,
	OFF_CPU_PAGE_IN, /* swap-in and thrashing */
	OFF_CPU_OTHER,   /* what is left: sleep, locks, pipes, network file systems */
	OFF_CPU_PARTS
};

/* "run_queue", "block_io", "page_in", "other". */
extern const char *const off_cpu_part_names[OFF_CPU_PARTS];

struct off_cpu_split {
	double seconds[OFF_CPU_PARTS]; /* v-weighted means per task; NAN: not known */
	size_t tasks;
	const char *reason[OFF_CPU_PARTS]; /* why one is absent, with the remedy, or NULL */
};

struct attribution {
	enum attribution_mode mode;
	const char *reason;  /* why there is none, or why not a better mode, or NULL */
	bool is_parallelism; /* tasks with several threads: off_cpu is parallelism */
	struct estimate factors[FACTOR_COUNT]; /* on wall, against the baseline of the policy */
	struct estimate product;               /* the slowdown of the wall time */
	struct estimate occupancy;             /* occupancy held at the baseline / here */
	struct estimate failures;              /* share of time in successes, baseline / here */
	size_t tasks_used;
	size_t tasks_successful;
	struct off_cpu_split off_cpu; /* here, not against the baseline */
};

/* One per level of the summary, in its order. attribution_free frees them. Returns 0 or -ENOMEM. */
int attribution_build(const struct summary *summary, struct attribution **ret_attributions,
                      struct error *err);
void attribution_free(struct attribution *attributions);

/* The causes in one plain sentence, by size: "At 128 copies a job takes 2.25 times as long as at
 * 16: 1.28 from ...". Causes within 1 % of 1 are left out. Frees nothing of the arguments; the
 * caller frees the text. Returns 0 or -ENOMEM. */
int attribution_sentence(const struct summary *summary, const struct attribution *attributions,
                         size_t level, char **ret_text, struct error *err);

#endif
