#include "model/event_mode.h"

#include "model/record.h"

#include <string.h>

static bool has_part(const char *text, const char *part)
{
	const size_t length = strlen(part);
	for (const char *at = text; (at = strstr(at, part)); at += length)
		if (at[length] == ':' || at[length] == '\0')
			return true;
	return false;
}

/* The modifiers at the end: of what stands behind the last ':' or '/', if it is nothing else. */
static const char *modifiers(const char *encoded)
{
	const char *end = encoded + strlen(encoded);
	while (end > encoded && (end[-1] == 'u' || end[-1] == 'k'))
		end--;
	return *end && end > encoded && (end[-1] == ':' || end[-1] == '/') ? end : NULL;
}

enum event_mode event_mode_of_text(const char *encoded)
{
	const char *const end = modifiers(encoded);
	const bool is_without_user = end ? !strchr(end, 'u') : has_part(encoded, ":u=0");
	const bool is_without_kernel = end ? !strchr(end, 'k') : has_part(encoded, ":k=0");
	if (is_without_user == is_without_kernel)
		return EVENT_OF_BOTH;
	return is_without_kernel ? EVENT_OF_USER : EVENT_OF_KERNEL;
}

enum event_mode event_mode_of(const struct event_definition *event)
{
	return event->is_user_only ? EVENT_OF_USER : event_mode_of_text(event->encoded);
}
