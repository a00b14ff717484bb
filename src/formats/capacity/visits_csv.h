/* The table of visits per patch and band that `plateau capacity overlaps` writes, as far as a
 * capacity estimate needs it. A row is a patch in a band; a column "visits" says how many visits
 * touch the patch (warps), a column "depth" how many there are at a pixel of it in the mean (which
 * CPU time and memory of what is made of coadds grow with), columns "tract" and "patch" which patch
 * it is. Other columns are passed over. Rows without visits make no coadd. */
#ifndef FORMATS_CAPACITY_VISITS_CSV_H
#define FORMATS_CAPACITY_VISITS_CSV_H

#include "formats/problems.h"

#include <stdbool.h>
#include <stddef.h>

struct error;

struct visits_table {
	size_t coadds;  /* rows with visits */
	double warps;   /* sum of visits */
	size_t patches; /* different ones with visits in some band; 0 where the table does not say
	                 * which patch a row is of */
	double mean;    /* of depth over coadds; of visits where there is no depth */
	double max;     /* of the same */
	bool has_depth;
};

/* Reads the file at path, of any length, in the memory of its patches. Returns 0; -EINVAL with
 * everything that is wrong in problems; or -errno. */
int visits_csv_load(const char *path, struct visits_table *ret_table, struct problems *problems,
                    struct error *err);

#endif
