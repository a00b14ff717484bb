/* Numbers that tasks print, per level, with known answers. */
#include "made.h"

#include "analyse/printed.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "formats/problems.h"
#include "formats/scenario/scenario_json.h"
#include "formats/scenario/scenario_yaml.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static void assert_near(double a, double b)
{
	if (!(fabs(a - b) <= 1e-9 * fmax(1, fabs(b))))
		print_message("# %.17g is not %.17g\n", a, b);
	assert_true(fabs(a - b) <= 1e-9 * fmax(1, fabs(b)));
}

struct answer {
	struct summary summary;
	struct printed_findings printed;
};

static struct answer work_out(const struct made *made)
{
	struct answer answer;
	struct error err;
	assert_int_equal(summary_build(&made->dataset, &answer.summary, &err), 0);
	assert_int_equal(printed_build(&answer.summary, &answer.printed, &err), 0);
	return answer;
}

static void release(struct answer *answer)
{
	printed_release(&answer->printed);
	summary_release(&answer->summary);
}

static const struct printed_level *of(const struct answer *answer, const char *name, size_t level)
{
	for (size_t i = 0; i < answer->printed.count; i++)
		if (strcmp(answer->printed.items[i].name, name) == 0)
			return &answer->printed.items[i].levels[level];
	fail_msg("there is no figure %s", name);
	abort();
}

/* Two trials at N=2; a task across the edge counts by half, a failed one not at all. */
static void make_two_trials(struct made *made, const char *name, const double values[6])
{
	made_init(made);
	const size_t level = made_level(made, 2, "spread");
	made_level(made, 4, "spread");
	for (unsigned block = 0; block < 2; block++) {
		const double from = 20 * block;
		made_trial(made, level, block, from, from + 10);
		made_task(made, 0, from, from + 8);
		made_figure(made, name, values[3 * block]);
		made_task(made, 0, from + 8, from + 12);
		made_figure(made, name, values[3 * block + 1]);
		made_task(made, 1, from, from + 9)->state = TASK_FAILED;
		made_figure(made, name, 1e6);
		made_task(made, 1, from, from + 9); /* prints nothing */
		made_task(made, 1, from, from + 5);
		made_figure(made, name, values[3 * block + 2]);
	}
}

static void a_rate_is_weighted_and_adds_up(void **state)
{
	(void)state;
	struct made made cleanup_made;
	make_two_trials(&made, "images_per_s", (const double[]){10, 12, 14, 20, 22, 24});
	struct answer answer = work_out(&made);
	const struct printed_level *const level = of(&answer, "images_per_s", 0);
	const double first = (10 + 0.5 * 12 + 14) / 2.5;
	const double second = (20 + 0.5 * 22 + 24) / 2.5;
	assert_int_equal(level->tasks, 6);
	assert_int_equal(level->without, 2);
	assert_near(level->mean.value, sqrt(first * second));
	assert_int_equal(level->mean.n, 2);
	assert_true(level->mean.low > 0 && level->mean.high > second);
	assert_near(level->pooled_mean, (first + second) / 2);
	assert_near(level->total.value, 2 * level->mean.value);
	assert_near(level->total.low, 2 * level->mean.low);
	assert_near(level->total.high, 2 * level->mean.high);
	assert_true(level->p5 >= 10 && level->p5 < level->median);
	assert_true(level->median < level->p95 && level->p95 <= 24);
	/* The other level has no trial. */
	const struct printed_level *const none = of(&answer, "images_per_s", 1);
	assert_int_equal(none->tasks, 0);
	assert_false(estimate_has_value(&none->mean));
	assert_non_null(none->mean.reason);
	assert_false(estimate_has_value(&none->total));
	assert_true(isnan(none->median));
	release(&answer);
}

/* The t interval of two values: mean -+ 12.706 x half their difference. */
static void a_bare_number_may_be_negative(void **state)
{
	(void)state;
	struct made made cleanup_made;
	make_two_trials(&made, "balance", (const double[]){-1, -1, -1, 2, 2, 2});
	struct answer answer = work_out(&made);
	const struct printed_level *const level = of(&answer, "balance", 0);
	assert_near(level->mean.value, 0.5);
	assert_true(fabs(level->mean.high - (0.5 + 12.7062047362 * 1.5)) < 1e-6);
	assert_true(fabs(level->mean.low - (0.5 - 12.7062047362 * 1.5)) < 1e-6);
	assert_false(estimate_has_value(&level->total));
	assert_non_null(level->total.reason);
	release(&answer);
}

static void a_rate_of_nothing(void **state)
{
	(void)state;
	struct made made cleanup_made;
	make_two_trials(&made, "hits_per_s", (const double[]){0, 0, 0, 2, 2, 2});
	struct answer answer = work_out(&made);
	assert_near(of(&answer, "hits_per_s", 0)->mean.value, 1);
	release(&answer);
}

static void names_are_in_order_and_none_is_fine(void **state)
{
	(void)state;
	struct made made cleanup_made;
	made_init(&made);
	const size_t level = made_level(&made, 1, "spread");
	made_trial(&made, level, 0, 0, 10);
	made_task(&made, 0, 0, 5);
	struct answer none = work_out(&made);
	assert_int_equal(none.printed.count, 0);
	release(&none);
	made_figure(&made, "b", 1);
	made_figure(&made, "a_hz", 3e9);
	made_task(&made, 0, 5, 10);
	made_figure(&made, "b", 3);
	struct answer two = work_out(&made);
	assert_int_equal(two.printed.count, 2);
	assert_string_equal(two.printed.items[0].name, "a_hz");
	assert_string_equal(two.printed.items[0].unit->symbol, "Hz");
	assert_int_equal(of(&two, "a_hz", 0)->without, 1);
	assert_near(of(&two, "b", 0)->median, 2);
	assert_false(estimate_has_interval(&of(&two, "b", 0)->mean));
	assert_string_equal(of(&two, "b", 0)->mean.reason, "an interval needs at least two trials");
	release(&two);
}

/* As the scenario names them; others behind, and all by name where its text cannot be read. */
static void figures_are_in_the_order_of_the_scenario(void **state)
{
	static const char *const names[] = {"b", "z", "c", "a"};
	static const char yaml[] = "name: x\n"
	                           "task: {command: [x], figures: {names: [z, not-there, b]}}\n"
	                           "sweep: {levels: [1]}\n";
	static const char *const orders[] = {"zbac", "abcz"};
	(void)state;
	for (int is_odd = 0; is_odd < 2; is_odd++) {
		struct error err;
		struct problems problems = {0};
		cleanup_scenario struct scenario scenario = {0};
		cleanup_free char *json = NULL;
		char odd[] = "{\"name\":3}";
		struct made made cleanup_made;
		made_init(&made);
		made_trial(&made, made_level(&made, 1, "spread"), 0, 0, 10);
		made_task(&made, 0, 0, 5);
		for (size_t i = 0; i < 4; i++)
			made_figure(&made, names[i], 1);
		assert_int_equal(
		        scenario_yaml_parse("x", yaml, strlen(yaml), &scenario, &problems, &err),
		        0);
		assert_int_equal(scenario_json_write(&scenario, &json, &err), 0);
		char *const before = made.dataset.run.scenario_json;
		made.dataset.run.scenario_json = is_odd ? odd : json;
		struct answer answer = work_out(&made);
		assert_int_equal(answer.printed.count, 4);
		for (size_t i = 0; i < 4; i++)
			assert_int_equal(answer.printed.items[i].name[0], orders[is_odd][i]);
		made.dataset.run.scenario_json = before;
		release(&answer);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(a_rate_is_weighted_and_adds_up),
	        cmocka_unit_test(a_bare_number_may_be_negative),
	        cmocka_unit_test(a_rate_of_nothing),
	        cmocka_unit_test(names_are_in_order_and_none_is_fine),
	        cmocka_unit_test(figures_are_in_the_order_of_the_scenario),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
