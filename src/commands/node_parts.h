/* The parts of `plateau node`; for node*.c alone. */
#ifndef COMMANDS_NODE_PARTS_H
#define COMMANDS_NODE_PARTS_H

#include "commands/command.h"
#include "model/capability.h"
#include "model/metric.h"
#include "model/scenario.h"
#include "platform/node.h"
#include "report/node_view.h"
#include "run/preflight.h"

#include <stdbool.h>
#include <stddef.h>

struct error;

/* Remarks under way. */
struct node_remark_list {
	struct node_remark *items;
	size_t count;
	size_t capacity;
};

/* Adds one; remedy "" for none. Returns 0 or -ENOMEM. */
int node_remark_add(struct node_remark_list *list, const char *code, bool is_refusal,
                    const char *text, const char *remedy, struct error *err);

/* Whether a scenario can be measured on the node, in node_fit.c. */
struct node_fit_question {
	const struct scenario *scenario;
	const struct node *node;
	const struct metrics *metrics;             /* NULL: libpfm4's names alone */
	const struct capabilities *capabilities;   /* NULL: the node is a recorded one */
	const struct preflight_findings *findings; /* NULL: there was no look */
	struct plan *plan;                         /* of the scenario, or: */
	const char *plan_problem;                  /* why there is none */
};

/* Adds what stands against it, and what is to be known. Returns 0, or -errno of a failure that has
 * nothing to do with the scenario. */
int node_fit_judge(const struct node_fit_question *question, struct node_remark_list *remarks,
                   struct error *err);

#endif
