/* A table of pointings: a row for each visit, with where the telescope pointed and the band, as
 * simulations of cadences and observing logs are exported. Columns are found by their names, in
 * capitals or not (ra, dec, band, and what is usual for them: fieldRA, s_ra, filter, ...), or named
 * by a map; others are passed over. Angles are in degrees, unless a name or the map says otherwise.
 */
#ifndef FORMATS_CAPACITY_POINTINGS_CSV_H
#define FORMATS_CAPACITY_POINTINGS_CSV_H

#include "formats/problems.h"
#include "model/pointings.h"

#include <stdio.h>

struct error;

/* Reads the file at path, or the stream that name stands for.
 * columns: "ra=COLUMN:UNIT,dec=COLUMN,band=COLUMN", any of them; units are deg, rad and, of ra, h;
 * "band=-" puts all visits into one band, "all"; NULL: by name. Bands are in the order of
 * pointings_sort_bands. problems starts as {0}; where the table is wrong it holds all that is, and
 * the return is -EINVAL. Returns 0; -EINVAL (also for columns, without problems); -errno of
 * reading; -ENOMEM. */
int pointings_csv_load(const char *path, const char *columns, struct pointings *ret_pointings,
                       struct problems *problems, struct error *err);
int pointings_csv_read(const char *name, FILE *stream, const char *columns,
                       struct pointings *ret_pointings, struct problems *problems,
                       struct error *err);

#endif
