/* The plots of the first screen: what they draw of a result whose throughput is known. */
#include "../analyse/made.h"
#include "report/plot/plot_frame.h"
#include "report/plot/plot_levels.h"
#include "report/plot/plot_overview.h"
#include "report/section/section.h"

#include "core/array.h"
#include "core/error.h"
#include "core/str.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct text_style style = {.width = 80};

static const uint32_t levels[] = {1, 2, 4, 8, 16, 32, 64};

enum { LEVELS = ARRAY_LENGTH(levels), BLOCKS = 3 };

/* Wall time of a task at n: flat to 16, then as long as it takes that throughput stays. */
static double wall_at(uint32_t n)
{
	return n <= 16 ? 2.0 : 2.0 * n / 16;
}

static void make(struct made *made, const char *const *policies, size_t count)
{
	made_init(made);
	for (size_t l = 0; l < LEVELS; l++)
		for (size_t p = 0; p < count; p++)
			made_level(made, levels[l], policies[p]);
	for (uint32_t block = 0; block < BLOCKS; block++)
		for (size_t l = 0; l < LEVELS; l++)
			for (size_t p = 0; p < count; p++) {
				const double wall = wall_at(levels[l]) *
				                    (1 + 0.01 * ((block + l) % 3)) *
				                    (1 + 0.1 * (double)p);
				made_steady_trial(made, l * count + p, block, levels[l], wall,
				                  4 * wall);
			}
	struct error err;
	assert_int_equal(
	        host_facts_add(&made->dataset.host, "memory_total_bytes", "6400000000", NULL, &err),
	        0);
	assert_int_equal(host_facts_add(&made->dataset.host, "cores_allowed", "32", NULL, &err), 0);
}

static void draw_all(const struct findings *findings, struct document *doc)
{
	document_init(doc, "t", &style);
	plot_throughput(findings, doc);
	plot_efficiency(findings, doc);
	plot_wall(findings, doc);
	plot_memory(findings, doc);
	assert_false(doc->failed);
}

static const struct plot *find_plot(const struct document *doc, const char *id)
{
	for (size_t s = 0; s < doc->section_count; s++)
		for (size_t b = 0; b < doc->sections[s].block_count; b++) {
			const struct plot *const plot = doc->sections[s].blocks[b].plot;
			if (plot && strcmp(plot->id, id) == 0)
				return plot;
		}
	return NULL;
}

static const struct plot_series *find_series(const struct plot *plot, const char *name)
{
	for (size_t i = 0; i < plot->series_count; i++)
		if (strcmp(plot->series[i].name, name) == 0)
			return &plot->series[i];
	fail_msg("%s has no series '%s'", plot->id, name);
	return NULL;
}

static void check_throughput(const struct plot *plot, const struct plateau *plateau)
{
	const struct plot_series *const measured = find_series(plot, "measured");
	assert_true(plot->x.is_log);
	assert_int_equal(plot->x.tick_count, LEVELS);
	assert_string_equal(plot->y.label, "tasks/min");
	assert_int_equal(measured->count, LEVELS);
	for (size_t i = 0; i < LEVELS; i++) {
		const struct plot_point *const p = &measured->points[i];
		const double expected = 60 * levels[i] / wall_at(levels[i]) / 1.01;
		assert_true(fabs(p->x - levels[i]) < 1e-9);
		assert_true(fabs(p->y / expected - 1) < 0.01);
		assert_true(p->low < p->y && p->y < p->high);
		assert_non_null(strstr(p->tip, "3 trials"));
	}
	const struct plot_series *const linear = find_series(plot, "linear");
	const struct plot_point *const end = &linear->points[linear->count - 1];
	assert_int_equal(linear->mark, PLOT_DOTTED);
	assert_true(fabs(linear->points[0].y / measured->points[0].y - 1) < 1e-9);
	assert_true(fabs(end->y / (64 * measured->points[0].y) - 1) < 1e-9);
	/* The interval has no length: it is no band. */
	assert_true(plateau->low == plateau->high);
	assert_int_equal(plot->line_count, 1);
	assert_string_equal(plot->lines[0].label, "plateau, recommended: 16");
	assert_non_null(strstr(plot->words, "The plateau begins at N=16"));
}

static void test_one_policy(void **state)
{
	(void)state;
	static const char *const policies[] = {"spread"};
	cleanup_made struct made made;
	cleanup_findings struct findings findings = {0};
	cleanup_document struct document doc;
	struct error err;
	make(&made, policies, 1);
	assert_int_equal(findings_build(&made.dataset, &findings, &err), 0);
	draw_all(&findings, &doc);
	check_throughput(find_plot(&doc, "throughput"), &findings.scalings[0].plateau);

	const struct plot *const efficiency = find_plot(&doc, "efficiency");
	assert_true(efficiency->series[0].points[0].y == 1);
	assert_string_equal(efficiency->series[0].points[0].tip, "N=1: 1, the baseline");
	assert_int_equal(efficiency->line_count, 1);
	assert_string_equal(efficiency->lines[0].label, "");
	assert_non_null(strstr(efficiency->words, "Dashed: linear"));
	assert_true(fabs(efficiency->series[0].points[LEVELS - 1].y - 0.25) < 0.01);

	const struct plot *const wall = find_plot(&doc, "wall");
	assert_string_equal(wall->y.label, "wall time (s)");
	assert_int_equal(wall->series[0].count, LEVELS);
	assert_true(fabs(wall->series[0].points[LEVELS - 1].y - 8.08) < 0.1);
	const struct plot_point *const box = &wall->series[0].points[0];
	assert_true(box->low <= box->q1 && box->q1 <= box->y && box->y <= box->q3 &&
	            box->q3 <= box->high);

	const struct plot *const memory = find_plot(&doc, "memory");
	const struct plot_series *const share = find_series(memory, "there for each of N");
	assert_string_equal(memory->y.label, "memory (MB)");
	assert_true(fabs(share->points[0].y - 6400) < 1e-6);
	assert_true(fabs(share->points[share->count - 1].y - 100) < 1e-6);
	assert_true(fabs(memory->lines[0].at - 200) < 1e-6);
}

static void test_a_plateau_with_an_interval(void **state)
{
	(void)state;
	static const char *const policies[] = {"spread"};
	cleanup_made struct made made;
	cleanup_findings struct findings findings = {0};
	cleanup_document struct document doc;
	struct error err;
	make(&made, policies, 1);
	assert_int_equal(findings_build(&made.dataset, &findings, &err), 0);
	struct plateau *const plateau = &findings.scalings[0].plateau;
	plateau->low = 12;
	plateau->high = 20;
	plateau->recommended = 14;
	draw_all(&findings, &doc);
	const struct plot *const plot = find_plot(&doc, "throughput");
	const struct plot_series *const band = find_series(plot, "plateau begins (95 %)");
	assert_int_equal(band->mark, PLOT_BAND);
	assert_true(band->points[0].x == 12 && band->points[1].x == 20);
	assert_true(band->points[0].low == plot->y.from && band->points[0].high == plot->y.to);
	assert_int_equal(plot->line_count, 2);
	assert_string_equal(plot->lines[0].label, "plateau: 16");
	assert_string_equal(plot->lines[1].label, "recommended: 14");
}

static void test_several_policies(void **state)
{
	(void)state;
	static const char *const policies[] = {"spread", "pack"};
	cleanup_made struct made made;
	cleanup_findings struct findings findings = {0};
	cleanup_document struct document doc;
	struct error err;
	make(&made, policies, 2);
	assert_int_equal(findings_build(&made.dataset, &findings, &err), 0);
	draw_all(&findings, &doc);
	const struct plot *const plot = find_plot(&doc, "throughput");
	const struct plot_series *const spread = find_series(plot, "measured (spread)");
	const struct plot_series *const pack = find_series(plot, "measured (pack)");
	find_series(plot, "linear (spread)");
	assert_int_not_equal(spread->hue, pack->hue);
	assert_int_equal(pack->count, LEVELS);
	/* Beside one another, in their order, and nearer to their own level than to the next. */
	for (size_t i = 0; i < LEVELS; i++) {
		assert_true(spread->points[i].x < levels[i] && levels[i] < pack->points[i].x);
		assert_true(pack->points[i].x < levels[i] * 1.3);
	}
	assert_int_equal(find_series(find_plot(&doc, "wall"), "tasks (pack)")->count, LEVELS);
}

static const struct document_block *find_figure(const struct document *doc, const char *name)
{
	for (size_t s = 0; s < doc->section_count; s++)
		for (size_t b = 0; b < doc->sections[s].block_count; b++) {
			const struct document_block *const block = &doc->sections[s].blocks[b];
			if (block->kind == BLOCK_FIGURE && strcmp(block->mark, name) == 0)
				return block;
		}
	fail_msg("no figure '%s'", name);
	abort();
}

/* What tasks of several processes hold is more than what the largest of them does: the larger is
 * shown, by its name. */
static void test_memory_of_a_tree(void **state)
{
	(void)state;
	static const char *const policies[] = {"spread"};
	static const struct {
		int64_t rss;
		int64_t pss;
		const char *size;
		const char *remark;
		const char *words; /* of the plot; NULL: there is none */
	} cases[] = {
	        {100000000, RECORD_ABSENT, "100 MB", "of its largest process; the node has",
	         "the largest process of a task"},
	        {100000000, 90000000, "100 MB", "of its largest process; the node has",
	         "the largest process of a task"},
	        {100000000, 160000000, "160 MB",
	         "of all its processes, as sampled; the node has 200\u00A0MB per core; 32 tasks "
	         "at once: at most 5.12\u00A0GB of 6.40\u00A0GB",
	         "all processes of a task together"},
	        {RECORD_ABSENT, 160000000, "160 MB", "of all its processes, as sampled",
	         "all processes of a task together"},
	        {RECORD_ABSENT, RECORD_ABSENT, "not known", "smaller than plateau", NULL},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		cleanup_made struct made made;
		cleanup_findings struct findings findings = {0};
		cleanup_document struct document doc;
		struct error err;
		make(&made, policies, 1);
		for (size_t t = 0; t < made.dataset.task_count; t++) {
			made.dataset.tasks[t].max_rss_bytes = cases[i].rss;
			/* Few were sampled. */
			made.dataset.tasks[t].peak_pss_bytes = t % 3 ? RECORD_ABSENT : cases[i].pss;
		}
		assert_int_equal(findings_build(&made.dataset, &findings, &err), 0);
		draw_all(&findings, &doc);
		section_overview(&findings, &doc);
		const struct document_block *const figure = find_figure(&doc, "Memory of a task");
		assert_string_equal(figure->text, cases[i].size);
		if (!strstr(figure->remark, cases[i].remark))
			fail_msg("case %zu: %s", i, figure->remark);
		const struct plot *const plot = find_plot(&doc, "memory");
		assert_int_equal(plot != NULL, cases[i].words != NULL);
		if (plot && !strstr(plot->words, cases[i].words))
			fail_msg("case %zu: %s", i, plot->words);
	}
}

static void test_a_result_without_trials(void **state)
{
	(void)state;
	cleanup_made struct made made;
	cleanup_findings struct findings findings = {0};
	cleanup_document struct document doc;
	struct error err;
	made_init(&made);
	made_level(&made, 1, "spread");
	made_level(&made, 2, "spread");
	assert_int_equal(findings_build(&made.dataset, &findings, &err), 0);
	draw_all(&findings, &doc);
	assert_null(find_plot(&doc, "throughput"));
	assert_null(find_plot(&doc, "efficiency"));
	assert_null(find_plot(&doc, "wall"));
	assert_null(find_plot(&doc, "memory"));
}

/* Levels that are evenly spaced are on a plain axis, others on a logarithmic one; bars never reach
 * into one another unless there is no room for any. */
static void test_axes_of_levels(void **state)
{
	(void)state;
	static const struct {
		uint32_t levels[12];
		bool is_log;
		double width; /* of one of two bars at a level */
	} cases[] = {
	        {{1, 2, 4, 8, 16, 32, 64, 128}, true, 0.35},
	        {{1, 2, 3, 4}, false, 0.35},
	        {{1, 8, 16, 24, 32, 40, 48}, false, 2.45},
	        {{1}, false, 0.35},
	        {{1, 16}, false, 5.25},
	        {{1, 2, 120, 128}, false, 0.529},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		cleanup_made struct made made;
		cleanup_summary struct summary summary = {0};
		cleanup_plot struct plot plot;
		struct error err;
		size_t count = 0;
		made_init(&made);
		for (; count < 12 && cases[i].levels[count]; count++)
			made_level(&made, cases[i].levels[count], "spread");
		assert_int_equal(summary_build(&made.dataset, &summary, &err), 0);
		plot_init(&plot, "p", "p");
		plot_levels_axis(&plot, &summary);
		assert_int_equal(plot.x.tick_count, count);
		assert_int_equal(plot.x.is_log, cases[i].is_log);
		const double width = plot_levels_width(&plot, &summary, 2);
		if (fabs(width - cases[i].width) > 1e-3)
			fail_msg("case %zu: %g", i, width);
		assert_true(plot_levels_place(&plot, 8, width, 0, 2) < 8);
		assert_true(plot_levels_place(&plot, 8, width, 1, 2) > 8);
		assert_true(plot_levels_place(&plot, 8, width, 0, 1) == 8);
	}
}

/* In a terminal: a chart with intervals where there are more levels than bars read well. */
static void test_many_levels_in_a_terminal(void **state)
{
	(void)state;
	static const struct text_style ascii = {.width = 80, .is_ascii = true};
	cleanup_made struct made made;
	cleanup_findings struct findings findings = {0};
	cleanup_document struct document doc;
	struct error err;
	made_init(&made);
	for (uint32_t n = 1; n <= 17; n++)
		made_level(&made, n, "spread");
	for (uint32_t block = 0; block < 3; block++)
		for (uint32_t n = 1; n <= 17; n++) {
			const double wall = 2 * (1 + 0.15 * block);
			made_steady_trial(&made, n - 1, block, n, wall, 4 * wall);
		}
	assert_int_equal(findings_build(&made.dataset, &findings, &err), 0);
	document_init(&doc, "t", &ascii);
	section_throughput(&findings, &doc);
	const struct document_section *const last = &doc.sections[doc.section_count - 1];
	assert_string_equal(last->title, "Throughput against N");
	assert_non_null(strstr(last->remark, "| 95 %"));
	const char *const chart = str_text(&last->blocks[0].drawing);
	size_t lines = 0;
	size_t points = 0;
	size_t width = 0;
	size_t longest = 0;
	for (const char *c = chart; *c; c++) {
		points += *c == 'o';
		lines += *c == '\n';
		width = *c == '\n' ? 0 : width + 1;
		longest = width > longest ? width : longest;
	}
	assert_int_equal(points, 17);
	assert_int_equal(lines, 16);
	assert_true(longest <= 80);
	assert_non_null(strstr(chart, " | "));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_one_policy),
	        cmocka_unit_test(test_a_plateau_with_an_interval),
	        cmocka_unit_test(test_several_policies),
	        cmocka_unit_test(test_memory_of_a_tree),
	        cmocka_unit_test(test_a_result_without_trials),
	        cmocka_unit_test(test_axes_of_levels),
	        cmocka_unit_test(test_many_levels_in_a_terminal),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
