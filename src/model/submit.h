/* What a submit does with each node of a fleet: planned by fleet/submit_plan, carried out by
 * fleet/submit, shown by report/fleet. Texts are owned; NULL is unknown. */
#ifndef MODEL_SUBMIT_H
#define MODEL_SUBMIT_H

#include "model/batch.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum submit_state {
	SUBMIT_WAITING,   /* is to be submitted, or would be */
	SUBMIT_SUBMITTED, /* the batch system took the job */
	SUBMIT_REFUSED,   /* it did not */
	SUBMIT_LIVE,      /* left alone: a job of this node waits or runs */
	SUBMIT_DONE,      /* left alone: its last attempt came to an end */
	SUBMIT_NOT_ASKED, /* left alone: --retry asks for others */
	SUBMIT_NOT_RUN,   /* the site does not let it be used now */
	SUBMIT_STATES
};

struct submit_state_words {
	const char *name;  /* "not-run", in JSON */
	const char *words; /* "not run" */
};

extern const struct submit_state_words submit_state_words[SUBMIT_STATES];

struct submit_step {
	char *node;
	uint32_t attempt; /* that is submitted; of nodes that are left alone the last; 0: none */
	enum submit_state state;
	enum node_use use;
	char *partition;       /* the only one that the node is in; NULL: there are several */
	bool is_made;          /* its folder is there: a submit before this one had begun with it */
	bool is_in_doubt;      /* and may have submitted it: it never noted an answer */
	char *job;             /* the batch system's id */
	char *reason;          /* of what is not submitted, in a sentence */
	bool is_drained_by_us; /* its site's reason is that of a drain command of fleet rank */
};

/* Those that are to be submitted first, in the order in which they are. */
struct submit_steps {
	struct submit_step *items;
	size_t count;
	size_t capacity;
};

/* How many steps have a state. */
size_t submit_steps_in(const struct submit_steps *steps, enum submit_state state);

void submit_steps_release(struct submit_steps *steps);

#define cleanup_submit_steps __attribute__((cleanup(submit_steps_release)))

#endif
