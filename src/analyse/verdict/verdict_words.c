/* What a judgement says. */
#include "analyse/verdict/verdict_parts.h"

#include "core/number.h"
#include "model/printed_unit.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { DIGITS = 4 };

/* What is lost between a value and exp of the mean of logs, as a part: far more than it is. */
#define ROUNDING 1e-9

/* By enum measure_unit: what a figure is multiplied by, and what stands behind it. */
static const struct {
	double factor;
	const char *behind;
} units[MEASURE_UNITS] = {
        [MEASURE_PLAIN] = {1, ""},
        [MEASURE_SHARE] = {100, " %"},
        [MEASURE_PER_SECOND] = {1, " tasks/s"},
        [MEASURE_SECONDS] = {1, " s"},
        [MEASURE_BYTES] = {1, ""},
        [MEASURE_HERTZ] = {1e-9, " GHz"},
        [MEASURE_JOULES] = {1, " J"},
        [MEASURE_WATTS] = {1, " W"},
        [MEASURE_CELSIUS] = {1, " C"},
        [MEASURE_AS_NAMED] = {1, ""},
};

/* "0.9500" to "0.95", "4.000" to "4": limits are round, and a bound of four digits is no surer for
 * its zeros. */
static void drop_zeros(char *number)
{
	char *end = number + strlen(number);
	if (!strchr(number, '.') || strchr(number, 'e'))
		return;
	while (end[-1] == '0')
		*--end = '\0';
	if (end[-1] == '.')
		end[-1] = '\0';
}

bool verdict_is_relative(const struct question *question)
{
	return question->criterion->references.count > 0 || question->reference->count > 0 ||
	       question->reference->problem;
}

const char *verdict_figure(const struct question *question, double value,
                           char text[VERDICT_FIGURE_BYTES])
{
	const struct criterion *const criterion = question->criterion;
	const enum measure_unit unit =
	        verdict_is_relative(question) ? MEASURE_PLAIN : measures[criterion->measure].unit;
	char number[NUMBER_TEXT_BYTES];
	if (unit == MEASURE_BYTES && fabs(value) < 1e18) {
		number_format_bytes((int64_t)value, number);
		snprintf(text, VERDICT_FIGURE_BYTES, "%s", number);
		return text;
	}
	const bool is_short = unit == MEASURE_SECONDS && value != 0 && fabs(value) < 1;
	number_format_significant(value * (is_short ? 1e3 : units[unit].factor), DIGITS, number);
	drop_zeros(number);
	const char *const symbol = unit == MEASURE_AS_NAMED && criterion->detail
	                                   ? printed_unit_of(criterion->detail)->symbol
	                                   : "";
	snprintf(text, VERDICT_FIGURE_BYTES, "%s%s%s%.12s", number,
	         is_short ? " ms" : units[unit].behind, symbol[0] ? " " : "", symbol);
	return text;
}

void verdict_cannot(const struct question *question, bool is_of_node, const char *format, ...)
{
	struct judgement *const j = question->judgement;
	const bool is_skipped = is_of_node && question->criterion->where_absent == ABSENCE_SKIP;
	va_list arguments;
	j->verdict = is_skipped ? VERDICT_SKIPPED : VERDICT_INCONCLUSIVE;
	j->bound = NAN;
	j->confidence = NAN;
	va_start(arguments, format);
	vsnprintf(j->reason, sizeof j->reason, format, arguments);
	va_end(arguments);
}

void verdict_decide(struct judgement *judgement, double low, double high)
{
	const bool is_floor = judgement->criterion->bound == BOUND_AT_LEAST;
	const double limit = judgement->limit;
	const double good = is_floor ? low : high;
	const double bad = is_floor ? high : low;
	const double slack = ROUNDING * fabs(limit);
	const bool passes = is_floor ? good >= limit - slack : good <= limit + slack;
	const bool fails = is_floor ? bad < limit - slack : bad > limit + slack;
	judgement->verdict = passes ? VERDICT_PASS : fails ? VERDICT_FAIL : VERDICT_INCONCLUSIVE;
	judgement->bound = judgement->verdict == VERDICT_FAIL ? bad : good;
}

/* "95 %", "98.31 %". */
static const char *confidence_text(double confidence, char text[16])
{
	snprintf(text, 16, "%.4g %%", 100 * confidence);
	return text;
}

/* What would decide it. */
static void add_remedy(const struct judgement *j, char *text, size_t bytes)
{
	if (j->repeats_needed > 0)
		snprintf(text, bytes, "; about %zu repeats would decide it", j->repeats_needed);
	else if (j->runs_needed > 0)
		snprintf(text, bytes, "; about %zu runs of the reference would decide it",
		         j->runs_needed);
	else
		snprintf(text, bytes,
		         "; it is too near the limit for any reasonable number of "
		         "repeats");
}

/* Whether the lower bound is that of one of many places, at a level of its own. */
static bool is_one_of_many(const struct question *question)
{
	return measures[question->criterion->measure].nature == NATURE_PLACES &&
	       question->judgement->places > 1 && !verdict_is_relative(question);
}

void verdict_explain(const struct question *question, const char *subject, double low, double high)
{
	struct judgement *const j = question->judgement;
	const struct criterion *const criterion = question->criterion;
	char bound[VERDICT_FIGURE_BYTES];
	char other[VERDICT_FIGURE_BYTES];
	char limit[VERDICT_FIGURE_BYTES];
	char sure[16];
	char below[16];
	char remedy[96];
	const bool is_floor = criterion->bound == BOUND_AT_LEAST;
	const char *const asked = is_floor ? "at least" : "at most";
	verdict_figure(question, j->limit, limit);
	confidence_text(j->confidence, sure);
	if (j->verdict != VERDICT_INCONCLUSIVE) {
		const bool is_low = is_floor == (j->verdict == VERDICT_PASS);
		snprintf(j->reason, sizeof j->reason,
		         "%s, with %s confidence %s %s; %s %s is asked", subject, sure,
		         is_low ? "at least" : "at most", verdict_figure(question, j->bound, bound),
		         asked, limit);
		return;
	}
	add_remedy(j, remedy, sizeof remedy);
	verdict_figure(question, low, bound);
	verdict_figure(question, high, other);
	if (is_one_of_many(question))
		snprintf(j->reason, sizeof j->reason,
		         "%s, at least %s (with %s confidence) and at most %s (with %s); %s %s is "
		         "asked%s",
		         subject, bound,
		         confidence_text(1 - (1 - j->confidence) / (double)j->places, below), other,
		         sure, asked, limit, remedy);
	else
		snprintf(j->reason, sizeof j->reason,
		         "%s, between %s and %s (with %s confidence on each side); %s %s is "
		         "asked%s",
		         subject, bound, other, sure, asked, limit, remedy);
}
