/* Lines of logs in every form become stamps; what is none is told why. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/array.h"
#include "core/clock.h"
#include "core/error.h"
#include "formats/log/log_read.h"
#include "log_seen.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void log_seen_text(const struct scenario_phases *phases, const char *text,
                          struct log_seen *seen)
{
	log_seen_bytes(phases, text, strlen(text), seen);
}

static void test_lsst(void **state)
{
	(void)state;
	static const struct {
		const char *line;
		const char *logger; /* NULL: no stamp */
		const char *message;
	} cases[] = {
	        {"INFO 2023-10-19T06:00:01.727+00:00 "
	         "lsst.ctrl.mpexec.singleQuantumExecutor " LOG_SEEN_LABEL
	         "(singleQuantumExecutor.py:232) - Execution of task 'detection' took 36.198 s",
	         "lsst.ctrl.mpexec.singleQuantumExecutor",
	         "Execution of task 'detection' took 36.198 s"},
	        {"INFO 2023-10-19T06:00:01.727+00:00 lsst.isr ()(isr.py:1) - done", "lsst.isr",
	         "done"},
	        {"DEBUG 2023-10-19T06:00:01.727+00:00 lsst.isr ()(isr.py:1)- done", "lsst.isr",
	         "done"},
	        {"    INFO 2023-10-19T06:00:01.727+00:00 lsst.isr ()(isr.py:1) - a (b)(c.py:2) - "
	         "d\r",
	         "lsst.isr", "a (b)(c.py:2) - d"},
	        {"Level 15 2023-10-19T06:00:01.727+00:00 lsst.isr ()(isr.py:1) - done", "lsst.isr",
	         "done"},
	        {"\033[32mINFO\033[0m 2023-10-19T06:00:01.727+00:00 lsst.isr ()(i.py:1) - "
	         "a\033[1mb",
	         "lsst.isr", "ab"},
	        {"INFO 2023-10-19T06:00:01.727+00:00 lsst.isr (a (b) {c: ')'})(i.py:1) - d",
	         "lsst.isr", "d"},
	        {"INFO 2023-10-19T06:00:01.727+00:00 lsst.isr ()(isr.py:1) -", "lsst.isr", ""},
	        {"INFO 2023-10-19T06:00:01.727+00:00 lsst.isr ()(isr.py) - done", NULL,
	         "unreadable"},
	        {"INFO 2023-10-19T06:00:01.727+00:00", NULL, "unreadable"},
	        {"INFO 0000-00-00T00:00:00.000+00:00 lsst.isr ()(isr.py:1) - x", NULL,
	         "unreadable"},
	        {"INFO 1000000000-01-01T00:00:00 lsst.isr ()(isr.py:1) - x", NULL, "unreadable"},
	        {"INFO is what this line is not", NULL, "other"},
	        {"Traceback (most recent call last):", NULL, "other"},
	        {"", NULL, "nothing"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct log_seen seen;
		print_message("# %s\n", cases[i].line);
		log_seen_text(&log_seen_lsst, cases[i].line, &seen);
		assert_int_equal(seen.count, cases[i].logger != NULL);
		if (cases[i].logger) {
			assert_int_equal(seen.stamps[0].calendar_ns, LOG_SEEN_WHEN);
			assert_string_equal(seen.stamps[0].logger, cases[i].logger);
			assert_string_equal(seen.stamps[0].message, cases[i].message);
		} else {
			assert_int_equal(seen.report.unreadable,
			                 strcmp(cases[i].message, "unreadable") == 0);
			assert_int_equal(seen.report.others,
			                 strcmp(cases[i].message, "other") == 0);
		}
	}
}

static void test_messages_over_several_lines(void **state)
{
	(void)state;
	struct log_seen seen;
	log_seen_text(&log_seen_lsst,
	              "INFO 2023-10-19T06:00:01.727+00:00 lsst.isr ()(isr.py:1) - first\n"
	              "  and on\n\n"
	              "WARNING 2023-10-19T06:00:02.727+00:00 lsst.isr ()(isr.py:2) - second",
	              &seen);
	assert_int_equal(seen.count, 2);
	assert_int_equal(seen.report.lines, 4);
	assert_int_equal(seen.report.others, 1);
	assert_int_equal(seen.stamps[1].line, 4);
	assert_string_equal(seen.stamps[0].message, "first");
	assert_string_equal(seen.stamps[1].message, "second");
}

static void test_backwards(void **state)
{
	(void)state;
	struct log_seen seen;
	log_seen_text(&log_seen_lsst,
	              "INFO 2023-10-19T06:00:05.000+00:00 a ()(a.py:1) - 1\n"
	              "INFO 2023-10-19T06:00:04.000+00:00 a ()(a.py:1) - 2\n"
	              "INFO 2023-10-19T06:00:01.500+00:00 a ()(a.py:1) - 3\n"
	              "INFO 2023-10-19T06:00:09.000+00:00 a ()(a.py:1) - 4\n",
	              &seen);
	assert_int_equal(seen.report.backwards, 2);
	assert_int_equal(seen.report.most_backwards_ns, 2500 * NS_PER_MS);
	assert_int_equal(seen.report.backwards_line, 3);
}

static void test_why(void **state)
{
	(void)state;
	static const struct {
		const struct scenario_phases *phases;
		const char *text;
		const char *expected; /* part of what is said */
	} cases[] = {
	        {&log_seen_lsst, "", "the log is empty"},
	        {&log_seen_lsst, "lsst.isr INFO: Applying crosstalk correction.\n", "--long-log"},
	        {&log_seen_lsst, "isr WARNING: x\nsome text\n", "short format"},
	        {&log_seen_lsst, "{\"name\": \"a\"}\n", "format: json-log"},
	        {&log_seen_lsst, "2023-10-19 06:00:01 x\n", "format: pattern"},
	        {&log_seen_lsst, "hello\n", "for example: hello"},
	        {&log_seen_lsst, "\n\nINFO 2023-99-19T06:00:01 a ()(a.py:1) - x\n",
	         "the first is line 3"},
	        {&log_seen_json,
	         "INFO 2023-10-19T06:00:01.727+00:00 lsst.isr ()(isr.py:1) - done\n",
	         "format: lsst-log"},
	        {&log_seen_json, "lsst.isr INFO: x\n", "--long-log"},
	        {&log_seen_json, "{\"asctime\": \"2023-10-19T06:00:01\",\n \"message\": \"x\"}\n",
	         "an object must be on one line"},
	        {&log_seen_json, "{\"message\": \"x\"}\n",
	         "no line of the log is of the format json-log"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct log_seen seen;
		log_seen_text(cases[i].phases, cases[i].text, &seen);
		print_message("# %s\n", seen.why);
		assert_int_equal(seen.count, 0);
		assert_non_null(strstr(seen.why, cases[i].expected));
	}
}

static void log_seen_check_json(const char *text, size_t count)
{
	struct log_seen seen;
	log_seen_text(&log_seen_json, text, &seen);
	print_message("# %s\n", text);
	assert_int_equal(seen.count, count);
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(seen.stamps[i].calendar_ns, LOG_SEEN_WHEN);
		assert_string_equal(seen.stamps[i].logger, "lsst.isr");
		assert_string_equal(seen.stamps[i].message, "a {b} \"c\"");
	}
}

static void test_json(void **state)
{
	(void)state;
#define ONE LOG_SEEN_JSON("2023-10-19T06:00:01.727000Z", "a {b} \\\"c\\\"\\n e")
	log_seen_check_json(ONE "\n" ONE "\n", 2);
	log_seen_check_json(ONE, 1);
	log_seen_check_json("[" ONE ", " ONE ",\n" ONE "]\n", 3);
	log_seen_check_json("a line {of text\n" ONE "\r\n{'a': 'python'}\n" ONE "\n", 2);
	log_seen_check_json("{\"never closed\": {\n" ONE "\n", 1);
	log_seen_check_json("{\"time\": 1697695201.727, \"logger\": \"lsst.isr\", \"msg\": "
	                    "\"a {b} \\\"c\\\"\"}",
	                    1);
	log_seen_check_json("[]\n{}\n[1, 2]\n", 0);
}

static void test_json_oddities(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		size_t stamps;
		size_t unreadable;
	} cases[] = {
	        {"{\"asctime\": 1e300}", 0, 1},
	        {"{\"asctime\": -1}", 0, 1},
	        {"{\"asctime\": null}", 0, 1},
	        {"{\"asctime\": \"0000-01-01T00:00:00\"}", 0, 1},
	        {"{\"asctime\": \"2023-10-19T06:00:01\"}", 1, 0},
	        {"{\"asctime\": \"2023-10-19T06:00:01\", \"name\": 5, \"message\": [1]}", 1, 0},
	        {"{\"asctime\": \"2023-10-19T06:00:01\", \"message\": \"a\\u0000b\"}", 1, 0},
	        {"{\"asctime\": \"2023-10-19T06:00:01\", \"message\": \"\xff\xfe\"}", 1, 0},
	        {"{\"asctime\": \"2023-10-19T06:00:01\", \"message\": \"a\\u001b[31mb\"}", 1, 0},
	        {"{\"asctime\": \"2023-10-19T06:00:01\"", 0, 1},
	        {"{{{{{{", 0, 1},
	        {"}}}}\n]]]]\n{\"a\"}", 0, 1},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct log_seen seen;
		print_message("# %s\n", cases[i].text);
		log_seen_text(&log_seen_json, cases[i].text, &seen);
		assert_int_equal(seen.count, cases[i].stamps);
		assert_int_equal(seen.report.unreadable, cases[i].unreadable);
		for (const char *p = seen.stamps[0].message; *p; p++)
			assert_true((unsigned char)*p >= 0x20);
	}
}

static struct scenario_phases pattern_of(const char *pattern, const char *time_format)
{
	return (struct scenario_phases){.format = PHASES_PATTERN,
	                                .pattern = (char *)(uintptr_t)pattern,
	                                .time_format = (char *)(uintptr_t)time_format};
}

/* Blanks separate them. */
static void add_fields(struct scenario_phases *phases, const char *fields)
{
	struct error err;
	char word[32];
	int taken;
	for (; sscanf(fields, "%31s%n", word, &taken) == 1; fields += taken)
		assert_int_equal(words_add(&phases->fields, word, &err), 0);
}

static void test_pattern(void **state)
{
	(void)state;
	struct scenario_phases phases =
	        pattern_of("^([0-9-]+ [0-9:.]+) ([a-z]+): (.*)$", "%Y-%m-%d %H:%M:%S.%f");
	struct log_seen seen;
	log_seen_text(&phases,
	              "2023-10-19 06:00:01.727 disk: reading a.fits\nno stamp\n"
	              "2023-10-19 06:61:01.727 disk: no such minute\n",
	              &seen);
	assert_int_equal(seen.count, 1);
	assert_int_equal(seen.stamps[0].calendar_ns, LOG_SEEN_WHEN);
	assert_string_equal(seen.stamps[0].logger, "disk");
	assert_string_equal(seen.stamps[0].message, "reading a.fits");
	assert_int_equal(seen.report.others, 1);
	assert_int_equal(seen.report.unreadable, 1);
	add_fields(&phases, "time - message");
	log_seen_text(&phases, "2023-10-19 06:00:01.727 disk: reading a.fits\n", &seen);
	assert_string_equal(seen.stamps[0].logger, "");
	assert_string_equal(seen.stamps[0].message, "reading a.fits");
	words_release(&phases.fields);
	/* What only looks like quantifiers in a row. */
	phases =
	        pattern_of("^[]+*?]*\\+*([0-9]{4}[^][:space:]+]+[+*]?.{13}[[:digit:]]+)+ ([a-z]*)+",
	                   "%Y-%m-%d %H:%M:%S.%f");
	struct error err;
	assert_int_equal(log_format_check(&phases, &err), 0);
	phases = pattern_of("^t=([0-9.]+)", "%s.%f");
	log_seen_text(&phases, "t=1697695201.727   begin it  \n", &seen);
	assert_int_equal(seen.stamps[0].calendar_ns, LOG_SEEN_WHEN);
	assert_string_equal(seen.stamps[0].message, "begin it");
}

static void test_pattern_faults(void **state)
{
	(void)state;
	static const struct {
		const char *pattern;
		const char *time_format;
		const char *fields;
		const char *expected;
	} cases[] = {
	        {"^(a", "%s", "", "no POSIX extended regular expression"},
	        {"^a", "%s", "", "no group is the time stamp"},
	        /* Some of these take gigabytes when they are compiled. */
	        {"(a)++++++++++++++++++++++++++++++", "%s", "", "(\"++++++++++\")"},
	        {"(a)b*{2}", "%s", "", "a quantifier stands behind a quantifier (\"{2}\")"},
	        {"(a)[]+*]+[[:alpha:]]\\+++", "%s", "", "(\"+\")"},
	        {"(a+?)", "%s", "", "a quantifier stands behind a quantifier"},
	        {"(((a{99}){99}){99})", "%s", "", "longer than 20000 letters, up to \"{99})\""},
	        {"(a){30000}", "%s", "", "longer than 20000 letters"},
	        {"a{99999999999999999999}", "%s", "", "longer than 20000 letters"},
	        {"(((((((((((((((a+)+)+)+)+)+)+)+)+)+)+)+)+)+)+)+", "%s", "", "longer than 20000"},
	        {"(a)(b)", "%s", "time time", "two groups are the time"},
	        {"(a)(b)", "%s", "time level", "is no meaning of a group"},
	        {"(a)(b)", "%s", "message", "no group is the time stamp"},
	        {"(a)(b)", "%s", "time - -", "3 groups are named, and the pattern has 2"},
	        {"()()()()()()()()()()()()()()()()()", "%s", "", "more than 15"},
	        {"(a)", "%H:%M:%S", "", "does not say the day and the year"},
	        {"(a)", "%Y-%m-%d", "", "does not say the time of the day"},
	        {"(a)", "%F %T %Z", "", "%Z cannot be read"},
	        {"(a)", "%", "", "does not say"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct scenario_phases phases = pattern_of(cases[i].pattern, cases[i].time_format);
		add_fields(&phases, cases[i].fields);
		struct error err = {""};
		assert_int_equal(log_format_check(&phases, &err), -EINVAL);
		print_message("# %s\n", err.text);
		assert_non_null(strstr(err.text, cases[i].expected));
		words_release(&phases.fields);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_lsst),
	        cmocka_unit_test(test_messages_over_several_lines),
	        cmocka_unit_test(test_backwards),
	        cmocka_unit_test(test_why),
	        cmocka_unit_test(test_json),
	        cmocka_unit_test(test_json_oddities),
	        cmocka_unit_test(test_pattern),
	        cmocka_unit_test(test_pattern_faults),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
