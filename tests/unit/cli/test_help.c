/* The help texts: exact for a made-up command, and within their columns for the real ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cli/help.h"
#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"

#include <string.h>

static const struct option_entry options[] = {
        {'j', "levels", "LIST", "numbers of copies"},
        {0, "a-name-so-long-that-it-fills-its-column", "VALUE",
         "a text that is too long for the rest of one line and goes on in the next one"},
};

static const struct command example = {
        .name = "example",
        .operands = "FILE",
        .summary = "one line",
        .details = "A first paragraph that is filled although it was written in\n"
                   "short lines, up to eighty columns.\n"
                   "\n"
                   "  kept   as it is\n"
                   "And a last one.",
        .options = options,
        .option_count = ARRAY_LENGTH(options),
};

static const char expected[] =
        "plateau example: one line\n"
        "\n"
        "Usage: plateau example [OPTION]... FILE\n"
        "\n"
        "A first paragraph that is filled although it was written in short lines, up to\n"
        "eighty columns.\n"
        "\n"
        "  kept   as it is\n"
        "And a last one.\n"
        "\n"
        "Options:\n"
        "  -j, --levels LIST           numbers of copies\n"
        "      --a-name-so-long-that-it-fills-its-column VALUE\n"
        "                              a text that is too long for the rest of one line\n"
        "                              and goes on in the next one\n"
        "\n"
        "Options of every command:\n";

static void test_command_help(void **state)
{
	(void)state;
	struct error err;
	cleanup_free char *text = NULL;
	assert_int_equal(help_command(command_table, &example, 80, &text, &err), 0);
	text[sizeof expected - 1] = '\0';
	assert_string_equal(text, expected);
}

static void assert_fits(const char *text, size_t columns)
{
	for (const char *line = text; *line;) {
		const size_t length = strcspn(line, "\n");
		/* Usage lines and examples are not filled; they keep to 80. */
		const bool is_kept = line[0] == ' ' || strncmp(line, "Usage:", 6) == 0;
		if (length > (is_kept && columns < 80 ? 80 : columns))
			fail_msg("longer than %zu columns: %.*s", columns, (int)length, line);
		if (length > 0)
			assert_int_not_equal(line[length - 1], ' ');
		assert_int_equal(line[length], '\n');
		line += length + 1;
	}
}

static void test_width(void **state)
{
	(void)state;
	struct error err;
	for (size_t columns = 60; columns <= 120; columns += 20) {
		cleanup_free char *program = NULL;
		assert_int_equal(help_program(command_table, columns, &program, &err), 0);
		assert_fits(program, columns);
		for (size_t i = 0; command_table[i]; i++) {
			cleanup_free char *text = NULL;
			assert_int_equal(
			        help_command(command_table, command_table[i], columns, &text, &err),
			        0);
			assert_fits(text, columns);
			assert_non_null(strstr(program, command_table[i]->name));
		}
	}
}

/* One letter or name means one thing within a command, and choices name each word once. */
static void test_tables(void **state)
{
	(void)state;
	for (size_t c = 0; command_table[c]; c++) {
		const struct command *const command = command_table[c];
		const struct option_entry *a;
		const struct option_entry *b;
		for (size_t i = 0; (a = command_option(command, i)); i++)
			for (size_t k = i + 1; (b = command_option(command, k)); k++)
				if (strcmp(a->name, b->name) == 0 ||
				    (a->letter && a->letter == b->letter))
					fail_msg("%s: --%s and --%s clash", command->name, a->name,
					         b->name);
		assert_true(command->least_operands <= command->most_operands);
		assert_non_null(command->run);
	}
}

/* A command of one word may be the first word of others. */
static const struct command sky = {.name = "sky", .operands = "FILE", .summary = "one word"};
static const struct command sky_map = {.name = "sky map", .operands = "", .summary = "two words"};
static const struct command sea_map = {.name = "sea map", .operands = "", .summary = "of a group"};
static const struct command *const made_up[] = {&sky, &sky_map, &sea_map, NULL};

static void test_find(void **state)
{
	(void)state;
	static const struct {
		const char *words[3];
		int count;
		const struct command *expected;
		int taken;
	} cases[] = {
	        {{"sky"}, 1, &sky, 1},
	        {{"sky", "file"}, 2, &sky, 1},
	        {{"sky", "map"}, 2, &sky_map, 2},
	        {{"sky", "map", "file"}, 3, &sky_map, 2},
	        {{"sky", "./map"}, 2, &sky, 1},
	        {{"sky", "ma"}, 2, &sky, 1},
	        {{"sky", "--help", "map"}, 3, &sky, 1},
	        {{"sky map"}, 1, NULL, 0},
	        {{"sky map", "x"}, 2, NULL, 0},
	        {{"sea"}, 1, NULL, 0},
	        {{"sea", "map"}, 2, &sea_map, 2},
	        {{"sea", "maps"}, 2, NULL, 0},
	        {{"sk"}, 1, NULL, 0},
	        {{NULL}, 0, NULL, 0},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		char *words[ARRAY_LENGTH(cases[i].words)];
		memcpy(words, cases[i].words, sizeof words);
		int taken = 0;
		const struct command *const found =
		        command_find(made_up, cases[i].count, words, &taken);
		if (found != cases[i].expected || taken != cases[i].taken)
			fail_msg("case %zu: found %s, of %d words", i, found ? found->name : "none",
			         taken);
	}
}

static void test_further(void **state)
{
	(void)state;
	struct error err;
	cleanup_free char *text = NULL;
	assert_int_equal(help_command(made_up, &sky, 80, &text, &err), 0);
	assert_non_null(strstr(text, "\nCommands that go with it:\n"
	                             "  sky map            two words\n\n"));
	assert_null(strstr(text, "sea"));
	cleanup_free char *other = NULL;
	assert_int_equal(help_command(made_up, &sky_map, 80, &other, &err), 0);
	assert_null(strstr(other, "Commands that go with it"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_command_help), cmocka_unit_test(test_width),
	        cmocka_unit_test(test_tables),       cmocka_unit_test(test_find),
	        cmocka_unit_test(test_further),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
