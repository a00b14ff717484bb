/* Numbers as programs wrote them, exactly, and only where they can mean one thing: locales write
 * the same digits with other marks. */
#ifndef FORMATS_IMPORT_WRITTEN_NUMBER_H
#define FORMATS_IMPORT_WRITTEN_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A number as it was written, exactly: nano is its fraction in 1e-9. */
struct written_number {
	uint64_t whole;
	uint32_t nano;
	bool has_fraction; /* it has a decimal point */
};

enum written_reading {
	WRITTEN_READ,
	WRITTEN_NO_NUMBER,
	WRITTEN_FOREIGN, /* as another locale writes numbers: cannot be told apart from others */
	WRITTEN_TOO_LARGE
};

/* Reads the length bytes at text as a number: digits, in groups by commas, apostrophes or narrow
 * blanks or not, with a decimal point or not. What could mean something else in another locale is
 * WRITTEN_FOREIGN, never guessed. */
enum written_reading written_number_read(const char *text, size_t length,
                                         struct written_number *ret_number);

/* The number of a unit that is `per_second` of a second, in ns (1000 for msec). False: it has more
 * than 2^63. */
bool written_number_ns(const struct written_number *number, int64_t per_second, int64_t *ret_ns);

#endif
