/* A node made by hand whose result is judged, for the tests of verdicts. Whatever does not work out
 * fails the test at once. */
#ifndef TESTS_JUDGED_H
#define TESTS_JUDGED_H

#include "analyse/verdict/verdict.h"
#include "made.h"

#include <stdbool.h>
#include <stdint.h>

enum { JUDGED_CORES = 4, JUDGED_WINDOW_S = 40 };

/* What is judged, by what, and what came of it; {0} to begin with. */
struct judged {
	struct made made;
	struct findings findings;
	struct criteria criteria;
	struct reference reference;
	struct acceptance acceptance;
};

/* Throughput of at least 0.1 /s: a node of usual blocks has 0.4 /s. */
extern const struct criterion judged_at_least_a_little;

/* A node of 4 cores on 2 L3 caches in one socket with N=1 and N=4. */
void judged_node(struct made *made);

/* A block: walls at N=1 are 10 s; at N=4 10 s times `factor`, times `slow` on core `place`
 * (-1: on none). */
void judged_block(struct made *made, uint32_t number, double factor, int place, double slow);

/* Five blocks that differ by -2 to 2 %, all times `factor`, with a slow core as above. */
void judged_blocks(struct made *made, double factor, int place, double slow);

/* Lets one task within a window of N=4, or of the baseline, end like that. */
void judged_cut(struct made *made, enum task_state state, bool has_exceeded_memory,
                bool is_baseline);

/* Judges what was made by one criterion, which is added to c->criteria. */
void judged_build(struct judged *c, const struct criterion *criterion);
void judged_release(struct judged *c);

/* That there is one judgement, with this verdict, whose reason has these words. */
void judged_expect(const struct judged *c, enum verdict verdict, const char *words);

#endif
