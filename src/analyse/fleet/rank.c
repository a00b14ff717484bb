/* Each node against its class. A node's verdict is that of its last attempt (fleet/observe says
 * what came of it); one that passes, or that no criterion could decide, is slow when its throughput
 * is far below the median of its class, or one of its places is slow. */
#include "analyse/fleet/rank.h"

#include "analyse/fleet/rank_parts.h"
#include "core/error.h"
#include "core/number.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const fleet_component_names[COMPONENTS] = {
        [COMPONENT_NONE] = "none",     [COMPONENT_CORE] = "core",
        [COMPONENT_L3] = "l3",         [COMPONENT_PACKAGE] = "package",
        [COMPONENT_MEMORY] = "memory", [COMPONENT_CLOCK] = "clock",
        [COMPONENT_DISK] = "disk",     [COMPONENT_SHARED_CPU] = "shared-cpu",
        [COMPONENT_WORK] = "work",     [COMPONENT_UNKNOWN] = "unknown",
};

/* ---- Items -------------------------------------------------------------------------------- */

static int begin_item(const struct ranking_work *work, size_t index, struct error *err)
{
	const struct fleet_node *const node = &work->fleet->nodes[index];
	const struct fleet_attempt *const last = fleet_attempt_last(node);
	struct fleet_rank_item *const item = rank_item(work, index);
	*item = (struct fleet_rank_item){
	        .node = index,
	        .attempt = work->nodes[index].measured ? work->nodes[index].measured : last,
	        .class = -1,
	        .verdict = node->verdict,
	        .relative = NAN,
	        .low = NAN,
	        .high = NAN,
	        .z = NAN,
	        .component = COMPONENT_NONE,
	        .component_index = -1,
	        .component_relative = NAN,
	        .since_relative = NAN,
	};
	const char *const reason = node->reason ? node->reason : last ? last->reason : NULL;
	return reason && reason[0] ? str_copy(reason, &item->reason, err) : 0;
}

static int say(struct fleet_rank_item *item, struct str *text, struct error *err)
{
	char *reason = NULL;
	const int r = str_take(text, &reason, err);
	if (r < 0)
		return r;
	free(item->reason);
	item->reason = reason;
	return 0;
}

/* Whether the verdict is one that the class has a say in: the node's last attempt is the measured
 * one, and it did not fail. */
static bool is_judged_by_class(const struct ranking_work *work, size_t node)
{
	const struct fleet_rank_item *const item = rank_item(work, node);
	return work->nodes[node].measured &&
	       work->nodes[node].measured == fleet_attempt_last(&work->fleet->nodes[node]) &&
	       (item->verdict == FLEET_PASS || item->verdict == FLEET_INCONCLUSIVE);
}

static void add_where(struct str *text, const struct fleet_class *class, double relative)
{
	str_addf(text, "does %.3f of the median of its class at N=%u", relative,
	         (unsigned)class->concurrency);
}

/* Why a result is not to be relied on, where it says so itself. */
static void add_doubt(struct str *text, const struct fleet_attempt *attempt)
{
	const struct profile *const profile = &attempt->profile;
	if (profile->doubt_count == 0)
		return;
	const char *const said = profile_doubt_words(profile->doubts[0]);
	size_t length = strlen(said);
	while (length > 0 && said[length - 1] == '.')
		length--;
	str_add(text, "; its result warns: \"");
	str_add_bytes(text, said, length);
	str_add(text, "\"");
	if (profile->doubt_count > 1)
		str_addf(text, " and of %zu more (the page and --json have them)",
		         profile->doubt_count - 1);
}

static int call_slow(struct fleet_rank_item *item, const struct fleet_class *class,
                     const struct rank_place *place, bool is_slow_node, struct error *err)
{
	cleanup_str struct str text = {0};
	item->verdict = FLEET_SLOW;
	if (is_slow_node) {
		add_where(&text, class, item->relative);
		str_addf(&text, ", %.1f deviations below it", -item->z);
	} else {
		str_addf(&text, "%s %s slow, though the node as a whole ",
		         number_noun(place->count, "one", "some"),
		         place->component == COMPONENT_PACKAGE
		                 ? number_noun(place->count, "socket is", "sockets are")
		         : place->component == COMPONENT_L3
		                 ? number_noun(place->count, "L3 cache is", "L3 caches are")
		                 : number_noun(place->count, "core is", "cores are"));
		add_where(&text, class, item->relative);
	}
	add_doubt(&text, item->attempt);
	return say(item, &text, err);
}

/* A node that is slow when it is not full. */
static int call_slow_at(struct fleet_rank_item *item, const struct fleet_class *class,
                        const struct fleet_band *level, struct error *err)
{
	const struct profile_figure *const figure = rank_figure(
	        &item->attempt->profile, level->policy, level->concurrency, class->measure, NULL);
	cleanup_str struct str text = {0};
	item->verdict = FLEET_SLOW;
	item->slow_at = level->concurrency;
	item->slow_policy = level->policy;
	str_addf(&text,
	         "at N=%u%s%s it does %.3f of the median of its class, %.1f deviations below it, "
	         "though it ",
	         (unsigned)level->concurrency, strcmp(level->policy, class->policy) != 0 ? " " : "",
	         strcmp(level->policy, class->policy) != 0 ? level->policy : "",
	         figure ? figure->value / level->median : (double)NAN,
	         figure ? (level->median - figure->value) / level->deviation : (double)NAN);
	if (isnan(item->relative))
		str_addf(&text, "has no throughput at N=%u", (unsigned)class->concurrency);
	else
		str_addf(&text, "does %.3f at N=%u", item->relative, (unsigned)class->concurrency);
	add_doubt(&text, item->attempt);
	return say(item, &text, err);
}

/* A node of a class that is too small for it: by its criteria, if it has any. */
static int judge_alone(struct fleet_rank_item *item, const struct fleet_class *class,
                       struct error *err)
{
	cleanup_str struct str text = {0};
	const bool is_accepted = item->verdict == FLEET_PASS && item->attempt->judgement_count > 0;
	if (is_accepted)
		str_addf(&text, "its criteria pass; %s", class->reason);
	else if (item->verdict == FLEET_INCONCLUSIVE && item->reason)
		str_addf(&text, "%s; %s", item->reason, class->reason);
	else
		str_add(&text, class->reason);
	if (!is_accepted)
		item->verdict = FLEET_INCONCLUSIVE;
	return say(item, &text, err);
}

/* What its class does not settle: then it is no pass. */
static void add_open(struct fleet_rank_item *item, const struct fleet_class *class,
                     const struct rank_place *masked, const struct profile_figure *figure,
                     struct str *text)
{
	const struct fleet_band *const own = rank_own_level(class, &item->attempt->profile);
	const size_t before = text->length;
	if (class->doubt && figure && figure->value < class->doubt_below)
		str_addf(text, ", but %s", class->doubt);
	if (masked->component != COMPONENT_NONE)
		str_addf(text,
		         ", but its %s %d takes %.3g times as long as the same elsewhere, and half "
		         "of the nodes have such places: what is slow cannot be told from what "
		         "they are like",
		         fleet_component_names[masked->component], (int)masked->index,
		         masked->relative);
	if (own)
		str_addf(
		        text,
		        ", but at N=%u, which is more like a full node, only %zu of its class have "
		        "a result",
		        (unsigned)own->concurrency, own->n);
	if (text->length > before)
		item->verdict = FLEET_INCONCLUSIVE;
}

static int judge_node(struct ranking_work *work, size_t node, const struct fleet_class *class,
                      struct error *err)
{
	struct fleet_rank_item *const item = rank_item(work, node);
	const struct rank_place *const place = &work->nodes[node].place;
	const struct profile_figure *const figure =
	        class->policy ? rank_figure(&item->attempt->profile, class->policy,
	                                    class->concurrency, class->measure, NULL)
	                      : NULL;
	cleanup_str struct str text = {0};
	if (figure && class->median > 0) {
		item->relative = figure->value / class->median;
		item->low = figure->low / class->median;
		item->high = figure->high / class->median;
		item->z = (figure->value - class->median) / class->deviation;
	}
	if (!is_judged_by_class(work, node))
		return 0;
	if (class->reason)
		return judge_alone(item, class, err);
	const struct fleet_band *const level = rank_slow_level(class, &item->attempt->profile);
	if (isnan(item->relative) && level)
		return call_slow_at(item, class, level, err);
	if (isnan(item->relative)) {
		item->verdict = FLEET_INCONCLUSIVE;
		str_addf(&text,
		         "its result has no throughput at N=%u %s, at which its class is "
		         "held against each other",
		         (unsigned)class->concurrency, class->policy);
		return say(item, &text, err);
	}
	const bool is_slow = rank_is_slow(class, item);
	if (is_slow || place->component != COMPONENT_NONE)
		return call_slow(item, class, place, is_slow, err);
	if (level)
		return call_slow_at(item, class, level, err);
	if (item->verdict == FLEET_INCONCLUSIVE)
		return 0;
	add_where(&text, class, item->relative);
	add_open(item, class, &work->nodes[node].masked, figure, &text);
	return say(item, &text, err);
}

static int judge_class(struct ranking_work *work, const struct fleet_class *class,
                       struct error *err)
{
	int r = class->reason ? 0 : rank_find_places(work, class, err);
	for (size_t i = 0; r == 0 && i < class->node_count; i++)
		r = judge_node(work, class->nodes[i], class, err);
	return r == 0 ? rank_find_causes(work, class, err) : r;
}

/* A pass that no result stands for: the job said so, and what it left could not be read. */
static int doubt_passes(struct ranking_work *work, struct error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < work->fleet->node_count; i++) {
		const struct fleet_attempt *const last = fleet_attempt_last(&work->fleet->nodes[i]);
		struct fleet_rank_item *const item = rank_item(work, i);
		cleanup_str struct str text = {0};
		if (item->verdict != FLEET_PASS || (last && last == work->nodes[i].measured))
			continue;
		item->verdict = FLEET_INCONCLUSIVE;
		str_addf(&text, "its result could not be held against others: %s",
		         last && last->unreadable    ? last->unreadable
		         : last && last->has_profile ? "its run did not come to its end"
		                                     : "it was not read");
		r = say(item, &text, err);
	}
	return r;
}

static int judge(struct ranking_work *work, struct error *err)
{
	struct fleet_ranking *const ranking = work->ranking;
	int r = doubt_passes(work, err);
	for (size_t c = 0; r == 0 && c < ranking->class_count; c++)
		r = judge_class(work, &ranking->classes[c], err);
	for (size_t i = 0; i < ranking->item_count; i++)
		ranking->in_verdict[ranking->items[i].verdict]++;
	return r;
}

/* ---- Order -------------------------------------------------------------------------------- */

static int compare_items(const void *a, const void *b)
{
	const struct fleet_rank_item *const x = a;
	const struct fleet_rank_item *const y = b;
	if (x->verdict != y->verdict)
		return fleet_verdict_order(x->verdict) - fleet_verdict_order(y->verdict);
	const double x_key = isnan(x->relative) ? INFINITY : x->relative;
	const double y_key = isnan(y->relative) ? INFINITY : y->relative;
	if (x_key != y_key)
		return x_key < y_key ? -1 : 1;
	return (x->node > y->node) - (x->node < y->node);
}

static int list_drain(struct fleet_ranking *ranking, struct error *err)
{
	ranking->drain = calloc(ranking->item_count + 1, sizeof *ranking->drain);
	if (!ranking->drain)
		return error_memory(err);
	for (size_t i = 0; !ranking->is_systemic && i < ranking->item_count; i++)
		if (fleet_verdict_words[ranking->items[i].verdict].is_bad &&
		    !fleet_node_is_drained_by_us(&ranking->fleet->nodes[ranking->items[i].node]))
			ranking->drain[ranking->drain_count++] = i;
	return 0;
}

static int rank_all(struct ranking_work *work, struct error *err)
{
	struct fleet_ranking *const ranking = work->ranking;
	int r = 0;
	for (size_t i = 0; r == 0 && i < work->fleet->node_count; i++) {
		work->nodes[i].measured = rank_measured(&work->fleet->nodes[i]);
		r = begin_item(work, i, err);
		ranking->item_count++;
	}
	if (r == 0)
		r = rank_make_classes(work, err);
	for (size_t c = 0; r == 0 && c < ranking->class_count; c++)
		r = rank_describe_class(work, &ranking->classes[c], err);
	if (r == 0)
		r = rank_note_classes(work, err);
	if (r == 0)
		r = judge(work, err);
	if (r == 0)
		r = rank_find_before(work, err);
	if (r == 0)
		r = rank_find_since(work, err);
	if (r == 0)
		r = rank_find_systemic(work, err);
	if (r < 0)
		return r;
	if (ranking->item_count > 1)
		qsort(ranking->items, ranking->item_count, sizeof *ranking->items, compare_items);
	return list_drain(ranking, err);
}

int fleet_rank(const struct fleet *fleet, struct fleet_ranking *ret_ranking, struct error *err)
{
	struct fleet_ranking ranking = {.fleet = fleet};
	struct ranking_work work = {.fleet = fleet, .ranking = &ranking};
	work.nodes = calloc(fleet->node_count + 1, sizeof *work.nodes);
	ranking.items = calloc(fleet->node_count + 1, sizeof *ranking.items);
	int r = work.nodes && ranking.items ? 0 : error_memory(err);
	if (r == 0)
		r = rank_all(&work, err);
	free(work.nodes);
	if (r < 0) {
		fleet_ranking_release(&ranking);
		return error_context(err, r, "ranking the fleet");
	}
	*ret_ranking = ranking;
	return 0;
}

static void release_class(struct fleet_class *class)
{
	free(class->words);
	free(class->nodes);
	free(class->policy);
	for (size_t i = 0; i < class->band_count; i++)
		free(class->bands[i].policy);
	free(class->bands);
	free(class->reason);
	free(class->note);
	free(class->doubt);
}

void fleet_ranking_release(struct fleet_ranking *ranking)
{
	if (!ranking)
		return;
	for (size_t i = 0; i < ranking->class_count; i++)
		release_class(&ranking->classes[i]);
	for (size_t i = 0; i < ranking->item_count; i++) {
		free(ranking->items[i].evidence);
		free(ranking->items[i].since);
		free(ranking->items[i].reason);
	}
	free(ranking->classes);
	free(ranking->items);
	free(ranking->systemic);
	free(ranking->drain);
	*ranking = (struct fleet_ranking){0};
}
