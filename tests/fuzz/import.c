/* What other tools recorded of single tasks and of levels. */
#include "targets.h"

#include "core/cleanup.h"
#include "core/error.h"
#include "formats/capacity/pointings_csv.h"
#include "formats/capacity/visits_csv.h"
#include "formats/curve_csv.h"
#include "formats/import/gnu_time.h"
#include "formats/import/level_csv.h"
#include "formats/import/perf_stat.h"
#include "formats/import/task_csv.h"

#include <math.h>
#include <stdlib.h>

static void check_task(const struct imported *imported, const struct imported_task *task)
{
	fuzz_promise(task->line > 0);
	fuzz_promise(task->wall_ns == RECORD_ABSENT || task->wall_ns >= 0);
	fuzz_promise((task->record.start_ns == RECORD_ABSENT) ==
	             (task->record.end_ns == RECORD_ABSENT));
	fuzz_promise(task->record.end_ns >= task->record.start_ns);
	fuzz_promise(task->concurrency == RECORD_ABSENT || task->concurrency >= 1);
	for (size_t i = 0; i < task->count_count; i++)
		fuzz_promise(task->counts[i].event < imported->event_count);
	for (size_t i = 0; i < task->number_count; i++) {
		fuzz_promise(task->numbers[i].name < imported->number_names.count);
		fuzz_promise(isfinite(task->numbers[i].value));
	}
}

/* All of a file, or nothing. */
static void check_imported(int r, const struct imported *imported, const struct problems *problems,
                           const struct error *err)
{
	fuzz_check_told(r, problems, err);
	fuzz_promise(imported->facts.count == imported->fact_values.count);
	if (r < 0) {
		fuzz_promise(imported->task_count == 0 && imported->figure_count == 0);
		fuzz_promise(imported->facts.count == 0 && imported->remarks.count == 0);
		return;
	}
	fuzz_promise(imported->task_count + imported->figure_count > 0);
	for (size_t i = 0; i < imported->task_count; i++)
		check_task(imported, &imported->tasks[i]);
	for (size_t i = 0; i < imported->figure_count; i++) {
		fuzz_promise(imported->figures[i].concurrency >= 1);
		fuzz_promise(isfinite(imported->figures[i].figure.value));
	}
}

typedef int import_reader(const char *name, FILE *stream, struct imported *imported,
                          struct problems *problems, struct error *err);

static void read_all(import_reader *read, const char *bytes, size_t count)
{
	struct error err = {""};
	cleanup_file FILE *stream = fuzz_stream(bytes, count);
	cleanup_problems struct problems problems = {0};
	cleanup_imported struct imported imported = {0};
	const int r = read("x", stream, &imported, &problems, &err);
	check_imported(r, &imported, &problems, &err);
}

void fuzz_perf_stat(const char *bytes, const char *text, size_t count)
{
	(void)text;
	read_all(perf_stat_read, bytes, count);
}

void fuzz_gnu_time(const char *bytes, const char *text, size_t count)
{
	(void)text;
	read_all(gnu_time_read, bytes, count);
}

void fuzz_level_csv(const char *bytes, const char *text, size_t count)
{
	(void)text;
	read_all(level_csv_read, bytes, count);
}

/* A first line "map ..." is the map of columns. */
void fuzz_task_csv(const char *bytes, const char *text, size_t count)
{
	(void)text;
	struct error err = {""};
	cleanup_problems struct problems problems = {0};
	cleanup_imported struct imported imported = {0};
	const char *at = bytes;
	cleanup_free char *map = fuzz_take_map(&at, bytes + count);
	cleanup_file FILE *stream = fuzz_stream(at, (size_t)(bytes + count - at));
	const int r = task_csv_read("x", stream, map, &imported, &problems, &err);
	check_imported(r, &imported, &problems, &err);
}

void fuzz_curve_csv(const char *bytes, const char *text, size_t count)
{
	(void)text;
	struct error err = {""};
	cleanup_problems struct problems problems = {0};
	cleanup_curve_rows struct curve_rows rows = {0};
	const int r = curve_csv_parse("x", bytes, count, &rows, &problems, &err);
	fuzz_check_told(r, &problems, &err);
	for (size_t i = 0; i < rows.count; i++)
		fuzz_promise(rows.items[i].concurrency >= 1 && isfinite(rows.items[i].throughput));
}

void fuzz_pointings(const char *bytes, const char *text, size_t count)
{
	(void)text;
	struct error err = {""};
	cleanup_problems struct problems problems = {0};
	cleanup_pointings struct pointings pointings = {0};
	const char *at = bytes;
	cleanup_free char *map = fuzz_take_map(&at, bytes + count);
	cleanup_file FILE *stream = fuzz_stream(at, (size_t)(bytes + count - at));
	const int r = pointings_csv_read("x", stream, map, &pointings, &problems, &err);
	fuzz_check_told(r, &problems, &err);
	for (size_t i = 0; i < pointings.count; i++) {
		const struct pointing *const item = &pointings.items[i];
		fuzz_promise(item->ra_deg >= 0 && item->ra_deg < 360);
		fuzz_promise(item->dec_deg >= -90 && item->dec_deg <= 90);
		fuzz_promise(item->band < pointings.bands.count);
	}
}

void fuzz_visits(const char *bytes, const char *text, size_t count)
{
	(void)text;
	struct error err = {""};
	cleanup_problems struct problems problems = {0};
	struct visits_table table = {0};
	const int r = visits_csv_load(fuzz_file("x.csv", bytes, count), &table, &problems, &err);
	fuzz_check_told(r, &problems, &err);
	fuzz_promise(r < 0 || (isfinite(table.mean) && isfinite(table.max)));
}
