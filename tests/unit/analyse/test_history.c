/* One node's results over time: which is the first accepted one, which can be held against it, and
 * when the node got slower. */
#include "made_fleet.h"

#include "analyse/fleet/history.h"
#include "core/array.h"
#include "core/error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct made_kind kind = {.processor = "AMD EPYC 7742 64-Core Processor",
                                      .packages = 2,
                                      .l3s = 4,
                                      .cores = 16,
                                      .numa_mode = "NPS1",
                                      .firmware = "2.7.3",
                                      .memory_gib = 256,
                                      .task_s = 30};
static const struct made_noise none = {.nodes = 0};

/* A node whose attempts take so many times as long as the first. */
static void make_node(struct fleet *fleet, const double *factors, size_t count)
{
	struct fleet_node *const node =
	        made_fleet_node(fleet, "rome01", &kind, &none, NULL, NULL, 0);
	for (size_t i = 1; i < count; i++)
		made_fleet_attempt(node, (uint32_t)i + 1, &kind, &none, NULL,
		                   &(const struct made_fault){COMPONENT_NONE, -1, factors[i]}, 1);
}

static struct fleet_history build(const struct fleet *fleet)
{
	struct fleet_history history;
	struct error err;
	memset(&history, 0xa5, sizeof history);
	assert_int_equal(fleet_history_build(&fleet->nodes[0], &history, &err), 0);
	assert_non_null(history.sentence);
	return history;
}

static void assert_has(const char *text, const char *part)
{
	if (!text || !strstr(text, part))
		fail_msg("\"%s\" is not in \"%s\"", part, text ? text : "(nothing)");
}

static void results_are_held_against_the_first(void **state)
{
	(void)state;
	static const double factors[] = {1, 1.02, 1 / 0.96, 1 / 0.94, 0.9, 1.25};
	static const bool slower[] = {false, false, false, true, false, true};
	struct fleet fleet cleanup_fleet = {0};
	make_node(&fleet, factors, ARRAY_LENGTH(factors));
	struct fleet_history history cleanup_fleet_history = build(&fleet);
	assert_int_equal(history.count, ARRAY_LENGTH(factors));
	assert_int_equal(history.concurrency, 16);
	assert_string_equal(history.policy, "spread");
	for (size_t i = 0; i < history.count; i++) {
		assert_int_equal(history.items[i].is_first, i == 0);
		assert_null(history.items[i].reason);
		assert_true(fabs(history.items[i].relative * factors[i] - 1) < 1e-9);
		assert_int_equal(history.items[i].is_slower, slower[i]);
	}
	assert_has(history.sentence, "at N=16 it does 0.800");
	assert_has(history.sentence, ": it got slower");
}

/* A ratio whose interval holds 1 shows nothing. */
static void what_may_be_chance_is_not_slower(void **state)
{
	(void)state;
	static const double factors[] = {1, 1.1};
	struct fleet fleet cleanup_fleet = {0};
	make_node(&fleet, factors, 2);
	struct profile *const profile = &fleet.nodes[0].attempts[1].profile;
	for (size_t i = 0; i < profile->figure_count; i++) {
		profile->figures[i].low = profile->figures[i].value / 1.2;
		profile->figures[i].high = profile->figures[i].value * 1.2;
	}
	struct fleet_history history cleanup_fleet_history = build(&fleet);
	assert_false(history.items[1].is_slower);
	assert_true(history.items[1].high > 1);
}

/* Without an interval (one trial) nothing shows that it is not chance; that is no pass either. */
static void one_trial_is_not_slower(void **state)
{
	(void)state;
	static const double factors[] = {1, 1.1};
	struct fleet fleet cleanup_fleet = {0};
	make_node(&fleet, factors, 2);
	struct profile *const profile = &fleet.nodes[0].attempts[1].profile;
	for (size_t i = 0; i < profile->figure_count; i++)
		profile->figures[i].low = profile->figures[i].high = NAN;
	struct fleet_history history cleanup_fleet_history = build(&fleet);
	assert_true(history.items[1].relative < 0.95);
	assert_false(history.items[1].is_slower);
	assert_true(history.is_open);
	assert_has(history.sentence, "which one trial cannot tell from chance");
}

/* The clock of a node whose battery was changed: attempts stand in the order of their numbers. */
static void a_clock_that_is_wrong_changes_nothing(void **state)
{
	(void)state;
	static const double factors[] = {1, 1.2};
	static const int64_t starts[] = {1000000000000000000, RECORD_ABSENT, 0};
	for (size_t i = 0; i < ARRAY_LENGTH(starts); i++) {
		struct fleet fleet cleanup_fleet = {0};
		make_node(&fleet, factors, 2);
		fleet.nodes[0].attempts[0].profile.started_ns = 1790000000000000000;
		fleet.nodes[0].attempts[1].profile.started_ns = starts[i];
		struct fleet_history history cleanup_fleet_history = build(&fleet);
		assert_true(history.items[0].is_first);
		assert_true(history.items[1].is_slower);
	}
}

/* The last one that can be compared says so, though the very last cannot. */
static void an_earlier_one_that_is_slower_is_told(void **state)
{
	(void)state;
	static const double factors[] = {1, 1.25, 1.25};
	struct fleet fleet cleanup_fleet = {0};
	make_node(&fleet, factors, ARRAY_LENGTH(factors));
	made_fleet_text(&fleet.nodes[0].attempts[2].profile.state, "interrupted");
	struct fleet_history history cleanup_fleet_history = build(&fleet);
	assert_has(history.sentence, "its last result cannot be held against");
	assert_has(history.sentence,
	           "Attempt 2 can: at N=16 it does 0.800 of it: the node got slower");
}

static void fail_criteria(struct fleet_attempt *attempt)
{
	attempt->judgements = calloc(1, sizeof *attempt->judgements);
	assert_non_null(attempt->judgements);
	attempt->judgement_count = 1;
	attempt->criteria_verdict = VERDICT_FAIL;
}

/* Partial results, those with failed tasks and those whose criteria failed are none to be held
 * against. */
static void the_first_accepted_one_counts(void **state)
{
	(void)state;
	static const double factors[] = {1, 1.3, 1.2, 1.1, 1.1};
	struct fleet fleet cleanup_fleet = {0};
	make_node(&fleet, factors, ARRAY_LENGTH(factors));
	struct fleet_attempt *const attempts = fleet.nodes[0].attempts;
	made_fleet_text(&attempts[0].profile.state, "interrupted");
	attempts[1].profile.failed_tasks = 2;
	fail_criteria(&attempts[2]);
	struct fleet_history history cleanup_fleet_history = build(&fleet);
	assert_true(history.items[3].is_first);
	/* What came before cannot have got slower since. */
	assert_true(history.items[1].relative < 0.9);
	assert_false(history.items[1].is_slower);
	assert_string_equal(history.items[0].reason, "its run did not come to its end");
	assert_true(fabs(history.items[4].relative - 1) < 1e-9);
	assert_false(history.items[4].is_slower);
}

/* A class that lost the same, or another program, may be why: it is not the node then. */
static void what_the_node_cannot_help_is_open(void **state)
{
	(void)state;
	static const struct {
		double class_relative; /* NAN: not known */
		bool has_other_program;
		bool is_slower;
		bool is_open;
		const char *says;
	} cases[] = {
	        {NAN, false, true, false, ": it got slower"},
	        {NAN, true, true, true, "it got slower, or its program did"},
	        {0.8, false, false, true, "So does its class as a whole (0.800, the median of 8"},
	        {0.8, true, false, true, "Not as it was then: program, kernel"},
	        {0.99, false, true, false, "it got slower, more than its class as a whole (0.990"},
	        {0.93, true, true, false, "it got slower, more than its class as a whole (0.930"},
	};
	static const double factors[] = {1, 1.25};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct fleet fleet cleanup_fleet = {0};
		struct error err;
		make_node(&fleet, factors, 2);
		struct fleet_attempt *const attempts = fleet.nodes[0].attempts;
		made_fleet_fact(&attempts[0].profile, "kernel", "5.14");
		made_fleet_fact(&attempts[0].profile, "program_sha256", "a1");
		made_fleet_fact(&attempts[1].profile, "program_sha256",
		                cases[i].has_other_program ? "b2" : "a1");
		struct fleet_history history cleanup_fleet_history = build(&fleet);
		assert_int_equal(fleet_history_hold(&history, cases[i].class_relative, 8, &err), 0);
		assert_int_equal(history.items[1].is_slower, cases[i].is_slower);
		assert_int_equal(history.is_open, cases[i].is_open);
		assert_has(history.sentence, cases[i].says);
		assert_has(history.items[1].changed, "kernel");
	}
}

static void others_are_not_compared(void **state)
{
	(void)state;
	static const struct {
		const char *fact;
		const char *value;
		const char *reason;
	} cases[] = {{"processor", "AMD EPYC 9654 96-Core Processor", "it had another processor"},
	             {"cores_allowed", "15", "it had another number of cores"},
	             {"numa_mode", "NPS4", "it had another NUMA mode"},
	             {"threads", "2", "tasks had another number of threads"},
	             {NULL, NULL, "it is of another scenario"}};
	static const double factors[] = {1, 1.3};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct fleet fleet cleanup_fleet = {0};
		make_node(&fleet, factors, 2);
		struct profile *const profile = &fleet.nodes[0].attempts[1].profile;
		if (cases[i].fact)
			made_fleet_fact(profile, cases[i].fact, cases[i].value);
		else
			made_fleet_text(&profile->scenario_sha256, "00");
		struct fleet_history history cleanup_fleet_history = build(&fleet);
		assert_string_equal(history.items[1].reason, cases[i].reason);
		assert_true(isnan(history.items[1].relative));
		assert_false(history.items[1].is_slower);
		assert_has(history.sentence, cases[i].reason);
	}
}

static void there_may_be_nothing_to_hold_against(void **state)
{
	(void)state;
	static const double one[] = {1};
	struct fleet fleet cleanup_fleet = {0};
	make_node(&fleet, one, 1);
	{
		struct fleet_history history cleanup_fleet_history = build(&fleet);
		assert_has(history.sentence, "it has one result");
	}
	fail_criteria(&fleet.nodes[0].attempts[0]);
	{
		struct fleet_history history cleanup_fleet_history = build(&fleet);
		assert_int_equal(history.concurrency, 0);
		assert_has(history.sentence, "none of its results was accepted");
	}
	fleet.nodes[0].attempts[0].has_profile = false;
	struct fleet_history history cleanup_fleet_history = build(&fleet);
	assert_int_equal(history.count, 0);
	assert_string_equal(history.sentence, "it has no result");
	fleet.nodes[0].attempts[0].has_profile = true;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(results_are_held_against_the_first),
	        cmocka_unit_test(what_may_be_chance_is_not_slower),
	        cmocka_unit_test(one_trial_is_not_slower),
	        cmocka_unit_test(a_clock_that_is_wrong_changes_nothing),
	        cmocka_unit_test(an_earlier_one_that_is_slower_is_told),
	        cmocka_unit_test(the_first_accepted_one_counts),
	        cmocka_unit_test(others_are_not_compared),
	        cmocka_unit_test(what_the_node_cannot_help_is_open),
	        cmocka_unit_test(there_may_be_nothing_to_hold_against),
	};
	return cmocka_run_group_tests_name("history", tests, NULL, NULL);
}
