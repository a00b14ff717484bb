/* The section on causes, in the terminal and as a plot, of results made by hand. */
#include "../analyse/costs.h"
#include "analyse/findings.h"
#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/file.h"
#include "golden.h"
#include "report/document_text.h"
#include "report/json/show_json.h"
#include "report/plot/plot_causes.h"
#include "report/section/section.h"

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

/* What a result has. */
struct wanted {
	bool is_user_only;
	bool has_delays;
	bool has_queue; /* and no other delay */
	bool has_failures;
	uint32_t threads;
	const char *policies[2];
};

static void add_trial(struct made *made, const struct wanted *w, size_t level, uint32_t slots,
                      uint32_t block, const struct costs *costs)
{
	const double wall = costs_wall_s(costs);
	made_trial(made, level, block, 2 * wall, 6 * wall);
	for (uint32_t slot = 0; slot < slots; slot++) {
		double at = wall * (slot + 0.5) / slots;
		while (at < 6 * wall) {
			at = costs_task(made, slot, at, costs);
			struct task_record *const task =
			        &made->dataset.tasks[made->dataset.task_count - 1];
			if (w->has_failures && slots > 1 && made->dataset.task_count % 9 == 0)
				task->state = TASK_FAILED;
			if (w->has_queue)
				task->run_delay_ns = 30000000;
			if (!w->has_delays)
				continue;
			task->run_delay_ns = 20000000 + 3000000 * (int64_t)slots;
			task->block_delay_ns = 4000000 * (int64_t)slots * (int64_t)slots;
			task->page_in_delay_ns = 1000000;
		}
	}
}

static void make(struct made *made, const struct wanted *w)
{
	static const uint32_t levels[] = {1, 4, 8, 16};
	made_init(made);
	made->dataset.run.threads = w->threads ? w->threads : 1;
	costs_events(made, w->is_user_only);
	for (size_t p = 0; p < 2 && w->policies[p]; p++)
		for (size_t l = 0; l < ARRAY_LENGTH(levels); l++) {
			const size_t level = made_level(made, levels[l], w->policies[p]);
			const double n = levels[l];
			for (uint32_t block = 0; block < 3; block++) {
				struct costs costs = costs_usual(w->is_user_only);
				costs.instructions *= 4;
				costs.cpi *= 1 + 0.015 * (n - 1) + 0.004 * ((block + l) % 3);
				costs.clock_hz /= 1 + 0.01 * (n - 1) - 0.003 * ((block * l) % 3);
				costs.kernel *= w->is_user_only ? 1 + 0.004 * (n - 1) : 1;
				costs.off_cpu *= 1 + 0.02 * (n - 1) + 0.1 * (double)p;
				add_trial(made, w, level, levels[l], block, &costs);
			}
		}
}

static char *write_section(const struct made *made, size_t width, bool is_ascii)
{
	struct error err;
	char *text = NULL;
	cleanup_findings struct findings findings = {0};
	const struct text_style style = {.width = width, .is_ascii = is_ascii};
	cleanup_document struct document doc;
	assert_int_equal(findings_build(&made->dataset, &findings, &err), 0);
	document_init(&doc, "", &style);
	section_causes(&findings, &doc);
	assert_int_equal(document_text_write(&doc, &text, &err), 0);
	return text;
}

static void as_it_should_look(void **state)
{
	(void)state;
	static const struct {
		const char *golden;
		size_t width;
		bool is_ascii;
		struct wanted wanted;
	} cases[] = {
	        {"causes-80.txt", 80, false, {.has_delays = true, .policies = {"spread"}}},
	        {"causes-user-80.txt",
	         80,
	         false,
	         {.is_user_only = true,
	          .has_failures = true,
	          .has_queue = true,
	          .policies = {"spread"}}},
	        {"causes-threads-60-ascii.txt",
	         60,
	         true,
	         {.threads = 4, .policies = {"spread", "pack"}}},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		cleanup_made struct made made;
		make(&made, &cases[i].wanted);
		cleanup_free char *text = write_section(&made, cases[i].width, cases[i].is_ascii);
		assert_golden(cases[i].golden, text);
		for (const char *c = text; cases[i].is_ascii && *c; c++)
			assert_true((unsigned char)*c < 0x80);
		cleanup_free char *copy = strdup(text);
		for (char *line = strtok(copy, "\n"); line; line = strtok(NULL, "\n"))
			assert_true(text_width(line) <= cases[i].width);
	}
}

static const struct plot *find_plot(const struct document *doc)
{
	for (size_t s = 0; s < doc->section_count; s++)
		for (size_t b = 0; b < doc->sections[s].block_count; b++)
			if (doc->sections[s].blocks[b].kind == BLOCK_PLOT)
				return doc->sections[s].blocks[b].plot;
	fail_msg("there is no plot");
	abort();
}

/* The stacks of every level end at the log of its slowdown, and the axis speaks of slowdowns. */
static void stacks_add_up(void **state)
{
	(void)state;
	struct error err;
	static const struct wanted wanted = {.is_user_only = true, .policies = {"spread", "pack"}};
	cleanup_made struct made made;
	make(&made, &wanted);
	cleanup_findings struct findings findings = {0};
	const struct text_style style = {.width = 80};
	cleanup_document struct document doc;
	assert_int_equal(findings_build(&made.dataset, &findings, &err), 0);
	document_init(&doc, "", &style);
	document_section(&doc, "plots", "Plots", "");
	plot_causes(&findings, &doc);
	const struct plot *const plot = find_plot(&doc);
	assert_string_equal(plot->id, "attribution");
	assert_int_equal(plot->x.tick_count, 8);
	assert_string_equal(plot->x.ticks[0].label, "1 spread");
	assert_string_equal(plot->x.ticks[7].label, "16 pack");
	const struct plot_series *const slowdown = &plot->series[plot->series_count - 1];
	assert_string_equal(slowdown->name, "slowdown");
	assert_int_equal(plot->series_count, 6);
	assert_int_equal(slowdown->count, 8);
	for (size_t p = 0; p < slowdown->count; p++) {
		double sum = 0;
		for (size_t s = 0; s + 1 < plot->series_count; s++) {
			assert_int_equal(plot->series[s].mark, PLOT_BARS);
			const struct plot_point *const bar = &plot->series[s].points[p];
			assert_true(bar->x == slowdown->points[p].x);
			sum += bar->y - bar->low;
			assert_non_null(bar->tip);
		}
		assert_true(fabs(sum - slowdown->points[p].y) < 1e-12);
		assert_true(slowdown->points[p].y <= plot->y.to);
	}
	bool has_one = false;
	for (size_t t = 0; t < plot->y.tick_count; t++) {
		has_one |= plot->y.ticks[t].at == 0 && strcmp(plot->y.ticks[t].label, "1") == 0;
		assert_true(plot->y.ticks[t].at >= plot->y.from &&
		            plot->y.ticks[t].at <= plot->y.to);
	}
	assert_true(has_one);
	assert_non_null(strstr(plot->words, " at N=16 pack."));
}

static json_t *level_of(json_t *answer, size_t level)
{
	return json_object_get(json_array_get(json_object_get(answer, "levels"), level),
	                       "attribution");
}

static double value_of(json_t *object, const char *key)
{
	json_t *const estimate = json_object_get(object, key);
	return json_is_null(estimate) ? (double)NAN
	                              : json_number_value(json_object_get(estimate, "value"));
}

static const char *text_of(json_t *object, const char *key)
{
	const char *const text = json_string_value(json_object_get(object, key));
	return text ? text : "";
}

/* What is null has its reason, and what is not multiplies to the product. */
static void check_factors(json_t *attribution)
{
	static const char *const factors[] = {"instructions", "cpi",     "clock",      "kernel",
	                                      "on_cpu",       "off_cpu", "parallelism"};
	double product = 1;
	for (size_t f = 0; f < ARRAY_LENGTH(factors); f++) {
		char reason[64];
		snprintf(reason, sizeof reason, "%s_reason", factors[f]);
		const double value = value_of(attribution, factors[f]);
		assert_non_null(json_object_get(attribution, factors[f]));
		assert_true(isfinite(value) == (text_of(attribution, reason)[0] == '\0'));
		product *= isfinite(value) ? value : 1;
	}
	assert_true(fabs(product / value_of(attribution, "product") - 1) < 1e-9);
	assert_true(isfinite(value_of(attribution, "occupancy")));
	assert_true(isfinite(value_of(attribution, "failures")));
	assert_true(json_is_integer(json_object_get(attribution, "tasks_used")));
	assert_true(text_of(attribution, "sentence")[0]);
}

static void json_says_the_same(void **state)
{
	(void)state;
	static const struct {
		struct wanted wanted;
		const char *mode;
		const char *first; /* of the causes at N=16 */
	} cases[] = {
	        {{.has_delays = true, .policies = {"spread"}}, "kernel-and-user", "off_cpu"},
	        {{.is_user_only = true, .has_failures = true, .policies = {"spread"}},
	         "user-only",
	         "off_cpu"},
	        {{.threads = 4, .policies = {"spread"}}, "kernel-and-user", "parallelism"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct error err;
		cleanup_made struct made made;
		make(&made, &cases[i].wanted);
		cleanup_findings struct findings findings = {0};
		cleanup_free char *text = NULL;
		assert_int_equal(findings_build(&made.dataset, &findings, &err), 0);
		assert_int_equal(show_json_write(&findings, &text, &err), 0);
		json_t *const answer = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
		assert_non_null(answer);
		for (size_t l = 0; l < 4; l++) {
			check_factors(level_of(answer, l));
			assert_string_equal(text_of(level_of(answer, l), "mode"), cases[i].mode);
		}
		json_t *const top = level_of(answer, 3);
		json_t *const causes = json_object_get(top, "causes");
		assert_string_equal(json_string_value(json_array_get(causes, 0)), cases[i].first);
		assert_int_equal(json_integer_value(json_object_get(top, "baseline")), 1);
		json_t *const split = json_object_get(top, "off_cpu_s_split");
		const double queue = json_number_value(json_object_get(split, "run_queue"));
		if (cases[i].wanted.has_delays)
			assert_true(fabs(queue - 0.068) < 1e-9);
		else
			assert_true(text_of(split, "run_queue_reason")[0]);
		json_decref(answer);
	}
}

/* One level, or none that ran: there is nothing to say. */
static void nothing_to_compare(void **state)
{
	(void)state;
	cleanup_made struct made made;
	made_init(&made);
	made_steady_trial(&made, made_level(&made, 1, "spread"), 0, 1, 0.1, 0.4);
	cleanup_free char *one = write_section(&made, 80, false);
	assert_string_equal(one, "");
	made_level(&made, 2, "spread");
	cleanup_free char *two = write_section(&made, 80, false);
	assert_string_equal(two, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(as_it_should_look),
	        cmocka_unit_test(stacks_add_up),
	        cmocka_unit_test(json_says_the_same),
	        cmocka_unit_test(nothing_to_compare),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
