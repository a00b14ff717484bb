/* What the names of figures say of their units. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/array.h"
#include "model/printed_unit.h"

static void test_names(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		const char *symbol;
		int is_rate;
	} cases[] = {
	        {"frequency_hz", "Hz", 0},
	        {"frequency_hz_p50", "Hz", 0},
	        {"frequency_hz.max", "Hz", 0},
	        {"clock.frequency-hz-p99", "Hz", 0},
	        {"HZ", "Hz", 0},
	        {"bytes_per_s", "B/s", 1},
	        {"triad_bytes_per_s", "B/s", 1},
	        {"triad.bytes.per.s", "B/s", 1},
	        {"copy_bytes_per_second_mean", "B/s", 1},
	        {"images_per_s", "/s", 1},
	        {"images_per_s_p50_max", "/s", 1},
	        {"images_per_second", "/s", 1},
	        {"peak_flops", "flop/s", 1},
	        {"heap_bytes", "B", 0},
	        {"wall_s", "s", 0},
	        {"s", "s", 0},
	        {"step_ms_median", "ms", 0},
	        /* nothing is said */
	        {"images", "", 0},
	        {"mhz", "", 0},
	        {"bytes_read", "", 0},
	        {"per_s_squared", "", 0},
	        {"max", "", 0},
	        {"p50", "", 0},
	        {"hz_p", "", 0},
	        {"_", "", 0},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		const struct printed_unit *const unit = printed_unit_of(cases[i].name);
		print_message("# %s\n", cases[i].name);
		assert_string_equal(unit->symbol, cases[i].symbol);
		assert_int_equal(unit->is_rate, cases[i].is_rate);
	}
}

static void test_factors(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		const char *text;
		double factor;
	} cases[] = {
	        {"f_hz", "Hz", 1},
	        {"f_hz", "GHz", 1e9},
	        {"f_hz", "MHz", 1e6},
	        {"f_hz", "", 1},
	        {"f_hz", "GB/s", 1},
	        {"f_hz", "GHz.", 1},
	        {"b_bytes", "MiB", 0x1p20},
	        {"b_bytes", "kB", 1e3},
	        {"b_bytes", "bytes", 1},
	        {"b_bytes_per_s", "GB/s", 1e9},
	        {"b_bytes_per_s", "GB", 1},
	        {"t_s", "ms", 1e-3},
	        {"t_s", "us", 1e-6},
	        {"t_s", "s", 1},
	        {"t_s", "min", 60},
	        {"t_s", "h", 3600},
	        {"t_ms", "s", 1e3},
	        {"t_ns", "us", 1e3},
	        {"t_us", "ms", 1e3},
	        {"t_s", "min.", 1},
	        {"images_per_s", "s", 1},
	        {"n", "min", 1},
	        {"n", "k", 1},
	        {"n", "GHz", 1},
	        {"images_per_s", "k/s", 1e3},
	        {"images_per_s", "img/s", 1},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		const double factor =
		        printed_unit_factor(printed_unit_of(cases[i].name), cases[i].text);
		print_message("# %s in %s\n", cases[i].name, cases[i].text);
		assert_true(factor == cases[i].factor);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_names),
	        cmocka_unit_test(test_factors),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
