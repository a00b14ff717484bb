/* What a reader has to be warned of in the counters. */
#include "analyse/summary_parts.h"

#include "core/str.h"

#include <inttypes.h>

/* Appends "N=4" to a list, after ", " where it is not the first. */
static void list_level(struct str *list, const struct summary *summary, size_t level)
{
	char name[64];
	if (list->length > 0)
		str_add(list, ", ");
	str_add(list, summary_level_name(summary, level, name));
}

void summary_find_implausible(const struct summary *summary, struct str *text)
{
	const struct dataset *const dataset = summary->dataset;
	for (size_t e = 0; e < dataset->event_count; e++) {
		cleanup_str struct str list = {0};
		for (size_t i = 0; i < summary->level_count; i++) {
			const struct counter_summary *const counter =
			        &summary->levels[i].counters[e];
			if (counter->state != COUNTER_IMPLAUSIBLE || !counter->reason)
				continue;
			/* The figures of one level say enough. */
			const bool is_first = list.length == 0;
			list_level(&list, summary, i);
			if (is_first)
				str_addf(&list, " (%s)", counter->reason);
		}
		if (list.length > 0)
			str_addf(text, "%s%s is implausible at %s, and used nowhere there.",
			         text->length ? " " : "", dataset->events[e].name, str_text(&list));
	}
}

/* Counts that were scaled up are estimates, and better ones can be had. */
void summary_find_multiplexed(const struct summary *summary, struct str *text)
{
	const struct dataset *const dataset = summary->dataset;
	cleanup_str struct str list = {0};
	for (size_t e = 0; e < dataset->event_count; e++) {
		const struct counter_summary *least = NULL;
		for (size_t i = 0; i < summary->level_count; i++) {
			const struct counter_summary *const counter =
			        &summary->levels[i].counters[e];
			if (counter->state == COUNTER_SCALED &&
			    (!least || counter->running_least < least->running_least))
				least = counter;
		}
		if (least)
			str_addf(&list, "%s%s (%.0f %%)", list.length ? ", " : "",
			         dataset->events[e].name, 100 * least->running_least);
	}
	if (list.length > 0)
		str_addf(text,
		         "Counted only part of the time, because there are more events than "
		         "counters, and scaled up: %s; in brackets the least part of the time of "
		         "any task. These counts are estimates%s.",
		         str_text(&list),
		         summary->dataset->run.imported
		                 ? ""
		                 : "; --overflow rotate lets trials count sets of events in turn, "
		                   "all the time");
	text->failed |= list.failed;
}

/* Sets of events take turns over the blocks: a level with too few of them misses some. */
void summary_find_not_in_turn(const struct summary *summary, struct str *text)
{
	const struct dataset *const dataset = summary->dataset;
	for (size_t e = 0; e < dataset->event_count; e++) {
		cleanup_str struct str list = {0};
		for (size_t i = 0; i < summary->level_count; i++)
			if (summary->levels[i].counters[e].is_not_in_turn)
				list_level(&list, summary, i);
		if (list.length > 0)
			str_addf(text, "%s%s at %s",
			         text->length ? "; " : "Not counted: ", dataset->events[e].name,
			         str_text(&list));
		text->failed |= list.failed;
	}
	if (text->length > 0)
		str_addf(text,
		         ". %" PRIu32 " sets of events take turns, one in a trial, and there are "
		         "too few blocks for all of them (-r COUNT; a result goes on with --resume "
		         "FILE -r COUNT).",
		         dataset->event_sets.count);
}
