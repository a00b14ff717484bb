/* Every level goes through all sets, and the trials of a block are spread over them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "plan/rotation.h"

/* Events 0 and 1 in every set, the others in one each. */
static struct event_sets make(uint32_t count)
{
	struct event_sets sets = {.count = count};
	for (uint32_t s = 0; s < count; s++)
		sets.events[s] = 3 | UINT32_C(4) << s;
	return sets;
}

static void test_one_set_is_not_rotated(void **state)
{
	(void)state;
	const struct event_sets none = {0};
	const struct event_sets one = make(1);
	assert_int_equal(rotation_set(&none, 3, 5), 0);
	assert_int_equal(rotation_set(&one, 3, 5), 0);
	assert_int_equal(rotation_missing(&none, 1, 0), 0);
	assert_int_equal(rotation_missing(&one, 1, 0), 0);
}

static void test_sets_are_balanced(void **state)
{
	(void)state;
	for (uint32_t count = 2; count <= 7; count++) {
		const struct event_sets sets = make(count);
		for (uint32_t blocks = 1; blocks <= 15; blocks++)
			for (uint32_t level = 0; level < 9; level++) {
				uint32_t times[RECORD_MAX_EVENTS] = {0};
				for (uint32_t block = 0; block < blocks; block++) {
					const uint32_t set = rotation_set(&sets, block, level);
					assert_in_range(set, 1, count);
					times[set - 1]++;
				}
				for (uint32_t s = 0; s < count; s++)
					assert_in_range(times[s], blocks / count,
					                (blocks + count - 1) / count);
			}
	}
}

static void test_neighbours_in_a_block_differ(void **state)
{
	(void)state;
	const struct event_sets sets = make(3);
	for (uint32_t block = 0; block < 5; block++)
		for (uint32_t level = 0; level < 5; level++) {
			assert_int_not_equal(rotation_set(&sets, block, level),
			                     rotation_set(&sets, block, level + 1));
			assert_int_not_equal(rotation_set(&sets, block, level),
			                     rotation_set(&sets, block + 1, level));
		}
	assert_in_range(rotation_set(&sets, UINT32_MAX, UINT32_MAX), 1, 3);
}

static void test_what_few_blocks_miss(void **state)
{
	(void)state;
	const struct event_sets sets = make(3);
	static const struct {
		uint32_t blocks;
		uint32_t level;
		uint32_t missing;
	} cases[] = {
	        {3, 0, 0},
	        {5, 1, 0},
	        {2, 0, 4 << 2},
	        {2, 1, 4 << 0},
	        {2, 2, 4 << 1},
	        {1, 0, 4 << 1 | 4 << 2},
	        {1, 4, 4 << 0 | 4 << 2},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		assert_int_equal(rotation_missing(&sets, cases[i].blocks, cases[i].level),
		                 cases[i].missing);
	/* An event that two sets hold is counted by either. */
	struct event_sets more = make(3);
	more.events[0] |= 4 << 2;
	assert_int_equal(rotation_missing(&more, 2, 0), 0);
}

static void test_which_sets_hold_an_event(void **state)
{
	(void)state;
	const struct event_sets sets = make(3);
	assert_true(event_sets_has(&sets, 2, 0));
	assert_true(event_sets_has(&sets, 2, 3));
	assert_false(event_sets_has(&sets, 2, 2));
	assert_false(event_sets_has(&sets, 2, 23));
	assert_true(event_sets_has(&sets, 0, 23));
	assert_true(event_sets_has(&sets, 4, 23));
	assert_int_equal(event_sets_holding(&sets, 1), 3);
	assert_int_equal(event_sets_holding(&sets, 4), 1);
	assert_int_equal(event_sets_holding(&sets, 5), 0);
}

static void test_the_plan_gets_them(void **state)
{
	(void)state;
	struct plan_trial trials[] = {{0, 0, 7, 0}, {0, 1, 8, 0}, {1, 0, 9, 0}, {4, 3, 10, 0}};
	struct plan plan = {.trials = trials, .trial_count = 4};
	const struct event_sets sets = make(3);
	rotation_apply(&sets, &plan);
	assert_int_equal(plan.event_sets.count, 3);
	static const uint32_t expected[] = {1, 2, 2, 2};
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(trials[i].event_set, expected[i]);
		assert_int_equal(trials[i].stream, 7 + i);
	}
	const struct event_sets none = {0};
	rotation_apply(&none, &plan);
	assert_int_equal(trials[3].event_set, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_one_set_is_not_rotated),
	        cmocka_unit_test(test_sets_are_balanced),
	        cmocka_unit_test(test_neighbours_in_a_block_differ),
	        cmocka_unit_test(test_what_few_blocks_miss),
	        cmocka_unit_test(test_which_sets_hold_an_event),
	        cmocka_unit_test(test_the_plan_gets_them),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
