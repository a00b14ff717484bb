/* What is found to slow tasks of a made result down. Whatever does not work out fails the test at
 * once. */
#ifndef TESTS_ATTRIBUTED_H
#define TESTS_ATTRIBUTED_H

#include "analyse/attribution.h"
#include "costs.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define assert_near(a, b)           attributed_near(a, b, 1e-6, __LINE__)
#define assert_within(a, b, part)   attributed_near(a, b, part, __LINE__)
#define assert_contains(text, part) assert_non_null(strstr(text, part))

struct attributed {
	struct summary summary;
	struct attribution *levels;
};

#define cleanup_attributed __attribute__((cleanup(attributed_release)))

void attributed_near(double a, double b, double part, int line);

struct attributed attributed_find(const struct made *made);

void attributed_release(struct attributed *found);

char *attributed_sentence(const struct attributed *found, size_t level);

/* A trial whose slots run tasks of the same costs back to back, over a window of four of them. */
void attributed_trial(struct made *made, size_t level, uint32_t block, uint32_t slots,
                      const struct costs *costs);

/* Three blocks of N=1 and N=4, where trial-to-trial changes of `spread` come in opposite
 * directions. */
void attributed_levels(struct made *made, const struct costs *base, const struct costs *high,
                       double spread);

#endif
