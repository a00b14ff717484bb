/* How many visits each patch of a sky map has, in each band: the sizes of the coadds of a survey.
 *
 * A visit is a circle on the sky about where the telescope pointed. It touches a patch where the
 * circle and the patch's picture, borders included, have a point in common: that is one warp, and
 * one of the visits of the patch. The depth of a patch is the mean over its pixels of the number of
 * visits that cover each, as the mean of the image that counts them (nImage) is. Both are geometry
 * on the sphere without approximation but for the quadrature of the depth (exact where a
 * field covers a patch as a whole; else its error is below 0.002 of a visit). */
#ifndef ANALYSE_CAPACITY_OVERLAPS_H
#define ANALYSE_CAPACITY_OVERLAPS_H

#include "analyse/capacity/skymap.h"
#include "model/pointings.h"

#include <stdbool.h>

struct error;

/* The largest field that is counted with, and the smallest, degrees. */
#define OVERLAPS_MOST_RADIUS_DEG  20.0
#define OVERLAPS_LEAST_RADIUS_DEG 0.001

/* The field of view of LSST's camera: 9.6 square degrees. */
#define OVERLAPS_RADIUS_DEG 1.75

/* Which patches are counted: those whose centre is in here. */
struct overlaps_region {
	bool has_ra;
	double ra_from; /* degrees; above ra_to: through 0 */
	double ra_to;
	bool has_dec;
	double dec_from;
	double dec_to;
};

/* What a unit of depth_units is, of a visit: whole numbers, so that a sum does not depend on the
 * order of visits. More patches than this in all bands together are not counted. */
enum { OVERLAPS_DEPTH_UNIT = 1 << 24, OVERLAPS_MOST_PLACES = 100000000 };

struct overlaps_band {
	const char *name;   /* of the pointings */
	size_t visits;      /* of them, wherever they are */
	uint32_t *touching; /* visits of each patch, by tract and patch */
	uint64_t *depth_units;
};

struct overlaps {
	const struct skymap *map;
	double radius_deg;
	struct overlaps_region region;
	bool *is_counted; /* by tract and patch; NULL: all are */
	struct overlaps_band *bands;
	size_t band_count;
	size_t visits;
};

/* The solid angle of a field of this radius, in square degrees. */
double overlaps_field_deg2(double radius_deg);
/* The radius of a field of this solid angle, degrees. */
double overlaps_radius_of(double area_deg2);

/* Counts. map and pointings must outlive what comes of it. Takes 12 bytes for each patch and
 * band, and works in a few threads, one band each. Returns 0; -EINVAL (the radius); -E2BIG
 * (OVERLAPS_MOST_PLACES); -ENOMEM. */
int overlaps_count(const struct skymap *map, const struct pointings *pointings, double radius_deg,
                   const struct overlaps_region *region, struct overlaps *ret_overlaps,
                   struct error *err);

void overlaps_release(struct overlaps *overlaps);

#define cleanup_overlaps __attribute__((cleanup(overlaps_release)))

/* Whether a patch is in the region. */
bool overlaps_is_counted(const struct overlaps *overlaps, size_t place);

/* The mean depth of a patch, in visits. */
double overlaps_depth(const struct overlaps_band *band, size_t place);

/* The same for one visit and one patch: which part of the patch's picture it covers, 0 to 1, and
 * whether it touches it. The radius as for overlaps_count. */
double overlaps_of_one(const struct skymap *map, size_t tract, unsigned patch,
                       const struct pointing *pointing, double radius_deg, bool *ret_touches);

#endif
