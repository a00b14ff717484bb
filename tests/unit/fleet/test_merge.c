/* Pictures of fleets put together: the same fleet seen twice, fleets measured apart, and what only
 * one of both knows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/error.h"
#include "fleet/merge.h"
#include "fleet/observe.h"
#include "fleet/shared_runs.h"
#include "model/fleet.h"

#include <stdlib.h>
#include <string.h>

#define EARLY_NS 1790000000000000000
#define LATE_NS  1790000900000000000

static char *copy(const char *text)
{
	char *const result = strdup(text);
	assert_non_null(result);
	return result;
}

static struct fleet_attempt *attempt(struct fleet *fleet, const char *node, uint32_t number)
{
	struct error err = {""};
	struct fleet_node *const at = fleet_node_take(fleet, node, &err);
	assert_non_null(at);
	struct fleet_attempt *const result = fleet_attempt_take(at, number, &err);
	assert_non_null(result);
	return result;
}

static void set_job(struct fleet_attempt *attempt, const char *id, enum job_state state)
{
	attempt->has_job = true;
	attempt->job.id = copy(id);
	attempt->job.state = state;
	attempt->job.submitted_ns = EARLY_NS + 1;
}

static void set_result(struct fleet_attempt *attempt, const char *run_id, int64_t started_ns)
{
	attempt->has_profile = true;
	attempt->profile.run_id = copy(run_id);
	attempt->profile.state = copy("done");
	attempt->profile.started_ns = started_ns;
	attempt->profile.tasks = 10;
	attempt->result_path = copy("/there/result.db");
	attempt->result_sha256 = copy("ff");
	attempt->criteria_verdict = VERDICT_SKIPPED;
}

static struct fleet fleet_of(const char *id, int64_t observed_ns)
{
	return (struct fleet){.id = id ? copy(id) : NULL,
	                      .name = copy("x"),
	                      .created_ns = EARLY_NS,
	                      .observed_ns = observed_ns};
}

static void merge(struct fleet *into, struct fleet *late)
{
	struct error err = {""};
	if (merge_fleet(into, late, &err) < 0)
		fail_msg("%s", err.text);
}

static const struct fleet_node *node_of(const struct fleet *fleet, const char *name, size_t count)
{
	const struct fleet_node *const node = fleet_node_find(fleet, name);
	assert_non_null(node);
	assert_int_equal(node->attempt_count, count);
	return node;
}

static void test_an_empty_one_becomes_the_other(void **state)
{
	(void)state;
	cleanup_fleet struct fleet into = {.created_ns = RECORD_ABSENT,
	                                   .observed_ns = RECORD_ABSENT};
	cleanup_fleet struct fleet late = fleet_of("a", LATE_NS);
	set_job(attempt(&late, "n10", 3), "1", JOB_RUNNING);
	set_job(attempt(&late, "n2", 1), "2", JOB_RUNNING);
	merge(&into, &late);
	assert_string_equal(into.id, "a");
	assert_string_equal(into.nodes[0].name, "n2");
	assert_int_equal(node_of(&into, "n10", 1)->attempts[0].number, 3);
}

/* The batch system has forgotten the job, its folder is gone, and the result was removed. */
static void test_what_is_gone_stays(void **state)
{
	(void)state;
	cleanup_fleet struct fleet into = fleet_of("a", EARLY_NS);
	cleanup_fleet struct fleet late = fleet_of("a", LATE_NS);
	struct fleet_attempt *const known = attempt(&into, "n1", 1);
	set_job(known, "7", JOB_NODE_FAIL);
	known->job.max_rss_bytes = 4000;
	struct fleet_attempt *const second = attempt(&into, "n1", 2);
	set_job(second, "8", JOB_DONE);
	set_result(second, "r2", EARLY_NS + 5);
	set_result(attempt(&into, "n2", 1), "gone", EARLY_NS + 6);

	struct fleet_attempt *const forgotten = attempt(&late, "n1", 1);
	forgotten->job.id = copy("7");
	forgotten->is_forgotten = true;
	set_job(attempt(&late, "n1", 2), "8", JOB_DONE);
	set_job(attempt(&late, "n1", 3), "9", JOB_PENDING);
	merge(&into, &late);

	const struct fleet_node *const node = node_of(&into, "n1", 3);
	assert_true(node->attempts[0].has_job);
	assert_false(node->attempts[0].is_forgotten);
	assert_int_equal(node->attempts[0].job.state, JOB_NODE_FAIL);
	assert_int_equal(node->attempts[0].job.max_rss_bytes, 4000);
	assert_int_equal(node->attempts[0].verdict, FLEET_NODE_FAIL);
	assert_true(node->attempts[1].has_profile);
	assert_string_equal(node->attempts[1].result_sha256, "ff");
	assert_int_equal(node->attempts[1].verdict, FLEET_PASS);
	assert_int_equal(node->attempts[2].number, 3);
	assert_int_equal(node->verdict, FLEET_PENDING);
	node_of(&into, "n2", 1);
	assert_string_equal(into.id, "a");
	assert_true(into.observed_ns == LATE_NS);
}

/* What a ranking said stays with the result that it was said of, and with no other. */
static void test_what_was_ranked_stays(void **state)
{
	(void)state;
	static const struct {
		const char *late_run; /* NULL: it was not read again */
		bool is_kept;
	} cases[] = {{NULL, true}, {"r1", true}, {"r2", false}};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		cleanup_fleet struct fleet into = fleet_of("a", EARLY_NS);
		cleanup_fleet struct fleet late = fleet_of("a", LATE_NS);
		struct fleet_attempt *const known = attempt(&into, "n1", 1);
		set_result(known, "r1", EARLY_NS + 5);
		known->has_ranked = true;
		known->ranked = (struct fleet_ranked){.verdict = FLEET_SLOW,
		                                      .reason = copy("far below"),
		                                      .component_index = -1,
		                                      .ranked_ns = EARLY_NS};
		struct fleet_attempt *const again = attempt(&late, "n1", 1);
		set_job(again, "7", JOB_DONE);
		if (cases[i].late_run)
			set_result(again, cases[i].late_run, EARLY_NS + 5);
		else
			again->result_path = copy("/there/result.db");
		merge(&into, &late);
		const struct fleet_attempt *const is = &node_of(&into, "n1", 1)->attempts[0];
		assert_int_equal(is->verdict, FLEET_PASS);
		assert_int_equal(is->has_ranked, cases[i].is_kept);
		assert_int_equal(fleet_attempt_verdict(is),
		                 cases[i].is_kept ? FLEET_SLOW : FLEET_PASS);
		if (cases[i].is_kept)
			assert_string_equal(fleet_attempt_reason(is), "far below");
	}
}

static void test_what_is_new_takes_the_place(void **state)
{
	(void)state;
	cleanup_fleet struct fleet into = fleet_of("a", EARLY_NS);
	cleanup_fleet struct fleet late = fleet_of("a", LATE_NS);
	struct fleet_attempt *const was = attempt(&into, "n1", 1);
	set_job(was, "7", JOB_RUNNING);
	was->unreadable = copy("it is being written");
	struct fleet_attempt *const is = attempt(&late, "n1", 1);
	set_job(is, "7", JOB_DONE);
	is->job.max_rss_bytes = 9000;
	is->job.ave_rss_bytes = 8000;
	set_result(is, "r1", LATE_NS - 1000);
	merge(&into, &late);
	const struct fleet_node *const node = node_of(&into, "n1", 1);
	assert_int_equal(node->attempts[0].job.max_rss_bytes, 9000);
	assert_null(node->attempts[0].unreadable);
	assert_int_equal(node->verdict, FLEET_PASS);
}

/* Accounts trail the controller, and are not kept for ever. */
static void test_memory_by_accounts_is_kept(void **state)
{
	(void)state;
	cleanup_fleet struct fleet into = fleet_of("a", EARLY_NS);
	cleanup_fleet struct fleet late = fleet_of("a", LATE_NS);
	struct fleet_attempt *const was = attempt(&into, "n1", 1);
	set_job(was, "7", JOB_DONE);
	was->job.max_rss_bytes = 4096;
	was->job.ave_rss_bytes = 2048;
	struct fleet_attempt *const is = attempt(&late, "n1", 1);
	set_job(is, "7", JOB_DONE);
	is->job.rss_reason = copy("no accounts any more");
	merge(&into, &late);
	const struct batch_job *const job = &node_of(&into, "n1", 1)->attempts[0].job;
	assert_int_equal(job->max_rss_bytes, 4096);
	assert_int_equal(job->ave_rss_bytes, 2048);
	assert_null(job->rss_reason);
}

/* Of two files of one fleet, named in either order. */
static void test_the_later_of_two_files_counts(void **state)
{
	(void)state;
	for (int turn = 0; turn < 2; turn++) {
		cleanup_fleet struct fleet old = fleet_of("a", EARLY_NS);
		cleanup_fleet struct fleet new = fleet_of("a", LATE_NS);
		set_job(attempt(&old, "n1", 1), "7", JOB_RUNNING);
		set_job(attempt(&new, "n1", 1), "7", JOB_CANCELLED);
		merge(turn ? &old : &new, turn ? &new : &old);
		const struct fleet *const whole = turn ? &old : &new;
		assert_int_equal(node_of(whole, "n1", 1)->attempts[0].job.state, JOB_CANCELLED);
	}
}

static void test_fleets_measured_apart_are_ordered_by_time(void **state)
{
	(void)state;
	cleanup_fleet struct fleet into = fleet_of("a", LATE_NS);
	cleanup_fleet struct fleet late = fleet_of("b", EARLY_NS);
	set_result(attempt(&into, "n1", 1), "third", EARLY_NS + 300);
	set_job(attempt(&into, "n1", 2), "12", JOB_PENDING);
	into.nodes[0].attempts[1].job.submitted_ns = RECORD_ABSENT;
	set_result(attempt(&late, "n1", 1), "second", EARLY_NS + 200);
	set_result(attempt(&late, "n1", 2), "first", EARLY_NS + 100);
	set_result(attempt(&late, "n3", 9), "other", EARLY_NS + 100);
	merge(&into, &late);
	assert_null(into.id);
	const struct fleet_node *const node = node_of(&into, "n1", 4);
	const char *const order[] = {"first", "second", "third"};
	for (uint32_t i = 0; i < 3; i++) {
		assert_int_equal(node->attempts[i].number, i + 1);
		assert_string_equal(node->attempts[i].profile.run_id, order[i]);
	}
	assert_string_equal(node->attempts[3].job.id, "12");
	assert_int_equal(node_of(&into, "n3", 1)->attempts[0].number, 1);
	assert_string_equal(into.name, "x");
}

/* What was gathered is gathered again: nothing is there twice. */
static void test_the_same_again_changes_nothing(void **state)
{
	(void)state;
	cleanup_fleet struct fleet into = fleet_of(NULL, EARLY_NS);
	for (int turn = 0; turn < 3; turn++) {
		cleanup_fleet struct fleet late = fleet_of("b", LATE_NS + turn);
		set_result(attempt(&late, "n1", 1), "r1", EARLY_NS + 200);
		set_job(attempt(&late, "n1", 2), "8", turn ? JOB_DONE : JOB_PENDING);
		attempt(&late, "n1", 3)->refused = copy("no such account");
		struct fleet_attempt *const by_hand = attempt(&late, "n1", 4);
		by_hand->has_report = true;
		by_hand->report = (struct job_report){.host = copy("n1"),
		                                      .stage = STAGE_RUNNING,
		                                      .exit_code = -1,
		                                      .started_ns = EARLY_NS + 7,
		                                      .updated_ns = LATE_NS,
		                                      .ended_ns = RECORD_ABSENT};
		merge(&into, &late);
		node_of(&into, "n1", 4);
	}
	assert_null(into.id);
}

static void test_ids_of_jobs_begin_anew(void **state)
{
	(void)state;
	cleanup_fleet struct fleet a = fleet_of("a", EARLY_NS);
	cleanup_fleet struct fleet b = fleet_of("b", LATE_NS);
	struct fleet_attempt *const left = attempt(&a, "n1", 1);
	struct fleet_attempt *const right = attempt(&b, "n1", 1);
	set_job(left, "7", JOB_DONE);
	set_job(right, "7", JOB_DONE);
	assert_true(merge_is_same(left, right));
	right->job.submitted_ns += 1000000000;
	assert_false(merge_is_same(left, right));
	left->job.name = copy("plateau-1");
	right->job.name = copy("plateau-2");
	assert_false(merge_is_same(left, right));
}

/* A site that takes no jobs says so of every one of them. */
static void test_two_refusals_stay_two(void **state)
{
	(void)state;
	cleanup_fleet struct fleet into = fleet_of("a", EARLY_NS);
	cleanup_fleet struct fleet late = fleet_of("b", LATE_NS);
	struct fleet_attempt *const left = attempt(&into, "n1", 1);
	struct fleet_attempt *const right = attempt(&late, "n1", 1);
	left->refused = copy("no such account");
	left->job.submitted_ns = EARLY_NS;
	right->refused = copy("no such account");
	right->job.submitted_ns = LATE_NS;
	merge(&into, &late);
	node_of(&into, "n1", 2);
}

/* A fleet file need not say when it was looked at. */
static void test_a_time_that_is_not_known(void **state)
{
	(void)state;
	cleanup_fleet struct fleet into = fleet_of("a", RECORD_ABSENT);
	cleanup_fleet struct fleet late = fleet_of("a", RECORD_ABSENT);
	set_job(attempt(&into, "n1", 1), "1", JOB_PENDING);
	set_job(attempt(&late, "n1", 1), "1", JOB_PENDING);
	merge(&into, &late);
	assert_int_equal(node_of(&into, "n1", 1)->verdict, FLEET_PENDING);
	assert_string_equal(node_of(&into, "n1", 1)->reason, "waits");
}

/* The site's newest word on a node counts; silence takes nothing away. */
static void test_what_the_site_says(void **state)
{
	(void)state;
	struct error err = {""};
	cleanup_fleet struct fleet into = fleet_of("a", EARLY_NS);
	cleanup_fleet struct fleet late = fleet_of("a", LATE_NS);
	struct fleet_node *const n1 = fleet_node_take(&into, "n1", &err);
	n1->site_state = copy("drained");
	n1->site_reason = copy("fan");
	struct fleet_node *const n2 = fleet_node_take(&into, "n2", &err);
	n2->site_state = copy("drained");
	n2->site_reason = copy("disk");
	fleet_node_take(&late, "n1", &err);
	fleet_node_take(&late, "n2", &err)->site_state = copy("idle");
	merge(&into, &late);
	assert_string_equal(node_of(&into, "n1", 0)->site_reason, "fan");
	assert_string_equal(node_of(&into, "n2", 0)->site_state, "idle");
	assert_null(node_of(&into, "n2", 0)->site_reason);
	assert_int_equal(node_of(&into, "n1", 0)->verdict, FLEET_NOT_RUN);
	assert_non_null(strstr(node_of(&into, "n1", 0)->reason, "fan"));
}

static void set_report(struct fleet_attempt *attempt, const char *node, const char *host)
{
	attempt->has_report = true;
	attempt->report.node = copy(node);
	attempt->report.host = copy(host);
	attempt->report.stage = STAGE_DONE;
	attempt->report.result_bytes = RECORD_ABSENT;
}

static struct fleet_attempt *run_of(struct fleet *fleet, const char *node, const char *host,
                                    const char *run)
{
	struct fleet_attempt *const it = attempt(fleet, node, 1);
	set_result(it, run, EARLY_NS);
	it->profile.host = copy(host);
	set_report(it, node, host);
	return it;
}

static void find_shared(struct fleet *fleet)
{
	struct error err = {""};
	assert_int_equal(standing_find_all(fleet, &err), 0);
	assert_int_equal(shared_runs_find(fleet, &err), 0);
}

static void test_a_run_under_two_nodes(void **state)
{
	(void)state;
	cleanup_fleet struct fleet fleet = fleet_of("a", LATE_NS);
	run_of(&fleet, "n1", "n1.site", "0123456789abcdef");
	free(run_of(&fleet, "n2", "n2.site", "0123456789abcdef")->profile.host);
	fleet_node_find(&fleet, "n2")->attempts[0].profile.host = copy("n1.site");
	run_of(&fleet, "n3", "n3", "ff");
	find_shared(&fleet);
	assert_int_equal(node_of(&fleet, "n1", 1)->verdict, FLEET_PASS);
	assert_int_equal(node_of(&fleet, "n3", 1)->verdict, FLEET_PASS);
	assert_int_equal(node_of(&fleet, "n2", 1)->verdict, FLEET_NO_RESULT);
	assert_string_equal(node_of(&fleet, "n2", 1)->reason,
	                    "it has no result of its own: /there/result.db is run 01234567, which "
	                    "is that of node n1 (attempt 1)");
	/* The other result comes: both pass. */
	free(fleet_node_find(&fleet, "n2")->attempts[0].profile.run_id);
	fleet_node_find(&fleet, "n2")->attempts[0].profile.run_id = copy("22");
	find_shared(&fleet);
	assert_int_equal(node_of(&fleet, "n2", 1)->verdict, FLEET_PASS);
	assert_null(node_of(&fleet, "n2", 1)->attempts[0].shared);
}

static void test_a_run_of_nobody(void **state)
{
	(void)state;
	cleanup_fleet struct fleet fleet = fleet_of("a", LATE_NS);
	run_of(&fleet, "n1", "login", "0123456789abcdef");
	struct fleet_attempt *const n2 = run_of(&fleet, "n2", "login", "0123456789abcdef");
	find_shared(&fleet);
	assert_int_equal(node_of(&fleet, "n1", 1)->verdict, FLEET_NO_RESULT);
	assert_int_equal(node_of(&fleet, "n2", 1)->verdict, FLEET_NO_RESULT);
	assert_non_null(strstr(node_of(&fleet, "n1", 1)->reason, "node n2 (attempt 1) has, too"));
	/* What a job noted of the very file is worth more than a name. */
	n2->report.result_sha256 = copy("ff");
	find_shared(&fleet);
	assert_int_equal(node_of(&fleet, "n1", 1)->verdict, FLEET_NO_RESULT);
	assert_int_equal(node_of(&fleet, "n2", 1)->verdict, FLEET_PASS);
	/* But not where the state file was copied, too. */
	free(n2->report.node);
	n2->report.node = copy("n1");
	find_shared(&fleet);
	assert_int_equal(node_of(&fleet, "n1", 1)->verdict, FLEET_PASS);
	assert_int_equal(node_of(&fleet, "n2", 1)->verdict, FLEET_NO_RESULT);
}

static void test_one_node_by_two_names(void **state)
{
	(void)state;
	cleanup_fleet struct fleet fleet = fleet_of("a", LATE_NS);
	run_of(&fleet, "n1", "n1.site", "0123456789abcdef");
	run_of(&fleet, "n1.site", "n1.site", "0123456789abcdef");
	find_shared(&fleet);
	assert_int_equal(node_of(&fleet, "n1", 1)->verdict, FLEET_PASS);
	assert_int_equal(node_of(&fleet, "n1.site", 1)->verdict, FLEET_PASS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_an_empty_one_becomes_the_other),
	        cmocka_unit_test(test_what_is_gone_stays),
	        cmocka_unit_test(test_what_was_ranked_stays),
	        cmocka_unit_test(test_what_is_new_takes_the_place),
	        cmocka_unit_test(test_memory_by_accounts_is_kept),
	        cmocka_unit_test(test_the_later_of_two_files_counts),
	        cmocka_unit_test(test_fleets_measured_apart_are_ordered_by_time),
	        cmocka_unit_test(test_the_same_again_changes_nothing),
	        cmocka_unit_test(test_ids_of_jobs_begin_anew),
	        cmocka_unit_test(test_two_refusals_stay_two),
	        cmocka_unit_test(test_a_time_that_is_not_known),
	        cmocka_unit_test(test_what_the_site_says),
	        cmocka_unit_test(test_a_run_under_two_nodes),
	        cmocka_unit_test(test_a_run_of_nobody),
	        cmocka_unit_test(test_one_node_by_two_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
