/* How far a result can be trusted, at a glance: what may weaken it, each with what was found. */
#ifndef REPORT_QUALITY_H
#define REPORT_QUALITY_H

#include "analyse/findings.h"

#include <stdbool.h>
#include <stddef.h>

enum quality_verdict { QUALITY_GOOD, QUALITY_LOOK, QUALITY_BAD, QUALITY_UNKNOWN, QUALITY_VERDICTS };

struct quality_item {
	const char *name; /* "failed tasks" */
	char found[200];  /* "1 of 85" */
	enum quality_verdict verdict;
};

enum { QUALITY_ITEMS = 8 };

struct quality {
	struct quality_item items[QUALITY_ITEMS];
	size_t count;
	size_t looks; /* of them, how many are to be looked at, or bad */
};

static inline bool quality_is_look(enum quality_verdict verdict)
{
	return verdict == QUALITY_LOOK || verdict == QUALITY_BAD;
}

void quality_judge(const struct findings *findings, struct quality *ret_quality);

#endif
