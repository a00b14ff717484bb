#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/error.h"
#include "formats/levels_text.h"
#include "formats/placement_text.h"
#include "machine.h"
#include "plan/plan_build.h"
#include "plan/schedule.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static struct scenario scenario_of(const char *levels, uint32_t repeats)
{
	struct error err = {""};
	struct scenario s;
	assert_int_equal(scenario_init(&s, &err), 0);
	assert_int_equal(levels_text_parse(levels, &s.sweep.levels, &err), 0);
	s.sweep.repeats = repeats;
	return s;
}

static struct plan build(const struct scenario *s, const struct topology *t, uint64_t seed)
{
	struct error err = {""};
	struct plan plan;
	assert_int_equal(plan_build(s, t, seed, &plan, &err), 0);
	return plan;
}

static void test_levels_and_placements(void **state)
{
	(void)state;
	struct error err;
	struct topology t = machine_regular(2, 2, 2, 2);
	struct scenario s = scenario_of("cores,1,8,20", 3);
	assert_int_equal(placement_text_add("pack", &s.placement.policies, &err), 0);
	s.task.memory_bytes = 1000;
	struct plan plan = build(&s, &t, 1);
	assert_int_equal(plan.level_count, 6);
	assert_int_equal(plan.trial_count, 18);
	assert_int_equal(plan.capacity, 16);
	assert_int_equal(plan.largest, 20);
	assert_int_equal(plan.baseline, 1);
	assert_null(plan.note);
	static const uint32_t numbers[] = {1, 1, 8, 8, 20, 20};
	for (size_t i = 0; i < 6; i++) {
		assert_int_equal(plan.levels[i].concurrency, numbers[i]);
		assert_int_equal(plan.levels[i].placement, i % 2);
		assert_string_equal(plan.levels[i].policy, i % 2 ? "pack" : "spread");
		assert_int_equal(plan.levels[i].is_oversubscribed, numbers[i] == 20);
		assert_int_equal(plan.levels[i].memory_bytes, 1000 * numbers[i]);
		assert_null(plan.levels[i].skipped);
	}
	assert_string_equal(plan.levels[2].spelling, "cores, 8");
	assert_int_equal(plan.levels[2].slots[1].pus[0], 4);
	assert_int_equal(plan.levels[2].slots[1].package, 1);
	assert_int_equal(plan.levels[3].slots[1].pus[0], 1);
	plan_release(&plan);
	scenario_release(&s);
	topology_release(&t);
}

static void test_threads(void **state)
{
	(void)state;
	struct topology t = machine_regular(1, 1, 6, 2);
	struct scenario s = scenario_of("cores,pus", 1);
	s.task.threads = 4;
	struct plan plan = build(&s, &t, 1);
	assert_int_equal(plan.level_count, 2);
	assert_int_equal(plan.levels[0].concurrency, 1); /* 6 cores / 4 */
	assert_int_equal(plan.levels[1].concurrency, 3); /* 12 PUs / 4 */
	assert_int_equal(plan.capacity, 3);
	assert_false(plan.levels[1].is_oversubscribed);
	assert_int_equal(plan.levels[0].slots[0].own_count, 4);
	assert_int_equal(plan.levels[0].memory_bytes, -1);
	plan_release(&plan);
	scenario_release(&s);
	topology_release(&t);
}

/* Every block holds every level once; a longer run begins as the shorter one; seeds differ. */
static void test_order(void **state)
{
	(void)state;
	struct topology t = machine_regular(1, 1, 8, 1);
	struct scenario s = scenario_of("1-8", 4);
	struct plan four = build(&s, &t, 42);
	s.sweep.repeats = 9;
	struct plan nine = build(&s, &t, 42);
	struct plan other = build(&s, &t, 43);
	size_t same = 0;
	size_t ascending = 0;
	size_t repeated = 0;
	for (size_t block = 0; block < 9; block++) {
		unsigned seen = 0;
		for (size_t i = 0; i < 8; i++) {
			const struct plan_trial *const trial = &nine.trials[block * 8 + i];
			assert_int_equal(trial->block, block);
			seen |= 1U << trial->level;
			ascending += trial->level == i;
			repeated += block > 0 && trial->level == nine.trials[i].level;
			same += trial->level == other.trials[block * 8 + i].level;
			for (size_t j = 0; j < block * 8 + i; j++)
				assert_int_not_equal(trial->stream, nine.trials[j].stream);
		}
		assert_int_equal(seen, 0xff);
	}
	assert_true(same < 40);
	assert_true(ascending < 40);
	assert_true(repeated < 40);
	assert_memory_equal(four.trials, nine.trials, sizeof *four.trials * 32);
	s.sweep.order = ORDER_ASCENDING;
	plan_release(&other);
	other = build(&s, &t, 43);
	for (size_t i = 0; i < other.trial_count; i++)
		assert_int_equal(other.trials[i].level, i % 8);
	plan_release(&four);
	plan_release(&nine);
	plan_release(&other);
	scenario_release(&s);
	topology_release(&t);
}

static void test_baseline_and_inputs(void **state)
{
	(void)state;
	struct error err;
	struct topology t = machine_regular(1, 1, 8, 1);
	struct scenario s = scenario_of("2,4,8", 1);
	s.sweep.baseline = 4;
	struct plan plan = build(&s, &t, 1);
	assert_int_equal(plan.baseline, 4);
	assert_null(plan.note);
	assert_int_equal(plan.input_count, 0);
	plan_release(&plan);
	s.sweep.baseline = 1;
	s.task.inputs.kind = INPUTS_GENERATE;
	plan = build(&s, &t, 1);
	assert_int_equal(plan.baseline, 2);
	assert_non_null(strstr(plan.note, "N=1 "));
	assert_non_null(strstr(plan.note, "N=2"));
	assert_int_equal(plan.input_count, 8);
	plan_release(&plan);
	s.task.inputs.kind = INPUTS_LIST;
	for (int i = 0; i < 5; i++)
		assert_int_equal(words_add(&s.task.inputs.words, "x", &err), 0);
	plan = build(&s, &t, 1);
	assert_int_equal(plan.input_count, 5);
	plan_release(&plan);
	scenario_release(&s);
	topology_release(&t);
}

static void test_refuses(void **state)
{
	(void)state;
	struct error err = {""};
	struct topology t = machine_regular(1, 1, 8, 1);
	struct scenario s = scenario_of("2", 1);
	struct plan plan = {.largest = 77};
	placements_release(&s.placement.policies);
	assert_int_equal(placement_text_add("map:3,99", &s.placement.policies, &err), 0);
	assert_int_equal(plan_build(&s, &t, 1, &plan, &err), -EINVAL);
	assert_non_null(strstr(err.text, "PU 99 "));
	machine_allow(&t, NULL, 0);
	assert_int_equal(plan_build(&s, &t, 1, &plan, &err), -ENODEV);
	assert_int_equal(plan.largest, 77);
	scenario_release(&s);
	topology_release(&t);
}

static void test_memory(void **state)
{
	(void)state;
	struct error err;
	struct topology t = machine_regular(1, 1, 8, 1);
	struct scenario s = scenario_of("1,4,8", 1);
	s.task.memory_bytes = 1000000000;
	struct plan plan = build(&s, &t, 1);
	assert_int_equal(plan_skip_for_memory(&plan, -1, "", &err), 0);
	assert_null(plan.levels[2].skipped);
	assert_int_equal(plan_skip_for_memory(&plan, 4000000000, "available now", &err), 0);
	assert_null(plan.levels[0].skipped);
	assert_null(plan.levels[1].skipped);
	assert_non_null(strstr(plan.levels[2].skipped, "available now"));
	plan_release(&plan);
	scenario_release(&s);
	topology_release(&t);
}

static void test_schedule(void **state)
{
	(void)state;
	struct error err;
	struct topology t = machine_regular(1, 1, 4, 1);
	struct scenario s = scenario_of("1,2,4", 2);
	s.sweep.order = ORDER_ASCENDING;
	s.task.memory_bytes = 1000;
	struct plan plan = build(&s, &t, 1);
	enum trial_state states[6] = {TRIAL_PENDING};
	bool abandoned[3] = {false};
	struct schedule_state now = {.trial_states = states, .level_abandoned = abandoned};
	assert_int_equal(schedule_next(&plan, &now), 0);
	states[0] = TRIAL_DONE;
	states[1] = TRIAL_INTERRUPTED;
	assert_int_equal(schedule_next(&plan, &now), 1);
	states[1] = TRIAL_CENSORED;
	assert_int_equal(schedule_next(&plan, &now), 2);
	/* Past the budget: the block that was begun is finished, no other is begun. */
	now.budget_ns = 10;
	now.elapsed_ns = 10;
	assert_int_equal(schedule_next(&plan, &now), 2);
	states[2] = TRIAL_ABANDONED;
	assert_int_equal(schedule_next(&plan, &now), -1);
	now.elapsed_ns = 9;
	assert_int_equal(schedule_next(&plan, &now), 3);
	abandoned[0] = true;
	assert_int_equal(schedule_next(&plan, &now), 4);
	assert_int_equal(plan_skip_for_memory(&plan, 3000, "here", &err), 0);
	states[4] = TRIAL_DONE;
	assert_int_equal(schedule_next(&plan, &now), -1);
	plan_release(&plan);
	scenario_release(&s);
	topology_release(&t);
}

static void test_notes(void **state)
{
	(void)state;
	struct error err;
	struct scenario scenario = scenario_of("1,2", 1);
	placements_release(&scenario.placement.policies);
	assert_int_equal(placement_text_add("spread:l3", &scenario.placement.policies, &err), 0);
	struct topology machine = machine_regular(2, 1, 4, 1);
	for (size_t i = 0; i < machine.pu_count; i++)
		machine.pus[i].l3 = -1;
	machine.l3_count = 0;
	machine.kind_count = 2;
	struct plan plan = build(&scenario, &machine, 1);
	assert_string_equal(plan.note,
	                    "policy spread:l3: there is no L3 cache to go round, so tasks are "
	                    "placed as by pack; the cores are of 2 kinds: the "
	                    "efficiency of a level that mixes them holds their "
	                    "difference too");
	/* And so they are. */
	const struct plan_level *const two = &plan.levels[1];
	assert_int_equal(two->slots[0].pus[0], machine.pus[0].os_index);
	assert_int_equal(two->slots[1].pus[0], machine.pus[1].os_index);
	plan_release(&plan);
	scenario_release(&scenario);
	topology_release(&machine);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_levels_and_placements),
	        cmocka_unit_test(test_threads),
	        cmocka_unit_test(test_order),
	        cmocka_unit_test(test_baseline_and_inputs),
	        cmocka_unit_test(test_refuses),
	        cmocka_unit_test(test_memory),
	        cmocka_unit_test(test_notes),
	        cmocka_unit_test(test_schedule),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
