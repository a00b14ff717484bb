/* Templates: which are allowed, and how they are filled in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/array.h"
#include "core/error.h"
#include "model/template.h"

#include <errno.h>
#include <string.h>

static void test_check(void **state)
{
	(void)state;
	static const struct {
		const char *word;
		unsigned allowed;
		unsigned used;
		const char *says; /* NULL: it is fine */
	} cases[] = {
	        {"plain", TEMPLATE_TASK, 0, NULL},
	        {"", TEMPLATE_TASK, 0, NULL},
	        {"{input}", TEMPLATE_TASK, 1 << TEMPLATE_INPUT, NULL},
	        {"a{slot}b{slot}{cpu}", TEMPLATE_TASK, 1 << TEMPLATE_SLOT | 1 << TEMPLATE_CPU,
	         NULL},
	        {"{{input}}", TEMPLATE_TASK, 0, NULL},
	        {"{{{input}}}", TEMPLATE_TASK, 1 << TEMPLATE_INPUT, NULL},
	        {"{dir}/{count}", TEMPLATE_GENERATE, 1 << TEMPLATE_DIR | 1 << TEMPLATE_COUNT, NULL},
	        {"{dir}", TEMPLATE_TASK, 0, "{dir} belongs to inputs.generate alone"},
	        {"{input}", TEMPLATE_GENERATE, 0, "{input} belongs to task.command alone"},
	        {"{inptu}", TEMPLATE_TASK, 0, "did you mean {input}?"},
	        {"{}", TEMPLATE_TASK, 0, "unknown template {}"},
	        {"{ input }", TEMPLATE_TASK, 0, "unknown template"},
	        {"{print $1}", TEMPLATE_TASK, 0, "{{ and }}"},
	        {"{input", TEMPLATE_TASK, 0, "without its }"},
	        {"input}", TEMPLATE_TASK, 0, "without its {"},
	        {"{", TEMPLATE_TASK, 0, "without its }"},
	        {"{aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa}",
	         TEMPLATE_TASK, 0, "{aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa};"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		unsigned used = 0x5a5a;
		struct error err = {""};
		print_message("# %s\n", cases[i].word);
		const int r = template_check(cases[i].word, cases[i].allowed, &used, &err);
		assert_int_equal(r, cases[i].says ? -EINVAL : 0);
		assert_int_equal(used, cases[i].says ? 0x5a5a : cases[i].used);
		if (cases[i].says)
			assert_non_null(strstr(err.text, cases[i].says));
	}
}

static void test_fill(void **state)
{
	(void)state;
	static const struct template_values values = {
	        .text = {[TEMPLATE_INPUT] = "/data/a {slot}.fits",
	                 [TEMPLATE_SLOT] = "3",
	                 [TEMPLATE_WORKDIR] = "/w"}};
	static const struct {
		const char *word;
		const char *filled;
	} cases[] = {
	        {"plain", "plain"},
	        {"", ""},
	        {"{workdir}/{slot}.fits", "/w/3.fits"},
	        {"{input}", "/data/a {slot}.fits"}, /* what is filled in is not filled in again */
	        {"{{input}}", "{input}"},
	        {"{{{slot}}}", "{3}"},
	        {"[{cpu}]", "[]"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		char buffer[64];
		memset(buffer, 'Z', sizeof buffer);
		print_message("# %s\n", cases[i].word);
		const size_t length = template_fill(cases[i].word, &values, buffer, sizeof buffer);
		assert_int_equal(length, strlen(cases[i].filled));
		assert_string_equal(buffer, cases[i].filled);
	}
}

static void test_fill_is_bounded(void **state)
{
	(void)state;
	static const struct template_values values = {.text = {[TEMPLATE_SLOT] = "12345"}};
	char buffer[8];
	memset(buffer, 'Z', sizeof buffer);
	assert_int_equal(template_fill("a{slot}b", &values, buffer, 4), 7);
	assert_string_equal(buffer, "a12");
	assert_int_equal(buffer[4], 'Z');
	assert_int_equal(template_fill("a{slot}b", &values, buffer, 7), 7);
	assert_string_equal(buffer, "a12345");
	assert_int_equal(template_fill("a{slot}b", &values, buffer, 8), 7);
	assert_string_equal(buffer, "a12345b");
	assert_int_equal(template_fill("abc", &values, buffer, 0), 3);
	assert_string_equal(buffer, "a12345b");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_check),
	        cmocka_unit_test(test_fill),
	        cmocka_unit_test(test_fill_is_bounded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
