/* Results that were judged, as everything that is written of them sees them: the terminal, the
 * page, JSON and JUnit. Nothing is owned here. */
#ifndef REPORT_ACCEPTED_H
#define REPORT_ACCEPTED_H

#include "analyse/compare/comparison.h"
#include "analyse/findings.h"
#include "analyse/verdict/verdict.h"
#include "model/criteria.h"

#include <stddef.h>

/* One result. */
struct accepted {
	const char *path;
	const struct findings *findings;
	const struct criteria *criteria;
	/* The file that the criteria stand in; NULL: the scenario that the result was measured by.
	 */
	const char *criteria_path;
	const struct reference *references; /* one for each criterion */
	/* Paths of the results that any criterion was held against, each once, by name. */
	const char *const *reference_paths;
	size_t reference_count;
	/* In what it differs from these: another program, another machine. */
	const struct compare_remark *remarks;
	size_t remark_count;
	const struct acceptance *acceptance;
};

/* All results of one judgement. */
struct accepted_all {
	const struct accepted *items;
	size_t count;
	/* Over all: no pass where there is none, or where one could not be judged. */
	enum verdict verdict;
	/* Files that should have been judged and could not be (damaged, not there, nothing is asked
	 * of them), and why. */
	const char *const *unjudged_paths;
	const char *const *unjudged_reasons;
	size_t unjudged_count;
	/* Files that hold a run that is among the results already, and come to the same verdict: a
	 * run counts once. With the path that it counts by. */
	const char *const *copy_paths;
	const char *const *copy_originals;
	size_t copy_count;
};

#endif
