/* Logs of tasks: time stamps, the three formats, what is not trusted, and what a phase is called.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/array.h"
#include "core/clock.h"
#include "core/error.h"
#include "formats/log/log_read.h"
#include "formats/log/log_time.h"
#include "formats/log/phase_name.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#define WHEN 1697695201727000000LL /* 2023-10-19T06:00:01.727Z */

/* ---- Reading from memory ----------------------------------------------------------------- */

enum { MOST_STAMPS = 64 };

struct seen {
	struct log_stamp stamps[MOST_STAMPS];
	size_t count;
	struct log_report report;
	char why[256];
};

static int see(void *context, const struct log_stamp *stamp, struct error *err)
{
	(void)err;
	struct seen *const seen = context;
	if (seen->count < MOST_STAMPS)
		seen->stamps[seen->count] = *stamp;
	seen->count++;
	return 0;
}

static int file_of(const void *text, size_t bytes)
{
	const int fd = memfd_create("log", MFD_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, bytes), bytes);
	return fd;
}

static void read_fd(const struct scenario_phases *phases, int fd, struct seen *seen)
{
	struct log_format *format = NULL;
	struct error err = {"untouched"};
	memset(seen, 0, sizeof *seen);
	assert_int_equal(log_format_new(phases, &format, &err), 0);
	assert_int_equal(log_read(format, &(const struct log_place){fd, 0, -1}, see, seen,
	                          &seen->report, &err),
	                 0);
	assert_string_equal(err.text, "untouched");
	log_report_why(format, &seen->report, seen->why);
	assert_int_equal(seen->count, seen->report.stamps);
	log_format_free(format);
}

static void read_bytes(const struct scenario_phases *phases, const void *text, size_t bytes,
                       struct seen *seen)
{
	const int fd = file_of(text, bytes);
	read_fd(phases, fd, seen);
	close(fd);
}

static void read_text(const struct scenario_phases *phases, const char *text, struct seen *seen)
{
	read_bytes(phases, text, strlen(text), seen);
}

static const struct scenario_phases lsst = {.format = PHASES_LSST_LOG};
static const struct scenario_phases json = {.format = PHASES_JSON_LOG};

/* ---- Time stamps ------------------------------------------------------------------------- */

static void test_iso_times(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int64_t ns; /* -1: is none */
		const char *rest;
	} cases[] = {
	        {"2023-10-19T06:00:01.727+00:00 rest", WHEN, " rest"},
	        {"2023-10-19 06:00:01,727", WHEN, ""},
	        {"2023-10-19T06:00:01.727000Z", WHEN, ""},
	        {"2023-10-19T06:00:01.7270000004999", WHEN, ""},
	        {"2023-10-18T23:00:01.727-0700", WHEN, ""},
	        {"2023-10-19T07:30:01.727+01:30", WHEN, ""},
	        {"2023-10-19T07:00:01.727+01 x", WHEN, " x"},
	        {"2023-10-19T06:00:01", WHEN / NS_PER_S * NS_PER_S, ""},
	        {"2023-10-19T06:00:01.", WHEN / NS_PER_S * NS_PER_S, "."},
	        {"2023-10-19T06:00", WHEN / NS_PER_S * NS_PER_S - NS_PER_S, ""},
	        {"1970-01-01T00:00:00Z", 0, ""},
	        {"2016-12-31T23:59:60Z", 1483228800 * NS_PER_S, ""},
	        {"2261-12-31T23:59:59Z", 9214646399 * NS_PER_S, ""},
	        {"2024-02-29T00:00:00Z", 1709164800 * NS_PER_S, ""},
	        {"2023-02-29T00:00:00Z", -1, NULL},
	        {"2023-04-31T00:00:00Z", -1, NULL},
	        {"0000-01-01T00:00:00Z", -1, NULL},
	        {"1969-12-31T23:59:59Z", -1, NULL},
	        {"9999-01-01T00:00:00Z", -1, NULL},
	        {"1000000000-01-01T00:00:00Z", -1, NULL},
	        {"2023-13-01T00:00:00Z", -1, NULL},
	        {"2023-00-01T00:00:00Z", -1, NULL},
	        {"2023-10-19T24:00:00Z", -1, NULL},
	        {"2023-10-19T06:60:00Z", -1, NULL},
	        {"2023-10-19", -1, NULL},
	        {"06:00:01", -1, NULL},
	        {"", -1, NULL},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		int64_t ns = -7;
		const char *const rest = log_time_iso(cases[i].text, PHASES_UTC, &ns);
		print_message("# %s\n", cases[i].text);
		assert_int_equal(ns, cases[i].ns < 0 ? -7 : cases[i].ns);
		if (cases[i].rest)
			assert_string_equal(rest, cases[i].rest);
		else
			assert_null(rest);
	}
}

static void test_time_formats(void **state)
{
	(void)state;
	static const struct {
		const char *format;
		const char *text;
		int64_t ns; /* -1: does not follow it */
	} cases[] = {
	        {"%Y-%m-%d %H:%M:%S.%f", "2023-10-19 06:00:01.727", WHEN},
	        {"%Y-%m-%dT%H:%M:%S.%f%z", "2023-10-19T08:00:01.727+0200", WHEN},
	        {"%d/%b/%Y:%T,%f", "19/Oct/2023:06:00:01,727", WHEN},
	        {"%s.%f", "1697695201.727", WHEN},
	        {"%s", "1697695201", WHEN / NS_PER_S * NS_PER_S},
	        {"[%F %T]", "[2023-10-19 06:00:01]", WHEN / NS_PER_S * NS_PER_S},
	        {"%Y %j %T", "2023 292 06:00:01", WHEN / NS_PER_S * NS_PER_S},
	        {"%Y-%m-%d %H:%M:%S.%f", "2023-10-19 06:00:01", -1},
	        {"%Y-%m-%d %H:%M:%S", "2023-10-19 06:00:01 tail", -1},
	        {"%Y-%m-%d %H:%M:%S", "0-10-19 06:00:01", -1},
	        {"%Y-%m-%d %H:%M:%S", "", -1},
	        {"%s", "99999999999999999999999999", -1},
	        {"%s", "-5", -1},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		int64_t ns = -1;
		print_message("# %s %s\n", cases[i].format, cases[i].text);
		const bool is_read = log_time_read(cases[i].text, cases[i].format, PHASES_UTC, &ns);
		assert_int_equal(is_read, cases[i].ns >= 0);
		assert_int_equal(ns, cases[i].ns);
	}
}

static void test_local_time(void **state)
{
	(void)state;
	setenv("TZ", "XXX-02:00", 1); /* two hours east */
	int64_t ns;
	assert_true(log_time_read("2023-10-19 08:00:01.727", "%Y-%m-%d %H:%M:%S.%f", PHASES_LOCAL,
	                          &ns));
	assert_int_equal(ns, WHEN);
	assert_non_null(log_time_iso("2023-10-19T08:00:01.727", PHASES_LOCAL, &ns));
	assert_int_equal(ns, WHEN);
	assert_non_null(log_time_iso("2023-10-19T06:00:01.727Z", PHASES_LOCAL, &ns));
	assert_int_equal(ns, WHEN);
	unsetenv("TZ");
}

/* ---- LSST's long format ------------------------------------------------------------------- */

#define LABEL "(detection:{band: 'i', skymap: 'DC2', tract: 4431, patch: 17})"

static void test_lsst(void **state)
{
	(void)state;
	static const struct {
		const char *line;
		const char *logger; /* NULL: no stamp */
		const char *message;
	} cases[] = {
	        {"INFO 2023-10-19T06:00:01.727+00:00 lsst.ctrl.mpexec.singleQuantumExecutor " LABEL
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
		struct seen seen;
		print_message("# %s\n", cases[i].line);
		read_text(&lsst, cases[i].line, &seen);
		assert_int_equal(seen.count, cases[i].logger != NULL);
		if (cases[i].logger) {
			assert_int_equal(seen.stamps[0].calendar_ns, WHEN);
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
	struct seen seen;
	read_text(&lsst,
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
	struct seen seen;
	read_text(&lsst,
	          "INFO 2023-10-19T06:00:05.000+00:00 a ()(a.py:1) - 1\n"
	          "INFO 2023-10-19T06:00:04.000+00:00 a ()(a.py:1) - 2\n"
	          "INFO 2023-10-19T06:00:01.500+00:00 a ()(a.py:1) - 3\n"
	          "INFO 2023-10-19T06:00:09.000+00:00 a ()(a.py:1) - 4\n",
	          &seen);
	assert_int_equal(seen.report.backwards, 2);
	assert_int_equal(seen.report.most_backwards_ns, 2500 * NS_PER_MS);
	assert_int_equal(seen.report.backwards_line, 3);
}

/* ---- Why there is nothing ------------------------------------------------------------------- */

static void test_why(void **state)
{
	(void)state;
	static const struct {
		const struct scenario_phases *phases;
		const char *text;
		const char *expected; /* part of what is said */
	} cases[] = {
	        {&lsst, "", "the log is empty"},
	        {&lsst, "lsst.isr INFO: Applying crosstalk correction.\n", "--long-log"},
	        {&lsst, "isr WARNING: x\nsome text\n", "short format"},
	        {&lsst, "{\"name\": \"a\"}\n", "format: json-log"},
	        {&lsst, "2023-10-19 06:00:01 x\n", "format: pattern"},
	        {&lsst, "hello\n", "for example: hello"},
	        {&lsst, "\n\nINFO 2023-99-19T06:00:01 a ()(a.py:1) - x\n", "the first is line 3"},
	        {&json, "INFO 2023-10-19T06:00:01.727+00:00 lsst.isr ()(isr.py:1) - done\n",
	         "format: lsst-log"},
	        {&json, "lsst.isr INFO: x\n", "--long-log"},
	        {&json, "{\"asctime\": \"2023-10-19T06:00:01\",\n \"message\": \"x\"}\n",
	         "an object must be on one line"},
	        {&json, "{\"message\": \"x\"}\n", "no line of the log is of the format json-log"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct seen seen;
		read_text(cases[i].phases, cases[i].text, &seen);
		print_message("# %s\n", seen.why);
		assert_int_equal(seen.count, 0);
		assert_non_null(strstr(seen.why, cases[i].expected));
	}
}

/* ---- JSON ---------------------------------------------------------------------------------- */

#define JSON_RECORD(time, message)                                                                 \
	"{\"name\": \"lsst.isr\", \"asctime\": \"" time "\", \"message\": \"" message              \
	"\", \"levelno\": 20, \"levelname\": \"INFO\", \"filename\": \"isr.py\", \"pathname\": "   \
	"\"/a/isr.py\", \"lineno\": 12, \"funcName\": \"run\", \"process\": 5, \"processName\": "  \
	"\"MainProcess\", \"exc_info\": null, \"MDC\": {\"LABEL\": \"isr:{a: '}'}\"}}"

static void check_json(const char *text, size_t count)
{
	struct seen seen;
	read_text(&json, text, &seen);
	print_message("# %s\n", text);
	assert_int_equal(seen.count, count);
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(seen.stamps[i].calendar_ns, WHEN);
		assert_string_equal(seen.stamps[i].logger, "lsst.isr");
		assert_string_equal(seen.stamps[i].message, "a {b} \"c\"");
	}
}

static void test_json(void **state)
{
	(void)state;
#define ONE JSON_RECORD("2023-10-19T06:00:01.727000Z", "a {b} \\\"c\\\"\\n e")
	check_json(ONE "\n" ONE "\n", 2);
	check_json(ONE, 1);
	check_json("[" ONE ", " ONE ",\n" ONE "]\n", 3);
	check_json("a line {of text\n" ONE "\r\n{'a': 'python'}\n" ONE "\n", 2);
	check_json("{\"never closed\": {\n" ONE "\n", 1);
	check_json("{\"time\": 1697695201.727, \"logger\": \"lsst.isr\", \"msg\": "
	           "\"a {b} \\\"c\\\"\"}",
	           1);
	check_json("[]\n{}\n[1, 2]\n", 0);
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
		struct seen seen;
		print_message("# %s\n", cases[i].text);
		read_text(&json, cases[i].text, &seen);
		assert_int_equal(seen.count, cases[i].stamps);
		assert_int_equal(seen.report.unreadable, cases[i].unreadable);
		for (const char *p = seen.stamps[0].message; *p; p++)
			assert_true((unsigned char)*p >= 0x20);
	}
}

/* ---- A pattern of the user's ----------------------------------------------------------------- */

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
	struct seen seen;
	read_text(&phases,
	          "2023-10-19 06:00:01.727 disk: reading a.fits\nno stamp\n"
	          "2023-10-19 06:61:01.727 disk: no such minute\n",
	          &seen);
	assert_int_equal(seen.count, 1);
	assert_int_equal(seen.stamps[0].calendar_ns, WHEN);
	assert_string_equal(seen.stamps[0].logger, "disk");
	assert_string_equal(seen.stamps[0].message, "reading a.fits");
	assert_int_equal(seen.report.others, 1);
	assert_int_equal(seen.report.unreadable, 1);
	add_fields(&phases, "time - message");
	read_text(&phases, "2023-10-19 06:00:01.727 disk: reading a.fits\n", &seen);
	assert_string_equal(seen.stamps[0].logger, "");
	assert_string_equal(seen.stamps[0].message, "reading a.fits");
	words_release(&phases.fields);
	phases = pattern_of("^t=([0-9.]+)", "%s.%f");
	read_text(&phases, "t=1697695201.727   begin it  \n", &seen);
	assert_int_equal(seen.stamps[0].calendar_ns, WHEN);
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

/* ---- What is not trusted ----------------------------------------------------------------------
 */

static const struct scenario_phases user = {
        .format = PHASES_PATTERN,
        .pattern = (char *)(uintptr_t) "^([^ ]+) ((a|b|ab)*)*",
        .time_format = (char *)(uintptr_t) "%s",
};

static const struct scenario_phases *const every_format[] = {&lsst, &json, &user};

static void test_hostile_bytes(void **state)
{
	(void)state;
	static const char good[] =
	        "INFO 2023-10-19T06:00:01.727+00:00 a ()(a.py:1) - x\n" JSON_RECORD(
	                "2023-10-19T06:00:01.727Z", "x") "\n1697695201 x\n";
	uint32_t seed = 12345;
	for (int round = 0; round < 3000; round++) {
		char text[2 * sizeof good];
		const size_t bytes = sizeof good - 1;
		memcpy(text, good, bytes);
		for (int k = 0; k < round % 24; k++) {
			seed = seed * 1664525 + 1013904223;
			text[(seed >> 8) % bytes] = (char)(seed >> 24);
		}
		for (size_t f = 0; f < ARRAY_LENGTH(every_format); f++) {
			struct seen seen;
			read_bytes(every_format[f], text, bytes, &seen);
			assert_true(round > 0 || seen.count == 1);
			char name[PHASE_NAME_BYTES];
			for (size_t i = 0; i < seen.count; i++)
				phase_name_reduce(seen.stamps[i].message, name);
		}
	}
}

static void test_nul_bytes(void **state)
{
	(void)state;
	static const char text[] =
	        "\0\0\0\n\0INFO\nINFO 2023-10-19T06:00:01.727+00:00 a ()(a.py:1) - "
	        "x\0y\n";
	struct seen seen;
	read_bytes(&lsst, text, sizeof text - 1, &seen);
	assert_int_equal(seen.count, 1);
	assert_string_equal(seen.stamps[0].message, "x?y");
	read_bytes(&json, text, sizeof text - 1, &seen);
	assert_int_equal(seen.count, 0);
}

/* A line of 1 MB, an object of 3 MB, a line without an end: what follows is read all the same. */
static void test_long_lines(void **state)
{
	(void)state;
	enum { LONG = 3 << 20 };
	char *const text = malloc(2 * LONG);
	static const char lsst_head[] = "INFO 2023-10-19T06:00:01.727+00:00 a ()(a.py:1) - ";
	static const char json_head[] =
	        "{\"asctime\": \"2023-10-19T06:00:01.727Z\", \"message\": \"";
	static const struct {
		const struct scenario_phases *phases;
		const char *head;
		const char *tail;
		size_t stamps;
	} cases[] = {
	        {&lsst, lsst_head, "\nINFO 2023-10-19T06:00:01.727+00:00 a ()(a.py:1) - y\n", 2},
	        {&lsst, "(", "\nINFO 2023-10-19T06:00:01.727+00:00 a ()(a.py:1) - y\n", 1},
	        {&json, json_head, "\"}\n" JSON_RECORD("2023-10-19T06:00:01.727Z", "y") "\n", 1},
	        {&user, "1697695201 ", "\n1697695201 y\n", 2},
	        {&lsst, lsst_head, "", 1},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		size_t bytes = strlen(cases[i].head);
		memcpy(text, cases[i].head, bytes);
		memset(text + bytes, 'a', LONG);
		bytes += LONG;
		memcpy(text + bytes, cases[i].tail, strlen(cases[i].tail));
		bytes += strlen(cases[i].tail);
		struct seen seen;
		read_bytes(cases[i].phases, text, bytes, &seen);
		assert_int_equal(seen.count, cases[i].stamps);
	}
	free(text);
}

/* 100 MB of log must not become memory. */
static void test_large_log(void **state)
{
	(void)state;
	enum { LINES = 1000 };
	static const char line[] = "INFO 2023-10-19T06:00:01.727+00:00 lsst.isr ()(isr.py:1) - "
	                           "Corrected overscan for amplifier C00\n";
	const size_t bytes = sizeof line - 1;
	const int fd = memfd_create("log", MFD_CLOEXEC);
	char *const chunk = malloc(LINES * bytes);
	for (size_t i = 0; i < LINES; i++)
		memcpy(chunk + i * bytes, line, bytes);
	size_t written = 0;
	for (; written * LINES * bytes < 100000000; written++)
		assert_int_equal(write(fd, chunk, LINES * bytes), LINES * bytes);
	free(chunk);
	struct rusage before;
	struct rusage after;
	getrusage(RUSAGE_SELF, &before);
	const int64_t start_ns = clock_now_ns();
	struct seen seen;
	read_fd(&lsst, fd, &seen);
	const double seconds = (double)(clock_now_ns() - start_ns) / NS_PER_S;
	getrusage(RUSAGE_SELF, &after);
	close(fd);
	assert_int_equal(seen.count, written * LINES);
	print_message("# %zu lines, %.0f MB in %.2f s, %ld kB more memory\n", seen.count,
	              (double)(written * LINES * bytes) / 1e6, seconds,
	              after.ru_maxrss - before.ru_maxrss);
	assert_true(after.ru_maxrss - before.ru_maxrss < 8192);
}

static int stop_at_two(void *context, const struct log_stamp *stamp, struct error *err)
{
	(void)stamp;
	size_t *const count = context;
	return ++*count == 2 ? error_set(err, ENOSPC, "enough") : 0;
}

static void test_errors(void **state)
{
	(void)state;
	struct log_format *format = NULL;
	struct error err;
	struct log_report report;
	memset(&report, 0x5a, sizeof report);
	const struct log_report before = report;
	assert_int_equal(log_format_new(&lsst, &format, &err), 0);
	size_t count = 0;
	const int fd = file_of("INFO 2023-10-19T06:00:01Z a ()(a.py:1) - x\n"
	                       "INFO 2023-10-19T06:00:01Z a ()(a.py:1) - x\n"
	                       "INFO 2023-10-19T06:00:01Z a ()(a.py:1) - x\n",
	                       129);
	assert_int_equal(log_read(format, &(const struct log_place){fd, 0, -1}, stop_at_two, &count,
	                          &report, &err),
	                 -ENOSPC);
	assert_int_equal(count, 2);
	assert_int_equal(log_read(format, &(const struct log_place){-1, 0, -1}, stop_at_two, &count,
	                          &report, &err),
	                 -EBADF);
	assert_memory_equal(&report, &before, sizeof report);
	close(fd);
	log_format_free(format);
	log_format_free(NULL);
	const struct scenario_phases none = {.format = PHASES_NONE};
	assert_int_equal(log_format_new(&none, &format, &err), -EINVAL);
}

/* ---- Names and classes ------------------------------------------------------------------------
 */

static void test_names(void **state)
{
	(void)state;
	static const char *const cases[][2] = {
	        {"Applying crosstalk correction.", "Applying crosstalk correction."},
	        {"Corrected overscan for amplifier C17", "Corrected overscan for amplifier C#"},
	        {"Overscan of amplifier C00: level 1.5e-03, residual -0.1, noise nan ADU",
	         "Overscan of amplifier C#: level #, residual #, noise # ADU"},
	        {"Reading bytes from /tmp/x y/raw-00001.fits", "Reading bytes from PATH PATH"},
	        {"Reading bytes from file:///repo/raw.fits", "Reading bytes from PATH"},
	        {"wrote repo/run/isr.fits, then a/b", "wrote PATH, then a/b"},
	        {"Execution of task 'isr' on quantum {band: 'i', x: {y: 4}} took 36.198 seconds",
	         "Execution of task 'isr' on quantum {} took # seconds"},
	        {"quantum {never closed", "quantum {}"},
	        {"graph ID: '1692275760.9293416-1240'", "graph ID: '#-#'"},
	        {"id 0f3a6b1c-9d2e-4c0b-8a77-0123456789ab deadbeef cafe", "id # deadbeef cafe"},
	        {"using kernel type 17x17 double", "using kernel type #x# double"},
	        {"Took 12.3456 seconds", "Took # seconds"},
	        {"1,234,567 pixels at 12:34:56", "# pixels at #"},
	        {"  many   blanks  ", "many blanks"},
	        {"", "(no text)"},
	        {"first\nsecond", "first"},
	        {"gr\xc3\xb6\xc3\x9f"
	         "e \xff \xc3",
	         "gr\xc3\xb6\xc3\x9f"
	         "e ? ?"},
	        {"-inf and +3 and a-b", "# and # and a-b"},
	        {"Masking non-finite (NaN, inf) pixels", "Masking non-finite (NaN, inf) pixels"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		char name[PHASE_NAME_BYTES];
		phase_name_reduce(cases[i][0], name);
		assert_string_equal(name, cases[i][1]);
	}
	char name[PHASE_NAME_BYTES];
	char message[LOG_MESSAGE_BYTES];
	memset(message, '\xc3', sizeof message);
	for (size_t i = 1; i < sizeof message; i += 2)
		message[i] = '\xb6';
	message[sizeof message - 1] = '\0';
	phase_name_reduce(message, name);
	assert_int_equal(strlen(name), PHASE_NAME_BYTES - 2); /* whole characters */
}

static void test_globs(void **state)
{
	(void)state;
	static const struct {
		const char *pattern;
		const char *text;
		bool is_match;
	} cases[] = {
	        {"lsst.isr.*", "lsst.isr", true},
	        {"lsst.isr.*", "lsst.isr.overscan", true},
	        {"lsst.isr.*", "lsst.isrTask", false},
	        {"lsst.isr", "lsst.isr.overscan", false},
	        {"Butler get: *", "Butler get: raw", true},
	        {"Butler get: *", "no Butler get: raw", false},
	        {"*get*raw", "Butler get: raw of raw", true},
	        {"a?c", "abc", true},
	        {"a?c", "ac", false},
	        {"*", "", true},
	        {"", "", true},
	        {"", "a", false},
	        {"[a-z]", "b", false},
	        {"*a*a*a*a*a*a*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	         false},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		print_message("# %s %s\n", cases[i].pattern, cases[i].text);
		assert_int_equal(phase_glob_matches(cases[i].pattern, cases[i].text),
		                 cases[i].is_match);
	}
}

static void test_classes(void **state)
{
	(void)state;
	struct scenario_phases phases;
	struct error err;
	assert_int_equal(scenario_phases_init(&phases, &err), 0);
	static const struct {
		const char *logger;
		const char *message;
		enum phase_class class;
	} cases[] = {
	        {"lsst.isr", "Applying crosstalk correction.", PHASE_COMPUTE},
	        {"lsst.isr.overscan", "Overscan of amplifier C00", PHASE_COMPUTE},
	        {"lsst.afw.math", "x", PHASE_COMPUTE},
	        {"lsst.isr", "Reading bytes from /a/b", PHASE_DATASTORE},
	        {"lsst.daf.butler.direct_butler", "Butler get: raw", PHASE_DATASTORE},
	        {"timer.lsst.daf.butler.datastores", "Took 0.1 seconds", PHASE_DATASTORE},
	        {"other", "Butler put: x", PHASE_DATASTORE},
	        {"lsst.ctrl.mpexec.singleQuantumExecutor", "Execution of task", PHASE_OTHER},
	        {"lsst.ctrl.mpexec", "x", PHASE_OTHER},
	        {"lsst.makeWarp.select", "Selecting calexp", PHASE_COMPUTE},
	        {"timer.lsst.isr", "Took 0.1 seconds", PHASE_COMPUTE},
	        {"py.warnings", "x", PHASE_OTHER},
	        {"", "", PHASE_OTHER},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
		assert_int_equal(phase_class_of(&phases, cases[i].logger, cases[i].message),
		                 cases[i].class);
	scenario_phases_release(&phases);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_iso_times),
	        cmocka_unit_test(test_time_formats),
	        cmocka_unit_test(test_local_time),
	        cmocka_unit_test(test_lsst),
	        cmocka_unit_test(test_messages_over_several_lines),
	        cmocka_unit_test(test_backwards),
	        cmocka_unit_test(test_why),
	        cmocka_unit_test(test_json),
	        cmocka_unit_test(test_json_oddities),
	        cmocka_unit_test(test_pattern),
	        cmocka_unit_test(test_pattern_faults),
	        cmocka_unit_test(test_hostile_bytes),
	        cmocka_unit_test(test_nul_bytes),
	        cmocka_unit_test(test_long_lines),
	        cmocka_unit_test(test_large_log),
	        cmocka_unit_test(test_errors),
	        cmocka_unit_test(test_names),
	        cmocka_unit_test(test_globs),
	        cmocka_unit_test(test_classes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
