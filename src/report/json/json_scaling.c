#include "report/json/json_scaling.h"

#include "report/json/json_run.h"

#include <math.h>

/* N: a whole number where it is one, which only a curve from elsewhere need not have. */
static json_t *concurrency(double n)
{
	return n == floor(n) ? json_integer((json_int_t)n) : json_number(n);
}

static json_t *parameter(struct json_writer *w, const struct fit_parameter *p, size_t points)
{
	json_t *const object = json_object();
	json_set(w, object, "value", json_number(p->value));
	json_set(w, object, "se", json_number(p->se));
	json_set(w, object, "ci95", json_interval(p->low, p->high));
	json_set(w, object, "n", json_count(points));
	if (p->is_bound)
		json_set(w, object, "at_bound", json_true());
	if (p->reason)
		json_set(w, object, "reason", json_text(p->reason));
	return object;
}

static json_t *residuals(struct json_writer *w, const struct curve *curve, const struct fit *fit)
{
	json_t *const array = json_array();
	for (size_t i = 0; fit->fitted && i < curve->count; i++) {
		const struct curve_point *const point = &curve->points[i];
		json_t *const entry = json_object();
		json_set(w, entry, "concurrency", concurrency(point->concurrency));
		json_set(w, entry, "fitted", json_number(fit->fitted[i]));
		json_set(w, entry, "residual",
		         json_number(point->throughput_per_s - fit->fitted[i]));
		json_append(w, array, entry);
	}
	return array;
}

static const char *why_no_criterion(const struct fit *fit)
{
	return fit->reason ? fit->reason : "it needs 4 levels more than the model has parameters";
}

static const char *why_not_judged(const struct curve *curve, const struct fit *fit)
{
	if (fit->reason)
		return fit->reason;
	return curve->weights == WEIGHTS_VARIANCE
	               ? "it needs more levels than the model has parameters"
	               : "nothing says how large the noise is: it needs repeats, or a column se";
}

static json_t *fit_object(struct json_writer *w, const struct scaling *scaling, size_t model)
{
	const struct fit *const fit = &scaling->fits[model];
	const size_t points = scaling->curve.count;
	json_t *const object = json_object();
	json_set(w, object, "model", json_string(fit_model_names[model]));
	json_set(w, object, "lambda", parameter(w, &fit->lambda, points));
	json_set(w, object, "sigma", parameter(w, &fit->sigma, points));
	json_set(w, object, "kappa", parameter(w, &fit->kappa, points));
	json_set(w, object, "n_peak", parameter(w, &fit->n_peak, points));
	json_set(w, object, "residual_se", json_number(fit->residual_se));
	if (isnan(fit->residual_se))
		json_set(w, object, "residual_se_reason",
		         json_text(fit->reason ? fit->reason
		                               : "it needs more levels than the model has "
		                                 "parameters"));
	json_set(w, object, "aicc", json_number(fit->aicc));
	if (isnan(fit->aicc))
		json_set(w, object, "aicc_reason", json_text(why_no_criterion(fit)));
	json_set(w, object, "lack_of_fit_p", json_number(fit->lack_of_fit_p));
	if (isnan(fit->lack_of_fit_p))
		json_set(w, object, "lack_of_fit_p_reason",
		         json_text(why_not_judged(&scaling->curve, fit)));
	json_set(w, object, "adequate",
	         fit->adequacy == ADEQUACY_UNKNOWN ? json_null()
	                                           : json_boolean(fit->adequacy == ADEQUACY_GOOD));
	if (fit->adequacy == ADEQUACY_UNKNOWN)
		json_set(w, object, "adequate_reason",
		         json_text(why_not_judged(&scaling->curve, fit)));
	json_set(w, object, "chosen", json_boolean((ptrdiff_t)model == scaling->chosen));
	json_set(w, object, "residuals", residuals(w, &scaling->curve, fit));
	if (fit->reason)
		json_set(w, object, "reason", json_text(fit->reason));
	return object;
}

static json_t *fits_array(struct json_writer *w, const struct scaling *scaling)
{
	json_t *const array = json_array();
	for (size_t m = 0; m < FIT_MODELS; m++)
		json_append(w, array, fit_object(w, scaling, m));
	return array;
}

/* Identified: [low, high]; else [low, null], since it is known to begin at low or later. */
static json_t *plateau_interval(struct json_writer *w, const struct plateau *plateau)
{
	if (isnan(plateau->low))
		return json_null();
	json_t *const interval = json_array();
	json_append(w, interval, concurrency(plateau->low));
	json_append(w, interval, concurrency(plateau->high));
	return interval;
}

static json_t *plateau_object(struct json_writer *w, const struct plateau *plateau)
{
	json_t *const object = json_object();
	json_set(w, object, "concurrency", concurrency(plateau->concurrency));
	json_set(w, object, "ci95", plateau_interval(w, plateau));
	if (isnan(plateau->low))
		json_set(w, object, "ci95_reason", json_text(plateau->interval_reason));
	json_set(w, object, "state",
	         json_string(plateau->is_identified ? "identified" : "not-identified"));
	if (!plateau->is_identified)
		json_set(w, object, "state_reason", json_text(plateau->state_reason));
	json_set(w, object, "recommended",
	         plateau->recommended > 0 ? json_count(plateau->recommended) : json_null());
	json_set(w, object, "limited_by", json_string(plateau_limit_names[plateau->limit]));
	json_set(w, object, "reason", json_text(plateau->reason));
	return object;
}

static void set_keys(struct json_writer *w, json_t *object, const struct scaling *scaling)
{
	json_set(w, object, "fits", fits_array(w, scaling));
	if (scaling->chosen < 0)
		json_set(w, object, "choice_reason", json_text(scaling->choice_reason));
	json_set(w, object, "weights", json_string(curve_weights_names[scaling->curve.weights]));
	json_set(w, object, "plateau", plateau_object(w, &scaling->plateau));
}

void json_scalings(struct json_writer *w, json_t *answer, const struct scaling *scalings,
                   size_t count, const char *reason)
{
	if (count > 0) {
		set_keys(w, answer, &scalings[0]);
	} else {
		json_set(w, answer, "fits", json_array());
		json_set(w, answer, "weights", json_null());
		json_set(w, answer, "weights_reason", json_text(reason));
		json_set(w, answer, "plateau", json_null());
		json_set(w, answer, "plateau_reason", json_text(reason));
	}
	json_t *const array = json_array();
	for (size_t i = 0; i < count; i++) {
		json_t *const object = json_object();
		json_set(w, object, "policy", json_text(scalings[i].policy));
		set_keys(w, object, &scalings[i]);
		json_append(w, array, object);
	}
	json_set(w, answer, "scalings", array);
}

static json_t *points_array(struct json_writer *w, const struct curve *curve)
{
	json_t *const array = json_array();
	for (size_t i = 0; i < curve->count; i++) {
		const struct curve_point *const point = &curve->points[i];
		json_t *const entry = json_object();
		json_set(w, entry, "concurrency", concurrency(point->concurrency));
		json_set(w, entry, "throughput", json_number(point->throughput_per_s));
		json_set(w, entry, "se", json_number(point->se));
		json_append(w, array, entry);
	}
	return array;
}

/* findings: NULL of a curve from elsewhere. */
static int write_fit(const struct findings *findings, const struct scaling *scalings, size_t count,
                     const char *path, char **ret_json, struct error *err)
{
	struct json_writer w = {false};
	json_t *const answer = json_object();
	json_set(&w, answer, "schema_version", json_integer(1));
	json_set(&w, answer, "path", json_text(path));
	json_set(&w, answer, "run", findings ? json_run(&w, findings->dataset) : json_null());
	json_set(&w, answer, "points",
	         count > 0 ? points_array(&w, &scalings[0].curve) : json_array());
	json_scalings(&w, answer, scalings, count, "no level has been planned");
	json_t *const each = json_object_get(answer, "scalings");
	for (size_t i = 0; i < count; i++)
		json_set(&w, json_array_get(each, i), "points",
		         points_array(&w, &scalings[i].curve));
	return json_finish(&w, answer, ret_json, err);
}

int fit_json_write(const struct scaling *scaling, const char *path, char **ret_json,
                   struct error *err)
{
	return write_fit(NULL, scaling, 1, path, ret_json, err);
}

int fit_json_write_result(const struct findings *findings, const char *path, char **ret_json,
                          struct error *err)
{
	return write_fit(findings, findings->scalings, findings->scaling_count, path, ret_json,
	                 err);
}
