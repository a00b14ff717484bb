/* What came of an attempt whose job waits or runs, of any that may be, and of the node it was on,
 * from what batch system and state file say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/array.h"
#include "core/error.h"
#include "fleet/observe.h"
#include "situation.h"

#include <signal.h>
#include <stdlib.h>

static const struct situation waiting[] = {
        {"prepared alone", .verdict = FLEET_NOT_RUN, .says = "prepared, and not submitted yet"},
        {"refused", .refused = "Invalid account", .verdict = FLEET_NOT_RUN,
         .says = "the site refused the job: Invalid account"},
        {"pending", JOB(.state = JOB_PENDING, .reason = T("Resources"), .submitted_ns = AGO(5)),
         .verdict = FLEET_PENDING, .says = "waits for the node to become free (Resources)"},
        {"pending for long",
         JOB(.state = JOB_PENDING, .reason = T("Priority"), .submitted_ns = AGO(2 * HOUR)),
         .verdict = FLEET_PENDING, .says = "other jobs go first (Priority), for 2 h"},
        {"pending for what we have no word for",
         JOB(.state = JOB_PENDING, .reason = T("QOSMaxJobsPerUserLimit")), .verdict = FLEET_PENDING,
         .says = "waits: QOSMaxJobsPerUserLimit"},
        {"pending without a reason", JOB(.state = JOB_PENDING), .verdict = FLEET_PENDING,
         .says = "waits"},
        {"held by its user", JOB(.state = JOB_HELD, .reason = T("JobHeldUser")),
         .verdict = FLEET_HELD,
         .says = "held by its user (JobHeldUser); to let it go: scontrol release 7"},
        {"held by an administrator", JOB(.state = JOB_HELD, .reason = T("JobHeldAdmin")),
         .verdict = FLEET_HELD,
         .says = "held by an administrator (JobHeldAdmin); to let it go: scontrol release 7"},
        {"waits for what a person must mend", JOB(.state = JOB_HELD, .reason = T("PartitionDown")),
         .verdict = FLEET_HELD, .says = "its partition is down (PartitionDown)"},
        {"its node was drained meanwhile",
         JOB(.state = JOB_HELD, .reason = T("ReqNodeNotAvail, UnavailableNodes:rome03")),
         .verdict = FLEET_HELD,
         .says = "the node is not available (ReqNodeNotAvail, UnavailableNodes:rome03)"},
        {"launch failed", JOB(.state = JOB_HELD, .reason = T("launch failed requeued held")),
         .verdict = FLEET_FAIL,
         .says = "the job could not be started on the node (launch failed requeued held), and "
                 "would wait for "
                 "ever: scancel 7"},
        {"launch failed, as newer sites write it",
         JOB(.state = JOB_HELD, .reason = T("launch_failed_requeued_held")), .verdict = FLEET_FAIL,
         .says = "the job could not be started on the node (launch_failed_requeued_held), and "
                 "would wait for "
                 "ever: scancel 7"},
        {"put back after it began", JOB(.state = JOB_PENDING, .reason = T("BeginTime")),
         DONE(.exit_code = -1, .signal = SIGTERM), .verdict = FLEET_PENDING,
         .says = "its time has not come (BeginTime)"},
        {"done by hand while its job waits", JOB(.state = JOB_PENDING, .reason = T("Resources")),
         DONE(.exit_code = 0), RESULT, .verdict = FLEET_PASS,
         .says = "job 7 still waits, and is not needed for it"},
};

static const struct situation running[] = {
        {"has just begun", JOB(.state = JOB_RUNNING, .started_ns = AGO(3)),
         .verdict = FLEET_RUNNING, .says = "has just begun"},
        {"runs without a word", JOB(.state = JOB_RUNNING, .started_ns = AGO(20 * MIN)),
         .verdict = FLEET_RUNNING,
         .says = "runs for 20 min and has not written a word: is the fleet's folder seen there?"},
        {"starting", JOB(.state = JOB_RUNNING),
         REPORT(.stage = STAGE_STARTING, .updated_ns = AGO(1)), .verdict = FLEET_RUNNING,
         .says = "looks at its node"},
        {"running", JOB(.state = JOB_RUNNING),
         REPORT(.stage = STAGE_RUNNING, .updated_ns = AGO(9), .trials_done = 12,
                .trials_planned = 40),
         .verdict = FLEET_RUNNING, .says = "12 of 40 trials done"},
        {"running, nothing planned is known", JOB(.state = JOB_RUNNING),
         REPORT(.stage = STAGE_RUNNING, .updated_ns = AGO(9), .trials_done = 1),
         .verdict = FLEET_RUNNING, .says = "1 trial done"},
        {"running, no figures", JOB(.state = JOB_RUNNING),
         REPORT(.stage = STAGE_RUNNING, .updated_ns = AGO(9)), .verdict = FLEET_RUNNING,
         .says = "no trial done yet"},
        {"moving", JOB(.state = JOB_RUNNING),
         REPORT(.stage = STAGE_MOVING, .updated_ns = AGO(9), .trials_done = 40,
                .trials_planned = 40),
         .verdict = FLEET_RUNNING, .says = "puts its result into place"},
        {"its heart beats no more", JOB(.state = JOB_RUNNING),
         REPORT(.stage = STAGE_RUNNING, .updated_ns = AGO(7 * MIN), .trials_done = 12,
                .trials_planned = 40),
         .verdict = FLEET_RUNNING, .says = "12 of 40 trials done; its last word is 7 min old"},
        {"a clock that goes ahead", JOB(.state = JOB_RUNNING),
         REPORT(.stage = STAGE_RUNNING, .updated_ns = AGO(-300), .trials_done = 1,
                .trials_planned = 2),
         .verdict = FLEET_RUNNING, .says = "1 of 2 trials done"},
        {"done, and the batch system is late", JOB(.state = JOB_RUNNING), DONE(.exit_code = 0),
         RESULT, .verdict = FLEET_PASS},
        {"started by hand",
         REPORT(.stage = STAGE_RUNNING, .updated_ns = AGO(500), .trials_done = 1),
         .verdict = FLEET_RUNNING, .says = "1 trial done; its last word is 8 min old"},
        {"started by hand, and gone", REPORT(.stage = STAGE_RUNNING, .updated_ns = AGO(20 * MIN)),
         .verdict = FLEET_NO_RESULT,
         .says = "its last word is 20 min old (no trial done yet): it or its node died"},
};

static void test_waiting(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(waiting); i++)
		situation_check(&waiting[i]);
}

static void test_running(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(running); i++)
		situation_check(&running[i]);
}

/* Whatever is known, in whatever combination, there is a verdict that fits: an open one never where
 * there is a job that ended, and every verdict but a pass has a reason. */
static void test_all_combinations(void **state)
{
	(void)state;
	struct error err;
	size_t count = 0;
	for (int bits = 0; bits < 64; bits++)
		for (int s = 0; s < JOB_STATES; s++)
			for (int stage = 0; stage < JOB_STAGES; stage++) {
				struct fleet_attempt attempt = {
				        .number = 1,
				        .job = {.id = T("7"), .state = (enum job_state)s},
				        .has_job = bits & 1,
				        .is_forgotten = !(bits & 1) && bits & 2,
				        .report = {.stage = (enum job_stage)stage,
				                   .exit_code = bits & 4 ? 0 : -1,
				                   .signal = bits & 8 ? SIGTERM : 0,
				                   .is_partial = bits & 8},
				        .has_report = bits & 16,
				        .result_path = bits & 32 ? (char *)(uintptr_t) "r" : NULL,
				};
				assert_int_equal(standing_find(&attempt, NOW, &err), 0);
				assert_in_range(attempt.verdict, 0, FLEET_VERDICTS - 1);
				assert_true(attempt.verdict == FLEET_PASS || attempt.reason);
				if (bits & 1 && s >= JOB_DONE)
					assert_false(fleet_verdict_words[attempt.verdict].is_open);
				free(attempt.reason);
				count++;
			}
	assert_int_equal(count, 64 * JOB_STATES * JOB_STAGES);
}

static void test_node(void **state)
{
	(void)state;
	static const struct {
		const char *site_state, *site_reason, *by;
		bool has_attempt;
		struct batch_job job;
		enum fleet_verdict verdict;
		const char *says;
	} cases[] = {
	        {NULL, NULL, NULL, false, {0}, FLEET_NOT_RUN, "not submitted yet"},
	        {"idle",
	         NULL,
	         NULL,
	         false,
	         {0},
	         FLEET_NOT_RUN,
	         "not submitted yet; the node is idle"},
	        {"idle*",
	         NULL,
	         NULL,
	         false,
	         {0},
	         FLEET_NOT_RUN,
	         "not submitted yet; the node does not answer (idle*)"},
	        {"drained",
	         "bad DIMM",
	         "root",
	         false,
	         {0},
	         FLEET_NOT_RUN,
	         "drained: bad DIMM (root)"},
	        {"down*",
	         "Not responding",
	         NULL,
	         false,
	         {0},
	         FLEET_NOT_RUN,
	         "down*: Not responding"},
	        {"drained",
	         "bad DIMM",
	         "root",
	         true,
	         {.state = JOB_PENDING, .reason = T("Resources")},
	         FLEET_PENDING,
	         "waits for the node to become free (Resources); the site says of the node: "
	         "drained: bad DIMM (root)"},
	        {"idle",
	         NULL,
	         NULL,
	         true,
	         {.state = JOB_NODE_FAIL},
	         FLEET_NODE_FAIL,
	         "the node went away under its job"},
	        {"down*",
	         "Not responding",
	         "slurm",
	         true,
	         {.state = JOB_NODE_FAIL},
	         FLEET_NODE_FAIL,
	         "the node went away under its job; the site says of the node: down*: Not "
	         "responding (slurm)"},
	        {"draining",
	         "bad DIMM",
	         "root",
	         true,
	         {.state = JOB_RUNNING},
	         FLEET_RUNNING,
	         "has just begun"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct error err;
		struct fleet_attempt attempt = {.number = 1, .job = cases[i].job, .has_job = true};
		struct fleet_node node = {
		        .name = T("rome01"),
		        .site_state = (char *)(uintptr_t)cases[i].site_state,
		        .site_reason = (char *)(uintptr_t)cases[i].site_reason,
		        .site_reason_by = (char *)(uintptr_t)cases[i].by,
		        .attempts = &attempt,
		        .attempt_count = cases[i].has_attempt,
		        .verdict = FLEET_VERDICTS,
		};
		assert_int_equal(standing_find_node(&node, NOW, &err), 0);
		assert_int_equal(node.verdict, cases[i].verdict);
		assert_string_equal(node.reason, cases[i].says);
		free(attempt.reason);
		free(node.reason);
	}
}

/* A job that nobody remembers, on a node that is down. */
static void test_died_with_node(void **state)
{
	(void)state;
	static const struct {
		const char *site_state;
		bool is_forgotten;
		enum job_stage stage;
		enum fleet_verdict verdict;
	} cases[] = {
	        {"down*", true, STAGE_RUNNING, FLEET_NODE_FAIL},
	        {"down", true, STAGE_MOVING, FLEET_NODE_FAIL},
	        {"idle", true, STAGE_RUNNING, FLEET_RUNNING},
	        {"down*", false, STAGE_RUNNING, FLEET_RUNNING},
	        {"down*", true, STAGE_DONE, FLEET_NO_RESULT},
	        {NULL, true, STAGE_RUNNING, FLEET_RUNNING},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct error err;
		struct fleet_attempt attempt = {
		        .number = 1,
		        .job.id = T("7"),
		        .is_forgotten = cases[i].is_forgotten,
		        .has_report = true,
		        .report = {.stage = cases[i].stage,
		                   .updated_ns = AGO(20),
		                   .trials_done = 3,
		                   .trials_planned = 8},
		};
		struct fleet_node node = {.name = T("rome01"),
		                          .site_state = T(cases[i].site_state),
		                          .site_reason = T("Not responding"),
		                          .attempts = &attempt,
		                          .attempt_count = 1};
		assert_int_equal(standing_find_node(&node, NOW, &err), 0);
		assert_int_equal(node.verdict, cases[i].verdict);
		assert_int_equal(attempt.verdict, cases[i].verdict);
		if (i == 0)
			assert_string_equal(
			        node.reason,
			        "its node is down, and job 7 is not known any more; 3 of 8 "
			        "trials done by then; the site says of the node: down*: Not "
			        "responding");
		free(attempt.reason);
		free(node.reason);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_waiting),          cmocka_unit_test(test_running),
	        cmocka_unit_test(test_all_combinations), cmocka_unit_test(test_node),
	        cmocka_unit_test(test_died_with_node),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
