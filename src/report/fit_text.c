#include "report/fit_text.h"

#include "report/curve_chart.h"
#include "report/document_text.h"
#include "report/level_rows.h"
#include "report/scaling_blocks.h"
#include "report/section/section.h"

#include <stdio.h>
#include <string.h>

/* What there is of the points of a curve, and how they were weighted. */
static void add_curve(const struct scaling_blocks *blocks, const char *weights)
{
	const struct curve *const curve = &blocks->scaling->curve;
	if (curve->count == 0)
		document_fact(blocks->doc, "curve", "no level has a throughput to fit to");
	else if (curve->count == 1)
		document_fact(blocks->doc, "curve", "1 level, N=%.10g",
		              curve->points[0].concurrency);
	else
		document_fact(blocks->doc, "curve", "%zu levels, N=%.10g to %.10g; %s",
		              curve->count, curve->points[0].concurrency,
		              curve->points[curve->count - 1].concurrency, weights);
}

/* One curve: number index of those that are told, and what they are told apart by, "" for one. */
static void add_all(const struct scaling_blocks *blocks, size_t index, const char *policy,
                    const char *weights, const char *residuals)
{
	static const char *const kinds[] = {"answer", "models", "residuals"};
	char ids[3][32];
	for (size_t i = 0; i < 3; i++)
		snprintf(ids[i], sizeof ids[i], index > 0 ? "%s-%zu" : "%s", kinds[i], index + 1);
	document_section(blocks->doc, ids[0], policy[0] ? "Placement" : "", policy);
	add_curve(blocks, weights);
	scaling_facts(blocks);
	curve_chart(blocks);
	document_section(blocks->doc, ids[1], "Models",
	                 "X(N) = lambda N / (1 + sigma (N-1) + kappa N (N-1))");
	scaling_models(blocks);
	document_section(blocks->doc, ids[2], "Residuals", residuals);
	scaling_residuals(blocks);
}

int fit_text_write(const struct scaling *scaling, const char *name, const struct text_style *style,
                   char **ret_text, struct error *err)
{
	cleanup_document struct document doc;
	document_init(&doc, "", style);
	const char *const slash = strrchr(name, '/');
	document_title(&doc, slash && slash[1] ? slash + 1 : name);
	const struct scaling_blocks blocks = {scaling, {"", 1}, &doc, NULL, NULL};
	add_all(&blocks, 0, "",
	        scaling->curve.weights == WEIGHTS_VARIANCE
	                ? "weighted by the inverse square of the standard errors"
	                : "all of the same weight, since there is no column se",
	        "measured less fitted, in % of the fitted");
	return document_text_write(&doc, ret_text, err);
}

static const char *weights_of(const struct curve *curve, const struct summary *summary)
{
	if (strcmp(level_origin(summary), "stated") == 0)
		return curve->weights == WEIGHTS_VARIANCE
		               ? "weighted by the inverse square of the errors that were stated"
		               : "all of the same weight, since some errors were not stated";
	return curve->weights == WEIGHTS_VARIANCE
	               ? "weighted by the inverse square of the standard errors, from repeats"
	               : "all of the same weight, since without repeats no noise is known";
}

int fit_text_write_result(const struct findings *findings, const struct text_style *style,
                          char **ret_text, struct error *err)
{
	const struct summary *const summary = &findings->summary;
	cleanup_document struct document doc;
	document_init(&doc, "", style);
	section_head(findings, &doc);
	for (size_t i = 0; i < findings->scaling_count; i++) {
		const struct scaling *const scaling = &findings->scalings[i];
		const struct scaling_blocks blocks = {scaling, scaling_rate_unit(scaling), &doc,
		                                      summary, level_origin(summary)};
		add_all(&blocks, i, findings->scaling_count > 1 ? scaling->policy : "",
		        weights_of(&scaling->curve, summary),
		        summary->dataset->run.imported
		                ? "what was imported less fitted, in % of the fitted"
		                : "measured less fitted, in % of the fitted");
	}
	if (findings->scaling_count == 0)
		document_say(&doc, TEXT_PLAIN, "No level has been planned: there is no curve.");
	return document_text_write(&doc, ret_text, err);
}
