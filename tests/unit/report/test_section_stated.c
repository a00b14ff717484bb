/* Figures that others stated: their tables with errors, and their plots. */
#include "../analyse/made.h"
#include "analyse/findings.h"
#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "golden.h"
#include "report/document_text.h"
#include "report/section/section.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct text_style plain = {.width = 80};

static struct stated_figure figure(uint32_t level, const char *name,
                                   enum stated_statistic statistic, double quantile, double value,
                                   double error, enum stated_error kind)
{
	struct stated_figure f = {.level = level,
	                          .statistic = statistic,
	                          .quantile = quantile,
	                          .value = value,
	                          .error = error,
	                          .error_kind = kind,
	                          .tasks = RECORD_ABSENT};
	snprintf(f.name, sizeof f.name, "%s", name);
	return f;
}

/* Two levels: wall time with its spread, read from a plot, and a figure that tasks print. */
static void make(struct made *made)
{
	const struct stated_figure figures[] = {
	        figure(0, "wall", STATED_MEAN, NAN, 30.9, 0.4, STATED_READING),
	        figure(0, "wall", STATED_QUANTILE, 0, 28.1, 0.4, STATED_READING),
	        figure(0, "wall", STATED_QUANTILE, 0.95, 34.2, 0.4, STATED_READING),
	        figure(1, "wall", STATED_MEAN, NAN, 72.1, 0.8, STATED_READING),
	        figure(1, "figure.read_s", STATED_MEAN, NAN, 4.25, 0.31, STATED_STANDARD),
	        figure(1, "figure.read_s", STATED_SD, NAN, 1.1, NAN, STATED_NO_ERROR),
	};
	made_init(made);
	made_level(made, 1, "spread");
	made_level(made, 128, "spread");
	made->dataset.stated = calloc(ARRAY_LENGTH(figures), sizeof *figures);
	assert_non_null(made->dataset.stated);
	memcpy(made->dataset.stated, figures, sizeof figures);
	made->dataset.stated_count = ARRAY_LENGTH(figures);
	made->dataset.stated[0].tasks = 16;
}

static const struct plot *find_plot(const struct document *doc, const char *id)
{
	for (size_t b = 0; b < doc->sections[0].block_count; b++) {
		const struct plot *const plot = doc->sections[0].blocks[b].plot;
		if (plot && strcmp(plot->id, id) == 0)
			return plot;
	}
	fail_msg("there is no plot '%s'", id);
	abort();
}

static void test_tables_and_plots(void **state)
{
	(void)state;
	struct error err;
	cleanup_made struct made made;
	cleanup_findings struct findings findings = {0};
	cleanup_document struct document doc;
	cleanup_free char *text = NULL;
	make(&made);
	assert_int_equal(findings_build(&made.dataset, &findings, &err), 0);
	document_init(&doc, "", &plain);
	section_stated(&findings, &doc);
	assert_int_equal(document_text_write(&doc, &text, &err), 0);
	assert_golden("stated-80.txt", text);
	const struct plot *const wall = find_plot(&doc, "stated-1");
	assert_int_equal(wall->series_count, 3);
	assert_int_equal(wall->series[0].count, 2);
	assert_true(fabs(wall->series[0].points[0].low - 30.5) < 1e-9);
	assert_true(fabs(wall->series[0].points[0].high - 31.3) < 1e-9);
	/* A standard deviation is no point of the curve. */
	assert_int_equal(find_plot(&doc, "stated-2")->series_count, 1);
}

static void test_nothing_stated(void **state)
{
	(void)state;
	struct error err;
	cleanup_made struct made made;
	cleanup_findings struct findings findings = {0};
	cleanup_document struct document doc;
	made_init(&made);
	made_level(&made, 1, "spread");
	assert_int_equal(findings_build(&made.dataset, &findings, &err), 0);
	document_init(&doc, "", &plain);
	section_stated(&findings, &doc);
	for (size_t i = 0; i < doc.section_count; i++)
		assert_false(document_section_has(&doc.sections[i], READ_IN_PAGE));
}

/* A file of others with a measure in each row: no look through all rows for each of them. */
static void test_endless_measures(void **state)
{
	(void)state;
	enum { ROWS = 20000, SHOWN = 100 };
	struct error err;
	cleanup_made struct made made;
	cleanup_findings struct findings findings = {0};
	cleanup_document struct document doc;
	made_init(&made);
	made_level(&made, 1, "spread");
	made.dataset.stated = calloc(ROWS, sizeof *made.dataset.stated);
	assert_non_null(made.dataset.stated);
	for (int i = 0; i < ROWS; i++) {
		char name[24];
		snprintf(name, sizeof name, "figure.f%d", i);
		made.dataset.stated[made.dataset.stated_count++] =
		        figure(0, name, STATED_MEAN, NAN, i, NAN, STATED_NO_ERROR);
	}
	assert_int_equal(findings_build(&made.dataset, &findings, &err), 0);
	document_init(&doc, "", &plain);
	section_stated(&findings, &doc);
	size_t tables = 0;
	for (size_t b = 0; b < doc.sections[0].block_count; b++)
		tables += doc.sections[0].blocks[b].kind == BLOCK_TABLE;
	assert_int_equal(tables, SHOWN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_tables_and_plots),
	        cmocka_unit_test(test_nothing_stated),
	        cmocka_unit_test(test_endless_measures),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
