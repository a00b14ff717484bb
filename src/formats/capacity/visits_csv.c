#include "formats/capacity/visits_csv.h"

#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/hash.h"
#include "core/number.h"
#include "formats/import/table_rows.h"

#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum column { TRACT, PATCH, BAND, VISITS, DEPTH, COLUMNS };

/* In the order of enum column; other producers call them so too. */
static const char *const names[COLUMNS][3] = {
        [TRACT] = {"tract"},
        [PATCH] = {"patch"},
        [BAND] = {"band", "filter"},
        [VISITS] = {"visits", "n_visits", "nvisits"},
        [DEPTH] = {"depth", "mean_visits", "nimage"},
};

struct reading {
	struct table_rows rows;
	size_t columns[COLUMNS]; /* SIZE_MAX: there is none */
	struct visits_table table;
	double sum;
	uint64_t *patches; /* of rows with visits */
	size_t patch_count;
	size_t patch_capacity;
	uint64_t *coadds; /* the same, with their bands */
	size_t coadd_count;
	size_t coadd_capacity;
	struct error *err;
};

/* ---- The header ------------------------------------------------------------------------------ */

static size_t find_column(const struct table_rows *rows, enum column column)
{
	for (size_t n = 0; n < ARRAY_LENGTH(names[column]) && names[column][n]; n++)
		for (size_t i = 0; i < rows->columns; i++)
			if (strcasecmp(table_rows_cell(rows, i), names[column][n]) == 0)
				return i;
	return SIZE_MAX;
}

static int read_header(struct reading *reading)
{
	const int r = table_rows_header(&reading->rows,
	                                "a header with a column visits, as plateau capacity "
	                                "overlaps -o writes it",
	                                reading->err);
	if (r <= 0)
		return r;
	for (unsigned i = 0; i < COLUMNS; i++)
		reading->columns[i] = find_column(&reading->rows, i);
	reading->table.has_depth = reading->columns[DEPTH] != SIZE_MAX;
	if (reading->columns[VISITS] != SIZE_MAX)
		return 1;
	const int told = table_rows_complain(
	        &reading->rows, "header", reading->err,
	        "no column says how many visits a patch has; name one visits, as plateau capacity "
	        "overlaps -o writes it");
	return told < 0 ? told : 0;
}

/* ---- Rows ------------------------------------------------------------------------------------ */

/* Patches are numbers, or texts ("3,4") that are told apart well enough by a hash of 64 bits.
 */
static uint64_t key_up_to(const struct reading *reading, enum column last)
{
	uint64_t key = HASH_FNV1A_BEGIN;
	for (unsigned i = TRACT; i <= last; i++) {
		const size_t column = reading->columns[i];
		key = hash_fnv1a(key,
		                 column == SIZE_MAX ? "" : table_rows_cell(&reading->rows, column));
	}
	return key;
}

/* A number, 0 or more. Returns 1, 0 with a problem told, or -errno. */
static int read_cell(struct reading *reading, enum column column, double *ret_value)
{
	const char *const cell = table_rows_cell(&reading->rows, reading->columns[column]);
	struct error wrong;
	if (number_parse_real(cell, ret_value, &wrong) == 0 && *ret_value >= 0)
		return 1;
	const int r = table_rows_complain(&reading->rows, names[column][0], reading->err,
	                                  "\"%.40s\" is not a number of visits, 0 or more", cell);
	return r < 0 ? r : 0;
}

static int take_patch(struct reading *reading)
{
	if (reading->columns[PATCH] == SIZE_MAX)
		return 0;
	int r = array_reserve(&reading->patches, &reading->patch_capacity, reading->patch_count + 1,
	                      sizeof *reading->patches, reading->err);
	if (r < 0)
		return r;
	reading->patches[reading->patch_count++] = key_up_to(reading, PATCH);
	/* Without all three, rows that look alike may be of several coadds. */
	if (reading->columns[TRACT] == SIZE_MAX || reading->columns[BAND] == SIZE_MAX)
		return 0;
	r = array_reserve(&reading->coadds, &reading->coadd_capacity, reading->coadd_count + 1,
	                  sizeof *reading->coadds, reading->err);
	if (r == 0)
		reading->coadds[reading->coadd_count++] = key_up_to(reading, BAND);
	return r;
}

static int take_row(void *context)
{
	struct reading *const reading = context;
	struct visits_table *const table = &reading->table;
	double visits = 0;
	double depth = 0;
	int r = read_cell(reading, VISITS, &visits);
	if (r > 0 && table->has_depth)
		r = read_cell(reading, DEPTH, &depth);
	if (r <= 0)
		return r;
	if (!(visits > 0))
		return 0;
	depth = table->has_depth ? depth : visits;
	table->coadds++;
	table->warps += visits;
	table->max = fmax(table->max, depth);
	reading->sum += depth;
	return take_patch(reading);
}

/* ---- The file -------------------------------------------------------------------------------- */

static int compare_keys(const void *a, const void *b)
{
	const uint64_t left = *(const uint64_t *)a;
	const uint64_t right = *(const uint64_t *)b;
	return left < right ? -1 : left > right;
}

static size_t count_different(uint64_t *keys, size_t count)
{
	size_t different = 0;
	if (count > 0)
		qsort(keys, count, sizeof *keys, compare_keys);
	for (size_t i = 0; i < count; i++)
		different += i == 0 || keys[i] != keys[i - 1];
	return different;
}

/* Two tables in one, or one twice, would be twice the work. */
static int finish(struct reading *reading, const char *path)
{
	struct visits_table *const table = &reading->table;
	const size_t again =
	        reading->coadd_count - count_different(reading->coadds, reading->coadd_count);
	if (again > 0)
		return error_set(reading->err, EINVAL,
		                 "%s: %zu rows are of a tract, patch and band that an earlier row "
		                 "is of: they would count twice; write one row for each",
		                 path, again);
	table->patches = count_different(reading->patches, reading->patch_count);
	table->mean = reading->sum / (double)table->coadds;
	return 0;
}

static int read_all(struct reading *reading, const char *path, struct problems *problems)
{
	const size_t before = text_lines_problems(problems);
	int r = read_header(reading);
	if (r > 0)
		r = table_rows_each(&reading->rows, take_row, reading, reading->err);
	if (r >= 0)
		r = text_lines_result(problems, before, path, reading->err);
	if (r == 0 && reading->table.coadds == 0)
		r = error_set(reading->err, EINVAL, "%s: no patch has a visit", path);
	if (r == 0)
		r = finish(reading, path);
	return r;
}

int visits_csv_load(const char *path, struct visits_table *ret_table, struct problems *problems,
                    struct error *err)
{
	struct reading reading = {.err = err};
	cleanup_file FILE *stream = NULL;
	int r = text_lines_open(path, &stream, err);
	if (r == 0)
		r = table_rows_init(&reading.rows, path, stream, problems, err);
	if (r < 0)
		return r;
	r = read_all(&reading, path, problems);
	table_rows_release(&reading.rows);
	free(reading.patches);
	free(reading.coadds);
	if (r == 0)
		*ret_table = reading.table;
	return r;
}
