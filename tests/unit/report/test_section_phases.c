/* The section on phases, in the terminal and as plots: of the seed study's figure 7, of several
 * policies with names from a hostile log, and of results without phases. */
#include "../analyse/figure7.h"
#include "../analyse/made.h"
#include "analyse/findings.h"
#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/file.h"
#include "golden.h"
#include "report/document_text.h"
#include "report/json/show_json.h"
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

enum { BLOCKS = 4, TASKS = 100 };

static double step_at(const struct figure7_step *steps, double p)
{
	double sum = 0;
	size_t i = 0;
	for (; i + 1 < FIGURE7_STEPS && steps[i + 1].share > 0; i++) {
		sum += steps[i].share;
		if (p < sum)
			break;
	}
	return steps[i].seconds;
}

/* A task that reads, computes in two steps, and writes; starts at `at`, and its end is returned. */
static double add_task(struct made *made, double at, double datastore, double compute)
{
	const double times[] = {1.1, 0.7 * datastore, 0.6 * compute, 0.4 * compute,
	                        0.3 * datastore};
	static const struct {
		const char *name;
		enum phase_class class;
	} phases[] = {
	        {"(before the first stamp)", PHASE_OTHER},
	        {"Reading bytes from PATH", PHASE_DATASTORE},
	        {"Applying brighter-fatter correction using kernel type #x# double", PHASE_COMPUTE},
	        {"Measuring background level.", PHASE_COMPUTE},
	        {"Butler put: postISRCCD of exposure #", PHASE_DATASTORE},
	};
	double end = at;
	for (size_t i = 0; i < ARRAY_LENGTH(phases); i++)
		end += times[i];
	made_task(made, 0, at, end);
	for (size_t i = 0; i < ARRAY_LENGTH(phases); i++) {
		made_phase(made, phases[i].name, phases[i].class, at, at + times[i]);
		at += times[i];
	}
	return end;
}

static void make_figure_7(struct made *made)
{
	made_init(made);
	made->dataset.run.baseline = 16;
	for (size_t level = 0; level < FIGURE7_LEVELS; level++)
		made_level(made, figure7[level].concurrency, "spread");
	for (uint32_t block = 0; block < BLOCKS; block++) {
		for (size_t level = 0; level < FIGURE7_LEVELS; level++) {
			made_trial(made, level, block, 0, 1e6);
			double at = 0;
			for (uint32_t i = block; i < TASKS; i += BLOCKS)
				at = add_task(made, at,
				              step_at(figure7[level].datastore, (i + 0.5) / TASKS),
				              step_at(figure7[level].compute, (i + 0.5) / TASKS));
		}
	}
}

static void make_policies(struct made *made)
{
	static const char *const hostile[] = {
	        "<script>alert('x')</script> `$(touch /tmp/x)`", "\033[31mred\033[0m\a\r\n=1+1",
	        "\xff\xfe not UTF-8 \xc3 and long, long, long, long, long, long, long, long, long"};
	made_init(made);
	for (size_t level = 0; level < 4; level++)
		made_level(made, level < 2 ? 1 : 4, level % 2 ? "pack" : "spread");
	for (uint32_t block = 0; block < 2; block++)
		for (size_t level = 0; level < 4; level++) {
			made_trial(made, level, block, 0, 1000);
			const double slow = level < 2 ? 1 : 1.5 + 0.5 * (double)(level % 2);
			made_task(made, 0, 0, 6 * slow);
			for (size_t i = 0; i < 3; i++)
				made_phase(made, hostile[i], (enum phase_class)i,
				           2 * slow * (double)i, 2 * slow * (double)(i + 1));
		}
}

static void fill(const struct made *made, struct findings *findings, const struct text_style *style,
                 struct document *doc)
{
	struct error err;
	assert_int_equal(findings_build(&made->dataset, findings, &err), 0);
	document_init(doc, "", style);
	section_phases(findings, doc);
	assert_false(doc->failed);
}

static char *write_text(const struct made *made, size_t width, bool is_ascii)
{
	struct error err;
	char *text = NULL;
	cleanup_findings struct findings findings = {0};
	cleanup_document struct document doc;
	const struct text_style style = {.width = width, .is_ascii = is_ascii};
	fill(made, &findings, &style, &doc);
	assert_int_equal(document_text_write(&doc, &text, &err), 0);
	return text;
}

static void assert_clean_and_narrow(const char *text, size_t width)
{
	cleanup_free char *copy = strdup(text);
	for (char *line = strtok(copy, "\n"); line; line = strtok(NULL, "\n"))
		assert_true(text_width(line) <= width);
	for (const unsigned char *c = (const unsigned char *)text; *c; c++)
		assert_true(*c >= 0x20 || *c == '\n');
}

static void text_as_it_should_look(void **state)
{
	(void)state;
	struct made made cleanup_made;
	make_figure_7(&made);
	cleanup_free char *text = write_text(&made, 80, false);
	assert_clean_and_narrow(text, 80);
	assert_golden("phases-80.txt", text);
}

static void hostile_names(void **state)
{
	(void)state;
	struct made made cleanup_made;
	make_policies(&made);
	cleanup_free char *text = write_text(&made, 60, true);
	assert_clean_and_narrow(text, 60);
	for (const char *c = text; *c; c++)
		assert_true((unsigned char)*c < 0x80);
	assert_golden("phases-policies-60-ascii.txt", text);
}

/* How many phases there are is said of all, also where only the longest have figures. */
static void captions(void **state)
{
	(void)state;
	static const struct {
		int names;
		double longest; /* of the first; the others are of 1 s */
		const char *says;
	} cases[] = {
	        {12, 1, "Mean time per task by phase\n"},
	        {13, 2, "by phase: the 12 longest of 13\n"},
	        {2, 9999, "by phase: the longest of 2\n"},
	        {PHASES_MOST + 50, 2, "by phase: the 11 longest of 250\n"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct made made cleanup_made;
		made_init(&made);
		made_level(&made, 1, "spread");
		made_trial(&made, 0, 0, 0, 1e6);
		made_task(&made, 0, 0, cases[i].longest + cases[i].names - 1);
		double at = 0;
		for (int n = 0; n < cases[i].names; n++) {
			char name[32];
			const double seconds = n == 0 ? cases[i].longest : 1 + n * 1e-3;
			snprintf(name, sizeof name, "phase %d", n);
			made_phase(&made, name, PHASE_COMPUTE, at, at + seconds);
			at += seconds;
		}
		cleanup_free char *text = write_text(&made, 80, true);
		if (!strstr(text, cases[i].says))
			fail_msg("case %zu: %s", i, text);
	}
}

/* What the trials cannot tell from no change is said to be so. */
static void chance(void **state)
{
	(void)state;
	static const struct {
		double compute[2]; /* at N=2, in two blocks; 10 s at N=1 */
		double datastore[2];
		const char *says;
	} cases[] = {
	        {{15, 15}, {20, 20}, "compute takes 1.50 times, datastore 2.00 times as long.\n"},
	        {{10, 10}, {15, 25}, "1.94 times as long. That may be chance for datastore"},
	        {{8, 16}, {15, 25}, " and datastore (95 %: "},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct made made cleanup_made;
		made_init(&made);
		made_level(&made, 1, "spread");
		made_level(&made, 2, "spread");
		for (uint32_t block = 0; block < 2; block++)
			for (size_t level = 0; level < 2; level++) {
				const double c = level ? cases[i].compute[block] : 10;
				const double d = level ? cases[i].datastore[block] : 10;
				made_trial(&made, level, block, 0, 1000);
				made_task(&made, 0, 0, c + d);
				made_phase(&made, "a", PHASE_COMPUTE, 0, c);
				made_phase(&made, "b", PHASE_DATASTORE, c, c + d);
			}
		cleanup_free char *text = write_text(&made, 400, true);
		if (!strstr(text, cases[i].says))
			fail_msg("case %zu: %s", i, text);
	}
}

static const struct plot *find_plot(const struct document *doc, const char *id)
{
	for (size_t s = 0; s < doc->section_count; s++)
		for (size_t b = 0; b < doc->sections[s].block_count; b++) {
			const struct document_block *const block = &doc->sections[s].blocks[b];
			if (block->kind == BLOCK_PLOT && strcmp(block->plot->id, id) == 0)
				return block->plot;
		}
	fail_msg("there is no plot %s", id);
	abort();
}

static void assert_near(double value, double expected, double tolerance)
{
	if (!(fabs(value - expected) <= tolerance))
		fail_msg("%.9g is not %.9g", value, expected);
}

/* The plots are those of figures 6, 7 and 8 of the study. */
static void plots(void **state)
{
	(void)state;
	struct made made cleanup_made;
	cleanup_findings struct findings findings = {0};
	cleanup_document struct document doc;
	const struct text_style style = {.width = 80};
	make_figure_7(&made);
	fill(&made, &findings, &style, &doc);
	const struct plot *const ratios = find_plot(&doc, "phases-relative");
	assert_int_equal(ratios->series_count, 6); /* a line and points for each class */
	assert_string_equal(ratios->series[0].name, "compute");
	assert_int_equal(ratios->series[0].count, FIGURE7_LEVELS);
	assert_near(ratios->series[0].points[4].x, 128, 0);
	assert_near(ratios->series[0].points[4].y, 1.6835, 0.01);
	assert_near(ratios->series[2].points[4].y, 1.819, 0.015);
	assert_near(ratios->series[4].points[4].y, 1, 1e-9);
	assert_true(ratios->series[1].points[4].low < ratios->series[1].points[4].y);
	const struct plot *const compute = find_plot(&doc, "phases-compute");
	assert_int_equal(compute->series_count, FIGURE7_LEVELS);
	for (size_t i = 0; i < compute->series_count; i++) {
		double sum = 0;
		for (size_t p = 0; p < compute->series[i].count; p++)
			sum += compute->series[i].points[p].y;
		assert_near(sum, 100, 1e-6);
	}
	find_plot(&doc, "phases-datastore");
	const struct plot *const stamps = find_plot(&doc, "phases-stamps");
	assert_int_equal(stamps->series_count, 2 * FIGURE7_LEVELS);
	assert_string_equal(stamps->series[8].name, "N=128");
	assert_int_equal(stamps->series[8].count, 6); /* the start, four stamps, the end */
	assert_int_equal(stamps->series[9].count, 2); /* of the datastore */
	assert_near(stamps->series[8].points[1].x, 1.1, 1e-9);
	assert_true(stamps->series[8].points[5].x > stamps->series[0].points[5].x * 1.5);
	for (size_t i = 0; i < stamps->series[8].count; i++)
		assert_near(stamps->series[8].points[i].y, i < 5 ? (double)i : 4, 0);
}

static void json(void **state)
{
	(void)state;
	struct error err;
	struct made made cleanup_made;
	cleanup_findings struct findings findings = {0};
	cleanup_free char *text = NULL;
	make_policies(&made);
	assert_int_equal(findings_build(&made.dataset, &findings, &err), 0);
	assert_int_equal(show_json_write(&findings, &text, &err), 0);
	json_t *const answer = json_loads(text, 0, NULL);
	assert_non_null(answer);
	const json_t *const phases = json_object_get(answer, "phases");
	assert_int_equal(json_integer_value(json_object_get(phases, "tasks")), 8);
	assert_int_equal(json_array_size(json_object_get(phases, "classes")), 3);
	assert_int_equal(json_array_size(json_object_get(phases, "phases")), 3);
	assert_int_equal(json_array_size(json_object_get(phases, "lines")), 4);
	const json_t *const levels =
	        json_object_get(json_array_get(json_object_get(phases, "classes"), 0), "levels");
	const json_t *const top = json_array_get(levels, 3);
	assert_string_equal(json_string_value(json_object_get(top, "policy")), "pack");
	assert_near(json_real_value(json_object_get(json_object_get(top, "relative"), "value")), 2,
	            1e-9);
	assert_near(json_real_value(json_object_get(json_object_get(top, "seconds"), "mean")), 4,
	            1e-9);
	assert_near(json_real_value(json_object_get(top, "share")), 1.0 / 3, 1e-9);
	json_decref(answer);
}

/* Nothing was asked for: a terminal is spared the section. It was, and came to nothing: it is said.
 */
static void without_phases(void **state)
{
	(void)state;
	struct made made cleanup_made;
	made_init(&made);
	made_level(&made, 1, "spread");
	made_steady_trial(&made, 0, 0, 1, 1, 4);
	cleanup_free char *nothing = write_text(&made, 80, true);
	assert_null(strstr(nothing, "Phases"));
	made.dataset.run.scenario_json =
	        strdup("{\"task\":{\"keep\":\"all\",\"phases\":{\"format\":\"lsst-log\"}}}");
	cleanup_free char *asked = write_text(&made, 80, true);
	assert_non_null(strstr(asked, "Phases of tasks are not known"));
	assert_non_null(strstr(asked, "no log of a measured"));

	/* Phases that took no time have no table of nothing. */
	for (size_t i = 0; i < 2; i++)
		made_phase(&made, "a", PHASE_COMPUTE, 1, 1);
	cleanup_free char *timeless = write_text(&made, 80, true);
	assert_non_null(strstr(timeless, "No phase took any time"));
	assert_null(strstr(timeless, "by class"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(text_as_it_should_look),
	        cmocka_unit_test(hostile_names),
	        cmocka_unit_test(captions),
	        cmocka_unit_test(chance),
	        cmocka_unit_test(plots),
	        cmocka_unit_test(json),
	        cmocka_unit_test(without_phases),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
