#include "analyse/verdict/verdict.h"

#include "analyse/verdict/alpha_spending.h"
#include "analyse/verdict/verdict_levels.h"
#include "analyse/verdict/verdict_parts.h"
#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The error of one verdict on either side; and what is spent where there are several looks, since
 * Student's t at the levels of the normal distribution crosses a little more often (docs/method.md:
 * up to 0.058 instead of 0.05, where looks begin at three repeats). */
#define ALPHA         0.05
#define ALPHA_OF_MANY 0.045

/* What is left to spend where the first look was not planned, and took all of it: one or several
 * looks after it together make a wrong verdict in so many cases more (docs/method.md). */
#define ALPHA_AFTER_END 0.015

/* Of an estimate that is absent. */
static const char see_reason[] = "the verdict has the reason";

/* What verdict_build works on. */
struct building {
	const struct criteria *criteria;
	const struct reference *references;
	struct judged judged;
	struct acceptance acceptance;
	size_t capacity;
};

/* ---- Looks -------------------------------------------------------------------------------- */

static int compare_numbers(const void *a, const void *b)
{
	const uint32_t x = *(const uint32_t *)a;
	const uint32_t y = *(const uint32_t *)b;
	return (x > y) - (x < y);
}

/* Sorts numbers and drops those that are there already; returns how many are left. */
static size_t sort_distinct(uint32_t *numbers, size_t count)
{
	size_t kept = 0;
	if (count > 0)
		qsort(numbers, count, sizeof *numbers, compare_numbers);
	for (size_t i = 0; i < count; i++)
		if (kept == 0 || numbers[kept - 1] != numbers[i])
			numbers[kept++] = numbers[i];
	return kept;
}

/* How many blocks have a trial that counts. scratch has room for a number of each trial. */
static uint32_t count_blocks(const struct summary *summary, uint32_t *scratch)
{
	size_t count = 0;
	for (size_t i = 0; i < summary->trial_count; i++)
		if (!summary->trials[i].left_out)
			scratch[count++] = summary->trials[i].trial->block;
	return (uint32_t)sort_distinct(scratch, count);
}

/* How many blocks had a trial that counts before this time. scratch as above. */
static uint32_t count_blocks_before(const struct summary *summary, int64_t at_ns, uint32_t *scratch)
{
	size_t count = 0;
	for (size_t i = 0; i < summary->trial_count; i++)
		if (!summary->trials[i].left_out && summary->trials[i].trial->end_ns <= at_ns)
			scratch[count++] = summary->trials[i].trial->block;
	return (uint32_t)sort_distinct(scratch, count);
}

/* Who goes on with a run that had come to its end has looked at it, and would not have gone on if
 * it had been decided. */
static bool is_after_end(const struct event_record *event)
{
	return strcmp(event->code, "resumed") == 0 && strstr(event->text, "(done)");
}

static bool is_look(const struct dataset *dataset, const struct dataset_sample *sample)
{
	return strcmp(dataset->sample_names.items[sample->name], look_sample_name) == 0 &&
	       sample->value >= 1;
}

/* Whether a look at so many blocks was recorded: then it was one of a plan. */
static bool has_look(const struct dataset *dataset, uint32_t blocks)
{
	for (size_t i = 0; i < dataset->sample_count; i++)
		if (is_look(dataset, &dataset->samples[i]) && dataset->samples[i].value == blocks)
			return true;
	return false;
}

/* Appends such looks that were not planned; returns how many. */
static size_t find_resumed(const struct summary *summary, uint32_t blocks, uint32_t *looks,
                           uint32_t *scratch)
{
	const struct dataset *const dataset = summary->dataset;
	size_t count = 0;
	for (size_t i = 0; i < dataset->warning_count; i++) {
		const struct event_record *const event = &dataset->warnings[i];
		if (!is_after_end(event))
			continue;
		const uint32_t before = count_blocks_before(summary, event->at_ns, scratch);
		if (before > 0 && before < blocks && !has_look(dataset, before))
			looks[count++] = before;
	}
	return count;
}

/* The looks at fewer blocks than there are now, into looks (room for every sample and every
 * warning); *ret_has_any: the result was looked at at all, now or before. */
static size_t find_looks(const struct summary *summary, uint32_t blocks, uint32_t *looks,
                         uint32_t *scratch, bool *ret_has_any, double *ret_alpha)
{
	const struct dataset *const dataset = summary->dataset;
	size_t count = find_resumed(summary, blocks, looks, scratch);
	*ret_has_any = count > 0;
	*ret_alpha = count > 0 ? ALPHA_AFTER_END : ALPHA_OF_MANY;
	for (size_t i = 0; i < dataset->sample_count; i++) {
		const struct dataset_sample *const sample = &dataset->samples[i];
		if (!is_look(dataset, sample))
			continue;
		*ret_has_any = true;
		if (sample->value < blocks)
			looks[count++] = (uint32_t)sample->value;
	}
	return sort_distinct(looks, count);
}

/* The error that this look may make. */
static int spend(struct building *b, struct error *err)
{
	const struct findings *const findings = b->judged.findings;
	const size_t most_looks =
	        findings->dataset->sample_count + findings->dataset->warning_count;
	const size_t trials = findings->summary.trial_count;
	cleanup_free uint32_t *numbers = calloc(most_looks + trials + 2, sizeof *numbers);
	if (!numbers)
		return error_memory(err);
	uint32_t *const scratch = numbers + most_looks + 1;
	const uint32_t blocks = count_blocks(&findings->summary, scratch);
	bool has_any;
	double alpha;
	size_t looks = find_looks(&findings->summary, blocks, numbers, scratch, &has_any, &alpha);
	const double most = fmax(fmax(b->criteria->max_repeats, blocks), 1);
	b->acceptance.blocks = blocks;
	b->acceptance.looks = (uint32_t)looks;
	b->judged.level = ALPHA;
	if (!has_any || blocks == 0 || (looks == 0 && most <= blocks))
		return 0;
	/* More looks than anybody takes: the last ones are what counts. */
	const size_t skipped = looks >= ALPHA_LOOKS_MOST ? looks - ALPHA_LOOKS_MOST + 1 : 0;
	looks -= skipped;
	cleanup_free double *fractions = calloc(2 * (looks + 1), sizeof *fractions);
	if (!fractions)
		return error_memory(err);
	double *const levels = fractions + looks + 1;
	for (size_t k = 0; k < looks; k++)
		fractions[k] = numbers[skipped + k] / most;
	fractions[looks] = blocks / most;
	const int r = alpha_spending_levels(alpha, fractions, looks + 1, levels, err);
	if (r == 0)
		b->judged.level = levels[looks];
	return r;
}

/* ---- One judgement ------------------------------------------------------------------------ */

static struct measure_query query_of(const struct criterion *criterion)
{
	return (struct measure_query){.id = criterion->measure,
	                              .detail = criterion->detail,
	                              .statistic = criterion->statistic,
	                              .quantile = criterion->quantile,
	                              .sources = criterion->sources};
}

static void name_judgement(const struct summary *summary, struct judgement *j, bool is_one_of_many)
{
	const struct criterion *const criterion = j->criterion;
	const struct measure_query query = query_of(criterion);
	const bool has_policy = j->policy && (criterion->policy || summary->policy_count > 1);
	char words[96];
	char at[80] = "";
	measure_words(&query, words);
	if (j->concurrency > 0)
		snprintf(at, sizeof at, " at N=%u%s%.40s%s", j->concurrency, has_policy ? " (" : "",
		         has_policy ? j->policy : "", has_policy ? ")" : "");
	else if (has_policy)
		snprintf(at, sizeof at, " (%.40s)", j->policy);
	if (criterion->label)
		snprintf(j->label, sizeof j->label, "%.78s%s", criterion->label,
		         is_one_of_many ? at : "");
	else
		snprintf(j->label, sizeof j->label, "%.78s%s", words, at);
}

/* Appends a judgement in which nothing has been decided. Returns NULL without memory. */
static struct judgement *add_judgement(struct building *b, size_t criterion, ptrdiff_t level,
                                       uint32_t concurrency, struct error *err)
{
	struct acceptance *const a = &b->acceptance;
	const struct criterion *const c = &b->criteria->items[criterion];
	const struct summary *const summary = &b->judged.findings->summary;
	if (array_reserve(&a->items, &b->capacity, a->count + 1, sizeof *a->items, err) < 0)
		return NULL;
	struct judgement *const j = &a->items[a->count++];
	*j = (struct judgement){
	        .criterion = c,
	        .findings = b->judged.findings,
	        .level = level,
	        .concurrency = concurrency,
	        .policy = level >= 0 ? summary->levels[level].level->policy : c->policy,
	        .verdict = VERDICT_INCONCLUSIVE,
	        .value = estimate_absent(see_reason),
	        .reference = estimate_absent("it is held against a limit, not a reference"),
	        .compared = estimate_absent(see_reason),
	        .bound = NAN,
	        .limit = c->limit,
	        .confidence = NAN,
	        .place = -1,
	};
	return j;
}

/* Judges what has been appended. */
static int judge(struct building *b, struct judgement *j, struct error *err)
{
	const struct question question = {
	        .judged = &b->judged,
	        .criterion = j->criterion,
	        .reference = &b->references[j->criterion - b->criteria->items],
	        .query = query_of(j->criterion),
	        .judgement = j,
	};
	const enum measure_nature nature = measures[j->criterion->measure].nature;
	const struct level_summary *const level =
	        j->level >= 0 ? &b->judged.findings->summary.levels[j->level] : NULL;
	int r = 0;
	if (nature == NATURE_COUNT)
		verdict_judge_count(&question);
	else if (level && level->level->skipped)
		verdict_cannot(&question, false, "it was left out: %.300s", level->level->skipped);
	else if (nature == NATURE_PLACES && level && level->trials == 0)
		verdict_cannot(&question, false, "it has no trial to judge by: %.300s",
		               level->reason ? level->reason : "none has run");
	else if (nature == NATURE_PLACES)
		r = verdict_judge_places(&question, err);
	else
		r = verdict_judge_values(&question, err);
	if (r == 0)
		verdict_doubt_origin(&question, &b->criteria->origin);
	return r;
}

/* ---- One criterion ------------------------------------------------------------------------ */

/* The levels that were measured, as somebody who mistook one wants to see them. */
static void list_levels(const struct summary *summary, char *text, size_t bytes)
{
	size_t used = 0;
	uint32_t last = 0;
	text[0] = '\0';
	for (size_t i = 0; i < summary->level_count && used + 16 < bytes; i++) {
		const uint32_t n = summary->levels[i].level->concurrency;
		if (n == last)
			continue;
		used += (size_t)snprintf(text + used, bytes - used, "%s%u", last ? ", " : "", n);
		last = n;
	}
}

/* The result has nothing at this concurrency (0: not even that is known, for `reason`). */
static int add_absent(struct building *b, size_t criterion, uint32_t concurrency,
                      const char *reason, struct error *err)
{
	const struct summary *const summary = &b->judged.findings->summary;
	const struct criterion *const c = &b->criteria->items[criterion];
	struct judgement *const j = add_judgement(b, criterion, -1, concurrency, err);
	char measured[160];
	if (!j)
		return error_memory(err);
	const struct question question = {.judged = &b->judged, .criterion = c, .judgement = j};
	list_levels(summary, measured, sizeof measured);
	if (reason)
		verdict_cannot(&question, false, "%.300s", reason);
	else
		verdict_cannot(&question, false,
		               "the result has no level N=%u%s%.40s; it has N = %s", concurrency,
		               c->policy ? " of policy " : "", c->policy ? c->policy : "",
		               measured);
	return 0;
}

/* Judges every policy that the result has at this concurrency. */
static int judge_level(struct building *b, size_t criterion, const struct asked_level *asked,
                       struct error *err)
{
	const struct summary *const summary = &b->judged.findings->summary;
	const char *const policy = b->criteria->items[criterion].policy;
	bool has_some = false;
	int r = 0;
	for (size_t i = 0; r == 0 && i < summary->level_count; i++) {
		const struct dataset_level *const level = summary->levels[i].level;
		if (level->concurrency != asked->concurrency ||
		    (policy && strcmp(policy, level->policy) != 0))
			continue;
		has_some = true;
		struct judgement *const j =
		        add_judgement(b, criterion, (ptrdiff_t)i, level->concurrency, err);
		r = j ? judge(b, j, err) : error_memory(err);
	}
	if (r == 0 && !has_some && asked->is_needed)
		r = add_absent(b, criterion, asked->concurrency, NULL, err);
	return r;
}

static int judge_levels(struct building *b, size_t criterion, struct error *err)
{
	const struct criterion *const c = &b->criteria->items[criterion];
	cleanup_asked_levels struct asked_levels asked = {0};
	const size_t before = b->acceptance.count;
	int r = asked_levels_find(b->judged.findings, &c->levels, &asked, err);
	for (size_t i = 0; r == 0 && i < asked.count; i++)
		r = judge_level(b, criterion, &asked.items[i], err);
	if (r == 0 && (asked.reason[0] || b->acceptance.count == before))
		r = add_absent(b, criterion, 0,
		               asked.reason[0] ? asked.reason
		                               : "the result has none of the levels of this policy",
		               err);
	return r;
}

static int judge_criterion(struct building *b, size_t criterion, struct error *err)
{
	const struct criterion *const c = &b->criteria->items[criterion];
	struct acceptance *const a = &b->acceptance;
	const size_t before = a->count;
	int r = 0;
	if (measures[c->measure].nature == NATURE_COUNT && c->levels.count == 0) {
		struct judgement *const j = add_judgement(b, criterion, -1, 0, err);
		r = j ? judge(b, j, err) : error_memory(err);
	} else {
		r = judge_levels(b, criterion, err);
	}
	for (size_t i = before; r == 0 && i < a->count; i++)
		name_judgement(&b->judged.findings->summary, &a->items[i], a->count - before > 1);
	return r;
}

/* ---- All of them -------------------------------------------------------------------------- */

static enum verdict overall(const size_t in_verdict[VERDICTS])
{
	if (in_verdict[VERDICT_FAIL] > 0)
		return VERDICT_FAIL;
	return in_verdict[VERDICT_INCONCLUSIVE] > 0 || in_verdict[VERDICT_PASS] == 0
	               ? VERDICT_INCONCLUSIVE
	               : VERDICT_PASS;
}

static void sum_up(struct acceptance *acceptance)
{
	for (size_t i = 0; i < acceptance->count; i++) {
		const struct judgement *const j = &acceptance->items[i];
		acceptance->in_verdict[j->verdict]++;
		if (j->verdict == VERDICT_INCONCLUSIVE &&
		    j->repeats_needed > acceptance->repeats_needed)
			acceptance->repeats_needed = j->repeats_needed;
	}
	acceptance->verdict = overall(acceptance->in_verdict);
}

int verdict_build(const struct criteria *criteria, const struct reference *references,
                  const struct findings *findings, struct acceptance *ret_acceptance,
                  struct error *err)
{
	struct building b = {
	        .criteria = criteria, .references = references, .judged.findings = findings};
	int r = spend(&b, err);
	for (size_t i = 0; r == 0 && i < criteria->count; i++)
		r = judge_criterion(&b, i, err);
	if (r == 0)
		r = verdict_find_notes(criteria, references, findings, &b.acceptance, err);
	place_data_release(b.judged.places);
	free(b.judged.places);
	if (r < 0) {
		acceptance_release(&b.acceptance);
		return r;
	}
	sum_up(&b.acceptance);
	*ret_acceptance = b.acceptance;
	return 0;
}

void acceptance_release(struct acceptance *acceptance)
{
	if (!acceptance)
		return;
	free(acceptance->items);
	free(acceptance->notes);
	*acceptance = (struct acceptance){0};
}

enum verdict verdict_overall(const struct acceptance *acceptances, size_t count)
{
	size_t in_verdict[VERDICTS] = {0};
	for (size_t i = 0; i < count; i++)
		in_verdict[acceptances[i].verdict]++;
	return overall(in_verdict);
}
