/* Which nodes get a job: what was run, what the site says, what --retry asks for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/array.h"
#include "core/error.h"
#include "core/str.h"
#include "fleet/submit_plan.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void set(char **text, const char *value)
{
	struct error err;
	assert_int_equal(str_copy(value, text, &err), 0);
}

static void add_node(struct batch_nodes *nodes, const char *name, enum node_use use,
                     const char *state, const char *reason)
{
	struct error err;
	assert_int_equal(array_reserve(&nodes->items, &nodes->capacity, nodes->count + 1,
	                               sizeof *nodes->items, &err),
	                 0);
	struct batch_node *const node = &nodes->items[nodes->count++];
	set(&node->name, name);
	node->use = use;
	if (state)
		set(&node->state_word, state);
	if (reason)
		set(&node->reason, reason);
}

enum attempt_kind {
	NONE,     /* no attempt */
	PREPARED, /* its folder is there, and nothing more */
	REFUSED,
	DAMAGED, /* submitted.json cannot be read */
	BY_HAND, /* it has a state file and no job */
	KNOWN,   /* it was submitted */
};

static void add_attempt(struct fleet *fleet, const char *name, uint32_t number,
                        enum attempt_kind kind, enum fleet_verdict verdict)
{
	struct error err;
	struct fleet_node *const node = fleet_node_take(fleet, name, &err);
	node->verdict = verdict;
	if (kind == NONE)
		return;
	struct fleet_attempt *const attempt = fleet_attempt_take(node, number, &err);
	attempt->verdict = verdict;
	attempt->has_report = kind == BY_HAND;
	if (kind == KNOWN)
		set(&attempt->job.id, "17");
	if (kind == REFUSED)
		set(&attempt->refused, "no such account");
	if (kind == DAMAGED)
		set(&attempt->unreadable, "submitted.json: half");
}

/* One node, in every situation. */
static void test_decisions(void **state)
{
	(void)state;
	static const struct {
		enum attempt_kind kind;
		enum fleet_verdict verdict;
		unsigned retry;
		enum node_use use;
		enum submit_state expected;
		uint32_t attempt;
		bool is_made, is_in_doubt;
		const char *reason; /* part of it; NULL: none */
	} cases[] = {
	        /* Never run. */
	        {NONE, FLEET_NOT_RUN, 0, NODE_IDLE, SUBMIT_WAITING, 1, 0, 0, NULL},
	        {NONE, FLEET_NOT_RUN, 0, NODE_BUSY, SUBMIT_WAITING, 1, 0, 0, NULL},
	        {NONE, FLEET_NOT_RUN, 0, NODE_UNUSABLE, SUBMIT_NOT_RUN, 1, 0, 0, "drained: dimm"},
	        {NONE, FLEET_NOT_RUN, RETRY_FAILED, NODE_IDLE, SUBMIT_NOT_ASKED, 1, 0, 0, "never"},
	        {NONE, FLEET_NOT_RUN, RETRY_FAILED, NODE_IDLE, SUBMIT_NOT_ASKED, 1, 0, 0,
	         "without --retry, or --retry missing"},
	        {NONE, FLEET_NOT_RUN, RETRY_FAILED, NODE_UNUSABLE, SUBMIT_NOT_ASKED, 1, 0, 0,
	         "never run; the node: drained: dimm"},
	        {NONE, FLEET_NOT_RUN, RETRY_MISSING, NODE_IDLE, SUBMIT_WAITING, 1, 0, 0, NULL},
	        /* Begun by a submit that was killed, or refused: the number stays. */
	        {PREPARED, FLEET_NOT_RUN, 0, NODE_IDLE, SUBMIT_WAITING, 2, 1, 1, NULL},
	        {PREPARED, FLEET_NOT_RUN, RETRY_SLOW, NODE_IDLE, SUBMIT_NOT_ASKED, 2, 1, 1,
	         "never"},
	        {REFUSED, FLEET_FAIL, 0, NODE_IDLE, SUBMIT_WAITING, 2, 1, 0, NULL},
	        /* What cannot be read may have been submitted. */
	        {DAMAGED, FLEET_NO_RESULT, 0, NODE_IDLE, SUBMIT_DONE, 2, 0, 0, "no result"},
	        {DAMAGED, FLEET_NO_RESULT, RETRY_MISSING, NODE_IDLE, SUBMIT_WAITING, 3, 0, 0, NULL},
	        /* Live ones never get a second job, whatever is asked for. */
	        {KNOWN, FLEET_PENDING, 0, NODE_IDLE, SUBMIT_LIVE, 2, 0, 0, "pending"},
	        {KNOWN, FLEET_HELD, 15, NODE_IDLE, SUBMIT_LIVE, 2, 0, 0, "held"},
	        {KNOWN, FLEET_RUNNING, 15, NODE_UNUSABLE, SUBMIT_LIVE, 2, 0, 0, "running"},
	        {BY_HAND, FLEET_RUNNING, 15, NODE_IDLE, SUBMIT_LIVE, 2, 0, 0, "running"},
	        /* Ended. */
	        {KNOWN, FLEET_PASS, 0, NODE_IDLE, SUBMIT_DONE, 2, 0, 0, "whole"},
	        {KNOWN, FLEET_PASS, 15, NODE_IDLE, SUBMIT_NOT_ASKED, 2, 0, 0, "pass"},
	        {BY_HAND, FLEET_PASS, 0, NODE_IDLE, SUBMIT_DONE, 2, 0, 0, "whole"},
	        {KNOWN, FLEET_FAIL, 0, NODE_IDLE, SUBMIT_DONE, 2, 0, 0, "fail (--retry failed"},
	        {KNOWN, FLEET_FAIL, RETRY_FAILED, NODE_IDLE, SUBMIT_WAITING, 3, 0, 0, NULL},
	        {KNOWN, FLEET_FAIL, RETRY_SLOW, NODE_IDLE, SUBMIT_NOT_ASKED, 2, 0, 0, "fail"},
	        {KNOWN, FLEET_HUNG, RETRY_FAILED, NODE_IDLE, SUBMIT_WAITING, 3, 0, 0, NULL},
	        {KNOWN, FLEET_NODE_FAIL, RETRY_FAILED, NODE_IDLE, SUBMIT_WAITING, 3, 0, 0, NULL},
	        {KNOWN, FLEET_NODE_FAIL, RETRY_FAILED, NODE_UNUSABLE, SUBMIT_NOT_RUN, 3, 0, 0,
	         "drai"},
	        {KNOWN, FLEET_NODE_FAIL, RETRY_MISSING, NODE_IDLE, SUBMIT_NOT_ASKED, 2, 0, 0,
	         "fail"},
	        {KNOWN, FLEET_NO_RESULT, RETRY_MISSING, NODE_IDLE, SUBMIT_WAITING, 3, 0, 0, NULL},
	        {KNOWN, FLEET_NO_RESULT, RETRY_FAILED, NODE_IDLE, SUBMIT_NOT_ASKED, 2, 0, 0,
	         "missing"},
	        {KNOWN, FLEET_SLOW, RETRY_SLOW, NODE_IDLE, SUBMIT_WAITING, 3, 0, 0, NULL},
	        {KNOWN, FLEET_INCONCLUSIVE, RETRY_INCONCLUSIVE, NODE_IDLE, SUBMIT_WAITING, 3, 0, 0,
	         NULL},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct error err;
		cleanup_fleet struct fleet fleet = {0};
		cleanup_batch_nodes struct batch_nodes nodes = {0};
		cleanup_submit_steps struct submit_steps steps = {0};
		const bool is_bad = cases[i].use == NODE_UNUSABLE;
		add_node(&nodes, "n1", cases[i].use, is_bad ? "drained" : "idle",
		         is_bad ? "dimm" : NULL);
		if (cases[i].kind != NONE)
			add_attempt(&fleet, "n1", 1, KNOWN, FLEET_FAIL);
		add_attempt(&fleet, "n1", 2, cases[i].kind, cases[i].verdict);
		assert_int_equal(submit_plan(&fleet, &nodes, cases[i].retry, &steps, &err), 0);
		assert_int_equal(steps.count, 1);
		const struct submit_step *const step = &steps.items[0];
		if (step->state != cases[i].expected || step->attempt != cases[i].attempt ||
		    step->is_made != cases[i].is_made ||
		    step->is_in_doubt != cases[i].is_in_doubt || !step->reason != !cases[i].reason)
			fail_msg("case %zu: %s, attempt %u, %s", i,
			         submit_state_words[step->state].name, (unsigned)step->attempt,
			         step->reason ? step->reason : "no reason");
		if (cases[i].reason && !strstr(step->reason, cases[i].reason))
			fail_msg("case %zu: %s", i, step->reason);
	}
}

/* The ranking calls a node slow whose attempt passed by itself. */
static void test_slow_by_ranking(void **state)
{
	(void)state;
	struct error err;
	cleanup_fleet struct fleet fleet = {0};
	cleanup_batch_nodes struct batch_nodes nodes = {0};
	cleanup_submit_steps struct submit_steps steps = {0};
	add_node(&nodes, "n1", NODE_IDLE, "idle", NULL);
	add_attempt(&fleet, "n1", 1, KNOWN, FLEET_PASS);
	fleet_node_find(&fleet, "n1")->verdict = FLEET_SLOW;
	assert_int_equal(submit_plan(&fleet, &nodes, RETRY_SLOW, &steps, &err), 0);
	assert_int_equal(steps.items[0].state, SUBMIT_WAITING);
	assert_int_equal(steps.items[0].attempt, 2);
}

static void expect_order(const struct submit_steps *steps, const char *const names[], size_t count)
{
	assert_int_equal(steps->count, count);
	for (size_t i = 0; i < count; i++)
		assert_string_equal(steps->items[i].node, names[i]);
}

static void test_order(void **state)
{
	(void)state;
	struct error err;
	cleanup_fleet struct fleet fleet = {0};
	cleanup_batch_nodes struct batch_nodes nodes = {0};
	cleanup_submit_steps struct submit_steps steps = {0};
	add_node(&nodes, "n1", NODE_BUSY, "allocated", NULL);
	add_node(&nodes, "n10", NODE_IDLE, "idle", NULL);
	add_node(&nodes, "n2", NODE_IDLE, "idle", NULL);
	add_node(&nodes, "n3", NODE_UNUSABLE, "down*", "power; \"$(reboot)\"\n|");
	add_node(&nodes, "n4", NODE_IDLE, "idle", NULL);
	add_node(&nodes, "n5", NODE_UNUSABLE, NULL, NULL);
	add_attempt(&fleet, "n4", 1, KNOWN, FLEET_PASS);
	add_attempt(&fleet, "elsewhere", 1, KNOWN, FLEET_PASS);
	assert_int_equal(submit_plan(&fleet, &nodes, 0, &steps, &err), 0);
	static const char *const first[] = {"n2", "n10", "n1", "n3", "n4", "n5"};
	expect_order(&steps, first, ARRAY_LENGTH(first));
	assert_int_equal(submit_steps_in(&steps, SUBMIT_WAITING), 3);
	assert_int_equal(submit_steps_in(&steps, SUBMIT_NOT_RUN), 2);
	assert_string_equal(steps.items[3].reason,
	                    "does not answer (down*): power; \"$(reboot)\"\n|");
	assert_string_equal(steps.items[5].reason, "not usable");

	/* While some wait for the window the site changes: n1 is free, n2 is drained, n3 is back.
	 */
	cleanup_batch_nodes struct batch_nodes now = {0};
	steps.items[1].state = SUBMIT_SUBMITTED; /* n10 */
	add_node(&now, "n1", NODE_IDLE, "idle", NULL);
	add_node(&now, "n2", NODE_UNUSABLE, "drained", "dimm");
	add_node(&now, "n3", NODE_BUSY, "mixed", NULL);
	add_node(&now, "n10", NODE_UNUSABLE, "down", NULL);
	assert_int_equal(submit_plan_refresh(&steps, &now, &err), 0);
	static const char *const second[] = {"n1", "n3", "n2", "n4", "n5", "n10"};
	expect_order(&steps, second, ARRAY_LENGTH(second));
	assert_null(steps.items[1].reason);
	assert_string_equal(steps.items[2].reason, "drained: dimm");
	assert_int_equal(steps.items[5].state, SUBMIT_SUBMITTED);
}

static void test_retry_words(void **state)
{
	(void)state;
	struct error err;
	unsigned retry = 0;
	assert_int_equal(submit_retry_parse("failed", &retry, &err), 0);
	assert_int_equal(retry, RETRY_FAILED);
	assert_int_equal(submit_retry_parse("missing,slow,inconclusive", &retry, &err), 0);
	assert_int_equal(retry, RETRY_MISSING | RETRY_SLOW | RETRY_INCONCLUSIVE);
	static const char *const wrong[] = {"",      "fail",        "failed,",
	                                    ",slow", "failed slow", "Failed"};
	for (size_t i = 0; i < ARRAY_LENGTH(wrong); i++) {
		retry = 99;
		assert_int_equal(submit_retry_parse(wrong[i], &retry, &err), -EINVAL);
		assert_int_equal(retry, 99);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_decisions),
	        cmocka_unit_test(test_slow_by_ranking),
	        cmocka_unit_test(test_order),
	        cmocka_unit_test(test_retry_words),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
