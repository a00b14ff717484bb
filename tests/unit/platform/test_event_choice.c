/* Which event is taken: by checks, by what the kernel lists, and by who may count. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/file.h"
#include "core/str.h"
#include "event_names.h"
#include "formats/metrics_yaml.h"
#include "platform/event_check.h"
#include "platform/event_sysfs.h"
#include "platform/event_work.h"
#include "platform/events.h"

#include <errno.h>
#include <fcntl.h>
#include <perfmon/pfmlib_perf_event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static void parse(const char *text, struct metrics *ret_metrics)
{
	struct problems problems = {0};
	struct error err = {""};
	const int r = metrics_yaml_parse("m.yaml", text, strlen(text), NULL, ret_metrics, &problems,
	                                 &err);
	for (size_t i = 0; i < problems.count; i++)
		print_message("# %s\n", problems.items[i].text);
	assert_int_equal(r, 0);
}

static void put(const char *root, const char *path, const char *text)
{
	cleanup_free char *whole = NULL;
	struct error err;
	assert_int_equal(str_format(&whole, &err, "%s/sys/bus/event_source/devices/%s", root, path),
	                 0);
	for (char *slash = strchr(whole + strlen(root) + 1, '/'); slash;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(whole, 0777);
		*slash = '/';
	}
	assert_int_equal(file_replace(whole, text, strlen(text), &err), 0);
}

static void test_sysfs(void **state)
{
	(void)state;
	char *root = NULL;
	struct error err;
	assert_int_equal(file_make_temporary_folder(NULL, "test-events", &root, &err), 0);
	put(root, "msr/type", "11\n");
	put(root, "msr/events/aperf", "event=0x01\n");
	put(root, "msr/events/loop", "loop\n");
	put(root, "msr/format/event", "config:0-63\n");
	put(root, "odd/type", "12\n");
	put(root, "odd/format/event", "config:0-7,32-35\n");
	put(root, "odd/format/umask", "config:8-15\n");
	put(root, "odd/format/inv", "config:23\n");
	put(root, "odd/format/ldlat", "config1:0-15\n");
	put(root, "odd/format/far", "config2:4\n");
	put(root, "odd/format/bad", "config9:0-1\n");
	put(root, "odd/events/both", "event=0x1cd,umask=0x1,ldlat=3\n");
	static const struct {
		const char *text;
		int result;
		uint32_t type;
		uint64_t config;
		uint64_t config1;
		uint64_t config2;
		bool no_kernel;
		bool no_user;
		const char *error; /* a part of it */
	} cases[] = {
	        {"sysfs:msr/aperf/", 0, 11, 1, 0, 0, false, false, NULL},
	        {"msr/aperf/u", 0, 11, 1, 0, 0, true, false, NULL},
	        {"msr/aperf/k", 0, 11, 1, 0, 0, false, true, NULL},
	        {"msr/aperf/uk", 0, 11, 1, 0, 0, false, false, NULL},
	        {"msr/config=0x5,config1=7/", 0, 11, 5, 7, 0, false, false, NULL},
	        {"odd/both/", 0, 12, 0x1000001cdULL, 3, 0, false, false, NULL},
	        {"odd/event=0x2a,inv,far/", 0, 12, 0x80002a, 0, 0x10, false, false, NULL},
	        {"odd/inv=2/", -EINVAL, 0, 0, 0, 0, false, false, "does not fit"},
	        {"odd/bad=1/", -EINVAL, 0, 0, 0, 0, false, false, "not understood"},
	        {"odd/event=x/", -EINVAL, 0, 0, 0, 0, false, false, "no number behind ="},
	        {"odd/,/", -EINVAL, 0, 0, 0, 0, false, false, "is no term"},
	        {"odd/../", -EINVAL, 0, 0, 0, 0, false, false, "is no term"},
	        {"../msr/aperf/", -EINVAL, 0, 0, 0, 0, false, false, "names no event of a PMU"},
	        {"odd/event=1/x", -EINVAL, 0, 0, 0, 0, false, false, "only u and k"},
	        {"odd//", -EINVAL, 0, 0, 0, 0, false, false, "names no event of a PMU"},
	        {"msr/bperf/", -ENOENT, 0, 0, 0, 0, false, false,
	         "the PMU msr has no event or term bperf here"},
	        {"msr/loop/", -ENOENT, 0, 0, 0, 0, false, false, "no event or term loop"},
	        {"nix/aperf/", -ENOENT, 0, 0, 0, 0, false, false, "no PMU nix here"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct perf_event_attr attributes = {.config = 77};
		assert_true(event_sysfs_is_meant(cases[i].text));
		const int r = event_sysfs_resolve(root, cases[i].text, &attributes, &err);
		if (r != cases[i].result)
			print_message("# %s: %s\n", cases[i].text, r < 0 ? err.text : "resolved");
		assert_int_equal(r, cases[i].result);
		if (r < 0) {
			assert_non_null(strstr(err.text, cases[i].error));
			assert_int_equal(attributes.config, 77);
			continue;
		}
		assert_int_equal(attributes.type, cases[i].type);
		assert_true(attributes.config == cases[i].config);
		assert_true(attributes.config1 == cases[i].config1);
		assert_true(attributes.config2 == cases[i].config2);
		assert_int_equal(attributes.exclude_kernel, cases[i].no_kernel);
		assert_int_equal(attributes.exclude_user, cases[i].no_user);
	}
	assert_false(event_sysfs_is_meant("perf::CYCLES"));
	assert_false(event_sysfs_is_meant("a/b"));
	assert_int_equal(file_remove_tree(AT_FDCWD, root, &err), 0);
	free(root);
}

static struct perf_event_attr event_names_software(uint64_t config)
{
	return (struct perf_event_attr){
	        .size = sizeof(struct perf_event_attr),
	        .type = PERF_TYPE_SOFTWARE,
	        .config = config,
	        .disabled = 1,
	        .read_format = PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING,
	};
}

/* Whether this process may count what happens in the kernel; without, switches read 0. */
static bool event_names_may_count(void)
{
	struct perf_event_attr attributes = event_names_software(PERF_COUNT_SW_TASK_CLOCK);
	const long fd = syscall(SYS_perf_event_open, &attributes, 0, -1, -1, 0);
	if (fd >= 0)
		close((int)fd);
	return fd >= 0;
}

static void test_checks(void **state)
{
	(void)state;
	static const struct {
		uint64_t config;
		enum metric_check check;
		enum event_verdict verdict;
		const char *words; /* a part of them */
	} cases[] = {
	        {PERF_COUNT_SW_TASK_CLOCK, METRIC_CHECK_TIME, EVENT_PLAUSIBLE, ""},
	        {PERF_COUNT_SW_CPU_CLOCK, METRIC_CHECK_TIME, EVENT_PLAUSIBLE, ""},
	        {PERF_COUNT_SW_PAGE_FAULTS, METRIC_CHECK_FAULTS, EVENT_PLAUSIBLE, ""},
	        {PERF_COUNT_SW_CONTEXT_SWITCHES, METRIC_CHECK_SWITCHES, EVENT_PLAUSIBLE, ""},
	        {PERF_COUNT_SW_CPU_MIGRATIONS, METRIC_CHECK_NONE, EVENT_PLAUSIBLE, ""},
	        /* Time in ns grows with work, and is no more than a clock of 1 GHz. */
	        {PERF_COUNT_SW_TASK_CLOCK, METRIC_CHECK_CYCLES, EVENT_PLAUSIBLE, ""},
	        {PERF_COUNT_SW_TASK_CLOCK, METRIC_CHECK_BOUNDED, EVENT_PLAUSIBLE, ""},
	        /* Counters that stay at 0, as emulators have them for caches. */
	        {PERF_COUNT_SW_ALIGNMENT_FAULTS, METRIC_CHECK_CYCLES, EVENT_WRONG,
	         "it stayed at 0"},
	        {PERF_COUNT_SW_ALIGNMENT_FAULTS, METRIC_CHECK_MISSES, EVENT_WRONG,
	         "it counted 0 while 4096 lines were read that no cache held"},
	        {PERF_COUNT_SW_ALIGNMENT_FAULTS, METRIC_CHECK_BOUNDED, EVENT_UNCHECKED,
	         "it stayed at 0 when it was tried"},
	        {PERF_COUNT_SW_TASK_CLOCK, METRIC_CHECK_GROWS, EVENT_PLAUSIBLE, ""},
	        {PERF_COUNT_SW_ALIGNMENT_FAULTS, METRIC_CHECK_GROWS, EVENT_WRONG,
	         "it counted 0 for a loop, 4096 lines from memory and 2 sleeps"},
	        {PERF_COUNT_SW_ALIGNMENT_FAULTS, METRIC_CHECK_FAULTS, EVENT_WRONG,
	         "it counted 0 for 64 fresh pages"},
	        {PERF_COUNT_SW_ALIGNMENT_FAULTS, METRIC_CHECK_SWITCHES, EVENT_WRONG, "0 for 2"},
	        {PERF_COUNT_SW_ALIGNMENT_FAULTS, METRIC_CHECK_TIME, EVENT_WRONG, "it counted 0 us"},
	        {PERF_COUNT_SW_MAX + 100, METRIC_CHECK_NONE, EVENT_UNOPENED, ""},
	};
	for (size_t i = 0; event_names_may_count() && i < ARRAY_LENGTH(cases); i++) {
		const struct perf_event_attr attributes = event_names_software(cases[i].config);
		char words[RECORD_REASON_BYTES] = "untouched";
		const enum event_verdict verdict = event_check(&attributes, cases[i].check, words);
		print_message("# %s: %d %s\n", metric_check_names[cases[i].check], verdict, words);
		assert_int_equal(verdict, cases[i].verdict);
		assert_non_null(strstr(words, cases[i].words));
	}
#if defined(__x86_64__) || defined(__aarch64__)
	assert_int_equal(event_work_loop(1000), 10000);
	struct perf_event_attr attributes = event_names_software(PERF_COUNT_SW_PAGE_FAULTS);
	char words[RECORD_REASON_BYTES];
	if (event_names_may_count()) {
		assert_int_equal(event_check(&attributes, METRIC_CHECK_INSTRUCTIONS, words),
		                 EVENT_WRONG);
		assert_non_null(strstr(words, "for a loop of 1200000 instructions"));
	}
#endif
}

static const char choices_text[] =
        "metrics:\n"
        "  second: {choices: {generic: [nonsense, {event: perf::PAGE-FAULTS, meaning: what "
        "is touched}]}}\n"
        "  wrong:\n"
        "    check: faults\n"
        "    choices: {generic: [perf::MAJOR-FAULTS, perf::PAGE-FAULTS]}\n"
        "  always-wrong:\n"
        "    check: misses\n"
        "    choices: {generic: [nonsense, perf::MAJOR-FAULTS, \"sysfs:nix/nix/\"]}\n"
        "  nowhere: {choices: {zen9: [r1]}}\n"
        "  user-switches: {choices: {generic: [\"perf::CONTEXT-SWITCHES:u\"]}}\n"
        "processors: {zen9: {pmus: [zen9]}}\n";

/* Going on needs no file of metrics, and asks for the same. */
static void go_on_again(const struct events *events)
{
	struct events again;
	struct error err;
	assert_int_equal(events_open_again(events->definitions, events->count, &again, &err), 0);
	assert_int_equal(again.open_count, 3);
	for (size_t i = 0; i < events->count; i++)
		assert_memory_equal(&again.definitions[i], &events->definitions[i],
		                    sizeof events->definitions[i]);
	for (size_t i = 0; i < events->open_count; i++)
		assert_int_equal(again.attributes[i].config, events->attributes[i].config);
	events_close(&again);
	struct event_definition gone = events->definitions[0];
	gone.config = 9999;
	assert_int_equal(events_open_again(&gone, 1, &again, &err), 0);
	assert_int_equal(again.open_count, 0);
	assert_int_equal(again.definitions[0].state, COUNTER_NOT_SUPPORTED);
	events_close(&again);
}

static void test_take(void **state)
{
	(void)state;
	cleanup_metrics struct metrics metrics = {0};
	struct words names = {0};
	struct events events;
	struct error err;
	static const char *const asked[] = {"second",  "wrong",         "ALWAYS-wrong",
	                                    "nowhere", "user-switches", "perf::TASK-CLOCK",
	                                    "secnod"};
	if (!event_names_may_count())
		return;
	parse(choices_text, &metrics);
	for (size_t i = 0; i < ARRAY_LENGTH(asked); i++)
		assert_int_equal(words_add(&names, asked[i], &err), 0);
	assert_int_equal(events_open(&names, &metrics, &events, &err), 0);
	const struct event_definition *const d = events.definitions;
	assert_int_equal(d[0].state, COUNTER_OK);
	assert_string_equal(d[0].metric, "second");
	assert_int_equal(d[0].choice, 2);
	assert_non_null(strstr(d[0].encoded, "PAGE_FAULTS"));
	assert_string_equal(d[0].note, "what is touched; tried before: nonsense: unknown (libpfm4 "
	                               "does not resolve this name here (event not found))");
	assert_int_equal(d[1].state, COUNTER_OK);
	assert_int_equal(d[1].choice, 2);
	assert_string_equal(d[1].note, "tried before: perf::MAJOR-FAULTS: implausible (it "
	                               "counted 0 for 64 fresh pages that were touched)");
	/* The one that came furthest is told of, under the name that was asked for. */
	assert_string_equal(d[2].name, "ALWAYS-wrong");
	assert_string_equal(d[2].metric, "always-wrong");
	assert_int_equal(d[2].state, COUNTER_IMPLAUSIBLE);
	assert_int_equal(d[2].choice, 2);
	assert_true(d[2].remedy[0] != '\0');
	print_message("# %s\n", d[2].note);
	assert_non_null(strstr(d[2].note, "tried were: nonsense: unknown"));
	assert_non_null(
	        strstr(d[2].note, "sysfs:nix/nix/: not-supported (the kernel shows no PMU"));
	assert_int_equal(d[3].state, COUNTER_NOT_SUPPORTED);
	assert_int_equal(d[3].choice, 0);
	assert_non_null(strstr(d[3].reason, "no event for this processor"));
	assert_int_equal(d[4].state, COUNTER_NOT_COUNTED);
	assert_non_null(strstr(d[4].reason, "it would read 0"));
	assert_int_equal(d[5].state, COUNTER_OK);
	assert_string_equal(d[5].metric, "");
	assert_int_equal(d[5].choice, 0);
	assert_int_equal(d[6].state, COUNTER_UNKNOWN);
	assert_string_equal(d[6].remedy, "did you mean second?");
	assert_int_equal(events.open_count, 3);
	assert_int_equal(events.definition_of[2], 5);
	assert_int_equal(events.attributes[0].config, PERF_COUNT_SW_PAGE_FAULTS);
	assert_true(events.keepers[0] >= 0);
	assert_int_equal(events.keepers[2], -1);

	go_on_again(&events);
	events_close(&events);
	words_release(&names);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_sysfs),
	        cmocka_unit_test(test_checks),
	        cmocka_unit_test(test_take),
	};
	return cmocka_run_group_tests(tests, event_names_set_up, NULL);
}
