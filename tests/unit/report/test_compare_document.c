/* Comparisons as people read them: in a terminal of 80 columns, and as pages with plots of both. */
#include "compare_sample.h"
#include "golden.h"
#include "report/compare/compare_document.h"
#include "report/document_html.h"
#include "report/document_text.h"
#include "report/plot/plot_gnuplot.h"

#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct text_style plain = {.width = 80};
static const struct text_style ascii = {.width = 80, .is_ascii = true};
static const struct text_style page = {.width = 100};

/* Two or three nodes, compared. */
struct compared {
	struct compare_sample base;
	struct compare_sample new[2];
	struct comparison comparisons[2];
	size_t count;
};

static void compare(struct compared *c, size_t count, size_t policies)
{
	static const enum compare_sample_kind kinds[] = {SAMPLE_MILAN, SAMPLE_GENOA};
	struct error err;
	c->count = count;
	compare_sample_make(&c->base, SAMPLE_ROME, policies);
	for (size_t i = 0; i < count; i++) {
		compare_sample_make(&c->new[i], kinds[i], policies);
		assert_int_equal(
		        compare_build(&c->base.side, &c->new[i].side, &c->comparisons[i], &err), 0);
	}
}

static void release(struct compared *c)
{
	for (size_t i = 0; i < c->count; i++) {
		comparison_release(&c->comparisons[i]);
		compare_sample_release(&c->new[i]);
	}
	compare_sample_release(&c->base);
}

static char *write_terminal(const struct compared *c, const struct text_style *style)
{
	struct error err;
	char *text = NULL;
	cleanup_document struct document doc;
	document_init(&doc, "", style);
	compare_fill(c->comparisons, c->count, READ_IN_TERMINAL, &doc);
	assert_int_equal(document_text_write(&doc, &text, &err), 0);
	return text;
}

/* With LOOK_AT in the environment the page is left in that folder. */
static void look_at(const struct document *doc, const char *name)
{
	const char *const folder = getenv("LOOK_AT");
	struct error err;
	struct undrawn undrawn = {0};
	cleanup_free char *html = NULL;
	cleanup_free char *path = NULL;
	if (!folder)
		return;
	assert_int_equal(document_html_write(doc, 1, doc->title, plot_draw, &html, &undrawn, &err),
	                 0);
	assert_int_equal(str_format(&path, &err, "%s/%s.html", folder, name), 0);
	assert_int_equal(file_replace(path, html, strlen(html), &err), 0);
}

static void test_terminal(void **state)
{
	(void)state;
	static const struct {
		size_t count;
		size_t policies;
		const struct text_style *style;
		const char *golden;
	} cases[] = {
	        {1, 1, &plain, "compare-80.txt"},
	        {1, 2, &ascii, "compare-policies-80-ascii.txt"},
	        {2, 1, &plain, "compare-three-80.txt"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct compared c;
		compare(&c, cases[i].count, cases[i].policies);
		cleanup_free char *text = write_terminal(&c, cases[i].style);
		assert_golden(cases[i].golden, text);
		release(&c);
	}
}

static const struct plot *find_plot(const struct document *doc, const char *id)
{
	for (size_t s = 0; s < doc->section_count; s++)
		for (size_t b = 0; b < doc->sections[s].block_count; b++) {
			const struct plot *const plot = doc->sections[s].blocks[b].plot;
			if (plot && strcmp(plot->id, id) == 0)
				return plot;
		}
	fail_msg("there is no plot '%s'", id);
	abort();
}

static const struct plot_series *find_series(const struct plot *plot, const char *name)
{
	for (size_t i = 0; i < plot->series_count; i++)
		if (strcmp(plot->series[i].name, name) == 0)
			return &plot->series[i];
	fail_msg("%s has no series '%s'", plot->id, name);
	abort();
}

/* Every side is on every plot, with a point for each of its levels. */
static void check_sides(const struct document *doc, const char *id, size_t base, size_t new)
{
	const struct plot *const plot = find_plot(doc, id);
	const struct plot_series *const rome = find_series(plot, "rome");
	const struct plot_series *const milan = find_series(plot, "milan");
	assert_int_equal(rome->count, base);
	assert_int_equal(milan->count, new);
	assert_true(rome->hue != milan->hue);
}

/* Points of throughput lie where the lines of their fits are; elsewhere they stand side by side. No
 * name lies under the points of efficiency. */
static void check_places(const struct document *doc)
{
	static const char *const ids[] = {"throughput", "efficiency"};
	static const char *const nodes[] = {"rome", "milan"};
	for (size_t i = 0; i < ARRAY_LENGTH(ids); i++) {
		const struct plot *const plot = find_plot(doc, ids[i]);
		for (size_t n = 0; n < ARRAY_LENGTH(nodes); n++) {
			const struct plot_point *const first =
			        &find_series(plot, nodes[n])->points[0];
			assert_true((first->x == floor(first->x)) == (i == 0));
		}
		for (size_t l = 0; l < plot->line_count; l++)
			assert_string_equal(plot->lines[l].label, "");
	}
}

static void test_plots_have_both_sides(void **state)
{
	(void)state;
	static const char *const ids[] = {"throughput", "efficiency", "wall", "frequency"};
	struct compared c;
	cleanup_document struct document doc;
	compare(&c, 1, 1);
	document_init(&doc, "", &page);
	compare_fill(c.comparisons, c.count, READ_IN_PAGE, &doc);
	assert_false(doc.failed);
	for (size_t i = 0; i < ARRAY_LENGTH(ids); i++)
		check_sides(&doc, ids[i], 6, 6);
	check_places(&doc);
	look_at(&doc, "compare");
	release(&c);
}

/* The ratio's points are those of the comparison, its band their intervals, and 1 is in sight. */
static void test_plot_of_the_ratio(void **state)
{
	(void)state;
	struct compared c;
	cleanup_document struct document doc;
	compare(&c, 1, 1);
	document_init(&doc, "", &page);
	compare_fill(c.comparisons, c.count, READ_IN_PAGE, &doc);
	const struct plot *const plot = find_plot(&doc, "ratio");
	const ptrdiff_t query = comparison_find(&c.comparisons[0], MEASURE_THROUGHPUT);
	assert_true(query >= 0);
	assert_int_equal(plot->series[0].mark, PLOT_BAND);
	assert_int_equal(plot->series[0].count, c.comparisons[0].level_count);
	for (size_t i = 0; i < plot->series[0].count; i++) {
		const struct compared_level *const level = &c.comparisons[0].levels[i];
		const struct plot_point *const point = &plot->series[0].points[i];
		assert_true(point->x == level->concurrency);
		assert_true(point->low == level->ratios[query].value.low);
		assert_true(point->high == level->ratios[query].value.high);
		assert_true(plot->y.from < point->low && plot->y.to > point->y);
	}
	assert_true(plot->y.from < 1 && plot->y.to > 1);
	assert_int_equal(plot->line_count, 1);
	release(&c);
}

static void test_three_nodes_under_two_policies(void **state)
{
	(void)state;
	struct compared c;
	cleanup_document struct document doc;
	compare(&c, 2, 2);
	document_init(&doc, "", &page);
	compare_fill(c.comparisons, c.count, READ_IN_PAGE, &doc);
	assert_false(doc.failed);
	const struct plot *const plot = find_plot(&doc, "throughput");
	assert_int_equal(find_series(plot, "rome (spread)")->count, 6);
	assert_int_equal(find_series(plot, "genoa (pack)")->count, 6);
	look_at(&doc, "compare-three");
	release(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_terminal),
	        cmocka_unit_test(test_plots_have_both_sides),
	        cmocka_unit_test(test_plot_of_the_ratio),
	        cmocka_unit_test(test_three_nodes_under_two_policies),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
