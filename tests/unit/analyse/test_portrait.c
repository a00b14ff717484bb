/* Pictures of tasks: nothing that a picture could show goes missing when points are thinned, and
 * every task is in a bin. */
#include "analyse/campaign/portrait.h"
#include "core/error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { TASKS = 40000 };

/* One type, max RSS 1 GB + 10 MB x and some noise, of which every 100th is half as much again. */
struct made {
	struct campaign campaign;
	struct requirements needs;
	double top; /* the largest max RSS */
};

static void make(struct made *made, size_t tasks)
{
	struct error err;
	uint32_t type;
	size_t visits;
	unsigned state = 12345;
	const struct requirements_options options = {.limit_bytes = (double)NAN};
	memset(made, 0, sizeof *made);
	made->campaign.label = strdup("x");
	made->campaign.format = strdup("csv");
	assert_int_equal(campaign_type(&made->campaign, "measure", &type, &err), 0);
	assert_int_equal(campaign_covariate(&made->campaign, "visits", false, &visits, &err), 0);
	for (size_t i = 0; i < tasks; i++) {
		struct campaign_task task = campaign_task_empty();
		state = state * 1103515245u + 12345u;
		const double x = (double)(state >> 16) / 65536 * 100;
		const double y = (1e9 + 1e7 * x + (double)(i % 7) * 1e6) * (i % 100 == 0 ? 1.5 : 1);
		task.type = type;
		task.state = i % 1000 == 999 ? CAMPAIGN_FAILED : CAMPAIGN_DONE;
		task.max_rss_bytes = (int64_t)y;
		if (task.state == CAMPAIGN_DONE)
			made->top = fmax(made->top, (double)task.max_rss_bytes);
		assert_int_equal(campaign_add(&made->campaign, &task, &err), 0);
		made->campaign.covariates[visits].values[i] = x;
	}
	assert_int_equal(requirements_build(&made->campaign, &options, &made->needs, &err), 0);
}

static void release(struct made *made)
{
	requirements_release(&made->needs);
	campaign_release(&made->campaign);
}

/* The relation of max RSS, which is there; else the test has failed. */
static const struct campaign_relation *find_rss(const struct campaign_type_needs *type)
{
	size_t i = 0;
	while (i < type->relation_count && type->relations[i].figure != CAMPAIGN_MAX_RSS)
		i++;
	assert_true(i < type->relation_count);
	return &type->relations[i];
}

static void test_every_task_is_in_a_bin(void **state)
{
	(void)state;
	struct made made;
	struct error err;
	make(&made, TASKS);
	struct portrait_histogram h;
	memset(&h, 0x5a, sizeof h);
	const struct campaign_spread *const rss = &made.needs.types[0].figures[CAMPAIGN_MAX_RSS];
	assert_int_equal(portrait_histogram(rss, &h, &err), 0);
	size_t sum = h.beyond;
	for (size_t b = 0; b < h.count; b++)
		sum += h.tasks[b];
	assert_int_equal(sum, rss->n);
	assert_true(h.from == rss->min);
	portrait_histogram_release(&h);
	release(&made);
}

static void test_a_long_tail_is_beyond(void **state)
{
	(void)state;
	struct error err;
	double values[1000];
	for (size_t i = 0; i < 1000; i++)
		values[i] = i < 998 ? 1 + (double)i / 998 : 500;
	const struct campaign_spread spread = {
	        .n = 1000, .min = 1, .p99 = 1.99, .max = 500, .sorted = values};
	struct portrait_histogram h;
	assert_int_equal(portrait_histogram(&spread, &h, &err), 0);
	assert_int_equal(h.beyond, 2);
	assert_true(h.from + (double)h.count * h.width < 3.1);
	portrait_histogram_release(&h);
}

static void test_alike_and_none(void **state)
{
	(void)state;
	struct error err;
	double values[] = {7, 7, 7};
	const struct campaign_spread alike = {
	        .n = 3, .min = 7, .p99 = 7, .max = 7, .sorted = values};
	const struct campaign_spread none = {.n = 0};
	struct portrait_histogram h;
	assert_int_equal(portrait_histogram(&alike, &h, &err), 0);
	assert_int_equal(h.count, 1);
	assert_int_equal(h.tasks[0], 3);
	portrait_histogram_release(&h);
	assert_int_equal(portrait_histogram(&none, &h, &err), 0);
	assert_int_equal(h.count, 0);
	portrait_histogram_release(&h);
}

/* Whether some kept point is as near as a cell of the picture. */
static bool is_near(const struct portrait_scatter *s, double x, double y, double step_x,
                    double step_y)
{
	for (size_t i = 0; i < s->count; i++)
		if (fabs(s->x[i] - x) <= step_x && fabs(s->y[i] - y) <= step_y)
			return true;
	return false;
}

static void test_thinning_leaves_no_place_empty(void **state)
{
	(void)state;
	struct made made;
	struct error err;
	make(&made, TASKS);
	const struct campaign_type_needs *const type = &made.needs.types[0];
	const struct campaign_relation *const relation = find_rss(type);
	struct portrait_scatter s;
	memset(&s, 0x5a, sizeof s);
	assert_int_equal(portrait_scatter(&made.needs, type, relation, &s, &err), 0);
	assert_true(s.is_thinned);
	assert_int_equal(s.tasks, TASKS - TASKS / 1000);
	assert_true(s.count < 6000);
	const struct campaign_spread *const rss = &type->figures[CAMPAIGN_MAX_RSS];
	const double step_x = (relation->x_max - relation->x_min) / 100;
	const double step_y = (rss->max - rss->min) / 60;
	double top = 0;
	for (size_t i = 0; i < s.count; i++)
		top = fmax(top, s.y[i]);
	assert_true(top == made.top);
	for (size_t i = 0; i < made.campaign.task_count; i += 13) {
		const struct campaign_task *const task = &made.campaign.tasks[i];
		if (task->state == CAMPAIGN_DONE)
			assert_true(is_near(&s, made.campaign.covariates[0].values[i],
			                    (double)task->max_rss_bytes, step_x, step_y));
	}
	portrait_scatter_release(&s);
	release(&made);
}

static void test_stretches_follow_the_line(void **state)
{
	(void)state;
	struct made made;
	struct error err;
	make(&made, TASKS);
	const struct campaign_type_needs *const type = &made.needs.types[0];
	struct portrait_scatter s;
	assert_int_equal(portrait_scatter(&made.needs, type, find_rss(type), &s, &err), 0);
	assert_int_equal(s.stretch_count, 24);
	size_t tasks = 0;
	for (size_t i = 0; i < s.stretch_count; i++) {
		const struct portrait_stretch *const at = &s.stretches[i];
		tasks += at->tasks;
		assert_true(at->p5 <= at->q1 && at->q1 <= at->p50 && at->p50 <= at->q3 &&
		            at->q3 <= at->p95);
		assert_true(fabs(at->p50 - (1e9 + 1e7 * at->x + 3e6)) < 5e6);
	}
	assert_int_equal(tasks, s.tasks);
	portrait_scatter_release(&s);
	release(&made);
}

static void test_few_points_are_all_kept(void **state)
{
	(void)state;
	struct made made;
	struct error err;
	make(&made, 900);
	const struct campaign_type_needs *const type = &made.needs.types[0];
	struct portrait_scatter s;
	assert_int_equal(portrait_scatter(&made.needs, type, find_rss(type), &s, &err), 0);
	assert_false(s.is_thinned);
	assert_int_equal(s.count, 900);
	assert_int_equal(s.tasks, 900);
	assert_int_equal(s.stretch_count, 0);
	portrait_scatter_release(&s);
	release(&made);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_every_task_is_in_a_bin),
	        cmocka_unit_test(test_a_long_tail_is_beyond),
	        cmocka_unit_test(test_alike_and_none),
	        cmocka_unit_test(test_thinning_leaves_no_place_empty),
	        cmocka_unit_test(test_stretches_follow_the_line),
	        cmocka_unit_test(test_few_points_are_all_kept),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
