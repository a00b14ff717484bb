/* What jobs of a fleet are called, and that nothing else is taken for one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "fleet/observe.h"

#include <errno.h>
#include <string.h>

static void test_name(void **state)
{
	(void)state;
	struct error err;
	cleanup_free char *name = NULL;
	assert_int_equal(observe_job_name("0123456789abcdef0123456789abcdef", &name, &err), 0);
	assert_string_equal(name, "plateau-0123456789abcdef0123456789abcdef");
	static const char *const wrong[] = {
	        "",
	        "0123456789abcdef0123456789abcde",
	        "0123456789abcdef0123456789abcdef0",
	        "0123456789abcdef0123456789abcde,",
	        "--all56789abcdef0123456789abcdef",
	};
	for (size_t i = 0; i < ARRAY_LENGTH(wrong); i++) {
		char *untouched = name;
		assert_int_equal(observe_job_name(wrong[i], &untouched, &err), -EINVAL);
		assert_ptr_equal(untouched, name);
	}
}

static void test_comment_and_back(void **state)
{
	(void)state;
	static const struct {
		const char *node;
		uint32_t attempt;
		const char *comment;
	} cases[] = {
	        {"rome01", 1, "plateau/rome01/attempt-1"},
	        {"rome01.site", 12, "plateau/rome01.site/attempt-12"},
	        {"a b", 1, "plateau/a%20b/attempt-1"},
	        {"../x", 4294967295U, "plateau/%2E.%2Fx/attempt-4294967295"},
	        {"$(id)|'\"\n", 2, "plateau/%24%28id%29%7C%27%22%0A/attempt-2"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct error err;
		cleanup_free char *comment = NULL;
		cleanup_free char *node = NULL;
		uint32_t attempt = 0;
		assert_int_equal(
		        observe_job_comment(cases[i].node, cases[i].attempt, &comment, &err), 0);
		assert_string_equal(comment, cases[i].comment);
		assert_int_equal(observe_read_comment(comment, &node, &attempt, &err), 0);
		assert_string_equal(node, cases[i].node);
		assert_int_equal(attempt, cases[i].attempt);
	}
}

static void test_no_comment(void **state)
{
	(void)state;
	static const char *const wrong[] = {
	        "",
	        "plateau",
	        "plateau/",
	        "plateau//attempt-1",
	        "plateau/rome01",
	        "plateau/rome01/attempt-",
	        "plateau/rome01/attempt-0",
	        "plateau/rome01/attempt-01",
	        "plateau/rome01/attempt-+1",
	        "plateau/rome01/attempt--1",
	        "plateau/rome01/attempt-1 ",
	        "plateau/rome01/attempt-1x",
	        "plateau/rome01/attempt-4294967296",
	        "plateau/rome01/attempt-1/x",
	        "plateau/a b/attempt-1",
	        "plateau/a%2",
	        "plateau/a%2/attempt-1",
	        "plateau/a%2f/attempt-1",
	        "plateau/a%00/attempt-1",
	        "plateau/../attempt-1",
	        " plateau/rome01/attempt-1",
	        "nightly build",
	};
	for (size_t i = 0; i < ARRAY_LENGTH(wrong); i++) {
		struct error err;
		char *node = NULL;
		uint32_t attempt = 77;
		print_message("# '%s'\n", wrong[i]);
		assert_int_equal(observe_read_comment(wrong[i], &node, &attempt, &err), -EINVAL);
		assert_null(node);
		assert_int_equal(attempt, 77);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_name),
	        cmocka_unit_test(test_comment_and_back),
	        cmocka_unit_test(test_no_comment),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
