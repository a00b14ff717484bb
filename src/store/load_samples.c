#include "store/load_samples.h"

#include "core/array.h"
#include "core/error.h"
#include "store/load_names.h"

#include <float.h>
#include <math.h>

/* A reading with what only samples need. */
struct sample_reading {
	struct reading base; /* first: a table's read gets &base */
	struct name_table names;
};

static int read_sample(struct reading *reading, struct row *row, struct error *err)
{
	struct sample_reading *const samples = (struct sample_reading *)reading;
	struct dataset *const dataset = reading->dataset;
	char name[sizeof((struct sample_record *)NULL)->name];
	struct dataset_sample sample = {0};
	sample.at_ns = row_integer(row, 0, -ROW_TIME_BOUND, ROW_TIME_BOUND);
	sample.trial = (uint32_t)row_integer_or(row, 1, 1, UINT32_MAX, 0);
	const int64_t attempt = row_integer_or(row, 2, 1, UINT32_MAX, 0);
	sample.slot = (int32_t)row_integer_or(row, 3, 0, INT32_MAX, -1);
	sample.place = (int32_t)row_integer_or(row, 4, 0, INT32_MAX, -1);
	row_text_into(row, 5, name, sizeof name);
	const bool is_known = sqlite3_column_type(row->statement, 6) != SQLITE_NULL;
	sample.value = is_known ? row_real(row, 6, -DBL_MAX, DBL_MAX) : (double)NAN;
	if (row->failed)
		return 0;
	const struct trial_record *const trial = reading_trial(reading, sample.trial);
	if (sample.trial != 0 && (!trial || trial->attempt != attempt))
		return 0;
	int r = name_table_find(&samples->names, name, &sample.name, err);
	if (r == 0)
		r = array_reserve(&dataset->samples, &reading->capacity, dataset->sample_count + 1,
		                  sizeof *dataset->samples, err);
	if (r == 0)
		dataset->samples[dataset->sample_count++] = sample;
	return r;
}

#define COLUMNS_SQL "SELECT at_ns, trial, attempt, slot, "

/* Of version 2, figures of tasks were among them. */
static const struct table_before sample_before[] = {
        {3, COLUMNS_SQL "NULL, name, value FROM sample WHERE name NOT GLOB 'stall_*'"
                        " AND name NOT IN ('peak_pss_bytes', 'exceeded_memory_limit')"
                        " ORDER BY name, at_ns, sample"},
        {0},
};

static const struct table sample_table = {
        "sample",
        COLUMNS_SQL "place, name, value FROM sample WHERE name NOT GLOB 'stall_*'"
                    " ORDER BY name, place, at_ns, sample",
        sample_before,
        read_sample,
};

int load_samples(struct reading *reading, struct error *err)
{
	struct sample_reading samples = {.base = *reading,
	                                 .names = {.names = &reading->dataset->sample_names}};
	const int r = reading_table(&samples.base, &sample_table, err);
	name_table_release(&samples.names);
	return r;
}
