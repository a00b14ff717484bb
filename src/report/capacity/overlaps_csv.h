/* Visits per patch as a table for other programs, and for `plateau capacity`: a row for every coadd
 * (a patch in a band with at least one visit), by band, tract and patch. */
#ifndef REPORT_CAPACITY_OVERLAPS_CSV_H
#define REPORT_CAPACITY_OVERLAPS_CSV_H

#include "analyse/capacity/overlaps.h"

#include <stdio.h>

struct error;

/* What such a file begins with: its header line.
 * tract, patch: by number; ra_deg, dec_deg: of the patch's middle; band; visits: that touch it;
 * depth: the mean number of visits over its pixels. */
extern const char overlaps_csv_sign[];

/* Returns 0, or -errno when the stream could not be written to. */
int overlaps_csv_write(const struct overlaps *overlaps, FILE *stream, struct error *err);

#endif
