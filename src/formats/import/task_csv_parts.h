/* What the columns of a table of tasks are, and how their cells are read: for task_csv*.c and
 * formats/campaign/campaign_csv*.c. */
#ifndef FORMATS_IMPORT_TASK_CSV_PARTS_H
#define FORMATS_IMPORT_TASK_CSV_PARTS_H

#include "formats/import/imported.h"
#include "formats/import/table_rows.h"
#include "formats/import/task_csv_fields.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;

/* A column of the file. */
struct task_column {
	const struct task_field *field; /* NULL: passed over */
	const struct task_unit *unit;   /* NULL: none, or not known */
	char *name;                     /* in the file */
	char detail[64];                /* of an event or a number: its name */
	size_t sibling;  /* of an event: its state's column; of that: the event's; SIZE_MAX: none
	                  */
	bool is_guessed; /* by its name, which is not our own */
	size_t rank;     /* of a guess: how far behind in the field's list its name stands */
	bool is_assumed; /* the unit was not said */
	/* What it is is known, but not in what unit: cells are passed over, but for those with a
	 * unit of their own. */
	bool is_nameless;
	bool was_passed; /* such a cell was */
	bool is_silent;  /* passed over without a word */
	bool is_passed;  /* passed over by its name, and told */
	bool is_key;     /* it says, with others, which task this is */
};

struct csv_columns {
	const struct task_vocabulary *vocabulary;
	struct task_column *items;
	size_t count;
};

/* Finds out what columns are by their names; their units too, where the names hold them. */
void csv_columns_recognise(struct csv_columns *columns);

/* Sets columns as a map says. Returns and errors as csv_columns_find. */
int csv_columns_map(struct table_rows *rows, struct csv_columns *columns, const char *map,
                    struct error *err);

/* The letters and digits of a name in small letters: "Max RSS (kB)" is "maxrsskb"; "" where there
 * are too many. */
void csv_name_base(const char *name, char base[64]);

/* Whether a column of this name says how many tasks ran at once. */
bool csv_name_is_concurrency(const char *name);

/* Recognises figure_NAME of an export, and names of events. */
void task_csv_recognise(struct task_column *column);

/* Finds out what the columns in rows (its current row is the header) are. map as in task_csv_load.
 * Returns 0, -ENOMEM, or -EINVAL where map itself is wrong (without problems); problems of the
 * header are added to rows. */
int csv_columns_find(struct table_rows *rows, const struct task_vocabulary *vocabulary,
                     const char *map, struct csv_columns *ret_columns, struct error *err);

/* Appends to remarks what was guessed and what was passed over. */
int csv_columns_tell(const struct csv_columns *columns, struct words *remarks, struct error *err);

/* The column of a field, NULL: none has it. */
struct task_column *csv_columns_of(const struct csv_columns *columns, enum task_place place);

void csv_columns_release(struct csv_columns *columns);

#define cleanup_csv_columns __attribute__((cleanup(csv_columns_release)))

/* Whether a cell of a size has a unit of its own: "1234K". */
bool task_cell_has_unit(const char *cell);

/* Whether a cell says that there is nothing. */
bool task_cell_is_absent(const char *cell);

/* The value of a cell that is there, of SECONDS and INSTANT in ns, BYTES in bytes, COUNT. On
 * -EINVAL err says what is wrong and what would be right. */
int task_cell_read(const struct task_column *column, const char *cell, int64_t *ret_value,
                   struct error *err);

/* The state that a word says ("ok", "failed", "COMPLETED"), TASK_STATES: none that is known. */
enum task_state task_cell_state(const char *cell);

#endif
