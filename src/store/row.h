/* Rows of a file that is not trusted: every value is read through a check of its type and range.
 * The first value that fails marks the row, later reads do nothing, and reading_table turns it
 * into an error that names table and column. */
#ifndef STORE_ROW_H
#define STORE_ROW_H

#include "model/dataset.h"

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;

/* Times up to here (73 years either way) can be added and subtracted without overflow. */
#define ROW_TIME_BOUND (INT64_MAX / 4)

/* Calendar times up to here (the year 2116) can have such a time added to them. */
#define ROW_CALENDAR_BOUND (INT64_MAX / 2)

/* The greatest id of a trial: one more can be counted to. */
#define ROW_TRIAL_BOUND (UINT32_MAX - 1)

struct row {
	sqlite3_stmt *statement;
	const char *path;
	const char *table;
	bool failed;
	bool out_of_memory;
	bool is_past; /* set by a table's read: this row and those behind it are not wanted */
	int bad_column;
};

/* One loading of one file. */
struct reading {
	sqlite3 *db;
	const char *path;
	int version; /* of the file's tables */
	struct dataset *dataset;
	uint64_t file_bytes;
	uint64_t row_bound;  /* more rows than this are a damaged tree */
	uint64_t text_bytes; /* that reading_text has seen */
	uint64_t text_bound; /* more than these cannot come from the file */
	size_t capacity;     /* of the array that is being read */
	int64_t first;       /* parameter ?1 of a table's SQL, where it has one */
	int64_t last;        /* the last wanted; a comparison in SQL would cost more than here */
};

/* How a table is read from files of earlier versions. A list of them ascends and ends with until 0.
 */
struct table_before {
	int until; /* the last version that is read so */
	const char *sql;
};

struct table {
	const char *name;
	const char *sql;
	const struct table_before *before; /* a list; NULL: always as the present version */
	/* Takes one row into reading->dataset. May leave row->failed for reading_table. */
	int (*read)(struct reading *reading, struct row *row, struct error *err);
};

/* Reads all rows of a table. Returns 0 or -errno. */
int reading_table(struct reading *reading, const struct table *table, struct error *err);

/* A copy of a text that the caller will own, NULL where it is optional and absent; refused once all
 * texts together are more than the file can hold. *ret_text as in row_text. */
void reading_text(struct reading *reading, struct row *row, int column, bool is_optional,
                  char **ret_text);

/* The last attempt of the trial with this id, or NULL. */
const struct trial_record *reading_trial(const struct reading *reading, uint32_t trial);

/* Refuses the row with a sentence of its own; returns -EINVAL. */
int row_refuse(const struct row *row, struct error *err, const char *why);

/* Marks the row: what its column holds cannot be. */
void row_refuse_column(struct row *row, int column);

/* An integer in [low, high]; the second form takes NULL as `absent`. 0 once the row has failed. */
int64_t row_integer(struct row *row, int column, int64_t low, int64_t high);
int64_t row_integer_or(struct row *row, int column, int64_t low, int64_t high, int64_t absent);

/* A real number in [low, high]; an integer is one too. 0 once the row has failed. */
double row_real(struct row *row, int column, double low, double high);

/* A copy of a text, owned by the caller; the second form leaves *ret_text alone where it is NULL.
 * *ret_text is set on success only, and must not own a text before. */
void row_text(struct row *row, int column, char **ret_text);
void row_text_or_null(struct row *row, int column, char **ret_text);

/* A text into a buffer, cut to fit; the second form takes NULL as "". */
void row_text_into(struct row *row, int column, char *buffer, size_t buffer_bytes);
void row_text_into_or_empty(struct row *row, int column, char *buffer, size_t buffer_bytes);

/* The index of a text in a list that ends with NULL. */
int row_name(struct row *row, int column, const char *const *names);

#endif
