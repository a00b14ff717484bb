#include "report/fit_text.h"

#include "report/curve_chart.h"
#include "report/document_text.h"
#include "report/scaling_blocks.h"

#include <string.h>

int fit_text_write(const struct scaling *scaling, const char *name, const struct text_style *style,
                   char **ret_text, struct error *err)
{
	cleanup_document struct document doc;
	document_init(&doc, "", style);
	const char *const slash = strrchr(name, '/');
	document_title(&doc, slash && slash[1] ? slash + 1 : name);
	const struct scaling_blocks blocks = {scaling, {"", 1}, &doc, NULL, NULL};
	const struct curve *const curve = &scaling->curve;
	document_section(&doc, "answer", "", "");
	const char *const weights =
	        curve->weights == WEIGHTS_VARIANCE
	                ? "weighted by the inverse square of the standard errors"
	                : "all of the same weight, since there is no column se";
	if (curve->count == 1)
		document_fact(&doc, "curve", "1 level, N=%.10g", curve->points[0].concurrency);
	else
		document_fact(&doc, "curve", "%zu levels, N=%.10g to %.10g; %s", curve->count,
		              curve->points[0].concurrency,
		              curve->points[curve->count - 1].concurrency, weights);
	scaling_facts(&blocks);
	curve_chart(&blocks);
	document_section(&doc, "models", "Models",
	                 "X(N) = lambda N / (1 + sigma (N-1) + kappa N (N-1))");
	scaling_models(&blocks);
	document_section(&doc, "residuals", "Residuals",
	                 "measured less fitted, in % of the fitted");
	scaling_residuals(&blocks);
	return document_text_write(&doc, ret_text, err);
}
