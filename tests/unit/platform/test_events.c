/* Events by their names: every string that is encoded, modes, and lines that describe them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/str.h"
#include "event_names.h"
#include "formats/metrics_yaml.h"
#include "platform/event_name.h"
#include "platform/event_work.h"
#include "platform/events.h"

#include <errno.h>
#include <fcntl.h>
#include <perfmon/pfmlib_perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

static void load_own(struct metrics *ret_metrics)
{
	cleanup_free char *path = NULL;
	struct problems problems = {0};
	struct error err;
	assert_int_equal(str_format(&path, &err, "%s/data/metrics.yaml", getenv("top_srcdir")), 0);
	assert_int_equal(metrics_yaml_load(path, NULL, ret_metrics, &problems, &err), 0);
}

static bool is_known_pmu(const char *name)
{
	for (int pmu = PFM_PMU_NONE; pmu < PFM_PMU_MAX; pmu++) {
		pfm_pmu_info_t info = {.size = sizeof info};
		if (pfm_get_pmu_info((pfm_pmu_t)pmu, &info) == PFM_SUCCESS &&
		    strcmp(info.name, name) == 0)
			return true;
	}
	return false;
}

static int encode(const char *name, struct perf_event_attr *attributes)
{
	*attributes = (struct perf_event_attr){.size = sizeof *attributes};
	pfm_perf_encode_arg_t request = {.attr = attributes, .size = sizeof request};
	return pfm_get_os_event_encoding(name, PFM_PLM0 | PFM_PLM3, PFM_OS_PERF_EVENT, &request);
}

/* Returns how many were compared. */
static size_t compare(const struct metric *metric, const struct metric_choice *choice,
                      const struct metric_processor *processor)
{
	size_t count = 0;
	for (size_t i = 0; i < processor->pmus.count; i++) {
		char name[512];
		struct perf_event_attr attributes;
		if (!is_known_pmu(processor->pmus.items[i]))
			continue;
		snprintf(name, sizeof name, "%s::%s", processor->pmus.items[i], choice->event);
		const int r = encode(name, &attributes);
		if (r != PFM_SUCCESS || attributes.config != choice->config ||
		    attributes.config1 != choice->config1)
			print_message("# %s: %s is r%llx, config1 %llx (%s)\n", metric->name, name,
			              (unsigned long long)attributes.config,
			              (unsigned long long)attributes.config1, pfm_strerror(r));
		assert_int_equal(r, PFM_SUCCESS);
		assert_true(attributes.config == choice->config);
		assert_true(attributes.config1 == choice->config1);
		assert_true(attributes.type == PERF_TYPE_RAW);
		count++;
	}
	return count;
}

static const struct metric_processor *find_processor(const struct metrics *metrics,
                                                     const char *name)
{
	for (size_t i = 0; i < metrics->processor_count; i++)
		if (strcmp(metrics->processors[i].name, name) == 0)
			return &metrics->processors[i];
	return NULL;
}

static void test_every_string(void **state)
{
	(void)state;
	cleanup_metrics struct metrics metrics = {0};
	load_own(&metrics);
	size_t compared = 0;
	size_t kernel_names = 0;
	for (size_t m = 0; m < metrics.count; m++) {
		for (size_t l = 0; l < metrics.items[m].list_count; l++) {
			const struct metric_choices *const list = &metrics.items[m].lists[l];
			const struct metric_processor *const processor =
			        find_processor(&metrics, list->processor);
			assert_true(list->count > 0);
			for (size_t c = 0; c < list->count; c++) {
				const struct metric_choice *const choice = &list->items[c];
				struct perf_event_attr attributes;
				if (str_starts_with(choice->event, "perf::")) {
					assert_int_equal(encode(choice->event, &attributes),
					                 PFM_SUCCESS);
					kernel_names++;
				} else if (choice->has_code) {
					assert_non_null(processor);
					compared += compare(&metrics.items[m], choice, processor);
				} else {
					/* A name without a code could not be checked. */
					assert_true(choice->event[0] == 'r' ||
					            str_starts_with(choice->event, "sysfs:"));
				}
			}
		}
	}
	print_message("# %zu codes compared, %zu names of the kernel resolved\n", compared,
	              kernel_names);
	assert_true(kernel_names > 20);
#if defined(__x86_64__)
	assert_true(compared > 50);
#endif
}

/* Where libpfm4 does not know the processor, the file's code is taken, and said so. */
static void test_code_instead(void **state)
{
	(void)state;
	struct metric_choice choice = {
	        .event = (char[]){"NO_SUCH_EVENT:AT_ALL"}, .has_code = true, .config = 0xdc43};
	const struct metric_processor processor = {.name = (char[]){"zen9"}};
	struct event_definition definition = {0};
	struct perf_event_attr attributes;
	char remark[RECORD_REASON_BYTES];
	char reason[RECORD_REASON_BYTES];
	assert_int_equal(event_name_resolve(&choice, &processor, NULL, &definition, &attributes,
	                                    remark, reason),
	                 0);
	assert_string_equal(definition.encoded, "rdc43 (NO_SUCH_EVENT:AT_ALL)");
	assert_true(attributes.type == PERF_TYPE_RAW && attributes.config == 0xdc43);
	assert_true(attributes.inherit && attributes.enable_on_exec && attributes.disabled);
	assert_int_equal(attributes.size, sizeof attributes);
	assert_non_null(strstr(remark, "libpfm4 does not know it here"));
	assert_true(!attributes.exclude_user && !attributes.exclude_kernel);
	static const struct {
		const char *event;
		const char *encoded;
		bool has_user, has_kernel;
	} modes[] = {
	        {"NO_SUCH:u", "rdc43:u (NO_SUCH:u)", true, false},
	        {"NO_SUCH:AT_ALL:k", "rdc43:k (NO_SUCH:AT_ALL:k)", false, true},
	        {"NO_SUCH:uk", "rdc43 (NO_SUCH:uk)", true, true},
	        {"NO_SUCH:u=0:k=1", "rdc43:k (NO_SUCH:u=0:k=1)", false, true},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(modes); i++) {
		char event[64];
		snprintf(event, sizeof event, "%s", modes[i].event);
		choice.event = event;
		definition = (struct event_definition){0};
		assert_int_equal(event_name_resolve(&choice, &processor, NULL, &definition,
		                                    &attributes, remark, reason),
		                 0);
		assert_string_equal(definition.encoded, modes[i].encoded);
		assert_int_equal(attributes.exclude_user, !modes[i].has_user);
		assert_int_equal(attributes.exclude_kernel, !modes[i].has_kernel);
		struct perf_event_attr again;
		event_name_attributes(&definition, &again);
		assert_int_equal(again.exclude_user, !modes[i].has_user);
		assert_int_equal(again.exclude_kernel, !modes[i].has_kernel);
	}
	choice.event = (char[]){"NO_SUCH_EVENT:AT_ALL"};
	choice.has_code = false;
	assert_int_equal(event_name_resolve(&choice, &processor, NULL, &definition, &attributes,
	                                    remark, reason),
	                 -ENOENT);
	assert_non_null(strstr(reason, "event not found"));
}

/* A run that goes on has the definition alone, and counts in the same modes as before. */
static void test_modes_again(void **state)
{
	(void)state;
	static const char *const events[] = {"r3c",
	                                     "r3c:u",
	                                     "r3c:k",
	                                     "raw:config=0x3c,config1=0x1:k",
	                                     "perf::PAGE-FAULTS",
	                                     "perf::PAGE-FAULTS:u",
	                                     "perf::PAGE-FAULTS:k"};
	for (size_t i = 0; i < ARRAY_LENGTH(events); i++) {
		char event[64];
		snprintf(event, sizeof event, "%s", events[i]);
		const struct metric_choice choice = {.event = event};
		struct event_definition definition = {0};
		struct perf_event_attr attributes, again;
		char remark[RECORD_REASON_BYTES];
		char reason[RECORD_REASON_BYTES];
		assert_int_equal(event_name_resolve(&choice, NULL, NULL, &definition, &attributes,
		                                    remark, reason),
		                 0);
		event_name_attributes(&definition, &again);
		assert_int_equal(again.type, attributes.type);
		assert_true(again.config == attributes.config);
		assert_true(again.config1 == attributes.config1);
		assert_int_equal(again.exclude_user, attributes.exclude_user);
		assert_int_equal(again.exclude_kernel, attributes.exclude_kernel);
	}
}

static void test_lines(void **state)
{
	(void)state;
	struct event_lines *const lines = event_lines_new(256);
	assert_non_null(lines);
	event_lines_flush(lines);
	assert_int_equal(event_lines_chase(lines), 256);
	event_lines_free(lines);
	event_lines_free(NULL);
	assert_int_equal(event_work_stream(1 << 20, INT64_C(10000000000)), (1 << 20) / 64);
	assert_int_equal(event_work_fault(3), 3);
}

static void test_describe(void **state)
{
	(void)state;
	cleanup_metrics struct metrics metrics = {0};
	cleanup_free struct event_definition *definitions = NULL;
	struct error err;
	load_own(&metrics);
	assert_int_equal(events_describe(&metrics, &definitions, &err), 0);
	for (size_t i = 0; i < metrics.count; i++) {
		const struct event_definition *const d = &definitions[i];
		assert_string_equal(d->name, metrics.items[i].name);
		assert_true(d->state < COUNTER_STATES);
		/* Where something cannot be had, a reason and a remedy stand. */
		assert_true(d->state == COUNTER_OK || (d->reason[0] && d->remedy[0]));
		assert_true(d->state != COUNTER_OK || d->encoded[0]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_every_string), cmocka_unit_test(test_code_instead),
	        cmocka_unit_test(test_modes_again),  cmocka_unit_test(test_lines),
	        cmocka_unit_test(test_describe),
	};
	return cmocka_run_group_tests(tests, event_names_set_up, NULL);
}
