/* One least-squares problem: GSL's trust region (Levenberg-Marquardt) with exact derivatives. */
#include "analyse/scaling_parts.h"

#include "core/array.h"
#include "core/error.h"

#include <errno.h>
#include <gsl/gsl_multifit.h>
#include <gsl/gsl_multifit_nlinear.h>
#include <math.h>

enum { MOST_STEPS = 500 };

/* On the way the solver may try parameters below 0, for which the model has a pole: its
 * denominator is held above this. */
static const double least_denominator = 1e-9;

static double denominator(const struct fit_problem *problem, const double *values, double u)
{
	const double d = 1 + values[FIT_SIGMA] * (u - problem->u1) +
	                 values[FIT_KAPPA] * u * (u - problem->u1);
	return d > least_denominator ? d : least_denominator;
}

double fit_problem_at(const struct fit_problem *problem, const double values[FIT_PARAMETERS],
                      double u)
{
	return values[FIT_LAMBDA] * u / denominator(problem, values, u);
}

/* From the solver's vector of free parameters to all of them. */
static void spread_out(const struct fit_problem *problem, const gsl_vector *free_values,
                       double *values)
{
	size_t f = 0;
	for (size_t p = 0; p < FIT_PARAMETERS; p++)
		values[p] = problem->is_free[p] ? gsl_vector_get(free_values, f++) : 0;
}

static int residuals(const gsl_vector *free_values, void *data, gsl_vector *f)
{
	const struct fit_problem *const problem = data;
	double values[FIT_PARAMETERS];
	spread_out(problem, free_values, values);
	for (size_t i = 0; i < problem->count; i++)
		gsl_vector_set(f, i,
		               fit_problem_at(problem, values, problem->u[i]) - problem->x[i]);
	return GSL_SUCCESS;
}

static int derivatives(const gsl_vector *free_values, void *data, gsl_matrix *jacobian)
{
	const struct fit_problem *const problem = data;
	double values[FIT_PARAMETERS];
	spread_out(problem, free_values, values);
	for (size_t i = 0; i < problem->count; i++) {
		const double u = problem->u[i];
		const double d = denominator(problem, values, u);
		const double slope = -values[FIT_LAMBDA] * u / (d * d) * (u - problem->u1);
		const double by[FIT_PARAMETERS] = {u / d, slope, slope * u};
		size_t column = 0;
		for (size_t p = 0; p < FIT_PARAMETERS; p++)
			if (problem->is_free[p])
				gsl_matrix_set(jacobian, i, column++, by[p]);
	}
	return GSL_SUCCESS;
}

/* The weighted linear form u/x = a + b (u - u1) + c u (u - u1), whose error is u/x^2 times that of
 * x: lambda = 1/a, sigma = b/a, kappa = c/a. Points without throughput have no part in it. */
static bool start_from_linear_form(const struct fit_problem *problem, size_t free_count,
                                   double start[FIT_PARAMETERS])
{
	const size_t n = problem->count;
	gsl_matrix *const terms = gsl_matrix_calloc(n, free_count);
	gsl_matrix *const covariance = gsl_matrix_calloc(free_count, free_count);
	gsl_vector *const y = gsl_vector_calloc(n);
	gsl_vector *const w = gsl_vector_calloc(n);
	gsl_vector *const c = gsl_vector_calloc(free_count);
	gsl_multifit_linear_workspace *const work = gsl_multifit_linear_alloc(n, free_count);
	bool is_done = terms && covariance && y && w && c && work;
	for (size_t i = 0; is_done && i < n; i++) {
		const double u = problem->u[i];
		const double x = problem->x[i];
		const double from_one = u - problem->u1;
		const double by[FIT_PARAMETERS] = {1, from_one, u * from_one};
		size_t column = 0;
		for (size_t p = 0; p < FIT_PARAMETERS; p++)
			if (problem->is_free[p])
				gsl_matrix_set(terms, i, column++, by[p]);
		gsl_vector_set(y, i, x > 0 ? u / x : 0);
		gsl_vector_set(w, i, problem->weights[i] * x * x * x * x / (u * u));
	}
	double squares;
	is_done = is_done &&
	          gsl_multifit_wlinear(terms, w, y, c, covariance, &squares, work) == GSL_SUCCESS;
	if (is_done) {
		spread_out(problem, c, start);
		const double a = start[FIT_LAMBDA];
		is_done = isfinite(a) && a > 0;
		start[FIT_LAMBDA] = 1 / a;
		start[FIT_SIGMA] = fmax(0, start[FIT_SIGMA] / a);
		start[FIT_KAPPA] = fmax(0, start[FIT_KAPPA] / a);
	}
	gsl_multifit_linear_free(work);
	gsl_vector_free(c);
	gsl_vector_free(w);
	gsl_vector_free(y);
	gsl_matrix_free(covariance);
	gsl_matrix_free(terms);
	return is_done;
}

/* A start that does not look at the data but for its steepest point. */
static void start_from_steepest(const struct fit_problem *problem, double start[FIT_PARAMETERS])
{
	start[FIT_LAMBDA] = 0;
	for (size_t i = 0; i < problem->count; i++)
		start[FIT_LAMBDA] = fmax(start[FIT_LAMBDA], problem->x[i] / problem->u[i]);
	start[FIT_SIGMA] = 0.5;
	start[FIT_KAPPA] = 0.5;
}

static double squares_at(const struct fit_problem *problem, const double *values)
{
	double sum = 0;
	for (size_t i = 0; i < problem->count; i++) {
		const double r = fit_problem_at(problem, values, problem->u[i]) - problem->x[i];
		sum += problem->weights[i] * r * r;
	}
	return sum;
}

static void take_covariance(const struct fit_problem *problem, const gsl_matrix *of_free,
                            struct fit_solution *solution)
{
	size_t row = 0;
	for (size_t p = 0; p < FIT_PARAMETERS; p++) {
		size_t column = 0;
		for (size_t q = 0; q < FIT_PARAMETERS; q++) {
			const bool is_there = problem->is_free[p] && problem->is_free[q];
			solution->covariance[p][q] =
			        is_there ? gsl_matrix_get(of_free, row, column) : 0;
			column += problem->is_free[q];
		}
		row += problem->is_free[p];
	}
}

/* Minimises from one start; false where the solver finds no way. */
static bool minimise(struct fit_problem *problem, gsl_multifit_nlinear_workspace *work,
                     size_t free_count, const double start[FIT_PARAMETERS],
                     struct fit_solution *solution)
{
	double free_start[FIT_PARAMETERS];
	double of_free[FIT_PARAMETERS * FIT_PARAMETERS] = {0};
	size_t f = 0;
	for (size_t p = 0; p < FIT_PARAMETERS; p++)
		if (problem->is_free[p])
			free_start[f++] = start[p];
	gsl_multifit_nlinear_fdf system = {
	        .f = residuals,
	        .df = derivatives,
	        .n = problem->count,
	        .p = free_count,
	        .params = problem,
	};
	const gsl_vector_const_view at = gsl_vector_const_view_array(free_start, free_count);
	const gsl_vector_const_view w =
	        gsl_vector_const_view_array(problem->weights, problem->count);
	if (gsl_multifit_nlinear_winit(&at.vector, &w.vector, &system, work) != GSL_SUCCESS)
		return false;
	/* To the last digits: what is published has six. Where no step makes it better any more
	 * (GSL_ENOPROG) it is as good as it gets. */
	int info;
	const int status =
	        gsl_multifit_nlinear_driver(MOST_STEPS, 1e-12, 1e-14, 0, NULL, NULL, &info, work);
	if (status != GSL_SUCCESS && status != GSL_ENOPROG && status != GSL_EMAXITER)
		return false;
	spread_out(problem, gsl_multifit_nlinear_position(work), solution->values);
	solution->squares = squares_at(problem, solution->values);
	gsl_matrix_view covariance = gsl_matrix_view_array(of_free, free_count, free_count);
	gsl_multifit_nlinear_covar(gsl_multifit_nlinear_jac(work), 0, &covariance.matrix);
	take_covariance(problem, &covariance.matrix, solution);
	return isfinite(solution->squares);
}

static bool is_within_bounds(const struct fit_solution *solution)
{
	return solution->values[FIT_LAMBDA] > 0 && solution->values[FIT_SIGMA] >= 0 &&
	       solution->values[FIT_KAPPA] >= 0;
}

int fit_solve(const struct fit_problem *problem, struct fit_solution *ret_solution,
              struct error *err)
{
	size_t free_count = 0;
	for (size_t p = 0; p < FIT_PARAMETERS; p++)
		free_count += problem->is_free[p];
	if (problem->count < free_count)
		return error_set(err, EDOM, "more parameters than points");
	const gsl_multifit_nlinear_parameters parameters =
	        gsl_multifit_nlinear_default_parameters();
	gsl_multifit_nlinear_workspace *const work = gsl_multifit_nlinear_alloc(
	        gsl_multifit_nlinear_trust, &parameters, problem->count, free_count);
	if (!work)
		return error_memory(err);
	struct fit_problem own = *problem; /* the solver's pointer to it is not const */
	double starts[2][FIT_PARAMETERS];
	bool has_start[ARRAY_LENGTH(starts)] = {true, true};
	has_start[0] = start_from_linear_form(problem, free_count, starts[0]);
	start_from_steepest(problem, starts[1]);
	bool is_found = false;
	struct fit_solution best = {0};
	for (size_t s = 0; s < ARRAY_LENGTH(starts); s++) {
		struct fit_solution solution = {0};
		if (!has_start[s] || !minimise(&own, work, free_count, starts[s], &solution))
			continue;
		/* A minimum beyond the bounds must not hide one within them. */
		if (is_within_bounds(&solution) && (!is_found || solution.squares < best.squares)) {
			best = solution;
			is_found = true;
		}
	}
	gsl_multifit_nlinear_free(work);
	if (!is_found)
		return error_set(err, EDOM, "no minimum within the bounds");
	*ret_solution = best;
	return 0;
}
