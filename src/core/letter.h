/* Letters of UTF-8, and which of them may steer what a reader sees. */
#ifndef CORE_LETTER_H
#define CORE_LETTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Decodes the letter at text (RFC 3629). Returns its length in bytes, or 0 where there is none;
 * then *ret_letter stays as it was. */
size_t letter_decode(const char *text, uint32_t *ret_letter);

/* C0, DEL and C1 controls, and what is not seen itself but changes how its neighbours are: marks
 * that turn the direction of writing, separators of lines and paragraphs, and the like. */
bool letter_is_control(uint32_t letter);

#endif
