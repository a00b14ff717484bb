#include "analyse/precision.h"

#include "analyse/full_level.h"

#include "core/array.h"
#include "core/number.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The measured level of the policy with this many tasks or the next below; -1: there is none. */
static ptrdiff_t level_up_to(const struct summary *summary, const char *policy, uint32_t tasks)
{
	ptrdiff_t found = -1;
	uint32_t most = 0;
	for (size_t i = 0; i < summary->level_count; i++) {
		const struct level_summary *const level = &summary->levels[i];
		const uint32_t n = level->level->concurrency;
		if (strcmp(level->level->policy, policy) != 0 ||
		    !estimate_has_value(&level->throughput_per_s) || n > tasks || n <= most)
			continue;
		most = n;
		found = (ptrdiff_t)i;
	}
	return found;
}

/* Whether a throughput has no interval because nothing was done twice: one trial, or a figure whose
 * error nobody states. Trials that are all the same are no hint. */
static bool is_single(const struct level_summary *level)
{
	return !estimate_has_interval(&level->throughput_per_s) &&
	       (level->is_stated || level->trials < 2);
}

static void take(const struct summary *summary, size_t index, struct precision *precision)
{
	const struct estimate *const rate = &summary->levels[index].throughput_per_s;
	precision->levels++;
	if (precision->single < 0 && is_single(&summary->levels[index]))
		precision->single = (ptrdiff_t)index;
	if (!estimate_has_interval(rate) || !(rate->value > 0)) {
		if (precision->without++ == 0 && isnan(precision->half_width))
			precision->level = index;
		return;
	}
	const double half = (rate->high - rate->low) / 2 / rate->value;
	if (half <= precision->half_width)
		return;
	precision->half_width = half;
	precision->level = index;
}

struct precision precision_of(const struct findings *findings, size_t policy)
{
	const struct summary *const summary = &findings->summary;
	const char *const name = summary->policies[policy];
	const struct full_level full = full_level_of(findings, name);
	struct precision precision = {.half_width = NAN, .single = -1};
	const ptrdiff_t levels[] = {
	        full.level ? (ptrdiff_t)full.index : -1,
	        policy < findings->scaling_count
	                ? level_up_to(summary, name, findings->scalings[policy].plateau.recommended)
	                : -1,
	        summary_baseline(summary, name),
	};
	for (size_t i = 0; i < 3; i++) {
		const bool is_again =
		        (i > 0 && levels[i] == levels[0]) || (i > 1 && levels[i] == levels[1]);
		if (levels[i] >= 0 && !is_again &&
		    estimate_has_value(&summary->levels[levels[i]].throughput_per_s))
			take(summary, (size_t)levels[i], &precision);
	}
	return precision;
}

/* The share in "other programs use 99 % of ...", 0 to 1; NAN: none is in the text. */
static double share_in(const char *text)
{
	const char *const percent = strstr(text, " %");
	const char *from = percent;
	if (!percent)
		return NAN;
	while (from > text && (isdigit((unsigned char)from[-1]) || from[-1] == '.'))
		from--;
	/* Earlier ones can say more than all. */
	return from < percent ? fmin(strtod(from, NULL) / 100, 1) : (double)NAN;
}

/* The most that others used of the node's CPU time when the run began, or was gone on with; 0: it
 * was not worth a warning. */
static double share_of_others(const struct dataset *dataset)
{
	static const char *const codes[] = {"other-load", "steal"};
	double most = 0;
	for (size_t w = 0; w < dataset->warning_count; w++)
		for (size_t c = 0; c < ARRAY_LENGTH(codes); c++)
			if (dataset->warnings[w].trial == 0 &&
			    strcmp(dataset->warnings[w].code, codes[c]) == 0)
				most = fmax(most, share_in(dataset->warnings[w].text));
	return most;
}

/* What a throughput without an interval rests on, "the throughput at N=128 is of one task alone".
 */
static void say_single(const struct summary *summary, size_t index, char text[192])
{
	const struct level_summary *const level = &summary->levels[index];
	char name[64];
	summary_level_name(summary, index, name);
	if (level->is_stated)
		snprintf(text, 192, "no error of the throughput at %s is stated", name);
	else if (level->tasks == 1)
		snprintf(text, 192, "it rests on one task alone at %s, and has no interval", name);
	else
		snprintf(text, 192, "it rests on one trial alone at %s, and has no interval", name);
}

static void hint(const struct summary *summary, size_t single, struct plateau *plateau)
{
	char why[192];
	char said[sizeof plateau->reason];
	say_single(summary, single, why);
	plateau->is_doubtful = true;
	snprintf(said, sizeof said, "%s", plateau->reason);
	snprintf(plateau->reason, sizeof plateau->reason,
	         "%.400s; but this is no more than a hint: %s", said, why);
}

static void doubt(const struct summary *summary, const struct precision *precision, double others,
                  struct plateau *plateau)
{
	const bool is_wide = precision->half_width >= PRECISION_BAD;
	const bool is_used = others > DISTURBANCE_MOST;
	char half[NUMBER_TEXT_BYTES];
	char level[64];
	char wide[192] = "";
	char used[96] = "";
	char said[sizeof plateau->reason];
	if (plateau->recommended == 0)
		return;
	if (!is_wide && !is_used) {
		if (precision->single >= 0)
			hint(summary, (size_t)precision->single, plateau);
		return;
	}
	number_format_significant(precision->half_width * 100, 2, half);
	if (is_wide)
		snprintf(wide, sizeof wide, "the throughput at %s is known within %s %% only",
		         summary_level_name(summary, precision->level, level), half);
	if (is_used)
		snprintf(used, sizeof used, "%sothers used %.0f %% of the node's CPU time",
		         is_wide ? ", and " : "", others * 100);
	plateau->is_doubtful = true;
	snprintf(said, sizeof said, "%s", plateau->reason);
	snprintf(plateau->reason, sizeof plateau->reason,
	         "%.400s; but the figures are too uncertain to rely on: %s%s", said, wide, used);
}

void precision_doubt(struct findings *findings)
{
	const double others = share_of_others(findings->dataset);
	for (size_t i = 0; i < findings->scaling_count; i++) {
		const struct precision precision = precision_of(findings, i);
		doubt(&findings->summary, &precision, others, &findings->scalings[i].plateau);
	}
}
