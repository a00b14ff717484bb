/* Ratios and differences of what two sides have of one measure. */
#include "analyse/compare/compare_parts.h"
#include "analyse/compare/compare_welch.h"

#include "core/cleanup.h"
#include "core/error.h"

#include <math.h>
#include <stdlib.h>

/* What a side is compared by. */
struct sample {
	double *values;
	size_t count;
	bool is_stated;
	struct estimate stated;
	enum stated_error error;
};

/* Of the values of all trials, or of all runs. */
static size_t room_for(const struct side_values *side)
{
	size_t count = side->count;
	for (size_t i = 0; i < side->count; i++)
		count += side->runs[i].count;
	return count;
}

/* The means of runs, or the values of all trials. values has room for all. */
static void take_sample(const struct measure_query *query, const struct side_values *side,
                        bool is_of_runs, struct sample *sample)
{
	for (size_t i = 0; i < side->count; i++) {
		const struct measure_values *const run = &side->runs[i];
		if (is_of_runs && compare_run_has_values(run)) {
			sample->values[sample->count++] = measure_estimate(query, run).value;
			continue;
		}
		for (size_t v = 0; !is_of_runs && v < run->count; v++)
			sample->values[sample->count++] = run->values[v];
		if (run->count == 0 && estimate_has_value(&run->stated) && !sample->is_stated) {
			sample->stated = run->stated;
			sample->error = run->stated_error;
			sample->is_stated = true;
		}
	}
	sample->is_stated = sample->is_stated && sample->count == 0;
}

/* How far a bound is from the value, in what is compared: logs, or the figure itself. */
static double distance(double from, double to, bool is_log)
{
	if (!is_log)
		return fabs(to - from);
	return from > 0 && to > 0 ? fabs(log(to / from)) : (double)NAN;
}

static double together(double a, double b, bool is_worst)
{
	return is_worst ? a + b : hypot(a, b);
}

/* From two estimates, of which one at least was stated. Errors of reading are bounds, and add up:
 * the interval holds every value that both readings leave open. Others add as standard errors do.
 */
static void compare_stated(const struct sample *base, const struct sample *new, bool is_log,
                           struct ratio *ratio)
{
	const struct estimate *const a = &ratio->base;
	const struct estimate *const b = &ratio->new;
	const bool is_reading = base->is_stated && base->error == STATED_READING &&
	                        new->is_stated &&new->error == STATED_READING;
	struct estimate *const e = &ratio->value;
	*e = (struct estimate){.low = NAN, .high = NAN, .n = 1};
	if (is_log && !(a->value > 0 && b->value > 0)) {
		*e = estimate_absent(compare_not_above_0);
		return;
	}
	const double difference = is_log ? log(b->value / a->value) : b->value - a->value;
	const double down = together(distance(b->value, b->low, is_log),
	                             distance(a->value, a->high, is_log), is_reading);
	const double up = together(distance(b->value, b->high, is_log),
	                           distance(a->value, a->low, is_log), is_reading);
	e->value = is_log ? exp(difference) : difference;
	ratio->basis = is_reading ? BASIS_READING : BASIS_STATED;
	if (!isfinite(down) || !isfinite(up)) {
		e->reason = "the error of a figure is not known, or is as large as itself";
		ratio->basis = BASIS_POINT;
		return;
	}
	e->low = is_log ? exp(difference - down) : difference - down;
	e->high = is_log ? exp(difference + up) : difference + up;
}

static void compare_measured(const struct sample *base, const struct sample *new, bool is_of_runs,
                             struct ratio *ratio)
{
	if (is_of_runs)
		ratio->value = compare_runs(base->values, base->count, new->values, new->count,
		                            ratio->is_difference);
	else if (ratio->is_difference)
		ratio->value = compare_welch_difference(base->values, base->count, new->values,
		                                        new->count);
	else
		ratio->value =
		        compare_welch_ratio(base->values, base->count, new->values, new->count);
	if (!estimate_has_interval(&ratio->value))
		ratio->basis = BASIS_POINT;
	else
		ratio->basis = is_of_runs ? BASIS_RUNS : BASIS_TRIALS;
}

/* Counts differ exactly: there is no interval. */
static void forget_interval(struct estimate *e)
{
	e->low = NAN;
	e->high = NAN;
	e->reason = "it is counted: it has no interval";
}

static void compare_there(const struct measure_query *query, const struct sample *base,
                          const struct sample *new, bool is_of_runs, struct ratio *ratio)
{
	if (base->is_stated || new->is_stated)
		compare_stated(base, new, !ratio->is_difference, ratio);
	else
		compare_measured(base, new, is_of_runs, ratio);
	if (measures[query->id].nature == NATURE_COUNT) {
		forget_interval(&ratio->base);
		forget_interval(&ratio->new);
		forget_interval(&ratio->value);
		ratio->basis = BASIS_POINT;
	}
	if (!estimate_has_value(&ratio->value)) {
		ratio->reason = ratio->value.reason;
		ratio->basis = BASIS_NONE;
	}
}

/* Why the first run that has nothing has nothing. */
static const char *reason_of(const struct side_values *side)
{
	for (size_t i = 0; i < side->count; i++)
		if (side->runs[i].reason)
			return side->runs[i].reason;
	return "there is no value";
}

static struct estimate estimate_of(const struct sample *sample, const struct side_values *side,
                                   bool is_log)
{
	if (sample->is_stated)
		return sample->stated;
	if (sample->count == 0)
		return estimate_absent(reason_of(side));
	return is_log ? estimate_geometric(sample->values, sample->count)
	              : estimate_arithmetic(sample->values, sample->count);
}

static bool has_stated(const struct side_values *side)
{
	for (size_t i = 0; i < side->count; i++)
		if (side->runs[i].count == 0 && estimate_has_value(&side->runs[i].stated))
			return true;
	return false;
}

/* Whether a run is one value: where one side at least has several. One run alone against several
 * was measured as they were, or nothing says how it would differ from the next one. */
static bool are_runs_compared(const struct side_values *base, const struct side_values *new)
{
	const size_t a = compare_runs_with_values(base);
	const size_t b = compare_runs_with_values(new);
	if (a > 1 && b > 1)
		return true;
	return a > 0 && b > 0 && a + b > 2 && !has_stated(base) && !has_stated(new);
}

int compare_ratio(const struct measure_query *query, bool is_difference,
                  const struct side_values *base, const struct side_values *new,
                  struct ratio *ret_ratio, struct error *err)
{
	const bool has_base = compare_has_values(base);
	const bool has_new = compare_has_values(new);
	const bool is_of_runs = are_runs_compared(base, new);
	cleanup_free double *base_values = malloc((room_for(base) + 1) * sizeof(double));
	cleanup_free double *new_values = malloc((room_for(new) + 1) * sizeof(double));
	struct sample a = {.values = base_values};
	struct sample b = {.values = new_values};
	if (!base_values || !new_values)
		return error_memory(err);
	take_sample(query, base, is_of_runs, &a);
	take_sample(query, new, is_of_runs, &b);
	struct ratio ratio = {.is_difference = is_difference,
	                      .value = estimate_absent(NULL),
	                      .base = estimate_of(&a, base, !is_difference),
	                      .new = estimate_of(&b, new, !is_difference),
	                      .base_n = a.is_stated ? 1 : a.count,
	                      .new_n = b.is_stated ? 1 : b.count};
	if (has_base && has_new) {
		compare_there(query, &a, &b, is_of_runs, &ratio);
	} else {
		ratio.reason = reason_of(has_base ? new : base);
		ratio.value.reason = ratio.reason;
	}
	*ret_ratio = ratio;
	return 0;
}
