/* Visits per patch against a slow count of every visit and every patch that looks at points one by
 * one with the formula for distances on the sphere. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analyse/capacity/overlaps.h"
#include "core/array.h"
#include "core/error.h"
#include "core/rng.h"
#include "pointed.h"

#include <math.h>

static const double degree = M_PI / 180;

/* The place on the sky of a point of a tract's picture. */
static void place_of(const struct skymap *map, size_t tract, double east, double north,
                     double *ret_ra, double *ret_dec)
{
	const struct skymap_ring *const ring = &map->rings[skymap_ring_of(map, tract)];
	const double ra0 = skymap_tract_ra(map, ring, tract - ring->first_tract);
	/* Calabretta and Greisen (2002), for a gnomonic picture: from the distance and the
	 * position angle. */
	const double away = atan(hypot(east, north));
	const double angle = atan2(east, north);
	const double sin_dec = sin(ring->dec) * cos(away) + cos(ring->dec) * sin(away) * cos(angle);
	*ret_dec = asin(fmax(-1, fmin(1, sin_dec)));
	*ret_ra = ra0 + atan2(sin(angle) * sin(away),
	                      cos(ring->dec) * cos(away) - sin(ring->dec) * sin(away) * cos(angle));
}

static double distance(double ra_a, double dec_a, double ra_b, double dec_b)
{
	const double d = sin((dec_a - dec_b) / 2);
	const double r = sin((ra_a - ra_b) / 2);
	return 2 * asin(sqrt(fmin(1, d * d + cos(dec_a) * cos(dec_b) * r * r)));
}

/* The part of a patch's picture that is covered, by n x n points. */
static double look_at(const struct skymap *map, size_t tract, unsigned patch,
                      const struct pointing *pointing, double radius, int n)
{
	const struct skymap_box box = skymap_patch_box(map, patch);
	int inside = 0;
	for (int i = 0; i < n; i++)
		for (int k = 0; k < n; k++) {
			double ra = 0;
			double dec = 0;
			place_of(map, tract,
			         box.east_from + (box.east_to - box.east_from) * (i + 0.5) / n,
			         box.north_from + (box.north_to - box.north_from) * (k + 0.5) / n,
			         &ra, &dec);
			inside += distance(ra, dec, pointing->ra_deg * degree,
			                   pointing->dec_deg * degree) <= radius * degree;
		}
	return (double)inside / (n * n);
}

/* Every patch of a small map against every visit. */
static void test_brute_force(void **state)
{
	(void)state;
	enum { POINTS = 20, VISITS = 40 };
	static const struct skymap_settings settings = {15, 40, 0.5, 20, 1000, 50};
	static const double radii[] = {8, 2.5, 0.6};
	cleanup_skymap struct skymap map;
	struct error err;
	assert_int_equal(skymap_init(&map, &settings, &err), 0);
	for (size_t s = 0; s < ARRAY_LENGTH(radii); s++) {
		cleanup_pointings struct pointings pointings = {0};
		cleanup_overlaps struct overlaps overlaps;
		struct rng rng;
		rng_init(&rng, 5, s);
		pointed_add(&pointings, 0, 90, "b");
		pointed_add(&pointings, 0, -90, "b");
		pointed_add(&pointings, 359.9, 0.1, "b");
		pointed_add(&pointings, 40.1, -89.5, "b");
		while (pointings.count < VISITS) {
			const double ra = 360 * rng_uniform(&rng);
			pointed_add(&pointings, ra, asin(2 * rng_uniform(&rng) - 1) / degree, "b");
		}
		pointed_count(&map, &pointings, radii[s], &overlaps);
		for (size_t i = 0; i < skymap_patch_count(&map); i++) {
			const size_t tract = i / map.patches;
			const unsigned patch = (unsigned)(i % map.patches);
			uint32_t touching = 0;
			uint32_t seen = 0;
			double depth = 0;
			double looked = 0;
			double ra = 0;
			double dec = 0;
			skymap_patch_centre(&map, tract, patch, &ra, &dec);
			for (size_t v = 0; v < pointings.count; v++) {
				const struct pointing *const pointing = &pointings.items[v];
				bool touches = true;
				depth += overlaps_of_one(&map, tract, patch, pointing, radii[s],
				                         &touches);
				touching += touches;
				/* What is farther than this touches nothing of a patch. */
				if (distance(ra * degree, dec * degree, pointing->ra_deg * degree,
				             pointing->dec_deg * degree) > (radii[s] + 6) * degree)
					continue;
				const double part =
				        look_at(&map, tract, patch, pointing, radii[s], POINTS);
				looked += part;
				seen += part > 0;
			}
			assert_int_equal(overlaps.bands[0].touching[i], touching);
			assert_true(fabs(overlaps_depth(&overlaps.bands[0], i) - depth) < 1e-5);
			/* What a point sees touches; what only a corner touches, no point may see.
			 */
			assert_true(seen <= touching);
			if (fabs(looked - depth) > 0.02 * fmax(1, touching))
				fail_msg("radius %g, patch %zu: depth %.4f, by points %.4f",
				         radii[s], i, depth, looked);
		}
	}
}

/* Touching is exact: a field that is larger by a hair than what the nearest point of a patch is
 * away, and one that is smaller. */
static void test_touching(void **state)
{
	(void)state;
	enum { CASES = 3000, STEPS = 400 };
	struct rng rng;
	rng_init(&rng, 6, 1);
	for (int c = 0; c < CASES; c++) {
		struct pointing pointing = {0};
		const size_t tract = rng_below(&rng, pointed_map.tract_count);
		const unsigned patch = (unsigned)rng_below(&rng, pointed_map.patches);
		double ra = 0;
		double dec = 0;
		const struct skymap_box box = skymap_patch_box(&pointed_map, patch);
		/* A place somewhere outside of it. */
		place_of(&pointed_map, tract, box.east_from + 0.08 * (rng_uniform(&rng) - 0.5),
		         box.north_from + 0.08 * (rng_uniform(&rng) - 0.5), &ra, &dec);
		pointing.ra_deg = ra / degree;
		pointing.dec_deg = dec / degree;
		double nearest = 4;
		for (int i = 0; i <= STEPS; i++) {
			const double e = box.east_from + (box.east_to - box.east_from) * i / STEPS;
			const double n =
			        box.north_from + (box.north_to - box.north_from) * i / STEPS;
			const double points[][2] = {{e, box.north_from},
			                            {e, box.north_to},
			                            {box.east_from, n},
			                            {box.east_to, n}};
			for (size_t k = 0; k < ARRAY_LENGTH(points); k++) {
				double at_ra = 0;
				double at_dec = 0;
				place_of(&pointed_map, tract, points[k][0], points[k][1], &at_ra,
				         &at_dec);
				nearest = fmin(nearest, distance(at_ra, at_dec, ra, dec));
			}
		}
		bool touches = false;
		if (nearest / degree < 0.01)
			continue; /* as good as on its edge, and steps of the edge are too coarse */
		overlaps_of_one(&pointed_map, tract, patch, &pointing,
		                nearest / degree * (1 + 1e-9), &touches);
		assert_true(touches);
		/* The place itself may be in the patch: then every field touches. */
		if (overlaps_of_one(&pointed_map, tract, patch, &pointing, 0.005, &touches) > 0)
			continue;
		overlaps_of_one(&pointed_map, tract, patch, &pointing, nearest / degree - 0.001,
		                &touches);
		assert_false(touches);
	}
}

/* The quadrature of the depth against very many points. */
static void test_coverage(void **state)
{
	(void)state;
	enum { CASES = 150, POINTS = 250 };
	static const double radii[] = {0.05, 0.2, 1.75, 3.5};
	struct rng rng;
	rng_init(&rng, 7, 1);
	for (int c = 0; c < CASES; c++) {
		const double radius = radii[c % ARRAY_LENGTH(radii)];
		const size_t tract = rng_below(&rng, pointed_map.tract_count);
		const unsigned patch = (unsigned)rng_below(&rng, pointed_map.patches);
		struct pointing pointing = {0};
		double ra = 0;
		double dec = 0;
		skymap_patch_centre(&pointed_map, tract, patch, &ra, &dec);
		/* So far away that its edge is near the patch. */
		const double away = radius + 0.2 * (rng_uniform(&rng) - 0.5);
		const double angle = 2 * M_PI * rng_uniform(&rng);
		const double sin_dec = sin(dec * degree) * cos(away * degree) +
		                       cos(dec * degree) * sin(away * degree) * cos(angle);
		pointing.dec_deg = asin(sin_dec) / degree;
		pointing.ra_deg = ra + atan2(sin(angle) * sin(away * degree) * cos(dec * degree),
		                             cos(away * degree) - sin(dec * degree) * sin_dec) /
		                               degree;
		bool touches = false;
		const double part =
		        overlaps_of_one(&pointed_map, tract, patch, &pointing, radius, &touches);
		const double looked =
		        look_at(&pointed_map, tract, patch, &pointing, radius, POINTS);
		if (fabs(part - looked) > 0.002)
			fail_msg("radius %g, tract %zu, patch %u: %.5f, by points %.5f", radius,
			         tract, patch, part, looked);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_brute_force),
	        cmocka_unit_test(test_touching),
	        cmocka_unit_test(test_coverage),
	};
	return cmocka_run_group_tests(tests, pointed_make_map, pointed_release_map);
}
