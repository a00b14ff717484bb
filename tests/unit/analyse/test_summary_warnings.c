/* What a summary warns of. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analyse/summary.h"
#include "core/error.h"
#include "made.h"
#include "summed.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static void idle_gaps_count_against_the_occupancy(void **state)
{
	(void)state;
	cleanup_made struct made made;
	made_init(&made);
	const size_t level = made_level(&made, 2, "spread");
	for (uint32_t block = 0; block < 2; block++) {
		made_trial(&made, level, block, 0, 10);
		made_task(&made, 0, 0, 10);
		made_task(&made, 1, 0, block == 0 ? 9 : 8)->idle_before_ns = 1500000;
	}
	made.dataset.trials[0].harness_cpu_ns = 3000000;
	made.dataset.trials[1].harness_cpu_ns = 5000000;
	made.dataset.trials[1].harness_max_rss_bytes = 4500000;
	cleanup_summary struct summary summary = summed_build(&made);
	assert_near(summary.levels[0].held, (0.95 + 0.9) / 2);
	assert_near(summary.levels[0].held_min, 0.9);
	assert_non_null(summed_warning(&summary, "occupancy-low"));
	assert_near(summary.harness.cpu_s_per_task, 0.002);
	assert_near(summary.harness.idle_gap_median_s, 0.0015);
	assert_near(summary.harness.max_rss_bytes, 4.5e6);
	assert_null(summed_warning(&summary, "rss-floor"));
	/* One small task of four: a maximum, but no mean. */
	made.dataset.tasks[1].max_rss_bytes = RECORD_ABSENT;
	cleanup_summary struct summary small = summed_build(&made);
	assert_non_null(summed_warning(&small, "rss-floor"));
	assert_true(isnan(small.levels[0].max_rss_bytes.mean));
	assert_non_null(small.levels[0].max_rss_bytes.reason);
	assert_near(small.levels[0].max_rss_bytes.median, 1e8);
	assert_near(small.levels[0].max_rss_bytes.max, 1e8);
	for (size_t i = 0; i < made.dataset.task_count; i++)
		made.dataset.tasks[i].max_rss_bytes = RECORD_ABSENT;
	cleanup_summary struct summary none = summed_build(&made);
	assert_true(isnan(none.levels[0].max_rss_bytes.max));
	assert_non_null(none.levels[0].max_rss_bytes.reason);
	/* Whole trees: of the tasks that were sampled. */
	assert_true(isnan(none.levels[0].peak_pss_bytes.max));
	assert_non_null(strstr(none.levels[0].peak_pss_bytes.reason, "was sampled"));
	made.dataset.tasks[1].peak_pss_bytes = 300000000;
	made.dataset.tasks[2].peak_pss_bytes = 280000000;
	cleanup_summary struct summary trees = summed_build(&made);
	assert_int_equal(trees.levels[0].peak_pss_bytes.tasks, 2);
	assert_near(trees.levels[0].peak_pss_bytes.max, 3e8);
	assert_null(trees.levels[0].peak_pss_bytes.reason);
}

static void work_that_changes_with_n(void **state)
{
	(void)state;
	cleanup_made struct made made;
	made_init(&made);
	made_event(&made, "instructions");
	for (uint32_t n = 1; n <= 2; n++) {
		const size_t level = made_level(&made, n, "spread");
		made_trial(&made, level, 0, 0, 1);
		for (uint32_t slot = 0; slot < n; slot++) {
			made_task(&made, slot, 0, 1);
			made_counter(&made, 0, n == 1 ? 1000000 : 1015000, COUNTER_OK);
		}
	}
	cleanup_summary struct summary summary = summed_build(&made);
	const struct warning *const warning = summed_warning(&summary, "work-changes");
	assert_non_null(warning);
	assert_non_null(strstr(warning->text, "1.5 %"));
	for (size_t i = 1; i < made.dataset.task_count; i++)
		made.dataset.counters[i].raw = 1005000;
	cleanup_summary struct summary calm = summed_build(&made);
	assert_null(summed_warning(&calm, "work-changes"));
}

static void halves_that_differ(void **state)
{
	(void)state;
	cleanup_made struct made made;
	made_init(&made);
	const size_t level = made_level(&made, 4, "spread");
	made_trial(&made, level, 0, 0, 20);
	for (uint32_t slot = 0; slot < 4; slot++) {
		for (int i = 0; i < 20; i++)
			made_task(&made, slot, i * 0.5, (i + 1) * 0.5);
		for (int i = 0; i < 16; i++)
			made_task(&made, slot, 10 + i * 0.625, 10 + (i + 1) * 0.625);
	}
	cleanup_summary struct summary summary = summed_build(&made);
	assert_near(summary.trials[0].halves_per_s[0], 8);
	assert_near(summary.trials[0].halves_per_s[1], 6.4);
	const struct warning *const warning = summed_warning(&summary, "window-uneven");
	assert_non_null(warning);
	assert_non_null(strstr(warning->text, "22.2 %"));
}

static void inputs_used_unequally_and_shared(void **state)
{
	(void)state;
	struct error err;
	cleanup_made struct made made;
	made_init(&made);
	for (int i = 0; i < 2; i++)
		assert_int_equal(words_add(&made.dataset.inputs, "input", &err), 0);
	const size_t level = made_level(&made, 3, "spread");
	made_steady_trial(&made, level, 0, 3, 0.1, 1);
	for (size_t i = 0; i < made.dataset.task_count; i++)
		made.dataset.tasks[i].input = (int32_t)(i % 2);
	cleanup_summary struct summary even = summed_build(&made);
	assert_null(summed_warning(&even, "inputs-unequal"));
	assert_non_null(summed_warning(&even, "inputs-shared"));
	for (size_t i = 0; i < made.dataset.task_count; i++)
		made.dataset.tasks[i].input = i % 4 == 0;
	cleanup_summary struct summary uneven = summed_build(&made);
	assert_non_null(summed_warning(&uneven, "inputs-unequal"));
}

static void the_runs_own_warnings_are_grouped(void **state)
{
	(void)state;
	cleanup_made struct made made;
	made_init(&made);
	made_warning(&made, "store-slow", "the writer was behind");
	for (int i = 0; i < 50; i++)
		made_warning(&made, "left-children", "a task left processes behind");
	made_warning(&made, "occupancy-low", "said by the rule for the whole level");
	cleanup_summary struct summary summary = summed_build(&made);
	assert_int_equal(summary.warning_count, 2);
	assert_string_equal(summary.warnings[0].text, "The writer was behind.");
	assert_string_equal(summary.warnings[1].text,
	                    "A task left processes behind. (And 49 more of this kind.)");
}

/* A file of somebody else's can have a kind for every warning. */
static void endless_kinds_are_counted(void **state)
{
	(void)state;
	enum { KINDS = 30000, SHOWN = 300 };
	cleanup_made struct made made;
	made_init(&made);
	for (int i = 0; i < KINDS; i++) {
		char code[24];
		snprintf(code, sizeof code, "code-%d", i);
		made_warning(&made, code, "a warning");
	}
	cleanup_summary struct summary summary = summed_build(&made);
	assert_int_equal(summary.warning_count, SHOWN + 1);
	assert_string_equal(summary.warnings[SHOWN].code, "warnings-left-out");
	assert_non_null(strstr(summary.warnings[SHOWN].text, " 29700 more warnings "));
}

/* What differs in figures alone is of one kind; a line tells of all trials; important ones come
 * first. */
static void warnings_of_trials_are_one_line(void **state)
{
	(void)state;
	static const struct {
		const char *code;
		const char *text;
		uint32_t trial;
	} events[] = {
	        {"resumed", "gone on with", 0},
	        {"disk-room", "the result has 1 MB left", 0},
	        {"disk-room", "$TMPDIR has 2 MB left", 0},
	        {"disk-room", "the result has 3.5 MB left", 0},
	        {"other-load", "other programs use 99 % (preflight.warn.load is 2 %)", 0},
	        {"other-load", "others used 52.3 % during the trial", 1},
	        {"other-load", "others used 37 % during the trial", 2},
	        {"other-load", "others used 3 % during the trial", 2},
	};
	static const char *const says[] = {
	        "Before the run: other programs use 99 % (preflight.warn.load is 2 %).",
	        ("In 2 trials, first in N=1 block 1: others used 52.3 % during the trial. (And 1 "
	         "more of this kind.)"),
	        "The result has 1 MB left. (And 1 more of this kind.)",
	        "$TMPDIR has 2 MB left.",
	        "Gone on with.",
	};
	cleanup_made struct made made;
	made_init(&made);
	for (uint32_t block = 0; block < 3; block++)
		made_steady_trial(&made, block ? 0 : made_level(&made, 1, "spread"), block, 1, 0.1,
		                  0.4);
	for (size_t i = 0; i < sizeof events / sizeof events[0]; i++) {
		made_warning(&made, events[i].code, events[i].text);
		made.dataset.warnings[i].trial = events[i].trial;
	}
	cleanup_summary struct summary summary = summed_build(&made);
	assert_int_equal(summary.warning_count, sizeof says / sizeof says[0]);
	for (size_t i = 0; i < summary.warning_count; i++)
		assert_string_equal(summary.warnings[i].text, says[i]);
}

static void a_warning_of_a_trial_says_which(void **state)
{
	(void)state;
	cleanup_made struct made made;
	made_init(&made);
	made_steady_trial(&made, made_level(&made, 1, "spread"), 0, 1, 0.1, 0.4);
	made_steady_trial(&made, made_level(&made, 2, "spread"), 0, 2, 0.1, 0.4);
	made_warning(&made, "load", "other programs used 9 % of the CPU time");
	made.dataset.warnings[0].trial = 2;
	made_warning(&made, "load", "other programs used 8 % of the CPU time");
	made.dataset.warnings[1].trial = 7;
	cleanup_summary struct summary summary = summed_build(&made);
	const struct warning *const warning = summed_warning(&summary, "load");
	assert_non_null(warning);
	assert_string_equal(
	        warning->text,
	        "In 2 trials, first in N=2 block 1: other programs used 9 % of the CPU time.");
	made.dataset.warnings[0].trial = 7; /* there is none of this number */
	cleanup_summary struct summary unknown = summed_build(&made);
	assert_string_equal(summed_warning(&unknown, "load")->text,
	                    "Other programs used 9 % of the CPU time. (And 1 more of this kind.)");
	made.dataset.warnings[1].trial = 2;
	made.dataset.warnings[0].trial = 2;
	cleanup_summary struct summary one = summed_build(&made);
	assert_string_equal(summed_warning(&one, "load")->text,
	                    "N=2 block 1: other programs used 9 % of the CPU time. (And 1 more of "
	                    "this kind.)");
}

/* The text of a warning is cut between letters, and says so. */
static void a_long_warning_is_cut_between_letters(void **state)
{
	(void)state;
	cleanup_made struct made made;
	made_init(&made);
	made_level(&made, 1, "spread");
	char reason[1401] = "";
	for (size_t i = 0; i < 1400; i += 2)
		memcpy(reason + i, "\xc3\xb6", 3);
	made.dataset.levels[0].skipped = strdup(reason);
	cleanup_summary struct summary summary = summed_build(&made);
	const struct warning *const warning = summed_warning(&summary, "level-skipped");
	assert_non_null(warning);
	const size_t length = strlen(warning->text);
	assert_true(length > 500 && length < sizeof warning->text);
	assert_string_equal(warning->text + length - 5, "\xc3\xb6...");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(idle_gaps_count_against_the_occupancy),
	        cmocka_unit_test(work_that_changes_with_n),
	        cmocka_unit_test(halves_that_differ),
	        cmocka_unit_test(inputs_used_unequally_and_shared),
	        cmocka_unit_test(the_runs_own_warnings_are_grouped),
	        cmocka_unit_test(endless_kinds_are_counted),
	        cmocka_unit_test(warnings_of_trials_are_one_line),
	        cmocka_unit_test(a_warning_of_a_trial_says_which),
	        cmocka_unit_test(a_long_warning_is_cut_between_letters),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
