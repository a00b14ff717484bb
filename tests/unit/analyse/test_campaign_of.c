/* Campaigns made of results and of imported records. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analyse/campaign/campaign_of.h"
#include "core/array.h"
#include "core/error.h"
#include "core/str.h"
#include "made.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct campaign_covariate *covariate_of(const struct campaign *campaign,
                                                     const char *name)
{
	for (size_t i = 0; i < campaign->covariate_count; i++)
		if (strcmp(campaign->covariates[i].name, name) == 0)
			return &campaign->covariates[i];
	fail_msg("no covariate %s", name);
	return NULL;
}

/* Two levels with policies of their own; a trial that was cut off; a warm-up task and a filler. */
static void a_result(void **state)
{
	(void)state;
	cleanup_made struct made made = {0};
	cleanup_campaign struct campaign campaign = {0};
	struct error err;
	made_init(&made);
	made.dataset.run.threads = 2;
	made.dataset.run.origin_calendar_ns = 1700000000000000000;
	free(made.dataset.run.task_type);
	made.dataset.run.task_type = NULL;
	assert_int_equal(str_copy("isr", &made.dataset.run.task_type, &err), 0);
	const size_t spread = made_level(&made, 1, "spread");
	const size_t compact = made_level(&made, 4, "compact");
	made_trial(&made, spread, 0, 0, 10);
	made_task(&made, 0, -5, 0);
	made_task(&made, 0, 5, 10);
	made_figure(&made, "concurrency", 7);
	made_task(&made, 0, 10, 15);
	made_trial(&made, compact, 0, 20, 30);
	made_task(&made, 0, 20, 26)->state = TASK_TIMEOUT;
	made_task(&made, 1, 20, 28)->max_rss_bytes = RECORD_ABSENT;
	made_figure(&made, "visits", 3);
	made_trial(&made, compact, 1, 40, 50)->state = TRIAL_INTERRUPTED;
	made_task(&made, 0, 40, 46);
	assert_int_equal(campaign_of_result(&made.dataset, &campaign, &err), 0);
	assert_int_equal(campaign.task_count, 3);
	assert_string_equal(campaign.label, "made");
	assert_string_equal(campaign.format, "result");
	assert_string_equal(campaign.types.items[0], "isr");
	const struct campaign_task *const tasks = campaign.tasks;
	assert_int_equal(tasks[0].wall_ns, 5000000000);
	assert_int_equal(tasks[0].cpu_ns, 4500000000);
	assert_int_equal(tasks[0].max_rss_bytes, 100000000);
	assert_int_equal(tasks[0].start_ns, 1700000005000000000);
	assert_int_equal(tasks[0].cores, 2);
	assert_int_equal(tasks[0].state, CAMPAIGN_DONE);
	assert_int_equal(tasks[1].state, CAMPAIGN_TIMED_OUT);
	assert_int_equal(tasks[2].max_rss_bytes, RECORD_ABSENT);
	const struct campaign_covariate *const n = covariate_of(&campaign, "concurrency");
	assert_true(n->values[0] == 1 && n->values[1] == 4 && n->values[2] == 4);
	const struct campaign_covariate *const placement = covariate_of(&campaign, "placement");
	assert_string_equal(placement->words.items[placement->labels[0]], "spread");
	assert_string_equal(placement->words.items[placement->labels[2]], "compact");
	/* What tasks print may be called as plateau calls something. */
	assert_true(covariate_of(&campaign, "figure_concurrency")->values[0] == 7);
	const struct campaign_covariate *const visits = covariate_of(&campaign, "visits");
	assert_true(isnan(visits->values[0]) && visits->values[2] == 3);
}

static void no_tasks(void **state)
{
	(void)state;
	cleanup_made struct made made = {0};
	struct campaign campaign = {0};
	struct error err;
	made_init(&made);
	made_level(&made, 1, "spread");
	assert_int_equal(campaign_of_result(&made.dataset, &campaign, &err), -EINVAL);
	assert_non_null(strstr(err.text, "--resume"));
	made.dataset.stated_count = 1;
	assert_int_equal(campaign_of_result(&made.dataset, &campaign, &err), -EINVAL);
	assert_non_null(strstr(err.text, "no single tasks"));
	made.dataset.stated_count = 0;
	assert_null(campaign.tasks);
}

static void endings(void **state)
{
	(void)state;
	static const enum campaign_state expected[TASK_STATES] = {
	        [TASK_OK] = CAMPAIGN_DONE,
	        [TASK_FAILED] = CAMPAIGN_FAILED,
	        [TASK_SIGNALED] = CAMPAIGN_FAILED,
	        [TASK_TIMEOUT] = CAMPAIGN_TIMED_OUT,
	        [TASK_NOT_STARTED] = CAMPAIGN_FAILED,
	        [TASK_LEFT_CHILDREN] = CAMPAIGN_FAILED,
	        [TASK_ENDED] = CAMPAIGN_LOST,
	};
	for (size_t i = 0; i < TASK_STATES; i++) {
		struct task_record task = task_record_empty();
		task.state = (enum task_state)i;
		assert_int_equal(campaign_state_of(&task), expected[i]);
		task.exceeded_memory_limit = true;
		assert_int_equal(campaign_state_of(&task), CAMPAIGN_OUT_OF_MEMORY);
	}
}

static void imported_records(void **state)
{
	(void)state;
	cleanup_imported struct imported imported = {0};
	cleanup_campaign struct campaign campaign = {0};
	struct error err;
	for (int i = 0; i < 3; i++) {
		struct imported_task *const task =
		        imported_add_task(&imported, imported_text(&imported, "x", &err), 1, &err);
		assert_non_null(task);
		task->wall_ns = i * 1000;
		task->record.max_rss_bytes = i == 1 ? RECORD_ABSENT : i * 4096;
		task->concurrency = i == 2 ? 16 : RECORD_ABSENT;
		assert_int_equal(imported_add_number(&imported, task, "visits", i, &err), 0);
	}
	assert_int_equal(imported_add_remark(&imported, &err, "a guess"), 0);
	assert_int_equal(campaign_of_imported(&imported, 1, "isr", &campaign, &err), 0);
	assert_int_equal(campaign.task_count, 2);
	assert_int_equal(campaign.tasks[0].wall_ns, 1000);
	assert_int_equal(campaign.tasks[0].cpu_ns, RECORD_ABSENT);
	assert_int_equal(campaign.tasks[0].max_rss_bytes, RECORD_ABSENT);
	assert_int_equal(campaign.tasks[1].max_rss_bytes, 8192);
	const struct campaign_covariate *const n = covariate_of(&campaign, "concurrency");
	assert_true(isnan(n->values[0]) && n->values[1] == 16);
	assert_true(covariate_of(&campaign, "visits")->values[0] == 1);
	assert_string_equal(campaign.remarks.items[0], "a guess");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(a_result),
	        cmocka_unit_test(no_tasks),
	        cmocka_unit_test(endings),
	        cmocka_unit_test(imported_records),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
