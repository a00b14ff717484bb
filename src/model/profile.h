/* What one result says of its node, in so few figures that a fleet of hundreds can be held beside
 * each other: the hardware as it was found, the figures of every level, and those of every place of
 * the machine. Made by analyse/fleet/profile, kept in a fleet file. Texts are owned; NULL is
 * unknown, NAN absent. */
#ifndef MODEL_PROFILE_H
#define MODEL_PROFILE_H

#include "model/measure.h"
#include "model/plan.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A figure of one level, with its interval where it has one. */
struct profile_figure {
	uint32_t concurrency;
	uint32_t policy;         /* index into policies */
	enum measure_id measure; /* never MEASURE_COUNTER, MEASURE_FIGURE */
	double value;
	double low, high; /* 95 %; NAN: none */
	uint32_t n;       /* trials behind it */
	/* Of a frequency: its name. Of MEASURE_OFF_CPU: "" the whole, then what it is made of, as
	 * analyse/attribution names it: "run_queue", "block_io", "page_in", "other". Else "". A
	 * figure is told from another by policy, concurrency, measure and source together. */
	char source[16];
};

/* "core", "l3", "package" as analyse/distributions; kept as a word so that a file tells it. */
enum profile_place_kind { PROFILE_CORE, PROFILE_L3, PROFILE_PACKAGE, PROFILE_PLACE_KINDS };
extern const char *const profile_place_names[PROFILE_PLACE_KINDS];

/* What the tasks of one place took at one level: comparable with the same place of another node of
 * the same hardware, and with the other places of this node. */
struct profile_place {
	uint32_t concurrency;
	uint32_t policy;
	enum profile_place_kind kind;
	int32_t index;   /* logical */
	int32_t l3;      /* that holds a core; -1: not known, or not a core */
	int32_t package; /* that holds it; -1: not known */
	double wall_s; /* of a task there: geometric mean over trials; of an L3 or package the lower
	                * median of its cores, so that one slow core does not make it slow */
	double relative; /* to the median of its like on this node (1: as the others); NAN: no like
	                  */
	double relative_se; /* of its log, over trials; NAN: one trial */
	uint32_t trials;
	uint32_t tasks;
};

/* A fact that tells one kind of hardware from another, or that a reader wants beside a node. */
struct profile_fact {
	char *name;    /* as the host fact, e.g. "processor", "bios_version" */
	char *value;   /* NULL: absent */
	bool in_class; /* it is part of what makes the hardware class */
};

struct profile {
	char *run_id;
	char *name; /* of the scenario */
	char *host; /* host name, by the result */
	char *scenario_sha256;
	char *command;
	int64_t started_ns; /* calendar */
	int64_t finished_ns;
	char *state;    /* "done", "interrupted", ... (run_state_names) */
	uint64_t tasks; /* measured ones */
	uint64_t failed_tasks;
	uint32_t trials_done;
	uint32_t trials_planned;
	char *failure; /* what most failed tasks died of, in words; NULL: none failed */
	char **policies;
	size_t policy_count;
	struct profile_fact *facts;
	size_t fact_count;
	struct profile_figure *figures; /* by policy, concurrency, measure; of one measure the
	                                 * whole ("") before its parts */
	size_t figure_count;
	struct profile_place *places; /* by policy, concurrency, kind, index; of levels that load
	                               * every core alike */
	size_t place_count;
	char **doubts; /* serious warnings of the result, "code: text" */
	size_t doubt_count;
};

/* A figure of a level, or NULL. */
const struct profile_figure *profile_find(const struct profile *profile, uint32_t concurrency,
                                          uint32_t policy, enum measure_id measure);
/* A part of a figure ("run_queue" of MEASURE_OFF_CPU), or NULL. */
const struct profile_figure *profile_find_part(const struct profile *profile, uint32_t concurrency,
                                               uint32_t policy, enum measure_id measure,
                                               const char *source);
/* The index of a policy in profile->policies, which must have it. */
uint32_t profile_policy(const struct profile *profile, const char *policy);
const char *profile_fact(const struct profile *profile, const char *name);

/* A doubt without the code before it. */
const char *profile_doubt_words(const char *doubt);

void profile_release(struct profile *profile);

#define cleanup_profile __attribute__((cleanup(profile_release)))

#endif
