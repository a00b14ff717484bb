/* The stamps that are seen in a log, for the tests of its readers. Whatever does not work out fails
 * the test at once. */
#ifndef TESTS_LOG_SEEN_H
#define TESTS_LOG_SEEN_H

#include "core/array.h"
#include "core/error.h"
#include "formats/log/log_read.h"
#include "formats/log/log_time.h"
#include "formats/log/phase_name.h"

#include <stddef.h>

#define LOG_SEEN_WHEN 1697695201727000000LL /* 2023-10-19T06:00:01.727Z */

enum { LOG_SEEN_MOST = 64 };

struct log_seen {
	struct log_stamp stamps[LOG_SEEN_MOST];
	size_t count;
	struct log_report report;
	char why[256];
};

#define LOG_SEEN_LABEL "(detection:{band: 'i', skymap: 'DC2', tract: 4431, patch: 17})"

#define LOG_SEEN_JSON(time, message)                                                               \
	"{\"name\": \"lsst.isr\", \"asctime\": \"" time "\", \"message\": \"" message              \
	"\", \"levelno\": 20, \"levelname\": \"INFO\", \"filename\": \"isr.py\", \"pathname\": "   \
	"\"/a/isr.py\", \"lineno\": 12, \"funcName\": \"run\", \"process\": 5, \"processName\": "  \
	"\"MainProcess\", \"exc_info\": null, \"MDC\": {\"LABEL\": \"isr:{a: '}'}\"}}"

int log_seen_add(void *context, const struct log_stamp *stamp, struct error *err);

int log_seen_file(const void *text, size_t bytes);

void log_seen_fd(const struct scenario_phases *phases, int fd, struct log_seen *seen);

void log_seen_bytes(const struct scenario_phases *phases, const void *text, size_t bytes,
                    struct log_seen *seen);

extern const struct scenario_phases log_seen_lsst;

extern const struct scenario_phases log_seen_json;

#endif
