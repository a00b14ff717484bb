/* Numbers as programs write them, what is collected from files and taken back, and the counts of
 * perf stat to the last digit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/array.h"
#include "core/error.h"
#include "formats/import/imported.h"
#include "formats/import/perf_stat.h"
#include "formats/import/written_number.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static void numbers(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		enum written_reading reading;
		uint64_t whole;
		uint32_t nano;
		bool has_fraction;
	} cases[] = {
	        {"0", WRITTEN_READ, 0, 0, false},
	        {"1650", WRITTEN_READ, 1650, 0, false},
	        {"1,650", WRITTEN_READ, 1650, 0, false},
	        {"117,627,028,354", WRITTEN_READ, 117627028354, 0, false},
	        {"12,34,56,789", WRITTEN_READ, 123456789, 0, false},
	        {"1'650", WRITTEN_READ, 1650, 0, false},
	        {"1\xe2\x80\x99"
	         "812.24",
	         WRITTEN_READ, 1812, 240000000, true},
	        {"1\xe2\x80\xaf"
	         "421",
	         WRITTEN_READ, 1421, 0, false},
	        {"51,938.23", WRITTEN_READ, 51938, 230000000, true},
	        {"0.102005248", WRITTEN_READ, 0, 102005248, true},
	        {"1.00000000099", WRITTEN_READ, 1, 0, true},
	        {"18446744073709551615", WRITTEN_READ, UINT64_MAX, 0, false},
	        {"18446744073709551616", WRITTEN_TOO_LARGE, 0, 0, false},
	        {"", WRITTEN_NO_NUMBER, 0, 0, false},
	        {"-1", WRITTEN_NO_NUMBER, 0, 0, false},
	        {"1e3", WRITTEN_NO_NUMBER, 0, 0, false},
	        {".5", WRITTEN_NO_NUMBER, 0, 0, false},
	        {"12:30", WRITTEN_NO_NUMBER, 0, 0, false},
	        {"1.234,56", WRITTEN_FOREIGN, 0, 0, false},
	        {"1.234.567", WRITTEN_FOREIGN, 0, 0, false},
	        {"0,71", WRITTEN_FOREIGN, 0, 0, false},
	        {"0,714", WRITTEN_FOREIGN, 0, 0, false},
	        {"0,714366", WRITTEN_FOREIGN, 0, 0, false},
	        {"60,22", WRITTEN_FOREIGN, 0, 0, false},
	        {"1,2345", WRITTEN_FOREIGN, 0, 0, false},
	        {"1234,567", WRITTEN_FOREIGN, 0, 0, false},
	        {"1,650,", WRITTEN_FOREIGN, 0, 0, false},
	        {"1,,650", WRITTEN_FOREIGN, 0, 0, false},
	        {"1\xe2\x80\xaf"
	         "421,35",
	         WRITTEN_FOREIGN, 0, 0, false},
	        {"1.", WRITTEN_FOREIGN, 0, 0, false},
	        {"1,650'000", WRITTEN_FOREIGN, 0, 0, false},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct written_number number = {7, 7, true};
		print_message("# %s\n", cases[i].text);
		assert_int_equal(written_number_read(cases[i].text, strlen(cases[i].text), &number),
		                 cases[i].reading);
		if (cases[i].reading != WRITTEN_READ) {
			assert_true(number.whole == 7 && number.nano == 7);
			continue;
		}
		assert_true(number.whole == cases[i].whole);
		assert_int_equal(number.nano, cases[i].nano);
		assert_int_equal(number.has_fraction, cases[i].has_fraction);
	}
}

static void durations(void **state)
{
	(void)state;
	static const struct {
		struct written_number number;
		int64_t per_second;
		bool is_read;
		int64_t ns;
	} cases[] = {
	        {{32, 48675140, true}, 1, true, 32048675140},
	        {{51938, 230000000, true}, 1000, true, 51938230000},
	        {{7, 0, false}, 1000000000, true, 7},
	        {{9223372036, 854775807, true}, 1, true, INT64_MAX},
	        {{9223372036, 854775808, true}, 1, false, 0},
	        {{UINT64_MAX, 0, false}, 1000000000, false, 0},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		int64_t ns = 0;
		print_message("# case %zu\n", i);
		assert_int_equal(written_number_ns(&cases[i].number, cases[i].per_second, &ns),
		                 cases[i].is_read);
		if (cases[i].is_read)
			assert_true(ns == cases[i].ns);
	}
}

static void modifiers(void **state)
{
	(void)state;
	static const struct {
		const char *event;
		bool is_user_only;
	} cases[] = {
	        {"cycles", false},
	        {"cycles:u", true},
	        {"cycles:uP", true},
	        {"cycles:uk", false},
	        {"cycles:uh", false},
	        {"cycles:k", false},
	        {"cpu/event=0x3c/u", true},
	        {"cpu/event=0x3c/", false},
	        {"cpu_core/cycles/uk", false},
	        {"cpu/cycles/:u", true},
	        {"sched:sched_switch", false},
	        {"syscalls:sys_enter_openat:u", true},
	        {"", false},
	        {":u", true},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		print_message("# %s\n", cases[i].event);
		assert_int_equal(imported_is_user_only(cases[i].event), cases[i].is_user_only);
	}
}

/* Fills in one of everything. */
static void add_one(struct imported *imported, const char *name)
{
	struct error err;
	uint32_t event = 0;
	const struct counter_value count = {.raw = 1, .state = COUNTER_OK};
	const char *const file = imported_text(imported, name, &err);
	assert_non_null(file);
	struct imported_task *const task = imported_add_task(imported, file, 3, &err);
	assert_non_null(task);
	assert_true(task->wall_ns == RECORD_ABSENT && task->concurrency == RECORD_ABSENT);
	assert_true(task->record.start_ns == RECORD_ABSENT);
	assert_int_equal(imported_event(imported, name, false, &event, &err), 0);
	assert_int_equal(imported_add_count(task, event, &count, &err), 0);
	assert_int_equal(imported_add_count(task, event, &count, &err), -EEXIST);
	assert_int_equal(imported_add_number(imported, task, name, 2.5, &err), 0);
	assert_int_equal(imported_add_fact(imported, name, "value", &err), 0);
	assert_int_equal(imported_add_fact(imported, name, "another", &err), 0);
	assert_int_equal(imported_add_remark(imported, &err, "%s", name), 0);
	assert_int_equal(imported_add_remark(imported, &err, "%s", name), 0);
	const struct stated_figure figure = {.value = 1};
	assert_int_equal(imported_add_figure(imported, 4, &figure, &err), 0);
}

static void taken_back(void **state)
{
	(void)state;
	cleanup_imported struct imported imported = {0};
	add_one(&imported, "first");
	const struct imported_mark mark = imported_mark(&imported);
	for (int i = 0; i < 2; i++) {
		add_one(&imported, "second");
		add_one(&imported, "third");
		assert_int_equal(imported.task_count, 3);
		assert_string_equal(imported.tasks[2].file, "third");
		imported_rewind(&imported, &mark);
		assert_int_equal(imported.task_count, 1);
		assert_int_equal(imported.figure_count, 1);
		assert_int_equal(imported.event_count, 1);
		assert_int_equal(imported.number_names.count, 1);
		assert_int_equal(imported.facts.count, 1);
		assert_int_equal(imported.fact_values.count, 1);
		assert_string_equal(imported.fact_values.items[0], "value");
		assert_int_equal(imported.remarks.count, 1);
		assert_int_equal(imported.texts.count, 1);
		assert_string_equal(imported.tasks[0].file, "first");
	}
}

static void too_many_events(void **state)
{
	(void)state;
	cleanup_imported struct imported imported = {0};
	struct error err;
	uint32_t event = 0;
	char name[80];
	for (size_t i = 0; i < RECORD_MAX_EVENTS; i++) {
		snprintf(name, sizeof name, "event-%zu", i);
		assert_int_equal(imported_event(&imported, name, false, &event, &err), 0);
		assert_int_equal(event, i);
	}
	assert_int_equal(imported_event(&imported, "event-7", false, &event, &err), 0);
	assert_int_equal(event, 7);
	assert_int_equal(imported_event(&imported, "one-more", false, &event, &err), -E2BIG);
	memset(name, 'x', sizeof name - 1);
	name[sizeof name - 1] = '\0';
	imported.event_count = 1;
	assert_int_equal(imported_event(&imported, name, false, &event, &err), -E2BIG);
}

/* Whatever part of the time an event was counted, what perf wrote comes out again: exactly where it
 * is the nearest that such a count can be, else to a part in 10^8. */
static void scaled_counts(void **state)
{
	(void)state;
	static const uint64_t values[] = {0, 3, 1000, 123456789, 36000000123, 291085249865};
	static const int percents[] = {1, 1249, 3333, 4999, 5000, 9999, 10000};
	for (size_t v = 0; v < ARRAY_LENGTH(values); v++) {
		for (size_t p = 0; p < ARRAY_LENGTH(percents); p++) {
			char text[512];
			const int length = snprintf(text, sizeof text,
			                            " Performance counter stats for 'x':\n\n"
			                            "          1,000.00 msec task-clock\n"
			                            "%18llu      cycles:u    (%d.%02d%%)\n\n"
			                            "  1.000000000 seconds time elapsed\n\n",
			                            (unsigned long long)values[v],
			                            percents[p] / 100, percents[p] % 100);
			cleanup_imported struct imported imported = {0};
			cleanup_problems struct problems problems = {0};
			struct error err;
			FILE *const stream = fmemopen(text, (size_t)length, "r");
			assert_non_null(stream);
			assert_int_equal(perf_stat_read("x", stream, &imported, &problems, &err),
			                 0);
			fclose(stream);
			assert_int_equal(imported.task_count, 1);
			assert_int_equal(imported.tasks[0].count_count, 2);
			const struct counter_value counter = imported.tasks[0].counts[1].value;
			const bool is_whole = percents[p] == 10000;
			assert_int_equal(counter.state, is_whole ? COUNTER_OK : COUNTER_SCALED);
			const double value = counter_scaled_value(&counter);
			const double part = percents[p] / 10000.0;
			/* A count of one more is 1/part more. */
			assert_true(fabs(value - (double)values[v]) <=
			            0.5 / part + 1e-8 * (double)values[v]);
			if (!is_whole)
				assert_true(fabs((double)counter.running_ns /
				                         (double)counter.enabled_ns -
				                 part) < 1e-9);
		}
	}
}

/* A file that is wrong takes nothing from those before it. */
static void all_or_nothing(void **state)
{
	(void)state;
	static const char good[] = " Performance counter stats for 'x':\n\n"
	                           "             1,650      context-switches\n\n"
	                           "  1.000000000 seconds time elapsed\n\n";
	char both[2 * sizeof good];
	snprintf(both, sizeof both, "%s%s", good, good);
	cleanup_imported struct imported imported = {0};
	struct error err;
	for (size_t i = 1; i <= 3; i++) {
		cleanup_problems struct problems problems = {0};
		FILE *stream = fmemopen(both, strlen(both), "r");
		assert_non_null(stream);
		assert_int_equal(perf_stat_read("good", stream, &imported, &problems, &err), 0);
		fclose(stream);
		/* The second job is cut off; the first is whole. */
		stream = fmemopen(both, strlen(both) - 20, "r");
		assert_non_null(stream);
		assert_int_equal(perf_stat_read("bad", stream, &imported, &problems, &err),
		                 -EINVAL);
		fclose(stream);
		assert_int_equal(problems.count, 1);
		assert_string_equal(err.text, "bad has 1 problem");
		assert_int_equal(imported.task_count, 2 * i);
		assert_int_equal(imported.texts.count, 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(numbers),         cmocka_unit_test(durations),
	        cmocka_unit_test(modifiers),       cmocka_unit_test(taken_back),
	        cmocka_unit_test(too_many_events), cmocka_unit_test(scaled_counts),
	        cmocka_unit_test(all_or_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
