/* The answer: how many nodes pass, what is wrong with the whole, and what is to be done. */
#include "report/fleet/fleet_parts.h"

#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/number.h"
#include "core/str.h"
#include "formats/command_text.h"
#include "report/fleet/name_list.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void write_state(const struct fleet_ranking *ranking, bool is_unread, struct document *doc)
{
	const size_t needing = fleet_needing(ranking);
	const size_t all = ranking->item_count;
	const size_t passed = ranking->in_verdict[FLEET_PASS];
	char state[96];
	if (ranking->is_systemic && !ranking->has_common) {
		snprintf(state, sizeof state, "MANY ARE BAD, %zu %s SOMEBODY", needing,
		         number_noun(needing, "NEEDS", "NEED"));
		document_state(doc, TEXT_BAD, state);
	} else if (ranking->is_systemic)
		document_state(doc, TEXT_BAD, "LOOK FOR A COMMON CAUSE");
	else if (needing > 0) {
		snprintf(state, sizeof state, "%zu %s SOMEBODY", needing,
		         number_noun(needing, "NEEDS", "NEED"));
		document_state(doc, TEXT_BAD, state);
	} else if (passed == all && fleet_lost_speed(ranking)) {
		document_state(doc, TEXT_WARN, "SLOWER THAN WHEN ACCEPTED");
	} else if (passed == all && all > 0 && !is_unread) {
		document_state(doc, TEXT_GOOD, all == 1 ? "PASSES" : "ALL PASS");
	} else {
		document_state(doc, TEXT_WARN, "NOT COMPLETE");
	}
}

/* "194 of 200 nodes pass. 6 need somebody: 3 slow, 1 fail, ...; 2 running." */
static void add_list(const struct fleet_ranking *ranking, bool needs_somebody, struct str *text)
{
	size_t said = 0;
	for (size_t i = 0; i < FLEET_VERDICTS; i++) {
		const enum fleet_verdict v = fleet_worst_first[i];
		if (ranking->in_verdict[v] == 0 || v == FLEET_PASS ||
		    fleet_needs_somebody(v) != needs_somebody)
			continue;
		str_addf(text, "%s%zu %s", said++ > 0 ? ", " : "", ranking->in_verdict[v],
		         fleet_verdict_words[v].name);
	}
}

static bool has_slower_class(const struct fleet_ranking *ranking)
{
	for (size_t c = 0; c < ranking->class_count; c++)
		if (ranking->classes[c].got_slower)
			return true;
	return false;
}

/* What does not show where nodes are held against each other. */
static void add_slower_classes(const struct fleet_ranking *ranking, struct str *text)
{
	for (size_t c = 0; c < ranking->class_count; c++) {
		const struct fleet_class *const class = &ranking->classes[c];
		if (!class->got_slower)
			continue;
		if (ranking->class_count == 1)
			str_add(text, " As a whole they do");
		else
			str_addf(text, " Class %zu as a whole does", c + 1);
		str_addf(text, " %.3f of what %s did when accepted (median of %zu nodes).",
		         class->since_relative, ranking->class_count == 1 ? "they" : "it",
		         class->since_nodes);
	}
}

static void say_counts(const struct fleet_ranking *ranking, struct document *doc)
{
	const size_t needing = fleet_needing(ranking);
	const size_t passed = ranking->in_verdict[FLEET_PASS];
	const size_t all = ranking->item_count;
	cleanup_str struct str text = {0};
	str_addf(&text, "%zu of %zu %s %s.", passed, all, number_noun(all, "node", "nodes"),
	         passed == 1 ? "passes" : "pass");
	if (needing > 0) {
		str_addf(&text, " %zu %s somebody (", needing,
		         number_noun(needing, "needs", "need"));
		add_list(ranking, true, &text);
		str_add(&text, ").");
	}
	if (passed + needing < all) {
		str_addf(&text, "%s", needing > 0 ? " The others: " : " Still open: ");
		add_list(ranking, false, &text);
		str_add(&text, ".");
	}
	const size_t slower = fleet_slower(ranking);
	if (slower > 0)
		str_addf(&text, " %zu got slower since %s accepted.", slower,
		         slower == 1 ? "it was" : "they were");
	add_slower_classes(ranking, &text);
	doc->failed |= text.failed;
	document_say(doc, TEXT_PLAIN, "%s", str_text(&text));
}

/* The counts large, for a page. */
static void add_figures(const struct fleet_ranking *ranking, struct document *doc)
{
	char remark[64];
	snprintf(remark, sizeof remark, "of %zu %s", ranking->item_count,
	         number_noun(ranking->item_count, "node", "nodes"));
	document_figure(doc, TEXT_GOOD, "Pass", remark, "%zu", ranking->in_verdict[FLEET_PASS]);
	document_only(doc, READ_IN_PAGE);
	for (size_t i = 0; i < FLEET_VERDICTS; i++) {
		const enum fleet_verdict v = fleet_worst_first[i];
		char name[32];
		if (v == FLEET_PASS || ranking->in_verdict[v] == 0)
			continue;
		snprintf(name, sizeof name, "%c%s", fleet_verdict_words[v].words[0] - 'a' + 'A',
		         fleet_verdict_words[v].words + 1);
		document_figure(doc, fleet_kinds[v].role, name,
		                fleet_needs_somebody(v) ? "needs somebody" : "", "%zu",
		                ranking->in_verdict[v]);
		document_only(doc, READ_IN_PAGE);
	}
}

void fleet_add_answer(const struct fleet_ranking *ranking, const struct fleet_told *told,
                      struct document *doc)
{
	const struct fleet *const fleet = ranking->fleet;
	cleanup_str struct str title = {0};
	fleet_add_place(ranking, told->source, &title);
	str_addf(&title, "%s%s on %zu %s", title.length > 0 ? ", " : "",
	         fleet->name ? fleet->name : "Fleet", ranking->item_count,
	         number_noun(ranking->item_count, "node", "nodes"));
	doc->failed |= title.failed;
	document_title(doc, str_text(&title));
	write_state(ranking, told->unreadable && told->unreadable->count > 0, doc);
	document_section(doc, "answer", "", "");
	if (ranking->is_systemic)
		document_item(doc, TEXT_BAD, "!", "%s",
		              ranking->systemic ? ranking->systemic
		                                : "Too many nodes are bad for the cause to be in "
		                                  "them. Look for what they have in common.");
	say_counts(ranking, doc);
	add_figures(ranking, doc);
}

/* ---- What to do next ---------------------------------------------------------------------- */

/* What is to be done about nodes of a verdict, and what brings them a further attempt. */
static const struct {
	enum fleet_verdict verdict;
	const char *mark;
	const char *retry; /* a kind of fleet submit --retry */
	const char *text;
} steps[] = {
        {FLEET_NODE_FAIL, "!", "failed",
         "Nodes that went away under the job: look at their consoles and event logs."},
        {FLEET_FAIL, "!", "failed",
         "Nodes whose tasks or criteria failed: the reason stands with them; job.log in the "
         "attempt's folder says more."},
        {FLEET_HUNG, "!", "failed",
         "Nodes whose time was over: where the others needed far less, it is the node; else "
         "give more time (--time)."},
        {FLEET_SLOW, "!", "slow",
         "Slow nodes: run them once more before anybody opens them. What is slow twice goes back "
         "to who delivered it, with the page that -o writes."},
        {FLEET_NO_RESULT, "-", "missing",
         "Nodes without a result say nothing about themselves yet: run them again."},
        {FLEET_INCONCLUSIVE, "-", "inconclusive",
         "Inconclusive nodes: more repeats, or more nodes of their kind, would decide it; where "
         "half of a kind or all of it is slower than the rest, what sets it apart would. Of "
         "criteria that are in doubt fleet submit --accept adds repeats until they are decided."},
        {FLEET_HELD, "!", NULL,
         "Held jobs do not start by themselves: release or cancel them (scontrol release, "
         "scancel)."},
        {FLEET_NOT_RUN, "-", "missing",
         "Nodes that were not run stand below: those that are drained or down the site has to give "
         "back first."},
};

/* By its criteria, which more repeats decide. */
static bool is_in_doubt(const struct fleet_rank_item *item)
{
	return item->attempt && item->attempt->judgement_count > 0 &&
	       item->attempt->criteria_verdict == VERDICT_INCONCLUSIVE;
}

/* Whether a further attempt helps a node of this verdict: where a class is too small to tell its
 * nodes apart, it does not. */
static bool helps_to_retry(const struct fleet_ranking *ranking, enum fleet_verdict verdict)
{
	for (size_t i = 0; i < ranking->item_count; i++) {
		const struct fleet_rank_item *const item = &ranking->items[i];
		const bool is_small = item->class >= 0 && ranking->classes[item->class].reason &&
		                      !is_in_doubt(item);
		/* What was slow twice is slow. */
		const bool is_known = verdict == FLEET_SLOW && item->slow_before > 0;
		if (item->verdict == verdict && !is_known &&
		    !(verdict == FLEET_INCONCLUSIVE && is_small))
			return true;
	}
	return false;
}

/* The command that runs again what should be. */
static void say_retry(const struct fleet_ranking *ranking, struct document *doc)
{
	cleanup_str struct str kinds = {0};
	cleanup_free char *command = NULL;
	struct error err;
	for (size_t i = 0; i < ARRAY_LENGTH(steps); i++) {
		const char *const retry = steps[i].retry;
		if (!retry || strstr(str_text(&kinds), retry) ||
		    !helps_to_retry(ranking, steps[i].verdict))
			continue;
		str_addf(&kinds, "%s%s", kinds.length > 0 ? "," : "", retry);
	}
	if (kinds.length == 0 || !ranking->fleet->folder)
		return;
	char *const items[] = {ranking->fleet->folder};
	const struct words words = {.items = (char **)(uintptr_t)items, .count = 1};
	if (command_text_write(&words, &command, &err) < 0) {
		doc->failed = true;
		return;
	}
	document_item(doc, TEXT_PLAIN, "-", "To run them again: plateau fleet submit %s --retry %s",
	              command, str_text(&kinds));
	doc->failed |= kinds.failed;
}

/* Nodes with a verdict that asks for another attempt, which have been drained for it: the batch
 * system gives them no job until somebody gives them back. */
static void say_drained(const struct fleet_ranking *ranking, struct document *doc)
{
	cleanup_free const char **names = calloc(ranking->item_count + 1, sizeof(const char *));
	cleanup_str struct str list = {0};
	size_t count = 0;
	if (!names) {
		doc->failed = true;
		return;
	}
	for (size_t n = 0; n < ranking->item_count; n++) {
		const struct fleet_node *const node = fleet_node_of(ranking, &ranking->items[n]);
		if (fleet_verdict_words[ranking->items[n].verdict].is_bad &&
		    fleet_node_is_drained_by_us(node))
			names[count++] = node->name;
	}
	if (count == 0)
		return;
	name_list_add(&list, names, count);
	doc->failed |= list.failed;
	document_item(doc, TEXT_PLAIN, "-",
	              "%s %s drained already, and %s no job. Once somebody has looked, an "
	              "administrator gives %s back: scontrol update NodeName=%s State=RESUME",
	              str_text(&list), number_noun(count, "is", "are"),
	              number_noun(count, "gets", "get"), number_noun(count, "it", "them"),
	              str_text(&list));
}

static void say_drain(const struct fleet_ranking *ranking, const struct fleet_told *told,
                      struct document *doc)
{
	const size_t count = ranking->drain_count;
	if (ranking->is_systemic)
		document_item(
		        doc, TEXT_PLAIN, "-",
		        "Drain nothing: with so many bad nodes at once, find what they have in "
		        "common first.");
	else if (count > 0 && told->drain)
		document_item(doc, TEXT_PLAIN, "!",
		              "%zu %s should take no more work until somebody has looked. A "
		              "drained node gets no job, so run it again first; then an "
		              "administrator reads and runs %s. plateau does not.",
		              count, number_noun(count, "node", "nodes"), told->drain);
	else if (count > 0)
		document_item(doc, TEXT_PLAIN, "!",
		              "%zu %s should take no more work until somebody has looked. A "
		              "drained node gets no job, so run it again first; then --drain "
		              "drain.sh writes the commands for an administrator. plateau runs "
		              "none of them.",
		              count, number_noun(count, "node", "nodes"));
}

/* Where what stands behind a verdict lies; a result from elsewhere is where its owner put it. */
static void say_places(const struct fleet_ranking *ranking, struct document *doc)
{
	size_t bad = 0;
	for (int v = 0; v < FLEET_VERDICTS; v++)
		bad += fleet_verdict_words[v].is_bad ? ranking->in_verdict[v] : 0;
	if (ranking->fleet->folder && bad + ranking->in_verdict[FLEET_NO_RESULT] > 0)
		document_item(doc, TEXT_PLAIN, "-",
		              "The log and the result of an attempt: job.log and result.db in "
		              "%s/nodes/NODE/attempt-K",
		              ranking->fleet->folder);
}

static const char slow_again[] =
        "Nodes that were slow before and are again: they go back to who delivered them, with the "
        "page that -o writes and the results of all attempts.";

void fleet_add_next(const struct fleet_ranking *ranking, const struct fleet_told *told,
                    struct document *doc)
{
	const size_t under_way = fleet_under_way(ranking);
	document_section(doc, "next", "What to do", "");
	for (size_t i = 0; i < ARRAY_LENGTH(steps); i++)
		if (ranking->in_verdict[steps[i].verdict] > 0)
			document_item(doc, TEXT_PLAIN, steps[i].mark, "%s",
			              steps[i].verdict == FLEET_SLOW &&
			                              !helps_to_retry(ranking, FLEET_SLOW)
			                      ? slow_again
			                      : steps[i].text);
	say_places(ranking, doc);
	if (fleet_slower(ranking) > 0)
		document_item(
		        doc, TEXT_PLAIN, "-",
		        "Nodes that got slower: plateau fleet history NODE shows since when.");
	if (has_slower_class(ranking))
		document_item(doc, TEXT_PLAIN, "!",
		              "What got slower as a whole: look for what changed on all of it "
		              "since it was accepted (program, kernel, firmware, power limit, file "
		              "system); run what was accepted once more on one node.");
	say_drained(ranking, doc);
	say_retry(ranking, doc);
	say_drain(ranking, told, doc);
	if (under_way > 0)
		document_item(doc, TEXT_PLAIN, "-",
		              "%zu %s not done yet: plateau fleet status shows them, and the same "
		              "plateau fleet rank takes them in when they are.",
		              under_way, number_noun(under_way, "node is", "nodes are"));
}
