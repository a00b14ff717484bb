/* How each side of a comparison scales: fits, plateau, recommendation. */
#include "core/array.h"
#include "core/number.h"
#include "report/compare/compare_parts.h"
#include "report/figures.h"
#include "report/scaling_blocks.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

/* Columns of a name in the head of a table in which four figures stand beside one another. */
enum { MOST_IN_HEAD = 13 };

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
	table_cell(table, TEXT_PLAIN, "%s", compare_policy(scaling->policy));
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
	char base_name[COMPARE_NAME_BYTES];
	char new_name[COMPARE_NAME_BYTES];
	/* Long names would drive the sides apart. */
	const bool is_long =
	        reader == READ_IN_TERMINAL &&
	        (text_width(c->base.name) > MOST_IN_HEAD || text_width(c->new.name) > MOST_IN_HEAD);
	const struct table_column columns[] = {
	        {"model", NULL, TABLE_LEFT, 0},
	        {"parameter", NULL, TABLE_LEFT, 0},
	        {is_long ? "base" : compare_short_name(c->base.name, base_name), NULL, TABLE_RIGHT,
	         1},
	        {error, NULL, TABLE_RIGHT, 1},
	        {is_long ? "new" : compare_short_name(c->new.name, new_name), NULL, TABLE_RIGHT, 1},
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
