/* Timed chains: medians, what ends a measurement, what may be relied on, and that the compiler left
 * the chains in. What a clock is found to be depends on the machine: tests/cli/spin.sh. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/array.h"
#include "core/chain.h"
#include "core/clock.h"
#include "core/error.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <time.h>

static void test_medians(void **state)
{
	(void)state;
	static const struct {
		double values[6];
		size_t count;
		double median;
	} cases[] = {
	        {{7}, 1, 7},
	        {{9, 4}, 2, 6.5},
	        {{3, 1, 2}, 3, 2},
	        {{4, 1, 3, 2}, 4, 2.5},
	        {{5, 5, 5, 1e9, 5}, 5, 5},
	        {{-1, -3, 0, 8, 2, 1}, 6, 0.5},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		double values[ARRAY_LENGTH(cases[i].values)];
		memcpy(values, cases[i].values, sizeof values);
		assert_float_equal(chain_median(values, cases[i].count), cases[i].median, 0);
	}
}

static void test_refused(void **state)
{
	(void)state;
	static const struct {
		struct chain_job job;
		const char *says;
	} cases[] = {
	        {{.duration_ns = NS_PER_S, .chunk_ns = 0}, "chunk"},
	        {{.duration_ns = NS_PER_S, .chunk_ns = NS_PER_MS - 1}, "chunk"},
	        {{.duration_ns = 9 * NS_PER_S, .chunk_ns = NS_PER_S + 1}, "chunk"},
	        {{.duration_ns = CHAIN_CHUNK_NS - 1, .chunk_ns = CHAIN_CHUNK_NS}, "as long as"},
	        {{.duration_ns = -1, .chunk_ns = CHAIN_CHUNK_NS}, "as long as"},
	        {{.rounds = CHAIN_FEWEST_BITES - 1, .chunk_ns = CHAIN_CHUNK_NS}, "rounds"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct chain_result result = {.rounds = 77};
		struct error err = {""};
		assert_int_equal(chain_run(&cases[i].job, &result, &err), -EINVAL);
		assert_non_null(strstr(err.text, cases[i].says));
		assert_int_equal(result.rounds, 77);
	}
}

static void count_load(void *context)
{
	(*(int *)context)++;
}

static void check_figures(const struct chain_result *result)
{
	size_t kind_count;
	const struct chain_kind *const kinds = chain_kinds(&kind_count);
	assert_int_equal(result->chain_count, kind_count);
	assert_true(result->lost_share >= 0 && result->lost_share < 1);
	for (size_t k = 0; k < kind_count; k++) {
		const struct chain_figures *const figures = &result->chains[k];
		assert_ptr_equal(figures->kind, &kinds[k]);
		assert_true(figures->steps_per_s_p50 > 0);
		assert_true(figures->steps_per_s_max >= figures->steps_per_s_p50);
		assert_int_equal(isnan(figures->p50_hz), kinds[k].cycles == 0);
		if (kinds[k].cycles > 0)
			assert_float_equal(figures->p50_hz,
			                   figures->steps_per_s_p50 * kinds[k].cycles, 1);
	}
	if (kinds[0].cycles == 0)
		return;
	assert_float_equal(result->chains[0].cycles_found, kinds[0].cycles, 1e-9);
	double most = 0;
	for (size_t i = 0; i < result->chunk_count; i++)
		most = fmax(most, result->chunk_hz[i]);
	assert_float_equal(result->max_hz, most, 0);
	assert_float_equal(result->p50_hz, chain_median(result->chunk_hz, result->chunk_count), 0);
}

/* A fixed amount of work is exact, and the load has its turn in every round. */
static void test_rounds(void **state)
{
	(void)state;
	static const uint64_t rounds[] = {CHAIN_FEWEST_BITES, CHAIN_FEWEST_BITES + 1, 100};
	for (size_t i = 0; i < ARRAY_LENGTH(rounds); i++) {
		int loads = 0;
		const struct chain_job job = {
		        .rounds = rounds[i],
		        .chunk_ns = NS_PER_MS,
		        .load = count_load,
		        .context = &loads,
		};
		cleanup_chain_result struct chain_result result = {0};
		struct error err = {"untouched"};
		assert_int_equal(chain_run(&job, &result, &err), 0);
		assert_string_equal(err.text, "untouched");
		assert_int_equal(result.rounds, rounds[i]);
		assert_int_equal(loads, rounds[i]);
		assert_true(result.load_ns_p50 >= 0);
		assert_in_range(result.chunk_count, 1, rounds[i] / CHAIN_FEWEST_BITES);
		check_figures(&result);
	}
}

static void test_duration(void **state)
{
	(void)state;
	const struct chain_job job = {.duration_ns = 10 * NS_PER_MS, .chunk_ns = 2 * NS_PER_MS};
	cleanup_chain_result struct chain_result result = {0};
	struct error err;
	const int64_t start_ns = clock_now_ns();
	assert_int_equal(chain_run(&job, &result, &err), 0);
	assert_true(result.wall_ns >= job.duration_ns);
	assert_true(result.wall_ns <= clock_now_ns() - start_ns);
	assert_in_range(result.chunk_count, 1, 5);
	assert_true(isnan(result.load_ns_p50));
	assert_true(result.rounds >= CHAIN_FEWEST_BITES * result.chunk_count);
	check_figures(&result);
}

static struct chain_result made_up(double reference_hz, double other_hz, double disagreement)
{
	static const struct chain_kind first = {.name = "one", .cycles = 3};
	static const struct chain_kind second = {.name = "two", .cycles = 1};
	return (struct chain_result){
	        .p50_hz = reference_hz,
	        .disagreement = disagreement,
	        .chain_count = 2,
	        .chains = {{.kind = &first, .p50_hz = reference_hz},
	                   {.kind = &second, .p50_hz = other_hz}},
	};
}

static void test_check(void **state)
{
	(void)state;
	struct error err = {"untouched"};
	struct chain_result result = made_up(4e9, 4.08e9, 4.08e9 / 4e9 - 1 - 1e-12);
	assert_int_equal(chain_check(&result, &err), 0);
	result = made_up(4e9, NAN, NAN);
	assert_int_equal(chain_check(&result, &err), 0);
	assert_string_equal(err.text, "untouched");
	result = made_up(4e9, 3.9e9, fabs(3.9e9 / 4e9 - 1));
	assert_int_equal(chain_check(&result, &err), -ENOTSUP);
	assert_non_null(strstr(err.text, "one says 4.000 GHz and two 3.900 GHz, 2.5 % apart"));
	result = made_up(NAN, NAN, NAN);
	assert_int_equal(chain_check(&result, &err), -ENOTSUP);
	assert_non_null(strstr(err.text, "x86-64 and arm64 only"));
}

static double cpu_s(const struct chain_kind *kind, uint64_t steps)
{
	struct timespec start, end;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &start);
	kind->run(steps);
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &end);
	return (double)(end.tv_sec - start.tv_sec) + 1e-9 * (double)(end.tv_nsec - start.tv_nsec);
}

/* Four times the steps take four times as long: nothing was found to be superfluous. */
static void test_chains_are_run(void **state)
{
	(void)state;
	size_t kind_count;
	const struct chain_kind *const kinds = chain_kinds(&kind_count);
	for (size_t k = 0; k < kind_count; k++) {
		double once[21], four_times[ARRAY_LENGTH(once)];
		assert_int_equal(kinds[k].steps % 64, 0);
		for (size_t i = 0; i < ARRAY_LENGTH(once); i++) {
			once[i] = cpu_s(&kinds[k], 4 * kinds[k].steps);
			four_times[i] = cpu_s(&kinds[k], 16 * kinds[k].steps);
		}
		const double ratio = chain_median(four_times, ARRAY_LENGTH(once)) /
		                     chain_median(once, ARRAY_LENGTH(once));
		print_message("# %s: %.3f times as long\n", kinds[k].name, ratio);
		assert_true(ratio > 3 && ratio < 5.3);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_medians), cmocka_unit_test(test_refused),
	        cmocka_unit_test(test_rounds),  cmocka_unit_test(test_duration),
	        cmocka_unit_test(test_check),   cmocka_unit_test(test_chains_are_run),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
