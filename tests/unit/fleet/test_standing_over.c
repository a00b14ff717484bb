/* What came of an attempt that ended, from what batch system, state file and result say: a table of
 * all that can happen to a job, with the verdict and the sentence that a person reads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/array.h"
#include "core/str.h"
#include "fleet/standing_parts.h"
#include "situation.h"

#include <math.h>
#include <signal.h>

static const struct situation over[] = {
        {"pass", JOB(.state = JOB_DONE), DONE(.exit_code = 0), RESULT, .verdict = FLEET_PASS},
        {"tasks failed", JOB(.state = JOB_FAILED, .exit_code = 1), DONE(.exit_code = 1), RESULT,
         .verdict = FLEET_FAIL, .says = "tasks failed"},
        {"tasks failed, in its own words", JOB(.state = JOB_FAILED, .exit_code = 1),
         DONE(.exit_code = 1, .reason = T("3 of 8 tasks failed")), RESULT, .verdict = FLEET_FAIL,
         .says = "3 of 8 tasks failed"},
        {"told to end, in its own words", JOB(.state = JOB_FAILED),
         DONE(.exit_code = 130, .signal = SIGTERM, .is_partial = true,
              .reason = T("told to end by signal 15")),
         RESULT, .verdict = FLEET_NO_RESULT,
         .says = "it was told to end (signal 15) after 4 min; it left a partial result"},
        {"told to end, and the result did not arrive", JOB(.state = JOB_FAILED),
         DONE(.exit_code = 130, .signal = SIGTERM, .reason = T("no room")),
         .verdict = FLEET_NO_RESULT,
         .says = "it was told to end (signal 15) after 4 min; it left no result (no room)"},
        {"cancelled by nobody who is known, and it handed in", JOB(.state = JOB_CANCELLED),
         DONE(.exit_code = 130, .signal = SIGTERM, .is_partial = true), RESULT,
         .verdict = FLEET_NO_RESULT,
         .says = "it was cancelled after 4 min; it left a partial result"},
        {"somebody killed its run", JOB(.state = JOB_FAILED),
         DONE(.exit_code = 130, .signal = SIGKILL, .is_partial = true), RESULT,
         .verdict = FLEET_NO_RESULT,
         .says = "its run was killed (signal 9) after 4 min; it left a partial result"},
        {"criteria failed", JOB(.state = JOB_FAILED, .exit_code = 3), DONE(.exit_code = 3), RESULT,
         .verdict = FLEET_FAIL, .says = "criteria failed"},
        {"criteria open", JOB(.state = JOB_FAILED, .exit_code = 4), DONE(.exit_code = 4), RESULT,
         .verdict = FLEET_INCONCLUSIVE, .says = "criteria could not be decided"},
        {"the node cannot", JOB(.state = JOB_FAILED, .exit_code = 5),
         DONE(.exit_code = 5, .reason = T("8 GB of memory are missing")), .verdict = FLEET_FAIL,
         .says = "8 GB of memory are missing"},
        {"refused by the run", JOB(.state = JOB_FAILED, .exit_code = 2),
         DONE(.exit_code = 2, .reason = T("scenario.yaml:3:1: task.command is missing")),
         .verdict = FLEET_NO_RESULT,
         .says = "its run was refused: scenario.yaml:3:1: task.command is missing"},
        {"some other code", JOB(.state = JOB_FAILED, .exit_code = 77), DONE(.exit_code = 77),
         .verdict = FLEET_NO_RESULT, .says = "its run ended with exit code 77, and left no result"},
        {"did not begin", JOB(.state = JOB_FAILED, .exit_code = 1),
         DONE(.exit_code = -1, .reason = T("meant for rome01, and on rome02")),
         .verdict = FLEET_NO_RESULT, .says = "meant for rome01, and on rome02"},
        {"did not begin, without a word why", DONE(.exit_code = -1), .verdict = FLEET_NO_RESULT,
         .says = "its run did not begin"},
        {"the target was full", JOB(.state = JOB_FAILED, .exit_code = 1),
         DONE(.exit_code = 0,
              .reason = T("no room in the fleet's folder; the result is in rome01:/tmp/r.db")),
         .verdict = FLEET_NO_RESULT,
         .says = "its run was done, and left no result: no room in the fleet's folder; the result "
                 "is in "
                 "rome01:/tmp/r.db"},
        {"its result is gone", DONE(.exit_code = 0, .result = T("result.db")),
         .verdict = FLEET_NO_RESULT,
         .says = "its result was there (exit code 0) and is gone, or not seen here yet"},
        {"the node died",
         JOB(.state = JOB_NODE_FAIL, .state_word = T("NODE_FAIL"), .started_ns = AGO(200),
             .ended_ns = AGO(80)),
         REPORT(.stage = STAGE_RUNNING, .updated_ns = AGO(90), .trials_done = 3,
                .trials_planned = 8),
         .verdict = FLEET_NODE_FAIL,
         .says = "the node went away under its job after 2 min (NODE_FAIL); 3 of 8 trials done by "
                 "then"},
        {"the node did not come up", JOB(.state = JOB_NODE_FAIL, .state_word = T("BOOT_FAIL")),
         .verdict = FLEET_NODE_FAIL, .says = "the node went away under its job (BOOT_FAIL)"},
        {"the node died when all was done", JOB(.state = JOB_NODE_FAIL), DONE(.exit_code = 0),
         RESULT, .verdict = FLEET_NODE_FAIL,
         .says = "the node went away under its job; its result is whole"},
        {"the node died, and its result is not what was noted", JOB(.state = JOB_NODE_FAIL),
         DONE(.exit_code = 0), RESULT, .unreadable = "result.db is empty",
         .verdict = FLEET_NODE_FAIL,
         .says = "the node went away under its job; its result cannot be judged: result.db is "
                 "empty"},
        {"out of time, killed", JOB(.state = JOB_TIMEOUT, .time_limit_ns = 120 * NS_PER_S),
         REPORT(.stage = STAGE_RUNNING, .trials_done = 3, .trials_planned = 8),
         .verdict = FLEET_HUNG,
         .says = "its time limit of 2 min was over before its work was (3 of 8 trials done); it "
                 "left no result"},
        {"out of time, told beforehand",
         JOB(.state = JOB_FAILED, .started_ns = AGO(260), .time_limit_ns = 240 * NS_PER_S),
         DONE(.exit_code = 130, .signal = SIGTERM, .is_partial = true, .trials_done = 3,
              .trials_planned = 8),
         RESULT, .verdict = FLEET_HUNG,
         .says = "it was told to end for its time limit of 4 min, after 3 min, before its work "
                 "was done; it left a partial result "
                 "(3 of 8 trials done)"},
        {"told to end long before its limit, which is short",
         JOB(.state = JOB_FAILED, .started_ns = AGO(87), .time_limit_ns = 60 * NS_PER_S),
         DONE(.exit_code = 130, .signal = SIGTERM, .is_partial = true), RESULT,
         .verdict = FLEET_HUNG,
         .says = "it was told to end for its time limit of 1 min, after 27 s, before its work was "
                 "done; it left a partial result"},
        {"out of time, without a limit that is known", JOB(.state = JOB_TIMEOUT),
         .verdict = FLEET_HUNG,
         .says = "its time limit was over before its work was; it left no result"},
        {"out of time, and done", JOB(.state = JOB_TIMEOUT), DONE(.exit_code = 0), RESULT,
         .verdict = FLEET_PASS},
        {"terminated by hand",
         JOB(.state = JOB_FAILED, .started_ns = AGO(300), .time_limit_ns = HOUR * NS_PER_S),
         DONE(.exit_code = 130, .signal = SIGTERM, .is_partial = true, .trials_done = 3,
              .trials_planned = 8),
         RESULT, .verdict = FLEET_NO_RESULT,
         .says = "it was told to end (signal 15) after 4 min; it left a partial result (3 of 8 "
                 "trials done)"},
        {"terminated before anything was measured", JOB(.state = JOB_FAILED),
         DONE(.exit_code = 130, .signal = SIGTERM), .verdict = FLEET_NO_RESULT,
         .says = "it was told to end (signal 15) after 4 min; it left no result"},
        {"cancelled while pending",
         JOB(.state = JOB_CANCELLED, .state_word = T("CANCELLED"), .cancelled_by = T("ada")),
         .verdict = FLEET_NO_RESULT, .says = "it was cancelled by ada before it began"},
        {"cancelled while running",
         JOB(.state = JOB_CANCELLED, .started_ns = AGO(100), .ended_ns = AGO(10)),
         REPORT(.stage = STAGE_RUNNING, .trials_done = 3, .trials_planned = 8),
         .verdict = FLEET_NO_RESULT,
         .says = "it was cancelled after 90 s; its last word: 3 of 8 trials done"},
        {"cancelled, and it handed in",
         JOB(.state = JOB_CANCELLED, .cancelled_by = T("ada"), .time_limit_ns = 60 * NS_PER_S),
         DONE(.exit_code = 130, .signal = SIGTERM, .is_partial = true), RESULT,
         .verdict = FLEET_NO_RESULT,
         .says = "it was cancelled by ada after 4 min; it left a partial result"},
        {"preempted",
         JOB(.state = JOB_CANCELLED, .state_word = T("PREEMPTED"), .started_ns = AGO(100),
             .ended_ns = AGO(10)),
         .verdict = FLEET_NO_RESULT,
         .says = "another job took its place after 90 s; it never wrote a word"},
        {"out of memory", JOB(.state = JOB_OUT_OF_MEMORY),
         REPORT(.stage = STAGE_RUNNING, .trials_done = 3, .trials_planned = 8),
         .verdict = FLEET_FAIL,
         .says = "its job ran out of memory; its last word: 3 of 8 trials done"},
        {"some of its tasks were out of memory", JOB(.state = JOB_OUT_OF_MEMORY),
         DONE(.exit_code = 1), RESULT, .verdict = FLEET_FAIL, .says = "tasks failed"},
        {"killed",
         JOB(.state = JOB_FAILED, .signal = 9, .started_ns = AGO(100), .ended_ns = AGO(10)),
         REPORT(.stage = STAGE_MOVING), .verdict = FLEET_NO_RESULT,
         .says = "its job was killed or failed after 90 s (signal 9); its last word: puts "
                 "its result "
                 "into place; job.log may say why"},
        {"it could not even begin there", JOB(.state = JOB_FAILED, .exit_code = 5),
         .verdict = FLEET_FAIL,
         .says = "the node cannot do it (exit code 5); it never wrote a word; job.log may say why"},
        {"no program there", JOB(.state = JOB_FAILED, .exit_code = 127), .verdict = FLEET_NO_RESULT,
         .says = "its job was killed or failed (exit code 127); it never wrote a word; job.log may "
                 "say why"},
        {"done and no result", JOB(.state = JOB_DONE, .ended_ns = AGO(500)),
         .verdict = FLEET_NO_RESULT,
         .says = "its job is over as if all were well, and left no result"},
        {"done just now and no result yet", JOB(.state = JOB_DONE, .ended_ns = AGO(2)),
         .verdict = FLEET_NO_RESULT,
         .says = "its job is over as if all were well, and left no result; it may not be seen here "
                 "yet"},
        {"a word of the site's own", JOB(.state = JOB_UNKNOWN, .state_word = T("WARPED")),
         .verdict = FLEET_INCONCLUSIVE,
         .says = "the site calls its job 'WARPED', which is not known here"},
        {"a word of the site's own, and the job speaks",
         JOB(.state = JOB_UNKNOWN, .state_word = T("WARPED")),
         REPORT(.stage = STAGE_RUNNING, .updated_ns = AGO(2)), .verdict = FLEET_RUNNING,
         .says = "no trial done yet; the site calls its job 'WARPED', which is not known here"},
        {"killed between moving and saying so", JOB(.state = JOB_FAILED, .signal = 9),
         REPORT(.stage = STAGE_MOVING, .exit_code = -1), RESULT, .verdict = FLEET_INCONCLUSIVE,
         .says = "a result is there, and its job did not say how it went; `plateau fleet collect` "
                 "reads it"},
};

static const struct situation forgotten[] = {
        {"just submitted", ID(.submitted_ns = AGO(3)), .is_forgotten = true,
         .verdict = FLEET_PENDING, .says = "job 7 was just submitted"},
        {"gone without a trace", ID(.submitted_ns = AGO(HOUR)), .is_forgotten = true,
         .verdict = FLEET_NO_RESULT,
         .says = "job 7 is not known any more, and left neither a word nor a result"},
        {"gone while it ran", ID(), .is_forgotten = true,
         REPORT(.stage = STAGE_RUNNING, .updated_ns = AGO(3 * HOUR), .trials_done = 3,
                .trials_planned = 8),
         .verdict = FLEET_NO_RESULT,
         .says = "its last word is 3 h old (3 of 8 trials done), and job 7 is not known any more: "
                 "it or its node "
                 "died, which cannot be told apart now"},
        {"not known, and it speaks", ID(), .is_forgotten = true,
         REPORT(.stage = STAGE_RUNNING, .updated_ns = AGO(3)), .verdict = FLEET_RUNNING,
         .says = "no trial done yet"},
        {"forgotten and done", ID(), .is_forgotten = true, DONE(.exit_code = 0), RESULT,
         .verdict = FLEET_PASS},
        {"forgotten, done with failures", ID(), .is_forgotten = true, DONE(.exit_code = 1), RESULT,
         .verdict = FLEET_FAIL, .says = "tasks failed"},
        {"forgotten, told to end near its limit", ID(.time_limit_ns = 300 * NS_PER_S),
         .is_forgotten = true, DONE(.exit_code = 130, .signal = SIGTERM, .is_partial = true),
         RESULT, .verdict = FLEET_HUNG,
         .says = "it was told to end for its time limit of 5 min, after 4 min, before its work "
                 "was done; it left a partial result"},
        {"nobody was asked", ID(), .verdict = FLEET_PENDING,
         .says = "job 7 was submitted and has not written a word, and no batch system tells of it"},
        {"nobody was asked, and it ran", ID(),
         REPORT(.stage = STAGE_RUNNING, .updated_ns = AGO(HOUR)), .verdict = FLEET_NO_RESULT,
         .says = "its last word is 1 h old (no trial done yet): it or its node died"},
        {"its state file is damaged", JOB(.state = JOB_DONE), .unreadable = "state.json: no JSON",
         .verdict = FLEET_NO_RESULT,
         .says = "its job is over as if all were well, and left no result; state.json: no JSON"},
        {"a result without any word", RESULT, .verdict = FLEET_INCONCLUSIVE,
         .says = "a result is there, and its job did not say how it went; `plateau fleet collect` "
                 "reads it"},
};

#define WHOLE .state = T("done"), .trials_done = 8, .trials_planned = 8, .tasks = 400

static struct profile_figure throughput = {
        .concurrency = 8, .measure = MEASURE_THROUGHPUT, .value = 7.5, .low = NAN, .high = NAN};
static struct profile_figure nothing = {
        .concurrency = 8, .measure = MEASURE_THROUGHPUT, .value = NAN, .low = NAN, .high = NAN};

static const struct situation collected[] = {
        {"whole", DONE(.exit_code = 0), RESULT, PROFILE(WHOLE), .verdict = FLEET_PASS},
        {"from elsewhere", PROFILE(WHOLE), .verdict = FLEET_PASS},
        {"the result was cleared away since", JOB(.state = JOB_DONE),
         DONE(.exit_code = 0, .result = T("result.db")), PROFILE(WHOLE), .verdict = FLEET_PASS},
        {"the report was lost, the result tells", JOB(.state = JOB_FAILED, .signal = 9),
         REPORT(.stage = STAGE_MOVING), RESULT, PROFILE(WHOLE), .verdict = FLEET_PASS},
        {"tasks failed", DONE(.exit_code = 1), RESULT,
         PROFILE(WHOLE, .failed_tasks = 12, .failure = T("exit code 3")), .verdict = FLEET_FAIL,
         .says = "12 of 400 tasks failed: exit code 3"},
        {"all tasks failed while they warmed up",
         DONE(.exit_code = 1, .reason = T("10 of 10 tasks failed")), RESULT,
         PROFILE(.state = T("done"), .failure = T("exit code 3")), .verdict = FLEET_FAIL,
         .says = "10 of 10 tasks failed: exit code 3"},
        {"the same, from elsewhere", PROFILE(.state = T("done"), .failure = T("exit code 3")),
         .verdict = FLEET_FAIL, .says = "no task came to be measured: exit code 3"},
        {"figures without their tasks, from elsewhere",
         PROFILE(.state = T("done"), .figures = &throughput, .figure_count = 1),
         .verdict = FLEET_PASS},
        {"figures of nothing, from elsewhere",
         PROFILE(.state = T("done"), .figures = &nothing, .figure_count = 1), .verdict = FLEET_FAIL,
         .says = "no task came to be measured"},
        {"the same, and a criterion is open", PROFILE(.state = T("done")),
         .judgement = {.label = T("throughput"), .verdict = VERDICT_INCONCLUSIVE},
         .verdict = FLEET_FAIL, .says = "no task came to be measured"},
        {"the run said that criteria failed", DONE(.exit_code = 3), RESULT, PROFILE(WHOLE),
         .verdict = FLEET_FAIL, .says = "criteria failed"},
        {"criteria passed", DONE(.exit_code = 0), RESULT, PROFILE(WHOLE),
         .judgement = {.label = T("throughput at cores"), .verdict = VERDICT_PASS},
         .verdict = FLEET_PASS},
        {"criteria passed, and tasks failed", DONE(.exit_code = 1), RESULT,
         PROFILE(WHOLE, .failed_tasks = 1),
         .judgement = {.label = T("throughput at cores"), .verdict = VERDICT_PASS},
         .verdict = FLEET_FAIL, .says = "1 of 400 tasks failed"},
        {"a criterion allows failures", DONE(.exit_code = 1), RESULT,
         PROFILE(WHOLE, .failed_tasks = 1),
         .judgement = {.label = T("failed tasks"),
                       .measure = T("failures"),
                       .verdict = VERDICT_PASS},
         .verdict = FLEET_PASS},
        {"a criterion allows a share of failures", DONE(.exit_code = 1), RESULT,
         PROFILE(WHOLE, .failed_tasks = 1),
         .judgement = {.label = T("good enough"),
                       .measure = T("failure_share"),
                       .verdict = VERDICT_PASS},
         .verdict = FLEET_PASS},
        {"a criterion has the word in its name", DONE(.exit_code = 1), RESULT,
         PROFILE(WHOLE, .failed_tasks = 1),
         .judgement = {.label = T("no failure of the fan"),
                       .measure = T("throughput"),
                       .verdict = VERDICT_PASS},
         .verdict = FLEET_FAIL, .says = "1 of 400 tasks failed"},
        {"a criterion counts failures of another kind", DONE(.exit_code = 1), RESULT,
         PROFILE(WHOLE, .failed_tasks = 1),
         .judgement = {.label = T("failures"),
                       .measure = T("counter.failures"),
                       .verdict = VERDICT_PASS},
         .verdict = FLEET_FAIL, .says = "1 of 400 tasks failed"},
        {"of which measure a criterion is, is not known", DONE(.exit_code = 1), RESULT,
         PROFILE(WHOLE, .failed_tasks = 1),
         .judgement = {.label = T("failures"), .verdict = VERDICT_PASS}, .verdict = FLEET_FAIL,
         .says = "1 of 400 tasks failed"},
        {"a criterion failed", DONE(.exit_code = 0), RESULT, PROFILE(WHOLE),
         .judgement = {.label = T("throughput at cores"),
                       .verdict = VERDICT_FAIL,
                       .reason = T("0.81 of 0.95")},
         .verdict = FLEET_FAIL, .says = "failed: throughput at cores: 0.81 of 0.95"},
        {"a criterion of failures failed", DONE(.exit_code = 3), RESULT,
         PROFILE(WHOLE, .failed_tasks = 8, .failure = T("exit status 7 (N=1): bad")),
         .judgement = {.label = T("failures"),
                       .verdict = VERDICT_FAIL,
                       .reason = T("8 of 8 tasks failed; at most 0")},
         .verdict = FLEET_FAIL,
         .says = "failed: failures: 8 of 8 tasks failed; at most 0; tasks failed: exit status 7 "
                 "(N=1): bad"},
        {"a criterion is open", DONE(.exit_code = 0), RESULT, PROFILE(WHOLE),
         .judgement = {.label = T("frequency"),
                       .verdict = VERDICT_INCONCLUSIVE,
                       .reason = T("no counter")},
         .verdict = FLEET_INCONCLUSIVE, .says = "could not be decided: frequency: no counter"},
        {"all were skipped", DONE(.exit_code = 0), RESULT, PROFILE(WHOLE),
         .judgement = {.label = T("frequency"), .verdict = VERDICT_SKIPPED},
         .verdict = FLEET_INCONCLUSIVE, .says = "could not be decided: frequency"},
        {"partial", DONE(.exit_code = 130, .signal = SIGTERM, .is_partial = true), RESULT,
         PROFILE(.state = T("interrupted"), .trials_done = 3, .trials_planned = 8),
         .verdict = FLEET_NO_RESULT,
         .says = "it was told to end (signal 15) after 4 min; it left a partial result (3 of 8 "
                 "trials done)"},
        {"partial, from elsewhere",
         PROFILE(.state = T("killed"), .trials_done = 3, .trials_planned = 8),
         .verdict = FLEET_NO_RESULT,
         .says = "its run did not come to its end; it left a partial result (3 of 8 trials done)"},
        {"the result says more than the report", DONE(.exit_code = 0), RESULT,
         PROFILE(.state = T("interrupted"), .trials_done = 3, .trials_planned = 8),
         .verdict = FLEET_NO_RESULT,
         .says = "its run did not come to its end after 4 min; it left a partial result (3 of 8 "
                 "trials done)"},
        {"damaged", DONE(.exit_code = 0), RESULT, .unreadable = "not a database",
         .verdict = FLEET_NO_RESULT, .says = "its result cannot be judged: not a database"},
        {"the node died and its result is whole", JOB(.state = JOB_NODE_FAIL), PROFILE(WHOLE),
         .verdict = FLEET_NODE_FAIL,
         .says = "the node went away under its job; its result is whole"},
};

static void test_over(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(over); i++)
		situation_check(&over[i]);
}

static void test_forgotten(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(forgotten); i++)
		situation_check(&forgotten[i]);
}

static void test_collected(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(collected); i++)
		situation_check(&collected[i]);
}

/* Whatever the batch system calls the job, it has a sentence: no state is left to who asks first.
 */
static void test_states(void **state)
{
	(void)state;
	for (int i = 0; i < JOB_STATES; i++) {
		const struct fleet_attempt attempt = {
		        .has_job = true,
		        .job = {.id = T("7"), .state = (enum job_state)i},
		};
		struct standing standing = {.verdict = FLEET_PASS};
		standing_by_job(&attempt, NOW, &standing);
		assert_int_not_equal(standing.verdict, FLEET_PASS);
		str_release(&standing.reason);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_over),
	        cmocka_unit_test(test_forgotten),
	        cmocka_unit_test(test_collected),
	        cmocka_unit_test(test_states),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
