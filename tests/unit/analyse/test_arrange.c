/* Imported tasks put into levels and trials: known layouts, and what they must come to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analyse/arrange/arrange.h"
#include "core/clock.h"
#include "core/error.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#define S NS_PER_S

/* Calendar time at which the tasks of these tests begin. */
static const int64_t origin_ns = INT64_C(1700000000) * S;

static struct imported_task *add(struct imported *imported, int64_t wall_ns)
{
	struct error err;
	const char *const file = imported_text(imported, "jobs.txt", &err);
	struct imported_task *const task =
	        imported_add_task(imported, file, imported->task_count + 1, &err);
	assert_non_null(task);
	task->wall_ns = wall_ns;
	return task;
}

static struct imported_task *add_at(struct imported *imported, double start_s, double end_s)
{
	struct imported_task *const task = add(imported, llround((end_s - start_s) * S));
	task->record.start_ns = origin_ns + llround(start_s * S);
	task->record.end_ns = origin_ns + llround(end_s * S);
	return task;
}

/* `waves` times n tasks of wall_s, one behind the other in n slots. */
static void add_waves(struct imported *imported, double start_s, unsigned n, unsigned waves,
                      double wall_s)
{
	for (unsigned w = 0; w < waves; w++)
		for (unsigned i = 0; i < n; i++)
			add_at(imported, start_s + w * wall_s, start_s + (w + 1) * wall_s);
}

static struct arrangement arrange(const struct imported *imported)
{
	struct arrangement a = {0};
	struct error err = {""};
	if (arrange_imported(imported, &a, &err) < 0)
		fail_msg("%s", err.text);
	return a;
}

static void refuse(const struct imported *imported, const char *says)
{
	struct arrangement a;
	struct arrangement poison;
	struct error err = {""};
	memset(&a, 0x5a, sizeof a);
	memset(&poison, 0x5a, sizeof poison);
	assert_int_equal(arrange_imported(imported, &a, &err), -EINVAL);
	assert_memory_equal(&a, &poison, sizeof poison);
	if (!strstr(err.text, says))
		fail_msg("\"%s\" does not say \"%s\"", err.text, says);
}

/* Durations alone: no window, all weights 1; levels ascend, repeats are counted from their least.
 */
static void durations_make_trials_without_windows(void **state)
{
	struct imported imported cleanup_imported = {0};
	(void)state;
	for (int repeat = 1; repeat <= 2; repeat++)
		for (int n = 16; n >= 1; n /= 16)
			for (int i = 0; i < n; i++) {
				struct imported_task *const task = add(&imported, (10 + n) * S);
				task->concurrency = n;
				task->repeat = repeat;
			}
	struct arrangement a cleanup_arrangement = arrange(&imported);
	assert_int_equal(a.plan.level_count, 2);
	assert_int_equal(a.plan.levels[0].concurrency, 1);
	assert_int_equal(a.plan.levels[1].concurrency, 16);
	assert_string_equal(a.plan.levels[1].policy, "unknown");
	assert_int_equal(a.plan.baseline, 1);
	assert_int_equal(a.plan.blocks, 2);
	assert_int_equal(a.trial_count, 4);
	assert_int_equal(a.task_count, 34);
	assert_true(a.origin_calendar_ns == RECORD_ABSENT);
	for (size_t t = 0; t < 4; t++) {
		const struct arranged_trial *const trial = &a.trials[t];
		assert_true(trial->record.has_durations_only);
		assert_true(trial->record.window_start_ns == RECORD_ABSENT);
		assert_int_equal(trial->record.block, t % 2);
		assert_int_equal(trial->record.level, t / 2);
		assert_int_equal(trial->count, t / 2 ? 16 : 1);
		assert_int_equal(a.tasks[trial->first].end_ns, (t / 2 ? 26 : 11) * S);
		assert_int_equal(a.tasks[trial->first].trial, t + 1);
		assert_int_equal(a.tasks[trial->first].role, ROLE_MEASURED);
	}
}

/* The window is where all copies ran: not while the first come and the last go. */
static void window_is_where_all_ran(void **state)
{
	struct imported imported cleanup_imported = {0};
	(void)state;
	/* Four slots that begin 0, 1, 2, 3 s late, three tasks of 10 s in each. */
	for (int slot = 0; slot < 4; slot++)
		for (int i = 0; i < 3; i++)
			add_at(&imported, slot + 10 * i, slot + 10 * (i + 1))->concurrency = 4;
	struct arrangement a cleanup_arrangement = arrange(&imported);
	assert_int_equal(a.trial_count, 1);
	const struct trial_record *const trial = &a.trials[0].record;
	assert_false(trial->has_durations_only);
	assert_int_equal(trial->window_start_ns, 3 * S);
	assert_int_equal(trial->window_end_ns, 30 * S);
	assert_int_equal(trial->start_ns, 0);
	assert_int_equal(trial->end_ns, 33 * S);
	assert_true(a.origin_calendar_ns == origin_ns);
	assert_true(a.end_calendar_ns == origin_ns + 33 * S);
	bool is_taken[4] = {false};
	for (size_t i = 0; i < 4; i++) {
		assert_true(a.tasks[i].slot < 4);
		is_taken[a.tasks[i].slot] = true;
		assert_int_equal(a.tasks[i].index, i);
	}
	assert_true(is_taken[0] && is_taken[1] && is_taken[2] && is_taken[3]);
	/* A slot goes on with the task that begins when its last one ends. */
	for (size_t i = 4; i < 12; i++)
		assert_int_equal(a.tasks[i].slot, a.tasks[i - 4].slot);
	assert_int_equal(a.remarks.count, 0);
}

/* Warm-ups and fillers that the file names stay outside the window. */
static void roles_cut_the_window(void **state)
{
	struct imported imported cleanup_imported = {0};
	(void)state;
	for (int slot = 0; slot < 2; slot++)
		for (int i = 0; i < 5; i++) {
			struct imported_task *const task =
			        add_at(&imported, slot + 10 * i, slot + 10 * (i + 1));
			task->concurrency = 2;
			task->record.role = i == 0   ? ROLE_WARMUP
			                    : i == 4 ? ROLE_FILLER
			                             : ROLE_MEASURED;
		}
	struct arrangement a cleanup_arrangement = arrange(&imported);
	assert_int_equal(a.trials[0].record.window_start_ns, 11 * S);
	assert_int_equal(a.trials[0].record.window_end_ns, 40 * S);
	assert_int_equal(a.tasks[0].role, ROLE_WARMUP);
	assert_int_equal(a.tasks[a.task_count - 1].role, ROLE_FILLER);
	assert_int_equal(a.tasks[2].role, ROLE_MEASURED);
}

/* Where nobody says N it is how many ran at once; a pause longer than a task is another repeat. */
static void concurrency_comes_from_times(void **state)
{
	struct imported imported cleanup_imported = {0};
	(void)state;
	add_waves(&imported, 0, 1, 3, 10);
	add_waves(&imported, 31, 8, 2, 12);
	add_waves(&imported, 60, 16, 1, 15);
	add_waves(&imported, 200, 8, 2, 12);
	add_waves(&imported, 300, 1, 2, 10);
	struct arrangement a cleanup_arrangement = arrange(&imported);
	assert_int_equal(a.plan.level_count, 3);
	static const struct {
		uint32_t concurrency;
		uint32_t block;
		size_t count;
	} expected[] = {{1, 0, 3}, {1, 1, 2}, {8, 0, 16}, {8, 1, 16}, {16, 0, 16}};
	assert_int_equal(a.trial_count, 5);
	for (size_t t = 0; t < 5; t++) {
		const struct trial_record *const trial = &a.trials[t].record;
		assert_int_equal(a.plan.levels[trial->level].concurrency, expected[t].concurrency);
		assert_int_equal(trial->block, expected[t].block);
		assert_int_equal(a.trials[t].count, expected[t].count);
		assert_false(trial->has_durations_only);
	}
	assert_int_equal(a.remarks.count, 1);
	assert_non_null(strstr(a.remarks.items[0], "worked out from their times"));
}

static void what_cannot_be_known_is_refused(void **state)
{
	struct imported imported cleanup_imported = {0};
	(void)state;
	add(&imported, 10 * S);
	refuse(&imported, "jobs.txt:1: nothing says how many tasks ran at once");
	imported.tasks[0].concurrency = 0;
	refuse(&imported, "jobs.txt:1: a concurrency is 1 to 1000000");
	imported.tasks[0].concurrency = 1;
	imported.tasks[0].repeat = 2000000;
	refuse(&imported, "a repeat is 0 to 1000000");
	imported.tasks[0].repeat = 0;
	imported.tasks[0].wall_ns = -1;
	refuse(&imported, "ends before it begins");
	imported.tasks[0].record.start_ns = INT64_MIN + 1;
	imported.tasks[0].record.end_ns = INT64_MAX;
	refuse(&imported, "ends before it begins, or takes more than 73 years");
	imported.tasks[0].record.start_ns = RECORD_ABSENT;
	imported.tasks[0].record.end_ns = RECORD_ABSENT;
	imported.tasks[0].wall_ns = 10 * S;
	imported.tasks[0].record.cpu_ns = INT64_MAX / 2;
	refuse(&imported, "jobs.txt:1: cpu_ns is below 0, or more than anything");
	imported.tasks[0].record.cpu_ns = RECORD_ABSENT;
	imported.tasks[0].record.read_bytes = -1;
	refuse(&imported, "jobs.txt:1: read_bytes is below 0");
}

/* How many ran climbs all the time: no number of them is N. */
static void changing_crowd_is_refused(void **state)
{
	struct imported imported cleanup_imported = {0};
	(void)state;
	for (int i = 0; i < 10; i++)
		add_at(&imported, i, 15);
	refuse(&imported, "how many ran at once cannot be told");
}

static void fewer_than_n_are_told(void **state)
{
	struct imported imported cleanup_imported = {0};
	(void)state;
	add_waves(&imported, 0, 3, 4, 10);
	for (size_t i = 0; i < imported.task_count; i++)
		imported.tasks[i].concurrency = 4;
	struct arrangement a cleanup_arrangement = arrange(&imported);
	assert_int_equal(a.trials[0].record.window_start_ns, 0);
	assert_int_equal(a.trials[0].record.window_end_ns, 40 * S);
	assert_int_equal(a.remarks.count, 1);
	assert_non_null(strstr(a.remarks.items[0], "at most 3 tasks ran at once"));
}

/* Tasks that count for nothing are left out and told; stated levels stand beside measured ones. */
static void left_out_and_stated(void **state)
{
	struct imported imported cleanup_imported = {0};
	struct error err;
	(void)state;
	add(&imported, RECORD_ABSENT)->concurrency = 2;
	add(&imported, 5 * S)->concurrency = 2;
	add(&imported, 6 * S)->record.role = ROLE_PROBE;
	const struct stated_figure figure = {
	        .name = "wall", .value = 3, .quantile = NAN, .error = NAN};
	assert_int_equal(imported_add_figure(&imported, 1, &figure, &err), 0);
	struct arrangement a cleanup_arrangement = arrange(&imported);
	assert_int_equal(a.task_count, 1);
	assert_int_equal(a.order[0], 1);
	assert_int_equal(a.plan.level_count, 2);
	assert_int_equal(a.plan.levels[0].concurrency, 1);
	assert_int_equal(a.trials[0].record.level, 1);
	assert_int_equal(a.remarks.count, 2);
	assert_non_null(strstr(a.remarks.items[0], "1 of 3 tasks have no wall time"));
	assert_non_null(strstr(a.remarks.items[1], "1 of 3 tasks were probes"));
}

/* Start and end count; another wall time is told with its place, one rounded to seconds is not. */
static void another_wall_time_is_told(void **state)
{
	static const struct {
		double end_s;
		int64_t wall_ns;
		bool is_told;
	} cases[] = {
	        {10, 10 * S, false},         {10, 9 * S, false},      {10, 5 * S, true},
	        {10.25, 10250000000, false}, {10.25, 9 * S, true},    {0.25, 250000000000, true},
	        {10, RECORD_ABSENT, false},  {300.5, 299 * S, false},
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct imported imported cleanup_imported = {0};
		struct imported_task *const task = add_at(&imported, 0, cases[i].end_s);
		task->concurrency = 1;
		task->wall_ns = cases[i].wall_ns;
		struct arrangement a cleanup_arrangement = arrange(&imported);
		assert_int_equal(a.tasks[0].end_ns - a.tasks[0].start_ns,
		                 llround(cases[i].end_s * S));
		assert_int_equal(a.remarks.count, cases[i].is_told);
		if (cases[i].is_told)
			assert_non_null(strstr(a.remarks.items[0], "1 of 1 tasks have another wall "
			                                           "time"));
		if (cases[i].is_told)
			assert_non_null(strstr(a.remarks.items[0], "jobs.txt:1"));
	}
}

/* 30 s at N=1 are 120 per hour. */
static void stated_rates_that_contradict_wall_times_are_told(void **state)
{
	static const struct {
		double per_hour;
		bool is_median;
		bool is_told;
	} cases[] = {
	        {120, false, false}, {100, false, false},   {170, true, false},
	        {2, false, true},    {54 * 60, true, true},
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct imported imported cleanup_imported = {0};
		struct error err;
		const struct stated_figure wall = {.name = "wall",
		                                   .value = 30,
		                                   .statistic = cases[i].is_median ? STATED_QUANTILE
		                                                                   : STATED_MEAN,
		                                   .quantile = cases[i].is_median ? 0.5 : NAN,
		                                   .error = NAN};
		const struct stated_figure rate = {.name = "throughput",
		                                   .value = cases[i].per_hour / 3600,
		                                   .quantile = NAN,
		                                   .error = NAN};
		assert_int_equal(imported_add_figure(&imported, 1, &wall, &err), 0);
		assert_int_equal(imported_add_figure(&imported, 1, &rate, &err), 0);
		struct arrangement a cleanup_arrangement = arrange(&imported);
		assert_int_equal(a.remarks.count, cases[i].is_told);
		if (cases[i].is_told)
			assert_non_null(strstr(a.remarks.items[0], "N=1 contradicts itself"));
	}
}

/* More tasks than the files say that there are CPUs: oversubscribed. Cores alone do not say. */
static void levels_beyond_the_cpus_are_oversubscribed(void **state)
{
	static const struct {
		const char *pus, *cores, *threads;
		bool is_oversubscribed[3]; /* at N = 4, 5 and 9 */
	} cases[] = {
	        {"4", "4", NULL, {false, true, true}},
	        {"8", "4", NULL, {false, false, true}},
	        {NULL, "4", "2", {false, false, true}},
	        {NULL, "4", "1", {false, true, true}},
	        {NULL, "4", NULL, {false, false, false}},
	        {NULL, NULL, NULL, {false, false, false}},
	        {"many", NULL, NULL, {false, false, false}},
	};
	static const int64_t levels[] = {4, 5, 9};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct imported imported cleanup_imported = {0};
		struct error err;
		const char *const facts[][2] = {{"pus_allowed", cases[i].pus},
		                                {"cores_allowed", cases[i].cores},
		                                {"threads_per_core", cases[i].threads}};
		for (size_t f = 0; f < 3; f++)
			if (facts[f][1])
				assert_int_equal(imported_add_fact(&imported, facts[f][0],
				                                   facts[f][1], &err),
				                 0);
		for (size_t n = 0; n < 3; n++)
			add(&imported, 5 * S)->concurrency = levels[n];
		struct arrangement a cleanup_arrangement = arrange(&imported);
		for (size_t n = 0; n < 3; n++)
			assert_int_equal(a.plan.levels[n].is_oversubscribed,
			                 cases[i].is_oversubscribed[n]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(durations_make_trials_without_windows),
	        cmocka_unit_test(window_is_where_all_ran),
	        cmocka_unit_test(roles_cut_the_window),
	        cmocka_unit_test(concurrency_comes_from_times),
	        cmocka_unit_test(what_cannot_be_known_is_refused),
	        cmocka_unit_test(changing_crowd_is_refused),
	        cmocka_unit_test(fewer_than_n_are_told),
	        cmocka_unit_test(left_out_and_stated),
	        cmocka_unit_test(levels_beyond_the_cpus_are_oversubscribed),
	        cmocka_unit_test(another_wall_time_is_told),
	        cmocka_unit_test(stated_rates_that_contradict_wall_times_are_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
