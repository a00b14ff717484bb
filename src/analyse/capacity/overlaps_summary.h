/* What a count of visits per patch comes to: for each band, and over all of them, how many coadds
 * and warps there are and how the visits of coadds are spread. A coadd is a patch in a band with at
 * least one visit, a warp a visit in a patch. */
#ifndef ANALYSE_CAPACITY_OVERLAPS_SUMMARY_H
#define ANALYSE_CAPACITY_OVERLAPS_SUMMARY_H

#include "analyse/capacity/overlaps.h"

#include <stddef.h>
#include <stdint.h>

struct error;

/* Over coadds; NAN without one. */
struct overlaps_spread {
	double mean;
	double p5;
	double median;
	double p95;
	double max;
};

struct overlaps_summary_band {
	const char *name; /* NULL: over all bands */
	size_t visits;    /* in the table */
	size_t coadds;
	uint64_t warps;
	struct overlaps_spread touching; /* visits of a coadd */
	struct overlaps_spread depth;
	/* Coadds by their visits: histogram[n - 1] is how many have n. NULL over all bands. */
	size_t *histogram;
	size_t histogram_count;
};

struct overlaps_summary {
	struct overlaps_summary_band *bands; /* the last one is over all bands */
	size_t band_count;                   /* without the last one */
	size_t patches;                      /* with a visit in some band */
	double sky_deg2;                     /* their own sky */
	double field_deg2;                   /* of one visit */
	double covered_deg2;                 /* depth times own sky, over all patches and bands */
	/* covered_deg2 / (visits * field_deg2): 1 but for the accuracy of the count; NAN where a
	 * region was asked for, since visits have a part outside of it. */
	double conserved;
};

/* Returns 0 or -ENOMEM. */
int overlaps_summarise(const struct overlaps *overlaps, struct overlaps_summary *ret_summary,
                       struct error *err);

void overlaps_summary_release(struct overlaps_summary *summary);

#define cleanup_overlaps_summary __attribute__((cleanup(overlaps_summary_release)))

/* The mean number of visits, over all bands, that cover the patch whose own sky this place is;
 * degrees. NAN where the patch is not in the region. */
double overlaps_depth_at(const struct overlaps *overlaps, double ra_deg, double dec_deg);

#endif
