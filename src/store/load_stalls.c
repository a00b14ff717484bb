#include "store/load_stalls.h"

#include "core/error.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ELAPSED = STALL_KINDS };

/* Which figure a sample is, -1: none of these. */
static int kind_of(const char *name)
{
	if (strcmp(name, stall_elapsed_sample_name) == 0)
		return ELAPSED;
	for (int i = 0; i < STALL_KINDS; i++)
		if (strcmp(name, stall_sample_names[i]) == 0)
			return i;
	return -1;
}

static int make_room(struct dataset *dataset, struct error *err)
{
	if (dataset->stalls)
		return 0;
	dataset->stalls = calloc(dataset->trial_count, sizeof *dataset->stalls);
	if (!dataset->stalls)
		return error_memory(err);
	for (size_t i = 0; i < dataset->trial_count; i++) {
		dataset->stalls[i].elapsed_s = NAN;
		for (int k = 0; k < STALL_KINDS; k++)
			dataset->stalls[i].stalled_s[k] = NAN;
	}
	return 0;
}

static int read_stall(struct reading *reading, struct row *row, struct error *err)
{
	struct dataset *const dataset = reading->dataset;
	char name[sizeof((struct sample_record *)NULL)->name];
	const uint32_t trial_id = (uint32_t)row_integer(row, 0, 1, UINT32_MAX);
	const int64_t attempt = row_integer(row, 1, 1, UINT32_MAX);
	row_text_into(row, 2, name, sizeof name);
	const double value = row_real(row, 3, 0, 1e9);
	if (row->failed)
		return 0;
	const struct trial_record *const trial = reading_trial(reading, trial_id);
	const int kind = kind_of(name);
	if (!trial || trial->attempt != attempt || kind < 0)
		return 0;
	const int r = make_room(dataset, err);
	if (r < 0)
		return r;
	struct dataset_stalls *const stalls = &dataset->stalls[trial - dataset->trials];
	if (kind == ELAPSED)
		stalls->elapsed_s = value;
	else
		stalls->stalled_s[kind] = value;
	return 0;
}

static const struct table_before stall_before[] = {{2, "SELECT 1, 1, '', 0.0 WHERE 0"}, {0}};

static const struct table stall_table = {
        "sample",
        "SELECT trial, attempt, name, value FROM sample WHERE name GLOB 'stall_*'"
        " AND trial IS NOT NULL ORDER BY sample",
        stall_before,
        read_stall,
};

int load_stalls(struct reading *reading, struct error *err)
{
	return reading_table(reading, &stall_table, err);
}
