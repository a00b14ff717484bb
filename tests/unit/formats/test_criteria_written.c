/* Limits in every unit, and criteria on their way into text and JSON and back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/array.h"
#include "core/error.h"
#include "core/str.h"
#include "criteria_read.h"
#include "formats/scenario/criteria_text.h"
#include "formats/scenario/limit_text.h"
#include "formats/scenario/scenario_json.h"
#include "formats/scenario/scenario_yaml.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct {
	const char *metric;
	const char *text;
	double limit;        /* NAN: refused */
	const char *written; /* as it is written again; NULL: as read */
	bool is_ratio;
} limits[] = {
        {"frequency", "2.0 GHz", 2e9, "2 GHz", false},
        {"frequency", "2450MHz", 2.45e9, "2.45 GHz", false},
        {"frequency", "2.0", NAN, NULL, false},
        {"frequency", "0", 0, "0 Hz", false},
        {"wall", "30 s", 30, NULL, false},
        {"wall", "1.5h", 5400, "5400 s", false},
        {"wall", "20ms", 0.02, "20 ms", false},
        {"wall", "30", NAN, NULL, false},
        {"wall", "-1 s", NAN, NULL, false},
        {"off_cpu", "-1 s", -1, NULL, false},
        {"max_rss", "2.6 GB", 2.6e9, NULL, false},
        {"max_rss", "512 MiB", 536870912, "536.870912 MB", false},
        {"max_rss", "2.6 gb", NAN, NULL, false},
        {"throughput", "120 /h", 120 / 3600.0, "0.03333333333333333 /s", false},
        {"throughput", "2.5", 2.5, "2.5 /s", false},
        {"throughput", "6/min", 0.1, "0.1 /s", false},
        {"throughput", "3.5260000000000002 /s", 3.526, "3.526 /s", false},
        {"throughput", "2 per s", NAN, NULL, false},
        {"efficiency", "95%", 0.95, "0.95", false},
        {"efficiency", "0.95", 0.95, NULL, false},
        {"efficiency", "7 %", 0.07, "0.07", false},
        {"efficiency", "95", NAN, NULL, false},
        {"efficiency", "0,95", NAN, NULL, false},
        {"degradation", "2.2", 2.2, NULL, false},
        {"degradation", "220%", NAN, NULL, false},
        {"core_spread", "1.10", 1.1, "1.1", false},
        {"core_spread", "0.1", NAN, NULL, false},
        {"core_spread", "0.1", 0.1, NULL, true},
        {"energy_per_task", "850 J", 850, NULL, false},
        {"energy_per_task", "0.5 Wh", 1800, "1.8 kJ", false},
        {"power", "1.2 kW", 1200, NULL, false},
        {"temperature", "85 C", 85, NULL, false},
        {"temperature", "85°C", 85, "85 C", false},
        {"temperature", "-5 C", -5, NULL, false},
        {"failures", "0", 0, NULL, false},
        {"failures", "0 tasks", NAN, NULL, false},
        {"failure_share", "0.1%", 0.001, "0.001", false},
        {"counter.page-faults", "1e6", 1e6, "1000000", false},
        {"figure.frequency_hz_p50", "3.2 GHz", 3.2e9, "3200000000", false},
        {"figure.frequency_hz_p50", "3.2e9", 3.2e9, "3200000000", false},
        {"figure.frequency_hz_p50", "3 GB", NAN, NULL, false},
        {"figure.setup_s", "2 min", 120, "120", false},
        {"figure.setup_s", "2 s", 2, "2", false},
        {"figure.quality", "0.7", 0.7, NULL, false},
        {"figure.quality", "0.7 m", NAN, NULL, false},
        {"throughput", "0.95", 0.95, NULL, true},
        {"throughput", "95%", 0.95, "0.95", true},
        {"throughput", "2 /s", NAN, NULL, true},
        {"throughput", "95", NAN, NULL, true},
        {"throughput", "-5%", NAN, NULL, true},
        {"frequency", "2 GHz", NAN, NULL, true},
        {"wall", "", NAN, NULL, false},
        {"wall", "s", NAN, NULL, false},
        {"wall", "1 s 2 s", NAN, NULL, false},
        {"wall", "1e400 s", NAN, NULL, false},
        {"wall", "nan", NAN, NULL, false},
        {"degradation", "0x10", NAN, NULL, false},
        {"wall", "11111111111111111111111111111111111111111111111111 s", NAN, NULL, false},
};

static void test_limits(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(limits); i++) {
		const char *detail;
		struct limit_of of = {measure_find(limits[i].metric, &detail), NULL,
		                      limits[i].is_ratio};
		of.detail = *detail ? detail : NULL;
		double limit = 77;
		struct error err = {""};
		print_message("# %s %s\n", limits[i].metric, limits[i].text);
		const int r = limit_text_parse(limits[i].text, &of, &limit, &err);
		if (isnan(limits[i].limit)) {
			assert_int_equal(r, -EINVAL);
			assert_true(limit == 77);
			assert_true(err.text[0] != '\0');
			continue;
		}
		assert_int_equal(r, 0);
		assert_true(fabs(limit - limits[i].limit) <= 1e-12 * fabs(limits[i].limit));
		char text[LIMIT_TEXT_BYTES];
		double again = 77;
		limit_text_write(limit, &of, text);
		assert_string_equal(text, limits[i].written ? limits[i].written : limits[i].text);
		assert_int_equal(limit_text_parse(text, &of, &again, &err), 0);
		assert_true(fabs(again - limit) <= 1e-15 * fabs(limit));
	}
}

/* Every number of a few thousand, from very small to very large, comes back. */
static void test_limits_come_back(void **state)
{
	(void)state;
	static const enum measure_id ids[] = {
	        MEASURE_FREQUENCY, MEASURE_WALL,       MEASURE_MAX_RSS, MEASURE_THROUGHPUT,
	        MEASURE_ENERGY,    MEASURE_EFFICIENCY, MEASURE_SLOWDOWN};
	for (size_t i = 0; i < ARRAY_LENGTH(ids); i++) {
		const struct limit_of of = {ids[i], NULL, false};
		for (int k = 1; k < 500; k++) {
			const bool is_whole = ids[i] == MEASURE_FREQUENCY;
			const bool is_share = ids[i] == MEASURE_EFFICIENCY;
			const double limit =
			        is_share ? k / 170.0 : exp(k / 20.0) * (is_whole ? 1e6 : 1e-6);
			char text[LIMIT_TEXT_BYTES];
			double again = NAN;
			struct error err;
			limit_text_write(limit, &of, text);
			assert_int_equal(limit_text_parse(text, &of, &again, &err), 0);
			assert_true(fabs(again - limit) <= 1e-15 * fabs(limit));
		}
	}
}

static const char many[] =
        "made_from: {command: \"sh -c 'a\\n\\tb'\", processor: 'AMD EPYC: 64 # cores',\n"
        "   scenario: night}\n"
        "max_repeats: 10\n"
        "criteria:\n"
        "  - {metric: wall, name: 'the \"tail\": C:\\\\ # ü', level: [50%, 8-64/8, cores],\n"
        "     policy: 'map:0,2,4-6', quantile: 95%, at_most: 30 s, where_absent: skip}\n"
        "  - {metric: frequency, level: cores, at_least: 2.0 GHz, sources: [cycles, msr]}\n"
        "  - {metric: frequency, at_least: 2.0 GHz, sources: chain}\n"
        "  - {metric: max_rss, statistic: max, at_most: 2.6 GB}\n"
        "  - {metric: user, statistic: median, at_most: 2 s}\n"
        "  - {metric: user, statistic: p99.9, at_least: 0}\n"
        "  - {metric: throughput, reference: [a.db, 'good nodes/*.db', \"null\"], margin: 5%}\n"
        "  - {metric: throughput, reference: /good/a.db, at_least: 0.97}\n"
        "  - {metric: throughput, at_least: 120 /h}\n"
        "  - {metric: counter.page-faults, at_most: 12345.678}\n"
        "  - {metric: figure.images_per_s_p50, at_least: 0.3333333333333333}\n"
        "  - {metric: failures, at_most: 0, name: \"~\"}\n";

/* The effective scenario with these criteria, without what depends on where they stand. */
static char *json_of(struct criteria *criteria)
{
	struct scenario s;
	struct problems problems = {0};
	struct error err;
	char *json = NULL;
	assert_int_equal(scenario_yaml_parse("x", CRITERIA_READ_HEAD, sizeof CRITERIA_READ_HEAD - 1,
	                                     &s, &problems, &err),
	                 0);
	for (size_t i = 0; i < criteria->count; i++)
		criteria->items[i].line = 0;
	s.accept = *criteria;
	s.accept.folder = NULL;
	assert_int_equal(scenario_json_write(&s, &json, &err), 0);
	s.accept = (struct criteria){0};
	scenario_release(&s);
	return json;
}

static void test_text_round_trip(void **state)
{
	(void)state;
	static const char beginning[] =
	        "# From 5 runs of node ?[31mone??.\n"
	        "# A sentence that is so long that it has to be broken between two of "
	        "its words, which is done at\n# the last blank before the end.\n"
	        "made_from:\n  command: \"sh -c 'a\\u000a\\u0009b'\"\n"
	        "  processor: \"AMD EPYC: 64 # cores\"\n  scenario: night\n"
	        "max_repeats: 10\ncriteria:\n  - metric: wall\n"
	        "    name: \"the \\\"tail\\\": C:\\\\\\\\ # \xc3\xbc\"\n"
	        "    level: [50%, 8-64/8, cores]\n"
	        "    policy: \"map:0,2,4-6\"\n    quantile: 95%\n    at_most: 30 s\n"
	        "    where_absent: skip\n";
	struct criteria first;
	struct criteria second;
	struct error err;
	char *text = NULL;
	char *again = NULL;
	struct words notes = {0};
	assert_int_equal(words_add(&notes, "From 5 runs of node \x1b[31mone\n\xff.", &err), 0);
	assert_int_equal(
	        words_add(&notes,
	                  "A sentence that is so long that it has to be broken between two "
	                  "of its words, which is done at the last blank before the end.",
	                  &err),
	        0);
	criteria_read(many, &first);
	assert_int_equal(criteria_text_write(&first, &notes, &text, &err), 0);
	assert_memory_equal(text, beginning, sizeof beginning - 1);
	criteria_read(text, &second);
	char *const json = json_of(&first);
	char *const json_again = json_of(&second);
	assert_string_equal(json, json_again);
	assert_int_equal(criteria_text_write(&second, &notes, &again, &err), 0);
	assert_string_equal(text, again);
	free(text);
	free(again);
	free(json);
	free(json_again);
	words_release(&notes);
	criteria_release(&first);
	criteria_release(&second);
}

static void test_text_of_odd_names(void **state)
{
	(void)state;
	static const char *const names[] = {
	        "\x1b[2J",         "a\nb: c", "- x", "?", "{a}", "*a",
	        "\xe2\x80\xae.db", "~",       "12",  " ", "'",   "true"};
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
		struct criteria c;
		struct criteria again;
		struct error err;
		char *text = NULL;
		criteria_read("criteria: [{metric: wall, margin: 5%, reference: a}]\n", &c);
		words_release(&c.items[0].references);
		assert_int_equal(words_add(&c.items[0].references, names[i], &err), 0);
		assert_int_equal(criteria_text_write(&c, NULL, &text, &err), 0);
		assert_null(strchr(text, '\x1b'));
		assert_null(strstr(text, "\xe2\x80\xae"));
		criteria_read(text, &again);
		assert_string_equal(again.items[0].references.items[0], names[i]);
		free(text);
		criteria_release(&c);
		criteria_release(&again);
	}
	struct criteria c;
	struct error err = {""};
	char *text = NULL;
	criteria_read("criteria: [{metric: wall, margin: 5%, reference: a}]\n", &c);
	assert_int_equal(words_add(&c.items[0].references, "\xff", &err), 0);
	assert_int_equal(criteria_text_write(&c, NULL, &text, &err), -EINVAL);
	assert_null(text);
	criteria_release(&c);
}

/* A run that is resumed is judged by what it was begun with. */
static void test_json_round_trip(void **state)
{
	(void)state;
	char text[sizeof CRITERIA_READ_HEAD + 2 * sizeof many];
	struct scenario s;
	struct scenario again;
	struct problems problems = {0};
	struct error err = {""};
	char *json = NULL;
	size_t length =
	        (size_t)snprintf(text, sizeof text,
	                         "%splacement: {policy: 'map:0,2,4-6'}\n"
	                         "task: {command: [a], figures: {names: [images_per_s_p50]}}\n"
	                         "accept:\n  ",
	                         "name: x\nsweep: {levels: [1]}\n");
	for (const char *p = many; *p; p++) {
		text[length++] = *p;
		if (*p == '\n' && p[1])
			length += (size_t)snprintf(text + length, sizeof text - length, "  ");
	}
	const int r = scenario_yaml_parse("/x.yaml", text, length, &s, &problems, &err);
	for (size_t i = 0; i < problems.count; i++)
		print_message("# %s\n", problems.items[i].text);
	assert_int_equal(r, 0);
	assert_int_equal(s.accept.count, 12);
	assert_int_equal(scenario_json_write(&s, &json, &err), 0);
	assert_int_equal(scenario_json_read(json, &again, &err), 0);
	assert_string_equal(again.accept.folder, "/");
	assert_int_equal(again.accept.max_repeats, 10);
	assert_string_equal(again.accept.origin.command, "sh -c 'a\n\tb'");
	assert_string_equal(again.accept.origin.processor, "AMD EPYC: 64 # cores");
	assert_string_equal(again.accept.origin.scenario, "night");
	for (size_t i = 0; i < s.accept.count; i++) {
		const struct criterion *const a = &s.accept.items[i];
		const struct criterion *const b = &again.accept.items[i];
		assert_int_equal(a->measure, b->measure);
		assert_int_equal(a->statistic, b->statistic);
		assert_int_equal(a->bound, b->bound);
		assert_true(fabs(a->limit - b->limit) <= 1e-14 * fabs(a->limit));
		assert_true(isnan(a->margin) == isnan(b->margin));
		assert_int_equal(a->sources, b->sources);
		assert_int_equal(a->where_absent, b->where_absent);
		assert_int_equal(a->line, b->line);
		assert_int_equal(a->levels.count, b->levels.count);
		assert_int_equal(a->references.count, b->references.count);
		assert_int_equal(a->detail != NULL, b->detail != NULL);
	}
	free(json);
	scenario_release(&s);
	scenario_release(&again);
}

/* The text in a result may come from anybody. */
static void test_json_of_others(void **state)
{
	(void)state;
	static const char head[] = "{\"name\":\"x\",\"task\":{\"type\":\"t\",\"command\":[\"a\"]},"
	                           "\"sweep\":{\"levels\":[\"1\"]},\"accept\":";
	static const char good[] =
	        "{\"metric\":\"wall\",\"name\":null,\"level\":[],\"policy\":null,\"quantile\":null,"
	        "\"bound\":\"at_most\",\"limit\":3.0,\"margin\":null,\"reference\":[],"
	        "\"sources\":[],\"where_absent\":\"skip\",\"line\":1";
	static const struct {
		const char *accept; /* %s: what is good */
		int expected;
	} cases[] = {
	        {"null", 0},
	        {"{\"criteria\":[%s}]}", 0},
	        {"{\"criteria\":[%s}],\"max_repeats\":3}", 0},
	        {"{\"criteria\":[%s,\"more\":1}]}", -EINVAL},
	        {"{\"criteria\":[%s}],\"more\":3}", -EINVAL},
	        {"{\"criteria\":[%s}],\"max_repeats\":2.5}", -EINVAL},
	        {"{\"criteria\":[%s}],\"max_repeats\":-1}", -EINVAL},
	        {"{\"criteria\":[%s}],\"made_from\":{\"command\":\"a\",\"processor\":null,"
	         "\"scenario\":null}}",
	         0},
	        {"{\"criteria\":[%s}],\"made_from\":3}", -EINVAL},
	        {"{\"criteria\":[%s}],\"made_from\":{\"command\":3}}", -EINVAL},
	        {"{\"criteria\":[%s}],\"made_from\":{\"command\":\"a\",\"more\":\"b\"}}", -EINVAL},
	        {"{\"criteria\":{}}", -EINVAL},
	        {"{\"criteria\":[3]}", -EINVAL},
	        {"{\"criteria\":[{\"metric\":\"nothing\"}]}", -EINVAL},
	        {"[]", -EINVAL},
	        {"3", -EINVAL},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct scenario s;
		struct error err = {""};
		struct str json = {0};
		const char *const hole = strstr(cases[i].accept, "%s");
		str_add(&json, head);
		if (hole) {
			str_add_bytes(&json, cases[i].accept, (size_t)(hole - cases[i].accept));
			str_add(&json, good);
			str_add(&json, hole + 2);
		} else {
			str_add(&json, cases[i].accept);
		}
		str_add(&json, "}");
		print_message("# %s\n", str_text(&json));
		assert_int_equal(scenario_json_read(str_text(&json), &s, &err), cases[i].expected);
		if (cases[i].expected == 0)
			scenario_release(&s);
		str_release(&json);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_limits),          cmocka_unit_test(test_limits_come_back),
	        cmocka_unit_test(test_text_round_trip), cmocka_unit_test(test_text_of_odd_names),
	        cmocka_unit_test(test_json_round_trip), cmocka_unit_test(test_json_of_others),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
