/* One node against another: for each level that both have, the ratio of every measure with its
 * interval; how each scales; how much more work the new node does, each at its best N; and what
 * cannot be compared, with the reason. Pure; docs/method.md defends it.
 *
 * A side is one result, or several of one kind of node (runs). With several on both sides the
 * replicate is the run; else it is the trial, and the interval is only what one run says about
 * itself ("within-run"): it holds nothing of what differs from run to run. */
#ifndef ANALYSE_COMPARE_H
#define ANALYSE_COMPARE_H

#include "analyse/findings.h"
#include "analyse/measure.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum ratio_basis {
	BASIS_NONE,
	BASIS_RUNS,    /* Welch on log means of runs */
	BASIS_TRIALS,  /* Welch on log values of trials: within-run */
	BASIS_READING, /* how well published figures were read; no noise of the machines */
	BASIS_POINT,   /* one value a side: no interval */
	RATIO_BASES
};

/* "none", "runs", "within-run", "reading", "point". */
extern const char *const ratio_basis_names[RATIO_BASES];

struct side {
	const char *name; /* short and distinct from the other's: host, processor, or file */
	const char *path; /* of its first result */
	const struct findings *const *runs;
	size_t count;
};

/* New by base, or new less base for signed measures (is_difference). */
struct ratio {
	struct estimate value; /* n is the lesser side's number of replicates */
	enum ratio_basis basis;
	bool is_difference;
	struct estimate base, new; /* of each side, in the measure's unit */
	size_t base_n, new_n;
	const char *reason; /* why there is none: what is not comparable; or NULL */
	char *note;         /* what else a reader must know: other event, other source; or NULL */
};

/* One concurrency and policy. */
struct compared_level {
	uint32_t concurrency;
	const char *policy;    /* NULL: neither side says one, or they differ (see a remark) */
	ptrdiff_t *base_level; /* index into the summary's levels, of each run of the side; -1 */
	ptrdiff_t *new_level;
	struct ratio *ratios; /* as comparison.queries */
};

/* The node's answer: each side at its own best N (that of its largest measured throughput under one
 * policy, levels that hold no more tasks than there is room for). */
struct compared_nodes {
	struct ratio throughput;      /* how much more work the new node does */
	uint32_t base_best, new_best; /* N; 0: none */
	const char *base_policy, *new_policy;
	/* CPU time of a task on the new node by that on the base's, as capacity estimates want it
	 * (docs/method.md), by throughput at these N: base per core / new per core, and per task
	 * alone (the lowest common level). */
	struct ratio cpu_factor;
	struct ratio single; /* throughput of one task (or of the lowest common level) */
	char sentence[512];  /* the answer in words */
};

/* Something in which the sides differ, so that figures are not, or not fully, comparable. */
struct compare_remark {
	bool is_serious; /* figures are left out, or mean something else */
	char code[32];   /* "scenario", "program", "events", "policy", "threads", ... */
	char text[400];
};

struct comparison {
	struct side base, new;
	struct measure_query *queries;
	size_t query_count;
	struct compared_level *levels; /* ascending; those that both have */
	size_t level_count;
	uint32_t *base_only, *new_only; /* concurrencies of levels that only one side has */
	size_t base_only_count, new_only_count;
	struct compared_nodes nodes;
	struct compare_remark *remarks;
	size_t remark_count;
};

/* Compares two sides, whose findings must outlive the comparison. Returns 0 or -ENOMEM. */
int compare_build(const struct side *base, const struct side *new,
                  struct comparison *ret_comparison, struct error *err);
void comparison_release(struct comparison *comparison);

/* Ratio of two samples of log values: exp(mean(new) - mean(base)) with Welch's interval (t at
 * Satterthwaite's degrees of freedom), for `basis`. Absent where a side is empty or a value is not
 * above 0. */
struct estimate compare_welch_ratio(const double *base, size_t base_count, const double *new,
                                    size_t new_count);

#define cleanup_comparison __attribute__((cleanup(comparison_release)))

#endif
