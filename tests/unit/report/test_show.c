/* What `plateau show` and pages say of a result: as recorded, in every width, and as JSON. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analyse/findings.h"
#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "golden.h"
#include "sample.h"
#include "shown.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void text_as_it_should_look(void **state)
{
	(void)state;
	static const struct {
		const char *golden;
		struct text_style style;
	} cases[] = {
	        {"show-80.txt", {80, false, false}},
	        {"show-120.txt", {120, false, false}},
	        {"show-60-ascii.txt", {60, false, true}},
	        {"show-80-color.txt", {80, true, false}},
	};
	cleanup_made struct made made;
	sample_make(&made);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		cleanup_free char *text = shown_text(&made, &cases[i].style);
		assert_golden(cases[i].golden, text);
	}
}

static void json_as_it_should_be(void **state)
{
	(void)state;
	cleanup_made struct made made;
	sample_make(&made);
	cleanup_free char *json = shown_json(&made);
	assert_golden("show.json", json);
}

static void every_width_is_kept(void **state)
{
	(void)state;
	cleanup_made struct made made;
	sample_make(&made);
	for (size_t width = 50; width <= 130; width += 5)
		for (int is_ascii = 0; is_ascii < 2; is_ascii++) {
			const struct text_style style = {width, false, is_ascii};
			cleanup_free char *text = shown_text(&made, &style);
			shown_fits(text, width, is_ascii);
		}
}

static double number_at(json_t *object, const char *key, const char *inner)
{
	return json_number_value(json_object_get(json_object_get(object, key), inner));
}

static void json_says_what_the_summary_says(void **state)
{
	(void)state;
	struct error err;
	cleanup_made struct made made;
	sample_make(&made);
	cleanup_findings struct findings findings = {0};
	assert_int_equal(findings_build(&made.dataset, &findings, &err), 0);
	cleanup_free char *text = shown_json(&made);
	json_error_t where;
	json_t *const answer = json_loads(text, JSON_REJECT_DUPLICATES, &where);
	assert_non_null(answer);
	assert_int_equal(json_integer_value(json_object_get(answer, "schema_version")), 1);
	json_t *const levels = json_object_get(answer, "levels");
	assert_int_equal(json_array_size(levels), 4);
	for (size_t i = 0; i < 3; i++) {
		json_t *const l = json_array_get(levels, i);
		const struct level_summary *const s = &findings.summary.levels[i];
		json_t *const x = json_object_get(l, "throughput_per_s");
		assert_true(fabs(number_at(l, "throughput_per_s", "value") -
		                 s->throughput_per_s.value) < 1e-9);
		json_t *const interval = json_object_get(x, "ci95");
		assert_true(fabs(json_number_value(json_array_get(interval, 0)) -
		                 s->throughput_per_s.low) < 1e-9);
		assert_true(fabs(number_at(l, "wall_s", "p95") - s->wall_s.p95) < 1e-9);
		assert_true(json_is_integer(json_object_get(l, "tasks")));
		assert_true(json_is_object(json_object_get(l, "attribution")));
	}
	json_t *const skipped = json_array_get(levels, 3);
	assert_true(json_is_null(
	        json_object_get(json_object_get(skipped, "throughput_per_s"), "value")));
	assert_non_null(json_object_get(skipped, "reason"));
	json_t *const cycles =
	        json_object_get(json_object_get(json_array_get(levels, 0), "counters"), "cycles");
	assert_true(json_is_null(json_object_get(cycles, "mean")));
	assert_string_equal(json_string_value(json_object_get(cycles, "state")), "not-supported");
	assert_true(json_is_string(json_object_get(cycles, "reason")));
	assert_true(json_array_size(json_object_get(answer, "fits")) == FIT_MODELS);
	assert_true(json_array_size(json_object_get(answer, "scalings")) == 1);
	json_decref(answer);
}

/* No line of a stored warning ends between a number and its unit, at whatever width. */
static void numbers_keep_their_units(void **state)
{
	(void)state;
	static const char *const bound[] = {"1 min", "02 s",    "62.6 %", "2 %)",
	                                    "10 s:", "(453 ms", "1.5 GB."};
	cleanup_made struct made made;
	sample_make(&made);
	made_warning(&made, "units",
	             "something waited for a CPU 62.6 % of the last 10 s: the limit is low (2 %) "
	             "and (453 ms or 12 tasks) of 1.5 GB.");
	for (size_t width = 40; width < 120; width++) {
		const struct text_style style = {width, false, width % 2 == 0};
		cleanup_free char *text = shown_text(&made, &style);
		for (size_t i = 0; i < ARRAY_LENGTH(bound); i++)
			if (!strstr(text, bound[i]))
				fail_msg("width %zu parts %s", width, bound[i]);
	}
}

/* Two measures of noise stand in one report: it says why they differ, where both are shown. */
static void what_the_standard_error_is(void **state)
{
	(void)state;
	static const struct text_style style = {400, false, false};
	static const struct {
		uint32_t trials;
		bool is_there;
	} cases[] = {{3, true}, {1, false}};
	for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
		cleanup_made struct made made;
		made_init(&made);
		for (uint32_t l = 0; l < 3; l++)
			made_level(&made, 1u << l, "spread");
		for (uint32_t block = 0; block < cases[c].trials; block++)
			for (uint32_t l = 0; l < 3; l++)
				made_steady_trial(&made, l, block, 1u << l, 2 + (l + block) % 3,
				                  60);
		cleanup_free char *text = shown_text(&made, &style);
		cleanup_free char *html = shown_page(&made);
		assert_int_equal(strstr(text, "SE is the standard error of a level by") != NULL,
		                 cases[c].is_there);
		assert_int_equal(strstr(html, "SE is the standard error of a level by") != NULL,
		                 cases[c].is_there);
	}
}

/* What was measured has a bar, however short. */
static void every_level_has_a_bar(void **state)
{
	(void)state;
	static const struct text_style style = {80, false, true};
	cleanup_made struct made made;
	made_init(&made);
	made_level(&made, 1, "spread");
	made_level(&made, 512, "spread");
	made_steady_trial(&made, 0, 0, 1, 2, 20);
	made_steady_trial(&made, 1, 0, 512, 2, 20);
	cleanup_free char *text = shown_text(&made, &style);
	assert_non_null(strstr(text, "\n    1  #\n"));
}

static void nothing_is_known_of_the_run(void **state)
{
	(void)state;
	static const struct text_style style = {80, false, false};
	cleanup_made struct made made;
	made_init(&made);
	run_facts_release(&made.dataset.run);
	host_facts_release(&made.dataset.host);
	cleanup_free char *text = shown_text(&made, &style);
	cleanup_free char *json = shown_json(&made);
	assert_non_null(strstr(text, "unknown"));
	assert_non_null(strstr(json, "\"name\": null"));
}

static void outside_text_is_cleaned(void **state)
{
	(void)state;
	static const struct text_style style = {80, false, false};
	cleanup_made struct made made;
	sample_make(&made);
	free(made.dataset.run.name);
	made.dataset.run.name = strdup("evil\033[2J\xff");
	snprintf(made.dataset.events[0].name, sizeof made.dataset.events[0].name, "e\033\xfe");
	made_warning(&made, "odd", "\033]0;title\007");
	cleanup_free char *text = shown_text(&made, &style);
	assert_null(strchr(text, '\033'));
	assert_null(strchr(text, '\007'));
	cleanup_free char *html = shown_page(&made);
	assert_null(strchr(html, '\033'));
	assert_null(strchr(html, '\007'));
	shown_check(&made);
}

static void a_long_complaint_is_cut(void **state)
{
	(void)state;
	static const struct text_style style = {40, false, false};
	cleanup_made struct made made;
	sample_make(&made);
	made_said(&made, 2, TASK_SIGNALED, 11, "Größe zu groß: 漢字漢字漢字漢字漢字");
	cleanup_free char *text = shown_text(&made, &style);
	assert_non_null(strstr(text, "\n      it said: isr: cannot read bias....\n"));
	assert_non_null(strstr(text, "\n      it said: Größe zu groß: 漢字漢...\n"));
	made.dataset.tasks[0].trial = 0;
	made.dataset.tasks[0].state = TASK_FAILED;
	made.dataset.tasks[0].exit_status = 1;
	made_said(&made, -1, TASK_FAILED, 1, "no such file");
	cleanup_free char *with_probe = shown_text(&made, &style);
	assert_non_null(strstr(with_probe, "it said: no such file\n"));
	cleanup_free char *json = shown_json(&made);
	assert_non_null(strstr(json, "\"said\": \"no such file\""));
	shown_check(&made);
}

static void policies_are_grouped(void **state)
{
	(void)state;
	static const struct text_style style = {100, false, false};
	cleanup_made struct made made;
	made_init(&made);
	for (uint32_t n = 1; n <= 2; n++)
		for (int p = 0; p < 2; p++) {
			const size_t level = made_level(&made, n, p ? "pack" : "spread");
			made_steady_trial(&made, level, 0, n, p ? 0.011 : 0.01, 0.1);
		}
	cleanup_free char *text = shown_text(&made, &style);
	const char *const rows[] = {"\n  spread  1", "\n  spread  2", "\n  pack    1",
	                            "\n  pack    2"};
	const char *at = text;
	for (size_t i = 0; i < 4; i++) {
		at = strstr(at, rows[i]);
		assert_non_null(at);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(text_as_it_should_look),
	        cmocka_unit_test(json_as_it_should_be),
	        cmocka_unit_test(every_width_is_kept),
	        cmocka_unit_test(json_says_what_the_summary_says),
	        cmocka_unit_test(numbers_keep_their_units),
	        cmocka_unit_test(what_the_standard_error_is),
	        cmocka_unit_test(every_level_has_a_bar),
	        cmocka_unit_test(nothing_is_known_of_the_run),
	        cmocka_unit_test(outside_text_is_cleaned),
	        cmocka_unit_test(a_long_complaint_is_cut),
	        cmocka_unit_test(policies_are_grouped),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
