/* Criteria on what a result does not have: inconclusive or skipped, for which reason. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analyse/verdict/verdict.h"
#include "core/array.h"
#include "core/error.h"
#include "judged.h"
#include "made.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static void one_repeat_has_no_bound(void **state)
{
	(void)state;
	struct judged c = {0};
	judged_node(&c.made);
	judged_block(&c.made, 0, 1, -1, 1);
	judged_build(&c, &judged_at_least_a_little);
	judged_expect(&c, VERDICT_INCONCLUSIVE, "one repeat");
	assert_int_equal(c.acceptance.repeats_needed, 3);
	assert_true(isnan(c.acceptance.items[0].bound));
	judged_release(&c);
}

static void a_level_that_is_missing_is_inconclusive(void **state)
{
	(void)state;
	static struct level_spec numbers[] = {{.kind = LEVEL_NUMBER, .first = 3}};
	static struct level_spec ranges[] = {{.kind = LEVEL_RANGE, .first = 2, .last = 9}};
	static struct level_spec beyond[] = {{.kind = LEVEL_RANGE, .first = 5, .last = 9}};
	static char pack[] = "pack";
	const struct {
		struct level_specs levels;
		char *policy;
		enum verdict verdict;
		const char *words;
	} cases[] = {
	        {{numbers, 1, 1}, NULL, VERDICT_INCONCLUSIVE, "no level N=3; it has N = 1, 4"},
	        {{ranges, 1, 1}, NULL, VERDICT_PASS, "confidence"},
	        {{beyond, 1, 1}, NULL, VERDICT_INCONCLUSIVE, "no level N=5"},
	        {{NULL, 0, 0}, pack, VERDICT_INCONCLUSIVE, "of policy pack"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct judged c = {0};
		struct criterion criterion = judged_at_least_a_little;
		criterion.levels = cases[i].levels;
		criterion.policy = cases[i].policy;
		criterion.where_absent = ABSENCE_SKIP;
		judged_node(&c.made);
		judged_blocks(&c.made, 1, -1, 1);
		judged_build(&c, &criterion);
		judged_expect(&c, cases[i].verdict, cases[i].words);
		judged_release(&c);
	}
}

static void a_level_that_was_left_out_is_inconclusive(void **state)
{
	(void)state;
	struct judged c = {0};
	struct criterion criterion = judged_at_least_a_little;
	criterion.where_absent = ABSENCE_SKIP;
	judged_node(&c.made);
	judged_blocks(&c.made, 1, -1, 1);
	c.made.dataset.levels[1].skipped = strdup("not enough memory");
	judged_build(&c, &criterion);
	judged_expect(&c, VERDICT_INCONCLUSIVE, "left out: not enough memory");
	judged_release(&c);
}

/* How a node comes to lack what a criterion is about. */
enum lack { NOTHING, NO_PMU, NO_RIGHT, UNKNOWN_NAME, NO_SENSOR, PRINTED_ELSEWHERE };

static void let_lack(struct made *made, enum lack lack)
{
	static const enum counter_state states[] = {[NO_PMU] = COUNTER_NOT_SUPPORTED,
	                                            [NO_RIGHT] = COUNTER_NO_PERMISSION,
	                                            [UNKNOWN_NAME] = COUNTER_UNKNOWN};
	static const char *const names[] = {"cycles", "instructions", "branch-misses"};
	static const char *const sensors[] = {"sensor_energy", "sensor_temperature",
	                                      "sensor_cpu_clock"};
	struct error err;
	if (lack == NO_PMU || lack == NO_RIGHT || lack == UNKNOWN_NAME)
		for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
			struct event_definition *const event = made_event(made, names[i]);
			event->state = states[lack];
			snprintf(event->reason, sizeof event->reason, "not here");
		}
	for (size_t i = 0; lack == NO_SENSOR && i < ARRAY_LENGTH(sensors); i++)
		assert_int_equal(
		        host_facts_add(&made->dataset.host, sensors[i], NULL, "none", &err), 0);
}

/* What nobody asked for, or what is misspelt, is not lacking. */
static void what_a_node_does_not_have_can_be_skipped(void **state)
{
	(void)state;
	static char misses[] = "branch-misses";
	static char images[] = "images_per_s";
	static const struct {
		enum measure_id measure;
		enum criterion_bound bound;
		char *detail;
		uint32_t sources;
		enum lack lack;
		bool is_skipped;
		const char *words;
	} cases[] = {
	        {MEASURE_FREQUENCY, BOUND_AT_LEAST, NULL, 0, NO_PMU, true, ""},
	        {MEASURE_FREQUENCY, BOUND_AT_LEAST, NULL, 0, NOTHING, false, ""},
	        {MEASURE_FREQUENCY, BOUND_AT_LEAST, NULL, 1u << FREQUENCY_MSR, NO_SENSOR, true, ""},
	        {MEASURE_FREQUENCY, BOUND_AT_LEAST, NULL, 1u << FREQUENCY_MSR, NO_PMU, false, ""},
	        {MEASURE_FREQUENCY, BOUND_AT_LEAST, NULL, 1u << FREQUENCY_CHAIN, NO_PMU, false, ""},
	        {MEASURE_COUNTER, BOUND_AT_MOST, misses, 0, NO_PMU, true, "not here"},
	        {MEASURE_COUNTER, BOUND_AT_MOST, misses, 0, NO_RIGHT, true, "not here"},
	        {MEASURE_COUNTER, BOUND_AT_MOST, misses, 0, UNKNOWN_NAME, false, "not here"},
	        {MEASURE_COUNTER, BOUND_AT_MOST, misses, 0, NOTHING, false, "not counted"},
	        {MEASURE_CYCLES, BOUND_AT_MOST, NULL, 0, NO_PMU, true, "not here"},
	        {MEASURE_CYCLES, BOUND_AT_MOST, NULL, 0, NOTHING, false, "not counted"},
	        {MEASURE_CPI, BOUND_AT_MOST, NULL, 0, NO_PMU, true, "not here"},
	        {MEASURE_FACTOR_CLOCK, BOUND_AT_MOST, NULL, 0, NO_PMU, true, ""},
	        {MEASURE_FACTOR_CLOCK, BOUND_AT_MOST, NULL, 0, NOTHING, false, ""},
	        {MEASURE_FIGURE, BOUND_AT_LEAST, images, 0, NOTHING, false, "task.figures"},
	        {MEASURE_FIGURE, BOUND_AT_LEAST, images, 0, PRINTED_ELSEWHERE, false,
	         "no successful task of this level"},
	        {MEASURE_ENERGY, BOUND_AT_MOST, NULL, 0, NO_SENSOR, true, "none"},
	        {MEASURE_ENERGY, BOUND_AT_MOST, NULL, 0, NOTHING, false, ""},
	        {MEASURE_PEAK_PSS, BOUND_AT_MOST, NULL, 0, NOTHING, false, "sampled"},
	        {MEASURE_PACKAGE_SPREAD, BOUND_AT_MOST, NULL, 0, NOTHING, true,
	         "the node has one socket: nothing"},
	};
	for (size_t i = 0; i < 2 * ARRAY_LENGTH(cases); i++) {
		struct judged c = {0};
		const size_t k = i / 2;
		const bool is_skip = i % 2;
		const struct criterion criterion = {.measure = cases[k].measure,
		                                    .detail = cases[k].detail,
		                                    .bound = cases[k].bound,
		                                    .limit = 1,
		                                    .margin = NAN,
		                                    .sources = cases[k].sources,
		                                    .where_absent = is_skip ? ABSENCE_SKIP
		                                                            : ABSENCE_INCONCLUSIVE};
		judged_node(&c.made);
		let_lack(&c.made, cases[k].lack);
		if (cases[k].lack == PRINTED_ELSEWHERE) {
			made_trial(&c.made, 0, 9, 100, 200);
			made_task(&c.made, 0, 110, 120);
			made_figure(&c.made, images, 5);
		}
		judged_blocks(&c.made, 1, -1, 1);
		judged_build(&c, &criterion);
		judged_expect(
		        &c, is_skip && cases[k].is_skipped ? VERDICT_SKIPPED : VERDICT_INCONCLUSIVE,
		        cases[k].words);
		assert_true(c.acceptance.items[0].reason[0] != '\0');
		judged_release(&c);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(one_repeat_has_no_bound),
	        cmocka_unit_test(a_level_that_is_missing_is_inconclusive),
	        cmocka_unit_test(a_level_that_was_left_out_is_inconclusive),
	        cmocka_unit_test(what_a_node_does_not_have_can_be_skipped),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
