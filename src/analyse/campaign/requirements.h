/* What tasks of a campaign need, type by type: how long, how much CPU and memory, how that grows
 * with a covariate, and what a limit of memory would mean; and several campaigns side by side.
 *
 * Figures of tasks (wall time, CPU, memory) are of attempts that are done, or whose state is not
 * known; the question what does not fit into a limit is asked of every attempt with a max RSS, and
 * what a memory limit ended counts as not fitting where it was ended at that limit or above. */
#ifndef ANALYSE_CAMPAIGN_REQUIREMENTS_H
#define ANALYSE_CAMPAIGN_REQUIREMENTS_H

#include "analyse/campaign/campaign_fit.h"
#include "model/campaign.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;

/* A distribution; SI units. n 0: nothing is known, the rest is NAN. Quantiles are type 7. */
struct campaign_spread {
	size_t n;
	double min, q1, p50, q3, p95, p99, max;
	double mean;
	double sum;
	/* Box plots: the last points within 1.5 interquartile ranges of the box. */
	double whisker_low, whisker_high;
	size_t outliers; /* beyond them */
};

enum campaign_figure {
	CAMPAIGN_WALL,       /* s */
	CAMPAIGN_CPU,        /* s */
	CAMPAIGN_EFFICIENCY, /* CPU time / (wall time x cores), cores 1 where not known */
	CAMPAIGN_MAX_RSS,    /* bytes */
	CAMPAIGN_FIGURES
};

/* "wall_s", "cpu_s", "cpu_efficiency", "max_rss_bytes". */
extern const char *const campaign_figure_names[CAMPAIGN_FIGURES];

/* What does not fit into a limit. */
struct campaign_over {
	size_t tasks;     /* attempts with a max RSS above the limit */
	size_t of;        /* attempts with a max RSS */
	double wall_s;    /* wall time of those above; */
	double of_wall_s; /* and of all that have both */
};

/* A covariate's fits for one type; y is CPU_S or MAX_RSS. */
struct campaign_relation {
	size_t covariate; /* index into campaign.covariates */
	enum campaign_figure figure;
	struct campaign_fit fits[CAMPAIGN_FITS];
	double x_min, x_max; /* of the points */
};

struct campaign_type_needs {
	uint32_t type; /* index into campaign.types, or UINT32_MAX: all types together */
	const char *name;
	size_t attempts;
	size_t states[CAMPAIGN_STATES]; /* of attempts */
	size_t retried;                 /* attempts that a later one followed */
	struct campaign_spread figures[CAMPAIGN_FIGURES];
	struct campaign_over over;
	struct campaign_relation *relations;
	size_t relation_count;
};

/* Tasks by max RSS, in bins of equal width from 0; all types together, and each. */
struct campaign_bins {
	double width_bytes;
	size_t count;
	size_t *tasks;        /* count x (types + 1): bin b of type t is tasks[t * count + b]; the
	                       * last row is of all types */
	double *wall_s;       /* the same: integrated wall time */
	double *tasks_up_to;  /* count: cumulative fraction of tasks at the upper end of each bin */
	double *wall_s_up_to; /* count: and of wall time */
};

/* A cumulative distribution by max RSS, exact, thinned to what a plot can show. */
struct campaign_cumulative {
	size_t count;
	double *max_rss_bytes; /* ascending */
	double *tasks;         /* fraction of tasks at or below */
	double *wall_s;        /* fraction of wall time at or below; NAN where none is known */
};

struct requirements {
	const struct campaign *campaign;
	struct campaign_type_needs *types; /* by name; the last is of all types */
	size_t type_count;                 /* without the last */
	struct campaign_bins bins;
	struct campaign_cumulative cumulative;
	double limit_bytes; /* NAN: none was given */
};

struct requirements_options {
	double limit_bytes;    /* NAN: none */
	double bin_bytes;      /* width of a bin; 0: 1 GB */
	double quantile;       /* of the envelope; 0: 0.95 */
	const char *covariate; /* that fits are against; NULL: every covariate of numbers */
};

/* Works out what a campaign needs; it is kept, not copied. Returns 0, -EINVAL (an unknown
 * covariate, with those that there are) or -ENOMEM. */
int requirements_build(const struct campaign *campaign, const struct requirements_options *options,
                       struct requirements *ret_requirements, struct error *err);
void requirements_release(struct requirements *requirements);

#define cleanup_requirements __attribute__((cleanup(requirements_release)))

/* ---- Campaigns beside one another ---------------------------------------------------------- */

enum campaign_change { CAMPAIGN_SAME, CAMPAIGN_IMPROVED, CAMPAIGN_WORSE, CAMPAIGN_NOT_COMPARABLE };

/* One figure of one type in a campaign against the first. */
struct campaign_difference {
	size_t campaign; /* index, 1 or more */
	const char *type;
	enum campaign_figure figure;
	struct estimate p50_ratio; /* new / first; n: tasks of the smaller side */
	struct estimate p95_ratio;
	double cliffs_delta; /* -1: all of new below all of first; NAN: not comparable */
	enum campaign_change change;
	const char *reason; /* why it is not comparable, or NULL */
};

struct requirements_comparison {
	const struct requirements *const *campaigns;
	size_t campaign_count;
	struct campaign_difference *differences; /* by type, campaign, figure */
	size_t difference_count;
};

/* Compares campaigns with the first, type by type. Returns 0 or -ENOMEM. */
int requirements_compare(const struct requirements *const *campaigns, size_t count,
                         struct requirements_comparison *ret_comparison, struct error *err);
void requirements_comparison_release(struct requirements_comparison *comparison);

/* The question of memory per core in words: how many tasks fit into limit_bytes, and which do not.
 * Written into text, which is cut when it is too long. */
void requirements_words(const struct requirements *requirements, double limit_bytes, char *text,
                        size_t text_bytes);

#endif
