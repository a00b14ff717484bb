/* Plots as values: what is put in is there, and what cannot be drawn is known. */
#include "report/plot/plot.h"
#include "report/plot/plot_frame.h"

#include "core/array.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_what_is_put_in_is_there(void **state)
{
	(void)state;
	cleanup_plot struct plot plot;
	plot_init(&plot, "throughput", "Throughput against N");
	plot_axis(&plot, &plot.x, "first");
	plot_axis(&plot, &plot.x, "tasks at once (N)");
	plot_tick(&plot, &plot.x, 8, "8");
	plot_reference(&plot, true, 16, "recommended");
	plot_words(&plot, "It %s.", "rises");
	struct plot_series *const series = plot_series(&plot, PLOT_POINTS, PLOT_HUES + 1, "made");
	for (int i = 0; i < 100; i++)
		plot_tip(&plot, plot_point(&plot, series, i, 2 * i), "N = %d", i);
	assert_false(plot.failed);
	assert_string_equal(plot.id, "throughput");
	assert_string_equal(plot.x.label, "tasks at once (N)");
	assert_null(plot.y.label);
	assert_true(isnan(plot.x.from) && isnan(plot.y.to));
	assert_string_equal(plot.words, "It rises.");
	assert_int_equal(plot.x.tick_count, 1);
	assert_string_equal(plot.lines[0].label, "recommended");
	assert_int_equal(series->hue, 1);
	assert_int_equal(series->count, 100);
	assert_string_equal(series->points[99].tip, "N = 99");
	assert_true(isnan(series->points[99].low));
	assert_false(plot_is_empty(&plot));
}

static void test_what_can_be_drawn(void **state)
{
	(void)state;
	static const struct {
		enum plot_mark mark;
		bool is_log_x, is_log_y;
		struct plot_point point;
		bool is_drawn;
	} cases[] = {
	        {PLOT_POINTS, false, false, {.x = 0, .y = -1, .low = NAN}, true},
	        {PLOT_POINTS, false, false, {.x = 1, .y = NAN}, false},
	        {PLOT_POINTS, false, false, {.x = INFINITY, .y = 1}, false},
	        {PLOT_LINE, true, false, {.x = 0, .y = 1}, false},
	        {PLOT_LINE, true, true, {.x = 1, .y = 0}, false},
	        {PLOT_BAND, false, false, {.x = 1, .y = NAN, .low = 1, .high = 2}, true},
	        {PLOT_BAND, false, false, {.x = 1, .y = 1, .low = 1, .high = NAN}, false},
	        {PLOT_BOXES,
	         false,
	         false,
	         {.x = 1, .y = 3, .low = 1, .q1 = 2, .q3 = 4, .high = 5},
	         true},
	        {PLOT_BOXES,
	         false,
	         false,
	         {.x = 1, .y = 3, .low = 1, .q1 = NAN, .q3 = 4, .high = 5},
	         false},
	        {PLOT_SEGMENTS, false, false, {.x = 1, .y = 1, .high = NAN}, false},
	        {PLOT_SEGMENTS, false, false, {.x = 1, .y = 1, .high = 2}, true},
	        {PLOT_ACROSS,
	         false,
	         false,
	         {.x = 3, .y = 1, .low = 1, .q1 = 2, .q3 = 4, .high = 5},
	         true},
	        {PLOT_ACROSS,
	         true,
	         false,
	         {.x = 3, .y = 1, .low = 0, .q1 = 2, .q3 = 4, .high = 5},
	         false},
	        {PLOT_ACROSS,
	         false,
	         false,
	         {.x = 3, .y = NAN, .low = 1, .q1 = 2, .q3 = 4, .high = 5},
	         false},
	        {PLOT_CELLS, false, false, {.x = 1, .y = 1, .q1 = NAN}, false},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		cleanup_plot struct plot plot;
		plot_init(&plot, "p", "p");
		plot.x.is_log = cases[i].is_log_x;
		plot.y.is_log = cases[i].is_log_y;
		struct plot_series *const series = plot_series(&plot, cases[i].mark, 0, "s");
		*plot_point(&plot, series, 0, 0) = cases[i].point;
		if (plot_point_is_drawn(&plot, series, series->points) != cases[i].is_drawn)
			fail_msg("case %zu", i);
		assert_int_equal(plot_is_empty(&plot), !cases[i].is_drawn);
	}
}

/* What a mean of equal figures leaves behind. */
static void test_rounding_is_no_range(void **state)
{
	(void)state;
	cleanup_plot struct plot plot;
	plot_init(&plot, "p", "p");
	struct plot_series *const series = plot_series(&plot, PLOT_LINE, 0, "s");
	plot_point(&plot, series, 1, 6.976);
	plot_point(&plot, series, 2, nextafter(6.976, 7));
	const struct plot_frame frame = plot_frame(&plot);
	assert_true(frame.y.to - frame.y.from > 1);
	assert_true(frame.y.from < 6.976 && frame.y.to > 6.976);
}

static void test_a_failed_plot_takes_calls(void **state)
{
	(void)state;
	cleanup_plot struct plot plot;
	plot_init(&plot, "p", "p");
	plot.failed = true;
	struct plot_series *const series = plot_series(&plot, PLOT_LINE, 0, "s");
	struct plot_point *const point = plot_point(&plot, series, 1, 2);
	point->low = 1;
	plot_tip(&plot, point, "said");
	plot_tick(&plot, &plot.x, 1, "one");
	plot_reference(&plot, false, 1, "one");
	assert_true(plot_is_empty(&plot));
	assert_null(point->tip);
	assert_int_equal(plot.series_count + plot.x.tick_count + plot.line_count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_what_is_put_in_is_there),
	        cmocka_unit_test(test_what_can_be_drawn),
	        cmocka_unit_test(test_rounding_is_no_range),
	        cmocka_unit_test(test_a_failed_plot_takes_calls),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
