/* How CPU time and memory of a type grow with a covariate: the lines. */
#include "report/campaign/needs_parts.h"

#include "core/array.h"
#include "core/cleanup.h"
#include "core/number.h"
#include "core/str.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_DECIMALS = 6 };

/* One covariate and one figure. */
struct growth {
	struct needs_view *view;
	size_t covariate;
	enum campaign_figure figure;
	struct figure_unit unit;  /* of the figure */
	struct figure_unit slope; /* and of what it grows by: memory grows by MB rather than GB */
	char slope_head[48];
};

static struct growth make_growth(struct needs_view *view, size_t covariate,
                                 enum campaign_figure figure)
{
	struct growth g = {.view = view,
	                   .covariate = covariate,
	                   .figure = figure,
	                   .unit = needs_unit(view, figure)};
	g.slope = figure == CAMPAIGN_MAX_RSS && g.unit.factor < 0.9e-6
	                  ? (struct figure_unit){"MB", 1e-6}
	                  : g.unit;
	snprintf(g.slope_head, sizeof g.slope_head, "%s per unit", g.slope.name);
	return g;
}

/* A line grows when it rises or falls by this part of itself over the range of the covariate. */
static const double worth_telling = 0.05;

static const struct campaign_relation *relation_of(const struct growth *g,
                                                   const struct campaign_type_needs *needs)
{
	for (size_t i = 0; i < needs->relation_count; i++)
		if (needs->relations[i].covariate == g->covariate &&
		    needs->relations[i].figure == g->figure)
			return &needs->relations[i];
	return NULL;
}

static bool is_fitted(const struct campaign_relation *relation)
{
	return relation && relation->fits[CAMPAIGN_FIT_LINEAR].points > 0 &&
	       estimate_has_value(&relation->fits[CAMPAIGN_FIT_LINEAR].slope);
}

/* Whether a line is known to rise or fall, and by enough to be worth a row. Its interval of 95 %
 * has to be clear of 0 by its own half width: of many types some would else be named by chance. */
static bool does_grow(const struct campaign_relation *relation, const struct campaign_fit *fit)
{
	if (!estimate_has_value(&fit->slope))
		return false;
	const double from = campaign_fit_at(fit, relation->x_min);
	const double to = campaign_fit_at(fit, relation->x_max);
	if (!(fabs(to - from) >= worth_telling * fmax(fabs(from), fabs(to))))
		return false;
	return estimate_has_interval(&fit->slope) &&
	       fabs(fit->slope.value) > fit->slope.high - fit->slope.low;
}

static bool is_told(const struct growth *g, const struct campaign_relation *relation)
{
	if (!is_fitted(relation))
		return false;
	if (g->view->needs->type_count <= 3)
		return true;
	return does_grow(relation, &relation->fits[CAMPAIGN_FIT_LINEAR]) ||
	       does_grow(relation, &relation->fits[CAMPAIGN_FIT_QUANTILE]);
}

/* A value of a line with three significant digits, whatever its size. */
static const char *write_value(double value, const struct growth *g, char text[FIGURE_BYTES])
{
	char number[NUMBER_TEXT_BYTES];
	if (!isfinite(value)) {
		snprintf(text, FIGURE_BYTES, "%s", figure_absent(g->view->doc->style));
		return text;
	}
	number_format_significant(value, 3, number);
	snprintf(text, FIGURE_BYTES, "%s", number);
	return text;
}

static void value_cell(const struct growth *g, struct table *table, const struct estimate *e,
                       double factor)
{
	char text[FIGURE_BYTES];
	table_cell(table, TEXT_PLAIN, "%s",
	           write_value(estimate_has_value(e) ? e->value * factor : (double)NAN, g, text));
}

static void interval_cell(const struct growth *g, struct table *table, const struct estimate *e)
{
	char text[FIGURE_BYTES];
	figure_write_interval(e, g->slope.factor, MOST_DECIMALS, g->view->doc->style, text);
	table_cell(table, TEXT_PLAIN, "%s", text);
}

/* ---- One row for a type: its middle and its upper edge --------------------------------------- */

static void add_short_table(const struct growth *g)
{
	const char *const name = g->view->needs->campaign->covariates[g->covariate].name;
	const struct table_column columns[] = {
	        {"type", NULL, TABLE_LEFT, 0},
	        {"tasks", NULL, TABLE_RIGHT, 1},
	        {"robust slope", g->slope_head, TABLE_POINT, 1},
	        {"its interval", "95 %", TABLE_RIGHT, 1},
	        {"envelope", g->unit.name, TABLE_POINT, 1},
	        {"+ slope", g->slope.name, TABLE_POINT, 1},
	};
	char caption[160];
	snprintf(caption, sizeof caption, "%s against %.60s:", needs_figures[g->figure].title,
	         name);
	struct table *const table =
	        document_table(g->view->doc, caption, columns, ARRAY_LENGTH(columns));
	for (size_t t = 0; t < g->view->needs->type_count; t++) {
		const struct campaign_type_needs *const needs = &g->view->needs->types[t];
		const struct campaign_relation *const relation = relation_of(g, needs);
		if (!is_told(g, relation))
			continue;
		const struct campaign_fit *const robust = &relation->fits[CAMPAIGN_FIT_ROBUST];
		const struct campaign_fit *const edge = &relation->fits[CAMPAIGN_FIT_QUANTILE];
		table_row(table);
		table_cell(table, TEXT_PLAIN, "%s", needs->name);
		table_cell(table, TEXT_PLAIN, "%zu", robust->points);
		value_cell(g, table, &robust->slope, g->slope.factor);
		interval_cell(g, table, &robust->slope);
		value_cell(g, table, &edge->intercept, g->unit.factor);
		value_cell(g, table, &edge->slope, g->slope.factor);
	}
	needs_finish_table(g->view, table);
}

/* ---- A row for every line ------------------------------------------------------------------- */

static void fit_name(const struct campaign_fit *fit, enum campaign_fit_kind kind, char text[48])
{
	static const char *const names[CAMPAIGN_FITS] = {
	        [CAMPAIGN_FIT_LINEAR] = "least squares",
	        [CAMPAIGN_FIT_ROBUST] = "robust",
	        [CAMPAIGN_FIT_QUANTILE] = "envelope",
	        [CAMPAIGN_FIT_MAXIMA] = "envelope of maxima",
	};
	if (kind == CAMPAIGN_FIT_QUANTILE && isfinite(fit->quantile))
		snprintf(text, 48, "%s, %.4g %%", names[kind], 100 * fit->quantile);
	else
		snprintf(text, 48, "%s", names[kind]);
}

static void add_fit_row(const struct growth *g, struct table *table, const char *name,
                        const struct campaign_fit *fit, enum campaign_fit_kind kind)
{
	char text[FIGURE_BYTES];
	char called[48];
	fit_name(fit, kind, called);
	table_row(table);
	table_cell(table, TEXT_PLAIN, "%s", name);
	table_cell(table, TEXT_PLAIN, "%s", called);
	table_cell(table, TEXT_PLAIN, "%zu", fit->points);
	value_cell(g, table, &fit->intercept, g->unit.factor);
	value_cell(g, table, &fit->slope, g->slope.factor);
	interval_cell(g, table, &fit->slope);
	figure_write(fit->points > 0 ? 100 * fit->below : (double)NAN, 1, g->view->doc->style,
	             text);
	table_cell(table, TEXT_PLAIN, "%s", text);
	if (fit->points == 0 && fit->reason)
		table_note(table, "%s", fit->reason);
}

static struct table *begin_lines(const struct growth *g, const char *caption)
{
	const struct table_column columns[] = {
	        {"type", NULL, TABLE_LEFT, 0},
	        {"line", NULL, TABLE_LEFT, 0},
	        {"tasks", NULL, TABLE_RIGHT, 1},
	        {"at 0", g->unit.name, TABLE_POINT, 1},
	        {"slope", g->slope_head, TABLE_POINT, 1},
	        {"its interval", "95 %", TABLE_RIGHT, 1},
	        {"below it", "%", TABLE_POINT, 1},
	};
	return document_table(g->view->doc, caption, columns, ARRAY_LENGTH(columns));
}

/* A table for each type where they are few, so that a terminal has room; else one of all. */
static void add_long_table(const struct growth *g)
{
	const char *const covariate = g->view->needs->campaign->covariates[g->covariate].name;
	const bool is_page = g->view->reader == READ_IN_PAGE;
	struct table *table = NULL;
	for (size_t t = 0; t < g->view->needs->type_count; t++) {
		const struct campaign_type_needs *const needs = &g->view->needs->types[t];
		const struct campaign_relation *const relation = relation_of(g, needs);
		if (!is_told(g, relation))
			continue;
		if (!table || !is_page) {
			cleanup_str struct str caption = {0};
			str_addf(&caption, "%s%s%s against %s:", is_page ? "" : needs->name,
			         is_page ? "" : ": ",
			         is_page ? needs_figures[g->figure].title
			                 : needs_figures[g->figure].what,
			         covariate);
			table = begin_lines(g, str_text(&caption));
		}
		for (size_t k = 0; k < CAMPAIGN_FITS; k++)
			add_fit_row(g, table, is_page ? needs->name : "", &relation->fits[k],
			            (enum campaign_fit_kind)k);
	}
}

/* ---- What is left out, and why -------------------------------------------------------------- */

static void add_flat(const struct growth *g, bool has_rows)
{
	const char *const name = g->view->needs->campaign->covariates[g->covariate].name;
	size_t count = 0;
	for (size_t t = 0; t < g->view->needs->type_count; t++) {
		const struct campaign_relation *const relation =
		        relation_of(g, &g->view->needs->types[t]);
		count += is_fitted(relation) && !is_told(g, relation);
	}
	if (count > 0)
		document_say(
		        g->view->doc, TEXT_DIM,
		        "%s of %zu %s%s is not known to change with %s by %.0f %% or more over "
		        "its range, neither in the middle nor at the envelope.",
		        needs_figures[g->figure].title, count, has_rows ? "other " : "",
		        number_noun(count, "type", "types"), name, 100 * worth_telling);
}

static bool has_rows(const struct growth *g)
{
	for (size_t t = 0; t < g->view->needs->type_count; t++)
		if (is_told(g, relation_of(g, &g->view->needs->types[t])))
			return true;
	return false;
}

/* ---- Which covariates ----------------------------------------------------------------------- */

static const enum campaign_figure figures[] = {CAMPAIGN_MAX_RSS, CAMPAIGN_CPU};

/* What is known of one covariate, over both figures. */
struct covariate_rank {
	size_t covariate;
	size_t fitted; /* lines of types */
	size_t grown;  /* of which so many are known to rise or fall */
};

static int compare_ranks(const void *a, const void *b)
{
	const struct covariate_rank *const x = a;
	const struct covariate_rank *const y = b;
	if (x->grown != y->grown)
		return x->grown < y->grown ? 1 : -1;
	if ((x->fitted > 0) != (y->fitted > 0))
		return x->fitted > 0 ? -1 : 1;
	return (x->covariate > y->covariate) - (x->covariate < y->covariate);
}

/* All covariates, those that most grows with first. Returns how many are known of some type. */
static size_t rank_covariates(const struct needs_view *view,
                              struct covariate_rank ranks[CAMPAIGN_MOST_COVARIATES])
{
	const size_t known = view->needs->campaign->covariate_count;
	const size_t all = known < CAMPAIGN_MOST_COVARIATES ? known : CAMPAIGN_MOST_COVARIATES;
	size_t fitted = 0;
	for (size_t c = 0; c < all; c++)
		ranks[c] = (struct covariate_rank){.covariate = c};
	for (size_t t = 0; t < view->needs->type_count; t++)
		for (size_t i = 0; i < view->needs->types[t].relation_count; i++) {
			const struct campaign_relation *const relation =
			        &view->needs->types[t].relations[i];
			if (relation->covariate >= all)
				continue;
			struct covariate_rank *const rank = &ranks[relation->covariate];
			rank->fitted += is_fitted(relation);
			rank->grown +=
			        is_fitted(relation) &&
			        (does_grow(relation, &relation->fits[CAMPAIGN_FIT_LINEAR]) ||
			         does_grow(relation, &relation->fits[CAMPAIGN_FIT_QUANTILE]));
		}
	qsort(ranks, all, sizeof *ranks, compare_ranks);
	while (fitted < all && ranks[fitted].fitted > 0)
		fitted++;
	return fitted;
}

size_t needs_choose_covariates(const struct needs_view *view, size_t chosen[NEEDS_MOST_COVARIATES])
{
	struct covariate_rank ranks[CAMPAIGN_MOST_COVARIATES];
	const size_t fitted = rank_covariates(view, ranks);
	size_t count = 0;
	for (; count < fitted && count < NEEDS_MOST_COVARIATES; count++)
		chosen[count] = ranks[count].covariate;
	return count;
}

/* What has no table: in a sentence each for what grows too, and for what nothing grows with. */
static void add_others(const struct needs_view *view)
{
	struct covariate_rank ranks[CAMPAIGN_MOST_COVARIATES];
	const size_t fitted = rank_covariates(view, ranks);
	cleanup_str struct str grown = {0};
	cleanup_str struct str flat = {0};
	for (size_t i = NEEDS_MOST_COVARIATES; i < fitted; i++) {
		struct str *const text = ranks[i].grown > 0 ? &grown : &flat;
		str_addf(text, "%s%s", text->length > 0 ? ", " : "",
		         view->needs->campaign->covariates[ranks[i].covariate].name);
	}
	view->doc->failed |= grown.failed || flat.failed;
	if (grown.length > 0)
		document_say(view->doc, TEXT_PLAIN,
		             "Types grow with these too, of which --covariate NAME shows one: %s.",
		             str_text(&grown));
	if (flat.length > 0)
		document_say(view->doc, TEXT_DIM, "No type is known to change with these: %s.",
		             str_text(&flat));
}

/* Lines that were not fitted: how many there are for each of the first few reasons. */
static void add_unfitted(const struct needs_view *view)
{
	enum { MOST_REASONS = 4 };
	const char *reasons[MOST_REASONS];
	size_t counts[MOST_REASONS] = {0};
	size_t count = 0;
	for (size_t t = 0; t < view->needs->type_count; t++)
		for (size_t i = 0; i < view->needs->types[t].relation_count; i++) {
			const struct campaign_relation *const relation =
			        &view->needs->types[t].relations[i];
			const char *const reason = relation->fits[CAMPAIGN_FIT_LINEAR].reason;
			size_t k = 0;
			if (is_fitted(relation) || !reason)
				continue;
			while (k < count && strcmp(reasons[k], reason) != 0)
				k++;
			if (k == MOST_REASONS)
				continue;
			reasons[k] = reason;
			counts[k]++;
			count += k == count;
		}
	for (size_t k = 0; k < count; k++)
		document_item(view->doc, TEXT_DIM, "-", "%zu %s of types not fitted: %s.",
		              counts[k], number_noun(counts[k], "line", "lines"), reasons[k]);
}

/* Whether intervals take in that tasks which ran one after another are alike. */
static void say_what_intervals_cover(const struct needs_view *view)
{
	size_t related = 0;
	size_t in_time = 0;
	for (size_t t = 0; t < view->needs->type_count; t++) {
		const struct campaign_type_needs *const needs = &view->needs->types[t];
		related += needs->relation_count > 0;
		in_time += needs->relation_count > 0 && needs->is_in_time;
	}
	if (related == 0)
		return;
	if (in_time == related)
		document_say(view->doc, TEXT_DIM,
		             "Intervals take in what %d stretches of time differ by.",
		             CAMPAIGN_STRETCHES);
	else
		document_say(
		        view->doc, TEXT_DIM,
		        "Intervals%s are as of independent tasks (no start times, or fewer than "
		        "200 tasks): what tasks that ran together have in common is not in them.",
		        in_time > 0 ? " of some types" : "");
}

void needs_add_growth(struct needs_view *view)
{
	const bool is_short = view->reader == READ_IN_TERMINAL && view->needs->type_count > 3;
	size_t chosen[NEEDS_MOST_COVARIATES];
	const size_t count = needs_choose_covariates(view, chosen);
	document_section(view->doc, "growth", "How it grows",
	                 "straight lines against the covariates");
	for (size_t c = 0; c < count; c++)
		for (size_t f = 0; f < ARRAY_LENGTH(figures); f++) {
			const struct growth g = make_growth(view, chosen[c], figures[f]);
			if (has_rows(&g) && is_short)
				add_short_table(&g);
			else if (has_rows(&g))
				add_long_table(&g);
			add_flat(&g, has_rows(&g));
		}
	add_others(view);
	add_unfitted(view);
	say_what_intervals_cover(view);
}
