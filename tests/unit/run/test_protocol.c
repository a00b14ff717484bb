/* The protocol on simulated tasks: no process, no clock. */
#include "run/protocol.h"

#include "core/array.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { MS = 1000000 };

static struct protocol_slot slots[64];

static struct protocol begin(uint32_t count, double warmup, double measured)
{
	struct protocol p;
	memset(slots, 0xa5, sizeof slots);
	const struct protocol_rules rules = {.slots = count,
	                                     .warmup = {.tasks = warmup},
	                                     .measured = {.tasks = measured},
	                                     .assumed_wall_ns = 7 * MS};
	protocol_begin(&p, &rules, slots, 0);
	return p;
}

static void test_window_opens_when_the_last_slot_is_warm(void **state)
{
	(void)state;
	struct protocol p = begin(2, 1, 4);
	protocol_started(&p, 0, 0);
	protocol_started(&p, 1, 5 * MS);
	protocol_ended(&p, 0, 0, 10 * MS, true, 10 * MS);
	assert_int_equal(protocol_advance(&p, 10 * MS), PHASE_WARMUP);
	assert_int_equal(protocol_next_ns(&p), INT64_MAX);
	protocol_ended(&p, 0, 10 * MS, 20 * MS, true, 20 * MS);
	protocol_ended(&p, 1, 5 * MS, 21 * MS, true, 21 * MS);
	assert_int_equal(protocol_advance(&p, 22 * MS), PHASE_WINDOW);
	assert_int_equal(p.window_start_ns, 21 * MS);
	/* Mean wall of the three successes: (10 + 10 + 16) / 3 = 12 ms. */
	assert_int_equal(p.window_end_ns, 21 * MS + 48 * MS);
	assert_int_equal(protocol_next_ns(&p), p.window_end_ns);
	assert_true(protocol_must_finish(&p, 60 * MS));
	assert_int_equal(protocol_advance(&p, p.window_end_ns - 1), PHASE_WINDOW);
	assert_int_equal(protocol_advance(&p, p.window_end_ns), PHASE_DRAIN);
	assert_true(protocol_must_finish(&p, p.window_end_ns - 1));
	assert_false(protocol_must_finish(&p, p.window_end_ns));
}

static void test_failures_warm_nothing(void **state)
{
	(void)state;
	struct protocol p = begin(1, 1, 4);
	protocol_started(&p, 0, 0);
	protocol_ended(&p, 0, 0, 1 * MS, false, 1 * MS);
	assert_int_equal(protocol_advance(&p, 1 * MS), PHASE_WARMUP);
	protocol_ended(&p, 0, 1 * MS, 3 * MS, true, 3 * MS);
	assert_int_equal(protocol_advance(&p, 3 * MS), PHASE_WINDOW);
	/* The failed task's millisecond is not in the mean. */
	assert_int_equal(p.window_end_ns - p.window_start_ns, 8 * MS);
}

static void test_no_warmup_uses_what_is_assumed(void **state)
{
	(void)state;
	struct protocol p = begin(2, 0, 3);
	protocol_started(&p, 0, 0);
	assert_int_equal(protocol_advance(&p, 0), PHASE_WARMUP);
	protocol_started(&p, 1, 2 * MS);
	assert_int_equal(protocol_advance(&p, 2 * MS), PHASE_WINDOW);
	assert_int_equal(p.window_start_ns, 2 * MS);
	assert_int_equal(p.window_end_ns, 23 * MS);
}

static void test_least_times(void **state)
{
	(void)state;
	struct protocol p = begin(1, 1, 4);
	p.rules.warmup.at_least_ns = 100 * MS;
	p.rules.measured.at_least_ns = 1000 * MS;
	protocol_started(&p, 0, 0);
	protocol_ended(&p, 0, 0, 10 * MS, true, 10 * MS);
	assert_int_equal(protocol_advance(&p, 10 * MS), PHASE_WARMUP);
	assert_int_equal(protocol_next_ns(&p), 100 * MS);
	assert_int_equal(protocol_advance(&p, 105 * MS), PHASE_WINDOW);
	assert_int_equal(p.window_start_ns, 100 * MS);
	assert_int_equal(p.window_end_ns, 1100 * MS);
}

static void test_abandoned_when_most_fail(void **state)
{
	(void)state;
	struct protocol p = begin(2, 2, 4);
	protocol_started(&p, 0, 0);
	protocol_started(&p, 1, 0);
	for (int i = 0; i < 3; i++)
		protocol_ended(&p, 0, i, i + 1, false, i + 1);
	assert_int_equal(p.phase, PHASE_WARMUP);
	protocol_ended(&p, 1, 0, 4, false, 4);
	assert_int_equal(p.phase, PHASE_ABANDONED);
	assert_string_equal(p.reason, "4 of 4 tasks failed in warm-up");
	assert_false(protocol_must_finish(&p, 0));
}

static void test_early_failures_do_not_abandon_many_slots(void **state)
{
	(void)state;
	/* Three of 64 fail at once while the others are still at work: 3 of 3 ended ones. */
	struct protocol p = begin(64, 1, 4);
	for (uint32_t i = 0; i < 64; i++)
		protocol_started(&p, i, 0);
	for (uint32_t i = 0; i < 5; i++)
		protocol_ended(&p, i, 0, 1, false, 1);
	assert_int_equal(p.phase, PHASE_WARMUP);
	for (uint32_t i = 0; i < 64; i++)
		protocol_ended(&p, i, 0, 50 * MS, true, 50 * MS);
	assert_int_equal(protocol_advance(&p, 50 * MS), PHASE_WINDOW);
}

static void test_abandoned_when_one_slot_never_works(void **state)
{
	(void)state;
	struct protocol p = begin(64, 1, 4);
	for (uint32_t i = 0; i < 64; i++)
		protocol_started(&p, i, 0);
	for (int round = 0; round < 20 && p.phase == PHASE_WARMUP; round++)
		for (uint32_t i = 0; i < 64; i++)
			protocol_ended(&p, i, round * MS, (round + 1) * MS, i != 3,
			               (round + 1) * MS);
	assert_int_equal(p.phase, PHASE_ABANDONED);
	assert_non_null(strstr(p.reason, "slot 3 "));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_window_opens_when_the_last_slot_is_warm),
	        cmocka_unit_test(test_failures_warm_nothing),
	        cmocka_unit_test(test_no_warmup_uses_what_is_assumed),
	        cmocka_unit_test(test_least_times),
	        cmocka_unit_test(test_abandoned_when_most_fail),
	        cmocka_unit_test(test_early_failures_do_not_abandon_many_slots),
	        cmocka_unit_test(test_abandoned_when_one_slot_never_works),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
