/* Nodes as a whole: who is slow, who is not, who got slower, and verdicts that the class has no say
 * in. */
#include "ranked.h"

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

/* ---- Whole nodes ----------------------------------------------------------------------------- */

static void a_healthy_fleet_passes(void **state)
{
	(void)state;
	struct fleet fleet cleanup_fleet = {0};
	struct rng rng;
	rng_init(&rng, 1, 0);
	ranked_nodes(&fleet, 24, &ranked_rome, &ranked_quiet, &rng);
	struct fleet_ranking ranking cleanup_fleet_ranking = ranked_find(&fleet);
	assert_int_equal(ranking.class_count, 1);
	const struct fleet_class *const class = &ranking.classes[0];
	assert_string_equal(class->words,
	                    "2 x AMD EPYC 7742 64-Core Processor (32 cores, NPS4, 512 "
	                    "GB, firmware 2.7.3)");
	assert_int_equal(class->node_count, 24);
	assert_int_equal(class->concurrency, 32);
	assert_string_equal(class->policy, "spread");
	assert_null(class->reason);
	assert_null(class->note);
	assert_int_equal(class->band_count, 4);
	assert_int_equal(class->bands[0].concurrency, 1);
	assert_int_equal(class->bands[1].concurrency, 8);
	assert_int_equal(class->bands[3].n, 24);
	assert_true(class->bands[3].low < class->bands[3].q1);
	assert_true(class->bands[3].median == class->median);
	assert_int_equal(ranking.in_verdict[FLEET_PASS], 24);
	assert_false(ranking.is_systemic);
	assert_int_equal(ranking.drain_count, 0);
	for (size_t i = 0; i < 24; i++) {
		assert_int_equal(ranking.items[i].component, COMPONENT_NONE);
		assert_int_equal(ranking.items[i].class, 0);
		ranked_has(ranking.items[i].reason, "of the median of its class at N=32");
		assert_true(i == 0 || ranking.items[i - 1].relative <= ranking.items[i].relative);
	}
}

/* The deviation has a floor, and the margin counts besides; a fast node is no fault. */
static void nodes_are_slow_by_deviation_and_margin(void **state)
{
	(void)state;
	static const struct {
		double factor; /* of wall time */
		enum fleet_verdict verdict;
	} cases[] = {{1, FLEET_PASS},         {1 / 0.97, FLEET_PASS}, {1 / 0.951, FLEET_PASS},
	             {1 / 0.949, FLEET_SLOW}, {1.5, FLEET_SLOW},      {0.7, FLEET_PASS}};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct fleet fleet cleanup_fleet = {0};
		ranked_nodes(&fleet, 9, &ranked_rome, &ranked_none, NULL);
		made_fleet_node(&fleet, "other", &ranked_rome, &ranked_none, NULL, NULL, 0);
		/* The others are all alike. */
		for (size_t k = 0; k < fleet.node_count; k++)
			made_fleet_figure(&fleet.nodes[k].attempts[0].profile, MEASURE_THROUGHPUT,
			                  "", k == 9 ? 1 / cases[i].factor : 1);
		struct fleet_ranking ranking cleanup_fleet_ranking = ranked_find(&fleet);
		const struct fleet_rank_item *const item = ranked_item(&ranking, "other");
		assert_int_equal(item->verdict, cases[i].verdict);
		ranked_near(item->relative, 1 / cases[i].factor, 1e-9);
		ranked_near(item->z, (1 / cases[i].factor - 1) / 0.005, 1e-6);
		assert_int_equal(ranking.in_verdict[FLEET_PASS],
		                 cases[i].verdict == FLEET_PASS ? 10 : 9);
		assert_int_equal(ranking.drain_count, cases[i].verdict == FLEET_SLOW);
	}
}

/* Where nodes differ much, five per cent are nothing. */
static void a_wide_class_needs_more(void **state)
{
	(void)state;
	static const double factors[] = {0.96, 0.97, 0.98, 0.99, 1, 1.01, 1.02, 1.03, 1.04, 1.09};
	struct fleet fleet cleanup_fleet = {0};
	ranked_nodes(&fleet, ARRAY_LENGTH(factors), &ranked_rome, &ranked_none, NULL);
	for (size_t i = 0; i < ARRAY_LENGTH(factors); i++)
		made_fleet_figure(&fleet.nodes[i].attempts[0].profile, MEASURE_THROUGHPUT, "",
		                  1 / factors[i]);
	struct fleet_ranking ranking cleanup_fleet_ranking = ranked_find(&fleet);
	assert_int_equal(ranking.in_verdict[FLEET_PASS], ARRAY_LENGTH(factors));
	assert_true(ranked_item(&ranking, "rome10")->relative < 0.95);
}

/* ---- Verdicts that the class has no say in --------------------------------------------------- */

static void what_came_of_a_node_stays(void **state)
{
	(void)state;
	struct fleet fleet cleanup_fleet = {0};
	struct rng rng;
	struct error err;
	rng_init(&rng, 13, 0);
	ranked_nodes(&fleet, 20, &ranked_rome, &ranked_quiet, &rng);
	made_fleet_lost(&fleet, "gone", FLEET_NODE_FAIL, "the node failed after 3 min");
	made_fleet_lost(&fleet, "down", FLEET_NOT_RUN, "drained: bad DIMM");
	made_fleet_lost(&fleet, "busy", FLEET_PENDING, "waits: Resources");
	/* It passed, and was lost when it was run again. */
	struct fleet_node *node =
	        made_fleet_node(&fleet, "later", &ranked_rome, &ranked_quiet, &rng, NULL, 0);
	fleet_attempt_take(node, 2, &err)->verdict = FLEET_HUNG;
	node->verdict = FLEET_HUNG;
	made_fleet_text(&node->reason, "its time was over");
	/* It has a result, and runs again: the result is not forgotten, nor is it a verdict. */
	node = made_fleet_node(&fleet, "again", &ranked_rome, &ranked_quiet, &rng, NULL, 0);
	fleet_attempt_take(node, 2, &err)->verdict = FLEET_RUNNING;
	node->verdict = FLEET_RUNNING;
	/* Its tasks failed. */
	node = made_fleet_node(&fleet, "task", &ranked_rome, &ranked_quiet, &rng, NULL, 0);
	node->verdict = node->attempts[0].verdict = FLEET_FAIL;
	made_fleet_text(&node->reason, "2 tasks failed");
	/* A partial result is none that others are held against. */
	node = made_fleet_node(&fleet, "part", &ranked_rome, &ranked_quiet, &rng, NULL, 0);
	node->verdict = node->attempts[0].verdict = FLEET_NO_RESULT;
	made_fleet_text(&node->attempts[0].profile.state, "interrupted");
	struct fleet_ranking ranking cleanup_fleet_ranking = ranked_find(&fleet);
	static const struct {
		const char *name;
		enum fleet_verdict verdict;
		const char *reason;
	} cases[] = {{"gone", FLEET_NODE_FAIL, "the node failed after 3 min"},
	             {"down", FLEET_NOT_RUN, "drained: bad DIMM"},
	             {"busy", FLEET_PENDING, "waits: Resources"},
	             {"later", FLEET_HUNG, "its time was over"},
	             {"again", FLEET_RUNNING, NULL},
	             {"task", FLEET_FAIL, "2 tasks failed"},
	             {"part", FLEET_NO_RESULT, NULL}};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		const struct fleet_rank_item *const item = ranked_item(&ranking, cases[i].name);
		assert_int_equal(item->verdict, cases[i].verdict);
		if (cases[i].reason)
			assert_string_equal(item->reason, cases[i].reason);
	}
	assert_int_equal(ranking.in_verdict[FLEET_PASS], 20);
	assert_true(isnan(ranked_item(&ranking, "later")->relative));
	assert_false(isnan(ranked_item(&ranking, "again")->relative));
	assert_false(isnan(ranked_item(&ranking, "task")->relative));
	assert_int_equal(ranked_item(&ranking, "part")->class, -1);
	assert_int_equal(ranking.classes[0].node_count, 22);
	/* Worst first; gone, later and task are to be drained. */
	assert_int_equal(ranking.items[0].verdict, FLEET_NODE_FAIL);
	assert_int_equal(ranking.items[ranking.item_count - 1].verdict, FLEET_PASS);
	assert_int_equal(ranking.drain_count, 3);
	/* What is drained by our reason is not to be drained again. */
	static const struct {
		const char *state, *reason;
		size_t drained;
	} sites[] = {{"drained", "bad DIMM", 3},
	             {"idle", "plateau: fail: 2 tasks failed", 3},
	             {"drained", "plateau: fail: 2 tasks failed", 2}};
	for (size_t i = 0; i < ARRAY_LENGTH(sites); i++) {
		made_fleet_text(&fleet.nodes[ranked_item(&ranking, "task")->node].site_state,
		                sites[i].state);
		made_fleet_text(&fleet.nodes[ranked_item(&ranking, "task")->node].site_reason,
		                sites[i].reason);
		struct fleet_ranking again cleanup_fleet_ranking = ranked_find(&fleet);
		assert_int_equal(again.drain_count, sites[i].drained);
	}
}

static void a_pass_needs_a_result(void **state)
{
	(void)state;
	struct fleet fleet cleanup_fleet = {0};
	ranked_nodes(&fleet, 6, &ranked_rome, &ranked_none, NULL);
	made_fleet_lost(&fleet, "unread", FLEET_PASS, NULL);
	made_fleet_text(&fleet.nodes[6].attempts[0].unreadable, "it is damaged");
	made_fleet_lost(&fleet, "unseen", FLEET_PASS, NULL);
	struct fleet_ranking ranking cleanup_fleet_ranking = ranked_find(&fleet);
	assert_int_equal(ranked_item(&ranking, "unread")->verdict, FLEET_INCONCLUSIVE);
	ranked_has(ranked_item(&ranking, "unread")->reason, "others: it is damaged");
	ranked_has(ranked_item(&ranking, "unseen")->reason, "others: it was not read");
	assert_int_equal(ranking.in_verdict[FLEET_PASS], 6);
}

static void undecided_criteria_stay_undecided(void **state)
{
	(void)state;
	struct fleet fleet cleanup_fleet = {0};
	struct rng rng;
	rng_init(&rng, 14, 0);
	ranked_nodes(&fleet, 10, &ranked_rome, &ranked_quiet, &rng);
	struct fleet_node *node =
	        made_fleet_node(&fleet, "open", &ranked_rome, &ranked_quiet, &rng, NULL, 0);
	node->verdict = node->attempts[0].verdict = FLEET_INCONCLUSIVE;
	made_fleet_text(&node->reason, "throughput: 2 more blocks would decide it");
	node = made_fleet_node(&fleet, "slow", &ranked_rome, &ranked_quiet, &rng,
	                       &(const struct made_fault){COMPONENT_CLOCK, -1, 1.3}, 1);
	node->verdict = node->attempts[0].verdict = FLEET_INCONCLUSIVE;
	struct fleet_ranking ranking cleanup_fleet_ranking = ranked_find(&fleet);
	assert_int_equal(ranked_item(&ranking, "open")->verdict, FLEET_INCONCLUSIVE);
	assert_string_equal(ranked_item(&ranking, "open")->reason,
	                    "throughput: 2 more blocks would decide it");
	assert_int_equal(ranked_item(&ranking, "slow")->verdict, FLEET_SLOW);
}

static void a_result_without_the_level_is_inconclusive(void **state)
{
	(void)state;
	struct fleet fleet cleanup_fleet = {0};
	ranked_nodes(&fleet, 10, &ranked_rome, &ranked_none, NULL);
	struct profile *const profile = &fleet.nodes[3].attempts[0].profile;
	profile->figure_count /= 2; /* N=1 alone */
	struct fleet_ranking ranking cleanup_fleet_ranking = ranked_find(&fleet);
	const struct fleet_rank_item *const item = ranked_item(&ranking, "rome04");
	assert_int_equal(item->verdict, FLEET_INCONCLUSIVE);
	ranked_has(item->reason, "its result has no throughput at N=32 spread");
	assert_int_equal(ranking.in_verdict[FLEET_PASS], 9);
}

static void an_empty_fleet_is_ranked(void **state)
{
	(void)state;
	const struct fleet fleet = {0};
	struct fleet_ranking ranking cleanup_fleet_ranking = ranked_find(&fleet);
	assert_int_equal(ranking.class_count, 0);
	assert_false(ranking.is_systemic);
}

/* A fleet file may come from anybody: figures that cannot be are no reason to fall. */
static void odd_figures_do_no_harm(void **state)
{
	(void)state;
	static const double odd[] = {NAN, 0, -1, INFINITY, -INFINITY, 1e308, 1e-308};
	for (uint64_t round = 0; round < 60; round++) {
		struct fleet fleet cleanup_fleet = {0};
		struct rng rng;
		rng_init(&rng, 21, round);
		ranked_nodes(&fleet, 8, &ranked_rome, &ranked_quiet, &rng);
		for (size_t i = 0; i < 40; i++) {
			struct profile *const p =
			        &fleet.nodes[rng_below(&rng, 8)].attempts[0].profile;
			struct profile_figure *const figure =
			        &p->figures[rng_below(&rng, p->figure_count)];
			struct profile_place *const place =
			        &p->places[rng_below(&rng, p->place_count)];
			const double value = odd[rng_below(&rng, ARRAY_LENGTH(odd))];
			switch (rng_below(&rng, 8)) {
			case 0:
				figure->value = value;
				break;
			case 1:
				figure->high = value;
				break;
			case 2:
				figure->policy = (uint32_t)rng_next(&rng);
				break;
			case 3:
				figure->concurrency = (uint32_t)rng_below(&rng, 3) * 4000000000U;
				break;
			case 4:
				place->wall_s = value;
				break;
			case 5:
				place->relative_se = value;
				place->trials = (uint32_t)rng_below(&rng, 3);
				break;
			case 6:
				place->index = (int32_t)rng_next(&rng);
				place->policy = (uint32_t)rng_below(&rng, 3);
				break;
			default:
				made_fleet_fact(p, p->facts[rng_below(&rng, p->fact_count)].name,
				                rng_below(&rng, 2) ? NULL : "-1e999 %s");
			}
		}
		struct fleet_ranking ranking cleanup_fleet_ranking = ranked_find(&fleet);
		for (size_t i = 0; i < ranking.item_count; i++)
			assert_true(ranking.items[i].class < (ptrdiff_t)ranking.class_count);
	}
}

/* ---- History --------------------------------------------------------------------------------- */

static void who_got_slower_is_told(void **state)
{
	(void)state;
	struct fleet fleet cleanup_fleet = {0};
	struct rng rng;
	rng_init(&rng, 16, 0);
	ranked_nodes(&fleet, 10, &ranked_rome, &ranked_quiet, &rng);
	struct fleet_node *const node = &fleet.nodes[2];
	made_fleet_attempt(node, 2, &ranked_rome, &ranked_quiet, &rng,
	                   &(const struct made_fault){COMPONENT_CLOCK, -1, 1.12}, 1);
	made_fleet_attempt(&fleet.nodes[3], 2, &ranked_rome, &ranked_quiet, &rng, NULL, 0);
	struct fleet_ranking ranking cleanup_fleet_ranking = ranked_find(&fleet);
	const struct fleet_rank_item *const item = ranked_item(&ranking, "rome03");
	assert_true(item->was_faster);
	ranked_near(item->since_relative, 1 / 1.12, 0.03);
	ranked_has(item->since,
	           "of what it did in its first accepted result (attempt 1, result.db)");
	assert_false(ranked_item(&ranking, "rome04")->was_faster);
	assert_non_null(ranked_item(&ranking, "rome04")->since);
	assert_true(isnan(ranked_item(&ranking, "rome05")->since_relative));
}

/* In words, without the code that programs read. */
static void what_a_slow_result_warns_of_is_told(void **state)
{
	(void)state;
	struct fleet fleet cleanup_fleet = {0};
	const struct made_fault slow = {COMPONENT_CLOCK, -1, 1.2};
	ranked_nodes(&fleet, 8, &ranked_rome, &ranked_none, NULL);
	made_fleet_node(&fleet, "slow", &ranked_rome, &ranked_none, NULL, &slow, 1);
	struct profile *const profile = &fleet.nodes[8].attempts[0].profile;
	profile->doubts = calloc(2, sizeof *profile->doubts);
	assert_non_null(profile->doubts);
	profile->doubt_count = 2;
	made_fleet_text(&profile->doubts[0], "other-load: In 8 trials: others used the node.");
	made_fleet_text(&profile->doubts[1], "no code");
	struct fleet_ranking ranking cleanup_fleet_ranking = ranked_find(&fleet);
	ranked_has(ranked_item(&ranking, "slow")->reason,
	           "its result warns: \"In 8 trials: others used the node\" and of 1 more (");
}

/* What a ranking calls slow is known to the next one, and is nothing to hold a repaired node
 * against. */
static void what_is_slow_twice_is_told(void **state)
{
	(void)state;
	struct fleet fleet cleanup_fleet = {0};
	struct rng rng;
	struct error err;
	rng_init(&rng, 23, 0);
	ranked_nodes(&fleet, 10, &ranked_rome, &ranked_quiet, &rng);
	struct fleet_node *const node = &fleet.nodes[2];
	const struct made_fault slow = {COMPONENT_CLOCK, -1, 1.2};
	fleet_attempt_release(&node->attempts[0]);
	node->attempt_count = 0;
	made_fleet_attempt(node, 1, &ranked_rome, &ranked_quiet, &rng, &slow, 1);
	for (size_t i = 0; i < 2; i++) {
		struct fleet_ranking ranking cleanup_fleet_ranking = ranked_find(&fleet);
		const struct fleet_rank_item *const item = ranked_item(&ranking, "rome03");
		assert_int_equal(item->verdict, FLEET_SLOW);
		assert_int_equal(item->slow_before, i);
		if (i == 1)
			ranked_has(item->reason, "slow in both attempts (0.8");
		/* Said again, it keeps its time. */
		assert_int_equal(fleet_rank_note(&ranking, &fleet, 5, &err), 0);
		assert_int_equal(fleet_rank_note(&ranking, &fleet, 6, &err), 0);
		const struct fleet_attempt *const last = fleet_attempt_last(node);
		assert_true(last->has_ranked);
		assert_int_equal(last->ranked.ranked_ns, 5);
		assert_string_equal(last->ranked.component, "clock");
		assert_int_equal(fleet_attempt_verdict(last), FLEET_SLOW);
		assert_int_equal(fleet_attempt_verdict(&fleet.nodes[3].attempts[0]), FLEET_PASS);
		if (i == 0)
			made_fleet_attempt(node, 2, &ranked_rome, &ranked_quiet, &rng, &slow, 1);
	}
	made_fleet_attempt(node, 3, &ranked_rome, &ranked_quiet, &rng, NULL, 0);
	struct fleet_ranking ranking cleanup_fleet_ranking = ranked_find(&fleet);
	const struct fleet_rank_item *const item = ranked_item(&ranking, "rome03");
	assert_int_equal(item->verdict, FLEET_PASS);
	assert_int_equal(item->slow_before, 0);
	struct fleet_history history cleanup_fleet_history = {0};
	assert_int_equal(fleet_history_build(node, &history, &err), 0);
	assert_true(history.items[2].is_first);
}

/* What the whole class changed by is told of the class, and is no fault of a node. */
static void a_class_that_drifts_is_told(void **state)
{
	(void)state;
	struct fleet fleet cleanup_fleet = {0};
	struct rng rng;
	rng_init(&rng, 17, 0);
	ranked_nodes(&fleet, 10, &ranked_rome, &ranked_quiet, &rng);
	for (size_t i = 0; i < 10; i++) {
		const struct made_fault drift = {COMPONENT_WORK, -1, i == 0 ? 1.3 : 1.1};
		made_fleet_attempt(&fleet.nodes[i], 2, &ranked_rome, &ranked_quiet, &rng, &drift,
		                   1);
	}
	struct fleet_ranking ranking cleanup_fleet_ranking = ranked_find(&fleet);
	ranked_has(ranking.classes[0].note, "the class as a whole got slower since its nodes were");
	assert_true(ranked_item(&ranking, "rome01")->was_faster);
	assert_false(ranked_item(&ranking, "rome02")->was_faster);
	assert_true(ranking.classes[0].got_slower);
	assert_true(fleet_lost_speed(&ranking));
	ranked_near(ranking.classes[0].since_relative, 1 / 1.1, 0.02);
	assert_int_equal(ranking.classes[0].since_nodes, 10);
}

/* A program that is another one may be why, and is named. */
static void what_changed_on_a_whole_class_is_named(void **state)
{
	(void)state;
	struct fleet fleet cleanup_fleet = {0};
	struct rng rng;
	rng_init(&rng, 19, 0);
	ranked_nodes(&fleet, 6, &ranked_rome, &ranked_quiet, &rng);
	for (size_t i = 0; i < 6; i++) {
		const struct made_fault drift = {COMPONENT_WORK, -1, 1.2};
		made_fleet_attempt(&fleet.nodes[i], 2, &ranked_rome, &ranked_quiet, &rng, &drift,
		                   1);
		made_fleet_fact(&fleet.nodes[i].attempts[0].profile, "program_sha256", "a1");
		made_fleet_fact(&fleet.nodes[i].attempts[1].profile, "program_sha256", "b2");
		made_fleet_text(&fleet.nodes[i].attempts[0].result_path, "/old/result.db");
	}
	struct fleet_ranking ranking cleanup_fleet_ranking = ranked_find(&fleet);
	ranked_has(ranking.classes[0].note, "not as it was then: program");
	ranked_has(ranked_item(&ranking, "rome01")->since, "not as it was then: program");
	ranked_has(ranked_item(&ranking, "rome01")->since, "(attempt 1, /old/result.db)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(a_healthy_fleet_passes),
	        cmocka_unit_test(nodes_are_slow_by_deviation_and_margin),
	        cmocka_unit_test(a_wide_class_needs_more),
	        cmocka_unit_test(what_came_of_a_node_stays),
	        cmocka_unit_test(a_pass_needs_a_result),
	        cmocka_unit_test(undecided_criteria_stay_undecided),
	        cmocka_unit_test(a_result_without_the_level_is_inconclusive),
	        cmocka_unit_test(an_empty_fleet_is_ranked),
	        cmocka_unit_test(odd_figures_do_no_harm),
	        cmocka_unit_test(who_got_slower_is_told),
	        cmocka_unit_test(what_a_slow_result_warns_of_is_told),
	        cmocka_unit_test(what_is_slow_twice_is_told),
	        cmocka_unit_test(a_class_that_drifts_is_told),
	        cmocka_unit_test(what_changed_on_a_whole_class_is_named),
	};
	return cmocka_run_group_tests_name("rank", tests, NULL, NULL);
}
