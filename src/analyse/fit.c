/* One model fitted to a curve: the bounds, the parameters with their intervals, and how well it
 * describes the points. */
#include "analyse/scaling_parts.h"

#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"

#include <errno.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_math.h>
#include <math.h>
#include <stdlib.h>

static const double adequate_p = 0.05;

const char *const fit_model_names[FIT_MODELS] = {"linear", "amdahl", "usl"};
const size_t fit_model_parameters[FIT_MODELS] = {1, 2, 3};

/* The sets of free parameters, with the fewest first: a larger set has to be better. */
static const struct active_set {
	enum fit_model least_model;
	bool is_free[FIT_PARAMETERS];
} active_sets[] = {
        {FIT_LINEAR, {true, false, false}},
        {FIT_AMDAHL, {true, true, false}},
        {FIT_USL, {true, false, true}},
        {FIT_USL, {true, true, true}},
};

double fit_at(const struct fit *fit, double n)
{
	const double sigma = fit->model >= FIT_AMDAHL ? fit->sigma.value : 0;
	const double kappa = fit->model >= FIT_USL ? fit->kappa.value : 0;
	return fit->lambda.value * n / (1 + sigma * (n - 1) + kappa * n * (n - 1));
}

static struct fit_parameter absent(const char *reason)
{
	return (struct fit_parameter){
	        .value = NAN, .se = NAN, .low = NAN, .high = NAN, .reason = reason};
}

/* What a curve is fitted in: numbers near 1, whatever its units. */
struct scale {
	double n;
	double x;
};

static int scale_problem(const struct curve *curve, struct fit_problem *problem,
                         struct scale *scale, struct error *err)
{
	double weight_sum = 0;
	*scale = (struct scale){0, 0};
	for (size_t i = 0; i < curve->count; i++) {
		scale->n = fmax(scale->n, curve->points[i].concurrency);
		scale->x = fmax(scale->x, curve->points[i].throughput_per_s);
	}
	double *const values = calloc(curve->count, 3 * sizeof *values);
	if (!values)
		return error_memory(err);
	*problem = (struct fit_problem){
	        .count = curve->count,
	        .u = values,
	        .x = values + curve->count,
	        .weights = values + 2 * curve->count,
	        .u1 = 1 / scale->n,
	};
	for (size_t i = 0; i < curve->count; i++) {
		const struct curve_point *const point = &curve->points[i];
		const double se = point->se / scale->x;
		problem->u[i] = point->concurrency / scale->n;
		problem->x[i] = point->throughput_per_s / scale->x;
		problem->weights[i] = curve->weights == WEIGHTS_VARIANCE ? 1 / (se * se) : 1;
		weight_sum += problem->weights[i] / (double)curve->count;
	}
	for (size_t i = 0; i < curve->count; i++)
		problem->weights[i] /= weight_sum;
	return 0;
}

/* Squares below this are rounding: the points lie on the curve. */
static double least_squares(const struct fit_problem *problem)
{
	return (double)problem->count * gsl_pow_2(64 * GSL_DBL_EPSILON);
}

/* Tries every set of parameters that the model can leave free. */
static int solve_bounded(struct fit_problem *problem, enum fit_model model,
                         struct fit_solution *ret_best, bool ret_free[FIT_PARAMETERS],
                         struct error *err)
{
	bool is_found = false;
	for (size_t s = 0; s < ARRAY_LENGTH(active_sets); s++) {
		struct fit_solution solution;
		if (active_sets[s].least_model > model)
			continue;
		for (size_t p = 0; p < FIT_PARAMETERS; p++)
			problem->is_free[p] = active_sets[s].is_free[p];
		int r = fit_solve(problem, &solution, err);
		if (r == -ENOMEM)
			return r;
		if (r < 0)
			continue;
		const double to_beat = ret_best->squares * (1 - 1e-10) - least_squares(problem);
		if (is_found && !(solution.squares < to_beat))
			continue;
		is_found = true;
		*ret_best = solution;
		for (size_t p = 0; p < FIT_PARAMETERS; p++)
			ret_free[p] = problem->is_free[p];
	}
	return is_found ? 0 : error_set(err, EDOM, "no minimum within the bounds");
}

/* Student's t for the fit's 95 % intervals, or NAN without residual freedom. */
static double t_quantile(const struct fit *fit, size_t count)
{
	const size_t parameters = fit_model_parameters[fit->model];
	return count > parameters ? gsl_cdf_tdist_Pinv(0.975, (double)(count - parameters))
	                          : (double)NAN;
}

/* One parameter from the solution, times `unit` from scaled to real numbers. */
static struct fit_parameter parameter(const struct fit_solution *solution, const bool *is_free,
                                      size_t index, double unit, double variance, double t)
{
	struct fit_parameter p = absent(NULL);
	p.value = solution->values[index] * unit;
	if (!is_free[index]) {
		p.is_bound = true;
		p.reason = "it is at its bound 0";
		return p;
	}
	if (isnan(t)) {
		p.reason = "an interval needs more levels than the model has parameters";
		return p;
	}
	p.se = sqrt(variance * solution->covariance[index][index]) * unit;
	p.low = fmax(0, p.value - t * p.se);
	p.high = p.value + t * p.se;
	if (!isfinite(p.high)) {
		p = absent("the levels do not tell the parameters apart");
		p.value = solution->values[index] * unit;
	}
	return p;
}

/* N_peak = sqrt((1 - sigma) / kappa), by the delta method: with
 * dN/dsigma = -1 / (2 kappa N) and dN/dkappa = -N / (2 kappa). */
static struct fit_parameter peak(const struct fit *fit, const struct fit_solution *solution,
                                 const struct scale *scale, double variance, double t)
{
	const double sigma = fit->sigma.value;
	const double kappa = fit->kappa.value;
	if (fit->kappa.is_bound)
		return absent("kappa is at its bound 0: the model has no peak");
	if (isnan(fit->kappa.low))
		return absent("kappa has no interval, so that there may be no peak");
	if (!(fit->kappa.low > 0))
		return absent("not identified: the interval of kappa touches 0");
	if (!(sigma < 1))
		return absent("sigma is 1 or more: throughput does not rise with N");
	struct fit_parameter p = absent(NULL);
	p.value = sqrt((1 - sigma) / kappa);
	const double by_sigma = -1 / (2 * kappa * p.value) / scale->n;
	const double by_kappa = -p.value / (2 * kappa) / (scale->n * scale->n);
	p.se = sqrt(variance *
	            (by_sigma * by_sigma * solution->covariance[FIT_SIGMA][FIT_SIGMA] +
	             by_kappa * by_kappa * solution->covariance[FIT_KAPPA][FIT_KAPPA] +
	             2 * by_sigma * by_kappa * solution->covariance[FIT_SIGMA][FIT_KAPPA]));
	/* On the logarithm, which kappa's skewness asks for; see docs/method.md. */
	p.low = p.value * exp(-t * p.se / p.value);
	p.high = p.value * exp(t * p.se / p.value);
	return p;
}

/* Akaike's criterion with the correction for few points (Hurvich and Tsai 1989), of the normal
 * likelihood as in R: k counts the parameters and the variance. */
static double corrected_aic(const struct fit_problem *problem, const struct scale *scale,
                            enum fit_model model, double squares)
{
	const double n = (double)problem->count;
	const double k = (double)fit_model_parameters[model] + 1;
	if (problem->count < fit_model_parameters[model] + 4)
		return NAN;
	double logs = 0;
	for (size_t i = 0; i < problem->count; i++)
		logs += log(problem->weights[i]);
	const double variance = fmax(squares, least_squares(problem)) / n * scale->x * scale->x;
	return n * (log(2 * M_PI * variance) + 1) - logs + 2 * k + 2 * k * (k + 1) / (n - k - 1);
}

/* Whether the means lie farther from the model than their standard errors allow: an F test, or its
 * limit where nothing says how well the standard errors are known. */
static double lack_of_fit(const struct curve *curve, const struct fit *fit)
{
	const size_t parameters = fit_model_parameters[fit->model];
	if (curve->weights != WEIGHTS_VARIANCE || curve->count <= parameters)
		return NAN;
	const double freedom = (double)(curve->count - parameters);
	double squares = 0;
	for (size_t i = 0; i < curve->count; i++) {
		const struct curve_point *const point = &curve->points[i];
		squares += gsl_pow_2((point->throughput_per_s - fit->fitted[i]) / point->se);
	}
	if (curve->pooled_freedom == 0)
		return gsl_cdf_chisq_Q(squares, freedom);
	return gsl_cdf_fdist_Q(squares / freedom, freedom, (double)curve->pooled_freedom);
}

static void judge(const struct curve *curve, struct fit *fit)
{
	fit->lack_of_fit_p = lack_of_fit(curve, fit);
	if (!isnan(fit->lack_of_fit_p))
		fit->adequacy = fit->lack_of_fit_p < adequate_p ? ADEQUACY_BAD : ADEQUACY_GOOD;
}

/* What moves the whole curve moves lambda alone, and is not among the residuals: it is added to
 * lambda's interval. */
static void widen(const struct curve *curve, struct fit_parameter *lambda)
{
	if (!(curve->common_log_se > 0) || isnan(lambda->low))
		return;
	const double common = lambda->value * curve->common_log_se;
	const double t = gsl_cdf_tdist_Pinv(0.975, (double)curve->common_freedom);
	const double half = hypot(lambda->high - lambda->value, t * common);
	lambda->se = hypot(lambda->se, common);
	lambda->low = fmax(0, lambda->value - half);
	lambda->high = lambda->value + half;
}

static void take_solution(const struct curve *curve, const struct fit_problem *problem,
                          const struct scale *scale, const struct fit_solution *solution,
                          const bool *is_free, struct fit *fit)
{
	static const char not_in_model[] = "the model does not have it";
	const size_t parameters = fit_model_parameters[fit->model];
	const double freedom = (double)curve->count - (double)parameters;
	const double variance = freedom > 0 ? solution->squares / freedom : (double)NAN;
	const double t = t_quantile(fit, curve->count);
	fit->lambda = parameter(solution, is_free, FIT_LAMBDA, scale->x / scale->n, variance, t);
	widen(curve, &fit->lambda);
	fit->sigma = fit->model < FIT_AMDAHL
	                     ? absent(not_in_model)
	                     : parameter(solution, is_free, FIT_SIGMA, 1 / scale->n, variance, t);
	fit->kappa = fit->model < FIT_USL ? absent(not_in_model)
	                                  : parameter(solution, is_free, FIT_KAPPA,
	                                              1 / (scale->n * scale->n), variance, t);
	fit->n_peak = fit->model < FIT_USL ? absent("the model has no peak")
	                                   : peak(fit, solution, scale, variance, t);
	fit->residual_se = sqrt(variance) * scale->x;
	fit->aicc = corrected_aic(problem, scale, fit->model, solution->squares);
	for (size_t i = 0; i < curve->count; i++)
		fit->fitted[i] = fit_at(fit, curve->points[i].concurrency);
	judge(curve, fit);
}

static struct fit not_fitted(enum fit_model model, const char *reason)
{
	return (struct fit){
	        .model = model,
	        .lambda = absent(reason),
	        .sigma = absent(reason),
	        .kappa = absent(reason),
	        .n_peak = absent(reason),
	        .residual_se = NAN,
	        .aicc = NAN,
	        .lack_of_fit_p = NAN,
	        .reason = reason,
	};
}

static const char *why_not(const struct curve *curve, enum fit_model model)
{
	static const char *const too_few[FIT_MODELS] = {
	        "it needs a level with a throughput",
	        "it needs at least 2 levels",
	        "it needs at least 3 levels",
	};
	if (curve->count < fit_model_parameters[model])
		return too_few[model];
	return isnan(curve_baseline_rate(curve)) ? "no level has a throughput above 0" : NULL;
}

int fit_build(const struct curve *curve, enum fit_model model, struct fit *ret_fit,
              struct error *err)
{
	struct fit fit = not_fitted(model, why_not(curve, model));
	if (fit.reason) {
		*ret_fit = fit;
		return 0;
	}
	cleanup_free double *values = NULL;
	struct fit_problem problem;
	struct scale scale;
	struct fit_solution solution = {0};
	bool is_free[FIT_PARAMETERS];
	int r = scale_problem(curve, &problem, &scale, err);
	if (r < 0)
		return r;
	values = problem.u;
	r = solve_bounded(&problem, model, &solution, is_free, err);
	if (r == -ENOMEM)
		return r;
	if (r < 0) {
		*ret_fit = not_fitted(model, "the solver found no minimum within the bounds");
		return 0;
	}
	fit.fitted = calloc(curve->count, sizeof *fit.fitted);
	if (!fit.fitted)
		return error_memory(err);
	take_solution(curve, &problem, &scale, &solution, is_free, &fit);
	*ret_fit = fit;
	return 0;
}

void fit_release(struct fit *fit)
{
	if (!fit)
		return;
	free(fit->fitted);
	fit->fitted = NULL;
}
