/* What no run on this node can decide is told before it begins. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/array.h"
#include "core/error.h"
#include "core/str.h"
#include "formats/levels_text.h"
#include "formats/placement_text.h"
#include "machine.h"
#include "model/frequency.h"
#include "plan/judgeable.h"
#include "plan/plan_build.h"

#include <stdlib.h>
#include <string.h>

/* Levels 1, 2 and 8 (which is left out) on two sockets of one cache of 4 cores each, twice;
 * instructions are counted, cycles cannot be, nothing else was asked for. */
struct fixture {
	struct topology topology;
	struct scenario scenario;
	struct plan plan;
	struct event_definition events[2];
	struct judgeable_run run;
};

static void make(struct fixture *f, const char *levels, uint32_t repeats)
{
	struct error err = {""};
	*f = (struct fixture){.topology = machine_regular(2, 1, 4, 1)};
	assert_int_equal(scenario_init(&f->scenario, &err), 0);
	assert_int_equal(levels_text_parse(levels, &f->scenario.sweep.levels, &err), 0);
	f->scenario.sweep.repeats = repeats;
	assert_int_equal(plan_build(&f->scenario, &f->topology, 1, &f->plan, &err), 0);
	strcpy(f->events[0].name, "instructions");
	f->events[0].state = COUNTER_OK;
	strcpy(f->events[1].name, "cycles");
	f->events[1].state = COUNTER_NOT_SUPPORTED;
	strcpy(f->events[1].reason, "no PMU");
	f->run = (struct judgeable_run){&f->scenario, &f->plan, &f->topology, f->events,
	                                ARRAY_LENGTH(f->events)};
}

static void unmake(struct fixture *f)
{
	plan_release(&f->plan);
	scenario_release(&f->scenario);
	topology_release(&f->topology);
}

/* The reason must hold `part`; NULL: there must be none. */
static void expect(const struct fixture *f, struct criterion c, const char *levels,
                   const char *part)
{
	struct error err = {""};
	char untouched[] = "untouched";
	char *reason = untouched;
	if (levels)
		assert_int_equal(levels_text_parse(levels, &c.levels, &err), 0);
	assert_int_equal(judgeable_reason(&f->run, &c, &reason, &err), 0);
	level_specs_release(&c.levels);
	if (!part)
		assert_null(reason);
	else if (!reason || !strstr(reason, part))
		fail_msg("looked for \"%s\" in \"%s\"", part, reason ? reason : "(none)");
	free(reason);
}

static void test_levels(void **state)
{
	(void)state;
	struct error err;
	struct fixture f;
	char spread[] = "spread";
	char pack[] = "pack";
	const struct criterion throughput = {.measure = MEASURE_THROUGHPUT};
	const struct criterion failures = {.measure = MEASURE_FAILURES};
	make(&f, "1,2,8", 2);
	assert_int_equal(str_copy("needs too much", &f.plan.levels[2].skipped, &err), 0);
	expect(&f, throughput, "1", NULL);
	expect(&f, throughput, "25%", NULL);
	expect(&f, throughput, "50%", "the level N=4 is not among those of the sweep");
	expect(&f, throughput, NULL, "the level N=8 is left out (needs too much)");
	expect(&f, throughput, "cores", "the level N=8 is left out (needs too much)");
	expect(&f, throughput, "1,3,4",
	       "N=3 is not among those of the sweep; the level N=4 is not");
	expect(&f, throughput, "1-4", NULL);
	expect(&f, throughput, "3-6", "N=3 is not among those of the sweep");
	expect(&f, failures, NULL, NULL);
	expect(&f, failures, "4", "N=4");
	struct criterion of_policy = throughput;
	of_policy.policy = spread;
	expect(&f, of_policy, "2", NULL);
	of_policy.policy = pack;
	expect(&f, of_policy, "2", "the level N=2 of policy pack is not among");
	unmake(&f);
}

static void test_events(void **state)
{
	(void)state;
	struct fixture f;
	char misses[] = "LLC-load-misses";
	make(&f, "1,8", 2);
	expect(&f, (struct criterion){.measure = MEASURE_INSTRUCTIONS}, "1", NULL);
	expect(&f, (struct criterion){.measure = MEASURE_CPI}, "1",
	       "cycles is not counted: no PMU");
	expect(&f, (struct criterion){.measure = MEASURE_COUNTER, .detail = misses}, "1",
	       "LLC-load-misses is not counted: add it to counters.events");
	expect(&f,
	       (struct criterion){.measure = MEASURE_FREQUENCY, .sources = 1u << FREQUENCY_CYCLES},
	       "1", "cycles is not counted");
	expect(&f,
	       (struct criterion){.measure = MEASURE_FREQUENCY,
	                          .sources = 1u << FREQUENCY_CYCLES | 1u << FREQUENCY_CHAIN},
	       "1", NULL);
	/* Skipped is no verdict that anybody waits for; a level that is not there is. */
	const struct criterion skips = {.measure = MEASURE_CPI, .where_absent = ABSENCE_SKIP};
	expect(&f, skips, "1", NULL);
	expect(&f, skips, "3", "N=3");
	/* What nobody asked for is nothing that the node lacks. */
	const struct criterion unasked = {
	        .measure = MEASURE_COUNTER, .detail = misses, .where_absent = ABSENCE_SKIP};
	expect(&f, unasked, "1", "add it to counters.events");
	unmake(&f);
}

static void test_places_and_repeats(void **state)
{
	(void)state;
	struct error err = {""};
	struct fixture f;
	const struct criterion sockets = {.measure = MEASURE_PACKAGE_SPREAD};
	make(&f, "8", 1);
	expect(&f, sockets, NULL, "one repeat has no interval");
	expect(&f, (struct criterion){.measure = MEASURE_FAILURES}, NULL, NULL);
	f.scenario.accept.max_repeats = 2;
	expect(&f, sockets, NULL, NULL);
	f.topology.package_count = 1;
	expect(&f, sockets, NULL, "there are no two sockets to compare");
	expect(&f, (struct criterion){.measure = MEASURE_CORE_SPREAD}, NULL, NULL);
	placements_release(&f.scenario.placement.policies);
	assert_int_equal(placement_text_add("none", &f.scenario.placement.policies, &err), 0);
	expect(&f, (struct criterion){.measure = MEASURE_CORE_SPREAD}, NULL, "not bound");
	unmake(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_levels),
	        cmocka_unit_test(test_events),
	        cmocka_unit_test(test_places_and_repeats),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
