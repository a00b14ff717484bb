/* Which event a counter was, and what became of it: in words, on axes and in the sections. */
#include "../analyse/costs.h"
#include "analyse/findings.h"
#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/str.h"
#include "golden.h"
#include "plan/rotation.h"
#include "report/document_text.h"
#include "report/event_compare.h"
#include "report/event_text.h"
#include "report/json/show_json.h"
#include "report/section/section.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	struct event_definition event;
	const char *raw;
	const char *words;
	const char *axis;
} texts[] = {
        {{.name = "task-clock",
          .encoded = "perf::PERF_COUNT_SW_TASK_CLOCK:u=1:k=1:mg=0:mh=1",
          .type = 1,
          .config = 1},
         "",
         "task-clock is perf::PERF_COUNT_SW_TASK_CLOCK (user and kernel mode)",
         "task-clock (M)"},
        {{.name = "LLC-load-misses",
          .encoded = "skx::MEM_LOAD_RETIRED:L3_MISS:e=0:i=0:c=0:intx=0:u=1:k=0",
          .metric = "LLC-load-misses",
          .choice = 2,
          .type = 4,
          .config = 0x20d1,
          .is_user_only = true},
         "r20d1",
         "LLC-load-misses is skx::MEM_LOAD_RETIRED:L3_MISS (raw code r20d1, choice 2 of its "
         "metric, user mode only)",
         "LLC-load-misses r20d1, user mode (M)"},
        {{.name = "misses",
          .encoded = "icx::OCR:DEMAND_DATA_RD_L3_MISS:c=8:u=1:k=1",
          .type = 4,
          .config = 0x1b7,
          .config1 = 0x3fbfc00001},
         "r1b7:3fbfc00001",
         "misses is icx::OCR:DEMAND_DATA_RD_L3_MISS:c=8 (raw code r1b7:3fbfc00001, user and "
         "kernel mode)",
         "misses r1b7:3fbfc00001 (M)"},
        {{.name = "aperf", .encoded = "msr/aperf/", .type = 11, .config = 1},
         "pmu11/0x1",
         "aperf is msr/aperf/ (raw code pmu11/0x1, user and kernel mode)",
         "aperf pmu11/0x1 (M)"},
        {{.name = "cycles:k",
          .encoded = "perf::PERF_COUNT_HW_CPU_CYCLES:u=0:k=1:mg=0:mh=1",
          .type = 0,
          .config = 0},
         "",
         "cycles:k is perf::PERF_COUNT_HW_CPU_CYCLES (kernel mode only)",
         "cycles:k, kernel mode (M)"},
        {{.name = "no-such"}, "", "no-such is no-such (user and kernel mode)", "no-such (M)"},
        {{.name = "odd", .encoded = ":::a=0:=0:u=1::x", .type = 1},
         "",
         "odd is :=0::x (user and kernel mode)",
         "odd (M)"},
};

static void events_are_named_in_full(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
		char raw[EVENT_RAW_BYTES];
		char axis[EVENT_AXIS_BYTES];
		cleanup_str struct str words = {0};
		event_raw(&texts[i].event, raw);
		assert_string_equal(raw, texts[i].raw);
		event_add_words(&texts[i].event, &words);
		assert_string_equal(str_text(&words), texts[i].words);
		event_axis(&texts[i].event, "M", axis);
		assert_string_equal(axis, texts[i].axis);
	}
	struct event_definition longest = {.type = 4, .config = UINT64_MAX, .config1 = UINT64_MAX};
	memset(longest.name, 'n', sizeof longest.name - 1);
	memset(longest.encoded, 'e', sizeof longest.encoded - 1);
	char axis[EVENT_AXIS_BYTES];
	char raw[EVENT_RAW_BYTES];
	event_raw(&longest, raw);
	assert_string_equal(raw, "rffffffffffffffff:ffffffffffffffff");
	event_axis(&longest, "G", axis);
	assert_string_equal(axis + strlen(axis) - 4, " (G)");
}

/* Events of a processor with too few counters; is_rotated: else every task counts them all. */
static void make(struct made *made, bool is_rotated)
{
	static const struct event_sets sets = {.count = 2, .events = {7 | 8, 7 | 16}};
	static const struct event_sets none = {0};
	made_init(made);
	for (uint32_t l = 1; l <= 3; l++)
		made_level(made, l, "spread");
	costs_events(made, false);
	made_event(made, "LLC-load-misses");
	made_event(made, "branch-misses");
	made_event(made, "page-walks");
	made_event(made, "power/energy-pkg/");
	struct dataset *const d = &made->dataset;
	for (size_t e = 0; e < 2; e++) {
		snprintf(d->events[e].encoded, sizeof d->events[e].encoded, "%s",
		         e ? "skx::UNHALTED_CORE_CYCLES:u=1:k=1" : "skx::INSTRUCTION_RETIRED:u=1");
		snprintf(d->events[e].metric, sizeof d->events[e].metric, "%s", d->events[e].name);
		d->events[e].choice = 1;
		d->events[e].type = 4;
		d->events[e].config = e ? 0x3c : 0xc0;
	}
	d->events[3] = texts[1].event;
	d->events[3].is_user_only = false;
	*strstr(d->events[3].encoded, ":k=0") = '\0';
	snprintf(d->events[3].note, sizeof d->events[3].note,
	         "perf::LLC-LOAD-MISSES does not open: the kernel has no such event");
	d->events[4].type = 4;
	d->events[4].config = 0xc5;
	d->events[5].state = COUNTER_NOT_SUPPORTED;
	snprintf(d->events[5].reason, RECORD_REASON_BYTES, "the processor has no such event");
	d->events[6].state = COUNTER_NO_PERMISSION;
	snprintf(d->events[6].reason, RECORD_REASON_BYTES, "perf_event_paranoid is 3");
	snprintf(d->events[6].remedy, RECORD_REASON_BYTES,
	         "root runs `sysctl kernel.perf_event_paranoid=1`");
	d->event_sets = is_rotated ? sets : none;
	for (uint32_t block = 0; block < 3; block++)
		for (uint32_t l = 0; l < 3; l++) {
			struct trial_record *const trial = made_trial(made, l, block, 0, 9);
			const uint32_t set = rotation_set(&d->event_sets, block, l);
			trial->event_set = set;
			const struct costs costs = costs_usual(false);
			for (double at_s = 0; at_s < 9;) {
				at_s = costs_task(made, 0, at_s, &costs);
				for (size_t e = 3; e < 5; e++)
					if (event_sets_has(&d->event_sets, set, e))
						made_counter(made, e, 1000000 * (l + e),
						             is_rotated ? COUNTER_OK
						                        : COUNTER_SCALED);
			}
		}
	for (size_t i = 0; i < d->task_count * d->event_count; i++)
		if (d->counters[i].state == COUNTER_SCALED)
			d->counters[i].running_ns =
			        d->counters[i].enabled_ns / 1000 * (600 - i % 7);
}

static char *write_sections(const struct made *made, size_t width)
{
	struct error err;
	char *text = NULL;
	cleanup_findings struct findings findings = {0};
	const struct text_style style = {.width = width};
	cleanup_document struct document doc;
	assert_int_equal(findings_build(&made->dataset, &findings, &err), 0);
	document_init(&doc, "", &style);
	section_counters(&findings, &doc);
	section_events(&findings, &doc);
	section_warnings(&findings, &doc);
	assert_int_equal(document_text_write(&doc, &text, &err), 0);
	return text;
}

static void tables_as_they_should_look(void **state)
{
	(void)state;
	static const struct {
		const char *file;
		bool is_rotated;
		size_t width;
	} cases[] = {
	        {"events-rotated-80.txt", true, 80},
	        {"events-multiplexed-80.txt", false, 80},
	        {"events-multiplexed-140.txt", false, 140},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		cleanup_made struct made made;
		make(&made, cases[i].is_rotated);
		cleanup_free char *text = write_sections(&made, cases[i].width);
		assert_golden(cases[i].file, text);
	}
}

/* The numbers of choices are left out where all are the first, and their place is there for the
 * string; an event that was named itself is no choice. */
static void first_choices_have_no_numbers(void **state)
{
	(void)state;
	static const struct {
		unsigned first; /* the choice of the first event, all others are 1 */
		bool has_column;
		bool is_said;
	} cases[] = {{1, false, true}, {0, false, false}, {2, true, false}};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		cleanup_made struct made made;
		make(&made, false);
		for (size_t e = 0; e < made.dataset.event_count; e++)
			made.dataset.events[e].choice = e == 0 ? cases[i].first : 1;
		cleanup_free char *text = write_sections(&made, 140);
		assert_int_equal(strstr(text, "mode   choice") || strstr(text, "mode  choice"),
		                 cases[i].has_column);
		assert_int_equal(strstr(text, "; each the first choice of its metric") != NULL,
		                 cases[i].is_said);
	}
}

static double number(const json_t *counter, const char *key)
{
	return json_number_value(json_object_get(counter, key));
}

static void json_says_which_event_it_was(void **state)
{
	(void)state;
	cleanup_made struct made made;
	struct error err;
	char *text = NULL;
	make(&made, true);
	cleanup_findings struct findings findings = {0};
	assert_int_equal(findings_build(&made.dataset, &findings, &err), 0);
	assert_int_equal(show_json_write(&findings, &text, &err), 0);
	json_t *const answer = json_loads(text, 0, NULL);
	assert_non_null(answer);
	const json_t *const level = json_array_get(json_object_get(answer, "levels"), 1);
	const json_t *const counters = json_object_get(level, "counters");
	const json_t *const misses = json_object_get(counters, "LLC-load-misses");
	assert_string_equal(json_string_value(json_object_get(misses, "metric")),
	                    "LLC-load-misses");
	assert_string_equal(json_string_value(json_object_get(misses, "raw")), "r20d1");
	assert_string_equal(json_string_value(json_object_get(misses, "encoded")),
	                    "skx::MEM_LOAD_RETIRED:L3_MISS:e=0:i=0:c=0:intx=0:u=1");
	assert_true(number(misses, "choice") == 2);
	/* Blocks 1 of 0 to 2 have the first set at N=2. */
	assert_true(number(misses, "trials") == 1);
	assert_true(number(misses, "running_share") == 1);
	assert_true(number(misses, "mean") == 4e6);
	assert_true(number(json_object_get(counters, "branch-misses"), "trials") == 2);
	assert_true(number(json_object_get(counters, "cycles"), "trials") == 3);
	const json_t *const power = json_object_get(counters, "power/energy-pkg/");
	assert_non_null(strstr(json_string_value(json_object_get(power, "remedy")), "sysctl"));
	assert_true(json_is_null(json_object_get(power, "mean")));
	json_decref(answer);
	free(text);
}

/* One name, several events: said with the results of each. */
static void results_that_cannot_be_compared(void **state)
{
	(void)state;
	static const struct text_style style = {.width = 100};
	static char names[3][8] = {"0.db", "1.db", "2.db"};
	struct error err;
	cleanup_free char *text = NULL;
	cleanup_document struct document doc;
	cleanup_event_variants struct event_variants variants = {0};
	document_init(&doc, "", &style);
	document_section(&doc, "index", "", "");
	for (size_t i = 0; i < 3; i++) {
		cleanup_made struct made made;
		make(&made, true);
		char *const path = made.dataset.path;
		made.dataset.path = names[i];
		if (i == 1)
			made.dataset.events[3].config = 0x10b0;
		if (i == 2)
			made.dataset.events[0].is_user_only = true;
		made.dataset.events[5].config = i; /* which nobody could count */
		assert_int_equal(event_variants_add(&variants, &made.dataset, &err), 0);
		made.dataset.path = path;
	}
	event_variants_say(&variants, &doc);
	assert_int_equal(document_text_write(&doc, &text, &err), 0);
	assert_golden("events-compared-100.txt", text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(events_are_named_in_full),
	        cmocka_unit_test(tables_as_they_should_look),
	        cmocka_unit_test(first_choices_have_no_numbers),
	        cmocka_unit_test(json_says_which_event_it_was),
	        cmocka_unit_test(results_that_cannot_be_compared),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
