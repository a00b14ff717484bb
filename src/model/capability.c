#include "model/capability.h"

#include "core/array.h"
#include "core/error.h"

#include <stdlib.h>
#include <string.h>

const char *const capability_state_names[] = {"yes", "in part", "no", NULL};
const char *const capability_who_names[] = {"nobody", "you", "the administrator",
                                            "the hypervisor's owner", NULL};

/* The text, or "" for NULL, behind what is in block already. */
static const char *put(char **end, const char *text)
{
	const char *const begin = *end;
	*end = stpcpy(*end, text ? text : "") + 1;
	return begin;
}

static size_t room(const char *text)
{
	return text ? strlen(text) + 1 : 1;
}

int capabilities_add(struct capabilities *capabilities, const struct capability *capability,
                     struct error *err)
{
	const struct capability *const c = capability;
	const int r = array_reserve(&capabilities->items, &capabilities->capacity,
	                            capabilities->count + 1, sizeof *c, err);
	if (r < 0)
		return r;
	char *const texts = malloc(room(c->area) + room(c->name) + room(c->by) + room(c->reason) +
	                           room(c->remedy));
	if (!texts)
		return error_memory(err);
	char *end = texts;
	struct capability own = {.state = c->state, .who = c->who, .texts = texts};
	own.area = put(&end, c->area);
	own.name = put(&end, c->name);
	own.by = put(&end, c->by);
	own.reason = put(&end, c->reason);
	own.remedy = put(&end, c->remedy);
	capabilities->items[capabilities->count++] = own;
	return 0;
}

const struct capability *capabilities_find(const struct capabilities *capabilities,
                                           const char *area, const char *name)
{
	for (size_t i = 0; i < capabilities->count; i++)
		if (strcmp(capabilities->items[i].area, area) == 0 &&
		    strcmp(capabilities->items[i].name, name) == 0)
			return &capabilities->items[i];
	return NULL;
}

void capabilities_release(struct capabilities *capabilities)
{
	for (size_t i = 0; i < capabilities->count; i++)
		free(capabilities->items[i].texts);
	free(capabilities->items);
	*capabilities = (struct capabilities){0};
}
