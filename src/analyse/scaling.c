#include "analyse/scaling_parts.h"

#include "core/error.h"

#include <gsl/gsl_errno.h>
#include <math.h>

/* Whether a larger model found a parameter that this one lacks to be above 0. With few points AICc
 * alone takes Amdahl's law for curves that plainly come down again. */
static bool is_contradicted(const struct fit *fits, size_t model)
{
	return (model < FIT_AMDAHL && fits[FIT_AMDAHL].sigma.low > 0) ||
	       (model < FIT_USL && fits[FIT_USL].kappa.low > 0);
}

static bool is_candidate(const struct fit *fits, size_t model)
{
	return isfinite(fits[model].residual_se) && fits[model].adequacy != ADEQUACY_BAD &&
	       !is_contradicted(fits, model);
}

static const char *why_none(const struct scaling *scaling)
{
	const struct fit *const fits = scaling->fits;
	if (fits[FIT_LINEAR].reason)
		return fits[FIT_LINEAR].reason;
	return isfinite(fits[FIT_USL].residual_se)
	               ? "no model is adequate"
	               : "too few levels to judge all models: it needs at least 4";
}

/* Above this standard error of a level, over its throughput, models that the F test lets pass are
 * alike to it: twice that is a tenth, which is what the models differ by where they matter. */
static const double most_noise = 0.05;

/* By so much AICc has to differ there: "considerably less support" (Burnham and Anderson 2002,
 * Model Selection and Multimodel Inference, 2.6). */
static const double least_criterion = 7;

static bool is_noisy(const struct curve *curve)
{
	for (size_t i = 0; i < curve->count; i++)
		if (curve->points[i].se > most_noise * curve->points[i].throughput_per_s)
			return true;
	return false;
}

/* Whether another model may do about as well as the chosen one, for all that the noise lets be
 * seen: one that is adequate, or that has too few levels to be judged. */
static bool is_undecided(const struct scaling *scaling, bool has_criterion)
{
	const struct fit *const fits = scaling->fits;
	const ptrdiff_t chosen = scaling->chosen;
	if (!is_noisy(&scaling->curve))
		return false;
	for (ptrdiff_t m = 0; m < FIT_MODELS; m++) {
		const bool is_open = isnan(fits[m].residual_se) || is_candidate(fits, (size_t)m);
		const bool is_worse =
		        has_criterion && fits[m].aicc - fits[chosen].aicc >= least_criterion;
		if (m != chosen && is_open && !is_worse)
			return true;
	}
	return false;
}

/* The adequate model of least AICc, of those that no larger one contradicts. Where points are too
 * few for it, the repeats can still say that a model is adequate: then the one with the fewest
 * parameters. Without repeats one is chosen where all can be judged and the larger ones contradict
 * the others. Where the noise is too large to tell the adequate ones apart, none is. */
static void choose(struct scaling *scaling, bool is_imported)
{
	bool has_criterion = true;
	bool is_known = true;
	size_t candidates = 0;
	scaling->chosen = -1;
	for (size_t m = 0; m < FIT_MODELS; m++) {
		const struct fit *const fit = &scaling->fits[m];
		has_criterion = has_criterion && isfinite(fit->aicc);
		is_known =
		        is_known && (isnan(fit->residual_se) || fit->adequacy != ADEQUACY_UNKNOWN);
		candidates += is_candidate(scaling->fits, m);
	}
	if (candidates == 0) {
		scaling->choice_reason = why_none(scaling);
		return;
	}
	if (!has_criterion && !is_known &&
	    (candidates > 1 || !isfinite(scaling->fits[FIT_USL].residual_se))) {
		scaling->choice_reason = "too few levels to choose between the models: it needs "
		                         "at least 7, or repeats";
		return;
	}
	for (size_t m = 0; m < FIT_MODELS; m++) {
		const struct fit *const fit = &scaling->fits[m];
		if (!is_candidate(scaling->fits, m))
			continue;
		if (scaling->chosen < 0 ||
		    (has_criterion && fit->aicc < scaling->fits[scaling->chosen].aicc))
			scaling->chosen = (ptrdiff_t)m;
	}
	if (is_undecided(scaling, has_criterion)) {
		scaling->chosen = -1;
		/* Nobody can measure an import again. */
		scaling->choice_reason =
		        is_imported ? "they are not told apart, since standard errors of levels "
		                      "are above 5 %"
		                    : "they are not told apart, since standard errors of levels "
		                      "are above 5 %; more repeats or a quieter node may tell "
		                      "them apart";
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
	choose(scaling, limits->is_imported);
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
