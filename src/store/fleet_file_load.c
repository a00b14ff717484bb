/* Reading a fleet file. Nothing in it is believed: every value is checked, and every row must stand
 * where its keys say. */
#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/str.h"
#include "store/fleet_file.h"
#include "store/fleet_schema.h"
#include "store/one_piece.h"
#include "store/row.h"
#include "store/store.h"

#include <errno.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct fleet_reading {
	struct reading reading; /* first: reading_table hands it back */
	const struct fleet_table *table;
	struct fleet *fleet;
	bool has_fleet;
	struct fleet_attempt **attempts; /* by their number in the file, once all are there */
	size_t attempt_count;
	size_t attempt_node; /* of the last attempt */
	int64_t last;        /* attempt of the row before, -1: none */
	size_t rows;         /* of the table, where each is an attempt's only one */
};

/* Where a value is in the struct, by its offset. */
#define FIELD(type, base, column) ((type *)(void *)((char *)(base) + (column)->offset))

static int64_t read_word(const struct fleet_column *column, struct row *row, int at)
{
	char word[64] = "";
	row_text_into(row, at, word, sizeof word);
	for (size_t i = 0; !row->failed && i < column->most; i++)
		if (strcmp(fleet_column_word(column, i), word) == 0)
			return (int64_t)i;
	row_refuse_column(row, at);
	return 0;
}

static double read_real(struct row *row, int at)
{
	if (sqlite3_column_type(row->statement, at) == SQLITE_NULL)
		return NAN;
	return row_real(row, at, -DBL_MAX, DBL_MAX);
}

static void read_column(struct fleet_reading *reading, const struct fleet_column *column,
                        struct row *row, int at, void *base)
{
	switch (column->kind) {
	case COLUMN_TEXT:
	case COLUMN_TEXT_OR:
		reading_text(&reading->reading, row, at, column->kind == COLUMN_TEXT_OR,
		             FIELD(char *, base, column));
		break;
	case COLUMN_BUFFER:
		row_text_into(row, at, FIELD(char, base, column), column->most);
		break;
	case COLUMN_UINT32:
		*FIELD(uint32_t, base, column) =
		        (uint32_t)row_integer(row, at, column->low, UINT32_MAX);
		break;
	case COLUMN_INT32:
		*FIELD(int32_t, base, column) =
		        (int32_t)row_integer(row, at, column->low, INT32_MAX);
		break;
	case COLUMN_UINT64:
		*FIELD(uint64_t, base, column) =
		        (uint64_t)row_integer(row, at, column->low, INT64_MAX);
		break;
	case COLUMN_TIME:
		*FIELD(int64_t, base, column) =
		        row_integer_or(row, at, -ROW_TIME_BOUND, ROW_CALENDAR_BOUND, RECORD_ABSENT);
		break;
	case COLUMN_BYTES:
		*FIELD(int64_t, base, column) =
		        row_integer_or(row, at, 0, INT64_MAX, RECORD_ABSENT);
		break;
	case COLUMN_REAL:
		*FIELD(double, base, column) = read_real(row, at);
		break;
	case COLUMN_FLAG:
		*FIELD(bool, base, column) = row_integer(row, at, 0, 1) == 1;
		break;
	case COLUMN_WORD: {
		const unsigned word = (unsigned)read_word(column, row, at);
		memcpy((char *)base + column->offset, &word, sizeof word);
		break;
	}
	}
}

static void read_columns(struct fleet_reading *reading, struct row *row, int first, void *base)
{
	int at = first;
	for (const struct fleet_column *c = reading->table->columns; c->name; c++)
		read_column(reading, c, row, at++, base);
}

static int read_fleet(struct fleet_reading *reading, struct row *row, struct error *err)
{
	if (reading->has_fleet)
		return row_refuse(row, err, "there is more than one fleet");
	reading->has_fleet = true;
	read_columns(reading, row, 0, reading->fleet);
	return 0;
}

static int read_node(struct fleet_reading *reading, struct row *row, struct error *err)
{
	struct fleet *const fleet = reading->fleet;
	const int r = array_reserve(&fleet->nodes, &fleet->node_capacity, fleet->node_count + 1,
	                            sizeof *fleet->nodes, err);
	if (r < 0)
		return r;
	row_integer(row, 0, (int64_t)fleet->node_count, (int64_t)fleet->node_count);
	struct fleet_node *const node = &fleet->nodes[fleet->node_count++];
	*node = (struct fleet_node){0};
	read_columns(reading, row, 1, node);
	return 0;
}

/* They stand by node, then number. */
static int read_attempt(struct fleet_reading *reading, struct row *row, struct error *err)
{
	struct fleet *const fleet = reading->fleet;
	row_integer(row, 0, (int64_t)reading->attempt_count, (int64_t)reading->attempt_count);
	const size_t index = (size_t)row_integer(row, 1, (int64_t)reading->attempt_node,
	                                         (int64_t)fleet->node_count - 1);
	const uint32_t number = (uint32_t)row_integer(row, 2, 1, UINT32_MAX);
	if (row->failed)
		return 0;
	struct fleet_node *const node = &fleet->nodes[index];
	const struct fleet_attempt *const before = fleet_attempt_last(node);
	if (before && before->number >= number)
		return row_refuse(row, err, "the attempts of a node are not in their order");
	struct fleet_attempt *const attempt = fleet_attempt_take(node, number, err);
	if (!attempt)
		return -ENOMEM;
	read_columns(reading, row, 2, attempt);
	reading->attempt_node = index;
	reading->attempt_count++;
	return 0;
}

/* The attempt of a row of a table that belongs to attempts, ascending; NULL with the row marked. */
static struct fleet_attempt *attempt_of(struct fleet_reading *reading, struct row *row,
                                        bool is_single)
{
	const int64_t least = reading->last + (is_single ? 1 : 0);
	const int64_t index =
	        row_integer(row, 0, least < 0 ? 0 : least, (int64_t)reading->attempt_count - 1);
	if (row->failed)
		return NULL;
	if (index != reading->last)
		reading->reading.capacity = 0;
	reading->last = index;
	return reading->attempts[index];
}

static int read_one(struct fleet_reading *reading, struct row *row)
{
	struct fleet_attempt *const attempt = attempt_of(reading, row, true);
	if (!attempt)
		return 0;
	if (reading->table->shape == SHAPE_ONE)
		*(bool *)(void *)((char *)attempt + reading->table->count_offset) = true;
	else
		row_integer(row, 0, (int64_t)reading->rows, (int64_t)reading->rows);
	reading->rows++;
	read_columns(reading, row, 1, (char *)attempt + reading->table->offset);
	return 0;
}

static int read_item(struct fleet_reading *reading, struct row *row, struct error *err)
{
	const struct fleet_table *const table = reading->table;
	struct fleet_attempt *const attempt = attempt_of(reading, row, false);
	if (!attempt)
		return 0;
	size_t *const count = (size_t *)(void *)((char *)attempt + table->count_offset);
	char **const items = (char **)(void *)((char *)attempt + table->offset);
	const int r = array_reserve(items, &reading->reading.capacity, *count + 1,
	                            table->item_bytes, err);
	if (r < 0)
		return r;
	row_integer(row, 1, (int64_t)*count, (int64_t)*count);
	char *const item = *items + *count * table->item_bytes;
	memset(item, 0, table->item_bytes);
	++*count;
	read_columns(reading, row, 2, item);
	return 0;
}

static int read_row(struct reading *base, struct row *row, struct error *err)
{
	struct fleet_reading *const reading = (struct fleet_reading *)base;
	switch (reading->table->shape) {
	case SHAPE_FLEET:
		return read_fleet(reading, row, err);
	case SHAPE_NODE:
		return read_node(reading, row, err);
	case SHAPE_ATTEMPT:
		return read_attempt(reading, row, err);
	case SHAPE_ALWAYS:
	case SHAPE_ONE:
		return read_one(reading, row);
	case SHAPE_MANY:
		return read_item(reading, row, err);
	}
	return 0;
}

/* Once no array of attempts grows any more. */
static int list_attempts(struct fleet_reading *reading, struct error *err)
{
	size_t count = 0;
	reading->attempts = calloc(reading->attempt_count + 1, sizeof(void *));
	if (!reading->attempts)
		return error_memory(err);
	for (size_t i = 0; i < reading->fleet->node_count; i++)
		for (size_t k = 0; k < reading->fleet->nodes[i].attempt_count; k++)
			reading->attempts[count++] = &reading->fleet->nodes[i].attempts[k];
	return 0;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int check_names(const struct fleet_reading *reading, struct error *err)
{
	const struct fleet *const fleet = reading->fleet;
	cleanup_free const char **names = calloc(fleet->node_count + 1, sizeof *names);
	if (!names)
		return error_memory(err);
	for (size_t i = 0; i < fleet->node_count; i++)
		names[i] = fleet->nodes[i].name;
	qsort(names, fleet->node_count, sizeof *names, compare_names);
	for (size_t i = 1; i < fleet->node_count; i++)
		if (strcmp(names[i - 1], names[i]) == 0)
			return error_set(err, EINVAL,
			                 "%s is damaged: table node holds a node twice",
			                 reading->reading.path);
	return 0;
}

/* What stands in one table and points into another. */
static const char *find_stray(const struct fleet_attempt *attempt)
{
	const struct profile *const profile = &attempt->profile;
	for (size_t i = 0; i < profile->figure_count; i++) {
		const struct profile_figure *const figure = &profile->figures[i];
		if (figure->policy >= profile->policy_count)
			return "of a policy that it has not";
		if (figure->value < 0 &&
		    (figure->measure == MEASURE_THROUGHPUT || figure->measure == MEASURE_WALL))
			return "below 0 that cannot be";
	}
	for (size_t i = 0; i < profile->place_count; i++)
		if (profile->places[i].policy >= profile->policy_count)
			return "of a policy that it has not";
	const bool is_empty =
	        profile->policy_count == 0 && profile->fact_count == 0 && profile->doubt_count == 0;
	return attempt->has_profile || is_empty ? NULL : "of no result";
}

static int check_attempts(const struct fleet_reading *reading, struct error *err)
{
	for (size_t i = 0; i < reading->fleet->node_count; i++) {
		const struct fleet_node *const node = &reading->fleet->nodes[i];
		for (size_t k = 0; k < node->attempt_count; k++) {
			const char *const stray = find_stray(&node->attempts[k]);
			if (stray)
				return error_set(err, EINVAL, "%s is damaged: it has figures %s",
				                 reading->reading.path, stray);
		}
	}
	return 0;
}

static int read_tables(struct fleet_reading *reading, struct error *err)
{
	for (const struct fleet_table *table = fleet_tables; table->name; table++) {
		cleanup_str struct str sql = {0};
		if (fleet_table_since(table) > reading->reading.version)
			continue;
		fleet_schema_select(table, reading->reading.version, &sql);
		if (sql.failed)
			return error_memory(err);
		reading->table = table;
		reading->last = -1;
		reading->rows = 0;
		const struct table plain = {
		        .name = table->name, .sql = str_text(&sql), .read = read_row};
		int r = reading_table(&reading->reading, &plain, err);
		if (r == 0 && table->shape == SHAPE_ATTEMPT)
			r = list_attempts(reading, err);
		if (r == 0 && table->shape == SHAPE_ALWAYS &&
		    reading->rows < reading->attempt_count)
			r = error_set(err, EINVAL,
			              "%s is damaged: table %s has no row of attempt %zu",
			              reading->reading.path, table->name, reading->rows);
		if (r < 0)
			return r;
	}
	if (!reading->has_fleet)
		return error_set(err, EINVAL, "%s holds no fleet: the file is damaged",
		                 reading->reading.path);
	const int r = check_names(reading, err);
	return r < 0 ? r : check_attempts(reading, err);
}

bool fleet_file_is(const char *path)
{
	return one_piece_is(path, &schema_fleet);
}

int fleet_file_load(const char *path, struct fleet *ret_fleet, struct error *err)
{
	cleanup_database sqlite3 *db = NULL;
	cleanup_fleet struct fleet fleet = {0};
	struct fleet_reading reading = {.fleet = &fleet};
	int r = one_piece_open(path, &schema_fleet, &db, &reading.reading, err);
	if (r == 0)
		r = read_tables(&reading, err);
	free(reading.attempts);
	if (r < 0)
		return r;
	*ret_fleet = fleet;
	fleet = (struct fleet){0};
	return 0;
}
