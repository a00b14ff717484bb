/* A ring sky map: the sky as tracts, each a square picture of so many patches, as the class
 * RingsSkyMap of lsst.skymap lays it out (with its "legacy" tract builder), from which coadds are
 * made. Rings of equal height in declination run from south to north between two polar caps; a ring
 * is divided into tracts so that they are no wider than high; a tract is a gnomonic (TAN) picture
 * about its centre, with an overlap, grown to whole patches.
 *
 *   tract   0 is the south cap; then ring by ring northwards, in each by rising right ascension
 *           from ra_start on; the last one is the north cap (numbered as by version 1 of the class)
 *   patch   x + side * y, from 0; x grows to the west, y to the north
 *
 * Each point of the sky belongs to one tract, by its ring and its right ascension, and so to one
 * patch: that part is the patch's own. The pictures of tracts overlap.
 *
 * Positions in a picture are tangents: the distance from the centre in radians as it is projected,
 * east and north. The real map's pictures may lie half a pixel beside these. */
#ifndef ANALYSE_CAPACITY_SKYMAP_H
#define ANALYSE_CAPACITY_SKYMAP_H

#include <stddef.h>
#include <stdint.h>

struct error;

enum {
	SKYMAP_MOST_RINGS = 2000,
	SKYMAP_MOST_SIDE = 64,          /* patches along a side of a tract */
	SKYMAP_MOST_PATCHES = 40000000, /* on the whole sky */
};

struct skymap_settings {
	uint32_t rings;         /* without the caps; 1 to SKYMAP_MOST_RINGS */
	double ra_start_deg;    /* centre of the first tract of every ring; 0 or more, below 360 */
	double overlap_deg;     /* of tracts, on every side; 0 or more */
	double pixel_arcsec;    /* above 0 */
	uint32_t patch_pixels;  /* along a side, without the border */
	uint32_t border_pixels; /* that a patch has beyond, within its tract */
};

/* The map of the second data challenge of the LSST Dark Energy Science Collaboration (DC2): 120
 * rings, pixels of 0.2 arcsec, patches of 4000 with a border of 100, an overlap of 1 arcmin. */
extern const struct skymap_settings skymap_dc2;

/* One ring, or a polar cap. */
struct skymap_ring {
	double dec;      /* of the centres of its tracts, radians */
	double dec_from; /* of its own sky */
	double dec_to;
	size_t first_tract;
	uint32_t tract_count;
};

struct skymap {
	struct skymap_settings settings;
	struct skymap_ring *rings; /* with both caps, from south to north */
	size_t ring_count;
	size_t tract_count;
	unsigned side;    /* patches along a side of a tract */
	unsigned patches; /* in a tract: side^2 */
	double radius;    /* from a tract's centre to the corner of its picture, radians */
	double ra_start;  /* radians */
	double edges[SKYMAP_MOST_SIDE + 1]; /* between the patches without their borders, from the
	                                     * least tangent up, the same along both axes */
	double border;                      /* of a patch, as a tangent */
	double *own_sr;                     /* solid angle of its own sky by ring and patch */
};

/* A box in a picture, in tangents: east is towards rising right ascension. */
struct skymap_box {
	double east_from;
	double east_to;
	double north_from;
	double north_to;
};

/* Lays out the map. Returns 0; -EINVAL where settings cannot be (err says which and what would be
 * right); -ENOMEM. */
int skymap_init(struct skymap *ret_map, const struct skymap_settings *settings, struct error *err);
void skymap_release(struct skymap *map);

#define cleanup_skymap __attribute__((cleanup(skymap_release)))

size_t skymap_patch_count(const struct skymap *map);

/* The ring of a tract. */
size_t skymap_ring_of(const struct skymap *map, size_t tract);

/* The right ascension of the centre of the tract with this number within its ring, radians, 0 or
 * more and below 2 pi. */
double skymap_tract_ra(const struct skymap *map, const struct skymap_ring *ring, size_t number);

/* What a patch's picture holds: its border included, the tract's edge excluded. */
struct skymap_box skymap_patch_box(const struct skymap *map, unsigned patch);

/* Where the middle of a patch (without its border) is, degrees. */
void skymap_patch_centre(const struct skymap *map, size_t tract, unsigned patch, double *ret_ra_deg,
                         double *ret_dec_deg);

/* Whose own sky a place is. Where tracts meet near the poles it may lie just outside its tract's
 * picture; then it counts with the nearest patch. Degrees. */
void skymap_find(const struct skymap *map, double ra_deg, double dec_deg, size_t *ret_tract,
                 unsigned *ret_patch);

/* The solid angle of a patch's own sky, sr. Those of a ring's tracts are alike. */
double skymap_own_sr(const struct skymap *map, size_t ring, unsigned patch);

#endif
