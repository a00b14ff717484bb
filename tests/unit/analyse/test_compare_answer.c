/* What a comparison answers first: the best of each side, and how many CPUs one is worth. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/str.h"
#include "made.h"
#include "made_side.h"

#include <string.h>

/* The best N of the new node is 3, of the base 2: 3/9.6 by 2/11. */
static void the_answer_is_of_each_sides_best_n(void **state)
{
	(void)state;
	struct made_side base cleanup_made_side = {.count = 0};
	struct made_side new cleanup_made_side = {.count = 0};
	made_side_levels(made_side_run(&base, 10), 10, "spread", 2);
	made_side_levels(made_side_run(&new, 8), 8, "spread", 3);
	/* More than there are CPUs: it is no answer for a node. */
	struct side named = *made_side_finish(&base, "Rome");
	named.is_kind = true;
	struct side other = *made_side_finish(&new, "Milan");
	other.is_kind = true;
	struct comparison c cleanup_comparison = made_side_compare(&named, &other);
	assert_int_equal(c.nodes.base_best, 2);
	assert_int_equal(c.nodes.new_best, 3);
	made_side_near(c.nodes.throughput.value.value, (3 / 9.6) / (2 / 11.));
	made_side_near(c.nodes.cpu_factor.value.value, 9.6 / 11);
	made_side_near(c.nodes.cpu_factor.value.low, 1.5 / c.nodes.throughput.value.high);
	made_side_near(c.nodes.single.value.value, 1.25);
	assert_int_equal(c.nodes.single_level, 1);
	assert_non_null(strstr(c.nodes.sentence, "Milan was not measured beyond N=3"));
	assert_true(made_side_is_serious(&c, "best"));
	print_message("# %s\n# %s\n", c.nodes.sentence, c.nodes.single_sentence);
	assert_true(str_starts_with(c.nodes.sentence, "One Milan node does 1.72 ["));
	assert_non_null(strstr(c.nodes.sentence,
	                       "times the work of one Rome node, each at its best N (3 and 2)"));
	assert_non_null(strstr(c.nodes.sentence, "within-run"));
}

static void oversubscribed_levels_are_no_best(void **state)
{
	(void)state;
	struct made_side base cleanup_made_side = {.count = 0};
	struct made_side new cleanup_made_side = {.count = 0};
	made_side_levels(made_side_run(&base, 10), 10, "spread", 2);
	struct made *const made = made_side_run(&new, 8);
	made_side_levels(made, 8, "spread", 3);
	made->dataset.levels[2].is_oversubscribed = true;
	made_side_fact(made, "cores_allowed", "2");
	made_side_fact(&base.runs[0], "cores_allowed", "2");
	struct comparison c cleanup_comparison =
	        made_side_compare(made_side_finish(&base, "a"), made_side_finish(&new, "b"));
	assert_int_equal(c.nodes.new_best, 2);
	assert_null(made_side_remark(&c, "best"));
	assert_true(str_starts_with(c.nodes.sentence, "b does 1.25"));
}

/* Levels at which trial by trial 2 tasks run in each of n slots. */
static void made_side_more(struct made *made, double wall_s, const char *policy, uint32_t n)
{
	const size_t level = made->dataset.level_count;
	made_level(made, n, policy);
	for (uint32_t block = 0; block < 2; block++) {
		const double wall = wall_s * (1 + 0.01 * block);
		made_trial(made, (uint32_t)level, block, 0, 2 * wall);
		for (uint32_t slot = 0; slot < n; slot++)
			for (int i = 0; i < 2; i++)
				made_task(made, slot, i * wall, (i + 1) * wall);
	}
}

/* A node that was measured with a policy more is not better for it. */
static void the_answer_is_of_policies_that_both_have(void **state)
{
	(void)state;
	struct made_side base cleanup_made_side = {.count = 0};
	struct made_side new cleanup_made_side = {.count = 0};
	made_side_more(made_side_run(&base, 10), 10, "spread", 4);
	struct made *const made = made_side_run(&new, 10);
	made_side_more(made, 10, "spread", 4);
	made_side_more(made, 7, "pack", 4);
	struct comparison c cleanup_comparison =
	        made_side_compare(made_side_finish(&base, "a"), made_side_finish(&new, "b"));
	made_side_near(c.nodes.throughput.value.value, 1);
	assert_string_equal(c.nodes.new_policy, "spread");
	assert_non_null(strstr(c.nodes.sentence, "each at its best N (4 and 4)"));
	assert_true(made_side_is_serious(&c, "best"));
	made_side_print(&c);
	assert_non_null(strstr(made_side_remark(&c, "best")->text,
	                       "b does most with policy pack at N=4, 1.43 times what it does with "
	                       "spread at N=4; a was not measured with it"));
}

/* Where both have both, each has its own best, and both are named. */
static void policies_of_the_best_are_named_where_they_differ(void **state)
{
	(void)state;
	static const char *const policies[] = {"spread", "pack"};
	struct made_side sides[2] = {{.count = 0}, {.count = 0}};
	for (size_t s = 0; s < 2; s++) {
		struct made *const made = made_side_run(&sides[s], s ? 8 : 10);
		for (size_t p = 0; p < 2; p++)
			made_side_more(made, p == s ? 8 : 10, policies[p], 4);
	}
	struct comparison c cleanup_comparison = made_side_compare(
	        made_side_finish(&sides[0], "a"), made_side_finish(&sides[1], "b"));
	assert_non_null(strstr(c.nodes.sentence, "each at its best N (4 pack and 4 spread)"));
	assert_true(made_side_is_serious(&c, "best"));
	assert_non_null(strstr(made_side_remark(&c, "best")->text,
	                       "a does most with policy spread, b with pack"));
	made_side_release(&sides[0]);
	made_side_release(&sides[1]);
}

/* 4 tasks of one thread and 2 of two take the same CPUs: the work of two is twice that of one. */
static void the_cpu_factor_counts_threads(void **state)
{
	(void)state;
	struct made_side base cleanup_made_side = {.count = 0};
	struct made_side new cleanup_made_side = {.count = 0};
	struct made *made = made_side_run(&base, 10);
	made_side_more(made, 10, "spread", 4);
	made_side_fact(made, "cores_allowed", "4");
	made = made_side_run(&new, 5);
	made->dataset.run.threads = 2;
	made_side_more(made, 5, "spread", 2);
	made_side_fact(made, "cores_allowed", "4");
	struct comparison c cleanup_comparison =
	        made_side_compare(made_side_finish(&base, "a"), made_side_finish(&new, "b"));
	made_side_near(c.nodes.throughput.value.value, 1);
	made_side_near(c.nodes.cpu_factor.value.value, 1);
	made_side_near(c.nodes.cpu_factor.new.value, c.nodes.throughput.new.value / 4);
	assert_null(made_side_remark(&c, "best")); /* all cores are taken */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(the_answer_is_of_each_sides_best_n),
	        cmocka_unit_test(oversubscribed_levels_are_no_best),
	        cmocka_unit_test(the_answer_is_of_policies_that_both_have),
	        cmocka_unit_test(policies_of_the_best_are_named_where_they_differ),
	        cmocka_unit_test(the_cpu_factor_counts_threads),
	};
	return cmocka_run_group_tests_name("compare", tests, NULL, NULL);
}
