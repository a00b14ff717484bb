/* One comparison of a document: how its parts are called, and its ratios in words. */
#ifndef REPORT_COMPARE_WORDS_H
#define REPORT_COMPARE_WORDS_H

#include "analyse/compare/comparison.h"
#include "report/document.h"

#include <stdbool.h>
#include <stddef.h>

/* One comparison of a document, and how its parts are called. */
struct compare_view {
	const struct comparison *comparison;
	struct document *doc;
	size_t index; /* among the comparisons of the document */
	size_t count;
	bool has_policies; /* levels of several policies */
};

/* The id of a section: "id", or "id-2" for the second comparison. */
const char *compare_id(const struct compare_view *view, const char *id, char text[48]);

/* "1.31 [1.27, 1.35]"; with the sign for an absent one. Of a difference with its sign. */
const char *ratio_write(const struct ratio *ratio, const struct text_style *style, char text[96]);

/* How a ratio is to be read: good or bad where the interval leaves no doubt that it is not 1. */
enum text_role ratio_role(const struct ratio *ratio, enum measure_better better);

/* "within-run", "5 and 4 runs", ...: what the interval is made of. */
const char *ratio_behind(const struct ratio *ratio, char text[96]);

enum { COMPARE_NAME_BYTES = 32 };

/* As much of a side's name as leaves room for the figures below it. */
const char *compare_short_name(const char *name, char text[COMPARE_NAME_BYTES]);

/* A policy that nobody told of is not named: "". */
const char *compare_policy(const char *policy);

#endif
