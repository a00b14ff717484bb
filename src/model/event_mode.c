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

/* Which modes the modifiers at the end name: what stands behind the last ':' or '/', if it is
 * nothing else. Returns how many there are. */
static size_t find_modifiers(const char *encoded, bool *ret_has_user, bool *ret_has_kernel)
{
	/* Of a code that stands for a name, the name is in brackets behind it. */
	const char *const name = strstr(encoded, " (");
	const size_t length = name ? (size_t)(name - encoded) : strlen(encoded);
	size_t at = length;
	*ret_has_user = *ret_has_kernel = false;
	for (; at > 0 && (encoded[at - 1] == 'u' || encoded[at - 1] == 'k'); at--) {
		*ret_has_user |= encoded[at - 1] == 'u';
		*ret_has_kernel |= encoded[at - 1] == 'k';
	}
	return at > 0 && (encoded[at - 1] == ':' || encoded[at - 1] == '/') ? length - at : 0;
}

enum event_mode event_mode_of_text(const char *encoded)
{
	bool has_user;
	bool has_kernel;
	if (find_modifiers(encoded, &has_user, &has_kernel) == 0) {
		has_user = !has_part(encoded, ":u=0");
		has_kernel = !has_part(encoded, ":k=0");
	}
	if (has_user == has_kernel)
		return EVENT_OF_BOTH;
	return has_user ? EVENT_OF_USER : EVENT_OF_KERNEL;
}

enum event_mode event_mode_of(const struct event_definition *event)
{
	return event->is_user_only ? EVENT_OF_USER : event_mode_of_text(event->encoded);
}
