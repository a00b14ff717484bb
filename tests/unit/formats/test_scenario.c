/* Scenario files: every value lands where it belongs, defaults, limits of the file itself, and the
 * effective scenario as JSON. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/array.h"
#include "core/error.h"
#include "formats/interval_text.h"
#include "formats/scenario/scenario_json.h"
#include "formats/scenario/scenario_yaml.h"
#include "valid_scenario.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void parse(const char *text, struct scenario *ret_scenario)
{
	struct problems problems = {0};
	struct error err = {"untouched"};
	const int r =
	        scenario_yaml_parse("x.yaml", text, strlen(text), ret_scenario, &problems, &err);
	for (size_t i = 0; i < problems.count; i++)
		print_message("# %s\n", problems.items[i].text);
	assert_int_equal(r, 0);
	assert_int_equal(problems.count, 0);
	assert_string_equal(err.text, "untouched");
	problems_release(&problems);
}

/* Expects exactly this one problem. */
static void refuse_bytes(const char *text, size_t text_bytes, const char *expected)
{
	struct scenario scenario;
	memset(&scenario, 0x5a, sizeof scenario);
	const struct scenario before = scenario;
	struct problems problems = {0};
	struct error err = {""};
	assert_int_equal(
	        scenario_yaml_parse("x.yaml", text, text_bytes, &scenario, &problems, &err),
	        -EINVAL);
	assert_memory_equal(&scenario, &before, sizeof scenario);
	assert_int_equal(problems.count, 1);
	assert_string_equal(problems.items[0].text, expected);
	assert_string_equal(err.text, "x.yaml has 1 problem");
	problems_release(&problems);
}

static void refuse(const char *text, const char *expected)
{
	refuse_bytes(text, strlen(text), expected);
}

static void test_every_value(void **state)
{
	(void)state;
	struct scenario s;
	parse(valid_scenario, &s);
	assert_string_equal(s.path, "x.yaml");
	assert_string_equal(s.text, valid_scenario);
	assert_string_equal(s.name, "isr-occupancy");
	assert_string_equal(s.task.type, "isr");
	assert_int_equal(s.task.command.count, 4);
	assert_string_equal(s.task.command.items[2], "{workdir}/post.fits");
	assert_string_equal(s.task.command.items[3], "");
	assert_null(s.task.command.items[4]);
	assert_int_equal(s.task.inputs.kind, INPUTS_GENERATE);
	assert_int_equal(s.task.inputs.words.count, 4);
	assert_int_equal(s.task.inputs.count, 8);
	assert_int_equal(s.task.environment_count, 2);
	assert_string_equal(s.task.environment[0].name, "OMP_NUM_THREADS");
	assert_string_equal(s.task.environment[1].value, "{slot}");
	assert_int_equal(s.task.threads, 2);
	assert_int_equal(s.task.timeout_ns, 300000000000);
	assert_int_equal(s.task.memory_bytes, 2600000000);
	assert_int_equal(s.task.keep, KEEP_ALL);
	assert_int_equal(s.task.phases.format, PHASES_PATTERN);
	assert_int_equal(s.task.phases.log.stream, LOG_IN_FILE);
	assert_string_equal(s.task.phases.log.file, "log-{index}.txt");
	assert_int_equal(s.task.figures.log.stream, LOG_IN_FILE);
	assert_string_equal(s.task.figures.log.file, "figures-{index}");
	assert_int_equal(s.task.figures.names.count, 2);
	assert_string_equal(s.task.figures.names.items[1], "a.b-c");
	assert_int_equal(s.task.phases.compute.count, 1);
	assert_int_equal(s.task.phases.datastore.count, 2);
	assert_string_equal(s.task.phases.datastore.items[0], "reading *");
	assert_string_equal(s.task.phases.pattern, "^([0-9.]+) ([a-z]+) (.*)$");
	assert_int_equal(s.task.phases.fields.count, 3);
	assert_string_equal(s.task.phases.time_format, "%s.%f");
	assert_int_equal(s.task.phases.zone, PHASES_UTC);
	assert_int_equal(s.sweep.levels.count, 7);
	assert_int_equal(s.sweep.levels.items[3].kind, LEVEL_RANGE);
	assert_string_equal(s.sweep.levels.items[4].spelling, "50%");
	assert_int_equal(s.sweep.repeats, 7);
	assert_true(s.sweep.warmup.tasks > 1.9 && s.sweep.warmup.tasks < 2.1);
	assert_int_equal(s.sweep.warmup.at_least_ns, 1000000000);
	assert_true(s.sweep.measured.tasks > 2.4 && s.sweep.measured.tasks < 2.6);
	assert_int_equal(s.sweep.order, ORDER_ASCENDING);
	assert_int_equal(s.sweep.start, START_TOGETHER);
	assert_int_equal(s.sweep.filler, FILLER_FINISH);
	assert_int_equal(s.sweep.baseline, 2);
	assert_int_equal(s.sweep.budget_ns, 1800000000000);
	assert_int_equal(s.placement.policies.count, 2);
	assert_string_equal(s.placement.policies.items[0].spelling, "spread");
	assert_int_equal(s.placement.policies.items[1].map_count, 5);
	assert_int_equal(s.placement.unit, UNIT_L3);
	assert_int_equal(s.placement.smt, SMT_FIRST);
	assert_int_equal(s.placement.memory, MEMORY_INTERLEAVE);
	assert_int_equal(s.events.count, 2);
	assert_string_equal(s.events.items[1], "task-clock");
	assert_int_equal(s.overflow, OVERFLOW_MULTIPLEX);
	assert_true(s.has_seed);
	assert_int_equal(s.seed, INT64_MAX);
	scenario_release(&s);
}

static void test_defaults(void **state)
{
	(void)state;
	struct scenario s;
	parse("name: x\ntask: {command: [/opt/tools/my-task]}\nsweep: {levels: cores}\n", &s);
	assert_string_equal(s.task.type, "my-task");
	assert_int_equal(s.task.inputs.kind, INPUTS_NONE);
	assert_int_equal(s.task.environment_count, 0);
	assert_int_equal(s.task.threads, 1);
	assert_int_equal(s.task.timeout_ns, 0);
	assert_int_equal(s.task.memory_bytes, -1);
	assert_int_equal(s.task.keep, KEEP_FAILED);
	assert_int_equal(s.sweep.levels.count, 1);
	assert_int_equal(s.sweep.levels.items[0].kind, LEVEL_CORES);
	assert_int_equal(s.sweep.repeats, 5);
	assert_int_equal((int)s.sweep.warmup.tasks, 1);
	assert_int_equal((int)s.sweep.measured.tasks, 4);
	assert_int_equal(s.sweep.order, ORDER_SHUFFLED);
	assert_int_equal(s.sweep.start, START_STAGGERED);
	assert_int_equal(s.sweep.filler, FILLER_KILL);
	assert_int_equal(s.sweep.baseline, 0);
	assert_int_equal(s.sweep.budget_ns, 0);
	assert_int_equal(s.placement.policies.count, 1);
	assert_int_equal(s.placement.policies.items[0].policy, PLACEMENT_SPREAD);
	assert_int_equal(s.placement.unit, UNIT_CORE);
	assert_int_equal(s.placement.smt, SMT_LAST);
	assert_int_equal(s.placement.memory, MEMORY_LOCAL);
	assert_int_equal(s.events.count, 7);
	assert_int_equal(s.overflow, OVERFLOW_ROTATE);
	assert_false(s.has_seed);
	scenario_release(&s);
}

static void test_phases(void **state)
{
	(void)state;
	struct scenario s;
	parse("name: x\ntask: {command: [a]}\nsweep: {levels: cores}\n", &s);
	assert_int_equal(s.task.phases.format, PHASES_NONE);
	scenario_release(&s);
	parse("name: x\ntask: {command: [a], phases: {format: lsst-log, compute: []}}\n"
	      "sweep: {levels: cores}\n",
	      &s);
	assert_int_equal(s.task.phases.format, PHASES_LSST_LOG);
	assert_int_equal(s.task.phases.log.stream, LOG_STDERR);
	assert_int_equal(s.task.phases.zone, PHASES_UTC);
	assert_int_equal(s.task.phases.compute.count, 0);
	assert_string_equal(s.task.phases.datastore.items[0], "lsst.daf.butler.*");
	scenario_release(&s);
	parse("name: x\ntask: {command: [a], phases: {format: pattern, stream: stdout, pattern: "
	      "'^([0-9]+)', time_format: '%s'}}\nsweep: {levels: cores}\n",
	      &s);
	assert_int_equal(s.task.phases.log.stream, LOG_STDOUT);
	assert_int_equal(s.task.phases.zone, PHASES_LOCAL);
	assert_string_equal(s.task.phases.compute.items[0], "lsst.*");
	scenario_release(&s);
}

static void test_figures(void **state)
{
	(void)state;
	struct scenario s;
	parse("name: x\ntask: {command: [a], figures: {names: [rate_per_s]}}\nsweep: {levels: "
	      "cores}\n",
	      &s);
	assert_int_equal(s.task.figures.log.stream, LOG_STDOUT);
	assert_null(s.task.figures.log.file);
	assert_int_equal(s.task.figures.names.count, 1);
	scenario_release(&s);
	parse("name: x\ntask: {command: [a]}\nsweep: {levels: cores}\n", &s);
	assert_int_equal(s.task.figures.names.count, 0);
	scenario_release(&s);
}

static void test_inputs(void **state)
{
	(void)state;
	static const struct {
		const char *value;
		enum inputs_kind kind;
		size_t words;
	} cases[] = {
	        {"[a.fits, b.fits]", INPUTS_LIST, 2},
	        {"'raw/*.fits'", INPUTS_GLOB, 1},
	        {"one.fits", INPUTS_GLOB, 1},
	        {"{generate: [make, '{dir}']}", INPUTS_GENERATE, 2},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		char text[256];
		snprintf(text, sizeof text,
		         "name: x\ntask:\n  command: [a, '{input}']\n  inputs: %s\nsweep: {levels: "
		         "1}\n",
		         cases[i].value);
		struct scenario s;
		parse(text, &s);
		assert_int_equal(s.task.inputs.kind, cases[i].kind);
		assert_int_equal(s.task.inputs.words.count, cases[i].words);
		assert_int_equal(s.task.inputs.count, 0);
		scenario_release(&s);
	}
}

/* {input} in a variable is a use of the input too. */
static void test_input_in_environment(void **state)
{
	(void)state;
	struct scenario s;
	parse("name: x\ntask:\n  command: [a]\n  inputs: [b]\n  environment: {IN: '{input}'}\n"
	      "sweep: {levels: 1}\n",
	      &s);
	scenario_release(&s);
	refuse("name: x\ntask:\n  command: [a]\n  environment: {IN: '{input}'}\nsweep: {levels: "
	       "1}\n",
	       "x.yaml:4:21: task.environment.IN: {input} is used, but there are no inputs; add "
	       "task.inputs, for example inputs: \"/data/raw/*.fits\"");
}

static void test_byte_order_mark(void **state)
{
	(void)state;
	struct scenario s;
	parse("\xef\xbb\xbfname: x\ntask: {command: [a]}\nsweep: {levels: 1}\n", &s);
	scenario_release(&s);
	refuse("\xef\xbb\xbfnam: x\ntask: {command: [a]}\nsweep: {levels: 1}\n",
	       "x.yaml:1:1: nam: unknown key; did you mean name?");
}

/* Columns count characters, not bytes. */
static void test_columns(void **state)
{
	(void)state;
	refuse("name: x\ntask: {command: ['\xc3\xa9\xe2\x82\xac', b], tipe: y}\nsweep: {levels: "
	       "1}\n",
	       "x.yaml:2:28: task.tipe: unknown key; did you mean type?");
	refuse_bytes("name: '\xc3\xa9\xff'", 10,
	             "x.yaml:1:9: YAML: a byte that is not UTF-8; save the file as UTF-8");
}

static void test_hostile_files(void **state)
{
	(void)state;
	char *const large = malloc(SCENARIO_MAX_BYTES + 2);
	assert_non_null(large);
	memset(large, '#', SCENARIO_MAX_BYTES + 1);
	large[SCENARIO_MAX_BYTES + 1] = '\0';
	refuse(large,
	       "x.yaml:1:1: scenario: larger than 1 MiB, so this is no scenario; write a long "
	       "list of inputs as a pattern (\"/data/raw/*.fits\")");
	memset(large, '[', SCENARIO_MAX_BYTES);
	refuse_bytes(large, SCENARIO_MAX_BYTES,
	             "x.yaml:1:33: YAML: nested more than 32 deep; a file of ours needs 5 at most");
	for (size_t i = 0; i + 4 <= SCENARIO_MAX_BYTES; i += 4)
		memcpy(large + i, "a:\n\n", 4);
	struct scenario scenario;
	struct problems problems = {0};
	struct error err;
	assert_int_equal(scenario_yaml_parse("x.yaml", large, SCENARIO_MAX_BYTES, &scenario,
	                                     &problems, &err),
	                 -EINVAL);
	assert_string_equal(problems.items[0].text,
	                    "x.yaml:1:1: scenario: more than 512 keys; write fewer");
	problems_release(&problems);
	free(large);
}

static void test_load(void **state)
{
	(void)state;
	char path[] = "test_scenario.XXXXXX";
	const int fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, valid_scenario, sizeof valid_scenario - 1),
	                 (ssize_t)sizeof valid_scenario - 1);
	struct scenario s;
	struct problems problems = {0};
	struct error err = {""};
	assert_int_equal(scenario_yaml_load(path, &s, &problems, &err), 0);
	assert_string_equal(s.path, path);
	scenario_release(&s);
	assert_int_equal(ftruncate(fd, SCENARIO_MAX_BYTES + 1), 0);
	assert_int_equal(scenario_yaml_load(path, &s, &problems, &err), -EINVAL);
	assert_int_equal(problems.count, 1);
	problems_release(&problems);
	close(fd);
	unlink(path);
	assert_int_equal(scenario_yaml_load(path, &s, &problems, &err), -ENOENT);
	assert_int_equal(problems.count, 0);
	assert_non_null(strstr(err.text, path));
	assert_int_equal(scenario_yaml_load("/", &s, &problems, &err), -EISDIR);
}

static char *to_json(const struct scenario *scenario)
{
	struct error err = {""};
	char *json = NULL;
	const int r = scenario_json_write(scenario, &json, &err);
	if (r < 0)
		print_message("# %s\n", err.text);
	assert_int_equal(r, 0);
	return json;
}

static void test_json(void **state)
{
	(void)state;
	struct scenario s;
	parse(valid_scenario, &s);
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
	char *const json = to_json(&s);
	assert_string_equal(json, expected);
	free(json);
	scenario_release(&s);
}

static void test_sampling(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int64_t ns; /* -1: refused */
	} cases[] = {
	        {"1s", 1000000000}, {"10ms", 10000000}, {"1 h", 3600000000000},
	        {"off", 0},         {"0", 0},           {"0s", 0},
	        {"9ms", -1},        {"61min", -1},      {"never", -1},
	        {"1", -1},          {"", -1},           {"-1s", -1},
	        {"1s 2s", -1},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct error err;
		int64_t ns = 77;
		const int r = interval_text_parse(cases[i].text, &ns, &err);
		assert_int_equal(r, cases[i].ns < 0 ? -EINVAL : 0);
		assert_int_equal(ns, cases[i].ns < 0 ? 77 : cases[i].ns);
	}
	struct scenario s;
	parse("name: x\ntask: {command: [a]}\nsweep: {levels: [1]}\n", &s);
	assert_int_equal(s.sampling.interval_ns, 1000000000);
	scenario_release(&s);
	parse("name: x\ntask: {command: [a]}\nsweep: {levels: [1]}\nsampling: {interval: off}\n",
	      &s);
	assert_int_equal(s.sampling.interval_ns, 0);
	char *const json = to_json(&s);
	assert_non_null(strstr(json, "\"sampling\":{\"interval_s\":null,"));
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
		parse(spellings[i], &s);
		json[i] = to_json(&s);
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
	parse("name: x\ntask: {command: [a]}\nsweep: {levels: 1}\n", &s);
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
		parse(texts[i], &s);
		char *const json = to_json(&s);
		if (scenario_json_read(json, &again, &err) < 0)
			fail_msg("%s", err.text);
		char *const json_again = to_json(&again);
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
	        cmocka_unit_test(test_every_value),
	        cmocka_unit_test(test_defaults),
	        cmocka_unit_test(test_phases),
	        cmocka_unit_test(test_figures),
	        cmocka_unit_test(test_inputs),
	        cmocka_unit_test(test_input_in_environment),
	        cmocka_unit_test(test_byte_order_mark),
	        cmocka_unit_test(test_columns),
	        cmocka_unit_test(test_hostile_files),
	        cmocka_unit_test(test_load),
	        cmocka_unit_test(test_sampling),
	        cmocka_unit_test(test_json),
	        cmocka_unit_test(test_json_is_canonical),
	        cmocka_unit_test(test_json_not_utf8),
	        cmocka_unit_test(test_json_round_trip),
	        cmocka_unit_test(test_json_of_other_versions),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
