/* What a comparison of two sides holds: who they are, ratios by level and measure, the nodes'
 * answer, and what differs. analyse/compare fills it.
 *
 * A side is one result, or several of one kind of node (runs). With several on a side the
 * replicate is the run; else it is the trial, and the interval is only what one run says about
 * itself ("within-run"): it holds nothing of what differs from run to run. */
#ifndef ANALYSE_COMPARE_COMPARISON_H
#define ANALYSE_COMPARE_COMPARISON_H

#include "analyse/findings.h"
#include "analyse/measure_values.h"
#include "model/words.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum ratio_basis {
	BASIS_NONE,
	BASIS_RUNS,    /* Welch on log means of runs; one against several: as these differ */
	BASIS_TRIALS,  /* Welch on log values of trials: within-run */
	BASIS_STATED,  /* the errors that others stated of their figures */
	BASIS_READING, /* how well published figures were read; no noise of the machines */
	BASIS_POINT,   /* no interval: one value on a side, or a count */
	RATIO_BASES
};

/* "none", "runs", "within-run", "stated", "reading", "point". */
extern const char *const ratio_basis_names[RATIO_BASES];

/* "run to run", "within one run", ...: behind "95 % interval from" or so; "" for none and point. */
extern const char *const ratio_basis_words[RATIO_BASES];

struct side {
	const char *name; /* short and distinct from the other's: processor, host, or file */
	bool is_kind;     /* the name is that of a kind of node, as a processor's is */
	const char *path; /* of its first result */
	const struct findings *const *runs; /* each another run */
	size_t count;
	size_t copies; /* files left out, because another one holds the same run */
};

/* New by base, or new less base for signed measures (is_difference). */
struct ratio {
	struct estimate value; /* n is the lesser side's number of replicates */
	enum ratio_basis basis;
	bool is_difference;
	struct estimate base, new; /* of each side, in the measure's unit */
	size_t base_n, new_n;      /* replicates: runs or trials */
	const char *reason;        /* why there is none: absent, or not comparable; else NULL */
	const char *note; /* what else a reader must know: other source, other mode; or NULL */
};

/* One concurrency and policy. */
struct compared_level {
	uint32_t concurrency;
	const char *policy;     /* of the base's level; NULL: it is not said */
	const char *new_policy; /* the same, but where the sides have no policy in common */
	ptrdiff_t *base_level;  /* index into the summary's levels, of each run of the side; -1 */
	ptrdiff_t *new_level;
	struct ratio *ratios; /* as comparison.queries */
};

/* A level that only one side has. */
struct lone_level {
	uint32_t concurrency;
	const char *policy;
	bool is_new; /* of the new side */
};

/* The node's answer: each side at its own best N (that of its largest measured throughput, levels
 * that hold no more tasks than the machine has CPUs for). */
struct compared_nodes {
	struct ratio throughput;      /* how much more work the new node does */
	uint32_t base_best, new_best; /* N; 0: none */
	const char *base_policy, *new_policy;
	/* By what CPU hours of the base's node are to be multiplied in a capacity estimate for the
	 * new one (docs/method.md): CPUs in use (tasks at once times their threads) per throughput,
	 * new by base, each at its best N. */
	struct ratio cpu_factor;
	struct ratio single;       /* throughput at the lowest common level */
	uint32_t single_level;     /* its N; 0: none */
	char sentence[512];        /* the answer in words */
	char single_sentence[256]; /* "" without one */
};

/* Something in which the sides differ, so that figures are not, or not fully, comparable; or a
 * hint how to read them. */
struct compare_remark {
	bool is_serious; /* figures are left out, or mean something else */
	char code[32];   /* "scenario", "program", "events", "policy", "threads", ... */
	char text[480];
};

struct comparison {
	struct side base, new;
	struct measure_query *queries; /* those that some level of either side has */
	size_t query_count;
	struct compared_level *levels; /* ascending; those that both have */
	size_t level_count;
	struct lone_level *lone;
	size_t lone_count;
	struct compared_nodes nodes;
	struct compare_remark *remarks; /* the serious ones first */
	size_t remark_count;
	struct words texts; /* that reasons and notes may point into */
};

void comparison_release(struct comparison *comparison);

/* The query with this measure among those compared, of the mean; -1: neither side has it. */
ptrdiff_t comparison_find(const struct comparison *comparison, enum measure_id id);

/* Whether an interval is there and does not hold 1 (or 0, of a difference). */
bool ratio_is_beyond_chance(const struct ratio *ratio);

#define cleanup_comparison __attribute__((cleanup(comparison_release)))

#endif
