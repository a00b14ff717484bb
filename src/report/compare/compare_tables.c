/* Ratios level by level, and how each side scales. */
#include "core/array.h"
#include "core/cleanup.h"
#include "core/number.h"
#include "report/compare/compare_parts.h"
#include "report/measure_text.h"
#include "report/scaling_blocks.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of a note behind a title. */
enum { NAME_BYTES = 48, MOST_IN_TITLE = 40, MOST_IN_HEAD = 13 };

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

/* Whether all ratios of a measure are from figures that were read from plots: their intervals are
 * how well that was done, and hold nothing of the machines. */
static bool is_read(const struct comparison *c, size_t query)
{
	size_t read = 0;
	size_t known = 0;
	for (size_t i = 0; i < c->level_count; i++) {
		const struct ratio *const ratio = ratio_at(c, i, query);
		known += estimate_has_interval(&ratio->value);
		read += estimate_has_interval(&ratio->value) && ratio->basis == BASIS_READING;
	}
	return known > 0 && read == known;
}

/* The same of all measures. */
static bool is_all_read(const struct comparison *c)
{
	bool is_all = c->query_count > 0;
	for (size_t q = 0; q < c->query_count; q++)
		is_all &= is_read(c, q) || !has_any(c, q);
	return is_all;
}

/* A policy that nobody told of is not named. */
static const char *policy_name(const char *policy)
{
	return policy && strcmp(policy, "unknown") != 0 ? policy : "";
}

static void name_level(const struct compare_view *view, size_t level, char text[NAME_BYTES])
{
	const struct compared_level *const l = &view->comparison->levels[level];
	if (view->has_policies)
		snprintf(text, NAME_BYTES, "%u %.24s", l->concurrency, l->policy ? l->policy : "");
	else
		snprintf(text, NAME_BYTES, "%u", l->concurrency);
}

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

/* ---- At a glance ----------------------------------------------------------------------------- */

static void glance_cell(const struct compare_view *view, struct table *table,
                        const struct measure_query *query, const struct ratio *ratio, double factor)
{
	const double shown = ratio->value.value * (ratio->is_difference ? factor : 1);
	char number[FIGURE_BYTES];
	char text[FIGURE_BYTES + 2];
	figure_write(shown,
	             fabs(shown) < 10    ? 2
	             : fabs(shown) < 100 ? 1
	                                 : 0,
	             view->doc->style, number);
	snprintf(text, sizeof text, "%s%s", number, ratio_is_beyond_chance(ratio) ? "*" : " ");
	table_cell(table, ratio_role(ratio, measures[query->id].better), "%s", text);
}

static void glance_row(const struct compare_view *view, struct table *table, size_t query)
{
	const struct comparison *const c = view->comparison;
	const struct measure_scale scale = scale_of(view, query);
	char title[112];
	query_title(&c->queries[query], title);
	table_row(table);
	if (ratio_at(c, 0, query)->is_difference)
		table_cell(table, TEXT_PLAIN, "%s, %s%smore", title, scale.unit,
		           scale.unit[0] ? " " : "");
	else if (measure_is_cause(c->queries[query].id))
		/* They multiply to the slowdown above them. */
		table_cell(table, TEXT_PLAIN, "%s %s", view->doc->style->is_ascii ? "x" : "×",
		           measures[c->queries[query].id].words);
	else
		table_cell(table, TEXT_PLAIN, "%s", title);
	for (size_t i = 0; i < c->level_count; i++)
		glance_cell(view, table, &c->queries[query], ratio_at(c, i, query), scale.factor);
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
	                 is_all_read(c) ? "new by base; * more than was misread can explain"
	                                : "new by base; * beyond chance: the 95 % interval does "
	                                  "not hold 1");
	struct table *const table = document_table(view->doc, "", columns, count);
	for (size_t q = 0; q < c->query_count; q++)
		if (has_any(c, q))
			glance_row(view, table, q);
}

/* ---- One measure ----------------------------------------------------------------------------- */

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
}

static const char *note_of(const struct ratio *ratio)
{
	return ratio->note;
}

/* Why there is none; that a baseline is its own baseline goes without saying. */
static const char *reason_of(const struct ratio *ratio)
{
	const bool is_baseline = ratio->base.value == 1 && ratio->new.value == 1;
	return estimate_has_value(&ratio->value) || is_baseline ? NULL : ratio->reason;
}

/* Whether what `get` says at this level was said at an earlier one. */
static bool is_said_before(const struct comparison *c, size_t query, size_t level,
                           const char *(*get)(const struct ratio *ratio))
{
	const char *const text = get(ratio_at(c, level, query));
	for (size_t i = 0; i < level; i++) {
		const char *const before = get(ratio_at(c, i, query));
		if (before && strcmp(before, text) == 0)
			return true;
	}
	return false;
}

/* Each of the notes, or reasons, once, with the levels that it is of. */
static void add_notes(const struct compare_view *view, size_t query,
                      const char *(*get)(const struct ratio *ratio), enum block_reader reader)
{
	const struct comparison *const c = view->comparison;
	for (size_t i = 0; i < c->level_count; i++) {
		const char *const text = get(ratio_at(c, i, query));
		cleanup_str struct str levels = {0};
		size_t count = 0;
		if (!text || is_said_before(c, query, i, get))
			continue;
		for (size_t k = i; k < c->level_count; k++) {
			const char *const here = get(ratio_at(c, k, query));
			char name[NAME_BYTES];
			if (!here || strcmp(here, text) != 0)
				continue;
			name_level(view, k, name);
			str_addf(&levels, "%s%s", count++ > 0 ? ", " : "", name);
		}
		view->doc->failed |= levels.failed;
		if (count == c->level_count)
			document_item(view->doc, TEXT_DIM, "-", "%s", text);
		else
			document_item(view->doc, TEXT_DIM, "-", "N=%s: %s", str_text(&levels),
			              text);
		document_only(view->doc, reader);
	}
}

/* What a terminal is shown in full; of the others it has the ratios. */
static bool is_for_terminal(const struct measure_query *query)
{
	static const enum measure_id ids[] = {
	        MEASURE_THROUGHPUT,      MEASURE_WALL,   MEASURE_OFF_CPU,
	        MEASURE_FREQUENCY,       MEASURE_CYCLES, MEASURE_INSTRUCTIONS,
	        MEASURE_LLC_LOAD_MISSES, MEASURE_ENERGY,
	};
	if (query->statistic != STATISTIC_MEAN)
		return false;
	for (size_t i = 0; i < ARRAY_LENGTH(ids); i++)
		if (query->id == ids[i])
			return true;
	return false;
}

/* The note that all levels have, which stands behind the title; NULL: there is none. */
static const char *common_note(const struct comparison *c, size_t query)
{
	const char *const note = ratio_at(c, 0, query)->note;
	if (note && strlen(note) > MOST_IN_TITLE)
		return NULL;
	for (size_t i = 0; note && i < c->level_count; i++) {
		const char *const here = ratio_at(c, i, query)->note;
		if (!here || strcmp(here, note) != 0)
			return NULL;
	}
	return note;
}

static void add_measure(const struct compare_view *view, size_t query)
{
	const struct comparison *const c = view->comparison;
	const bool is_difference = ratio_at(c, 0, query)->is_difference;
	const char *const common = common_note(c, query);
	const struct measure_scale scale = scale_of(view, query);
	const enum block_reader reader =
	        is_for_terminal(&c->queries[query]) ? READ_BY_ALL : READ_IN_PAGE;
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
	        {is_read(c, query) ? "read within" : "95 % interval", NULL, TABLE_RIGHT, 1},
	        {"n", NULL, TABLE_RIGHT, 1},
	};
	cleanup_str struct str caption = {0};
	str_add(&caption, query_title(&c->queries[query], title));
	if (common)
		str_addf(&caption, " (%s)", common);
	view->doc->failed |= caption.failed;
	struct table *const table =
	        document_table(view->doc, str_text(&caption), columns, ARRAY_LENGTH(columns));
	document_only(view->doc, reader);
	for (size_t i = 0; i < c->level_count; i++)
		add_level(view, table, i, query, &scale);
	if (!common)
		add_notes(view, query, note_of, reader);
	add_notes(view, query, reason_of, reader);
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
	table_cell(table, TEXT_PLAIN, "%s", policy_name(scaling->policy));
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

/* The value, and how well it is known: its interval, or the standard error where there is less
 * room. */
static void parameter_cells(struct table *table, const struct fit_parameter *p, double factor,
                            enum block_reader reader, const struct text_style *style)
{
	char value[NUMBER_TEXT_BYTES];
	char low[NUMBER_TEXT_BYTES];
	char high[NUMBER_TEXT_BYTES];
	if (isnan(p->value)) {
		table_cell(table, TEXT_DIM, "%s", figure_absent(style));
		table_cell(table, TEXT_DIM, "%s", p->reason ? "none" : "");
		return;
	}
	number_format_significant(p->value * factor, 4, value);
	table_cell(table, TEXT_PLAIN, "%s", value);
	if (isnan(p->low) || (isnan(p->se) && reader == READ_IN_TERMINAL)) {
		table_cell(table, TEXT_DIM, "%s", p->is_bound ? "at bound" : "none");
		return;
	}
	number_format_significant(p->se * factor, 2, low);
	if (reader == READ_IN_TERMINAL) {
		table_cell(table, TEXT_DIM, "%s", low);
		return;
	}
	number_format_significant(p->low * factor, 3, low);
	number_format_significant(p->high * factor, 3, high);
	table_cell(table, TEXT_DIM, "%s %s %s", low, figure_absent(style), high);
}

/* Parameters of all models, those of both sides beside one another. */
static void fill_fits(const struct compare_view *view, struct table *table,
                      const struct scaling *const sides[2], const struct figure_unit *rate,
                      enum block_reader reader)
{
	static const char *const models[FIT_MODELS] = {"linear", "Amdahl", "USL"};
	const struct {
		const char *name;
		size_t offset;
		double factor;
	} parameters[] = {
	        {"lambda", offsetof(struct fit, lambda), rate->factor},
	        {"sigma", offsetof(struct fit, sigma), 1},
	        {"kappa", offsetof(struct fit, kappa), 1},
	        {"N at the peak", offsetof(struct fit, n_peak), 1},
	};
	for (size_t m = 0; m < FIT_MODELS; m++)
		for (size_t i = 0; i < ARRAY_LENGTH(parameters); i++) {
			const struct fit_parameter *p[2];
			for (size_t s = 0; s < 2; s++)
				p[s] = (const void *)((const char *)&sides[s]->fits[m] +
				                      parameters[i].offset);
			if (isnan(p[0]->value) && isnan(p[1]->value))
				continue;
			table_row(table);
			table_cell(table, TEXT_PLAIN, "%s", models[m]);
			if (i == 0)
				table_cell(table, TEXT_PLAIN, "lambda, tasks%s", rate->name);
			else
				table_cell(table, TEXT_PLAIN, "%s", parameters[i].name);
			for (size_t s = 0; s < 2; s++)
				parameter_cells(table, p[s], parameters[i].factor, reader,
				                view->doc->style);
		}
}

static void add_fits(const struct compare_view *view, const struct scaling *base,
                     const struct scaling *new, enum block_reader reader)
{
	const struct comparison *const c = view->comparison;
	const struct scaling *const sides[2] = {base, new};
	const struct figure_unit base_rate = scaling_rate_unit(base);
	const struct figure_unit new_rate = scaling_rate_unit(new);
	const struct figure_unit rate = base_rate.factor > new_rate.factor ? base_rate : new_rate;
	const char *const error = reader == READ_IN_PAGE ? "95 % interval" : "SE";
	char base_name[NAME_BYTES];
	char new_name[NAME_BYTES];
	/* Long names would drive the sides apart. */
	const bool is_long =
	        reader == READ_IN_TERMINAL &&
	        (text_width(c->base.name) > MOST_IN_HEAD || text_width(c->new.name) > MOST_IN_HEAD);
	const struct table_column columns[] = {
	        {"model", NULL, TABLE_LEFT, 0},
	        {"parameter", NULL, TABLE_LEFT, 0},
	        {is_long ? "base" : short_name(c->base.name, base_name), NULL, TABLE_RIGHT, 1},
	        {error, NULL, TABLE_RIGHT, 1},
	        {is_long ? "new" : short_name(c->new.name, new_name), NULL, TABLE_RIGHT, 1},
	        {error, NULL, TABLE_RIGHT, 1},
	};
	struct table *const table = document_table(view->doc, "", columns, ARRAY_LENGTH(columns));
	document_only(view->doc, reader);
	fill_fits(view, table, sides, &rate, reader);
}

void compare_scaling(const struct compare_view *view)
{
	static const enum block_reader readers[] = {READ_IN_TERMINAL, READ_IN_PAGE};
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
			for (size_t r = 0; r < ARRAY_LENGTH(readers); r++)
				add_fits(view, base, new, readers[r]);
	}
}
