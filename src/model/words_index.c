#include "model/words_index.h"

#include "core/error.h"
#include "core/hash.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_SLOTS = 64 };

/* The slot that has the text, or the free one where it belongs. */
static uint32_t *slot_of(const struct words_index *index, const struct words *words,
                         const char *text)
{
	const size_t mask = index->slot_count - 1;
	const uint64_t hash = hash_fnv1a(HASH_FNV1A_BEGIN, text);
	for (size_t at = (size_t)(hash ^ hash >> 32) & mask;; at = (at + 1) & mask) {
		uint32_t *const slot = &index->slots[at];
		if (*slot == 0 || strcmp(words->items[*slot - 1], text) == 0)
			return slot;
	}
}

/* Makes at least half of the slots free, and takes up the words that are not there yet. */
static int follow(struct words_index *index, const struct words *words, struct error *err)
{
	size_t slots = index->slot_count ? index->slot_count : FIRST_SLOTS;
	while (slots < 2 * (words->count + 1))
		slots *= 2;
	if (slots > index->slot_count) {
		uint32_t *const fresh = calloc(slots, sizeof *fresh);
		if (!fresh)
			return error_memory(err);
		free(index->slots);
		index->slots = fresh;
		index->slot_count = slots;
		index->known = 0;
	}
	for (; index->known < words->count; index->known++) {
		uint32_t *const slot = slot_of(index, words, words->items[index->known]);
		if (*slot == 0)
			*slot = (uint32_t)index->known + 1;
	}
	return 0;
}

int words_index_add(struct words_index *index, struct words *words, const char *text, size_t most,
                    uint32_t *ret_at, struct error *err)
{
	if (index->last < words->count && strcmp(words->items[index->last], text) == 0) {
		*ret_at = (uint32_t)index->last;
		return 0;
	}
	int r = follow(index, words, err);
	if (r < 0)
		return r;
	uint32_t *const slot = slot_of(index, words, text);
	if (*slot == 0) {
		if (words->count >= most)
			return -E2BIG;
		r = words_add(words, text, err);
		if (r < 0)
			return r;
		*slot = (uint32_t)words->count;
		index->known = words->count;
	}
	index->last = *slot - 1;
	*ret_at = *slot - 1;
	return 0;
}

void words_index_release(struct words_index *index)
{
	if (!index)
		return;
	free(index->slots);
	*index = (struct words_index){0};
}
