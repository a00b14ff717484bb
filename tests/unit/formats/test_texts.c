/* CPU lists, levels, placements, commands and problems as text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/array.h"
#include "core/error.h"
#include "core/str.h"
#include "formats/command_text.h"
#include "formats/cpulist.h"
#include "formats/levels_text.h"
#include "formats/placement_text.h"
#include "formats/problems.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void test_cpulist(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		size_t count;
		uint32_t list[8];
		const char *canonical;
	} cases[] = {
	        {"0", 1, {0}, "0"},
	        {"0,2,4-6", 5, {0, 2, 4, 5, 6}, "0,2,4-6"},
	        {"6,4-5,0", 4, {6, 4, 5, 0}, "6,4-5,0"},
	        {"3,4,5", 3, {3, 4, 5}, "3-5"},
	        {"5,4,3", 3, {5, 4, 3}, "5,4,3"},
	        {" 7-7 ", 1, {7}, "7"},
	        {"4095", 1, {4095}, "4095"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		uint32_t *list = NULL;
		size_t count = 0;
		struct error err;
		print_message("# %s\n", cases[i].text);
		assert_int_equal(cpulist_parse(cases[i].text, &list, &count, &err), 0);
		assert_int_equal(count, cases[i].count);
		assert_memory_equal(list, cases[i].list, count * sizeof *list);
		struct str canonical = {0};
		cpulist_add(&canonical, list, count);
		assert_string_equal(str_text(&canonical), cases[i].canonical);
		str_release(&canonical);
		free(list);
	}
}

static void test_cpulist_refused(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		const char *says;
	} cases[] = {
	        {"", "0,2,4-6"},
	        {" ", "0,2,4-6"},
	        {"a", "0,2,4-6"},
	        {"1,", "0,2,4-6"},
	        {",1", "0,2,4-6"},
	        {"1,,2", "0,2,4-6"},
	        {"1 2", "0,2,4-6"},
	        {"1-", "its end"},
	        {"4-2", "write 2-4"},
	        {"-1", "0,2,4-6"},
	        {"1,1", "PU 1 is named twice"},
	        {"0-3,2", "PU 2 is named twice"},
	        {"4096", "4095"},
	        {"99999999999999999999", "4095"},
	        {"0-99999999999", "4095"},
	        {"0x1", "0,2,4-6"},
	        {"1;2", "0,2,4-6"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		uint32_t *list = NULL;
		size_t count = 77;
		struct error err = {""};
		print_message("# %s\n", cases[i].text);
		assert_int_equal(cpulist_parse(cases[i].text, &list, &count, &err), -EINVAL);
		assert_null(list);
		assert_int_equal(count, 77);
		assert_non_null(strstr(err.text, cases[i].says));
	}
}

static void test_levels(void **state)
{
	(void)state;
	static const struct {
		enum level_kind kind;
		uint32_t first, last, step;
		double percent;
		const char *spelling;
	} expected[] = {
	        {LEVEL_NUMBER, 1, 0, 0, 0, "1"},         {LEVEL_RANGE, 4, 16, 4, 0, "4-16/4"},
	        {LEVEL_RANGE, 2, 3, 1, 0, "2-3"},        {LEVEL_PERCENT, 0, 0, 0, 50, "50%"},
	        {LEVEL_PERCENT, 0, 0, 0, 12.5, "12.5%"}, {LEVEL_CORES, 0, 0, 0, 0, "cores"},
	        {LEVEL_PUS, 0, 0, 0, 0, "pus"},          {LEVEL_NUMBER, 65536, 0, 0, 0, "65536"},
	        {LEVEL_RANGE, 5, 5, 9, 0, "5-5/9"},
	};
	struct level_specs specs = {0};
	struct error err;
	assert_int_equal(
	        levels_text_parse("1, 4-16/4,2-3,50% ,12.5%,cores,pus,65536,5-5/9", &specs, &err),
	        0);
	assert_int_equal(specs.count, ARRAY_LENGTH(expected));
	for (size_t i = 0; i < specs.count; i++) {
		const struct level_spec *const got = &specs.items[i];
		print_message("# %s\n", expected[i].spelling);
		assert_int_equal(got->kind, expected[i].kind);
		assert_int_equal(got->first, expected[i].first);
		assert_int_equal(got->last, expected[i].last);
		assert_int_equal(got->step, expected[i].step);
		assert_true(got->percent >= expected[i].percent &&
		            got->percent <= expected[i].percent);
		assert_string_equal(got->spelling, expected[i].spelling);
	}
	level_specs_release(&specs);
}

static void test_levels_refused(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		const char *says;
	} cases[] = {
	        {"", "empty level"},
	        {"1,", "empty level"},
	        {",1", "empty level"},
	        {"0", "between 1"},
	        {"65537", "65536"},
	        {"99999999999999", "65536"},
	        {"-1", "not a level"},
	        {"1.5", "not a level"},
	        {"8-4", "write 4-8"},
	        {"8-", "not a level"},
	        {"8-16/", "not a level"},
	        {"8-16/0", "the step"},
	        {"8-16/2x", "not a level"},
	        {"8-70000", "the end of the range"},
	        {"0%", "above 0%"},
	        {"-5%", "above 0%"},
	        {"%", "not a level"},
	        {"20000%", "10000%"},
	        {"5%%", "not a level"},
	        {"core", "did you mean cores?"},
	        {"Cores", "did you mean cores?"},
	        {"half", "50%"},
	        {"1 2", "not a level"},
	        {"1:2", "not a level"},
	};
	struct level_specs specs = {0};
	struct error err;
	assert_int_equal(levels_text_parse("3", &specs, &err), 0);
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		print_message("# %s\n", cases[i].text);
		err.text[0] = '\0';
		assert_int_equal(levels_text_parse(cases[i].text, &specs, &err), -EINVAL);
		assert_int_equal(specs.count, 1);
		assert_non_null(strstr(err.text, cases[i].says));
	}
	/* What was appended before the fault is taken back. */
	assert_int_equal(levels_text_parse("4,5,x", &specs, &err), -EINVAL);
	assert_int_equal(specs.count, 1);
	assert_int_equal(levels_text_add("4,5", &specs, &err), -EINVAL);
	assert_int_equal(specs.count, 1);
	level_specs_release(&specs);
}

static void test_placements(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		enum placement_policy policy;
		enum placement_domain domain;
		uint32_t plane;
		size_t map_count;
		const char *canonical;
	} cases[] = {
	        {"none", PLACEMENT_NONE, DOMAIN_ANY, 0, 0, "none"},
	        {"pack", PLACEMENT_PACK, DOMAIN_ANY, 0, 0, "pack"},
	        {"compact", PLACEMENT_PACK, DOMAIN_ANY, 0, 0, "pack"},
	        {"spread", PLACEMENT_SPREAD, DOMAIN_ANY, 0, 0, "spread"},
	        {"scatter", PLACEMENT_SPREAD, DOMAIN_ANY, 0, 0, "spread"},
	        {"spread:package", PLACEMENT_SPREAD, DOMAIN_PACKAGE, 0, 0, "spread:package"},
	        {"scatter:numa", PLACEMENT_SPREAD, DOMAIN_NUMA, 0, 0, "spread:numa"},
	        {"spread:l3", PLACEMENT_SPREAD, DOMAIN_L3, 0, 0, "spread:l3"},
	        {"plane:4", PLACEMENT_PLANE, DOMAIN_ANY, 4, 0, "plane:4"},
	        {"plane: 4", PLACEMENT_PLANE, DOMAIN_ANY, 4, 0, "plane:4"},
	        {"map:0,2,4-6", PLACEMENT_MAP, DOMAIN_ANY, 0, 5, "map:0,2,4-6"},
	        {"map:4,5,0", PLACEMENT_MAP, DOMAIN_ANY, 0, 3, "map:4-5,0"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct placement placement = {0};
		struct error err;
		print_message("# %s\n", cases[i].text);
		assert_int_equal(placement_text_parse(cases[i].text, &placement, &err), 0);
		assert_int_equal(placement.policy, cases[i].policy);
		assert_int_equal(placement.domain, cases[i].domain);
		assert_int_equal(placement.plane, cases[i].plane);
		assert_int_equal(placement.map_count, cases[i].map_count);
		assert_string_equal(placement.spelling, cases[i].canonical);
		placement_release(&placement);
	}
}

static void test_placements_refused(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		const char *says;
	} cases[] = {
	        {"", "write none, pack"},
	        {"spraed", "did you mean spread?"},
	        {"spread:", "spread:numa"},
	        {"spread:nmua", "did you mean spread:numa?"},
	        {"spread:core", "spread:l3"},
	        {"plane", "plane:4"},
	        {"plane:", "plane:4"},
	        {"plane:0", "plane:4"},
	        {"plane:4x", "plane:4"},
	        {"map", "map:0,2,4-6"},
	        {"map:", "map:0,2,4-6"},
	        {"map:1,1", "named twice"},
	        {"map:x", "0,2,4-6"},
	        {"pack:l3", "nothing behind a colon"},
	        {"none:1", "nothing behind a colon"},
	        {"Spread", "did you mean spread?"},
	        {"spread ", "write none, pack"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct placement placement = {.plane = 77};
		struct error err = {""};
		print_message("# %s\n", cases[i].text);
		assert_int_equal(placement_text_parse(cases[i].text, &placement, &err), -EINVAL);
		assert_int_equal(placement.plane, 77);
		assert_non_null(strstr(err.text, cases[i].says));
	}
}

static void test_placement_twins(void **state)
{
	(void)state;
	struct placements placements = {0};
	struct error err;
	assert_int_equal(placement_text_add("spread", &placements, &err), 0);
	assert_int_equal(placement_text_add("map:0,1", &placements, &err), 0);
	assert_int_equal(placement_text_add("scatter", &placements, &err), -EINVAL);
	assert_int_equal(placement_text_add("map:0-1", &placements, &err), -EINVAL);
	assert_int_equal(placement_text_add("map:1,0", &placements, &err), 0);
	assert_int_equal(placements.count, 3);
	placements_release(&placements);
	assert_int_equal(placements.count, 0);
}

static void test_commands(void **state)
{
	(void)state;
	static const struct {
		const char *words[4];
		const char *line;
	} cases[] = {
	        {{"plateau-isr", "{input}", "{workdir}/post.fits"},
	         "plateau-isr {input} {workdir}/post.fits"},
	        {{"sh", "-c", "echo $HOME; rm *"}, "sh -c 'echo $HOME; rm *'"},
	        {{"a", ""}, "a ''"},
	        {{"it's"}, "'it'\\''s'"},
	        {{"two\nlines\t\x1b[31m'\\"}, "$'two\\nlines\\t\\033[31m\\'\\\\'"},
	        {{"caf\xc3\xa9"}, "'caf\xc3\xa9'"},
	        {{"sh/\xff\xc3", "\xc3\xa9\xc2\x9b"}, "$'sh/\\377\\303' $'\xc3\xa9\\302\\233'"},
	        {{"a=b", "50%", "x~"}, "a=b 50% 'x~'"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct words argv = {0};
		struct error err;
		for (size_t j = 0; j < 4 && cases[i].words[j]; j++)
			assert_int_equal(words_add(&argv, cases[i].words[j], &err), 0);
		char *line = NULL;
		assert_int_equal(command_text_write(&argv, &line, &err), 0);
		assert_string_equal(line, cases[i].line);
		free(line);
		words_release(&argv);
	}
}

static void test_script_words(void **state)
{
	(void)state;
	static const struct {
		const char *word;
		const char *text;
	} cases[] = {
	        {"/sw/bin/plateau", "/sw/bin/plateau"},
	        {"--node=n-1", "--node=n-1"},
	        {"", "''"},
	        {"two words", "'two words'"},
	        {"it's", "'it'\\''s'"},
	        {"{a,b}", "'{a,b}'"}, /* bare, bash would make two words of it */
	        {"$(x)`y`\\\n", "'$(x)`y`\\\n'"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		cleanup_str struct str text = {0};
		command_text_add_word(&text, cases[i].word);
		assert_string_equal(str_text(&text), cases[i].text);
	}
}

static void test_problems(void **state)
{
	(void)state;
	struct problems problems = {0};
	struct error err;
	assert_int_equal(problems_result(&problems, "x.yaml", &err), 0);
	assert_int_equal(problems_add(&problems, "x.yaml", 7, 2, "b", &err, "second"), 0);
	assert_int_equal(problems_add(&problems, "x.yaml", 7, 2, "c", &err, "third"), 0);
	assert_int_equal(problems_add(&problems, "x\x1b.yaml", 3, 9, "a\n", &err,
	                              "first \xff\xc2\x9b \xc3\xa9"),
	                 0);
	problems_sort(&problems);
	assert_string_equal(problems.items[0].text,
	                    "x\\x1b.yaml:3:9: a\\x0a: first \\xff\\xc2\\x9b \xc3\xa9");
	assert_string_equal(problems.items[1].text, "x.yaml:7:2: b: second");
	assert_string_equal(problems.items[2].text, "x.yaml:7:2: c: third");
	assert_int_equal(problems_result(&problems, "x.yaml", &err), -EINVAL);
	assert_string_equal(err.text, "x.yaml has 3 problems");
	for (int i = 0; i < 2 * PROBLEMS_MAX; i++)
		assert_int_equal(problems_add(&problems, "x", 1, 1, "p", &err, "%d", i), 0);
	assert_int_equal(problems.count, PROBLEMS_MAX);
	assert_int_equal(problems_result(&problems, "x.yaml", &err), -EINVAL);
	assert_string_equal(err.text, "x.yaml has 203 problems");
	problems_release(&problems);
	problems_release(&problems);
	problems_release(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_cpulist),         cmocka_unit_test(test_cpulist_refused),
	        cmocka_unit_test(test_levels),          cmocka_unit_test(test_levels_refused),
	        cmocka_unit_test(test_placements),      cmocka_unit_test(test_placements_refused),
	        cmocka_unit_test(test_placement_twins), cmocka_unit_test(test_commands),
	        cmocka_unit_test(test_script_words),    cmocka_unit_test(test_problems),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
