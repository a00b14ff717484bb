/* What must not pass: faults that hide each other, classes of which half is slow or all of it,
 * levels that show nothing, results of which too little is known. */
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

static struct profile *profile_of(struct fleet *fleet, size_t node)
{
	return &fleet->nodes[node].attempts[0].profile;
}

static void multiply(struct fleet *fleet, size_t node, uint32_t concurrency, double factor)
{
	struct profile *const profile = profile_of(fleet, node);
	for (size_t i = 0; i < profile->figure_count; i++) {
		struct profile_figure *const figure = &profile->figures[i];
		if (figure->measure != MEASURE_THROUGHPUT || figure->concurrency != concurrency)
			continue;
		figure->value *= factor;
		figure->low *= factor;
		figure->high *= factor;
	}
}

/* Takes the figures of a level away. */
static void drop(struct fleet *fleet, size_t node, uint32_t concurrency)
{
	struct profile *const profile = profile_of(fleet, node);
	size_t kept = 0;
	for (size_t i = 0; i < profile->figure_count; i++)
		if (profile->figures[i].concurrency != concurrency)
			profile->figures[kept++] = profile->figures[i];
	profile->figure_count = kept;
}

static void forget(struct fleet *fleet, size_t node, bool hardware, bool scenario)
{
	struct profile *const profile = profile_of(fleet, node);
	for (size_t i = 0; hardware && i < profile->fact_count; i++)
		made_fleet_fact(profile, profile->facts[i].name, NULL);
	if (scenario)
		made_fleet_text(&profile->scenario_sha256, NULL);
}

static size_t count_of(const struct fleet_ranking *ranking, enum fleet_verdict verdict)
{
	return ranking->in_verdict[verdict];
}

/* ---- Places ------------------------------------------------------------------------------- */

/* faulty nodes with so many slow cores each, at different places; then the others. */
static void make_slow_cores(struct fleet *fleet, size_t nodes, size_t faulty, size_t cores,
                            struct rng *rng)
{
	for (size_t i = 0; i < faulty; i++) {
		struct made_fault faults[32];
		char name[24];
		for (size_t k = 0; k < cores; k++)
			faults[k] = (struct made_fault){COMPONENT_CORE,
			                                (int32_t)((5 * k + 3 * i) % 32), 2};
		snprintf(name, sizeof name, "bad%02zu", i);
		made_fleet_node(fleet, name, &ranked_rome, &ranked_quiet, rng, faults, cores);
	}
	ranked_nodes(fleet, nodes - faulty, &ranked_rome, &ranked_quiet, rng);
}

static void faults_do_not_hide_each_other(void **state)
{
	(void)state;
	static const struct {
		size_t nodes;
		size_t faulty;
		size_t cores;
	} cases[] = {{16, 2, 6}, {16, 3, 6}, {8, 2, 11}, {8, 3, 5}, {100, 8, 5}, {100, 19, 2}};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct fleet fleet cleanup_fleet = {0};
		struct rng rng;
		rng_init(&rng, 31, i);
		make_slow_cores(&fleet, cases[i].nodes, cases[i].faulty, cases[i].cores, &rng);
		struct fleet_ranking ranking cleanup_fleet_ranking = ranked_find(&fleet);
		assert_int_equal(count_of(&ranking, FLEET_SLOW), cases[i].faulty);
		assert_int_equal(ranked_item(&ranking, "bad01")->component, COMPONENT_CORE);
		assert_int_equal(count_of(&ranking, FLEET_PASS), cases[i].nodes - cases[i].faulty);
	}
	/* One node alone is enough to hide what another has. */
	struct fleet fleet cleanup_fleet = {0};
	struct rng rng;
	rng_init(&rng, 32, 0);
	make_slow_cores(&fleet, 5, 1, 12, &rng);
	made_fleet_node(&fleet, "one", &ranked_rome, &ranked_quiet, &rng,
	                &(const struct made_fault){COMPONENT_CORE, 7, 1.5}, 1);
	struct fleet_ranking ranking cleanup_fleet_ranking = ranked_find(&fleet);
	assert_int_equal(ranked_item(&ranking, "one")->verdict, FLEET_SLOW);
	assert_int_equal(ranked_item(&ranking, "one")->component_index, 7);
}

/* Where half the nodes have slow cores, it cannot be told whether these are faults: no pass. */
static void places_of_half_the_nodes_are_no_pass(void **state)
{
	(void)state;
	struct fleet fleet cleanup_fleet = {0};
	struct rng rng;
	rng_init(&rng, 33, 0);
	make_slow_cores(&fleet, 12, 7, 3, &rng);
	/* So that what is slow is not told by the node as a whole. */
	for (size_t i = 0; i < 12; i++)
		made_fleet_figure(profile_of(&fleet, i), MEASURE_THROUGHPUT, "", 1);
	struct fleet_ranking ranking cleanup_fleet_ranking = ranked_find(&fleet);
	assert_int_equal(count_of(&ranking, FLEET_PASS), 5);
	assert_int_equal(count_of(&ranking, FLEET_INCONCLUSIVE), 7);
	ranked_has(ranked_item(&ranking, "bad00")->reason, ", but its core ");
	ranked_has(ranked_item(&ranking, "bad00")->reason, "half of the nodes have such places");
}

/* ---- Levels ------------------------------------------------------------------------------- */

/* 20 nodes of 32 cores; of the first `without` the full level was not measured; the last but two
 * does half of it. */
static struct fleet_ranking rank_without(struct fleet *fleet, size_t without)
{
	struct rng rng;
	rng_init(&rng, 34, without);
	ranked_nodes(fleet, 20, &ranked_rome, &ranked_quiet, &rng);
	for (size_t i = 0; i < without; i++)
		drop(fleet, i, 32);
	multiply(fleet, 17, 32, 0.5);
	return ranked_find(fleet);
}

static void the_fullest_level_of_half_the_nodes_counts(void **state)
{
	(void)state;
	struct fleet fleet cleanup_fleet = {0};
	struct fleet_ranking ranking cleanup_fleet_ranking = rank_without(&fleet, 7);
	assert_int_equal(ranking.classes[0].concurrency, 32);
	assert_int_equal(ranked_item(&ranking, "rome18")->verdict, FLEET_SLOW);
	assert_int_equal(count_of(&ranking, FLEET_INCONCLUSIVE), 7);
	ranked_has(ranked_item(&ranking, "rome01")->reason, "has no throughput at N=32 spread");
	assert_int_equal(count_of(&ranking, FLEET_PASS), 12);
}

static void a_level_that_few_have_is_looked_at(void **state)
{
	(void)state;
	struct fleet fleet cleanup_fleet = {0};
	struct fleet_ranking ranking cleanup_fleet_ranking = rank_without(&fleet, 13);
	assert_int_equal(ranking.classes[0].concurrency, 16);
	ranked_has(ranking.classes[0].note,
	           "held against each other at N=16, though 32 tasks would fill one: only 7 of "
	           "them were measured with more");
	assert_int_equal(ranked_item(&ranking, "rome18")->verdict, FLEET_SLOW);
	assert_int_equal(ranked_item(&ranking, "rome18")->slow_at, 32);
	assert_int_equal(count_of(&ranking, FLEET_PASS), 19);
}

static void a_level_that_too_few_have_is_no_pass(void **state)
{
	(void)state;
	struct fleet fleet cleanup_fleet = {0};
	struct fleet_ranking ranking cleanup_fleet_ranking = rank_without(&fleet, 17);
	assert_int_equal(count_of(&ranking, FLEET_INCONCLUSIVE), 3);
	assert_int_equal(ranked_item(&ranking, "rome18")->verdict, FLEET_INCONCLUSIVE);
	ranked_has(ranked_item(&ranking, "rome18")->reason,
	           "at N=32, which is more like a full node, only 3 of its class have a result");
}

/* One task, and one on each thread of a core: the second says what the node does. */
static void a_level_above_the_cores_counts_where_none_is_near(void **state)
{
	(void)state;
	struct fleet fleet cleanup_fleet = {0};
	ranked_nodes(&fleet, 10, &ranked_rome, &ranked_none, NULL);
	for (size_t i = 0; i < 10; i++) {
		drop(&fleet, i, 8);
		drop(&fleet, i, 16);
		made_fleet_fact(profile_of(&fleet, i), "cores_allowed", "16");
	}
	multiply(&fleet, 4, 32, 0.5);
	{
		struct fleet_ranking ranking cleanup_fleet_ranking = ranked_find(&fleet);
		assert_int_equal(ranking.classes[0].concurrency, 32);
		assert_null(ranking.classes[0].note);
		assert_int_equal(ranked_item(&ranking, "rome05")->verdict, FLEET_SLOW);
	}
	/* And where there is none above, it is told how empty the nodes were. */
	for (size_t i = 0; i < 10; i++)
		drop(&fleet, i, 32);
	struct fleet_ranking ranking cleanup_fleet_ranking = ranked_find(&fleet);
	ranked_has(ranking.classes[0].note, "at N=1, though 16 tasks would fill one: none was "
	                                    "measured with more");
}

static void another_policy_is_looked_at(void **state)
{
	(void)state;
	struct fleet fleet cleanup_fleet = {0};
	ranked_nodes(&fleet, 10, &ranked_rome, &ranked_none, NULL);
	for (size_t i = 0; i < 10; i++) {
		struct profile *const profile = profile_of(&fleet, i);
		char **const policies = realloc(profile->policies, 2 * sizeof *policies);
		assert_non_null(policies);
		profile->policies = policies;
		policies[1] = NULL;
		made_fleet_text(&policies[1], "compact");
		profile->policy_count = 2;
		for (size_t f = 0; f < profile->figure_count; f++)
			profile->figures[f].policy = profile->figures[f].concurrency == 16;
	}
	multiply(&fleet, 4, 16, 0.5);
	struct fleet_ranking ranking cleanup_fleet_ranking = ranked_find(&fleet);
	const struct fleet_rank_item *const item = ranked_item(&ranking, "rome05");
	assert_int_equal(item->verdict, FLEET_SLOW);
	assert_int_equal(item->slow_at, 16);
	assert_string_equal(item->slow_policy, "compact");
	assert_int_not_equal(item->component, COMPONENT_NONE);
	ranked_has(item->reason, "at N=16 compact it does 0.500");
	assert_int_equal(count_of(&ranking, FLEET_PASS), 9);
}

static void levels_that_are_not_common_are_told(void **state)
{
	(void)state;
	static const uint32_t levels[] = {8, 16, 32};
	struct fleet fleet cleanup_fleet = {0};
	ranked_nodes(&fleet, 12, &ranked_rome, &ranked_none, NULL);
	for (size_t i = 0; i < 12; i++) {
		drop(&fleet, i, 1);
		for (size_t k = 0; k < ARRAY_LENGTH(levels); k++)
			if (k != i % 3)
				drop(&fleet, i, levels[k]);
	}
	struct fleet_ranking ranking cleanup_fleet_ranking = ranked_find(&fleet);
	assert_int_equal(count_of(&ranking, FLEET_INCONCLUSIVE), 12);
	ranked_has(ranking.classes[0].reason,
	           "12 nodes of its hardware have a result, but no more than 4 of them at one "
	           "level");
}

/* ---- Classes ------------------------------------------------------------------------------ */

static void add_other_class(struct fleet *fleet, size_t count, double memory_gib, double slower,
                            struct rng *rng)
{
	struct made_kind kind = ranked_rome;
	kind.memory_gib = memory_gib;
	kind.task_s *= slower;
	ranked_nodes(fleet, count, &kind, &ranked_quiet, rng);
}

static void a_slow_class_of_the_same_processor_is_no_pass(void **state)
{
	(void)state;
	static const struct {
		size_t usual;
		size_t other;
		double memory_gib;
		double slower;
		size_t open;
	} cases[] = {
	        {20, 5, 480, 1.15, 5}, /* a module is missing on so many that they are a class */
	        {20, 5, 480, 1.0, 0},
	        {20, 5, 576, 0.85, 0}, /* what most have is the norm */
	        {8, 8, 480, 1.15, 8},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct fleet fleet cleanup_fleet = {0};
		struct rng rng;
		rng_init(&rng, 35, i);
		ranked_nodes(&fleet, cases[i].usual, &ranked_rome, &ranked_quiet, &rng);
		add_other_class(&fleet, cases[i].other, cases[i].memory_gib, cases[i].slower, &rng);
		struct fleet_ranking ranking cleanup_fleet_ranking = ranked_find(&fleet);
		assert_int_equal(ranking.class_count, 2);
		assert_int_equal(count_of(&ranking, FLEET_INCONCLUSIVE), cases[i].open);
		assert_int_equal(count_of(&ranking, FLEET_PASS),
		                 cases[i].usual + cases[i].other - cases[i].open);
		if (cases[i].open > 0)
			ranked_has(ranked_item(&ranking, cases[i].usual == 8 ? "rome09" : "rome21")
			                   ->reason,
			           "nodes of the same processor do; it has memory 47");
	}
}

/* Of 128 one is less than a hundredth: it is told all the same. */
static void a_core_less_is_told(void **state)
{
	(void)state;
	for (size_t lacking = 2; lacking <= 5; lacking += 3) {
		struct fleet fleet cleanup_fleet = {0};
		ranked_nodes(&fleet, 20 + lacking, &ranked_rome, &ranked_none, NULL);
		for (size_t i = 0; i < 20 + lacking; i++) {
			made_fleet_fact(profile_of(&fleet, i), "cores_allowed",
			                i < 20 ? "128" : "127");
			multiply(&fleet, i, 32, i < 20 ? 1 : 0.9);
		}
		struct fleet_ranking ranking cleanup_fleet_ranking = ranked_find(&fleet);
		assert_int_equal(count_of(&ranking, FLEET_INCONCLUSIVE), lacking);
		ranked_has(ranked_item(&ranking, "rome21")->reason, "cores 127 (128)");
	}
}

static void the_slower_half_is_no_pass(void **state)
{
	(void)state;
	static const size_t cases[][2] = {{10, 5}, {5, 3}, {100, 50}, {100, 70}};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct fleet fleet cleanup_fleet = {0};
		struct rng rng;
		rng_init(&rng, 36, i);
		ranked_nodes(&fleet, cases[i][0], &ranked_rome, &ranked_quiet, &rng);
		for (size_t k = 0; k < cases[i][1]; k++) {
			multiply(&fleet, k, 32, 0.8);
			made_fleet_fact(profile_of(&fleet, k), "boost", "off");
		}
		struct fleet_ranking ranking cleanup_fleet_ranking = ranked_find(&fleet);
		assert_int_equal(count_of(&ranking, FLEET_INCONCLUSIVE), cases[i][1]);
		assert_int_equal(count_of(&ranking, FLEET_PASS), cases[i][0] - cases[i][1]);
		ranked_has(ranked_item(&ranking, "rome01")->reason, ", but it is one of ");
		ranked_has(ranked_item(&ranking, "rome01")->reason,
		           "the slower ones have boost off");
	}
}

/* Tasks that fail early, or late, do not say how fast the hardware is. */
static void failed_nodes_are_no_measure(void **state)
{
	(void)state;
	static const struct {
		double factor; /* of what the failed ones do */
		double last;   /* of what the last node does */
		size_t failed;
		enum fleet_verdict verdict; /* of the last node */
	} cases[] = {{1.5, 1, 7, FLEET_PASS},
	             {0.5, 0.8, 7, FLEET_SLOW},
	             {0.5, 1, 9, FLEET_INCONCLUSIVE}};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct fleet fleet cleanup_fleet = {0};
		ranked_nodes(&fleet, 13, &ranked_rome, &ranked_none, NULL);
		for (size_t k = 0; k < cases[i].failed; k++) {
			fleet.nodes[k].verdict = fleet.nodes[k].attempts[0].verdict = FLEET_FAIL;
			multiply(&fleet, k, 32, cases[i].factor);
		}
		multiply(&fleet, 12, 32, cases[i].last);
		struct fleet_ranking ranking cleanup_fleet_ranking = ranked_find(&fleet);
		assert_int_equal(ranked_item(&ranking, "rome13")->verdict, cases[i].verdict);
		assert_int_equal(count_of(&ranking, FLEET_FAIL), cases[i].failed);
		if (cases[i].verdict == FLEET_INCONCLUSIVE)
			ranked_has(ranked_item(&ranking, "rome13")->reason,
			           "of 13 nodes of its hardware with a result only 4 did not fail");
	}
}

/* Nor what a task is made of. */
static void failed_nodes_explain_nothing(void **state)
{
	(void)state;
	static const struct made_fault half = {COMPONENT_WORK, -1, 0.5};
	static const struct made_fault more = {COMPONENT_WORK, -1, 1.3};
	struct fleet fleet cleanup_fleet = {0};
	ranked_nodes(&fleet, 6, &ranked_rome, &ranked_none, NULL);
	made_fleet_node(&fleet, "slow", &ranked_rome, &ranked_none, NULL, &more, 1);
	for (size_t i = 0; i < 8; i++) {
		char name[24];
		snprintf(name, sizeof name, "failed%zu", i);
		struct fleet_node *const node =
		        made_fleet_node(&fleet, name, &ranked_rome, &ranked_none, NULL, &half, 1);
		node->verdict = node->attempts[0].verdict = FLEET_FAIL;
	}
	struct fleet_ranking ranking cleanup_fleet_ranking = ranked_find(&fleet);
	const struct fleet_rank_item *const item = ranked_item(&ranking, "slow");
	assert_int_equal(item->component, COMPONENT_WORK);
	ranked_near(item->component_relative, 1.3, 0.01);
	assert_int_equal(count_of(&ranking, FLEET_PASS), 6);
}

/* What is not known of two results may look alike. */
static void what_is_unknown_is_like_nothing(void **state)
{
	(void)state;
	static const struct {
		bool hardware, scenario;
		const char *command;
		const char *reason; /* NULL: they are held against each other */
	} cases[] = {{true, false, NULL, "does not say on which hardware"},
	             {true, true, NULL, "does not say on which hardware"},
	             {false, true, NULL, "does not say what was run"},
	             {false, true, "solve --large", NULL},
	             {false, false, NULL, NULL}};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct fleet fleet cleanup_fleet = {0};
		ranked_nodes(&fleet, 9, &ranked_rome, &ranked_none, NULL);
		for (size_t k = 0; k < 9; k++) {
			forget(&fleet, k, cases[i].hardware, cases[i].scenario);
			made_fleet_text(&profile_of(&fleet, k)->command, cases[i].command);
		}
		multiply(&fleet, 3, 32, 0.5);
		struct fleet_ranking ranking cleanup_fleet_ranking = ranked_find(&fleet);
		assert_int_equal(count_of(&ranking, FLEET_SLOW), cases[i].reason ? 0 : 1);
		assert_int_equal(count_of(&ranking, FLEET_INCONCLUSIVE), cases[i].reason ? 9 : 0);
		if (cases[i].reason)
			ranked_has(ranked_item(&ranking, "rome04")->reason, cases[i].reason);
	}
	/* Another command is other work. */
	struct fleet fleet cleanup_fleet = {0};
	ranked_nodes(&fleet, 10, &ranked_rome, &ranked_none, NULL);
	for (size_t k = 0; k < 10; k++) {
		forget(&fleet, k, false, true);
		made_fleet_text(&profile_of(&fleet, k)->command, k < 5 ? "a" : "b");
	}
	struct fleet_ranking ranking cleanup_fleet_ranking = ranked_find(&fleet);
	assert_int_equal(ranking.class_count, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(faults_do_not_hide_each_other),
	        cmocka_unit_test(places_of_half_the_nodes_are_no_pass),
	        cmocka_unit_test(the_fullest_level_of_half_the_nodes_counts),
	        cmocka_unit_test(a_level_that_few_have_is_looked_at),
	        cmocka_unit_test(a_level_that_too_few_have_is_no_pass),
	        cmocka_unit_test(a_level_above_the_cores_counts_where_none_is_near),
	        cmocka_unit_test(another_policy_is_looked_at),
	        cmocka_unit_test(levels_that_are_not_common_are_told),
	        cmocka_unit_test(a_slow_class_of_the_same_processor_is_no_pass),
	        cmocka_unit_test(a_core_less_is_told),
	        cmocka_unit_test(the_slower_half_is_no_pass),
	        cmocka_unit_test(failed_nodes_are_no_measure),
	        cmocka_unit_test(failed_nodes_explain_nothing),
	        cmocka_unit_test(what_is_unknown_is_like_nothing),
	};
	return cmocka_run_group_tests_name("rank: doubts", tests, NULL, NULL);
}
