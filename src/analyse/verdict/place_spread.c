#include "analyse/verdict/place_spread.h"

#include "analyse/quantile.h"
#include "analyse/verdict/bounds.h"
#include "core/cleanup.h"
#include "core/error.h"

#include <math.h>
#include <stdlib.h>

void place_spread_release(struct place_spread *spread)
{
	if (!spread)
		return;
	free(spread->items);
	*spread = (struct place_spread){0};
}

/* ---- The statistics ----------------------------------------------------------------------- */

/* The mean of a trial's places that have a value, and how many they are. */
static double trial_mean(const double *logs, size_t places, size_t *ret_count)
{
	double sum = 0;
	size_t count = 0;
	for (size_t p = 0; p < places; p++) {
		if (isnan(logs[p]))
			continue;
		sum += logs[p];
		count++;
	}
	*ret_count = count;
	return sum / (double)count;
}

/* A place against the others of each trial: apart, its own error, and the sum of squares of what is
 * left of its values less the trial's mean. */
static double measure_place(const double *logs, size_t trials, size_t places, size_t p,
                            struct place_apart *item)
{
	double sum = 0;
	double squares = 0; /* of the distances from the others, about their mean: Welford */
	double mean = 0;
	double left_mean = 0;
	double left = 0;
	*item = (struct place_apart){.apart = NAN, .se = NAN, .freedom = NAN, .own_se = NAN};
	for (size_t t = 0; t < trials; t++) {
		size_t count;
		const double *const row = logs + t * places;
		const double of_trial = trial_mean(row, places, &count);
		if (isnan(row[p]) || count < 2)
			continue;
		const double rest = row[p] - of_trial;
		const double apart = rest * (double)count / ((double)count - 1);
		const double n = (double)++item->trials;
		const double step = apart - mean;
		const double left_step = rest - left_mean;
		sum += apart;
		mean += step / n;
		squares += step * (apart - mean);
		left_mean += left_step / n;
		left += left_step * (rest - left_mean);
	}
	const double n = (double)item->trials;
	if (item->trials > 0)
		item->apart = sum / n;
	if (item->trials > 1)
		item->own_se = sqrt(squares / (n - 1) / n);
	return left;
}

void place_spread_group(const double *logs, size_t trials, size_t places,
                        struct place_apart *ret_items)
{
	double left = 0;
	double freedom = 0;
	size_t used = 0;
	for (size_t t = 0; t < trials; t++) {
		size_t count;
		trial_mean(logs + t * places, places, &count);
		used += count >= 2;
	}
	for (size_t p = 0; p < places; p++) {
		left += measure_place(logs, trials, places, p, &ret_items[p]);
		if (ret_items[p].trials > 0)
			freedom += (double)ret_items[p].trials - 1;
	}
	/* Each trial's mean takes one, too. */
	freedom -= (double)used - 1;
	for (size_t p = 0; p < places && used > 0 && freedom > 0; p++) {
		struct place_apart *const item = &ret_items[p];
		const double others = (double)places / ((double)places - 1);
		if (item->trials == 0)
			continue;
		item->freedom = freedom;
		item->se = sqrt(left / freedom * others / (double)item->trials);
	}
}

size_t place_spread_worst(const struct place_spread *spread)
{
	size_t worst = 0;
	for (size_t i = 1; i < spread->count; i++)
		if (spread->items[i].apart > spread->items[worst].apart)
			worst = i;
	return worst;
}

double place_spread_high(const struct place_spread *spread, double level, size_t *ret_which)
{
	double most = -INFINITY;
	for (size_t i = 0; i < spread->count; i++) {
		const struct place_apart *const p = &spread->items[i];
		const struct bounded b = {p->apart, p->se, p->freedom, p->trials};
		const double high = bounded_high(&b, level);
		if (isnan(high))
			return NAN;
		if (high > most) {
			most = high;
			*ret_which = i;
		}
	}
	return spread->count > 0 ? most : (double)NAN;
}

double place_spread_low(const struct place_spread *spread, double level, size_t *ret_which)
{
	double most = NAN;
	for (size_t i = 0; i < spread->count; i++) {
		const struct place_apart *const p = &spread->items[i];
		const struct bounded pooled = {p->apart, p->se, p->freedom, p->trials};
		const struct bounded own = {p->apart, p->own_se, (double)p->trials - 1, p->trials};
		const double by_all = bounded_low(&pooled, level / (double)spread->count);
		const double by_own = bounded_low(&own, level);
		const double low = by_own < by_all ? by_own : by_all;
		if (isnan(by_own) || isnan(by_all) || low <= most)
			continue;
		most = low;
		*ret_which = i;
	}
	return most;
}

/* ---- From tasks to logs ------------------------------------------------------------------- */

/* What is worked on: one kind at one level. */
struct gathering {
	const struct place_data *data;
	size_t level;
	enum place_kind kind;
	uint32_t *class_of_core; /* NO_PLACE: no task of the level runs there */
	uint32_t *holder_of_core;
	double *cores;   /* of one trial: logs of its cores, NAN: none, */
	double *weights; /* and what these need meanwhile */
	double *values;  /* of the cores of one holder */
	double *logs;    /* trials x places, of one class */
	uint32_t *members;
	size_t trials;
};

static size_t core_count(const struct gathering *g)
{
	return g->data->classes.places[PLACE_CORE].count;
}

/* Which class and which holder each core is of. All slots of one core share everything with as many
 * others, so a core is in one class. */
static void map_cores(struct gathering *g)
{
	const struct place_classes *const classes = &g->data->classes;
	const struct level_classes *const level = &classes->levels[g->level];
	for (size_t c = 0; c < core_count(g); c++)
		g->class_of_core[c] = NO_PLACE;
	for (size_t i = level->first; i < level->first + level->count; i++) {
		const struct slot_facts *const facts = &classes->facts[i];
		const uint32_t core = facts->place[PLACE_CORE];
		if (core == NO_PLACE || facts->place[g->kind] == NO_PLACE ||
		    facts->class >= level->class_count)
			continue;
		g->class_of_core[core] = facts->class;
		g->holder_of_core[core] = facts->place[g->kind];
	}
}

/* The lower median of the cores that a holder has in a class; a core holds itself. */
static double measure_holder(struct gathering *g, uint32_t class, uint32_t holder)
{
	size_t count = 0;
	for (size_t c = 0; c < core_count(g); c++)
		if (g->class_of_core[c] == class && g->holder_of_core[c] == holder &&
		    !isnan(g->cores[c]))
			g->values[count++] = g->cores[c];
	if (count == 0)
		return NAN;
	quantile_sort_values(g->values, count);
	return g->values[(count - 1) / 2];
}

/* The places that have cores in a class, in their order; returns how many. */
static size_t find_members(struct gathering *g, uint32_t class)
{
	const size_t places = g->data->classes.places[g->kind].count;
	size_t count = 0;
	for (uint32_t p = 0; p < places; p++) {
		size_t c = 0;
		while (c < core_count(g) &&
		       (g->class_of_core[c] != class || g->holder_of_core[c] != p))
			c++;
		if (c < core_count(g))
			g->members[count++] = p;
	}
	return count;
}

static void fill_logs(struct gathering *g, uint32_t class, size_t places)
{
	const size_t end = g->data->columns.level_first[g->level + 1];
	size_t first = g->data->columns.level_first[g->level];
	for (size_t t = 0; first < end; t++) {
		const size_t next = place_data_end_of_trial(g->data, first, end);
		place_data_measure_cores(g->data, first, next, g->weights, g->cores);
		for (size_t m = 0; m < places; m++)
			g->logs[t * places + m] = measure_holder(g, class, g->members[m]);
		first = next;
	}
}

/* Appends the places of a class that can be compared; those without any value are counted. */
static void add_class(struct gathering *g, uint32_t class, struct place_spread *spread)
{
	const struct places *const places = &g->data->classes.places[g->kind];
	const size_t count = find_members(g, class);
	struct place_apart *const items = spread->items + spread->count;
	spread->present += count;
	if (count < 2)
		return;
	fill_logs(g, class, count);
	place_spread_group(g->logs, g->trials, count, items);
	size_t kept = 0;
	for (size_t m = 0; m < count; m++) {
		if (items[m].trials == 0) {
			spread->silent++;
			continue;
		}
		items[kept] = items[m];
		items[kept++].index = places->items[g->members[m]].index;
	}
	spread->count += kept;
}

/* Whether there is nothing to compare on this node at all. */
static bool has_only_one(const struct place_data *data, enum place_kind kind)
{
	static const char *const facts[PLACE_KINDS] = {[PLACE_CORE] = "cores_allowed",
	                                               [PLACE_L3] = "l3_caches",
	                                               [PLACE_PACKAGE] = "packages"};
	const int64_t count = host_facts_count(&data->summary->dataset->host, facts[kind]);
	return data->classes.places[kind].count == 1 && count <= 1;
}

static const char *reason_of(const struct place_data *data, enum place_kind kind,
                             const struct place_spread *spread)
{
	if (spread->count > 0)
		return NULL;
	if (data->summary->dataset->slot_count == 0)
		return "the result does not say where the tasks ran";
	if (data->classes.places[kind].count == 0)
		return "tasks were not bound, or the machine did not show what belongs together";
	if (spread->is_only_one)
		return ": nothing to compare it with";
	if (spread->present == 1)
		return "the tasks of this level ran on one of several: nothing to compare it with";
	return "no two of them ran successful tasks under the same load";
}

static int allocate(struct gathering *g, struct place_spread *spread, struct error *err)
{
	const size_t cores = core_count(g) + 1;
	const size_t places = g->data->classes.places[g->kind].count + 1;
	const size_t classes = g->data->classes.levels[g->level].class_count + 1;
	g->class_of_core = calloc(cores, sizeof *g->class_of_core);
	g->holder_of_core = calloc(cores, sizeof *g->holder_of_core);
	g->cores = calloc(cores, sizeof *g->cores);
	g->weights = calloc(cores, sizeof *g->weights);
	g->values = calloc(cores, sizeof *g->values);
	g->members = calloc(places, sizeof *g->members);
	g->logs = calloc(places * (g->trials + 1), sizeof *g->logs);
	/* A holder may have cores of every class. */
	spread->items = calloc(places * classes, sizeof *spread->items);
	return g->class_of_core && g->holder_of_core && g->cores && g->weights && g->values &&
	                       g->members && g->logs && spread->items
	               ? 0
	               : error_memory(err);
}

int place_spread_measure(const struct place_data *data, size_t level, enum place_kind kind,
                         struct place_spread *ret_spread, struct error *err)
{
	struct gathering g = {.data = data,
	                      .level = level,
	                      .kind = kind,
	                      .trials = place_data_trials(data, level)};
	struct place_spread spread = {.trials = g.trials};
	const int r = allocate(&g, &spread, err);
	if (r == 0) {
		map_cores(&g);
		for (uint32_t c = 0; c < data->classes.levels[level].class_count; c++)
			add_class(&g, c, &spread);
		spread.is_only_one = has_only_one(data, kind);
		spread.reason = reason_of(data, kind, &spread);
	}
	free(g.class_of_core);
	free(g.holder_of_core);
	free(g.cores);
	free(g.weights);
	free(g.values);
	free(g.members);
	free(g.logs);
	if (r < 0)
		place_spread_release(&spread);
	else
		*ret_spread = spread;
	return r;
}
