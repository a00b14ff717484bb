#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/array.h"
#include "core/error.h"
#include "formats/import/path_pattern.h"
#include "model/record.h"

#include <errno.h>
#include <string.h>

static void paths_match(void **state)
{
	static const struct {
		const char *pattern;
		const char *path;
		bool is_match;
		int64_t concurrency;
		int64_t repeat;
		const char *policy;
	} cases[] = {
	        {"n{concurrency}/r{repeat}/*.txt", "n16/r2/job.txt", true, 16, 2, ""},
	        {"n{concurrency}/r{repeat}/*.txt", "/a/b/n128/r0/x.y.txt", true, 128, 0, ""},
	        {"n{concurrency}/r{repeat}/*.txt", "xn16/r2/job.txt", false, 0, 0, ""},
	        {"n{concurrency}/r{repeat}/*.txt", "n16/r2/sub/job.txt", false, 0, 0, ""},
	        {"n{concurrency}/r{repeat}/*.txt", "n16/r2/job.txt.gz", false, 0, 0, ""},
	        {"n{concurrency}/*", "n0/job", false, 0, 0, ""},
	        {"n{concurrency}/*", "n1000001/job", false, 0, 0, ""},
	        {"n{concurrency}/*", "n99999999999999999999999999/job", false, 0, 0, ""},
	        {"run_{concurrency}.log", "x/run_8.log", true, 8, RECORD_ABSENT, ""},
	        {"run_{concurrency}.log", "x/run_8xlog", false, 0, 0, ""},
	        {"{policy}/{concurrency}-?.out", "pack:l3/4-a.out", true, 4, RECORD_ABSENT,
	         "pack:l3"},
	        {"/data/{repeat}/*", "/data/7/a", true, RECORD_ABSENT, 7, ""},
	        {"/data/{repeat}/*", "/x/data/7/a", false, 0, 0, ""},
	        {"*.txt", "deep/er/a.txt", true, RECORD_ABSENT, RECORD_ABSENT, ""},
	        {"a+(b)[c]$", "x/a+(b)[c]$", true, RECORD_ABSENT, RECORD_ABSENT, ""},
	        {"a+(b)[c]$", "x/aab$", false, 0, 0, ""},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct path_pattern pattern cleanup_path_pattern = {0};
		struct path_facts facts;
		struct error err = {""};
		if (path_pattern_init(&pattern, cases[i].pattern, &err) < 0)
			fail_msg("%s: %s", cases[i].pattern, err.text);
		if (path_pattern_match(&pattern, cases[i].path, &facts) != cases[i].is_match)
			fail_msg("%s on %s", cases[i].pattern, cases[i].path);
		if (!cases[i].is_match)
			continue;
		assert_true(facts.concurrency == cases[i].concurrency);
		assert_true(facts.repeat == cases[i].repeat);
		assert_string_equal(facts.policy, cases[i].policy);
	}
}

static void bad_patterns_are_told(void **state)
{
	static const struct {
		const char *pattern;
		const char *says;
	} cases[] = {
	        {"", "empty"},
	        {"n{N}/*", "{concurrency}, {repeat} and {policy}"},
	        {"n{concurrency/*", "not closed"},
	        {"{repeat}/{repeat}", "twice"},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct path_pattern pattern;
		struct path_pattern poison;
		struct error err = {""};
		memset(&pattern, 0x5a, sizeof pattern);
		memset(&poison, 0x5a, sizeof poison);
		assert_int_equal(path_pattern_init(&pattern, cases[i].pattern, &err), -EINVAL);
		assert_memory_equal(&pattern, &poison, sizeof poison);
		if (!strstr(err.text, cases[i].says))
			fail_msg("\"%s\" does not say \"%s\"", err.text, cases[i].says);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(paths_match),
	        cmocka_unit_test(bad_patterns_are_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
