#include "platform/capability_parts.h"

#include <stdio.h>
#include <string.h>

void capability_add(struct capability_finder *finder, const struct capability *capability)
{
	if (finder->result == 0)
		finder->result = capabilities_add(finder->found, capability, finder->err);
}

const struct host_fact *capability_fact(const struct capability_finder *finder, const char *name)
{
	for (size_t i = 0; i < finder->facts->count; i++)
		if (strcmp(finder->facts->items[i].name, name) == 0)
			return &finder->facts->items[i];
	return NULL;
}

const char *capability_cut_remedy(const char *reason, char text[CAPABILITY_REASON_BYTES])
{
	static const char *const begins[] = {": an administrator", " (an administrator",
	                                     "; an administrator"};
	snprintf(text, CAPABILITY_REASON_BYTES, "%s", reason);
	for (size_t i = 0; i < sizeof begins / sizeof begins[0]; i++) {
		char *const remedy = strstr(text, begins[i]);
		if (remedy)
			*remedy = '\0';
	}
	return text;
}
