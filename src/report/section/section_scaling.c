/* How throughput scales with N, policy by policy: how many tasks to run, where the plateau begins,
 * and what the models say. */
#include "report/level_rows.h"
#include "report/plot/plot_levels.h"
#include "report/scaling_blocks.h"
#include "report/section/section.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* The model whose residuals are drawn: the chosen one, else the one that comes nearest. */
static const struct fit *fit_to_draw(const struct scaling *scaling)
{
	if (scaling->chosen >= 0)
		return &scaling->fits[scaling->chosen];
	const struct fit *const usl = &scaling->fits[FIT_USL];
	return usl->fitted && isfinite(usl->residual_se) ? usl : NULL;
}

static void add_residual_plot(const struct summary *summary, const struct scaling *scaling,
                              const char *id, struct document *doc)
{
	static const char *const names[FIT_MODELS] = {"the linear fit", "Amdahl's law", "the USL"};
	const struct fit *const fit = fit_to_draw(scaling);
	if (!fit || scaling->curve.count < 3)
		return;
	struct plot *const plot = document_plot(doc, id, "Residuals of the fit");
	document_only(doc, READ_IN_PAGE);
	plot_words(plot,
	           "How far the levels lie from %s, with two standard errors of the level to "
	           "either side. An adequate model has them around 0, without a pattern.",
	           names[fit->model]);
	plot_levels_axis(plot, summary);
	char axis[48];
	snprintf(axis, sizeof axis, "%s less fitted (%%)", level_origin(summary));
	plot_axis(plot, &plot->y, axis);
	plot_reference(plot, false, 0, "");
	struct plot_series *const series = plot_series(plot, PLOT_POINTS, 0, "");
	for (size_t i = 0; i < scaling->curve.count; i++) {
		const struct curve_point *const point = &scaling->curve.points[i];
		const double percent = 100 / fit->fitted[i];
		const double residual = (point->throughput_per_s - fit->fitted[i]) * percent;
		struct plot_point *const drawn =
		        plot_point(plot, series, point->concurrency, residual);
		if (!isnan(point->se)) {
			drawn->low = residual - 2 * point->se * percent;
			drawn->high = residual + 2 * point->se * percent;
		}
		plot_tip(plot, drawn, "N=%.10g: %+.1f %%", point->concurrency,
		         fabs(residual) < 0.05 ? 0 : residual);
	}
}

/* Two measures of the same thing are on a page; why they differ. */
static void say_noise(const struct scaling *scaling, const struct summary *summary,
                      struct document *doc)
{
	const bool is_stated = strcmp(level_origin(summary), "stated") == 0;
	if (scaling->curve.weights != WEIGHTS_VARIANCE || scaling->curve.count < 2 ||
	    scaling->fits[FIT_LINEAR].reason)
		return;
	if (is_stated)
		document_say(doc, TEXT_DIM,
		             "SE is as the source of the figures states it; of figures that were "
		             "read from a plot, how well they were read.");
	if (is_stated)
		return;
	document_say(
	        doc, TEXT_DIM,
	        "SE is the standard error of a level by the noise of all levels together, less "
	        "what its block shares; the 95 %% interval of a throughput is by the trials of "
	        "that level alone (Student's t), and so they differ: docs/method.md, The "
	        "noise of a level.");
}

static const char *residuals_remark(const struct summary *summary)
{
	return summary->dataset->run.imported ? "what was imported less fitted, in % of the fitted"
	                                      : "measured less fitted, in % of the fitted";
}

static void add_scaling(const struct summary *summary, const struct scaling *scaling,
                        const char *remark, size_t index, struct document *doc)
{
	char id[32];
	const struct scaling_blocks blocks = {scaling, scaling_rate_unit(scaling), doc, NULL,
	                                      level_origin(summary)};
	snprintf(id, sizeof id, index > 0 ? "scaling-%zu" : "scaling", index + 1);
	document_section(doc, id, "Scaling", remark);
	scaling_facts(&blocks);
	scaling_models(&blocks);
	snprintf(id, sizeof id, index > 0 ? "residuals-%zu" : "residuals", index + 1);
	document_section(doc, id, "Residuals", residuals_remark(summary));
	/* In a terminal they are shown where they tell something: why no model is adequate. */
	const bool is_for_page =
	        scaling->chosen >= 0 && scaling->fits[scaling->chosen].adequacy == ADEQUACY_GOOD;
	scaling_residuals(&blocks);
	if (is_for_page)
		document_only(doc, READ_IN_PAGE);
	say_noise(scaling, summary, doc);
	if (is_for_page)
		document_only(doc, READ_IN_PAGE);
	add_residual_plot(summary, scaling, id, doc);
}

void section_scaling(const struct findings *findings, struct document *doc)
{
	for (size_t i = 0; i < findings->scaling_count; i++) {
		const struct scaling *const scaling = &findings->scalings[i];
		add_scaling(&findings->summary, scaling,
		            findings->scaling_count > 1 ? scaling->policy : "", i, doc);
	}
}
