/* What the files that propose limits share: what is worked on, and its stages in the order in which
 * they are called. For analyse/verdict/limits*.c. */
#ifndef ANALYSE_VERDICT_LIMITS_PARTS_H
#define ANALYSE_VERDICT_LIMITS_PARTS_H

#include "analyse/verdict/limits.h"

#include <stdbool.h>
#include <stddef.h>

struct acceptance;
struct error;

/* The same node, measured again, passes all criteria together with one less this. */
#define LIMITS_MISS 0.05

/* Runs that tell how much a node differs from run to run. */
enum { LIMITS_RUNS_LEAST = 3 };

/* Without them, what is left for that, as a part. */
#define LIMITS_ALLOWANCE_UNKNOWN 0.02

/* What is worked on. */
struct proposing {
	const struct findings *const *runs;
	size_t count;
	struct limits *limits;
	struct acceptance *acceptances; /* of the runs, by limits->criteria */
	double *bounds;                 /* of one criterion, one per run: logs */
};

/* ---- Which runs are examples of a good node (limits_runs.c) ---- */

/* What notes and errors call a run. */
const char *limits_run_path(const struct findings *run);

/* Leaves those out that have nothing to take limits from, unless that is all; notes it. kept has
 * room for all of them, and has to outlive p. Returns 0 or -ENOMEM. */
int limits_keep_measured(struct proposing *p, const struct findings **kept, struct error *err);

/* A node on which tasks failed is no example of a good one, nor is a run without an end. Returns 0
 * or -EINVAL. */
int limits_check_runs(const struct proposing *p, struct error *err);

/* Limits from runs of other work or of other nodes would hold for neither. Where only values of the
 * scenario differ, that is noted. Returns 0, -EINVAL or -ENOMEM. */
int limits_check_kind(struct proposing *p, struct error *err);

/* ---- What is said of them (limits_notes.c) ---- */

/* Notes what the limits rest on, which runs they are from, and what those warn of. Returns 0 or
 * -ENOMEM. */
int limits_note_runs(struct proposing *p, struct error *err);

/* Puts down in the criteria which runs they are from. What is not text, or too long to stand in a
 * file of criteria, is left out and noted. Returns 0 or -ENOMEM. */
int limits_set_origin(struct proposing *p, struct error *err);

/* ---- What is asked (limits_criteria.c) ---- */

/* Adds the criteria of all policies, with limits that everything passes, so that the bound of the
 * judgement is that on the good side. Returns 0 or -ENOMEM. */
int limits_add_criteria(struct proposing *p, struct error *err);

/* Adds the criterion that no task fails. Returns 0 or -ENOMEM. */
int limits_add_failures(struct proposing *p, struct error *err);

/* ---- How far beyond what good runs showed a limit has to be (limits_width.c); on logs, upwards
 * ---- */

/* The limit that the one-sided 95 % bound of a further run passes with probability 1 - miss, from
 * the bounds of count runs (2 or more) of the same node: their prediction bound
 *
 *   mean + t(1 - miss, R - 1) s sqrt(1 + 1/R)
 *
 * at least `least` above the mean. */
double limits_between_runs(const double *bounds, size_t count, double miss, double least);

/* The same from one run, if nothing differs from run to run: how far beyond its own bound, in units
 * of how far that bound lies from the mean of its repeats (t e). Both the mean
 * and the bound of the further run are random. With m the mean, e the standard error and
 * t = t(0.95, n - 1), m' + t e' of the further run stays below m + c e with probability 1 - miss
 * for
 *
 *   P(sqrt(2) Z + t V' > c V) = miss,    V, V' = sqrt(chi^2(n - 1) / (n - 1))
 *
 * found by numerical integration; what comes back is c / t - 1, or 0. repeats is n; 0 below 2. */
double limits_within_run(size_t repeats, double miss);

#endif
