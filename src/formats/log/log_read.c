#include "formats/log/log_read.h"

#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "formats/log/log_parts.h"
#include "formats/log/log_time.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct log_parser *const parsers[] = {
        [PHASES_LSST_LOG] = &lsst_log_parser,
        [PHASES_JSON_LOG] = &json_log_parser,
        [PHASES_PATTERN] = &pattern_log_parser,
};

/* One reading of one log. */
struct reading {
	struct log_format *format;
	log_take *take;
	void *context;
	struct log_report *report;
	struct error *err;
	int64_t last_ns; /* of the latest stamp so far */
	size_t length;   /* of the piece in format->line so far */
	bool is_cut;     /* more came than fits */
	/* JSON objects: */
	bool is_inside;
	bool is_text; /* the line is no JSON: up to its end it is passed over */
	bool in_string;
	bool is_escaped;
	unsigned depth;
};

int log_format_check(const struct scenario_phases *phases, struct error *err)
{
	if (phases->format != PHASES_PATTERN)
		return 0;
	regex_t regex;
	struct log_groups groups;
	const int r = pattern_log_compile(phases, &regex, &groups, err);
	if (r < 0)
		return r;
	regfree(&regex);
	return log_time_check(phases->time_format, err);
}

int log_format_new(const struct scenario_phases *phases, struct log_format **ret_format,
                   struct error *err)
{
	if (phases->format == PHASES_NONE || (size_t)phases->format >= ARRAY_LENGTH(parsers))
		return error_set(err, EINVAL, "no format of a log was given");
	struct log_format *const format = calloc(1, sizeof *format);
	if (!format)
		return error_memory(err);
	format->phases = phases;
	format->parser = parsers[phases->format];
	format->line_bytes = format->parser->has_objects ? LOG_OBJECT_BYTES : LOG_LINE_BYTES;
	format->line = malloc(format->line_bytes + 1);
	int r = format->line ? 0 : error_memory(err);
	if (r == 0 && phases->format == PHASES_PATTERN) {
		r = pattern_log_compile(phases, &format->regex, &format->groups, err);
		format->has_regex = r == 0;
	}
	if (r < 0) {
		log_format_free(format);
		return r;
	}
	*ret_format = format;
	return 0;
}

void log_format_free(struct log_format *format)
{
	if (!format)
		return;
	if (format->has_regex)
		regfree(&format->regex);
	free(format->line);
	free(format);
}

/* ---- Pieces ------------------------------------------------------------------------------ */

static int take_stamp(struct reading *reading, const struct log_stamp *stamp)
{
	struct log_report *const report = reading->report;
	const int64_t back_ns = reading->last_ns - stamp->calendar_ns;
	if (report->stamps > 0 && back_ns > 0) {
		report->backwards++;
		if (back_ns > report->most_backwards_ns) {
			report->most_backwards_ns = back_ns;
			report->backwards_line = stamp->line;
		}
	}
	reading->last_ns = stamp->calendar_ns;
	report->stamps++;
	return reading->take(reading->context, stamp, reading->err);
}

/* What is in format->line is one whole piece, or the kept part of one. */
static int take_piece(struct reading *reading)
{
	struct log_format *const format = reading->format;
	struct log_report *const report = reading->report;
	const size_t bytes = format->parser->has_objects ? reading->length
	                                                 : log_clean(format->line, reading->length);
	format->line[bytes] = '\0';
	reading->length = 0;
	if (bytes == 0)
		return 0;
	struct log_stamp stamp = {.line = report->lines};
	enum log_line line = LINE_UNREADABLE;
	if (!format->parser->has_objects || !reading->is_cut)
		line = format->parser->parse(format, format->line, bytes, &stamp);
	reading->is_cut = false;
	if (line == LINE_STAMP)
		return take_stamp(reading, &stamp);
	char said[LOG_SAID_BYTES] = "";
	log_copy(said, sizeof said, format->line, bytes);
	log_clean(said, strlen(said));
	if (line == LINE_UNREADABLE && report->unreadable++ == 0) {
		report->first_unreadable = stamp.line;
		memcpy(report->unreadable_said, said, sizeof said);
	}
	if (line != LINE_OTHER)
		return 0;
	if (report->others++ == 0)
		memcpy(report->first_other, said, sizeof said);
	report->shorts += lsst_log_is_short(format->line);
	return 0;
}

static void add(struct reading *reading, const char *bytes, size_t count)
{
	const size_t room = reading->format->line_bytes - reading->length;
	const size_t kept = count < room ? count : room;
	memcpy(reading->format->line + reading->length, bytes, kept);
	reading->length += kept;
	reading->is_cut = reading->is_cut || kept < count;
}

static int take_lines(struct reading *reading, const char *bytes, size_t count)
{
	int r = 0;
	while (r == 0 && count > 0) {
		const char *const end = memchr(bytes, '\n', count);
		const size_t part = end ? (size_t)(end - bytes) : count;
		if (reading->length == 0 && !reading->is_inside)
			reading->report->lines++;
		reading->is_inside = !end; /* of a line */
		add(reading, bytes, part);
		if (end)
			r = take_piece(reading);
		bytes += part + (end != NULL);
		count -= part + (end != NULL);
	}
	return r;
}

/* A line of a JSON log is an object, or (a part of) an array of objects; text that is neither is
 * passed over up to the end of its line. */
static int take_outside(struct reading *reading, char c)
{
	if (c == '\n') {
		const bool was_text = reading->is_text;
		reading->is_text = false;
		return was_text ? take_piece(reading) : 0;
	}
	if (reading->is_text) {
		if (reading->length < LOG_SAID_BYTES)
			add(reading, &c, 1);
		return 0;
	}
	if (c == '{') {
		reading->is_inside = true;
		reading->depth = 1;
		reading->in_string = reading->is_escaped = false;
		add(reading, &c, 1);
	} else if (!isspace((unsigned char)c) && !strchr("[],", c)) {
		reading->is_text = true;
		add(reading, &c, 1);
	} else if (c == '\0') {
		reading->is_text = true;
	}
	return 0;
}

static void follow_object(struct reading *reading, char c)
{
	if (reading->in_string) {
		if (reading->is_escaped)
			reading->is_escaped = false;
		else if (c == '\\')
			reading->is_escaped = true;
		else if (c == '"')
			reading->in_string = false;
		return;
	}
	if (c == '"')
		reading->in_string = true;
	else if (c == '{' || c == '[')
		reading->depth++;
	else if (c == '}' || c == ']')
		reading->depth--;
}

/* An object ends on the line on which it begins: so that a broken one does not swallow the rest. */
static int take_inside(struct reading *reading, char c)
{
	if (c != '\n') {
		follow_object(reading, c);
		add(reading, &c, 1);
		if (reading->depth > 0)
			return 0;
	}
	reading->is_inside = false;
	return take_piece(reading);
}

static int take_objects(struct reading *reading, const char *bytes, size_t count)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < count; i++) {
		if (reading->report->lines == 0)
			reading->report->lines = 1;
		r = reading->is_inside ? take_inside(reading, bytes[i])
		                       : take_outside(reading, bytes[i]);
		reading->report->lines += bytes[i] == '\n';
	}
	return r;
}

int log_read(struct log_format *format, const struct log_place *place, log_take *take,
             void *context, struct log_report *ret_report, struct error *err)
{
	enum { CHUNK_BYTES = 64 << 10 };
	struct log_report report = {0};
	struct reading reading = {
	        .format = format, .take = take, .context = context, .report = &report, .err = err};
	cleanup_free char *chunk = malloc(CHUNK_BYTES);
	if (!chunk)
		return error_memory(err);
	const int64_t most =
	        place->bytes >= 0 && place->bytes < LOG_MOST_BYTES ? place->bytes : LOG_MOST_BYTES;
	int64_t done = 0;
	int r = 0;
	while (r == 0 && done < most) {
		const size_t wanted =
		        most - done < CHUNK_BYTES ? (size_t)(most - done) : CHUNK_BYTES;
		const ssize_t got = pread(place->fd, chunk, wanted, place->offset + done);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return error_system(err, errno, "cannot read the log");
		if (got == 0)
			break;
		done += got;
		r = format->parser->has_objects ? take_objects(&reading, chunk, (size_t)got)
		                                : take_lines(&reading, chunk, (size_t)got);
	}
	report.is_cut = done >= LOG_MOST_BYTES;
	if (r == 0 && !report.is_cut)
		r = take_piece(&reading); /* a last line without a line end */
	if (r < 0)
		return r;
	*ret_report = report;
	return 0;
}

/* ---- Why there is nothing ---------------------------------------------------------------- */

static const char *guess(const struct log_format *format, const struct log_report *report)
{
	int64_t ignored;
	const enum phases_format is = format->phases->format;
	if (is != PHASES_JSON_LOG && report->first_other[0] == '{')
		return "it looks like JSON: write format: json-log";
	struct log_stamp stamp;
	if (is != PHASES_LSST_LOG && report->first_other[0] &&
	    lsst_log_parser.parse(format, report->first_other, strlen(report->first_other),
	                          &stamp) != LINE_OTHER)
		return "it looks like LSST's long format: write format: lsst-log";
	if (is == PHASES_LSST_LOG && log_time_iso(report->first_other, PHASES_UTC, &ignored))
		return "its lines have time stamps of another form: describe them with format: "
		       "pattern";
	if (is == PHASES_PATTERN)
		return "compare task.phases.pattern with that line, or choose another stream";
	return "describe the lines with format: pattern, or choose another stream";
}

const char *log_report_why(const struct log_format *format, const struct log_report *report,
                           char text[256])
{
	enum { BYTES = 256 };
	const char *const name = phases_format_names[format->phases->format];
	if (report->lines == 0)
		snprintf(text, BYTES,
		         "the log is empty: the task wrote nothing to the stream "
		         "that task.phases names");
	else if (report->shorts > 0 && report->stamps == 0)
		snprintf(text, BYTES,
		         "the log has no time stamps (it is in the short format): "
		         "give pipetask the option --long-log");
	else if (report->unreadable > 0)
		snprintf(text, BYTES,
		         "%" PRIu64 " line%s of the log cannot be read as %s%s; the first is line "
		         "%" PRIu64 ": %s",
		         report->unreadable, report->unreadable == 1 ? "" : "s", name,
		         format->parser->has_objects ? " (an object must be on one line)" : "",
		         report->first_unreadable, report->unreadable_said);
	else
		snprintf(text, BYTES, "no line of the log is of the format %s, for example: %s; %s",
		         name, report->first_other, guess(format, report));
	return text;
}
