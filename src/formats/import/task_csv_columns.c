/* The columns of a table of tasks, from its header. */
#include "core/cleanup.h"
#include "core/error.h"
#include "core/str.h"
#include "formats/import/task_csv_parts.h"

#include <stdlib.h>

/* Whether a column says better than an earlier one what both say. */
static bool is_better(const struct task_column *column, const struct task_column *earlier)
{
	return earlier->is_guessed && (!column->is_guessed || column->rank < earlier->rank);
}

/* Two columns for one field: the one with our own name counts, else the one whose name is the
 * likelier ("wall time" before "run time"), else the first. */
static void settle(struct csv_columns *columns)
{
	for (size_t i = 0; i < columns->count; i++) {
		struct task_column *const a = &columns->items[i];
		if (!a->field || a->field->place >= PLACE_NUMBER || a->is_nameless)
			continue;
		for (size_t j = i + 1; j < columns->count && a->field; j++) {
			struct task_column *const b = &columns->items[j];
			if (b->field != a->field || b->is_nameless)
				continue;
			if (is_better(b, a))
				a->field = NULL;
			else
				b->field = NULL;
		}
	}
}

static int take_names(const struct table_rows *rows, struct csv_columns *columns, struct error *err)
{
	columns->items = calloc(rows->columns, sizeof *columns->items);
	if (!columns->items)
		return error_memory(err);
	for (size_t i = 0; i < rows->columns; i++) {
		columns->items[i].sibling = SIZE_MAX;
		const int r = str_copy(table_rows_cell(rows, i), &columns->items[i].name, err);
		if (r < 0)
			return r;
		columns->count++;
	}
	return 0;
}

int csv_columns_find(struct table_rows *rows, const struct task_vocabulary *vocabulary,
                     const char *map, struct csv_columns *ret_columns, struct error *err)
{
	cleanup_csv_columns struct csv_columns columns = {.vocabulary = vocabulary};
	int r = take_names(rows, &columns, err);
	if (r < 0)
		return r;
	csv_columns_recognise(&columns);
	if (map)
		r = csv_columns_map(rows, &columns, map, err);
	if (r < 0)
		return r;
	settle(&columns);
	*ret_columns = columns;
	columns = (struct csv_columns){0};
	return 0;
}

static void tell_guess(const struct task_column *column, struct str *text)
{
	str_addf(text, "%s%s%s from \"%s\"", text->length ? ", " : "", column->field->name,
	         column->detail, column->name);
	if (column->unit)
		str_addf(text, " (%s%s)", column->unit->name,
		         column->is_assumed ? ", assumed" : "");
}

int csv_columns_tell(const struct csv_columns *columns, struct words *remarks, struct error *err)
{
	cleanup_str struct str guessed = {0};
	cleanup_str struct str nameless = {0};
	cleanup_str struct str passed = {0};
	for (size_t i = 0; i < columns->count; i++) {
		const struct task_column *const column = &columns->items[i];
		if (column->field && column->was_passed)
			str_addf(&nameless, "%s%s=%s:UNIT", nameless.length ? "," : "",
			         column->field->name, column->name);
		else if (column->field && column->is_guessed)
			tell_guess(column, &guessed);
		else if (!column->field && !column->is_silent)
			str_addf(&passed, "%s\"%s\"", passed.length ? ", " : "", column->name);
	}
	int r = 0;
	if (guessed.length > 0)
		r = words_addf(remarks, err, "columns were guessed: %s", str_text(&guessed));
	if (r == 0 && nameless.length > 0)
		r = words_addf(remarks, err,
		               "sizes without a unit were passed over; say it: --columns "
		               "%s (kB, KiB, MB, ...)",
		               str_text(&nameless));
	if (r == 0 && passed.length > 0)
		r = words_addf(remarks, err, "columns passed over: %s", str_text(&passed));
	return r;
}

struct task_column *csv_columns_of(const struct csv_columns *columns, enum task_place place)
{
	for (size_t i = 0; i < columns->count; i++)
		if (columns->items[i].field && columns->items[i].field->place == place)
			return &columns->items[i];
	return NULL;
}

void csv_columns_release(struct csv_columns *columns)
{
	if (!columns)
		return;
	for (size_t i = 0; i < columns->count; i++)
		free(columns->items[i].name);
	free(columns->items);
	*columns = (struct csv_columns){0};
}
