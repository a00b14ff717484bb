/* The unit of a figure that a task prints, as the end of its name says: "read_bytes_per_s" is in
 * bytes per second, "frequency_hz_p50" in Hz. A statistic at the end (_p50, _mean, .max, ...) is
 * passed over; parts of a name are joined by '_', '.' or '-'. */
#ifndef MODEL_PRINTED_UNIT_H
#define MODEL_PRINTED_UNIT_H

#include <stdbool.h>

struct printed_unit {
	const char *suffix; /* "bytes_per_s" */
	const char *symbol; /* "B/s"; "" where it is a bare number */
	bool is_rate;       /* what tasks do per second: it adds up over tasks that run at once */
	bool has_prefixes;  /* it is read and written with k, M, G, T */
};

/* The unit of the figure with this name; where the name says none, that without a symbol. Never
 * NULL. */
const struct printed_unit *printed_unit_of(const char *name);

/* By what a number that was printed with this unit behind it is to be multiplied: 1e9 for "GHz" of
 * a figure in Hz, 60 for "min" of one in s, 1 where the text says nothing that is known. */
double printed_unit_factor(const struct printed_unit *unit, const char *text);

#endif
