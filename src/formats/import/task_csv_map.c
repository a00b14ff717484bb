/* What the columns of a table of tasks are, as the caller says: "wall_s=run_time:s,...". */
#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/str.h"
#include "formats/import/task_csv_parts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Which field a map means by name; events and numbers have theirs in *ret_detail. */
static const struct task_field *find_named(const struct task_vocabulary *vocabulary,
                                           const char *name, const char **ret_detail)
{
	*ret_detail = "";
	for (const struct task_field *const *field = vocabulary->named; *field; field++) {
		if (!str_starts_with(name, (*field)->name) || !name[strlen((*field)->name)])
			continue;
		*ret_detail = name + strlen((*field)->name);
		return strlen(*ret_detail) < 64 ? *field : NULL;
	}
	return task_field_find(vocabulary, name);
}

static struct task_column *find_column(const struct csv_columns *columns, const char *name)
{
	for (size_t i = 0; i < columns->count; i++)
		if (strcmp(columns->items[i].name, name) == 0)
			return &columns->items[i];
	if (name[0] != '#')
		return NULL;
	char *end;
	const unsigned long number = strtoul(name + 1, &end, 10);
	if (*end != '\0' || number < 1 || number > columns->count)
		return NULL;
	return &columns->items[number - 1];
}

static int unknown_field(const struct task_vocabulary *vocabulary, const char *name,
                         struct error *err)
{
	const char *const near = str_nearest(name, vocabulary->fields, vocabulary->field_count,
	                                     sizeof *vocabulary->fields);
	if (near)
		return error_set(err, EINVAL,
		                 "columns: \"%s\" is nothing that is known of a task; "
		                 "did you mean %s?",
		                 name, near);
	return error_set(err, EINVAL,
	                 "columns: \"%s\" is nothing that is known of a task; known are %s", name,
	                 vocabulary->words);
}

/* Splits "name:unit" at its last colon where the end is a unit; the column's own name may have
 * colons. */
static const struct task_unit *cut_unit(const struct csv_columns *columns, char *column,
                                        const struct task_field *field, bool *ret_is_wrong)
{
	*ret_is_wrong = false;
	char *const colon = strrchr(column, ':');
	if (!colon || find_column(columns, column))
		return NULL;
	const struct task_unit *const unit =
	        task_kind_has_unit(field->kind) ? task_unit_find(colon + 1, field->kind) : NULL;
	*ret_is_wrong = !unit;
	*colon = '\0';
	return unit;
}

/* Takes away what was found for this field. */
static void forget(struct csv_columns *columns, const struct task_field *field, const char *detail)
{
	for (size_t i = 0; i < columns->count; i++)
		if (columns->items[i].field == field &&
		    strcmp(columns->items[i].detail, detail) == 0)
			columns->items[i] = (struct task_column){
			        .name = columns->items[i].name,
			        .sibling = SIZE_MAX,
			        .is_silent = true,
			};
}

/* One part: "wall_s=run_time:s". */
static int apply_part(struct table_rows *rows, struct csv_columns *columns, char *part,
                      struct error *err)
{
	char *const equals = strchr(part, '=');
	if (!equals || equals == part || equals[1] == '\0')
		return error_set(err, EINVAL,
		                 "columns: \"%s\" is not WHAT=COLUMN or WHAT=COLUMN:UNIT, as in "
		                 "wall_s=run_time:s",
		                 part);
	*equals = '\0';
	char *const name = equals + 1;
	const char *detail;
	const struct task_field *const field = find_named(columns->vocabulary, part, &detail);
	if (!field)
		return unknown_field(columns->vocabulary, part, err);
	forget(columns, field, detail);
	if (strcmp(name, "-") == 0)
		return 0;
	bool is_wrong = false;
	const struct task_unit *const unit = cut_unit(columns, name, field, &is_wrong);
	struct task_column *const column = find_column(columns, name);
	if (!column)
		return table_rows_complain(rows, "header", err,
		                           "no column \"%s\", which was named for %s", name, part);
	if (is_wrong)
		return error_set(
		        err, EINVAL,
		        "columns: the unit of %s is none that is known; times are in s, ms, "
		        "us, ns, min or h, sizes in B, kB, KiB, MB, MiB, GB or GiB",
		        part);
	*column = (struct task_column){
	        .field = field,
	        .unit = unit,
	        .name = column->name,
	        .sibling = SIZE_MAX,
	        .is_passed = column->is_passed,
	        .is_key = column->is_key,
	};
	snprintf(column->detail, sizeof column->detail, "%s", detail);
	if (!unit && task_kind_has_unit(field->kind)) {
		/* The name says it, of the column or of what it is to us. */
		const char *const of_column = strrchr(column->name, '_');
		column->unit = of_column ? task_unit_find(of_column + 1, field->kind) : NULL;
		if (!column->unit)
			column->unit = task_unit_find(strrchr(field->name, '_') + 1, field->kind);
	}
	return 0;
}

int csv_columns_map(struct table_rows *rows, struct csv_columns *columns, const char *map,
                    struct error *err)
{
	cleanup_free char *copy = NULL;
	int r = str_copy(map, &copy, err);
	if (r < 0)
		return r;
	char *rest = NULL;
	for (char *part = strtok_r(copy, ",", &rest); part && r == 0;
	     part = strtok_r(NULL, ",", &rest))
		r = apply_part(rows, columns, part, err);
	return r;
}
