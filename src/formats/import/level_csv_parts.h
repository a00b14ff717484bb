/* What the columns of a table of figures per level are. Private to level_csv*.c. */
#ifndef FORMATS_IMPORT_LEVEL_CSV_PARTS_H
#define FORMATS_IMPORT_LEVEL_CSV_PARTS_H

#include "formats/import/imported.h"
#include "formats/import/table_rows.h"
#include "model/measure.h"
#include "model/record.h"

#include <stdbool.h>
#include <stddef.h>

struct error;

/* What a column is. */
enum level_column_kind {
	COLUMN_OTHER,
	COLUMN_CONCURRENCY,
	COLUMN_TASKS,
	/* Of the long form: */
	COLUMN_FIGURE,
	COLUMN_STATISTIC,
	COLUMN_VALUE,
	COLUMN_ERROR,
	COLUMN_ERROR_KIND,
	/* Of the wide form: */
	COLUMN_OF_FIGURE,
	COLUMN_OF_ERROR
};

struct level_column {
	enum level_column_kind kind;
	char *name;                  /* as the header writes it */
	struct stated_figure figure; /* OF_FIGURE: without its value */
	enum measure_id measure;
	size_t value_of; /* OF_ERROR: the column that it is the error of */
};

struct level_columns {
	struct level_column *items;
	size_t count;
	bool is_long; /* a row for each figure; else a column */
};

/* Finds out what the columns in rows (its current row is the header) are, and says in imported's
 * remarks what was passed over. Where the header is wrong, the problems are in rows, which is then
 * refused. Returns 0 or -ENOMEM; columns is the caller's to release whatever comes back. */
int level_columns_read(struct table_rows *rows, struct imported *imported,
                       struct level_columns *columns, struct error *err);
void level_columns_release(struct level_columns *columns);

#endif
