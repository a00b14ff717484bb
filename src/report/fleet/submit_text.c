#include "report/fleet/submit_text.h"

#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/number.h"
#include "core/str.h"
#include "formats/command_text.h"
#include "model/fleet.h"
#include "report/fleet/name_list.h"
#include "report/table.h"

#include <stdlib.h>
#include <string.h>

enum {
	INDENT = 2,
	WORD_COLUMNS = 14,
	COUNT_COLUMNS = 4,
	LIST_COLUMN = INDENT + WORD_COLUMNS + COUNT_COLUMNS + 2
};

static const enum text_role roles[SUBMIT_STATES] = {
        [SUBMIT_WAITING] = TEXT_PLAIN, [SUBMIT_SUBMITTED] = TEXT_GOOD,
        [SUBMIT_REFUSED] = TEXT_BAD,   [SUBMIT_LIVE] = TEXT_PLAIN,
        [SUBMIT_DONE] = TEXT_PLAIN,    [SUBMIT_NOT_ASKED] = TEXT_DIM,
        [SUBMIT_NOT_RUN] = TEXT_WARN,
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

/* ---- What became of the nodes ------------------------------------------------------------- */

static const char *reason_of(const struct submit_step *step)
{
	return step->reason ? step->reason : "";
}

static int compare_names(const void *a, const void *b)
{
	return fleet_name_compare(*(const char *const *)a, *(const char *const *)b);
}

/* The names of all steps that are in the state of step `first` for the same reason. Returns how
 * many, 0 when a step before it has told of them. */
static size_t find_alike(const struct submit_steps *steps, size_t first, const char **names)
{
	const struct submit_step *const step = &steps->items[first];
	size_t count = 0;
	for (size_t i = 0; i < steps->count; i++) {
		const struct submit_step *const other = &steps->items[i];
		if (other->state != step->state || strcmp(reason_of(other), reason_of(step)) != 0)
			continue;
		if (i < first)
			return 0;
		names[count++] = other->node;
	}
	qsort(names, count, sizeof *names, compare_names);
	return count;
}

/* "submitted        7  milan[01-04], rome01", and the reason below the names. */
static void add_group(const struct submit_view *view, const struct text_style *style,
                      const struct submit_step *step, const char *const *names, size_t count,
                      bool is_first, struct str *out)
{
	cleanup_str struct str list = {0};
	const char *const word = step->state == SUBMIT_WAITING && !view->is_dry
	                                 ? "left"
	                                 : submit_state_words[step->state].words;
	str_add_repeat(out, ' ', INDENT);
	text_add(out, style, roles[step->state], is_first ? word : "");
	str_add_repeat(out, ' ', WORD_COLUMNS - (is_first ? text_width(word) : 0));
	str_addf(out, "%*zu  ", COUNT_COLUMNS, count);
	name_list_add(&list, names, count);
	text_add_behind(out, style, LIST_COLUMN, str_text(&list));
	if (step->reason)
		text_add_wrapped(out, style, TEXT_PLAIN, "", LIST_COLUMN, step->reason);
	out->failed |= list.failed;
}

static int add_groups(const struct submit_view *view, const struct text_style *style,
                      struct str *out, struct error *err)
{
	const struct submit_steps *const steps = view->steps;
	cleanup_free const char **names = calloc(steps->count + 1, sizeof *names);
	if (!names)
		return error_memory(err);
	str_add(out, "\n");
	for (size_t s = 0; s < SUBMIT_STATES; s++) {
		bool is_first = true;
		for (size_t i = 0; i < steps->count; i++) {
			const size_t count = steps->items[i].state == (enum submit_state)s
			                             ? find_alike(steps, i, names)
			                             : 0;
			if (count == 0)
				continue;
			add_group(view, style, &steps->items[i], names, count, is_first, out);
			is_first = false;
		}
	}
	return 0;
}

/* A node that was drained for what its measurement said is to be measured again before anybody
 * opens it, and cannot be while it is drained. */
static void add_own_drains(const struct submit_view *view, const struct text_style *style,
                           struct str *out)
{
	cleanup_str struct str names = {0};
	size_t count = 0;
	for (size_t i = 0; i < view->steps->count; i++) {
		const struct submit_step *const step = &view->steps->items[i];
		if (step->state == SUBMIT_NOT_RUN && step->is_drained_by_us)
			str_addf(&names, "%s%s", count++ > 0 ? "," : "", step->node);
	}
	if (count == 0)
		return;
	str_add(out, "\n");
	add_line(out, style, TEXT_WARN,
	         "What is drained for what plateau fleet rank said of it can be measured again "
	         "when an "
	         "administrator lets it be used, in a reservation perhaps, so that nobody else "
	         "gets it "
	         "(--reservation NAME):");
	cleanup_str struct str command = {0};
	str_addf(&command, SUBMIT_RESUME_FORMAT, str_text(&names));
	str_add_repeat(out, ' ', (size_t)2 * INDENT);
	text_clean(out, style, str_text(&command));
	str_add(out, "\n");
	out->failed |= names.failed || command.failed;
}

/* For --verbose: each node, in the order in which they are, or would be, submitted. */
static void add_nodes(const struct submit_view *view, const struct text_style *style,
                      struct str *out)
{
	static const struct table_column columns[] = {
	        {"node", NULL, TABLE_LEFT, 0},
	        {"attempt", NULL, TABLE_RIGHT, 1},
	        {"job", NULL, TABLE_LEFT, 1},
	        {"", NULL, TABLE_LEFT, 1},
	};
	struct table table;
	table_init(&table, columns, ARRAY_LENGTH(columns));
	for (size_t i = 0; i < view->steps->count; i++) {
		const struct submit_step *const step = &view->steps->items[i];
		table_row(&table);
		table_cell(&table, TEXT_PLAIN, "%s", step->node);
		if (step->attempt > 0 && step->state != SUBMIT_NOT_RUN)
			table_cell(&table, TEXT_PLAIN, "%u", (unsigned)step->attempt);
		else
			table_cell(&table, TEXT_PLAIN, "%s", "");
		table_cell(&table, TEXT_PLAIN, "%s", step->job ? step->job : "");
		table_cell(&table, roles[step->state], "%s", submit_state_words[step->state].words);
	}
	str_add(out, "\n");
	table_write(&table, style, INDENT, out);
	table_release(&table);
}

/* ---- What would be submitted -------------------------------------------------------------- */

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

static void add_preview(const struct submit_preview *preview, const struct text_style *style,
                        struct str *out)
{
	cleanup_str struct str head = {0};
	str_addf(&head, "%s: %s", preview->node, preview->path);
	str_add(out, "\n");
	add_line(out, style, TEXT_HEAD, str_text(&head));
	add_script(out, style, preview->script);
	str_add_repeat(out, ' ', INDENT);
	text_clean(out, style, preview->command);
	str_add(out, "\n");
	out->failed |= head.failed;
}

/* One stands for all: of two hundred the answer would be off the screen. */
static void add_previews(const struct submit_view *view, const struct text_style *style,
                         bool has_all, struct str *out)
{
	const size_t count = has_all || view->preview_count == 0 ? view->preview_count : 1;
	for (size_t i = 0; i < count; i++)
		add_preview(&view->previews[i], style, out);
	cleanup_str struct str note = {0};
	if (view->preview_count > count)
		str_addf(&note,
		         "Script and command of the other %zu differ in node and attempt alone; "
		         "--verbose shows all. ",
		         view->preview_count - count);
	if (count > 0 && view->manifest->id[strspn(view->manifest->id, "0")] == '\0')
		str_add(&note,
		        "The zeros stand for the fleet's id, which is drawn when it is made.");
	if (note.length == 0)
		return;
	str_add(out, "\n");
	add_line(out, style, TEXT_DIM, str_text(&note));
	out->failed |= note.failed;
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
	int r = add_groups(view, style, &out, err);
	add_own_drains(view, style, &out);
	if (has_all)
		add_nodes(view, style, &out);
	add_previews(view, style, has_all, &out);
	if (r == 0)
		r = add_next(view, style, &out, err);
	if (r < 0) {
		str_release(&out);
		return r;
	}
	return str_take(&out, ret_text, err);
}
