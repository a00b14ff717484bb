/* Files of metrics: what is wrong with them, in words; what they say; one file over another; and
 * raw encodings. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/str.h"
#include "formats/event_code.h"
#include "formats/metrics_yaml.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* A file that others extend. */
static const char base_text[] =
        "processors:\n"
        "  zen2: {pmus: [amd64_fam17h_zen2]}\n"
        "  zen5: {cpus: [{vendor: AuthenticAMD, family: 26, models: [0-79, 0x60]}]}\n"
        "metrics:\n"
        "  LLC-load-misses:\n"
        "    unit: lines\n"
        "    meaning: loads that no cache served\n"
        "    check: misses\n"
        "    choices:\n"
        "      generic: [perf::LLC-LOAD-MISSES]\n"
        "      zen2:\n"
        "        - {event: A:B, code: r5843, meaning: beyond the own L3}\n"
        "        - {event: A:C, code: \"raw:config=0x1b7,config1=0x3f\"}\n"
        "        - r4843\n"
        "  cycles: {choices: {generic: [perf::CPU-CYCLES]}}\n";

static void parse(const char *name, const char *text, const struct metrics *known,
                  struct metrics *ret_metrics)
{
	struct problems problems = {0};
	struct error err = {"untouched"};
	const int r =
	        metrics_yaml_parse(name, text, strlen(text), known, ret_metrics, &problems, &err);
	for (size_t i = 0; i < problems.count; i++)
		print_message("# %s\n", problems.items[i].text);
	assert_int_equal(r, 0);
	assert_string_equal(err.text, "untouched");
	problems_release(&problems);
}

/* Every file, and all that is wrong with it, a line each. */
static const struct {
	const char *text;
	const char *problems;
} broken[] = {
        {"", "m.yaml:1:1: metrics: the file is empty; begin with metrics: {L9-misses: {choices: "
             "{generic: [r412e]}}}\n"},
        {"[1, 2]\n", "m.yaml:1:1: metrics: keys are expected here, not a list; begin with metrics: "
                     "{L9-misses: {choices: {generic: [r412e]}}}\n"},
        {"metric: {}\n", "m.yaml:1:1: metric: unknown key; did you mean metrics?\n"},
        {"metrics: {x: {choices: {generic: [r5843]}, checks: time}}\n",
         "m.yaml:1:44: metrics.x.checks: unknown key; did you mean check?\n"},
        {"metrics:\n  x: {unit: lines}\n",
         "m.yaml:2:6: metrics.x: a new metric needs choices; write for example choices: {generic: "
         "[perf::LLC-LOAD-MISSES]}\n"},
        {"metrics:\n  x:\n    check: missses\n    choices: {generic: [r1]}\n",
         "m.yaml:3:12: metrics.x.check: \"missses\" is no check; did you mean misses? Otherwise "
         "write one of: none, cycles, instructions, time, faults, switches, misses, grows, "
         "bounded\n"},
        {"metrics: {x: {choices: {zen2: [r1]}}}\nprocessors: {zen3: {pmus: [a]}}\n",
         "m.yaml:1:25: metrics.x.choices.zen2: no such processor; did you mean zen3? Otherwise "
         "name it under processors, or write generic\n"},
        {"metrics: {x: {choices: {generic: r1}}}\n",
         "m.yaml:1:34: metrics.x.choices.generic: a list of choices is expected here, not a single "
         "value; write for example generic: [perf::LLC-LOAD-MISSES]\n"},
        {"metrics: {x: {choices: {generic: [{code: r1}]}}}\n",
         "m.yaml:1:35: metrics.x.choices.generic[0].event: missing; write for example event: "
         "perf::LLC-LOAD-MISSES\n"},
        {"metrics: {x: {choices: {generic: [{event: A, code: 5843}]}}}\n",
         "m.yaml:1:52: metrics.x.choices.generic[0].code: \"5843\" is no raw encoding; write r and "
         "hexadecimal digits, as in r412e, or raw:config=0x...,config1=0x...\n"},
        {"metrics: {x: {choices: {generic: [{event: A, code: \"r1:u\"}]}}}\n",
         "m.yaml:1:52: metrics.x.choices.generic[0].code: \"r1:u\" has a modifier, which belongs "
         "to "
         "the event\n"},
        {"metrics: {x: {choices: {generic: [{event: r1, code: r1}]}}}\n",
         "m.yaml:1:35: metrics.x.choices.generic[0]: code says what an event of the processor's "
         "own "
         "list encodes; r1 is none, so leave code out\n"},
        {"metrics: {x: {choices: {generic: [\"two words\"]}}}\n",
         "m.yaml:1:35: metrics.x.choices.generic[0]: \"two words\" holds a blank or a character "
         "that "
         "no event has; write for example perf::LLC-LOAD-MISSES\n"},
        {"metrics: {x: {choices: {generic: [\"raw:config1=0x3\"]}}}\n",
         "m.yaml:1:35: metrics.x.choices.generic[0]: \"raw:config1=0x3\" has no config; write "
         "raw:config=0x...\n"},
        {"metrics: {x: {choices: {generic: [\"sysfs:msr\"]}}}\n",
         "m.yaml:1:35: metrics.x.choices.generic[0]: \"sysfs:msr\" names no event of a PMU; write "
         "sysfs:PMU/EVENT/, for example sysfs:msr/aperf/\n"},
        {"metrics: {\"x y\": {choices: {generic: [r1]}}, X: {choices: {generic: [r1]}}, x: "
         "{choices: {generic: [r1]}}}\n",
         "m.yaml:1:11: metrics.x y: the name holds more than letters, digits, '-', '_', '.' and "
         "'+'; such names cannot be asked for\n"
         "m.yaml:1:77: metrics.x: the metric is there twice (case does not matter); keep one of "
         "them\n"},
        {"processors: {z: {cpus: [{family: 3}]}, generic: {}}\n",
         "m.yaml:1:25: processors.z.cpus[0].vendor: missing; write for example vendor: "
         "AuthenticAMD\n"
         "m.yaml:1:40: processors.generic: the name stands for all the others; take another\n"},
        {"processors: {z: {cpus: [{vendor: V, family: old, models: [3-1, 9x, 0x10000]}]}}\n",
         "m.yaml:1:45: processors.z.cpus[0].family: \"old\" is no family; write for example "
         "family: "
         "25\n"
         "m.yaml:1:59: processors.z.cpus[0].models[0]: \"3-1\" is neither a model nor a range of "
         "them; write for example 17, 48-63 or 0xd0c\n"
         "m.yaml:1:64: processors.z.cpus[0].models[1]: \"9x\" is neither a model nor a range of "
         "them; write for example 17, 48-63 or 0xd0c\n"
         "m.yaml:1:68: processors.z.cpus[0].models[2]: \"0x10000\" is neither a model nor a range "
         "of them; write for example 17, 48-63 or 0xd0c\n"},
};

static void test_broken(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(broken); i++) {
		struct metrics metrics;
		memset(&metrics, 0x5a, sizeof metrics);
		const struct metrics before = metrics;
		struct problems problems = {0};
		struct error err = {""};
		const int r = metrics_yaml_parse("m.yaml", broken[i].text, strlen(broken[i].text),
		                                 NULL, &metrics, &problems, &err);
		cleanup_str struct str said = {0};
		for (size_t p = 0; p < problems.count; p++)
			str_addf(&said, "%s\n", problems.items[p].text);
		assert_string_equal(str_text(&said), broken[i].problems);
		assert_int_equal(r, -EINVAL);
		assert_memory_equal(&metrics, &before, sizeof metrics);
		problems_release(&problems);
	}
}

static void test_values(void **state)
{
	(void)state;
	cleanup_metrics struct metrics metrics = {0};
	parse("base.yaml", base_text, NULL, &metrics);
	assert_int_equal(metrics.count, 2);
	const struct metric *const metric = metrics_find(&metrics, "llc-LOAD-misses");
	assert_non_null(metric);
	assert_string_equal(metric->name, "LLC-load-misses");
	assert_string_equal(metric->unit, "lines");
	assert_string_equal(metric->meaning, "loads that no cache served");
	assert_int_equal(metric->check, METRIC_CHECK_MISSES);
	assert_string_equal(metric->file, "base.yaml");
	const struct metric_choices *const list =
	        metric_choices_for(metric, &metrics.processors[0]);
	assert_string_equal(list->processor, "zen2");
	assert_int_equal(list->count, 3);
	assert_string_equal(list->items[0].event, "A:B");
	assert_string_equal(list->items[0].meaning, "beyond the own L3");
	assert_true(list->items[0].has_code);
	assert_int_equal(list->items[0].config, 0x5843);
	assert_int_equal(list->items[1].config, 0x1b7);
	assert_int_equal(list->items[1].config1, 0x3f);
	assert_string_equal(list->items[2].event, "r4843");
	assert_false(list->items[2].has_code);
	/* zen5 has no list of its own. */
	assert_string_equal(metric_choices_for(metric, &metrics.processors[1])->processor,
	                    "generic");
	assert_string_equal(metric_choices_for(metric, NULL)->processor, "generic");
	assert_null(metrics_find(&metrics, "LLC-load-misse"));
}

static void test_processors(void **state)
{
	(void)state;
	cleanup_metrics struct metrics metrics = {0};
	parse("base.yaml", base_text, NULL, &metrics);
	static const char *const zen2[] = {"perf_raw", "amd64_fam17h_zen2"};
	static const struct {
		struct processor_identity identity;
		const char *name; /* NULL: none */
	} cases[] = {
	        {{zen2, 2, NULL, -1, -1}, "zen2"},
	        {{zen2, 1, NULL, -1, -1}, NULL},
	        {{zen2, 2, "AuthenticAMD", 26, 3}, "zen5"}, /* libpfm4 takes models for others */
	        {{NULL, 0, "AuthenticAMD", 26, 79}, "zen5"},
	        {{NULL, 0, "AuthenticAMD", 26, 0x60}, "zen5"},
	        {{NULL, 0, "AuthenticAMD", 26, 80}, NULL},
	        {{NULL, 0, "AuthenticAMD", 25, 3}, NULL},
	        {{NULL, 0, "GenuineIntel", 26, 3}, NULL},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		const struct metric_processor *const found =
		        metrics_processor(&metrics, &cases[i].identity);
		if (cases[i].name)
			assert_string_equal(found->name, cases[i].name);
		else
			assert_null(found);
	}
}

/* A site's file says a choice anew, adds one, a processor and a metric, and leaves the rest. */
static void test_site(void **state)
{
	(void)state;
	static const char site_text[] =
	        "processors:\n"
	        "  zen9: {cpus: [{vendor: AuthenticAMD, family: 99}]}\n"
	        "metrics:\n"
	        "  llc-load-misses:\n"
	        "    choices:\n"
	        "      zen2: [r7777]\n"
	        "      zen9: [r9999]\n"
	        "  own: {check: none, choices: {generic: [perf::PAGE-FAULTS]}}\n"
	        "  cycles: {unit: clocks}\n";
	cleanup_metrics struct metrics metrics = {0};
	cleanup_metrics struct metrics site = {0};
	struct error err;
	parse("base.yaml", base_text, NULL, &metrics);
	parse("site.yaml", site_text, &metrics, &site);
	assert_int_equal(metrics_merge(&metrics, &site, &err), 0);
	assert_int_equal(metrics.count, 3);
	assert_int_equal(metrics.processor_count, 3);
	assert_int_equal(metrics.files.count, 2);
	const struct metric *const metric = metrics_find(&metrics, "LLC-load-misses");
	assert_string_equal(metric->name, "LLC-load-misses");
	assert_string_equal(metric->unit, "lines");
	assert_int_equal(metric->check, METRIC_CHECK_MISSES);
	assert_int_equal(metric->list_count, 3);
	const struct metric_choices *const zen2 =
	        metric_choices_for(metric, &metrics.processors[0]);
	assert_int_equal(zen2->count, 1);
	assert_string_equal(zen2->items[0].event, "r7777");
	assert_string_equal(zen2->items[0].file, "site.yaml");
	const struct metric_choices *const zen9 =
	        metric_choices_for(metric, &metrics.processors[2]);
	assert_string_equal(zen9->items[0].event, "r9999");
	assert_string_equal(metric_choices_for(metric, NULL)->items[0].file, "base.yaml");
	assert_string_equal(metrics_find(&metrics, "own")->file, "site.yaml");
	assert_string_equal(metrics_find(&metrics, "cycles")->unit, "clocks");
	assert_int_equal(metrics_find(&metrics, "cycles")->list_count, 1);
}

static void test_codes(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		bool is_raw;
		bool is_read;
		uint64_t config;
		uint64_t config1;
		const char *modes;
		const char *written;
	} cases[] = {
	        {"r412e", true, true, 0x412e, 0, "uk", "r412e"},
	        {"r412e:u", true, true, 0x412e, 0, "u", "r412e"},
	        {"r412E:k", true, true, 0x412e, 0, "k", "r412e"},
	        {"r1:uk", true, true, 1, 0, "uk", "r1"},
	        {"raw:config=0x1b7,config1=0x3fbfc00001", true, true, 0x1b7, 0x3fbfc00001, "uk",
	         "raw:config=0x1b7,config1=0x3fbfc00001"},
	        {"raw:config1=0x2,config=0x1:u", true, true, 1, 2, "u",
	         "raw:config=0x1,config1=0x2"},
	        {"raw:config=0x1", true, true, 1, 0, "uk", "r1"},
	        {"rffffffffffffffff", true, true, UINT64_MAX, 0, "uk", "rffffffffffffffff"},
	        {"rfffffffffffffffff", true, false, 0, 0, NULL, NULL},
	        {"raw:config=0x1,config=0x2", true, false, 0, 0, NULL, NULL},
	        {"raw:config=1", true, false, 0, 0, NULL, NULL},
	        {"raw:", true, false, 0, 0, NULL, NULL},
	        {"raw:config=0x1,", true, false, 0, 0, NULL, NULL},
	        {"r1:", true, false, 0, 0, NULL, NULL},
	        {"r1:ux", true, false, 0, 0, NULL, NULL},
	        {"ref-cycles", false, false, 0, 0, NULL, NULL},
	        {"r", false, false, 0, 0, NULL, NULL},
	        {"rxyz", false, false, 0, 0, NULL, NULL},
	        {"", false, false, 0, 0, NULL, NULL},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct event_code code = {0};
		struct error err;
		char text[EVENT_CODE_TEXT_BYTES];
		assert_int_equal(event_code_is_raw(cases[i].text), cases[i].is_raw);
		const int r = event_code_parse(cases[i].text, &code, &err);
		assert_int_equal(r, cases[i].is_read ? 0 : -EINVAL);
		if (r < 0)
			continue;
		assert_true(code.config == cases[i].config && code.config1 == cases[i].config1);
		assert_int_equal(code.is_user, strchr(cases[i].modes, 'u') != NULL);
		assert_int_equal(code.is_kernel, strchr(cases[i].modes, 'k') != NULL);
		event_code_format(code.config, code.config1, text);
		assert_string_equal(text, cases[i].written);
	}
}

/* The file that is installed: every metric has a meaning, and the study's are there. */
static void test_own_file(void **state)
{
	(void)state;
	cleanup_metrics struct metrics metrics = {0};
	cleanup_free char *path = NULL;
	struct problems problems = {0};
	struct error err;
	assert_non_null(getenv("top_srcdir"));
	assert_int_equal(str_format(&path, &err, "%s/data/metrics.yaml", getenv("top_srcdir")), 0);
	assert_int_equal(metrics_yaml_load(path, NULL, &metrics, &problems, &err), 0);
	for (size_t i = 0; i < metrics.count; i++)
		assert_non_null(metrics.items[i].meaning);
	for (size_t i = 0; default_events[i]; i++)
		assert_non_null(metrics_find(&metrics, default_events[i]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_broken),     cmocka_unit_test(test_values),
	        cmocka_unit_test(test_processors), cmocka_unit_test(test_site),
	        cmocka_unit_test(test_codes),      cmocka_unit_test(test_own_file),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
