/* The effective scenario as JSON: canonical, and the same when it is read again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/error.h"
#include "formats/scenario/scenario_json.h"
#include "scenario_read.h"
#include "valid_scenario.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void test_json(void **state)
{
	(void)state;
	struct scenario s;
	scenario_read(valid_scenario, &s);
	char folder[4096];
	assert_non_null(getcwd(folder, sizeof folder));
	char expected[8192];
	const int length = snprintf(
	        expected, sizeof expected,
	        "{\"name\":\"isr-occupancy\",\"task\":{\"type\":\"isr\",\"command\":[\"plateau-"
	        "isr\","
	        "\"{input}\",\"{workdir}/post.fits\",\"\"],\"inputs\":{\"kind\":\"generate\","
	        "\"words\":[\"plateau-isr\",\"--synthesize\",\"{count}\",\"{dir}\"],\"count\":8},"
	        "\"environment\":{\"A_SLOT\":\"{slot}\",\"OMP_NUM_THREADS\":\"2\"},\"threads\":2,"
	        "\"timeout_s\":300.0,\"memory_bytes\":2600000000,"
	        "\"memory_limit_bytes\":null,\"keep\":\"all\",\"phases\":{\"format\":"
	        "\"pattern\",\"stream\":\"file\",\"file\":\"log-{index}.txt\",\"compute\":"
	        "[\"my.work.*\"],\"datastore\":[\"reading *\",\"my.disk\"],\"pattern\":"
	        "\"^([0-9.]+) ([a-z]+) (.*)$\",\"fields\":[\"time\",\"-\",\"message\"],"
	        "\"time_format\":\"%%s.%%f\",\"time_zone\":\"utc\"},"
	        "\"figures\":{\"stream\":\"file\",\"file\":\"figures-{index}\",\"names\":"
	        "[\"images_per_s\",\"a.b-c\"]}},"
	        "\"sweep\":{\"levels\":[\"1\",\"2\",\"4\",\"8-64/8\",\"50%%\",\"cores\",\"pus\"],"
	        "\"repeats\":7,\"warmup\":{\"tasks\":2.0,\"at_least_s\":1.0},"
	        "\"measured\":{\"tasks\":2.5,\"at_least_s\":0.0},\"order\":\"ascending\","
	        "\"start\":\"together\",\"filler\":\"finish\",\"baseline\":2,\"budget_s\":1800.0},"
	        "\"placement\":{\"policy\":[\"spread\",\"map:0,2,4-6\"],\"unit\":\"l3\","
	        "\"smt\":\"first\",\"memory\":\"interleave\"},"
	        "\"counters\":{\"events\":[\"cycles\",\"task-clock\"],\"overflow\":\"multiplex\"},"
	        "\"preflight\":{\"warn\":{\"load\":0.02,\"psi\":0.02,\"steal\":0.02},"
	        "\"refuse\":{\"load\":null,\"psi\":null,\"steal\":null}},"
	        "\"sampling\":{\"interval_s\":0.25,\"memory_interval_s\":0.05,"
	        "\"memory_group\":\"never\"},"
	        "\"seed\":9223372036854775807,"
	        "\"accept\":{\"max_repeats\":9,\"folder\":\"%s\",\"criteria\":["
	        "{\"metric\":\"wall\",\"name\":\"the tail\",\"level\":[\"50%%\",\"cores\"],"
	        "\"policy\":\"spread\",\"quantile\":0.95,\"bound\":\"at_most\","
	        "\"limit\":30.0,\"margin\":null,\"reference\":[],\"sources\":[],"
	        "\"where_absent\":\"inconclusive\",\"line\":39},"
	        "{\"metric\":\"figure.images_per_s\",\"name\":null,\"level\":[],"
	        "\"policy\":null,\"quantile\":null,\"bound\":\"at_least\","
	        "\"limit\":0.95,\"margin\":null,\"reference\":[\"good/*.db\"],"
	        "\"sources\":[],\"where_absent\":\"skip\",\"line\":42},"
	        "{\"metric\":\"throughput\",\"name\":null,\"level\":[],"
	        "\"policy\":null,\"quantile\":null,\"bound\":\"at_least\","
	        "\"limit\":0.95,\"margin\":0.05,\"reference\":[\"a.db\",\"/b.db\"],"
	        "\"sources\":[],\"where_absent\":\"inconclusive\",\"line\":43},"
	        "{\"metric\":\"frequency\",\"name\":null,\"level\":[],"
	        "\"policy\":null,\"quantile\":null,\"bound\":\"at_least\","
	        "\"limit\":2000000000.0,\"margin\":null,\"reference\":[],"
	        "\"sources\":[\"cycles\",\"msr\"],\"where_absent\":\"inconclusive\","
	        "\"line\":44}]}}",
	        folder);
	assert_true(length > 0);
	char *const json = scenario_read_json(&s);
	assert_string_equal(json, expected);
	free(json);
	scenario_release(&s);
}

/* The same scenario written otherwise has the same JSON, and what is absent is null. */
static void test_json_is_canonical(void **state)
{
	(void)state;
	static const char *const spellings[] = {
	        "name: x\ntask: {command: [a], environment: {B: 1, A: 2}}\nsweep: {levels: [1]}\n",
	        "sweep:\n  levels: 1\n  warmup: {tasks: 1}\ntask:\n  environment:\n    A: '2'\n"
	        "    B: \"1\"\n  command:\n  - a\n  threads: 1\nname: x # the same\n",
	};
	char *json[2];
	for (size_t i = 0; i < 2; i++) {
		struct scenario s;
		scenario_read(spellings[i], &s);
		json[i] = scenario_read_json(&s);
		scenario_release(&s);
	}
	assert_string_equal(json[0], json[1]);
	assert_non_null(strstr(json[0], "\"timeout_s\":null"));
	assert_non_null(strstr(json[0], "\"memory_bytes\":null"));
	assert_non_null(strstr(json[0], "\"inputs\":null"));
	assert_non_null(strstr(json[0], "\"baseline\":null"));
	assert_non_null(strstr(json[0], "\"seed\":null"));
	free(json[0]);
	free(json[1]);
}

/* A command line may hold bytes that JSON cannot. */
static void test_json_not_utf8(void **state)
{
	(void)state;
	struct scenario s;
	struct error err = {""};
	scenario_read("name: x\ntask: {command: [a]}\nsweep: {levels: 1}\n", &s);
	assert_int_equal(words_add(&s.task.command, "\xff", &err), 0);
	char *json = NULL;
	assert_int_equal(scenario_json_write(&s, &json, &err), -EINVAL);
	assert_null(json);
	assert_non_null(strstr(err.text, "task.command"));
	scenario_release(&s);
}

/* What was written can be read, and says the same when it is written again. */
static void test_json_round_trip(void **state)
{
	(void)state;
	static const char *const texts[] = {
	        valid_scenario,
	        "name: x\ntask: {command: [a]}\nsweep: {levels: 1}\n",
	        "name: x\ntask: {command: [a, '{input}'], inputs: [b, \"c \\x01\\u2028\\x7f\"]}\n"
	        "sweep: {levels: 33.3%}\ncounters: {events: []}\nseed: 0\n",
	        "name: x\ntask: {command: [a, '{input}'], inputs: '*.fits', timeout: "
	        "1.000000001s}\n"
	        "sweep: {levels: 1, warmup: 0}\nplacement: {policy: ['plane:4', none]}\n",
	};
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		struct scenario s;
		struct scenario again;
		struct error err = {""};
		scenario_read(texts[i], &s);
		char *const json = scenario_read_json(&s);
		if (scenario_json_read(json, &again, &err) < 0)
			fail_msg("%s", err.text);
		char *const json_again = scenario_read_json(&again);
		assert_string_equal(json, json_again);
		assert_int_equal(again.task.timeout_ns, s.task.timeout_ns);
		assert_int_equal(again.placement.policies.items[0].policy,
		                 s.placement.policies.items[0].policy);
		free(json);
		free(json_again);
		scenario_release(&s);
		scenario_release(&again);
	}
}

/* A key that is younger than the text has its default; one that is not known is refused. */
static void test_json_of_other_versions(void **state)
{
	(void)state;
	struct error err = {""};
	struct scenario s;
	assert_int_equal(scenario_json_read("{\"name\":\"x\",\"task\":{\"type\":\"t\",\"command\":"
	                                    "[\"a\"]},\"sweep\":{\"levels\":[\"1\"]}}",
	                                    &s, &err),
	                 0);
	assert_int_equal(s.sweep.repeats, 5);
	assert_int_equal(s.task.memory_bytes, -1);
	assert_int_equal(s.events.count, 7);
	assert_int_equal(s.overflow, OVERFLOW_ROTATE);
	scenario_release(&s);
	static const char *const refused[][2] = {
	        {"", "JSON"},
	        {"[]", "object"},
	        {"{}", "complete"},
	        {"{\"name\":1}", "name"},
	        {"{\"name\":\"x\",\"task\":{\"type\":\"t\",\"command\":[\"a\"],\"magic\":1},"
	         "\"sweep\":{\"levels\":[\"1\"]}}",
	         "magic"},
	        {"{\"task\":{\"environment\":{\"A\":1}}}", "environment"},
	        {"{\"task\":{\"threads\":0}}", "threads"},
	        {"{\"task\":{\"timeout_s\":1e300}}", "timeout_s"},
	        {"{\"task\":{\"inputs\":{\"kind\":\"list\",\"words\":[]}}}", "inputs"},
	        {"{\"task\":{\"keep\":\"some\"}}", "keep"},
	        {"{\"counters\":{\"overflow\":\"wrap\"}}", "overflow"},
	        {"{\"task\":{\"phases\":{\"format\":\"lsst\"}}}", "format"},
	        {"{\"task\":{\"phases\":{\"format\":\"pattern\"}}}", "phases"},
	        {"{\"task\":{\"phases\":{\"format\":\"lsst-log\",\"stream\":\"file\"}}}", "stream"},
	        {"{\"task\":{\"figures\":{\"stream\":\"file\",\"names\":[\"a\"]}}}", "stream"},
	        {"{\"task\":{\"figures\":{\"stream\":\"stdout\"}}}", "figures"},
	        {"{\"task\":{\"phases\":{\"format\":\"pattern\",\"pattern\":\"(\","
	         "\"time_format\":\"%s\"}}}",
	         "regular expression"},
	        {"{\"sweep\":{\"levels\":[\"0\"]}}", "0"},
	        {"{\"sweep\":{\"levels\":[1]}}", "levels"},
	        {"{\"sweep\":[]}", "sweep"},
	};
	for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
		memset(&s, 0xa5, sizeof s);
		struct scenario before = s;
		assert_int_equal(scenario_json_read(refused[i][0], &s, &err), -EINVAL);
		assert_memory_equal(&s, &before, sizeof s);
		if (!strstr(err.text, refused[i][1]))
			fail_msg("%s: %s", refused[i][0], err.text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_json),
	        cmocka_unit_test(test_json_is_canonical),
	        cmocka_unit_test(test_json_not_utf8),
	        cmocka_unit_test(test_json_round_trip),
	        cmocka_unit_test(test_json_of_other_versions),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
