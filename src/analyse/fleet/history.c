#include "analyse/fleet/history.h"

#include "analyse/fleet/fleet_facts.h"
#include "analyse/fleet/rank_parts.h"
#include "core/error.h"
#include "core/str.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- What can be compared ----------------------------------------------------------------- */

/* Without criteria whatever is whole and did not fail counts as accepted, unless a ranking called
 * it slow. */
static bool is_accepted(const struct fleet_attempt *attempt)
{
	return rank_is_whole(attempt) && fleet_attempt_verdict(attempt) != FLEET_SLOW &&
	       attempt->profile.failed_tasks == 0 && attempt->verdict != FLEET_FAIL &&
	       (attempt->judgement_count == 0 || attempt->criteria_verdict == VERDICT_PASS);
}

static bool is_same_text(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "") == 0;
}

/* Facts that make another node of a node. */
static const char *changed_hardware(const struct profile *a, const struct profile *b)
{
	static const char *const facts[][2] = {
	        {"processor", "it had another processor"},
	        {"cores_allowed", "it had another number of cores"},
	        {"numa_mode", "it had another NUMA mode"},
	        {"threads", "tasks had another number of threads"},
	};
	for (size_t i = 0; i < sizeof facts / sizeof facts[0]; i++)
		if (!is_same_text(profile_fact(a, facts[i][0]), profile_fact(b, facts[i][0])))
			return facts[i][1];
	return NULL;
}

bool rank_has_changed(const struct profile *now, const struct profile *before, const char *fact)
{
	const char *const a = profile_fact(now, fact);
	const char *const b = profile_fact(before, fact);
	return a && b && !rank_same_value(fact, a, b);
}

/* What else changed, which may be why: the program first. */
static int name_changes(struct fleet_history_item *item, const struct profile *before,
                        struct error *err)
{
	enum { NAMED_MOST = 5 };
	static const char program[] = "program_sha256";
	const struct profile *const now = &item->attempt->profile;
	cleanup_str struct str text = {0};
	size_t count = 0;
	item->has_other_program = rank_has_changed(now, before, program);
	if (item->has_other_program) {
		str_add(&text, fleet_fact_find(program)->words);
		count++;
	}
	for (size_t i = 0; i < fleet_fact_count; i++) {
		const char *const name = fleet_facts[i].name;
		if (strcmp(name, program) == 0 || !rank_has_changed(now, before, name))
			continue;
		if (count < NAMED_MOST)
			str_addf(&text, "%s%s", count > 0 ? ", " : "", fleet_facts[i].words);
		count++;
	}
	if (count > NAMED_MOST)
		str_addf(&text, " and %zu more", count - NAMED_MOST);
	return count > 0 ? str_take(&text, &item->changed, err) : 0;
}

/* The figure at which a result is held against others: the level of its first policy that is most
 * like a full node. */
static const struct profile_figure *full_figure(const struct profile *profile)
{
	const double full = rank_full(profile);
	const struct profile_figure *chosen = NULL;
	for (size_t i = 0; i < profile->figure_count; i++) {
		const struct profile_figure *const figure = &profile->figures[i];
		if (figure->measure != MEASURE_THROUGHPUT || figure->policy != 0 ||
		    !(figure->value > 0))
			continue;
		if (!chosen || rank_is_fuller(figure->concurrency, chosen->concurrency, full))
			chosen = figure;
	}
	return chosen;
}

/* Half the width of the 95 % interval of a figure's log; NAN: none. */
static double half_width(const struct profile_figure *figure)
{
	return figure->low > 0 && figure->high > 0 ? log(figure->high / figure->low) / 2
	                                           : (double)NAN;
}

/* ---- Building ----------------------------------------------------------------------------- */

static int compare(struct fleet_history_item *item, const struct fleet_history_item *first,
                   const char *policy, uint32_t concurrency, struct error *err)
{
	const struct profile *const own = &item->attempt->profile;
	const struct profile *const base = &first->attempt->profile;
	const struct profile_figure *const figure =
	        rank_figure(own, policy, concurrency, MEASURE_THROUGHPUT, NULL);
	const struct profile_figure *const before =
	        rank_figure(base, policy, concurrency, MEASURE_THROUGHPUT, NULL);
	const char *const changed = changed_hardware(own, base);
	item->throughput_per_s = figure ? figure->value : (double)NAN;
	if (!is_same_text(own->scenario_sha256, base->scenario_sha256))
		item->reason = "it is of another scenario";
	else if (changed)
		item->reason = changed;
	else if (!rank_is_whole(item->attempt))
		item->reason = "its run did not come to its end";
	else if (!figure || !before)
		item->reason = "it has no throughput at that level";
	if (item->reason || !figure || !before)
		return 0;
	/* Half widths add as squares; that of runs, which is wider, is not known. */
	const double half = hypot(half_width(figure), half_width(before));
	item->relative = figure->value / before->value;
	item->low = item->relative * exp(-half);
	item->high = item->relative * exp(half);
	item->is_slower = item > first && item->relative < 1 - RANK_MARGIN && item->high < 1;
	return name_changes(item, base, err);
}

/* What came of the last one, and what may be why. */
static void add_outcome(struct fleet_history *history, const struct fleet_history_item *last,
                        struct str *text)
{
	const bool is_class = history->class_nodes > 0;
	history->is_open = is_class ? last->relative < 1 - RANK_MARGIN && !last->is_slower &&
	                                      history->class_relative < 1 - RANK_MARGIN
	                            : last->is_slower && last->has_other_program;
	if (is_class && history->is_open)
		str_addf(text,
		         ". So does its class as a whole (%.3f, the median of %zu nodes): look for "
		         "what all of them share",
		         history->class_relative, history->class_nodes);
	else if (history->is_open)
		str_add(text, ": it got slower, or its program did, which is another one since");
	else if (last->is_slower)
		str_add(text, ": it got slower");
	else if (last->relative < 1 - RANK_MARGIN && isnan(last->high)) {
		history->is_open = true;
		str_add(text, ", which one trial cannot tell from chance: measure it again with "
		              "repeats");
	}
	if (is_class && last->is_slower)
		str_addf(text, ", more than its class as a whole (%.3f, the median of %zu nodes)",
		         history->class_relative, history->class_nodes);
	if (last->changed && last->relative < 1 - RANK_MARGIN)
		str_addf(text, ". Not as it was then: %s", last->changed);
}

/* The last one that is compared, where it is not the last of all, and slower. */
static void add_earlier(const struct fleet_history *history, struct str *text)
{
	for (size_t i = history->count; i > 0; i--) {
		const struct fleet_history_item *const item = &history->items[i - 1];
		if (item->reason)
			continue;
		if (item->is_slower)
			str_addf(text,
			         ". Attempt %" PRIu32 " can: at N=%" PRIu32
			         " it does %.3f of it: the node got slower",
			         item->attempt->number, history->concurrency, item->relative);
		return;
	}
}

static int write_sentence(struct fleet_history *history, struct error *err)
{
	const struct fleet_history_item *first = NULL;
	const struct fleet_history_item *const last =
	        history->count > 0 ? &history->items[history->count - 1] : NULL;
	for (size_t i = 0; i < history->count && !first; i++)
		first = history->items[i].is_first ? &history->items[i] : NULL;
	cleanup_str struct str text = {0};
	if (!last)
		str_add(&text, "it has no result");
	else if (!first)
		str_addf(&text, "none of its results was accepted%s",
		         fleet_attempt_verdict(last->attempt) == FLEET_SLOW
		                 ? ": the last is slow among its like"
		                 : "");
	else if (last == first)
		str_add(&text, history->count == 1
		                       ? "it has one result: nothing to hold it against"
		                       : "its last result is the first that was accepted");
	else if (last->reason) {
		str_addf(&text, "its last result cannot be held against the first accepted one: %s",
		         last->reason);
		add_earlier(history, &text);
	} else {
		str_addf(&text, "at N=%" PRIu32 " it does %.3f", history->concurrency,
		         last->relative);
		if (!isnan(last->low))
			str_addf(&text, " (%.3f to %.3f)", last->low, last->high);
		str_add(&text, " of what it did in its first accepted result");
		add_outcome(history, last, &text);
	}
	char *sentence = NULL;
	const int r = str_take(&text, &sentence, err);
	if (r < 0)
		return r;
	free(history->sentence);
	history->sentence = sentence;
	return 0;
}

static int fill(const struct fleet_node *node, struct fleet_history *history, struct error *err)
{
	struct fleet_history_item *first = NULL;
	history->items = calloc(node->attempt_count + 1, sizeof *history->items);
	if (!history->items)
		return error_memory(err);
	for (size_t i = 0; i < node->attempt_count; i++)
		if (node->attempts[i].has_profile)
			history->items[history->count++] =
			        (struct fleet_history_item){.attempt = &node->attempts[i],
			                                    .throughput_per_s = NAN,
			                                    .relative = NAN,
			                                    .low = NAN,
			                                    .high = NAN};
	for (size_t i = 0; i < history->count && !first; i++)
		if (is_accepted(history->items[i].attempt) &&
		    full_figure(&history->items[i].attempt->profile))
			first = &history->items[i];
	const struct profile_figure *const figure =
	        first ? full_figure(&first->attempt->profile) : NULL;
	if (first && figure) {
		const struct profile *const profile = &first->attempt->profile;
		int r = str_copy(profile->policy_count > 0 ? profile->policies[0] : "",
		                 &history->policy, err);
		first->is_first = true;
		history->concurrency = figure->concurrency;
		for (size_t i = 0; r == 0 && i < history->count; i++)
			r = compare(&history->items[i], first, history->policy,
			            history->concurrency, err);
		if (r < 0)
			return r;
	}
	for (size_t i = 0; !first && i < history->count; i++)
		history->items[i].reason = "no result was accepted";
	return write_sentence(history, err);
}

int fleet_history_build(const struct fleet_node *node, struct fleet_history *ret_history,
                        struct error *err)
{
	struct fleet_history history cleanup_fleet_history = {.class_relative = NAN};
	const int r = fill(node, &history, err);
	if (r < 0)
		return r;
	*ret_history = history;
	history = (struct fleet_history){0};
	return 0;
}

int fleet_history_hold(struct fleet_history *history, double class_relative, size_t class_nodes,
                       struct error *err)
{
	struct fleet_history_item *const last =
	        history->count > 0 ? &history->items[history->count - 1] : NULL;
	if (!last || last->is_first || last->reason || isnan(class_relative))
		return 0;
	history->class_relative = class_relative;
	history->class_nodes = class_nodes;
	if (last->relative >= class_relative * (1 - RANK_MARGIN))
		last->is_slower = false;
	return write_sentence(history, err);
}

void fleet_history_release(struct fleet_history *history)
{
	if (!history)
		return;
	for (size_t i = 0; i < history->count; i++)
		free(history->items[i].changed);
	free(history->policy);
	free(history->items);
	free(history->sentence);
	*history = (struct fleet_history){0};
}
