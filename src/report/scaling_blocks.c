#include "report/scaling_blocks.h"

#include "core/array.h"
#include "core/number.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char *const model_titles[FIT_MODELS] = {"linear", "Amdahl", "USL"};

struct figure_unit scaling_rate_unit(const struct scaling *scaling)
{
	double least = INFINITY;
	for (size_t i = 0; i < scaling->curve.count; i++)
		if (scaling->curve.points[i].throughput_per_s > 0)
			least = fmin(least, scaling->curve.points[i].throughput_per_s);
	return figure_unit_of_rate(isfinite(least) ? least : 1);
}

/* "tasks/h", or "" where the unit of the curve is not known. */
static void name_unit(const struct scaling_blocks *blocks, char unit[32])
{
	const char *const per = blocks->rate.name;
	snprintf(unit, 32, "%s%s", per[0] ? "tasks" : "", per);
}

/* A level of a curve: whole where it is whole. */
static const char *level_text(double n, char text[NUMBER_TEXT_BYTES])
{
	if (n == floor(n))
		snprintf(text, NUMBER_TEXT_BYTES, "%.0f", n);
	else
		snprintf(text, NUMBER_TEXT_BYTES, "%.10g", n);
	return text;
}

static void say_plateau(const struct scaling_blocks *blocks)
{
	const struct plateau *const p = &blocks->scaling->plateau;
	char at[NUMBER_TEXT_BYTES];
	char low[NUMBER_TEXT_BYTES];
	char high[NUMBER_TEXT_BYTES];
	level_text(p->low, low);
	/* The noise is what others say of their figures. */
	const bool is_stated = blocks->origin && strcmp(blocks->origin, "stated") == 0;
	if (p->is_identified)
		document_fact(blocks->doc, "plateau", "begins at N=%s (%s: %s to %s)",
		              level_text(p->concurrency, at),
		              is_stated ? "by the stated errors" : "95 % interval", low,
		              level_text(p->high, high));
	else if (!isnan(p->low))
		document_fact(blocks->doc, "plateau", "not identified, at N=%s or beyond: %s", low,
		              p->state_reason);
	else
		document_fact(blocks->doc, "plateau", "not identified: %s", p->state_reason);
}

static void say_recommendation(const struct scaling_blocks *blocks)
{
	const struct plateau *const p = &blocks->scaling->plateau;
	if (p->recommended > 0)
		document_fact(blocks->doc, "run", "%u at once is recommended. %c%s.",
		              p->recommended, p->reason[0] - 'a' + 'A', p->reason + 1);
	else
		document_fact(blocks->doc, "run", "no number is recommended: %s", p->reason);
}

static void say_peak(const struct scaling_blocks *blocks)
{
	const struct fit *const usl = &blocks->scaling->fits[FIT_USL];
	if (isnan(usl->n_peak.value))
		return;
	char at[NUMBER_TEXT_BYTES];
	char low[NUMBER_TEXT_BYTES];
	char high[NUMBER_TEXT_BYTES];
	char most[NUMBER_TEXT_BYTES];
	char unit[32];
	name_unit(blocks, unit);
	number_format_significant(usl->n_peak.value, 3, at);
	number_format_significant(usl->n_peak.low, 3, low);
	number_format_significant(usl->n_peak.high, 3, high);
	number_format_significant(fit_at(usl, usl->n_peak.value) * blocks->rate.factor, 4, most);
	document_fact(blocks->doc, "peak", "%s%s%s at N=%s by the USL (95 %% interval: %s to %s)",
	              most, unit[0] ? " " : "", unit, at, low, high);
}

void scaling_facts(const struct scaling_blocks *blocks)
{
	say_recommendation(blocks);
	say_plateau(blocks);
	say_peak(blocks);
}

/* Numbers far below 1 with an exponent, so that those of one row are alike. */
static void small_text(double value, int digits, bool has_exponent, char text[NUMBER_TEXT_BYTES])
{
	if (has_exponent && value > 0)
		snprintf(text, NUMBER_TEXT_BYTES, "%.*e", digits - 1, value);
	else if (value > 0)
		number_format_significant(value, digits, text);
	else
		snprintf(text, NUMBER_TEXT_BYTES, "0");
}

static void parameter_row(const struct scaling_blocks *blocks, struct table *table,
                          const struct fit *fit, const char *name, const struct fit_parameter *p,
                          double factor)
{
	const struct text_style *const style = blocks->doc->style;
	char value[NUMBER_TEXT_BYTES];
	char low[NUMBER_TEXT_BYTES];
	char high[NUMBER_TEXT_BYTES];
	if (isnan(p->value))
		return;
	const double least = p->low > 0 ? fmin(p->value, p->low) : p->value;
	const bool has_exponent = least * factor < 1e-3;
	small_text(p->value * factor, 4, has_exponent, value);
	table_row(table);
	table_cell(table, p == &fit->lambda ? TEXT_PLAIN : TEXT_DIM, "%s",
	           model_titles[fit->model]);
	table_cell(table, TEXT_PLAIN, "%s", name);
	table_cell(table, TEXT_PLAIN, "%s", value);
	if (isnan(p->low)) {
		table_cell(table, TEXT_DIM, "%s", p->is_bound ? "at its bound" : "none");
		return;
	}
	small_text(p->low * factor, 3, has_exponent, low);
	small_text(p->high * factor, 3, has_exponent, high);
	table_cell(table, TEXT_PLAIN, "%s %s %s", low, style->is_ascii ? "-" : "–", high);
}

static void add_parameters(const struct scaling_blocks *blocks)
{
	char unit[32];
	char lambda[64];
	name_unit(blocks, unit);
	snprintf(lambda, sizeof lambda, "lambda%s%s", unit[0] ? ", " : "", unit);
	const struct table_column columns[] = {
	        {"model", NULL, TABLE_LEFT, 0},
	        {"parameter", NULL, TABLE_LEFT, 0},
	        {"value", NULL, TABLE_RIGHT, 1},
	        {"95 % interval", NULL, TABLE_RIGHT, 1},
	};
	struct table *const table = document_table(blocks->doc, "", columns, ARRAY_LENGTH(columns));
	for (size_t m = 0; m < FIT_MODELS; m++) {
		const struct fit *const fit = &blocks->scaling->fits[m];
		parameter_row(blocks, table, fit, lambda, &fit->lambda, blocks->rate.factor);
		parameter_row(blocks, table, fit, "sigma, contention", &fit->sigma, 1);
		parameter_row(blocks, table, fit, "kappa, coherency", &fit->kappa, 1);
		parameter_row(blocks, table, fit, "N at the peak", &fit->n_peak, 1);
	}
}

/* A word on how the model does, and how it is to look. */
static const char *verdict(const struct scaling *scaling, size_t model, enum text_role *ret_role)
{
	const struct fit *const fit = &scaling->fits[model];
	*ret_role = TEXT_PLAIN;
	if (fit->adequacy == ADEQUACY_BAD) {
		*ret_role = TEXT_WARN;
		return "inadequate";
	}
	if ((ptrdiff_t)model == scaling->chosen) {
		*ret_role = TEXT_GOOD;
		return fit->adequacy == ADEQUACY_GOOD ? "adequate, chosen" : "chosen";
	}
	if (scaling->chosen < 0 && fit->adequacy == ADEQUACY_GOOD)
		return "not told apart";
	return fit->adequacy == ADEQUACY_GOOD ? "adequate" : "";
}

static void add_quality(const struct scaling_blocks *blocks)
{
	const struct text_style *const style = blocks->doc->style;
	char unit[32];
	name_unit(blocks, unit);
	const struct table_column columns[] = {
	        {"model", NULL, TABLE_LEFT, 0},
	        {"residual SE", unit[0] ? unit : NULL, TABLE_RIGHT, 1},
	        {"AICc", NULL, TABLE_POINT, 1},
	        {"lack of fit", "p of F", TABLE_POINT, 1},
	        {"judgement", NULL, TABLE_LEFT, 1},
	};
	/* The column is left out where nothing says how large the noise is. */
	const bool is_judged = isfinite(blocks->scaling->fits[FIT_LINEAR].lack_of_fit_p);
	struct table *const table = document_table(blocks->doc, "", columns, ARRAY_LENGTH(columns));
	for (size_t m = 0; m < FIT_MODELS; m++) {
		const struct fit *const fit = &blocks->scaling->fits[m];
		char residual[NUMBER_TEXT_BYTES] = "";
		char figure[FIGURE_BYTES];
		enum text_role role;
		table_row(table);
		table_cell(table, TEXT_PLAIN, "%s", model_titles[m]);
		if (fit->reason) {
			for (size_t i = 0; i < 3; i++)
				table_cell(table, TEXT_DIM, "%s",
				           i < 2 || is_judged ? figure_absent(style) : "");
			table_cell(table, TEXT_DIM, "%s", fit->reason);
			continue;
		}
		if (isfinite(fit->residual_se))
			number_format_significant(fit->residual_se * blocks->rate.factor, 3,
			                          residual);
		table_cell(table, TEXT_PLAIN, "%s", residual[0] ? residual : figure_absent(style));
		figure_write(fit->aicc, 1, style, figure);
		table_cell(table, TEXT_PLAIN, "%s", figure);
		if (fit->lack_of_fit_p < 0.001)
			snprintf(figure, sizeof figure, "<0.001");
		else
			figure_write(fit->lack_of_fit_p, 3, style, figure);
		table_cell(table, TEXT_PLAIN, "%s", is_judged ? figure : "");
		const char *const word = verdict(blocks->scaling, m, &role);
		table_cell(table, role, "%s", word);
	}
}

/* With one level there is nothing to fit; the facts say so. */
static bool has_models(const struct scaling *scaling)
{
	return scaling->curve.count > 1 && !scaling->fits[FIT_LINEAR].reason;
}

void scaling_models(const struct scaling_blocks *blocks)
{
	if (!has_models(blocks->scaling))
		return;
	add_parameters(blocks);
	add_quality(blocks);
	if (blocks->scaling->chosen < 0)
		document_say(blocks->doc, TEXT_PLAIN, "None is chosen: %s.",
		             blocks->scaling->choice_reason);
	if (isnan(blocks->scaling->fits[FIT_LINEAR].lack_of_fit_p))
		document_say(blocks->doc, TEXT_DIM,
		             "Whether a model is adequate is not known: without repeats nothing "
		             "says how large the noise is.");
}

/* A share in %, "+1.3" or "1.3": never "-0.0", and with an exponent where it is absurdly large. */
static void percent_text(double share, bool has_sign, char text[NUMBER_TEXT_BYTES])
{
	const char *const sign = has_sign && share > 0 ? "+" : "";
	if (fabs(share) < 0.0005)
		snprintf(text, NUMBER_TEXT_BYTES, "0.0");
	else if (fabs(share) < 1000)
		snprintf(text, NUMBER_TEXT_BYTES, "%s%.1f", sign, share * 100);
	else
		snprintf(text, NUMBER_TEXT_BYTES, "%s%.2e", sign, share * 100);
}

/* Measured less fitted over fitted, "+1.3 %"; the larger the more it stands out. */
static void residual_cell(const struct fit *fit, const struct curve_point *point, size_t index,
                          const struct text_style *style, struct table *table)
{
	if (!fit->fitted || !(fit->fitted[index] > 0)) {
		table_cell(table, TEXT_DIM, "%s", figure_absent(style));
		return;
	}
	const double residual = point->throughput_per_s / fit->fitted[index] - 1;
	const bool is_large =
	        isnan(point->se)
	                ? fabs(residual) > 0.1
	                : fabs(point->throughput_per_s - fit->fitted[index]) > 2 * point->se;
	char text[NUMBER_TEXT_BYTES];
	percent_text(residual, true, text);
	table_cell(table, is_large ? TEXT_WARN : TEXT_PLAIN, "%s", text);
}

/* The standard error in % of what was measured. */
static const char *se_text(const struct curve_point *point, const struct text_style *style,
                           char text[NUMBER_TEXT_BYTES])
{
	if (!(point->throughput_per_s > 0))
		return figure_absent(style);
	percent_text(point->se / point->throughput_per_s, false, text);
	return text;
}

/* With the decimals that the least of the column bears; with an exponent where these do not show
 * it. */
static void measured_text(double value, double least, const struct text_style *style,
                          char text[FIGURE_BYTES])
{
	if (value > 0 && least < 1e-3)
		number_format_significant(value, 3, text);
	else
		figure_write(value, figure_decimals(least), style, text);
}

void scaling_residuals(const struct scaling_blocks *blocks)
{
	const struct curve *const curve = &blocks->scaling->curve;
	const struct text_style *const style = blocks->doc->style;
	char unit[32];
	name_unit(blocks, unit);
	const struct table_column columns[] = {
	        {"level", NULL, TABLE_RIGHT, 0},
	        {blocks->origin ? blocks->origin : "measured", unit[0] ? unit : NULL, TABLE_POINT,
	         1},
	        {"SE", "%", TABLE_POINT, 1},
	        {model_titles[FIT_LINEAR], "%", TABLE_POINT, 1},
	        {model_titles[FIT_AMDAHL], "%", TABLE_POINT, 1},
	        {model_titles[FIT_USL], "%", TABLE_POINT, 1},
	};
	if (!has_models(blocks->scaling))
		return;
	struct table *const table = document_table(blocks->doc, "", columns, ARRAY_LENGTH(columns));
	double least = INFINITY;
	for (size_t i = 0; i < curve->count; i++)
		if (curve->points[i].throughput_per_s > 0)
			least = fmin(least, curve->points[i].throughput_per_s);
	for (size_t i = 0; i < curve->count; i++) {
		const struct curve_point *const point = &curve->points[i];
		char text[FIGURE_BYTES];
		table_row(table);
		table_cell(table, TEXT_PLAIN, "%s", level_text(point->concurrency, text));
		measured_text(point->throughput_per_s * blocks->rate.factor,
		              least * blocks->rate.factor, style, text);
		table_cell(table, TEXT_PLAIN, "%s", text);
		if (isnan(point->se))
			table_cell(table, TEXT_PLAIN, "%s", "");
		else
			table_cell(table, TEXT_PLAIN, "%s", se_text(point, style, text));
		for (size_t m = 0; m < FIT_MODELS; m++)
			residual_cell(&blocks->scaling->fits[m], point, i, style, table);
	}
}
