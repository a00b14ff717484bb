/* What came of an attempt, from what batch system, state file and result say: a table of all that
 * can happen to a job, with the verdict and the sentence that a person reads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/array.h"
#include "core/clock.h"
#include "core/error.h"
#include "fleet/observe.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define NOW    (2000000 * NS_PER_S)
#define AGO(s) (NOW - (s)*NS_PER_S)
/* Texts that nobody releases here. */
#define T(text) ((char *)(uintptr_t)(text))
#define MIN     60
#define HOUR    3600

/* One situation, written short: 0 stands for what is not known. */
struct situation {
	const char *name;
	struct batch_job job;
	bool has_job, is_forgotten;
	struct job_report report;
	bool has_report;
	const char *result;
	const char *unreadable;
	const char *refused;
	struct profile profile;
	bool has_profile;
	struct fleet_judgement judgement; /* one, where it has a label */
	enum fleet_verdict verdict;
	const char *says; /* the whole reason; NULL: none */
};

#define JOB(...) .has_job = true, .job = {.id = T("7"), __VA_ARGS__}
/* Submitted, and the batch system says nothing. */
#define ID(...)     .job = {.id = T("7"), __VA_ARGS__}
#define REPORT(...) .has_report = true, .report = {__VA_ARGS__}
#define DONE(...)                                                                                  \
	REPORT(.stage = STAGE_DONE, .started_ns = AGO(300), .ended_ns = AGO(60), __VA_ARGS__)
#define PROFILE(...) .has_profile = true, .profile = {__VA_ARGS__}
#define RESULT       .result = T("result.db")

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
         .says = "its time limit of 4 min was over before its work was; it left a partial result "
                 "(3 of 8 trials done)"},
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
         .says = "its time limit of 5 min was over before its work was; it left a partial result"},
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
         .judgement = {.label = T("failures at cores at most 2"), .verdict = VERDICT_PASS},
         .verdict = FLEET_PASS},
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

static void check(const struct situation *s)
{
	struct error err;
	struct fleet_judgement judgement = s->judgement;
	struct fleet_attempt attempt = {
	        .number = 1,
	        .job = s->job,
	        .has_job = s->has_job,
	        .is_forgotten = s->is_forgotten,
	        .report = s->report,
	        .has_report = s->has_report,
	        .result_path = (char *)(uintptr_t)s->result,
	        .unreadable = (char *)(uintptr_t)s->unreadable,
	        .refused = (char *)(uintptr_t)s->refused,
	        .profile = s->profile,
	        .has_profile = s->has_profile,
	        .judgements = judgement.label ? &judgement : NULL,
	        .judgement_count = judgement.label ? 1 : 0,
	        .criteria_verdict = judgement.verdict,
	        .verdict = FLEET_VERDICTS,
	        .reason = strdup("what was said before"),
	};
	assert_int_equal(standing_find(&attempt, NOW, &err), 0);
	const bool is_as_expected =
	        attempt.verdict == s->verdict &&
	        (s->says ? attempt.reason && strcmp(attempt.reason, s->says) == 0
	                 : !attempt.reason);
	if (!is_as_expected)
		print_message("# %s\n# got      %s: %s\n# expected %s: %s\n", s->name,
		              fleet_verdict_words[attempt.verdict].name, attempt.reason,
		              fleet_verdict_words[s->verdict].name, s->says);
	free(attempt.reason);
	assert_true(is_as_expected);
}

static void test_waiting(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(waiting); i++)
		check(&waiting[i]);
}

static void test_running(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(running); i++)
		check(&running[i]);
}

static void test_over(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(over); i++)
		check(&over[i]);
}

static void test_forgotten(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(forgotten); i++)
		check(&forgotten[i]);
}

static void test_collected(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(collected); i++)
		check(&collected[i]);
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
	        cmocka_unit_test(test_waiting),   cmocka_unit_test(test_running),
	        cmocka_unit_test(test_over),      cmocka_unit_test(test_forgotten),
	        cmocka_unit_test(test_collected), cmocka_unit_test(test_all_combinations),
	        cmocka_unit_test(test_node),      cmocka_unit_test(test_died_with_node),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
