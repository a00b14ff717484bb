/* Tables of pointings: which columns are found, in which units, and what is wrong with others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/str.h"
#include "formats/capacity/pointings_csv.h"

#include <errno.h>
#include <math.h>
#include <string.h>

static int read_text(const char *text, const char *columns, struct pointings *ret_pointings,
                     struct problems *problems, struct error *err)
{
	cleanup_file FILE *stream = fmemopen((void *)(uintptr_t)text, strlen(text), "r");
	assert_non_null(stream);
	return pointings_csv_read("p.csv", stream, columns, ret_pointings, problems, err);
}

static void test_read(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		const char *columns;
		double ra;
		double dec;
		const char *band;
		size_t remarks;
	} cases[] = {
	        {"ra,dec,band\n10,-20,r\n", NULL, 10, -20, "r", 0},
	        {"RA,Dec,Filter\n10,-20,r\n", NULL, 10, -20, "r", 3},
	        {"night;fieldRA;fieldDec;filter\n1;10;-20;r\n", NULL, 10, -20, "r", 3},
	        {"# of a simulation\nband\tra_deg\tdec_deg\nr\t10\t-20\n", NULL, 10, -20, "r", 2},
	        {"ra_rad,dec_rad,band\n1.5707963267948966,0,r\n", NULL, 90, 0, "r", 2},
	        {"ra_hours,dec,band\n6,0,r\n", NULL, 90, 0, "r", 1},
	        {"a,b,c\n1.5707963267948966,-30,g\n", "ra=a:rad,dec=b,band=c", 90, -30, "g", 0},
	        {"a,b\n10,-20\n", "ra=a,dec=b:deg,band=-", 10, -20, "all", 0},
	        {"a:rad,b,c\n10,-20,g\n", "ra=a:rad,dec=b,band=c", 10, -20, "g", 0},
	        {"ra,dec,band\n-10,90,r\n", NULL, 350, 90, "r", 0},
	        {"ra,dec,band\n360,-90,r\n", NULL, 0, -90, "r", 0},
	        {"ra,dec,band,rotation,weight\n10,-20,r,,nonsense\n", NULL, 10, -20, "r", 0},
	        {"ra,dec,band\n10,-20,\"a, b\"\n", NULL, 10, -20, "a, b", 0},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct error err;
		cleanup_pointings struct pointings pointings;
		cleanup_problems struct problems problems = {0};
		memset(&pointings, 0xa5, sizeof pointings);
		print_message("# case %zu\n", i);
		if (read_text(cases[i].text, cases[i].columns, &pointings, &problems, &err) < 0)
			fail_msg("%s: %s", err.text,
			         problems.count > 0 ? problems.items[0].text : "");
		assert_int_equal(pointings.count, 1);
		assert_true(fabs(pointings.items[0].ra_deg - cases[i].ra) < 1e-9);
		assert_true(fabs(pointings.items[0].dec_deg - cases[i].dec) < 1e-9);
		assert_string_equal(pointings.bands.items[pointings.items[0].band], cases[i].band);
		assert_int_equal(pointings.remarks.count, cases[i].remarks);
	}
}

/* Everything that is wrong is told at once, with its place. */
static void test_wrong(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		const char *columns;
		const char *said[3];
	} cases[] = {
	        {"", NULL, {"empty"}},
	        {"ra,dec,band\n", NULL, {"no visit"}},
	        {"a,b,c\n1,2,3\n", NULL, {"right ascension", "declination", "--columns band=-"}},
	        {"ra,dec,band\n1,95,r\nx,2,r\n1,2,\n",
	         NULL,
	         {"p.csv:2:3: dec: 95 deg is beyond", "p.csv:3:1: ra: \"x\" is not a number",
	          "p.csv:4:5: band: empty"}},
	        {"ra,dec,band\n361,0,r\n", NULL, {"p.csv:2:1: ra: 361 deg is beyond 360 deg"}},
	        {"ra,dec,band\n12:30:00,0,r\n", NULL, {"hours or degrees with minutes"}},
	        {"ra,dec,band\n1,nan,r\n", NULL, {"p.csv:2:3: dec"}},
	        {"ra,dec,band\n1,2,\033[31mr\n",
	         NULL,
	         {"p.csv:2:5: band: has a control character"}},
	        {"ra,dec,band\n1,2\n", NULL, {"2 cells where the header has 3"}},
	        {"ra,dec,band\n1,2,r", NULL, {"does not end"}},
	        {"a,dec,band\n1,2,r\n", "ra=b", {"no column \"b\", which was named for ra"}},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct error err;
		struct pointings pointings;
		cleanup_problems struct problems problems = {0};
		memset(&pointings, 0xa5, sizeof pointings);
		print_message("# case %zu\n", i);
		if (*cases[i].text == '\0') {
			cleanup_file FILE *stream = fopen("/dev/null", "r");
			assert_int_equal(pointings_csv_read("p.csv", stream, NULL, &pointings,
			                                    &problems, &err),
			                 -EINVAL);
		} else {
			assert_int_equal(read_text(cases[i].text, cases[i].columns, &pointings,
			                           &problems, &err),
			                 -EINVAL);
		}
		assert_int_equal(((unsigned char *)&pointings)[0], 0xa5);
		for (size_t k = 0; k < ARRAY_LENGTH(cases[i].said) && cases[i].said[k]; k++) {
			assert_true(k < problems.count);
			if (!strstr(problems.items[k].text, cases[i].said[k]))
				fail_msg("%s\nlacks: %s", problems.items[k].text, cases[i].said[k]);
		}
	}
}

/* A map that is none is no fault of the file. */
static void test_wrong_map(void **state)
{
	(void)state;
	static const char *const maps[] = {"ra",       "ra=",           "=a",
	                                   "visits=a", "ra=a:furlongs", "dec=b:h"};
	for (size_t i = 0; i < ARRAY_LENGTH(maps); i++) {
		struct error err;
		struct pointings pointings;
		cleanup_problems struct problems problems = {0};
		assert_int_equal(read_text("a,b,c\n1,2,r\n", maps[i], &pointings, &problems, &err),
		                 -EINVAL);
		assert_int_equal(problems.count, 0);
		assert_non_null(strstr(err.text, "columns:"));
	}
}

static void test_many_bands(void **state)
{
	(void)state;
	struct error err;
	struct pointings pointings;
	cleanup_problems struct problems problems = {0};
	cleanup_str struct str text = {0};
	str_add(&text, "ra,dec,band\n");
	for (int i = 0; i < 2 * POINTINGS_MOST_BANDS; i++)
		str_addf(&text, "1,2,%d\n", i);
	assert_int_equal(read_text(str_text(&text), NULL, &pointings, &problems, &err), -EINVAL);
	assert_int_equal(problems.count, 1);
	assert_non_null(strstr(problems.items[0].text, "is this the column of bands?"));
}

/* Angles that look like radians are taken for degrees, but not without a word. */
static void test_radians(void **state)
{
	(void)state;
	for (int told = 0; told < 2; told++) {
		struct error err;
		cleanup_pointings struct pointings pointings = {0};
		cleanup_problems struct problems problems = {0};
		cleanup_str struct str text = {0};
		str_add(&text, "ra,dec,band\n");
		for (int i = 0; i < 200; i++)
			str_addf(&text, "%.4f,%.4f,r\n", i * 0.03, i * 0.007 - 0.7);
		assert_int_equal(read_text(str_text(&text), told ? "ra=ra:deg,dec=dec:deg" : NULL,
		                           &pointings, &problems, &err),
		                 0);
		assert_int_equal(pointings.warnings.count, told ? 0 : 1);
		if (!told)
			assert_non_null(strstr(pointings.warnings.items[0], "radians"));
	}
}

/* Bands are shown by wavelength, whichever came first. */
static void test_order(void **state)
{
	(void)state;
	static const char *const expected[] = {"u", "r", "i", "y", "J", "halpha"};
	struct error err;
	cleanup_pointings struct pointings pointings = {0};
	cleanup_problems struct problems problems = {0};
	assert_int_equal(read_text("ra,dec,band\n1,0,y\n2,0,halpha\n3,0,i\n4,0,u\n5,0,J\n6,0,r\n"
	                           "7,0,i\n",
	                           NULL, &pointings, &problems, &err),
	                 0);
	assert_int_equal(pointings.bands.count, ARRAY_LENGTH(expected));
	for (size_t i = 0; i < ARRAY_LENGTH(expected); i++)
		assert_string_equal(pointings.bands.items[i], expected[i]);
	static const char *const of_visits[] = {"y", "halpha", "i", "u", "J", "r", "i"};
	for (size_t i = 0; i < ARRAY_LENGTH(of_visits); i++)
		assert_string_equal(pointings.bands.items[pointings.items[i].band], of_visits[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_read),      cmocka_unit_test(test_wrong),
	        cmocka_unit_test(test_wrong_map), cmocka_unit_test(test_many_bands),
	        cmocka_unit_test(test_radians),   cmocka_unit_test(test_order),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
