/* Which job goes to which attempt, also where a submit was killed, accounts keep no comments, and
 * the batch system forgets or does not answer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/array.h"
#include "core/error.h"
#include "fleet/observe_parts.h"

#include <stdlib.h>
#include <string.h>

static char *text(const char *from)
{
	char *const copy = from ? strdup(from) : NULL;
	assert_true(!from || copy);
	return copy;
}

static struct fleet_attempt *attempt_of(struct fleet *fleet, const char *node, uint32_t number)
{
	struct error err;
	struct fleet_node *const at = fleet_node_take(fleet, node, &err);
	assert_non_null(at);
	struct fleet_attempt *const attempt = fleet_attempt_take(at, number, &err);
	assert_non_null(attempt);
	return attempt;
}

static void add_job(struct batch_jobs *jobs, const char *id, const char *node, const char *comment)
{
	struct error err;
	assert_int_equal(array_reserve(&jobs->items, &jobs->capacity, jobs->count + 1,
	                               sizeof *jobs->items, &err),
	                 0);
	jobs->items[jobs->count++] = (struct batch_job){.id = text(id),
	                                                .node = text(node),
	                                                .comment = text(comment),
	                                                .state = JOB_RUNNING,
	                                                .submitted_ns = RECORD_ABSENT};
}

/* Three nodes: a1 has the job 10 noted, a2 a folder alone, a3 a refusal and nothing else. */
static void make_fleet(struct fleet *fleet)
{
	*fleet = (struct fleet){0};
	struct fleet_attempt *const known = attempt_of(fleet, "a1", 1);
	known->job.id = text("10");
	known->job.submitted_ns = 5;
	known->job.time_limit_ns = 60;
	attempt_of(fleet, "a2", 1);
	attempt_of(fleet, "a3", 1)->refused = text("no");
}

static void place(struct fleet *fleet, struct batch_jobs *jobs)
{
	struct error err;
	assert_int_equal(observe_place_jobs(fleet, jobs, &err), 0);
}

static void test_places(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		const char *id, *node, *comment; /* of the one job that is known */
		const char *at;                  /* the node that gets it; NULL: none does */
		uint32_t attempt;
		bool is_forgotten; /* job 10 */
	} cases[] = {
	        {"by id, whatever else it says", "10", "zz", "plateau/a2/attempt-1", "a1", 1,
	         false},
	        {"by comment: its submit was killed", "11", "a2", "plateau/a2/attempt-1", "a2", 1,
	         true},
	        {"by comment: not even a folder is there", "11", "a2", "plateau/a2/attempt-2", "a2",
	         2, true},
	        {"by comment: nor is its node", "11", "b9", "plateau/b9/attempt-1", "b9", 1, true},
	        {"by comment, with a name that was escaped", "11", NULL, "plateau/a%20b/attempt-1",
	         "a b", 1, true},
	        {"by node: accounts keep no comments", "11", "a2", NULL, "a2", 1, true},
	        {"by node: a comment of somebody else's", "11", "a2", "nightly", "a2", 1, true},
	        {"not to an attempt that was refused", "11", "a3", NULL, NULL, 0, true},
	        {"not to one that has another job", "11", "a1", NULL, NULL, 0, true},
	        {"not to a node that is not there", "11", "b9", NULL, NULL, 0, true},
	        {"without an id it is no job", NULL, "a2", "plateau/a2/attempt-1", NULL, 0, true},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		print_message("# %s\n", cases[i].name);
		cleanup_fleet struct fleet fleet;
		cleanup_batch_jobs struct batch_jobs jobs = {0};
		make_fleet(&fleet);
		add_job(&jobs, cases[i].id, cases[i].node, cases[i].comment);
		place(&fleet, &jobs);
		size_t placed = 0;
		for (size_t n = 0; n < fleet.node_count; n++)
			for (size_t a = 0; a < fleet.nodes[n].attempt_count; a++)
				placed += fleet.nodes[n].attempts[a].has_job;
		assert_int_equal(placed, cases[i].at ? 1 : 0);
		if (cases[i].at) {
			const struct fleet_attempt *const attempt =
			        attempt_of(&fleet, cases[i].at, cases[i].attempt);
			assert_true(attempt->has_job);
			assert_false(attempt->is_forgotten);
			assert_string_equal(attempt->job.id, cases[i].id);
			assert_int_equal(attempt->job.state, JOB_RUNNING);
		}
		assert_int_equal(attempt_of(&fleet, "a1", 1)->is_forgotten, cases[i].is_forgotten);
		assert_false(attempt_of(&fleet, "a2", 1)->is_forgotten);
	}
}

/* What submit noted stays where the batch system does not say it. */
static void test_keeps_what_was_noted(void **state)
{
	(void)state;
	cleanup_fleet struct fleet fleet;
	cleanup_batch_jobs struct batch_jobs jobs = {0};
	make_fleet(&fleet);
	add_job(&jobs, "10", "a1", NULL);
	place(&fleet, &jobs);
	assert_int_equal(attempt_of(&fleet, "a1", 1)->job.submitted_ns, 5);
	assert_int_equal(attempt_of(&fleet, "a1", 1)->job.time_limit_ns, 60);
}

/* Two jobs claim one attempt, as after a submit that was killed and a hand that helped: the noted
 * one has it, in whatever order they come. */
static void test_two_for_one(void **state)
{
	(void)state;
	for (int order = 0; order < 2; order++) {
		cleanup_fleet struct fleet fleet;
		cleanup_batch_jobs struct batch_jobs jobs = {0};
		make_fleet(&fleet);
		add_job(&jobs, order ? "10" : "11", "a1", "plateau/a1/attempt-1");
		add_job(&jobs, order ? "11" : "10", "a1", "plateau/a1/attempt-1");
		place(&fleet, &jobs);
		assert_string_equal(attempt_of(&fleet, "a1", 1)->job.id, "10");
	}
}

/* A job that was started under another id than noted is known by what it says of itself. */
static void test_by_report(void **state)
{
	(void)state;
	cleanup_fleet struct fleet fleet;
	cleanup_batch_jobs struct batch_jobs jobs = {0};
	make_fleet(&fleet);
	struct fleet_attempt *const attempt = attempt_of(&fleet, "a2", 1);
	attempt->has_report = true;
	attempt->report.job = text("12");
	add_job(&jobs, "12", NULL, NULL);
	place(&fleet, &jobs);
	assert_true(attempt_of(&fleet, "a2", 1)->has_job);
}

static void test_nodes(void **state)
{
	(void)state;
	cleanup_fleet struct fleet fleet;
	make_fleet(&fleet);
	struct batch_node items[] = {
	        {.name = text("a3"),
	         .partitions = text("rome,all"),
	         .state_word = text("drained"),
	         .reason = text("bad DIMM"),
	         .reason_by = text("root")},
	        {.name = text("zz"), .state_word = text("idle")},
	};
	struct batch_nodes nodes = {.items = items, .count = 2};
	observe_place_nodes(&fleet, &nodes);
	assert_int_equal(fleet.node_count, 3); /* the site has more nodes than the fleet */
	const struct fleet_node *const node = fleet_node_find(&fleet, "a3");
	assert_string_equal(node->partitions, "rome,all");
	assert_string_equal(node->site_state, "drained");
	assert_string_equal(node->site_reason, "bad DIMM");
	assert_string_equal(node->site_reason_by, "root");
	assert_null(fleet_node_find(&fleet, "a1")->site_state);
	free(items[0].name);
	free(items[1].name);
	free(items[1].state_word);
}

/* The batch system does not answer: what it said stands, and is not taken for forgotten. */
static void test_answers_move(void **state)
{
	(void)state;
	cleanup_fleet struct fleet before;
	cleanup_fleet struct fleet now;
	cleanup_batch_jobs struct batch_jobs jobs = {0};
	make_fleet(&before);
	make_fleet(&now);
	add_job(&jobs, "10", "a1", NULL);
	place(&before, &jobs);
	before.has_accounting = true;
	before.nodes[2].site_state = text("drained");
	struct fleet_attempt *const late = attempt_of(&now, "a2", 2);
	late->job.id = text("13"); /* submitted since */
	observe_move_answers(&before, &now);
	assert_true(now.has_accounting);
	assert_true(attempt_of(&now, "a1", 1)->has_job);
	assert_string_equal(attempt_of(&now, "a1", 1)->job.id, "10");
	assert_false(attempt_of(&now, "a2", 2)->has_job);
	assert_false(attempt_of(&now, "a2", 2)->is_forgotten);
	assert_string_equal(fleet_node_find(&now, "a3")->site_state, "drained");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_places),      cmocka_unit_test(test_keeps_what_was_noted),
	        cmocka_unit_test(test_two_for_one), cmocka_unit_test(test_by_report),
	        cmocka_unit_test(test_nodes),       cmocka_unit_test(test_answers_move),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
