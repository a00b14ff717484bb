#include "report/event_text.h"

#include "core/array.h"
#include "core/str.h"
#include "model/event_mode.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Types of perf_event_attr (linux/perf_event.h), the same in every kernel. */
enum { TYPE_RAW = 4, TYPE_FIRST_PMU = 6 };

void event_raw(const struct event_definition *event, char text[EVENT_RAW_BYTES])
{
	text[0] = '\0';
	if (event->type == TYPE_RAW && event->config1)
		snprintf(text, EVENT_RAW_BYTES, "r%" PRIx64 ":%" PRIx64, event->config,
		         event->config1);
	else if (event->type == TYPE_RAW)
		snprintf(text, EVENT_RAW_BYTES, "r%" PRIx64, event->config);
	else if (event->type >= TYPE_FIRST_PMU)
		snprintf(text, EVENT_RAW_BYTES, "pmu%" PRIu32 "/0x%" PRIx64, event->type,
		         event->config);
}

/* Whether a part between colons is a modifier that is off, or says in which mode, or of which
 * machine (mh: not only of its guests), is counted. */
static bool is_idle(const char *part, size_t length)
{
	static const char *const where[] = {"u=1", "k=1", "mh=1"};
	if (length > 2 && memcmp(part + length - 2, "=0", 2) == 0)
		return true;
	for (size_t i = 0; i < ARRAY_LENGTH(where); i++)
		if (strlen(where[i]) == length && memcmp(part, where[i], length) == 0)
			return true;
	return false;
}

void event_add_string(const struct event_definition *event, struct str *text)
{
	const char *rest = event->encoded[0] ? event->encoded : event->name;
	while (*rest) {
		/* A part begins with the colons before it. */
		const size_t colons = strspn(rest, ":");
		const size_t length = strcspn(rest + colons, ":");
		if (!is_idle(rest + colons, length))
			str_add_bytes(text, rest, colons + length);
		rest += colons + length;
	}
}

const char *event_mode(const struct event_definition *event)
{
	static const char *const modes[] = {
	        [EVENT_OF_BOTH] = "uk", [EVENT_OF_USER] = "u", [EVENT_OF_KERNEL] = "k"};
	return modes[event_mode_of(event)];
}

static const char *mode_words(const struct event_definition *event)
{
	static const char *const words[] = {[EVENT_OF_BOTH] = "user and kernel mode",
	                                    [EVENT_OF_USER] = "user mode only",
	                                    [EVENT_OF_KERNEL] = "kernel mode only"};
	return words[event_mode_of(event)];
}

void event_add_definition(const struct event_definition *event, struct str *text)
{
	char raw[EVENT_RAW_BYTES];
	event_raw(event, raw);
	event_add_string(event, text);
	str_add(text, " (");
	if (raw[0])
		str_addf(text, "raw code %s, ", raw);
	if (event->choice > 0)
		str_addf(text, "choice %" PRIu32 " of its metric, ", event->choice);
	str_addf(text, "%s)", mode_words(event));
}

void event_add_words(const struct event_definition *event, struct str *text)
{
	str_addf(text, "%s is ", event->name);
	event_add_definition(event, text);
}

static const char *axis_mode(const struct event_definition *event)
{
	static const char *const words[] = {[EVENT_OF_BOTH] = "",
	                                    [EVENT_OF_USER] = ", user mode",
	                                    [EVENT_OF_KERNEL] = ", kernel mode"};
	return words[event_mode_of(event)];
}

void event_axis(const struct event_definition *event, const char *unit, char text[EVENT_AXIS_BYTES])
{
	char raw[EVENT_RAW_BYTES];
	event_raw(event, raw);
	/* The name is as long as somebody made it; what is behind it has to have room. */
	snprintf(text, EVENT_AXIS_BYTES, "%.40s%s%.20s%s%s%s%s", event->name, raw[0] ? " " : "",
	         raw, axis_mode(event), unit[0] ? " (" : "", unit, unit[0] ? ")" : "");
}
