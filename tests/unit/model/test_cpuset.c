#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/array.h"
#include "model/cpuset.h"

#include <string.h>

static struct cpuset set_of(const uint32_t *pus, size_t count)
{
	struct cpuset set = {0};
	for (size_t i = 0; i < count; i++)
		cpuset_add(&set, pus[i]);
	return set;
}

static void test_formats(void **state)
{
	static const struct {
		uint32_t pus[6];
		size_t count;
		const char *expected;
	} cases[] = {
	        {{0}, 0, ""},
	        {{0}, 1, "0"},
	        {{4095}, 1, "4095"},
	        {{3, 2, 1, 0}, 4, "0-3"},
	        {{0, 2, 4}, 3, "0,2,4"},
	        {{62, 63, 64, 65}, 4, "62-65"},
	        {{0, 1, 3, 10, 11, 4095}, 6, "0-1,3,10-11,4095"},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		char text[CPUSET_TEXT_BYTES];
		const struct cpuset set = set_of(cases[i].pus, cases[i].count);
		cpuset_format(&set, text, sizeof text);
		assert_string_equal(text, cases[i].expected);
		assert_int_equal(cpuset_count(&set), cases[i].count);
		assert_int_equal(cpuset_is_empty(&set), cases[i].count == 0);
	}
}

/* The longest list fits, and a shorter buffer is never overrun. */
static void test_format_bounds(void **state)
{
	(void)state;
	struct cpuset set = {0};
	char text[CPUSET_TEXT_BYTES + 1];
	for (uint32_t pu = 0; pu < CPUSET_MAX_PUS; pu += 2)
		cpuset_add(&set, pu);
	cpuset_format(&set, text, CPUSET_TEXT_BYTES);
	assert_string_equal(text + strlen(text) - 5, ",4094");
	for (size_t bytes = 1; bytes < 40; bytes++) {
		char small[64];
		memset(small, 'x', sizeof small);
		cpuset_format(&set, small, bytes);
		assert_true(memchr(small, '\0', bytes) != NULL);
		assert_int_equal(small[bytes], 'x');
		assert_memory_equal(small, text, strlen(small));
	}
}

static void test_members(void **state)
{
	static const uint32_t pus[] = {1, 63, 64, 700, 4095};
	(void)state;
	struct cpuset set = set_of(pus, ARRAY_LENGTH(pus));
	size_t at = 0;
	for (int pu = cpuset_next(&set, 0); pu >= 0; pu = cpuset_next(&set, (uint32_t)pu + 1))
		assert_int_equal(pu, pus[at++]);
	assert_int_equal(at, ARRAY_LENGTH(pus));
	assert_int_equal(cpuset_next(&set, 4096), -1);
	assert_int_equal(cpuset_next(&set, UINT32_MAX), -1);
	assert_true(cpuset_has(&set, 63));
	assert_false(cpuset_has(&set, 62));
	assert_false(cpuset_has(&set, 4096));
	cpuset_add(&set, 4096);
	cpuset_remove(&set, 5000);
	assert_int_equal(cpuset_count(&set), 5);
	cpuset_remove(&set, 64);
	cpuset_remove(&set, 64);
	assert_false(cpuset_has(&set, 64));
	assert_int_equal(cpuset_count(&set), 4);
}

static void test_compares(void **state)
{
	static const uint32_t a_pus[] = {0, 100};
	static const uint32_t b_pus[] = {100, 0};
	static const uint32_t c_pus[] = {1, 101};
	(void)state;
	const struct cpuset a = set_of(a_pus, 2);
	const struct cpuset b = set_of(b_pus, 2);
	const struct cpuset c = set_of(c_pus, 2);
	const struct cpuset none = {0};
	assert_true(cpuset_is_equal(&a, &b));
	assert_false(cpuset_is_equal(&a, &c));
	assert_true(cpuset_intersects(&a, &b));
	assert_false(cpuset_intersects(&a, &c));
	assert_false(cpuset_intersects(&none, &none));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_formats),
	        cmocka_unit_test(test_format_bounds),
	        cmocka_unit_test(test_members),
	        cmocka_unit_test(test_compares),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
