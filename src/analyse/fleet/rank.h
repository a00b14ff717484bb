/* The nodes of a fleet against their like. Nodes of one hardware class (as found, not as declared)
 * that ran the same scenario are held beside each other, figure by figure; one that is far from the
 * median of its class, by robust z and by margin together, is slow, and what is slow in it is
 * looked for in its places and in its figures. Where too much of a fleet is bad, the cause is not
 * in the nodes, and none is to be drained. Pure; docs/method.md defends it. */
#ifndef ANALYSE_FLEET_RANK_H
#define ANALYSE_FLEET_RANK_H

#include "model/fleet.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What is slow in a node. */
enum fleet_component {
	COMPONENT_NONE, /* nothing is */
	COMPONENT_CORE, /* one or a few cores: index has the slowest */
	COMPONENT_L3,
	COMPONENT_PACKAGE,    /* a socket */
	COMPONENT_MEMORY,     /* more cycles per instruction than its like, on all places */
	COMPONENT_CLOCK,      /* a lower frequency */
	COMPONENT_DISK,       /* waiting for blocks or pages */
	COMPONENT_SHARED_CPU, /* ready and waiting for a CPU: something else runs there */
	COMPONENT_WORK,       /* more instructions: it does not do the same */
	COMPONENT_UNKNOWN,    /* slower, and nothing that was measured says why */
	COMPONENTS
};
/* "core", "l3", "package", "memory", "clock", "disk", "shared-cpu", "work", "unknown". */
extern const char *const fleet_component_names[COMPONENTS];

/* What the nodes of a class do at one level: the band that a node's curve is drawn against. */
struct fleet_band {
	uint32_t concurrency;
	char *policy;
	double low, q1, median, q3, high; /* 5 %, 25 %, 50 %, 75 %, 95 % of the nodes' throughput */
	double deviation;                 /* 1.4826 MAD, not below the floor */
	size_t n;                         /* nodes that have the level */
};

/* A class: nodes that can be held against each other. */
struct fleet_class {
	char *words;   /* "2 x AMD EPYC 7742 (NPS4, 512 GB, firmware 2.7.3)" */
	size_t *nodes; /* indexes into fleet.nodes of those in it with a whole result */
	size_t node_count;
	uint32_t concurrency;     /* the level at which they are held against each other, */
	char *policy;             /* and its policy */
	enum measure_id measure;  /* MEASURE_THROUGHPUT */
	double median;            /* of that figure over the class; NAN: too few */
	double deviation;         /* 1.4826 MAD, not below the floor */
	struct fleet_band *bands; /* by policy (as the first result names them), concurrency */
	size_t band_count;
	double since_relative; /* median over its nodes of what they do of what they did in their
	                        * first accepted results; NAN: too few have a history */
	size_t since_nodes;    /* that have one */
	bool got_slower;       /* as a whole, by more than the margin */
	char *reason; /* why none of the class can be called slow, in a sentence; NULL: they can */
	char *note;   /* what is odd about the class as a whole: slower than another one of the same
	               * processor, two populations, held against each other half empty; in a
	               * sentence; NULL */
	/* Why a node of it that does less than doubt_below at its level, and is not slow in its
	 * class, is no pass: half of them, or all, are slow; in words after "but"; NULL. */
	char *doubt;
	double doubt_below;
};

/* One node. */
struct fleet_rank_item {
	size_t node; /* index into fleet.nodes */
	const struct fleet_attempt
	        *attempt; /* that speaks for it: the last with a result, or the last */
	ptrdiff_t class;  /* index into classes, -1: none */
	enum fleet_verdict verdict;
	double relative;  /* its figure by the median of its class; NAN: none */
	double low, high; /* of relative, from its own interval; NAN */
	double z;         /* robust, below 0: slower; NAN: none */
	enum fleet_component component;
	int32_t component_index;   /* logical index of a place; -1 */
	double component_relative; /* how much slower (wall time) that place or cause makes it; NAN
	                            */
	/* A slow place that does not make the whole node slow (one core of 128 does not) is told as
	 * well: then verdict is FLEET_SLOW for the place's sake. */
	/* Slow at this other level, though not at the class's own (a clock that does not rise when
	 * the node is nearly idle, a sibling thread that is missing), and the policy, which the
	 * class owns; 0: no such level. component is of it then. */
	uint32_t slow_at;
	const char *slow_policy;
	char *evidence;        /* in a sentence, with figures: "core 17 takes 1.31 times ..." */
	bool was_faster;       /* it got slower since its first accepted result: */
	double since_relative; /* this result by that one; NAN */
	char *since;           /* in a sentence; NULL */
	size_t slow_before;    /* earlier attempts that a ranking called slow, where this is */
	char *reason;          /* of the verdict, in a sentence */
};

struct fleet_ranking {
	const struct fleet *fleet;
	struct fleet_class *classes;
	size_t class_count;
	struct fleet_rank_item *items; /* one per node: worst first (verdict, then relative) */
	size_t item_count;
	size_t in_verdict[FLEET_VERDICTS];
	bool is_systemic; /* more than a fifth of those that ended is bad: */
	bool has_common;  /* and something sets the bad ones apart */
	char *systemic;   /* in a sentence or two, with what they have in common; NULL */
	size_t *drain;    /* indexes into items of nodes that should be drained, and are not by our
	                   * reason yet; none if    systemic */
	size_t drain_count;
};

/* The fleet must outlive the ranking. Returns 0 or -ENOMEM. */
int fleet_rank(const struct fleet *fleet, struct fleet_ranking *ret_ranking, struct error *err);
/* Keeps what the ranking says with the attempts that it speaks of, which are the last ones. The
 * fleet is the one that was ranked; words that are the same as before keep their time. Returns 0 or
 * -ENOMEM. */
int fleet_rank_note(const struct fleet_ranking *ranking, struct fleet *fleet, int64_t now_ns,
                    struct error *err);
/* Whether nodes are not what they were when they were accepted: a class as a whole, or single ones.
 */
bool fleet_lost_speed(const struct fleet_ranking *ranking);
/* The part of the median of its class below which a node is slow for its throughput; NAN: none of
 * the class can be called so. */
double fleet_slow_below(const struct fleet_class *class);
void fleet_ranking_release(struct fleet_ranking *ranking);

#define cleanup_fleet_ranking __attribute__((cleanup(fleet_ranking_release)))

#endif
