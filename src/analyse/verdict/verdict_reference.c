/* Which runs of a reference a result can be held against, and the verdict by them. */
#include "analyse/compare/compare_parts.h"
#include "analyse/verdict/verdict_parts.h"
#include "model/command_line.h"

#include <math.h>
#include <string.h>

static bool is_same_run(const struct findings *a, const struct findings *b)
{
	const char *const id = a->dataset->run.id;
	const char *const other = b->dataset->run.id;
	return a == b || (id && other && strcmp(id, other) == 0);
}

/* The level of a run with this concurrency and policy; -1: it has none that was measured. */
static ptrdiff_t find_level(const struct findings *run, uint32_t concurrency, const char *policy)
{
	for (size_t i = 0; i < run->summary.level_count; i++) {
		const struct level_summary *const level = &run->summary.levels[i];
		if (level->level->concurrency == concurrency && level->trials > 0 &&
		    (!policy || strcmp(level->level->policy, policy) == 0))
			return (ptrdiff_t)i;
	}
	return -1;
}

/* Of what is measured against the baseline: whether theirs is another N. */
static bool has_other_baseline(const struct question *question, const struct findings *run)
{
	const char *const policy = question->judgement->policy;
	return verdict_is_of_baseline(question->criterion->measure) &&
	       compare_baseline(run, policy) !=
	               compare_baseline(question->judged->findings, policy);
}

/* Why a run cannot be compared at all, or NULL with its level. */
static const char *refuse(const struct question *question, const struct findings *run,
                          size_t *ret_level)
{
	const struct run_facts *const a = &question->judged->findings->dataset->run;
	const struct run_facts *const b = &run->dataset->run;
	char text[VERDICT_DOUBT_BYTES];
	const ptrdiff_t level =
	        find_level(run, question->judgement->concurrency, question->judgement->policy);
	if (is_same_run(run, question->judged->findings))
		return "it is the judged result itself";
	if (a->threads != b->threads)
		return "its tasks have another number of threads";
	if (a->command && b->command && !command_line_is_same(a->command, b->command))
		return "its tasks are of another command";
	if (level < 0)
		return "it did not measure this level";
	if (has_other_baseline(question, run))
		return "its efficiency is drawn from another baseline";
	if (verdict_find_cut_off(run, (size_t)level, text))
		return "tasks failed in it: it is no example of a good node";
	*ret_level = (size_t)level;
	return NULL;
}

static bool is_among(const struct findings *run, const struct reference_run *runs, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (is_same_run(run, runs[i].findings))
			return true;
	return false;
}

size_t verdict_find_runs(const struct question *question, struct reference_run *ret_runs)
{
	const struct reference *const reference = question->reference;
	const char *why = NULL;
	size_t count = 0;
	for (size_t i = 0; i < reference->count; i++) {
		size_t level = 0;
		const struct findings *const run = reference->runs[i];
		const char *const refused = is_among(run, ret_runs, count)
		                                    ? "it is there twice"
		                                    : refuse(question, run, &level);
		if (refused)
			why = refused;
		else
			ret_runs[count++] = (struct reference_run){run, level};
	}
	if (count >= REFERENCE_RUNS_LEAST)
		return count;
	question->judgement->runs_needed = REFERENCE_RUNS_LEAST;
	if (reference->problem)
		verdict_cannot(question, false, "the reference: %.300s", reference->problem);
	else
		verdict_cannot(question, false,
		               "a reference needs %d runs, to tell how much good nodes differ: "
		               "%zu of %zu can be compared%s%s",
		               REFERENCE_RUNS_LEAST, count, reference->count,
		               why ? "; of one, " : "", why ? why : "");
	return count;
}

/* ---- The verdict -------------------------------------------------------------------------- */

struct estimate verdict_mean_of_runs(const struct bounded *runs, size_t count)
{
	struct bounded b = {.se = NAN, .count = count};
	double squares = 0;
	if (count == 0)
		return estimate_absent("no run of the reference has it");
	for (size_t i = 0; i < count; i++)
		b.mean += runs[i].mean / (double)count;
	for (size_t i = 0; i < count; i++)
		squares += (runs[i].mean - b.mean) * (runs[i].mean - b.mean);
	b.freedom = (double)count - 1;
	if (count > 1)
		b.se = sqrt(squares / b.freedom / (double)count);
	return (struct estimate){.value = exp(b.mean),
	                         .low = exp(bounded_low(&b, 0.025)),
	                         .high = exp(bounded_high(&b, 0.025)),
	                         .n = count,
	                         .reason = count > 1 ? NULL : "one run has no interval"};
}

/* The repeats, or runs of the reference, that would decide it. */
static void find_needs(struct judgement *j, const struct predicted *p, const struct bounded *mean,
                       double level)
{
	const double distance = fabs(p->apart.mean - log(j->limit));
	const double runs = (double)p->apart.count;
	const double quiet = p->run_sd * p->run_sd * (1 + 1 / runs);
	const struct bounded without = {
	        .se = sqrt(quiet), .freedom = runs - 1, .count = p->apart.count};
	/* What the bound would be if the judged mean were as sure as the reference's. */
	const double power =
	        bounded_high(&without, level) + bounded_high(&without, 1 - REPEATS_POWER);
	if (p->excess > 0 && !isnan(mean->se) && distance > power) {
		const double square = mean->se * mean->se * (double)mean->count;
		const double ratio = distance / power;
		const double room = p->least + quiet * (ratio * ratio - 1);
		const double n = ceil(square / room);
		if (n > (double)mean->count && n <= REPEATS_MOST) {
			j->repeats_needed = (size_t)n;
			return;
		}
	}
	j->runs_needed = bounds_runs(distance, p->run_sd, p->excess, level, p->apart.count);
}

void verdict_against_runs(const struct question *question, const struct bounded *mean,
                          const struct bounded *runs, size_t count, const char *subject)
{
	struct judgement *const j = question->judgement;
	const double level = question->judged->level;
	const struct predicted p = bounds_against(mean, runs, count);
	const double low = exp(bounded_low(&p.apart, level));
	const double high = exp(bounded_high(&p.apart, level));
	j->replicates = count;
	j->compared = (struct estimate){.value = exp(p.apart.mean),
	                                .low = exp(bounded_low(&p.apart, 0.025)),
	                                .high = exp(bounded_high(&p.apart, 0.025)),
	                                .n = count};
	j->confidence = 1 - level;
	verdict_decide(j, low, high);
	if (j->verdict == VERDICT_INCONCLUSIVE)
		find_needs(j, &p, mean, level);
	verdict_explain(question, subject, low, high);
}
