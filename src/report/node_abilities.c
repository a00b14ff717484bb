/* What can be done on the node: what is measured with what, and what would help where something is
 * not; what speaks against measuring now; how fast the clock was found to run; whether a scenario
 * can be measured. */
#include "report/node_sections.h"

#include "core/array.h"
#include "core/number.h"

#include <math.h>
#include <string.h>

/* So much of what something is measured with is told in a line of 80 columns, beside the longest
 * name of plateau's own; JSON has all. */
enum { WITH_COLUMNS = 37, CUT_COLUMNS = WITH_COLUMNS - 3 };

/* ---- What can be measured ----------------------------------------------------------------- */

static enum text_role role_of(enum capability_state state)
{
	switch (state) {
	case CAPABILITY_YES:
		return TEXT_GOOD;
	case CAPABILITY_PART:
		return TEXT_WARN;
	default:
		return TEXT_BAD;
	}
}

/* What can be done about it stands the same for many: they are told together. */
static bool is_alike(const struct capability *a, const struct capability *b)
{
	return a->who == b->who && strcmp(a->reason, b->reason) == 0 &&
	       strcmp(a->remedy, b->remedy) == 0;
}

static bool is_missing(const struct capability *c)
{
	return c->state != CAPABILITY_YES || c->reason[0];
}

static bool was_told(const struct capabilities *all, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (is_missing(&all->items[i]) && is_alike(&all->items[i], &all->items[index]))
			return true;
	return false;
}

/* Who is to do it, unless the remedy says so itself. */
static void say_remedy(const struct capability *c, struct document *doc)
{
	static const char *const signs[] = {
	        [WHO_NOBODY] = "",
	        [WHO_YOU] = "",
	        [WHO_ADMINISTRATOR] = "administrator",
	        [WHO_HYPERVISOR] = "hypervisor",
	};
	const bool is_said =
	        c->who == WHO_NOBODY || (c->who != WHO_YOU && strstr(c->remedy, signs[c->who]));
	if (is_said)
		document_item(doc, TEXT_PLAIN, " ", "Remedy: %s.", c->remedy);
	else
		document_item(doc, TEXT_PLAIN, " ", "Remedy (%s): %s.",
		              capability_who_names[c->who], c->remedy);
}

static void say_missing(const struct capabilities *all, size_t index, struct document *doc)
{
	const struct capability *const first = &all->items[index];
	cleanup_str struct str names = {0};
	for (size_t i = index; i < all->count; i++)
		if (is_missing(&all->items[i]) && is_alike(&all->items[i], first))
			str_addf(&names, "%s%s", names.length ? ", " : "", all->items[i].name);
	doc->failed |= names.failed;
	document_item(doc, role_of(first->state), "-", "%s: %s.", str_text(&names), first->reason);
	if (first->remedy[0])
		say_remedy(first, doc);
}

void node_section_capabilities(const struct node_view *view, struct document *doc)
{
	static const struct table_column columns[] = {
	        {"what", NULL, TABLE_LEFT, 0},
	        {"here", NULL, TABLE_LEFT, 1},
	        {"with", NULL, TABLE_LEFT, 1},
	};
	const struct capabilities *const all = view->capabilities;
	if (!all || all->count == 0)
		return;
	document_section(doc, "capabilities", "What can be measured here", "");
	struct table *const table = document_table(doc, "", columns, ARRAY_LENGTH(columns));
	bool is_any_missing = false;
	for (size_t i = 0; i < all->count; i++) {
		const struct capability *const c = &all->items[i];
		table_row(table);
		table_cell(table, TEXT_PLAIN, "%s", c->name);
		table_cell(table, role_of(c->state), "%s", capability_state_names[c->state]);
		const bool is_cut = strlen(c->by) > WITH_COLUMNS;
		table_cell(table, TEXT_PLAIN, "%.*s%s", is_cut ? CUT_COLUMNS : WITH_COLUMNS, c->by,
		           is_cut ? "..." : "");
		is_any_missing |= is_missing(c);
	}
	if (!is_any_missing)
		return;
	document_section(doc, "missing", "What is missing, and what would help", "");
	for (size_t i = 0; i < all->count; i++)
		if (is_missing(&all->items[i]) && !was_told(all, i))
			say_missing(all, i, doc);
}

/* ---- What speaks against measuring now ---------------------------------------------------- */

static void say_kind(const struct node_remarks *remarks, bool is_refusal, const char *mark,
                     struct document *doc)
{
	for (size_t i = 0; i < remarks->count; i++) {
		const struct node_remark *const remark = &remarks->items[i];
		if (remark->is_refusal == is_refusal)
			document_item(doc, is_refusal ? TEXT_BAD : TEXT_WARN, mark, "%s.%s%s%s",
			              remark->text, remark->remedy[0] ? " What would help: " : "",
			              remark->remedy, remark->remedy[0] ? "." : "");
	}
}

/* Those that keep anything from being measured stand first, with a mark of their own. */
static void say_remarks(const struct node_remarks *remarks, struct document *doc)
{
	say_kind(remarks, true, "X", doc);
	say_kind(remarks, false, "!", doc);
}

void node_section_findings(const struct node_view *view, struct document *doc)
{
	if (!view->capabilities)
		return;
	document_section(doc, "findings", "What speaks against measuring now", "");
	say_remarks(&view->findings, doc);
	if (view->findings_reason)
		document_say(doc, TEXT_DIM, "Not looked at: %s.", view->findings_reason);
	else if (view->findings.count == 0)
		document_say(doc, TEXT_PLAIN, "Nothing that was looked at.");
}

/* ---- The clock ---------------------------------------------------------------------------- */

static void add_place(struct str *line, const struct clock_reading *reading)
{
	str_addf(line, "PU %u", reading->pu);
	if (reading->core >= 0)
		str_addf(line, ", core %d", reading->core);
	if (reading->l3 >= 0)
		str_addf(line, ", L3 %d", reading->l3);
	if (reading->package >= 0)
		str_addf(line, ", socket %d", reading->package);
}

static void say_reading(const struct clock_probe *probe, size_t index, const char *word,
                        struct document *doc)
{
	const struct clock_reading *const reading = &probe->readings[index];
	cleanup_str struct str line = {0};
	str_addf(&line, "%.3f GHz (", reading->p50_hz * 1e-9);
	add_place(&line, reading);
	str_add(&line, ")");
	doc->failed |= line.failed;
	document_fact(doc, word, "%s", str_text(&line));
}

static void say_idle(const struct clock_probe *probe, struct document *doc)
{
	const struct clock_spread spread = clock_probe_spread(probe);
	if (spread.counted == 0) {
		document_fact(doc, "one PU", "not known: %s", probe->reason);
		return;
	}
	cleanup_str struct str line = {0};
	str_addf(&line, "%.3f GHz by the median, at most %.3f GHz (", spread.p50_hz * 1e-9,
	         spread.max_hz * 1e-9);
	add_place(&line, &probe->readings[spread.fastest]);
	str_add(&line, ")");
	doc->failed |= line.failed;
	document_fact(doc, "one PU", "%s", str_text(&line));
}

/* Below it which PU is the slowest is chance: a chain of half a second tells no less. */
static const double least_spread = 0.001;

static void say_all(const struct clock_probe *probe, struct document *doc)
{
	const struct clock_spread spread = clock_probe_spread(probe);
	if (spread.counted == 0) {
		document_fact(doc, "all PUs", "not known: %s", probe->reason);
		return;
	}
	document_fact(doc, "all PUs", "%.3f GHz by the median, at most %.3f GHz (%zu %s at once)",
	              spread.p50_hz * 1e-9, spread.max_hz * 1e-9, spread.counted,
	              number_noun(spread.counted, "PU", "PUs"));
	if (spread.counted < probe->count)
		document_fact(doc, "", "of %zu more %s the clock could not be told",
		              probe->count - spread.counted,
		              number_noun(probe->count - spread.counted, "PU", "PUs"));
	if (spread.counted < 2)
		return;
	if (spread.spread < least_spread) {
		document_fact(doc, "spread", "%.2f %%: no PU stands apart", spread.spread * 100);
		return;
	}
	say_reading(probe, spread.slowest, "slowest", doc);
	say_reading(probe, spread.fastest, "fastest", doc);
	document_fact(doc, "spread", "%.2f %%", spread.spread * 100);
}

static void list_all(const struct clock_probe *probe, struct document *doc)
{
	static const struct table_column columns[] = {
	        {"PU", NULL, TABLE_RIGHT, 0},         {"core", NULL, TABLE_RIGHT, 1},
	        {"L3", NULL, TABLE_RIGHT, 1},         {"socket", NULL, TABLE_RIGHT, 1},
	        {"median", "GHz", TABLE_POINT, 1},    {"at most", "GHz", TABLE_POINT, 1},
	        {"not running", "%", TABLE_POINT, 1},
	};
	struct table *const table = document_table(doc, "", columns, ARRAY_LENGTH(columns));
	for (size_t i = 0; i < probe->count; i++) {
		const struct clock_reading *const r = &probe->readings[i];
		table_row(table);
		table_cell(table, TEXT_PLAIN, "%u", r->pu);
		table_cell(table, TEXT_PLAIN, "%d", r->core);
		table_cell(table, TEXT_PLAIN, "%d", r->l3);
		table_cell(table, TEXT_PLAIN, "%d", r->package);
		if (!(r->p50_hz > 0))
			continue;
		table_cell(table, TEXT_PLAIN, "%.3f", r->p50_hz * 1e-9);
		table_cell(table, TEXT_PLAIN, "%.3f", r->max_hz * 1e-9);
		table_cell(table, TEXT_PLAIN, "%.1f", r->lost_share * 100);
	}
}

void node_section_clock(const struct node_view *view, bool is_full, struct document *doc)
{
	if (!view->capabilities)
		return;
	document_section(doc, "clock", "The clock now", "by a timed chain of instructions");
	if (view->probe_reason) {
		document_say(doc, TEXT_DIM, "Not measured: %s.", view->probe_reason);
		return;
	}
	if (view->idle)
		say_idle(view->idle, doc);
	if (view->all)
		say_all(view->all, doc);
	if (view->disturbance)
		document_item(doc, TEXT_WARN, "!", "The probe was disturbed: %s.",
		              view->disturbance);
	document_say(doc, TEXT_DIM,
	             "It is the clock of the node under this light load. Tasks that use wide "
	             "vectors or much power may run at a lower one.");
	if (is_full && view->all && view->all->count)
		list_all(view->all, doc);
}

/* ---- A scenario --------------------------------------------------------------------------- */

void node_section_fit(const struct node_view *view, struct document *doc)
{
	if (!view->scenario)
		return;
	document_section(doc, "fit", "The scenario", view->scenario);
	if (node_remarks_refuse(&view->fit))
		document_say(doc, TEXT_DIM, "X: stands against it; !: is only told.");
	say_remarks(&view->fit, doc);
	if (view->fit.count == 0)
		document_say(doc, TEXT_PLAIN, "Nothing stands against measuring it here.");
}
