#include "report/fleet/history_text.h"

#include "core/array.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/number.h"
#include "core/str.h"
#include "report/fleet/status_text.h"
#include "report/table.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

enum { INDENT = 2 };

static const struct table_column columns[] = {
        {"began (UTC)", NULL, TABLE_LEFT, 0},  {"attempt", NULL, TABLE_RIGHT, 1},
        {"verdict", NULL, TABLE_LEFT, 1},      {"tasks/s", NULL, TABLE_POINT, 1},
        {"of the first", NULL, TABLE_LEFT, 1},
};

static void add_time(struct table *table, int64_t calendar_ns)
{
	char text[CLOCK_TEXT_BYTES];
	if (calendar_ns == RECORD_ABSENT) {
		table_cell(table, TEXT_DIM, "not known");
		return;
	}
	clock_format_utc(calendar_ns, text);
	/* "2026-11-20 22:51" */
	table_cell(table, TEXT_PLAIN, "%.10s %.5s", text, text + strlen("2026-11-20T"));
}

static void add_relative(struct table *table, const struct fleet_history_item *item)
{
	const enum text_role role = item->is_slower ? TEXT_BAD : TEXT_PLAIN;
	const char *const word = item->is_slower ? " slower" : "";
	if (item->is_first)
		table_cell(table, TEXT_PLAIN, "the first accepted");
	else if (!isfinite(item->relative))
		table_cell(table, TEXT_DIM, "not compared");
	else if (isfinite(item->low))
		table_cell(table, role, "%.3f (%.3f-%.3f)%s", item->relative, item->low, item->high,
		           word);
	else
		table_cell(table, role, "%.3f%s", item->relative, word);
}

static void add_row(struct table *table, const struct history_row *row)
{
	const struct fleet_attempt *const attempt = row->attempt;
	const struct fleet_history_item *const item = row->item;
	char rate[NUMBER_TEXT_BYTES];
	table_row(table);
	add_time(table, row->at_ns);
	table_cell(table, TEXT_PLAIN, "%u", (unsigned)attempt->number);
	const enum fleet_verdict verdict = fleet_attempt_verdict(attempt);
	table_cell(table, status_text_role(verdict), "%s", fleet_verdict_words[verdict].words);
	if (item && isfinite(item->throughput_per_s)) {
		number_format_significant(item->throughput_per_s, 4, rate);
		table_cell(table, TEXT_PLAIN, "%s", rate);
	} else
		table_cell(table, TEXT_PLAIN, "%s", "");
	if (item)
		add_relative(table, item);
}

/* What is to be known of an attempt that did not pass, or is not compared. */
static void add_remarks(const struct history_view *view, const struct text_style *style,
                        struct str *out)
{
	bool is_first = true;
	for (size_t i = 0; i < view->row_count; i++) {
		const struct history_row *const row = &view->rows[i];
		const struct fleet_history_item *const item = row->item;
		const char *const reason = fleet_attempt_reason(row->attempt);
		const char *const apart =
		        item && view->history->concurrency > 0 ? item->reason : NULL;
		if (!reason && !apart)
			continue;
		cleanup_str struct str text = {0};
		str_addf(&text, "attempt %u: ", (unsigned)row->attempt->number);
		if (reason)
			str_add(&text, reason);
		if (apart)
			str_addf(&text, "%sit is not compared: %s", reason ? "; " : "", apart);
		if (is_first)
			str_add(out, "\n");
		is_first = false;
		text_add_wrapped(out, style, TEXT_PLAIN, "", INDENT, str_text(&text));
		out->failed |= text.failed;
	}
}

/* Where they are: over several fleets attempts are numbered by time, and not as their folders. */
static void add_results(const struct history_view *view, const struct text_style *style,
                        struct str *out)
{
	bool is_first = true;
	for (size_t i = 0; i < view->row_count; i++) {
		const struct fleet_attempt *const attempt = view->rows[i].attempt;
		cleanup_str struct str clean = {0};
		if (!attempt->result_path)
			continue;
		if (is_first)
			str_add(out, "\nResults, by attempt\n");
		is_first = false;
		/* A path is there to be copied: it is not broken. */
		text_clean(&clean, style, attempt->result_path);
		str_addf(out, "%*s%*u  %s\n", INDENT, "", 3, (unsigned)attempt->number,
		         str_text(&clean));
		out->failed |= clean.failed;
	}
}

static void add_sentence(const struct history_view *view, const struct text_style *style,
                         struct str *out)
{
	cleanup_str struct str text = {0};
	text_bind_units(&text, view->history->sentence);
	str_add(out, "\n");
	text_add_wrapped(out, style, history_is_slower(view->history) ? TEXT_BAD : TEXT_PLAIN, "",
	                 INDENT, str_text(&text));
	out->failed |= text.failed;
}

int history_text_write(const struct history_view *view, const struct text_style *style,
                       char **ret_text, struct error *err)
{
	struct str out = {0};
	text_add(&out, style, TEXT_TITLE, view->node->name);
	cleanup_str struct str remark = {0};
	str_addf(&remark, "  %zu %s", view->row_count,
	         number_noun(view->row_count, "attempt", "attempts"));
	if (view->history->concurrency > 0)
		str_addf(&remark, ", throughput at N=%" PRIu32, view->history->concurrency);
	text_add(&out, style, TEXT_DIM, str_text(&remark));
	str_add(&out, "\n\n");
	cleanup_table struct table table;
	table_init(&table, columns, ARRAY_LENGTH(columns));
	for (size_t i = 0; i < view->row_count; i++)
		add_row(&table, &view->rows[i]);
	table_write(&table, style, INDENT, &out);
	add_remarks(view, style, &out);
	add_sentence(view, style, &out);
	add_results(view, style, &out);
	out.failed |= remark.failed;
	return str_take(&out, ret_text, err);
}
