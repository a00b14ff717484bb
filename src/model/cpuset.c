#include "model/cpuset.h"

#include <stdio.h>
#include <string.h>

void cpuset_add(struct cpuset *set, uint32_t pu)
{
	if (pu < CPUSET_MAX_PUS)
		set->words[pu / 64] |= UINT64_C(1) << (pu % 64);
}

void cpuset_remove(struct cpuset *set, uint32_t pu)
{
	if (pu < CPUSET_MAX_PUS)
		set->words[pu / 64] &= ~(UINT64_C(1) << (pu % 64));
}

bool cpuset_has(const struct cpuset *set, uint32_t pu)
{
	return pu < CPUSET_MAX_PUS && (set->words[pu / 64] >> (pu % 64) & 1);
}

bool cpuset_is_empty(const struct cpuset *set)
{
	return cpuset_next(set, 0) < 0;
}

bool cpuset_is_equal(const struct cpuset *a, const struct cpuset *b)
{
	return memcmp(a->words, b->words, sizeof a->words) == 0;
}

bool cpuset_intersects(const struct cpuset *a, const struct cpuset *b)
{
	for (size_t i = 0; i < CPUSET_WORDS; i++)
		if (a->words[i] & b->words[i])
			return true;
	return false;
}

size_t cpuset_count(const struct cpuset *set)
{
	size_t count = 0;
	for (size_t i = 0; i < CPUSET_WORDS; i++)
		count += (size_t)__builtin_popcountll(set->words[i]);
	return count;
}

int cpuset_next(const struct cpuset *set, uint32_t from)
{
	for (uint32_t i = from / 64; i < CPUSET_WORDS; i++) {
		uint64_t word = set->words[i];
		if (i == from / 64)
			word &= ~UINT64_C(0) << (from % 64);
		if (word)
			return (int)(i * 64 + (uint32_t)__builtin_ctzll(word));
	}
	return -1;
}

void cpuset_format(const struct cpuset *set, char *text, size_t text_bytes)
{
	size_t length = 0;
	text[0] = '\0';
	for (int first = cpuset_next(set, 0); first >= 0 && length < text_bytes;) {
		int last = first;
		while (cpuset_has(set, (uint32_t)last + 1))
			last++;
		const char *const comma = length ? "," : "";
		const int put = first == last ? snprintf(text + length, text_bytes - length, "%s%d",
		                                         comma, first)
		                              : snprintf(text + length, text_bytes - length,
		                                         "%s%d-%d", comma, first, last);
		length += (size_t)put;
		first = cpuset_next(set, (uint32_t)last + 1);
	}
}
