/* What is odd about a class as a whole, which the nodes held against each other cannot show: it
 * does less than another class of the same processor, it is of two populations, it was not measured
 * with full nodes, or its nodes differ so much that hardly any could be called slow. Where half of
 * a class, or all of it, may be slow, a pass within it says nothing: that is a doubt. */
#include "analyse/fleet/fleet_facts.h"
#include "analyse/fleet/rank_parts.h"

#include "analyse/quantile.h"
#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/number.h"
#include "core/str.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Two populations: so much apart, by so many deviations of what each holds, each with this part of
 * the nodes. Cut in two at its middle, one population of any even shape is less than 4 apart; of
 * few nodes chance makes more, so that of 5 it takes 12, of 10 it takes 7.5: in simulations less
 * than one in a hundred classes that are normal is so much apart. */
#define APART_PART   0.03
#define APART_SIGMAS 6.0
#define APART_FEW    25.0
enum { POPULATION_LEAST = 2, POPULATION_OF = 8 };

/* Throughputs of a class, ascending; returns how many. */
static size_t sorted_values(const struct ranking_work *work, const struct fleet_class *class,
                            double *values)
{
	size_t count = 0;
	for (size_t i = 0; i < class->node_count; i++) {
		const struct fleet_attempt *const attempt = work->nodes[class->nodes[i]].measured;
		const double value = rank_value(attempt, class, class->measure, NULL);
		if (value > 0 && rank_is_reference(attempt))
			values[count++] = value;
	}
	if (count > 1)
		quantile_sort_values(values, count);
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
	const double sigmas = APART_SIGMAS * (1 + APART_FEW / ((double)count * (double)count));
	return apart > APART_PART && apart > sigmas * sigma ? cut : 0;
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
			if (!rank_is_reference(attempt))
				continue;
			if (pass == 0 && side && !value)
				value = own;
			if (pass == 1) {
				count[side]++;
				same[side] += value && rank_same_value(fact, own, value);
			}
		}
	*ret_others = count[0] > 0 ? (double)same[0] / (double)count[0] : 1;
	return 10 * same[1] >= 9 * count[1] ? value : NULL;
}

/* What the slower ones have in common that the others have not; says how many facts. */
static size_t add_facts_of_slower(const struct ranking_work *work, const struct fleet_class *class,
                                  double limit, const char *before, struct str *text)
{
	size_t told = 0;
	for (size_t i = 0; i < fleet_fact_count && told < RANK_MOST_CAUSES; i++) {
		double others;
		const char *const value =
		        value_of_side(work, class, fleet_facts[i].name, limit, true, &others);
		if (!value || others > 0.1)
			continue;
		str_addf(text, "%s%s %.*s", told++ > 0 ? ", " : before, fleet_facts[i].words,
		         str_cut(value, 40), value);
	}
	return told;
}

static int add_populations(const struct ranking_work *work, struct fleet_class *class,
                           const double *values, size_t count, size_t cut, struct str *text,
                           struct error *err)
{
	const double limit = sqrt(values[cut - 1] * values[cut]);
	const double low = values[cut / 2];
	const double high = values[cut + (count - cut) / 2];
	cleanup_str struct str doubt = {0};
	str_addf(text, "these are two populations: %zu nodes do %.3g of what the other %zu do", cut,
	         low / high, count - cut);
	if (add_facts_of_slower(work, class, limit, "; the slower ones have ", text) == 0)
		str_add(text, "; no fact of their hosts tells them apart");
	if (!(low < high * (1 - RANK_MARGIN)))
		return 0;
	str_addf(&doubt, "it is one of %zu nodes that do %.3g of what the other %zu do", cut,
	         low / high, count - cut);
	add_facts_of_slower(work, class, limit, ": the slower ones have ", &doubt);
	class->doubt_below = limit;
	return str_take(&doubt, &class->doubt, err);
}

/* Where nodes differ so much that a node has to lack more than this to be called slow, a class that
 * passes says little. */
#define WIDE_PART (2 * RANK_MARGIN)

static void add_width(const struct fleet_class *class, struct str *text)
{
	const double lack = rank_class_threshold(class) * class->deviation / class->median;
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

/* Held against each other at a level that leaves more than half of the cores idle, or has tasks
 * share them, nodes may differ in what a full one shows. */
static void add_level(const struct ranking_work *work, const struct fleet_class *class,
                      struct str *text)
{
	const double full = rank_full(&work->nodes[class->nodes[0]].measured->profile);
	size_t fuller = 0;
	for (size_t i = 0; i < class->band_count; i++) {
		const struct fleet_band *const band = &class->bands[i];
		if (strcmp(band->policy, class->policy) == 0 &&
		    rank_is_fuller(band->concurrency, class->concurrency, full))
			fuller = band->n > fuller ? band->n : fuller;
	}
	if (isinf(full) || (fuller == 0 && 2.0 * class->concurrency >= full))
		return;
	str_addf(text,
	         "%sits nodes are held against each other at N=%u, though %.0f tasks would fill "
	         "one: ",
	         text->length > 0 ? "; " : "", (unsigned)class->concurrency, full);
	if (fuller > 0)
		str_addf(text, "only %zu of them were measured with more", fuller);
	else
		str_add(text, "none was measured with more, and what a full one does is not known");
}

/* ---- Other classes ------------------------------------------------------------------------ */

/* What a node may have lost, or be set to, without becoming another machine; all firmware is so. */
static bool is_changeable(const struct fleet_fact *fact)
{
	static const char *const names[] = {"cores_allowed", "pus_allowed",        "l3_caches",
	                                    "numa_nodes",    "memory_total_bytes", "numa_mode"};
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
		if (strcmp(fact->name, names[i]) == 0)
			return true;
	return fact->kind == FACT_FIRMWARE;
}

static const char *of_first(const struct ranking_work *work, const struct fleet_class *class,
                            const char *fact)
{
	return profile_fact(&work->nodes[class->nodes[0]].measured->profile, fact);
}

static bool is_same_machine(const struct ranking_work *work, const struct fleet_class *a,
                            const struct fleet_class *b)
{
	const char *const x = work->nodes[a->nodes[0]].measured->profile.scenario_sha256;
	const char *const y = work->nodes[b->nodes[0]].measured->profile.scenario_sha256;
	if (strcmp(x ? x : "", y ? y : "") != 0)
		return false;
	for (size_t i = 0; i < fleet_fact_count; i++)
		if (fleet_facts[i].kind == FACT_HARDWARE && !is_changeable(&fleet_facts[i]) &&
		    !rank_same_value(fleet_facts[i].name, of_first(work, a, fleet_facts[i].name),
		                     of_first(work, b, fleet_facts[i].name)))
			return false;
	return true;
}

/* What a class does of another, both full; NAN: cannot be said. Where the level is not the same
 * number of tasks, the cores are not the same either. */
static double part_of(const struct ranking_work *work, const struct fleet_class *class,
                      const struct fleet_class *other)
{
	if (other == class || other->reason || class->reason ||
	    strcmp(other->policy, class->policy) != 0 || !is_same_machine(work, class, other))
		return NAN;
	const bool is_same_level =
	        other->concurrency == class->concurrency ||
	        (class->concurrency == rank_full(&work->nodes[class->nodes[0]].measured->profile) &&
	         other->concurrency == rank_full(&work->nodes[other->nodes[0]].measured->profile));
	return is_same_level ? class->median / other->median : (double)NAN;
}

static void add_what_differs(const struct ranking_work *work, const struct fleet_class *class,
                             const struct fleet_class *other, struct str *text)
{
	size_t count = 0;
	for (size_t i = 0; i < fleet_fact_count && count < RANK_MOST_CAUSES; i++) {
		const char *const name = fleet_facts[i].name;
		const char *own = of_first(work, class, name);
		const char *its = of_first(work, other, name);
		char own_bytes[NUMBER_TEXT_BYTES];
		char its_bytes[NUMBER_TEXT_BYTES];
		if (!is_changeable(&fleet_facts[i]) || rank_same_value(name, own, its))
			continue;
		if (own && its && strcmp(name, "memory_total_bytes") == 0) {
			number_format_binary_bytes((int64_t)strtod(own, NULL), own_bytes);
			number_format_binary_bytes((int64_t)strtod(its, NULL), its_bytes);
			own = own_bytes;
			its = its_bytes;
		}
		str_addf(text, "%s%s ", count++ > 0 ? ", " : "; it has ", fleet_facts[i].words);
		rank_add_pair(text, own, its);
	}
}

/* The class is slower than others of its machine; if one of these is as large, it is in doubt: what
 * most have is the norm. */
static int add_others(const struct ranking_work *work, struct fleet_class *class, struct str *text,
                      struct error *err)
{
	int r = 0;
	for (size_t c = 0; r == 0 && c < work->ranking->class_count; c++) {
		const struct fleet_class *const other = &work->ranking->classes[c];
		const double part = part_of(work, class, other);
		cleanup_str struct str says = {0};
		if (!(part < 1 - RANK_MARGIN))
			continue;
		str_addf(&says,
		         "the whole class does %.3g of what %zu nodes of the same processor do",
		         part, other->node_count);
		add_what_differs(work, class, other, &says);
		str_addf(text, "%s%s", text->length > 0 ? "; " : "", str_text(&says));
		if (class->doubt || other->node_count < class->node_count)
			continue;
		class->doubt_below = INFINITY;
		r = str_take(&says, &class->doubt, err);
	}
	return r;
}

/* ---- All ---------------------------------------------------------------------------------- */

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
			r = add_populations(work, class, values, count, cut, &text, err);
		else
			add_width(class, &text);
		add_level(work, class, &text);
		if (r == 0)
			r = add_others(work, class, &text, err);
		if (r == 0 && text.failed)
			r = error_memory(err);
		if (r == 0 && text.length > 0)
			r = str_take(&text, &class->note, err);
	}
	return r;
}
