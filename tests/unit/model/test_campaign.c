/* Campaigns in memory: names that are found again, covariates that come late, bounds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/error.h"
#include "model/campaign.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static void names_are_found_again(void **state)
{
	(void)state;
	cleanup_campaign struct campaign campaign = {0};
	struct error err;
	for (size_t round = 0; round < 2; round++)
		for (uint32_t i = 0; i < CAMPAIGN_MOST_TYPES; i++) {
			char name[32];
			uint32_t type = 0;
			snprintf(name, sizeof name, "type %u",
			         round ? CAMPAIGN_MOST_TYPES - 1 - i : i);
			assert_int_equal(campaign_type(&campaign, name, &type, &err), 0);
			assert_int_equal(type, round ? CAMPAIGN_MOST_TYPES - 1 - i : i);
		}
	uint32_t type = 7;
	assert_int_equal(campaign_type(&campaign, "one more", &type, &err), -E2BIG);
	assert_int_equal(type, 7);
	assert_non_null(strstr(err.text, "every single one"));
	assert_int_equal(campaign.types.count, CAMPAIGN_MOST_TYPES);
}

static void a_late_covariate_is_absent_before(void **state)
{
	(void)state;
	cleanup_campaign struct campaign campaign = {0};
	const struct campaign_task task = campaign_task_empty();
	struct error err;
	size_t visits = 0;
	size_t band = 0;
	for (size_t i = 0; i < 3000; i++) {
		if (i == 1500) {
			assert_int_equal(
			        campaign_covariate(&campaign, "visits", false, &visits, &err), 0);
			assert_int_equal(campaign_covariate(&campaign, "band", true, &band, &err),
			                 0);
		}
		assert_int_equal(campaign_add(&campaign, &task, &err), 0);
		if (i == 2999)
			campaign.covariates[visits].values[i] = 4;
	}
	for (size_t i = 0; i < 2999; i++) {
		assert_true(isnan(campaign.covariates[visits].values[i]));
		assert_int_equal(campaign.covariates[band].labels[i], CAMPAIGN_NO_LABEL);
	}
	assert_true(campaign.covariates[visits].values[2999] == 4);
	size_t again = 9;
	assert_int_equal(campaign_covariate(&campaign, "band", false, &again, &err), -EEXIST);
	assert_int_equal(campaign_covariate(&campaign, "visits", false, &again, &err), 0);
	assert_int_equal(again, visits);
	/* What a file with a problem added is as if it had not been. */
	campaign_rewind(&campaign, 2999);
	assert_int_equal(campaign_mark(&campaign), 2999);
	assert_int_equal(campaign_add(&campaign, &task, &err), 0);
	assert_true(isnan(campaign.covariates[visits].values[2999]));
}

static void covariates_are_bounded(void **state)
{
	(void)state;
	cleanup_campaign struct campaign campaign = {0};
	struct error err;
	size_t covariate = 0;
	for (int i = 0; i <= CAMPAIGN_MOST_COVARIATES; i++) {
		char name[32];
		snprintf(name, sizeof name, "c%d", i);
		assert_int_equal(campaign_covariate(&campaign, name, i % 2 == 0, &covariate, &err),
		                 i < CAMPAIGN_MOST_COVARIATES ? 0 : -E2BIG);
	}
	assert_int_equal(campaign_reserve(&campaign, (size_t)CAMPAIGN_MOST_TASKS + 1, &err),
	                 -E2BIG);
}

static void remarks_are_said_once(void **state)
{
	(void)state;
	cleanup_campaign struct campaign campaign = {0};
	struct error err;
	for (int i = 0; i < 300; i++)
		assert_int_equal(campaign_remark(&campaign, &err, "remark %d", i / 2), 0);
	assert_int_equal(campaign.remarks.count, 100);
	assert_string_equal(campaign.remarks.items[1], "remark 1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(names_are_found_again),
	        cmocka_unit_test(a_late_covariate_is_absent_before),
	        cmocka_unit_test(covariates_are_bounded),
	        cmocka_unit_test(remarks_are_said_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
