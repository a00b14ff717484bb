#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/number.h"
#include "core/str.h"
#include "formats/command_text.h"
#include "report/fleet/submit_view.h"
#include "report/table.h"

#include <stdlib.h>
#include <string.h>

enum { INDENT = 2 };

static const struct {
	enum text_role role;
	bool is_listed; /* each node of it, without being asked for */
} looks[SUBMIT_STATES] = {
        [SUBMIT_WAITING] = {TEXT_PLAIN, false}, [SUBMIT_SUBMITTED] = {TEXT_GOOD, false},
        [SUBMIT_REFUSED] = {TEXT_BAD, true},    [SUBMIT_LIVE] = {TEXT_PLAIN, false},
        [SUBMIT_DONE] = {TEXT_PLAIN, false},    [SUBMIT_NOT_ASKED] = {TEXT_DIM, false},
        [SUBMIT_NOT_RUN] = {TEXT_WARN, true},
};

static void add_line(struct str *out, const struct text_style *style, enum text_role role,
                     const char *text)
{
	text_add_wrapped(out, style, role, "", INDENT, text);
}

static void add_head(const struct submit_view *view, const struct text_style *style,
                     struct str *out)
{
	cleanup_str struct str line = {0};
	str_addf(&line, "%s: ", view->manifest->name);
	text_add(out, style, TEXT_TITLE, str_text(&line));
	const size_t count = view->steps->count;
	str_addf(out, "%zu %s%s\n", count, number_noun(count, "node", "nodes"),
	         view->is_dry ? ", nothing is submitted (--dry-run)" : "");
	cleanup_str struct str folder = {0};
	str_addf(&folder, "folder: %s", view->dir);
	add_line(out, style, TEXT_PLAIN, str_text(&folder));
	const int64_t limit_ns = view->manifest->time_limit_ns;
	cleanup_str struct str limit = {0};
	char time[NUMBER_TEXT_BYTES];
	number_format_duration(limit_ns > 0 ? limit_ns : 0, 3, time);
	str_addf(&limit, "time limit of a job: %s%s%s", limit_ns > 0 ? time : "the site's default",
	         view->limit_of ? ", " : "", view->limit_of ? view->limit_of : "");
	add_line(out, style, TEXT_PLAIN, str_text(&limit));
}

/* Below a count, why its nodes are left alone, and how many for each reason. */
static void note_reasons(const struct submit_steps *steps, enum submit_state state,
                         struct table *table)
{
	for (size_t i = 0; i < steps->count; i++) {
		const char *const reason = steps->items[i].reason;
		size_t alike = 0;
		bool is_first = true;
		if (steps->items[i].state != state || !reason)
			continue;
		for (size_t k = 0; k < steps->count; k++) {
			const struct submit_step *const other = &steps->items[k];
			if (other->state != state || !other->reason ||
			    strcmp(other->reason, reason) != 0)
				continue;
			is_first &= k >= i;
			alike++;
		}
		if (is_first)
			table_note(table, "%zu %s", alike, reason);
	}
}

static void add_counts(const struct submit_view *view, const struct text_style *style,
                       struct str *out)
{
	static const struct table_column columns[] = {
	        {"", NULL, TABLE_RIGHT, 0},
	        {"", NULL, TABLE_LEFT, 0},
	};
	struct table table;
	table_init(&table, columns, 2);
	for (size_t s = 0; s < SUBMIT_STATES; s++) {
		const size_t count = submit_steps_in(view->steps, (enum submit_state)s);
		if (count == 0)
			continue;
		table_row(&table);
		table_cell(&table, looks[s].role, "%zu", count);
		table_cell(&table, looks[s].role, "%s",
		           s == SUBMIT_WAITING && !view->is_dry ? "still to submit"
		                                                : submit_state_words[s].words);
		if (s == SUBMIT_DONE || s == SUBMIT_NOT_ASKED)
			note_reasons(view->steps, (enum submit_state)s, &table);
	}
	table_write(&table, style, INDENT, out);
	table_release(&table);
}

static void add_nodes(const struct submit_view *view, const struct text_style *style, bool has_all,
                      struct str *out)
{
	static const struct table_column columns[] = {
	        {"node", NULL, TABLE_LEFT, 0},
	        {"attempt", NULL, TABLE_RIGHT, 1},
	        {"job", NULL, TABLE_LEFT, 1},
	        {"", NULL, TABLE_LEFT, 1},
	};
	struct table table;
	size_t rows = 0;
	table_init(&table, columns, 4);
	for (size_t i = 0; i < view->steps->count; i++) {
		const struct submit_step *const step = &view->steps->items[i];
		if (!has_all && !looks[step->state].is_listed)
			continue;
		rows++;
		table_row(&table);
		table_cell(&table, TEXT_PLAIN, "%s", step->node);
		if (step->attempt > 0 && step->state != SUBMIT_NOT_RUN)
			table_cell(&table, TEXT_PLAIN, "%u", (unsigned)step->attempt);
		else
			table_cell(&table, TEXT_PLAIN, "%s", "");
		table_cell(&table, TEXT_PLAIN, "%s", step->job ? step->job : "");
		table_cell(&table, looks[step->state].role, "%s",
		           submit_state_words[step->state].words);
		if (step->reason)
			table_note(&table, "%s", step->reason);
	}
	if (rows > 0) {
		str_add(out, "\n");
		table_write(&table, style, INDENT, out);
	}
	table_release(&table);
}

/* Lines of a script, as they are but for what would steer the terminal. */
static void add_script(struct str *out, const struct text_style *style, const char *script)
{
	for (const char *line = script; *line;) {
		const size_t length = strcspn(line, "\n");
		cleanup_str struct str one = {0};
		str_add_bytes(&one, line, length);
		str_add_repeat(out, ' ', 4);
		text_clean(out, style, str_text(&one));
		str_add(out, "\n");
		line += length + (line[length] == '\n');
	}
}

static void add_previews(const struct submit_view *view, const struct text_style *style,
                         bool has_all, struct str *out)
{
	for (size_t i = 0; i < view->preview_count; i++) {
		const struct submit_preview *const preview = &view->previews[i];
		if (i <= 1 || has_all)
			str_add(out, "\n");
		if (i == 0 || has_all) {
			cleanup_str struct str head = {0};
			str_addf(&head, "%s: %s", preview->node, preview->path);
			add_line(out, style, TEXT_HEAD, str_text(&head));
			add_script(out, style, preview->script);
		} else if (i == 1) {
			add_line(out, style, TEXT_DIM,
			         "The scripts of the others differ in node and attempt alone; "
			         "--verbose shows all.");
		}
		str_add_repeat(out, ' ', INDENT);
		text_clean(out, style, preview->command);
		str_add(out, "\n");
	}
}

/* What to type next; the folder is quoted as a shell needs it. */
static int add_next(const struct submit_view *view, const struct text_style *style, struct str *out,
                    struct error *err)
{
	static const struct {
		const char *verb;
		const char *what;
	} next[] = {{"submit", "goes on with those that are left"},
	            {"status", "shows how far they are"},
	            {"rank", "judges the nodes"}};
	const size_t waiting = submit_steps_in(view->steps, SUBMIT_WAITING);
	if (view->is_dry || view->steps->count == 0)
		return 0;
	cleanup_words struct words argv = {0};
	cleanup_free char *folder = NULL;
	int r = words_add(&argv, view->dir, err);
	if (r == 0)
		r = command_text_write(&argv, &folder, err);
	for (size_t i = waiting > 0 ? 0 : 1; r == 0 && i < ARRAY_LENGTH(next); i++) {
		if (i == (waiting > 0 ? 0 : 1))
			str_add(out, "\n");
		cleanup_str struct str line = {0};
		str_addf(&line, "plateau fleet %s %s", next[i].verb, folder);
		str_add_repeat(out, ' ', INDENT);
		text_add(out, style, TEXT_HEAD, str_text(&line));
		str_add(out, "\n");
		text_add_wrapped(out, style, TEXT_PLAIN, "", (size_t)2 * INDENT, next[i].what);
	}
	return r;
}

int submit_text_write(const struct submit_view *view, const struct text_style *style, bool has_all,
                      char **ret_text, struct error *err)
{
	struct str out = {0};
	add_head(view, style, &out);
	add_counts(view, style, &out);
	add_nodes(view, style, has_all, &out);
	add_previews(view, style, has_all, &out);
	const int r = add_next(view, style, &out, err);
	if (r < 0) {
		str_release(&out);
		return r;
	}
	return str_take(&out, ret_text, err);
}
