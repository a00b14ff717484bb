/* Prints what the readers of imported files make of files: `read_import FORMAT FILE...`, a line per
 * task or figure, then facts and remarks. With --count only how many there are. */
#include "core/array.h"
#include "core/error.h"
#include "formats/import/gnu_time.h"
#include "formats/import/level_csv.h"
#include "formats/import/perf_stat.h"
#include "formats/import/task_csv.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static int load_csv(const char *path, struct imported *imported, struct problems *problems,
                    struct error *err)
{
	return task_csv_load(path, NULL, imported, problems, err);
}

static const struct format {
	const char *name;
	int (*load)(const char *path, struct imported *imported, struct problems *problems,
	            struct error *err);
} formats[] = {
        {"perf-stat", perf_stat_load},
        {"time", gnu_time_load},
        {"csv", load_csv},
        {"levels", level_csv_load},
};

static void print_number(const char *name, int64_t value)
{
	if (value != RECORD_ABSENT)
		printf(" %s=%" PRId64, name, value);
}

static void print_task(const struct imported *imported, const struct imported_task *task)
{
	const struct task_record *const record = &task->record;
	printf("%s:%zu: %s", task->file, task->line, task_state_names[record->state]);
	print_number("wall", task->wall_ns);
	print_number("N", task->concurrency);
	print_number("repeat", task->repeat);
	if (task->policy)
		printf(" policy=%s", task->policy);
	if (record->role != ROLE_MEASURED)
		printf(" role=%s", task_role_names[record->role]);
	print_number("start", record->start_ns);
	print_number("end", record->end_ns);
	print_number("user", record->user_ns);
	print_number("system", record->system_ns);
	print_number("cpu", record->cpu_ns);
	print_number("max_rss", record->max_rss_bytes);
	print_number("minor", record->minor_faults);
	print_number("major", record->major_faults);
	print_number("voluntary", record->voluntary_switches);
	print_number("involuntary", record->involuntary_switches);
	print_number("read", record->read_bytes);
	print_number("written", record->write_bytes);
	if (record->exit_status >= 0)
		printf(" exit=%d", record->exit_status);
	if (record->signal)
		printf(" signal=%d", record->signal);
	printf("\n");
	for (size_t i = 0; i < task->count_count; i++) {
		const struct imported_count *const count = &task->counts[i];
		const struct event_definition *const event = &imported->events[count->event];
		printf("  %s%s %s %.0f\n", event->name, event->is_user_only ? " (user)" : "",
		       counter_state_names[count->value.state],
		       counter_scaled_value(&count->value));
	}
	for (size_t i = 0; i < task->number_count; i++)
		printf("  %s %g\n", imported->number_names.items[task->numbers[i].name],
		       task->numbers[i].value);
}

static void print_figure(const struct imported_figure *item)
{
	const struct stated_figure *const figure = &item->figure;
	printf("N=%" PRId64 " %s %s", item->concurrency, figure->name,
	       stated_statistic_names[figure->statistic]);
	if (figure->statistic == STATED_QUANTILE)
		printf(" %g", figure->quantile);
	printf(" = %g", figure->value);
	if (figure->error_kind != STATED_NO_ERROR)
		printf(" +- %g (%s)", figure->error, stated_error_names[figure->error_kind]);
	print_number("of", figure->tasks);
	printf("\n");
}

static void print_all(const struct imported *imported)
{
	for (size_t i = 0; i < imported->task_count; i++)
		print_task(imported, &imported->tasks[i]);
	for (size_t i = 0; i < imported->figure_count; i++)
		print_figure(&imported->figures[i]);
	for (size_t i = 0; i < imported->facts.count; i++)
		printf("%s: %s\n", imported->facts.items[i], imported->fact_values.items[i]);
	for (size_t i = 0; i < imported->remarks.count; i++)
		printf("remark: %s\n", imported->remarks.items[i]);
}

static int load(const char *name, const char *path, struct imported *imported)
{
	struct error err = {""};
	cleanup_problems struct problems problems = {0};
	int r = -ENOENT;
	for (size_t i = 0; i < ARRAY_LENGTH(formats); i++)
		if (strcmp(formats[i].name, name) == 0)
			r = formats[i].load(path, imported, &problems, &err);
	for (size_t i = 0; i < problems.count; i++)
		printf("%s\n", problems.items[i].text);
	if (r < 0)
		printf("%s\n", err.text);
	return r;
}

int main(int argc, char **argv)
{
	if (argc < 3) {
		fprintf(stderr, "usage: read_import FORMAT [--count] FILE...\n");
		return 2;
	}
	const bool is_count = strcmp(argv[2], "--count") == 0;
	cleanup_imported struct imported imported = {0};
	int failures = 0;
	for (int i = 2 + is_count; i < argc; i++)
		failures += load(argv[1], argv[i], &imported) < 0;
	if (is_count)
		printf("%zu tasks, %zu figures, %d files refused\n", imported.task_count,
		       imported.figure_count, failures);
	else
		print_all(&imported);
	return failures > 0;
}
