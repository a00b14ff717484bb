/* How one curve scales: linear from the baseline, Amdahl's law and the Universal Scalability Law,
 * which of them is adequate, where the plateau begins, and how many tasks to run. */
#ifndef ANALYSE_SCALING_H
#define ANALYSE_SCALING_H

#include "analyse/curve.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* X(N) = lambda N / (1 + sigma (N-1) + kappa N (N-1)); linear: sigma = kappa = 0; Amdahl: kappa =
 * 0.
 */
enum fit_model { FIT_LINEAR, FIT_AMDAHL, FIT_USL, FIT_MODELS };

/* "linear", "amdahl", "usl". */
extern const char *const fit_model_names[FIT_MODELS];

/* Parameters of each: 1, 2, 3. */
extern const size_t fit_model_parameters[FIT_MODELS];

struct fit_parameter {
	double value; /* NAN: the model does not have it, or it was not fitted */
	double se;    /* NAN: none, as at a bound */
	double low;   /* 95 %, t(0.975, points - parameters), cut at 0; NAN: none */
	double high;
	bool is_bound;      /* it is at its bound 0 */
	const char *reason; /* why value or interval is absent, or NULL */
};

enum fit_adequacy { ADEQUACY_UNKNOWN, ADEQUACY_GOOD, ADEQUACY_BAD };

struct fit {
	enum fit_model model;
	struct fit_parameter lambda; /* tasks/s of one task alone */
	struct fit_parameter sigma;  /* contention */
	struct fit_parameter kappa;  /* coherency */
	struct fit_parameter n_peak; /* USL; value NAN where kappa's interval touches 0 */
	double residual_se;   /* tasks/s: sqrt(sum(w r^2) / (points - parameters)), the weights'
	                       * mean 1 */
	double aicc;          /* NAN below points >= parameters + 4 */
	double lack_of_fit_p; /* of the F test against the variance of repeats; NAN: none */
	enum fit_adequacy adequacy; /* BAD: lack_of_fit_p below 0.05 */
	double *fitted;             /* tasks/s at the curve's points; NULL: not fitted */
	const char *reason;         /* why it was not fitted, or NULL */
};

enum plateau_limit {
	LIMIT_NONE,     /* no recommendation */
	LIMIT_GAIN,     /* a further task adds too little */
	LIMIT_MEMORY,   /* no more tasks fit into memory */
	LIMIT_CORES,    /* every core has a task, and the last one was worth it */
	LIMIT_MEASURED, /* no higher level was measured */
	PLATEAU_LIMITS
};

/* "none", "marginal-gain", "memory", "cores", "measured". */
extern const char *const plateau_limit_names[PLATEAU_LIMITS];

struct plateau {
	bool is_identified;
	double concurrency;          /* NAN where not identified */
	double low;                  /* NAN: nothing is known of the noise, see interval_reason */
	double high;                 /* NAN where not identified: "at least low" */
	const char *interval_reason; /* why there is no interval, or NULL */
	char state_reason[384];      /* why it is not identified, or "" */
	bool is_rising;              /* that is since throughput rises up to the top level */
	uint32_t recommended;        /* 0: none */
	enum plateau_limit limit;    /* what makes it this number */
	double marginal_gain; /* past it: rate of a further task / rate of one at the baseline */
	bool is_doubtful;     /* findings only: what it rests on is too uncertain, see reason */
	char reason[768];     /* of the recommendation, or why there is none, in words */
	/* The curve made non-decreasing up to its largest throughput, and flat beyond; tasks/s at
	 * its points. */
	double *isotonic;
};

struct scaling {
	const char *policy; /* of the summary, or "" */
	struct curve curve;
	struct fit fits[FIT_MODELS];
	ptrdiff_t chosen; /* the adequate model of least AICc that no larger one contradicts,
	                   * or -1 */
	const char *choice_reason; /* why none is chosen, or NULL */
	struct plateau plateau;
};

/* What caps the recommendation beside the curve. */
struct scaling_limits {
	uint32_t memory;  /* the largest N whose tasks fit into memory; 0: unknown */
	uint32_t cores;   /* how many tasks have cores of their own; 0: unknown */
	uint32_t threads; /* of a task; 0 is as 1 */
	uint64_t seed;    /* of the bootstrap */
	/* The highest level that was planned, where it lies above the curve since it has no usable
	 * throughput, and why it has none; 0: none does. */
	uint32_t left_out;
	const char *left_out_reason;
	bool is_imported; /* plateau did not measure the curve itself */
};

/* Fits and judges; the curve is copied. Never fails for a curve that is short or odd: what cannot
 * be worked out is absent with its reason. Returns 0 or -ENOMEM. */
int scaling_build(const struct curve *curve, const struct scaling_limits *limits,
                  struct scaling *ret_scaling, struct error *err);
void scaling_release(struct scaling *scaling);

/* One per policy of a summary, in the order of summary->policies; scalings_free frees them.
 * Returns 0 or -ENOMEM. */
int scalings_build(const struct summary *summary, struct scaling **ret_scalings, size_t *ret_count,
                   struct error *err);
void scalings_free(struct scaling *scalings, size_t count);

/* The model's throughput at n, tasks/s; NAN where it was not fitted. */
double fit_at(const struct fit *fit, double n);

#define cleanup_scaling __attribute__((cleanup(scaling_release)))

#endif
