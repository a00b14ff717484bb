/* A node with what is needed to show it; nothing in it is owned. */
#ifndef REPORT_NODE_VIEW_H
#define REPORT_NODE_VIEW_H

#include "model/capability.h"
#include "model/clock_reading.h"
#include "model/dataset.h"
#include "model/topology.h"

#include <stdbool.h>
#include <stddef.h>

/* What is to be said of the node or of a scenario on it. */
struct node_remark {
	char code[32];
	char text[512];
	char remedy[320]; /* "" for none */
	bool is_refusal;  /* nothing is measured here as long as it holds */
};

struct node_remarks {
	const struct node_remark *items;
	size_t count;
};

struct node_view {
	const struct host_facts *facts;
	const struct topology *topology;
	const struct capabilities *capabilities; /* NULL: of a recorded machine */
	const char *metrics_processor;           /* as metric files call it; NULL: they do not */
	struct node_remarks findings;            /* of the preflight */
	const char *findings_reason;             /* why there was none; NULL: there was one */
	const struct clock_probe *idle;
	const struct clock_probe *all;
	const char *probe_reason; /* why neither is there; NULL: they are */
	const char *disturbance;  /* what disturbed the probe; NULL: nothing that is known */
	const char *scenario;     /* NULL: none was given */
	struct node_remarks fit;  /* what stands against it here, and what is to be known */
};

/* Whether anything in remarks is a refusal. */
bool node_remarks_refuse(const struct node_remarks *remarks);

/* The limits of frequency that somebody states, and who. */
struct node_frequency_limit {
	const char *fact; /* of host_facts */
	const char *name; /* what it is: "highest" */
	const char *source;
};

/* Ends with one whose fact is NULL. */
extern const struct node_frequency_limit node_frequency_limits[];

#endif
