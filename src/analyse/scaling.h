/* How one curve scales: linear from the baseline, Amdahl's law and the Universal Scalability Law,
 * which of them is adequate, where the plateau begins, and how many tasks to run. */
#ifndef ANALYSE_SCALING_H
#define ANALYSE_SCALING_H

#include "analyse/curve.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum fit_model { FIT_LINEAR, FIT_AMDAHL, FIT_USL, FIT_MODELS };

/* "linear", "amdahl", "usl". */
extern const char *const fit_model_names[FIT_MODELS];

struct fit_parameter {
	double value; /* NAN: the model does not have it, or it was not fitted */
	double se;    /* NAN: none, as at a bound */
	double low;   /* 95 %, t(0.975, points - parameters); NAN: none */
	double high;
	bool is_bound; /* it is at its bound 0 */
};

enum fit_adequacy { ADEQUACY_UNKNOWN, ADEQUACY_GOOD, ADEQUACY_BAD };

struct fit {
	enum fit_model model;
	struct fit_parameter lambda; /* tasks/s of one task alone */
	struct fit_parameter sigma;  /* contention */
	struct fit_parameter kappa;  /* coherency */
	struct fit_parameter n_peak; /* USL; value NAN where kappa's interval touches 0 */
	double residual_se;          /* tasks/s (of the unweighted residuals at equal weights) */
	double aicc;                 /* NAN below points >= parameters + 4 */
	double lack_of_fit_p;        /* of the F test against the variance of repeats; NAN: none */
	enum fit_adequacy adequacy;
	double *fitted;     /* tasks/s at the curve's points */
	const char *reason; /* why it was not fitted, or NULL */
};

struct plateau {
	bool is_identified;
	double concurrency;       /* NAN where not identified */
	double low;               /* NAN: the bootstrap says nothing */
	double high;              /* NAN where not identified: "at least low" */
	uint32_t recommended;     /* 0: none */
	char reason[256];         /* of the recommendation, or why there is none, in words */
	const char *state_reason; /* why it is not identified, or NULL */
};

struct scaling {
	const char *policy; /* of the summary, or "" */
	struct curve curve;
	struct fit fits[FIT_MODELS];
	ptrdiff_t chosen; /* the adequate model of least AICc, or -1 */
	struct plateau plateau;
};

/* What caps the recommendation beside the curve. */
struct scaling_limits {
	uint32_t memory; /* the largest N whose tasks fit into memory; 0: unknown */
	uint32_t cores;  /* how many tasks have a core of their own; 0: unknown */
	uint64_t seed;   /* of the bootstrap */
};

/* Fits and judges; the curve is copied. Never fails for a curve that is short or odd: what cannot
 * be worked out is absent with its reason. Returns 0 or -ENOMEM. */
int scaling_build(const struct curve *curve, const struct scaling_limits *limits,
                  struct scaling *ret_scaling, struct error *err);
void scaling_release(struct scaling *scaling);

/* The model's throughput at n, tasks/s. */
double fit_at(const struct fit *fit, double n);

#define cleanup_scaling __attribute__((cleanup(scaling_release)))

#endif
