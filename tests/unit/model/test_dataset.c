/* Host facts that count something: a file may come from anybody. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/array.h"
#include "core/error.h"
#include "model/dataset.h"

static void test_counts(void **state)
{
	static const struct {
		const char *value;
		int64_t count;
	} cases[] = {
	        {"0", 0},
	        {"64", 64},
	        {"9007199254740992", INT64_C(1) << 53},
	        {"9007199254740993", -1},
	        {"9223372036854775807", -1},
	        {"99999999999999999999", -1},
	        {"-5", -1},
	        {"inf", -1},
	        {"nan", -1},
	        {"1e300", -1},
	        {"0x10", -1},
	        {"64 cores", -1},
	        {"", -1},
	        {NULL, -1},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct host_facts facts = {0};
		struct error err = {""};
		assert_int_equal(host_facts_add(&facts, "cores", cases[i].value, NULL, &err), 0);
		print_message("# %s\n", cases[i].value ? cases[i].value : "(absent)");
		assert_int_equal(host_facts_count(&facts, "cores"), cases[i].count);
		assert_int_equal(host_facts_count(&facts, "other"), -1);
		host_facts_release(&facts);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_counts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
