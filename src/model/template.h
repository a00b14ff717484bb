/* Words with {templates}: parsed once, filled in per task without allocating. "{{" and "}}" stand
 * for the braces themselves. */
#ifndef MODEL_TEMPLATE_H
#define MODEL_TEMPLATE_H

#include <stddef.h>

struct error;

enum template_name {
	TEMPLATE_INPUT,   /* path of the task's input */
	TEMPLATE_INDEX,   /* number of the task in its trial, from 0 */
	TEMPLATE_SLOT,    /* number of its slot, from 0 */
	TEMPLATE_LEVEL,   /* concurrency */
	TEMPLATE_WORKDIR, /* the slot's working folder */
	TEMPLATE_CPU,     /* os index of the slot's first PU */
	TEMPLATE_COUNT,   /* inputs.generate only: how many inputs to make */
	TEMPLATE_DIR,     /* inputs.generate only: where to put them */
	TEMPLATE_NAMES
};

/* Which templates are allowed where, as bits 1 << name. */
enum {
	TEMPLATE_TASK = 1 << TEMPLATE_INPUT | 1 << TEMPLATE_INDEX | 1 << TEMPLATE_SLOT |
	                1 << TEMPLATE_LEVEL | 1 << TEMPLATE_WORKDIR | 1 << TEMPLATE_CPU,
	TEMPLATE_GENERATE = 1 << TEMPLATE_COUNT | 1 << TEMPLATE_DIR
};

/* The values to fill in; NULL entries count as "". */
struct template_values {
	const char *text[TEMPLATE_NAMES];
};

/* Says whether word uses only templates in `allowed`, and which: *ret_used gets their bits.
 * Returns 0, or -EINVAL with err naming the unknown template and the known ones. */
int template_check(const char *word, unsigned allowed, unsigned *ret_used, struct error *err);

/* Fills word's templates in and writes the result with its NUL to buffer. Returns the length
 * that the result has (as snprintf does: a value >= buffer_bytes means that it was cut). The word
 * must have passed template_check. Allocates nothing. */
size_t template_fill(const char *word, const struct template_values *values, char *buffer,
                     size_t buffer_bytes);

#endif
