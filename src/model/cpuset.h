/* A set of processing units (PUs) by operating-system index. A plain value: copy it with =. */
#ifndef MODEL_CPUSET_H
#define MODEL_CPUSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CPUSET_MAX_PUS = 4096, CPUSET_WORDS = CPUSET_MAX_PUS / 64 };

/* Room for the longest list that cpuset_format writes. */
enum { CPUSET_TEXT_BYTES = 5 * CPUSET_MAX_PUS };

struct cpuset {
	uint64_t words[CPUSET_WORDS];
};

/* pu outside [0, CPUSET_MAX_PUS) is ignored by add and remove, and never in a set. */
void cpuset_add(struct cpuset *set, uint32_t pu);
void cpuset_remove(struct cpuset *set, uint32_t pu);
bool cpuset_has(const struct cpuset *set, uint32_t pu);
bool cpuset_is_empty(const struct cpuset *set);
bool cpuset_is_equal(const struct cpuset *a, const struct cpuset *b);
bool cpuset_intersects(const struct cpuset *a, const struct cpuset *b);
size_t cpuset_count(const struct cpuset *set);

/* The lowest PU in the set that is >= from, or -1. Iterate:
 * for (int pu = cpuset_next(s, 0); pu >= 0; pu = cpuset_next(s, pu + 1)) */
int cpuset_next(const struct cpuset *set, uint32_t from);

/* The kernel's list form, "0-3,8,10-11"; "" when empty. Cut (never overrun) at text_bytes. */
void cpuset_format(const struct cpuset *set, char *text, size_t text_bytes);

#endif
