/* What a node must be (the key accept of a scenario, or a file of its own): a list of bounds. A
 * plain value, bound in formats/scenario/criteria_keys; judged in analyse/verdict.
 * docs/acceptance.md. */
#ifndef MODEL_CRITERIA_H
#define MODEL_CRITERIA_H

#include "model/level_spec.h"
#include "model/measure.h"
#include "model/words.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;

enum criterion_bound { BOUND_AT_LEAST, BOUND_AT_MOST };

/* What a result was found to be by a criterion (analyse/verdict). Skipped: the criterion says
 * where_absent: skip, and this node has no such thing (the reason says what); it speaks neither for
 * nor against. Of a whole: nothing but skipped ones is inconclusive.
 */
enum verdict { VERDICT_PASS, VERDICT_FAIL, VERDICT_INCONCLUSIVE, VERDICT_SKIPPED, VERDICTS };

/* "pass", "fail", "inconclusive", "skipped". */
extern const char *const verdict_names[VERDICTS];

/* What a criterion means on a node that has no such thing: no counter to tell a frequency by, one
 * socket alone, no meter of energy. Not that a level was left out, or that a reference is missing:
 * that is inconclusive whatever stands here. */
enum criterion_absence { ABSENCE_INCONCLUSIVE, ABSENCE_SKIP };

struct criterion {
	char *spelling; /* the metric as written: "counter.LLC-load-misses" */
	char *label;    /* for people and JUnit; NULL: made of metric, level and bound */
	enum measure_id measure;
	char *detail; /* of counter. and figure.: the name behind the point; else NULL */
	enum measure_statistic statistic; /* of NATURE_TASKS */
	double quantile;                  /* 0 to 1, of STATISTIC_QUANTILE */
	struct level_specs levels; /* count 0: by default `cores`; of counts: all levels together */
	char *policy;              /* canonical spelling; NULL: every policy that the result has */
	enum criterion_bound bound;
	/* In the measure's unit; of the ratio to the reference where there is one. */
	double limit;
	/* The limit was written as `margin: 5%` (kept for writing it again): how much worse than
	 * the reference is allowed; bound and limit follow from it. NAN: it was not. */
	double margin;
	struct words references; /* result files, folders or globs, as written; none: absolute */
	uint32_t sources;        /* of a frequency: 1u << enum frequency_source; 0: any of tasks */
	enum criterion_absence where_absent;
	size_t line; /* where it stands in its file, from 1; 0: in none */
};

/* Which runs criteria were made from (`plateau accept --make-criteria`). NULL: that is not said, or
 * not alike in all of them. */
struct criteria_origin {
	char *command; /* the task, as run_facts has it */
	char *processor;
	char *scenario; /* its name */
};

/* A longer text is no part of an origin, so that every file of criteria that is written can be read
 * again. */
enum { CRITERIA_ORIGIN_MOST_BYTES = 64 << 10 };

struct criteria {
	struct criterion *items;
	size_t count;
	size_t capacity;
	/* Up to which `run --accept` adds blocks; 0: not said: none are added. */
	uint32_t max_repeats;
	/* That relative references are below: of the file they stand in, absolute where it could be
	 * made so. NULL: there are no references, or they are relative to the current folder. */
	char *folder;
	/* What they are for: by the runs of another task they can fail, but not pass. */
	struct criteria_origin origin;
};

/* Appends a criterion, which is moved. Returns 0 or -ENOMEM (then it is still the caller's). */
int criteria_add(struct criteria *criteria, struct criterion *criterion, struct error *err);

/* Whether a criterion is held against a reference, named in it or not. */
bool criterion_is_relative(const struct criterion *criterion);

/* Whether anything is said of where criteria are from. */
bool criteria_have_origin(const struct criteria *criteria);

void criterion_release(struct criterion *criterion);
void criteria_release(struct criteria *criteria);

/* "at_least", "at_most". */
extern const char *const criterion_bound_names[];
/* "inconclusive", "skip". */
extern const char *const criterion_absence_names[];

#define cleanup_criteria __attribute__((cleanup(criteria_release)))

#endif
