/* Counts that cannot be are told from those that can. The published counts are those of one task of
 * a Rome node with 16 and with 128 tasks at once, as perf stat printed them. */
#include "made.h"

#include "analyse/plausibility.h"
#include "core/array.h"
#include "core/error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

static void describe(struct made *made, const char *processor, const char *packages,
                     const char *nodes)
{
	struct error err;
	struct host_facts *const host = &made->dataset.host;
	assert_int_equal(host_facts_add(host, "processor", processor, "unknown", &err), 0);
	assert_int_equal(host_facts_add(host, "packages", packages, "unknown", &err), 0);
	assert_int_equal(host_facts_add(host, "numa_nodes", nodes, "unknown", &err), 0);
}

static void bounds_are_those_of_the_makers(void **state)
{
	(void)state;
	static const struct {
		const char *processor;
		const char *packages;
		const char *nodes;
		double gb_per_s; /* 0: none */
	} cases[] = {
	        {"AMD EPYC 7702 64-Core Processor", "2", "2", 409.6},
	        {"AMD EPYC 7702 64-Core Processor", "2", "8", 409.6},
	        {"AMD EPYC 7H12 64-Core Processor", "1", "1", 204.8},
	        {"AMD EPYC 7551 32-Core Processor", "2", "8", 341.4},
	        {"AMD EPYC 7763 64-Core Processor", "1", "1", 204.8},
	        {"AMD EPYC 9654 96-Core Processor", "2", "2", 921.6},
	        {"AMD EPYC 9755 128-Core Processor", "1", "1", 614.4},
	        {"AMD EPYC-Rome Processor", "1", "1", 204.8},
	        {"Intel(R) Xeon(R) CPU E5-2680 v3 @ 2.50GHz", "2", "4", 136.6},
	        {"Intel(R) Xeon(R) CPU E5-2695 v4 @ 2.10GHz", "2", "2", 153.6},
	        {"Intel(R) Xeon(R) Gold 6140 CPU @ 2.30GHz", "2", "2", 256},
	        {"Intel(R) Xeon(R) Platinum 8280 CPU @ 2.70GHz", "1", "1", 140.8},
	        {"Intel(R) Xeon(R) Platinum 8380 CPU @ 2.30GHz", "2", "2", 409.6},
	        {"Intel(R) Xeon(R) Platinum 8480+", "2", "2", 614.4},
	        {"Intel(R) Xeon(R) CPU Max 9460", "2", "16", 4000},
	        {"Intel(R) Xeon Phi(TM) CPU 7250 @ 1.40GHz", "1", "1", 600},
	        {"Some Processor", "1", "4", 2560},
	        {NULL, NULL, "2", 1280},
	        {"AMD EPYC 7702 64-Core Processor", NULL, "2", 1280},
	        {NULL, NULL, NULL, 0},
	        {"Some Processor", "1", NULL, 0},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct made made cleanup_made;
		made_init(&made);
		describe(&made, cases[i].processor, cases[i].packages, cases[i].nodes);
		const struct memory_bound bound = memory_bound_of(&made.dataset.host);
		if (cases[i].gb_per_s == 0)
			assert_true(isnan(bound.bytes_per_s) && !bound.source[0]);
		else if (!(fabs(bound.bytes_per_s * 1e-9 - cases[i].gb_per_s) < 0.1))
			fail_msg("%s: %g GB/s", cases[i].processor, bound.bytes_per_s * 1e-9);
	}
}

/* A level of `concurrency` tasks that all counted the same. first_misses 0: not an event. */
static void make_level(struct made *made, uint32_t concurrency, double wall_s, double misses,
                       double first_misses, enum counter_state state)
{
	const size_t level = made_level(made, concurrency, "spread");
	const size_t before = made->dataset.task_count;
	made_steady_trial(made, level, 0, concurrency, wall_s, wall_s);
	for (size_t i = before; i < made->dataset.task_count; i++) {
		struct counter_value *const counters =
		        &made->dataset.counters[i * made->dataset.event_count];
		counters[0] = (struct counter_value){(uint64_t)misses, 1, 1, state};
		if (first_misses > 0)
			counters[1] = (struct counter_value){(uint64_t)first_misses, 1, 1, state};
	}
}

static void published_misses_are_implausible(void **state)
{
	(void)state;
	/* With the first cache's misses; without, on a known processor; without, by NUMA nodes. */
	for (int way = 0; way < 3; way++) {
		struct made made cleanup_made;
		made_init(&made);
		describe(&made, way < 2 ? "AMD EPYC 7702 64-Core Processor" : NULL, "2", "2");
		made_event(&made, "LLC-load-misses");
		if (way == 0)
			made_event(&made, "L1-dcache-load-misses");
		make_level(&made, 16, 32.048675140, 0, way == 0 ? 86134047 : 0, COUNTER_OK);
		make_level(&made, 128, 72.144414918, 14503117135, way == 0 ? 82911969 : 0,
		           COUNTER_OK);
		struct error err;
		struct summary summary cleanup_summary;
		assert_int_equal(summary_build(&made.dataset, &summary, &err), 0);
		const struct counter_summary *const few = &summary.levels[0].counters[0];
		const struct counter_summary *const many = &summary.levels[1].counters[0];
		assert_int_equal(few->state, COUNTER_OK);
		assert_true(few->mean == 0);
		assert_int_equal(many->state, COUNTER_IMPLAUSIBLE);
		assert_true(isnan(many->mean));
		assert_non_null(many->reason);
		static const char *const said[] = {
		        "only 8.29e+07 loads missed the first cache, 175 times", "1.65e+03 GB/s",
		        "2 NUMA nodes of at most 640"};
		if (!strstr(many->reason, said[way]))
			fail_msg("%s", many->reason);
		bool is_warned = false;
		for (size_t w = 0; w < summary.warning_count; w++)
			is_warned |= strcmp(summary.warnings[w].code, "counter-implausible") == 0 &&
			             strstr(summary.warnings[w].text, many->reason);
		assert_true(is_warned);
	}
}

static void what_can_be_stays(void **state)
{
	(void)state;
	static const struct {
		const char *first; /* the second event */
		double misses;
		double first_misses;
		enum counter_state state;
		bool is_plausible;
	} cases[] = {
	        {"L1-dcache-load-misses", 1e6, 1e6, COUNTER_OK, true},
	        {"L1-dcache-load-misses", 1.05e6, 1e6, COUNTER_OK, false},
	        {"L1-dcache-load-misses", 1.05e6, 1e6, COUNTER_SCALED, true},
	        {"L1-dcache-load-misses", 1.2e6, 1e6, COUNTER_SCALED, false},
	        {"page-faults", 1e6, 1, COUNTER_OK, true},
	        /* 4 tasks of 10 s: 204.8 GB/s are 8e9 lines of each. */
	        {"page-faults", 7.9e9, 1, COUNTER_OK, true},
	        {"page-faults", 8.1e9, 1, COUNTER_OK, false},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct made made cleanup_made;
		made_init(&made);
		describe(&made, "AMD EPYC 7702 64-Core Processor", "1", "1");
		made_event(&made, "LLC-load-misses:u");
		made_event(&made, cases[i].first);
		make_level(&made, 4, 10, cases[i].misses, cases[i].first_misses, cases[i].state);
		struct error err;
		struct summary summary cleanup_summary;
		assert_int_equal(summary_build(&made.dataset, &summary, &err), 0);
		const struct counter_summary *const counter = &summary.levels[0].counters[0];
		if ((counter->state != COUNTER_IMPLAUSIBLE) != cases[i].is_plausible)
			fail_msg("case %zu: %s", i, counter->reason ? counter->reason : "fine");
		/* What is not a miss of the last cache is never judged. */
		assert_int_not_equal(summary.levels[0].counters[1].state, COUNTER_IMPLAUSIBLE);
	}
}

/* Misses of user mode and first misses of both modes are not compared. */
static void modes_are_not_mixed(void **state)
{
	(void)state;
	struct made made cleanup_made;
	made_init(&made);
	made_event(&made, "LLC-load-misses")->is_user_only = true;
	made_event(&made, "L1-dcache-load-misses");
	make_level(&made, 4, 10, 2e6, 1e6, COUNTER_OK);
	struct error err;
	struct summary summary cleanup_summary;
	assert_int_equal(summary_build(&made.dataset, &summary, &err), 0);
	assert_int_equal(summary.levels[0].counters[0].state, COUNTER_OK);
}

static void one_task_is_judged_alone(void **state)
{
	(void)state;
	assert_true(plausible_misses(1e6, 1e6, 1, 200e9));
	assert_true(plausible_misses(1e6, NAN, 1, NAN));
	assert_true(plausible_misses(NAN, 1, 1, 1));
	assert_false(plausible_misses(2e6, 1e6, 1, NAN));
	assert_false(plausible_misses(4e9, NAN, 1, 200e9));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(bounds_are_those_of_the_makers),
	        cmocka_unit_test(published_misses_are_implausible),
	        cmocka_unit_test(what_can_be_stays),
	        cmocka_unit_test(modes_are_not_mixed),
	        cmocka_unit_test(one_task_is_judged_alone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
