/* The clock before the blocks: its samples alone, those without a value counted as such. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analyse/idle_clock.h"
#include "core/array.h"
#include "core/error.h"
#include "model/dataset.h"

#include <math.h>

static void test_idle_clock(void **state)
{
	(void)state;
	enum { OTHER, CHAIN };
	static char other[] = "cpu_frequency_hz";
	static char chain[] = "chain_frequency_hz";
	static char *names[] = {other, chain};
	static const struct {
		struct dataset_sample samples[5];
		size_t count;
		struct idle_clock expected;
	} cases[] = {
	        {{{0}}, 0, {.pu = -1}},
	        {{{.name = OTHER, .place = 1, .value = 2e9}}, 1, {.pu = -1}},
	        {{{.name = CHAIN, .place = -1, .value = NAN}}, 1, {.asked = 1, .pu = -1}},
	        {{{.name = CHAIN, .place = 3, .value = 2e9}}, 1, {1, 1, 2e9, 2e9, 2e9, 3}},
	        {{{.name = OTHER, .place = 1, .value = 9e9},
	          {.name = CHAIN, .place = 3, .value = 3e9},
	          {.name = CHAIN, .place = -1, .value = NAN},
	          {.name = CHAIN, .place = 3, .value = 2e9},
	          {.name = CHAIN, .place = 3, .value = 2.2e9}},
	         5,
	         {4, 3, 2.2e9, 2e9, 3e9, 3}},
	        {{{.name = CHAIN, .place = 0, .value = 0},
	          {.name = CHAIN, .place = 0, .value = INFINITY},
	          {.name = CHAIN, .place = 0, .value = -1}},
	         3,
	         {.asked = 3, .pu = -1}},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct dataset_sample samples[ARRAY_LENGTH(cases[i].samples)];
		for (size_t k = 0; k < ARRAY_LENGTH(samples); k++)
			samples[k] = cases[i].samples[k];
		const struct dataset dataset = {.samples = samples,
		                                .sample_count = cases[i].count,
		                                .sample_names = {.items = names, .count = 2}};
		const struct idle_clock *const expected = &cases[i].expected;
		struct idle_clock clock = {.asked = 77};
		struct error err = {"untouched"};
		assert_int_equal(idle_clock_find(&dataset, &clock, &err), 0);
		assert_string_equal(err.text, "untouched");
		assert_int_equal(clock.asked, expected->asked);
		assert_int_equal(clock.counted, expected->counted);
		assert_int_equal(clock.pu, expected->pu);
		assert_float_equal(clock.median_hz, expected->median_hz, 0);
		assert_float_equal(clock.least_hz, expected->least_hz, 0);
		assert_float_equal(clock.most_hz, expected->most_hz, 0);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {cmocka_unit_test(test_idle_clock)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
