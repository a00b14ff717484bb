/* Criteria on the slowest core, L3 cache or socket. */
#include "analyse/verdict/verdict_parts.h"

#include "core/cleanup.h"
#include "core/error.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const char *const kind_words[PLACE_KINDS] = {
        [PLACE_PU] = "CPU", [PLACE_CORE] = "core", [PLACE_L3] = "L3", [PLACE_PACKAGE] = "socket"};

static enum place_kind kind_of(enum measure_id id)
{
	return id == MEASURE_CORE_SPREAD ? PLACE_CORE
	       : id == MEASURE_L3_SPREAD ? PLACE_L3
	                                 : PLACE_PACKAGE;
}

static int make_places(struct judged *judged, struct error *err)
{
	if (judged->places)
		return 0;
	struct place_data *const data = calloc(1, sizeof *data);
	if (!data)
		return error_memory(err);
	const int r = place_data_build(&judged->findings->summary, data, err);
	if (r < 0)
		free(data);
	else
		judged->places = data;
	return r;
}

/* "core 5, the slowest, takes 1.92 times as long as the others". */
static void name_place(const struct judgement *j, double apart, char *text, size_t bytes)
{
	snprintf(text, bytes, "%s %d, the slowest, takes %.4g times as long as the other%s",
	         kind_words[j->place_kind], (int)j->place, exp(apart), j->places > 2 ? "s" : "");
}

/* How many repeats would bring the bound of one place to the other side. */
static size_t repeats_for(const struct judgement *j, const struct place_spread *spread,
                          size_t which, double level)
{
	const struct place_apart *const p = &spread->items[which];
	const double distance = p->apart - log(j->limit);
	const double sd = p->se * sqrt((double)p->trials);
	const double own_sd = p->own_se * sqrt((double)p->trials);
	if (distance <= 0)
		return bounds_repeats(-distance, sd, 0, level, p->trials);
	const size_t by_all =
	        bounds_repeats(distance, sd, 0, level / (double)spread->count, p->trials);
	const size_t by_own = bounds_repeats(distance, own_sd, 0, level, p->trials);
	return by_all == 0 || by_own == 0 ? 0 : by_all > by_own ? by_all : by_own;
}

static void set_place(struct judgement *j, const struct place_spread *spread, size_t which)
{
	const struct place_apart *const p = &spread->items[which];
	const struct bounded b = {p->apart, p->se, p->freedom, p->trials};
	j->place = p->index;
	j->value = (struct estimate){.value = exp(p->apart),
	                             .low = exp(bounded_low(&b, 0.025)),
	                             .high = exp(bounded_high(&b, 0.025)),
	                             .n = p->trials};
	j->compared = j->value;
}

/* A pass holds only where every place was compared. */
static void doubt_pass(const struct question *question, const struct place_spread *spread)
{
	const char *const words = kind_words[question->judgement->place_kind];
	if (question->judgement->verdict == VERDICT_PASS && spread->silent > 0)
		verdict_cannot(question, false,
		               "no task succeeded on %zu %s%s, which cannot be compared",
		               spread->silent, words, spread->silent > 1 ? "s" : "");
	verdict_doubt_pass(question, spread->trials);
}

static void against_limit(const struct question *question, const struct place_spread *spread)
{
	struct judgement *const j = question->judgement;
	const double level = question->judged->level;
	const size_t worst = place_spread_worst(spread);
	size_t highest = worst;
	size_t lowest = worst;
	char subject[96];
	set_place(j, spread, worst);
	const double high = exp(place_spread_high(spread, level, &highest));
	const double low = exp(place_spread_low(spread, level, &lowest));
	if (isnan(high)) {
		name_place(j, spread->items[worst].apart, subject, sizeof subject);
		verdict_cannot(question, false,
		               "%s, from one repeat, which has no bound: 3 or more are needed (-r)",
		               subject);
		j->repeats_needed = 3;
		return;
	}
	verdict_decide(j, low, high);
	const size_t shown = j->verdict == VERDICT_FAIL ? lowest : worst;
	set_place(j, spread, shown);
	name_place(j, spread->items[shown].apart, subject, sizeof subject);
	/* One of many fails with the correction for their number. */
	j->confidence = 1 - (j->verdict == VERDICT_FAIL ? level / (double)spread->count : level);
	if (j->verdict == VERDICT_INCONCLUSIVE)
		j->repeats_needed = repeats_for(j, spread, highest, level);
	verdict_explain(question, subject, low, high);
	doubt_pass(question, spread);
}

/* ---- Against a reference ------------------------------------------------------------------ */

/* The worst place of a reference run (log); NAN: it has none. */
static int measure_run(const struct reference_run *run, enum place_kind kind, double *ret_worst,
                       struct error *err)
{
	cleanup_place_data struct place_data data = {0};
	cleanup_place_spread struct place_spread spread = {0};
	int r = place_data_build(&run->findings->summary, &data, err);
	if (r == 0)
		r = place_spread_measure(&data, run->level, kind, &spread, err);
	if (r == 0)
		*ret_worst = spread.count > 0 ? spread.items[place_spread_worst(&spread)].apart
		                              : (double)NAN;
	return r;
}

/* Judges against runs, of which there are enough, as far as they compare places. */
static int against_runs(const struct question *question, const struct place_spread *spread,
                        const struct reference_run *found, size_t count, struct error *err)
{
	struct judgement *const j = question->judgement;
	cleanup_free struct bounded *worst = calloc(count, sizeof *worst);
	char subject[96];
	size_t kept = 0;
	if (!worst)
		return error_memory(err);
	for (size_t i = 0; i < count; i++) {
		double apart = NAN;
		const int r = measure_run(&found[i], j->place_kind, &apart, err);
		if (r < 0)
			return r;
		if (!isnan(apart))
			worst[kept++] = (struct bounded){apart, NAN, NAN, 1};
	}
	j->reference = verdict_mean_of_runs(worst, kept);
	if (kept < REFERENCE_RUNS_LEAST) {
		verdict_cannot(question, false,
		               "%zu of %zu runs of the reference compare places, and %d are needed",
		               kept, count, REFERENCE_RUNS_LEAST);
		j->runs_needed = REFERENCE_RUNS_LEAST;
		return 0;
	}
	const struct bounded own = {spread->items[place_spread_worst(spread)].apart, NAN, NAN, 1};
	name_place(j, own.mean, subject, sizeof subject);
	verdict_against_runs(question, &own, worst, kept, subject);
	doubt_pass(question, spread);
	return 0;
}

static int against_reference(const struct question *question, const struct place_spread *spread,
                             struct error *err)
{
	cleanup_free struct reference_run *found =
	        calloc(question->reference->count + 1, sizeof *found);
	if (!found)
		return error_memory(err);
	set_place(question->judgement, spread, place_spread_worst(spread));
	const size_t count = verdict_find_runs(question, found);
	return count < REFERENCE_RUNS_LEAST ? 0 : against_runs(question, spread, found, count, err);
}

int verdict_judge_places(const struct question *question, struct error *err)
{
	struct judgement *const j = question->judgement;
	cleanup_place_spread struct place_spread spread = {0};
	j->place_kind = kind_of(question->criterion->measure);
	int r = make_places(question->judged, err);
	if (r == 0)
		r = place_spread_measure(question->judged->places, (size_t)j->level, j->place_kind,
		                         &spread, err);
	if (r < 0)
		return r;
	j->places = spread.count;
	j->replicates = spread.trials;
	if (question->criterion->bound == BOUND_AT_LEAST) {
		verdict_cannot(question, false, "a spread has an upper limit: write at_most");
		return 0;
	}
	if (spread.count == 0) {
		verdict_cannot(question, spread.is_only_one, "%s%s%s",
		               spread.is_only_one ? "the node has one " : "",
		               spread.is_only_one ? kind_words[j->place_kind] : "", spread.reason);
		return 0;
	}
	if (verdict_is_relative(question))
		return against_reference(question, &spread, err);
	against_limit(question, &spread);
	return 0;
}
