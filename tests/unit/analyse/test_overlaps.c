/* Visits per patch: known answers, the conservation of area, bands, regions, refusals. A slow count
 * of the same is in test_overlaps_slow.c. */
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

#include <errno.h>
#include <math.h>
#include <string.h>

static const double degree = M_PI / 180;

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
		pointed_add(&pointings, 0, decs[i], "r");
		pointed_count(&pointed_map, &pointings, radius, &overlaps);
		assert_int_equal(overlaps.band_count, 1);
		assert_int_equal(overlaps.bands[0].visits, 1);
		skymap_find(&pointed_map, 0, decs[i], &tract, &patch);
		assert_int_equal(patch, 24);
		const size_t place = tract * pointed_map.patches + patch;
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
		pointed_add(&pointings, 123.4, south ? -90 : 90, "i");
		pointed_count(&pointed_map, &pointings, 1.75, &overlaps);
		const struct skymap_ring *const cap =
		        &pointed_map.rings[south ? 0 : pointed_map.ring_count - 1];
		const struct skymap_ring *const ring =
		        &pointed_map.rings[south ? 1 : pointed_map.ring_count - 2];
		/* The cap's corners are 1.1 deg from the pole. */
		for (unsigned p = 0; p < pointed_map.patches; p++) {
			const size_t place = cap->first_tract * pointed_map.patches + p;
			assert_int_equal(overlaps.bands[0].touching[place], 1);
			assert_int_equal(overlaps.bands[0].depth_units[place], OVERLAPS_DEPTH_UNIT);
		}
		for (size_t t = 1; t < ring->tract_count; t++)
			for (unsigned p = 0; p < pointed_map.patches; p++) {
				const size_t first = ring->first_tract * pointed_map.patches + p;
				const size_t other = first + t * pointed_map.patches;
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
	const struct skymap_ring *const ring = &pointed_map.rings[61];
	const double width = 360.0 / ring->tract_count;
	pointed_add(&at_0, 0, 0.4, "g");
	pointed_add(&at_360, 360, 0.4, "g");
	pointed_add(&turned, width * 100, 0.4, "g");
	pointed_count(&pointed_map, &at_0, 0.5, &a);
	pointed_count(&pointed_map, &at_360, 0.5, &b);
	pointed_count(&pointed_map, &turned, 0.5, &c);
	assert_memory_equal(a.bands[0].touching, b.bands[0].touching,
	                    skymap_patch_count(&pointed_map) * sizeof *a.bands[0].touching);
	assert_true(sum_touching(&a, 0) > 20);
	for (unsigned p = 0; p < pointed_map.patches; p++) {
		/* The tract before the first one is the last one of the ring. */
		for (size_t k = 0; k < 3; k++) {
			const size_t n = ring->tract_count;
			const size_t from =
			        (ring->first_tract + (n + k - 1) % n) * pointed_map.patches + p;
			const size_t to =
			        (ring->first_tract + 100 + k - 1) * pointed_map.patches + p;
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
		pointed_add(&pointings, fmod(i * 137.50776405003785, 360),
		            asin((2 * i + 1.0) / VISITS - 1) / degree, "z");
	pointed_count(&pointed_map, &pointings, radius, &overlaps);
	const double expected = VISITS * overlaps_field_deg2(radius) * degree * degree / (4 * M_PI);
	for (size_t i = 0; i < skymap_patch_count(&pointed_map); i++)
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
			pointed_add(&pointings, ra, asin(2 * rng_uniform(&rng) - 1) / degree, "u");
		}
		pointed_count(&pointed_map, &pointings, cases[i].radius, &overlaps);
		assert_within("area", sum_area(&overlaps, 0),
		              cases[i].visits * overlaps_field_deg2(cases[i].radius),
		              cases[i].relative);
	}
}

/* ---- Bands, regions, refusals -------------------------------------------------------------- */

static void test_bands(void **state)
{
	(void)state;
	cleanup_pointings struct pointings pointings = {0};
	cleanup_overlaps struct overlaps overlaps;
	pointed_add(&pointings, 10, 10, "y");
	pointed_add(&pointings, 10, 10, "u");
	pointed_add(&pointings, 10, 10, "y");
	pointed_add(&pointings, 10, 10, "halpha");
	pointings_sort_bands(&pointings);
	pointed_count(&pointed_map, &pointings, 1, &overlaps);
	assert_int_equal(overlaps.band_count, 3);
	static const struct {
		const char *name;
		size_t visits;
	} expected[] = {{"u", 1}, {"y", 2}, {"halpha", 1}};
	size_t tract = 0;
	unsigned patch = 0;
	skymap_find(&pointed_map, 10, 10, &tract, &patch);
	for (size_t b = 0; b < ARRAY_LENGTH(expected); b++) {
		assert_string_equal(overlaps.bands[b].name, expected[b].name);
		assert_int_equal(overlaps.bands[b].visits, expected[b].visits);
		assert_int_equal(overlaps.bands[b].touching[tract * pointed_map.patches + patch],
		                 expected[b].visits);
		assert_true(fabs(overlaps_depth(&overlaps.bands[b],
		                                tract * pointed_map.patches + patch) -
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
	pointed_add(&pointings, 10, 10, "r");
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct error err;
		cleanup_overlaps struct overlaps overlaps;
		size_t tract = 0;
		unsigned patch = 0;
		assert_int_equal(overlaps_count(&pointed_map, &pointings, 1, &cases[i].region,
		                                &overlaps, &err),
		                 0);
		skymap_find(&pointed_map, cases[i].ra, cases[i].dec, &tract, &patch);
		assert_int_equal(
		        overlaps_is_counted(&overlaps, tract * pointed_map.patches + patch),
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
	pointed_add(&pointings, 0, 0, "r");
	for (size_t i = 0; i < ARRAY_LENGTH(radii); i++)
		assert_int_equal(overlaps_count(&pointed_map, &pointings, radii[i], &everywhere,
		                                &overlaps, &err),
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
	        cmocka_unit_test(test_area),         cmocka_unit_test(test_bands),
	        cmocka_unit_test(test_region),       cmocka_unit_test(test_refused),
	        cmocka_unit_test(test_field),
	};
	return cmocka_run_group_tests(tests, pointed_make_map, pointed_release_map);
}
