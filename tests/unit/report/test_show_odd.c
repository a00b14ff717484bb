/* Results that are odd, or lack something: every answer has words for it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/cleanup.h"
#include "core/error.h"
#include "sample.h"
#include "shown.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* Every method has a column where some level has its figure. */
static void memory_of_whole_trees(void **state)
{
	(void)state;
	static const struct text_style style = {80, false, false};
	cleanup_made struct made made;
	sample_make(&made);
	cleanup_free char *without = shown_text(&made, &style);
	assert_null(strstr(without, "peak PSS"));
	assert_non_null(strstr(without, "N  process\n     max RSS\n  1      100\n"));
	for (size_t i = 0; i < made.dataset.task_count; i++) {
		struct task_record *const task = &made.dataset.tasks[i];
		task->peak_pss_bytes = 328000000;
		task->peak_rss_bytes = 500000000;
		task->rss_samples = 12;
		task->pss_samples = 3;
	}
	cleanup_free char *sampled = shown_text(&made, &style);
	assert_non_null(strstr(sampled, "  1      100       500       328      12       3\n"));
	assert_null(strstr(sampled, "group:"));
	for (size_t i = 0; i < made.dataset.task_count; i++)
		made.dataset.tasks[i].cgroup_peak_bytes = 402000000;
	cleanup_free char *with = shown_text(&made, &style);
	assert_non_null(strstr(with, "max RSS  peak RSS  peak PSS   peak  at RSS  at PSS\n"));
	assert_non_null(strstr(with, "  1      100       500       328    402      12       3\n"));
	shown_check(&made);
}

/* Results that are empty, damaged or odd are shown without a NaN. */
static void odd_results(void **state)
{
	(void)state;
	cleanup_made struct made empty;
	made_init(&empty);
	shown_check(&empty);
	static const struct text_style style = {80, false, false};
	cleanup_free char *text = shown_text(&empty, &style);
	assert_non_null(strstr(text, "made on node042: done, nothing was measured\n"));
	made_level(&empty, 1, "spread");
	shown_check(&empty);
	made_trial(&empty, 0, 0, 0, 1);
	shown_check(&empty);
	made_task(&empty, 0, 0, 0.5);
	shown_check(&empty);
	empty.dataset.tasks[0].state = TASK_FAILED;
	shown_check(&empty);
	empty.dataset.tasks[0].end_ns = empty.dataset.tasks[0].start_ns;
	shown_check(&empty);
	empty.dataset.tasks[0].state = TASK_OK;
	empty.dataset.tasks[0].max_rss_bytes = RECORD_ABSENT;
	empty.dataset.tasks[0].user_ns = RECORD_ABSENT;
	empty.dataset.run.finished_calendar_ns = RECORD_ABSENT;
	empty.dataset.run.state = RUN_RUNNING;
	shown_check(&empty);
	made_trial(&empty, 0, 1, 0, 1)->state = TRIAL_PENDING;
	made_trial(&empty, 0, 2, 0, 1)->state = TRIAL_RUNNING;
	cleanup_free char *killed = shown_text(&empty, &style);
	assert_non_null(strstr(killed, "made on node042: killed\n"));
	assert_non_null(strstr(killed, "1 of 3 planned trials did not run."));
	assert_non_null(strstr(killed, "N=1 block 3 cut off"));
	cleanup_free char *killed_page = shown_page(&empty);
	assert_non_null(strstr(killed_page, "killed"));
	assert_null(strstr(killed_page, "running</"));
	cleanup_made struct made sample;
	sample_make(&sample);
	shown_check(&sample);
	for (size_t i = 0; i < sample.dataset.task_count; i++)
		sample.dataset.tasks[i].state = TASK_TIMEOUT;
	shown_check(&sample);
	cleanup_free char *timeouts = shown_text(&sample, &style);
	assert_null(strstr(timeouts, ": counted, user"));
	assert_non_null(strstr(timeouts, "no measured task succeeded"));
}

/* Levels 1, 2, 4 and 8 in three blocks, tasks of wall_s at N=1 that take as long at every N, and in
 * every trial windows of so many of them. */
static void make_steady(struct made *made, double wall_s, double windows)
{
	made_init(made);
	for (uint32_t n = 1; n <= 8; n *= 2)
		made_level(made, n, "spread");
	for (uint32_t block = 0; block < 3; block++)
		for (size_t l = 0; l < 4; l++)
			made_steady_trial(made, l, block, 1u << l, wall_s * (1 + 0.01 * block),
			                  wall_s * windows);
}

static void fail_level(struct made *made, uint32_t level)
{
	size_t task = 0;
	for (size_t t = 0; t < made->dataset.trial_count; t++)
		for (; task < made->dataset.task_count &&
		       made->dataset.tasks[task].trial == made->dataset.trials[t].trial;
		     task++)
			if (made->dataset.trials[t].level == level)
				made->dataset.tasks[task].state = TASK_FAILED;
}

/* What is said where a part of the result is missing, in text and page: and what is not. */
static void words_for_what_is_missing(void **state)
{
	(void)state;
	static const struct text_style style = {100, false, false};
	cleanup_made struct made made;
	make_steady(&made, 2, 10);
	host_facts_release(&made.dataset.host); /* so that N=8 is not beyond full occupancy */
	fail_level(&made, 3);
	cleanup_free char *text = shown_text(&made, &style);
	cleanup_free char *html = shown_page(&made);
	assert_non_null(strstr(text, "  8  no result\n"));
	assert_non_null(strstr(text, "(N=8 is left out: all its tasks failed)"));
	assert_null(strstr(text, "still rises"));
	assert_non_null(strstr(html, "(N=8 is left out: all its tasks failed)"));
	assert_null(strstr(html, "still rises"));
	assert_non_null(strstr(html, "of linear; in some trial no task succeeded"));
	assert_null(strstr(html, "inf times"));

	cleanup_made struct made few;
	make_steady(&few, 2, 0.1);
	while (few.dataset.level_count > 1) {
		struct dataset_level *const last = &few.dataset.levels[--few.dataset.level_count];
		free(last->policy);
		free(last->spelling);
	}
	few.dataset.trial_count = 1;
	few.dataset.task_count = 3;
	cleanup_free char *of_few = shown_text(&few, &style);
	assert_non_null(strstr(of_few, "Too few tasks to judge: no level has 8"));

	struct error err;
	cleanup_made struct made threads;
	make_steady(&threads, 2, 10);
	threads.dataset.run.threads = 2;
	host_facts_release(&threads.dataset.host);
	assert_int_equal(host_facts_add(&threads.dataset.host, "cores_allowed", "16", NULL, &err),
	                 0);
	cleanup_free char *of_threads = shown_page(&threads);
	assert_non_null(strstr(of_threads, "tasks of 2 threads on all cores"));
	assert_non_null(strstr(of_threads, "where tasks of 2 threads each take every core"));
	assert_null(strstr(of_threads, "a task on every core"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(memory_of_whole_trees),
	        cmocka_unit_test(odd_results),
	        cmocka_unit_test(words_for_what_is_missing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
