/* The stages of compare_build, in the order in which it calls them. For analyse/compare*.c. */
#ifndef ANALYSE_COMPARE_COMPARE_PARTS_H
#define ANALYSE_COMPARE_COMPARE_PARTS_H

#include "analyse/compare/compare_values.h"
#include "analyse/compare/comparison.h"

#include <stdbool.h>

/* Levels that both sides have, and those that only one has. Returns 0 or -ENOMEM. */
int compare_match_levels(struct comparison *c, struct error *err);

/* Whether a level of a result has trials, or figures that were stated. */
bool compare_has_level(const struct findings *findings, size_t level);

/* The levels of a concurrency and policy (NULL: any) of each run of a side, -1 where it has none;
 * ret_levels has room for one per run. Returns whether any has it. */
bool compare_levels_of(const struct side *side, uint32_t concurrency, const char *policy,
                       ptrdiff_t *ret_levels);

/* The measures that may be compared; c->queries has them. Returns 0 or -ENOMEM. */
int compare_find_queries(struct comparison *c, struct error *err);

/* The ratio, or the difference, of what two sides have of one measure. Returns 0 or -ENOMEM. */
int compare_ratio(const struct measure_query *query, bool is_difference,
                  const struct side_values *base, const struct side_values *new,
                  struct ratio *ret_ratio, struct error *err);

/* Both sides of a query at a level. */
struct alike {
	struct side_values base, new;
	const char *reason; /* why these figures are not comparable, or NULL */
	const char *code;   /* of the remark that says so */
	const char *note;
};

/* Loads both, choosing what both have where there is a choice (the source of a frequency, the mode
 * of a count), and looks whether they mean the same. Texts are kept in c->texts. Returns 0 or
 * -ENOMEM; the caller unloads. */
int compare_load_alike(struct comparison *c, const struct compared_level *level,
                       const struct measure_query *query, struct alike *ret_alike,
                       struct error *err);

/* Whether the processors are of one family and model, so that one event means one thing. */
bool compare_is_same_processor(const struct dataset *a, const struct dataset *b);

/* Of a level of a result, the concurrency of the baseline that its efficiency is drawn from; 0:
 * unknown. */
uint32_t compare_baseline(const struct findings *findings, const char *policy);

/* The node's answer. Returns 0 or -ENOMEM. */
int compare_nodes(struct comparison *c, struct error *err);

/* Keeps a text for a reason or a note, each text once; NULL when memory ran out. */
const char *compare_keep(struct comparison *c, struct error *err, const char *format, ...)
        __attribute__((format(printf, 3, 4)));

/* Everything in which the sides differ. Returns 0 or -ENOMEM. */
int compare_find_remarks(struct comparison *c, struct error *err);

/* Appends a remark, the same text once. Returns 0 or -ENOMEM. */
int compare_remark(struct comparison *c, bool is_serious, const char *code, struct error *err,
                   const char *format, ...) __attribute__((format(printf, 5, 6)));

/* The remarks on the scenario, on the program, and on the machines. Return 0 or -ENOMEM. */
int compare_remark_scenario(struct comparison *c, struct error *err);

/* Whether two effective scenarios differ in what makes runs unlike: not in how often levels are
 * repeated, what the node must be, or what else is of no consequence. One that is not there (NULL)
 * is passed over. Returns 0 or -ENOMEM. */
int compare_scenario_differs(const char *first, const char *second, bool *ret_differs,
                             struct error *err);
int compare_remark_nodes(struct comparison *c, struct error *err);

/* Whether both run the same program file with the same arguments: another path to it is the same
 * command. */
bool compare_is_same_command(const struct run_facts *first, const struct run_facts *other);

#endif
