/* What the node did, on samples whose figures are known. */
#include "analyse/node_time.h"
#include "core/array.h"
#include "core/error.h"
#include "made.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

struct found {
	struct summary summary;
	struct node_time node;
};

static struct found find(const struct made *made)
{
	struct error err;
	struct found found;
	memset(&found, 0xA5, sizeof found);
	assert_int_equal(summary_build(&made->dataset, &found.summary, &err), 0);
	assert_int_equal(node_time_build(&found.summary, &found.node, &err), 0);
	return found;
}

static void found_release(struct found *found)
{
	node_time_release(&found->node);
	summary_release(&found->summary);
}

#define cleanup_found __attribute__((cleanup(found_release)))

static void near(double a, double b, int line)
{
	if (!(fabs(a - b) <= 1e-9 * fmax(1, fabs(b))))
		fail_msg("line %d: %.15g is not %.15g", line, a, b);
}

#define assert_near(a, b) near(a, b, __LINE__)

static const struct estimate *figure(const struct found *found, size_t level, enum node_figure f)
{
	return &found->node.levels[level].figures[f];
}

static void assert_reason(const struct estimate *e, const char *part)
{
	assert_false(estimate_has_value(e));
	assert_non_null(e->reason);
	if (!strstr(e->reason, part))
		fail_msg("\"%s\" is not in \"%s\"", part, e->reason);
}

static void fact(struct made *made, const char *name, const char *value, const char *reason)
{
	struct error err;
	assert_int_equal(host_facts_add(&made->dataset.host, name, value, reason, &err), 0);
}

/* Tasks of 2 s in a window of 10 s, from 4 to 14: 5 of them in every slot. */
static void trial(struct made *made, size_t level, uint32_t block, uint32_t slots)
{
	made_steady_trial(made, level, block, slots, 2, 10);
	made_sample(made, "node_sampler_cpu_share", -1, 14, 0.0005);
}

static void energy(struct made *made, double elapsed_s, double first_j, double second_j)
{
	made_sample(made, "package_energy_j", 0, 14, first_j);
	if (second_j >= 0)
		made_sample(made, "package_energy_j", 1, 14, second_j);
	made_sample(made, "energy_elapsed_s", -1, 14, elapsed_s);
}

static void joules_per_task(void **state)
{
	(void)state;
	cleanup_made struct made made;
	made_init(&made);
	const size_t one = made_level(&made, 1, "spread");
	const size_t four = made_level(&made, 4, "spread");
	fact(&made, "sensor_energy", "powercap", NULL);
	trial(&made, one, 0, 1);
	energy(&made, 10, 1000, 500);
	trial(&made, one, 1, 1);
	/* A little more than the window, at the same power. */
	energy(&made, 10.2, 1020, 510);
	trial(&made, four, 0, 4);
	energy(&made, 10, 1200, 800);
	trial(&made, four, 1, 4);
	energy(&made, 10, 1200, -1); /* of one package nothing is known */
	trial(&made, four, 2, 4);
	energy(&made, 13, 1200, 800); /* not on time */
	cleanup_found struct found found = find(&made);
	assert_near(figure(&found, 0, NODE_POWER)->value, 150);
	assert_near(figure(&found, 0, NODE_ENERGY_PER_TASK)->value, 300);
	assert_int_equal(figure(&found, 0, NODE_POWER)->n, 2);
	assert_true(estimate_has_interval(figure(&found, 0, NODE_POWER)));
	/* 20 tasks. */
	assert_near(figure(&found, 1, NODE_POWER)->value, 200);
	assert_near(figure(&found, 1, NODE_ENERGY_PER_TASK)->value, 100);
	assert_int_equal(figure(&found, 1, NODE_ENERGY_PER_TASK)->n, 1);
	assert_false(estimate_has_interval(figure(&found, 1, NODE_ENERGY_PER_TASK)));
	assert_near(found.node.trials[2].figures[NODE_ENERGY_PER_TASK], 100);
	assert_true(isnan(found.node.trials[3].figures[NODE_POWER]));
	assert_non_null(strstr(found.node.trials[3].reasons[NODE_POWER], "one of the packages"));
	assert_non_null(strstr(found.node.trials[4].reasons[NODE_ENERGY_PER_TASK], "not on time"));
	assert_reason(figure(&found, 1, NODE_DRAM_POWER), "no energy of the memory");
}

/* Tasks that fail do no work: what was used is the others'. */
static void joules_of_failures(void **state)
{
	(void)state;
	cleanup_made struct made made;
	made_init(&made);
	const size_t level = made_level(&made, 2, "spread");
	trial(&made, level, 0, 2);
	energy(&made, 10, 1000, -1);
	for (size_t i = 0; i < made.dataset.task_count; i++)
		if (made.dataset.tasks[i].slot == 1)
			made.dataset.tasks[i].state = TASK_FAILED;
	cleanup_found struct found found = find(&made);
	assert_near(figure(&found, 0, NODE_ENERGY_PER_TASK)->value, 200);
	for (size_t i = 0; i < made.dataset.task_count; i++)
		made.dataset.tasks[i].state = TASK_FAILED;
	cleanup_found struct found none = find(&made);
	assert_near(figure(&none, 0, NODE_POWER)->value, 100);
	assert_reason(figure(&none, 0, NODE_ENERGY_PER_TASK), "no task succeeded");
}

static void extremes_of_the_window(void **state)
{
	(void)state;
	cleanup_made struct made made;
	made_init(&made);
	const size_t level = made_level(&made, 1, "spread");
	trial(&made, level, 0, 1);
	made_sample(&made, "temperature_c", 0, 3.9, 99); /* before the window */
	made_sample(&made, "temperature_c", 0, 5, -3);
	made_sample(&made, "temperature_c", 1, 14.05, -2); /* what closes it */
	made_sample(&made, "temperature_c", 1, 14.2, 88);
	made_sample(&made, "memory_available_bytes", -1, 5, 5e9);
	made_sample(&made, "memory_available_bytes", -1, 6, 4e9);
	made_sample(&made, "memory_available_bytes", -1, 15, 1e9);
	trial(&made, level, 1, 1);
	made_sample(&made, "temperature_c", 0, 5, 40);
	made_sample(&made, "temperature_c", 0, 6, (double)NAN);
	cleanup_found struct found found = find(&made);
	assert_near(found.node.trials[0].figures[NODE_TEMPERATURE], -2);
	assert_near(figure(&found, 0, NODE_TEMPERATURE)->value, 40);
	assert_int_equal(figure(&found, 0, NODE_TEMPERATURE)->n, 2);
	assert_near(figure(&found, 0, NODE_MEMORY_LEAST)->value, 4e9);
	assert_int_equal(figure(&found, 0, NODE_MEMORY_LEAST)->n, 1);
}

static void zones_stand_in_for_packages(void **state)
{
	(void)state;
	cleanup_made struct made made;
	made_init(&made);
	const size_t level = made_level(&made, 1, "spread");
	trial(&made, level, 0, 1);
	made_sample(&made, "zone_temperature_c", 7, 5, 51);
	cleanup_found struct found found = find(&made);
	assert_near(figure(&found, 0, NODE_TEMPERATURE)->value, 51);
}

static void frequency_of_cpus_with_a_slot(void **state)
{
	(void)state;
	cleanup_made struct made made;
	made_init(&made);
	const size_t level = made_level(&made, 2, "spread");
	made_slot(&made, level, 0, 2, 0, 0);
	made_slot(&made, level, 1, 3, 0, 0);
	trial(&made, level, 0, 2);
	for (int i = 0; i <= 10; i++) {
		made_sample(&made, "cpu_frequency_hz", 2, 4 + i, 2e9);
		made_sample(&made, "cpu_frequency_hz", 3, 4 + i, 3e9 + i * 1e8);
		made_sample(&made, "cpu_frequency_hz", 0, 4 + i, 0.8e9); /* has no slot */
	}
	/* Means since the reading before: 4.0 was read at 3.0, so it speaks of what was before the
	 * window; 14.1 speaks of it but for its end. */
	made_sample(&made, "cpu_clock_hz", 2, 3, 1e9);
	made_sample(&made, "cpu_clock_hz", 2, 4, 1e9);
	made_sample(&made, "cpu_clock_hz", 2, 9, 3.0e9);
	made_sample(&made, "cpu_clock_hz", 2, 14.1, 3.2e9);
	made_sample(&made, "cpu_clock_hz", 2, 24, 1e9);
	made_sample(&made, "cpu_clock_hz", 3, 9, 9e9); /* nothing before it */
	cleanup_found struct found found = find(&made);
	/* Of 22 values the 11 lower ones are 2 GHz, the others 3.0 to 4.0: type 7. */
	assert_near(figure(&found, 0, NODE_SAID_MEDIAN)->value, 2.5e9);
	assert_near(figure(&found, 0, NODE_SAID_LOW)->value, 2e9);
	assert_near(figure(&found, 0, NODE_CLOCK_MEDIAN)->value, 3.1e9);
	assert_near(figure(&found, 0, NODE_CLOCK_LOW)->value, 3.01e9);
}

static void shares_and_counts(void **state)
{
	(void)state;
	cleanup_made struct made made;
	made_init(&made);
	const size_t level = made_level(&made, 1, "spread");
	for (uint32_t block = 0; block < 2; block++) {
		trial(&made, level, block, 1);
		made_sample(&made, "cpu_steal_s", -1, 14, block ? 0 : 1);
		made_sample(&made, "cpu_elapsed_s", -1, 14, 10);
		made_sample(&made, "core_throttle_events", 0, 14, 3);
		made_sample(&made, "core_throttle_events", 1, 14, block);
		made_sample(&made, "throttle_elapsed_s", -1, 14, 10);
		made_sample(&made, "sampler_cpu_share", -1, 14, 0.001 + 0.002 * block);
	}
	cleanup_found struct found found = find(&made);
	assert_near(figure(&found, 0, NODE_STEAL)->value, 0.05);
	assert_false(estimate_has_interval(figure(&found, 0, NODE_STEAL)));
	assert_near(figure(&found, 0, NODE_CORE_THROTTLES)->value, 7);
	struct error err;
	assert_int_equal(node_time_warn(&found.node, &found.summary, &err), 0);
	assert_string_equal(found.summary.warnings[0].code, "too-hot");
	assert_non_null(strstr(found.summary.warnings[0].text, "7 times at N=1"));
	assert_near(found.node.memory_sampler_share, 0.002);
	assert_near(found.node.node_sampler_share, 0.0005);
	const struct sample_range range =
	        node_time_find(&found.node, &made.dataset, "core_throttle_events");
	assert_int_equal(range.count, 4);
	assert_int_equal(node_time_find(&found.node, &made.dataset, "no such").count, 0);
}

/* What is left out of the estimates has no part in these either. */
static void trials_that_are_left_out(void **state)
{
	(void)state;
	cleanup_made struct made made;
	made_init(&made);
	const size_t level = made_level(&made, 1, "spread");
	trial(&made, level, 0, 1);
	energy(&made, 10, 1000, -1);
	trial(&made, level, 1, 1);
	energy(&made, 10, 9000, -1);
	made.dataset.trials[1].state = TRIAL_INTERRUPTED;
	cleanup_found struct found found = find(&made);
	assert_near(figure(&found, 0, NODE_POWER)->value, 100);
	assert_int_equal(figure(&found, 0, NODE_POWER)->n, 1);
}

static void reasons(void **state)
{
	(void)state;
	cleanup_made struct made made;
	made_init(&made);
	const size_t level = made_level(&made, 1, "spread");
	trial(&made, level, 0, 1);
	fact(&made, "sensor_energy", NULL, "root alone reads it");
	fact(&made, "sensor_temperature", "hwmon", NULL);
	cleanup_found struct found found = find(&made);
	assert_reason(figure(&found, 0, NODE_POWER), "root alone");
	assert_reason(figure(&found, 0, NODE_ENERGY_PER_TASK), "root alone");
	assert_reason(figure(&found, 0, NODE_TEMPERATURE), "could not be read in the window");
	assert_reason(figure(&found, 0, NODE_STEAL), "measure again with this version");
	/* The same without a sampler. */
	made.dataset.sample_count = 0;
	cleanup_found struct found off = find(&made);
	assert_reason(figure(&off, 0, NODE_TEMPERATURE), "sampling.interval was off");
	assert_true(isnan(off.node.node_sampler_share));
}

static void an_empty_result(void **state)
{
	(void)state;
	cleanup_made struct made made;
	made_init(&made);
	cleanup_found struct found found = find(&made);
	assert_false(found.node.was_sampled);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(joules_per_task),
	        cmocka_unit_test(joules_of_failures),
	        cmocka_unit_test(extremes_of_the_window),
	        cmocka_unit_test(zones_stand_in_for_packages),
	        cmocka_unit_test(frequency_of_cpus_with_a_slot),
	        cmocka_unit_test(shares_and_counts),
	        cmocka_unit_test(trials_that_are_left_out),
	        cmocka_unit_test(reasons),
	        cmocka_unit_test(an_empty_result),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
