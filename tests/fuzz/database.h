/* Result, fleet and campaign files that others have made: a good file, changed as the input says.
 */
#ifndef TESTS_FUZZ_DATABASE_H
#define TESTS_FUZZ_DATABASE_H

#include <stddef.h>

/* A good file, made once by the SQL in tests/fuzz/base/NAME.sql. */
struct database_base {
	const char *name;
	char *bytes; /* of the file */
	size_t count;
};

/* The file with bytes changed: the input is a row of patches, each an offset of two bytes, a length
 * of one, and as many bytes; one of length 0 cuts the file off there. Returns the file's path. */
const char *database_patched(struct database_base *base, const char *bytes, size_t count);

/* The file with its content changed by lines:
 *   =TCR value   the cell in table T, column C and row R (a byte each): ~ is NULL, x and an even
 *                number of hexadecimal digits a blob, what is a number is one
 *   -TR          without this row
 *   other        SQL; what it makes the file cannot leave the file
 * Returns the file's path. */
const char *database_edited(struct database_base *base, const char *bytes, size_t count);

#endif
