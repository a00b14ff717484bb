/* How a fleet stands, for those who wait for it: how many nodes are in which state, which of them
 * need a look and why, and what was asked to know it. For text and JSON alike. */
#ifndef REPORT_FLEET_STATUS_VIEW_H
#define REPORT_FLEET_STATUS_VIEW_H

#include "model/fleet.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;

/* What was asked of the batch system. Texts are the caller's. */
struct status_batch {
	const char *name;      /* "Slurm 22.05.8"; NULL: there is none here */
	const char *no_answer; /* why it said nothing this time; NULL: it did */
	int64_t answered_ns;   /* when it last did, calendar; RECORD_ABSENT: never */
	uint64_t calls;        /* commands that were started for this look */
};

/* What else is to be known of the fleet's folder. */
struct status_work {
	size_t uncollected; /* nodes whose last attempt left a result that was not loaded yet */
	size_t unranked;    /* that pass by themselves, and were not held against the others yet */
	bool is_submitting; /* a submit is at work */
};

/* Nodes with one verdict for one reason. */
struct status_group {
	enum fleet_verdict verdict;
	const char *reason; /* of the fleet's; NULL: none */
	size_t *nodes;      /* indexes into fleet.nodes, ascending */
	size_t node_count;
};

struct status_view {
	const struct fleet *fleet;
	struct status_batch batch;
	size_t in_verdict[FLEET_VERDICTS];
	struct status_group *groups; /* that need a look, worst first */
	size_t group_count;
	size_t group_capacity;
	uint64_t trials_done; /* over running nodes */
	uint64_t trials_planned;
	size_t unsubmitted; /* nodes that the site has ready, and for which there is no job yet */
	struct status_work work;
};

/* The fleet and the texts of batch must outlive the view. Returns 0 or -ENOMEM. */
int status_view_build(const struct fleet *fleet, const struct status_batch *batch,
                      const struct status_work *work, struct status_view *ret_view,
                      struct error *err);

/* Whether somebody should look at a node. */
bool status_needs_look(const struct fleet_node *node, int64_t now_ns);

/* Whether the site has a node ready, as far as is known, and there is no job for it yet. */
bool status_is_unsubmitted(const struct fleet_node *node);

/* Whether some node's verdict may still change by itself: a job runs or waits, or a submit is at
 * work and has nodes left. */
bool status_is_open(const struct fleet *fleet, const struct status_work *work);

void status_view_release(struct status_view *view);

#define cleanup_status_view __attribute__((cleanup(status_view_release)))

#endif
