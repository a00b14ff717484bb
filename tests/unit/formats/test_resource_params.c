/* The resource parameters and product sizes of gen3_workflow, well and badly formed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/array.h"
#include "core/error.h"
#include "formats/campaign/resource_params_json.h"

#include <errno.h>
#include <math.h>
#include <string.h>

static int parse(const char *text, struct resource_params *ret_params, struct problems *problems)
{
	struct error err;
	return resource_params_parse("p.json", text, strlen(text), ret_params, problems, &err);
}

static void lines_in_si(void **state)
{
	(void)state;
	cleanup_resource_params struct resource_params params = {0};
	cleanup_problems struct problems problems = {0};
	assert_int_equal(parse("{\"isr\": {\"cpu_time (m)\": [0, 2], \"maxRSS (MiB)\": [1, 512]},\n"
	                       " \"b\": {\"cpu_time(h)\": [0.5, 1]}, \"c\": {},\n"
	                       " \"d\": {\"cpu_time (s)\": [NaN, NaN], \"maxRSS (kB)\": [0, 3]}}",
	                       &params, &problems),
	                 0);
	assert_int_equal(params.count, 3);
	const struct resource_params_task *const isr = resource_params_find(&params, "isr");
	assert_non_null(isr);
	assert_true(isr->cpu_s.slope == 0 && isr->cpu_s.intercept == 120);
	assert_true(isr->max_rss_bytes.slope == 1048576);
	assert_true(isr->max_rss_bytes.intercept == 536870912);
	const struct resource_params_task *const b = resource_params_find(&params, "b");
	assert_true(b->cpu_s.slope == 1800 && b->cpu_s.intercept == 3600);
	assert_true(isnan(b->max_rss_bytes.slope) && isnan(b->max_rss_bytes.intercept));
	const struct resource_params_task *const d = resource_params_find(&params, "d");
	assert_true(isnan(d->cpu_s.slope) && d->max_rss_bytes.intercept == 3000);
	assert_null(resource_params_find(&params, "e"));
	assert_int_equal(params.remarks.count, 0);
}

/* What is GB and what is GiB shows in constants that are whole KiB. */
static void gigabytes(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		double gb_bytes;
	} cases[] = {
	        {"{\"a\": {\"maxRSS (GB)\": [0, 6.984100341796875]}}", 1073741824},
	        {"{\"a\": {\"maxRSS (GB)\": [0.01, 6.984100341796875]}}", 1e9},
	        {"{\"a\": {\"maxRSS (GB)\": [0, 2.5]}, \"b\": {\"maxRSS (GB)\": [0, 8]}}", 1e9},
	        {"{\"a\": {\"maxRSS (GB)\": [0, 2.5]}, \"b\": {\"maxRSS (GB)\": [0.1, 3]},"
	         " \"c\": {\"maxRSS (GB)\": [0, 2.5884780883789062]}}",
	         1073741824},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		cleanup_resource_params struct resource_params params = {0};
		cleanup_problems struct problems problems = {0};
		print_message("# case %zu\n", i);
		assert_int_equal(parse(cases[i].text, &params, &problems), 0);
		assert_true(params.gb_bytes == cases[i].gb_bytes);
		assert_int_equal(params.remarks.count, 1);
		const double first = i == 0 || i == 1 ? 6.984100341796875 : 2.5;
		assert_true(params.items[0].max_rss_bytes.intercept == first * cases[i].gb_bytes);
	}
}

static void bad_files(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		const char *problems[3];
	} cases[] = {
	        {"", {"p.json:1:1: JSON: "}},
	        {"{\"a\": {\"maxRSS (GB)\": [0, 2.5]}", {"p.json:1:"}},
	        {"[]", {"p.json:1:1: file: is not an object with a member per task"}},
	        {"{}", {"p.json:1:1: file: is not an object with a member per task"}},
	        {"{\"a\": {}}", {"p.json:1:1: file: is not of any use: no task has a figure"}},
	        {"{\"a\": 3}", {"p.json:1:2: a: is not an object"}},
	        {"{\"a\": {\"a\": 3}}", {"p.json:1:8: a.a: is not a list of two numbers"}},
	        {"{\"a\": {\"maxRSS (GB)\": [0, 2.5]},\n \"b\": {\"maxRSS (GB)\": [0],\n"
	         "  \"cpu_time (m)\": [\"x\", 2],\n  \"cpu_time\": [1, 2]}}",
	         {"p.json:2:8: b.maxRSS (GB): is not a list of two numbers",
	          "p.json:3:3: b.cpu_time (m): is not a list of two numbers",
	          "p.json:4:3: b.cpu_time: is no figure that is known"}},
	        /* What is wrong with a task's first figure does not leave the next without a task.
	         */
	        {"{\"a\": {\"cpu_time (s)\": [1], \"maxRSS (GB)\": [0, 2.5]}}",
	         {"p.json:1:8: a.cpu_time (s): is not a list of two numbers"}},
	        {"{\"a\": {\"maxRSS (m)\": [0, 2.5]}}", {"p.json:1:8: a.maxRSS (m): is no figure"}},
	        {"{\"a\": {\"cpu_time (m)\": [0, 2.5], \"cpu_time (s)\": [0, 2]}}",
	         {"p.json:1:34: a.cpu_time (s): cpu_time is there in another unit already"}},
	        {"{\"a\": {}, \"a\": {}}", {"p.json:1:"}},
	        {"{\"\\u001b[31m\": 1}", {"p.json:1:1: \\x1b[31m: is not an object"}},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct resource_params params = {.count = 77};
		cleanup_problems struct problems problems = {0};
		size_t wanted = 0;
		while (wanted < 3 && cases[i].problems[wanted])
			wanted++;
		print_message("# case %zu\n", i);
		assert_int_equal(parse(cases[i].text, &params, &problems), -EINVAL);
		assert_int_equal(params.count, 77);
		assert_int_equal(problems.count, wanted);
		for (size_t p = 0; p < wanted; p++) {
			print_message("# %s\n", problems.items[p].text);
			assert_int_equal(strncmp(problems.items[p].text, cases[i].problems[p],
			                         strlen(cases[i].problems[p])),
			                 0);
		}
	}
}

static void sizes(void **state)
{
	(void)state;
	static const char text[] = "{\"isr\": {\"post\\\"NaN\": [0.5, 0.25, 129]},\n"
	                           " \"drp\": {\"a\": [NaN, -Infinity, 0]}}";
	struct error err;
	cleanup_product_sizes struct product_sizes sizes = {0};
	cleanup_problems struct problems problems = {0};
	assert_int_equal(
	        product_sizes_parse("s.json", text, sizeof text - 1, &sizes, &problems, &err), 0);
	assert_int_equal(sizes.count, 2);
	assert_string_equal(sizes.items[0].type, "isr");
	assert_string_equal(sizes.items[0].dataset, "post\"NaN");
	assert_true(sizes.items[0].mean_bytes == 536870912 && sizes.items[0].count == 129);
	assert_true(sizes.items[0].sd_bytes == 268435456);
	assert_true(isnan(sizes.items[1].mean_bytes) && isnan(sizes.items[1].sd_bytes));
	static const char *const bad[] = {
	        "{\"a\": {\"b\": [1, 2]}}",
	        "{\"a\": {\"b\": [-1, 2, 3]}}",
	        "{\"a\": {\"b\": [1, 2, 2.5]}}",
	        "{\"a\": {\"b\": [1, 2, NaN]}}",
	};
	for (size_t i = 0; i < ARRAY_LENGTH(bad); i++) {
		struct product_sizes none = {.count = 77};
		problems_release(&problems);
		print_message("# case %zu\n", i);
		assert_int_equal(product_sizes_parse("s.json", bad[i], strlen(bad[i]), &none,
		                                     &problems, &err),
		                 -EINVAL);
		assert_int_equal(problems.count, 1);
		assert_int_equal(none.count, 77);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(lines_in_si),
	        cmocka_unit_test(gigabytes),
	        cmocka_unit_test(bad_files),
	        cmocka_unit_test(sizes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
