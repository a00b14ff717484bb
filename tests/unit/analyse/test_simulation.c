/* The window's estimator on simulated trials whose true throughput is known: slots that always
 * hold one task, with gamma distributed walls, started staggered, warmed up with one task each,
 * then a window of `measured` mean walls. Prints the biases that docs/method.md quotes. */
#include "analyse/summary.h"
#include "core/clock.h"
#include "core/error.h"
#include "made.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { MOST_SLOTS = 64, BLOCKS = 5 };

/* What is simulated. The mean wall of a slot at full speed is 1 s. */
struct model {
	uint32_t slots;
	double cv;             /* of walls */
	int measured;          /* tasks per slot */
	bool has_slow_half;    /* every second slot takes twice as long */
	double failing;        /* share of tasks that fail */
	double failure_s;      /* after this time; 0: after a full wall */
	double between_blocks; /* standard deviation of the log of a block's speed */
};

static double mean_wall(const struct model *m, uint32_t slot)
{
	return m->has_slow_half && slot % 2 ? 2 : 1;
}

/* Successful tasks per second in the long run: a slot's cycle is one success and the failures
 * that come with it. */
static double true_throughput(const struct model *m)
{
	double sum = 0;
	for (uint32_t slot = 0; slot < m->slots; slot++) {
		const double wall = mean_wall(m, slot);
		const double failure_s = m->failure_s > 0 ? m->failure_s : wall;
		sum += 1 / (wall + m->failing / (1 - m->failing) * failure_s);
	}
	return sum;
}

struct simulated {
	double start;
	double end;
	bool is_failed;
};

static struct simulated next_task(const struct model *m, gsl_rng *rng, uint32_t slot, double start,
                                  double speed)
{
	const double shape = 1 / (m->cv * m->cv);
	const double wall = gsl_ran_gamma(rng, shape, 1 / shape) * mean_wall(m, slot) / speed;
	const bool is_failed = gsl_rng_uniform(rng) < m->failing;
	const double length = is_failed && m->failure_s > 0 ? m->failure_s : wall;
	return (struct simulated){start, start + length, is_failed};
}

/* Runs every slot's warm-up task, fixes the window, and records tasks until it is past. */
static void simulate_trial(struct made *made, size_t level, uint32_t block, const struct model *m,
                           gsl_rng *rng)
{
	struct simulated first[MOST_SLOTS];
	const double speed = exp(gsl_ran_gaussian(rng, 1) * m->between_blocks);
	double opens = 0;
	double warmup = 0;
	for (uint32_t slot = 0; slot < m->slots; slot++) {
		double start = (double)slot / m->slots;
		do {
			first[slot] = next_task(m, rng, slot, start, speed);
			start = first[slot].end;
		} while (first[slot].is_failed);
		opens = fmax(opens, first[slot].end);
		warmup += (first[slot].end - first[slot].start) / m->slots;
	}
	const double closes = opens + m->measured * warmup;
	made_trial(made, level, block, opens, closes);
	for (uint32_t slot = 0; slot < m->slots; slot++) {
		struct simulated task = first[slot];
		for (; task.start < closes; task = next_task(m, rng, slot, task.end, speed))
			made_task(made, slot, task.start, task.end)->state =
			        task.is_failed ? TASK_FAILED : TASK_OK;
	}
}

static void forget_records(struct made *made)
{
	made->dataset.trial_count = 0;
	made->dataset.task_count = 0;
}

struct result {
	double bias;     /* of the geometric mean of single trials, relative to the truth */
	double error;    /* its standard error */
	double coverage; /* of the 95 % interval from BLOCKS trials */
};

static struct result simulate(const struct model *m, size_t runs)
{
	struct error err;
	gsl_rng *const rng = gsl_rng_alloc(gsl_rng_mt19937);
	cleanup_made struct made made;
	made_init(&made);
	const size_t level = made_level(&made, m->slots, "spread");
	const double truth = true_throughput(m);
	double sum = 0;
	double squares = 0;
	size_t covered = 0;
	for (size_t run = 0; run < runs; run++) {
		forget_records(&made);
		for (uint32_t block = 0; block < BLOCKS; block++)
			simulate_trial(&made, level, block, m, rng);
		cleanup_summary struct summary summary = {0};
		assert_int_equal(summary_build(&made.dataset, &summary, &err), 0);
		for (size_t t = 0; t < BLOCKS; t++) {
			const double x = summary.trials[t].throughput_per_s / truth - 1;
			sum += x;
			squares += x * x;
		}
		const struct estimate *const e = &summary.levels[0].throughput_per_s;
		covered += e->low <= truth && truth <= e->high;
	}
	gsl_rng_free(rng);
	const double n = (double)runs * BLOCKS;
	return (struct result){
	        .bias = sum / n,
	        .error = sqrt((squares / n - sum / n * sum / n) / n),
	        .coverage = (double)covered / (double)runs,
	};
}

static const struct {
	const char *name;
	struct model model;
	size_t runs;
	double bias; /* expected, %, and how far from it the simulation may be */
	double tolerance;
} cases[] = {
        {"N=64, CV 0.3", {64, 0.3, 4, false, 0, 0, 0}, 500, 0.04, 0.2},
        {"N=8, CV 0.3", {8, 0.3, 4, false, 0, 0, 0}, 3000, 0.2, 0.2},
        {"N=1, CV 0.3", {1, 0.3, 4, false, 0, 0, 0}, 10000, 1.3, 0.3},
        {"N=1, CV 0.4", {1, 0.4, 4, false, 0, 0, 0}, 10000, 2.3, 0.5},
        {"N=1, CV 0.3, 16 tasks", {1, 0.3, 16, false, 0, 0, 0}, 8000, 0.3, 0.2},
        {"N=64, half the slots at half speed", {64, 0.3, 4, true, 0, 0, 0}, 500, 0.04, 0.4},
        {"N=64, 5 % fail at once", {64, 0.3, 4, false, 0.05, 1e-3, 0}, 500, 0.04, 0.4},
        {"N=64, 5 % fail after a full task", {64, 0.3, 4, false, 0.05, 0, 0}, 500, 0.04, 0.4},
};

static void bias_of_the_window(void **state)
{
	(void)state;
	printf("# %-36s %8s %8s %9s\n", "simulated trials", "bias", "+-", "coverage");
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const struct result r = simulate(&cases[i].model, cases[i].runs);
		printf("# %-36s %7.2f%% %7.2f%% %9.3f\n", cases[i].name, r.bias * 100,
		       r.error * 100, r.coverage);
		if (fabs(r.bias * 100 - cases[i].bias) > cases[i].tolerance)
			fail_msg("%s: bias %.2f %%, expected %.2f %%", cases[i].name, r.bias * 100,
			         cases[i].bias);
		/* 3.7 standard errors of a share: by chance once in ten thousand. */
		if (r.coverage < 0.95 - 3.7 * sqrt(0.95 * 0.05 / (double)cases[i].runs))
			fail_msg("%s: coverage %.3f", cases[i].name, r.coverage);
	}
}

static double gamma_wall(gsl_rng *rng, double cv)
{
	return gsl_ran_gamma(rng, 1 / (cv * cv), cv * cv);
}

/* tasks / makespan: a queue of tasks, the next one to the slot that is free first. */
static double by_makespan(gsl_rng *rng, double cv, int slots, int tasks)
{
	double free_at[128] = {0};
	double end = 0;
	for (int t = 0; t < tasks; t++) {
		int first = 0;
		for (int s = 1; s < slots; s++)
			first = free_at[s] < free_at[first] ? s : first;
		free_at[first] += gamma_wall(rng, cv);
		end = fmax(end, free_at[first]);
	}
	return tasks / end;
}

/* N / mean(wall), with the same number of tasks from every slot. */
static double by_mean_wall(gsl_rng *rng, double cv, int slots, double slow)
{
	double sum = 0;
	for (int t = 0; t < 4 * slots; t++)
		sum += gamma_wall(rng, cv) * (t % 2 ? slow : 1);
	return slots / (sum / (4 * slots));
}

static double by_slot_rates(gsl_rng *rng, double cv, int slots)
{
	double rates = 0;
	for (int s = 0; s < slots; s++) {
		double sum = 0;
		for (int t = 0; t < 4; t++)
			sum += gamma_wall(rng, cv);
		rates += 4 / sum;
	}
	return rates;
}

/* What docs/method.md says of the estimators that are not used. */
static void simpler_estimators_are_worse(void **state)
{
	(void)state;
	enum { RUNS = 400 };
	gsl_rng *const rng = gsl_rng_alloc(gsl_rng_mt19937);
	double makespan = 0;
	double makespan_wild = 0;
	double mean_wall = 0;
	double slot_rates = 0;
	for (int i = 0; i < RUNS; i++) {
		makespan += (by_makespan(rng, 0.3, 128, 512) / 128 - 1) / RUNS;
		makespan_wild += (by_makespan(rng, 1, 128, 512) / 128 - 1) / RUNS;
		mean_wall += (by_mean_wall(rng, 0.3, 64, 2) / (64 * 0.75) - 1) / RUNS;
		slot_rates += (by_slot_rates(rng, 0.4, 64) / 64 - 1) / RUNS;
	}
	gsl_rng_free(rng);
	printf("# tasks / makespan, N=128, 512 tasks, CV 0.3: %.1f %%, CV 1: %.1f %%\n",
	       makespan * 100, makespan_wild * 100);
	printf("# N / mean(wall), slots of two speeds: %.1f %%\n", mean_wall * 100);
	printf("# sum of slot rates, CV 0.4: %.1f %%\n", slot_rates * 100);
	assert_true(makespan < -0.05 && makespan_wild < -0.25);
	assert_true(mean_wall < -0.10);
	assert_true(slot_rates > 0.03);
}

/* With trials that differ among themselves, as real ones do. */
static void interval_covers_the_truth(void **state)
{
	(void)state;
	const struct model m = {32, 0.3, 4, false, 0, 0, 0.02};
	const struct result r = simulate(&m, 1500);
	printf("# N=32, CV 0.3, trials differing by 2 %%: coverage %.3f\n", r.coverage);
	assert_true(r.coverage > 0.93 && r.coverage < 0.97);
}

/* Tasks of which only durations are known, as many of every slot: what N by their mean wall time
 * comes to. */
static struct result simulate_durations(const struct model *m, size_t runs)
{
	struct error err;
	struct result result = {0};
	gsl_rng *const rng = gsl_rng_alloc(gsl_rng_mt19937);
	cleanup_made struct made made;
	made_init(&made);
	const size_t level = made_level(&made, m->slots, "unknown");
	for (size_t run = 0; run < runs; run++) {
		forget_records(&made);
		for (uint32_t block = 0; block < BLOCKS; block++) {
			const double speed = exp(gsl_ran_gaussian(rng, 1) * m->between_blocks);
			made_trial(&made, level, block, 0, 1)->has_durations_only = true;
			for (uint32_t slot = 0; slot < m->slots; slot++)
				for (int i = 0; i < m->measured; i++) {
					const struct simulated task =
					        next_task(m, rng, slot, 0, speed);
					made_task(&made, slot, task.start, task.end);
				}
		}
		cleanup_summary struct summary summary = {0};
		assert_int_equal(summary_build(&made.dataset, &summary, &err), 0);
		const struct estimate *const e = &summary.levels[0].throughput_per_s;
		const double truth = true_throughput(m);
		result.bias += (e->value / truth - 1) / (double)runs;
		result.coverage += (e->low <= truth && truth <= e->high) / (double)runs;
	}
	gsl_rng_free(rng);
	return result;
}

static void durations_alone(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct model model;
		double bias; /* and 0.003 about it */
		double coverage;
	} cases_of[] = {
	        {"64 copies of one task", {64, 0.3, 1, false, 0, 0, 0.02}, 0, 0.95},
	        {"16 places, 4 tasks of each", {16, 0.3, 4, false, 0, 0, 0.02}, 0, 0.95},
	        {"half the places at half speed", {16, 0.1, 4, true, 0, 0, 0.005}, -0.111, 0},
	};
	for (size_t i = 0; i < sizeof cases_of / sizeof cases_of[0]; i++) {
		const struct result r = simulate_durations(&cases_of[i].model, 1000);
		printf("# durations alone, %-30s bias %+.2f %%, coverage %.3f\n", cases_of[i].name,
		       100 * r.bias, r.coverage);
		assert_true(fabs(r.bias - cases_of[i].bias) < 0.003);
		assert_true(fabs(r.coverage - cases_of[i].coverage) < 0.025);
	}
}

/* Adds the means over runs of both quantiles, by the summary and of the tasks as they are. */
static void add_quantiles(const struct model *m, size_t runs, double weighted[2], double plain[2])
{
	struct error err;
	gsl_rng *const rng = gsl_rng_alloc(gsl_rng_mt19937);
	cleanup_made struct made made;
	made_init(&made);
	const size_t level = made_level(&made, m->slots, "spread");
	for (size_t run = 0; run < runs; run++) {
		static double walls[65536];
		size_t count = 0;
		forget_records(&made);
		for (uint32_t block = 0; block < BLOCKS; block++)
			simulate_trial(&made, level, block, m, rng);
		cleanup_summary struct summary summary = {0};
		assert_int_equal(summary_build(&made.dataset, &summary, &err), 0);
		const struct spread *const wall = &summary.levels[0].wall_s;
		weighted[0] += wall->median / (double)runs;
		weighted[1] += wall->p95 / (double)runs;
		for (size_t i = 0; i < made.dataset.task_count; i++) {
			const struct task_record *const task = &made.dataset.tasks[i];
			const struct trial_record *const trial =
			        &made.dataset.trials[task->trial - 1];
			if (task->end_ns > trial->window_start_ns)
				walls[count++] = (double)(task->end_ns - task->start_ns) / 1e9;
		}
		gsl_sort(walls, 1, count);
		plain[0] +=
		        gsl_stats_quantile_from_sorted_data(walls, 1, count, 0.5) / (double)runs;
		plain[1] +=
		        gsl_stats_quantile_from_sorted_data(walls, 1, count, 0.95) / (double)runs;
	}
	gsl_rng_free(rng);
}

/* Median and 95th percentile of tasks over five trials, with the weights of a window and as if all
 * tasks that touch it weighed the same, relative to those of the distribution. The mean wall of a
 * window's few tasks decides how many of them there are, so that long ones are seen too often
 * without weights. */
static void quantiles_of_walls(void **state)
{
	(void)state;
	static const struct {
		struct model model;
		size_t runs;
		double tolerance; /* of the weighted median and p95 */
	} cases_of[] = {
	        {{64, 0.3, 4, false, 0, 0, 0}, 100, 0.01},
	        {{8, 0.3, 4, false, 0, 0, 0}, 600, 0.02},
	        {{1, 0.3, 4, false, 0, 0, 0}, 3000, 0.07},
	        {{1, 0.3, 16, false, 0, 0, 0}, 1000, 0.02},
	};
	for (size_t i = 0; i < sizeof cases_of / sizeof cases_of[0]; i++) {
		const struct model *const m = &cases_of[i].model;
		const double truth[2] = {
		        gsl_cdf_gamma_Pinv(0.5, 1 / (m->cv * m->cv), m->cv * m->cv),
		        gsl_cdf_gamma_Pinv(0.95, 1 / (m->cv * m->cv), m->cv * m->cv)};
		double weighted[2] = {0, 0};
		double plain[2] = {0, 0};
		add_quantiles(m, cases_of[i].runs, weighted, plain);
		for (size_t q = 0; q < 2; q++) {
			weighted[q] = weighted[q] / truth[q] - 1;
			plain[q] = plain[q] / truth[q] - 1;
			assert_true(fabs(weighted[q]) < cases_of[i].tolerance);
		}
		printf("# N=%2u, CV %.1f, %2d tasks per slot: median %+.1f %%, p95 %+.1f %%; "
		       "without weights %+.1f %%, %+.1f %%\n",
		       m->slots, m->cv, m->measured, 100 * weighted[0], 100 * weighted[1],
		       100 * plain[0], 100 * plain[1]);
	}
}

/* The warning of uneven windows must not cry wolf on healthy trials. */
static void healthy_windows_are_not_warned_of(void **state)
{
	(void)state;
	struct error err;
	const struct model m = {64, 0.3, 4, false, 0, 0, 0};
	gsl_rng *const rng = gsl_rng_alloc(gsl_rng_mt19937);
	cleanup_made struct made made;
	made_init(&made);
	const size_t level = made_level(&made, m.slots, "spread");
	size_t warned = 0;
	size_t apart = 0;
	enum { TRIALS = 1000 };
	for (size_t i = 0; i < TRIALS; i++) {
		forget_records(&made);
		simulate_trial(&made, level, 0, &m, rng);
		cleanup_summary struct summary summary = {0};
		assert_int_equal(summary_build(&made.dataset, &summary, &err), 0);
		const struct trial_summary *const t = &summary.trials[0];
		apart += fabs(t->halves_per_s[1] - t->halves_per_s[0]) > 0.02 * t->throughput_per_s;
		for (size_t w = 0; w < summary.warning_count; w++)
			warned += summary.warnings[w].code[0] == 'w'; /* window-uneven */
	}
	gsl_rng_free(rng);
	printf("# halves apart by 2 %%: %zu of %d, warned of: %zu\n", apart, TRIALS, warned);
	assert_true(apart > TRIALS / 4);
	assert_true(warned < TRIALS / 50);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(bias_of_the_window),
	        cmocka_unit_test(simpler_estimators_are_worse),
	        cmocka_unit_test(interval_covers_the_truth),
	        cmocka_unit_test(durations_alone),
	        cmocka_unit_test(quantiles_of_walls),
	        cmocka_unit_test(healthy_windows_are_not_warned_of),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
