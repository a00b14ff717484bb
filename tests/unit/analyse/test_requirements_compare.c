/* What campaigns need, beside one another. */
#include "analyse/campaign/requirements.h"
#include "core/error.h"
#include "needed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

/* The index of a difference; difference_count where there is none. */
static size_t find(const struct requirements_comparison *comparison, const char *type,
                   enum campaign_figure figure)
{
	size_t i = 0;
	while (i < comparison->difference_count &&
	       (strcmp(comparison->differences[i].type, type) != 0 ||
	        comparison->differences[i].figure != figure))
		i++;
	return i;
}

static struct campaign_difference difference(const struct requirements_comparison *comparison,
                                             const char *type, enum campaign_figure figure)
{
	const size_t i = find(comparison, type, figure);
	assert_true(i < comparison->difference_count);
	return comparison->differences[i];
}

static void campaigns_are_compared(void **state)
{
	(void)state;
	cleanup_campaign struct campaign old = {0};
	cleanup_campaign struct campaign new = {0};
	for (int i = 0; i < 1000; i++) {
		needed_add(&old, "isr", 100 + i, 100 + i, 2e9 + 1e6 * i, CAMPAIGN_DONE);
		needed_add(&new, "isr", 101 + i, 2 * (100 + i), 1e9 + 5e5 * i, CAMPAIGN_DONE);
		/* Lower in the middle, higher at the end. */
		needed_add(&old, "warp", 100 + i % 10, 1, 1e9, CAMPAIGN_DONE);
		needed_add(&new, "warp", (i % 10 == 9 ? 200 : 50) + i % 10, 1, -1, CAMPAIGN_DONE);
	}
	for (int i = 0; i < 100; i++) {
		needed_add(&old, "steady", 100 + i % 4, 1, -1, CAMPAIGN_DONE);
		needed_add(&new, "steady", 101 + i % 4, 1, -1, CAMPAIGN_DONE);
	}
	needed_add(&old, "gone", 1, 1, 1, CAMPAIGN_DONE);
	for (int i = 0; i < 5; i++) {
		needed_add(&old, "few", 1, 1, -1, CAMPAIGN_DONE);
		needed_add(&new, "few", 2, 2, -1, CAMPAIGN_DONE);
	}
	cleanup_requirements struct requirements a = needed_build(&old, &needed_defaults);
	cleanup_requirements struct requirements b = needed_build(&new, &needed_defaults);
	const struct requirements *const both[] = {&a, &b};
	struct requirements_comparison comparison;
	struct error err;
	assert_int_equal(requirements_compare(both, 2, &comparison, &err), 0);

	struct campaign_difference d = difference(&comparison, "isr", CAMPAIGN_MAX_RSS);
	assert_int_equal(d.campaign, 1);
	needed_is_close(d.p50_ratio.value, 0.5, 1e-9);
	needed_is_close(d.p95_ratio.value, 0.5, 1e-9);
	assert_true(d.p50_ratio.low < 0.5 && d.p50_ratio.high > 0.5);
	needed_is_close(d.cliffs_delta, -1, 0);
	assert_int_equal(d.change, CAMPAIGN_IMPROVED);
	assert_int_equal(difference(&comparison, "isr", CAMPAIGN_CPU).change, CAMPAIGN_WORSE);
	assert_int_equal(difference(&comparison, "isr", CAMPAIGN_WALL).change, CAMPAIGN_UNCLEAR);
	assert_int_equal(difference(&comparison, "steady", CAMPAIGN_WALL).change, CAMPAIGN_SAME);
	assert_int_equal(difference(&comparison, "isr", CAMPAIGN_EFFICIENCY).change,
	                 CAMPAIGN_IMPROVED);
	assert_int_equal(difference(&comparison, "warp", CAMPAIGN_WALL).change, CAMPAIGN_MIXED);
	/* isr, warp and steady in wall time, CPU time and efficiency, isr in max RSS; "few" has no
	 * intervals. isr differs in three, warp in wall time and efficiency. */
	const struct campaign_chance chance = requirements_chance(&comparison, 1);
	assert_int_equal(chance.compared, 10);
	assert_int_equal(chance.told, 5);
	needed_is_close(chance.by_chance, 0.7, 1e-12);
	d = difference(&comparison, "warp", CAMPAIGN_MAX_RSS);
	assert_int_equal(d.change, CAMPAIGN_NOT_COMPARABLE);
	assert_string_equal(d.reason, "not known in this campaign");
	d = difference(&comparison, "gone", CAMPAIGN_WALL);
	assert_string_equal(d.reason, "this campaign has no such tasks");
	assert_true(isnan(d.cliffs_delta));
	d = difference(&comparison, "few", CAMPAIGN_WALL);
	assert_int_equal(d.change, CAMPAIGN_NOT_COMPARABLE);
	needed_is_close(d.p50_ratio.value, 2, 1e-12);
	needed_is_close(d.cliffs_delta, 1, 0);
	assert_int_equal(find(&comparison, "few", CAMPAIGN_MAX_RSS), comparison.difference_count);
	assert_string_equal(comparison.differences[0].type, "few");
	requirements_comparison_release(&comparison);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(campaigns_are_compared),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
