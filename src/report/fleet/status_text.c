#include "report/fleet/status_text.h"

#include "core/cleanup.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/number.h"
#include "core/str.h"
#include "formats/command_text.h"
#include "model/words.h"
#include "report/fleet/fleet_parts.h"
#include "report/fleet/name_list.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
	INDENT = 2,
	WORD_COLUMNS = 14, /* of a verdict, with what stands behind it */
	COUNT_COLUMNS = 4, /* of how many nodes have it */
	LIST_COLUMN = INDENT + WORD_COLUMNS + COUNT_COLUMNS + 2,
	LEAST_NAME_COLUMNS = 8,
	MOST_NAME_COLUMNS = 24
};

enum text_role status_text_role(enum fleet_verdict verdict)
{
	return fleet_kinds[verdict].role;
}

/* "22:51:07" of a time. */
static void add_time(struct str *out, int64_t calendar_ns)
{
	char text[CLOCK_TEXT_BYTES];
	clock_format_utc(calendar_ns, text);
	str_add_bytes(out, text + strlen("2026-11-20T"), strlen("22:51:07"));
}

/* Names of the nodes at these indexes, folded. */
static int add_names(struct str *out, const struct fleet *fleet, const size_t *nodes, size_t count,
                     struct error *err)
{
	cleanup_free const char **names = calloc(count + 1, sizeof *names);
	if (!names)
		return error_memory(err);
	for (size_t i = 0; i < count; i++)
		names[i] = fleet->nodes[nodes[i]].name;
	name_list_add(out, names, count);
	return 0;
}

/* ---- By state ----------------------------------------------------------------------------- */

static void write_head(const struct status_view *view, const struct text_style *style,
                       struct str *out)
{
	const struct fleet *const fleet = view->fleet;
	cleanup_str struct str what = {0};
	str_addf(&what, "%zu %s", fleet->node_count,
	         number_noun(fleet->node_count, "node", "nodes"));
	if (fleet->folder)
		str_addf(&what, ", %s", fleet->folder);
	const char *const name = fleet->name ? fleet->name : "fleet";
	text_add(out, style, TEXT_TITLE, name);
	const size_t used = text_width(name) + 2;
	if (used + text_width(str_text(&what)) <= style->width) {
		str_add(out, "  ");
		text_add(out, style, TEXT_DIM, str_text(&what));
		str_add(out, "\n");
	} else {
		str_add(out, "\n");
		text_add_wrapped(out, style, TEXT_PLAIN, "", INDENT, str_text(&what));
	}
	str_add(out, "\n");
	out->failed |= what.failed;
}

static int write_state(const struct status_view *view, const struct text_style *style,
                       enum fleet_verdict verdict, struct str *out, struct error *err)
{
	const struct fleet *const fleet = view->fleet;
	cleanup_str struct str names = {0};
	cleanup_free size_t *nodes = calloc(fleet->node_count + 1, sizeof *nodes);
	if (!nodes)
		return error_memory(err);
	size_t count = 0;
	for (size_t i = 0; i < fleet->node_count; i++)
		if (fleet->nodes[i].verdict == verdict)
			nodes[count++] = i;
	const int r = add_names(&names, fleet, nodes, count, err);
	if (r < 0)
		return r;
	if (verdict == FLEET_RUNNING && view->trials_planned > 0)
		str_addf(&names, " (%" PRIu64 " of %" PRIu64 " trials done)", view->trials_done,
		         view->trials_planned);
	const char *const word = fleet_verdict_words[verdict].words;
	str_add_repeat(out, ' ', INDENT);
	text_add(out, style, status_text_role(verdict), word);
	str_add_repeat(out, ' ', WORD_COLUMNS - text_width(word));
	str_addf(out, "%*zu  ", COUNT_COLUMNS, count);
	text_add_behind(out, style, LIST_COLUMN, str_text(&names));
	out->failed |= names.failed;
	return 0;
}

/* ---- Nodes that need a look --------------------------------------------------------------- */

/* How wide the names stand: as the widest that is not very wide. */
static size_t name_columns(const struct status_view *view)
{
	size_t columns = LEAST_NAME_COLUMNS;
	for (size_t g = 0; g < view->group_count; g++) {
		struct error ignored;
		cleanup_str struct str names = {0};
		if (add_names(&names, view->fleet, view->groups[g].nodes,
		              view->groups[g].node_count, &ignored) < 0)
			continue;
		const size_t width = text_width(str_text(&names));
		if (width > columns && width <= MOST_NAME_COLUMNS)
			columns = width;
	}
	return columns;
}

static int write_group(const struct status_view *view, const struct text_style *style,
                       const struct status_group *group, size_t columns, struct str *out,
                       struct error *err)
{
	cleanup_str struct str names = {0};
	const int r = add_names(&names, view->fleet, group->nodes, group->node_count, err);
	if (r < 0)
		return r;
	const char *const word = fleet_verdict_words[group->verdict].words;
	const size_t behind = INDENT + columns + 2 + WORD_COLUMNS;
	const size_t width = text_width(str_text(&names));
	if (width > columns) {
		/* A line of their own, or some. */
		text_add_wrapped(out, style, TEXT_PLAIN, "", INDENT, str_text(&names));
		str_add_repeat(out, ' ', INDENT + columns + 2);
	} else {
		str_add_repeat(out, ' ', INDENT);
		text_add(out, style, TEXT_PLAIN, str_text(&names));
		str_add_repeat(out, ' ', columns - width + 2);
	}
	text_add(out, style, status_text_role(group->verdict), word);
	str_add_repeat(out, ' ', WORD_COLUMNS - text_width(word));
	cleanup_str struct str reason = {0};
	text_bind_units(&reason, group->reason ? group->reason : "");
	text_add_behind(out, style, behind, str_text(&reason));
	out->failed |= names.failed || reason.failed;
	return 0;
}

/* ---- What was asked ----------------------------------------------------------------------- */

static void add_asked(const struct status_view *view, struct str *s)
{
	const struct status_batch *const batch = &view->batch;
	if (!batch->name) {
		str_addf(s,
		         "No batch system was asked (%s). A job is known by what it wrote into the "
		         "folder; one that waits, and one that died, show by their silence.",
		         batch->no_answer ? batch->no_answer : "there is none here");
		return;
	}
	if (!batch->no_answer) {
		str_addf(s, "%s, asked by %" PRIu64 " %s at ", batch->name, batch->calls,
		         number_noun((size_t)batch->calls, "command", "commands"));
		add_time(s, view->fleet->observed_ns);
		str_addf(s, " UTC; it keeps %s.",
		         view->fleet->has_accounting ? "accounts" : "no accounts");
		return;
	}
	str_addf(s, "%s does not answer", batch->name);
	if (batch->answered_ns != RECORD_ABSENT) {
		str_add(s, " since ");
		add_time(s, batch->answered_ns);
		str_add(s, " UTC");
	}
	str_addf(s, " (%s). %s", batch->no_answer,
	         batch->answered_ns != RECORD_ABSENT
	                 ? "Of jobs and nodes stands what it said last, and what jobs wrote since."
	                 : "A job is known by what it wrote into the folder.");
}

/* Which nodes are still without a job, and what goes on with them. */
static int add_unsubmitted(const struct status_view *view, const char *folder, struct str *s,
                           struct error *err)
{
	const struct fleet *const fleet = view->fleet;
	cleanup_free size_t *nodes = calloc(fleet->node_count + 1, sizeof *nodes);
	size_t count = 0;
	if (!nodes)
		return error_memory(err);
	for (size_t i = 0; i < fleet->node_count; i++)
		if (status_is_unsubmitted(&fleet->nodes[i]))
			nodes[count++] = i;
	str_addf(s, "For %zu %s (", count, number_noun(count, "node", "nodes"));
	const int r = add_names(s, fleet, nodes, count, err);
	str_addf(s,
	         ") there is no job yet, and no submit is at work: to go on where it stopped, "
	         "plateau "
	         "fleet submit %s",
	         folder);
	return r;
}

static void write_work(const struct status_view *view, const struct text_style *style,
                       struct str *out)
{
	struct error ignored;
	cleanup_free char *quoted = NULL;
	const struct words words = {.items = (char **)(uintptr_t)&view->fleet->folder, .count = 1};
	if (view->fleet->folder)
		(void)command_text_write(&words, &quoted, &ignored);
	const char *const folder = quoted ? quoted : "DIR";
	cleanup_str struct str submit = {0};
	cleanup_str struct str judge = {0};
	if (view->work.is_submitting)
		str_add(&submit, "`plateau fleet submit` is at work on this fleet.");
	else if (view->unsubmitted > 0 && view->batch.name && !view->batch.no_answer)
		submit.failed |= add_unsubmitted(view, folder, &submit, &ignored) < 0;
	if (view->work.uncollected > 0)
		str_addf(&judge,
		         "%zu %s not been judged yet, by criteria or against the others: plateau "
		         "fleet rank %s",
		         view->work.uncollected,
		         number_noun(view->work.uncollected, "result has", "results have"), folder);
	else if (view->work.unranked > 0)
		str_addf(&judge,
		         "%zu %s by what was measured there alone, not held against the others "
		         "yet: plateau fleet rank %s says which are slow",
		         view->work.unranked, number_noun(view->work.unranked, "passes", "pass"),
		         folder);
	if (submit.length > 0)
		text_add_wrapped(out, style, TEXT_PLAIN, "", INDENT, str_text(&submit));
	if (judge.length > 0)
		text_add_wrapped(out, style, TEXT_PLAIN, "", INDENT, str_text(&judge));
	out->failed |= submit.failed || judge.failed;
}

static void write_rest(const struct status_view *view, const struct text_style *style,
                       struct str *out)
{
	cleanup_str struct str text = {0};
	add_asked(view, &text);
	str_add(out, "\n");
	text_add_wrapped(out, style, view->batch.no_answer ? TEXT_WARN : TEXT_PLAIN, "", INDENT,
	                 str_text(&text));
	out->failed |= text.failed;
	write_work(view, style, out);
}

/* ---- All of it ---------------------------------------------------------------------------- */

static size_t count_lines(const struct str *s)
{
	size_t count = 0;
	for (const char *p = str_text(s); *p; p++)
		count += *p == '\n';
	return count;
}

/* As many groups as there is room for; room 0: all. */
static int write_groups(const struct status_view *view, const struct text_style *style, size_t room,
                        struct str *out, struct error *err)
{
	enum { AROUND = 3 }; /* the title, a blank line, and what is left out */
	if (view->group_count == 0)
		return 0;
	if (room > 0 && room <= AROUND) {
		str_add(out, "  Some nodes need a look: the screen is too small\n");
		return 0;
	}
	str_add(out, "\n");
	text_add(out, style, TEXT_HEAD, "Nodes that need a look");
	str_add(out, "\n");
	const size_t columns = name_columns(view);
	size_t used = 0;
	size_t left_out = 0;
	for (size_t g = 0; g < view->group_count; g++) {
		cleanup_str struct str lines = {0};
		const int r = write_group(view, style, &view->groups[g], columns, &lines, err);
		if (r < 0)
			return r;
		used += count_lines(&lines);
		if (room > 0 && used > room - AROUND)
			left_out += view->groups[g].node_count;
		else
			str_add(out, str_text(&lines));
		out->failed |= lines.failed;
	}
	if (left_out > 0)
		str_addf(out, "  and %zu more: the screen is too small\n", left_out);
	return 0;
}

int status_text_write(const struct status_view *view, const struct text_style *style,
                      size_t most_lines, char **ret_text, struct error *err)
{
	cleanup_str struct str out = {0};
	cleanup_str struct str rest = {0};
	write_head(view, style, &out);
	for (int v = 0; v < FLEET_VERDICTS; v++) {
		const int r = view->in_verdict[v] == 0
		                      ? 0
		                      : write_state(view, style, (enum fleet_verdict)v, &out, err);
		if (r < 0)
			return r;
	}
	if (view->fleet->node_count == 0)
		str_add(&out, "  It has no nodes.\n");
	write_rest(view, style, &rest);
	const size_t used = count_lines(&out) + count_lines(&rest);
	const size_t room = most_lines == 0 ? 0 : most_lines > used ? most_lines - used : 1;
	const int r = write_groups(view, style, room, &out, err);
	if (r < 0)
		return r;
	str_add(&out, str_text(&rest));
	out.failed |= rest.failed;
	return str_take(&out, ret_text, err);
}

void status_text_counts(const struct status_view *view, struct str *out)
{
	const size_t count = view->fleet->node_count;
	str_addf(out, "%zu %s", count, number_noun(count, "node", "nodes"));
	bool is_first = true;
	for (int v = 0; v < FLEET_VERDICTS; v++) {
		if (view->in_verdict[v] == 0)
			continue;
		str_addf(out, "%s%zu %s", is_first ? ": " : ", ", view->in_verdict[v],
		         fleet_verdict_words[v].words);
		is_first = false;
	}
}

void status_text_change(const struct fleet_node *node, enum fleet_verdict before, struct str *out)
{
	static const struct text_style plain = {.width = 80};
	text_clean(out, &plain, node->name);
	str_addf(out, ": %s", fleet_verdict_words[node->verdict].words);
	if (node->reason) {
		str_add(out, ", ");
		text_clean(out, &plain, node->reason);
	}
	const bool is_alone = node->verdict == FLEET_PASS && before < FLEET_VERDICTS &&
	                      fleet_verdict_words[before].is_open;
	if (before < FLEET_VERDICTS)
		str_addf(out, " (was %s%s)", fleet_verdict_words[before].words,
		         is_alone ? "; not held against the others yet" : "");
}
