/* Imported records as a result file. */
#include "commands/import_parts.h"

#include "core/array.h"
#include "core/cleanup.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/rng.h"
#include "core/str.h"
#include "store/whole.h"

#include <inttypes.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How many files a result names that it comes from. */
enum { NAMED_FILES = 8 };

/* Nobody has counted anything before 1980 that is imported now. */
#define EARLIEST_NS (INT64_C(315532800) * NS_PER_S)

/* More is no time that a task was on a CPU. */
#define LONGEST_NS (INT64_MAX / 4)

struct content {
	const struct imported *imported;
	const struct arrangement *arrangement;
};

/* ---- Facts --------------------------------------------------------------------------------- */

/* Those that stand in the run, not in the host. */
static bool is_of_run(const char *name)
{
	static const char *const names[] = {"source", "command", "name", "task_type"};
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

/* The name of the first file or folder that was named, without its folder and ending. */
static int default_name(const struct import_files *files, char **ret_name, struct error *err)
{
	cleanup_free char *path = NULL;
	int r = str_copy(files->first, &path, err);
	if (r < 0)
		return r;
	const char *const base = basename(path);
	const char *const point = strrchr(base, '.');
	const size_t length = point && point > base ? (size_t)(point - base) : strlen(base);
	return str_format(ret_name, err, "%.*s", (int)(length < 200 ? length : 200), base);
}

static int copy_or_none(const char *text, char **ret_copy, struct error *err)
{
	return text ? str_copy(text, ret_copy, err) : 0;
}

static int make_run(const struct content *content, const struct import_files *files,
                    const struct import_words *words, struct run_facts *run, struct error *err)
{
	const struct imported *const imported = content->imported;
	const struct arrangement *const a = content->arrangement;
	/* Times since the begin of a run, as plateau exports them, are no calendar times. */
	const bool has_times =
	        a->origin_calendar_ns != RECORD_ABSENT && a->origin_calendar_ns > EARLIEST_NS;
	const char *const name = words->name ? words->name : imported_fact(imported, "name");
	const char *const type =
	        words->task_type ? words->task_type : imported_fact(imported, "task_type");
	*run = (struct run_facts){
	        .baseline = a->plan.baseline,
	        .threads = 1,
	        .origin_calendar_ns = has_times ? a->origin_calendar_ns : clock_calendar_ns(),
	        .finished_calendar_ns = has_times ? a->end_calendar_ns : RECORD_ABSENT,
	        .program_bytes = RECORD_ABSENT,
	        .program_mtime_ns = RECORD_ABSENT,
	        .state = RUN_DONE,
	};
	int r = str_format(&run->id, err, "%016" PRIx64 "%016" PRIx64, rng_entropy(),
	                   rng_entropy());
	if (r == 0)
		r = name ? str_copy(name, &run->name, err) : default_name(files, &run->name, err);
	if (r == 0)
		r = str_copy(PACKAGE_VERSION, &run->plateau_version, err);
	if (r == 0)
		r = str_copy(words->format, &run->imported, err);
	if (r == 0)
		r = copy_or_none(type, &run->task_type, err);
	if (r == 0)
		r = copy_or_none(imported_fact(imported, "command"), &run->command, err);
	if (r == 0)
		r = copy_or_none(words->source ? words->source : imported_fact(imported, "source"),
		                 &run->source, err);
	return r;
}

static int add_files(const struct import_files *files, struct host_facts *host, struct error *err)
{
	cleanup_str struct str text = {0};
	for (size_t i = 0; i < files->paths.count && i < NAMED_FILES; i++)
		str_addf(&text, "%s%s", i ? ", " : "", files->paths.items[i]);
	if (files->paths.count > NAMED_FILES)
		str_addf(&text, " and %zu more", files->paths.count - NAMED_FILES);
	if (text.failed)
		return error_memory(err);
	return host_facts_add(host, "imported_files", str_text(&text), NULL, err);
}

static int add_remarks(const struct words *remarks, struct host_facts *host, struct error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < remarks->count; i++)
		r = host_facts_add(host, "import_remark", remarks->items[i], NULL, err);
	return r;
}

static int make_host(const struct imported *imported, const struct import_files *files,
                     const struct import_words *words, struct host_facts *host, struct error *err)
{
	static const char *const wanted[] = {"hostname", "processor"};
	static const char not_said[] = "the imported files do not say";
	char now[CLOCK_TEXT_BYTES];
	int r = 0;
	clock_format_utc(clock_calendar_ns(), now);
	if (words->host)
		r = host_facts_add(host, wanted[0], words->host, NULL, err);
	for (size_t i = 0; r == 0 && i < imported->facts.count; i++) {
		const char *const name = imported->facts.items[i];
		if (!is_of_run(name) && !host_facts_get(host, name))
			r = host_facts_add(host, name, imported->fact_values.items[i], NULL, err);
	}
	for (size_t i = 0; r == 0 && i < ARRAY_LENGTH(wanted); i++)
		if (!host_facts_get(host, wanted[i]))
			r = host_facts_add(host, wanted[i], NULL, not_said, err);
	if (r == 0)
		r = host_facts_add(host, "imported_at", now, NULL, err);
	if (r == 0)
		r = add_files(files, host, err);
	return r < 0 ? r : add_remarks(&imported->remarks, host, err);
}

/* ---- Records ------------------------------------------------------------------------------- */

static int put_numbers(const struct sink *sink, const struct imported *imported,
                       const struct imported_task *from, const struct task_record *task,
                       struct error *err)
{
	struct record record = {.kind = RECORD_FIGURES,
	                        .figures = {.trial = task->trial, .index = task->index}};
	if (from->number_count == 0)
		return 0;
	record.figures.items = calloc(from->number_count, sizeof *record.figures.items);
	if (!record.figures.items)
		return error_memory(err);
	for (size_t i = 0; i < from->number_count; i++) {
		struct figure_item *const item = &record.figures.items[record.figures.count++];
		item->value = from->numbers[i].value;
		snprintf(item->name, sizeof item->name, "%s",
		         imported->number_names.items[from->numbers[i].name]);
	}
	return sink_put(sink, &record, err);
}

/* For how long a task was on a CPU, as counters count; 0: not known. */
static uint64_t time_on_cpu(const struct imported *imported, const struct imported_task *task)
{
	for (size_t i = 0; i < task->count_count; i++)
		if (dataset_event_is(imported->events[task->counts[i].event].name, "task-clock") &&
		    task->counts[i].value.state == COUNTER_OK &&
		    task->counts[i].value.raw <= LONGEST_NS)
			return task->counts[i].value.raw;
	const int64_t cpu_ns = task_cpu_ns(&task->record);
	return cpu_ns == RECORD_ABSENT ? 0 : (uint64_t)cpu_ns;
}

/* A table says what was counted, and not for how long: all the time that the task was on a CPU. */
static struct counter_value count_of(const struct counter_value *value, uint64_t on_cpu_ns)
{
	struct counter_value count = *value;
	if (count.state == COUNTER_OK && count.running_ns <= 1) {
		count.enabled_ns = on_cpu_ns;
		count.running_ns = on_cpu_ns;
	}
	return count;
}

static int put_task(const struct sink *sink, const struct content *content, size_t at,
                    struct error *err)
{
	const struct imported *const imported = content->imported;
	const struct imported_task *const from = &imported->tasks[content->arrangement->order[at]];
	struct record record = {.kind = RECORD_TASK, .task = content->arrangement->tasks[at]};
	for (size_t e = 0; e < imported->event_count; e++)
		record.counters[e] = (struct counter_value){.state = COUNTER_NOT_COUNTED};
	for (size_t i = 0; i < from->count_count; i++)
		record.counters[from->counts[i].event] =
		        count_of(&from->counts[i].value, time_on_cpu(imported, from));
	const int r = sink_put(sink, &record, err);
	return r < 0 ? r : put_numbers(sink, imported, from, &record.task, err);
}

static int put_trial(const struct sink *sink, const struct content *content,
                     const struct arranged_trial *trial, struct error *err)
{
	const struct record record = {.kind = RECORD_TRIAL, .trial = trial->record};
	int r = sink_put(sink, &record, err);
	for (size_t i = 0; r == 0 && i < trial->count; i++)
		r = put_task(sink, content, trial->first + i, err);
	return r;
}

/* A figure of N is of the first level with as many tasks. */
static int put_figure(const struct sink *sink, const struct plan *plan,
                      const struct imported_figure *figure, struct error *err)
{
	struct record record = {.kind = RECORD_STATED, .stated = figure->figure};
	for (size_t i = 0; i < plan->level_count; i++) {
		if (plan->levels[i].concurrency != figure->concurrency)
			continue;
		record.stated.level = (uint32_t)i;
		return sink_put(sink, &record, err);
	}
	return 0;
}

static int put_remark(const struct sink *sink, const char *text, struct error *err)
{
	struct record record = {.kind = RECORD_EVENT,
	                        .event = {.slot = -1, .at_ns = 0, .code = "import"}};
	snprintf(record.event.text, sizeof record.event.text, "%s", text);
	return sink_put(sink, &record, err);
}

static int put_records(const struct sink *sink, void *data, struct error *err)
{
	const struct content *const content = data;
	const struct arrangement *const a = content->arrangement;
	int r = 0;
	for (size_t t = 0; r == 0 && t < a->trial_count; t++)
		r = put_trial(sink, content, &a->trials[t], err);
	for (size_t i = 0; r == 0 && i < content->imported->figure_count; i++)
		r = put_figure(sink, &a->plan, &content->imported->figures[i], err);
	for (size_t i = 0; r == 0 && i < a->remarks.count; i++)
		r = put_remark(sink, a->remarks.items[i], err);
	return r;
}

int import_write(const struct imported *imported, const struct arrangement *arrangement,
                 const struct import_files *files, const struct import_words *words,
                 const char *path, bool force, struct error *err)
{
	struct content content = {imported, arrangement};
	struct run_facts run = {0};
	struct host_facts host = {0};
	cleanup_scenario struct scenario scenario = {0};
	int r = scenario_init(&scenario, err);
	if (r == 0)
		r = make_run(&content, files, words, &run, err);
	if (r == 0)
		r = make_host(imported, files, words, &host, err);
	const struct whole_result result = {.run = &run,
	                                    .host = &host,
	                                    .scenario = &scenario,
	                                    .plan = &arrangement->plan,
	                                    .events = imported->events,
	                                    .event_count = imported->event_count,
	                                    .put_records = put_records,
	                                    .data = &content};
	if (r == 0)
		r = whole_write(path, force, &result, err);
	run_facts_release(&run);
	host_facts_release(&host);
	return r;
}
