/* Times as logs write them, and what the names of loggers say of phases. */
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
#include "log_seen.h"

#include <stdlib.h>
#include <string.h>

static void test_iso_times(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int64_t ns; /* -1: is none */
		const char *rest;
	} cases[] = {
	        {"2023-10-19T06:00:01.727+00:00 rest", LOG_SEEN_WHEN, " rest"},
	        {"2023-10-19 06:00:01,727", LOG_SEEN_WHEN, ""},
	        {"2023-10-19T06:00:01.727000Z", LOG_SEEN_WHEN, ""},
	        {"2023-10-19T06:00:01.7270000004999", LOG_SEEN_WHEN, ""},
	        {"2023-10-18T23:00:01.727-0700", LOG_SEEN_WHEN, ""},
	        {"2023-10-19T07:30:01.727+01:30", LOG_SEEN_WHEN, ""},
	        {"2023-10-19T07:00:01.727+01 x", LOG_SEEN_WHEN, " x"},
	        {"2023-10-19T06:00:01", LOG_SEEN_WHEN / NS_PER_S * NS_PER_S, ""},
	        {"2023-10-19T06:00:01.", LOG_SEEN_WHEN / NS_PER_S * NS_PER_S, "."},
	        {"2023-10-19T06:00", LOG_SEEN_WHEN / NS_PER_S * NS_PER_S - NS_PER_S, ""},
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
	        {"%Y-%m-%d %H:%M:%S.%f", "2023-10-19 06:00:01.727", LOG_SEEN_WHEN},
	        {"%Y-%m-%dT%H:%M:%S.%f%z", "2023-10-19T08:00:01.727+0200", LOG_SEEN_WHEN},
	        {"%d/%b/%Y:%T,%f", "19/Oct/2023:06:00:01,727", LOG_SEEN_WHEN},
	        {"%s.%f", "1697695201.727", LOG_SEEN_WHEN},
	        {"%s", "1697695201", LOG_SEEN_WHEN / NS_PER_S * NS_PER_S},
	        {"[%F %T]", "[2023-10-19 06:00:01]", LOG_SEEN_WHEN / NS_PER_S * NS_PER_S},
	        {"%Y %j %T", "2023 292 06:00:01", LOG_SEEN_WHEN / NS_PER_S * NS_PER_S},
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
	assert_int_equal(ns, LOG_SEEN_WHEN);
	assert_non_null(log_time_iso("2023-10-19T08:00:01.727", PHASES_LOCAL, &ns));
	assert_int_equal(ns, LOG_SEEN_WHEN);
	assert_non_null(log_time_iso("2023-10-19T06:00:01.727Z", PHASES_LOCAL, &ns));
	assert_int_equal(ns, LOG_SEEN_WHEN);
	unsetenv("TZ");
}

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
	        cmocka_unit_test(test_iso_times),  cmocka_unit_test(test_time_formats),
	        cmocka_unit_test(test_local_time), cmocka_unit_test(test_names),
	        cmocka_unit_test(test_globs),      cmocka_unit_test(test_classes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
