/* What is odd about a class as a whole, which the nodes held against each other cannot show: it
 * does less than a class that differs in firmware alone, it is of two populations, or its nodes
 * differ so much that hardly any could be called slow. */
#include "analyse/fleet/fleet_facts.h"
#include "analyse/fleet/rank_parts.h"

#include "core/cleanup.h"
#include "core/error.h"
#include "core/str.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Two populations: so much apart, by so many deviations of what each holds, each with this part of
 * the nodes. Cut in two at its middle, one population of any even shape is less than 4 apart. */
#define APART_PART   0.03
#define APART_SIGMAS 6.0
enum { POPULATION_LEAST = 3, POPULATION_OF = 8 };

static int compare_doubles(const void *a, const void *b)
{
	const double x = *(const double *)a;
	const double y = *(const double *)b;
	return (x > y) - (x < y);
}

/* Throughputs of a class, ascending; returns how many. */
static size_t sorted_values(const struct ranking_work *work, const struct fleet_class *class,
                            double *values)
{
	size_t count = 0;
	for (size_t i = 0; i < class->node_count; i++) {
		const double value = rank_value(work->nodes[class->nodes[i]].measured, class,
		                                class->measure, NULL);
		if (value > 0)
			values[count++] = value;
	}
	if (count > 1)
		qsort(values, count, sizeof *values, compare_doubles);
	return count;
}

/* The cut of sorted values that leaves least variance within its two sides (Otsu 1979), if these
 * are two populations; else 0. */
static size_t find_cut(const double *values, size_t count)
{
	double sum = 0;
	double squares = 0;
	double least_sum = 0;
	double best = INFINITY;
	size_t cut = 0;
	for (size_t i = 0; i < count; i++) {
		const double x = log(values[i] / values[0]);
		sum += x;
		squares += x * x;
	}
	double apart = 0;
	for (size_t k = 1; k < count; k++) {
		const double n = (double)k;
		const double m = (double)(count - k);
		least_sum += log(values[k - 1] / values[0]);
		const double within = squares - least_sum * least_sum / n -
		                      (sum - least_sum) * (sum - least_sum) / m;
		const size_t smaller = k < count - k ? k : count - k;
		if (smaller < POPULATION_LEAST || POPULATION_OF * smaller < count || within >= best)
			continue;
		best = within;
		cut = k;
		apart = (sum - least_sum) / m - least_sum / n;
	}
	const double sigma = cut > 0 ? sqrt(fmax(best, 0) / ((double)count - 2)) : 0;
	return apart > APART_PART && apart > APART_SIGMAS * sigma ? cut : 0;
}

/* The value that nine tenths of the nodes on one side of a limit have, or NULL; *ret_same says how
 * many of the other side have it. */
static const char *value_of_side(const struct ranking_work *work, const struct fleet_class *class,
                                 const char *fact, double limit, bool is_low, double *ret_others)
{
	const char *value = NULL;
	size_t count[2] = {0};
	size_t same[2] = {0};
	for (size_t pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < class->node_count; i++) {
			const struct fleet_attempt *const attempt =
			        work->nodes[class->nodes[i]].measured;
			const bool side = (rank_value(attempt, class, class->measure, NULL) <
			                   limit) == is_low;
			const char *const own = profile_fact(&attempt->profile, fact);
			if (pass == 0 && side && !value)
				value = own;
			if (pass == 1) {
				count[side]++;
				same[side] += value && rank_same_value(own, value);
			}
		}
	*ret_others = count[0] > 0 ? (double)same[0] / (double)count[0] : 1;
	return 10 * same[1] >= 9 * count[1] ? value : NULL;
}

static void add_populations(const struct ranking_work *work, const struct fleet_class *class,
                            const double *values, size_t count, size_t cut, struct str *text)
{
	const double limit = sqrt(values[cut - 1] * values[cut]);
	const double low = values[cut / 2];
	const double high = values[cut + (count - cut) / 2];
	bool is_told = false;
	str_addf(text, "these are two populations: %zu nodes do %.3g of what the other %zu do", cut,
	         low / high, count - cut);
	for (size_t i = 0; i < fleet_fact_count; i++) {
		double others;
		const char *const value =
		        value_of_side(work, class, fleet_facts[i].name, limit, true, &others);
		if (!value || others > 0.1)
			continue;
		str_addf(text, "%s%s %.40s", is_told ? ", " : "; the slower ones have ",
		         fleet_facts[i].words, value);
		is_told = true;
	}
	if (!is_told)
		str_add(text, "; no fact of their hosts tells them apart");
}

/* Where nodes differ so much that a node has to lack more than this to be called slow, a class that
 * passes says little. */
#define WIDE_PART (2 * RANK_MARGIN)

static void add_width(const struct fleet_class *class, struct str *text)
{
	const double lack = rank_threshold(class->node_count) * class->deviation / class->median;
	if (!(lack > WIDE_PART))
		return;
	str_addf(text, "%sits nodes differ by %.2g %%, so that ", text->length > 0 ? "; " : "",
	         100 * class->deviation / class->median);
	if (lack < 1)
		str_addf(text, "only one below %.2f of the median is called slow", 1 - lack);
	else
		str_add(text, "none can be called slow");
	str_add(text, ": more repeats, or a quieter node, tell more");
}

/* ---- Firmware ----------------------------------------------------------------------------- */

static const char *of_first(const struct ranking_work *work, const struct fleet_class *class,
                            const char *fact)
{
	return profile_fact(&work->nodes[class->nodes[0]].measured->profile, fact);
}

static bool is_same_hardware(const struct ranking_work *work, const struct fleet_class *a,
                             const struct fleet_class *b)
{
	const char *const x = work->nodes[a->nodes[0]].measured->profile.scenario_sha256;
	const char *const y = work->nodes[b->nodes[0]].measured->profile.scenario_sha256;
	if (strcmp(x ? x : "", y ? y : "") != 0)
		return false;
	for (size_t i = 0; i < fleet_fact_count; i++)
		if (fleet_facts[i].kind == FACT_HARDWARE &&
		    !rank_same_value(of_first(work, a, fleet_facts[i].name),
		                     of_first(work, b, fleet_facts[i].name)))
			return false;
	return true;
}

static void add_firmware(const struct ranking_work *work, const struct fleet_class *class,
                         struct str *text)
{
	for (size_t c = 0; c < work->ranking->class_count; c++) {
		const struct fleet_class *const other = &work->ranking->classes[c];
		size_t count = 0;
		if (other == class || isnan(other->median) || isnan(class->median) ||
		    other->concurrency != class->concurrency ||
		    strcmp(other->policy, class->policy) != 0 ||
		    !(class->median < other->median * (1 - RANK_MARGIN)) ||
		    !is_same_hardware(work, class, other))
			continue;
		str_addf(text,
		         "%sthe whole class does %.3g of what %zu nodes of the same hardware do; "
		         "it has ",
		         text->length > 0 ? "; " : "", class->median / other->median,
		         other->node_count);
		for (size_t i = 0; i < fleet_fact_count; i++) {
			const char *const own = of_first(work, class, fleet_facts[i].name);
			const char *const its = of_first(work, other, fleet_facts[i].name);
			if (fleet_facts[i].kind != FACT_FIRMWARE || rank_same_value(own, its))
				continue;
			str_addf(text, "%s%s %.40s (%.40s)", count++ > 0 ? ", " : "",
			         fleet_facts[i].words, own ? own : "not known",
			         its ? its : "not known");
		}
	}
}

int rank_note_classes(struct ranking_work *work, struct error *err)
{
	cleanup_free double *values = calloc(work->fleet->node_count + 1, sizeof *values);
	int r = values ? 0 : error_memory(err);
	for (size_t c = 0; r == 0 && c < work->ranking->class_count; c++) {
		struct fleet_class *const class = &work->ranking->classes[c];
		cleanup_str struct str text = {0};
		if (class->reason)
			continue;
		const size_t count = sorted_values(work, class, values);
		const size_t cut = find_cut(values, count);
		if (cut > 0)
			add_populations(work, class, values, count, cut, &text);
		else
			add_width(class, &text);
		add_firmware(work, class, &text);
		if (text.failed)
			return error_memory(err);
		if (text.length > 0)
			r = str_take(&text, &class->note, err);
	}
	return r;
}
