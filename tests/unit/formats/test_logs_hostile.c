/* Logs of whatever bytes and any length, and readers that fail. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/array.h"
#include "core/clock.h"
#include "core/error.h"
#include "formats/log/log_read.h"
#include "formats/log/phase_name.h"
#include "log_seen.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

static const struct scenario_phases log_seen_user = {
        .format = PHASES_PATTERN,
        .pattern = (char *)(uintptr_t) "^([^ ]+) ((a|b|ab)*)*",
        .time_format = (char *)(uintptr_t) "%s",
};

static const struct scenario_phases *const every_format[] = {&log_seen_lsst, &log_seen_json,
                                                             &log_seen_user};

static void test_hostile_bytes(void **state)
{
	(void)state;
	static const char good[] =
	        "INFO 2023-10-19T06:00:01.727+00:00 a ()(a.py:1) - x\n" LOG_SEEN_JSON(
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
			struct log_seen seen;
			log_seen_bytes(every_format[f], text, bytes, &seen);
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
	struct log_seen seen;
	log_seen_bytes(&log_seen_lsst, text, sizeof text - 1, &seen);
	assert_int_equal(seen.count, 1);
	assert_string_equal(seen.stamps[0].message, "x?y");
	log_seen_bytes(&log_seen_json, text, sizeof text - 1, &seen);
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
	        {&log_seen_lsst, lsst_head,
	         "\nINFO 2023-10-19T06:00:01.727+00:00 a ()(a.py:1) - y\n", 2},
	        {&log_seen_lsst, "(", "\nINFO 2023-10-19T06:00:01.727+00:00 a ()(a.py:1) - y\n", 1},
	        {&log_seen_json, json_head,
	         "\"}\n" LOG_SEEN_JSON("2023-10-19T06:00:01.727Z", "y") "\n", 1},
	        {&log_seen_user, "1697695201 ", "\n1697695201 y\n", 2},
	        {&log_seen_lsst, lsst_head, "", 1},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		size_t bytes = strlen(cases[i].head);
		memcpy(text, cases[i].head, bytes);
		memset(text + bytes, 'a', LONG);
		bytes += LONG;
		memcpy(text + bytes, cases[i].tail, strlen(cases[i].tail));
		bytes += strlen(cases[i].tail);
		struct log_seen seen;
		log_seen_bytes(cases[i].phases, text, bytes, &seen);
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
	struct log_seen seen;
	log_seen_fd(&log_seen_lsst, fd, &seen);
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
	assert_int_equal(log_format_new(&log_seen_lsst, &format, &err), 0);
	size_t count = 0;
	const int fd = log_seen_file("INFO 2023-10-19T06:00:01Z a ()(a.py:1) - x\n"
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

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_hostile_bytes), cmocka_unit_test(test_nul_bytes),
	        cmocka_unit_test(test_long_lines),    cmocka_unit_test(test_large_log),
	        cmocka_unit_test(test_errors),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
