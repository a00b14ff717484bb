/* Why a task takes longer at N than at the baseline: the slowdown of its wall time split into
 * factors that multiply to it exactly. docs/method.md says how, and defends it. */
#ifndef ANALYSE_ATTRIBUTION_H
#define ANALYSE_ATTRIBUTION_H

#include "analyse/summary.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum attribution_mode {
	ATTRIBUTION_NONE,
	ATTRIBUTION_KERNEL_AND_USER, /* instructions, cpi, clock, off_cpu */
	/* instructions, cpi, clock, kernel, off_cpu; where there is too little CPU time to tell
	 * user from kernel time, on_cpu holds clock and kernel together */
	ATTRIBUTION_USER_ONLY,
	ATTRIBUTION_NO_COUNTERS, /* on_cpu, off_cpu */
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
	/* Why one is absent, with the remedy, or NULL. Of OTHER, which is there: what else is in
	 * it, where not all of the others are known. */
	const char *reason[OFF_CPU_PARTS];
	size_t tasks; /* behind the parts: those whose time off the CPU is known */
	/* What the kernel says of the trial as a whole: part of the window in which something stood
	 * still, mean over trials; NAN: not known. */
	double stalls[STALL_KINDS];
};

/* The same of one trial, against the baseline's trial of its block. */
struct attribution_pair {
	uint32_t block;
	double factors[FACTOR_COUNT]; /* NAN: not of this mode */
	double product;
};

struct attribution {
	enum attribution_mode mode;
	const char *reason;  /* why there is none, or why not a better mode, or NULL */
	ptrdiff_t baseline;  /* index of the level that it is against, or -1 */
	bool is_parallelism; /* tasks use several PUs at once: off_cpu is parallelism, wall time
	                      * per CPU time */
	struct estimate factors[FACTOR_COUNT]; /* on wall; value NAN: not of this mode */
	struct estimate product;               /* the slowdown of the wall time */
	struct attribution_pair *pairs;        /* what these are the geometric means of */
	size_t pair_count;
	/* Time off the CPU here less that at the baseline, in wall times of the baseline. NAN: not
	 * known, or parallelism. */
	double off_cpu_grown;
	struct estimate occupancy; /* occupancy held at the baseline / here */
	struct estimate failures;  /* share of time in successes, baseline / here */
	/* Whether a factor is named as a cause: its interval excludes 1 (and a wider one too where
	 * the factor is a small part of the whole, or the slowdown itself may be chance), and it is
	 * more than 1 % and a twentieth of all, and of some effect on the wall time. Without an
	 * interval (one trial), by its size alone.
	 */
	bool is_cause[FACTOR_COUNT];
	size_t tasks_used;            /* of this level, behind the factors */
	size_t tasks_successful;      /* measured successful ones */
	struct off_cpu_split off_cpu; /* here, not against the baseline */
	/* The part that makes up most of what time off the CPU grew by, or -1. */
	ptrdiff_t off_cpu_main;
};

/* One per level of the summary, in its order. attribution_free frees them. Returns 0 or -ENOMEM. */
int attribution_build(const struct summary *summary, struct attribution **ret_attributions,
                      struct error *err);
void attribution_free(struct attribution *attributions);

/* The causes in one plain sentence, the largest first: "At N=128 a task takes 2.25 times as long as
 * at N=16: 1.35 from time off the CPU, 1.28 from ...". A second one follows where slots stood empty
 * or tasks failed more than at the baseline. At the baseline, and where nothing is known, it says
 * so. The caller frees the text. Returns 0 or -ENOMEM. */
int attribution_sentence(const struct summary *summary, const struct attribution *attributions,
                         size_t level, char **ret_text, struct error *err);

/* The factors that are named as causes, the largest first; returns how many. */
size_t attribution_causes(const struct attribution *attribution, size_t causes[FACTOR_COUNT]);

/* Why nothing is known of the stalls of whole trials. */
const char *attribution_no_stalls(const struct dataset *dataset);

/* Whether the level is compared with another one. */
bool attribution_is_compared(const struct attribution *attributions, size_t level);

/* The highest level of a policy that is compared, or -1; and the highest of those whose tasks do
 * not share PUs. */
ptrdiff_t attribution_top_level(const struct summary *summary,
                                const struct attribution *attributions, const char *policy);
ptrdiff_t attribution_full_level(const struct summary *summary,
                                 const struct attribution *attributions, const char *policy);

#endif
