/* Numbers with units: what is read, what is refused and with which remedy, and how they are
 * written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/array.h"
#include "core/error.h"
#include "core/number.h"

#include <errno.h>
#include <locale.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

enum { POISON = 0x5a5a5a5a };

typedef int parse_whole(const char *text, int64_t *ret_value, struct error *err);

struct whole_case {
	const char *text;
	int64_t value;
};

struct refused_case {
	const char *text;
	const char *says; /* a part of the message */
};

static void check_whole(parse_whole *parse, const struct whole_case *cases, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		int64_t value = POISON;
		struct error err = {"untouched"};
		print_message("# %s\n", cases[i].text);
		assert_int_equal(parse(cases[i].text, &value, &err), 0);
		assert_int_equal(value, cases[i].value);
		assert_string_equal(err.text, "untouched");
	}
}

static void check_refused(parse_whole *parse, const struct refused_case *cases, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		int64_t value = POISON;
		struct error err = {""};
		print_message("# %s\n", cases[i].text);
		assert_int_equal(parse(cases[i].text, &value, &err), -EINVAL);
		assert_int_equal(value, POISON);
		assert_non_null(strstr(err.text, cases[i].says));
	}
}

static void test_durations(void **state)
{
	(void)state;
	static const struct whole_case good[] = {
	        {"300s", 300000000000},
	        {"20 ms", 20000000},
	        {"1.5h", 5400000000000},
	        {"30min", 1800000000000},
	        {"2d", 172800000000000},
	        {"7us", 7000},
	        {"12ns", 12},
	        {"0", 0},
	        {" 1s ", 1000000000},
	        {"0.1s", 100000000},
	        {"1e3 ms", 1000000000},
	        {".5s", 500000000},
	        {"+2s", 2000000000},
	};
	static const struct refused_case bad[] = {
	        {"300", "no unit"},
	        {"", "not a duration"},
	        {"s", "not a duration"},
	        {"5 minutes", "\"minutes\""},
	        {"5 s x", "unknown unit"},
	        {"1,5s", "unknown unit"},
	        {"-1s", "negative"},
	        {"1e300d", "too large"},
	        {"0x10s", "not a duration"},
	        {"inf s", "not a duration"},
	        {"nan", "not a duration"},
	        {"1S", "unknown unit"},
	        {"1e400s", "not a duration"},
	        {"300000000d", "too large"},
	        {"5 m", "min"},
	};
	check_whole(number_parse_duration, good, ARRAY_LENGTH(good));
	check_refused(number_parse_duration, bad, ARRAY_LENGTH(bad));
}

static void test_sizes(void **state)
{
	(void)state;
	static const struct whole_case good[] = {
	        {"2.6 GB", 2600000000},
	        {"512MiB", 536870912},
	        {"1 kB", 1000},
	        {"1KiB", 1024},
	        {"17 B", 17},
	        {"1 TB", 1000000000000},
	        {"1PiB", 1125899906842624},
	        {"0", 0},
	};
	static const struct refused_case bad[] = {
	        {"512", "no unit"},   {"512 mb", "unknown unit"}, {"1 K", "KiB"},
	        {"-1 B", "negative"}, {"1e10 PB", "too large"},   {"GB", "2.6 GB"},
	};
	check_whole(number_parse_bytes, good, ARRAY_LENGTH(good));
	check_refused(number_parse_bytes, bad, ARRAY_LENGTH(bad));
}

static void test_integers(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int64_t low, high, value;
		const char *says; /* NULL: it is read */
	} cases[] = {
	        {"5", 1, 10, 5, NULL},
	        {" 5 ", 1, 10, 5, NULL},
	        {"-5", -5, 10, -5, NULL},
	        {"9223372036854775807", 0, INT64_MAX, INT64_MAX, NULL},
	        {"9223372036854775808", 0, INT64_MAX, 0, "0 or more"},
	        {"-9223372036854775809", INT64_MIN, 5, 0, "between"},
	        {"0", 1, 10, 0, "between 1 and 10"},
	        {"11", 1, 10, 0, "between 1 and 10"},
	        {"5x", 1, 10, 0, "digits alone"},
	        {"5.0", 1, 10, 0, "digits alone"},
	        {"0x5", 0, 10, 0, "digits alone"},
	        {"", 1, 10, 0, "digits alone"},
	        {" ", 1, 10, 0, "digits alone"},
	        {"1e3", 1, 10000, 0, "digits alone"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		int64_t value = POISON;
		struct error err = {""};
		print_message("# %s\n", cases[i].text);
		const int r = number_parse_integer(cases[i].text, cases[i].low, cases[i].high,
		                                   &value, &err);
		assert_int_equal(r, cases[i].says ? -EINVAL : 0);
		assert_int_equal(value, cases[i].says ? POISON : cases[i].value);
		if (cases[i].says)
			assert_non_null(strstr(err.text, cases[i].says));
	}
}

static void test_reals_and_fractions(void **state)
{
	(void)state;
	struct error err;
	double value = 7;
	assert_int_equal(number_parse_real("-2.5e-3", &value, &err), 0);
	assert_true(fabs(value + 2.5e-3) < 1e-15);
	assert_int_equal(number_parse_fraction("2%", &value, &err), 0);
	assert_true(fabs(value - 0.02) < 1e-15);
	assert_int_equal(number_parse_fraction("0.25", &value, &err), 0);
	assert_true(fabs(value - 0.25) < 1e-15);
	value = 7;
	static const char *const no_reals[] = {"",    "2.5x",  "x",   "inf",
	                                       "nan", "0x1p3", "2,5", "1e999"};
	for (size_t i = 0; i < ARRAY_LENGTH(no_reals); i++) {
		assert_int_equal(number_parse_real(no_reals[i], &value, &err), -EINVAL);
		assert_int_equal(number_parse_fraction(no_reals[i], &value, &err), -EINVAL);
	}
	assert_int_equal(number_parse_fraction("2%%", &value, &err), -EINVAL);
	assert_true(value >= 7 && value <= 7);
}

static void test_counts(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		double value;
	} counts[] = {
	        {"0", 0},        {"173682", 173682}, {"32.8 M", 32.8e6},
	        {"460k", 460e3}, {" 2.7 M ", 2.7e6}, {"1.5e6", 1.5e6},
	        {"1 G", 1e9},    {"2T", 2e12},       {"0.5", 0.5},
	};
	static const struct {
		const char *text;
		const char *says;
	} wrong[] = {
	        {"", "not a count"},      {"-1", "negative"},       {"32.8 m", "k, M, G, T"},
	        {"1 MM", "unknown"},      {"1,000", "unknown"},     {"M", "not a count"},
	        {"inf", "not a count"},   {"3 million", "unknown"}, {"0x10", "not a count"},
	        {"1e300 T", "too large"},
	};
	struct error err;
	for (size_t i = 0; i < ARRAY_LENGTH(counts); i++) {
		double value = NAN;
		assert_int_equal(number_parse_count(counts[i].text, &value, &err), 0);
		assert_true(fabs(value - counts[i].value) <= 1e-12 * counts[i].value);
	}
	for (size_t i = 0; i < ARRAY_LENGTH(wrong); i++) {
		double value = 7;
		assert_int_equal(number_parse_count(wrong[i].text, &value, &err), -EINVAL);
		assert_true(value >= 7 && value <= 7);
		assert_non_null(strstr(err.text, wrong[i].says));
	}
}

static void test_counts_written(void **state)
{
	(void)state;
	static const struct {
		double count;
		int digits;
		const char *text;
	} cases[] = {
	        {0, 3, "0"},         {54, 3, "54"},         {0.5, 3, "0.5"},
	        {999.4, 3, "999"},   {999.6, 3, "1 k"},     {1000, 3, "1 k"},
	        {2.7e6, 3, "2.7 M"}, {32.8e6, 3, "32.8 M"}, {198130.5, 4, "198.1 k"},
	        {999999, 3, "1 M"},  {6875.4, 3, "6.88 k"}, {1.5e15, 3, "1500 T"},
	        {77, 1, "77"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		char text[NUMBER_TEXT_BYTES];
		number_format_count(cases[i].count, cases[i].digits, text);
		assert_string_equal(text, cases[i].text);
	}
}

static void test_angles(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		double expected; /* NAN: refused */
	} angles[] = {{"1.75deg", 1.75}, {"1.75 deg", 1.75}, {"90 arcmin", 1.5},
	              {"3600arcsec", 1}, {"0", 0},           {"3.141592653589793 rad", 180},
	              {"1.75", NAN},     {"-1deg", NAN},     {"1 degree", NAN},
	              {"1deg x", NAN}};
	static const struct {
		const char *text;
		double expected;
	} areas[] = {{"9.6deg2", 9.6},   {"9.6 deg2", 9.6},
	             {"3600arcmin2", 1}, {"1 sr", 3282.806350011744},
	             {"9.6", NAN},       {"9.6 deg", NAN}};
	struct error err;
	for (size_t i = 0; i < ARRAY_LENGTH(angles); i++) {
		double value = 7;
		const bool is_right = !isnan(angles[i].expected);
		assert_int_equal(number_parse_angle(angles[i].text, &value, &err),
		                 is_right ? 0 : -EINVAL);
		assert_true(fabs(value - (is_right ? angles[i].expected : 7)) < 1e-9);
	}
	for (size_t i = 0; i < ARRAY_LENGTH(areas); i++) {
		double value = 7;
		const bool is_right = !isnan(areas[i].expected);
		assert_int_equal(number_parse_solid_angle(areas[i].text, &value, &err),
		                 is_right ? 0 : -EINVAL);
		assert_true(fabs(value - (is_right ? areas[i].expected : 7)) < 1e-9);
	}
}

/* A comma as the decimal mark of the user's language changes nothing in files. */
static void test_locale(void **state)
{
	(void)state;
	static const char *const names[] = {"de_DE.UTF-8", "fr_FR.UTF-8", "C"};
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
		if (!setlocale(LC_NUMERIC, names[i]))
			continue;
		int64_t bytes = 0;
		struct error err;
		assert_int_equal(number_parse_bytes("2.6 GB", &bytes, &err), 0);
		assert_int_equal(bytes, 2600000000);
	}
	setlocale(LC_NUMERIC, "C");
}

static void test_writing(void **state)
{
	(void)state;
	static const struct whole_case durations[] = {
	        {"0 ns", 0},
	        {"950 us", 950000},
	        {"52.3 ms", 52300000},
	        {"7.25 s", 7250000000},
	        {"59.0 s", 59000000000},
	        {"3 min 20 s", 200000000000},
	        {"2 h 05 min", 7500000000000},
	};
	static const struct whole_case sizes[] = {
	        {"0 B", 0},          {"512 B", 512},     {"1.00 kB", 1000}, {"2.60 GB", 2600000000},
	        {"1.00 MB", 999999}, {"999 kB", 999499},
	};
	char text[NUMBER_TEXT_BYTES];
	for (size_t i = 1; i < ARRAY_LENGTH(durations); i++) {
		number_format_duration(durations[i].value, 3, text);
		assert_string_equal(text, durations[i].text);
	}
	for (size_t i = 0; i < ARRAY_LENGTH(sizes); i++) {
		number_format_bytes(sizes[i].value, text);
		assert_string_equal(text, sizes[i].text);
	}
	static const struct whole_case binary[] = {
	        {"0 B", 0},
	        {"48 KiB", 49152},
	        {"1.25 MiB", 1310720},
	        {"260 MiB", 272629760},
	        {"1 GiB", 1073741824},
	        {"1023 B", 1023},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(binary); i++) {
		number_format_binary_bytes(binary[i].value, text);
		assert_string_equal(text, binary[i].text);
	}
	static const struct {
		double value;
		int digits;
		const char *text;
	} reals[] = {{9.996, 3, "10.0"}, {0, 3, "0.00"},        {1234567, 3, "1234567"},
	             {0.05, 2, "0.050"}, {1e-7, 3, "1.00e-07"}, {-2.5, 2, "-2.5"}};
	for (size_t i = 0; i < ARRAY_LENGTH(reals); i++) {
		number_format_significant(reals[i].value, reals[i].digits, text);
		assert_string_equal(text, reals[i].text);
	}
	number_format_significant(NAN, 3, text);
	assert_string_equal(text, "nan");
}

static void nouns(void **state)
{
	(void)state;
	static const struct {
		size_t count;
		const char *noun;
	} cases[] = {{0, "tasks"}, {1, "task"}, {2, "tasks"}, {SIZE_MAX, "tasks"}};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		assert_string_equal(number_noun(cases[i].count, "task", "tasks"), cases[i].noun);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_durations),      cmocka_unit_test(test_sizes),
	        cmocka_unit_test(test_integers),       cmocka_unit_test(test_reals_and_fractions),
	        cmocka_unit_test(test_angles),         cmocka_unit_test(test_counts),
	        cmocka_unit_test(test_counts_written), cmocka_unit_test(test_locale),
	        cmocka_unit_test(test_writing),        cmocka_unit_test(nouns),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
