/* Where values of tasks come from: campaigns made by hand, resource parameters, sizes, tables. */
#include "analyse/capacity/capacity_sources.h"
#include "core/error.h"
#include "core/rng.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static void assert_close(double a, double b, double relative)
{
	if (!(fabs(a - b) <= relative * fabs(b)))
		fail_msg("%.12g is not %.12g", a, b);
}

/* A capacity with one task "isr", at visits 20 in the mean and 50 at most. */
static void begin(struct capacity *capacity)
{
	struct capacity_task *task;
	struct error err;
	size_t index;
	*capacity = (struct capacity){0};
	assert_int_equal(capacity_add_visits(capacity, &index, &err), 0);
	capacity->visits[index].mean = capacity_figure_of(20);
	capacity->visits[index].max = capacity_figure_of(50);
	assert_int_equal(capacity_add_task(capacity, &task, &err), 0);
	task->name = strdup("isr");
	task->visits = 0;
}

/* Tasks whose CPU time is i + 1 s and max RSS i + 1 MB, i below count, and some that are not to be
 * counted. */
static void make_campaign(struct campaign *campaign, size_t count)
{
	struct error err;
	uint32_t isr;
	uint32_t other;
	*campaign = (struct campaign){0};
	assert_int_equal(campaign_type(campaign, "isr", &isr, &err), 0);
	assert_int_equal(campaign_type(campaign, "calibrate", &other, &err), 0);
	for (size_t i = 0; i < count + 3; i++) {
		struct campaign_task task = campaign_task_empty();
		task.type = i == count ? other : isr;
		task.state = i == count + 1   ? CAMPAIGN_FAILED
		             : i == count + 2 ? CAMPAIGN_OUT_OF_MEMORY
		             : i % 2          ? CAMPAIGN_DONE
		                              : CAMPAIGN_UNKNOWN;
		task.cpu_ns = i < count ? (int64_t)(i + 1) * 1000000000 : 1000000000000000;
		task.max_rss_bytes = i < count ? (int64_t)(i + 1) * 1000000 : 1000000000000;
		assert_int_equal(campaign_add(campaign, &task, &err), 0);
	}
}

static void statistics(void **state)
{
	(void)state;
	struct campaign campaign;
	struct capacity capacity;
	struct error err = {""};
	make_campaign(&campaign, 100);
	begin(&capacity);
	struct capacity_source source = {0};
	assert_int_equal(capacity_take_campaign(&campaign, "c.db", &source, &capacity, 0, &err), 0);
	/* The mean of CPU time and the largest max RSS are what is taken where nothing is said. */
	const struct capacity_task *task = &capacity.tasks[0];
	assert_close(task->cpu.at.value, 50.5, 1e-12);
	/* t(0.975, 99) = 1.984217, s = 29.011492 */
	assert_close(task->cpu.at.low, 50.5 - 1.984217 * 2.9011492, 1e-6);
	assert_close(task->max_rss.at.value, 100e6, 1e-12);
	assert_false(capacity_figure_has_interval(&task->max_rss.at));
	assert_string_equal(task->max_rss.origin, "max of 100 isr tasks of c.db");
	capacity_release(&capacity);

	begin(&capacity);
	source = (struct capacity_source){
	        .cpu = CAPACITY_P50, .has_cpu = true, .max_rss = CAPACITY_P95, .has_max_rss = true};
	assert_int_equal(capacity_take_campaign(&campaign, "c.db", &source, &capacity, 0, &err), 0);
	task = &capacity.tasks[0];
	assert_close(task->cpu.at.value, 50.5, 1e-12);
	/* The 40th and the 61st of 100: the textbook's interval of a median (R: qbinom(c(.025,
	 * .975), 100, .5) + c(0, 1)). */
	assert_close(task->cpu.at.low, 40, 1e-12);
	assert_close(task->cpu.at.high, 61, 1e-12);
	assert_close(task->max_rss.at.value, 95.05e6, 1e-12);
	assert_close(task->max_rss.at.low, 90e6, 1e-12);
	assert_close(task->max_rss.at.high, 100e6, 1e-12);
	capacity_release(&capacity);

	/* What is left out is told. */
	begin(&capacity);
	campaign.tasks[2].state = CAMPAIGN_UNFINISHED;
	assert_int_equal(capacity_take_campaign(&campaign, "c.db", &source, &capacity, 0, &err), 0);
	assert_int_equal(capacity.remarks.count, 1);
	assert_non_null(
	        strstr(capacity.remarks.items[0], " 2 did not end well (1 by a memory limit"));
	capacity_release(&capacity);
	campaign_release(&campaign);
}

/* A campaign says how many cores a task takes, and how busy it keeps them; not where it was not
 * always the same number. What is typed goes before. */
static void cores(void **state)
{
	(void)state;
	const struct capacity_source source = {0};
	struct campaign campaign;
	struct capacity capacity;
	struct error err = {""};
	make_campaign(&campaign, 100);
	begin(&capacity);
	const struct capacity_task *const task = &capacity.tasks[0];
	assert_int_equal(capacity_take_campaign(&campaign, "c.db", &source, &capacity, 0, &err), 0);
	assert_true(capacity_cores_of(task) == 1);
	assert_null(task->cores_origin);
	capacity_release(&capacity);

	/* 4 cores, half of them busy; but half of the tasks more than the other. */
	for (size_t i = 0; i < 100; i++) {
		campaign.tasks[i].cores = 4;
		campaign.tasks[i].cpu_ns = i % 2 ? 20000000000 : 60000000000;
		campaign.tasks[i].wall_ns = 20000000000;
	}
	begin(&capacity);
	assert_int_equal(capacity_take_campaign(&campaign, "c.db", &source, &capacity, 0, &err), 0);
	assert_true(capacity_cores_of(&capacity.tasks[0]) == 4);
	assert_close(capacity.tasks[0].cpu_efficiency.value, 0.5, 1e-12);
	/* t(0.975, 99) x standard deviation 20.1008 s / (10 x 80 s) */
	assert_close(capacity.tasks[0].cpu_efficiency.high, 0.5 + 1.984217 * 20.1007563 / 800,
	             1e-6);
	assert_int_equal(capacity.tasks[0].cpu_efficiency.n, 100);
	assert_string_equal(capacity.tasks[0].cores_origin,
	                    "4 in c.db; its CPU time keeps 50 % of them busy (100 tasks)");
	capacity_release(&capacity);

	campaign.tasks[5].cores = 2;
	begin(&capacity);
	assert_int_equal(capacity_take_campaign(&campaign, "c.db", &source, &capacity, 0, &err),
	                 -EINVAL);
	assert_non_null(strstr(err.text, "had 2 to 4 cores"));
	assert_non_null(strstr(err.text, "write cores: 4"));
	capacity_release(&capacity);
	begin(&capacity);
	capacity.tasks[0].cores = 1;
	assert_int_equal(capacity_take_campaign(&campaign, "c.db", &source, &capacity, 0, &err), 0);
	assert_false(capacity_figure_is_there(&capacity.tasks[0].cpu_efficiency));
	capacity_release(&capacity);
	campaign_release(&campaign);
}

/* Of independent tasks the interval of a quantile holds the true one 95 times in 100 or a little
 * more: it lies between order statistics, whatever the distribution. */
static void coverage(void **state)
{
	(void)state;
	enum { CAMPAIGNS = 1000, TASKS = 120 };
	const double truth = -log(1 - 0.95); /* of an exponential distribution of mean 1 s */
	const struct capacity_source source = {.cpu = CAPACITY_P95, .has_cpu = true};
	struct error err = {""};
	struct rng rng;
	size_t held = 0;
	rng_init(&rng, 11, 0);
	for (size_t c = 0; c < CAMPAIGNS; c++) {
		struct campaign campaign = {0};
		struct capacity capacity;
		uint32_t type;
		assert_int_equal(campaign_type(&campaign, "isr", &type, &err), 0);
		for (size_t i = 0; i < TASKS; i++) {
			struct campaign_task task = campaign_task_empty();
			task.type = type;
			task.cpu_ns = (int64_t)(-log(1 - rng_uniform(&rng)) * 1e9);
			task.max_rss_bytes = 1000;
			assert_int_equal(campaign_add(&campaign, &task, &err), 0);
		}
		begin(&capacity);
		assert_int_equal(
		        capacity_take_campaign(&campaign, "c.db", &source, &capacity, 0, &err), 0);
		const struct capacity_figure *const at = &capacity.tasks[0].cpu.at;
		assert_true(capacity_figure_has_interval(at));
		held += at->low <= truth && truth <= at->high;
		capacity_release(&capacity);
		campaign_release(&campaign);
	}
	print_message("# held %zu of %d\n", held, CAMPAIGNS);
	assert_in_range(held, 940, 990);
}

/* Lines through points without noise are found exactly; with it, within their interval. */
static void lines(void **state)
{
	(void)state;
	struct campaign campaign = {0};
	struct capacity capacity;
	struct error err = {""};
	struct rng rng;
	uint32_t type;
	size_t covariate;
	rng_init(&rng, 7, 0);
	assert_int_equal(campaign_type(&campaign, "isr", &type, &err), 0);
	assert_int_equal(campaign_covariate(&campaign, "Visits", false, &covariate, &err), 0);
	for (size_t i = 0; i < 400; i++) {
		struct campaign_task task = campaign_task_empty();
		const double visits = 1 + (double)(i % 40);
		task.type = type;
		task.state = CAMPAIGN_DONE;
		task.cpu_ns = (int64_t)((30 + 5 * visits + rng_normal(&rng)) * 1e9);
		task.max_rss_bytes = (int64_t)(1.3e9 + 0.03e9 * visits);
		assert_int_equal(campaign_add(&campaign, &task, &err), 0);
		campaign.covariates[covariate].values[i] = visits;
	}
	begin(&capacity);
	const struct capacity_source source = {.cpu = CAPACITY_LINEAR,
	                                       .has_cpu = true,
	                                       .max_rss = CAPACITY_ENVELOPE_MAXIMA,
	                                       .has_max_rss = true};
	assert_int_equal(capacity_take_campaign(&campaign, "c.db", &source, &capacity, 0, &err), 0);
	const struct capacity_task *const task = &capacity.tasks[0];
	/* The interval is that of the line in the middle of its points: 2 s / sqrt(400). */
	assert_close(task->cpu.at.value, 130, 3e-3);
	assert_close(task->cpu.at.high - task->cpu.at.low, 4.0 / 20, 0.2);
	assert_close(task->cpu.slope, 5, 0.01);
	assert_close(task->max_rss.at.value, 2.8e9, 1e-6);
	/* 50 visits are beyond the 40 that there are. */
	assert_int_equal(capacity.remarks.count, 1);
	assert_non_null(strstr(capacity.remarks.items[0], "beyond"));
	capacity_release(&capacity);
	campaign_release(&campaign);
}

static void what_is_missing(void **state)
{
	(void)state;
	struct campaign campaign;
	struct capacity capacity;
	struct error err = {""};
	make_campaign(&campaign, 3);
	begin(&capacity);
	struct capacity_source source = {.type = strdup("calibrat")};
	assert_int_equal(capacity_take_campaign(&campaign, "c.db", &source, &capacity, 0, &err),
	                 -EINVAL);
	assert_non_null(strstr(err.text, "did you mean type: calibrate?"));
	free(source.type);
	source = (struct capacity_source){.cpu = CAPACITY_LINEAR, .has_cpu = true};
	assert_int_equal(capacity_take_campaign(&campaign, "c.db", &source, &capacity, 0, &err),
	                 -EINVAL);
	assert_non_null(strstr(err.text, "no column of numbers"));
	capacity.tasks[0].visits = CAPACITY_NO_VISITS;
	assert_int_equal(capacity_take_campaign(&campaign, "c.db", &source, &capacity, 0, &err),
	                 -EINVAL);
	assert_non_null(strstr(err.text, "visits: {mean: 17.9"));
	/* What is typed needs no source. */
	capacity.tasks[0].cpu_s = capacity_figure_of(7);
	capacity.tasks[0].max_rss_bytes = capacity_figure_of(8e9);
	assert_int_equal(capacity_take_typed(&capacity, &err), 0);
	assert_int_equal(capacity_take_campaign(&campaign, "c.db", &source, &capacity, 0, &err), 0);
	assert_true(capacity.tasks[0].cpu.at.value == 7);
	assert_true(capacity.tasks[0].max_rss.at.value == 8e9);
	capacity_release(&capacity);
	campaign_release(&campaign);
}

static void parameters_and_sizes(void **state)
{
	(void)state;
	struct resource_params_task rows[] = {
	        {strdup("isr"), {60, 600}, {0, 2.5e9}},
	        {strdup("deblend"), {NAN, NAN}, {0, 7e9}},
	};
	const struct resource_params params = {.items = rows, .count = 2};
	struct capacity capacity;
	struct error err = {""};
	struct capacity_source source = {0};
	begin(&capacity);
	assert_int_equal(capacity_take_parameters(&params, "p.json", &source, &capacity, 0, &err),
	                 0);
	assert_close(capacity.tasks[0].cpu.at.value, 600 + 20 * 60, 1e-12);
	assert_close(capacity.tasks[0].cpu.slope, 60, 1e-12);
	assert_close(capacity.tasks[0].max_rss.at.value, 2.5e9, 1e-12);
	capacity_release(&capacity);
	begin(&capacity);
	source.type = strdup("deblend");
	assert_int_equal(capacity_take_parameters(&params, "p.json", &source, &capacity, 0, &err),
	                 -EINVAL);
	assert_non_null(strstr(err.text, "does not say the CPU time of deblend"));
	free(source.type);
	source.type = NULL;
	capacity.tasks[0].visits = CAPACITY_NO_VISITS;
	assert_int_equal(capacity_take_parameters(&params, "p.json", &source, &capacity, 0, &err),
	                 -EINVAL);
	assert_non_null(strstr(err.text, "grows with visits"));
	free(rows[0].type);
	free(rows[1].type);

	struct product_size size = {strdup("isr"), strdup("raw"), 1e6, 1e5, 100};
	const struct product_sizes sizes = {.items = &size, .count = 1};
	struct capacity_product *product;
	assert_int_equal(capacity_add_product(&capacity, &product, &err), 0);
	product->name = strdup("raw");
	assert_int_equal(capacity_take_size(&sizes, "s.json", product, &err), 0);
	/* t(0.975, 99) s / sqrt(n) */
	assert_close(product->size_bytes.high - 1e6, 1.984217 * 1e4, 1e-6);
	free(size.type);
	free(size.dataset);
	capacity_release(&capacity);
}

static void tables_of_visits(void **state)
{
	(void)state;
	const struct visits_table table = {
	        .coadds = 5, .warps = 40, .patches = 2, .mean = 7.5, .max = 12};
	struct capacity capacity;
	struct error err = {""};
	begin(&capacity);
	assert_int_equal(capacity_take_visits(&table, &capacity.visits[0], &err), 0);
	static const double counts[CAPACITY_COUNTS] = {
	        [CAPACITY_COADDS] = 5, [CAPACITY_WARPS] = 40, [CAPACITY_PATCHES] = 2};
	for (unsigned i = CAPACITY_COADDS; i < CAPACITY_COUNTS; i++) {
		capacity.tasks[0].count = i;
		assert_int_equal(capacity_count_instances(&capacity, 0, &err), 0);
		assert_true(capacity.tasks[0].instances.value == counts[i]);
	}
	capacity.visits[0].patches = NAN;
	assert_int_equal(capacity_count_instances(&capacity, 0, &err), -EINVAL);
	assert_non_null(strstr(err.text, "needs a column patch"));
	capacity_release(&capacity);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(statistics),       cmocka_unit_test(cores),
	        cmocka_unit_test(coverage),         cmocka_unit_test(lines),
	        cmocka_unit_test(what_is_missing),  cmocka_unit_test(parameters_and_sizes),
	        cmocka_unit_test(tables_of_visits),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
