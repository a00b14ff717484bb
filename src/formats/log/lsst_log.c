/* The long log format of the LSST pipelines (pipetask --long-log):
 *
 *   LEVEL TIME LOGGER (LABEL)(FILE:LINE) - MESSAGE
 *
 * The label is a task's and its data id, in braces and quotes, or nothing. Blanks in front are
 * allowed: such logs are quoted inside other text. */
#include "formats/log/log_parts.h"
#include "formats/log/log_time.h"

#include <ctype.h>
#include <string.h>

/* Names of Python's levels and of LSST's own, as they stand in front of a line. */
static const char *const levels[] = {"TRACE",   "DEBUG", "VERBOSE",  "INFO",  "WARN",
                                     "WARNING", "ERROR", "CRITICAL", "FATAL", NULL};

static bool is_level(const char *text, size_t bytes)
{
	for (size_t i = 0; levels[i]; i++)
		if (strlen(levels[i]) == bytes && memcmp(levels[i], text, bytes) == 0)
			return true;
	return false;
}

/* "LEVEL ", or "Level 15 " for levels without a name. Returns what follows, or NULL. */
static const char *take_level(const char *text)
{
	const size_t length = strcspn(text, " ");
	if (is_level(text, length))
		return text + length + strspn(text + length, " ");
	if (strncmp(text, "Level ", 6) != 0)
		return NULL;
	const size_t digits = strspn(text + 6, "0123456789");
	return digits > 0 && text[6 + digits] == ' ' ? text + 6 + digits + 1 : NULL;
}

/* The end of ")(FILE:LINE) - " when it begins at text, or NULL. */
static const char *take_place(const char *text)
{
	if (strncmp(text, ")(", 2) != 0)
		return NULL;
	const char *const file = text + 2;
	const char *const end = file + strcspn(file, "()");
	const char *colon = end;
	while (colon > file && isdigit((unsigned char)colon[-1]))
		colon--;
	if (*end != ')' || colon == end || colon == file || colon[-1] != ':')
		return NULL;
	const char *const rest = end + 1 + strspn(end + 1, " ");
	if (*rest != '-')
		return NULL;
	return rest + 1;
}

/* The message behind "(LABEL)(FILE:LINE) - ", or NULL. */
static const char *find_message(const char *text)
{
	if (*text != '(')
		return NULL;
	for (const char *p = strchr(text, ')'); p; p = strchr(p + 1, ')')) {
		const char *const message = take_place(p);
		if (message)
			return message;
	}
	return NULL;
}

static enum log_line parse(const struct log_format *format, const char *text, size_t bytes,
                           struct log_stamp *ret_stamp)
{
	const char *const end = text + bytes;
	const char *p = take_level(text + strspn(text, " "));
	if (!p || !isdigit((unsigned char)*p))
		return LINE_OTHER;
	p = log_time_iso(p, format->phases->zone, &ret_stamp->calendar_ns);
	if (!p || *p != ' ')
		return LINE_UNREADABLE;
	p += strspn(p, " ");
	const size_t logger_bytes = strcspn(p, " ");
	const char *const label = p + logger_bytes + strspn(p + logger_bytes, " ");
	const char *const message = find_message(label);
	if (logger_bytes == 0 || !message)
		return LINE_UNREADABLE;
	log_copy(ret_stamp->logger, sizeof ret_stamp->logger, p, logger_bytes);
	log_copy(ret_stamp->message, sizeof ret_stamp->message, message, (size_t)(end - message));
	return LINE_STAMP;
}

bool lsst_log_is_short(const char *text)
{
	const size_t logger = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	                                   "0123456789_.");
	if (logger == 0 || text[logger] != ' ')
		return false;
	const char *const level = text + logger + 1;
	const size_t length = strcspn(level, ": ");
	return level[length] == ':' && is_level(level, length);
}

const struct log_parser lsst_log_parser = {.parse = parse};
