/* What of a node is slow, and by what evidence. */
#include "ranked.h"

#include "core/array.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

static void components_are_named(void **state)
{
	(void)state;
	static const struct {
		struct made_fault fault;
		const char *evidence;
	} cases[] = {
	        {{COMPONENT_CORE, 17, 1.3}, "core 17 (L3 4, socket 1) takes 1.3 times"},
	        {{COMPONENT_CORE, 0, 2.5}, "core 0 (L3 0, socket 0) takes 2.5 times"},
	        {{COMPONENT_L3, 5, 1.2}, "L3 cache 5 (socket 1) takes 1.2 times"},
	        {{COMPONENT_PACKAGE, 1, 1.15}, "socket 1 takes 1.15 times"},
	        {{COMPONENT_MEMORY, -1, 1.12}, "an instruction takes 1.12 times the cycles"},
	        {{COMPONENT_CLOCK, -1, 1.25}, "the clock (by cycles) is 0.8 of the class's"},
	        {{COMPONENT_DISK, -1, 1.2}, "all of it for blocks of a disk"},
	        {{COMPONENT_SHARED_CPU, -1, 1.3}, "all of it ready while something else ran"},
	        {{COMPONENT_WORK, -1, 1.4}, "a task executes 1.4 times the instructions"},
	        {{COMPONENT_UNKNOWN, -1, 1.3}, "all of it on the CPU"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct fleet fleet cleanup_fleet = {0};
		struct rng rng;
		rng_init(&rng, 7, i);
		ranked_nodes(&fleet, 19, &ranked_rome, &ranked_quiet, &rng);
		/* Without noise of its own, so that the figures can be told. */
		made_fleet_node(&fleet, "other", &ranked_rome, &ranked_none, NULL, &cases[i].fault,
		                1);
		struct fleet_ranking ranking cleanup_fleet_ranking = ranked_find(&fleet);
		const struct fleet_rank_item *const item = ranked_item(&ranking, "other");
		print_message("# %s: %s; %s\n", fleet_component_names[cases[i].fault.component],
		              item->reason, item->evidence ? item->evidence : "");
		assert_int_equal(item->verdict, FLEET_SLOW);
		assert_int_equal(item->component, cases[i].fault.component);
		assert_int_equal(item->component_index, cases[i].fault.index);
		ranked_near(item->component_relative, cases[i].fault.factor, 0.03);
		assert_non_null(item->evidence);
		assert_int_equal(ranking.in_verdict[FLEET_PASS], 19);
		assert_int_equal(ranking.drain_count, 1);
		assert_true(&ranking.items[ranking.drain[0]] == item);
	}
}

/* A node whose clock does not rise when it is nearly idle is as good as the others when it is full.
 */
static void a_node_may_be_slow_alone(void **state)
{
	(void)state;
	struct fleet fleet cleanup_fleet = {0};
	struct rng rng;
	rng_init(&rng, 18, 0);
	ranked_nodes(&fleet, 20, &ranked_rome, &ranked_quiet, &rng);
	struct profile *const profile = &fleet.nodes[5].attempts[0].profile;
	for (size_t i = 0; i < profile->figure_count; i++) {
		struct profile_figure *const figure = &profile->figures[i];
		const bool is_time = figure->measure == MEASURE_WALL ||
		                     figure->measure == MEASURE_USER ||
		                     figure->measure == MEASURE_SYSTEM;
		const bool is_rate = figure->measure == MEASURE_THROUGHPUT ||
		                     figure->measure == MEASURE_FREQUENCY;
		const double factor = is_time ? 1.25 : is_rate ? 0.8 : 1;
		if (figure->concurrency != 1)
			continue;
		figure->value *= factor;
		figure->low *= factor;
		figure->high *= factor;
	}
	struct fleet_ranking ranking cleanup_fleet_ranking = ranked_find(&fleet);
	const struct fleet_rank_item *const item = ranked_item(&ranking, "rome06");
	assert_int_equal(item->verdict, FLEET_SLOW);
	assert_int_equal(item->slow_at, 1);
	assert_int_equal(item->component, COMPONENT_CLOCK);
	ranked_has(item->reason, "at N=1 it does 0.");
	ranked_has(item->evidence, "the clock (by cycles) is 0.");
	assert_int_equal(ranking.in_verdict[FLEET_PASS], 19);
	/* Where its trials do not agree, nothing is said. */
	for (size_t i = 0; i < profile->figure_count; i++)
		if (profile->figures[i].concurrency == 1)
			profile->figures[i].high *= 1.5;
	struct fleet_ranking unsure cleanup_fleet_ranking = ranked_find(&fleet);
	assert_int_equal(unsure.in_verdict[FLEET_PASS], 20);
}

/* Tasks that sleep have hardly any CPU time, and that differs a lot: what they wait more is told.
 */
static void tasks_that_sleep_longer_are_told(void **state)
{
	(void)state;
	struct fleet fleet cleanup_fleet = {0};
	struct rng rng;
	rng_init(&rng, 22, 0);
	ranked_nodes(&fleet, 8, &ranked_rome, &ranked_none, NULL);
	for (size_t i = 0; i < 8; i++) {
		struct profile *const profile = &fleet.nodes[i].attempts[0].profile;
		const double cpu = 0.002 * exp(0.5 * rng_normal(&rng));
		const double wall = i == 3 ? 2.2 : 2.01;
		made_fleet_figure(profile, MEASURE_THROUGHPUT, "", 32 / wall);
		made_fleet_figure(profile, MEASURE_WALL, "", wall);
		made_fleet_figure(profile, MEASURE_USER, "", cpu);
		made_fleet_figure(profile, MEASURE_SYSTEM, "", cpu);
		made_fleet_figure(profile, MEASURE_OFF_CPU, "", wall - 2 * cpu);
		made_fleet_figure(profile, MEASURE_OFF_CPU, "block_io", 0.0001);
		made_fleet_figure(profile, MEASURE_OFF_CPU, "run_queue", 0.001);
		made_fleet_figure(profile, MEASURE_INSTRUCTIONS, "", 1e6);
	}
	struct fleet_ranking ranking cleanup_fleet_ranking = ranked_find(&fleet);
	const struct fleet_rank_item *const item = ranked_item(&ranking, "rome04");
	assert_int_equal(item->verdict, FLEET_SLOW);
	assert_int_equal(item->component, COMPONENT_UNKNOWN);
	ranked_has(item->evidence, "a task is 0.1");
	ranked_has(item->evidence, "s longer off the CPU than in the class; for what was not");
}

/* Tasks take as long as elsewhere, and fewer of them are at work: a factor that hardly differs is
 * not named for it. */
static void empty_slots_are_told(void **state)
{
	(void)state;
	static const struct {
		double throughput;
		double wall;
		double cpi;
		enum fleet_component component;
		const char *says;
	} cases[] = {
	        {0.8, 1, 1.017, COMPONENT_UNKNOWN,
	         "0.8 times as many tasks are at work at a time as in the class"},
	        {0.8, 0.99, 1.017, COMPONENT_UNKNOWN, "0.792 times as many tasks"},
	        {0.7, 1.1, 1, COMPONENT_UNKNOWN, ", and a task takes 1.1 times as long"},
	        {0.75, 1.25, 1.25, COMPONENT_MEMORY, "1.25 times the cycles"},
	        {0.8, NAN, 1.017, COMPONENT_UNKNOWN,
	         "tasks come to their end 0.8 times as often as in the class; no figure"},
	        {0, 1, 1, COMPONENT_UNKNOWN, "it came to the end of no task"},
	};
	for (size_t c = 0; c < ARRAY_LENGTH(cases); c++) {
		struct fleet fleet cleanup_fleet = {0};
		ranked_nodes(&fleet, 10, &ranked_rome, &ranked_none, NULL);
		struct profile *const profile = &fleet.nodes[3].attempts[0].profile;
		const struct profile *const like = &fleet.nodes[4].attempts[0].profile;
		const struct {
			enum measure_id measure;
			double factor;
		} own[] = {{MEASURE_THROUGHPUT, cases[c].throughput},
		           {MEASURE_WALL, cases[c].wall},
		           {MEASURE_CPI, cases[c].cpi}};
		for (size_t i = 0; i < ARRAY_LENGTH(own); i++)
			made_fleet_figure(profile, own[i].measure, "",
			                  own[i].factor *
			                          profile_find(like, 32, 0, own[i].measure)->value);
		struct fleet_ranking ranking cleanup_fleet_ranking = ranked_find(&fleet);
		const struct fleet_rank_item *const item = ranked_item(&ranking, "rome04");
		assert_int_equal(item->verdict, FLEET_SLOW);
		assert_int_equal(item->component, cases[c].component);
		ranked_has(item->evidence, cases[c].says);
		assert_false(isinf(item->component_relative));
	}
}

/* A slow cache is not told as slow cores, nor a slow socket as slow caches; and what is slow
 * besides is still seen. */
static void places_explain_what_they_hold(void **state)
{
	(void)state;
	static const struct made_fault faults[] = {{COMPONENT_PACKAGE, 0, 1.2},
	                                           {COMPONENT_CORE, 30, 1.5}};
	struct fleet fleet cleanup_fleet = {0};
	struct rng rng;
	rng_init(&rng, 3, 0);
	ranked_nodes(&fleet, 19, &ranked_rome, &ranked_quiet, &rng);
	made_fleet_node(&fleet, "both", &ranked_rome, &ranked_quiet, &rng, faults, 2);
	made_fleet_node(
	        &fleet, "two", &ranked_rome, &ranked_quiet, &rng,
	        (const struct made_fault[]){{COMPONENT_CORE, 3, 1.2}, {COMPONENT_CORE, 9, 1.4}}, 2);
	struct fleet_ranking ranking cleanup_fleet_ranking = ranked_find(&fleet);
	const struct fleet_rank_item *const both = ranked_item(&ranking, "both");
	assert_int_equal(both->component, COMPONENT_PACKAGE);
	assert_int_equal(both->component_index, 0);
	const struct fleet_rank_item *const two = ranked_item(&ranking, "two");
	assert_int_equal(two->component, COMPONENT_CORE);
	assert_int_equal(two->component_index, 9);
	ranked_has(two->evidence, "and 1 more core of this node is slow");
	ranked_has(two->reason, "some cores are slow, though the node as a whole does");
}

/* A socket of two that is fast does not make the other one slow. */
static void a_fast_socket_is_no_fault(void **state)
{
	(void)state;
	struct fleet fleet cleanup_fleet = {0};
	struct rng rng;
	rng_init(&rng, 4, 0);
	ranked_nodes(&fleet, 19, &ranked_rome, &ranked_quiet, &rng);
	made_fleet_node(&fleet, "fast", &ranked_rome, &ranked_none, NULL,
	                &(const struct made_fault){COMPONENT_PACKAGE, 1, 0.9}, 1);
	struct fleet_ranking ranking cleanup_fleet_ranking = ranked_find(&fleet);
	assert_int_equal(ranking.in_verdict[FLEET_PASS], 20);
}

/* What happened to a core in one trial is no property of the core. */
static void one_disturbed_trial_is_no_slow_core(void **state)
{
	(void)state;
	struct fleet fleet cleanup_fleet = {0};
	struct rng rng;
	rng_init(&rng, 5, 0);
	ranked_nodes(&fleet, 20, &ranked_rome, &ranked_quiet, &rng);
	struct profile *const profile = &fleet.nodes[4].attempts[0].profile;
	for (size_t i = 0; i < profile->place_count; i++) {
		struct profile_place *const place = &profile->places[i];
		if (place->kind != PROFILE_CORE || place->index != 11)
			continue;
		/* Three times as long in one of three trials. */
		place->wall_s *= exp(log(3) / 3);
		place->relative *= exp(log(3) / 3);
		place->relative_se = log(3) / 3;
	}
	struct fleet_ranking ranking cleanup_fleet_ranking = ranked_find(&fleet);
	assert_int_equal(ranking.in_verdict[FLEET_PASS], 20);
}

static void settings_that_differ_are_told(void **state)
{
	(void)state;
	struct fleet fleet cleanup_fleet = {0};
	struct rng rng;
	rng_init(&rng, 6, 0);
	ranked_nodes(&fleet, 19, &ranked_rome, &ranked_quiet, &rng);
	struct fleet_node *const node =
	        made_fleet_node(&fleet, "other", &ranked_rome, &ranked_quiet, &rng,
	                        &(const struct made_fault){COMPONENT_CLOCK, -1, 1.3}, 1);
	made_fleet_fact(&node->attempts[0].profile, "boost", "off");
	made_fleet_fact(&node->attempts[0].profile, "bios_version", "2.1.0");
	struct fleet_ranking ranking cleanup_fleet_ranking = ranked_find(&fleet);
	const struct fleet_rank_item *const item = ranked_item(&ranking, "other");
	/* One node of another firmware is no class of its own. */
	assert_int_equal(ranking.class_count, 1);
	assert_int_equal(item->component, COMPONENT_CLOCK);
	ranked_has(item->evidence,
	           "; unlike the others it has firmware 2.1.0 (2.7.3), boost off (on)");
}

/* Counts of user mode alone are fewer, which is no cause. */
static void counts_of_other_modes_are_not_compared(void **state)
{
	(void)state;
	static const struct made_fault faults[] = {{COMPONENT_WORK, -1, 1.3}};
	struct fleet fleet cleanup_fleet = {0};
	struct rng rng;
	rng_init(&rng, 19, 0);
	ranked_nodes(&fleet, 19, &ranked_rome, &ranked_quiet, &rng);
	struct fleet_node *const node =
	        made_fleet_node(&fleet, "other", &ranked_rome, &ranked_quiet, &rng, faults, 1);
	made_fleet_fact(&node->attempts[0].profile, "counted_modes", "user");
	struct fleet_ranking ranking cleanup_fleet_ranking = ranked_find(&fleet);
	const struct fleet_rank_item *const item = ranked_item(&ranking, "other");
	assert_int_equal(item->component, COMPONENT_UNKNOWN);
	ranked_has(item->evidence, "nothing that was counted says why");
	ranked_has(item->evidence, "counted modes user (kernel and user)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(components_are_named),
	        cmocka_unit_test(a_node_may_be_slow_alone),
	        cmocka_unit_test(tasks_that_sleep_longer_are_told),
	        cmocka_unit_test(empty_slots_are_told),
	        cmocka_unit_test(places_explain_what_they_hold),
	        cmocka_unit_test(a_fast_socket_is_no_fault),
	        cmocka_unit_test(one_disturbed_trial_is_no_slow_core),
	        cmocka_unit_test(settings_that_differ_are_told),
	        cmocka_unit_test(counts_of_other_modes_are_not_compared),
	};
	return cmocka_run_group_tests_name("rank components", tests, NULL, NULL);
}
