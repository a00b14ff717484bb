/* What the readers of perf stat's three formats share: a line is a row of an event, something
 * else, or a row that cannot be read. Private to perf_stat*.c. */
#ifndef FORMATS_IMPORT_PERF_PARTS_H
#define FORMATS_IMPORT_PERF_PARTS_H

#include "formats/import/written_number.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PERF_EVENT_BYTES = 128, PERF_UNIT_BYTES = 24, PERF_SEPARATOR_BYTES = 8 };

enum perf_value { PERF_VALUE, PERF_NOT_COUNTED, PERF_NOT_SUPPORTED };

struct perf_row {
	char event[PERF_EVENT_BYTES]; /* cut to fit, which no event of the project's can be */
	char unit[PERF_UNIT_BYTES];   /* "msec", "ns", "Joules"; "": a count */
	enum perf_value state;
	struct written_number value;
	int32_t percent_e2; /* of the time that it was counted, in hundredths of a percent; -1:
	                     * the row does not say */
	int64_t running_ns; /* RECORD_ABSENT: likewise */
	double cpus;        /* "CPUs utilized" of a clock; NAN: likewise, */
	double cpus_error;  /* and half of its last digit */
};

/* An empty row. */
struct perf_row perf_row_empty(void);

/* Gives clocks without a unit theirs: older ones wrote milliseconds and did not say so. */
void perf_row_set_unit(struct perf_row *row);

/* Whether the value has decimals exactly where perf writes some: otherwise they are another
 * locale's thousands, or the other way round. */
bool perf_row_is_plain(const struct perf_row *row);

/* A remark is more of what perf works out of the row before. */
enum perf_line { PERF_OTHER, PERF_ROW, PERF_REMARK, PERF_REFUSED };

/* Texts for ret_why. */
extern const char perf_why_locale[];
extern const char perf_why_large[];
extern const char perf_why_interval[];
extern const char perf_why_repeat[];
extern const char perf_why_places[];

/* Text: a row inside of a job. */
enum perf_line perf_text_row(const char *line, struct perf_row *ret_row, const char **ret_why);

/* The percentage in parentheses (or brackets, as older ones wrote) at the end of a line, in
 * hundredths; -1: none, -2: as another locale writes it. *ret_length gets the length of the line
 * before it. */
int32_t perf_text_percent(const char *line, size_t *ret_length);

/* -x: separator is "" at first, and is found with the first row. */
enum perf_line perf_csv_row(const char *line, char separator[PERF_SEPARATOR_BYTES],
                            struct perf_row *ret_row, const char **ret_why);

/* -j. */
enum perf_line perf_json_row(const char *line, size_t length, struct perf_row *ret_row,
                             const char **ret_why);

#endif
