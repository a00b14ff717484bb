/* What a production needs, as a question: how many instances of which tasks, on nodes of which
 * kind, writing what. Bound in formats/capacity; what a file leaves to campaigns, results and
 * tables of visits is filled in by analyse/capacity_sources; answered by analyse/capacity_needs.
 * docs/capacity.md. */
#ifndef MODEL_CAPACITY_H
#define MODEL_CAPACITY_H

#include "model/words.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;

/* A number with what is known of its uncertainty; SI units. */
struct capacity_figure {
	double value; /* NAN: absent */
	double low;   /* 95 % interval; NAN: none, it is taken as it stands */
	double high;
	size_t n; /* that it was worked out from (tasks, trials); 0: somebody wrote it down */
};

/* Where something stands in its file, for messages about what was found out later. */
struct capacity_place {
	size_t line; /* from 1 */
	size_t column;
	char path[128]; /* "tasks.isr.from" */
	/* While a file is being read: a problem of it is told already, and it is not checked
	 * further. */
	bool is_faulty;
};

/* What is taken of the tasks of one type. */
enum capacity_statistic {
	CAPACITY_MEAN,
	CAPACITY_P50,
	CAPACITY_P95,
	CAPACITY_P99,
	CAPACITY_MAX,
	CAPACITY_LINEAR, /* lines against a covariate, from here on: least squares, */
	CAPACITY_ROBUST,
	CAPACITY_ENVELOPE,        /* quantile regression, */
	CAPACITY_ENVELOPE_MAXIMA, /* through the largest of every x */
	CAPACITY_STATISTICS
};

/* "mean", "p50", ..., "envelope-maxima"; ends with NULL. */
extern const char *const capacity_statistic_names[CAPACITY_STATISTICS + 1];

/* Where CPU time and memory of a task come from; of campaign, parameters and result one is there.
 * Paths are as written. */
struct capacity_source {
	char *campaign;   /* tasks of a campaign */
	char *parameters; /* resource parameters of gen3_workflow: lines against visits */
	char *result;     /* a result of plateau: throughput at N */
	char *type;       /* in the campaign or the parameters; NULL: as the task is called */
	char *covariate;  /* that lines are against; NULL: "visits" */
	enum capacity_statistic cpu;
	enum capacity_statistic max_rss;
	bool has_cpu; /* cpu is said; else the mean */
	bool has_max_rss;
	uint32_t at; /* N of the result; 0: the one that it recommends */
	struct capacity_place place;
};

/* How many visits there are to a patch. */
struct capacity_visits {
	char *table; /* of visits per patch and band, as written; NULL: typed */
	struct capacity_figure mean;
	struct capacity_figure max;
	double coadds; /* of the table: patches in a band with visits; NAN: none */
	double warps;  /* pairs of a patch and a visit */
	double patches;
	struct capacity_place place;
};

/* Throughput of one node that ran this task alone, at a chosen N. */
struct capacity_rate {
	struct capacity_figure per_s;
	double cpu_s;         /* CPU time of a task there, the mean; NAN: not known */
	uint32_t concurrency; /* 0: there is none */
	char *origin;         /* in words: "rome.db at N=96, recommended" */
};

/* A need of one instance: at the visits of `visits` it is `at`, and grows by slope with each. */
struct capacity_need {
	struct capacity_figure at; /* s, or bytes */
	double slope;              /* per visit; 0: visits do not matter */
	char *origin;              /* in words: "typed", "p95 of 32800 tasks of stage1.db" */
};

enum capacity_count {
	CAPACITY_TYPED,
	CAPACITY_COADDS, /* from the table of visits */
	CAPACITY_WARPS,
	CAPACITY_PATCHES,
	CAPACITY_COUNTS
};

/* "", "coadds", "warps", "patches". */
extern const char *const capacity_count_names[CAPACITY_COUNTS];

enum { CAPACITY_NO_VISITS = -1 };

struct capacity_task {
	char *name;
	/* As the file has it. */
	struct capacity_figure instances;
	enum capacity_count count;
	struct capacity_figure cpu_hours; /* of all instances together */
	struct capacity_figure cpu_s;     /* of each */
	struct capacity_figure max_rss_bytes;
	double cores; /* of a node that each takes; NAN: not said, 1 where no source says it */
	/* CPU time / (wall time x cores): how busy it keeps them; absent: all the time. */
	struct capacity_figure cpu_efficiency;
	bool has_source;
	struct capacity_source source;
	ptrdiff_t visits; /* index into capacity.visits, or CAPACITY_NO_VISITS */
	struct capacity_place place;
	/* Filled in by analyse/capacity_sources. */
	struct capacity_need cpu;     /* of each; absent where cpu_hours is typed */
	struct capacity_need max_rss; /* absent where a result says how many fit */
	struct capacity_rate rate;    /* of the node that a result is of */
	char *cores_origin;           /* in words; NULL: nothing is to be said of them */
};

/* A task measured on a platform: its result says what the node does. */
struct capacity_measured {
	char *task; /* its name */
	char *result;
	uint32_t at; /* 0: recommended */
	struct capacity_place place;
	size_t task_index; /* filled in */
	struct capacity_rate rate;
};

struct capacity_platform {
	char *name;
	double cores;        /* NAN: not said: it is a node that results are of */
	double memory_bytes; /* NAN likewise */
	double reserve_bytes;
	struct capacity_figure cpu_factor;
	char *factor_origin; /* in words, where a comparison says it; else NULL */
	/* Results that the factor is worked out from: words as `plateau compare` takes them. */
	char *factor_base;
	char *factor_new;
	uint32_t factor_at; /* N of both; 0: each at its best */
	struct capacity_measured *measured;
	size_t measured_count;
	size_t measured_capacity;
	uint32_t nodes; /* that there are; 0: not said */
	struct capacity_place place;
};

/* What tasks write. */
struct capacity_product {
	char *name;
	char *task; /* that writes it; NULL: not said */
	struct capacity_figure size_bytes;
	struct capacity_figure instances; /* absent: one of each instance of its task */
	bool is_kept;
	struct capacity_place place;
	/* Filled in. */
	ptrdiff_t task_index; /* -1: instances are its own */
	char *origin;         /* of the size, where a file says it; else NULL */
};

struct capacity {
	char *name;
	char *sizes; /* a file of product sizes, for products without a size; or NULL */
	struct capacity_place sizes_place;
	bool has_source;
	struct capacity_source source;  /* of tasks that say nothing else */
	struct capacity_visits *visits; /* the first is of tasks that say nothing else */
	size_t visits_count;
	size_t visits_capacity;
	bool has_visits; /* the first is there */
	struct capacity_task *tasks;
	size_t task_count;
	size_t task_capacity;
	struct capacity_platform *platforms;
	size_t platform_count;
	size_t platform_capacity;
	struct capacity_product *products;
	size_t product_count;
	size_t product_capacity;
	struct words remarks; /* what a person should know of where values are from */
};

/* A figure that is not there, and one as it stands. */
struct capacity_figure capacity_figure_absent(void);
struct capacity_figure capacity_figure_of(double value);
bool capacity_figure_is_there(const struct capacity_figure *figure);
/* Whether something is known of its uncertainty. */
bool capacity_figure_has_interval(const struct capacity_figure *figure);

/* Appends an empty item (figures absent) that the caller fills; valid until the next. Returns 0 or
 * -ENOMEM. */
int capacity_add_task(struct capacity *capacity, struct capacity_task **ret_task,
                      struct error *err);
int capacity_add_platform(struct capacity *capacity, struct capacity_platform **ret_platform,
                          struct error *err);
int capacity_add_product(struct capacity *capacity, struct capacity_product **ret_product,
                         struct error *err);
int capacity_add_measured(struct capacity_platform *platform, struct capacity_measured **ret_item,
                          struct error *err);
int capacity_add_visits(struct capacity *capacity, size_t *ret_index, struct error *err);

/* The index of the task of this name, or -1. */
ptrdiff_t capacity_find_task(const struct capacity *capacity, const char *name);

/* What a task takes its values from: its own source with what it leaves out taken from the file's.
 * Texts belong to capacity. False: there is none. */
bool capacity_source_of(const struct capacity *capacity, const struct capacity_task *task,
                        struct capacity_source *ret_source);

/* Of a node, what each takes: 1 where nothing says more. */
double capacity_cores_of(const struct capacity_task *task);

/* What the task is called in its source. */
const char *capacity_type_of(const struct capacity_task *task,
                             const struct capacity_source *source);

void capacity_release(struct capacity *capacity);

#define cleanup_capacity __attribute__((cleanup(capacity_release)))

#endif
