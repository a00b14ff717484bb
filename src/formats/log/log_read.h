/* Reads the log of a task, of whatever format, stamp by stamp. A log of any length costs the memory
 * of one line. What is in a log is not trusted: colours are taken off, other control characters
 * become '?', long lines are cut, and a line that cannot be read is counted and named.
 *
 *   log_format_new    once per run, from the scenario
 *   log_read          per log; calls take for every stamp, in the order of the log
 *   log_report_why    why there was none, in words */
#ifndef FORMATS_LOG_LOG_READ_H
#define FORMATS_LOG_LOG_READ_H

#include "model/scenario.h"

#include <stdint.h>

struct error;
struct log_format;

enum { LOG_LOGGER_BYTES = 128, LOG_MESSAGE_BYTES = 512, LOG_SAID_BYTES = 80 };

/* More of a log than this is not read. */
#define LOG_MOST_BYTES (1LL << 30)

struct log_stamp {
	int64_t calendar_ns;             /* since 1970-01-01 UTC */
	uint64_t line;                   /* from 1 */
	char logger[LOG_LOGGER_BYTES];   /* cut to fit; "" where the format has none */
	char message[LOG_MESSAGE_BYTES]; /* its first line, cut to fit */
};

/* What there was in a log. */
struct log_report {
	uint64_t lines;
	uint64_t stamps;
	uint64_t others;     /* lines without a stamp: messages going on, or somebody else's */
	uint64_t unreadable; /* lines that are nearly of the format, and wrong */
	uint64_t shorts;     /* lines as pipetask writes them without --long-log */
	uint64_t first_unreadable;            /* number of the line */
	char unreadable_said[LOG_SAID_BYTES]; /* its beginning */
	char first_other[LOG_SAID_BYTES];     /* the beginning of the first line without a stamp */
	uint64_t backwards;                   /* stamps earlier than the one before them */
	int64_t most_backwards_ns;
	uint64_t backwards_line; /* where it was most */
	bool is_cut;             /* longer than LOG_MOST_BYTES */
};

/* Takes a stamp; returns 0 to go on, or -errno with err set to end the reading. */
typedef int log_take(void *context, const struct log_stamp *stamp, struct error *err);

/* Whether pattern, fields and time_format of the scenario fit together. Returns 0, or -EINVAL with
 * what is wrong and the remedy. */
int log_format_check(const struct scenario_phases *phases, struct error *err);

/* Makes ready to read logs of this format. phases must outlive it. Returns 0, -EINVAL or
 * -ENOMEM. */
int log_format_new(const struct scenario_phases *phases, struct log_format **ret_format,
                   struct error *err);
void log_format_free(struct log_format *format);

/* Where a log is: in the file open as fd, from an offset on, so many bytes or up to its end (-1).
 */
struct log_place {
	int fd;
	int64_t offset;
	int64_t bytes;
};

/* Reads a log. Returns 0, -errno of reading, or what take returned. */
int log_read(struct log_format *format, const struct log_place *place, log_take *take,
             void *context, struct log_report *ret_report, struct error *err);

/* Why a log gave no stamps, with the remedy. Returns text. */
const char *log_report_why(const struct log_format *format, const struct log_report *report,
                           char text[256]);

#endif
