/* What plateau-spin prints. */
#ifndef TASKS_SPIN_ANSWER_H
#define TASKS_SPIN_ANSWER_H

#include <stdio.h>

struct chain_result;
struct load;

/* `why_not`: why the clock cannot be told from it, NULL where it can. */
struct spin_answer {
	const struct chain_result *result;
	const struct load *load;
	const char *why_not;
};

/* Lines NAME VALUE, in plain units; what is not known has no line. */
void spin_answer_print_lines(const struct spin_answer *answer, FILE *stream);

/* One object; what is not known is null. */
void spin_answer_print_json(const struct spin_answer *answer, FILE *stream);

#endif
