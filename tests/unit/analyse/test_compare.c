/* One node against another: known answers, and ratios with the intervals that their replicates
 * give. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/array.h"
#include "core/error.h"
#include "made.h"
#include "made_side.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The interval of the difference by numerical integration of Student's t, and the textbook's case:
 * t = 2.46 at 25.0 degrees of freedom, P = 0.021. */
static void welch_has_known_answers(void **state)
{
	(void)state;
	static const double a1[] = {27.5, 21.0, 19.0, 23.6, 17.0, 17.9, 16.9, 20.1,
	                            21.9, 22.6, 23.1, 19.6, 19.0, 21.7, 21.4};
	static const double a2[] = {27.1, 22.0, 20.8, 23.4, 23.4, 23.5, 25.8, 22.0,
	                            24.8, 20.2, 21.9, 22.1, 22.9, 20.5, 24.4};
	static const double base[] = {1.0, 1.1, 0.95};
	static const double new[] = {1.3, 1.25, 1.4, 1.31};
	const struct estimate d =
	        compare_welch_difference(a1, ARRAY_LENGTH(a1), a2, ARRAY_LENGTH(a2));
	made_side_near(d.value, 2.16666666667);
	made_side_near(d.low, 0.349237066);
	made_side_near(d.high, 3.984096267);
	assert_int_equal(d.n, 15);
	const struct estimate r = compare_welch_ratio(base, 3, new, 4);
	made_side_near(r.value, 1.29476537647);
	made_side_near(r.low, 1.11355544669);
	made_side_near(r.high, 1.50546376930);
	assert_int_equal(r.n, 3);
}

static void welch_says_what_it_cannot(void **state)
{
	(void)state;
	static const double values[] = {1, 2, 3};
	static const double zero[] = {1, 0, 3};
	static const double same[] = {2, 2, 2};
	struct estimate e = compare_welch_ratio(values, 0, values, 3);
	assert_false(estimate_has_value(&e));
	e = compare_welch_ratio(values, 3, zero, 3);
	assert_false(estimate_has_value(&e));
	assert_non_null(e.reason);
	e = compare_welch_ratio(values, 1, values, 3);
	assert_true(estimate_has_value(&e));
	assert_false(estimate_has_interval(&e));
	assert_non_null(e.reason);
	e = compare_welch_ratio(same, 3, same, 3);
	made_side_near(e.value, 1);
	assert_false(estimate_has_interval(&e));
	assert_non_null(e.reason);
	/* One side without spread is no reason to have none: the other has some. */
	e = compare_welch_ratio(same, 3, values, 3);
	assert_true(estimate_has_interval(&e));
}

static void one_run_a_side_is_compared_within_run(void **state)
{
	(void)state;
	struct made_side base cleanup_made_side = {.count = 0};
	struct made_side new cleanup_made_side = {.count = 0};
	made_side_levels(made_side_run(&base, 10), 10, "spread", 2);
	made_side_levels(made_side_run(&new, 8), 8, "spread", 3);
	struct comparison c cleanup_comparison =
	        made_side_compare(made_side_finish(&base, "Rome"), made_side_finish(&new, "Milan"));
	assert_int_equal(c.level_count, 2);
	assert_int_equal(c.lone_count, 1);
	assert_int_equal(c.lone[0].concurrency, 3);
	assert_true(c.lone[0].is_new);
	const struct ratio *const throughput = made_side_ratio(&c, 1, MEASURE_THROUGHPUT);
	made_side_near(throughput->value.value, 1.25);
	assert_int_equal(throughput->basis, BASIS_TRIALS);
	assert_int_equal(throughput->base_n, 2);
	assert_true(ratio_is_beyond_chance(throughput));
	made_side_near(made_side_ratio(&c, 0, MEASURE_WALL)->value.value, 0.8);
	/* Both curves have one shape: efficiency is the same, and 1 at the baseline. */
	made_side_near(made_side_ratio(&c, 1, MEASURE_EFFICIENCY)->value.value, 1);
	assert_false(estimate_has_value(&made_side_ratio(&c, 0, MEASURE_EFFICIENCY)->value));
	assert_non_null(
	        strstr(made_side_ratio(&c, 0, MEASURE_EFFICIENCY)->reason, "by definition"));
	/* Time off the CPU differs by seconds, not by a factor. */
	assert_true(made_side_ratio(&c, 0, MEASURE_OFF_CPU)->is_difference);
	made_side_near(made_side_ratio(&c, 0, MEASURE_OFF_CPU)->value.value,
	               0.1 * (8 - 10) * 1.005);
	assert_non_null(made_side_remark(&c, "within-run"));
	assert_non_null(made_side_remark(&c, "levels"));
	assert_int_equal(comparison_find(&c, MEASURE_CYCLES), -1);
}

/* With several runs on both sides a run is one value, however many trials it has. */
static void several_runs_a_side_are_the_replicates(void **state)
{
	(void)state;
	static const double walls[2][3] = {{10, 10.4, 9.8}, {8, 8.4, 8.1}};
	struct made_side sides[2] = {{.count = 0}, {.count = 0}};
	double rates[2][3];
	for (size_t s = 0; s < 2; s++)
		for (size_t i = 0; i < 3; i++) {
			made_side_levels(made_side_run(&sides[s], walls[s][i]), walls[s][i],
			                 "spread", 2);
			rates[s][i] = 2 / (1.1 * walls[s][i] * sqrt(1.01));
		}
	struct comparison c cleanup_comparison = made_side_compare(
	        made_side_finish(&sides[0], "a"), made_side_finish(&sides[1], "b"));
	const struct estimate expected = compare_welch_ratio(rates[0], 3, rates[1], 3);
	const struct ratio *const ratio = made_side_ratio(&c, 1, MEASURE_THROUGHPUT);
	assert_int_equal(ratio->basis, BASIS_RUNS);
	assert_int_equal(ratio->base_n, 3);
	made_side_near(ratio->value.value, expected.value);
	made_side_near(ratio->value.low, expected.low);
	made_side_near(ratio->value.high, expected.high);
	assert_null(made_side_remark(&c, "within-run"));
	made_side_release(&sides[0]);
	made_side_release(&sides[1]);
}

/* One run against several is held against what these differ by from run to run: by hand,
 * t(0.975, 2) = 4.30265 and s sqrt(4/3) of three logs. */
static void one_run_against_several_is_taken_to_differ_as_they_do(void **state)
{
	(void)state;
	static const double walls[] = {10, 10.4, 9.8};
	double logs[3];
	double mean = 0;
	double squares = 0;
	struct made_side several cleanup_made_side = {.count = 0};
	struct made_side one cleanup_made_side = {.count = 0};
	for (size_t i = 0; i < 3; i++) {
		made_side_levels(made_side_run(&several, walls[i]), walls[i], "spread", 2);
		logs[i] = -log(walls[i]);
		mean += logs[i] / 3;
	}
	for (size_t i = 0; i < 3; i++)
		squares += (logs[i] - mean) * (logs[i] - mean);
	const double half = 4.30265273 * sqrt(squares / 2) * sqrt(4 / 3.);
	made_side_levels(made_side_run(&one, 8), 8, "spread", 2);
	const struct side *const a = made_side_finish(&several, "a");
	const struct side *const b = made_side_finish(&one, "b");
	for (int is_base_one = 0; is_base_one < 2; is_base_one++) {
		struct comparison c cleanup_comparison =
		        is_base_one ? made_side_compare(b, a) : made_side_compare(a, b);
		const struct ratio *const ratio = made_side_ratio(&c, 1, MEASURE_THROUGHPUT);
		const double log_ratio = (is_base_one ? -1 : 1) * (-log(8) - mean);
		assert_int_equal(ratio->basis, BASIS_RUNS);
		assert_int_equal(is_base_one ? ratio->new_n : ratio->base_n, 3);
		assert_int_equal(is_base_one ? ratio->base_n : ratio->new_n, 1);
		assert_int_equal(ratio->value.n, 1);
		made_side_near(ratio->value.value, exp(log_ratio));
		made_side_near(ratio->value.low, exp(log_ratio - half));
		made_side_near(ratio->value.high, exp(log_ratio + half));
		assert_null(made_side_remark(&c, "within-run"));
		assert_non_null(made_side_remark(&c, "one-run"));
		print_message("# %s\n", made_side_remark(&c, "one-run")->text);
	}
}

static void efficiency_needs_one_baseline(void **state)
{
	(void)state;
	struct made_side base cleanup_made_side = {.count = 0};
	struct made_side new cleanup_made_side = {.count = 0};
	made_side_levels(made_side_run(&base, 10), 10, "spread", 3);
	struct made *const made = made_side_run(&new, 8);
	made_side_levels(made, 8, "spread", 3);
	made->dataset.run.baseline = 2;
	struct comparison c cleanup_comparison =
	        made_side_compare(made_side_finish(&base, "a"), made_side_finish(&new, "b"));
	const struct ratio *const efficiency = made_side_ratio(&c, 2, MEASURE_EFFICIENCY);
	assert_false(estimate_has_value(&efficiency->value));
	assert_string_equal(efficiency->reason, "it is drawn from N=1 on a and from N=2 on b");
	assert_non_null(made_side_remark(&c, "baseline"));
	assert_true(estimate_has_value(&made_side_ratio(&c, 2, MEASURE_THROUGHPUT)->value));
}

static void sides_without_a_common_level_have_no_ratios(void **state)
{
	(void)state;
	struct made_side base cleanup_made_side = {.count = 0};
	struct made_side new cleanup_made_side = {.count = 0};
	made_side_levels(made_side_run(&base, 10), 10, "spread", 1);
	struct made *const made = made_side_run(&new, 8);
	made_trial(made, made_level(made, 4, "spread"), 0, 0, 16);
	for (uint32_t slot = 0; slot < 4; slot++)
		made_task(made, slot, 0, 16);
	made->dataset.run.baseline = 4;
	struct comparison c cleanup_comparison =
	        made_side_compare(made_side_finish(&base, "a"), made_side_finish(&new, "b"));
	assert_int_equal(c.level_count, 0);
	assert_int_equal(c.lone_count, 2);
	assert_true(made_side_is_serious(&c, "levels"));
	assert_false(estimate_has_value(&c.nodes.single.value));
	/* Each node still has a best N; one trial alone has no interval. */
	assert_true(estimate_has_value(&c.nodes.throughput.value));
	assert_false(estimate_has_interval(&c.nodes.throughput.value));
	assert_int_equal(c.nodes.throughput.basis, BASIS_POINT);
}

static void state_wall(struct made *made, uint32_t level, double value, double error,
                       enum stated_error kind)
{
	struct dataset *const d = &made->dataset;
	d->stated = realloc(d->stated, (d->stated_count + 1) * sizeof *d->stated);
	assert_non_null(d->stated);
	d->stated[d->stated_count++] = (struct stated_figure){
	        level, "wall", STATED_MEAN, NAN, value, error, kind, RECORD_ABSENT};
}

/* Published curves compare by how well they were read: from the least to the most that both
 * readings leave open. */
static void published_figures_compare_by_reading_error(void **state)
{
	(void)state;
	static const struct {
		enum stated_error base, new;
		enum ratio_basis basis;
		double low, high;
	} cases[] = {
	        {STATED_READING, STATED_READING, BASIS_READING, 39. / 66, 41. / 62},
	        {STATED_READING, STATED_CI95, BASIS_STATED, 0, 0},
	        {STATED_READING, STATED_NO_ERROR, BASIS_POINT, 0, 0},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct made_side sides[2] = {{.count = 0}, {.count = 0}};
		for (size_t s = 0; s < 2; s++) {
			struct made *const made = made_side_run(&sides[s], s ? 8 : 10);
			made_level(made, 16, "");
			made->dataset.run.baseline = 16;
			made_side_text(&made->dataset.run.imported, "levels");
			state_wall(made, 0, s ? 40 : 64, s ? 1 : 2,
			           s ? cases[i].new : cases[i].base);
		}
		struct comparison c = made_side_compare(made_side_finish(&sides[0], "Rome"),
		                                        made_side_finish(&sides[1], "Perlmutter"));
		const struct ratio *const wall = made_side_ratio(&c, 0, MEASURE_WALL);
		made_side_near(wall->value.value, 40. / 64);
		assert_int_equal(wall->basis, cases[i].basis);
		if (cases[i].low > 0) {
			made_side_near(wall->value.low, cases[i].low);
			made_side_near(wall->value.high, cases[i].high);
		}
		assert_int_equal(estimate_has_interval(&wall->value),
		                 cases[i].basis != BASIS_POINT);
		const struct ratio *const throughput = made_side_ratio(&c, 0, MEASURE_THROUGHPUT);
		made_side_near(throughput->value.value, 64. / 40);
		assert_non_null(strstr(throughput->note, "wall time"));
		assert_non_null(made_side_remark(&c, "imported"));
		assert_null(made_side_remark(&c, "within-run"));
		comparison_release(&c);
		made_side_release(&sides[0]);
		made_side_release(&sides[1]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(welch_has_known_answers),
	        cmocka_unit_test(welch_says_what_it_cannot),
	        cmocka_unit_test(one_run_a_side_is_compared_within_run),
	        cmocka_unit_test(several_runs_a_side_are_the_replicates),
	        cmocka_unit_test(one_run_against_several_is_taken_to_differ_as_they_do),
	        cmocka_unit_test(efficiency_needs_one_baseline),
	        cmocka_unit_test(sides_without_a_common_level_have_no_ratios),
	        cmocka_unit_test(published_figures_compare_by_reading_error),
	};
	return cmocka_run_group_tests_name("compare", tests, NULL, NULL);
}
