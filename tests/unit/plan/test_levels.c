#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/array.h"
#include "core/error.h"
#include "formats/levels_text.h"
#include "plan/levels.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* "N=spelling N=spelling ..." of what text means with so many cores and PUs. */
static void resolve_text(const char *text, uint32_t cores, uint32_t pus, char out[512])
{
	struct error err = {""};
	struct level_specs specs = {0};
	cleanup_resolved_levels struct resolved_levels levels = {0};
	assert_int_equal(levels_text_parse(text, &specs, &err), 0);
	const int r = levels_resolve(&specs, cores, pus, &levels, &err);
	level_specs_release(&specs);
	size_t length = 0;
	out[0] = '\0';
	if (r < 0)
		snprintf(out, 512, "%s", err.text);
	for (size_t i = 0; i < levels.count; i++)
		length += (size_t)snprintf(out + length, 512 - length, "%s%u=%s", i ? " " : "",
		                           levels.items[i].concurrency, levels.items[i].spelling);
}

static void test_resolves(void **state)
{
	static const struct {
		const char *text;
		uint32_t cores;
		uint32_t pus;
		const char *expected;
	} cases[] = {
	        {"1,2,4", 8, 16, "1=1 2=2 4=4"},
	        {"4,1,2", 8, 16, "1=1 2=2 4=4"},
	        {"cores,pus", 8, 16, "8=cores 16=pus"},
	        {"cores,pus", 0, 0, "1=cores, pus"},
	        {"8,cores,100%", 8, 16, "8=8, cores, 100%"},
	        {"100%,cores,8,8", 8, 16, "8=100%, cores, 8"},
	        {"4-16/4", 8, 16, "4=4-16/4 8=4-16/4 12=4-16/4 16=4-16/4"},
	        {"1-6/4", 8, 16, "1=1-6/4 5=1-6/4"},
	        {"2-4,3", 8, 16, "2=2-4 3=2-4, 3 4=2-4"},
	        {"50%", 8, 16, "4=50%"},
	        {"50%", 5, 16, "3=50%"}, /* 2.5: halves go up */
	        {"30%", 8, 16, "2=30%"}, /* 2.4 */
	        {"1%", 8, 16, "1=1%"},   /* 0.08: at least 1 */
	        {"200%", 8, 16, "16=200%"},
	        {"12.5%", 8, 16, "1=12.5%"},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		char got[512];
		resolve_text(cases[i].text, cases[i].cores, cases[i].pus, got);
		assert_string_equal(got, cases[i].expected);
	}
}

static void test_refuses(void **state)
{
	(void)state;
	struct error err;
	char zero[] = "0";
	char back[] = "8-4";
	struct resolved_levels levels = {.count = 77};
	struct level_spec spec = {.kind = LEVEL_NUMBER, .spelling = zero};
	const struct level_specs specs = {&spec, 1, 1};
	assert_int_equal(levels_resolve(&specs, 8, 16, &levels, &err), -EINVAL);
	assert_non_null(strstr(err.text, "\"0\""));
	spec = (struct level_spec){LEVEL_RANGE, 8, 4, 1, 0, back};
	assert_int_equal(levels_resolve(&specs, 8, 16, &levels, &err), -EINVAL);
	assert_non_null(strstr(err.text, "backwards"));
	spec = (struct level_spec){LEVEL_RANGE, 1, LEVELS_LARGEST + 1, 1, 0, back};
	assert_int_equal(levels_resolve(&specs, 8, 16, &levels, &err), -EINVAL);
	spec = (struct level_spec){LEVEL_RANGE, 1, LEVELS_LARGEST, 1, 0, back};
	assert_int_equal(levels_resolve(&specs, 8, 16, &levels, &err), -EINVAL);
	assert_non_null(strstr(err.text, "step"));
	spec = (struct level_spec){LEVEL_PERCENT, 0, 0, 0, 1e300, back};
	assert_int_equal(levels_resolve(&specs, 8, 16, &levels, &err), -EINVAL);
	const struct level_specs none = {0};
	assert_int_equal(levels_resolve(&none, 8, 16, &levels, &err), -EINVAL);
	assert_int_equal(levels.count, 77);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_resolves),
	        cmocka_unit_test(test_refuses),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
