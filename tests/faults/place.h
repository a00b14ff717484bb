/* A place: where in a program a call is made, told by the return addresses nearest on the stack
 * that lie in the program itself. What libraries do in between is not looked at, and no frame
 * pointers are needed: a word on the stack counts when the instruction before it is a call. Stale
 * words make a few places out of one, never one out of two. The same program with the same
 * addresses (no randomisation) gives the same place the same number in every run. */
#ifndef TESTS_FAULTS_PLACE_H
#define TESTS_FAULTS_PLACE_H

#include <stddef.h>
#include <stdint.h>

enum { PLACE_FRAMES = 4, PLACE_STACK_WORDS = 2048, PLACES = 4096 };

/* The executable part of the program as it lies in memory. */
struct text {
	uint64_t begin, end;        /* addresses */
	uint64_t file_begin;        /* what `begin` is in the file, as addr2line counts */
	const unsigned char *bytes; /* end - begin of them */
};

struct place {
	uint64_t number; /* of the call and the frames; never 0 */
	uint32_t call;
	uint32_t count;                /* how often the call was made there */
	uint64_t frames[PLACE_FRAMES]; /* as addr2line counts; 0 behind the last */
};

/* All places of a run. Shared by the processes that fill it where it has to be. */
struct places {
	uint64_t device, inode; /* of the program that is looked at */
	uint64_t wanted;        /* the place that is to fail; 0: none */
	uint32_t from;          /* the how manyeth time it fails there, from 1 */
	uint32_t is_for_good;   /* and every call from then on, wherever it is made */
	uint32_t fired;         /* how many calls were made to fail */
	uint32_t is_failing;
	uint32_t used;
	struct place place[PLACES];
};

/* The place of `call` whose stack is the `words` words from the stack pointer on. */
struct place place_of(uint32_t call, const struct text *text, const uint64_t *stack, size_t words);

/* Counts the place, and tells whether the call made there is to fail now. Several threads and
 * processes may do so at the same time. Places beyond PLACES are not told apart any more. */
int places_count(struct places *places, const struct place *place);

#endif
