#include "analyse/scaling_parts.h"

#include "core/error.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>

static bool is_candidate(const struct fit *fit)
{
	return !fit->reason && fit->adequacy != ADEQUACY_BAD;
}

/* The adequate model of least AICc. Where points are too few for it, the repeats can still say that
 * a model is adequate: then the one with the fewest parameters. */
static void choose(struct scaling *scaling)
{
	bool has_criterion = true;
	bool is_known = true;
	size_t candidates = 0;
	scaling->chosen = -1;
	for (size_t m = 0; m < FIT_MODELS; m++) {
		const struct fit *const fit = &scaling->fits[m];
		has_criterion = has_criterion && isfinite(fit->aicc);
		is_known = is_known && (fit->reason || fit->adequacy != ADEQUACY_UNKNOWN);
		candidates += is_candidate(fit);
	}
	if (candidates == 0) {
		scaling->choice_reason = scaling->fits[FIT_LINEAR].reason
		                                 ? scaling->fits[FIT_LINEAR].reason
		                                 : "no model is adequate";
		return;
	}
	if (!has_criterion && !is_known) {
		scaling->choice_reason = "too few levels to choose between the models: it needs "
		                         "at least 7, or repeats";
		return;
	}
	for (size_t m = 0; m < FIT_MODELS; m++) {
		const struct fit *const fit = &scaling->fits[m];
		if (!is_candidate(fit))
			continue;
		if (scaling->chosen < 0 ||
		    (has_criterion && fit->aicc < scaling->fits[scaling->chosen].aicc))
			scaling->chosen = (ptrdiff_t)m;
	}
}

static int build(const struct curve *curve, const struct scaling_limits *limits,
                 struct scaling *scaling, struct error *err)
{
	int r = curve_copy(curve, &scaling->curve, err);
	for (size_t m = 0; r == 0 && m < FIT_MODELS; m++)
		r = fit_build(curve, (enum fit_model)m, &scaling->fits[m], err);
	if (r < 0)
		return r;
	choose(scaling);
	return plateau_build(curve, scaling->fits, limits, &scaling->plateau, err);
}

int scaling_build(const struct curve *curve, const struct scaling_limits *limits,
                  struct scaling *ret_scaling, struct error *err)
{
	struct scaling scaling = {.policy = ""};
	/* GSL's own handler ends the process: what it says comes back as results here. */
	gsl_error_handler_t *const before = gsl_set_error_handler_off();
	int r = build(curve, limits, &scaling, err);
	gsl_set_error_handler(before);
	if (r < 0) {
		scaling_release(&scaling);
		return r;
	}
	*ret_scaling = scaling;
	return 0;
}

void scaling_release(struct scaling *scaling)
{
	if (!scaling)
		return;
	curve_release(&scaling->curve);
	for (size_t m = 0; m < FIT_MODELS; m++)
		fit_release(&scaling->fits[m]);
	plateau_release(&scaling->plateau);
}
