/* One node's results over time: each against the first that was accepted, at the level at which the
 * node is full. Pure; docs/method.md says when a node is called slower than it was. */
#ifndef ANALYSE_FLEET_HISTORY_H
#define ANALYSE_FLEET_HISTORY_H

#include "model/fleet.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;

/* One attempt that has a result. */
struct fleet_history_item {
	const struct fleet_attempt *attempt;
	double throughput_per_s; /* at the level; NAN: it has none there */
	double relative;         /* by the first accepted result; NAN: it is not comparable */
	double low, high;        /* 95 %, of what differs from trial to trial; NAN: none */
	bool is_first;           /* the accepted one that the others are held against */
	bool is_slower;
	/* What else is not as it was then, in words: "program, kernel"; NULL: nothing that is known
	 */
	char *changed;
	bool has_other_program; /* than the first accepted result: that may be why */
	const char *reason;     /* why it is not compared ("another scenario"); NULL: it is */
};

struct fleet_history {
	uint32_t concurrency; /* of the first accepted result; 0: there is none */
	char *policy;
	struct fleet_history_item *items; /* those with a result, by number: clocks may be wrong */
	size_t count;
	double class_relative; /* what its class as a whole does of what it did; NAN: not known */
	size_t class_nodes;    /* that have a history, the node among them */
	/* The last result does less, and the node may be blameless: its class as a whole got
	 * slower, or the program is another one. */
	bool is_open;
	char *sentence; /* of the last one: "is 8 % slower than ..."; never NULL */
};

/* The node must outlive the history. Accepted is a whole result whose criteria, if it was held
 * against any, it passed. Returns 0 or -ENOMEM. */
int fleet_history_build(const struct fleet_node *node, struct fleet_history *ret_history,
                        struct error *err);
/* Holds the last result against what its class as a whole changed by, as the ranking of the fleet
 * says it: a node got slower only if it lost more than that. Returns 0 or -ENOMEM. */
int fleet_history_hold(struct fleet_history *history, double class_relative, size_t class_nodes,
                       struct error *err);
void fleet_history_release(struct fleet_history *history);

#define cleanup_fleet_history __attribute__((cleanup(fleet_history_release)))

#endif
