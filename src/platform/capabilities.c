#include "platform/capabilities.h"

#include "core/cleanup.h"
#include "model/metric.h"
#include "platform/capability_parts.h"
#include "platform/events.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Who can do what a counter's remedy (platform/counting) says: it is in its words. */
static enum capability_who who_for(const char *remedy)
{
	static const struct {
		const char *sign;
		enum capability_who who;
	} signs[] = {
	        {"hypervisor", WHO_HYPERVISOR},   {"administrator", WHO_ADMINISTRATOR},
	        {"container", WHO_ADMINISTRATOR}, {"perf_event_paranoid", WHO_ADMINISTRATOR},
	        {"dmesg", WHO_ADMINISTRATOR},
	};
	for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++)
		if (strstr(remedy, signs[i].sign))
			return signs[i].who;
	return remedy[0] ? WHO_YOU : WHO_NOBODY;
}

/* libpfm4's full name of an event without the modifiers behind it ("...:e=0:i=0:u=1:k=1"). */
static const char *without_modifiers(const char *encoded, char name[CAPABILITY_REASON_BYTES])
{
	snprintf(name, CAPABILITY_REASON_BYTES, "%s", encoded);
	for (char *p = strchr(name, ':'); p; p = strchr(p + 1, ':')) {
		const size_t letters = strspn(p + 1, "abcdefghijklmnopqrstuvwxyz_");
		if (letters > 0 && p[1 + letters] == '=') {
			*p = '\0';
			break;
		}
	}
	return name;
}

/* A metric of which no choice is an event that this machine knows: to ask for another name, as one
 * who asked for an event is told, helps nobody here. */
static void advise_on_unknown(const struct capability_finder *finder, struct capability *counter)
{
	counter->remedy = finder->is_guest ? "measure it on the host, or on a real machine" : NULL;
	counter->who = finder->is_guest ? WHO_HYPERVISOR : WHO_NOBODY;
}

static void find_counters(struct capability_finder *finder, const struct metrics *metrics)
{
	cleanup_free struct event_definition *definitions = NULL;
	finder->result = events_describe(metrics, &definitions, finder->err);
	for (size_t i = 0; finder->result == 0 && i < metrics->count; i++) {
		struct event_definition *const d = &definitions[i];
		const bool is_counted = d->state == COUNTER_OK;
		char name[CAPABILITY_REASON_BYTES];
		struct capability counter = {
		        .area = "counters",
		        .name = metrics->items[i].name,
		        .state = !is_counted       ? CAPABILITY_NO
		                 : d->is_user_only ? CAPABILITY_PART
		                                   : CAPABILITY_YES,
		        .by = is_counted ? without_modifiers(d->encoded, name) : NULL,
		        .reason = d->reason,
		        .remedy = d->remedy,
		        .who = who_for(d->remedy),
		};
		if (d->state == COUNTER_UNKNOWN)
			advise_on_unknown(finder, &counter);
		capability_add(finder, &counter);
	}
}

int capabilities_list(const struct node *node, const struct metrics *metrics,
                      const struct host_facts *facts, const char *sysroot,
                      struct capabilities *ret_capabilities, struct error *err)
{
	struct capabilities found = {0};
	struct capability_finder finder = {
	        .node = node,
	        .facts = facts,
	        .sysroot = sysroot ? sysroot : "",
	        .is_live = !sysroot,
	        .is_guest = host_facts_get(facts, "hypervisor") != NULL,
	        .found = &found,
	        .err = err,
	};
	if (metrics)
		find_counters(&finder, metrics);
	capability_find_sensors(&finder);
	capability_find_ways(&finder);
	if (finder.result < 0) {
		capabilities_release(&found);
		return finder.result;
	}
	*ret_capabilities = found;
	return 0;
}
