/* Simulated pairs of nodes whose ratio is known: tasks with gamma distributed walls in slots that
 * are always busy, trials and runs that differ among themselves. They go the whole way from records
 * to a comparison, and are asked how often its intervals hold the truth: of equal nodes 1 (the rest
 * is the type-I error), of others what they were made with.
 *
 * SIMULATIONS in the environment says how many of each; docs/method.md quotes what 20,000 print. */
#include "analyse/compare/compare.h"
#include "core/array.h"
#include "core/error.h"
#include "made.h"
#include "simulations.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { USUAL_PAIRS = 1500, MOST_RUNS = 4, TOP = 4, MOST_LEVELS = 6 };

struct experiment {
	const char *name;
	double slower;      /* wall time of the new node by that of the base */
	size_t runs;        /* of each side */
	uint32_t blocks;    /* of each run */
	double between;     /* standard deviation of the log of a trial's speed, and */
	double runs_differ; /* of that of a run */
	double cv;          /* of the walls of tasks */
	bool has_one_new;   /* one run of the new side against all of the base */
	bool is_for_show;   /* what goes wrong where it is not done so */
	uint32_t full[2];   /* base and new do no more with more tasks than this; 0: two levels */
};

static const struct experiment experiments[] = {
        {"equal, one run a side, 5 repeats", 1, 1, 5, 0.01, 0, 0.04, false, false, {0, 0}},
        {"equal, one run a side, 3 repeats", 1, 1, 3, 0.01, 0, 0.04, false, false, {0, 0}},
        {"1.10 slower, one run a side, 5 repeats", 1.1, 1, 5, 0.01, 0, 0.04, false, false, {0, 0}},
        {"equal, 4 runs a side that differ by 1 %",
         1,
         4,
         3,
         0.01,
         0.01,
         0.04,
         false,
         false,
         {0, 0}},
        {"1.10 slower, 4 runs a side that differ by 1 %",
         1.1,
         4,
         3,
         0.01,
         0.01,
         0.04,
         false,
         false,
         {0, 0}},
        {"equal, 4 runs against one, which differ by 1 %",
         1,
         4,
         3,
         0.01,
         0.01,
         0.04,
         true,
         false,
         {0, 0}},
        {"equal, but one run a side, and runs differ by 1 %",
         1,
         1,
         5,
         0.01,
         0.01,
         0.04,
         false,
         true,
         {0, 0}},
        {"equal, full at 4, measured to 12", 1, 1, 5, 0.01, 0, 0.04, false, false, {4, 4}},
        {"1.10 slower, full at 4, to 12", 1.1, 1, 5, 0.01, 0, 0.04, false, false, {4, 4}},
        {"base full at 4, new at 12", 1, 1, 5, 0.01, 0, 0.04, false, false, {4, 12}},
        {"base full at 12, new at 4", 1, 1, 5, 0.01, 0, 0.04, false, false, {12, 4}},
};

static const uint32_t levels[MOST_LEVELS] = {1, TOP, 6, 8, 10, 12};

static size_t level_count(const struct experiment *e)
{
	return e->full[0] > 0 ? MOST_LEVELS : 2;
}

/* Two tasks of warm-up and a window of four tasks' time. */
static void simulate_trial(struct made *made, size_t level, uint32_t block, double mean, double cv,
                           gsl_rng *rng)
{
	const double shape = 1 / (cv * cv);
	const double opens = 2 * mean;
	const double closes = 6 * mean;
	made_trial(made, level, block, opens, closes);
	for (uint32_t s = 0; s < levels[level]; s++) {
		double at = mean * s / levels[level];
		while (at < closes) {
			const double end = at + gsl_ran_gamma(rng, shape, mean / shape);
			made_task(made, s, at, end);
			at = end;
		}
	}
}

/* A run in memory that is used again and again, and what a comparison needs of its findings. */
struct simulated {
	struct made made;
	struct findings findings;
};

static void simulate_run(struct simulated *run, const struct experiment *e, size_t side,
                         gsl_rng *rng)
{
	struct error err;
	struct findings *const f = &run->findings;
	const double full = e->full[side] > 0 ? e->full[side] : TOP;
	const double run_mean = (side ? e->slower : 1) * exp(gsl_ran_gaussian(rng, e->runs_differ));
	run->made.dataset.trial_count = 0;
	run->made.dataset.task_count = 0;
	for (uint32_t block = 0; block < e->blocks; block++)
		for (size_t level = 0; level < level_count(e); level++) {
			const double mean = run_mean * fmax(1, levels[level] / full);
			simulate_trial(&run->made, level, block,
			               mean * exp(gsl_ran_gaussian(rng, e->between)), e->cv, rng);
		}
	*f = (struct findings){.dataset = &run->made.dataset};
	assert_int_equal(summary_build(f->dataset, &f->summary, &err), 0);
	assert_int_equal(attribution_build(&f->summary, &f->attributions, &err), 0);
	assert_int_equal(node_time_build(&f->summary, &f->node_time, &err), 0);
}

static void release_findings(struct findings *f)
{
	node_time_release(&f->node_time);
	attribution_free(f->attributions);
	summary_release(&f->summary);
}

/* How often an interval was there, and how often it held the truth. */
struct tally {
	size_t asked;
	size_t held;
};

struct outcome {
	struct tally throughput, wall, node, cpu_factor;
};

static void count(struct tally *tally, const struct ratio *ratio, double truth)
{
	assert_true(estimate_has_interval(&ratio->value));
	tally->asked++;
	tally->held += ratio->value.low <= truth && truth <= ratio->value.high;
}

static void judge(const struct experiment *e, const struct comparison *c, struct outcome *o)
{
	const struct compared_level *const top = &c->levels[1];
	const enum ratio_basis basis = e->runs > 1 ? BASIS_RUNS : BASIS_TRIALS;
	const struct ratio *const throughput = &top->ratios[comparison_find(c, MEASURE_THROUGHPUT)];
	assert_int_equal(top->concurrency, TOP);
	assert_int_equal(throughput->basis, basis);
	const double more = e->full[0] > 0 ? (double)e->full[1] / e->full[0] : 1;
	count(&o->throughput, throughput, 1 / e->slower);
	count(&o->wall, &top->ratios[comparison_find(c, MEASURE_WALL)], e->slower);
	count(&o->node, &c->nodes.throughput, more / e->slower);
	count(&o->cpu_factor, &c->nodes.cpu_factor, e->slower);
}

static void init_run(const struct experiment *e, struct simulated *run)
{
	made_init(&run->made);
	for (size_t level = 0; level < level_count(e); level++)
		made_level(&run->made, levels[level], "spread");
}

static struct outcome simulate(const struct experiment *e, size_t pairs)
{
	struct error err;
	struct outcome outcome = {0};
	struct simulated runs[2][MOST_RUNS];
	const struct findings *pointers[2][MOST_RUNS];
	gsl_rng *const rng = gsl_rng_alloc(gsl_rng_mt19937);
	gsl_rng_set(rng, 1 + (unsigned long)(e - experiments));
	for (size_t i = 0; i < 2 * e->runs; i++) {
		init_run(e, &runs[i % 2][i / 2]);
		pointers[i % 2][i / 2] = &runs[i % 2][i / 2].findings;
	}
	const struct side base = {
	        .name = "base", .path = "base.db", .runs = pointers[0], .count = e->runs};
	const struct side new = {.name = "new",
	                         .path = "new.db",
	                         .runs = pointers[1],
	                         .count = e->has_one_new ? 1 : e->runs};
	for (size_t p = 0; p < pairs; p++) {
		struct comparison c;
		for (size_t i = 0; i < 2 * e->runs; i++)
			simulate_run(&runs[i % 2][i / 2], e, i % 2, rng);
		assert_int_equal(compare_build(&base, &new, &c, &err), 0);
		judge(e, &c, &outcome);
		comparison_release(&c);
		for (size_t i = 0; i < 2 * e->runs; i++)
			release_findings(&runs[i % 2][i / 2].findings);
	}
	for (size_t i = 0; i < 2 * e->runs; i++)
		made_release(&runs[i % 2][i / 2].made);
	gsl_rng_free(rng);
	return outcome;
}

static double missed(const struct tally *tally)
{
	return 1 - (double)tally->held / (double)tally->asked;
}

/* Of the largest of several that are alike an interval is too wide, and so is one that reaches over
 * several N: those are asked only whether they miss too often. Where one side is flat and the other
 * is not, its best is too good by a part of a standard error, and 8 % miss. */
static void assert_seldom_missed(const struct experiment *e, const char *what,
                                 const struct tally *tally)
{
	const double most = 0.08 + fmax(0.02, 3.9 * sqrt(0.05 * 0.95 / (double)tally->asked));
	if (missed(tally) > most)
		fail_msg("%s: %.4f of the intervals of %s do not hold the truth", e->name,
		         missed(tally), what);
}

/* Between 3 and 7 % of 2,000 and more; of fewer what 5 % reach in all but one case of 10,000. Of
 * three values a side Welch's interval is known to be a little too wide. */
static void assert_missed(const struct experiment *e, const char *what, const struct tally *tally)
{
	const double wide = fmax(0.02, 3.9 * sqrt(0.05 * 0.95 / (double)tally->asked));
	const double least = 0.05 - wide - (e->runs == 1 && e->blocks == 3 ? 0.01 : 0);
	if (missed(tally) < least || missed(tally) > 0.05 + wide)
		fail_msg("%s: %.4f of the intervals of %s do not hold the truth", e->name,
		         missed(tally), what);
}

static void intervals_miss_the_truth_once_in_twenty(void **state)
{
	(void)state;
	const size_t pairs = simulations_asked_for(USUAL_PAIRS);
	print_message("# share of 95 %% intervals of a ratio that do not hold the truth, of %zu\n"
	              "# (of nodes with several levels a tenth)\n"
	              "# throughput  wall  node's best  CPU factor\n",
	              pairs);
	for (size_t i = 0; i < ARRAY_LENGTH(experiments); i++) {
		const struct experiment *const e = &experiments[i];
		const struct outcome o = simulate(e, e->full[0] > 0 ? pairs / 10 + 1 : pairs);
		print_message("# %10.4f %.4f %11.4f %11.4f  %s\n", missed(&o.throughput),
		              missed(&o.wall), missed(&o.node), missed(&o.cpu_factor), e->name);
		if (e->is_for_show)
			continue;
		assert_missed(e, "throughput", &o.throughput);
		assert_missed(e, "wall time", &o.wall);
		assert_seldom_missed(e, "the node's best", &o.node);
		assert_seldom_missed(e, "the CPU factor", &o.cpu_factor);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(intervals_miss_the_truth_once_in_twenty),
	};
	return cmocka_run_group_tests_name("pairs", tests, NULL, NULL);
}
