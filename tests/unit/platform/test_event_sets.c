/* Events are divided into sets that fit, on made-up processors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/rng.h"
#include "platform/event_sets.h"

#include <stdio.h>
#include <string.h>

#define B(event) (UINT32_C(1) << (event))

/* A processor: so many counters for any event, events with a counter of their own, events that can
 * only use the first counter, so that there is one of them at a time, and events that never get
 * one. */
struct machine {
	size_t counters;
	uint32_t fixed;
	uint32_t first_only;
	uint32_t never;
	size_t asked;
};

static size_t count_bits(uint32_t set)
{
	size_t count = 0;
	for (; set; set &= set - 1)
		count++;
	return count;
}

static bool fits(void *context, uint32_t set)
{
	struct machine *const machine = context;
	machine->asked++;
	if ((set & machine->never) || count_bits(set & machine->first_only) > 1)
		return false;
	return count_bits(set & ~machine->fixed) <= machine->counters;
}

static struct event_sets divide(const struct event_wishes *wishes, struct machine *machine,
                                uint32_t *ret_left_out)
{
	struct event_sets sets;
	memset(&sets, 0xa5, sizeof sets);
	*ret_left_out = 0xa5;
	/* Software events take no counter: the processor is not even asked about them. */
	struct machine asked = *machine;
	asked.fixed |= wishes->free;
	event_sets_divide(wishes, fits, &asked, &sets, ret_left_out);
	machine->asked = asked.asked;
	assert_in_range(sets.count, 1, RECORD_MAX_EVENTS);
	assert_in_range(asked.asked, 0, 2 * RECORD_MAX_EVENTS * RECORD_MAX_EVENTS);
	uint32_t held = 0;
	for (size_t s = 0; s < sets.count; s++) {
		assert_true(fits(&asked, sets.events[s]));
		assert_int_equal(sets.events[s] & wishes->free, wishes->free);
		held |= sets.events[s];
	}
	assert_int_equal(held & *ret_left_out, 0);
	assert_int_equal(held | *ret_left_out, wishes->free | wishes->wanted);
	return sets;
}

/* Events 0 and 1: cycles, instructions; 2 to 1 + others: others; 20 and 21: software. */
static struct event_wishes usual(size_t others)
{
	return (struct event_wishes){
	        .free = B(20) | B(21),
	        .wanted = (B(2 + others)) - 1,
	        .required = {0, 1},
	        .required_count = 2,
	};
}

static const struct {
	const char *name;
	struct machine machine;
	size_t others;
	size_t sets;
	uint32_t expected[4]; /* without the software events; 0: not looked at */
	uint32_t left_out;
} cases[] = {
        {"all fit: one set", {.counters = 6}, 4, 1, {0x3f}, 0},
        {"six counters, cycles and instructions have their own",
         {.counters = 6, .fixed = 3},
         8,
         2,
         {0xff, 0x33f},
         0},
        {"four counters: two for the others", {.counters = 4}, 4, 2, {0xf, 0x33}, 0},
        {"an odd one: the room that is left is filled", {.counters = 4}, 3, 2, {0xf, 0x17}, 0},
        {"filled with what is counted least", {.counters = 5}, 7, 3, {0x1f, 0xe3, 0x10f}, 0},
        {"events that exclude one another",
         {.counters = 4, .first_only = 0x1c},
         3,
         3,
         {0x7, 0xb, 0x13},
         0},
        {"exclusive ones are spread, others put beside them",
         {.counters = 4, .first_only = 0xc},
         4,
         2,
         {0x17, 0x2b},
         0},
        {"one event never fits", {.counters = 4, .never = B(3)}, 3, 1, {0x17}, B(3)},
        {"two counters: the others take that of the instructions",
         {.counters = 2},
         2,
         3,
         {0x3, 0x5, 0x9},
         0},
        {"one counter: everything by turns", {.counters = 1}, 1, 3, {0x1, 0x2, 0x4}, 0},
        {"no counter at all", {.counters = 0}, 2, 1, {0}, 0xf},
        {"cycles never fit: instructions stay required",
         {.counters = 2, .never = B(0)},
         2,
         2,
         {0x6, 0xa},
         B(0)},
};

static void test_machines(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const struct event_wishes wishes = usual(cases[i].others);
		struct machine machine = cases[i].machine;
		uint32_t left_out;
		const struct event_sets sets = divide(&wishes, &machine, &left_out);
		if (sets.count != cases[i].sets || left_out != cases[i].left_out)
			fail_msg("%s: %u sets, left out %#x", cases[i].name, sets.count, left_out);
		for (size_t s = 0; s < sets.count && s < 4; s++)
			if (cases[i].expected[s] &&
			    (sets.events[s] & ~wishes.free) != cases[i].expected[s])
				fail_msg("%s: set %zu is %#x", cases[i].name, s,
				         sets.events[s] & ~wishes.free);
	}
}

static void test_nothing_to_try(void **state)
{
	(void)state;
	struct machine machine = {.counters = 0};
	uint32_t left_out;
	const struct event_wishes none = {0};
	const struct event_sets sets = divide(&none, &machine, &left_out);
	assert_int_equal(sets.count, 1);
	assert_int_equal(sets.events[0], 0);
	const struct event_wishes software = {.free = B(0) | B(7)};
	assert_int_equal(divide(&software, &machine, &left_out).events[0], B(0) | B(7));
	assert_int_equal(machine.asked, 0);
}

/* 24 events on every number of counters: as few sets as there can be, every event as often as the
 * room allows. */
static void test_uniform_machines(void **state)
{
	(void)state;
	struct event_wishes wishes = {.wanted = 0xffffff, .required = {0, 1}, .required_count = 2};
	for (size_t counters = 3; counters <= 24; counters++) {
		struct machine machine = {.counters = counters};
		uint32_t left_out;
		const struct event_sets sets = divide(&wishes, &machine, &left_out);
		const size_t room = counters - 2;
		assert_int_equal(left_out, 0);
		assert_int_equal(sets.count, (22 + room - 1) / room);
		for (size_t s = 0; s < sets.count; s++) {
			assert_int_equal(count_bits(sets.events[s]), counters);
			assert_int_equal(sets.events[s] & 3, 3);
		}
		for (size_t e = 2; e < 24; e++)
			assert_in_range(event_sets_holding(&sets, e), 1, 2);
	}
}

/* Any machine: divide() itself checks that nothing is lost and that every set fits. */
static void test_any_machine(void **state)
{
	(void)state;
	struct rng rng;
	rng_init(&rng, 20260, 0);
	for (int i = 0; i < 2000; i++) {
		struct event_wishes wishes = {0};
		struct machine machine = {
		        .counters = rng_below(&rng, 8),
		        .fixed = (uint32_t)(rng_next(&rng) & rng_next(&rng) & 0xffffff),
		        .first_only = (uint32_t)(rng_next(&rng) & rng_next(&rng) & 0xffffff),
		        .never = (uint32_t)(rng_next(&rng) & rng_next(&rng) & rng_next(&rng) &
		                            rng_next(&rng) & 0xffffff),
		};
		wishes.wanted = (uint32_t)rng_next(&rng) & 0xffffff;
		wishes.free = (uint32_t)rng_next(&rng) & 0xffffff & ~wishes.wanted;
		machine.never &= ~wishes.free;
		machine.first_only &= ~wishes.free;
		for (size_t e = 0; e < 24 && wishes.required_count < 3; e++)
			if (wishes.wanted >> e & 1)
				wishes.required[wishes.required_count++] = e;
		uint32_t left_out;
		const struct event_sets sets = divide(&wishes, &machine, &left_out);
		/* Only what does not fit alone is left out. */
		for (size_t e = 0; e < 24; e++) {
			struct machine alone = machine;
			alone.fixed |= wishes.free;
			if (left_out >> e & 1)
				assert_false(fits(&alone, wishes.free | B(e)));
		}
		assert_true(sets.count <= 24);
	}
}

/* The view of one set: what the launcher opens, and the state of the rest. */
static void test_choosing(void **state)
{
	(void)state;
	static struct events events;
	events = (struct events){.count = 5, .open_count = 4};
	for (size_t e = 0; e < 5; e++)
		events.keepers[e] = 100 + (int)e;
	events.definitions[2].state = COUNTER_UNKNOWN;
	static const size_t open[] = {0, 1, 3, 4};
	for (size_t i = 0; i < 4; i++) {
		events.definition_of[i] = open[i];
		events.attributes[i].config = 1000 + open[i];
	}
	const struct event_sets sets = {.events = {B(0) | B(1) | B(3), B(0) | B(4)}, .count = 2};
	static struct events chosen;
	event_sets_choose(&events, &sets, 2, &chosen);
	assert_int_equal(chosen.count, 5);
	assert_int_equal(chosen.open_count, 2);
	assert_int_equal(chosen.definition_of[0], 0);
	assert_int_equal(chosen.definition_of[1], 4);
	assert_int_equal(chosen.attributes[1].config, 1004);
	int fds[RECORD_MAX_EVENTS] = {-1, -1};
	struct counter_value counters[RECORD_MAX_EVENTS];
	events_read(&chosen, fds, true, counters);
	assert_int_equal(counters[1].state, COUNTER_NOT_COUNTED);
	assert_int_equal(counters[2].state, COUNTER_UNKNOWN);
	assert_int_equal(counters[3].state, COUNTER_NOT_COUNTED);
	assert_int_equal(chosen.keepers[0], -1);
	event_sets_choose(&events, &sets, 0, &chosen);
	assert_int_equal(chosen.open_count, 4);
	assert_int_equal(chosen.definitions[3].state, COUNTER_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_machines),         cmocka_unit_test(test_nothing_to_try),
	        cmocka_unit_test(test_uniform_machines), cmocka_unit_test(test_any_machine),
	        cmocka_unit_test(test_choosing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
