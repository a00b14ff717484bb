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
	double *sorted;  /* all n, ascending; NULL where n is 0 */
	/* How many times the variance of independent tasks that of the share of tasks up to the
	 * median and p95 is, by stretches of time (campaign_fit.h): 1 or more; 1: not known. */
	double p50_effect, p95_effect;
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

/* What does not fit into a limit of memory per core: what takes more than that for each of its
 * cores, 1 where they are not known. */
struct campaign_over {
	size_t tasks;       /* attempts with a max RSS per core above the limit */
	size_t of;          /* attempts with a max RSS */
	size_t ended_below; /* that a memory limit ended with no max RSS, or one below the limit:
	                     * what they would have needed is not known */
	double wall_s;      /* wall time of those above; */
	double of_wall_s;   /* and of all that have both */
	double max_bytes;   /* the largest max RSS; NAN: none is known */
	double max_per_core_bytes; /* the largest max RSS / cores; NAN likewise */
	size_t several;            /* of them, attempts that were given several cores */
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
	bool is_in_time;                /* it is known when its tasks started: intervals take in
	                                 * what stretches of time differ by */
	struct campaign_spread figures[CAMPAIGN_FIGURES];
	struct campaign_over over;           /* the limit; without one, tasks is 0 */
	struct campaign_relation *relations; /* none for all types together */
	size_t relation_count;
};

/* Attempts by max RSS, whatever their state, in bins of equal width; all types together, and each.
 * Bin b holds what is above b widths and at most b + 1 (the first from 0), so that what fits into a
 * limit at its upper end is all up to it. */
struct campaign_bins {
	double width_bytes; /* as asked for, or ten times as much (a hundred, ...) where the bins
	                     * would be more than CAMPAIGN_MOST_BINS */
	size_t count;
	size_t *tasks;        /* count x (types + 1): bin b of type t is tasks[t * count + b]; the
	                       * last row is of all types */
	double *wall_s;       /* the same: integrated wall time */
	double *tasks_up_to;  /* count: cumulative fraction of tasks at the upper end of each bin */
	double *wall_s_up_to; /* count: and of wall time */
};

/* The cumulative distribution of the same attempts by max RSS: its points are exact, and are
 * thinned to what a plot can show (between two of them less than 1/500 of tasks, of wall time and
 * of the axis; at the upper end every task). */
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
	uint32_t *place_of_type;           /* of campaign.types: index into types; UINT32_MAX: no
	                                    * task is of it */
	struct campaign_bins bins;
	struct campaign_cumulative cumulative;
	double limit_bytes; /* NAN: none was given */
};

enum { CAMPAIGN_MOST_BINS = 10000 };

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

/* What does not fit into limit_bytes: of every type, in the order of requirements.types, and last
 * of all together; ret_overs has room for type_count + 1. */
void requirements_over(const struct requirements *requirements, double limit_bytes,
                       struct campaign_over *ret_overs);

/* ---- Campaigns beside one another ---------------------------------------------------------- */

/* Less (of efficiency: more) by 5 % or more, with an interval that says so, at the median or at p95
 * and not the other way at the other. */
enum campaign_change {
	CAMPAIGN_SAME,    /* less than 5 % either way, with intervals that say so */
	CAMPAIGN_UNCLEAR, /* neither a change is known nor that there is none */
	CAMPAIGN_IMPROVED,
	CAMPAIGN_WORSE,
	CAMPAIGN_MIXED, /* improved at one of median and p95, worse at the other */
	CAMPAIGN_NOT_COMPARABLE,
	CAMPAIGN_CHANGES
};

/* "same", "unclear", "improved", "worse", "mixed", "not-comparable". */
extern const char *const campaign_change_names[CAMPAIGN_CHANGES];

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

/* Of one campaign against the first, how many figures of types were held against each other, */
struct campaign_chance {
	size_t compared; /* with an interval for the ratio of the median or of p95 */
	size_t told;     /* and how many are told as improved, worse or mixed; */
	/* As many at most would be, on average, if nothing had changed and tasks were independent.
	 */
	double by_chance;
};

struct campaign_chance requirements_chance(const struct requirements_comparison *comparison,
                                           size_t campaign);

/* The question of memory per core in words: how many tasks fit into limit_bytes, and which do not.
 * Written into text, which is cut when it is too long. */
void requirements_words(const struct requirements *requirements, double limit_bytes, char *text,
                        size_t text_bytes);

#endif
