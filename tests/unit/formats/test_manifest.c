/* The manifest of a fleet and the batch system's answers, written and read; texts from anybody. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/array.h"
#include "core/error.h"
#include "formats/fleet/manifest_json.h"
#include "model/record.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ID "0123456789abcdef0123456789abcdef"

static char id[] = ID;
static char name[] = "isr \"occupancy\"\n";
static char version[] = "1.2.3";
static char program[] = "/opt/with space/bin/plateau";
static char scenario[] = "/home/x/\xff\xfe.yaml"; /* a path need not be UTF-8 */
static char sha[] = "00ff";
static char folder[] = "/home/x/\xc3\xa9";
static char nodes[] = "rome[01-08],milan'03";

static void test_manifest_both_ways(void **state)
{
	(void)state;
	struct error err;
	struct manifest written = {.id = id,
	                           .name = name,
	                           .plateau_version = version,
	                           .plateau_path = program,
	                           .scenario_path = scenario,
	                           .scenario_sha256 = sha,
	                           .working_folder = folder,
	                           .created_ns = 1795000000123456789,
	                           .uid = 1234,
	                           .is_accepting = true,
	                           .time_limit_ns = RECORD_ABSENT,
	                           .nodes = nodes};
	assert_int_equal(words_add(&written.options, "--comment=a b", &err), 0);
	assert_int_equal(words_add(&written.expected, "rome01", &err), 0);
	assert_int_equal(words_add(&written.expected, "n\xff", &err), 0);
	char *text = NULL;
	assert_int_equal(manifest_json_write(&written, &text, &err), 0);
	cleanup_manifest struct manifest read = {0};
	assert_int_equal(manifest_json_read(text, strlen(text), &read, &err), 0);
	assert_string_equal(read.id, id);
	assert_string_equal(read.name, name);
	assert_string_equal(read.plateau_version, version);
	assert_string_equal(read.plateau_path, program);
	assert_string_equal(read.scenario_path, scenario);
	assert_string_equal(read.scenario_sha256, sha);
	assert_string_equal(read.working_folder, folder);
	assert_string_equal(read.nodes, nodes);
	assert_null(read.partition);
	assert_null(read.reservation);
	assert_int_equal(read.created_ns, 1795000000123456789);
	assert_int_equal(read.uid, 1234);
	assert_true(read.is_accepting);
	assert_true(read.time_limit_ns == RECORD_ABSENT);
	assert_int_equal(read.options.count, 1);
	assert_string_equal(read.options.items[0], "--comment=a b");
	assert_int_equal(read.expected.count, 2);
	assert_string_equal(read.expected.items[1], "n\xff");
	words_release(&written.options);
	words_release(&written.expected);
	free(text);
}

#define NEEDED                                                                                     \
	"\"schema_version\":1,\"id\":\"" ID "\",\"name\":\"n\",\"plateau_version\":\"1\","         \
	"\"plateau_path\":\"/p\",\"scenario_sha256\":\"00\",\"working_folder\":\"/w\""

static void test_manifest_refused(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int result;
		const char *said;
	} cases[] = {
	        {"{" NEEDED "}", 0, NULL},
	        {"{" NEEDED ",\"later\":{\"x\":[]}}", 0, NULL},
	        {"", -EINVAL, "line 1 is no JSON"},
	        {"{" NEEDED, -EINVAL, "is no JSON"},
	        {"[]", -EINVAL, "schema_version"},
	        {"{\"schema_version\":2}", -ENOTSUP, "later plateau"},
	        {"{\"schema_version\":1}", -EINVAL, "id is not there"},
	        {"{" NEEDED ",\"id\":\"x\"}", -EINVAL, "is no JSON"}, /* twice */
	        {"{" NEEDED ",\"expected\":\"a\"}", -EINVAL, "expected is not a list"},
	        {"{" NEEDED ",\"expected\":[1]}", -EINVAL, "expected is not a list of texts"},
	        {"{" NEEDED ",\"expected\":[\"\"]}", -EINVAL, "expected is not a list of names"},
	        {"{" NEEDED ",\"time_limit_ns\":0}", -EINVAL, "time_limit_ns is not"},
	        {"{" NEEDED ",\"time_limit_ns\":1.5}", -EINVAL, "time_limit_ns is not"},
	        {"{" NEEDED ",\"created_ns\":-1}", -EINVAL, "created_ns is not"},
	        {"{" NEEDED ",\"accept\":1}", -EINVAL, "accept is not true or false"},
	        {"{" NEEDED ",\"scenario_path\":\"x\"}", -EINVAL, "not an absolute path"},
	        {"{" NEEDED ",\"qos\":{\"hex\":\"6\"}}", -EINVAL, "qos is not a text"},
	        {"{" NEEDED ",\"qos\":{\"hex\":\"00\"}}", -EINVAL, "qos is not a text"},
	        {"{" NEEDED ",\"qos\":{\"hex\":\"616\"}}", -EINVAL, "qos is not a text"},
	        {"{" NEEDED ",\"qos\":\"a\\u0000b\"}", -EINVAL, "is no JSON"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct error err = {""};
		struct manifest read;
		memset(&read, 0x55, sizeof read);
		const struct manifest untouched = read;
		const int r = manifest_json_read(cases[i].text, strlen(cases[i].text), &read, &err);
		if (r != cases[i].result)
			fail_msg("case %zu: %d, %s", i, r, err.text);
		if (r == 0) {
			manifest_release(&read);
			continue;
		}
		assert_memory_equal(&read, &untouched, sizeof read);
		if (!strstr(err.text, cases[i].said))
			fail_msg("case %zu says: %s", i, err.text);
	}
}

static void test_submission(void **state)
{
	(void)state;
	struct error err;
	char node[] = "a b\n'c";
	char job[] = "4711";
	char refused[] = "sbatch: error: \"no\" |";
	const struct submission both[] = {
	        {.node = node, .attempt = 3, .job = job, .submitted_ns = 17},
	        {.node = node, .attempt = 1, .refused = refused, .submitted_ns = 18},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(both); i++) {
		char *text = NULL;
		assert_int_equal(submission_json_write(&both[i], &text, &err), 0);
		cleanup_submission struct submission read = {0};
		assert_int_equal(submission_json_read(text, strlen(text), &read, &err), 0);
		assert_string_equal(read.node, node);
		assert_int_equal(read.attempt, both[i].attempt);
		assert_int_equal(read.submitted_ns, both[i].submitted_ns);
		assert_int_equal(!read.job, !both[i].job);
		assert_string_equal(read.job ? read.job : read.refused,
		                    both[i].job ? both[i].job : both[i].refused);
		/* Cut anywhere, it is refused and not half believed. */
		for (size_t cut = 0; cut + 2 < strlen(text); cut++) {
			struct submission none;
			assert_int_equal(submission_json_read(text, cut, &none, &err), -EINVAL);
		}
		free(text);
	}
	static const char *const wrong[] = {
	        "{\"schema_version\":1,\"node\":\"a\",\"attempt\":1}",
	        ("{\"schema_version\":1,\"node\":\"a\",\"attempt\":1,\"job\":\"1\","
	         "\"refused\":\"x\"}"),
	        "{\"schema_version\":1,\"node\":\"a\",\"attempt\":0,\"job\":\"1\"}",
	        "{\"schema_version\":1,\"node\":\"a\",\"attempt\":4294967296,\"job\":\"1\"}",
	        "{\"schema_version\":1,\"node\":\"\",\"attempt\":1,\"job\":\"1\"}",
	};
	for (size_t i = 0; i < ARRAY_LENGTH(wrong); i++) {
		struct submission none;
		assert_int_equal(submission_json_read(wrong[i], strlen(wrong[i]), &none, &err),
		                 -EINVAL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_manifest_both_ways),
	        cmocka_unit_test(test_manifest_refused),
	        cmocka_unit_test(test_submission),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
