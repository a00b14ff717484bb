#include "place.h"

#include <string.h>

/* Whether the instruction before `at` is a call. */
static int is_behind_call(const struct text *text, uint64_t at)
{
	if (at < text->begin + 8 || at >= text->end)
		return 0;
	const unsigned char *const p = text->bytes + (at - text->begin);
#if defined(__x86_64__)
	const int is_register = p[-2] == 0xff && (p[-1] & 0xf8) == 0xd0;
	const int is_short = p[-3] == 0xff && (p[-2] & 0x38) == 0x10;
	const int is_long = p[-6] == 0xff && (p[-5] & 0x38) == 0x10;
	return p[-5] == 0xe8 || is_register || is_short || is_long;
#elif defined(__aarch64__)
	uint32_t word;
	memcpy(&word, p - 4, sizeof word);
	return (word & 0xfc000000U) == 0x94000000U || (word & 0xfffffc1fU) == 0xd63f0000U;
#else
	(void)p;
	return 1;
#endif
}

/* FNV-1a, step by step. */
static uint64_t stir(uint64_t hash, uint64_t word)
{
	for (int i = 0; i < 8; i++, word >>= 8)
		hash = (hash ^ (word & 0xff)) * 0x100000001b3ULL;
	return hash;
}

struct place place_of(uint32_t call, const struct text *text, const uint64_t *stack, size_t words)
{
	struct place place = {.call = call};
	uint64_t hash = stir(0xcbf29ce484222325ULL, call);
	size_t found = 0;
	for (size_t i = 0; i < words && found < PLACE_FRAMES; i++) {
		if (!is_behind_call(text, stack[i]))
			continue;
		place.frames[found] = stack[i] - text->begin + text->file_begin;
		hash = stir(hash, place.frames[found++]);
	}
	place.number = hash ? hash : 1;
	return place;
}

static struct place *find(struct places *places, const struct place *place)
{
	for (size_t i = place->number % PLACES, tries = 0; tries < PLACES;
	     i = (i + 1) % PLACES, tries++) {
		struct place *const here = &places->place[i];
		uint64_t none = 0;
		if (__atomic_compare_exchange_n(&here->number, &none, place->number, 0,
		                                __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) {
			here->call = place->call;
			memcpy(here->frames, place->frames, sizeof here->frames);
			__atomic_add_fetch(&places->used, 1, __ATOMIC_SEQ_CST);
			return here;
		}
		if (none == place->number)
			return here;
	}
	return NULL;
}

int places_count(struct places *places, const struct place *place)
{
	struct place *const here = find(places, place);
	const uint32_t count = here ? __atomic_add_fetch(&here->count, 1, __ATOMIC_SEQ_CST) : 0;
	int fails = places->wanted == place->number && count == places->from;
	if (fails && places->is_for_good)
		__atomic_store_n(&places->is_failing, 1, __ATOMIC_SEQ_CST);
	fails = fails || __atomic_load_n(&places->is_failing, __ATOMIC_SEQ_CST);
	if (fails)
		__atomic_add_fetch(&places->fired, 1, __ATOMIC_SEQ_CST);
	return fails;
}
