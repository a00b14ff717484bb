/* Simulated campaigns of a production whose node-days are known: how often the interval of
 * `plateau capacity` holds them, for tasks of one core and of four, whose CPU time and wall time
 * have more or less to do with each other.
 *
 * SIMULATIONS in the environment says how many of each; docs/method.md quotes what 4000 print. */
#include "analyse/capacity/capacity_needs.h"
#include "analyse/capacity/capacity_sources.h"
#include "core/array.h"
#include "core/error.h"
#include "core/rng.h"
#include "formats/capacity/capacity_yaml.h"
#include "simulations.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { USUAL_SIMULATIONS = 100, INSTANCES = 1000000 };

static const double memory_bytes = 128e9;
static const double spread = 0.5; /* standard deviation of the log of whatever varies */

/* Seconds of one task. */
struct times {
	double cpu;
	double wall;
};

struct kind {
	const char *name;
	struct times (*draw)(struct rng *rng);
	uint32_t cores;
	double rss_spread; /* standard deviation of the log of max RSS; 0: always 4 GB */
	double mean_held;  /* seconds for which a task holds its cores, in the long run */
};

/* Of mean 1. */
static double lognormal(struct rng *rng)
{
	return exp(spread * rng_normal(rng) - spread * spread / 2);
}

static struct times one_core(struct rng *rng)
{
	const double cpu = 100 * lognormal(rng);
	return (struct times){cpu, cpu};
}

/* Half of every core's time, whatever the task takes. */
static struct times steady(struct rng *rng)
{
	const double wall = 100 * lognormal(rng);
	return (struct times){2 * wall, wall};
}

/* Work that takes 50 s of four cores, and waiting that has nothing to do with it. */
static struct times waiting_apart(struct rng *rng)
{
	const double work = 50 * lognormal(rng);
	return (struct times){4 * work, work + 50 * lognormal(rng)};
}

static struct times waiting_varies(struct rng *rng)
{
	return (struct times){200, 50 + 50 * lognormal(rng)};
}

/* The longer a task takes, the less busy it keeps its cores: cpu goes with the root of wall. */
static struct times long_ones_wait(struct rng *rng)
{
	const double wall = 100 * lognormal(rng);
	return (struct times){200 * sqrt(wall / 100), wall};
}

static const struct kind kinds[] = {
        {"one core", one_core, 1, 0, 100},
        {"one core, p95 of max RSS", one_core, 1, 0.2, 100},
        {"4 cores, half busy in every task", steady, 4, 0, 100},
        {"4 cores, waiting apart from work", waiting_apart, 4, 0, 100},
        {"4 cores, only the waiting varies", waiting_varies, 4, 0, 100},
        {"4 cores, long tasks wait more", long_ones_wait, 4, 0, 100},
};

static const size_t counts[] = {30, 300};

static void make_campaign(const struct kind *kind, size_t count, struct rng *rng,
                          struct campaign *campaign)
{
	struct error err;
	struct campaign_task task = campaign_task_empty();
	assert_int_equal(campaign_type(campaign, "t", &task.type, &err), 0);
	for (size_t i = 0; i < count; i++) {
		const struct times times = kind->draw(rng);
		task.state = CAMPAIGN_DONE;
		task.cores = kind->cores;
		task.cpu_ns = (int64_t)(times.cpu * 1e9);
		task.wall_ns = (int64_t)(times.wall * 1e9);
		task.max_rss_bytes =
		        (int64_t)(4e9 * exp(kind->rss_spread *
		                            (kind->rss_spread > 0 ? rng_normal(rng) : 0)));
		assert_int_equal(campaign_add(campaign, &task, &err), 0);
	}
}

/* The rule of docs/method.md with what the campaign is drawn from. */
static double true_node_days(const struct kind *kind)
{
	const double rss = 4e9 * exp(kind->rss_spread * 1.6448536269514722);
	const double jobs = fmin(floor(64.0 / kind->cores), floor(memory_bytes / rss));
	return INSTANCES * kind->mean_held / jobs / 86400;
}

static struct capacity_figure node_days_of(const struct kind *kind, const struct campaign *campaign)
{
	static const char text[] = "name: c\n"
	                           "tasks: {t: {instances: 1000000, from: {campaign: c.db}}}\n"
	                           "platforms: {P: {cores: 64, memory: 128 GB}}\n";
	const struct capacity_options options = {0, NAN};
	const struct capacity_source source = {.max_rss = CAPACITY_P95, .has_max_rss = true};
	struct problems problems = {0};
	struct capacity capacity = {0};
	struct capacity_needs needs = {0};
	struct error err = {""};
	assert_int_equal(
	        capacity_yaml_parse("c.yaml", text, strlen(text), &capacity, &problems, &err), 0);
	problems_release(&problems);
	assert_int_equal(capacity_take_typed(&capacity, &err), 0);
	if (kind->rss_spread <= 0)
		capacity.tasks[0].max_rss.at = capacity_figure_of(4e9);
	assert_int_equal(capacity_take_campaign(campaign, "c.db", &source, &capacity, 0, &err), 0);
	assert_int_equal(capacity_needs_build(&capacity, &options, &needs, &err), 0);
	const struct capacity_figure days = needs.platforms[0].node_days;
	capacity_needs_release(&needs);
	capacity_release(&capacity);
	return days;
}

struct outcome {
	double held;  /* share of intervals that hold the truth */
	double width; /* of the interval by the value, in the mean */
};

static struct outcome simulate(const struct kind *kind, size_t count, size_t rounds)
{
	struct outcome outcome = {0, 0};
	const double truth = true_node_days(kind);
	for (size_t round = 0; round < rounds; round++) {
		struct rng rng;
		rng_init(&rng, 20261121, round);
		cleanup_campaign struct campaign campaign = {0};
		make_campaign(kind, count, &rng, &campaign);
		const struct capacity_figure days = node_days_of(kind, &campaign);
		assert_true(capacity_figure_has_interval(&days));
		const double slack = 1e-9 * truth; /* steps of jobs are met exactly */
		outcome.held +=
		        (days.low - slack <= truth && truth <= days.high + slack) / (double)rounds;
		outcome.width += (days.high - days.low) / days.value / (double)rounds;
	}
	return outcome;
}

/* t of a mean of 30 lognormal values is a little too narrow, and their p95 has no upper end. */
static double least_share(size_t count, size_t rounds)
{
	return (count < 100 ? 0.87 : 0.93) - 3.7 * sqrt(0.95 * 0.05 / (double)rounds);
}

static void intervals_hold_the_node_days(void **state)
{
	(void)state;
	const size_t rounds = simulations_asked_for(USUAL_SIMULATIONS);
	print_message("# share of 95 %% intervals of node-days that hold the truth, of %zu, and "
	              "their mean width\n",
	              rounds);
	for (size_t k = 0; k < ARRAY_LENGTH(kinds); k++)
		for (size_t c = 0; c < ARRAY_LENGTH(counts); c++) {
			const struct outcome o = simulate(&kinds[k], counts[c], rounds);
			print_message("# %-34s %4zu tasks  %.3f  %.3f\n", kinds[k].name, counts[c],
			              o.held, o.width);
			if (o.held < least_share(counts[c], rounds))
				fail_msg("%s, %zu tasks: %.3f", kinds[k].name, counts[c], o.held);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(intervals_hold_the_node_days),
	};
	return cmocka_run_group_tests_name("node days", tests, NULL, NULL);
}
