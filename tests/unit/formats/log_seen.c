#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/error.h"
#include "formats/log/log_read.h"
#include "log_seen.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int log_seen_add(void *context, const struct log_stamp *stamp, struct error *err)
{
	(void)err;
	struct log_seen *const seen = context;
	if (seen->count < LOG_SEEN_MOST)
		seen->stamps[seen->count] = *stamp;
	seen->count++;
	return 0;
}

int log_seen_file(const void *text, size_t bytes)
{
	const int fd = memfd_create("log", MFD_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, bytes), bytes);
	return fd;
}

void log_seen_fd(const struct scenario_phases *phases, int fd, struct log_seen *seen)
{
	struct log_format *format = NULL;
	struct error err = {"untouched"};
	memset(seen, 0, sizeof *seen);
	assert_int_equal(log_format_new(phases, &format, &err), 0);
	assert_int_equal(log_read(format, &(const struct log_place){fd, 0, -1}, log_seen_add, seen,
	                          &seen->report, &err),
	                 0);
	assert_string_equal(err.text, "untouched");
	log_report_why(format, &seen->report, seen->why);
	assert_int_equal(seen->count, seen->report.stamps);
	log_format_free(format);
}

void log_seen_bytes(const struct scenario_phases *phases, const void *text, size_t bytes,
                    struct log_seen *seen)
{
	const int fd = log_seen_file(text, bytes);
	log_seen_fd(phases, fd, seen);
	close(fd);
}

const struct scenario_phases log_seen_lsst = {.format = PHASES_LSST_LOG};

const struct scenario_phases log_seen_json = {.format = PHASES_JSON_LOG};
