/* The measuring protocol of one trial as a pure state machine on times and outcomes: warm-up, then
 * a window whose length is fixed the moment it opens, then a drain in which measured tasks finish
 * while fillers keep the other slots busy. The engine feeds it; tests feed it simulated tasks.
 *
 *   warm-up  ends when every slot has had its share of successful tasks (and at_least has passed)
 *   window   measured.tasks x mean wall of the successful warm-up tasks, or at_least if longer
 *   drain    until no task that began before the end of the window is running
 *
 * Why a window, and not so many tasks per slot: docs/method.md. */
#ifndef RUN_PROTOCOL_H
#define RUN_PROTOCOL_H

#include "model/record.h"
#include "model/scenario.h"

#include <stdbool.h>
#include <stdint.h>

enum protocol_phase { PHASE_WARMUP, PHASE_WINDOW, PHASE_DRAIN, PHASE_ABANDONED };

struct protocol_rules {
	uint32_t slots;
	struct scenario_extent warmup;
	struct scenario_extent measured;
	int64_t assumed_wall_ns; /* of a task, where no warm-up task has told; 0: unknown */
};

/* What a slot has done in warm-up. */
struct protocol_slot {
	uint32_t successes;
	uint32_t failures_in_a_row;
	bool was_started;
};

struct protocol {
	struct protocol_rules rules;
	struct protocol_slot *slots; /* rules.slots of them, the caller's */
	enum protocol_phase phase;
	int64_t start_ns;
	int64_t last_warm_ns;    /* when the last slot became warm */
	int64_t window_start_ns; /* RECORD_ABSENT until the window opens */
	int64_t window_end_ns;
	uint32_t warm_slots;
	uint64_t warm_tasks; /* successful ones */
	double warm_wall_ns; /* their sum */
	uint64_t ended;      /* tasks of the warm-up, and failures among them */
	uint64_t failed;
	char reason[RECORD_REASON_BYTES]; /* of ABANDONED */
};

/* Begins a trial at start_ns; slots is zeroed. */
void protocol_begin(struct protocol *protocol, const struct protocol_rules *rules,
                    struct protocol_slot *slots, int64_t start_ns);

/* A slot's task was started. */
void protocol_started(struct protocol *protocol, uint32_t slot, int64_t now_ns);

/* A slot's task has ended, and the slot is empty since now_ns (later than end_ns where descendants
 * lingered). A task ended by plateau itself is not reported. */
void protocol_ended(struct protocol *protocol, uint32_t slot, int64_t start_ns, int64_t end_ns,
                    bool is_success, int64_t now_ns);

/* Lets time pass: opens or closes the window where it is due. Returns the phase. */
enum protocol_phase protocol_advance(struct protocol *protocol, int64_t now_ns);

/* When protocol_advance must be called next, INT64_MAX: not before something ends. */
int64_t protocol_next_ns(const struct protocol *protocol);

/* True when a task that began at start_ns has to be let finish. */
bool protocol_must_finish(const struct protocol *protocol, int64_t start_ns);

#endif
