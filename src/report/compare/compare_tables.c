/* Ratios level by level, and how each side scales. */
#include "core/array.h"
#include "core/cleanup.h"
#include "core/number.h"
#include "report/compare/compare_parts.h"
#include "report/measure_text.h"
#include "report/scaling_blocks.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_BYTES = 48 };

/* Of names in heads of columns as much as leaves room for the figures. */
static const char *short_name(const char *name, char text[NAME_BYTES])
{
	snprintf(text, NAME_BYTES, "%.24s", name);
	return text;
}

static const struct ratio *ratio_at(const struct comparison *c, size_t level, size_t query)
{
	return &c->levels[level].ratios[query];
}

static bool has_any(const struct comparison *c, size_t query)
{
	for (size_t i = 0; i < c->level_count; i++)
		if (estimate_has_value(&ratio_at(c, i, query)->value))
			return true;
	return false;
}

/* "wall time, p95" for a table. */
static const char *query_title(const struct measure_query *query, char text[112])
{
	char title[96];
	measure_title(query->id, query->detail, title);
	if (measures[query->id].nature == NATURE_TASKS && query->statistic == STATISTIC_QUANTILE)
		snprintf(text, 112, "%s, p%g", title, 100 * query->quantile);
	else
		snprintf(text, 112, "%s", title);
	return text;
}

static void name_level(const struct compare_view *view, size_t level, char text[NAME_BYTES])
{
	const struct compared_level *const l = &view->comparison->levels[level];
	if (view->has_policies)
		snprintf(text, NAME_BYTES, "%u %.24s", l->concurrency, l->policy ? l->policy : "");
	else
		snprintf(text, NAME_BYTES, "%u", l->concurrency);
}

/* ---- At a glance ----------------------------------------------------------------------------- */

static void glance_cell(const struct compare_view *view, struct table *table,
                        const struct measure_query *query, const struct ratio *ratio)
{
	const struct estimate *const e = &ratio->value;
	char number[FIGURE_BYTES];
	char text[FIGURE_BYTES + 2];
	double shown = e->value;
	if (ratio->is_difference)
		shown *= measure_scale_of(query->id, query->detail,
		                          fmax(fabs(ratio->base.value), fabs(ratio->new.value)),
		                          view->doc->style)
		                 .factor;
	figure_write(shown,
	             fabs(shown) < 10    ? 2
	             : fabs(shown) < 100 ? 1
	                                 : 0,
	             view->doc->style, number);
	snprintf(text, sizeof text, "%s%s", number, ratio_is_beyond_chance(ratio) ? "*" : " ");
	table_cell(table, ratio_role(ratio, measures[query->id].better), "%s", text);
}

/* A row for each measure, a column for each level. */
static void add_glance(const struct compare_view *view)
{
	const struct comparison *const c = view->comparison;
	const size_t count = c->level_count + 1;
	cleanup_free struct table_column *columns = calloc(count, sizeof *columns);
	cleanup_free char(*names)[NAME_BYTES] = calloc(count, sizeof *names);
	char id[48];
	if (!columns || !names) {
		view->doc->failed = true;
		return;
	}
	columns[0] = (struct table_column){"N", NULL, TABLE_LEFT, 0};
	for (size_t i = 0; i < c->level_count; i++) {
		name_level(view, i, names[i]);
		columns[i + 1] =
		        (struct table_column){names[i], NULL, TABLE_RIGHT, (unsigned)i + 1};
	}
	document_section(view->doc, compare_id(view, "glance", id), "Ratios",
	                 "new by base; * the 95 % interval excludes no difference");
	struct table *const table = document_table(view->doc, "", columns, count);
	for (size_t q = 0; q < c->query_count; q++) {
		char title[112];
		if (!has_any(c, q))
			continue;
		table_row(table);
		table_cell(table, TEXT_PLAIN, "%s", query_title(&c->queries[q], title));
		for (size_t i = 0; i < c->level_count; i++)
			glance_cell(view, table, &c->queries[q], ratio_at(c, i, q));
	}
}

/* ---- One measure ----------------------------------------------------------------------------- */

static struct measure_scale scale_of(const struct compare_view *view, size_t query)
{
	const struct comparison *const c = view->comparison;
	const struct measure_query *const q = &c->queries[query];
	const bool is_least = measures[q->id].unit == MEASURE_PER_SECOND;
	double typical = NAN;
	for (size_t i = 0; i < c->level_count; i++) {
		const struct ratio *const r = ratio_at(c, i, query);
		const double base = fabs(r->base.value);
		const double new = fabs(r->new.value);
		typical =
		        is_least ? fmin(typical, fmin(base, new)) : fmax(typical, fmax(base, new));
	}
	return measure_scale_of(q->id, q->detail, isfinite(typical) ? typical : 1,
	                        view->doc->style);
}

static void value_cell(struct table *table, const struct estimate *estimate, double factor,
                       const struct text_style *style)
{
	char text[FIGURE_BYTES];
	figure_write(estimate->value * factor, figure_estimate_decimals(estimate, factor, 3, 4),
	             style, text);
	table_cell(table, TEXT_PLAIN, "%s", text);
}

static void add_level(const struct compare_view *view, struct table *table, size_t level,
                      size_t query, const struct measure_scale *scale)
{
	const struct text_style *const style = view->doc->style;
	const struct comparison *const c = view->comparison;
	const struct ratio *const r = ratio_at(c, level, query);
	const double factor = r->is_difference ? scale->factor : 1;
	char text[FIGURE_BYTES];
	table_row(table);
	table_cell(table, TEXT_PLAIN, "%s",
	           view->has_policies && c->levels[level].policy ? c->levels[level].policy : "");
	table_cell(table, TEXT_PLAIN, "%u", c->levels[level].concurrency);
	value_cell(table, &r->base, scale->factor, style);
	value_cell(table, &r->new, scale->factor, style);
	figure_write(r->value.value * factor, figure_estimate_decimals(&r->value, factor, 3, 4),
	             style, text);
	table_cell(table, ratio_role(r, measures[c->queries[query].id].better), "%s", text);
	figure_write_interval(&r->value, factor, 4, style, text);
	table_cell(table, TEXT_DIM, "%s", text);
	if (r->base_n == r->new_n)
		table_cell(table, TEXT_PLAIN, "%zu", r->base_n);
	else
		table_cell(table, TEXT_PLAIN, "%zu, %zu", r->base_n, r->new_n);
	if (!estimate_has_value(&r->value) && r->reason)
		table_note(table, "%s", r->reason);
}

/* Each of the notes once. */
static void add_notes(const struct compare_view *view, size_t query)
{
	const struct comparison *const c = view->comparison;
	for (size_t i = 0; i < c->level_count; i++) {
		const char *const note = ratio_at(c, i, query)->note;
		bool is_new = note != NULL;
		for (size_t k = 0; is_new && k < i; k++) {
			const char *const before = ratio_at(c, k, query)->note;
			is_new = !before || strcmp(before, note) != 0;
		}
		if (is_new)
			document_item(view->doc, TEXT_DIM, "-", "%s", note);
	}
}

static void add_measure(const struct compare_view *view, size_t query)
{
	const struct comparison *const c = view->comparison;
	const bool is_difference = ratio_at(c, 0, query)->is_difference;
	const struct measure_scale scale = scale_of(view, query);
	char base[NAME_BYTES];
	char new[NAME_BYTES];
	char title[112];
	const char *const unit = scale.unit[0] ? scale.unit : NULL;
	const struct table_column columns[] = {
	        {"policy", NULL, TABLE_LEFT, 0},
	        {"N", NULL, TABLE_RIGHT, 0},
	        {short_name(c->base.name, base), unit, TABLE_POINT, 1},
	        {short_name(c->new.name, new), unit, TABLE_POINT, 1},
	        {is_difference ? "difference" : "ratio", is_difference ? unit : NULL, TABLE_POINT,
	         1},
	        {"95 % interval", NULL, TABLE_RIGHT, 1},
	        {"n", NULL, TABLE_RIGHT, 1},
	};
	struct table *const table = document_table(
	        view->doc, query_title(&c->queries[query], title), columns, ARRAY_LENGTH(columns));
	for (size_t i = 0; i < c->level_count; i++)
		add_level(view, table, i, query, &scale);
	add_notes(view, query);
}

/* What is absent at every level, with its reason. */
static void add_absent(const struct compare_view *view)
{
	const struct comparison *const c = view->comparison;
	for (size_t q = 0; q < c->query_count; q++) {
		char title[112];
		if (has_any(c, q))
			continue;
		const char *const reason = ratio_at(c, 0, q)->reason;
		document_item(view->doc, TEXT_DIM, "-", "%s: %s",
		              query_title(&c->queries[q], title),
		              reason ? reason : "neither side has it");
	}
}

void compare_tables(const struct compare_view *view)
{
	const struct comparison *const c = view->comparison;
	char id[48];
	if (c->level_count == 0)
		return;
	add_glance(view);
	document_section(view->doc, compare_id(view, "measures", id), "Level by level",
	                 "n: trials or runs of each side");
	for (size_t q = 0; q < c->query_count; q++)
		if (has_any(c, q))
			add_measure(view, q);
	document_section(view->doc, compare_id(view, "not-compared", id), "Not compared", "");
	add_absent(view);
}

/* ---- Scaling --------------------------------------------------------------------------------- */

static const struct scaling *scaling_of(const struct side *side, size_t index, const char *policy)
{
	if (side->count == 0)
		return NULL;
	const struct findings *const run = side->runs[0];
	if (!policy)
		return index < run->scaling_count ? &run->scalings[index] : NULL;
	for (size_t i = 0; i < run->scaling_count; i++)
		if (strcmp(run->scalings[i].policy, policy) == 0)
			return &run->scalings[i];
	/* With one policy a side they are compared whatever they are called. */
	return index == 0 && run->scaling_count == 1 ? &run->scalings[0] : NULL;
}

static void plateau_row(struct table *table, const struct side *side, const struct scaling *scaling,
                        const struct text_style *style)
{
	const struct plateau *const p = &scaling->plateau;
	table_row(table);
	table_cell(table, TEXT_PLAIN, "%s", side->name);
	table_cell(table, TEXT_PLAIN, "%s", scaling->policy);
	if (p->is_identified)
		table_cell(table, TEXT_PLAIN, "N=%.0f", p->concurrency);
	else
		table_cell(table, TEXT_DIM, "not identified");
	if (p->is_identified && isfinite(p->low) && isfinite(p->high))
		table_cell(table, TEXT_DIM, "%.0f %s %.0f", p->low, figure_absent(style), p->high);
	else if (isfinite(p->low))
		table_cell(table, TEXT_DIM, "from %.0f", p->low);
	else
		table_cell(table, TEXT_DIM, "%s", figure_absent(style));
	if (p->recommended > 0)
		table_cell(table, p->is_doubtful ? TEXT_WARN : TEXT_PLAIN, "N=%u%s", p->recommended,
		           p->is_doubtful ? ", look at it" : "");
	else
		table_cell(table, TEXT_DIM, "none");
	table_cell(table, TEXT_PLAIN, "%s",
	           scaling->chosen >= 0 ? fit_model_names[scaling->chosen] : "none adequate");
}

static void add_plateaus(const struct compare_view *view)
{
	static const struct table_column columns[] = {
	        {"node", NULL, TABLE_LEFT, 0},           {"policy", NULL, TABLE_LEFT, 0},
	        {"plateau begins", NULL, TABLE_LEFT, 1}, {"95 % interval", NULL, TABLE_RIGHT, 1},
	        {"recommended", NULL, TABLE_LEFT, 1},    {"model", NULL, TABLE_LEFT, 1},
	};
	const struct side *const sides[] = {&view->comparison->base, &view->comparison->new};
	struct table *const table = document_table(view->doc, "", columns, ARRAY_LENGTH(columns));
	for (size_t s = 0; s < ARRAY_LENGTH(sides); s++)
		for (size_t i = 0; scaling_of(sides[s], i, NULL); i++)
			plateau_row(table, sides[s], scaling_of(sides[s], i, NULL),
			            view->doc->style);
}

static void parameter_cells(struct table *table, const struct fit_parameter *p, double factor,
                            const struct text_style *style)
{
	char value[NUMBER_TEXT_BYTES];
	char low[NUMBER_TEXT_BYTES];
	char high[NUMBER_TEXT_BYTES];
	if (!p || isnan(p->value)) {
		table_cell(table, TEXT_DIM, "%s", figure_absent(style));
		table_cell(table, TEXT_DIM, "%s", p && p->reason ? "not identified" : "");
		return;
	}
	number_format_significant(p->value * factor, 4, value);
	table_cell(table, TEXT_PLAIN, "%s", value);
	if (isnan(p->low)) {
		table_cell(table, TEXT_DIM, "%s", p->is_bound ? "at its bound" : "none");
		return;
	}
	number_format_significant(p->low * factor, 3, low);
	number_format_significant(p->high * factor, 3, high);
	table_cell(table, TEXT_DIM, "%s %s %s", low, figure_absent(style), high);
}

static void parameter_row(struct table *table, const char *model, const char *name,
                          const struct fit_parameter *base, const struct fit_parameter *new,
                          double factor, const struct text_style *style)
{
	const bool has_base = base && !isnan(base->value);
	const bool has_new = new && !isnan(new->value);
	if (!has_base && !has_new)
		return;
	table_row(table);
	table_cell(table, TEXT_PLAIN, "%s", model);
	table_cell(table, TEXT_PLAIN, "%s", name);
	parameter_cells(table, base, factor, style);
	parameter_cells(table, new, factor, style);
}

/* Parameters of all models, those of the same beside one another. */
static void add_fits(const struct compare_view *view, const struct scaling *base,
                     const struct scaling *new)
{
	static const char *const models[FIT_MODELS] = {"linear", "Amdahl", "USL"};
	const struct comparison *const c = view->comparison;
	const struct text_style *const style = view->doc->style;
	const struct figure_unit base_rate = scaling_rate_unit(base);
	const struct figure_unit new_rate = scaling_rate_unit(new);
	const struct figure_unit rate = base_rate.factor > new_rate.factor ? base_rate : new_rate;
	char base_name[NAME_BYTES];
	char new_name[NAME_BYTES];
	char lambda[64];
	snprintf(lambda, sizeof lambda, "lambda, tasks%s", rate.name);
	const struct table_column columns[] = {
	        {"model", NULL, TABLE_LEFT, 0},
	        {"parameter", NULL, TABLE_LEFT, 0},
	        {short_name(c->base.name, base_name), NULL, TABLE_RIGHT, 1},
	        {"95 % interval", NULL, TABLE_RIGHT, 1},
	        {short_name(c->new.name, new_name), NULL, TABLE_RIGHT, 1},
	        {"95 % interval", NULL, TABLE_RIGHT, 1},
	};
	struct table *const table = document_table(view->doc, "", columns, ARRAY_LENGTH(columns));
	for (size_t m = 0; m < FIT_MODELS; m++) {
		const struct fit *const b = &base->fits[m];
		const struct fit *const n = &new->fits[m];
		parameter_row(table, models[m], lambda, &b->lambda, &n->lambda, rate.factor, style);
		parameter_row(table, models[m], "sigma, contention", &b->sigma, &n->sigma, 1,
		              style);
		parameter_row(table, models[m], "kappa, coherency", &b->kappa, &n->kappa, 1, style);
		parameter_row(table, models[m], "N at the peak", &b->n_peak, &n->n_peak, 1, style);
	}
}

void compare_scaling(const struct compare_view *view)
{
	const struct comparison *const c = view->comparison;
	char id[48];
	document_section(view->doc, compare_id(view, "scaling", id), "Scaling",
	                 c->base.count > 1 || c->new.count > 1 ? "of the first run of each side"
	                                                       : "");
	if (!scaling_of(&c->base, 0, NULL) && !scaling_of(&c->new, 0, NULL))
		return;
	add_plateaus(view);
	for (size_t i = 0; scaling_of(&c->base, i, NULL); i++) {
		const struct scaling *const base = scaling_of(&c->base, i, NULL);
		const struct scaling *const new = scaling_of(&c->new, i, base->policy);
		if (new && base->curve.count > 1 && new->curve.count > 1)
			add_fits(view, base, new);
	}
}
