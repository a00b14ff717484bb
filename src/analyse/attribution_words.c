/* The causes in words. */
#include "analyse/attribution.h"

#include "core/error.h"
#include "core/str.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* A slowdown nearer to 1 than this is none that a person would speak of. */
#define SLOWDOWN_LEAST 0.01
/* One that may be chance is spoken of as such when it is more than this. */
#define CHANCE_LEAST 0.03

static const struct {
	const char *longer;  /* of a factor above 1 */
	const char *shorter; /* below 1 */
} words[FACTOR_COUNT] = {
        [FACTOR_INSTRUCTIONS] = {"more instructions", "fewer instructions"},
        [FACTOR_CPI] = {"more cycles per instruction", "fewer cycles per instruction"},
        [FACTOR_CLOCK] = {"a lower clock", "a higher clock"},
        [FACTOR_KERNEL] = {"kernel time", "less kernel time"},
        [FACTOR_ON_CPU] = {"more CPU time", "less CPU time"},
        [FACTOR_OFF_CPU] = {"time off the CPU", "less time off the CPU"},
};

/* off_cpu where the time off the CPU has stayed what it was, and the time on it has not. */
static const char *const shares[] = {"a larger share of time off the CPU",
                                     "a smaller share of time off the CPU"};

/* on_cpu where the clock and kernel time are in it, and nothing else. */
static const char *const clock_or_kernel[] = {"a lower clock or kernel time",
                                              "a higher clock or less kernel time"};
static const char *const parallelism[] = {"running on fewer CPUs at once",
                                          "running on more CPUs at once"};

static const char *const parts[OFF_CPU_PARTS] = {
        [OFF_CPU_RUN_QUEUE] = "waiting for a CPU",
        [OFF_CPU_BLOCK_IO] = "waiting for block I/O",
        [OFF_CPU_PAGE_IN] = "waiting for memory pages",
        [OFF_CPU_OTHER] = "other waiting than for a CPU, block I/O or memory",
};

enum { TIMES_BYTES = 32 };

static const char *times(double value, char text[TIMES_BYTES])
{
	const double size = fabs(value);
	snprintf(text, TIMES_BYTES, "%.*f", size < 9.995 ? 2 : size < 99.95 ? 1 : 0, value);
	return text;
}

static void add_word(struct str *text, const struct attribution *a, size_t factor)
{
	const bool is_shorter = a->factors[factor].value < 1;
	const char *word = is_shorter ? words[factor].shorter : words[factor].longer;
	if (factor == FACTOR_ON_CPU && a->mode == ATTRIBUTION_USER_ONLY)
		word = clock_or_kernel[is_shorter];
	const double grown = is_shorter ? -a->off_cpu_grown : a->off_cpu_grown;
	if (factor == FACTOR_OFF_CPU && a->is_parallelism)
		word = parallelism[is_shorter];
	else if (factor == FACTOR_OFF_CPU && grown <= SLOWDOWN_LEAST)
		word = shares[is_shorter];
	str_add(text, word);
	if (word == words[FACTOR_OFF_CPU].longer && a->off_cpu_main >= 0)
		str_addf(text, " (most of it %s)", parts[a->off_cpu_main]);
}

static void add_cause(struct str *text, const struct attribution *a, size_t factor)
{
	char value[TIMES_BYTES];
	str_addf(text, "%s from ", times(a->factors[factor].value, value));
	add_word(text, a, factor);
}

/* Whether a cause is the slowdown to the two digits that are told. */
static bool is_all_of_it(const struct attribution *a, size_t factor)
{
	char whole[TIMES_BYTES];
	char part[TIMES_BYTES];
	return strcmp(times(a->product.value, whole), times(a->factors[factor].value, part)) == 0;
}

size_t attribution_causes(const struct attribution *attribution, size_t causes[FACTOR_COUNT])
{
	const struct estimate *const factors = attribution->factors;
	size_t count = 0;
	for (size_t f = 0; f < FACTOR_COUNT; f++) {
		if (!attribution->is_cause[f])
			continue;
		size_t at = count++;
		const double size = fabs(log(factors[f].value));
		for (; at > 0 && fabs(log(factors[causes[at - 1]].value)) < size; at--)
			causes[at] = causes[at - 1];
		causes[at] = f;
	}
	return count;
}

/* The causes above 1, or those below, the largest first; returns how many. */
static size_t collect(const struct attribution *a, bool is_shorter, size_t causes[FACTOR_COUNT])
{
	size_t all[FACTOR_COUNT];
	const size_t found = attribution_causes(a, all);
	size_t count = 0;
	for (size_t i = 0; i < found; i++)
		if ((a->factors[all[i]].value < 1) == is_shorter)
			causes[count++] = all[i];
	return count;
}

static void add_list(struct str *text, const struct attribution *a, const size_t *causes,
                     size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			str_add(text, i + 1 == count ? " and " : ", ");
		add_cause(text, a, causes[i]);
	}
}

static bool may_be_chance(const struct estimate *e)
{
	return estimate_has_interval(e) && e->low <= 1 && e->high >= 1;
}

/* How long a task takes, against the baseline; returns whether that is something to explain. */
static bool add_slowdown(struct str *text, const struct attribution *a, const char *here,
                         const char *there)
{
	const struct estimate *const e = &a->product;
	char value[TIMES_BYTES];
	char low[TIMES_BYTES];
	char high[TIMES_BYTES];
	const double size = fabs(log(e->value));
	times(e->value, value);
	if (size <= log1p(SLOWDOWN_LEAST) || (may_be_chance(e) && size <= log1p(CHANCE_LEAST))) {
		str_addf(text, "At %s a task takes about as long as at %s (%s times)", here, there,
		         value);
		return false;
	}
	str_addf(text, "At %s a task takes %s times as long as at %s", here, value, there);
	if (!may_be_chance(e))
		return true;
	str_addf(text,
	         ", which may be chance: the trials differ so much that the 95 %% interval is %s "
	         "to %s",
	         times(e->low, low), times(e->high, high));
	return false;
}

/* Behind "At N=4 a task takes ... as long as at N=1". */
static void add_causes(struct str *text, const struct attribution *a, bool is_explained)
{
	size_t causes[2][FACTOR_COUNT] = {{0}}; /* above 1, below 1 */
	const size_t counts[2] = {collect(a, false, causes[0]), collect(a, true, causes[1])};
	const bool is_shorter = a->product.value < 1;
	if (counts[0] + counts[1] == 0) {
		str_add(text, is_explained
		                      ? ". No single cause stands out of the spread between trials."
		                      : ". Nothing stands out as a cause.");
		return;
	}
	/* First those that go with the slowdown, then those against it. */
	const size_t with = counts[is_shorter] > 0 ? is_shorter : !is_shorter;
	if (is_explained && counts[0] + counts[1] == 1 && is_all_of_it(a, causes[with][0])) {
		str_add(text, ", all of it from ");
		add_word(text, a, causes[with][0]);
		str_add(text, ".");
		return;
	}
	str_add(text, may_be_chance(&a->product) ? ". What is not chance: " : ": ");
	add_list(text, a, causes[with], counts[with]);
	if (with == is_shorter && counts[!with] > 0) {
		str_add(text, "; against it ");
		add_list(text, a, causes[!with], counts[!with]);
	}
	str_add(text, ".");
}

/* What else lowers the throughput: slots that stood empty, and failed tasks. */
static void add_losses(struct str *text, const struct attribution *a)
{
	static const char *const names[] = {"slots that stood empty", "failed tasks"};
	const struct estimate *const losses[] = {&a->occupancy, &a->failures};
	char value[TIMES_BYTES];
	size_t count = 0;
	for (size_t i = 0; i < 2; i++) {
		const struct estimate *const e = losses[i];
		if (!estimate_has_value(e) || !(e->value > 1 + SLOWDOWN_LEAST) || may_be_chance(e))
			continue;
		str_addf(text, "%s %s from %s",
		         count++ ? " and" : " Throughput loses besides:", times(e->value, value),
		         names[i]);
	}
	if (count > 0)
		str_add(text, ".");
}

static void add_all(struct str *text, const struct summary *summary, const struct attribution *a,
                    size_t level)
{
	char here[64 + sizeof ", where tasks share PUs,"];
	char there[64];
	summary_level_name(summary, level, here);
	if (a->baseline < 0 || !estimate_has_value(&a->product)) {
		str_addf(text, "Why tasks take the time they take at %s is not known: %s.", here,
		         a->product.reason);
		return;
	}
	if ((size_t)a->baseline == level) {
		str_addf(text, "%s is the baseline, against which the others are held.", here);
		return;
	}
	summary_level_name(summary, (size_t)a->baseline, there);
	if (summary->levels[level].level->is_oversubscribed)
		snprintf(here + strlen(here), sizeof here - strlen(here),
		         ", where tasks share PUs,");
	const bool is_explained = add_slowdown(text, a, here, there);
	if (a->mode == ATTRIBUTION_NONE)
		str_addf(text, ". Why is not known: %s.", a->reason);
	else
		add_causes(text, a, is_explained);
	if (!estimate_has_interval(&a->product))
		str_add(text, " With one trial of each there are no intervals: part of it may be "
		              "chance.");
	add_losses(text, a);
}

int attribution_sentence(const struct summary *summary, const struct attribution *attributions,
                         size_t level, char **ret_text, struct error *err)
{
	struct str text = {0};
	add_all(&text, summary, &attributions[level], level);
	return str_take(&text, ret_text, err);
}

bool attribution_is_compared(const struct attribution *attributions, size_t level)
{
	const struct attribution *const a = &attributions[level];
	return a->baseline >= 0 && (size_t)a->baseline != level && estimate_has_value(&a->product);
}

static ptrdiff_t highest(const struct summary *summary, const struct attribution *attributions,
                         const char *policy, bool may_share)
{
	ptrdiff_t top = -1;
	for (size_t i = 0; i < summary->level_count; i++) {
		const struct dataset_level *const level = summary->levels[i].level;
		if (attribution_is_compared(attributions, i) &&
		    (may_share || !level->is_oversubscribed) && strcmp(level->policy, policy) == 0)
			top = (ptrdiff_t)i;
	}
	return top;
}

ptrdiff_t attribution_top_level(const struct summary *summary,
                                const struct attribution *attributions, const char *policy)
{
	return highest(summary, attributions, policy, true);
}

ptrdiff_t attribution_full_level(const struct summary *summary,
                                 const struct attribution *attributions, const char *policy)
{
	return highest(summary, attributions, policy, false);
}
