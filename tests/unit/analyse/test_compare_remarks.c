/* Nothing is compared in silence which does not mean the same: what is said of sides that differ.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/array.h"
#include "made.h"
#include "made_side.h"

#include <stdlib.h>
#include <string.h>

static void what_differs_is_said(void **state)
{
	(void)state;
	static const struct {
		const char *code;
		bool is_serious;
		const char *text; /* a part */
	} expected[] = {
	        {"program", true, "01234567"},
	        {"command", true, "other --work 2"},
	        {"scenario", true, "sweep.warmup.tasks is 1 on Rome and 0.0 on Milan"},
	        {"threads", true, "2 threads on Rome and 1 on Milan"},
	        {"policy", true, "spread on Rome and pack on Milan"},
	        {"layout", true, "(NPS4)"},
	        {"clock", true, "governor performance and powersave"},
	        {"limits", true, "CPU quota none and 64"},
	        {"system", false, "kernel 5.14 and 6.1"},
	        {"version", false, "plateau 0.1.0 (Rome) and 0.2.0 (Milan)"},
	        {"failures", true, "1 of 4 measured tasks of Milan failed"},
	        {"inputs", true, "Files that the command names"},
	};
	struct made_side base cleanup_made_side = {.count = 0};
	struct made_side new cleanup_made_side = {.count = 0};
	struct made *made = made_side_run(&base, 10);
	made_side_levels(made, 10, "spread", 1);
	made->dataset.run.threads = 2;
	made_side_text(&made->dataset.run.program_sha256, "0123456789");
	made_side_text(&made->dataset.run.scenario_json,
	               "{\"task\":{\"command\":[\"task\"]},\"sweep\":{\"warmup\":{\"tasks\":1},"
	               "\"levels\":[\"1\"]},\"name\":\"x\"}");
	made_side_fact(made, "packages", "2");
	made_side_fact(made, "numa_nodes", "2");
	made_side_fact(made, "processor", "AMD EPYC 7702");
	made_side_fact(made, "cpufreq_governor", "performance");
	made_side_fact(made, "cpu_quota_cpus", NULL);
	made_side_fact(made, "kernel", "5.14");
	made_side_fact(made, "argument_files", "a.fits 0011223344556677");
	made = made_side_run(&new, 8);
	made_side_levels(made, 8, "pack", 1);
	made->dataset.tasks[0].state = TASK_FAILED;
	made_side_text(&made->dataset.run.plateau_version, "0.2.0");
	made_side_text(&made->dataset.run.command, "other --work 2");
	made_side_text(&made->dataset.run.program_sha256, "abcdef0123");
	made_side_text(&made->dataset.run.scenario_json,
	               "{\"task\":{\"command\":[\"other\"]},\"sweep\":{\"warmup\":{\"tasks\":0.0},"
	               "\"levels\":[\"1\",\"2\"]},\"name\":\"y\"}");
	made_side_fact(made, "packages", "2");
	made_side_fact(made, "numa_nodes", "8");
	made_side_fact(made, "numa_mode", "NPS4");
	made_side_fact(made, "processor", "AMD EPYC 7702");
	made_side_fact(made, "cpufreq_governor", "powersave");
	made_side_fact(made, "cpu_quota_cpus", "64");
	made_side_fact(made, "kernel", "6.1");
	made_side_fact(made, "argument_files", "b.fits ffffffffffffffff");
	struct comparison c cleanup_comparison =
	        made_side_compare(made_side_finish(&base, "Rome"), made_side_finish(&new, "Milan"));
	made_side_print(&c);
	for (size_t i = 0; i < ARRAY_LENGTH(expected); i++) {
		const struct compare_remark *const remark = made_side_remark(&c, expected[i].code);
		if (!remark) {
			fail_msg("no remark %s", expected[i].code);
			continue;
		}
		assert_int_equal(remark->is_serious, expected[i].is_serious);
		assert_non_null(strstr(remark->text, expected[i].text));
	}
	/* Serious ones come first, and what is of no consequence is not said. */
	for (size_t i = 1; i < c.remark_count; i++)
		assert_true(c.remarks[i - 1].is_serious || !c.remarks[i].is_serious);
	for (size_t i = 0; i < c.remark_count; i++) {
		assert_null(strstr(c.remarks[i].text, "sweep.levels"));
		assert_null(strstr(c.remarks[i].text, "name is"));
	}
	/* Levels of other policies are matched by N, which is said. */
	assert_int_equal(c.level_count, 1);
	assert_string_equal(c.levels[0].policy, "spread");
	assert_string_equal(c.levels[0].new_policy, "pack");
}

/* The same work by another path, with files of other names and the same contents. */
static void what_is_the_same_is_not_said(void **state)
{
	(void)state;
	struct made_side sides[2] = {{.count = 0}, {.count = 0}};
	for (size_t s = 0; s < 2; s++) {
		struct made *const made = made_side_run(&sides[s], s ? 8 : 10);
		struct run_facts *const run = &made->dataset.run;
		made_side_levels(made, s ? 8 : 10, "spread", 1);
		made_side_text(&run->program_sha256, "0123456789");
		made_side_text(&run->command, s ? "/opt/b/task --work 1" : "./task --work 1");
		made_side_text(
		        &run->scenario_json,
		        s ? "{\"task\":{\"command\":[\"/opt/b/task\"]},\"seed\":1}"
		          : "{\"task\":{\"command\":[\"./task\"]},\"seed\":null,\"new\":null}");
		made_side_fact(made, "argument_files",
		               s ? "/data/a.fits 0011223344556677" : "a.fits 0011223344556677");
		made_side_fact(made, "packages", "1");
		made_side_fact(made, "cores_allowed", "1");
		made_side_fact(made, "processor", "same");
	}
	struct comparison c cleanup_comparison = made_side_compare(
	        made_side_finish(&sides[0], "a"), made_side_finish(&sides[1], "b"));
	made_side_print(&c);
	for (size_t i = 0; i < c.remark_count; i++)
		assert_false(c.remarks[i].is_serious);
	made_side_release(&sides[0]);
	made_side_release(&sides[1]);
}

static void a_run_against_itself_is_told(void **state)
{
	(void)state;
	struct made_side base cleanup_made_side = {.count = 0};
	made_side_levels(made_side_run(&base, 10), 10, "spread", 2);
	const struct side *const side = made_side_finish(&base, "a");
	struct comparison c cleanup_comparison = made_side_compare(side, side);
	assert_non_null(made_side_remark(&c, "same-run"));
	made_side_near(c.nodes.throughput.value.value, 1);
	assert_non_null(strstr(c.nodes.sentence, "no difference is shown"));
}

/* Runs to which blocks were added are of one scenario; runs of other work are not. */
static void runs_of_a_side_may_differ_in_repeats(void **state)
{
	(void)state;
	static const struct {
		const char *second;
		bool is_told;
	} cases[] = {
	        {"{\"sweep\":{\"repeats\":8},\"accept\":{\"max_repeats\":8}}", false},
	        {"{\"sweep\":{\"repeats\":5},\"task\":{\"environment\":{\"A\":\"1\"}}}", true},
	        {"no JSON", true},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct made_side base cleanup_made_side = {.count = 0};
		struct made_side new cleanup_made_side = {.count = 0};
		for (size_t run = 0; run < 2; run++) {
			struct made *const made = made_side_run(&base, 10);
			made_side_levels(made, 10, "spread", 1);
			made_side_text(&made->dataset.run.scenario_json,
			               run == 0 ? "{\"sweep\":{\"repeats\":5}}" : cases[i].second);
		}
		made_side_levels(made_side_run(&new, 8), 8, "spread", 1);
		struct comparison c cleanup_comparison = made_side_compare(
		        made_side_finish(&base, "a"), made_side_finish(&new, "b"));
		assert_int_equal(made_side_remark(&c, "runs") != NULL, cases[i].is_told);
	}
}

static void copies_that_were_left_out_are_told(void **state)
{
	(void)state;
	struct made_side base cleanup_made_side = {.count = 0};
	struct made_side new cleanup_made_side = {.count = 0};
	made_side_levels(made_side_run(&base, 10), 10, "spread", 1);
	made_side_levels(made_side_run(&new, 8), 8, "spread", 1);
	struct side with_copies = *made_side_finish(&base, "a");
	with_copies.copies = 2;
	struct comparison c cleanup_comparison =
	        made_side_compare(&with_copies, made_side_finish(&new, "b"));
	assert_true(made_side_is_serious(&c, "copies"));
	assert_non_null(strstr(made_side_remark(&c, "copies")->text, "2 files of a are copies"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(what_differs_is_said),
	        cmocka_unit_test(what_is_the_same_is_not_said),
	        cmocka_unit_test(a_run_against_itself_is_told),
	        cmocka_unit_test(runs_of_a_side_may_differ_in_repeats),
	        cmocka_unit_test(copies_that_were_left_out_are_told),
	};
	return cmocka_run_group_tests_name("compare", tests, NULL, NULL);
}
