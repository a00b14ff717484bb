/* Results that plateau did not measure: trials of durations only, and levels of which there are
 * nothing but figures that others worked out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analyse/findings.h"
#include "analyse/stated.h"
#include "core/clock.h"
#include "core/error.h"
#include "made.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void assert_close(double a, double b)
{
	if (!(fabs(a - b) <= 1e-9 * fmax(fabs(a), fabs(b))))
		fail_msg("%.12g is not %.12g", a, b);
}

static struct findings build(const struct made *made)
{
	struct findings findings = {0};
	struct error err = {""};
	if (findings_build(&made->dataset, &findings, &err) < 0)
		fail_msg("%s", err.text);
	return findings;
}

static void mark_imported(struct made *made)
{
	made->dataset.run.imported = strdup("perf-stat");
	assert_non_null(made->dataset.run.imported);
}

/* A trial of whose tasks only the wall times are known. */
static void add_durations(struct made *made, size_t level, uint32_t block, const double *walls_s,
                          size_t count)
{
	struct trial_record *const trial = made_trial(made, level, block, 0, 0);
	trial->has_durations_only = true;
	trial->window_start_ns = RECORD_ABSENT;
	trial->window_end_ns = RECORD_ABSENT;
	for (size_t i = 0; i < count; i++)
		made_task(made, (uint32_t)i, 0, walls_s[i])->max_rss_bytes = RECORD_ABSENT;
}

/* N over the mean wall time; nothing that needs a window, and nothing that is 0 for want of one. */
static void durations_give_throughput(void **state)
{
	static const double one[] = {10};
	static const double four[] = {12, 14, 16, 18};
	struct made made cleanup_made = {0};
	(void)state;
	made_init(&made);
	mark_imported(&made);
	made_level(&made, 1, "unknown");
	made_level(&made, 4, "unknown");
	add_durations(&made, 0, 0, one, 1);
	add_durations(&made, 1, 0, four, 4);
	struct findings findings cleanup_findings = build(&made);
	const struct level_summary *const level = &findings.summary.levels[1];
	assert_true(level->has_durations_only);
	assert_close(level->throughput_per_s.value, 4 / 15.0);
	assert_close(level->efficiency.value, 4 / 15.0 / 0.1 / 4);
	assert_close(level->wall_s.mean, 15);
	assert_int_equal(level->tasks, 4);
	assert_true(isnan(level->held));
	assert_true(isnan(level->held_min));
	assert_int_equal(level->max_rss_bytes.tasks, 0);
	assert_string_equal(level->max_rss_bytes.reason, "no task of this level has this figure");
	assert_string_equal(level->peak_pss_bytes.reason, "the imported files do not have it");
	const struct attribution *const a = &findings.attributions[1];
	assert_int_equal(a->mode, ATTRIBUTION_NO_COUNTERS);
	assert_close(a->product.value, 1.5);
	assert_true(isnan(a->occupancy.value));
	assert_non_null(a->occupancy.reason);
	bool is_said = false;
	for (size_t i = 0; i < findings.summary.warning_count; i++) {
		const struct warning *const warning = &findings.summary.warnings[i];
		/* It can be wrong in both directions. */
		is_said |= strcmp(warning->code, "durations-only") == 0 &&
		           strstr(warning->text, "too high") && strstr(warning->text, "too low");
		assert_string_not_equal(warning->code, "rss-floor");
		assert_string_not_equal(warning->code, "occupancy-low");
		assert_string_not_equal(warning->code, "window-uneven");
	}
	assert_true(is_said);
}

/* Where plateau ran nothing, it has not kept tasks from running. */
static void gaps_are_no_fault_of_the_harness(void **state)
{
	(void)state;
	for (int is_imported = 0; is_imported < 2; is_imported++) {
		struct made made cleanup_made = {0};
		bool is_said = false;
		made_init(&made);
		if (is_imported)
			mark_imported(&made);
		made_level(&made, 2, "spread");
		made_trial(&made, 0, 0, 0, 40);
		for (int i = 0; i < 4; i++)
			for (uint32_t slot = 0; slot < 2; slot++)
				made_task(&made, slot, 10 * i, 10 * i + 9);
		struct findings findings cleanup_findings = build(&made);
		for (size_t i = 0; i < findings.summary.warning_count; i++) {
			const struct warning *const warning = &findings.summary.warnings[i];
			if (!strstr(warning->text, "Fewer tasks were running"))
				continue;
			is_said = true;
			assert_int_equal(strstr(warning->text, "plateau itself") != NULL,
			                 !is_imported);
		}
		assert_true(is_said);
	}
}

/* What failed took its time in its place. */
static void failures_lower_throughput(void **state)
{
	static const double walls[] = {10, 10, 10, 10};
	struct made made cleanup_made = {0};
	(void)state;
	made_init(&made);
	mark_imported(&made);
	made_level(&made, 4, "unknown");
	add_durations(&made, 0, 0, walls, 4);
	made.dataset.tasks[3].state = TASK_FAILED;
	struct findings findings cleanup_findings = build(&made);
	assert_close(findings.summary.levels[0].throughput_per_s.value, 0.3);
	assert_int_equal(findings.summary.levels[0].failed, 1);
}

static void state_figure(struct made *made, uint32_t level, const char *name,
                         enum stated_statistic statistic, double quantile, double value,
                         double error, enum stated_error kind)
{
	struct dataset *const d = &made->dataset;
	d->stated = realloc(d->stated, (d->stated_count + 1) * sizeof *d->stated);
	assert_non_null(d->stated);
	struct stated_figure *const figure = &d->stated[d->stated_count++];
	*figure = (struct stated_figure){.level = level,
	                                 .statistic = statistic,
	                                 .quantile = quantile,
	                                 .value = value,
	                                 .error = error,
	                                 .error_kind = kind,
	                                 .tasks = RECORD_ABSENT};
	strncpy(figure->name, name, sizeof figure->name - 1);
}

/* Figure 5 of a published study, in small: throughput where it was read, N over the median wall
 * time elsewhere, with how well it was read as interval. */
static void stated_levels_stand_for_trials(void **state)
{
	struct made made cleanup_made = {0};
	(void)state;
	made_init(&made);
	mark_imported(&made);
	made.dataset.run.baseline = 16;
	made_level(&made, 16, "unknown");
	made_level(&made, 32, "unknown");
	made_level(&made, 128, "unknown");
	made_level(&made, 256, "unknown");
	state_figure(&made, 0, "throughput", STATED_MEAN, NAN, 0.508, 0.005, STATED_READING);
	state_figure(&made, 1, "wall", STATED_QUANTILE, 0.5, 32.0, 0.16, STATED_READING);
	state_figure(&made, 2, "throughput", STATED_MEAN, NAN, 2.2, 0.02, STATED_READING);
	state_figure(&made, 2, "wall", STATED_MEAN, NAN, 58, NAN, STATED_NO_ERROR);
	state_figure(&made, 2, "frequency", STATED_MEAN, NAN, 2.25e9, 1e6, STATED_STANDARD);
	state_figure(&made, 3, "off_cpu", STATED_MEAN, NAN, 14, 1, STATED_CI95);
	struct findings findings cleanup_findings = build(&made);
	const struct level_summary *const levels = findings.summary.levels;
	for (size_t i = 0; i < 4; i++) {
		assert_true(levels[i].is_stated);
		assert_int_equal(levels[i].trials, 0);
		assert_null(levels[i].reason);
		assert_int_equal(levels[i].throughput_per_s.n, 0);
		assert_non_null(levels[i].throughput_per_s.reason);
	}
	assert_close(levels[0].throughput_per_s.low, 0.503);
	assert_int_equal(levels[0].throughput_per_s.error_kind, STATED_READING);
	assert_close(levels[1].throughput_per_s.value, 1);
	assert_close(levels[1].throughput_per_s.high, 1.005);
	assert_non_null(strstr(levels[1].throughput_per_s.reason, "N over the median wall time"));
	assert_true(levels[0].is_baseline);
	const double linear = 0.508 / 16 * 128;
	assert_close(levels[2].efficiency.value, 2.2 / linear);
	assert_close(levels[2].efficiency.low, 2.18 / 0.513 * 16 / 128);
	assert_close(levels[2].efficiency.high, 2.22 / 0.503 * 16 / 128);
	assert_close(levels[2].wall_s.mean, 58);
	assert_true(isnan(levels[2].wall_s.median));
	assert_close(levels[2].frequency_hz.value, 2.25e9);
	assert_close(levels[2].frequency_hz.high, 2.25e9 + 1.959963984540054e6);
	assert_int_equal(levels[2].frequency_source, FREQUENCY_ABSENT);
	assert_true(isnan(levels[3].throughput_per_s.value));
	assert_close(levels[3].off_cpu_s.mean, 14);
	const struct curve *const curve = &findings.scalings[0].curve;
	assert_int_equal(curve->count, 3);
	assert_int_equal(curve->weights, WEIGHTS_VARIANCE);
	assert_close(curve->points[0].se, 0.005);
	assert_close(curve->points[1].se, 0.005);
	assert_close(curve->points[2].se, 0.02);
	assert_string_equal(findings.attributions[2].reason,
	                    "only figures of whole levels are stated, and no tasks");
	assert_true(isnan(findings.attributions[2].product.value));
}

/* Where throughput is not stated itself, the warning names the levels, and of which wall time it
 * is. */
static void a_warning_says_what_is_over_wall_time(void **state)
{
	struct made made cleanup_made = {0};
	(void)state;
	made_init(&made);
	mark_imported(&made);
	for (uint32_t n = 1; n <= 16; n *= 2)
		made_level(&made, n, "unknown");
	state_figure(&made, 0, "throughput", STATED_MEAN, NAN, 1, 0.1, STATED_READING);
	state_figure(&made, 0, "wall", STATED_MEAN, NAN, 1, 0.1, STATED_READING);
	state_figure(&made, 1, "wall", STATED_QUANTILE, 0.5, 1, 0.1, STATED_READING);
	state_figure(&made, 2, "wall", STATED_MEAN, NAN, 1, 0.1, STATED_READING);
	state_figure(&made, 2, "wall", STATED_QUANTILE, 0.5, 1, 0.1, STATED_READING);
	state_figure(&made, 3, "wall", STATED_QUANTILE, 0.5, 1, 0.1, STATED_READING);
	state_figure(&made, 4, "off_cpu", STATED_MEAN, NAN, 1, 0.1, STATED_READING);
	struct findings findings cleanup_findings = build(&made);
	const char *const words[] = {"mean", "median"};
	const char *const ways[] = {NULL, "median", "mean", "median", NULL};
	for (uint32_t i = 0; i < 5; i++) {
		const char *const way = stated_wall_of_throughput(&made.dataset, i);
		assert_true(!way == !ways[i]);
		if (way)
			assert_string_equal(way, ways[i]);
	}
	const char *text = NULL;
	for (size_t i = 0; i < findings.summary.warning_count; i++)
		if (strcmp(findings.summary.warnings[i].code, "figures-stated") == 0)
			text = findings.summary.warnings[i].text;
	assert_non_null(text);
	assert_non_null(strstr(text, "Figures at N=1, N=2, N=4, N=8, N=16 are as"));
	const char *const levels[] = {"N=4", "N=2, N=8"};
	for (size_t i = 0; i < 2; i++) {
		char sentence[128];
		snprintf(sentence, sizeof sentence,
		         " Throughput at %s is not stated: it is N over the stated %s wall time",
		         levels[i], words[i]);
		assert_non_null(strstr(text, sentence));
	}
}

/* Without errors there are no intervals, and no weights. */
static void no_error_is_no_interval(void **state)
{
	struct made made cleanup_made = {0};
	(void)state;
	made_init(&made);
	mark_imported(&made);
	made_level(&made, 1, "unknown");
	made_level(&made, 2, "unknown");
	state_figure(&made, 0, "throughput", STATED_MEAN, NAN, 1, NAN, STATED_NO_ERROR);
	state_figure(&made, 1, "throughput", STATED_MEAN, NAN, 1.9, 0.1, STATED_CI95);
	struct findings findings cleanup_findings = build(&made);
	const struct level_summary *const levels = findings.summary.levels;
	assert_true(isnan(levels[0].throughput_per_s.low));
	assert_close(levels[1].throughput_per_s.low, 1.8);
	assert_close(levels[1].efficiency.value, 0.95);
	assert_true(isnan(levels[1].efficiency.low));
	assert_int_equal(findings.scalings[0].curve.weights, WEIGHTS_EQUAL);
}

static void ratios_add_their_errors(void **state)
{
	const struct estimate above = {
	        .value = 2, .low = 1.9, .high = 2.1, .error_kind = STATED_CI95};
	struct estimate below = {.value = 4, .low = 3.8, .high = 4.2, .error_kind = STATED_CI95};
	(void)state;
	struct estimate e = stated_ratio(&above, &below, 1);
	assert_close(e.value, 0.5);
	assert_close(e.high, 0.5 + 0.5 * 0.05 * sqrt(2));
	below.error_kind = STATED_STANDARD;
	e = stated_ratio(&above, &below, 1);
	/* Both are 95 % intervals. */
	assert_close(e.high, 0.5 + 0.5 * 0.05 * sqrt(2));
	assert_int_equal(e.error_kind, STATED_CI95);
	below.error_kind = STATED_READING;
	e = stated_ratio(&above, &below, 1);
	assert_true(isnan(e.low));
	assert_int_equal(e.error_kind, STATED_NO_ERROR);
	assert_close(stated_standard_error(&above), 0.1 / 1.959963984540054);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(durations_give_throughput),
	        cmocka_unit_test(gaps_are_no_fault_of_the_harness),
	        cmocka_unit_test(failures_lower_throughput),
	        cmocka_unit_test(stated_levels_stand_for_trials),
	        cmocka_unit_test(a_warning_says_what_is_over_wall_time),
	        cmocka_unit_test(no_error_is_no_interval),
	        cmocka_unit_test(ratios_add_their_errors),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
