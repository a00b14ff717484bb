/* What the clocks of several PUs say together, and the list of what can be measured. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/array.h"
#include "core/error.h"
#include "model/capability.h"
#include "model/clock_reading.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct clock_probe probe_of(const double *ghz, size_t count)
{
	struct clock_probe probe = {.count = count};
	probe.readings = calloc(count + 1, sizeof *probe.readings);
	assert_non_null(probe.readings);
	for (size_t i = 0; i < count; i++)
		probe.readings[i] = (struct clock_reading){.pu = (uint32_t)i,
		                                           .p50_hz = ghz[i] * 1e9,
		                                           .max_hz = ghz[i] * 1.1e9,
		                                           .lost_share = ghz[i] / 100};
	return probe;
}

static void test_spread(void **state)
{
	static const double even[] = {3.0, 2.0, 4.0, 3.2};
	static const double holes[] = {NAN, 3.0, NAN, 2.5, 2.9};
	(void)state;
	struct clock_probe probe = probe_of(even, ARRAY_LENGTH(even));
	struct clock_spread spread = clock_probe_spread(&probe);
	assert_int_equal(spread.counted, 4);
	assert_int_equal(spread.slowest, 1);
	assert_int_equal(spread.fastest, 2);
	assert_float_equal(spread.p50_hz, 3.1e9, 1);
	assert_float_equal(spread.max_hz, 4.4e9, 1);
	assert_float_equal(spread.spread, 1.0, 1e-9);
	assert_float_equal(spread.lost_share, 0.04, 1e-9);
	clock_probe_release(&probe);

	probe = probe_of(holes, ARRAY_LENGTH(holes));
	spread = clock_probe_spread(&probe);
	assert_int_equal(spread.counted, 3);
	assert_int_equal(spread.slowest, 3);
	assert_int_equal(spread.fastest, 1);
	assert_float_equal(spread.p50_hz, 2.9e9, 1);
	assert_float_equal(spread.spread, 0.2, 1e-9);
	clock_probe_release(&probe);
}

/* Absent is not zero. */
static void test_nothing(void **state)
{
	static const double none[] = {NAN, NAN};
	(void)state;
	struct clock_probe probe = probe_of(none, ARRAY_LENGTH(none));
	assert_int_equal(clock_probe_spread(&probe).counted, 0);
	assert_true(isnan(clock_probe_spread(&probe).p50_hz));
	clock_probe_release(&probe);
	assert_int_equal(clock_probe_spread(&probe).counted, 0);
}

static void test_capabilities(void **state)
{
	struct capabilities list = {0};
	struct error err = {""};
	char name[16] = "cycles";
	(void)state;
	const struct capability first = {.area = "counters", .name = name, .by = "raw"};
	const struct capability second = {.area = "clock",
	                                  .name = "cycles",
	                                  .state = CAPABILITY_NO,
	                                  .reason = "no PMU",
	                                  .remedy = "another machine",
	                                  .who = WHO_HYPERVISOR};
	assert_int_equal(capabilities_add(&list, &first, &err), 0);
	assert_int_equal(capabilities_add(&list, &second, &err), 0);
	strcpy(name, "changed"); /* it has copies of its own */
	const struct capability *found = capabilities_find(&list, "counters", "cycles");
	assert_non_null(found);
	assert_string_equal(found->by, "raw");
	assert_string_equal(found->reason, "");
	assert_string_equal(found->remedy, "");
	found = capabilities_find(&list, "clock", "cycles");
	assert_non_null(found);
	assert_string_equal(found->by, "");
	assert_string_equal(found->remedy, "another machine");
	assert_int_equal(found->who, WHO_HYPERVISOR);
	assert_null(capabilities_find(&list, "clock", "instructions"));
	capabilities_release(&list);
	assert_null(capabilities_find(&list, "clock", "cycles"));
	capabilities_release(&list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_spread),
	        cmocka_unit_test(test_nothing),
	        cmocka_unit_test(test_capabilities),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
