#include "analyse/capacity/overlaps.h"

#include "analyse/capacity/field_box.h"
#include "core/array.h"
#include "core/error.h"
#include "core/parallel.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

static const double degree = M_PI / 180;

/* Beyond this angle from a tract's centre its plane has no use. */
static const double horizon = 85 * M_PI / 180;

/* A patch as every tract has it. */
struct patch {
	struct skymap_box box;
	double east; /* of its middle */
	double north;
	double shrink; /* 1 / the length of the direction there */
};

/* What one band's work reads. */
struct counting {
	const struct skymap *map;
	const struct pointings *pointings;
	struct overlaps *overlaps;
	struct patch *patches;
	double radius;
	double cos_radius;
	double sin_radius;
	double cos_held;   /* a patch whose middle is as near as this is held as a whole */
	double cos_missed; /* one whose middle is farther than this is not touched */
	double cos_far;    /* nor is a tract whose centre is */
};

double overlaps_field_deg2(double radius_deg)
{
	/* 1 - cos r, without what is lost where r is small. */
	const double half = sin(radius_deg * degree / 2);
	return 4 * M_PI * half * half / (degree * degree);
}

double overlaps_radius_of(double area_deg2)
{
	return 2 * asin(sqrt(area_deg2 * degree * degree / (4 * M_PI))) / degree;
}

/* Counts a visit in the patches of one tract. */
static void count_in_tract(const struct counting *counting, const struct field *field,
                           struct overlaps_band *band, size_t place)
{
	for (unsigned p = 0; p < counting->map->patches; p++, place++) {
		const struct patch *const patch = &counting->patches[p];
		const double near = (field->at_centre + patch->east * field->east +
		                     patch->north * field->north) *
		                    patch->shrink;
		if (near < counting->cos_missed)
			continue;
		if (near > counting->cos_held) {
			band->touching[place]++;
			band->depth_units[place] += OVERLAPS_DEPTH_UNIT;
			continue;
		}
		if (!field_touches(field, &patch->box))
			continue;
		band->touching[place]++;
		const double covered =
		        field_holds(field, &patch->box) ? 1 : field_coverage(field, &patch->box);
		band->depth_units[place] += (uint64_t)(covered * OVERLAPS_DEPTH_UNIT + 0.5);
	}
}

/* The tracts of a ring that a visit may touch, by their numbers from first on; several times round
 * the ring they are not. */
static size_t find_tracts(const struct counting *counting, const struct skymap_ring *ring,
                          double ra, double dec, int64_t *ret_first)
{
	const double farthest = counting->radius + counting->map->radius;
	*ret_first = 0;
	if (fabs(dec - ring->dec) > farthest)
		return 0;
	const double scale = cos(ring->dec) * cos(dec);
	/* How far round the ring tracts are still near enough. */
	const double limit = cos(farthest) - sin(ring->dec) * sin(dec);
	if (ring->tract_count == 1 || limit <= -scale)
		return ring->tract_count;
	if (limit >= scale)
		return 0;
	const double width = 2 * M_PI / ring->tract_count;
	const double half = acos(limit / scale) + 1e-9;
	const double from = ceil((ra - counting->map->ra_start - half) / width);
	const double to = floor((ra - counting->map->ra_start + half) / width);
	if (to < from)
		return 0;
	const double count = to - from + 1;
	*ret_first = (int64_t)from;
	return count < ring->tract_count ? (size_t)count : ring->tract_count;
}

static void count_visit(const struct counting *counting, struct overlaps_band *band,
                        const struct pointing *pointing)
{
	const struct skymap *const map = counting->map;
	const double ra = pointing->ra_deg * degree;
	const double dec = pointing->dec_deg * degree;
	const double sin_dec = sin(dec);
	const double cos_dec = cos(dec);
	const double height = M_PI / (map->settings.rings + 1);
	const double farthest = counting->radius + map->radius;
	const double south = (dec - farthest + M_PI / 2) / height;
	const double north = (dec + farthest + M_PI / 2) / height;
	const size_t from = south > 0 ? (size_t)south : 0;
	for (size_t r = from; r < map->ring_count && (double)r <= north; r++) {
		const struct skymap_ring *const ring = &map->rings[r];
		const double ring_sin = sin(ring->dec);
		const double ring_cos = cos(ring->dec);
		int64_t first = 0;
		const size_t count = find_tracts(counting, ring, ra, dec, &first);
		for (size_t i = 0; i < count; i++) {
			const int64_t tracts = ring->tract_count;
			const int64_t number = ((first + (int64_t)i) % tracts + tracts) % tracts;
			const struct field field =
			        field_seen(sin_dec, cos_dec, ring_sin, ring_cos,
			                   ra - skymap_tract_ra(map, ring, (size_t)number),
			                   counting->cos_radius, counting->sin_radius);
			if (field.at_centre < counting->cos_far)
				continue;
			count_in_tract(counting, &field, band,
			               (ring->first_tract + (size_t)number) * map->patches);
		}
	}
}

static void count_band(void *context, size_t index, size_t worker)
{
	const struct counting *const counting = context;
	const struct pointings *const pointings = counting->pointings;
	struct overlaps_band *const band = &counting->overlaps->bands[index];
	(void)worker;
	for (size_t i = 0; i < pointings->count; i++) {
		if (pointings->items[i].band != index)
			continue;
		band->visits++;
		count_visit(counting, band, &pointings->items[i]);
	}
}

static bool is_within_ra(const struct overlaps_region *region, double ra)
{
	if (!region->has_ra)
		return true;
	if (region->ra_from <= region->ra_to)
		return ra >= region->ra_from && ra <= region->ra_to;
	return ra >= region->ra_from || ra <= region->ra_to;
}

/* Which patches have their centre in the region. */
static int find_counted(struct overlaps *overlaps, struct error *err)
{
	const struct overlaps_region *const region = &overlaps->region;
	const struct skymap *const map = overlaps->map;
	if (!region->has_ra && !region->has_dec)
		return 0;
	overlaps->is_counted = calloc(skymap_patch_count(map), sizeof *overlaps->is_counted);
	if (!overlaps->is_counted)
		return error_memory(err);
	for (size_t i = 0; i < skymap_patch_count(map); i++) {
		double ra = 0;
		double dec = 0;
		skymap_patch_centre(map, i / map->patches, (unsigned)(i % map->patches), &ra, &dec);
		overlaps->is_counted[i] =
		        is_within_ra(region, ra) &&
		        (!region->has_dec || (dec >= region->dec_from && dec <= region->dec_to));
	}
	return 0;
}

static int make_bands(const struct pointings *pointings, struct overlaps *overlaps,
                      struct error *err)
{
	const size_t places = skymap_patch_count(overlaps->map);
	if (places * pointings->bands.count > OVERLAPS_MOST_PLACES)
		return error_set(err, E2BIG,
		                 "%zu patches in %zu bands: more than %d to count for; take larger "
		                 "patches or fewer bands",
		                 places, pointings->bands.count, OVERLAPS_MOST_PLACES);
	overlaps->bands = calloc(pointings->bands.count + 1, sizeof *overlaps->bands);
	if (!overlaps->bands)
		return error_memory(err);
	for (size_t i = 0; i < pointings->bands.count; i++) {
		struct overlaps_band *const band = &overlaps->bands[i];
		overlaps->band_count++;
		band->name = pointings->bands.items[i];
		band->touching = calloc(places, sizeof *band->touching);
		band->depth_units = calloc(places, sizeof *band->depth_units);
		if (!band->touching || !band->depth_units)
			return error_memory(err);
	}
	return 0;
}

static int make_patches(struct counting *counting, struct error *err)
{
	const struct skymap *const map = counting->map;
	double half_diagonal = 0;
	counting->patches = calloc(map->patches, sizeof *counting->patches);
	if (!counting->patches)
		return error_memory(err);
	for (unsigned p = 0; p < map->patches; p++) {
		struct patch *const patch = &counting->patches[p];
		const struct skymap_box box = skymap_patch_box(map, p);
		const double east = (box.east_from + box.east_to) / 2;
		const double north = (box.north_from + box.north_to) / 2;
		*patch =
		        (struct patch){box, east, north, 1 / sqrt(1 + east * east + north * north)};
		/* An angle is never larger than its picture. */
		half_diagonal =
		        fmax(half_diagonal, hypot(box.east_to - east, box.north_to - north));
	}
	const double radius = counting->radius;
	const double far = fmin(radius + map->radius, M_PI);
	counting->cos_far = cos(far) - 1e-12;
	counting->cos_missed = cos(fmin(radius + half_diagonal, M_PI)) - 1e-12;
	/* Above 1: never, the patch is larger than the field. */
	counting->cos_held = radius > half_diagonal ? cos(radius - half_diagonal) + 1e-12 : 2;
	return 0;
}

static int check_radius(const struct skymap *map, double radius_deg, struct error *err)
{
	if (!(radius_deg >= OVERLAPS_LEAST_RADIUS_DEG) || radius_deg > OVERLAPS_MOST_RADIUS_DEG)
		return error_set(err, EINVAL,
		                 "a field of %g deg around its centre; give %g to %g deg",
		                 radius_deg, OVERLAPS_LEAST_RADIUS_DEG, OVERLAPS_MOST_RADIUS_DEG);
	if (2 * radius_deg * degree + map->radius > horizon)
		return error_set(err, EINVAL,
		                 "a field of %g deg does not fit onto the plane of tracts that "
		                 "reach %.1f deg from their centres; take more rings",
		                 radius_deg, map->radius / degree);
	return 0;
}

int overlaps_count(const struct skymap *map, const struct pointings *pointings, double radius_deg,
                   const struct overlaps_region *region, struct overlaps *ret_overlaps,
                   struct error *err)
{
	cleanup_overlaps struct overlaps overlaps = {
	        .map = map,
	        .radius_deg = radius_deg,
	        .region = *region,
	        .visits = pointings->count,
	};
	struct counting counting = {
	        .map = map,
	        .pointings = pointings,
	        .overlaps = &overlaps,
	        .radius = radius_deg * degree,
	        .cos_radius = cos(radius_deg * degree),
	        .sin_radius = sin(radius_deg * degree),
	};
	int r = check_radius(map, radius_deg, err);
	if (r == 0)
		r = make_bands(pointings, &overlaps, err);
	if (r == 0)
		r = find_counted(&overlaps, err);
	if (r == 0)
		r = make_patches(&counting, err);
	if (r == 0)
		/* A visit costs about as much as ten things. */
		parallel_for(overlaps.band_count, parallel_workers(10 * pointings->count),
		             count_band, &counting);
	free(counting.patches);
	if (r < 0)
		return r;
	*ret_overlaps = overlaps;
	overlaps = (struct overlaps){0};
	return 0;
}

bool overlaps_is_counted(const struct overlaps *overlaps, size_t place)
{
	return !overlaps->is_counted || overlaps->is_counted[place];
}

double overlaps_depth(const struct overlaps_band *band, size_t place)
{
	return (double)band->depth_units[place] / OVERLAPS_DEPTH_UNIT;
}

double overlaps_of_one(const struct skymap *map, size_t tract, unsigned patch,
                       const struct pointing *pointing, double radius_deg, bool *ret_touches)
{
	const struct skymap_ring *const ring = &map->rings[skymap_ring_of(map, tract)];
	const struct skymap_box box = skymap_patch_box(map, patch);
	const double dec = pointing->dec_deg * degree;
	const double ra = pointing->ra_deg * degree;
	const double tract_ra = skymap_tract_ra(map, ring, tract - ring->first_tract);
	const double radius = radius_deg * degree;
	const struct field field = field_seen(sin(dec), cos(dec), sin(ring->dec), cos(ring->dec),
	                                      ra - tract_ra, cos(radius), sin(radius));
	*ret_touches =
	        field.at_centre >= cos(radius + map->radius) - 1e-12 && field_touches(&field, &box);
	if (!*ret_touches)
		return 0;
	return field_holds(&field, &box) ? 1 : field_coverage(&field, &box);
}

void overlaps_release(struct overlaps *overlaps)
{
	if (!overlaps)
		return;
	for (size_t i = 0; i < overlaps->band_count; i++) {
		free(overlaps->bands[i].touching);
		free(overlaps->bands[i].depth_units);
	}
	free(overlaps->bands);
	free(overlaps->is_counted);
	*overlaps = (struct overlaps){0};
}
