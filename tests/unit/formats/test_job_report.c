/* The state file of a job: written and read back, from hands that may be anybody's. */
#include "formats/fleet/job_report_json.h"

#include "core/array.h"
#include "core/error.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct job_report sample(void)
{
	return (struct job_report){
	        .node = (char *)(uintptr_t) "rome07",
	        .found_node = (char *)(uintptr_t) "rome07",
	        .host = (char *)(uintptr_t) "rome07.site.example",
	        .job = (char *)(uintptr_t) "4711",
	        .attempt = 2,
	        .stage = STAGE_DONE,
	        .exit_code = 1,
	        .signal = 15,
	        .reason = (char *)(uintptr_t) "it was told to end by signal 15 (Terminated)",
	        .cpus = (char *)(uintptr_t) "0-63,128-191",
	        .cpu_count = 128,
	        .granted_cpu_count = 256,
	        .memory_bytes = 549755813888,
	        .started_ns = 1763680000000000000,
	        .updated_ns = 1763680009000000001,
	        .ended_ns = 1763680009000000001,
	        .result = (char *)(uintptr_t) "result.db",
	        .result_bytes = 94208,
	        .result_sha256 = (char *)(uintptr_t) "00ff",
	        .is_partial = true,
	        .trials_done = 7,
	        .trials_planned = 24,
	};
}

static void assert_same_text(const char *a, const char *b)
{
	assert_int_equal(a == NULL, b == NULL);
	if (a)
		assert_string_equal(a, b);
}

static void assert_same(const struct job_report *a, const struct job_report *b)
{
	assert_same_text(a->node, b->node);
	assert_same_text(a->found_node, b->found_node);
	assert_same_text(a->host, b->host);
	assert_same_text(a->job, b->job);
	assert_same_text(a->reason, b->reason);
	assert_same_text(a->cpus, b->cpus);
	assert_same_text(a->result, b->result);
	assert_same_text(a->result_sha256, b->result_sha256);
	assert_true(a->result_bytes == b->result_bytes);
	assert_int_equal(a->attempt, b->attempt);
	assert_int_equal(a->stage, b->stage);
	assert_int_equal(a->exit_code, b->exit_code);
	assert_int_equal(a->signal, b->signal);
	assert_int_equal(a->cpu_count, b->cpu_count);
	assert_int_equal(a->granted_cpu_count, b->granted_cpu_count);
	assert_true(a->memory_bytes == b->memory_bytes && a->started_ns == b->started_ns &&
	            a->updated_ns == b->updated_ns && a->ended_ns == b->ended_ns);
	assert_int_equal(a->is_partial, b->is_partial);
	assert_int_equal(a->trials_done, b->trials_done);
	assert_int_equal(a->trials_planned, b->trials_planned);
}

static void check_way_back(const struct job_report *report)
{
	struct error err;
	char *json = NULL;
	struct job_report again;
	memset(&again, 0x5a, sizeof again);
	assert_int_equal(job_report_json_write(report, &json, &err), 0);
	assert_int_equal(job_report_json_read(json, strlen(json), &again, &err), 0);
	assert_same(report, &again);
	job_report_release(&again);
	free(json);
}

static void what_is_written_is_read_back(void **state)
{
	(void)state;
	struct job_report report = sample();
	for (unsigned stage = 0; stage < JOB_STAGES; stage++) {
		report.stage = (enum job_stage)stage;
		check_way_back(&report);
	}
	const struct job_report young = {
	        .node = (char *)(uintptr_t) "n",
	        .attempt = 1,
	        .exit_code = -1,
	        .memory_bytes = RECORD_ABSENT,
	        .started_ns = RECORD_ABSENT,
	        .updated_ns = RECORD_ABSENT,
	        .ended_ns = RECORD_ABSENT,
	};
	check_way_back(&young);
}

static void hostile_texts_come_back_as_they_were(void **state)
{
	(void)state;
	static const char *const texts[] = {
	        "w x\ty\nz\r",
	        "\"; rm -rf ~ #'`$(x)`",
	        "</script><b>&amp;",
	        "\x1b[31mred\x07",
	        "%s%n%d",
	        "\xc3\xa9t\xc3\xa9",
	        "",
	        "\\\\\"",
	};
	for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
		struct job_report report = sample();
		char *const text = (char *)(uintptr_t)texts[i];
		report.node = report.found_node = report.host = report.reason = report.job = text;
		check_way_back(&report);
	}
	struct error err;
	char *json = NULL;
	struct job_report report = sample();
	struct job_report again;
	report.host = (char *)(uintptr_t) "caf\xe9\xff";
	assert_int_equal(job_report_json_write(&report, &json, &err), 0);
	assert_int_equal(job_report_json_read(json, strlen(json), &again, &err), 0);
	assert_string_equal(again.host, "caf??");
	job_report_release(&again);
	free(json);
}

/* Nothing but the whole is taken, however it was cut off. */
static void a_cut_file_is_refused(void **state)
{
	(void)state;
	struct error err;
	char *json = NULL;
	const struct job_report report = sample();
	assert_int_equal(job_report_json_write(&report, &json, &err), 0);
	const size_t length = strlen(json);
	for (size_t cut = 0; cut + 2 < length; cut++) {
		struct job_report poison;
		memset(&poison, 0x5a, sizeof poison);
		struct job_report got = poison;
		assert_int_equal(job_report_json_read(json, cut, &got, &err), -EINVAL);
		assert_memory_equal(&got, &poison, sizeof got);
	}
	free(json);
}

/* In a good file, `from` is replaced. */
static int read_changed(const char *from, const char *to, struct error *err)
{
	char *json = NULL;
	const struct job_report report = sample();
	assert_int_equal(job_report_json_write(&report, &json, err), 0);
	char *const at = strstr(json, from);
	assert_non_null(at);
	char changed[4096];
	const int length = snprintf(changed, sizeof changed, "%.*s%s%s", (int)(at - json), json, to,
	                            at + strlen(from));
	free(json);
	struct job_report got = {0};
	const int r = job_report_json_read(changed, (size_t)length, &got, err);
	job_report_release(&got);
	return r;
}

static void what_it_cannot_be_is_refused(void **state)
{
	(void)state;
	static const struct {
		const char *from, *to;
		int r;
	} cases[] = {
	        {"\"attempt\": 2", "\"attempt\": 2, \"new\": [1, {}]", 0},
	        {"\"attempt\": 2", "\"attempt\": 0", -EINVAL},
	        {"\"attempt\": 2", "\"attempt\": 4294967296", -EINVAL},
	        {"\"attempt\": 2", "\"attempt\": 2.0", -EINVAL},
	        {"\"attempt\": 2", "\"attempt\": \"2\"", -EINVAL},
	        {"\"attempt\": 2", "\"attempt\": null", -EINVAL},
	        {"\"attempt\": 2", "\"attempt\": 2, \"attempt\": 3", -EINVAL},
	        {"\"exit_code\": 1", "\"exit_code\": -2", -EINVAL},
	        {"\"signal\": 15", "\"signal\": 2147483648", -EINVAL},
	        {"\"cpu_count\": 128", "\"cpu_count\": -1", -EINVAL},
	        {"\"stage\": \"done\"", "\"stage\": \"over\"", -EINVAL},
	        {"\"stage\": \"done\"", "\"stage\": 3", -EINVAL},
	        {"\"node\": \"rome07\"", "\"node\": null", -EINVAL},
	        {"\"node\": \"rome07\"", "\"node\": \"a\\u0000b\"", -EINVAL},
	        {"\"node\": \"rome07\"", "\"node\": [\"rome07\"]", -EINVAL},
	        {"\"memory_bytes\": 549755813888", "\"memory_bytes\": 1e400", -EINVAL},
	        {"\"memory_bytes\": 549755813888", "\"memory_bytes\": -5", -EINVAL},
	        {"\"memory_bytes\": 549755813888", "\"memory_bytes\": null", 0},
	        {"\"is_partial\": true", "\"is_partial\": 1", -EINVAL},
	        {"\"result\": \"result.db\"", "\"result\": \"../../../etc/passwd\"", -EINVAL},
	        {"\"result\": \"result.db\"", "\"result\": \"/etc/passwd\"", -EINVAL},
	        {"\"result\": \"result.db\"", "\"result\": \"..\"", -EINVAL},
	        {"\"result\": \"result.db\"", "\"result\": \"\"", -EINVAL},
	        {"\"result\": \"result.db\"", "\"result\": null", 0},
	        {"\"schema_version\": 1", "\"schema_version\": 2", -EINVAL},
	        {"\"plateau job state\"", "\"plateau fleet\"", -EINVAL},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct error err;
		assert_int_equal(read_changed(cases[i].from, cases[i].to, &err), cases[i].r);
	}
	static const char *const others[] = {"", "[]", "null", "7", "\"x\"", "{}", "\xff\xfe"};
	for (size_t i = 0; i < ARRAY_LENGTH(others); i++) {
		struct error err;
		struct job_report got = {0};
		assert_int_equal(job_report_json_read(others[i], strlen(others[i]), &got, &err),
		                 -EINVAL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(what_is_written_is_read_back),
	        cmocka_unit_test(hostile_texts_come_back_as_they_were),
	        cmocka_unit_test(a_cut_file_is_refused),
	        cmocka_unit_test(what_it_cannot_be_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
