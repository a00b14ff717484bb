/* Results judged by hand: a node with a slow core, a good one, and one that nobody can tell yet. */
#ifndef TESTS_ACCEPT_SAMPLE_H
#define TESTS_ACCEPT_SAMPLE_H

#include "../analyse/made.h"
#include "report/accepted.h"

enum { ACCEPT_SAMPLE_JUDGEMENTS = 5 };

struct accept_sample {
	struct made made;
	struct findings findings;
	struct criterion criteria[ACCEPT_SAMPLE_JUDGEMENTS];
	struct judgement judgements[ACCEPT_SAMPLE_JUDGEMENTS];
	struct acceptance acceptance;
	struct accepted accepted;
	char *reference_path; /* that the criteria speak of */
};

enum accept_sample_kind { SAMPLE_SLOW_CORE, SAMPLE_GOOD, SAMPLE_UNDECIDED };

/* Fails the test at once where anything cannot be made. The sample must not be moved. */
void accept_sample_make(struct accept_sample *sample, enum accept_sample_kind kind,
                        const char *host);
void accept_sample_release(struct accept_sample *sample);

#endif
