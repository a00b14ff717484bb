/* Logs of JSON objects: one on a line, or an array of them. The names are those of the LSST
 * pipelines' records (Python's logging), and some that are common elsewhere. */
#include "formats/log/log_parts.h"
#include "formats/log/log_time.h"

#include "core/cleanup.h"

#include <jansson.h>
#include <string.h>

DEFINE_CLEANUP(json, json_t *, json_decref);
#define cleanup_json __attribute__((cleanup(cleanup_json_function)))

static const char *const time_names[] = {"asctime", "time",    "timestamp", "@timestamp",
                                         "ts",      "created", NULL};
static const char *const logger_names[] = {"name", "logger", "logger_name", NULL};
static const char *const message_names[] = {"message", "msg", NULL};

static const json_t *first_of(const json_t *object, const char *const *names)
{
	for (size_t i = 0; names[i]; i++) {
		const json_t *const value = json_object_get(object, names[i]);
		if (value)
			return value;
	}
	return NULL;
}

/* A text; a number counts seconds since 1970. A text without an offset is in the scenario's zone.
 */
static bool read_time(const json_t *value, enum phases_zone zone, int64_t *ret_calendar_ns)
{
	if (json_is_number(value))
		return log_time_from_seconds(json_number_value(value), ret_calendar_ns);
	const char *const text = json_string_value(value);
	if (!text)
		return false;
	const char *const end = log_time_iso(text, zone, ret_calendar_ns);
	return end && *end == '\0';
}

static void copy_text(char *to, size_t to_bytes, const json_t *value)
{
	const char *const text = json_string_value(value);
	to[0] = '\0';
	if (!text)
		return;
	log_copy(to, to_bytes, text, strlen(text));
	log_clean(to, strlen(to));
}

/* Bytes that are not ASCII become '?', where they are not UTF-8. */
static json_t *load(const char *text, size_t bytes)
{
	json_t *const object = json_loadb(text, bytes, JSON_ALLOW_NUL, NULL);
	if (object)
		return object;
	cleanup_free char *plain = malloc(bytes);
	if (!plain)
		return NULL;
	for (size_t i = 0; i < bytes; i++)
		plain[i] = (char)((unsigned char)text[i] < 0x80 ? text[i] : '?');
	return json_loadb(plain, bytes, JSON_ALLOW_NUL, NULL);
}

static enum log_line parse(const struct log_format *format, const char *text, size_t bytes,
                           struct log_stamp *ret_stamp)
{
	if (text[0] != '{')
		return LINE_OTHER;
	cleanup_json json_t *object = load(text, bytes);
	const json_t *const time = first_of(object, time_names);
	if (!time)
		return object ? LINE_OTHER : LINE_UNREADABLE;
	if (!read_time(time, format->phases->zone, &ret_stamp->calendar_ns))
		return LINE_UNREADABLE;
	copy_text(ret_stamp->logger, sizeof ret_stamp->logger, first_of(object, logger_names));
	copy_text(ret_stamp->message, sizeof ret_stamp->message, first_of(object, message_names));
	return LINE_STAMP;
}

const struct log_parser json_log_parser = {.has_objects = true, .parse = parse};
