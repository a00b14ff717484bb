/* A curve from elsewhere (`plateau fit CURVE.csv`): a CSV file with a header line, of which these
 * columns are read, in any order, and others are passed over:
 *
 *   concurrency, load, processors or N   how many tasks at once: 1 or more, each once
 *   throughput or throughput_per_s       0 or more, in whatever unit
 *   se                                   its standard error, in the same unit: above 0; optional */
#ifndef FORMATS_CURVE_CSV_H
#define FORMATS_CURVE_CSV_H

#include "formats/problems.h"

#include <stddef.h>

struct error;

enum { CURVE_CSV_MAX_BYTES = 16 << 20, CURVE_CSV_MOST_ROWS = 4096 };

struct curve_row {
	double concurrency;
	double throughput;
	double se; /* NAN: none */
};

struct curve_rows {
	struct curve_row *items; /* in the order of the file */
	size_t count;
	size_t capacity;
};

/* Reads the file at path. problems is the caller's to release whatever comes back; it holds every
 * problem of the file, sorted by place, exactly when -EINVAL is returned. Other failures: -ENOENT,
 * -EACCES and so on when the file cannot be read, -ENOMEM. */
int curve_csv_load(const char *path, struct curve_rows *ret_rows, struct problems *problems,
                   struct error *err);

/* The same from memory; name stands for the file in messages. */
int curve_csv_parse(const char *name, const char *text, size_t text_bytes,
                    struct curve_rows *ret_rows, struct problems *problems, struct error *err);

void curve_rows_release(struct curve_rows *rows);

#define cleanup_curve_rows __attribute__((cleanup(curve_rows_release)))

#endif
