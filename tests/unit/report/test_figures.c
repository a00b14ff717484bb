/* How many digits figures keep: what the interval bears, and never none. */
#include "report/figures.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>

static void value_and_interval(void **state)
{
	(void)state;
	static const struct text_style style = {80, false, true};
	static const struct {
		double value;
		double low;
		double high;
		double factor;
		int digits;
		int most;
		const char *text;
	} cases[] = {
	        {1.9842, 1.9411, 2.0213, 1, 2, 4, "1.98 (1.94 - 2.02)"},
	        {0.37, 0.004, 7, 1, 2, 3, "0.37 (0.004 - 7.00)"},
	        {5.65, 1.04, 33.1, 1, 3, 4, "5.65 (1.0 - 33.1)"},
	        {0.9, 0.5, 1.4, 1, 3, 4, "0.900 (0.50 - 1.40)"},
	        {0.00123, 0.0000456, 0.5, 1, 2, 3, "0.0012 (0.00005 - 0.5000)"},
	        {0.37, 0, 7, 1, 2, 3, "0.37 (0.00 - 7.00)"},
	        {12345, 12211, 12480, 1, 3, 4, "12345 (12211 - 12480)"},
	        {0.02, 0.01, 0.9, 60, 3, 4, "1.20 (0.6 - 54.0)"},
	        {0.5, NAN, NAN, 1, 2, 3, "0.500 (-)"},
	        {40.5, 40.5, 40.5, 1, 3, 4, "40.5 (40.5 - 40.5)"},
	        {40.5, 40.499999999999, 40.500000000001, 1, 3, 4, "40.5 (40.5 - 40.5)"},
	        {NAN, NAN, NAN, 1, 2, 3, "- (-)"},
	        {0, 0, 2, 1, 2, 3, "0.0 (0.0 - 2.0)"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const struct estimate estimate = {
		        .value = cases[i].value, .low = cases[i].low, .high = cases[i].high};
		char value[FIGURE_BYTES];
		char interval[FIGURE_BYTES];
		char both[2 * FIGURE_BYTES + 4];
		figure_write(cases[i].value * cases[i].factor,
		             figure_estimate_decimals(&estimate, cases[i].factor, cases[i].digits,
		                                      cases[i].most),
		             &style, value);
		figure_write_interval(&estimate, cases[i].factor, cases[i].most, &style, interval);
		snprintf(both, sizeof both, "%s (%s)", value, interval);
		assert_string_equal(both, cases[i].text);
	}
}

static void values_alone(void **state)
{
	(void)state;
	static const struct text_style style = {80, false, true};
	static const struct {
		double value;
		int decimals;
		const char *text;
	} cases[] = {
	        {-0.04, 1, "0.0"},    {-0.06, 1, "-0.1"}, {-0.4, 0, "0"},
	        {-0.0, 2, "0.00"},    {0.04, 1, "0.0"},   {1e15, 1, "1e+15"},
	        {-2e30, 1, "-2e+30"}, {NAN, 1, "-"},      {INFINITY, 1, "-"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char text[FIGURE_BYTES];
		figure_write(cases[i].value, cases[i].decimals, &style, text);
		assert_string_equal(text, cases[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(value_and_interval),
	        cmocka_unit_test(values_alone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
