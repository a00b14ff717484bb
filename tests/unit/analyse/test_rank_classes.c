/* What is said of many nodes at once: classes of hardware, and too many bad ones. */
#include "ranked.h"

#include "core/array.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Classes --------------------------------------------------------------------------------- */

static void other_hardware_is_another_class(void **state)
{
	(void)state;
	struct made_kind milan = ranked_rome;
	struct made_kind snc = ranked_rome;
	struct made_kind small = ranked_rome;
	struct fleet fleet cleanup_fleet = {0};
	struct rng rng;
	rng_init(&rng, 8, 0);
	milan.processor = "AMD EPYC 7763 64-Core Processor";
	milan.task_s = 20;
	snc.numa_mode = "NPS1";
	small.memory_gib = 480; /* a module is missing */
	ranked_nodes(&fleet, 12, &ranked_rome, &ranked_quiet, &rng);
	ranked_nodes(&fleet, 8, &milan, &ranked_quiet, &rng);
	made_fleet_node(&fleet, "nps", &snc, &ranked_quiet, &rng, NULL, 0);
	made_fleet_node(&fleet, "dimm", &small, &ranked_quiet, &rng, NULL, 0);
	struct fleet_ranking ranking cleanup_fleet_ranking = ranked_find(&fleet);
	assert_int_equal(ranking.class_count, 4);
	assert_int_equal(ranking.in_verdict[FLEET_PASS], 20);
	assert_int_equal(ranking.in_verdict[FLEET_INCONCLUSIVE], 2);
	ranked_has(ranked_item(&ranking, "nps")->reason,
	           "there is no other node of its hardware with a result; what tells it from the "
	           "largest other class: NUMA mode NPS1 (NPS4)");
	ranked_has(ranked_item(&ranking, "dimm")->reason, "memory 472");
	assert_true(isnan(ranked_item(&ranking, "nps")->relative));
}

static void small_classes_judge_nobody(void **state)
{
	(void)state;
	struct fleet fleet cleanup_fleet = {0};
	struct rng rng;
	rng_init(&rng, 9, 0);
	ranked_nodes(&fleet, 3, &ranked_rome, &ranked_quiet, &rng);
	struct fleet_node *const accepted =
	        made_fleet_node(&fleet, "good", &ranked_rome, &ranked_quiet, &rng, NULL, 0);
	struct fleet_attempt *const attempt = &accepted->attempts[0];
	attempt->judgements = calloc(1, sizeof *attempt->judgements);
	assert_non_null(attempt->judgements);
	attempt->judgement_count = 1;
	attempt->criteria_verdict = VERDICT_PASS;
	{
		struct fleet_ranking ranking cleanup_fleet_ranking = ranked_find(&fleet);
		assert_int_equal(ranking.in_verdict[FLEET_INCONCLUSIVE], 3);
		assert_int_equal(ranked_item(&ranking, "good")->verdict, FLEET_PASS);
		ranked_has(ranked_item(&ranking, "good")->reason,
		           "its criteria pass; only 4 nodes of its hardware have a result");
		ranked_has(ranked_item(&ranking, "rome01")->reason, "fewer than 5 cannot tell");
	}
	ranked_nodes(&fleet, 1, &ranked_rome, &ranked_quiet, &rng);
	struct fleet_ranking ranking cleanup_fleet_ranking = ranked_find(&fleet);
	assert_int_equal(ranking.in_verdict[FLEET_PASS], 5);
}

/* Each firmware that enough nodes have is a class; a whole class that is slow is told. */
static void a_slow_firmware_is_told(void **state)
{
	(void)state;
	struct made_kind old = ranked_rome;
	struct fleet fleet cleanup_fleet = {0};
	struct rng rng;
	rng_init(&rng, 10, 0);
	old.firmware = "1.0.0";
	old.task_s = ranked_rome.task_s * 1.15;
	ranked_nodes(&fleet, 20, &ranked_rome, &ranked_quiet, &rng);
	ranked_nodes(&fleet, 8, &old, &ranked_quiet, &rng);
	struct fleet_ranking ranking cleanup_fleet_ranking = ranked_find(&fleet);
	assert_int_equal(ranking.class_count, 2);
	assert_int_equal(ranking.in_verdict[FLEET_PASS], 20);
	assert_int_equal(ranking.in_verdict[FLEET_INCONCLUSIVE], 8);
	const struct fleet_class *const class =
	        &ranking.classes[ranked_item(&ranking, "rome25")->class];
	ranked_has(class->note, "of what 20 nodes of the same processor do; it has firmware 1.0.0 "
	                        "(2.7.3)");
}

static void two_populations_are_told(void **state)
{
	(void)state;
	struct fleet fleet cleanup_fleet = {0};
	struct rng rng;
	rng_init(&rng, 11, 0);
	struct made_kind slow = ranked_rome;
	slow.task_s *= 1.1;
	ranked_nodes(&fleet, 12, &ranked_rome, &ranked_quiet, &rng);
	for (size_t i = 0; i < 10; i++) {
		char name[16];
		ranked_name(fleet.node_count + 1, name);
		struct fleet_node *const node =
		        made_fleet_node(&fleet, name, &slow, &ranked_quiet, &rng, NULL, 0);
		made_fleet_fact(&node->attempts[0].profile, "boost", "off");
	}
	struct fleet_ranking ranking cleanup_fleet_ranking = ranked_find(&fleet);
	assert_int_equal(ranking.class_count, 1);
	ranked_has(ranking.classes[0].note, "these are two populations: 10 nodes do 0.9");
	ranked_has(ranking.classes[0].note, "the slower ones have boost off");
}

static void one_population_is_not_two(void **state)
{
	(void)state;
	struct made_noise wide = ranked_quiet;
	wide.nodes = 0.03;
	for (uint64_t i = 0; i < 50; i++) {
		struct fleet fleet cleanup_fleet = {0};
		struct rng rng;
		rng_init(&rng, 12, i);
		ranked_nodes(&fleet, 12 + i, &ranked_rome, &wide, &rng);
		struct fleet_ranking ranking cleanup_fleet_ranking = ranked_find(&fleet);
		const char *const note = ranking.classes[0].note;
		assert_true(!note || !strstr(note, "populations"));
	}
}

/* A class that passes because its nodes differ too much to tell says so. */
static void a_wide_class_is_told(void **state)
{
	(void)state;
	static const double factors[] = {0.80, 0.85, 0.9, 0.96, 1, 1.04, 1.1, 1.2, 1.25};
	for (int is_wider = 0; is_wider < 2; is_wider++) {
		struct fleet fleet cleanup_fleet = {0};
		ranked_nodes(&fleet, ARRAY_LENGTH(factors), &ranked_rome, &ranked_none, NULL);
		for (size_t i = 0; i < ARRAY_LENGTH(factors); i++)
			made_fleet_figure(&fleet.nodes[i].attempts[0].profile, MEASURE_THROUGHPUT,
			                  "", is_wider ? pow(factors[i], 3) : factors[i]);
		struct fleet_ranking ranking cleanup_fleet_ranking = ranked_find(&fleet);
		assert_int_equal(ranking.in_verdict[FLEET_PASS], ARRAY_LENGTH(factors));
		ranked_has(ranking.classes[0].note,
		           is_wider ? "none can be called slow" : "only one below 0.35 of");
	}
}

/* ---- The breaker ----------------------------------------------------------------------------- */

/* bad of 20 nodes fail in one way. */
static void make_failing(struct fleet *fleet, size_t bad)
{
	struct rng rng;
	rng_init(&rng, 15, bad);
	ranked_nodes(fleet, 20, &ranked_rome, &ranked_quiet, &rng);
	for (size_t i = 0; i < 20; i++)
		made_fleet_text(&fleet->nodes[i].partitions, i < bad ? "debug" : "rome");
	for (size_t i = 0; i < bad; i++) {
		struct fleet_node *const node = &fleet->nodes[i];
		node->verdict = node->attempts[0].verdict = FLEET_FAIL;
		made_fleet_text(&node->attempts[0].profile.failure, "exit status 7 (N=32)");
		made_fleet_fact(&node->attempts[0].profile, "kernel", "6.1.0-21-amd64");
	}
}

static void too_many_bad_nodes_are_systemic(void **state)
{
	(void)state;
	for (size_t bad = 3; bad < 7; bad++) {
		struct fleet fleet cleanup_fleet = {0};
		make_failing(&fleet, bad);
		struct fleet_ranking ranking cleanup_fleet_ranking = ranked_find(&fleet);
		/* Four of twenty are a fifth, and no more. */
		assert_int_equal(ranking.is_systemic, bad > 4);
		assert_int_equal(ranking.drain_count, bad > 4 ? 0 : bad);
		if (bad <= 4) {
			assert_null(ranking.systemic);
			continue;
		}
		ranked_has(ranking.systemic, "of the 20 nodes that ended are bad");
		/* That all bad ones are bad sets them apart from nobody. */
		assert_null(strstr(ranking.systemic, "verdict"));
		assert_true(ranking.has_common);
		ranked_has(ranking.systemic, "all of them say \"exit status 7 (N=32)\"");
		ranked_has(ranking.systemic, "all of them are in partition debug");
		ranked_has(ranking.systemic, "all of them have kernel 6.1.0-21-amd64");
	}
}

static void what_has_not_ended_counts_for_nothing(void **state)
{
	(void)state;
	struct fleet fleet cleanup_fleet = {0};
	make_failing(&fleet, 5);
	for (size_t i = 0; i < 30; i++) {
		char name[16];
		snprintf(name, sizeof name, "idle%02zu", i);
		made_fleet_lost(&fleet, name, i % 2 ? FLEET_PENDING : FLEET_NOT_RUN, "waits");
	}
	struct fleet_ranking ranking cleanup_fleet_ranking = ranked_find(&fleet);
	assert_true(ranking.is_systemic);
}

/* Faults of their own are no common cause: two in a small fleet are two bad nodes, and of three it
 * is said how little is known. */
static void faults_of_their_own_are_told(void **state)
{
	(void)state;
	static const char gone[] = "the node went away";
	static const char memory[] =
	        "there was not enough memory: the kernel ended its tasks, as the allocation of its "
	        "control group says, which has a limit of 4 GB that the site gives to each "
	        "allocation of your own account alone";
	static const struct {
		enum fleet_verdict verdicts[3];
		const char *reasons[3]; /* NULL: there is no such node */
		bool is_systemic;
		bool has_common;
		const char *says;
	} cases[] = {
	        {{FLEET_FAIL, FLEET_NODE_FAIL, FLEET_PASS},
	         {memory, gone, NULL},
	         false,
	         false,
	         NULL},
	        {{FLEET_FAIL, FLEET_FAIL, FLEET_PASS},
	         {memory, memory, NULL},
	         true,
	         true,
	         "the site gives to each ...\""},
	        {{FLEET_FAIL, FLEET_NODE_FAIL, FLEET_HUNG},
	         {memory, gone, "its time was over"},
	         true,
	         false,
	         "3 of the 9 nodes that ended are bad (33 %: 1 fail, 1 hung, 1 node "
	         "failed). So many seldom break at once"},
	        {{FLEET_NODE_FAIL, FLEET_NODE_FAIL, FLEET_NODE_FAIL},
	         {gone, gone, gone},
	         true,
	         true,
	         "all of them say \"the node went away\""},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct fleet fleet cleanup_fleet = {0};
		size_t bad = 0;
		ranked_nodes(&fleet, 6, &ranked_rome, &ranked_none, NULL);
		for (size_t k = 0; k < 3 && cases[i].reasons[k]; k++, bad++) {
			const char name[] = {'b', (char)('0' + k), '\0'};
			made_fleet_lost(&fleet, name, cases[i].verdicts[k], cases[i].reasons[k]);
		}
		struct fleet_ranking ranking cleanup_fleet_ranking = ranked_find(&fleet);
		assert_int_equal(ranking.is_systemic, cases[i].is_systemic);
		assert_int_equal(ranking.has_common, cases[i].has_common);
		assert_int_equal(ranking.drain_count, cases[i].is_systemic ? 0 : bad);
		if (cases[i].says)
			ranked_has(ranking.systemic, cases[i].says);
		if (cases[i].is_systemic && !cases[i].has_common)
			ranked_has(ranking.systemic,
			           "they are not bad in the same way: they may as "
			           "well have faults of their own.");
	}
}

static void one_bad_node_is_never_systemic(void **state)
{
	(void)state;
	struct fleet fleet cleanup_fleet = {0};
	made_fleet_lost(&fleet, "a", FLEET_NODE_FAIL, "gone");
	ranked_nodes(&fleet, 2, &ranked_rome, &ranked_none, NULL);
	struct fleet_ranking ranking cleanup_fleet_ranking = ranked_find(&fleet);
	assert_false(ranking.is_systemic);
	assert_int_equal(ranking.drain_count, 1);
}

static void nothing_but_bad_nodes_is_told_without_comparison(void **state)
{
	(void)state;
	struct fleet fleet cleanup_fleet = {0};
	for (size_t i = 0; i < 6; i++) {
		char name[16];
		ranked_name(i, name);
		made_fleet_lost(&fleet, name, FLEET_HUNG, "its time was over");
	}
	struct fleet_ranking ranking cleanup_fleet_ranking = ranked_find(&fleet);
	assert_true(ranking.is_systemic);
	ranked_has(ranking.systemic, "6 of the 6 nodes");
	ranked_has(ranking.systemic, "say \"its time was over\"");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(other_hardware_is_another_class),
	        cmocka_unit_test(small_classes_judge_nobody),
	        cmocka_unit_test(a_slow_firmware_is_told),
	        cmocka_unit_test(two_populations_are_told),
	        cmocka_unit_test(one_population_is_not_two),
	        cmocka_unit_test(a_wide_class_is_told),
	        cmocka_unit_test(too_many_bad_nodes_are_systemic),
	        cmocka_unit_test(what_has_not_ended_counts_for_nothing),
	        cmocka_unit_test(faults_of_their_own_are_told),
	        cmocka_unit_test(one_bad_node_is_never_systemic),
	        cmocka_unit_test(nothing_but_bad_nodes_is_told_without_comparison),
	};
	return cmocka_run_group_tests_name("rank classes", tests, NULL, NULL);
}
