#include "analyse/fleet/history.h"
#include "analyse/fleet/rank.h"
#include "commands/command.h"
#include "commands/fleet_load.h"
#include "commands/talk.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/str.h"
#include "report/fleet/history_text.h"
#include "report/fleet/name_list.h"
#include "report/json/history_json.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static enum exit_code refuse_node(const struct fleet *fleet, const char *name)
{
	const struct fleet_node *const nodes = fleet->nodes;
	const char *const near =
	        fleet->node_count > 0
	                ? str_nearest(name, &nodes[0].name, fleet->node_count, sizeof *nodes)
	                : NULL;
	cleanup_free const char **names = calloc(fleet->node_count + 1, sizeof *names);
	cleanup_str struct str list = {0};
	for (size_t i = 0; names && i < fleet->node_count; i++)
		names[i] = nodes[i].name;
	if (names)
		name_list_add(&list, names, fleet->node_count);
	if (near)
		talk_error("no node '%s' in there; did you mean '%s'?", name, near);
	else if (list.length > 0)
		talk_error("no node '%s' in there; there are %s", name, str_text(&list));
	else
		talk_error("no node '%s' in there, nor any other", name);
	return EXIT_USAGE;
}

/* 3: the node got slower; 4: there is nothing that its last result could be held against. */
static enum exit_code exit_of(const struct fleet_history *history)
{
	if (history_is_slower(history))
		return EXIT_CRITERIA_FAILED;
	if (history->is_open || history->count == 0 || history->items[history->count - 1].reason)
		return EXIT_INCONCLUSIVE;
	return EXIT_DONE;
}

/* What all nodes of a class lost together is no fault of one. */
static int hold_against_class(const struct fleet *fleet, const struct fleet_node *node,
                              struct fleet_history *history, struct error *err)
{
	cleanup_fleet_ranking struct fleet_ranking ranking = {0};
	int r = fleet_rank(fleet, &ranking, err);
	for (size_t i = 0; r == 0 && i < ranking.item_count; i++) {
		const struct fleet_rank_item *const item = &ranking.items[i];
		if (&fleet->nodes[item->node] != node || item->class < 0 || history->count == 0 ||
		    history->items[history->count - 1].attempt != item->attempt)
			continue;
		const struct fleet_class *const class = &ranking.classes[item->class];
		r = fleet_history_hold(history, class->since_relative, class->since_nodes, err);
	}
	return r;
}

static enum exit_code print(const struct fleet *fleet, const struct fleet_node *node,
                            const struct arguments *arguments)
{
	struct error err;
	cleanup_fleet_history struct fleet_history history = {0};
	cleanup_history_view struct history_view view = {0};
	cleanup_free char *text = NULL;
	const struct text_style style = talk_style(arguments);
	int r = fleet_history_build(node, &history, &err);
	if (r == 0)
		r = hold_against_class(fleet, node, &history, &err);
	if (r == 0)
		r = history_view_build(node, &history, &view, &err);
	if (r == 0)
		r = arguments_has(arguments, "json")
		            ? history_json_write(&view, &text, &err)
		            : history_text_write(&view, &style, &text, &err);
	if (r < 0)
		return talk_fail(EXIT_SOMETHING_FAILED, &err);
	fputs(text, stdout);
	return exit_of(&history);
}

static enum exit_code run_fleet_history(const struct arguments *arguments)
{
	struct error err;
	const char *const name = arguments->operands.items[0];
	cleanup_words struct words sources = {0};
	for (size_t i = 1; i < arguments->operands.count; i++)
		if (words_add(&sources, arguments->operands.items[i], &err) < 0)
			return talk_fail(EXIT_SOMETHING_FAILED, &err);
	const struct fleet_load_settings settings = {.arguments = arguments, .sources = &sources};
	cleanup_fleet struct fleet fleet = {0};
	const enum exit_code code = fleet_load(&settings, &fleet, NULL);
	if (code != EXIT_DONE)
		return code;
	const struct fleet_node *const node = fleet_node_find(&fleet, name);
	return node ? print(&fleet, node, arguments) : refuse_node(&fleet, name);
}

const struct command command_fleet_history = {
        .name = "fleet history",
        .operands = "NODE FLEET.db|DIR|RESULT...",
        .summary = "show the results of one node over time",
        .details = "Shows every attempt of a node in their order, from one or more fleets: "
                   "folders (what is new in them is collected first), fleet files, or results. "
                   "Each result is held against the first one that was accepted, at the level at "
                   "which the node is full; a node that got slower since then is "
                   "named.\n\ndocs/method.md says when a node counts as slower.",
        .least_operands = 2,
        .most_operands = SIZE_MAX,
        .exits =
                {
                        {EXIT_DONE, "it is as fast as it was"},
                        {EXIT_USAGE, "no such node or file"},
                        {EXIT_CRITERIA_FAILED,
                         "the node is slower than it was when it was accepted"},
                        {EXIT_INCONCLUSIVE,
                         "its last result cannot be held against an accepted one, or does less "
                         "because its class as a whole or its program may have changed"},
                },
        .examples =
                {
                        {"plateau fleet history rome03 racks/", "one fleet"},
                        {"plateau fleet history rome03 delivery.db spring.db autumn.db",
                         "three fleet files"},
                },
        .run = run_fleet_history,
};
