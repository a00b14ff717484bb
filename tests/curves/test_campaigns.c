/* Simulated campaigns of machines whose curve is known: tasks with gamma distributed walls in slots
 * that are always busy, trials that differ among themselves, every level in every block. They go
 * the whole way from records to the plateau, and are asked how often the intervals hold the truth.
 *
 * SIMULATIONS in the environment says how many of each; docs/method.md quotes what 400 print. */
#include "analyse/scaling.h"
#include "core/array.h"
#include "core/error.h"
#include "core/rng.h"
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

enum { MOST_LEVELS = 12, MOST_SLOTS = 128, USUAL_CAMPAIGNS = 60 };

struct machine {
	const char *name;
	uint32_t levels[MOST_LEVELS]; /* 0 ends them */
	uint32_t blocks;
	double lambda, sigma, kappa; /* tasks/s: the USL, */
	double most;                 /* and no more than this; 0: no such limit */
	double cv;                   /* of the walls of tasks */
	double blocks_differ;        /* standard deviation of the log of a block's speed, and */
	double between;              /* standard deviation of the log of a trial's speed */
	bool has_plateau;            /* one that can be identified with these levels */
};

static const struct machine machines[] = {
        {"USL, peak at 44",
         {1, 2, 4, 8, 16, 24, 32, 48, 64},
         5,
         0.1,
         0.02,
         5e-4,
         0,
         0.1,
         0,
         0.02,
         true},
        {"USL, peak at 44, 3 blocks",
         {1, 2, 4, 8, 16, 24, 32, 48, 64},
         3,
         0.1,
         0.02,
         5e-4,
         0,
         0.1,
         0,
         0.02,
         true},
        {"USL, peak at 30, noisy",
         {1, 2, 4, 8, 16, 24, 32, 48, 64},
         5,
         0.1,
         0.05,
         1e-3,
         0,
         0.3,
         0,
         0.04,
         true},
        {"Amdahl, sigma 0.05",
         {1, 2, 4, 8, 16, 32, 48, 64},
         5,
         0.1,
         0.05,
         0,
         0,
         0.1,
         0,
         0.02,
         false},
        {"full at 32 of 64",
         {1, 2, 4, 8, 16, 24, 32, 40, 48, 64},
         5,
         0.1,
         0,
         0,
         3.2,
         0.1,
         0,
         0.02,
         true},
        {"linear", {1, 2, 4, 8, 16, 32, 48, 64}, 5, 0.1, 0, 0, 0, 0.1, 0, 0.02, false},
        {"linear, 3 blocks, noisy",
         {1, 2, 4, 8, 16, 32, 48, 64},
         3,
         0.1,
         0,
         0,
         0,
         0.3,
         0,
         0.04,
         false},
        {"linear, dense at the top",
         {1, 8, 16, 24, 32, 40, 48, 56, 60, 62, 63, 64},
         5,
         0.1,
         0,
         0,
         0,
         0.1,
         0,
         0.02,
         false},
        {"USL, blocks differ by 5 %",
         {1, 2, 4, 8, 16, 24, 32, 48, 64},
         5,
         0.1,
         0.02,
         5e-4,
         0,
         0.1,
         0.05,
         0.02,
         true},
        {"linear, blocks by 5 %",
         {1, 2, 4, 8, 16, 32, 48, 64},
         5,
         0.1,
         0,
         0,
         0,
         0.1,
         0.05,
         0.02,
         false},
};

static double truth_at(const struct machine *m, double n)
{
	const double x = m->lambda * n / (1 + m->sigma * (n - 1) + m->kappa * n * (n - 1));
	return m->most > 0 ? fmin(m->most, x) : x;
}

static size_t count_levels(const struct machine *m)
{
	size_t count = 0;
	while (count < MOST_LEVELS && m->levels[count] > 0)
		count++;
	return count;
}

/* The rule of docs/method.md on the curve without noise, written down a second time. */
static double true_plateau(const struct machine *m)
{
	const size_t count = count_levels(m);
	const double top = m->levels[count - 1];
	double most = 0;
	for (size_t i = 0; i < count; i++)
		most = fmax(most, truth_at(m, m->levels[i]));
	for (size_t i = 0; i + 1 < count; i++) {
		const double n = m->levels[i];
		const double gain = (truth_at(m, top) - truth_at(m, n)) / (top - n);
		if (truth_at(m, n) >= 0.95 * most &&
		    gain < 0.5 * truth_at(m, m->levels[0]) / m->levels[0])
			return n;
	}
	return top;
}

/* The first level past which a task adds less than 10 % of the rate of one alone, to the next level
 * and to the top, on the curve without noise, flat beyond its largest value. */
static double true_recommended(const struct machine *m)
{
	const size_t count = count_levels(m);
	double most = 0;
	for (size_t i = 0; i < count; i++)
		most = fmax(most, truth_at(m, m->levels[i]));
	double reached = 0;
	for (size_t i = 0; i + 1 < count; i++) {
		const double n = m->levels[i];
		reached = fmax(reached, truth_at(m, n));
		const double next = fmax(reached, truth_at(m, m->levels[i + 1]));
		const double rate = 0.1 * truth_at(m, m->levels[0]) / m->levels[0];
		if (next - reached < rate * (m->levels[i + 1] - n) &&
		    most - reached < rate * (m->levels[count - 1] - n))
			return n;
	}
	return m->levels[count - 1];
}

/* One warm-up task in every slot, then a window of four tasks' time. */
static void simulate_trial(struct made *made, const struct machine *m, size_t level, uint32_t block,
                           double block_speed, gsl_rng *rng)
{
	const uint32_t slots = m->levels[level];
	const double speed = block_speed * exp(gsl_ran_gaussian(rng, m->between));
	const double mean = slots / truth_at(m, slots) / speed;
	const double shape = 1 / (m->cv * m->cv);
	double starts[MOST_SLOTS];
	double ends[MOST_SLOTS];
	double opens = 0;
	double warmup = 0;
	for (uint32_t s = 0; s < slots; s++) {
		starts[s] = mean * s / slots;
		ends[s] = starts[s] + gsl_ran_gamma(rng, shape, mean / shape);
		opens = fmax(opens, ends[s]);
		warmup += (ends[s] - starts[s]) / slots;
	}
	const double closes = opens + 4 * warmup;
	made_trial(made, level, block, opens, closes);
	for (uint32_t s = 0; s < slots; s++) {
		double start = starts[s];
		double end = ends[s];
		while (start < closes) {
			made_task(made, s, start, end);
			start = end;
			end = start + gsl_ran_gamma(rng, shape, mean / shape);
		}
	}
}

/* Of how many campaigns an interval was there, and of how many it held the truth. */
struct tally {
	size_t asked;
	size_t held;
};

static void count(struct tally *tally, double low, double high, double truth)
{
	if (isnan(low))
		return;
	tally->asked++;
	tally->held += low <= truth && (isnan(high) || truth <= high);
}

/* A parameter at its bound 0 has no interval: it says 0. */
static void count_parameter(struct tally *tally, const struct fit_parameter *p, double truth)
{
	if (p->is_bound)
		count(tally, 0, 0, truth);
	else
		count(tally, p->low, p->high, truth);
}

static double share(const struct tally *tally)
{
	return tally->asked > 0 ? (double)tally->held / (double)tally->asked : (double)NAN;
}

struct outcome {
	struct tally throughput, efficiency, lambda, sigma, kappa, peak, plateau;
	size_t identified;
	size_t point_right; /* the plateau's concurrency is the true one */
	size_t adequate;    /* the USL is called so */
	size_t naive;       /* some level below the top has an interval that reaches 95 % of most */
	size_t recommended; /* the true number, */
	size_t good_enough; /* and one at which the node does at least 95 % of what it does there */
	size_t chosen[FIT_MODELS + 1];
};

/* The rule that is not used: a level below the top whose interval reaches 95 % of the largest mean.
 */
static bool has_naive_plateau(const struct summary *summary)
{
	double most = 0;
	for (size_t i = 0; i < summary->level_count; i++)
		most = fmax(most, summary->levels[i].throughput_per_s.value);
	for (size_t i = 0; i + 1 < summary->level_count; i++)
		if (summary->levels[i].throughput_per_s.high >= 0.95 * most)
			return true;
	return false;
}

static void judge(const struct machine *m, const struct summary *summary,
                  const struct scaling *scaling, struct outcome *o)
{
	const struct fit *const usl = &scaling->fits[FIT_USL];
	const struct plateau *const plateau = &scaling->plateau;
	for (size_t i = 0; i < summary->level_count; i++)
		count(&o->throughput, summary->levels[i].throughput_per_s.low,
		      summary->levels[i].throughput_per_s.high, truth_at(m, m->levels[i]));
	for (size_t i = 1; i < summary->level_count; i++)
		count(&o->efficiency, summary->levels[i].efficiency.low,
		      summary->levels[i].efficiency.high,
		      truth_at(m, m->levels[i]) / m->levels[i] / truth_at(m, 1));
	o->naive += has_naive_plateau(summary);
	count_parameter(&o->lambda, &usl->lambda, m->lambda);
	count_parameter(&o->sigma, &usl->sigma, m->sigma);
	count_parameter(&o->kappa, &usl->kappa, m->kappa);
	if (m->kappa > 0 && !isnan(usl->n_peak.value))
		count(&o->peak, usl->n_peak.low, usl->n_peak.high, sqrt((1 - m->sigma) / m->kappa));
	count(&o->plateau, plateau->low, plateau->high, true_plateau(m));
	o->identified += plateau->is_identified;
	o->point_right += plateau->is_identified && plateau->concurrency == true_plateau(m);
	o->recommended += plateau->recommended == true_recommended(m);
	o->good_enough +=
	        truth_at(m, plateau->recommended) >= 0.95 * truth_at(m, true_recommended(m));
	o->adequate += usl->adequacy == ADEQUACY_GOOD;
	o->chosen[scaling->chosen < 0 ? FIT_MODELS : scaling->chosen]++;
}

static struct outcome simulate(const struct machine *m, size_t campaigns)
{
	struct error err;
	struct outcome outcome = {0};
	gsl_rng *const rng = gsl_rng_alloc(gsl_rng_mt19937);
	cleanup_made struct made made;
	made_init(&made);
	for (size_t i = 0; i < count_levels(m); i++)
		made_level(&made, m->levels[i], "spread");
	for (size_t c = 0; c < campaigns; c++) {
		cleanup_summary struct summary summary = {0};
		made.dataset.trial_count = 0;
		made.dataset.task_count = 0;
		made.dataset.run.seed = c;
		for (uint32_t block = 0; block < m->blocks; block++) {
			const double speed = m->blocks_differ > 0
			                             ? exp(gsl_ran_gaussian(rng, m->blocks_differ))
			                             : 1;
			for (size_t i = 0; i < count_levels(m); i++)
				simulate_trial(&made, m, i, block, speed, rng);
		}
		struct scaling *scalings = NULL;
		size_t scaling_count = 0;
		assert_int_equal(summary_build(&made.dataset, &summary, &err), 0);
		assert_int_equal(scalings_build(&summary, &scalings, &scaling_count, &err), 0);
		assert_int_equal(scaling_count, 1);
		judge(m, &summary, &scalings[0], &outcome);
		scalings_free(scalings, scaling_count);
	}
	gsl_rng_free(rng);
	return outcome;
}

/* The least share that passes: 0.92 of 400 and more campaigns; of fewer what a true one of 0.95
 * falls below in one case of 10,000. */
static double least_share(size_t n)
{
	return fmin(0.92, 0.95 - 3.7 * sqrt(0.95 * 0.05 / (double)n));
}

static void assert_held(const struct machine *m, const char *what, const struct tally *tally)
{
	if (tally->asked > 0 && share(tally) < least_share(tally->asked))
		fail_msg("%s: %s is held by %.3f of %zu intervals", m->name, what, share(tally),
		         tally->asked);
}

static void assert_outcome(const struct machine *m, const struct outcome *o, size_t n)
{
	const struct tally knees = {n, m->has_plateau ? o->identified : n - o->identified};
	const struct tally verdicts = {n, m->most > 0 ? n - o->adequate : o->adequate};
	assert_held(m, "throughput", &o->throughput);
	assert_held(m, "efficiency", &o->efficiency);
	assert_held(m, "plateau", &o->plateau);
	assert_held(m, m->has_plateau ? "(a plateau is found)" : "(no plateau is found)", &knees);
	assert_held(m, m->most > 0 ? "(the USL is inadequate)" : "(the USL is adequate)",
	            &verdicts);
	if (m->most > 0)
		return;
	assert_held(m, "lambda", &o->lambda);
	assert_held(m, "sigma", &o->sigma);
	assert_held(m, "kappa", &o->kappa);
	assert_held(m, "N_peak", &o->peak);
}

static void print_heads(size_t n)
{
	printf("# Of %zu campaigns each, the share of 95 %% intervals that hold the truth, and of "
	       "answers.\n",
	       n);
	printf("# %-26s %6s %6s %6s %6s %6s %6s %7s | %6s %6s %6s %6s | %4s %6s %6s | %s\n",
	       "machine", "X", "X/N", "lambda", "sigma", "kappa", "N_peak", "plateau", "begins",
	       "found", "right", "naive", "run", "right", ">=95%",
	       "usl adequate; chosen: linear amdahl usl none");
}

static void print_outcome(const struct machine *m, const struct outcome *o, size_t n)
{
	const double of = (double)n;
	printf("# %-26s %6.3f %6.3f %6.3f %6.3f %6.3f %6.3f %7.3f | ", m->name,
	       share(&o->throughput), share(&o->efficiency), share(&o->lambda), share(&o->sigma),
	       share(&o->kappa), share(&o->peak), share(&o->plateau));
	printf("%6.0f %6.3f %6.3f %6.3f | %4.0f %6.3f %6.3f | ", true_plateau(m),
	       (double)o->identified / of, (double)o->point_right / of, (double)o->naive / of,
	       true_recommended(m), (double)o->recommended / of, (double)o->good_enough / of);
	printf("%.3f; %.3f %.3f %.3f %.3f\n", (double)o->adequate / of,
	       (double)o->chosen[FIT_LINEAR] / of, (double)o->chosen[FIT_AMDAHL] / of,
	       (double)o->chosen[FIT_USL] / of, (double)o->chosen[FIT_MODELS] / of);
}

static void campaigns_give_back_the_truth(void **state)
{
	(void)state;
	const size_t n = simulations_asked_for(USUAL_CAMPAIGNS);
	struct outcome outcomes[ARRAY_LENGTH(machines)];
	print_heads(n);
	for (size_t i = 0; i < ARRAY_LENGTH(machines); i++) {
		outcomes[i] = simulate(&machines[i], n);
		print_outcome(&machines[i], &outcomes[i], n);
	}
	for (size_t i = 0; i < ARRAY_LENGTH(machines); i++)
		assert_outcome(&machines[i], &outcomes[i], n);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(campaigns_give_back_the_truth),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
