/* The command line of one command: what is taken, and what is said about what is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cli/parse.h"
#include "core/array.h"
#include "core/error.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct option_entry options[] = {
        {'j', "levels", "LIST", "numbers of copies"},
        {'r', "repeats", "COUNT", "blocks"},
        {0, "memory-policy", "POLICY", "where memory comes from"},
        {'n', "dry-run", NULL, "do nothing"},
        {0, "reference", "RESULT...", "several words"},
};

static const struct command runner = {
        .name = "run",
        .operands = "[SCENARIO | -- COMMAND ARG...]",
        .summary = "for the test",
        .options = options,
        .option_count = ARRAY_LENGTH(options),
        .most_operands = 1,
        .takes_rest = true,
};

static const struct command reader = {
        .name = "show",
        .operands = "RESULT",
        .summary = "for the test",
        .least_operands = 1,
        .most_operands = 2,
};

enum { MOST_WORDS = 12 };

static int parse(const struct command *command, const char *const words[],
                 struct arguments *ret_arguments, struct error *err)
{
	int count = 0;
	while (words[count])
		count++;
	return parse_command_line(command, count, (char *const *)(uintptr_t)words, ret_arguments,
	                          err);
}

struct accepted {
	const char *words[MOST_WORDS];
	const char *levels, *repeats, *policy, *dry_run, *quiet, *color;
	const char *operand;
	size_t rest_count;
	bool has_rest;
};

static void assert_text(const char *got, const char *expected)
{
	if (expected)
		assert_string_equal(got ? got : "(absent)", expected);
	else
		assert_null(got);
}

static void test_accepts(void **state)
{
	(void)state;
	static const struct accepted cases[] = {
	        {.words = {NULL}},
	        {.words = {"-j", "1,2", "a.yaml"}, .levels = "1,2", .operand = "a.yaml"},
	        {.words = {"a.yaml", "-j1,2"}, .levels = "1,2", .operand = "a.yaml"},
	        {.words = {"--levels=1", "--repeats", "3"}, .levels = "1", .repeats = "3"},
	        {.words = {"-nqr3"}, .dry_run = "", .quiet = "", .repeats = "3"},
	        {.words = {"-qn"}, .dry_run = "", .quiet = ""},
	        {.words = {"--memory-policy=local"}, .policy = "local"},
	        {.words = {"--memory-policy", "--local"}, .policy = "--local"},
	        {.words = {"--levels=a=b"}, .levels = "a=b"},
	        {.words = {"-r", "3", "-r", "4"}, .repeats = "4"},
	        {.words = {"--color", "never"}, .color = "never"},
	        {.words = {"-"}, .operand = "-"},
	        {.words = {"-r3", "--", "sleep", "-n", "--", "1"},
	         .repeats = "3",
	         .rest_count = 4,
	         .has_rest = true},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct arguments arguments;
		memset(&arguments, 0xa5, sizeof arguments);
		struct error err = {"nothing"};
		const int result = parse(&runner, cases[i].words, &arguments, &err);
		if (result < 0)
			fail_msg("case %zu: %s", i, err.text);
		assert_ptr_equal(arguments.command, &runner);
		assert_text(arguments_get(&arguments, "levels"), cases[i].levels);
		assert_text(arguments_get(&arguments, "repeats"), cases[i].repeats);
		assert_text(arguments_get(&arguments, "memory-policy"), cases[i].policy);
		assert_text(arguments_get(&arguments, "dry-run"), cases[i].dry_run);
		assert_text(arguments_get(&arguments, "quiet"), cases[i].quiet);
		assert_text(arguments_get(&arguments, "color"), cases[i].color);
		assert_int_equal(arguments.operands.count, cases[i].operand ? 1 : 0);
		if (cases[i].operand)
			assert_string_equal(arguments.operands.items[0], cases[i].operand);
		assert_int_equal(arguments.has_rest, cases[i].has_rest);
		assert_int_equal(arguments.rest.count, cases[i].rest_count);
		arguments_release(&arguments);
	}
}

struct refused {
	const struct command *command;
	const char *words[MOST_WORDS];
	const char *text;
};

static void test_refuses(void **state)
{
	(void)state;
	static const struct refused cases[] = {
	        {&runner, {"--leves", "1"}, "unknown option --leves; did you mean --levels?"},
	        {&runner, {"--leves=1"}, "unknown option --leves; did you mean --levels?"},
	        {&runner, {"--rep=1"}, "unknown option --rep; did you mean --repeats?"},
	        {&runner, {"--colour=never"}, "unknown option --colour; did you mean --color?"},
	        {&runner, {"--zyx"}, "unknown option --zyx"},
	        {&runner, {"--=3"}, "unknown option --"},
	        {&runner, {"-z"}, "unknown option -z"},
	        {&runner, {"-nz"}, "unknown option -z"},
	        {&runner, {"-j"}, "-j needs a value: LIST"},
	        {&runner, {"-nj"}, "-j needs a value: LIST"},
	        {&runner, {"--levels"}, "--levels needs a value: LIST"},
	        {&runner, {"--levels="}, "--levels needs a value: LIST"},
	        {&runner, {"-j", ""}, "-j needs a value: LIST"},
	        {&runner, {"--dry-run=yes"}, "--dry-run takes no value"},
	        {&runner, {"--color=blue"}, "--color: 'blue' is none of auto|always|never"},
	        {&runner, {"--color=a"}, "--color: 'a' is none of auto|always|never"},
	        {&runner,
	         {"--color=auto|always"},
	         "--color: 'auto|always' is none of auto|always|never"},
	        {&runner, {"--"}, "no command behind --"},
	        {&runner,
	         {"-j1", "sleep", "1"},
	         "'1' is too much; a command to run goes behind --"},
	        {&reader, {NULL}, "something is missing: RESULT"},
	        {&reader, {"a", "b", "c"}, "'c' is too much"},
	        {&reader, {"-j", "1"}, "unknown option -j"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct arguments arguments;
		struct arguments before;
		memset(&arguments, 0xa5, sizeof arguments);
		memcpy(&before, &arguments, sizeof before);
		struct error err = {""};
		assert_int_equal(parse(cases[i].command, cases[i].words, &arguments, &err),
		                 -EINVAL);
		assert_string_equal(err.text, cases[i].text);
		assert_memory_equal(&arguments, &before, sizeof before);
	}
}

/* Where a command runs nothing, "--" only ends the options. */
static void test_operands_behind_dashes(void **state)
{
	(void)state;
	struct arguments arguments;
	struct error err;
	const char *const words[] = {"a", "--", "--json", NULL};
	assert_int_equal(parse(&reader, words, &arguments, &err), 0);
	assert_int_equal(arguments.operands.count, 2);
	assert_string_equal(arguments.operands.items[1], "--json");
	assert_false(arguments.has_rest);
	assert_false(arguments_has(&arguments, "json"));
	arguments_release(&arguments);
}

/* An option that takes a list takes all words up to the next option, and more when repeated. */
static void test_lists(void **state)
{
	(void)state;
	static const struct {
		const char *words[MOST_WORDS];
		size_t references, operands;
		const char *last;
	} cases[] = {
	        {{NULL}, 0, 0, NULL},
	        {{"--reference", "a"}, 1, 0, "a"},
	        {{"x", "--reference", "a", "b", "c"}, 3, 1, "c"},
	        {{"--reference", "a", "b", "--", "x"}, 2, 0, "b"},
	        {{"--reference", "a", "b", "-j", "1", "x"}, 2, 1, "b"},
	        {{"--reference", "a", "-", "-n", "x"}, 2, 1, "-"},
	        {{"--reference=a", "x"}, 1, 1, "a"},
	        {{"--reference=a", "x", "--reference", "b", "c"}, 3, 1, "c"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct arguments arguments;
		struct error err = {""};
		const int result = parse(&runner, cases[i].words, &arguments, &err);
		if (result < 0)
			fail_msg("case %zu: %s", i, err.text);
		const struct words *const list = arguments_list(&arguments, "reference");
		assert_int_equal(list->count, cases[i].references);
		assert_int_equal(arguments.operands.count, cases[i].operands);
		assert_int_equal(arguments_has(&arguments, "reference"), cases[i].references > 0);
		if (cases[i].last)
			assert_string_equal(list->items[list->count - 1], cases[i].last);
		assert_int_equal(arguments_list(&arguments, "levels")->count, 0);
		arguments_release(&arguments);
	}
	struct arguments arguments;
	struct error err;
	const char *const none[] = {"--reference", NULL};
	assert_int_equal(parse(&runner, none, &arguments, &err), -EINVAL);
	assert_string_equal(err.text, "--reference needs a value: RESULT...");
	const char *const empty[] = {"--reference", "a", "", NULL};
	assert_int_equal(parse(&runner, empty, &arguments, &err), -EINVAL);
}

static void test_help_needs_no_operands(void **state)
{
	(void)state;
	struct arguments arguments;
	struct error err;
	const char *const words[] = {"--help", "--nonsense", NULL};
	assert_int_equal(parse(&reader, words, &arguments, &err), 0);
	assert_true(arguments_has(&arguments, "help"));
	arguments_release(&arguments);
}

static void test_environment(void **state)
{
	(void)state;
	struct arguments arguments;
	struct error err;
	const char *const none[] = {NULL};
	const char *const given[] = {"--memory-policy=none", NULL};
	setenv("PLATEAU_MEMORY_POLICY", "interleave", 1);
	setenv("PLATEAU_LEVELS", "", 1);
	setenv("PLATEAU_DRY_RUN", "1", 1);
	assert_int_equal(parse(&runner, none, &arguments, &err), 0);
	assert_string_equal(arguments_get(&arguments, "memory-policy"), "interleave");
	assert_null(arguments_get(&arguments, "levels"));
	assert_null(arguments_get(&arguments, "dry-run"));
	arguments_release(&arguments);
	assert_int_equal(parse(&runner, given, &arguments, &err), 0);
	assert_string_equal(arguments_get(&arguments, "memory-policy"), "none");
	arguments_release(&arguments);
	setenv("PLATEAU_COLOR", "blue", 1);
	assert_int_equal(parse(&runner, none, &arguments, &err), -EINVAL);
	assert_string_equal(err.text, "environment variable: PLATEAU_COLOR: 'blue' is none of "
	                              "auto|always|never");
	unsetenv("PLATEAU_COLOR");
	unsetenv("PLATEAU_MEMORY_POLICY");
	unsetenv("PLATEAU_LEVELS");
	unsetenv("PLATEAU_DRY_RUN");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_accepts),
	        cmocka_unit_test(test_refuses),
	        cmocka_unit_test(test_operands_behind_dashes),
	        cmocka_unit_test(test_lists),
	        cmocka_unit_test(test_help_needs_no_operands),
	        cmocka_unit_test(test_environment),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
