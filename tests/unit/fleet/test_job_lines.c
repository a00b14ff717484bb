/* What a run says on stderr: how far it is, what a log should have, and why it failed. */
#include "fleet/job_lines.h"

#include "core/array.h"
#include "core/error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

static void collect(void *context, const char *line)
{
	struct str *const all = context;
	str_add(all, line);
	str_add(all, "|");
}

/* Fed in pieces of some size, so that lines are cut wherever they can be. */
static void feed(struct job_lines *lines, const char *text, size_t piece, struct str *ret_log)
{
	const size_t length = strlen(text);
	for (size_t i = 0; i < length; i += piece)
		job_lines_take(lines, text + i, length - i < piece ? length - i : piece, collect,
		               ret_log);
	job_lines_finish(lines, collect, ret_log);
}

static const char usual[] = "plateau: trying one task first\n"
                            "plateau: trial 1 of 12: 1 copy, spread, block 1 of 3; about 2 s left\n"
                            "stored 4\n"
                            "plateau: trial 2 of 12: 2 copies, spread, block 1 of 3\n"
                            "plateau: warning: 3 of 40 tasks failed; `plateau show x` says how\n"
                            "plateau: the result is in /tmp/j/result.db\n"
                            "plateau: `plateau report /tmp/j/result.db` makes a page of it\n"
                            "a line of somebody else";

static void lines_are_read_however_they_come(void **state)
{
	(void)state;
	for (size_t piece = 1; piece < 80; piece++) {
		cleanup_str struct str log = {0};
		struct job_lines lines = {0};
		feed(&lines, usual, piece, &log);
		assert_int_equal(lines.trial, 2);
		assert_int_equal(lines.planned, 12);
		assert_string_equal(lines.failures, "3 of 40 tasks failed");
		assert_string_equal(lines.last, "trying one task first");
		assert_null(strstr(str_text(&log), "stored"));
		assert_null(strstr(str_text(&log), "/tmp/j"));
		assert_non_null(strstr(str_text(&log), "|a line of somebody else|"));
		job_lines_release(&lines);
	}
}

static void the_reason_fits_the_exit_code(void **state)
{
	(void)state;
	static const struct {
		const char *said;
		int code;
		const char *reason;
	} cases[] = {
	        {"", 1, NULL},
	        {"no line of plateau\n", 1, NULL},
	        {"plateau: x.yaml has 2 problems\n", 2, "x.yaml has 2 problems"},
	        {"plateau: a\nplateau: b\n", 5, "b"},
	        {"plateau: warning: 1 of 2 tasks failed; more\nplateau: odd\n", 1,
	         "1 of 2 tasks failed"},
	        {"plateau: warning: 1 of 2 tasks failed; more\n", 3,
	         "criteria of the scenario are not met"},
	        {"", 4, "criteria of the scenario could not be decided"},
	        {"plateau: the engine was ended by signal 9 (Killed); what it had stored is in "
	         "/tmp/j/result.db\n",
	         1, "the engine was ended by signal 9 (Killed)"},
	        {"plateau: cannot write /tmp/j/result.db: No space left on device\n", 1,
	         "cannot write /tmp/j/result.db: No space left on device"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct error err;
		char *reason = NULL;
		cleanup_str struct str log = {0};
		struct job_lines lines = {0};
		feed(&lines, cases[i].said, 7, &log);
		assert_int_equal(job_lines_reason(&lines, cases[i].code, "/tmp/j", &reason, &err),
		                 0);
		assert_int_equal(reason == NULL, cases[i].reason == NULL);
		if (reason)
			assert_string_equal(reason, cases[i].reason);
		free(reason);
		job_lines_release(&lines);
	}
}

static void a_refusal_for_the_moment_is_told(void **state)
{
	(void)state;
	static const struct {
		const char *said;
		bool is_turned_away;
	} cases[] = {
	        {"plateau: this node belongs to a batch system (PBS); measure in an allocation of "
	         "your own, or insist with --here\n",
	         true},
	        {"plateau: other programs use 31 % of the node's CPU time (preflight.refuse.load "
	         "is 20 %)\n",
	         true},
	        {"plateau: warning: other programs use 31 % (preflight.warn.load is 20 %)\n",
	         false},
	        {"plateau: nothing was measured: every level is left out (no trial)\n", false},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		cleanup_str struct str log = {0};
		struct job_lines lines = {0};
		feed(&lines, cases[i].said, 9, &log);
		assert_int_equal(lines.is_turned_away, cases[i].is_turned_away);
		job_lines_release(&lines);
	}
}

static void a_line_without_end_takes_no_memory(void **state)
{
	(void)state;
	char piece[1000];
	memset(piece, 'x', sizeof piece);
	cleanup_str struct str log = {0};
	struct job_lines lines = {0};
	for (size_t i = 0; i < 100; i++)
		job_lines_take(&lines, piece, sizeof piece, collect, &log);
	assert_true(lines.line.length <= 4096);
	job_lines_finish(&lines, collect, &log);
	size_t kept = 0;
	for (const char *p = str_text(&log); *p; p++)
		kept += *p == 'x';
	assert_int_equal(kept, 100 * sizeof piece);
	job_lines_release(&lines);
}

static void hostile_lines_are_no_trials(void **state)
{
	(void)state;
	static const char *const lines_said[] = {
	        "plateau: trial\n",
	        "plateau: trial x of y:\n",
	        "plateau: trial 1 of\n",
	        "trial 1 of 2:\n",
	        "\n",
	        "plateau: \n",
	};
	for (size_t i = 0; i < ARRAY_LENGTH(lines_said); i++) {
		cleanup_str struct str log = {0};
		struct job_lines lines = {0};
		feed(&lines, lines_said[i], 3, &log);
		assert_int_equal(lines.planned, 0);
		job_lines_release(&lines);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(lines_are_read_however_they_come),
	        cmocka_unit_test(the_reason_fits_the_exit_code),
	        cmocka_unit_test(a_refusal_for_the_moment_is_told),
	        cmocka_unit_test(a_line_without_end_takes_no_memory),
	        cmocka_unit_test(hostile_lines_are_no_trials),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
