/* The stages of fleet_rank, in the order in which they are called. For analyse/fleet/rank*.c. */
#ifndef ANALYSE_FLEET_RANK_PARTS_H
#define ANALYSE_FLEET_RANK_PARTS_H

#include "analyse/fleet/rank.h"
#include "core/str.h"

struct error;

enum {
	RANK_LEAST_NODES = 5, /* of a class, to call one of them slow */
	RANK_MOST_CAUSES = 3
};

/* The floor of a class's deviation, as part of its median. */
#define RANK_FLOOR 0.005
/* A node is slow by so many deviations, and by this part of the median besides. */
#define RANK_SIGMAS 3.5
#define RANK_MARGIN 0.05
/* How often a fleet in which nothing is slow may have a node that is called so. */
#define RANK_ALPHA 0.05

/* What is known of a place that stands apart. */
struct rank_place {
	enum fleet_component component; /* core, L3, package; NONE: no place does */
	int32_t index;                  /* of the slowest */
	int32_t l3, package;            /* that hold it; -1: not known */
	double relative;   /* wall time there, by what its place and the rest of the node explain */
	size_t count;      /* slow places of this kind */
	double loss;       /* what these cost the node of its throughput, a part of 1, */
	double total_loss; /* and what the slow places of all kinds do */
};

/* A node of the fleet. */
struct rank_node {
	const struct fleet_attempt *measured; /* with a whole result; NULL: none */
	const struct fleet_attempt *first;    /* the accepted result that it was held against */
	struct rank_place place;              /* that is slow, if any is */
	/* That takes longer than its like, as do places of half the nodes: it cannot be told. */
	struct rank_place masked;
};

/* What is worked on. */
struct ranking_work {
	const struct fleet *fleet;
	struct fleet_ranking *ranking;
	struct rank_node *nodes; /* as fleet->nodes */
};

/* Whether an attempt has the result of a run that came to its end. */
bool rank_is_whole(const struct fleet_attempt *attempt);
/* Whether others may be held against it: what came of it is not bad. Tasks that fail early, or
 * late, say nothing of how fast the hardware is. */
bool rank_is_reference(const struct fleet_attempt *attempt);
/* How many tasks a node holds, one on each core (or threads of them); INFINITY: not known. */
double rank_full(const struct profile *profile);
/* Whether a level is more like a full node (rank_full) than another: the highest of those from half
 * to all of the cores; without one, the lowest above; without that, the highest below. */
bool rank_is_fuller(uint32_t concurrency, uint32_t chosen, double full);
/* Whether a node as a whole is slow in its class. */
bool rank_is_slow(const struct fleet_class *class, const struct fleet_rank_item *item);
/* The band of a level other than the class's at which a node is slow, the worst; NULL: there is
 * none. */
const struct fleet_band *rank_slow_level(const struct fleet_class *class,
                                         const struct profile *profile);
/* The band of a level of this result that is more like a full node than the class's, and that too
 * few have to be held against each other; NULL: there is none. */
const struct fleet_band *rank_own_level(const struct fleet_class *class,
                                        const struct profile *profile);

/* The whole result that a node is measured by, or NULL. */
const struct fleet_attempt *rank_measured(const struct fleet_node *node);

/* Makes the classes, and gives each item its class. Returns 0 or -ENOMEM. */
int rank_make_classes(struct ranking_work *work, struct error *err);
/* Chooses the level of a class, and describes it: median, deviation, bands, reason. */
int rank_describe_class(const struct ranking_work *work, struct fleet_class *class,
                        struct error *err);
/* What is odd about classes as a whole. Returns 0 or -ENOMEM. */
int rank_note_classes(struct ranking_work *work, struct error *err);
/* Finds the slow places of the nodes of a class: fills in work->nodes. */
int rank_find_places(struct ranking_work *work, const struct fleet_class *class, struct error *err);
/* What is slow in the nodes of a class that are slow: component and evidence. */
int rank_find_causes(struct ranking_work *work, const struct fleet_class *class, struct error *err);
/* Whether too much is bad, and what that has in common. Returns 0 or -ENOMEM. */
int rank_find_systemic(struct ranking_work *work, struct error *err);
/* Which of the slow ones were slow in earlier attempts. Returns 0 or -ENOMEM. */
int rank_find_before(struct ranking_work *work, struct error *err);
/* Who got slower since its first accepted result. Returns 0 or -ENOMEM. */
int rank_find_since(struct ranking_work *work, struct error *err);

/* The item of a node (index into fleet.nodes), while items are in the order of nodes. */
struct fleet_rank_item *rank_item(const struct ranking_work *work, size_t node);

/* A figure of an attempt at the level of a class; source as in profile_find_part, NULL: any. NAN:
 * it has none. */
double rank_value(const struct fleet_attempt *attempt, const struct fleet_class *class,
                  enum measure_id measure, const char *source);
const struct profile_figure *rank_figure(const struct profile *profile, const char *policy,
                                         uint32_t concurrency, enum measure_id measure,
                                         const char *source);

/* The deviation (robust, 1.4826 MAD) by which a value has to be below the median so that of `count`
 * values that are alike one is so in RANK_ALPHA of cases, and RANK_SIGMAS at least. */
double rank_threshold(size_t count);
/* The same for nodes, whose deviation is that of so few values: of a class that has so many at each
 * of so many levels; and for the level at which a class is held against each other. */
double rank_node_threshold(size_t nodes, size_t levels);
double rank_class_threshold(const struct fleet_class *class);

/* The median of count values, and 1.4826 MAD; NAN without any. scratch has room for them. */
void rank_centre(const double *values, size_t count, double *scratch, double *ret_median,
                 double *ret_deviation);

/* The value of a fact that most nodes of a class have, where most have one, and how many of them
 * do. */
struct rank_usual {
	const char *value; /* NULL: the fact is not known */
	size_t count;
};

/* Of each of fleet_facts; the values belong to the nodes. */
void rank_find_usual(const struct ranking_work *work, const struct fleet_class *class,
                     struct rank_usual *ret_usual);
/* Appends in what the facts of a node differ from nearly all others of its class. Returns how
 * many. */
size_t rank_add_differences(const struct ranking_work *work, const struct fleet_class *class,
                            const struct rank_usual *usual, size_t node, struct str *text);
/* Whether a fact that both results tell is not as it was. */
bool rank_has_changed(const struct profile *now, const struct profile *before, const char *fact);
/* Whether two values of a fact say the same; NULL is a value. Sizes in bytes may differ by 2 %. */
bool rank_same_value(const char *fact, const char *a, const char *b);

/* "own (other)", each cut where it is long; NULL: not known. */
void rank_add_pair(struct str *text, const char *own, const char *other);

#endif
