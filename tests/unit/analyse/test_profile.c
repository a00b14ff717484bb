/* The few figures of a result, against known answers: a node of two sockets with a slow core and a
 * slow L3, counted and with failures. */
#include "made.h"

#include "analyse/findings.h"
#include "analyse/fleet/fleet_facts.h"
#include "analyse/fleet/profile_build.h"
#include "core/error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CORES = 12, CORES_PER_L3 = 3, L3S = 4, BLOCKS = 3, SLOW_CORE = 4, SLOW_L3 = 3 };

static void assert_near(double a, double b)
{
	if (!(fabs(a - b) <= 1e-9 * fabs(b)))
		fail_msg("%.17g is not %.17g", a, b);
}

static void fact(struct made *made, const char *name, const char *value)
{
	struct error err;
	assert_int_equal(host_facts_add(&made->dataset.host, name, value, NULL, &err), 0);
}

/* Wall time on a core in a block, with `load` tasks at once. */
static double wall_of(uint32_t core, uint32_t block, double load)
{
	const double place =
	        (core == SLOW_CORE ? 1.25 : 1) * (core / CORES_PER_L3 == SLOW_L3 ? 1.5 : 1);
	return (8 + 2 * load) * place * (1 + 0.02 * block);
}

static void add_trial(struct made *made, size_t level, uint32_t block, uint32_t slots)
{
	made_trial(made, level, block, 0, 1000);
	for (uint32_t slot = 0; slot < slots; slot++) {
		const double wall = wall_of(slot, block, slots == CORES);
		for (int i = 0; i < 3; i++) {
			struct task_record *const task =
			        made_task(made, slot, i * wall, (i + 1) * wall);
			task->run_delay_ns = 100000000;
			task->block_delay_ns = 300000000;
			task->page_in_delay_ns = 0;
		}
	}
}

/* Levels 1, 4 (a task on each L3) and 12; two sockets of two L3 of three cores. */
static void make_node(struct made *made)
{
	made_init(made);
	fact(made, "processor", "AMD EPYC 7742 64-Core Processor");
	fact(made, "cores_allowed", "12");
	fact(made, "boost", "on");
	const size_t levels[] = {made_level(made, 1, "spread"), made_level(made, L3S, "spread"),
	                         made_level(made, CORES, "spread")};
	made_slot(made, levels[0], 0, 0, 0, 0);
	for (int32_t s = 0; s < L3S; s++)
		made_slot(made, levels[1], (uint32_t)s, CORES_PER_L3 * s, s, s / 2);
	for (int32_t s = 0; s < CORES; s++)
		made_slot(made, levels[2], (uint32_t)s, s, s / CORES_PER_L3,
		          s / (2 * CORES_PER_L3));
	for (uint32_t block = 0; block < BLOCKS; block++) {
		add_trial(made, levels[0], block, 1);
		add_trial(made, levels[1], block, L3S);
		add_trial(made, levels[2], block, CORES);
	}
}

static struct profile build(const struct made *made)
{
	struct findings findings cleanup_findings = {0};
	struct profile profile;
	struct error err;
	memset(&profile, 0xa5, sizeof profile);
	assert_int_equal(findings_build(&made->dataset, &findings, &err), 0);
	assert_int_equal(profile_build(&findings, &profile, &err), 0);
	return profile;
}

static struct profile_place place(const struct profile *profile, enum profile_place_kind kind,
                                  int32_t index)
{
	for (size_t i = 0; i < profile->place_count; i++)
		if (profile->places[i].kind == kind && profile->places[i].index == index)
			return profile->places[i];
	fail_msg("there is no such place");
	return (struct profile_place){.kind = kind};
}

static struct profile_figure part(const struct profile *profile, uint32_t concurrency,
                                  enum measure_id measure, const char *source)
{
	const struct profile_figure *const found =
	        profile_find_part(profile, concurrency, 0, measure, source);
	if (!found)
		fail_msg("there is no such figure");
	return found ? *found : (struct profile_figure){.value = NAN};
}

static void the_run_is_copied(void **state)
{
	(void)state;
	struct made made cleanup_made;
	make_node(&made);
	made_warning(&made, "other-load", "Something else used the node.");
	struct profile p cleanup_profile = build(&made);
	assert_string_equal(p.run_id, made.dataset.run.id);
	assert_string_equal(p.name, "made");
	assert_string_equal(p.host, "node042");
	assert_string_equal(p.scenario_sha256, made.dataset.run.scenario_sha256);
	assert_string_equal(p.state, "done");
	assert_true(p.started_ns == made.dataset.run.origin_calendar_ns);
	assert_int_equal(p.trials_done, 9);
	assert_int_equal(p.trials_planned, 9);
	assert_int_equal(p.failed_tasks, 0);
	assert_null(p.failure);
	assert_int_equal(p.policy_count, 1);
	assert_string_equal(p.policies[0], "spread");
	bool is_doubted = false;
	for (size_t i = 0; i < p.doubt_count; i++)
		is_doubted = is_doubted || strncmp(p.doubts[i], "other-load: ", 12) == 0;
	assert_true(is_doubted);
}

static void facts_are_all_there(void **state)
{
	(void)state;
	struct made made cleanup_made;
	make_node(&made);
	struct profile p cleanup_profile = build(&made);
	assert_int_equal(p.fact_count, fleet_fact_count);
	assert_string_equal(profile_fact(&p, "cores_allowed"), "12");
	assert_string_equal(profile_fact(&p, "threads"), "1");
	assert_null(profile_fact(&p, "bios_version"));
	assert_null(profile_fact(&p, "counted_modes"));
	for (size_t i = 0; i < p.fact_count; i++) {
		const struct fleet_fact *const known = fleet_fact_find(p.facts[i].name);
		assert_non_null(known);
		assert_int_equal(p.facts[i].in_class, known->kind != FACT_SETTING);
	}
}

static void figures_are_those_of_the_levels(void **state)
{
	(void)state;
	struct made made cleanup_made;
	make_node(&made);
	struct profile p cleanup_profile = build(&made);
	const struct profile_figure one = part(&p, 1, MEASURE_THROUGHPUT, "");
	assert_int_equal(one.n, BLOCKS);
	assert_near(one.value, cbrt(3 / 1000. * 3 / 1000. * 3 / 1000.));
	const struct profile_figure wall = part(&p, 1, MEASURE_WALL, "");
	assert_near(wall.value, cbrt(8 * 8 * 1.02 * 8 * 1.04));
	assert_true(wall.low < wall.value && wall.high > wall.value);
	/* The whole first, then its parts. */
	const struct profile_figure *const off = profile_find(&p, CORES, 0, MEASURE_OFF_CPU);
	assert_true(off && off->source[0] == '\0');
	assert_near(part(&p, CORES, MEASURE_OFF_CPU, "block_io").value, 0.3);
	assert_near(part(&p, CORES, MEASURE_OFF_CPU, "run_queue").value, 0.1);
	assert_null(profile_find_part(&p, CORES, 0, MEASURE_OFF_CPU, "nothing"));
	assert_null(profile_find(&p, 2, 0, MEASURE_WALL));
	for (size_t i = 1; i < p.figure_count; i++) {
		const struct profile_figure *const a = &p.figures[i - 1];
		const struct profile_figure *const b = &p.figures[i];
		assert_true(a->concurrency < b->concurrency ||
		            (a->concurrency == b->concurrency &&
		             (a->measure < b->measure ||
		              (a->measure == b->measure && strcmp(a->source, b->source) < 0))));
	}
}

static void places_are_against_their_like(void **state)
{
	(void)state;
	struct made made cleanup_made;
	make_node(&made);
	struct profile p cleanup_profile = build(&made);
	/* Of the level that loads every core alone. */
	assert_int_equal(p.place_count, CORES + L3S + 2);
	for (size_t i = 0; i < p.place_count; i++)
		assert_int_equal(p.places[i].concurrency, CORES);
	const struct profile_place slow = place(&p, PROFILE_CORE, SLOW_CORE);
	const double blocks = cbrt(1 * 1.02 * 1.04);
	assert_near(slow.wall_s, 12.5 * blocks);
	assert_near(slow.relative, 1.25);
	assert_true(slow.relative_se < 1e-9);
	assert_int_equal(slow.l3, SLOW_CORE / CORES_PER_L3);
	assert_int_equal(slow.package, 0);
	assert_int_equal(slow.trials, BLOCKS);
	assert_int_equal(slow.tasks, 3 * BLOCKS);
	assert_near(place(&p, PROFILE_CORE, 0).relative, 1);
	/* One slow core of three does not make its L3 slow; all three do. */
	assert_near(place(&p, PROFILE_L3, SLOW_CORE / CORES_PER_L3).relative, 1);
	assert_near(place(&p, PROFILE_L3, SLOW_L3).relative, 1.5);
	assert_int_equal(place(&p, PROFILE_L3, SLOW_L3).package, 1);
	/* Sockets: the lower median of six cores, three of which are slow. */
	assert_near(place(&p, PROFILE_PACKAGE, 1).wall_s, 10 * blocks);
	assert_near(place(&p, PROFILE_PACKAGE, 1).relative, 1);
}

/* Ten tasks on twelve cores do not load them alike: cores are compared with those that have as many
 * neighbours, and an L3 with cores of both kinds is told without what it is to others. */
static void unequal_loads_are_compared_apart(void **state)
{
	(void)state;
	struct made made cleanup_made;
	made_init(&made);
	const size_t level = made_level(&made, 3, "spread");
	made_slot(&made, level, 0, 0, 0, 0);
	made_slot(&made, level, 1, 1, 0, 0);
	made_slot(&made, level, 2, 2, 1, 0);
	for (uint32_t block = 0; block < 2; block++) {
		made_trial(&made, level, block, 0, 100);
		made_task(&made, 0, 0, 10);
		made_task(&made, 1, 0, 14.4);
		made_task(&made, 2, 0, 5);
	}
	struct profile p cleanup_profile = build(&made);
	/* The median of two logs lies in the middle of them. */
	assert_near(place(&p, PROFILE_CORE, 0).relative, 1 / 1.2);
	assert_near(place(&p, PROFILE_CORE, 1).relative, 1.2);
	assert_true(isnan(place(&p, PROFILE_CORE, 2).relative));
	assert_near(place(&p, PROFILE_CORE, 2).wall_s, 5);
	assert_true(isnan(place(&p, PROFILE_PACKAGE, 0).relative));
}

static void without_places_there_are_none(void **state)
{
	(void)state;
	struct made made cleanup_made;
	made_init(&made);
	const size_t level = made_level(&made, 2, "none");
	made_steady_trial(&made, level, 0, 2, 10, 100);
	struct profile p cleanup_profile = build(&made);
	assert_int_equal(p.place_count, 0);
	assert_true(part(&p, 2, MEASURE_THROUGHPUT, "").value > 0);
	assert_true(isnan(part(&p, 2, MEASURE_THROUGHPUT, "").low));
}

static void failures_are_named(void **state)
{
	(void)state;
	struct made made cleanup_made;
	make_node(&made);
	made_trial(&made, 2, 3, 0, 100);
	for (uint32_t slot = 0; slot < 4; slot++) {
		struct task_record *const task = made_task(&made, slot, 0, 10);
		task->state = TASK_FAILED;
		task->exit_status = slot == 0 ? 2 : 7;
	}
	made_said(&made, 2, TASK_FAILED, 7, "cannot open calibration file");
	struct profile p cleanup_profile = build(&made);
	assert_int_equal(p.failed_tasks, 4);
	assert_string_equal(p.failure, "exit status 7 (N=12): cannot open calibration file");
}

static void counted_modes_are_told(void **state)
{
	(void)state;
	for (int is_user = 0; is_user < 2; is_user++) {
		struct made made cleanup_made;
		made_init(&made);
		made_event(&made, "instructions")->is_user_only = is_user;
		made_level(&made, 1, "spread");
		struct profile p cleanup_profile = build(&made);
		assert_string_equal(profile_fact(&p, "counted_modes"),
		                    is_user ? FLEET_COUNTED_USER : FLEET_COUNTED_BOTH);
	}
}

static void an_empty_result_has_a_profile(void **state)
{
	(void)state;
	struct made made cleanup_made;
	made_init(&made);
	made_level(&made, 4, "spread");
	made.dataset.run.state = RUN_INTERRUPTED;
	struct profile p cleanup_profile = build(&made);
	assert_string_equal(p.state, "interrupted");
	assert_int_equal(p.place_count, 0);
	assert_int_equal(p.tasks, 0);
	assert_null(profile_find(&p, 4, 0, MEASURE_THROUGHPUT));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(the_run_is_copied),
	        cmocka_unit_test(facts_are_all_there),
	        cmocka_unit_test(figures_are_those_of_the_levels),
	        cmocka_unit_test(places_are_against_their_like),
	        cmocka_unit_test(unequal_loads_are_compared_apart),
	        cmocka_unit_test(without_places_there_are_none),
	        cmocka_unit_test(failures_are_named),
	        cmocka_unit_test(counted_modes_are_told),
	        cmocka_unit_test(an_empty_result_has_a_profile),
	};
	return cmocka_run_group_tests_name("profile", tests, NULL, NULL);
}
