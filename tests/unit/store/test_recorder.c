#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/array.h"
#include "core/clock.h"
#include "fixture.h"
#include "store/load.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static int set_up(void **state)
{
	struct fixture *const fixture = malloc(sizeof *fixture);
	assert_non_null(fixture);
	fixture_init(fixture);
	*state = fixture;
	return 0;
}

static int tear_down(void **state)
{
	fixture_release(*state);
	free(*state);
	return 0;
}

static void put(struct recorder *recorder, struct record record)
{
	struct error err = {"no error"};
	if (sink_put(recorder_sink(recorder), &record, &err) < 0)
		fail_msg("%s", err.text);
}

static void close_recorder(struct recorder *recorder, enum run_state state)
{
	struct error err = {"no error"};
	if (recorder_close(recorder, state, 1790000001000000000, &err) < 0)
		fail_msg("%s", err.text);
}

static struct dataset load(const char *path)
{
	struct error err = {"no error"};
	struct dataset dataset;
	memset(&dataset, 0x5a, sizeof dataset);
	if (load_dataset(path, &dataset, &err) < 0)
		fail_msg("%s", err.text);
	return dataset;
}

static void assert_load_fails(const char *path, int code, const char *text)
{
	struct error err = {""};
	struct dataset dataset;
	struct dataset poison;
	memset(&dataset, 0x5a, sizeof dataset);
	memset(&poison, 0x5a, sizeof poison);
	assert_int_equal(load_dataset(path, &dataset, &err), -code);
	if (!strstr(err.text, text))
		fail_msg("\"%s\" does not say \"%s\"", err.text, text);
	assert_memory_equal(&dataset, &poison, sizeof poison);
}

static bool exists(const char *path, const char *suffix)
{
	char name[128];
	snprintf(name, sizeof name, "%s%s", path, suffix);
	return access(name, F_OK) == 0;
}

/* How many entries the fixture's folder has. */
static int folder_entries(const struct fixture *fixture)
{
	char command[128];
	snprintf(command, sizeof command, "ls -A %s | wc -l", fixture->folder);
	FILE *const out = popen(command, "r");
	int count = -1;
	assert_non_null(out);
	assert_int_equal(fscanf(out, "%d", &count), 1);
	pclose(out);
	return count;
}

static void write_file(const char *path, const void *data, size_t bytes)
{
	FILE *const file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, bytes, file), bytes);
	assert_int_equal(fclose(file), 0);
}

static void assert_same_task(const struct dataset *dataset, size_t i, const struct record *record)
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

static void load_equals_put(void **state)
{
	const struct fixture *const fixture = *state;
	struct recorder *const recorder = fixture_recorder(fixture);
	assert_true(recorder_thread_id(recorder) > 0);
	assert_int_not_equal(recorder_thread_id(recorder), getpid());
	const struct record probe = fixture_task(0, 0);
	put(recorder, probe);
	struct record tasks[2][100];
	for (uint32_t trial = 1; trial <= 2; trial++) {
		put(recorder, fixture_trial(trial, 1, TRIAL_RUNNING));
		for (uint32_t i = 100; i-- > 0;) { /* they do not end in the order of start */
			tasks[trial - 1][i] = fixture_task(trial, i);
			put(recorder, tasks[trial - 1][i]);
		}
		put(recorder, fixture_trial(trial, 1, TRIAL_DONE));
	}
	put(recorder, (struct record){.kind = RECORD_EVENT,
	                              .event = {.at_ns = 77,
	                                        .trial = 2,
	                                        .slot = -1,
	                                        .code = "occupancy-low",
	                                        .text = "It's 0.97."}});
	put(recorder, (struct record){.kind = RECORD_OUTPUT,
	                              .output = {.trial = 2,
	                                         .index = 5,
	                                         .stream = 2,
	                                         .total_bytes = 10,
	                                         .head = strndup("h\n", 2),
	                                         .head_bytes = 2,
	                                         .tail = strndup("tail", 4),
	                                         .tail_bytes = 4}});
	close_recorder(recorder, RUN_DONE);
	assert_int_equal(folder_entries(fixture), 1); /* nothing but the file */

	struct dataset dataset cleanup_dataset = load(fixture->path);
	assert_same_facts(&dataset, fixture);
	assert_int_equal(dataset.run.state, RUN_DONE);
	assert_true(dataset.run.finished_calendar_ns == 1790000001000000000);
	assert_int_equal(dataset.trial_count, FIXTURE_TRIALS);
	const struct record done = fixture_trial(2, 1, TRIAL_DONE);
	assert_memory_equal(&dataset.trials[1], &done.trial, sizeof done.trial);
	assert_int_equal(dataset.trials[2].state, TRIAL_PENDING);
	assert_int_equal(dataset.trials[2].start_ns, RECORD_ABSENT);
	assert_int_equal(dataset.task_count, 201);
	assert_same_task(&dataset, 0, &probe);
	for (size_t i = 0; i < 200; i++)
		assert_same_task(&dataset, 1 + i, &tasks[i / 100][i % 100]);
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
	put(recorder, fixture_task(0, 0));
	for (uint32_t trial = 1; trial < FIXTURE_TRIALS; trial++) {
		struct record begun = fixture_trial(trial, 1, TRIAL_DONE);
		begun.trial.event_set = fixture->plan.trials[trial - 1].event_set;
		put(recorder, begun);
		put(recorder, fixture_task(trial, 0));
	}
	close_recorder(recorder, RUN_DONE);
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
	put(recorder,
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
	put(recorder, failed_task(0, 0, 7));
	put_output(recorder, 0, 0, 1, 0, "of the probe\n", "");
	put(recorder, fixture_trial(2, 1, TRIAL_RUNNING));
	put(recorder, failed_task(2, 0, 9));
	put_output(recorder, 2, 0, 2, 0, "of an attempt that was repeated\n", "");
	put(recorder, fixture_trial(2, 2, TRIAL_RUNNING));
	for (uint32_t i = 0; i < 7; i++)
		put(recorder, failed_task(2, i, (int32_t)i));
	put_output(recorder, 2, 0, 2, 0, "a success\n", "");
	put_output(recorder, 2, 1, 1, 0, "on stdout\n", "");
	put_output(recorder, 2, 1, 2, 0, "first\n\t last \r\n \n", "");
	put_output(recorder, 2, 2, 1, 0, "nothing on stderr", "");
	put_output(recorder, 2, 3, 2, 0, "x\nbo", "om\n");
	put_output(recorder, 2, 4, 2, 100, "x\nhead", "gap\n");
	put_output(recorder, 2, 5, 2, 100, "the head\n", "\n\n");
	put_output(recorder, 2, 6, 2, 0, " \n", "");
	put(recorder, fixture_trial(2, 2, TRIAL_DONE));
	close_recorder(recorder, RUN_DONE);
	struct dataset dataset cleanup_dataset = load(fixture->path);
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
	put(recorder, fixture_trial(1, 1, TRIAL_RUNNING));
	put(recorder, fixture_task(1, 0));
	put(recorder, fixture_task(1, 1));
	put(recorder, (struct record){.kind = RECORD_EVENT,
	                              .event = {.trial = 1, .slot = 0, .code = "x", .text = "y"}});
	put(recorder, fixture_trial(1, 1, TRIAL_INTERRUPTED));
	put(recorder, fixture_trial(1, 2, TRIAL_RUNNING));
	put(recorder, fixture_task(1, 0));
	put(recorder, fixture_trial(1, 2, TRIAL_DONE));
	close_recorder(recorder, RUN_INTERRUPTED);
	struct dataset dataset cleanup_dataset = load(fixture->path);
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
		put(recorder, fixture_trial(1, 1, TRIAL_RUNNING));
		put(recorder, fixture_trial(2, 1, TRIAL_RUNNING));
		for (uint32_t i = count; i-- > 0;) {
			put(recorder, fixture_task(2, i * cases[c].step));
			put(recorder, fixture_task(1, i * cases[c].step));
		}
		close_recorder(recorder, RUN_DONE);
		struct dataset dataset cleanup_dataset = load(fixture->path);
		assert_int_equal(dataset.task_count, 2 * count);
		for (size_t i = 0; i < 2 * count; i++) {
			const uint32_t trial = i < count ? 1 : 2;
			const struct record record =
			        fixture_task(trial, (uint32_t)(i % count) * cases[c].step);
			assert_same_task(&dataset, i, &record);
		}
	}
}

static void stored_follows_commits(void **state)
{
	const struct fixture *const fixture = *state;
	struct recorder *const recorder = fixture_recorder(fixture);
	assert_int_equal(recorder_stored(recorder), 0);
	put(recorder, fixture_trial(1, 1, TRIAL_RUNNING));
	for (uint32_t i = 0; i < 10; i++)
		put(recorder, fixture_task(1, i));
	for (int i = 0; i < 1000 && recorder_stored(recorder) < 10; i++)
		clock_sleep_until(clock_now_ns() + 10 * NS_PER_MS);
	assert_int_equal(recorder_stored(recorder), 10);
	close_recorder(recorder, RUN_DONE);
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
	put(recorder, fixture_trial(1, 1, TRIAL_RUNNING));
	put(recorder, fixture_task(1, 0));
	put(recorder,
	    (struct record){.kind = RECORD_EVENT, .event = {.slot = -1, .code = "x", .text = "y"}});
	close_recorder(recorder, RUN_DONE);
	assert_int_equal(fixture_sql(fixture->path, "UPDATE task SET user_ns=1"), SQLITE_OK);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		if (fixture_sql(fixture->path, bad[i]) != SQLITE_CONSTRAINT)
			fail_msg("accepted: %s", bad[i]);
}

static void broken_record_is_reported(void **state)
{
	const struct fixture *const fixture = *state;
	struct recorder *const recorder = fixture_recorder(fixture);
	put(recorder, fixture_trial(1, 1, TRIAL_RUNNING));
	struct record wrong = fixture_task(1, 0);
	wrong.task.input = 99;
	put(recorder, wrong);
	struct pollfd wake = {.fd = recorder_failure_fd(recorder), .events = POLLIN};
	assert_int_equal(poll(&wake, 1, 20000), 1);
	struct error err = {""};
	const struct record next = fixture_task(1, 1);
	assert_int_equal(sink_put(recorder_sink(recorder), &next, &err), -EINVAL);
	assert_non_null(strstr(err.text, fixture->path));
	const struct record output = {.kind = RECORD_OUTPUT, .output = {.head = strdup("mine")}};
	assert_int_equal(sink_put(recorder_sink(recorder), &output, &err), -EINVAL);
	assert_int_equal(recorder_close(recorder, RUN_DONE, 1, &err), -EINVAL);
	struct dataset dataset cleanup_dataset = load(fixture->path);
	assert_int_equal(dataset.run.state, RUN_FAILED);
	assert_int_equal(dataset.task_count, 0);
}

static void unknown_trial_is_refused(void **state)
{
	const struct fixture *const fixture = *state;
	struct recorder *const recorder = fixture_recorder(fixture);
	put(recorder, fixture_trial(FIXTURE_TRIALS + 1, 1, TRIAL_RUNNING));
	struct error err = {""};
	assert_int_equal(recorder_close(recorder, RUN_DONE, 1, &err), -EINVAL);
	assert_non_null(strstr(err.text, "not in the plan"));
}

static void existing_file_is_kept(void **state)
{
	const struct fixture *const fixture = *state;
	write_file(fixture->path, "precious", 8);
	struct error err = {""};
	struct recorder *recorder = (struct recorder *)(uintptr_t)0x5a5a;
	assert_int_equal(fixture_create(fixture, fixture->path, false, &recorder, &err), -EEXIST);
	assert_non_null(strstr(err.text, "--force"));
	assert_true((uintptr_t)recorder == 0x5a5a);
	assert_int_equal(folder_entries(fixture), 1);
	struct stat status;
	assert_int_equal(stat(fixture->path, &status), 0);
	assert_int_equal(status.st_size, 8);
	/* What is no result is not replaced by force. */
	assert_int_equal(fixture_create(fixture, fixture->path, true, &recorder, &err), -EEXIST);
	assert_non_null(strstr(err.text, "no result"));
	assert_int_equal(stat(fixture->path, &status), 0);
	assert_int_equal(status.st_size, 8);
	assert_int_equal(truncate(fixture->path, 0), 0);
	assert_int_equal(fixture_create(fixture, fixture->path, true, &recorder, &err), 0);
	close_recorder(recorder, RUN_DONE);
	struct dataset dataset cleanup_dataset = load(fixture->path);
	assert_int_equal(dataset.task_count, 0);
}

/* A child that is killed while it writes leaves a file with its -wal. */
static void leave_killed_run(const struct fixture *fixture, uint32_t tasks)
{
	const pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		struct recorder *const recorder = fixture_recorder(fixture);
		put(recorder, fixture_trial(1, 1, TRIAL_RUNNING));
		for (uint32_t i = 0; i < tasks; i++)
			put(recorder, fixture_task(1, i));
		while (recorder_stored(recorder) < tasks)
			usleep(1000);
		kill(getpid(), SIGKILL);
	}
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	assert_true(exists(fixture->path, "-wal"));
}

static void killed_run_is_loaded_and_left_alone(void **state)
{
	const struct fixture *const fixture = *state;
	leave_killed_run(fixture, 50);
	const int entries = folder_entries(fixture);
	assert_int_equal(chmod(fixture->folder, 0500), 0);
	for (int i = 0; i < 2; i++) {
		struct dataset dataset cleanup_dataset = load(fixture->path);
		assert_int_equal(dataset.task_count, 50);
		assert_int_equal(dataset.run.state, RUN_RUNNING);
		assert_true(dataset.run.finished_calendar_ns == RECORD_ABSENT);
		assert_int_equal(dataset.trials[0].state, TRIAL_RUNNING);
	}
	assert_int_equal(chmod(fixture->folder, 0700), 0);
	assert_int_equal(folder_entries(fixture), entries);
}

static void old_log_never_shows(void **state)
{
	const struct fixture *const fixture = *state;
	leave_killed_run(fixture, 50);
	struct error err = {""};
	struct recorder *recorder = NULL;
	/* The database is gone, its log is not. */
	assert_int_equal(unlink(fixture->path), 0);
	assert_int_equal(fixture_create(fixture, fixture->path, false, &recorder, &err), -EEXIST);
	assert_non_null(strstr(err.text, "-wal"));
	assert_false(exists(fixture->path, ""));
	assert_int_equal(fixture_create(fixture, fixture->path, true, &recorder, &err), 0);
	put(recorder, fixture_trial(1, 1, TRIAL_RUNNING));
	put(recorder, fixture_task(1, 7));
	close_recorder(recorder, RUN_DONE);
	struct dataset dataset cleanup_dataset = load(fixture->path);
	assert_int_equal(dataset.task_count, 1);
	assert_int_equal(dataset.tasks[0].index, 7);
	assert_int_equal(folder_entries(fixture), 1);
}

static void force_replaces_file_and_log(void **state)
{
	const struct fixture *const fixture = *state;
	leave_killed_run(fixture, 50);
	struct error err = {""};
	struct recorder *recorder = NULL;
	assert_int_equal(fixture_create(fixture, fixture->path, true, &recorder, &err), 0);
	close_recorder(recorder, RUN_DONE);
	struct dataset dataset cleanup_dataset = load(fixture->path);
	assert_int_equal(dataset.task_count, 0);
	assert_int_equal(folder_entries(fixture), 1);
}

/* In a child process, as a lock of one's own cannot be seen. */
static int in_child(int (*look)(const struct fixture *), const struct fixture *fixture)
{
	const pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0)
		_exit(look(fixture));
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int look_at_live(const struct fixture *fixture)
{
	struct error err = {""};
	struct dataset dataset;
	if (load_dataset(fixture->path, &dataset, &err) != -EBUSY)
		return 1;
	return strstr(err.text, "running plateau") ? 0 : 2;
}

static int force_live(const struct fixture *fixture)
{
	struct error err = {""};
	struct recorder *recorder = NULL;
	if (fixture_create(fixture, fixture->path, true, &recorder, &err) != -EBUSY)
		return 1;
	return strstr(err.text, "running plateau") ? 0 : 2;
}

static int create_second(const struct fixture *fixture)
{
	struct error err = {""};
	struct recorder *recorder = NULL;
	return fixture_create(fixture, fixture->path, false, &recorder, &err) == -EEXIST ? 0 : 1;
}

static void live_file_is_refused(void **state)
{
	const struct fixture *const fixture = *state;
	struct recorder *const recorder = fixture_recorder(fixture);
	assert_int_equal(in_child(look_at_live, fixture), 0);
	assert_int_equal(in_child(force_live, fixture), 0);
	assert_int_equal(in_child(create_second, fixture), 0);
	put(recorder, fixture_trial(1, 1, TRIAL_RUNNING));
	assert_int_equal(in_child(look_at_live, fixture), 0);
	put(recorder, fixture_task(1, 0));
	close_recorder(recorder, RUN_DONE);
	struct dataset dataset cleanup_dataset = load(fixture->path);
	assert_int_equal(dataset.task_count, 1);
}

/* Many at once on one path: exactly one gets it. */
static void one_of_many_wins(void **state)
{
	enum { RACERS = 6 };
	const struct fixture *const fixture = *state;
	pid_t children[RACERS];
	for (int i = 0; i < RACERS; i++) {
		children[i] = fork();
		assert_true(children[i] >= 0);
		if (children[i] > 0)
			continue;
		struct error err;
		struct recorder *recorder = NULL;
		const int r = fixture_create(fixture, fixture->path, false, &recorder, &err);
		if (r == 0 && recorder_close(recorder, RUN_DONE, 1, &err) == 0)
			_exit(0);
		_exit(r == -EEXIST ? 1 : 2);
	}
	int winners = 0;
	for (int i = 0; i < RACERS; i++) {
		int status;
		assert_int_equal(waitpid(children[i], &status, 0), children[i]);
		assert_true(WIFEXITED(status));
		assert_true(WEXITSTATUS(status) < 2);
		winners += WEXITSTATUS(status) == 0;
	}
	assert_int_equal(winners, 1);
	assert_int_equal(folder_entries(fixture), 1);
}

static void bad_places_are_told(void **state)
{
	const struct fixture *const fixture = *state;
	struct error err = {""};
	struct recorder *recorder = NULL;
	char path[128];
	snprintf(path, sizeof path, "%s/no/such/result.db", fixture->folder);
	assert_int_equal(fixture_create(fixture, path, false, &recorder, &err), -ENOENT);
	assert_non_null(strstr(err.text, path));
	assert_int_equal(fixture_create(fixture, fixture->folder, true, &recorder, &err), -EISDIR);
	assert_int_equal(fixture_create(fixture, "", false, &recorder, &err), -EINVAL);
	assert_int_equal(fixture_create(fixture, "/dev/null", true, &recorder, &err), -EEXIST);
	assert_int_equal(fixture_create(fixture, "/proc/result.db", false, &recorder, &err),
	                 -ENOENT);
	assert_int_equal(folder_entries(fixture), 0);
}

/* As an ordinary user, because root may write anywhere. */
static int create_without_rights(const struct fixture *fixture)
{
	struct error err = {""};
	struct recorder *recorder = NULL;
	if (geteuid() == 0 && setuid(65534) < 0)
		return 1;
	return fixture_create(fixture, fixture->path, false, &recorder, &err) == -EACCES ? 0 : 2;
}

static void read_only_folder_is_told(void **state)
{
	const struct fixture *const fixture = *state;
	assert_int_equal(chmod(fixture->folder, 0555), 0);
	assert_int_equal(in_child(create_without_rights, fixture), 0);
	assert_int_equal(chmod(fixture->folder, 0700), 0);
	assert_int_equal(folder_entries(fixture), 0);
}

static int load_without_rights(const struct fixture *fixture)
{
	struct error err = {""};
	struct dataset dataset;
	if (geteuid() == 0 && setuid(65534) < 0)
		return 1;
	if (load_dataset(fixture->path, &dataset, &err) < 0)
		return 2;
	const bool is_whole = dataset.task_count == 50;
	dataset_release(&dataset);
	return is_whole ? 0 : 3;
}

static void readers_need_no_rights_to_write(void **state)
{
	const struct fixture *const fixture = *state;
	leave_killed_run(fixture, 50);
	assert_int_equal(chmod(fixture->folder, 0555), 0);
	assert_int_equal(in_child(load_without_rights, fixture), 0);
	assert_int_equal(chmod(fixture->folder, 0700), 0);
}

/* The limit stands in for a full disk; it needs no rights to set up. */
static int write_past_limit(const struct fixture *fixture)
{
	const struct rlimit limit = {400000, 400000};
	struct error err = {""};
	signal(SIGXFSZ, SIG_IGN);
	struct recorder *const recorder = fixture_recorder(fixture);
	if (setrlimit(RLIMIT_FSIZE, &limit) < 0)
		return 1;
	put(recorder, fixture_trial(1, 1, TRIAL_RUNNING));
	int r = 0;
	for (uint32_t i = 0; i < 1000000 && r == 0; i++) {
		const struct record task = fixture_task(1, i);
		r = sink_put(recorder_sink(recorder), &task, &err);
		/* On a busy machine all that fits might be in the first commit, which fails. */
		while (i == 100 && r == 0 && recorder_stored(recorder) == 0)
			usleep(1000);
	}
	if (r == 0 || !strstr(err.text, fixture->path))
		return 2;
	struct pollfd wake = {.fd = recorder_failure_fd(recorder), .events = POLLIN};
	if (poll(&wake, 1, 0) != 1)
		return 3;
	const uint64_t stored = recorder_stored(recorder);
	struct error close_err = {""};
	if (recorder_close(recorder, RUN_DONE, 1, &close_err) != r ||
	    strcmp(close_err.text, err.text) != 0)
		return 4;
	char name[128];
	snprintf(name, sizeof name, "%s.stored", fixture->path);
	FILE *const file = fopen(name, "w");
	fprintf(file, "%llu\n%s\n", (unsigned long long)stored, err.text);
	return fclose(file) == 0 ? 0 : 5;
}

static void full_disk_is_told_and_keeps_the_file(void **state)
{
	const struct fixture *const fixture = *state;
	assert_int_equal(in_child(write_past_limit, fixture), 0);
	char name[128];
	unsigned long long stored = 0;
	snprintf(name, sizeof name, "%s.stored", fixture->path);
	FILE *const file = fopen(name, "r");
	assert_non_null(file);
	assert_int_equal(fscanf(file, "%llu", &stored), 1);
	fclose(file);
	assert_true(stored > 0);
	struct dataset dataset cleanup_dataset = load(fixture->path);
	assert_int_equal(dataset.task_count, stored);
}

static int create_past_limit(const struct fixture *fixture)
{
	const struct rlimit limit = {5000, 5000};
	struct error err = {""};
	struct recorder *recorder = NULL;
	signal(SIGXFSZ, SIG_IGN);
	if (setrlimit(RLIMIT_FSIZE, &limit) < 0)
		return 1;
	const int r = fixture_create(fixture, fixture->path, true, &recorder, &err);
	return r < 0 && strstr(err.text, fixture->path) ? 0 : 2;
}

static void full_disk_at_creation_leaves_nothing(void **state)
{
	const struct fixture *const fixture = *state;
	write_file(fixture->path, "precious", 8);
	assert_int_equal(in_child(create_past_limit, fixture), 0);
	assert_int_equal(folder_entries(fixture), 1); /* the old one, not yet removed */
}

static void strangers_are_refused(void **state)
{
	const struct fixture *const fixture = *state;
	static const char text[] = "SELECT * FROM nothing; this is just text, and rather long "
	                           "text, so that it is longer than a header of a database";
	assert_load_fails(fixture->path, ENOENT, "no file");
	assert_load_fails(fixture->folder, EISDIR, "folder");
	assert_load_fails("/dev/null", EINVAL, "not a plain file");
	write_file(fixture->path, "", 0);
	assert_load_fails(fixture->path, EINVAL, "is empty");
	write_file(fixture->path, text, sizeof text);
	assert_load_fails(fixture->path, EINVAL, "not a plateau result file");
	write_file(fixture->path, "SQLite format 3", 16);
	assert_load_fails(fixture->path, EINVAL, "cut short");
	assert_int_equal(unlink(fixture->path), 0);
	assert_int_equal(fixture_sql(fixture->path, "CREATE TABLE run(id)"), SQLITE_OK);
	assert_load_fails(fixture->path, EINVAL, "another program");
}

static void make_result(const struct fixture *fixture, uint32_t tasks)
{
	struct recorder *const recorder = fixture_recorder(fixture);
	put(recorder, fixture_trial(1, 1, TRIAL_RUNNING));
	for (uint32_t i = 0; i < tasks; i++)
		put(recorder, fixture_task(1, i));
	put(recorder, fixture_trial(1, 1, TRIAL_DONE));
	put(recorder,
	    (struct record){.kind = RECORD_EVENT, .event = {.slot = -1, .code = "x", .text = "y"}});
	close_recorder(recorder, RUN_DONE);
}

static void newer_and_truncated_are_refused(void **state)
{
	const struct fixture *const fixture = *state;
	make_result(fixture, 1000);
	struct stat status;
	assert_int_equal(stat(fixture->path, &status), 0);
	assert_int_equal(fixture_sql(fixture->path, "PRAGMA user_version=6"), SQLITE_OK);
	assert_load_fails(fixture->path, EINVAL, "newer plateau");
	assert_int_equal(fixture_sql(fixture->path, "PRAGMA user_version=0"), SQLITE_OK);
	assert_load_fails(fixture->path, EINVAL, "no version");
	assert_int_equal(fixture_sql(fixture->path, "PRAGMA user_version=5"), SQLITE_OK);
	assert_int_equal(truncate(fixture->path, status.st_size / 2), 0);
	assert_load_fails(fixture->path, EINVAL, "cut short");
}

/* Values that no constraint lets in, put there by somebody who switched them off. */
static void hostile_values_are_refused(void **state)
{
	static const char *const attacks[] = {
	        "UPDATE trial SET start_ns=NULL",
	        "UPDATE task SET start_ns=-9223372036854775807",
	        "UPDATE task SET end_ns=start_ns-1",
	        "UPDATE task SET role=x'00ff'",
	        "UPDATE task SET trial=4000000000",
	        "UPDATE task SET slot=99999999999",
	        "UPDATE task SET input=2",
	        "UPDATE task SET user_ns='lots'",
	        "UPDATE task SET run_delay_ns=0.5",
	        "UPDATE task SET peak_pss_bytes=-1",
	        "UPDATE task SET user_ns=-5000000000",
	        "UPDATE task SET system_ns=-1",
	        "UPDATE task SET max_rss_bytes=-5",
	        "UPDATE task SET run_delay_ns=-1",
	        "UPDATE task SET idle_before_ns=-1",
	        "UPDATE task SET voluntary_switches=-1",
	        "UPDATE task SET exceeded_memory_limit=2",
	        "INSERT INTO sample(at_ns, trial, attempt, name, value)"
	        " VALUES(1, 1, 1, 'stall_io_full_s', -1.0)",
	        "INSERT INTO sample(at_ns, trial, attempt, name, value, place)"
	        " VALUES(1, 1, 1, 'frequency_hz', 1.0, -1)",
	        "INSERT INTO figure SELECT min(task), 'a', 9e999 FROM task",
	        "UPDATE counter SET event=-1 WHERE event=0",
	        "UPDATE counter SET event=3 WHERE event=0",
	        "UPDATE counter SET state='odd'",
	        "UPDATE counter SET raw=1.5",
	        "UPDATE trial SET level=2",
	        "UPDATE trial SET level=-1",
	        "UPDATE trial SET trial=-trial",
	        "UPDATE task SET trial=4294967295 WHERE trial=(SELECT max(trial) FROM task);"
	        "UPDATE trial SET trial=4294967295 WHERE trial=(SELECT max(trial) FROM trial)",
	        "UPDATE level SET level=level+10",
	        "UPDATE level SET concurrency=0",
	        "UPDATE level SET policy=NULL",
	        "WITH RECURSIVE n(i) AS (SELECT (SELECT count(*) FROM level) UNION ALL SELECT i+1"
	        " FROM n WHERE i<65) INSERT INTO level SELECT i,1,'p'||i,'',0,NULL,NULL FROM n",
	        "UPDATE level SET concurrency=4000000000",
	        "UPDATE slot SET level=7 WHERE level=0",
	        "UPDATE slot SET slot=-1 WHERE level=0",
	        "UPDATE slot SET pus='x,1'",
	        "UPDATE slot SET pus='-3'",
	        "UPDATE slot SET pus='99999999999999'",
	        "UPDATE slot SET core=-2",
	        "UPDATE counter_event SET event=event+5",
	        "UPDATE counter_event SET name=NULL",
	        "WITH RECURSIVE n(i) AS (SELECT 3 UNION ALL SELECT i+1 FROM n WHERE i<40) INSERT "
	        "INTO"
	        " counter_event SELECT i,'a','b',1,1,1,0,'ok','',NULL,NULL,NULL,NULL FROM n",
	        "UPDATE run SET origin_calendar_ns=9223372036854775807",
	        "UPDATE run SET finished_calendar_ns=9223372036854775807",
	        "UPDATE run SET seed='7x'",
	        "UPDATE run SET threads=-1",
	        "UPDATE run SET name=NULL",
	        "UPDATE run SET id=NULL",
	        "DELETE FROM run",
	        "INSERT INTO run SELECT "
	        "id||'2',name,state,task_type,command,threads,baseline,blocks,"
	        "capacity,seed,origin_calendar_ns,finished_calendar_ns,plateau_version,"
	        "scenario_sha256,scenario_text,scenario_json,topology_xml,working_folder,"
	        "program_path,program_bytes,program_mtime_ns,program_sha256,imported,source"
	        " FROM run",
	        "UPDATE run SET program_bytes=-1",
	        "UPDATE input SET bytes=0.5",
	        "UPDATE event SET code=x'35'",
	        "UPDATE input SET path=x'41'",
	        "DROP TABLE event",
	        "ALTER TABLE task RENAME COLUMN minor_faults TO faults",
	        "DROP TABLE task; CREATE VIEW task AS SELECT 1",
	        "DROP TABLE host; CREATE VIRTUAL TABLE host USING fts5(a)",
	};
	struct fixture *const fixture = *state;
	make_result(fixture, 20);
	char copy[128];
	char command[400];
	snprintf(copy, sizeof copy, "%s/copy.db", fixture->folder);
	for (size_t i = 0; i < sizeof attacks / sizeof attacks[0]; i++) {
		char sql[700];
		snprintf(command, sizeof command, "cp %s %s", fixture->path, copy);
		assert_int_equal(system(command), 0);
		snprintf(sql, sizeof sql,
		         "PRAGMA foreign_keys=OFF; PRAGMA ignore_check_constraints=ON;"
		         "PRAGMA writable_schema=ON; UPDATE sqlite_master SET sql="
		         "replace(sql,'NOT NULL','') WHERE type='table' AND sql NOT LIKE "
		         "'%%WITHOUT%%'; PRAGMA writable_schema=RESET; %s",
		         attacks[i]);
		if (fixture_sql(copy, sql) != SQLITE_OK)
			fail_msg("the attack itself failed: %s", attacks[i]);
		struct error err = {""};
		struct dataset dataset;
		if (load_dataset(copy, &dataset, &err) != -EINVAL)
			fail_msg("%s: %s", attacks[i], err.text);
		assert_non_null(strstr(err.text, copy));
	}
}

/* Whatever bytes change, load ends, with an error or with data. */
static void damaged_bytes_do_not_crash(void **state)
{
	const struct fixture *const fixture = *state;
	make_result(fixture, 300);
	FILE *const file = fopen(fixture->path, "r");
	assert_non_null(file);
	static unsigned char whole[1 << 20];
	const size_t bytes = fread(whole, 1, sizeof whole, file);
	fclose(file);
	char copy[128];
	snprintf(copy, sizeof copy, "%s/copy.db", fixture->folder);
	unsigned random = 12345;
	int refused = 0;
	for (int round = 0; round < 150; round++) {
		static unsigned char damaged[sizeof whole];
		memcpy(damaged, whole, bytes);
		for (int k = 0; k < 1 + round % 40; k++) {
			random = random * 1103515245 + 12345;
			const size_t at = random % bytes;
			random = random * 1103515245 + 12345;
			damaged[at] = (unsigned char)(random >> 16);
		}
		write_file(copy, damaged, bytes);
		struct error err = {""};
		struct dataset dataset = {0};
		if (load_dataset(copy, &dataset, &err) < 0)
			refused++;
		dataset_release(&dataset);
	}
	assert_true(refused > 0);
}

static void close_takes_null(void **state)
{
	(void)state;
	struct error err;
	assert_int_equal(recorder_close(NULL, RUN_DONE, 0, &err), 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

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
	        TEST(existing_file_is_kept),
	        TEST(killed_run_is_loaded_and_left_alone),
	        TEST(old_log_never_shows),
	        TEST(force_replaces_file_and_log),
	        TEST(live_file_is_refused),
	        TEST(one_of_many_wins),
	        TEST(bad_places_are_told),
	        TEST(read_only_folder_is_told),
	        TEST(readers_need_no_rights_to_write),
	        TEST(full_disk_is_told_and_keeps_the_file),
	        TEST(full_disk_at_creation_leaves_nothing),
	        TEST(strangers_are_refused),
	        TEST(newer_and_truncated_are_refused),
	        TEST(hostile_values_are_refused),
	        TEST(damaged_bytes_do_not_crash),
	        TEST(close_takes_null),
	};
	umask(022); /* files are to be readable by the other user that some tests become */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
