/* What the reader of logs (log_read.c) and its formats share, and nobody else sees. */
#ifndef FORMATS_LOG_LOG_PARTS_H
#define FORMATS_LOG_LOG_PARTS_H

#include "formats/log/log_read.h"

#include <regex.h>
#include <stdbool.h>
#include <stddef.h>

/* Of a line; of a JSON object. */
enum { LOG_LINE_BYTES = 16 << 10, LOG_OBJECT_BYTES = 1 << 20 };

/* Meanings of a pattern's groups, -1: it has none of that kind. */
struct log_groups {
	int time;
	int logger;
	int message;
};

struct log_format {
	const struct scenario_phases *phases;
	const struct log_parser *parser;
	char *line; /* room for the longest piece, and a NUL */
	size_t line_bytes;
	bool has_regex;
	regex_t regex;
	struct log_groups groups;
};

enum log_line {
	LINE_STAMP,
	LINE_OTHER,     /* nothing of the format about it */
	LINE_UNREADABLE /* nearly of the format, and wrong */
};

struct log_parser {
	bool has_objects; /* pieces are JSON objects, else lines */
	/* Reads a piece, which ends with NUL; all of *ret_stamp but line. */
	enum log_line (*parse)(const struct log_format *format, const char *text, size_t bytes,
	                       struct log_stamp *ret_stamp);
};

extern const struct log_parser lsst_log_parser;
extern const struct log_parser json_log_parser;
extern const struct log_parser pattern_log_parser;

/* Groups of a pattern, with the whole. */
enum { LOG_MOST_GROUPS = 16 };

/* Whether a pattern is one that may be compiled: no quantifier behind a quantifier, not too long
 * written out, not too many groups. Returns 0 or -EINVAL. */
int pattern_log_check(const char *text, struct error *err);

/* Compiles pattern and fields. Returns 0 or -EINVAL. */
int pattern_log_compile(const struct scenario_phases *phases, regex_t *ret_regex,
                        struct log_groups *ret_groups, struct error *err);

/* Whether a line looks like "lsst.isr INFO: message", pipetask's form without time stamps. */
bool lsst_log_is_short(const char *text);

/* Copies `bytes` bytes of text, cut to fit; blanks at both ends are left out, and what follows a
 * line end. */
void log_copy(char *to, size_t to_bytes, const char *text, size_t bytes);

/* Makes text fit to be read by anybody, in place: without terminal sequences, control characters
 * as '?', tabs as blanks. Returns its new length; it ends with NUL. */
size_t log_clean(char *text, size_t bytes);

#endif
