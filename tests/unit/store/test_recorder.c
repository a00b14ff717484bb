/* What is recorded comes back as it was put, in any order, with the last attempt of each trial;
 * what does not belong is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/array.h"
#include "core/clock.h"
#include "fixture.h"
#include "recorded.h"
#include "store/load.h"

#include <errno.h>
#include <poll.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void recorded_same_task(const struct dataset *dataset, size_t i, const struct record *record)
{
	assert_memory_equal(&dataset->tasks[i], &record->task, sizeof record->task);
	for (size_t e = 0; e < dataset->event_count; e++) {
		const struct counter_value counter = dataset_counter(dataset, i, e);
		assert_int_equal(counter.raw, record->counters[e].raw);
		assert_int_equal(counter.enabled_ns, record->counters[e].enabled_ns);
		assert_int_equal(counter.running_ns, record->counters[e].running_ns);
		assert_int_equal(counter.state, record->counters[e].state);
	}
}

static void assert_same_facts(const struct dataset *dataset, const struct fixture *fixture)
{
	assert_string_equal(dataset->path, fixture->path);
	assert_string_equal(dataset->run.id, fixture->run.id);
	assert_string_equal(dataset->run.name, fixture->run.name);
	assert_string_equal(dataset->run.plateau_version, fixture->run.plateau_version);
	assert_string_equal(dataset->run.scenario_text, fixture->run.scenario_text);
	assert_string_equal(dataset->run.scenario_sha256, fixture->run.scenario_sha256);
	assert_string_equal(dataset->run.scenario_json, fixture->run.scenario_json);
	assert_string_equal(dataset->run.task_type, fixture->run.task_type);
	assert_string_equal(dataset->run.command, fixture->run.command);
	assert_true(dataset->run.seed == fixture->run.seed);
	assert_int_equal(dataset->run.baseline, 1);
	assert_int_equal(dataset->run.threads, 1);
	assert_true(dataset->run.origin_calendar_ns == fixture->run.origin_calendar_ns);
	assert_int_equal(dataset->host.count, 2);
	assert_string_equal(host_facts_get(&dataset->host, "processor"), "EPYC 7702");
	assert_null(host_facts_get(&dataset->host, "pmu"));
	assert_string_equal(dataset->host.items[1].reason, "no hardware counters");
	assert_string_equal(dataset->host.topology_xml, "<topology/>");
	assert_int_equal(dataset->level_count, FIXTURE_LEVELS);
	assert_int_equal(dataset->levels[1].concurrency, 2);
	assert_string_equal(dataset->levels[1].policy, "spread");
	assert_string_equal(dataset->levels[1].spelling, "cores");
	assert_true(dataset->levels[1].is_oversubscribed);
	assert_false(dataset->levels[0].is_oversubscribed);
	assert_int_equal(dataset->levels[0].memory_bytes, 1000);
	assert_int_equal(dataset->levels[1].memory_bytes, -1);
	assert_null(dataset->levels[0].skipped);
	assert_int_equal(dataset->event_count, FIXTURE_EVENTS);
	for (size_t i = 0; i < FIXTURE_EVENTS; i++) {
		const struct event_definition *const event = &dataset->events[i];
		assert_string_equal(event->name, fixture->events[i].name);
		assert_string_equal(event->encoded, fixture->events[i].encoded);
		assert_true(event->config == fixture->events[i].config);
		assert_int_equal(event->is_user_only, fixture->events[i].is_user_only);
		assert_int_equal(event->state, fixture->events[i].state);
		assert_string_equal(event->reason, fixture->events[i].reason);
	}
	assert_int_equal(dataset->inputs.count, FIXTURE_INPUTS);
	assert_string_equal(dataset->inputs.items[0], fixture->inputs.items[0]);
}

/* The slots of the fixture's plan: 1 at the first level, 2 at the second. */
static void assert_same_slots(const struct dataset *dataset)
{
	assert_int_equal(dataset->slot_count, 3);
	for (uint32_t level = 0; level < 2; level++)
		for (uint32_t slot = 0; slot <= level; slot++) {
			const struct dataset_slot *const found =
			        dataset_find_slot(dataset, level, slot);
			assert_non_null(found);
			assert_int_equal(found->level, level);
			assert_int_equal(found->slot, slot);
			assert_int_equal(found->pu, slot);
			assert_int_equal(found->core, slot);
			assert_int_equal(found->l3, -1);
		}
	assert_null(dataset_find_slot(dataset, 0, 1));
	assert_null(dataset_find_slot(dataset, 2, 0));
}

static void put_event_and_output(struct recorder *recorder)
{
	recorded_put(recorder, (struct record){.kind = RECORD_EVENT,
	                                       .event = {.at_ns = 77,
	                                                 .trial = 2,
	                                                 .slot = -1,
	                                                 .code = "occupancy-low",
	                                                 .text = "It's 0.97."}});
	recorded_put(recorder, (struct record){.kind = RECORD_OUTPUT,
	                                       .output = {.trial = 2,
	                                                  .index = 5,
	                                                  .stream = 2,
	                                                  .total_bytes = 10,
	                                                  .head = strndup("h\n", 2),
	                                                  .head_bytes = 2,
	                                                  .tail = strndup("tail", 4),
	                                                  .tail_bytes = 4}});
}

static void load_equals_put(void **state)
{
	const struct fixture *const fixture = *state;
	struct recorder *const recorder = fixture_recorder(fixture);
	assert_true(recorder_thread_id(recorder) > 0);
	assert_int_not_equal(recorder_thread_id(recorder), getpid());
	const struct record probe = fixture_task(0, 0);
	recorded_put(recorder, probe);
	struct record tasks[2][100];
	for (uint32_t trial = 1; trial <= 2; trial++) {
		recorded_put(recorder, fixture_trial(trial, 1, TRIAL_RUNNING));
		for (uint32_t i = 100; i-- > 0;) { /* they do not end in the order of start */
			tasks[trial - 1][i] = fixture_task(trial, i);
			recorded_put(recorder, tasks[trial - 1][i]);
		}
		recorded_put(recorder, fixture_trial(trial, 1, TRIAL_DONE));
	}
	put_event_and_output(recorder);
	recorded_close(recorder, RUN_DONE);
	assert_int_equal(recorded_entries(fixture), 1); /* nothing but the file */

	struct dataset dataset cleanup_dataset = recorded_load(fixture->path);
	assert_same_facts(&dataset, fixture);
	assert_int_equal(dataset.run.state, RUN_DONE);
	assert_true(dataset.run.finished_calendar_ns == 1790000001000000000);
	assert_int_equal(dataset.trial_count, FIXTURE_TRIALS);
	const struct record done = fixture_trial(2, 1, TRIAL_DONE);
	assert_memory_equal(&dataset.trials[1], &done.trial, sizeof done.trial);
	assert_int_equal(dataset.trials[2].state, TRIAL_PENDING);
	assert_int_equal(dataset.trials[2].start_ns, RECORD_ABSENT);
	assert_int_equal(dataset.task_count, 201);
	recorded_same_task(&dataset, 0, &probe);
	for (size_t i = 0; i < 200; i++)
		recorded_same_task(&dataset, 1 + i, &tasks[i / 100][i % 100]);
	assert_int_equal(dataset.warning_count, 1);
	assert_int_equal(dataset.warnings[0].trial, 2);
	assert_int_equal(dataset.warnings[0].slot, -1);
	assert_string_equal(dataset.warnings[0].code, "occupancy-low");
	assert_string_equal(dataset.warnings[0].text, "It's 0.97.");
	assert_int_equal(fixture_query(fixture->path,
	                               "SELECT count(*) FROM output JOIN task USING(task) WHERE"
	                               " trial=2 AND task_index=5 AND stream='stderr' AND"
	                               " total_bytes=10 AND head=x'680a' AND tail=x'7461696c'"),
	                 1);
	assert_int_equal(fixture_query(fixture->path,
	                               "SELECT count(*) FROM slot WHERE level=1 AND slot=1 AND"
	                               " pus='1,3' AND own=1 AND core=1 AND l3 IS NULL"),
	                 1);
	assert_same_slots(&dataset);
}

/* Sets of events and the set of every trial are kept; a counter that was not asked for is no row,
 * and no 0 when it is loaded. */
static void sets_of_events_are_kept(void **state)
{
	struct fixture *const fixture = *state;
	const struct event_sets sets = {.count = 3, .events = {1 | 2, 1, 2}};
	fixture->plan.event_sets = sets;
	for (uint32_t i = 0; i < FIXTURE_TRIALS; i++)
		fixture->plan.trials[i].event_set = i % 3 + 1;
	struct recorder *const recorder = fixture_recorder(fixture);
	recorded_put(recorder, fixture_task(0, 0));
	for (uint32_t trial = 1; trial < FIXTURE_TRIALS; trial++) {
		struct record begun = fixture_trial(trial, 1, TRIAL_DONE);
		begun.trial.event_set = fixture->plan.trials[trial - 1].event_set;
		recorded_put(recorder, begun);
		recorded_put(recorder, fixture_task(trial, 0));
	}
	recorded_close(recorder, RUN_DONE);
	assert_int_equal(fixture_query(fixture->path, "SELECT count(*) FROM event_set"), 4);
	assert_int_equal(fixture_query(fixture->path, "SELECT count(*) FROM counter"), 6);
	struct dataset dataset cleanup_dataset = {0};
	struct error err;
	assert_int_equal(load_dataset(fixture->path, &dataset, &err), 0);
	assert_memory_equal(&dataset.event_sets, &sets, sizeof sets);
	assert_int_equal(dataset.task_count, FIXTURE_TRIALS);
	for (size_t i = 0; i < dataset.trial_count; i++)
		assert_int_equal(dataset.trials[i].event_set, fixture->plan.trials[i].event_set);
	for (size_t i = 0; i < dataset.task_count; i++) {
		const uint32_t set = i ? dataset.trials[i - 1].event_set : 0;
		static const enum counter_state counted[] = {COUNTER_OK, COUNTER_SCALED};
		for (size_t e = 0; e < 2; e++) {
			const struct counter_value counter = dataset_counter(&dataset, i, e);
			assert_int_equal(counter.state, event_sets_has(&sets, set, e)
			                                        ? counted[e]
			                                        : COUNTER_NOT_COUNTED);
		}
		assert_int_equal(dataset_counter(&dataset, i, 2).state, COUNTER_NOT_SUPPORTED);
	}
}

static void put_output(struct recorder *recorder, uint32_t trial, uint32_t index, int stream,
                       int64_t left_out, const char *head, const char *tail)
{
	recorded_put(
	        recorder,
	        (struct record){
	                .kind = RECORD_OUTPUT,
	                .output = {.trial = trial,
	                           .index = index,
	                           .stream = (uint8_t)stream,
	                           .total_bytes = (int64_t)(strlen(head) + strlen(tail)) + left_out,
	                           .head = strdup(head),
	                           .head_bytes = (uint32_t)strlen(head),
	                           .tail = strdup(tail),
	                           .tail_bytes = (uint32_t)strlen(tail)}});
}

static struct record failed_task(uint32_t trial, uint32_t index, int32_t exit_status)
{
	struct record record = fixture_task(trial, index);
	record.task.state = exit_status ? TASK_FAILED : TASK_OK;
	record.task.exit_status = exit_status;
	return record;
}

static void one_line_is_loaded_of_each_failure(void **state)
{
	const struct fixture *const fixture = *state;
	struct recorder *const recorder = fixture_recorder(fixture);
	recorded_put(recorder, failed_task(0, 0, 7));
	put_output(recorder, 0, 0, 1, 0, "of the probe\n", "");
	recorded_put(recorder, fixture_trial(2, 1, TRIAL_RUNNING));
	recorded_put(recorder, failed_task(2, 0, 9));
	put_output(recorder, 2, 0, 2, 0, "of an attempt that was repeated\n", "");
	recorded_put(recorder, fixture_trial(2, 2, TRIAL_RUNNING));
	for (uint32_t i = 0; i < 7; i++)
		recorded_put(recorder, failed_task(2, i, (int32_t)i));
	put_output(recorder, 2, 0, 2, 0, "a success\n", "");
	put_output(recorder, 2, 1, 1, 0, "on stdout\n", "");
	put_output(recorder, 2, 1, 2, 0, "first\n\t last \r\n \n", "");
	put_output(recorder, 2, 2, 1, 0, "nothing on stderr", "");
	put_output(recorder, 2, 3, 2, 0, "x\nbo", "om\n");
	put_output(recorder, 2, 4, 2, 100, "x\nhead", "gap\n");
	put_output(recorder, 2, 5, 2, 100, "the head\n", "\n\n");
	put_output(recorder, 2, 6, 2, 0, " \n", "");
	recorded_put(recorder, fixture_trial(2, 2, TRIAL_DONE));
	recorded_close(recorder, RUN_DONE);
	struct dataset dataset cleanup_dataset = recorded_load(fixture->path);
	static const char *const lines[] = {NULL,       "last", "nothing on stderr", "boom", "gap",
	                                    "the head", NULL};
	assert_int_equal(dataset.said_count, 6);
	assert_string_equal(dataset_said(&dataset, -1, TASK_FAILED, 7), "of the probe");
	assert_null(dataset_said(&dataset, 1, TASK_FAILED, 9));
	for (int32_t i = 0; i < 7; i++) {
		const char *const said = dataset_said(&dataset, 1, TASK_FAILED, i);
		if (lines[i])
			assert_string_equal(said, lines[i]);
		else
			assert_null(said);
	}
}

static void later_attempt_replaces_earlier(void **state)
{
	const struct fixture *const fixture = *state;
	struct recorder *const recorder = fixture_recorder(fixture);
	recorded_put(recorder, fixture_trial(1, 1, TRIAL_RUNNING));
	recorded_put(recorder, fixture_task(1, 0));
	recorded_put(recorder, fixture_task(1, 1));
	recorded_put(recorder,
	             (struct record){.kind = RECORD_EVENT,
	                             .event = {.trial = 1, .slot = 0, .code = "x", .text = "y"}});
	recorded_put(recorder, fixture_trial(1, 1, TRIAL_INTERRUPTED));
	recorded_put(recorder, fixture_trial(1, 2, TRIAL_RUNNING));
	recorded_put(recorder, fixture_task(1, 0));
	recorded_put(recorder, fixture_trial(1, 2, TRIAL_DONE));
	recorded_close(recorder, RUN_INTERRUPTED);
	struct dataset dataset cleanup_dataset = recorded_load(fixture->path);
	assert_int_equal(dataset.run.state, RUN_INTERRUPTED);
	assert_int_equal(dataset.trial_count, FIXTURE_TRIALS);
	assert_int_equal(dataset.trials[0].attempt, 2);
	assert_int_equal(dataset.trials[0].state, TRIAL_DONE);
	assert_int_equal(dataset.task_count, 1);
	assert_int_equal(dataset.warning_count, 0);
	assert_int_equal(fixture_query(fixture->path, "SELECT count(*) FROM task"), 3);
}

/* Tasks that end in another order than they began, with indexes that leave gaps or none, few that
 * one thread reads and many that several do. */
static void any_order_is_loaded_sorted(void **state)
{
	static const struct {
		uint32_t tasks; /* of each of two trials */
		uint32_t step;  /* between indexes */
	} cases[] = {{0, 1}, {1, 1}, {40, 1}, {40, 3}, {30000, 1}, {30000, 2}};
	const struct fixture *const fixture = *state;
	for (size_t c = 0; c < ARRAY_LENGTH(cases); c++) {
		const uint32_t count = cases[c].tasks;
		struct error err;
		struct recorder *recorder;
		assert_int_equal(fixture_create(fixture, fixture->path, true, &recorder, &err), 0);
		recorded_put(recorder, fixture_trial(1, 1, TRIAL_RUNNING));
		recorded_put(recorder, fixture_trial(2, 1, TRIAL_RUNNING));
		for (uint32_t i = count; i-- > 0;) {
			recorded_put(recorder, fixture_task(2, i * cases[c].step));
			recorded_put(recorder, fixture_task(1, i * cases[c].step));
		}
		recorded_close(recorder, RUN_DONE);
		struct dataset dataset cleanup_dataset = recorded_load(fixture->path);
		assert_int_equal(dataset.task_count, 2 * count);
		for (size_t i = 0; i < 2 * count; i++) {
			const uint32_t trial = i < count ? 1 : 2;
			const struct record record =
			        fixture_task(trial, (uint32_t)(i % count) * cases[c].step);
			recorded_same_task(&dataset, i, &record);
		}
	}
}

static void stored_follows_commits(void **state)
{
	const struct fixture *const fixture = *state;
	struct recorder *const recorder = fixture_recorder(fixture);
	assert_int_equal(recorder_stored(recorder), 0);
	recorded_put(recorder, fixture_trial(1, 1, TRIAL_RUNNING));
	for (uint32_t i = 0; i < 10; i++)
		recorded_put(recorder, fixture_task(1, i));
	for (int i = 0; i < 1000 && recorder_stored(recorder) < 10; i++)
		clock_sleep_until(clock_now_ns() + 10 * NS_PER_MS);
	assert_int_equal(recorder_stored(recorder), 10);
	recorded_close(recorder, RUN_DONE);
}

static void tables_refuse_what_does_not_belong(void **state)
{
	static const char *const bad[] = {
	        "INSERT INTO trial(trial, attempt, block, level, state) VALUES(9,1,0,7,'done')",
	        "INSERT INTO trial(trial, attempt, block, level, state) VALUES(9,1,0,0,'fine')",
	        "INSERT INTO trial(trial, attempt, block, level, state) VALUES(9,1,'x',0,'done')",
	        "INSERT INTO trial(trial, attempt, block, level, state) VALUES(1,1,0,0,'done')",
	        "UPDATE trial SET start_ns='soon'",
	        "UPDATE trial SET start_ns=1.5",
	        "UPDATE task SET start_ns=NULL",
	        "UPDATE task SET user_ns='1x'",
	        "UPDATE task SET cpu_ns=-1",
	        "UPDATE task SET cpu_ns=0.5",
	        "UPDATE task SET role='other'",
	        "UPDATE task SET state='nice'",
	        "UPDATE task SET input=99",
	        "UPDATE task SET trial=77",
	        "UPDATE task SET attempt=NULL",
	        "UPDATE task SET slot=-1",
	        "UPDATE counter SET event=17",
	        "UPDATE counter SET raw=NULL",
	        "UPDATE counter SET state=''",
	        "INSERT INTO counter VALUES(12345,0,1,1,1,'ok')",
	        "INSERT INTO output VALUES(12345,'stdout',1,NULL,NULL)",
	        "UPDATE run SET state='odd'",
	        "UPDATE run SET name=x'00'",
	        "UPDATE level SET oversubscribed=2",
	        "UPDATE level SET concurrency=-1",
	        "UPDATE event SET code=NULL",
	        "DELETE FROM level",
	        "DELETE FROM task",
	};
	const struct fixture *const fixture = *state;
	struct recorder *const recorder = fixture_recorder(fixture);
	recorded_put(recorder, fixture_trial(1, 1, TRIAL_RUNNING));
	recorded_put(recorder, fixture_task(1, 0));
	recorded_put(recorder, (struct record){.kind = RECORD_EVENT,
	                                       .event = {.slot = -1, .code = "x", .text = "y"}});
	recorded_close(recorder, RUN_DONE);
	assert_int_equal(fixture_sql(fixture->path, "UPDATE task SET user_ns=1"), SQLITE_OK);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		if (fixture_sql(fixture->path, bad[i]) != SQLITE_CONSTRAINT)
			fail_msg("accepted: %s", bad[i]);
}

static void broken_record_is_reported(void **state)
{
	const struct fixture *const fixture = *state;
	struct recorder *const recorder = fixture_recorder(fixture);
	recorded_put(recorder, fixture_trial(1, 1, TRIAL_RUNNING));
	struct record wrong = fixture_task(1, 0);
	wrong.task.input = 99;
	recorded_put(recorder, wrong);
	struct pollfd wake = {.fd = recorder_failure_fd(recorder), .events = POLLIN};
	assert_int_equal(poll(&wake, 1, 20000), 1);
	struct error err = {""};
	const struct record next = fixture_task(1, 1);
	assert_int_equal(sink_put(recorder_sink(recorder), &next, &err), -EINVAL);
	assert_non_null(strstr(err.text, fixture->path));
	const struct record output = {.kind = RECORD_OUTPUT, .output = {.head = strdup("mine")}};
	assert_int_equal(sink_put(recorder_sink(recorder), &output, &err), -EINVAL);
	assert_int_equal(recorder_close(recorder, RUN_DONE, 1, &err), -EINVAL);
	struct dataset dataset cleanup_dataset = recorded_load(fixture->path);
	assert_int_equal(dataset.run.state, RUN_FAILED);
	assert_int_equal(dataset.task_count, 0);
}

static void unknown_trial_is_refused(void **state)
{
	const struct fixture *const fixture = *state;
	struct recorder *const recorder = fixture_recorder(fixture);
	recorded_put(recorder, fixture_trial(FIXTURE_TRIALS + 1, 1, TRIAL_RUNNING));
	struct error err = {""};
	assert_int_equal(recorder_close(recorder, RUN_DONE, 1, &err), -EINVAL);
	assert_non_null(strstr(err.text, "not in the plan"));
}

static void close_takes_null(void **state)
{
	(void)state;
	struct error err;
	assert_int_equal(recorder_close(NULL, RUN_DONE, 0, &err), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        TEST(one_line_is_loaded_of_each_failure),
	        TEST(load_equals_put),
	        TEST(sets_of_events_are_kept),
	        TEST(later_attempt_replaces_earlier),
	        TEST(any_order_is_loaded_sorted),
	        TEST(stored_follows_commits),
	        TEST(tables_refuse_what_does_not_belong),
	        TEST(broken_record_is_reported),
	        TEST(unknown_trial_is_refused),
	        TEST(close_takes_null),
	};
	umask(022); /* files are to be readable by the other user that some tests become */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
