/* What a campaign needs, on campaigns with known answers and on odd ones. */
#include "analyse/campaign/requirements.h"
#include "core/array.h"
#include "core/error.h"
#include "core/rng.h"
#include "needed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static void spreads_states_and_order(void **state)
{
	(void)state;
	cleanup_campaign struct campaign campaign = {0};
	for (int i = 1; i <= 9; i++)
		needed_add(&campaign, "warp", i, i * 0.5, i * 1e8, CAMPAIGN_DONE);
	needed_add(&campaign, "warp", 100, 50, 5e9, CAMPAIGN_UNKNOWN);
	needed_add(&campaign, "warp", 1000, 900, 9e9, CAMPAIGN_FAILED);
	needed_add(&campaign, "isr", 2, -1, 1e9, CAMPAIGN_DONE);
	needed_add(&campaign, "isr", -1, 1, -1, CAMPAIGN_TIMED_OUT);
	campaign.tasks[10].is_superseded = true;
	campaign.tasks[8].cores = 2;
	cleanup_requirements struct requirements r = needed_build(&campaign, &needed_defaults);
	assert_int_equal(r.type_count, 2);
	assert_string_equal(r.types[0].name, "isr");
	assert_string_equal(r.types[1].name, "warp");
	assert_int_equal(r.types[2].type, UINT32_MAX);

	const struct campaign_type_needs *const warp = &r.types[1];
	assert_int_equal(warp->attempts, 11);
	assert_int_equal(warp->states[CAMPAIGN_DONE], 9);
	assert_int_equal(warp->states[CAMPAIGN_FAILED], 1);
	assert_int_equal(warp->retried, 1);
	const struct campaign_spread *const wall = &warp->figures[CAMPAIGN_WALL];
	assert_int_equal(wall->n, 10);
	needed_is_close(wall->min, 1, 0);
	needed_is_close(wall->q1, 3.25, 1e-12);
	needed_is_close(wall->p50, 5.5, 1e-12);
	needed_is_close(wall->q3, 7.75, 1e-12);
	needed_is_close(wall->p95, 59.05, 1e-9);
	needed_is_close(wall->max, 100, 0);
	needed_is_close(wall->mean, 14.5, 1e-12);
	needed_is_close(wall->sum, 145, 1e-12);
	needed_is_close(wall->whisker_low, 1, 0);
	needed_is_close(wall->whisker_high, 9, 0);
	assert_int_equal(wall->outliers, 1);
	for (size_t i = 1; i < wall->n; i++)
		assert_true(wall->sorted[i - 1] <= wall->sorted[i]);
	needed_is_close(warp->figures[CAMPAIGN_EFFICIENCY].max, 0.5, 1e-12);
	needed_is_close(warp->figures[CAMPAIGN_EFFICIENCY].min, 0.25, 1e-12);

	const struct campaign_type_needs *const isr = &r.types[0];
	assert_int_equal(isr->figures[CAMPAIGN_CPU].n, 0);
	assert_true(isnan(isr->figures[CAMPAIGN_CPU].p50));
	assert_null(isr->figures[CAMPAIGN_CPU].sorted);
	assert_int_equal(r.types[2].attempts, 13);
	assert_int_equal(r.types[2].figures[CAMPAIGN_WALL].n, 11);
	assert_int_equal(r.types[2].states[CAMPAIGN_TIMED_OUT], 1);
}

/* The study's own figures: of 574472 tasks 40 above 6 GB, most of one type. */
static void the_study_s_question(void **state)
{
	(void)state;
	cleanup_campaign struct campaign campaign = {0};
	for (int i = 0; i < 574432; i++)
		needed_add(&campaign, i % 2 ? "isr" : "calibrateImage", 10, 9, 3e9, CAMPAIGN_DONE);
	for (int i = 0; i < 38; i++)
		needed_add(&campaign, "analyzeSingleVisitStarAssociation", 50, 9, 7e9 + 4e8 * i,
		           CAMPAIGN_DONE);
	for (int i = 0; i < 2; i++)
		needed_add(&campaign, "calibrateImage", 20, 9, 6.1e9, CAMPAIGN_DONE);
	const struct requirements_options options = {.limit_bytes = 6e9};
	cleanup_requirements struct requirements r = needed_build(&campaign, &options);
	const struct campaign_over *const over = &r.types[r.type_count].over;
	assert_int_equal(over->tasks, 40);
	assert_int_equal(over->of, 574472);
	needed_is_close(over->wall_s, 38 * 50 + 2 * 20, 1e-9);
	char text[1024];
	requirements_words(&r, 6e9, text, sizeof text);
	assert_string_equal(text,
	                    "At 6 GB per core 99.993 % of 574472 tasks fit; the 40 that do not "
	                    "are 38 of analyzeSingleVisitStarAssociation (100 % of them, up to "
	                    "21.8 GB) and 2 of calibrateImage (0.0007 % of them, up to 6.10 GB). "
	                    "They hold 0.03 % of the wall time.");
	requirements_words(&r, 22e9, text, sizeof text);
	assert_string_equal(text, "At 22 GB per core all 574472 tasks fit: the largest, of "
	                          "analyzeSingleVisitStarAssociation, took 21.8 GB.");
	requirements_words(&r, 1e9, text, sizeof text);
	assert_non_null(strstr(text, "none of 574472 tasks fits: "));
	char little[20];
	requirements_words(&r, 6e9, little, sizeof little);
	assert_string_equal(little, "At 6 GB per core 99");

	/* The same at the ends of the bins and in the cumulative distribution. */
	assert_int_equal(r.bins.count, 22);
	needed_is_close(r.bins.tasks_up_to[5], 1 - 40 / 574472.0, 1e-15);
	assert_int_equal(r.bins.tasks[r.type_count * r.bins.count + 2], 574432);
	assert_int_equal(r.bins.tasks[1 * r.bins.count + 6], 2);
	needed_is_close(r.bins.wall_s[1 * r.bins.count + 6], 40, 1e-9);
	needed_is_close(r.bins.wall_s_up_to[21], 1, 1e-12);
	assert_int_equal(r.cumulative.count, 40);
	needed_is_close(r.cumulative.max_rss_bytes[0], 3e9, 0);
	needed_is_close(r.cumulative.tasks[0], 1 - 40 / 574472.0, 1e-15);
	needed_is_close(r.cumulative.tasks[39], 1, 0);
}

static void what_a_memory_limit_ended(void **state)
{
	(void)state;
	cleanup_campaign struct campaign campaign = {0};
	needed_add(&campaign, "a", 1, 1, 6e9, CAMPAIGN_DONE);
	needed_add(&campaign, "a", 1, 1, 6e9, CAMPAIGN_OUT_OF_MEMORY);
	needed_add(&campaign, "a", 1, 1, 4e9, CAMPAIGN_OUT_OF_MEMORY);
	needed_add(&campaign, "a", 1, 1, -1, CAMPAIGN_OUT_OF_MEMORY);
	needed_add(&campaign, "a", -1, 1, 7e9, CAMPAIGN_FAILED);
	cleanup_requirements struct requirements r = needed_build(&campaign, &needed_defaults);
	struct campaign_over overs[2];
	requirements_over(&r, 6e9, overs);
	assert_int_equal(overs[1].of, 4);
	assert_int_equal(overs[1].tasks, 2);
	assert_int_equal(overs[1].ended_below, 2);
	needed_is_close(overs[1].of_wall_s, 3, 1e-12);
	needed_is_close(overs[1].wall_s, 1, 1e-12);
	needed_is_close(overs[1].max_bytes, 7e9, 0);
	assert_int_equal(r.types[1].over.tasks, 0);
	assert_int_equal(r.types[1].over.of, 4);
	char text[512];
	requirements_words(&r, 6e9, text, sizeof text);
	assert_non_null(strstr(text, " 2 were ended by a memory limit below that: what they would "
	                             "have needed is not known."));
}

/* Who has four cores has the memory of four; boxes and bins are of the whole. */
static void memory_is_per_core(void **state)
{
	(void)state;
	cleanup_campaign struct campaign campaign = {0};
	for (int i = 0; i < 3; i++)
		needed_add(&campaign, "wide", 1, 1, 8e9 + 1e9 * i, CAMPAIGN_DONE);
	needed_add(&campaign, "wide", 1, 1, 8e9, CAMPAIGN_OUT_OF_MEMORY);
	for (int i = 0; i < 4; i++)
		campaign.tasks[i].cores = 4;
	needed_add(&campaign, "one", 1, 1, 2.1e9, CAMPAIGN_DONE);
	cleanup_requirements struct requirements r = needed_build(&campaign, &needed_defaults);
	struct campaign_over overs[3];
	char text[512];
	requirements_over(&r, 2e9, overs);
	/* "one", 9 and 10 GB of 4 cores, and what was ended at just 2 GB for each. */
	assert_int_equal(overs[0].tasks, 1);
	assert_int_equal(overs[1].tasks, 3);
	assert_int_equal(overs[2].tasks, 4);
	assert_int_equal(overs[2].several, 4);
	needed_is_close(overs[1].max_bytes, 10e9, 0);
	needed_is_close(overs[1].max_per_core_bytes, 2.5e9, 0);
	needed_is_close(r.types[1].figures[CAMPAIGN_MAX_RSS].max, 10e9, 0);
	assert_int_equal(r.bins.count, 10);
	requirements_words(&r, 2e9, text, sizeof text);
	assert_string_equal(text,
	                    "At 2 GB per core 20 % of 5 tasks fit; the 4 that do not are 3 of wide "
	                    "(75 % of them, up to 2.50 GB per core) and 1 of one (100 % of them, "
	                    "up to 2.10 GB). They hold 80 % of the wall time. 4 were given several "
	                    "cores, and have as much for each of them: the max RSS by their number "
	                    "is what has to fit.");
	requirements_words(&r, 4e9, text, sizeof text);
	assert_non_null(
	        strstr(text, "all 5 tasks fit: the largest, of wide, took 2.50 GB per core."));
}

static void nothing_is_known_of_memory(void **state)
{
	(void)state;
	cleanup_campaign struct campaign campaign = {0};
	cleanup_requirements struct requirements none = needed_build(&campaign, &needed_defaults);
	assert_int_equal(none.type_count, 0);
	assert_int_equal(none.types[0].attempts, 0);
	needed_add(&campaign, "a", 1, 1, -1, CAMPAIGN_DONE);
	cleanup_requirements struct requirements r = needed_build(&campaign, &needed_defaults);
	assert_int_equal(r.bins.count, 0);
	assert_int_equal(r.cumulative.count, 0);
	char text[512];
	requirements_words(&r, 6e9, text, sizeof text);
	assert_string_equal(text,
	                    "The max RSS of no task is known: nothing can be said of memory.");
	/* Of a few it is. */
	needed_add(&campaign, "a", 1, 1, -1, CAMPAIGN_UNFINISHED);
	needed_add(&campaign, "b", 1, 1, 2e9, CAMPAIGN_DONE);
	cleanup_requirements struct requirements one = needed_build(&campaign, &needed_defaults);
	requirements_words(&one, 6e9, text, sizeof text);
	assert_string_equal(text, "At 6 GB per core the only task fits: it is of b, and took "
	                          "2.00 GB. The max RSS of 1 more is not known.");
	requirements_words(&one, 1e9, text, sizeof text);
	assert_non_null(strstr(text, " It holds 100 % of the wall time. The max RSS of 1 more"));
}

static void bins_of_absurd_sizes_stay_few(void **state)
{
	(void)state;
	cleanup_campaign struct campaign campaign = {0};
	needed_add(&campaign, "a", 1, 1, 0, CAMPAIGN_DONE);
	needed_add(&campaign, "a", 1, 1, 9.2e18, CAMPAIGN_DONE);
	cleanup_requirements struct requirements r = needed_build(&campaign, &needed_defaults);
	needed_is_close(r.bins.width_bytes, 1e15, 1);
	assert_int_equal(r.bins.count, 9200);
	assert_int_equal(r.bins.tasks[0], 1);
}

/* Every point of a thinned distribution is exact, and none is farther from the next than a plot
 * shows. */
static void a_cumulative_distribution_is_thinned(void **state)
{
	(void)state;
	enum { TASKS = 30000 };
	cleanup_campaign struct campaign campaign = {0};
	struct rng rng;
	rng_init(&rng, 1, 1);
	for (int i = 0; i < TASKS; i++) {
		const double rss = 1e9 * exp(rng_normal(&rng) / 2);
		needed_add(&campaign, "a", rss / 1e8, 1, rss, CAMPAIGN_DONE);
	}
	cleanup_requirements struct requirements r = needed_build(&campaign, &needed_defaults);
	const struct campaign_cumulative *const c = &r.cumulative;
	const struct campaign_spread *const rss = &r.types[0].figures[CAMPAIGN_MAX_RSS];
	assert_true(c->count < 2000);
	for (size_t i = 0; i < c->count; i++) {
		const size_t rank = (size_t)lround(c->tasks[i] * TASKS);
		needed_is_close(rss->sorted[rank - 1], c->max_rss_bytes[i], 0);
		if (i == 0)
			continue;
		assert_true(c->max_rss_bytes[i] > c->max_rss_bytes[i - 1]);
		const bool is_next = rank == (size_t)lround(c->tasks[i - 1] * TASKS) + 1;
		assert_true(is_next || c->tasks[i] - c->tasks[i - 1] <= 1.0 / 500 + 1e-9);
		assert_true(is_next || c->wall_s[i] - c->wall_s[i - 1] <= 1.0 / 500 + 1e-9);
		assert_true(is_next || c->max_rss_bytes[i] - c->max_rss_bytes[i - 1] <=
		                               rss->max / 500 * (1 + 1e-9));
	}
	needed_is_close(c->wall_s[c->count - 1], 1, 0);
}

static size_t covariate(struct campaign *campaign, const char *name, bool is_label)
{
	struct error err;
	size_t index;
	assert_int_equal(campaign_covariate(campaign, name, is_label, &index, &err), 0);
	return index;
}

static void relations_are_of_numbers_alone(void **state)
{
	(void)state;
	cleanup_campaign struct campaign campaign = {0};
	const size_t visits = covariate(&campaign, "visits", false);
	covariate(&campaign, "band", true);
	const size_t seeing = covariate(&campaign, "seeing", false);
	for (int i = 0; i < 100; i++) {
		needed_add(&campaign, "measure", 10, 5 + 2 * (i % 10), 1e9 + 1e8 * (i % 10),
		           CAMPAIGN_DONE);
		campaign.covariates[visits].values[i] = i % 10;
		campaign.covariates[seeing].values[i] = i % 7;
	}
	for (int i = 100; i < 110; i++)
		needed_add(&campaign, "isr", 10, 5, 1e9, CAMPAIGN_DONE);
	cleanup_requirements struct requirements r = needed_build(&campaign, &needed_defaults);
	assert_int_equal(r.types[0].relation_count, 0);
	assert_int_equal(r.types[1].relation_count, 4);
	assert_int_equal(r.types[2].relation_count, 0);
	const struct campaign_relation *const cpu = &r.types[1].relations[0];
	assert_int_equal(cpu->covariate, visits);
	assert_int_equal(cpu->figure, CAMPAIGN_CPU);
	needed_is_close(cpu->x_min, 0, 0);
	needed_is_close(cpu->x_max, 9, 0);
	for (size_t f = 0; f < CAMPAIGN_FITS; f++) {
		needed_is_close(cpu->fits[f].slope.value, 2, 1e-9);
		needed_is_close(cpu->fits[f].intercept.value, 5, 1e-9);
		needed_is_close(r.types[1].relations[1].fits[f].slope.value, 1e8, 1);
	}
	struct requirements_options options = needed_defaults;
	options.covariate = "seeing";
	cleanup_requirements struct requirements one = needed_build(&campaign, &options);
	assert_int_equal(one.types[1].relation_count, 2);
	assert_int_equal(one.types[1].relations[1].covariate, seeing);

	struct error err;
	struct requirements untouched;
	options.covariate = "band";
	assert_int_equal(requirements_build(&campaign, &options, &untouched, &err), -EINVAL);
	assert_string_equal(err.text, "no covariate of numbers \"band\": there are visits, seeing");
}

/* Where it is known of all tasks that are done when they started, and they are enough, what
 * stretches of time differ by counts. */
static void stretches_of_time_are_found(void **state)
{
	(void)state;
	enum { TASKS = 400 };
	cleanup_campaign struct campaign campaign = {0};
	const size_t visits = covariate(&campaign, "visits", false);
	static const char *const types[] = {"even", "drifting", "untimed", "few"};
	for (int i = 0; i < TASKS * 4; i++) {
		const int t = i % 4;
		if (t == 3 && i > TASKS)
			continue;
		/* Later tasks of drifting take twice as long. */
		const double wall = 10 + i / 4 % 10 + (t == 1 && i >= TASKS * 2 ? 20 : 0);
		needed_add(&campaign, types[t], wall, wall, 1e9, CAMPAIGN_DONE);
		campaign.tasks[campaign.task_count - 1].start_ns = (int64_t)i * 1000000000;
		campaign.covariates[visits].values[campaign.task_count - 1] = i / 4 % 10;
	}
	/* One that failed without a start does not matter, one that is done does. */
	needed_add(&campaign, "drifting", 1, 1, 1e9, CAMPAIGN_FAILED);
	needed_add(&campaign, "untimed", 11, 1, 1e9, CAMPAIGN_DONE);
	cleanup_requirements struct requirements r = needed_build(&campaign, &needed_defaults);
	assert_string_equal(r.types[0].name, "drifting");
	assert_true(r.types[0].is_in_time);
	needed_is_close(r.types[0].figures[CAMPAIGN_WALL].p50_effect, TASKS / 19.0, 0.5);
	assert_string_equal(r.types[1].name, "even");
	assert_true(r.types[1].is_in_time);
	needed_is_close(r.types[1].figures[CAMPAIGN_WALL].p50_effect, 1, 0);
	assert_false(r.types[2].is_in_time);
	assert_false(r.types[3].is_in_time);
	needed_is_close(r.types[3].figures[CAMPAIGN_WALL].p50_effect, 1, 0);
	assert_false(r.types[4].is_in_time);
}

/* ---- Odd campaigns ------------------------------------------------------------------------- */

static int64_t odd_integer(struct rng *rng)
{
	static const int64_t odd[] = {RECORD_ABSENT, INT64_MAX, INT64_MIN + 1, -1, 0, 1,
	                              1000000007};
	const uint64_t kind = rng_below(rng, 2 * ARRAY_LENGTH(odd));
	return kind < ARRAY_LENGTH(odd) ? odd[kind] : (int64_t)rng_below(rng, 10000000000);
}

static double odd_real(struct rng *rng)
{
	static const double odd[] = {NAN, INFINITY, -INFINITY, 1e308, -1e308, 5e-324, 0, 1};
	const uint64_t kind = rng_below(rng, 4 * ARRAY_LENGTH(odd));
	return kind < ARRAY_LENGTH(odd) ? odd[kind] : (double)rng_below(rng, 54);
}

static void fill_oddly(struct campaign *campaign, struct rng *rng)
{
	struct error err;
	const size_t visits = covariate(campaign, "visits", false);
	const size_t count = rng_below(rng, 60) * rng_below(rng, 60);
	const bool is_timed = rng_below(rng, 2) > 0;
	for (size_t i = 0; i < count; i++) {
		struct campaign_task task = campaign_task_empty();
		char name[8];
		snprintf(name, sizeof name, "t%d", (int)rng_below(rng, 4));
		assert_int_equal(campaign_type(campaign, name, &task.type, &err), 0);
		task.wall_ns = odd_integer(rng);
		task.cpu_ns = odd_integer(rng);
		task.max_rss_bytes = odd_integer(rng);
		task.start_ns = is_timed ? (int64_t)rng_next(rng) & INT64_MAX : odd_integer(rng);
		task.state = (uint8_t)rng_below(rng, CAMPAIGN_STATES);
		task.cores = rng_below(rng, 9) ? (uint32_t)rng_below(rng, 3) : UINT32_MAX;
		assert_int_equal(campaign_add(campaign, &task, &err), 0);
		campaign->covariates[visits].values[i] = odd_real(rng);
	}
}

/* A figure that is there, or why it is not. */
static void assert_told(const struct estimate *estimate)
{
	assert_true(estimate_has_value(estimate) || estimate->reason);
	assert_true(estimate_has_interval(estimate) || estimate->reason);
	if (estimate_has_interval(estimate))
		assert_true(isfinite(estimate->low) && estimate->low <= estimate->high);
}

static void assert_whole(const struct requirements *r)
{
	const struct campaign_type_needs *const all = &r->types[r->type_count];
	size_t attempts = 0;
	size_t binned = 0;
	for (size_t t = 0; t < r->type_count; t++) {
		attempts += r->types[t].attempts;
		for (size_t f = 0; f < r->types[t].relation_count * CAMPAIGN_FITS; f++) {
			const struct campaign_fit *const fit =
			        &r->types[t].relations[f / CAMPAIGN_FITS].fits[f % CAMPAIGN_FITS];
			assert_told(&fit->slope);
			assert_told(&fit->intercept);
			if (fit->points > 0)
				assert_true(fit->below >= 0 && fit->below <= 1);
			else
				assert_non_null(fit->reason);
		}
	}
	for (size_t b = 0; b < r->bins.count; b++)
		binned += r->bins.tasks[r->type_count * r->bins.count + b];
	assert_int_equal(attempts, r->campaign->task_count);
	assert_int_equal(binned, all->over.of);
	if (r->cumulative.count > 0)
		needed_is_close(r->cumulative.tasks[r->cumulative.count - 1], 1, 0);
}

static void odd_campaigns_are_answered(void **state)
{
	(void)state;
	for (uint64_t round = 0; round < 150; round++) {
		struct rng rng;
		struct error err;
		rng_init(&rng, 6, round);
		cleanup_campaign struct campaign first = {0};
		cleanup_campaign struct campaign new = {0};
		fill_oddly(&first, &rng);
		fill_oddly(&new, &rng);
		const struct requirements_options options = {.limit_bytes =
		                                                     round % 3 ? 6e9 : (double)NAN,
		                                             .bin_bytes = round % 4 ? 0 : 1,
		                                             .quantile = round % 5 ? 0 : 0.999};
		cleanup_requirements struct requirements a = needed_build(&first, &options);
		cleanup_requirements struct requirements b = needed_build(&new, &options);
		assert_whole(&a);
		assert_whole(&b);
		char text[600];
		requirements_words(&a, 5e9, text, sizeof text);
		requirements_words(&b, 1e30, text, sizeof text);
		const struct requirements *const both[] = {&a, &b};
		struct requirements_comparison comparison;
		assert_int_equal(requirements_compare(both, 2, &comparison, &err), 0);
		requirements_comparison_release(&comparison);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(spreads_states_and_order),
	        cmocka_unit_test(the_study_s_question),
	        cmocka_unit_test(what_a_memory_limit_ended),
	        cmocka_unit_test(memory_is_per_core),
	        cmocka_unit_test(nothing_is_known_of_memory),
	        cmocka_unit_test(bins_of_absurd_sizes_stay_few),
	        cmocka_unit_test(a_cumulative_distribution_is_thinned),
	        cmocka_unit_test(relations_are_of_numbers_alone),
	        cmocka_unit_test(stretches_of_time_are_found),
	        cmocka_unit_test(odd_campaigns_are_answered),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
