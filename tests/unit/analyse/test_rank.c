/* Fleets made by hand, and what must be said of each node: who is slow, by what, who is not. */
#include "made_fleet.h"

#include "core/array.h"
#include "core/error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct made_kind rome = {.processor = "AMD EPYC 7742 64-Core Processor",
                                      .packages = 2,
                                      .l3s = 8,
                                      .cores = 32,
                                      .numa_mode = "NPS4",
                                      .firmware = "2.7.3",
                                      .memory_gib = 512,
                                      .task_s = 30,
                                      .pattern = 0.02};

static const struct made_noise quiet = {.nodes = 0.008, .trials = 0.01, .cores = 0.005};
static const struct made_noise none = {.nodes = 0};

static void name_of(size_t i, char name[16])
{
	snprintf(name, 16, "rome%02zu", i);
}

/* Appends healthy nodes. */
static void add_nodes(struct fleet *fleet, size_t count, const struct made_kind *kind,
                      const struct made_noise *noise, struct rng *rng)
{
	char name[16];
	for (size_t i = 0; i < count; i++) {
		name_of(fleet->node_count + 1, name);
		made_fleet_node(fleet, name, kind, noise, rng, NULL, 0);
	}
}

static struct fleet_ranking rank(const struct fleet *fleet)
{
	struct fleet_ranking ranking;
	struct error err;
	memset(&ranking, 0xa5, sizeof ranking);
	assert_int_equal(fleet_rank(fleet, &ranking, &err), 0);
	assert_int_equal(ranking.item_count, fleet->node_count);
	return ranking;
}

static const struct fleet_rank_item *item_of(const struct fleet_ranking *ranking, const char *name)
{
	static const struct fleet_rank_item nothing = {.class = -1};
	for (size_t i = 0; i < ranking->item_count; i++)
		if (strcmp(ranking->fleet->nodes[ranking->items[i].node].name, name) == 0)
			return &ranking->items[i];
	fail_msg("%s is not ranked", name);
	return &nothing;
}

static void assert_has(const char *text, const char *part)
{
	if (!text || !strstr(text, part))
		fail_msg("\"%s\" is not in \"%s\"", part, text ? text : "(nothing)");
}

static void assert_near(double a, double b, double most)
{
	if (!(fabs(a - b) <= most))
		fail_msg("%.6g is not %.6g", a, b);
}

/* ---- Whole nodes -------------------------------------------------------------------------- */

static void a_healthy_fleet_passes(void **state)
{
	(void)state;
	struct fleet fleet cleanup_fleet = {0};
	struct rng rng;
	rng_init(&rng, 1, 0);
	add_nodes(&fleet, 24, &rome, &quiet, &rng);
	struct fleet_ranking ranking cleanup_fleet_ranking = rank(&fleet);
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
		assert_has(ranking.items[i].reason, "of the median of its class at N=32");
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
		add_nodes(&fleet, 9, &rome, &none, NULL);
		made_fleet_node(&fleet, "other", &rome, &none, NULL, NULL, 0);
		/* The others are all alike. */
		for (size_t k = 0; k < fleet.node_count; k++)
			made_fleet_figure(&fleet.nodes[k].attempts[0].profile, MEASURE_THROUGHPUT,
			                  "", k == 9 ? 1 / cases[i].factor : 1);
		struct fleet_ranking ranking cleanup_fleet_ranking = rank(&fleet);
		const struct fleet_rank_item *const item = item_of(&ranking, "other");
		assert_int_equal(item->verdict, cases[i].verdict);
		assert_near(item->relative, 1 / cases[i].factor, 1e-9);
		assert_near(item->z, (1 / cases[i].factor - 1) / 0.005, 1e-6);
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
	add_nodes(&fleet, ARRAY_LENGTH(factors), &rome, &none, NULL);
	for (size_t i = 0; i < ARRAY_LENGTH(factors); i++)
		made_fleet_figure(&fleet.nodes[i].attempts[0].profile, MEASURE_THROUGHPUT, "",
		                  1 / factors[i]);
	struct fleet_ranking ranking cleanup_fleet_ranking = rank(&fleet);
	assert_int_equal(ranking.in_verdict[FLEET_PASS], ARRAY_LENGTH(factors));
	assert_true(item_of(&ranking, "rome10")->relative < 0.95);
}

/* ---- Components --------------------------------------------------------------------------- */

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
		add_nodes(&fleet, 19, &rome, &quiet, &rng);
		/* Without noise of its own, so that the figures can be told. */
		made_fleet_node(&fleet, "other", &rome, &none, NULL, &cases[i].fault, 1);
		struct fleet_ranking ranking cleanup_fleet_ranking = rank(&fleet);
		const struct fleet_rank_item *const item = item_of(&ranking, "other");
		print_message("# %s: %s; %s\n", fleet_component_names[cases[i].fault.component],
		              item->reason, item->evidence ? item->evidence : "");
		assert_int_equal(item->verdict, FLEET_SLOW);
		assert_int_equal(item->component, cases[i].fault.component);
		assert_int_equal(item->component_index, cases[i].fault.index);
		assert_near(item->component_relative, cases[i].fault.factor, 0.03);
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
	add_nodes(&fleet, 20, &rome, &quiet, &rng);
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
	struct fleet_ranking ranking cleanup_fleet_ranking = rank(&fleet);
	const struct fleet_rank_item *const item = item_of(&ranking, "rome06");
	assert_int_equal(item->verdict, FLEET_SLOW);
	assert_int_equal(item->slow_at, 1);
	assert_int_equal(item->component, COMPONENT_CLOCK);
	assert_has(item->reason, "at N=1 it does 0.");
	assert_has(item->evidence, "the clock (by cycles) is 0.");
	assert_int_equal(ranking.in_verdict[FLEET_PASS], 19);
	/* Where its trials do not agree, nothing is said. */
	for (size_t i = 0; i < profile->figure_count; i++)
		if (profile->figures[i].concurrency == 1)
			profile->figures[i].high *= 1.5;
	struct fleet_ranking unsure cleanup_fleet_ranking = rank(&fleet);
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
	add_nodes(&fleet, 8, &rome, &none, NULL);
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
	struct fleet_ranking ranking cleanup_fleet_ranking = rank(&fleet);
	const struct fleet_rank_item *const item = item_of(&ranking, "rome04");
	assert_int_equal(item->verdict, FLEET_SLOW);
	assert_int_equal(item->component, COMPONENT_UNKNOWN);
	assert_has(item->evidence, "a task is 0.1");
	assert_has(item->evidence, "s longer off the CPU than in the class; for what was not");
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
	add_nodes(&fleet, 19, &rome, &quiet, &rng);
	made_fleet_node(&fleet, "both", &rome, &quiet, &rng, faults, 2);
	made_fleet_node(
	        &fleet, "two", &rome, &quiet, &rng,
	        (const struct made_fault[]){{COMPONENT_CORE, 3, 1.2}, {COMPONENT_CORE, 9, 1.4}}, 2);
	struct fleet_ranking ranking cleanup_fleet_ranking = rank(&fleet);
	const struct fleet_rank_item *const both = item_of(&ranking, "both");
	assert_int_equal(both->component, COMPONENT_PACKAGE);
	assert_int_equal(both->component_index, 0);
	const struct fleet_rank_item *const two = item_of(&ranking, "two");
	assert_int_equal(two->component, COMPONENT_CORE);
	assert_int_equal(two->component_index, 9);
	assert_has(two->evidence, "and 1 more core of this node is slow");
	assert_has(two->reason, "some cores are slow, though the node as a whole does");
}

/* A socket of two that is fast does not make the other one slow. */
static void a_fast_socket_is_no_fault(void **state)
{
	(void)state;
	struct fleet fleet cleanup_fleet = {0};
	struct rng rng;
	rng_init(&rng, 4, 0);
	add_nodes(&fleet, 19, &rome, &quiet, &rng);
	made_fleet_node(&fleet, "fast", &rome, &none, NULL,
	                &(const struct made_fault){COMPONENT_PACKAGE, 1, 0.9}, 1);
	struct fleet_ranking ranking cleanup_fleet_ranking = rank(&fleet);
	assert_int_equal(ranking.in_verdict[FLEET_PASS], 20);
}

/* What happened to a core in one trial is no property of the core. */
static void one_disturbed_trial_is_no_slow_core(void **state)
{
	(void)state;
	struct fleet fleet cleanup_fleet = {0};
	struct rng rng;
	rng_init(&rng, 5, 0);
	add_nodes(&fleet, 20, &rome, &quiet, &rng);
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
	struct fleet_ranking ranking cleanup_fleet_ranking = rank(&fleet);
	assert_int_equal(ranking.in_verdict[FLEET_PASS], 20);
}

static void settings_that_differ_are_told(void **state)
{
	(void)state;
	struct fleet fleet cleanup_fleet = {0};
	struct rng rng;
	rng_init(&rng, 6, 0);
	add_nodes(&fleet, 19, &rome, &quiet, &rng);
	struct fleet_node *const node =
	        made_fleet_node(&fleet, "other", &rome, &quiet, &rng,
	                        &(const struct made_fault){COMPONENT_CLOCK, -1, 1.3}, 1);
	made_fleet_fact(&node->attempts[0].profile, "boost", "off");
	made_fleet_fact(&node->attempts[0].profile, "bios_version", "2.1.0");
	struct fleet_ranking ranking cleanup_fleet_ranking = rank(&fleet);
	const struct fleet_rank_item *const item = item_of(&ranking, "other");
	/* One node of another firmware is no class of its own. */
	assert_int_equal(ranking.class_count, 1);
	assert_int_equal(item->component, COMPONENT_CLOCK);
	assert_has(item->evidence,
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
	add_nodes(&fleet, 19, &rome, &quiet, &rng);
	struct fleet_node *const node =
	        made_fleet_node(&fleet, "other", &rome, &quiet, &rng, faults, 1);
	made_fleet_fact(&node->attempts[0].profile, "counted_modes", "user");
	struct fleet_ranking ranking cleanup_fleet_ranking = rank(&fleet);
	const struct fleet_rank_item *const item = item_of(&ranking, "other");
	assert_int_equal(item->component, COMPONENT_UNKNOWN);
	assert_has(item->evidence, "nothing that was counted says why");
	assert_has(item->evidence, "counted modes user (kernel and user)");
}

/* ---- Classes ------------------------------------------------------------------------------ */

static void other_hardware_is_another_class(void **state)
{
	(void)state;
	struct made_kind milan = rome;
	struct made_kind snc = rome;
	struct made_kind small = rome;
	struct fleet fleet cleanup_fleet = {0};
	struct rng rng;
	rng_init(&rng, 8, 0);
	milan.processor = "AMD EPYC 7763 64-Core Processor";
	milan.task_s = 20;
	snc.numa_mode = "NPS1";
	small.memory_gib = 480; /* a module is missing */
	add_nodes(&fleet, 12, &rome, &quiet, &rng);
	add_nodes(&fleet, 8, &milan, &quiet, &rng);
	made_fleet_node(&fleet, "nps", &snc, &quiet, &rng, NULL, 0);
	made_fleet_node(&fleet, "dimm", &small, &quiet, &rng, NULL, 0);
	struct fleet_ranking ranking cleanup_fleet_ranking = rank(&fleet);
	assert_int_equal(ranking.class_count, 4);
	assert_int_equal(ranking.in_verdict[FLEET_PASS], 20);
	assert_int_equal(ranking.in_verdict[FLEET_INCONCLUSIVE], 2);
	assert_has(item_of(&ranking, "nps")->reason,
	           "there is no other node of its hardware with a result; what tells it from the "
	           "largest other class: NUMA mode NPS1 (NPS4)");
	assert_has(item_of(&ranking, "dimm")->reason, "memory 472");
	assert_true(isnan(item_of(&ranking, "nps")->relative));
}

static void small_classes_judge_nobody(void **state)
{
	(void)state;
	struct fleet fleet cleanup_fleet = {0};
	struct rng rng;
	rng_init(&rng, 9, 0);
	add_nodes(&fleet, 3, &rome, &quiet, &rng);
	struct fleet_node *const accepted =
	        made_fleet_node(&fleet, "good", &rome, &quiet, &rng, NULL, 0);
	struct fleet_attempt *const attempt = &accepted->attempts[0];
	attempt->judgements = calloc(1, sizeof *attempt->judgements);
	assert_non_null(attempt->judgements);
	attempt->judgement_count = 1;
	attempt->criteria_verdict = VERDICT_PASS;
	{
		struct fleet_ranking ranking cleanup_fleet_ranking = rank(&fleet);
		assert_int_equal(ranking.in_verdict[FLEET_INCONCLUSIVE], 3);
		assert_int_equal(item_of(&ranking, "good")->verdict, FLEET_PASS);
		assert_has(item_of(&ranking, "good")->reason,
		           "its criteria pass; only 4 nodes of its hardware have a result");
		assert_has(item_of(&ranking, "rome01")->reason, "fewer than 5 cannot tell");
	}
	add_nodes(&fleet, 1, &rome, &quiet, &rng);
	struct fleet_ranking ranking cleanup_fleet_ranking = rank(&fleet);
	assert_int_equal(ranking.in_verdict[FLEET_PASS], 5);
}

/* Each firmware that enough nodes have is a class; a whole class that is slow is told. */
static void a_slow_firmware_is_told(void **state)
{
	(void)state;
	struct made_kind old = rome;
	struct fleet fleet cleanup_fleet = {0};
	struct rng rng;
	rng_init(&rng, 10, 0);
	old.firmware = "1.0.0";
	old.task_s = rome.task_s * 1.15;
	add_nodes(&fleet, 20, &rome, &quiet, &rng);
	add_nodes(&fleet, 8, &old, &quiet, &rng);
	struct fleet_ranking ranking cleanup_fleet_ranking = rank(&fleet);
	assert_int_equal(ranking.class_count, 2);
	assert_int_equal(ranking.in_verdict[FLEET_PASS], 28);
	const struct fleet_class *const class =
	        &ranking.classes[item_of(&ranking, "rome25")->class];
	assert_has(class->note, "of what 20 nodes of the same hardware do; it has firmware 1.0.0 "
	                        "(2.7.3)");
}

static void two_populations_are_told(void **state)
{
	(void)state;
	struct fleet fleet cleanup_fleet = {0};
	struct rng rng;
	rng_init(&rng, 11, 0);
	struct made_kind slow = rome;
	slow.task_s *= 1.1;
	add_nodes(&fleet, 12, &rome, &quiet, &rng);
	for (size_t i = 0; i < 10; i++) {
		char name[16];
		name_of(fleet.node_count + 1, name);
		struct fleet_node *const node =
		        made_fleet_node(&fleet, name, &slow, &quiet, &rng, NULL, 0);
		made_fleet_fact(&node->attempts[0].profile, "boost", "off");
	}
	struct fleet_ranking ranking cleanup_fleet_ranking = rank(&fleet);
	assert_int_equal(ranking.class_count, 1);
	assert_has(ranking.classes[0].note, "these are two populations: 10 nodes do 0.9");
	assert_has(ranking.classes[0].note, "the slower ones have boost off");
}

static void one_population_is_not_two(void **state)
{
	(void)state;
	struct made_noise wide = quiet;
	wide.nodes = 0.03;
	for (uint64_t i = 0; i < 50; i++) {
		struct fleet fleet cleanup_fleet = {0};
		struct rng rng;
		rng_init(&rng, 12, i);
		add_nodes(&fleet, 12 + i, &rome, &wide, &rng);
		struct fleet_ranking ranking cleanup_fleet_ranking = rank(&fleet);
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
		add_nodes(&fleet, ARRAY_LENGTH(factors), &rome, &none, NULL);
		for (size_t i = 0; i < ARRAY_LENGTH(factors); i++)
			made_fleet_figure(&fleet.nodes[i].attempts[0].profile, MEASURE_THROUGHPUT,
			                  "", is_wider ? pow(factors[i], 3) : factors[i]);
		struct fleet_ranking ranking cleanup_fleet_ranking = rank(&fleet);
		assert_int_equal(ranking.in_verdict[FLEET_PASS], ARRAY_LENGTH(factors));
		assert_has(ranking.classes[0].note,
		           is_wider ? "none can be called slow" : "only one below 0.48 of");
	}
}

/* ---- Verdicts that the class has no say in ------------------------------------------------ */

static void what_came_of_a_node_stays(void **state)
{
	(void)state;
	struct fleet fleet cleanup_fleet = {0};
	struct rng rng;
	struct error err;
	rng_init(&rng, 13, 0);
	add_nodes(&fleet, 20, &rome, &quiet, &rng);
	made_fleet_lost(&fleet, "gone", FLEET_NODE_FAIL, "the node failed after 3 min");
	made_fleet_lost(&fleet, "down", FLEET_NOT_RUN, "drained: bad DIMM");
	made_fleet_lost(&fleet, "busy", FLEET_PENDING, "waits: Resources");
	/* It passed, and was lost when it was run again. */
	struct fleet_node *node = made_fleet_node(&fleet, "later", &rome, &quiet, &rng, NULL, 0);
	fleet_attempt_take(node, 2, &err)->verdict = FLEET_HUNG;
	node->verdict = FLEET_HUNG;
	made_fleet_text(&node->reason, "its time was over");
	/* It has a result, and runs again: the result is not forgotten, nor is it a verdict. */
	node = made_fleet_node(&fleet, "again", &rome, &quiet, &rng, NULL, 0);
	fleet_attempt_take(node, 2, &err)->verdict = FLEET_RUNNING;
	node->verdict = FLEET_RUNNING;
	/* Its tasks failed. */
	node = made_fleet_node(&fleet, "task", &rome, &quiet, &rng, NULL, 0);
	node->verdict = node->attempts[0].verdict = FLEET_FAIL;
	made_fleet_text(&node->reason, "2 tasks failed");
	/* A partial result is none that others are held against. */
	node = made_fleet_node(&fleet, "part", &rome, &quiet, &rng, NULL, 0);
	node->verdict = node->attempts[0].verdict = FLEET_NO_RESULT;
	made_fleet_text(&node->attempts[0].profile.state, "interrupted");
	struct fleet_ranking ranking cleanup_fleet_ranking = rank(&fleet);
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
		const struct fleet_rank_item *const item = item_of(&ranking, cases[i].name);
		assert_int_equal(item->verdict, cases[i].verdict);
		if (cases[i].reason)
			assert_string_equal(item->reason, cases[i].reason);
	}
	assert_int_equal(ranking.in_verdict[FLEET_PASS], 20);
	assert_true(isnan(item_of(&ranking, "later")->relative));
	assert_false(isnan(item_of(&ranking, "again")->relative));
	assert_false(isnan(item_of(&ranking, "task")->relative));
	assert_int_equal(item_of(&ranking, "part")->class, -1);
	assert_int_equal(ranking.classes[0].node_count, 22);
	/* Worst first; gone, later and task are to be drained. */
	assert_int_equal(ranking.items[0].verdict, FLEET_FAIL);
	assert_int_equal(ranking.items[ranking.item_count - 1].verdict, FLEET_PASS);
	assert_int_equal(ranking.drain_count, 3);
}

static void a_pass_needs_a_result(void **state)
{
	(void)state;
	struct fleet fleet cleanup_fleet = {0};
	add_nodes(&fleet, 6, &rome, &none, NULL);
	made_fleet_lost(&fleet, "unread", FLEET_PASS, NULL);
	made_fleet_text(&fleet.nodes[6].attempts[0].unreadable, "it is damaged");
	made_fleet_lost(&fleet, "unseen", FLEET_PASS, NULL);
	struct fleet_ranking ranking cleanup_fleet_ranking = rank(&fleet);
	assert_int_equal(item_of(&ranking, "unread")->verdict, FLEET_INCONCLUSIVE);
	assert_has(item_of(&ranking, "unread")->reason, "others: it is damaged");
	assert_has(item_of(&ranking, "unseen")->reason, "others: it was not read");
	assert_int_equal(ranking.in_verdict[FLEET_PASS], 6);
}

static void undecided_criteria_stay_undecided(void **state)
{
	(void)state;
	struct fleet fleet cleanup_fleet = {0};
	struct rng rng;
	rng_init(&rng, 14, 0);
	add_nodes(&fleet, 10, &rome, &quiet, &rng);
	struct fleet_node *node = made_fleet_node(&fleet, "open", &rome, &quiet, &rng, NULL, 0);
	node->verdict = node->attempts[0].verdict = FLEET_INCONCLUSIVE;
	made_fleet_text(&node->reason, "throughput: 2 more blocks would decide it");
	node = made_fleet_node(&fleet, "slow", &rome, &quiet, &rng,
	                       &(const struct made_fault){COMPONENT_CLOCK, -1, 1.3}, 1);
	node->verdict = node->attempts[0].verdict = FLEET_INCONCLUSIVE;
	struct fleet_ranking ranking cleanup_fleet_ranking = rank(&fleet);
	assert_int_equal(item_of(&ranking, "open")->verdict, FLEET_INCONCLUSIVE);
	assert_string_equal(item_of(&ranking, "open")->reason,
	                    "throughput: 2 more blocks would decide it");
	assert_int_equal(item_of(&ranking, "slow")->verdict, FLEET_SLOW);
}

static void a_result_without_the_level_is_inconclusive(void **state)
{
	(void)state;
	struct fleet fleet cleanup_fleet = {0};
	add_nodes(&fleet, 10, &rome, &none, NULL);
	struct profile *const profile = &fleet.nodes[3].attempts[0].profile;
	profile->figure_count /= 2; /* N=1 alone */
	struct fleet_ranking ranking cleanup_fleet_ranking = rank(&fleet);
	const struct fleet_rank_item *const item = item_of(&ranking, "rome04");
	assert_int_equal(item->verdict, FLEET_INCONCLUSIVE);
	assert_has(item->reason, "its result has no throughput at N=32 spread");
	assert_int_equal(ranking.in_verdict[FLEET_PASS], 9);
}

static void an_empty_fleet_is_ranked(void **state)
{
	(void)state;
	const struct fleet fleet = {0};
	struct fleet_ranking ranking cleanup_fleet_ranking = rank(&fleet);
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
		add_nodes(&fleet, 8, &rome, &quiet, &rng);
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
		struct fleet_ranking ranking cleanup_fleet_ranking = rank(&fleet);
		for (size_t i = 0; i < ranking.item_count; i++)
			assert_true(ranking.items[i].class < (ptrdiff_t)ranking.class_count);
	}
}

/* ---- The breaker -------------------------------------------------------------------------- */

/* bad of 20 nodes fail in one way. */
static void make_failing(struct fleet *fleet, size_t bad)
{
	struct rng rng;
	rng_init(&rng, 15, bad);
	add_nodes(fleet, 20, &rome, &quiet, &rng);
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
		struct fleet_ranking ranking cleanup_fleet_ranking = rank(&fleet);
		/* Four of twenty are a fifth, and no more. */
		assert_int_equal(ranking.is_systemic, bad > 4);
		assert_int_equal(ranking.drain_count, bad > 4 ? 0 : bad);
		if (bad <= 4) {
			assert_null(ranking.systemic);
			continue;
		}
		assert_has(ranking.systemic, "of the 20 nodes that ended are bad");
		assert_has(ranking.systemic, "all of them have the verdict fail");
		assert_has(ranking.systemic, "all of them say \"exit status 7 (N=32)\"");
		assert_has(ranking.systemic, "all of them are in partition debug");
		assert_has(ranking.systemic, "all of them have kernel 6.1.0-21-amd64");
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
	struct fleet_ranking ranking cleanup_fleet_ranking = rank(&fleet);
	assert_true(ranking.is_systemic);
}

static void one_bad_node_is_never_systemic(void **state)
{
	(void)state;
	struct fleet fleet cleanup_fleet = {0};
	made_fleet_lost(&fleet, "a", FLEET_NODE_FAIL, "gone");
	add_nodes(&fleet, 2, &rome, &none, NULL);
	struct fleet_ranking ranking cleanup_fleet_ranking = rank(&fleet);
	assert_false(ranking.is_systemic);
	assert_int_equal(ranking.drain_count, 1);
}

static void nothing_but_bad_nodes_is_told_without_comparison(void **state)
{
	(void)state;
	struct fleet fleet cleanup_fleet = {0};
	for (size_t i = 0; i < 6; i++) {
		char name[16];
		name_of(i, name);
		made_fleet_lost(&fleet, name, FLEET_HUNG, "its time was over");
	}
	struct fleet_ranking ranking cleanup_fleet_ranking = rank(&fleet);
	assert_true(ranking.is_systemic);
	assert_has(ranking.systemic, "6 of the 6 nodes");
	assert_has(ranking.systemic, "say \"its time was over\"");
}

/* ---- History ------------------------------------------------------------------------------ */

static void who_got_slower_is_told(void **state)
{
	(void)state;
	struct fleet fleet cleanup_fleet = {0};
	struct rng rng;
	rng_init(&rng, 16, 0);
	add_nodes(&fleet, 10, &rome, &quiet, &rng);
	struct fleet_node *const node = &fleet.nodes[2];
	made_fleet_attempt(node, 2, &rome, &quiet, &rng,
	                   &(const struct made_fault){COMPONENT_CLOCK, -1, 1.12}, 1);
	made_fleet_attempt(&fleet.nodes[3], 2, &rome, &quiet, &rng, NULL, 0);
	struct fleet_ranking ranking cleanup_fleet_ranking = rank(&fleet);
	const struct fleet_rank_item *const item = item_of(&ranking, "rome03");
	assert_true(item->was_faster);
	assert_near(item->since_relative, 1 / 1.12, 0.03);
	assert_has(item->since, "of what it did in its first accepted result (attempt 1)");
	assert_false(item_of(&ranking, "rome04")->was_faster);
	assert_non_null(item_of(&ranking, "rome04")->since);
	assert_true(isnan(item_of(&ranking, "rome05")->since_relative));
}

/* What the whole class changed by is told of the class, and is no fault of a node. */
static void a_class_that_drifts_is_told(void **state)
{
	(void)state;
	struct fleet fleet cleanup_fleet = {0};
	struct rng rng;
	rng_init(&rng, 17, 0);
	add_nodes(&fleet, 10, &rome, &quiet, &rng);
	for (size_t i = 0; i < 10; i++) {
		const struct made_fault drift = {COMPONENT_WORK, -1, i == 0 ? 1.3 : 1.1};
		made_fleet_attempt(&fleet.nodes[i], 2, &rome, &quiet, &rng, &drift, 1);
	}
	struct fleet_ranking ranking cleanup_fleet_ranking = rank(&fleet);
	assert_has(ranking.classes[0].note, "the class as a whole got slower since its nodes were");
	assert_true(item_of(&ranking, "rome01")->was_faster);
	assert_false(item_of(&ranking, "rome02")->was_faster);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(a_healthy_fleet_passes),
	        cmocka_unit_test(nodes_are_slow_by_deviation_and_margin),
	        cmocka_unit_test(a_wide_class_needs_more),
	        cmocka_unit_test(components_are_named),
	        cmocka_unit_test(a_node_may_be_slow_alone),
	        cmocka_unit_test(tasks_that_sleep_longer_are_told),
	        cmocka_unit_test(places_explain_what_they_hold),
	        cmocka_unit_test(a_fast_socket_is_no_fault),
	        cmocka_unit_test(one_disturbed_trial_is_no_slow_core),
	        cmocka_unit_test(settings_that_differ_are_told),
	        cmocka_unit_test(counts_of_other_modes_are_not_compared),
	        cmocka_unit_test(other_hardware_is_another_class),
	        cmocka_unit_test(small_classes_judge_nobody),
	        cmocka_unit_test(a_slow_firmware_is_told),
	        cmocka_unit_test(two_populations_are_told),
	        cmocka_unit_test(one_population_is_not_two),
	        cmocka_unit_test(a_wide_class_is_told),
	        cmocka_unit_test(what_came_of_a_node_stays),
	        cmocka_unit_test(a_pass_needs_a_result),
	        cmocka_unit_test(undecided_criteria_stay_undecided),
	        cmocka_unit_test(a_result_without_the_level_is_inconclusive),
	        cmocka_unit_test(an_empty_fleet_is_ranked),
	        cmocka_unit_test(odd_figures_do_no_harm),
	        cmocka_unit_test(too_many_bad_nodes_are_systemic),
	        cmocka_unit_test(what_has_not_ended_counts_for_nothing),
	        cmocka_unit_test(one_bad_node_is_never_systemic),
	        cmocka_unit_test(nothing_but_bad_nodes_is_told_without_comparison),
	        cmocka_unit_test(who_got_slower_is_told),
	        cmocka_unit_test(a_class_that_drifts_is_told),
	};
	return cmocka_run_group_tests_name("rank", tests, NULL, NULL);
}
