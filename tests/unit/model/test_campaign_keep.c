/* A campaign cut down to some types keeps what belongs to their tasks. */
#include "core/error.h"
#include "model/campaign_keep.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void fill(struct campaign *campaign)
{
	static const char *const types[] = {"a", "b", "c"};
	static const char *const bands[] = {"g", "r"};
	struct error err;
	size_t visits;
	size_t band;
	assert_int_equal(campaign_covariate(campaign, "visits", false, &visits, &err), 0);
	assert_int_equal(campaign_covariate(campaign, "band", true, &band, &err), 0);
	for (uint32_t i = 0; i < 9; i++) {
		struct campaign_task task = campaign_task_empty();
		uint32_t label;
		assert_int_equal(campaign_type(campaign, types[i % 3], &task.type, &err), 0);
		assert_int_equal(campaign_label(campaign, band, bands[i % 2], &label, &err), 0);
		task.wall_ns = i;
		assert_int_equal(campaign_add(campaign, &task, &err), 0);
		campaign->covariates[visits].values[i] = 10.0 * i;
		campaign->covariates[band].labels[i] = label;
	}
}

static void test_some_types(void **state)
{
	(void)state;
	static const int64_t left[] = {1, 2, 4, 5, 7, 8};
	const bool is_kept[] = {false, true, true};
	cleanup_campaign struct campaign campaign = {0};
	fill(&campaign);
	assert_int_equal(campaign_keep_types(&campaign, is_kept), 6);
	assert_int_equal(campaign.task_count, 6);
	assert_int_equal(campaign.types.count, 3);
	for (size_t i = 0; i < 6; i++) {
		assert_int_equal(campaign.tasks[i].wall_ns, left[i]);
		assert_true(campaign.covariates[0].values[i] == 10.0 * (double)left[i]);
		assert_int_equal(campaign.covariates[1].labels[i], left[i] % 2);
	}
}

static void test_all_and_none(void **state)
{
	(void)state;
	const bool all[] = {true, true, true};
	const bool none[] = {false, false, false};
	cleanup_campaign struct campaign campaign = {0};
	fill(&campaign);
	assert_int_equal(campaign_keep_types(&campaign, all), 9);
	assert_int_equal(campaign.tasks[8].wall_ns, 8);
	assert_int_equal(campaign_keep_types(&campaign, none), 0);
	assert_int_equal(campaign_keep_types(&campaign, all), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_some_types),
	        cmocka_unit_test(test_all_and_none),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
