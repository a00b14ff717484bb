#include "analyse/capacity/skymap.h"

#include "core/array.h"
#include "core/error.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

static const double degree = M_PI / 180;
static const double arcsec = M_PI / 180 / 3600;

/* A tract is looked at in so many places along a side, and a patch in this many at least, to learn
 * how much of it is its own. */
enum { TRACT_SAMPLES = 256, LEAST_SAMPLES = 8 };

const struct skymap_settings skymap_dc2 = {
        .rings = 120,
        .overlap_deg = 1.0 / 60,
        .pixel_arcsec = 0.2,
        .patch_pixels = 4000,
        .border_pixels = 100,
};

static int check_settings(const struct skymap_settings *s, struct error *err)
{
	if (s->rings < 1 || s->rings > SKYMAP_MOST_RINGS)
		return error_set(err, EINVAL, "%u rings; a map has 1 to %d", s->rings,
		                 SKYMAP_MOST_RINGS);
	if (!(s->ra_start_deg >= 0) || s->ra_start_deg >= 360)
		return error_set(err, EINVAL,
		                 "rings that start at %g deg; give 0 or more, below 360",
		                 s->ra_start_deg);
	if (!(s->overlap_deg >= 0) || s->overlap_deg > 10)
		return error_set(err, EINVAL, "tracts that overlap by %g deg; give 0 to 10",
		                 s->overlap_deg);
	if (!(s->pixel_arcsec > 0) || s->pixel_arcsec > 3600)
		return error_set(err, EINVAL,
		                 "pixels of %g arcsec; give more than 0 and at most 3600",
		                 s->pixel_arcsec);
	if (s->patch_pixels < 1 || s->patch_pixels > 1000000)
		return error_set(err, EINVAL, "patches of %u pixels; give 1 to 1000000",
		                 s->patch_pixels);
	if (s->border_pixels > s->patch_pixels)
		return error_set(err, EINVAL,
		                 "a border of %u pixels around patches of %u; a border is at most "
		                 "as wide as a patch",
		                 s->border_pixels, s->patch_pixels);
	return 0;
}

/* The rings with their caps, and how many tracts each has: as many as fit around it at its
 * declination nearest to the equator, and one more. */
static void lay_rings(struct skymap *map)
{
	const uint32_t rings = map->settings.rings;
	const double height = M_PI / (rings + 1);
	size_t tract = 0;
	for (size_t i = 0; i < map->ring_count; i++) {
		struct skymap_ring *const ring = &map->rings[i];
		const bool is_cap = i == 0 || i == map->ring_count - 1;
		const double from = height * ((double)i - 0.5) - M_PI / 2;
		const double to = from + height;
		const double nearest = fmin(fabs(from), fabs(to));
		*ring = (struct skymap_ring){
		        .dec = height * (double)i - M_PI / 2,
		        .dec_from = fmax(from, -M_PI / 2),
		        .dec_to = fmin(to, M_PI / 2),
		        .first_tract = tract,
		        .tract_count =
		                is_cap ? 1 : (uint32_t)(2 * M_PI * cos(nearest) / height) + 1,
		};
		tract += ring->tract_count;
	}
	map->tract_count = tract;
}

/* A tract's picture: it reaches half a ring and the overlap from its centre, and is then grown to
 * whole patches. */
static int lay_patches(struct skymap *map, struct error *err)
{
	const struct skymap_settings *const s = &map->settings;
	const double reach = M_PI / (s->rings + 1) / 2 + s->overlap_deg * degree;
	const double pixel = s->pixel_arcsec * arcsec;
	if (reach >= 80 * degree)
		return error_set(err, EINVAL,
		                 "tracts that reach %.1f deg from their centres: too far for a "
		                 "plane; take more rings, or less overlap",
		                 reach / degree);
	/* From the pixel of one end to that of the other. */
	const double pixels = 2 * round(tan(reach) / pixel) + 1;
	const double side = ceil(pixels / s->patch_pixels);
	if (side > SKYMAP_MOST_SIDE || side * side * (double)map->tract_count > SKYMAP_MOST_PATCHES)
		return error_set(err, EINVAL,
		                 "%.0f x %.0f patches in each of %zu tracts: more than %d along a "
		                 "side, or than %d in all; take larger patches",
		                 side, side, map->tract_count, SKYMAP_MOST_SIDE,
		                 SKYMAP_MOST_PATCHES);
	map->side = (unsigned)side;
	map->patches = map->side * map->side;
	map->border = s->border_pixels * pixel;
	for (unsigned i = 0; i <= map->side; i++)
		map->edges[i] = ((double)i - side / 2) * s->patch_pixels * pixel;
	map->radius = atan(M_SQRT2 * map->edges[map->side]);
	return 0;
}

/* Directions about the centre of a tract of a ring, from which right ascensions are counted. */
struct own_sky {
	double sin_dec;
	double cos_dec;
	double sin_from;
	double sin_to;
	double tan_half; /* of the width in right ascension; of a cap: no limit */
	bool is_cap;
};

/* The solid angle of what is its own of a patch of this ring, by the middles of n x n equal parts.
 */
static double sample_patch(const struct own_sky *own, const struct skymap_box *box, unsigned n)
{
	const double east_step = (box->east_to - box->east_from) / n;
	const double north_step = (box->north_to - box->north_from) / n;
	double sum = 0;
	for (unsigned k = 0; k < n; k++) {
		const double north = box->north_from + (k + 0.5) * north_step;
		const double x = own->cos_dec - north * own->sin_dec;
		const double z = own->sin_dec + north * own->cos_dec;
		for (unsigned i = 0; i < n; i++) {
			const double east = box->east_from + (i + 0.5) * east_step;
			const double norm = sqrt(1 + east * east + north * north);
			if (z < own->sin_from * norm || z >= own->sin_to * norm)
				continue;
			if (own->is_cap || fabs(east) <= own->tan_half * x)
				sum += 1 / (norm * norm * norm);
		}
	}
	return sum * east_step * north_step;
}

/* A patch without its border. */
static struct skymap_box inner_box(const struct skymap *map, unsigned patch)
{
	const unsigned x = patch % map->side;
	const unsigned y = patch / map->side;
	return (struct skymap_box){
	        .east_from = -map->edges[x + 1],
	        .east_to = -map->edges[x],
	        .north_from = map->edges[y],
	        .north_to = map->edges[y + 1],
	};
}

/* What each patch's own sky is. The sum of a tract's is known exactly: the parts are scaled to it,
 * which also hands the corners beyond a picture to its patches. */
static void measure_own(struct skymap *map)
{
	const unsigned parts = TRACT_SAMPLES / map->side;
	const unsigned n = parts > LEAST_SAMPLES ? parts : LEAST_SAMPLES;
	for (size_t r = 0; r < map->ring_count; r++) {
		const struct skymap_ring *const ring = &map->rings[r];
		const struct own_sky own = {
		        .sin_dec = sin(ring->dec),
		        .cos_dec = cos(ring->dec),
		        .sin_from = r == 0 ? -2 : sin(ring->dec_from),
		        .sin_to = r == map->ring_count - 1 ? 2 : sin(ring->dec_to),
		        .tan_half = tan(M_PI / ring->tract_count),
		        .is_cap = ring->tract_count == 1,
		};
		double *const own_sr = &map->own_sr[r * map->patches];
		const double whole =
		        (sin(ring->dec_to) - sin(ring->dec_from)) * 2 * M_PI / ring->tract_count;
		double sum = 0;
		for (unsigned p = 0; p < map->patches; p++) {
			const struct skymap_box box = inner_box(map, p);
			own_sr[p] = sample_patch(&own, &box, n);
			sum += own_sr[p];
		}
		for (unsigned p = 0; p < map->patches; p++)
			own_sr[p] *= whole / sum;
	}
}

int skymap_init(struct skymap *ret_map, const struct skymap_settings *settings, struct error *err)
{
	cleanup_skymap struct skymap map = {.settings = *settings};
	int r = check_settings(settings, err);
	if (r < 0)
		return r;
	map.ra_start = settings->ra_start_deg * degree;
	map.ring_count = (size_t)settings->rings + 2;
	map.rings = calloc(map.ring_count, sizeof *map.rings);
	if (!map.rings)
		return error_memory(err);
	lay_rings(&map);
	r = lay_patches(&map, err);
	if (r < 0)
		return r;
	map.own_sr = calloc(map.ring_count * map.patches, sizeof *map.own_sr);
	if (!map.own_sr)
		return error_memory(err);
	measure_own(&map);
	*ret_map = map;
	map = (struct skymap){0};
	return 0;
}

void skymap_release(struct skymap *map)
{
	if (!map)
		return;
	free(map->rings);
	free(map->own_sr);
	*map = (struct skymap){0};
}

size_t skymap_patch_count(const struct skymap *map)
{
	return map->tract_count * map->patches;
}

size_t skymap_ring_of(const struct skymap *map, size_t tract)
{
	size_t low = 0;
	size_t high = map->ring_count;
	while (high - low > 1) {
		const size_t middle = low + (high - low) / 2;
		if (map->rings[middle].first_tract <= tract)
			low = middle;
		else
			high = middle;
	}
	return low;
}

double skymap_tract_ra(const struct skymap *map, const struct skymap_ring *ring, size_t number)
{
	/* The caps have theirs at 0, wherever the rings start. */
	if (ring->tract_count == 1)
		return 0;
	return fmod(map->ra_start + 2 * M_PI * (double)number / ring->tract_count, 2 * M_PI);
}

struct skymap_box skymap_patch_box(const struct skymap *map, unsigned patch)
{
	const double end = map->edges[map->side];
	struct skymap_box box = inner_box(map, patch);
	box.east_from = fmax(box.east_from - map->border, -end);
	box.east_to = fmin(box.east_to + map->border, end);
	box.north_from = fmax(box.north_from - map->border, -end);
	box.north_to = fmin(box.north_to + map->border, end);
	return box;
}

void skymap_patch_centre(const struct skymap *map, size_t tract, unsigned patch, double *ret_ra_deg,
                         double *ret_dec_deg)
{
	const struct skymap_ring *const ring = &map->rings[skymap_ring_of(map, tract)];
	const struct skymap_box box = inner_box(map, patch);
	const double east = (box.east_from + box.east_to) / 2;
	const double north = (box.north_from + box.north_to) / 2;
	const double x = cos(ring->dec) - north * sin(ring->dec);
	const double z = sin(ring->dec) + north * cos(ring->dec);
	const double ra = skymap_tract_ra(map, ring, tract - ring->first_tract) + atan2(east, x);
	*ret_ra_deg = fmod(ra / degree + 720, 360);
	*ret_dec_deg = atan2(z, hypot(x, east)) / degree;
}

/* The number of a patch along one axis, by a tangent that rises with it. */
static unsigned place_along(const struct skymap *map, double tangent)
{
	const double step = map->edges[map->side] * 2 / map->side;
	const double at = floor((tangent - map->edges[0]) / step);
	return at < 0 ? 0 : at >= map->side ? map->side - 1 : (unsigned)at;
}

void skymap_find(const struct skymap *map, double ra_deg, double dec_deg, size_t *ret_tract,
                 unsigned *ret_patch)
{
	const double dec = dec_deg * degree;
	const double height = M_PI / (map->settings.rings + 1);
	const double at = floor((dec + M_PI / 2) / height + 0.5);
	const size_t r = at < 0                          ? 0
	                 : at >= (double)map->ring_count ? map->ring_count - 1
	                                                 : (size_t)at;
	const struct skymap_ring *const ring = &map->rings[r];
	const double turn = 2 * M_PI;
	double behind = fmod(ra_deg * degree - map->ra_start, turn);
	behind += behind < 0 ? turn : 0;
	size_t number = 0;
	if (ring->tract_count > 1)
		number = (size_t)(behind / (turn / ring->tract_count) + 0.5) % ring->tract_count;
	const double ra = ra_deg * degree - skymap_tract_ra(map, ring, number);
	/* Onto the plane about the tract's centre. */
	const double x = cos(dec) * cos(ra);
	const double depth = x * cos(ring->dec) + sin(dec) * sin(ring->dec);
	const double east = cos(dec) * sin(ra) / depth;
	const double north = (sin(dec) * cos(ring->dec) - x * sin(ring->dec)) / depth;
	*ret_tract = ring->first_tract + number;
	*ret_patch = place_along(map, -east) + map->side * place_along(map, north);
}

double skymap_own_sr(const struct skymap *map, size_t ring, unsigned patch)
{
	return map->own_sr[ring * map->patches + patch];
}
