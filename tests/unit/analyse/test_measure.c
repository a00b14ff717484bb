/* Values per trial of every measure, against known answers and against what the summary says. */
#include "made.h"

#include "analyse/findings.h"
#include "analyse/frequency.h"
#include "analyse/measure.h"
#include "core/array.h"
#include "core/error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void assert_near(double a, double b)
{
	if (!(fabs(a - b) <= 1e-9 * fabs(b)))
		print_message("# %.17g is not %.17g\n", a, b);
	assert_true(fabs(a - b) <= 1e-9 * fabs(b));
}

static struct findings find_all(const struct made *made)
{
	struct findings findings;
	struct error err;
	assert_int_equal(findings_build(&made->dataset, &findings, &err), 0);
	return findings;
}

static struct measure_values values_of(const struct findings *findings, size_t level,
                                       const struct measure_query *query)
{
	struct measure_values values;
	struct error err;
	memset(&values, 0xa5, sizeof values);
	assert_int_equal(measure_values_find(findings, level, query, &values, &err), 0);
	return values;
}

enum { CYCLES, INSTRUCTIONS, CLOCK, MISSES, FAULTS };

/* Two levels, two blocks each. A task has its wall time in cycles of 2 GHz while 0.9 of it is CPU
 * time, and 1e9 instructions per second of CPU time. */
static void make_run(struct made *made)
{
	static const double walls[2][2] = {{10, 10.5}, {12, 13}};
	made_init(made);
	made_event(made, "cycles");
	made_event(made, "instructions");
	made_event(made, "task-clock");
	made_event(made, "LLC-load-misses");
	made_event(made, "page-faults");
	const size_t levels[2] = {made_level(made, 1, "spread"), made_level(made, 2, "spread")};
	for (uint32_t block = 0; block < 2; block++)
		for (size_t l = 0; l < 2; l++) {
			const double wall = walls[l][block];
			made_trial(made, levels[l], block, 0, 2 * wall);
			for (uint32_t slot = 0; slot <= l; slot++)
				for (int i = 0; i < 2; i++) {
					const double cpu = 0.9 * wall * 1e9;
					made_task(made, slot, i * wall, (i + 1) * wall);
					made_counter(made, CYCLES, (uint64_t)(2 * cpu), COUNTER_OK);
					made_counter(made, INSTRUCTIONS, 9000000000, COUNTER_OK);
					made_counter(made, CLOCK, (uint64_t)cpu, COUNTER_OK);
					made_counter(made, MISSES, 1000000 + 1000 * block,
					             COUNTER_OK);
					made_counter(made, FAULTS, 7, COUNTER_OK);
					made_figure(made, "compute_s", wall / 2);
				}
		}
}

static void values_are_those_of_trials(void **state)
{
	(void)state;
	static const struct {
		struct measure_query query;
		size_t level;
		double first, second;
	} cases[] = {
	        {{.id = MEASURE_THROUGHPUT}, 0, 1 / 10., 1 / 10.5},
	        {{.id = MEASURE_THROUGHPUT}, 1, 2 / 12., 2 / 13.},
	        {{.id = MEASURE_EFFICIENCY}, 0, 1, 1},
	        {{.id = MEASURE_EFFICIENCY}, 1, 10 / 12., 10.5 / 13},
	        {{.id = MEASURE_DEGRADATION}, 1, 12 / 10., 13 / 10.5},
	        {{.id = MEASURE_OCCUPANCY}, 1, 1, 1},
	        {{.id = MEASURE_WALL}, 1, 12, 13},
	        {{.id = MEASURE_WALL, .statistic = STATISTIC_QUANTILE, .quantile = 1}, 1, 12, 13},
	        {{.id = MEASURE_USER}, 1, 9.6, 10.4},
	        {{.id = MEASURE_SYSTEM}, 1, 1.2, 1.3},
	        {{.id = MEASURE_OFF_CPU}, 1, 1.2, 1.3},
	        {{.id = MEASURE_MAX_RSS}, 0, 1e8, 1e8},
	        {{.id = MEASURE_CYCLES}, 1, 21.6e9, 23.4e9},
	        {{.id = MEASURE_INSTRUCTIONS}, 1, 9e9, 9e9},
	        {{.id = MEASURE_LLC_LOAD_MISSES}, 1, 1000000, 1001000},
	        {{.id = MEASURE_CPI}, 1, 2.4, 2.6},
	        {{.id = MEASURE_FREQUENCY}, 1, 2e9, 2e9},
	        {{.id = MEASURE_FACTOR_INSTRUCTIONS}, 1, 1, 1},
	        {{.id = MEASURE_FACTOR_CPI}, 1, 1.2, 13 / 10.5},
	        {{.id = MEASURE_FACTOR_CLOCK}, 1, 1, 1},
	        {{.id = MEASURE_FACTOR_OFF_CPU}, 1, 1, 1},
	        {{.id = MEASURE_SLOWDOWN}, 1, 1.2, 13 / 10.5},
	        {{.id = MEASURE_SLOWDOWN}, 0, 1, 1},
	        {{.id = MEASURE_FAILURES}, 1, 0, 0},
	        {{.id = MEASURE_FAILURE_SHARE}, 1, 0, 0},
	        {{.id = MEASURE_COUNTER, .detail = "page-faults"}, 1, 7, 7},
	        {{.id = MEASURE_FIGURE, .detail = "compute_s"}, 1, 6, 6.5},
	};
	struct made made cleanup_made;
	make_run(&made);
	struct findings findings cleanup_findings = find_all(&made);
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct measure_values values cleanup_measure_values =
		        values_of(&findings, cases[i].level, &cases[i].query);
		print_message("# %s\n", measures[cases[i].query.id].name);
		assert_int_equal(values.count, 2);
		assert_null(values.reason);
		assert_near(values.values[0], cases[i].first);
		assert_near(values.values[1], cases[i].second);
		assert_int_equal(values.blocks[0], 0);
		assert_int_equal(values.blocks[1], 1);
	}
}

/* What verdicts and comparisons say must be what `show` says. */
static void estimates_agree_with_the_summary(void **state)
{
	(void)state;
	struct made made cleanup_made;
	make_run(&made);
	struct findings findings cleanup_findings = find_all(&made);
	const struct level_summary *const level = &findings.summary.levels[1];
	const struct {
		struct measure_query query;
		const struct estimate *same;
	} cases[] = {
	        {{.id = MEASURE_THROUGHPUT}, &level->throughput_per_s},
	        {{.id = MEASURE_EFFICIENCY}, &level->efficiency},
	        {{.id = MEASURE_FREQUENCY}, &level->frequency_hz},
	        {{.id = MEASURE_SLOWDOWN}, &findings.attributions[1].product},
	        {{.id = MEASURE_FACTOR_CPI}, &findings.attributions[1].factors[FACTOR_CPI]},
	        {{.id = MEASURE_FIGURE, .detail = "compute_s"},
	         &findings.printed.items[0].levels[1].mean},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct measure_values values cleanup_measure_values =
		        values_of(&findings, 1, &cases[i].query);
		const struct estimate e = measure_estimate(&cases[i].query, &values);
		assert_near(e.value, cases[i].same->value);
		assert_near(e.low, cases[i].same->low);
		assert_near(e.high, cases[i].same->high);
		assert_int_equal(e.n, cases[i].same->n);
	}
}

static void what_is_absent_has_a_reason(void **state)
{
	(void)state;
	static const struct {
		struct measure_query query;
		const char *reason; /* a part of it */
	} cases[] = {
	        {{.id = MEASURE_ENERGY}, "measure again"},
	        {{.id = MEASURE_PEAK_PSS}, "no task of this level"},
	        {{.id = MEASURE_FACTOR_KERNEL}, "does not tell it"},
	        {{.id = MEASURE_CORE_SPREAD}, "places"},
	        {{.id = MEASURE_CYCLES, .is_user_only = true}, "not counted"},
	        {{.id = MEASURE_CPI, .is_user_only = true}, "one mode"},
	        {{.id = MEASURE_COUNTER, .detail = "flops"}, "counters.events"},
	        {{.id = MEASURE_FIGURE, .detail = "images"}, "task.figures"},
	        {{.id = MEASURE_FREQUENCY, .sources = FREQUENCY_OF(FREQUENCY_CHAIN)}, "chain"},
	};
	struct made made cleanup_made;
	make_run(&made);
	made_level(&made, 4, "spread");
	struct findings findings cleanup_findings = find_all(&made);
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct measure_values values cleanup_measure_values =
		        values_of(&findings, 1, &cases[i].query);
		const struct estimate e = measure_estimate(&cases[i].query, &values);
		assert_int_equal(values.count, 0);
		assert_false(estimate_has_value(&e));
		assert_non_null(values.reason);
		print_message("# %s: %s\n", measures[cases[i].query.id].name, values.reason);
		if (cases[i].query.id != MEASURE_PEAK_PSS)
			assert_non_null(strstr(values.reason, cases[i].reason));
		assert_ptr_equal(e.reason, values.reason);
	}
	/* A level without trials says why it has none. */
	const struct measure_query wall = {.id = MEASURE_WALL};
	struct measure_values none cleanup_measure_values = values_of(&findings, 2, &wall);
	assert_string_equal(none.reason, "no trial of it has run");
}

/* Where no task succeeded, that is why there is no degradation, and not that blocks are apart. */
static void degradation_without_a_success_says_so(void **state)
{
	(void)state;
	static const struct measure_query query = {.id = MEASURE_DEGRADATION};
	struct made made cleanup_made;
	make_run(&made);
	for (size_t i = 0; i < made.dataset.task_count; i++)
		if (made.dataset.trials[made.dataset.tasks[i].trial - 1].level == 1)
			made.dataset.tasks[i].state = TASK_FAILED;
	struct findings findings cleanup_findings = find_all(&made);
	struct measure_values values cleanup_measure_values = values_of(&findings, 1, &query);
	assert_int_equal(values.count, 0);
	assert_non_null(strstr(values.reason, "no task succeeded"));
}

/* A task that ran into the timeout took longer than all others, nobody knows how much longer. */
static void quantiles_are_censored_by_a_timeout(void **state)
{
	(void)state;
	struct made made cleanup_made;
	made_init(&made);
	made_trial(&made, made_level(&made, 10, "spread"), 0, 0, 20);
	for (uint32_t slot = 0; slot < 10; slot++)
		made_task(&made, slot, 0, 10 + slot)->state = slot == 9 ? TASK_TIMEOUT : TASK_OK;
	struct findings findings cleanup_findings = find_all(&made);
	static const struct {
		double quantile;
		double value;
	} cases[] = {{0, 10}, {0.5, 14.5}, {1, NAN}, {0.95, NAN}};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		const struct measure_query query = {MEASURE_WALL,      NULL, STATISTIC_QUANTILE,
		                                    cases[i].quantile, 0,    false};
		struct measure_values values cleanup_measure_values =
		        values_of(&findings, 0, &query);
		assert_int_equal(values.count, isnan(cases[i].value) ? 0 : 1);
		if (values.count > 0)
			assert_near(values.values[0], cases[i].value);
		else
			assert_non_null(strstr(values.reason, "timeout"));
	}
	const struct measure_query failures = {.id = MEASURE_FAILURES};
	struct measure_values values cleanup_measure_values = values_of(&findings, 0, &failures);
	const struct estimate e = measure_estimate(&failures, &values);
	assert_near(e.value, 1);
	assert_false(estimate_has_interval(&e));
}

/* The clock by samples of the node, trial by trial, as the level has it. */
static void frequencies_of_samples_are_those_of_the_level(void **state)
{
	(void)state;
	struct made made cleanup_made;
	made_init(&made);
	const size_t level = made_level(&made, 1, "spread");
	made_slot(&made, level, 0, 0, 0, 0);
	for (uint32_t block = 0; block < 3; block++) {
		made_trial(&made, level, block, 0, 10);
		made_task(&made, 0, 0, 10);
	}
	made_sample(&made, "cpu_frequency_hz", 0, 5, 3e9);
	made_sample(&made, "cpu_frequency_hz", 0, 6, 2e9);
	struct findings findings cleanup_findings = find_all(&made);
	const struct measure_query said = {.id = MEASURE_FREQUENCY,
	                                   .sources = FREQUENCY_OF(FREQUENCY_CPUFREQ)};
	struct measure_values values cleanup_measure_values = values_of(&findings, 0, &said);
	const struct estimate e = measure_estimate(&said, &values);
	assert_near(e.value, findings.summary.levels[0].frequency_hz.value);
	assert_int_equal(values.source, FREQUENCY_CPUFREQ);
	assert_int_equal(values.count, findings.summary.levels[0].frequency_hz.n);
}

static void state_figure(struct made *made, uint32_t level, const char *name, double value,
                         double error, enum stated_error kind)
{
	struct dataset *const d = &made->dataset;
	d->stated = realloc(d->stated, (d->stated_count + 1) * sizeof *d->stated);
	assert_non_null(d->stated);
	struct stated_figure *const figure = &d->stated[d->stated_count++];
	*figure = (struct stated_figure){level, "",    STATED_MEAN, NAN,
	                                 value, error, kind,        RECORD_ABSENT};
	snprintf(figure->name, sizeof figure->name, "%s", name);
}

/* A published curve: wall times per N with the error of reading them. */
static void stated_figures_stand_for_trials(void **state)
{
	(void)state;
	struct made made cleanup_made;
	made_init(&made);
	made_level(&made, 16, "");
	made_level(&made, 128, "");
	made_level(&made, 256, "");
	state_figure(&made, 0, "wall", 32, 1, STATED_READING);
	state_figure(&made, 1, "wall", 72, 2, STATED_STANDARD);
	state_figure(&made, 2, "wall", 64, 3.2, STATED_READING);
	made.dataset.run.baseline = 16;
	struct findings findings cleanup_findings = find_all(&made);
	static const double half = 2 * 1.959963984540054;
	const struct {
		enum measure_id id;
		size_t level;
		double value, low, high;
		enum stated_error error;
	} cases[] = {
	        {MEASURE_WALL, 0, 32, 31, 33, STATED_READING},
	        {MEASURE_THROUGHPUT, 0, 0.5, 0.5 * 31 / 32, 0.5 * 33 / 32, STATED_READING},
	        {MEASURE_WALL, 1, 72, 72 - half, 72 + half, STATED_STANDARD},
	        {MEASURE_THROUGHPUT, 2, 4, 4 * 0.95, 4 * 1.05, STATED_READING},
	        {MEASURE_EFFICIENCY, 2, 0.5, 0.5 * 0.95 * 32 / 33, 0.5 * 1.05 * 32 / 31,
	         STATED_READING},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		const struct measure_query query = {.id = cases[i].id};
		struct measure_values values cleanup_measure_values =
		        values_of(&findings, cases[i].level, &query);
		const struct estimate e = measure_estimate(&query, &values);
		assert_int_equal(values.count, 0);
		assert_near(e.value, cases[i].value);
		assert_near(e.low, cases[i].low);
		assert_near(e.high, cases[i].high);
		assert_int_equal(values.stated_error, cases[i].error);
	}
	const struct measure_query cycles = {.id = MEASURE_CYCLES};
	struct measure_values none cleanup_measure_values = values_of(&findings, 0, &cycles);
	assert_false(estimate_has_value(&none.stated));
	assert_string_equal(none.reason, "it was not stated");
}

static void words_name_the_statistic(void **state)
{
	(void)state;
	static const struct {
		struct measure_query query;
		const char *words;
	} cases[] = {
	        {{.id = MEASURE_WALL}, "wall time"},
	        {{.id = MEASURE_WALL, .statistic = STATISTIC_QUANTILE, .quantile = 0.95},
	         "wall time, p95"},
	        {{.id = MEASURE_WALL, .statistic = STATISTIC_QUANTILE, .quantile = 0.5},
	         "wall time, median"},
	        {{.id = MEASURE_MAX_RSS, .statistic = STATISTIC_QUANTILE, .quantile = 1},
	         "max RSS, max"},
	        {{.id = MEASURE_COUNTER, .detail = "page-faults"}, "counter.page-faults"},
	        {{.id = MEASURE_THROUGHPUT, .statistic = STATISTIC_QUANTILE}, "throughput"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		char text[96];
		assert_string_equal(measure_words(&cases[i].query, text), cases[i].words);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(values_are_those_of_trials),
	        cmocka_unit_test(estimates_agree_with_the_summary),
	        cmocka_unit_test(what_is_absent_has_a_reason),
	        cmocka_unit_test(degradation_without_a_success_says_so),
	        cmocka_unit_test(quantiles_are_censored_by_a_timeout),
	        cmocka_unit_test(frequencies_of_samples_are_those_of_the_level),
	        cmocka_unit_test(stated_figures_stand_for_trials),
	        cmocka_unit_test(words_name_the_statistic),
	};
	return cmocka_run_group_tests_name("measure", tests, NULL, NULL);
}
