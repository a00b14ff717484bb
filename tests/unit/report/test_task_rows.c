#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/error.h"
#include "report/task_rows.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct task_record task(uint32_t trial, int32_t input)
{
	struct task_record result = {.trial = trial,
	                             .pu = -1,
	                             .input = input,
	                             .role = ROLE_MEASURED,
	                             .exit_status = -1,
	                             .start_ns = -1500000000,
	                             .end_ns = 1,
	                             .idle_before_ns = RECORD_ABSENT,
	                             .user_ns = RECORD_ABSENT,
	                             .system_ns = 999999999,
	                             .cpu_ns = RECORD_ABSENT,
	                             .max_rss_bytes = INT64_MAX,
	                             .peak_pss_bytes = 12345,
	                             .minor_faults = RECORD_ABSENT};
	return result;
}

/* Writes the dataset as text that the caller frees. */
static char *rows(const struct dataset *dataset, enum task_rows_format format)
{
	char *text = NULL;
	size_t bytes = 0;
	struct error err = {""};
	FILE *const stream = open_memstream(&text, &bytes);
	assert_non_null(stream);
	assert_int_equal(task_rows_write(dataset, format, stream, &err), 0);
	assert_int_equal(fclose(stream), 0);
	return text;
}

static char input_texts[][16] = {
        "a,b", "say \"x\"", "two\r\nlines", "", "bad \xff\xc3 bytes", "plain", "=1+1", "@x", "-2",
};
static char run_id[] = "r";
static char policy[] = "spread:numa";
static const char *const quoted[] = {",\"a,b\",",   ",\"say \"\"x\"\"\",", ",two? lines,",
                                     ",\"\",",      ",bad ?? bytes,",      ",plain,",
                                     ",\"'=1+1\",", ",\"'@x\",",           ",\"'-2\","};
static const char *const in_json[] = {"a,b",   "say \"x\"", "two\r\nlines", "",  "bad ?? bytes",
                                      "plain", "=1+1",      "@x",           "-2"};

enum { INPUTS = sizeof input_texts / sizeof input_texts[0] };

static char *inputs[INPUTS];

static struct dataset dataset_of(struct task_record *tasks, size_t count,
                                 struct event_definition *events, size_t event_count)
{
	return (struct dataset){.run = {.id = run_id},
	                        .inputs = {.items = inputs, .count = INPUTS},
	                        .events = events,
	                        .event_count = event_count,
	                        .tasks = tasks,
	                        .task_count = count};
}

static void texts_are_quoted(void **state)
{
	(void)state;
	for (size_t i = 0; i < INPUTS; i++)
		inputs[i] = input_texts[i];
	for (int32_t i = 0; i < INPUTS; i++) {
		struct task_record one = task(0, i);
		const struct dataset dataset = dataset_of(&one, 1, NULL, 0);
		char *const csv = rows(&dataset, TASK_ROWS_CSV);
		if (!strstr(csv, quoted[i]))
			fail_msg("%s is not in %s", quoted[i], csv);
		free(csv);
		char *const line = rows(&dataset, TASK_ROWS_JSONL);
		json_t *const object = json_loads(line, 0, NULL);
		assert_non_null(object);
		assert_string_equal(json_string_value(json_object_get(object, "input")),
		                    in_json[i]);
		json_decref(object);
		free(line);
	}
}

static void numbers_and_absence(void **state)
{
	(void)state;
	struct task_record one = task(0, -1);
	struct event_definition events[] = {
	        {.name = "task-clock", .type = 1, .config = 1},
	        {.name = "cycles", .state = COUNTER_NO_PERMISSION},
	};
	struct dataset dataset = dataset_of(&one, 1, events, 2);
	char *csv = rows(&dataset, TASK_ROWS_CSV);
	assert_non_null(strstr(csv, ",task-clock_ns,task-clock_state,cycles,cycles_state\n"));
	/* start, end, wall, idle, user, system, max RSS, peak PSS, minor faults */
	assert_non_null(strstr(csv, ",-1.500000000,0.000000001,1.500000001,,,0.999999999,"
	                            "9223372036854775807,12345,,"));
	/* No counters were kept at all: each event says why. */
	assert_non_null(strstr(csv, ",,not-counted,,no-permission\n"));
	free(csv);
	struct counter_value counters[] = {{UINT64_MAX, 1, 1, COUNTER_OK},
	                                   {100, 30, 10, COUNTER_SCALED}};
	dataset.counters = counters;
	csv = rows(&dataset, TASK_ROWS_CSV);
	assert_non_null(strstr(csv, ",1.84467440737096e+19,ok,300,scaled\n"));
	free(csv);
}

static void trial_and_weight(void **state)
{
	(void)state;
	struct task_record tasks[] = {task(2, -1), task(9, -1)};
	struct dataset_level level = {.concurrency = 64, .policy = policy};
	struct trial_record trials[] = {
	        {.trial = 1, .attempt = 1},
	        {.trial = 2,
	         .attempt = 3,
	         .block = 5,
	         .state = TRIAL_CENSORED,
	         .window_start_ns = -750000000,
	         .window_end_ns = 10 * 1000000000LL},
	};
	struct dataset dataset = dataset_of(tasks, 2, NULL, 0);
	dataset.levels = &level;
	dataset.level_count = 1;
	dataset.trials = trials;
	dataset.trial_count = 2;
	char *const lines = rows(&dataset, TASK_ROWS_JSONL);
	char *const second = strchr(lines, '\n') + 1;
	json_t *const known = json_loads(lines, JSON_DISABLE_EOF_CHECK, NULL);
	json_t *const unknown = json_loads(second, 0, NULL);
	assert_non_null(known);
	assert_non_null(unknown);
	assert_int_equal(json_integer_value(json_object_get(known, "concurrency")), 64);
	assert_int_equal(json_integer_value(json_object_get(known, "attempt")), 3);
	assert_string_equal(json_string_value(json_object_get(known, "trial_state")), "censored");
	const double weight = json_real_value(json_object_get(known, "weight"));
	assert_true(weight > 0.4999999 && weight < 0.5000001);
	assert_true(json_is_null(json_object_get(unknown, "concurrency")));
	assert_true(json_is_null(json_object_get(unknown, "weight")));
	json_decref(known);
	json_decref(unknown);
	free(lines);
}

static void failing_stream_is_told(void **state)
{
	(void)state;
	struct task_record one = task(0, -1);
	const struct dataset dataset = dataset_of(&one, 1, NULL, 0);
	struct error err = {""};
	char room[16];
	FILE *const stream = fmemopen(room, sizeof room, "w");
	assert_non_null(stream);
	setvbuf(stream, NULL, _IONBF, 0);
	assert_true(task_rows_write(&dataset, TASK_ROWS_CSV, stream, &err) < 0);
	assert_non_null(strstr(err.text, "cannot write the rows"));
	fclose(stream);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(texts_are_quoted),
	        cmocka_unit_test(numbers_and_absence),
	        cmocka_unit_test(trial_and_weight),
	        cmocka_unit_test(failing_stream_is_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
