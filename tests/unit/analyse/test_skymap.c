/* The ring sky map: how many tracts and patches there are and where, against figures that are known
 * of lsst.skymap's map of DC2, and that its parts are the whole sky. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analyse/capacity/skymap.h"
#include "core/array.h"
#include "core/error.h"
#include "core/rng.h"

#include <errno.h>
#include <math.h>
#include <string.h>

static const double degree = M_PI / 180;

static void init(struct skymap *map, const struct skymap_settings *settings)
{
	struct error err;
	memset(map, 0xa5, sizeof *map);
	if (skymap_init(map, settings, &err) < 0)
		fail_msg("%s", err.text);
}

static void assert_near(double value, double expected, double most)
{
	if (!(fabs(value - expected) <= most))
		fail_msg("%.9g, expected %.9g", value, expected);
}

/* Published: 18,938 tracts of 49 patches. */
static void test_dc2(void **state)
{
	(void)state;
	cleanup_skymap struct skymap map;
	init(&map, &skymap_dc2);
	assert_int_equal(map.tract_count, 18938);
	assert_int_equal(map.side, 7);
	assert_int_equal(map.patches, 49);
	assert_int_equal(skymap_patch_count(&map), 927962);
	assert_int_equal(map.ring_count, 122);
	/* By the rule of the class: ten tracts in the first ring, 243 at the equator. */
	assert_int_equal(map.rings[0].tract_count, 1);
	assert_int_equal(map.rings[1].tract_count, 10);
	assert_int_equal(map.rings[60].tract_count, 243);
	assert_int_equal(map.rings[61].tract_count, 243);
	assert_int_equal(map.rings[121].tract_count, 1);
	assert_int_equal(map.rings[121].first_tract, 18937);
	assert_near(map.rings[1].dec / degree, -90 + 180.0 / 121, 1e-9);
	/* Ring by ring without gaps. */
	for (size_t r = 1; r < map.ring_count; r++) {
		assert_near(map.rings[r].dec_from, map.rings[r - 1].dec_to, 1e-12);
		assert_int_equal(map.rings[r].first_tract,
		                 map.rings[r - 1].first_tract + map.rings[r - 1].tract_count);
		assert_int_equal(skymap_ring_of(&map, map.rings[r].first_tract), r);
		assert_int_equal(skymap_ring_of(&map, map.rings[r].first_tract - 1), r - 1);
	}
}

/* What the tests of lsst.skymap hold of maps: 26 tracts in three rings, where tract 9813 (the field
 * COSMOS) and the one at right ascension 0 north of the equator are; and that the Hyper Suprime-Cam
 * survey, with its pixels, has 81 patches in a tract. */
static void test_known(void **state)
{
	(void)state;
	static const struct skymap_settings three = {3, 234, 1, 10, 4000, 100};
	static const struct skymap_settings hsc = {120, 0, 1.0 / 60, 0.168, 4000, 100};
	cleanup_skymap struct skymap small;
	cleanup_skymap struct skymap map;
	double ra = 0;
	double dec = 0;
	init(&small, &three);
	assert_int_equal(small.tract_count, 26);
	assert_near(skymap_tract_ra(&small, &small.rings[1], 0) / degree, 234, 1e-9);
	init(&map, &hsc);
	assert_int_equal(map.tract_count, 18938);
	assert_int_equal(map.patches, 81);
	skymap_patch_centre(&map, 9813, 40, &ra, &dec);
	assert_near(ra, 150.2479338842975, 1e-9);
	assert_near(dec, 2.2314049586776834, 1e-9);
	skymap_patch_centre(&map, map.rings[61].first_tract, 40, &ra, &dec);
	assert_near(ra, 0, 1e-9);
	assert_near(dec, 0.7438016528925696, 1e-9);
}

/* Places are found in a patch that is near. */
static void test_places(void **state)
{
	(void)state;
	static const struct {
		double ra;
		double dec;
	} places[] = {{0, 0},        {359.99, 0},   {0.01, 10},   {180, -45},
	              {123.4, 88.2}, {10, -89.9},   {350, 89.9},  {56.6, -36.4},
	              {0, -90},      {77, 90},      {359.9, -70}, {0.1, 70},
	              {90, 0.001},   {270, -0.001}, {300, -62},   {12.34, 56.78}};
	cleanup_skymap struct skymap map;
	init(&map, &skymap_dc2);
	for (size_t i = 0; i < ARRAY_LENGTH(places); i++) {
		size_t tract = 0;
		unsigned patch = 0;
		double ra = 0;
		double dec = 0;
		skymap_find(&map, places[i].ra, places[i].dec, &tract, &patch);
		skymap_patch_centre(&map, tract, patch, &ra, &dec);
		/* The middle of its patch is no farther than half a diagonal. */
		const double cosine = sin(dec * degree) * sin(places[i].dec * degree) +
		                      cos(dec * degree) * cos(places[i].dec * degree) *
		                              cos((ra - places[i].ra) * degree);
		const double away = acos(fmin(cosine, 1)) / degree;
		if (away > 0.16)
			fail_msg("(%g, %g): patch %u of tract %zu is %.4f deg away", places[i].ra,
			         places[i].dec, patch, tract, away);
	}
	size_t tract = 1;
	unsigned patch = 0;
	skymap_find(&map, 77, -90, &tract, &patch);
	assert_int_equal(tract, 0);
	assert_int_equal(patch, 24);
	skymap_find(&map, 77, 90, &tract, &patch);
	assert_int_equal(tract, 18937);
	assert_int_equal(patch, 24);
	/* The middle of the first tract of a ring, from both sides of right ascension 0. */
	skymap_find(&map, 0, map.rings[61].dec / degree, &tract, &patch);
	assert_int_equal(tract, map.rings[61].first_tract);
	assert_int_equal(patch, 24);
	skymap_find(&map, 359.999, map.rings[61].dec / degree, &tract, &patch);
	assert_int_equal(tract, map.rings[61].first_tract);
	/* x grows to the west, y to the north. */
	skymap_find(&map, 0.3, map.rings[61].dec / degree, &tract, &patch);
	assert_int_equal(patch, 2 + 7 * 3);
	skymap_find(&map, 0, map.rings[61].dec / degree + 0.3, &tract, &patch);
	assert_int_equal(patch, 3 + 7 * 4);
}

/* A patch's middle is found in that patch, where it is the tract's own. */
static void test_round(void **state)
{
	(void)state;
	static const struct skymap_settings maps[] = {
	        {120, 0, 1.0 / 60, 0.2, 4000, 100},
	        {45, 17.5, 0.1, 0.2, 6000, 0},
	        {7, 359, 0, 10, 500, 20},
	};
	for (size_t m = 0; m < ARRAY_LENGTH(maps); m++) {
		cleanup_skymap struct skymap map;
		init(&map, &maps[m]);
		const unsigned middle = map.side / 2 * (map.side + 1);
		for (size_t t = 0; t < map.tract_count; t++) {
			double ra = 0;
			double dec = 0;
			size_t tract = 0;
			unsigned patch = 0;
			skymap_patch_centre(&map, t, middle, &ra, &dec);
			if (map.side % 2 == 0)
				break; /* the middle of the tract is a corner of four */
			assert_true(ra >= 0 && ra < 360);
			skymap_find(&map, ra, dec, &tract, &patch);
			if (tract != t || patch != middle)
				fail_msg("map %zu, tract %zu: (%g, %g) is found in %zu, %u", m, t,
				         ra, dec, tract, patch);
		}
	}
}

/* The patches' own sky is the whole sky, and random places are found as often as it says. */
static void test_own_sky(void **state)
{
	(void)state;
	enum { PLACES = 200000 };
	cleanup_skymap struct skymap map;
	init(&map, &skymap_dc2);
	double sum = 0;
	for (size_t r = 0; r < map.ring_count; r++)
		for (unsigned p = 0; p < map.patches; p++) {
			assert_true(skymap_own_sr(&map, r, p) >= 0);
			sum += skymap_own_sr(&map, r, p) * map.rings[r].tract_count;
		}
	assert_near(sum, 4 * M_PI, 1e-9);
	/* By patch, over all tracts. */
	double expected[49] = {0};
	double found[49] = {0};
	for (size_t r = 0; r < map.ring_count; r++)
		for (unsigned p = 0; p < map.patches; p++)
			expected[p] +=
			        skymap_own_sr(&map, r, p) * map.rings[r].tract_count / (4 * M_PI);
	struct rng rng;
	rng_init(&rng, 8, 1);
	for (size_t i = 0; i < PLACES; i++) {
		size_t tract = 0;
		unsigned patch = 0;
		skymap_find(&map, 360 * rng_uniform(&rng), asin(2 * rng_uniform(&rng) - 1) / degree,
		            &tract, &patch);
		found[patch] += 1.0 / PLACES;
	}
	for (unsigned p = 0; p < map.patches; p++)
		assert_near(found[p], expected[p], 5 * sqrt(expected[p] / PLACES) + 1e-4);
}

static void test_boxes(void **state)
{
	(void)state;
	cleanup_skymap struct skymap map;
	init(&map, &skymap_dc2);
	const double pixel = 0.2 / 3600 * degree;
	const struct skymap_box middle = skymap_patch_box(&map, 24);
	assert_near(middle.east_from, -2100 * pixel, 1e-12);
	assert_near(middle.east_to, 2100 * pixel, 1e-12);
	assert_near(middle.north_from, -2100 * pixel, 1e-12);
	assert_near(middle.north_to, 2100 * pixel, 1e-12);
	/* The first one is in the south-west, and its border ends with the tract. */
	const struct skymap_box corner = skymap_patch_box(&map, 0);
	assert_near(corner.east_from, 9900 * pixel, 1e-12);
	assert_near(corner.east_to, 14000 * pixel, 1e-12);
	assert_near(corner.north_from, -14000 * pixel, 1e-12);
	assert_near(corner.north_to, -9900 * pixel, 1e-12);
}

static void test_refused(void **state)
{
	(void)state;
	static const struct {
		struct skymap_settings settings;
		const char *word;
	} cases[] = {
	        {{0, 0, 0, 0.2, 4000, 100}, "rings"},
	        {{SKYMAP_MOST_RINGS + 1, 0, 0, 0.2, 4000, 100}, "rings"},
	        {{120, 360, 0, 0.2, 4000, 100}, "start"},
	        {{120, -1, 0, 0.2, 4000, 100}, "start"},
	        {{120, 0, -1, 0.2, 4000, 100}, "overlap"},
	        {{120, 0, NAN, 0.2, 4000, 100}, "overlap"},
	        {{120, 0, 0, 0, 4000, 100}, "pixels"},
	        {{120, 0, 0, 0.2, 0, 0}, "patches"},
	        {{120, 0, 0, 0.2, 100, 101}, "border"},
	        {{120, 0, 0, 0.2, 40, 0}, "patches"},
	        {{1, 0, 9, 3600, 1000, 0}, NULL},
	        {{1, 0, 0, 1, 10000, 0}, NULL},
	        {{2000, 0, 0, 0.2, 200, 0}, "larger patches"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct error err;
		struct skymap map;
		memset(&map, 0xa5, sizeof map);
		const int r = skymap_init(&map, &cases[i].settings, &err);
		if (!cases[i].word) {
			assert_int_equal(r, 0);
			skymap_release(&map);
			continue;
		}
		assert_int_equal(r, -EINVAL);
		assert_non_null(strstr(err.text, cases[i].word));
		assert_int_equal(((unsigned char *)&map)[0], 0xa5);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_dc2),     cmocka_unit_test(test_places),
	        cmocka_unit_test(test_known),   cmocka_unit_test(test_round),
	        cmocka_unit_test(test_own_sky), cmocka_unit_test(test_boxes),
	        cmocka_unit_test(test_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
