#include "run/protocol.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
	/* Fewer ended tasks than this say nothing about the share of failures. */
	LEAST_TASKS_TO_ABANDON = 4,
	/* A slot that fails so often in a row, beside slots that work, will not become warm: with
	 * 40 % of all tasks failing at random this happens once in 4,000 slots. */
	FAILURES_IN_A_ROW = 9
};

void protocol_begin(struct protocol *protocol, const struct protocol_rules *rules,
                    struct protocol_slot *slots, int64_t start_ns)
{
	memset(slots, 0, rules->slots * sizeof *slots);
	*protocol = (struct protocol){
	        .rules = *rules,
	        .slots = slots,
	        .phase = PHASE_WARMUP,
	        .start_ns = start_ns,
	        .last_warm_ns = start_ns,
	        .window_start_ns = RECORD_ABSENT,
	        .window_end_ns = RECORD_ABSENT,
	};
}

static uint32_t needed_successes(const struct protocol *protocol)
{
	return (uint32_t)ceil(protocol->rules.warmup.tasks);
}

/* A slot is warm when it has had its successes; without any to have, when it has begun. */
static bool is_warm(const struct protocol *protocol, const struct protocol_slot *slot)
{
	return slot->was_started && slot->successes >= needed_successes(protocol);
}

void protocol_started(struct protocol *protocol, uint32_t slot, int64_t now_ns)
{
	struct protocol_slot *const s = &protocol->slots[slot];
	if (s->was_started)
		return;
	s->was_started = true;
	if (is_warm(protocol, s)) {
		protocol->warm_slots++;
		protocol->last_warm_ns = now_ns;
	}
}

static void abandon_when_hopeless(struct protocol *protocol, uint32_t slot)
{
	uint64_t least = (uint64_t)protocol->rules.slots * needed_successes(protocol);
	if (least < LEAST_TASKS_TO_ABANDON)
		least = LEAST_TASKS_TO_ABANDON;
	const bool most_fail = protocol->ended >= least && 2 * protocol->failed > protocol->ended;
	const bool slot_fails = protocol->slots[slot].failures_in_a_row >= FAILURES_IN_A_ROW;
	if (!most_fail && !slot_fails)
		return;
	protocol->phase = PHASE_ABANDONED;
	if (most_fail)
		snprintf(protocol->reason, sizeof protocol->reason,
		         "%" PRIu64 " of %" PRIu64 " tasks failed in warm-up", protocol->failed,
		         protocol->ended);
	else
		snprintf(protocol->reason, sizeof protocol->reason,
		         "slot %" PRIu32 " failed %d times in a row in warm-up", slot,
		         FAILURES_IN_A_ROW);
}

void protocol_ended(struct protocol *protocol, uint32_t slot, int64_t start_ns, int64_t end_ns,
                    bool is_success, int64_t now_ns)
{
	if (protocol->phase != PHASE_WARMUP)
		return;
	struct protocol_slot *const s = &protocol->slots[slot];
	protocol->ended++;
	if (!is_success) {
		protocol->failed++;
		s->failures_in_a_row++;
		abandon_when_hopeless(protocol, slot);
		return;
	}
	const bool was_warm = is_warm(protocol, s);
	s->successes++;
	s->failures_in_a_row = 0;
	protocol->warm_tasks++;
	protocol->warm_wall_ns += (double)(end_ns - start_ns);
	if (!was_warm && is_warm(protocol, s)) {
		protocol->warm_slots++;
		protocol->last_warm_ns = now_ns;
	}
}

/* The length of the window in ns, from what warm-up has told. */
static int64_t window_length_ns(const struct protocol *protocol)
{
	const double wall_ns = protocol->warm_tasks
	                               ? protocol->warm_wall_ns / (double)protocol->warm_tasks
	                               : (double)protocol->rules.assumed_wall_ns;
	int64_t length_ns = llround(protocol->rules.measured.tasks * wall_ns);
	if (length_ns < protocol->rules.measured.at_least_ns)
		length_ns = protocol->rules.measured.at_least_ns;
	return length_ns > 0 ? length_ns : 1;
}

static int64_t window_due_ns(const struct protocol *protocol)
{
	const int64_t least_ns = protocol->start_ns + protocol->rules.warmup.at_least_ns;
	return protocol->last_warm_ns > least_ns ? protocol->last_warm_ns : least_ns;
}

static bool all_slots_warm(const struct protocol *protocol)
{
	return protocol->warm_slots == protocol->rules.slots;
}

enum protocol_phase protocol_advance(struct protocol *protocol, int64_t now_ns)
{
	if (protocol->phase == PHASE_WARMUP && all_slots_warm(protocol) &&
	    now_ns >= window_due_ns(protocol)) {
		protocol->phase = PHASE_WINDOW;
		protocol->window_start_ns = window_due_ns(protocol);
		protocol->window_end_ns = protocol->window_start_ns + window_length_ns(protocol);
	}
	if (protocol->phase == PHASE_WINDOW && now_ns >= protocol->window_end_ns)
		protocol->phase = PHASE_DRAIN;
	return protocol->phase;
}

int64_t protocol_next_ns(const struct protocol *protocol)
{
	if (protocol->phase == PHASE_WARMUP && all_slots_warm(protocol))
		return window_due_ns(protocol);
	if (protocol->phase == PHASE_WINDOW)
		return protocol->window_end_ns;
	return INT64_MAX;
}

bool protocol_must_finish(const struct protocol *protocol, int64_t start_ns)
{
	switch (protocol->phase) {
	case PHASE_DRAIN:
		return start_ns < protocol->window_end_ns;
	case PHASE_ABANDONED:
		return false;
	default:
		return true;
	}
}
