#include "analyse/attribution.h"

#include "analyse/attribution_parts.h"
#include "analyse/summary_parts.h"
#include "core/error.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>

/* A cause is more than this part of 1, and more than this part of all the factors together, in
 * logs. */
#define CAUSE_LEAST 0.01
#define CAUSE_PART  0.05
/* One that is more than this part of all needs no more than its interval. */
#define CAUSE_LARGE 0.2

/* The part of the growth of time off the CPU that is most of it. */
#define MOST_PART 0.5

const char *const attribution_mode_names[] = {"none", "kernel-and-user", "user-only",
                                              "no-counters"};
const char *const attribution_factor_names[] = {"instructions", "cpi",    "clock",
                                                "kernel",       "on_cpu", "off_cpu"};
const char *const off_cpu_part_names[] = {"run_queue", "block_io", "page_in", "other"};

/* Two trials that are compared: of the level and of the baseline. */
struct pair {
	size_t here;
	size_t there;
};

/* What all levels are worked out from. */
struct build {
	const struct summary *summary;
	const struct trial_totals *totals;
	struct pair *pairs; /* room for one per trial */
	size_t pair_count;
	double *above; /* room for one figure per trial */
	double *below;
	struct attribution_pair *kept; /* what is told of pairs; room for one per trial */
	size_t kept_count;
};

/* Fills the pairs of trials of one block. */
static void find_pairs(struct build *b, size_t level, size_t baseline)
{
	const struct summary *const summary = b->summary;
	b->pair_count = 0;
	for (const struct trial_summary *here = summary->levels[level].first; here;
	     here = here->next) {
		if (!summary_trial_is_used(here, level))
			continue;
		const struct trial_summary *const there =
		        summary_trial_of(summary, baseline, here->trial->block);
		if (there)
			b->pairs[b->pair_count++] =
			        (struct pair){(size_t)(here - summary->trials),
			                      (size_t)(there - summary->trials)};
	}
}

/* Whether a trial has a value for every step of the chain. */
static bool has_chain(const struct build *b, size_t trial, size_t chain)
{
	return attribution_can_divide(&b->totals[trial].chains[chain], &attribution_chains[chain]);
}

static bool pair_has_chain(const struct build *b, const struct pair *pair, size_t chain)
{
	return has_chain(b, pair->here, chain) && has_chain(b, pair->there, chain);
}

static size_t count_pairs(const struct build *b, size_t chain)
{
	size_t count = 0;
	for (size_t p = 0; p < b->pair_count; p++)
		count += pair_has_chain(b, &b->pairs[p], chain);
	return count;
}

static bool all_have_ticks(const struct build *b, size_t chain)
{
	for (size_t p = 0; p < b->pair_count; p++) {
		const struct pair *const pair = &b->pairs[p];
		if (pair_has_chain(b, pair, chain) &&
		    !(attribution_has_ticks(&b->totals[pair->here].chains[chain]) &&
		      attribution_has_ticks(&b->totals[pair->there].chains[chain])))
			return false;
	}
	return true;
}

/* The best chain that at least half of the pairs have; the last one is of wall time alone. */
static size_t choose_chain(const struct build *b)
{
	const size_t all = count_pairs(b, CHAINS - 1);
	for (size_t c = 0; c + 1 < CHAINS; c++) {
		const size_t count = count_pairs(b, c);
		if (count == 0 || 2 * count < all)
			continue;
		if (!attribution_chains[c].is_split_by_ticks || all_have_ticks(b, c))
			return c;
	}
	return CHAINS - 1;
}

/* The ratio of two quantities of one chain, over the pairs that have it. */
static struct estimate ratio(const struct build *b, size_t chain, enum quantity over,
                             enum quantity under)
{
	size_t count = 0;
	for (size_t p = 0; p < b->pair_count; p++) {
		const struct pair *const pair = &b->pairs[p];
		if (!pair_has_chain(b, pair, chain))
			continue;
		const double *const here = b->totals[pair->here].chains[chain].sums;
		const double *const there = b->totals[pair->there].chains[chain].sums;
		b->above[count] = here[over] / here[under];
		b->below[count++] = there[over] / there[under];
	}
	return estimate_paired_ratio(b->above, b->below, count, 1);
}

/* What occupancy and failures add to the loss of throughput: figures of whole trials, of the
 * baseline over here. */
static void compare_trials(const struct build *b, struct attribution *a)
{
	static const char no_occupancy[] = "when these tasks ran is not known";
	size_t count = 0;
	for (size_t p = 0; p < b->pair_count; p++)
		if (pair_has_chain(b, &b->pairs[p], CHAINS - 1) &&
		    isfinite(b->totals[b->pairs[p].there].held) &&
		    isfinite(b->totals[b->pairs[p].here].held)) {
			b->above[count] = b->totals[b->pairs[p].there].held;
			b->below[count++] = b->totals[b->pairs[p].here].held;
		}
	a->occupancy = count > 0 ? estimate_paired_ratio(b->above, b->below, count, 1)
	                         : estimate_absent(no_occupancy);
	count = 0;
	for (size_t p = 0; p < b->pair_count; p++)
		if (pair_has_chain(b, &b->pairs[p], CHAINS - 1)) {
			b->above[count] = b->totals[b->pairs[p].there].success;
			b->below[count++] = b->totals[b->pairs[p].here].success;
		}
	a->failures = estimate_paired_ratio(b->above, b->below, count, 1);
}

/* The factors of one pair along the chain. */
static struct attribution_pair pair_factors(const struct build *b, const struct pair *pair,
                                            size_t chosen)
{
	const struct chain *const chain = &attribution_chains[chosen];
	const double *const here = b->totals[pair->here].chains[chosen].sums;
	const double *const there = b->totals[pair->there].chains[chosen].sums;
	struct attribution_pair of = {.block = b->summary->trials[pair->here].trial->block};
	enum quantity under = QUANTITY_TASKS;
	for (size_t f = 0; f < FACTOR_COUNT; f++)
		of.factors[f] = NAN;
	for (size_t s = 0; s < chain->step_count; s++) {
		const enum quantity over = chain->steps[s].quantity;
		of.factors[chain->steps[s].factor] =
		        here[over] / here[under] / (there[over] / there[under]);
		under = over;
	}
	of.product = here[QUANTITY_WALL] / here[QUANTITY_TASKS] /
	             (there[QUANTITY_WALL] / there[QUANTITY_TASKS]);
	return of;
}

static void keep_pairs(struct build *b, size_t chosen, struct attribution *a)
{
	for (size_t p = 0; p < b->pair_count; p++)
		if (pair_has_chain(b, &b->pairs[p], chosen))
			a->pairs[a->pair_count++] = pair_factors(b, &b->pairs[p], chosen);
	b->kept_count += a->pair_count;
}

static void fill_factors(const struct build *b, size_t chosen, struct attribution *a)
{
	const struct chain *const chain = &attribution_chains[chosen];
	enum quantity under = QUANTITY_TASKS;
	a->mode = chain->mode;
	for (size_t s = 0; s < chain->step_count; s++) {
		a->factors[chain->steps[s].factor] =
		        ratio(b, chosen, chain->steps[s].quantity, under);
		under = chain->steps[s].quantity;
	}
	a->product = ratio(b, chosen, QUANTITY_WALL, QUANTITY_TASKS);
	for (size_t p = 0; p < b->pair_count; p++)
		if (pair_has_chain(b, &b->pairs[p], chosen))
			a->tasks_used += b->totals[b->pairs[p].here].chains[chosen].tasks;
}

/* The part of the wall time that is CPU time, at the baseline: what the last factor compares. */
static double cpu_share_at_baseline(const struct build *b, size_t chosen)
{
	const struct chain *const chain = &attribution_chains[chosen];
	double logs = 0;
	size_t count = 0;
	if (chain->step_count < 2)
		return NAN;
	const enum quantity cpu = chain->steps[chain->step_count - 2].quantity;
	for (size_t p = 0; p < b->pair_count; p++) {
		if (!pair_has_chain(b, &b->pairs[p], chosen))
			continue;
		const double *const there = b->totals[b->pairs[p].there].chains[chosen].sums;
		logs += log(there[cpu] / there[QUANTITY_WALL]);
		count++;
	}
	return exp(logs / (double)count);
}

/* Whether of any task it is known how much of its CPU time was user time. */
static bool has_user_time(const struct build *b)
{
	for (size_t i = 0; i < b->summary->level_count; i++)
		if (b->summary->levels[i].user_s.tasks > 0)
			return true;
	return false;
}

/* Why the split is not a better one, or NULL. */
static const char *reason_of(const struct build *b, size_t chosen)
{
	static const char coarse[] =
	        "user time is counted by the kernel's ticks, too coarse below 5 s of CPU time per "
	        "trial: measure more tasks (-m) to tell the clock from kernel time";
	const char *multiplexed =
	        "too few tasks counted cycles, instructions and task-clock all the time: ask for "
	        "fewer events at once (-e)";
	static const char not_parted[] =
	        "the imported files do not say how much of the CPU time was user time";
	static const char no_times[] = "the CPU time of these tasks is not known";
	const struct chain *const chain = &attribution_chains[chosen];
	if (chosen == 0)
		return NULL;
	if (chosen == CHAINS - 1)
		return no_times;
	if (chain->mode == ATTRIBUTION_USER_ONLY && !chain->is_split_by_ticks)
		return has_user_time(b) ? coarse : not_parted;
	if (b->summary->dataset->run.imported)
		multiplexed = "the imported files have no counts of cycles, instructions and "
		              "task-clock that go together";
	const char *const user = attribution_missing(b->summary, &attribution_chains[1]);
	const char *const kernel = attribution_missing(b->summary, &attribution_chains[0]);
	const struct dataset *const dataset = b->summary->dataset;
	const bool has_user_only = dataset_find_event(dataset, "instructions", true) >= 0 ||
	                           dataset_find_event(dataset, "cycles", true) >= 0;
	const char *const reason =
	        chain->mode == ATTRIBUTION_NO_COUNTERS && has_user_only ? user : kernel;
	return reason ? reason : multiplexed;
}

/* At the baseline everything is 1 by definition, without any spread. */
static void set_exact(struct estimate *estimate)
{
	if (!estimate_has_value(estimate))
		return;
	estimate->low = 1;
	estimate->high = 1;
	estimate->reason = NULL;
}

static void set_all_exact(struct attribution *a)
{
	for (size_t f = 0; f < FACTOR_COUNT; f++)
		set_exact(&a->factors[f]);
	set_exact(&a->product);
	set_exact(&a->occupancy);
	set_exact(&a->failures);
}

/* Whether an estimate differs from 1 at 5 % / tries: at 1 try, whether its interval excludes 1. */
static bool is_beyond_chance(const struct estimate *e, double tries)
{
	if (!estimate_has_value(e) || !estimate_has_interval(e))
		return estimate_has_value(e);
	const double freedom = (double)e->n - 1;
	const double wider =
	        gsl_cdf_tdist_Pinv(1 - 0.025 / tries, freedom) / gsl_cdf_tdist_Pinv(0.975, freedom);
	return fabs(log(e->value)) > wider * log(e->high / e->value);
}

/* Whether a factor has an effect on the wall time at all. Where tasks hardly use the CPU, its time
 * may double and nobody would notice: the factor says 2, and time off the CPU 0.5. */
static bool is_felt(const struct attribution *a, size_t factor, double cpu_share)
{
	const double off = a->factors[FACTOR_OFF_CPU].value;
	if (a->is_parallelism || !isfinite(cpu_share))
		return true;
	if (factor != FACTOR_OFF_CPU)
		return cpu_share * fabs(a->factors[factor].value - 1) > CAUSE_LEAST;
	const double cpu_grown = cpu_share * (a->product.value / off - 1);
	return fabs(a->off_cpu_grown) > CAUSE_LEAST || fabs(cpu_grown) > CAUSE_LEAST;
}

/* A factor that makes up a good part of a slowdown that is there is a cause when its interval
 * excludes 1. Anywhere else several factors are looked at without a sign that there is anything to
 * find: then all of them together may be wrong in 5 % of the cases. cpu_share: of the wall time, at
 * the baseline; NAN: not known. */
static void find_causes(struct attribution *a, double cpu_share)
{
	const bool is_slower = is_beyond_chance(&a->product, 1);
	double all = 0;
	double tries = 0;
	for (size_t f = 0; f < FACTOR_COUNT; f++)
		if (estimate_has_value(&a->factors[f])) {
			all += fabs(log(a->factors[f].value));
			tries++;
		}
	for (size_t f = 0; f < FACTOR_COUNT; f++) {
		const double size = fabs(log(a->factors[f].value));
		const bool is_large = is_slower && size >= CAUSE_LARGE * all;
		a->is_cause[f] = is_beyond_chance(&a->factors[f], is_large ? 1 : tries) &&
		                 size > log1p(CAUSE_LEAST) && size >= CAUSE_PART * all &&
		                 is_felt(a, f, cpu_share);
	}
}

/* The part that makes up most of what time off the CPU grew by since the baseline, or -1. */
static ptrdiff_t main_part(const struct off_cpu_split *here, const struct off_cpu_split *there)
{
	double grown = 0;
	for (size_t part = 0; part < OFF_CPU_PARTS; part++)
		if (isfinite(here->seconds[part]) && isfinite(there->seconds[part]))
			grown += here->seconds[part] - there->seconds[part];
	for (size_t part = 0; part < OFF_CPU_PARTS; part++) {
		const double by = here->seconds[part] - there->seconds[part];
		/* What is left is no answer while something else is in it. */
		if (grown > 0 && by > MOST_PART * grown && !here->reason[part] &&
		    !there->reason[part])
			return (ptrdiff_t)part;
	}
	return -1;
}

static void set_absent(struct attribution *a, const char *reason)
{
	for (size_t f = 0; f < FACTOR_COUNT; f++)
		a->factors[f] = estimate_absent(NULL);
	a->product = estimate_absent(reason);
	a->occupancy = estimate_absent(reason);
	a->failures = estimate_absent(reason);
	a->reason = reason;
	a->baseline = -1;
	a->off_cpu_main = -1;
	a->off_cpu_grown = NAN;
}

static void build_level(struct build *b, size_t level, struct attribution *a)
{
	static const char stated[] = "only figures of whole levels are stated, and no tasks";
	const struct level_summary *const here = &b->summary->levels[level];
	set_absent(a, here->reason ? here->reason : "there is no baseline");
	a->pairs = b->kept + b->kept_count;
	for (const struct trial_summary *trial = here->first; trial; trial = trial->next)
		if (summary_trial_is_used(trial, level))
			a->tasks_successful += b->totals[trial - b->summary->trials].successful;
	attribution_split_off_cpu(b->summary, level, &a->off_cpu);
	const ptrdiff_t baseline =
	        summary_baseline(b->summary, b->summary->levels[level].level->policy);
	if (here->is_stated || (baseline >= 0 && b->summary->levels[baseline].is_stated))
		a->product.reason = a->reason = stated;
	if (here->reason || baseline < 0 || a->reason == stated)
		return;
	a->baseline = baseline;
	a->is_parallelism = here->is_parallel || b->summary->levels[baseline].is_parallel;
	find_pairs(b, level, (size_t)baseline);
	if (count_pairs(b, CHAINS - 1) == 0) {
		a->reason = "no block holds both this level and the baseline with a success";
		a->product.reason = a->reason;
		return;
	}
	const size_t chosen = choose_chain(b);
	fill_factors(b, chosen, a);
	keep_pairs(b, chosen, a);
	compare_trials(b, a);
	const double cpu_share = cpu_share_at_baseline(b, chosen);
	if (!a->is_parallelism)
		a->off_cpu_grown =
		        a->product.value * (1 - cpu_share / a->factors[FACTOR_OFF_CPU].value) -
		        (1 - cpu_share);
	a->reason = reason_of(b, chosen);
	if ((size_t)baseline == level)
		set_all_exact(a);
	else
		find_causes(a, cpu_share);
}

int attribution_build(const struct summary *summary, struct attribution **ret_attributions,
                      struct error *err)
{
	struct build b = {.summary = summary};
	struct trial_totals *totals = NULL;
	const size_t trials = summary->trial_count ? summary->trial_count : 1;
	const size_t levels = summary->level_count ? summary->level_count : 1;
	struct attribution *const attributions = calloc(levels, sizeof *attributions);
	int r = attribution_totals(summary, &totals, err);
	b.totals = totals;
	b.pairs = calloc(trials, sizeof *b.pairs);
	b.above = calloc(2 * trials, sizeof *b.above);
	b.below = b.above + trials;
	b.kept = calloc(trials, sizeof *b.kept);
	if (r == 0 && (!attributions || !b.pairs || !b.above || !b.kept))
		r = error_memory(err);
	/* The first one owns the pairs of all. */
	if (r == 0)
		attributions[0].pairs = b.kept;
	for (size_t i = 0; r == 0 && i < summary->level_count; i++)
		build_level(&b, i, &attributions[i]);
	for (size_t i = 0; r == 0 && i < summary->level_count; i++)
		if (attributions[i].baseline >= 0)
			attributions[i].off_cpu_main =
			        main_part(&attributions[i].off_cpu,
			                  &attributions[attributions[i].baseline].off_cpu);
	free(totals);
	free(b.pairs);
	free(b.above);
	if (r < 0) {
		free(attributions);
		free(b.kept);
		return r;
	}
	*ret_attributions = attributions;
	return 0;
}

void attribution_free(struct attribution *attributions)
{
	if (attributions)
		free(attributions[0].pairs);
	free(attributions);
}
