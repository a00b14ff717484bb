/* Visits per patch: known answers, the conservation of area, and a slow count of every visit and
 * every patch that looks at points one by one with the formula for distances on the sphere. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analyse/capacity/overlaps.h"
#include "core/array.h"
#include "core/error.h"
#include "core/rng.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double degree = M_PI / 180;

static struct skymap dc2;

static int make_map(void **state)
{
	struct error err;
	(void)state;
	return skymap_init(&dc2, &skymap_dc2, &err);
}

static int release_map(void **state)
{
	(void)state;
	skymap_release(&dc2);
	return 0;
}

static void add(struct pointings *pointings, double ra, double dec, const char *band)
{
	struct error err;
	uint32_t index = 0;
	assert_int_equal(pointings_band(pointings, band, &index, &err), 0);
	assert_int_equal(pointings_add(pointings, ra, dec, index, &err), 0);
}

static void count(const struct skymap *map, const struct pointings *pointings, double radius,
                  struct overlaps *ret_overlaps)
{
	static const struct overlaps_region everywhere;
	struct error err;
	memset(ret_overlaps, 0xa5, sizeof *ret_overlaps);
	if (overlaps_count(map, pointings, radius, &everywhere, ret_overlaps, &err) < 0)
		fail_msg("%s", err.text);
}

/* Visits that touch a patch, over all of them. */
static uint64_t sum_touching(const struct overlaps *overlaps, size_t band)
{
	uint64_t sum = 0;
	for (size_t i = 0; i < skymap_patch_count(overlaps->map); i++)
		sum += overlaps->bands[band].touching[i];
	return sum;
}

/* Depth times own sky, over all patches, in square degrees. */
static double sum_area(const struct overlaps *overlaps, size_t band)
{
	const struct skymap *const map = overlaps->map;
	double sum = 0;
	for (size_t r = 0; r < map->ring_count; r++)
		for (size_t t = 0; t < map->rings[r].tract_count; t++)
			for (unsigned p = 0; p < map->patches; p++)
				sum += skymap_own_sr(map, r, p) *
				       overlaps_depth(
				               &overlaps->bands[band],
				               (map->rings[r].first_tract + t) * map->patches + p);
	return sum / (degree * degree);
}

static void assert_within(const char *what, double value, double expected, double relative)
{
	if (!(fabs(value / expected - 1) <= relative))
		fail_msg("%s: %.9g, expected %.9g", what, value, expected);
}

/* ---- Known answers ---------------------------------------------------------------------- */

/* A visit in the middle of a patch that is larger than the field: one patch, covered by as much as
 * the areas say, wherever on the sky it is. */
static void test_in_one_patch(void **state)
{
	(void)state;
	static const double decs[] = {-90, -88.51239669421487, -45.371900826446286,
	                              0.7438016528925620, 90};
	static const double radius = 0.05;
	for (size_t i = 0; i < ARRAY_LENGTH(decs); i++) {
		cleanup_pointings struct pointings pointings = {0};
		cleanup_overlaps struct overlaps overlaps;
		size_t tract = 0;
		unsigned patch = 0;
		/* The middles of the first tracts of rings. */
		add(&pointings, 0, decs[i], "r");
		count(&dc2, &pointings, radius, &overlaps);
		assert_int_equal(overlaps.band_count, 1);
		assert_int_equal(overlaps.bands[0].visits, 1);
		skymap_find(&dc2, 0, decs[i], &tract, &patch);
		assert_int_equal(patch, 24);
		const size_t place = tract * dc2.patches + patch;
		assert_int_equal(overlaps.bands[0].touching[place], 1);
		assert_int_equal(sum_touching(&overlaps, 0), 1);
		/* In the plane: pi tan^2 r of a square of 4200 pixels. */
		const double side = 4200 * 0.2 / 3600 * degree;
		const double t = tan(radius * degree);
		assert_within("the part that is covered", overlaps_depth(&overlaps.bands[0], place),
		              M_PI * t * t / (side * side), 1e-4);
	}
}

/* A visit on the pole has every tract of the first rings alike. */
static void test_pole(void **state)
{
	(void)state;
	for (int south = 0; south < 2; south++) {
		cleanup_pointings struct pointings pointings = {0};
		cleanup_overlaps struct overlaps overlaps;
		add(&pointings, 123.4, south ? -90 : 90, "i");
		count(&dc2, &pointings, 1.75, &overlaps);
		const struct skymap_ring *const cap = &dc2.rings[south ? 0 : dc2.ring_count - 1];
		const struct skymap_ring *const ring = &dc2.rings[south ? 1 : dc2.ring_count - 2];
		/* The cap's corners are 1.1 deg from the pole. */
		for (unsigned p = 0; p < dc2.patches; p++) {
			const size_t place = cap->first_tract * dc2.patches + p;
			assert_int_equal(overlaps.bands[0].touching[place], 1);
			assert_int_equal(overlaps.bands[0].depth_units[place], OVERLAPS_DEPTH_UNIT);
		}
		for (size_t t = 1; t < ring->tract_count; t++)
			for (unsigned p = 0; p < dc2.patches; p++) {
				const size_t first = ring->first_tract * dc2.patches + p;
				const size_t other = first + t * dc2.patches;
				assert_int_equal(overlaps.bands[0].touching[first],
				                 overlaps.bands[0].touching[other]);
				assert_true(fabs(overlaps_depth(&overlaps.bands[0], first) -
				                 overlaps_depth(&overlaps.bands[0], other)) < 1e-6);
			}
		assert_within("area", sum_area(&overlaps, 0), overlaps_field_deg2(1.75), 0.01);
	}
}

/* The same answer on both sides of right ascension 0, and turned by a whole tract. */
static void test_wrap(void **state)
{
	(void)state;
	cleanup_pointings struct pointings at_0 = {0};
	cleanup_pointings struct pointings at_360 = {0};
	cleanup_pointings struct pointings turned = {0};
	cleanup_overlaps struct overlaps a;
	cleanup_overlaps struct overlaps b;
	cleanup_overlaps struct overlaps c;
	const struct skymap_ring *const ring = &dc2.rings[61];
	const double width = 360.0 / ring->tract_count;
	add(&at_0, 0, 0.4, "g");
	add(&at_360, 360, 0.4, "g");
	add(&turned, width * 100, 0.4, "g");
	count(&dc2, &at_0, 0.5, &a);
	count(&dc2, &at_360, 0.5, &b);
	count(&dc2, &turned, 0.5, &c);
	assert_memory_equal(a.bands[0].touching, b.bands[0].touching,
	                    skymap_patch_count(&dc2) * sizeof *a.bands[0].touching);
	assert_true(sum_touching(&a, 0) > 20);
	for (unsigned p = 0; p < dc2.patches; p++) {
		/* The tract before the first one is the last one of the ring. */
		for (size_t k = 0; k < 3; k++) {
			const size_t n = ring->tract_count;
			const size_t from = (ring->first_tract + (n + k - 1) % n) * dc2.patches + p;
			const size_t to = (ring->first_tract + 100 + k - 1) * dc2.patches + p;
			assert_int_equal(a.bands[0].touching[from], c.bands[0].touching[to]);
			assert_true(fabs(overlaps_depth(&a.bands[0], from) -
			                 overlaps_depth(&c.bands[0], to)) < 1e-6);
		}
	}
}

/* Visits that are spread evenly over the sky give every patch the same depth: the number of visits
 * times the part of the sky that one covers. */
static void test_uniform(void **state)
{
	(void)state;
	enum { VISITS = 40000 };
	static const double radius = 6;
	cleanup_pointings struct pointings pointings = {0};
	cleanup_overlaps struct overlaps overlaps;
	/* Fibonacci's lattice: as even as points on a sphere come. */
	for (int i = 0; i < VISITS; i++)
		add(&pointings, fmod(i * 137.50776405003785, 360),
		    asin((2 * i + 1.0) / VISITS - 1) / degree, "z");
	count(&dc2, &pointings, radius, &overlaps);
	const double expected = VISITS * overlaps_field_deg2(radius) * degree * degree / (4 * M_PI);
	for (size_t i = 0; i < skymap_patch_count(&dc2); i++)
		assert_within("depth", overlaps_depth(&overlaps.bands[0], i), expected, 0.1);
	assert_within("area", sum_area(&overlaps, 0), VISITS * overlaps_field_deg2(radius), 1e-4);
}

/* ---- Conservation ------------------------------------------------------------------------ */

/* Coverage times area, over all patches, is visits times the area of a field. */
static void test_area(void **state)
{
	(void)state;
	static const struct {
		double radius;
		int visits;
		double relative;
	} cases[] = {{1.75, 1, 0.01},     {1.75, 100, 0.001}, {0.3, 2000, 0.005},
	             {0.01, 50000, 0.01}, {5, 100, 0.001},    {20, 20, 0.001}};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		cleanup_pointings struct pointings pointings = {0};
		cleanup_overlaps struct overlaps overlaps;
		struct rng rng;
		rng_init(&rng, 3, i);
		for (int v = 0; v < cases[i].visits; v++) {
			const double ra = 360 * rng_uniform(&rng);
			add(&pointings, ra, asin(2 * rng_uniform(&rng) - 1) / degree, "u");
		}
		count(&dc2, &pointings, cases[i].radius, &overlaps);
		assert_within("area", sum_area(&overlaps, 0),
		              cases[i].visits * overlaps_field_deg2(cases[i].radius),
		              cases[i].relative);
	}
}

/* ---- Slow and simple --------------------------------------------------------------------- */

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
		add(&pointings, 0, 90, "b");
		add(&pointings, 0, -90, "b");
		add(&pointings, 359.9, 0.1, "b");
		add(&pointings, 40.1, -89.5, "b");
		while (pointings.count < VISITS) {
			const double ra = 360 * rng_uniform(&rng);
			add(&pointings, ra, asin(2 * rng_uniform(&rng) - 1) / degree, "b");
		}
		count(&map, &pointings, radii[s], &overlaps);
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
		const size_t tract = rng_below(&rng, dc2.tract_count);
		const unsigned patch = (unsigned)rng_below(&rng, dc2.patches);
		double ra = 0;
		double dec = 0;
		const struct skymap_box box = skymap_patch_box(&dc2, patch);
		/* A place somewhere outside of it. */
		place_of(&dc2, tract, box.east_from + 0.08 * (rng_uniform(&rng) - 0.5),
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
				place_of(&dc2, tract, points[k][0], points[k][1], &at_ra, &at_dec);
				nearest = fmin(nearest, distance(at_ra, at_dec, ra, dec));
			}
		}
		bool touches = false;
		if (nearest / degree < 0.01)
			continue; /* as good as on its edge, and steps of the edge are too coarse */
		overlaps_of_one(&dc2, tract, patch, &pointing, nearest / degree * (1 + 1e-9),
		                &touches);
		assert_true(touches);
		/* The place itself may be in the patch: then every field touches. */
		if (overlaps_of_one(&dc2, tract, patch, &pointing, 0.005, &touches) > 0)
			continue;
		overlaps_of_one(&dc2, tract, patch, &pointing, nearest / degree - 0.001, &touches);
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
		const size_t tract = rng_below(&rng, dc2.tract_count);
		const unsigned patch = (unsigned)rng_below(&rng, dc2.patches);
		struct pointing pointing = {0};
		double ra = 0;
		double dec = 0;
		skymap_patch_centre(&dc2, tract, patch, &ra, &dec);
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
		        overlaps_of_one(&dc2, tract, patch, &pointing, radius, &touches);
		const double looked = look_at(&dc2, tract, patch, &pointing, radius, POINTS);
		if (fabs(part - looked) > 0.002)
			fail_msg("radius %g, tract %zu, patch %u: %.5f, by points %.5f", radius,
			         tract, patch, part, looked);
	}
}

/* ---- Bands, regions, refusals -------------------------------------------------------------- */

static void test_bands(void **state)
{
	(void)state;
	cleanup_pointings struct pointings pointings = {0};
	cleanup_overlaps struct overlaps overlaps;
	add(&pointings, 10, 10, "y");
	add(&pointings, 10, 10, "u");
	add(&pointings, 10, 10, "y");
	add(&pointings, 10, 10, "halpha");
	pointings_sort_bands(&pointings);
	count(&dc2, &pointings, 1, &overlaps);
	assert_int_equal(overlaps.band_count, 3);
	static const struct {
		const char *name;
		size_t visits;
	} expected[] = {{"u", 1}, {"y", 2}, {"halpha", 1}};
	size_t tract = 0;
	unsigned patch = 0;
	skymap_find(&dc2, 10, 10, &tract, &patch);
	for (size_t b = 0; b < ARRAY_LENGTH(expected); b++) {
		assert_string_equal(overlaps.bands[b].name, expected[b].name);
		assert_int_equal(overlaps.bands[b].visits, expected[b].visits);
		assert_int_equal(overlaps.bands[b].touching[tract * dc2.patches + patch],
		                 expected[b].visits);
		assert_true(fabs(overlaps_depth(&overlaps.bands[b], tract * dc2.patches + patch) -
		                 (double)expected[b].visits) < 1e-9);
	}
}

static void test_region(void **state)
{
	(void)state;
	static const struct {
		struct overlaps_region region;
		double ra;
		double dec;
		bool is_in;
	} cases[] = {
	        {{false, 0, 0, false, 0, 0}, 10, 10, true},
	        {{false, 0, 0, true, 0, 20}, 10, 10, true},
	        {{false, 0, 0, true, 20, 40}, 10, 10, false},
	        {{true, 350, 20, false, 0, 0}, 10, 10, true},
	        {{true, 350, 20, false, 0, 0}, 355, 10, true},
	        {{true, 350, 20, false, 0, 0}, 180, 10, false},
	        {{true, 20, 350, false, 0, 0}, 180, 10, true},
	        {{true, 20, 350, true, -5, 5}, 180, 10, false},
	};
	cleanup_pointings struct pointings pointings = {0};
	add(&pointings, 10, 10, "r");
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct error err;
		cleanup_overlaps struct overlaps overlaps;
		size_t tract = 0;
		unsigned patch = 0;
		assert_int_equal(
		        overlaps_count(&dc2, &pointings, 1, &cases[i].region, &overlaps, &err), 0);
		skymap_find(&dc2, cases[i].ra, cases[i].dec, &tract, &patch);
		assert_int_equal(overlaps_is_counted(&overlaps, tract * dc2.patches + patch),
		                 cases[i].is_in);
	}
}

static void test_refused(void **state)
{
	(void)state;
	static const struct overlaps_region everywhere;
	static const struct skymap_settings coarse = {1, 0, 1, 3600, 100, 0};
	static const double radii[] = {0, -1, NAN, 21, 1e-6};
	cleanup_pointings struct pointings pointings = {0};
	struct overlaps overlaps;
	struct error err;
	memset(&overlaps, 0xa5, sizeof overlaps);
	add(&pointings, 0, 0, "r");
	for (size_t i = 0; i < ARRAY_LENGTH(radii); i++)
		assert_int_equal(
		        overlaps_count(&dc2, &pointings, radii[i], &everywhere, &overlaps, &err),
		        -EINVAL);
	cleanup_skymap struct skymap map;
	assert_int_equal(skymap_init(&map, &coarse, &err), 0);
	assert_int_equal(overlaps_count(&map, &pointings, 20, &everywhere, &overlaps, &err),
	                 -EINVAL);
	assert_non_null(strstr(err.text, "more rings"));
	assert_int_equal(((unsigned char *)&overlaps)[0], 0xa5);
}

/* The field's area and radius, there and back. */
static void test_field(void **state)
{
	(void)state;
	assert_within("area", overlaps_field_deg2(1.75), 9.6204, 1e-4);
	assert_within("the whole sky", overlaps_field_deg2(180), 41252.96, 1e-6);
	for (double r = 0.001; r < 20; r *= 3)
		assert_within("radius", overlaps_radius_of(overlaps_field_deg2(r)), r, 1e-9);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_in_one_patch), cmocka_unit_test(test_pole),
	        cmocka_unit_test(test_wrap),         cmocka_unit_test(test_uniform),
	        cmocka_unit_test(test_area),         cmocka_unit_test(test_brute_force),
	        cmocka_unit_test(test_touching),     cmocka_unit_test(test_coverage),
	        cmocka_unit_test(test_bands),        cmocka_unit_test(test_region),
	        cmocka_unit_test(test_refused),      cmocka_unit_test(test_field),
	};
	return cmocka_run_group_tests(tests, make_map, release_map);
}
