/* Reads the numbers that a task prints: lines that begin with a name that was asked for, and
 * members of JSON objects. A stream of any length costs the memory of one line and one object. What
 * is in it is not trusted: long lines are cut, control characters become '?', and what is no finite
 * number is told as such. docs/scenario.md says what counts.
 *
 *   figure_reader_new   once per run, from the scenario
 *   figure_read         per task */
#ifndef FORMATS_FIGURE_READ_H
#define FORMATS_FIGURE_READ_H

#include "formats/log/log_read.h"

#include <stdbool.h>

struct error;
struct figure_reader;

/* What was printed last of one figure. */
struct figure_found {
	double value; /* in the unit of the figure's name; NAN: it has none */
	bool is_printed;
	/* Made fit to be shown: the line that it was, or, where it was not printed, what is wrong
	 * with a JSON object; "": nothing. */
	char said[LOG_SAID_BYTES];
};

/* names must outlive it. Returns 0 or -ENOMEM. */
int figure_reader_new(const struct words *names, struct figure_reader **ret_reader,
                      struct error *err);
void figure_reader_free(struct figure_reader *reader);

/* Reads what stands at place, to found[i] for every name. Of more than LOG_MOST_BYTES the rest is
 * not read. Returns 0, or -errno of reading with found untouched. */
int figure_read(struct figure_reader *reader, const struct log_place *place,
                struct figure_found *found, struct error *err);

#endif
