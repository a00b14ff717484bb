#include "store/load_samples.h"

#include "core/array.h"
#include "core/error.h"
#include "store/load_names.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A reading with what only samples need. */
struct sample_reading {
	struct reading base; /* first: a table's read gets &base */
	struct words_index names;
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
	int r = load_name(&samples->names, &dataset->sample_names, name, &sample.name, err);
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
                        " ORDER BY sample"},
        {0},
};

static const struct table sample_table = {
        "sample",
        COLUMNS_SQL "place, name, value FROM sample WHERE name NOT GLOB 'stall_*'"
                    " ORDER BY sample",
        sample_before,
        read_sample,
};

/* ---- In the order that a dataset has ----------------------------------------------------------
 */

/* Sorting a few million rows by a text is what SQLite would take longest for: here it is by a
 * number that stands for the name, and mostly in order already. */
struct sorted_sample {
	uint32_t rank; /* of its name among the names */
	struct dataset_sample sample;
};

static int by_place_and_time(const void *a, const void *b)
{
	const struct sorted_sample *const x = a;
	const struct sorted_sample *const y = b;
	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	if (x->sample.place != y->sample.place)
		return x->sample.place < y->sample.place ? -1 : 1;
	return (x->sample.at_ns > y->sample.at_ns) - (x->sample.at_ns < y->sample.at_ns);
}

struct ranked_name {
	const char *text;
	uint32_t name; /* index into sample_names */
};

static int by_text(const void *a, const void *b)
{
	return strcmp(((const struct ranked_name *)a)->text, ((const struct ranked_name *)b)->text);
}

/* ranks[i]: where the name i is among all by their texts. */
static int rank_names(const struct words *names, uint32_t *ranks, struct error *err)
{
	struct ranked_name *const ranked = calloc(names->count + 1, sizeof *ranked);
	if (!ranked)
		return error_memory(err);
	for (size_t i = 0; i < names->count; i++)
		ranked[i] = (struct ranked_name){names->items[i], (uint32_t)i};
	qsort(ranked, names->count, sizeof *ranked, by_text);
	for (size_t i = 0; i < names->count; i++)
		ranks[ranked[i].name] = (uint32_t)i;
	free(ranked);
	return 0;
}

static int sort_samples(struct dataset *dataset, struct error *err)
{
	const size_t count = dataset->sample_count;
	uint32_t *const ranks = calloc(dataset->sample_names.count + 1, sizeof *ranks);
	struct sorted_sample *const sorted = calloc(count + 1, sizeof *sorted);
	int r = ranks && sorted ? rank_names(&dataset->sample_names, ranks, err)
	                        : error_memory(err);
	if (r == 0) {
		for (size_t i = 0; i < count; i++)
			sorted[i] = (struct sorted_sample){ranks[dataset->samples[i].name],
			                                   dataset->samples[i]};
		qsort(sorted, count, sizeof *sorted, by_place_and_time);
		for (size_t i = 0; i < count; i++)
			dataset->samples[i] = sorted[i].sample;
	}
	free(ranks);
	free(sorted);
	return r;
}

int load_samples(struct reading *reading, struct error *err)
{
	struct sample_reading samples = {.base = *reading};
	const int r = reading_table(&samples.base, &sample_table, err);
	words_index_release(&samples.names);
	return r < 0 ? r : sort_samples(reading->dataset, err);
}
