#include "report/fleet/drain_text.h"

#include "core/clock.h"
#include "core/error.h"
#include "core/number.h"
#include "core/str.h"
#include "formats/command_text.h"
#include "model/batch.h"
#include "report/fleet/fleet_parts.h"
#include "report/text_style.h"

#include <math.h>
#include <string.h>
#include <strings.h>

/* Letters of a reason that the batch system is given, and of what a comment tells. */
enum { REASON_COLUMNS = 160, COMMENT_COLUMNS = 300 };

const char drain_sign[] = "#!/bin/sh\n# Nodes to drain, by plateau fleet rank.\n";

static const struct text_style any = {.is_ascii = true};

/* Ours, and what nobody has set, may be written over. */
static const char head[] =
        "#\n"
        "# For an administrator to read, and then to run: sh drain.sh\n"
        "# plateau has run none of it. A node for which somebody else has set a reason is left\n"
        "# alone. Back in service: scontrol update NodeName=NODE State=RESUME\n";

static const char functions[] =
        "\n"
        "status=0\n"
        "# drain NODE REASON\n"
        "drain()\n"
        "{\n"
        "\tif ! facts=$(scontrol -o show node \"$1\"); then\n"
        "\t\techo \"$1: not drained: scontrol does not know it\" >&2\n"
        "\t\tstatus=1\n"
        "\t\treturn\n"
        "\tfi\n"
        "\tcase $facts in\n"
        "\t*' Reason=plateau:'*) ;;\n"
        "\t*' Reason='*)\n"
        "\t\tprintf '%s: left alone, it has a reason: %s\\n' \"$1\" \"${facts#*' Reason='}\" |\n"
        "\t\t\ttr -d '\\001-\\011\\013-\\037\\177' >&2\n"
        "\t\treturn\n"
        "\t\t;;\n"
        "\tesac\n"
        "\tscontrol update NodeName=\"$1\" State=DRAIN Reason=\"$2\" || status=1\n"
        "}\n\n";

/* A text without line ends and control characters, cut. */
static void add_clean(struct str *out, size_t columns, const char *text)
{
	text_add_cut(out, &any, columns, text);
}

static void add_comment(struct str *out, const char *text)
{
	str_add(out, "# ");
	add_clean(out, COMMENT_COLUMNS, text);
	str_add(out, "\n");
}

/* "ALL" is every node to scontrol. */
static bool is_plain_name(const char *name)
{
	return batch_is_node_name(name) && strcasecmp(name, "all") != 0;
}

static bool has_other_reason(const struct fleet_node *node)
{
	return node->site_reason && node->site_reason[0] &&
	       strncmp(node->site_reason, fleet_drain_leader, strlen(fleet_drain_leader)) != 0;
}

/* "plateau: slow, socket 1: Socket 1 takes ...". */
static void add_reason(const struct fleet_rank_item *item, struct str *out)
{
	char place[48];
	cleanup_str struct str why = {0};
	cleanup_str struct str text = {0};
	fleet_place(item, place);
	fleet_why(item, &why);
	str_addf(&text, "%s %s%s%s: %s", fleet_drain_leader,
	         fleet_verdict_words[item->verdict].name, place[0] ? ", " : "", place,
	         item->evidence ? item->evidence : str_text(&why));
	add_clean(out, REASON_COLUMNS, str_text(&text));
	out->failed |= why.failed || text.failed;
}

static void add_node(const struct fleet_ranking *ranking, const struct fleet_rank_item *item,
                     struct str *out)
{
	const struct fleet_node *const node = fleet_node_of(ranking, item);
	cleanup_str struct str reason = {0};
	cleanup_str struct str text = {0};
	add_reason(item, &reason);
	if (has_other_reason(node)) {
		str_addf(&text, "%s is left alone: %s: %s", node->name,
		         node->site_reason_by ? node->site_reason_by : "somebody",
		         node->site_reason);
		add_comment(out, str_text(&text));
	} else if (!is_plain_name(node->name)) {
		str_addf(&text, "to be drained by hand, its name is no plain one: %s", node->name);
		add_comment(out, str_text(&text));
	} else {
		str_add(out, "drain ");
		command_text_add_quoted(out, node->name);
		str_add(out, " ");
		command_text_add_quoted(out, str_text(&reason));
		str_add(out, "\n");
	}
	out->failed |= reason.failed || text.failed;
}

static void add_head(const struct fleet_ranking *ranking, struct str *out)
{
	const struct fleet *const fleet = ranking->fleet;
	char utc[CLOCK_TEXT_BYTES] = "";
	cleanup_str struct str text = {0};
	str_add(out, drain_sign);
	str_addf(&text, "%zu of %zu %s of %s%s%s", ranking->drain_count, ranking->item_count,
	         number_noun(ranking->item_count, "node", "nodes"),
	         fleet->name ? fleet->name : "a fleet", fleet->folder ? " in " : "",
	         fleet->folder ? fleet->folder : "");
	add_comment(out, str_text(&text));
	if (fleet->observed_ns > 0) {
		clock_format_utc(fleet->observed_ns, utc);
		str_addf(out, "# As they were at %.19sZ.\n", utc);
	}
	str_add(out, head);
	out->failed |= text.failed;
}

int drain_text_write(const struct fleet_ranking *ranking, char **ret_text, struct error *err)
{
	struct str out = {0};
	add_head(ranking, &out);
	if (ranking->is_systemic) {
		str_add(&out, "#\n# None is drained: too many are bad at once for the cause to be "
		              "in the nodes.\n");
		add_comment(&out, ranking->systemic ? ranking->systemic : "");
		return str_take(&out, ret_text, err);
	}
	if (ranking->drain_count == 0) {
		str_add(&out, "#\n# No node is to be drained.\n");
		return str_take(&out, ret_text, err);
	}
	str_add(&out, functions);
	for (size_t i = 0; i < ranking->drain_count; i++)
		add_node(ranking, &ranking->items[ranking->drain[i]], &out);
	str_add(&out, "exit \"$status\"\n");
	return str_take(&out, ret_text, err);
}
