/* `show` of a result made by hand: the text against a golden file, at three widths, and the JSON
 * parsed back and checked against the figures that it came from. With UPDATE_GOLDEN set in the
 * environment the golden files are written anew. */
#include "analyse/findings.h"
#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/file.h"
#include "core/str.h"
#include "golden.h"
#include "report/document_html.h"
#include "report/json/show_json.h"
#include "report/section/sections.h"
#include "report/show_text.h"
#include "sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *write_text(const struct made *made, const struct text_style *style)
{
	struct error err;
	cleanup_findings struct findings findings = {0};
	char *text = NULL;
	assert_int_equal(findings_build(&made->dataset, &findings, &err), 0);
	assert_int_equal(show_text_write(&findings, style, false, &text, &err), 0);
	return text;
}

static char *write_json(const struct made *made)
{
	struct error err;
	cleanup_findings struct findings findings = {0};
	char *text = NULL;
	assert_int_equal(findings_build(&made->dataset, &findings, &err), 0);
	assert_int_equal(show_json_write(&findings, &text, &err), 0);
	return text;
}

static char *write_page(const struct made *made)
{
	static const struct text_style style = {.width = 100};
	struct error err;
	struct undrawn undrawn;
	cleanup_findings struct findings findings = {0};
	cleanup_document struct document doc;
	char *html = NULL;
	assert_int_equal(findings_build(&made->dataset, &findings, &err), 0);
	document_init(&doc, "", &style);
	report_fill(&findings, READ_IN_PAGE, &doc);
	assert_int_equal(document_html_write(&doc, 1, doc.title, NULL, &html, &undrawn, &err), 0);
	return html;
}

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
		cleanup_free char *text = write_text(&made, &cases[i].style);
		assert_golden(cases[i].golden, text);
	}
}

static void json_as_it_should_be(void **state)
{
	(void)state;
	cleanup_made struct made made;
	sample_make(&made);
	cleanup_free char *json = write_json(&made);
	assert_golden("show.json", json);
}

static void assert_fits(const char *text, size_t width, bool is_ascii)
{
	cleanup_free char *copy = strdup(text);
	for (char *line = strtok(copy, "\n"); line; line = strtok(NULL, "\n"))
		if (text_width(line) > width)
			fail_msg("%zu columns in %zu: %s", text_width(line), width, line);
	for (const char *c = text; is_ascii && *c; c++)
		assert_true((unsigned char)*c < 0x80);
	assert_null(strstr(text, "nan"));
	assert_null(strstr(text, "inf "));
	assert_null(strstr(text, " \n"));
}

static void every_width_is_kept(void **state)
{
	(void)state;
	cleanup_made struct made made;
	sample_make(&made);
	for (size_t width = 50; width <= 130; width += 5)
		for (int is_ascii = 0; is_ascii < 2; is_ascii++) {
			const struct text_style style = {width, false, is_ascii};
			cleanup_free char *text = write_text(&made, &style);
			assert_fits(text, width, is_ascii);
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
	cleanup_free char *text = write_json(&made);
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

/* What is null is explained beside it. */
static void assert_explained(json_t *value, const char *path)
{
	const char *key;
	json_t *member;
	size_t index;
	if (json_is_array(value)) {
		json_array_foreach(value, index, member) assert_explained(member, path);
		return;
	}
	const bool has_reason = json_is_string(json_object_get(value, "reason")) ||
	                        json_is_string(json_object_get(value, "state"));
	json_object_foreach(value, key, member)
	{
		char reason[80];
		snprintf(reason, sizeof reason, "%s_reason", key);
		if (json_is_null(member) && strcmp(key, "reason") != 0 &&
		    strcmp(key, "weights") != 0 && !has_reason && !json_object_get(value, reason))
			fail_msg("%s.%s is null without a reason", path, key);
		assert_explained(member, key);
	}
}

static void check_any(const struct made *made)
{
	static const struct text_style style = {80, false, false};
	cleanup_free char *text = write_text(made, &style);
	cleanup_free char *json = write_json(made);
	assert_fits(text, 80, false);
	json_error_t where;
	json_t *const answer = json_loads(json, JSON_REJECT_DUPLICATES, &where);
	if (!answer)
		fail_msg("line %d: %s", where.line, where.text);
	assert_explained(answer, "");
	json_decref(answer);
	cleanup_free char *html = write_page(made);
	static const char *const nonsense[] = {"nan", "-nan", "inf", "(null)"};
	for (size_t i = 0; i < sizeof nonsense / sizeof nonsense[0]; i++) {
		char cell[16];
		snprintf(cell, sizeof cell, ">%s<", nonsense[i]);
		if (strstr(html, cell))
			fail_msg("%s in the page", cell);
	}
	assert_non_null(strstr(html, "<h2>Data quality</h2>"));
	assert_non_null(strstr(html, "<h2>Provenance</h2>"));
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
		cleanup_free char *text = write_text(&made, &style);
		for (size_t i = 0; i < ARRAY_LENGTH(bound); i++)
			if (!strstr(text, bound[i]))
				fail_msg("width %zu parts %s", width, bound[i]);
	}
}

/* Every method has a column where some level has its figure. */
static void memory_of_whole_trees(void **state)
{
	(void)state;
	static const struct text_style style = {80, false, false};
	cleanup_made struct made made;
	sample_make(&made);
	cleanup_free char *without = write_text(&made, &style);
	assert_null(strstr(without, "peak PSS"));
	assert_non_null(strstr(without, "N  process\n     max RSS\n  1      100\n"));
	for (size_t i = 0; i < made.dataset.task_count; i++) {
		struct task_record *const task = &made.dataset.tasks[i];
		task->peak_pss_bytes = 328000000;
		task->peak_rss_bytes = 500000000;
		task->rss_samples = 12;
		task->pss_samples = 3;
	}
	cleanup_free char *sampled = write_text(&made, &style);
	assert_non_null(strstr(sampled, "  1      100       500       328      12       3\n"));
	assert_null(strstr(sampled, "group:"));
	for (size_t i = 0; i < made.dataset.task_count; i++)
		made.dataset.tasks[i].cgroup_peak_bytes = 402000000;
	cleanup_free char *with = write_text(&made, &style);
	assert_non_null(strstr(with, "max RSS  peak RSS  peak PSS   peak  at RSS  at PSS\n"));
	assert_non_null(strstr(with, "  1      100       500       328    402      12       3\n"));
	check_any(&made);
}

/* Results that are empty, damaged or odd are shown without a NaN. */
static void odd_results(void **state)
{
	(void)state;
	cleanup_made struct made empty;
	made_init(&empty);
	check_any(&empty);
	static const struct text_style style = {80, false, false};
	cleanup_free char *text = write_text(&empty, &style);
	assert_non_null(strstr(text, "made on node042: done, nothing was measured\n"));
	made_level(&empty, 1, "spread");
	check_any(&empty);
	made_trial(&empty, 0, 0, 0, 1);
	check_any(&empty);
	made_task(&empty, 0, 0, 0.5);
	check_any(&empty);
	empty.dataset.tasks[0].state = TASK_FAILED;
	check_any(&empty);
	empty.dataset.tasks[0].end_ns = empty.dataset.tasks[0].start_ns;
	check_any(&empty);
	empty.dataset.tasks[0].state = TASK_OK;
	empty.dataset.tasks[0].max_rss_bytes = RECORD_ABSENT;
	empty.dataset.tasks[0].user_ns = RECORD_ABSENT;
	empty.dataset.run.finished_calendar_ns = RECORD_ABSENT;
	empty.dataset.run.state = RUN_RUNNING;
	check_any(&empty);
	made_trial(&empty, 0, 1, 0, 1)->state = TRIAL_PENDING;
	made_trial(&empty, 0, 2, 0, 1)->state = TRIAL_RUNNING;
	cleanup_free char *killed = write_text(&empty, &style);
	assert_non_null(strstr(killed, "made on node042: killed\n"));
	assert_non_null(strstr(killed, "1 of 3 planned trials did not run."));
	assert_non_null(strstr(killed, "N=1 block 3 cut off"));
	cleanup_free char *killed_page = write_page(&empty);
	assert_non_null(strstr(killed_page, "killed"));
	assert_null(strstr(killed_page, "running</"));
	cleanup_made struct made sample;
	sample_make(&sample);
	check_any(&sample);
	for (size_t i = 0; i < sample.dataset.task_count; i++)
		sample.dataset.tasks[i].state = TASK_TIMEOUT;
	check_any(&sample);
	cleanup_free char *timeouts = write_text(&sample, &style);
	assert_null(strstr(timeouts, ": counted, user"));
	assert_non_null(strstr(timeouts, "no measured task succeeded"));
}

/* Levels 1, 2, 4 and 8 in three blocks, tasks of wall_s at N=1 that take as long at every N, and in
 * every trial windows of so many of them. */
static void make_steady(struct made *made, double wall_s, double windows)
{
	made_init(made);
	for (uint32_t n = 1; n <= 8; n *= 2)
		made_level(made, n, "spread");
	for (uint32_t block = 0; block < 3; block++)
		for (size_t l = 0; l < 4; l++)
			made_steady_trial(made, l, block, 1u << l, wall_s * (1 + 0.01 * block),
			                  wall_s * windows);
}

static void fail_level(struct made *made, uint32_t level)
{
	size_t task = 0;
	for (size_t t = 0; t < made->dataset.trial_count; t++)
		for (; task < made->dataset.task_count &&
		       made->dataset.tasks[task].trial == made->dataset.trials[t].trial;
		     task++)
			if (made->dataset.trials[t].level == level)
				made->dataset.tasks[task].state = TASK_FAILED;
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
		cleanup_free char *text = write_text(&made, &style);
		cleanup_free char *html = write_page(&made);
		assert_int_equal(strstr(text, "SE is the standard error of a level by") != NULL,
		                 cases[c].is_there);
		assert_int_equal(strstr(html, "SE is the standard error of a level by") != NULL,
		                 cases[c].is_there);
	}
}

/* What is said where a part of the result is missing, in text and page: and what is not. */
static void words_for_what_is_missing(void **state)
{
	(void)state;
	static const struct text_style style = {100, false, false};
	cleanup_made struct made made;
	make_steady(&made, 2, 10);
	host_facts_release(&made.dataset.host); /* so that N=8 is not beyond full occupancy */
	fail_level(&made, 3);
	cleanup_free char *text = write_text(&made, &style);
	cleanup_free char *html = write_page(&made);
	assert_non_null(strstr(text, "  8  no result\n"));
	assert_non_null(strstr(text, "(N=8 is left out: all its tasks failed)"));
	assert_null(strstr(text, "still rises"));
	assert_non_null(strstr(html, "(N=8 is left out: all its tasks failed)"));
	assert_null(strstr(html, "still rises"));
	assert_non_null(strstr(html, "of linear; in some trial no task succeeded"));
	assert_null(strstr(html, "inf times"));

	cleanup_made struct made few;
	make_steady(&few, 2, 0.1);
	while (few.dataset.level_count > 1) {
		struct dataset_level *const last = &few.dataset.levels[--few.dataset.level_count];
		free(last->policy);
		free(last->spelling);
	}
	few.dataset.trial_count = 1;
	few.dataset.task_count = 3;
	cleanup_free char *of_few = write_text(&few, &style);
	assert_non_null(strstr(of_few, "Too few tasks to judge: no level has 8"));

	struct error err;
	cleanup_made struct made threads;
	make_steady(&threads, 2, 10);
	threads.dataset.run.threads = 2;
	host_facts_release(&threads.dataset.host);
	assert_int_equal(host_facts_add(&threads.dataset.host, "cores_allowed", "16", NULL, &err),
	                 0);
	cleanup_free char *of_threads = write_page(&threads);
	assert_non_null(strstr(of_threads, "tasks of 2 threads on all cores"));
	assert_non_null(strstr(of_threads, "where tasks of 2 threads each take every core"));
	assert_null(strstr(of_threads, "a task on every core"));
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
	cleanup_free char *text = write_text(&made, &style);
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
	cleanup_free char *text = write_text(&made, &style);
	cleanup_free char *json = write_json(&made);
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
	cleanup_free char *text = write_text(&made, &style);
	assert_null(strchr(text, '\033'));
	assert_null(strchr(text, '\007'));
	cleanup_free char *html = write_page(&made);
	assert_null(strchr(html, '\033'));
	assert_null(strchr(html, '\007'));
	check_any(&made);
}

static void a_long_complaint_is_cut(void **state)
{
	(void)state;
	static const struct text_style style = {40, false, false};
	cleanup_made struct made made;
	sample_make(&made);
	made_said(&made, 2, TASK_SIGNALED, 11, "Größe zu groß: 漢字漢字漢字漢字漢字");
	cleanup_free char *text = write_text(&made, &style);
	assert_non_null(strstr(text, "\n      it said: isr: cannot read bias....\n"));
	assert_non_null(strstr(text, "\n      it said: Größe zu groß: 漢字漢...\n"));
	made.dataset.tasks[0].trial = 0;
	made.dataset.tasks[0].state = TASK_FAILED;
	made.dataset.tasks[0].exit_status = 1;
	made_said(&made, -1, TASK_FAILED, 1, "no such file");
	cleanup_free char *with_probe = write_text(&made, &style);
	assert_non_null(strstr(with_probe, "it said: no such file\n"));
	cleanup_free char *json = write_json(&made);
	assert_non_null(strstr(json, "\"said\": \"no such file\""));
	check_any(&made);
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
	cleanup_free char *text = write_text(&made, &style);
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
	        cmocka_unit_test(memory_of_whole_trees),
	        cmocka_unit_test(numbers_keep_their_units),
	        cmocka_unit_test(odd_results),
	        cmocka_unit_test(what_the_standard_error_is),
	        cmocka_unit_test(words_for_what_is_missing),
	        cmocka_unit_test(every_level_has_a_bar),
	        cmocka_unit_test(nothing_is_known_of_the_run),
	        cmocka_unit_test(outside_text_is_cleaned),
	        cmocka_unit_test(a_long_complaint_is_cut),
	        cmocka_unit_test(policies_are_grouped),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
