/* Is this node as good as it should be: criteria (model/criteria) judged on results. A criterion
 * passes when the one-sided 95 % bound is on the good side of its limit, fails when the opposite
 * bound is on the bad side, and is inconclusive else, with the number of repeats that would decide
 * it. Counts compare exactly. Pure; docs/method.md defends it, tests/curves simulates it. */
#ifndef ANALYSE_VERDICT_VERDICT_H
#define ANALYSE_VERDICT_VERDICT_H

#include "analyse/findings.h"
#include "analyse/measure.h"
#include "model/criteria.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The results that a criterion's references stand for, as the commands resolved and loaded them.
 * The judged result itself may be among them: it is left out. */
struct reference {
	const struct findings *const *runs; /* at least three for a verdict */
	size_t count;
	const char *problem; /* why it could not be had (no such file): inconclusive; or NULL */
};

/* One criterion at one level (or at all, where it counts) of one result. */
struct judgement {
	const struct criterion *criterion;
	const struct findings *findings; /* of the result that is judged */
	/* Index into its summary's levels; -1: all levels together, or the result has no such
	 * level. */
	ptrdiff_t level;
	uint32_t concurrency; /* of the level, also of one that the result lacks; 0: all levels */
	const char *policy;   /* of the level, or the criterion's; NULL: none in particular */
	enum verdict verdict;
	struct estimate value;     /* of the result, two-sided, for reading */
	struct estimate reference; /* n counts runs; value NAN: absolute */
	/* What the limit is of: the value, or its ratio to the reference (two-sided). */
	struct estimate compared;
	double bound; /* the one-sided bound that decides, in the unit of the limit; NAN: none */
	double limit; /* as the criterion's */
	/* Of the bound: 0.95, or what alpha spending left to this look; of a place that fails more,
	 * as it is one of many. NAN: it is exact (a count), or there is no bound. */
	double confidence;
	size_t replicates; /* trials (or runs of the reference, where they are what limits) */
	/* How many repeats would decide it (with a probability of 0.8), if what was seen so far
	 * holds; 0: it is decided, or no number would (reason says so). */
	size_t repeats_needed;
	size_t runs_needed; /* the same of runs of the reference; 0: it is not they that lack */
	enum frequency_source source;
	enum place_kind place_kind; /* of spreads: */
	int32_t place;              /* the logical index of the worst place; -1: none */
	size_t places;              /* how many were judged */
	char label[160];            /* "throughput at N=128 (spread)"; or what the criterion says */
	char reason[400];           /* the verdict in a sentence, with its figures */
};

/* What a reader has to know of the result before the verdict: that its run did not come to its end,
 * that it was imported, that its reference is of another processor. */
struct acceptance_note {
	char code[24]; /* "unfinished", "cut-short", "imported", "durations-only", "processor",
	                 "made-from-command", "made-from-processor", "made-from-scenario" */
	char text[400];
};

struct acceptance {
	struct acceptance_note *notes;
	size_t note_count;
	struct judgement *items; /* in the order of the criteria, then of the levels */
	size_t count;
	size_t in_verdict[VERDICTS];
	/* Fail if one fails, else inconclusive if one is (or all are skipped), else pass. */
	enum verdict verdict;
	uint32_t blocks; /* that are done */
	uint32_t looks;  /* how often the result was judged with fewer blocks, to see if more are
	                    needed */
	size_t repeats_needed; /* the largest of the inconclusive ones; 0: unknown, or none */
};

/* Judges criteria on one result. references has one entry for each criterion (count 0 where it is
 * absolute). Where the result tells of looks (look_sample_name: it was judged to see whether more
 * blocks are needed), or was gone on with after it had ended, the error that a verdict may make is
 * spent over them up to criteria->max_repeats (analyse/verdict/alpha_spending); the look that is
 * being judged has to be recorded before. All must outlive the acceptance. Returns 0 or -ENOMEM. */
int verdict_build(const struct criteria *criteria, const struct reference *references,
                  const struct findings *findings, struct acceptance *ret_acceptance,
                  struct error *err);
void acceptance_release(struct acceptance *acceptance);

/* The verdict over several results. */
enum verdict verdict_overall(const struct acceptance *acceptances, size_t count);

#define cleanup_acceptance __attribute__((cleanup(acceptance_release)))

#endif
