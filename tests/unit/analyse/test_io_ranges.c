/* What is kept of the places that calls touched: ranges of bytes, and strokes in time. */
#include "analyse/io/findings.h"
#include "core/array.h"
#include "core/error.h"
#include "core/rng.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* ---- Ranges --------------------------------------------------------------------------------- */

static void test_ranges_are_joined(void **state)
{
	static const struct {
		int64_t from;
		int64_t to;
		size_t count;
		int64_t bytes;
	} steps[] = {
	        {100, 200, 1, 100}, {300, 400, 2, 200}, {200, 210, 2, 210}, {150, 160, 2, 210},
	        {290, 300, 2, 220}, {205, 295, 1, 300}, {0, 10, 2, 310},    {0, 1000, 1, 1000},
	        {5, 5, 1, 1000},    {9, 3, 1, 1000},
	};
	struct io_ranges set = {0};
	struct error err;
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(steps); i++) {
		assert_return_code(io_ranges_add(&set, steps[i].from, steps[i].to, &err), 0);
		assert_int_equal(set.count, steps[i].count);
		assert_int_equal(io_ranges_bytes(&set), steps[i].bytes);
	}
	assert_false(io_ranges_is_coarse(&set));
	io_ranges_release(&set);
}

/* Against a map of single bytes, in any order of calls. */
static void test_ranges_hold_what_was_touched(void **state)
{
	enum { BYTES = 4000, CALLS = 3000 };
	static bool is_touched[BYTES];
	struct io_ranges set = {0};
	struct error err;
	struct rng rng;
	(void)state;
	rng_init(&rng, 20261121, 0);
	for (size_t i = 0; i < CALLS; i++) {
		const int64_t from = (int64_t)rng_below(&rng, BYTES - 5);
		const int64_t to = from + (int64_t)rng_below(&rng, 5);
		int64_t touched = 0;
		for (int64_t k = from; k < to; k++)
			is_touched[k] = true;
		assert_return_code(io_ranges_add(&set, from, to, &err), 0);
		for (size_t k = 0; i % 100 == 0 && k < BYTES; k++)
			touched += is_touched[k];
		if (i % 100 == 0)
			assert_int_equal(io_ranges_bytes(&set), touched);
	}
	for (size_t i = 1; i < set.count; i++)
		assert_true(set.items[i - 1].to < set.items[i].from);
	io_ranges_release(&set);
}

static void test_ranges_stay_small(void **state)
{
	enum { CALLS = 100000 };
	struct io_ranges set = {0};
	struct error err;
	struct rng rng;
	(void)state;
	rng_init(&rng, 7, 0);
	for (size_t i = 0; i < CALLS; i++) {
		const int64_t from = (int64_t)rng_below(&rng, INT64_C(1) << 36);
		assert_return_code(io_ranges_add(&set, from, from + 8, &err), 0);
	}
	assert_true(set.count <= RANGES_MOST);
	assert_true(io_ranges_is_coarse(&set));
	/* An upper bound: never fewer than there were. */
	assert_true(io_ranges_bytes(&set) >= 8 * (int64_t)(CALLS - 10));
	io_ranges_release(&set);
}

/* ---- Traces --------------------------------------------------------------------------------- */

static void test_calls_in_a_row_are_one_stroke(void **state)
{
	struct io_trace trace = {0};
	struct error err;
	(void)state;
	for (int64_t sweep = 0; sweep < 3; sweep++) {
		for (int64_t at = 0; at < 10; at++)
			assert_return_code(
			        io_trace_add(&trace, false, sweep * 100 + at, at * 10, 10, &err),
			        0);
		assert_return_code(io_trace_add(&trace, true, sweep * 100 + 50, 100, 5, &err), 0);
	}
	assert_int_equal(trace.reads.count, 3);
	assert_int_equal(trace.writes.count, 3);
	assert_int_equal(trace.reads.items[1].from, 0);
	assert_int_equal(trace.reads.items[1].to, 100);
	assert_int_equal(trace.reads.items[1].calls, 10);
	assert_int_equal(trace.reads.items[1].began_ns, 100);
	assert_int_equal(trace.reads.items[1].ended_ns, 109);
	io_trace_release(&trace);
}

static void test_a_trace_loses_no_byte(void **state)
{
	enum { CALLS = 50000 };
	struct io_trace trace = {0};
	struct error err;
	struct rng rng;
	int64_t bytes = 0;
	uint64_t calls = 0;
	int64_t highest = 0;
	(void)state;
	rng_init(&rng, 3, 0);
	for (int64_t i = 0; i < CALLS; i++) {
		const int64_t at = (int64_t)rng_below(&rng, 1000000);
		const int64_t length = 1 + (int64_t)rng_below(&rng, 100);
		highest = at + length > highest ? at + length : highest;
		assert_return_code(io_trace_add(&trace, false, i * i, at, length, &err), 0);
		bytes += length;
	}
	assert_true(trace.reads.count <= TRACE_MOST);
	assert_true(trace.reads.count > TRACE_MOST / 8);
	for (size_t i = 0; i < trace.reads.count; i++) {
		bytes -= trace.reads.items[i].bytes;
		calls += trace.reads.items[i].calls;
		assert_true(trace.reads.items[i].to <= highest);
	}
	assert_int_equal(bytes, 0);
	assert_int_equal(calls, CALLS);
	io_trace_release(&trace);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_ranges_are_joined),
	        cmocka_unit_test(test_ranges_hold_what_was_touched),
	        cmocka_unit_test(test_ranges_stay_small),
	        cmocka_unit_test(test_calls_in_a_row_are_one_stroke),
	        cmocka_unit_test(test_a_trace_loses_no_byte),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
