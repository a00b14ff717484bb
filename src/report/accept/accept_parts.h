/* What the files about verdicts share. */
#ifndef REPORT_ACCEPT_PARTS_H
#define REPORT_ACCEPT_PARTS_H

#include "report/accept/accept_document.h"

/* How a verdict is said. */
struct accept_says {
	const char *large; /* what a reader at the other end of the room sees */
	const char *word;
	const char *one; /* "1 of 4 criteria ..." */
	const char *many;
	const char *mark; /* before its reason */
	enum text_role role;
};

extern const struct accept_says accept_says[VERDICTS];

/* Criteria, or nodes, that are named large before the rest is left to the table. */
enum { ACCEPT_MOST_NAMED = 4 };

/* "core 5"; "" where the criterion is not of places. */
const char *accept_place(const struct judgement *judgement, char text[32]);

/* One criterion large, for pages: what it found, and where; node is "" where there is one. */
void accept_add_named(const struct judgement *judgement, const char *node, struct document *doc);

/* What the run warns of itself that may make the verdict mean something else: others used the node,
 * it was too hot, trials are missing. Nothing where there is nothing. */
void accept_say_warnings(const struct accepted *result, struct document *doc);

/* The table of criteria and the reasons. */
void accept_add_criteria(const struct acceptance *acceptance, struct document *doc);

/* What a reader has to know of the result before its verdict; with its path where there are
 * several. */
void accept_say_notes(const struct accepted *result, bool has_path, struct document *doc);

/* How many repeats would decide what is inconclusive, and how often it was looked at. */
void accept_say_repeats(const struct accepted *result, struct document *doc);

#endif
