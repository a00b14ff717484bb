#include "report/event_compare.h"

#include "core/array.h"
#include "core/error.h"
#include "core/str.h"
#include "report/event_text.h"

#include <stdlib.h>
#include <string.h>

struct event_variant {
	struct event_definition event;
	struct str results; /* their paths */
};

static bool has_name(const struct event_variant *variant, const struct event_definition *event)
{
	return strcmp(variant->event.name, event->name) == 0;
}

static bool is_same(const struct event_variant *variant, const struct event_definition *event)
{
	const struct event_definition *const other = &variant->event;
	return has_name(variant, event) && strcmp(other->encoded, event->encoded) == 0 &&
	       other->type == event->type && other->config == event->config &&
	       other->config1 == event->config1 && other->is_user_only == event->is_user_only;
}

static int add_event(struct event_variants *variants, const struct event_definition *event,
                     const char *result, struct error *err)
{
	size_t i = 0;
	while (i < variants->count && !is_same(&variants->items[i], event))
		i++;
	if (i == variants->count) {
		const int r = array_reserve(&variants->items, &variants->capacity,
		                            variants->count + 1, sizeof *variants->items, err);
		if (r < 0)
			return r;
		variants->items[variants->count++] = (struct event_variant){.event = *event};
	}
	struct str *const results = &variants->items[i].results;
	str_addf(results, "%s%s", results->length ? ", " : "", result);
	return results->failed ? error_memory(err) : 0;
}

int event_variants_add(struct event_variants *variants, const struct dataset *dataset,
                       struct error *err)
{
	int r = 0;
	for (size_t e = 0; r == 0 && e < dataset->event_count; e++)
		if (dataset->events[e].state == COUNTER_OK)
			r = add_event(variants, &dataset->events[e],
			              dataset->path ? dataset->path : "a result", err);
	return r;
}

/* Whether items[i] is the first of its name. */
static bool is_first(const struct event_variants *variants, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (has_name(&variants->items[k], &variants->items[i].event))
			return false;
	return true;
}

static void say_name(const struct event_variants *variants, size_t first, struct document *doc)
{
	const struct event_definition *const event = &variants->items[first].event;
	cleanup_str struct str text = {0};
	size_t ways = 0;
	for (size_t i = first; i < variants->count; i++) {
		struct event_variant *const variant = &variants->items[i];
		if (!has_name(variant, event))
			continue;
		str_addf(&text, "%s in %s it is ", ways++ ? ";" : "", str_text(&variant->results));
		event_add_definition(&variant->event, &text);
	}
	doc->failed |= text.failed;
	if (ways > 1)
		document_item(doc, TEXT_WARN, "!",
		              "%s is not the same event in these results, so that its figures "
		              "cannot be compared:%s.",
		              event->name, str_text(&text));
}

void event_variants_say(const struct event_variants *variants, struct document *doc)
{
	for (size_t i = 0; i < variants->count; i++)
		if (is_first(variants, i))
			say_name(variants, i, doc);
}

void event_variants_release(struct event_variants *variants)
{
	if (!variants)
		return;
	for (size_t i = 0; i < variants->count; i++)
		str_release(&variants->items[i].results);
	free(variants->items);
	*variants = (struct event_variants){0};
}
