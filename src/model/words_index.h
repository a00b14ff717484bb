/* Finds a text among words without a search through all of them. The words are the owner's; the
 * index follows what is appended to them. */
#ifndef MODEL_WORDS_INDEX_H
#define MODEL_WORDS_INDEX_H

#include "model/words.h"

#include <stddef.h>
#include <stdint.h>

struct error;

struct words_index {
	uint32_t *slots; /* index + 1 of a word, 0: free; a power of two of them */
	size_t slot_count;
	size_t known; /* how many of the words stand in slots */
	size_t last;  /* that was found: the next is often the same */
};

/* The index of text in words, which index belongs to; appended where it is new. Returns 0; -E2BIG
 * where words would have more than `most` (below UINT32_MAX) items: err is not set then; -ENOMEM.
 */
int words_index_add(struct words_index *index, struct words *words, const char *text, size_t most,
                    uint32_t *ret_at, struct error *err);

void words_index_release(struct words_index *index);

#endif
