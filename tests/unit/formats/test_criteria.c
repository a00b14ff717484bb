/* Criteria: statistics, references and their folder, files of their own and scenarios as such. What
 * is wrong with files is in tests/scenarios/broken. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/array.h"
#include "core/error.h"
#include "core/file.h"
#include "core/str.h"
#include "criteria_read.h"
#include "formats/scenario/criteria_yaml.h"
#include "formats/scenario/limit_text.h"
#include "model/frequency.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Expects exactly this one problem. */
static void refuse(const char *text, const char *expected)
{
	struct criteria criteria;
	memset(&criteria, 0x5a, sizeof criteria);
	const struct criteria before = criteria;
	struct problems problems = {0};
	struct error err = {""};
	assert_int_equal(criteria_parse("x.yaml", text, strlen(text), &criteria, &problems, &err),
	                 -EINVAL);
	assert_memory_equal(&criteria, &before, sizeof criteria);
	assert_int_equal(problems.count, 1);
	assert_string_equal(problems.items[0].text, expected);
	assert_string_equal(err.text, "x.yaml has 1 problem");
	problems_release(&problems);
}

static void test_values(void **state)
{
	(void)state;
	struct criteria c;
	criteria_read(
	        "max_repeats: 12\n"
	        "criteria:\n"
	        "  - {metric: wall, name: the tail, level: [50%, cores], policy: scatter,\n"
	        "     statistic: p95, at_most: 30 s, where_absent: skip}\n"
	        "  - {metric: frequency, at_least: 2 GHz, sources: [msr, cycles]}\n"
	        "  - {metric: counter.LLC-load-misses, reference: [a.db, /b/*.db], at_most: 105%}\n"
	        "  - {reference: a.db, margin: 5%, metric: throughput}\n"
	        "  - {reference: a.db, margin: 20%, metric: core_spread}\n"
	        "  - {metric: failures, at_most: 0}\n",
	        &c);
	assert_int_equal(c.max_repeats, 12);
	assert_int_equal(c.count, 6);
	assert_string_equal(c.items[0].spelling, "wall");
	assert_string_equal(c.items[0].label, "the tail");
	assert_int_equal(c.items[0].measure, MEASURE_WALL);
	assert_int_equal(c.items[0].levels.count, 2);
	assert_string_equal(c.items[0].policy, "spread");
	assert_int_equal(c.items[0].statistic, STATISTIC_QUANTILE);
	assert_true(c.items[0].quantile == 0.95);
	assert_int_equal(c.items[0].bound, BOUND_AT_MOST);
	assert_true(c.items[0].limit == 30);
	assert_true(isnan(c.items[0].margin));
	assert_int_equal(c.items[0].where_absent, ABSENCE_SKIP);
	assert_int_equal(c.items[0].line, 3);
	assert_null(c.items[1].label);
	assert_int_equal(c.items[1].sources, 1u << FREQUENCY_MSR | 1u << FREQUENCY_CYCLES);
	assert_int_equal(c.items[1].levels.count, 0);
	assert_int_equal(c.items[1].where_absent, ABSENCE_INCONCLUSIVE);
	assert_int_equal(c.items[1].line, 5);
	assert_int_equal(c.items[2].measure, MEASURE_COUNTER);
	assert_string_equal(c.items[2].detail, "LLC-load-misses");
	assert_int_equal(c.items[2].references.count, 2);
	assert_true(c.items[2].limit == 1.05);
	assert_int_equal(c.items[3].bound, BOUND_AT_LEAST);
	assert_true(c.items[3].limit == 0.95);
	assert_true(c.items[3].margin == 0.05);
	assert_int_equal(c.items[4].bound, BOUND_AT_MOST);
	assert_true(c.items[4].limit == 1.2);
	assert_int_equal(c.items[5].measure, MEASURE_FAILURES);
	assert_null(c.items[5].policy);
	criteria_release(&c);
}

static void test_statistics(void **state)
{
	(void)state;
	static const struct {
		const char *keys;
		double quantile; /* NAN: the mean */
	} cases[] = {
	        {"statistic: mean", NAN},   {"statistic: median", 0.5}, {"statistic: max", 1},
	        {"statistic: min", 0},      {"statistic: p0", 0},       {"statistic: p100", 1},
	        {"statistic: p99.9", .999}, {"quantile: 95%", 0.95},    {"quantile: 0.25", 0.25},
	        {"quantile: 100%", 1},      {"name: of the mean", NAN},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		char text[160];
		struct criteria c;
		snprintf(text, sizeof text, "criteria: [{metric: user, %s, at_most: 3 s}]\n",
		         cases[i].keys);
		criteria_read(text, &c);
		const bool is_mean = isnan(cases[i].quantile);
		assert_int_equal(c.items[0].statistic,
		                 is_mean ? STATISTIC_MEAN : STATISTIC_QUANTILE);
		if (!is_mean)
			assert_true(fabs(c.items[0].quantile - cases[i].quantile) < 1e-12);
		criteria_release(&c);
	}
}

/* Every metric of the table can be asked for, and is found by its own name. */
static void test_every_metric(void **state)
{
	(void)state;
	static const char *const units[MEASURE_UNITS] = {
	        [MEASURE_PLAIN] = "2",     [MEASURE_SHARE] = "50%",  [MEASURE_PER_SECOND] = "2/s",
	        [MEASURE_SECONDS] = "2 s", [MEASURE_BYTES] = "2 GB", [MEASURE_HERTZ] = "2 GHz",
	        [MEASURE_JOULES] = "2 J",  [MEASURE_WATTS] = "2 W",  [MEASURE_CELSIUS] = "2 C",
	        [MEASURE_AS_NAMED] = "2",
	};
	for (size_t i = 0; i < MEASURES; i++) {
		char text[160];
		struct criteria c;
		const bool has_detail = measures[i].name[strlen(measures[i].name) - 1] == '.';
		snprintf(text, sizeof text, "criteria: [{metric: %s%s, at_most: %s}]\n",
		         measures[i].name, has_detail ? "x" : "", units[measures[i].unit]);
		criteria_read(text, &c);
		assert_int_equal(c.items[0].measure, i);
		assert_int_equal(c.items[0].detail != NULL, has_detail);
		criteria_release(&c);
	}
}

static void test_folder(void **state)
{
	(void)state;
	static const char relative[] =
	        "criteria: [{metric: wall, margin: 5%, reference: good/*.db}]\n";
	char here[4096];
	struct criteria c;
	assert_non_null(getcwd(here, sizeof here));
	criteria_read_as("x.yaml", relative, &c);
	assert_string_equal(c.folder, here);
	criteria_release(&c);
	criteria_read_as("/usr/../x.yaml", relative, &c);
	assert_string_equal(c.folder, "/");
	criteria_release(&c);
	criteria_read_as("/x.yaml", relative, &c);
	assert_string_equal(c.folder, "/");
	criteria_release(&c);
	criteria_read_as("no/such/x.yaml", relative, &c);
	assert_string_equal(c.folder, "no/such/");
	criteria_release(&c);
	criteria_read("criteria: [{metric: wall, at_most: 3 s}]\n", &c);
	assert_null(c.folder);
	criteria_release(&c);
}

static void test_scenarios_serve(void **state)
{
	(void)state;
	struct criteria c;
	char text[256];
	snprintf(text, sizeof text, "%saccept: {criteria: [{metric: wall, at_most: 3 s}]}\n",
	         CRITERIA_READ_HEAD);
	criteria_read(text, &c);
	assert_int_equal(c.count, 1);
	assert_int_equal(c.items[0].line, 4);
	criteria_release(&c);
	refuse(CRITERIA_READ_HEAD,
	       "x.yaml:1:1: accept: missing: this scenario asks nothing of a node; write for "
	       "example accept: {criteria: [{metric: failures, at_most: 0}]}");
	refuse("", "x.yaml:1:1: criteria: the file is empty; begin with criteria: [{metric: "
	           "failures, at_most: 0}]");
	refuse("- 1\n", "x.yaml:1:1: criteria: keys are expected here, not a list; begin with "
	                "criteria: [{metric: failures, at_most: 0}]");
	refuse("max_repeats: 3\n", "x.yaml:1:1: criteria: missing; write for example criteria: "
	                           "[{metric: failures, at_most: 0}]");
}

static void test_load(void **state)
{
	(void)state;
	char path[] = "/tmp/plateau-criteria.XXXXXX";
	static const char text[] = "criteria: [{metric: wall, margin: 5%, reference: a.db}]\n";
	struct criteria c;
	struct problems problems = {0};
	struct error err;
	const int fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, sizeof text - 1), sizeof text - 1);
	assert_int_equal(criteria_load(path, &c, &problems, &err), 0);
	assert_string_equal(c.folder, "/tmp");
	criteria_release(&c);
	assert_int_equal(ftruncate(fd, CRITERIA_MAX_BYTES + 1), 0);
	assert_int_equal(criteria_load(path, &c, &problems, &err), -EINVAL);
	assert_int_equal(problems.count, 1);
	problems_release(&problems);
	close(fd);
	unlink(path);
	assert_int_equal(criteria_load(path, &c, &problems, &err), -ENOENT);
	assert_non_null(strstr(err.text, path));
}

/* The example of the section Criteria is a scenario's accept as it stands there. */
static void check_example(const char *document)
{
	struct str text = {0};
	struct criteria c;
	const char *const section = strstr(document, "\n## Criteria\n");
	assert_non_null(section);
	const char *const fence = strstr(section, "```yaml\n");
	assert_non_null(fence);
	const char *const begin = fence + strlen("```yaml\n");
	str_add(&text, CRITERIA_READ_HEAD);
	str_add_bytes(&text, begin, (size_t)(strstr(begin, "```") - begin));
	criteria_read(str_text(&text), &c);
	assert_int_equal(c.count, 5);
	criteria_release(&c);
	str_release(&text);
}

/* docs/scenario.md lists what the table of measures has. */
static void test_documentation(void **state)
{
	(void)state;
	const char *const folder = getenv("top_srcdir");
	struct error err = {""};
	char *path = NULL;
	char *document = NULL;
	size_t bytes = 0;
	assert_int_equal(file_join(folder ? folder : ".", "docs/scenario.md", &path, &err), 0);
	assert_int_equal(file_read(path, 1 << 20, &document, &bytes, &err), 0);
	for (size_t i = 0; i < MEASURES; i++) {
		const char *const name = measures[i].name;
		char row[512];
		snprintf(row, sizeof row, "| `%s%s` | %s | %s | %s |\n", name,
		         name[strlen(name) - 1] == '.' ? "NAME" : "",
		         limit_text_example((enum measure_id)i),
		         measures[i].nature == NATURE_TASKS ? "yes" : "", measures[i].help);
		if (!strstr(document, row))
			print_message("# docs/scenario.md has no such row: %s", row);
		assert_non_null(strstr(document, row));
	}
	check_example(document);
	free(document);
	free(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_values),          cmocka_unit_test(test_statistics),
	        cmocka_unit_test(test_every_metric),    cmocka_unit_test(test_folder),
	        cmocka_unit_test(test_scenarios_serve), cmocka_unit_test(test_load),
	        cmocka_unit_test(test_documentation),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
