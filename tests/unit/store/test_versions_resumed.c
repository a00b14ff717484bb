/* Result files of earlier versions are gone on with, and become ones of this version. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fixture.h"
#include "old_file.h"
#include "store/load.h"
#include "store/schema.h"

#include <errno.h>
#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of version 5, turned into version 4, in which everything was measured by plateau. */
static const char to_version_4[] =
        "PRAGMA user_version=4; DROP VIEW level_summary; DROP VIEW trial_summary;"
        "DROP VIEW task_wide; ALTER TABLE task DROP COLUMN cpu_ns;"
        "ALTER TABLE run DROP COLUMN imported; ALTER TABLE run DROP COLUMN source;"
        "ALTER TABLE trial DROP COLUMN durations_only; DROP TABLE stated;"
        "CREATE VIEW task_wide AS SELECT"
        " l.concurrency, l.policy, r.block, t.*, r.state AS trial_state,"
        " (t.end_ns-t.start_ns)/1e9 AS wall_s, t.user_ns/1e9 AS user_s,"
        " t.system_ns/1e9 AS system_s,"
        " max(0, min(t.end_ns, r.window_end_ns)-max(t.start_ns, r.window_start_ns))/1e9"
        " AS overlap_s, i.path AS input_path"
        " FROM task t JOIN trial r ON r.trial=t.trial AND r.attempt=t.attempt"
        " JOIN level l ON l.level=r.level LEFT JOIN input i ON i.input=t.input;"
        "CREATE VIEW trial_summary AS SELECT"
        " r.trial, r.attempt, r.level, r.concurrency, r.policy, r.block, r.state, r.window_s,"
        " count(w.task) AS tasks, sum(w.state NOT IN ('ok','ended')) AS failed,"
        " sum(CASE WHEN w.state='ok' AND w.wall_s>0 THEN w.overlap_s/w.wall_s"
        "  WHEN w.state='ok' THEN 1 END)/r.window_s AS throughput_per_s,"
        " sum(w.overlap_s)/r.window_s AS held"
        " FROM last_trial r LEFT JOIN task_wide w"
        "  ON w.trial=r.trial AND w.attempt=r.attempt AND w.role='measured'"
        " WHERE r.state IN ('done','censored') GROUP BY r.trial, r.attempt;"
        "CREATE VIEW level_summary AS SELECT"
        " concurrency, policy, count(*) AS trials, sum(tasks) AS tasks, sum(failed) AS failed,"
        " avg(throughput_per_s) AS throughput_per_s,"
        " min(throughput_per_s) AS lowest_per_s, max(throughput_per_s) AS highest_per_s,"
        " avg(held)/concurrency AS occupancy FROM trial_summary GROUP BY level";

/* Of version 4, turned into version 3: no choices and sets of events, memory by fewer methods, no
 * numbers that tasks print, no places of samples. */
static const char to_version_3[] = "PRAGMA user_version=3;"
                                   "ALTER TABLE counter_event DROP COLUMN metric;"
                                   "ALTER TABLE counter_event DROP COLUMN choice;"
                                   "ALTER TABLE counter_event DROP COLUMN remedy;"
                                   "ALTER TABLE counter_event DROP COLUMN note;"
                                   "ALTER TABLE trial DROP COLUMN event_set;"
                                   "ALTER TABLE task DROP COLUMN peak_rss_bytes;"
                                   "ALTER TABLE task DROP COLUMN cgroup_peak_bytes;"
                                   "ALTER TABLE task DROP COLUMN rss_samples;"
                                   "ALTER TABLE task DROP COLUMN pss_samples;"
                                   "ALTER TABLE sample DROP COLUMN place;"
                                   "DROP TABLE event_set; DROP TABLE figure";

static void old_file_put(struct recorder *recorder, struct record record)
{
	struct error err;
	if (sink_put(recorder_sink(recorder), &record, &err) < 0)
		fail_msg("%s", err.text);
}

static void put_stall(struct recorder *recorder, const char *name, double value)
{
	struct record record = {
	        .kind = RECORD_SAMPLE,
	        .sample = {.at_ns = 1, .trial = 2, .slot = -1, .place = -1, .value = value}};
	snprintf(record.sample.name, sizeof record.sample.name, "%s", name);
	old_file_put(recorder, record);
}

/* Trial 2 is repeated, with a task that has all figures. */
static void put_another_attempt(struct recorder *recorder)
{
	old_file_put(recorder, fixture_trial(2, 2, TRIAL_RUNNING));
	struct record record = fixture_task(2, 9);
	record.task.run_delay_ns = 11;
	record.task.block_delay_ns = 0;
	record.task.page_in_delay_ns = 33;
	record.task.peak_pss_bytes = 44;
	record.task.exceeded_memory_limit = true;
	old_file_put(recorder, record);
	put_stall(recorder, stall_elapsed_sample_name, 2.5);
	put_stall(recorder, stall_sample_names[STALL_IO_FULL], 0.25);
	old_file_put(recorder, fixture_trial(2, 2, TRIAL_DONE));
}

static void version_2_is_gone_on_with(void **state)
{
	const struct fixture *const fixture = *state;
	struct recorder *recorder = NULL;
	struct error err = {""};
	if (old_file_go_on(fixture, &recorder, &err) < 0)
		fail_msg("%s", err.text);
	put_another_attempt(recorder);
	assert_int_equal(recorder_close(recorder, RUN_DONE, 1, &err), 0);
	assert_int_equal(fixture_query(fixture->path, "PRAGMA user_version"), SCHEMA_VERSION);
	assert_int_equal(fixture_query(fixture->path, "SELECT count(*) FROM sample"
	                                              " WHERE name IN ('peak_pss_bytes',"
	                                              " 'exceeded_memory_limit')"),
	                 0);
	assert_int_equal(fixture_query(fixture->path, "SELECT count(*) FROM sample"), 3);
	assert_int_equal(
	        fixture_query(fixture->path, "SELECT sum(exceeded_memory_limit) FROM task_wide"),
	        2);
	assert_int_equal(fixture_sql(fixture->path, "UPDATE task SET exceeded_memory_limit=2"),
	                 SQLITE_CONSTRAINT);
	struct dataset after cleanup_dataset = {0};
	old_file_load(fixture, &after);
	assert_int_equal(old_file_task(&after, 1, 1)->peak_pss_bytes, 90000001);
	assert_int_equal(old_file_task(&after, 1, 2)->peak_pss_bytes, RECORD_ABSENT);
	assert_int_equal(old_file_task(&after, 1, 1)->run_delay_ns, RECORD_ABSENT);
	const struct task_record *const task = old_file_task(&after, 2, 9);
	assert_int_equal(task->run_delay_ns, 11);
	assert_int_equal(task->block_delay_ns, 0);
	assert_int_equal(task->page_in_delay_ns, 33);
	assert_int_equal(task->peak_pss_bytes, 44);
	assert_true(task->exceeded_memory_limit);
	assert_non_null(after.stalls);
	assert_true(after.stalls[1].elapsed_s == 2.5);
	assert_true(after.stalls[1].stalled_s[STALL_IO_FULL] == 0.25);
	assert_true(isnan(after.stalls[1].stalled_s[STALL_CPU_SOME]));
	assert_true(isnan(after.stalls[0].elapsed_s));
}

static void put_figures(struct recorder *recorder, uint32_t trial, uint32_t index)
{
	struct record record = {.kind = RECORD_FIGURES,
	                        .figures = {.trial = trial, .index = index, .count = 2}};
	record.figures.items = calloc(2, sizeof *record.figures.items);
	assert_non_null(record.figures.items);
	record.figures.items[0] = (struct figure_item){"images_per_s", 4.25};
	record.figures.items[1] = (struct figure_item){"bytes", -1e300};
	old_file_put(recorder, record);
}

static void put_frequency(struct recorder *recorder, uint32_t trial, int64_t at_ns, int32_t cpu,
                          double value)
{
	old_file_put(recorder, (struct record){.kind = RECORD_SAMPLE,
	                                       .sample = {.at_ns = at_ns,
	                                                  .trial = trial,
	                                                  .slot = -1,
	                                                  .place = cpu,
	                                                  .name = "frequency_hz",
	                                                  .value = value}});
}

static void assert_sample(const struct dataset *dataset, size_t i, int64_t at_ns, int32_t place,
                          double value)
{
	const struct dataset_sample *const sample = &dataset->samples[i];
	assert_string_equal(dataset->sample_names.items[sample->name], "frequency_hz");
	assert_int_equal(sample->at_ns, at_ns);
	assert_int_equal(sample->place, place);
	assert_int_equal(sample->slot, -1);
	assert_true(isnan(value) ? isnan(sample->value) : sample->value == value);
}

/* Becomes the present version when it is gone on with, and holds what is new then. */
static void version_3_is_read_and_gone_on_with(void **state)
{
	const struct fixture *const fixture = *state;
	struct recorder *recorder = NULL;
	struct error err = {""};
	if (old_file_go_on(fixture, &recorder, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(recorder_close(recorder, RUN_DONE, 1, &err), 0);
	assert_int_equal(fixture_sql(fixture->path, to_version_4), SQLITE_OK);
	assert_int_equal(fixture_sql(fixture->path, to_version_3), SQLITE_OK);
	struct dataset before cleanup_dataset = {0};
	old_file_load(fixture, &before);
	old_file_check(&before);
	assert_true(before.tasks[0].peak_rss_bytes == RECORD_ABSENT);
	assert_true(before.tasks[0].cgroup_peak_bytes == RECORD_ABSENT);
	assert_true(before.tasks[0].rss_samples == RECORD_ABSENT);
	assert_int_equal(before.figure_count, 0);
	assert_int_equal(before.event_sets.count, 0);
	assert_int_equal(before.events[0].choice, 0);
	assert_string_equal(before.events[0].metric, "");

	if (old_file_go_on(fixture, &recorder, &err) < 0)
		fail_msg("%s", err.text);
	old_file_put(recorder, fixture_trial(2, 2, TRIAL_RUNNING));
	struct record record = fixture_task(2, 9);
	record.task.peak_rss_bytes = 55;
	record.task.cgroup_peak_bytes = 66;
	record.task.rss_samples = 5;
	record.task.pss_samples = 0;
	old_file_put(recorder, record);
	put_figures(recorder, 2, 9);
	put_frequency(recorder, 2, 20, 3, 2.5e9);
	put_frequency(recorder, 2, 10, 3, NAN);
	put_frequency(recorder, 0, 30, 1, 2.25e9);
	old_file_put(recorder, fixture_trial(2, 2, TRIAL_DONE));
	assert_int_equal(recorder_close(recorder, RUN_DONE, 1, &err), 0);
	assert_int_equal(fixture_query(fixture->path, "PRAGMA user_version"), SCHEMA_VERSION);

	struct dataset after cleanup_dataset = {0};
	old_file_load(fixture, &after);
	const struct task_record *const task = old_file_task(&after, 2, 9);
	assert_int_equal(task->peak_rss_bytes, 55);
	assert_int_equal(task->cgroup_peak_bytes, 66);
	assert_int_equal(task->rss_samples, 5);
	assert_int_equal(task->pss_samples, 0);
	assert_int_equal(after.figure_count, 2);
	assert_int_equal(after.figures[0].task, task - after.tasks);
	assert_string_equal(after.figure_names.items[after.figures[0].name], "bytes");
	assert_true(after.figures[0].value == -1e300);
	assert_true(after.figures[1].value == 4.25);
	assert_int_equal(after.sample_count, 3);
	assert_sample(&after, 0, 30, 1, 2.25e9);
	assert_sample(&after, 1, 10, 3, NAN);
	assert_sample(&after, 2, 20, 3, 2.5e9);
}

/* Nothing of it was imported; it becomes the present version, with the view of that. */
static void version_4_is_read_and_gone_on_with(void **state)
{
	const struct fixture *const fixture = *state;
	struct recorder *recorder = NULL;
	struct error err = {""};
	if (old_file_go_on(fixture, &recorder, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(recorder_close(recorder, RUN_DONE, 1, &err), 0);
	assert_int_equal(fixture_sql(fixture->path, to_version_4), SQLITE_OK);
	struct dataset before cleanup_dataset = {0};
	old_file_load(fixture, &before);
	old_file_check(&before);
	assert_null(before.run.imported);
	assert_null(before.run.source);
	assert_false(before.trials[0].has_durations_only);
	assert_int_equal(before.stated_count, 0);
	static const char rate_sql[] = "SELECT round(1e6*throughput_per_s) FROM trial_summary"
	                               " WHERE trial=1";
	const int64_t rate = fixture_query(fixture->path, rate_sql);
	assert_true(rate > 0);

	if (old_file_go_on(fixture, &recorder, &err) < 0)
		fail_msg("%s", err.text);
	old_file_put(recorder, fixture_trial(2, 2, TRIAL_RUNNING));
	old_file_put(recorder, fixture_task(2, 14)); /* ok, and took 1 ns */
	struct record whole = fixture_task(2, 15);
	whole.task.end_ns = whole.task.start_ns;
	whole.task.user_ns = RECORD_ABSENT;
	whole.task.cpu_ns = 4321;
	old_file_put(recorder, whole);
	struct record done = fixture_trial(2, 2, TRIAL_DONE);
	done.trial.has_durations_only = true;
	old_file_put(recorder, done);
	assert_int_equal(recorder_close(recorder, RUN_DONE, 1, &err), 0);
	assert_int_equal(fixture_query(fixture->path, "PRAGMA user_version"), SCHEMA_VERSION);
	struct dataset after cleanup_dataset = {0};
	old_file_load(fixture, &after);
	assert_false(after.trials[0].has_durations_only);
	assert_true(after.trials[1].has_durations_only);
	assert_int_equal(fixture_query(fixture->path, "SELECT sum(durations_only) FROM trial"), 1);
	assert_int_equal(rate, fixture_query(fixture->path, rate_sql));
	assert_int_equal(fixture_query(fixture->path, "SELECT round(throughput_per_s/1e6)"
	                                              " FROM trial_summary WHERE trial=2"),
	                 2000);
	assert_int_equal(old_file_task(&after, 2, 15)->cpu_ns, 4321);
	assert_int_equal(fixture_query(fixture->path, "SELECT round(1e9*cpu_s) FROM task_wide"
	                                              " WHERE trial=2 AND task_index=15"),
	                 4321);
}

static void put_stated(struct recorder *recorder, struct stated_figure figure)
{
	old_file_put(recorder, (struct record){.kind = RECORD_STATED, .stated = figure});
}

/* Figures that others worked out come back by level and name; what they cannot be is refused. */
static void stated_figures_are_kept(void **state)
{
	const struct fixture *const fixture = *state;
	struct recorder *recorder = NULL;
	struct error err = {""};
	if (old_file_go_on(fixture, &recorder, &err) < 0)
		fail_msg("%s", err.text);
	put_stated(recorder, (struct stated_figure){1, "wall", STATED_QUANTILE, 0.95, 90, 2,
	                                            STATED_READING, RECORD_ABSENT});
	put_stated(recorder, (struct stated_figure){1, "wall", STATED_MEAN, NAN, 72.144, NAN,
	                                            STATED_NO_ERROR, 128});
	put_stated(recorder, (struct stated_figure){0, "wall", STATED_MEAN, NAN, 32.049, 0.5,
	                                            STATED_STANDARD, RECORD_ABSENT});
	put_stated(recorder, (struct stated_figure){1, "wall", STATED_QUANTILE, 0.5, 70, 1,
	                                            STATED_CI95, RECORD_ABSENT});
	assert_int_equal(recorder_close(recorder, RUN_DONE, 1, &err), 0);
	struct dataset dataset cleanup_dataset = {0};
	old_file_load(fixture, &dataset);
	static const double values[] = {32.049, 72.144, 70, 90};
	assert_int_equal(dataset.stated_count, 4);
	for (size_t i = 0; i < 4; i++) {
		assert_string_equal(dataset.stated[i].name, "wall");
		assert_int_equal(dataset.stated[i].level, i > 0);
		assert_true(dataset.stated[i].value == values[i]);
	}
	assert_int_equal(dataset.stated[0].error_kind, STATED_STANDARD);
	assert_true(dataset.stated[0].error == 0.5);
	assert_true(isnan(dataset.stated[0].quantile));
	assert_true(dataset.stated[0].tasks == RECORD_ABSENT);
	assert_int_equal(dataset.stated[1].tasks, 128);
	assert_true(isnan(dataset.stated[1].error));
	assert_true(dataset.stated[2].quantile == 0.5);
	assert_int_equal(dataset.stated[2].error_kind, STATED_CI95);
	static const struct damage hostile[] = {
	        {"UPDATE stated SET quantile=0.5 WHERE value=90",
	         "UPDATE stated SET quantile=0.95 WHERE value=90"},
	        {"UPDATE stated SET quantile=1.5 WHERE value=90",
	         "UPDATE stated SET quantile=0.95 WHERE value=90"},
	        {"UPDATE stated SET quantile=NULL WHERE value=90",
	         "UPDATE stated SET quantile=0.95 WHERE value=90"},
	        {"UPDATE stated SET error=0.0 WHERE value=90",
	         "UPDATE stated SET error=2.0 WHERE value=90"},
	        {"UPDATE stated SET value=9e999 WHERE value=90",
	         "UPDATE stated SET value=90.0 WHERE value>1e300"},
	        {"PRAGMA foreign_keys=OFF; UPDATE stated SET level=2 WHERE value=90",
	         "UPDATE stated SET level=1 WHERE value=90"},
	};
	for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++)
		old_file_refuses(fixture, &hostile[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        TEST(version_2_is_gone_on_with),
	        TEST(version_3_is_read_and_gone_on_with),
	        TEST(version_4_is_read_and_gone_on_with),
	        TEST(stated_figures_are_kept),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
