#include "report/task_rows.h"

#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/str.h"
#include "model/window.h"
#include "report/json/json_value.h"
#include "report/text_style.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <locale.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum value_kind { VALUE_ABSENT, VALUE_TEXT, VALUE_INTEGER, VALUE_SECONDS, VALUE_REAL };

struct value {
	enum value_kind kind;
	const char *text;
	int64_t integer; /* VALUE_SECONDS: in ns */
	double real;
};

/* A task and what it belongs to. */
struct place {
	const struct dataset *dataset;
	const struct task_record *task;
	const struct trial_record *trial;  /* NULL for the probe */
	const struct dataset_level *level; /* NULL for the probe */
};

static struct value absent(void)
{
	return (struct value){.kind = VALUE_ABSENT};
}

static struct value text(const char *t)
{
	return t ? (struct value){.kind = VALUE_TEXT, .text = t} : absent();
}

static struct value integer(int64_t value)
{
	return value == RECORD_ABSENT ? absent()
	                              : (struct value){.kind = VALUE_INTEGER, .integer = value};
}

/* An index that is -1, or a number that is 0, where there is none. */
static struct value integer_unless(int64_t value, int64_t none)
{
	return value == none ? absent() : integer(value);
}

static struct value seconds(int64_t ns)
{
	return ns == RECORD_ABSENT ? absent()
	                           : (struct value){.kind = VALUE_SECONDS, .integer = ns};
}

static struct value real(double value)
{
	return isfinite(value) ? (struct value){.kind = VALUE_REAL, .real = value} : absent();
}

/* Of imported tasks it may be known how long they took, and not when. */
static struct value moment(const struct place *place, int64_t ns)
{
	return place->trial && place->trial->has_durations_only ? absent() : seconds(ns);
}

#define GETTER(name, expression)                                                                   \
	static struct value get_##name(const struct place *place)                                  \
	{                                                                                          \
		return expression;                                                                 \
	}

GETTER(run, text(place->dataset->run.id))
GETTER(task_type, text(place->dataset->run.task_type))
GETTER(concurrency, place->level ? integer(place->level->concurrency) : absent())
GETTER(policy, place->level ? text(place->level->policy) : absent())
GETTER(trial, integer_unless(place->task->trial, 0))
GETTER(attempt, place->trial ? integer(place->trial->attempt) : absent())
GETTER(block, place->trial ? integer(place->trial->block) : absent())
GETTER(trial_state, place->trial ? text(trial_state_names[place->trial->state]) : absent())
GETTER(task_index, integer(place->task->index))
GETTER(slot, integer(place->task->slot))
GETTER(pu, integer_unless(place->task->pu, -1))
GETTER(role, text(task_role_names[place->task->role]))
GETTER(state, text(task_state_names[place->task->state]))
GETTER(exit_status, integer_unless(place->task->exit_status, -1))
GETTER(signal, integer_unless(place->task->signal, 0))
GETTER(start_errno, integer_unless(place->task->start_errno, 0))
GETTER(start_s, moment(place, place->task->start_ns))
GETTER(end_s, moment(place, place->task->end_ns))
GETTER(wall_s, seconds(place->task->end_ns - place->task->start_ns))
GETTER(idle_before_s, seconds(place->task->idle_before_ns))
GETTER(user_s, seconds(place->task->user_ns))
GETTER(system_s, seconds(place->task->system_ns))
GETTER(cpu_s, seconds(task_cpu_ns(place->task)))
GETTER(max_rss_bytes, integer(place->task->max_rss_bytes))
GETTER(peak_rss_bytes, integer(place->task->peak_rss_bytes))
GETTER(peak_pss_bytes, integer(place->task->peak_pss_bytes))
GETTER(cgroup_peak_bytes, integer(place->task->cgroup_peak_bytes))
GETTER(rss_samples, integer(place->task->rss_samples))
GETTER(pss_samples, integer(place->task->pss_samples))
GETTER(minor_faults, integer(place->task->minor_faults))
GETTER(major_faults, integer(place->task->major_faults))
GETTER(voluntary_switches, integer(place->task->voluntary_switches))
GETTER(involuntary_switches, integer(place->task->involuntary_switches))
GETTER(read_chars, integer(place->task->read_chars))
GETTER(write_chars, integer(place->task->write_chars))
GETTER(read_calls, integer(place->task->read_calls))
GETTER(write_calls, integer(place->task->write_calls))
GETTER(read_bytes, integer(place->task->read_bytes))
GETTER(write_bytes, integer(place->task->write_bytes))
GETTER(run_delay_s, seconds(place->task->run_delay_ns))
GETTER(block_delay_s, seconds(place->task->block_delay_ns))
GETTER(page_in_delay_s, seconds(place->task->page_in_delay_ns))
GETTER(exceeded_memory_limit, integer(place->task->exceeded_memory_limit))

static struct value get_input(const struct place *place)
{
	const int32_t input = place->task->input;
	if (input < 0 || (size_t)input >= place->dataset->inputs.count)
		return absent();
	return text(place->dataset->inputs.items[input]);
}

static struct value get_weight(const struct place *place)
{
	const struct trial_record *const trial = place->trial;
	if (trial && trial->has_durations_only)
		return real(1);
	if (!trial || trial->window_start_ns == RECORD_ABSENT ||
	    trial->window_end_ns == RECORD_ABSENT)
		return absent();
	return real(window_weight(place->task->start_ns, place->task->end_ns,
	                          trial->window_start_ns, trial->window_end_ns));
}

#define COLUMN(name)                                                                               \
	{                                                                                          \
#name, get_##name                                                                  \
	}

static const struct column {
	const char *name;
	struct value (*get)(const struct place *place);
} columns[] = {
        COLUMN(run),
        COLUMN(task_type),
        COLUMN(concurrency),
        COLUMN(policy),
        COLUMN(trial),
        COLUMN(attempt),
        COLUMN(block),
        COLUMN(trial_state),
        COLUMN(task_index),
        COLUMN(slot),
        COLUMN(pu),
        COLUMN(input),
        COLUMN(role),
        COLUMN(state),
        COLUMN(exit_status),
        COLUMN(signal),
        COLUMN(start_errno),
        COLUMN(weight),
        COLUMN(start_s),
        COLUMN(end_s),
        COLUMN(wall_s),
        COLUMN(idle_before_s),
        COLUMN(user_s),
        COLUMN(system_s),
        COLUMN(max_rss_bytes),
        COLUMN(peak_pss_bytes),
        COLUMN(minor_faults),
        COLUMN(major_faults),
        COLUMN(voluntary_switches),
        COLUMN(involuntary_switches),
        COLUMN(read_chars),
        COLUMN(write_chars),
        COLUMN(read_calls),
        COLUMN(write_calls),
        COLUMN(read_bytes),
        COLUMN(write_bytes),
        COLUMN(run_delay_s),
        COLUMN(block_delay_s),
        COLUMN(page_in_delay_s),
        COLUMN(exceeded_memory_limit),
        COLUMN(peak_rss_bytes),
        COLUMN(cgroup_peak_bytes),
        COLUMN(rss_samples),
        COLUMN(pss_samples),
        COLUMN(cpu_s),
};

/* How one format writes what the loop below gives it. */
struct row_writer {
	struct str line;
	json_t *object; /* JSON lines: the row so far */
	bool is_first;  /* CSV: no comma yet */
	bool failed;
};

/* A spreadsheet takes a text that begins so for a formula, and runs it (OWASP, CSV injection). */
static bool is_formula(const char *t)
{
	return *t && strchr("=+-@\t\r\n", *t);
}

static bool is_ascii(const char *t)
{
	while (*t >= ' ' && *t < 0x7f)
		t++;
	return !*t;
}

/* Rows are for programs, and seen on terminals: what would steer one is not in them. */
static void csv_text(struct str *line, const char *text)
{
	static const struct text_style style = {0};
	cleanup_str struct str clean = {0};
	if (!is_ascii(text))
		text_clean(&clean, &style, text);
	line->failed |= clean.failed;
	const char *t = clean.length > 0 ? str_text(&clean) : text;
	if (*t && !is_formula(text) && !strpbrk(t, ",\"")) {
		str_add(line, t);
		return;
	}
	str_add(line, "\""); /* an empty text is "", an absent one nothing */
	if (is_formula(text))
		str_add(line, "'");
	for (; *t; t++)
		str_add_bytes(line, *t == '"' ? "\"\"" : t, *t == '"' ? 2 : 1);
	str_add(line, "\"");
}

static void add_seconds(struct str *line, int64_t ns)
{
	const uint64_t size = ns < 0 ? 0 - (uint64_t)ns : (uint64_t)ns;
	str_addf(line, "%s%" PRIu64 ".%09" PRIu64, ns < 0 ? "-" : "", size / 1000000000,
	         size % 1000000000);
}

static void csv_add(struct row_writer *writer, const char *name, struct value value)
{
	(void)name;
	if (!writer->is_first)
		str_add(&writer->line, ",");
	writer->is_first = false;
	switch (value.kind) {
	case VALUE_ABSENT:
		break;
	case VALUE_TEXT:
		csv_text(&writer->line, value.text);
		break;
	case VALUE_INTEGER:
		str_addf(&writer->line, "%" PRId64, value.integer);
		break;
	case VALUE_SECONDS:
		add_seconds(&writer->line, value.integer);
		break;
	case VALUE_REAL:
		str_addf(&writer->line, "%.15g", value.real);
		break;
	}
}

static json_t *json_value(struct value value)
{
	switch (value.kind) {
	case VALUE_ABSENT:
		return json_null();
	case VALUE_TEXT:
		return json_text(value.text);
	case VALUE_INTEGER:
		return json_integer(value.integer);
	case VALUE_SECONDS:
		return json_real((double)value.integer / 1e9);
	case VALUE_REAL:
		return json_real(value.real);
	}
	return NULL;
}

static void json_add(struct row_writer *writer, const char *name, struct value value)
{
	if (json_object_set_new(writer->object, name, json_value(value)) < 0)
		writer->failed = true;
}

typedef void add_function(struct row_writer *writer, const char *name, struct value value);

enum { FIGURE_COLUMN_BYTES = RECORD_FIGURE_NAME_BYTES + 8 };

/* Names of one event's columns. Clocks count nanoseconds, everything else is a number of times. */
struct event_names {
	char value[sizeof((struct event_definition *)0)->name + 8];
	char state[sizeof((struct event_definition *)0)->name + 8];
};

/* What the columns behind the fixed ones are called. */
struct row_names {
	struct event_names *events;
	char (*figures)[FIGURE_COLUMN_BYTES];
};

enum { SOFTWARE_EVENTS = 1, SOFTWARE_TASK_CLOCK = 1 }; /* PERF_TYPE_SOFTWARE, its clocks 0 and 1 */

static struct event_names names_of(const struct event_definition *event)
{
	const bool is_clock = event->type == SOFTWARE_EVENTS &&
	                      event->config <= SOFTWARE_TASK_CLOCK && strstr(event->name, "clock");
	struct event_names names;
	snprintf(names.value, sizeof names.value, "%s%s", event->name, is_clock ? "_ns" : "");
	snprintf(names.state, sizeof names.state, "%s_state", event->name);
	return names;
}

static void add_counters(struct row_writer *writer, const struct place *place,
                         const struct event_names *names, add_function *add)
{
	const struct dataset *const dataset = place->dataset;
	const size_t task = (size_t)(place->task - dataset->tasks);
	for (size_t i = 0; i < dataset->event_count; i++) {
		const struct counter_value counter = dataset_counter(dataset, task, i);
		const bool is_plain = counter.state == COUNTER_OK && counter.raw <= INT64_MAX;
		add(writer, names[i].value,
		    is_plain ? integer((int64_t)counter.raw)
		             : real(counter_scaled_value(&counter)));
		add(writer, names[i].state, text(counter_state_names[counter.state]));
	}
}

/* A number that tasks print has a column "figure_NAME"; what is not ASCII in a name becomes '?'. */
static void name_figure(const char *name, char column[FIGURE_COLUMN_BYTES])
{
	snprintf(column, FIGURE_COLUMN_BYTES, "figure_%s", name);
	for (char *c = column; *c; c++)
		if ((unsigned char)*c >= 0x80)
			*c = '?';
}

static void add_figures(struct row_writer *writer, const struct place *place,
                        const struct row_names *names, add_function *add)
{
	const struct dataset *const dataset = place->dataset;
	const size_t task = (size_t)(place->task - dataset->tasks);
	for (size_t i = 0; i < dataset->figure_names.count; i++)
		add(writer, names->figures[i], real(dataset_figure(dataset, task, i)));
}

static int compare_trial(const void *key, const void *item)
{
	const uint32_t trial = *(const uint32_t *)key;
	const struct trial_record *const record = item;
	return (trial > record->trial) - (trial < record->trial);
}

static struct place place_of(const struct dataset *dataset, const struct task_record *task)
{
	struct place place = {.dataset = dataset, .task = task};
	if (dataset->trial_count > 0)
		place.trial = bsearch(&task->trial, dataset->trials, dataset->trial_count,
		                      sizeof *dataset->trials, compare_trial);
	if (place.trial && place.trial->level < dataset->level_count)
		place.level = &dataset->levels[place.trial->level];
	return place;
}

static int write_line(struct row_writer *writer, FILE *stream, struct error *err)
{
	str_add(&writer->line, "\n");
	cleanup_free char *line = NULL;
	const int r = str_take(&writer->line, &line, err);
	if (r < 0)
		return r;
	errno = 0;
	if (fputs(line, stream) == EOF)
		return error_system(err, errno ? errno : EIO, "cannot write the rows");
	return 0;
}

static int write_header(const struct dataset *dataset, const struct row_names *names, FILE *stream,
                        struct error *err)
{
	struct row_writer writer = {.is_first = true};
	for (size_t i = 0; i < ARRAY_LENGTH(columns); i++)
		csv_add(&writer, NULL, text(columns[i].name));
	for (size_t i = 0; i < dataset->event_count; i++) {
		csv_add(&writer, NULL, text(names->events[i].value));
		csv_add(&writer, NULL, text(names->events[i].state));
	}
	for (size_t i = 0; i < dataset->figure_names.count; i++)
		csv_add(&writer, NULL, text(names->figures[i]));
	return write_line(&writer, stream, err);
}

static void add_all(struct row_writer *writer, const struct place *place,
                    const struct row_names *names, add_function *add)
{
	for (size_t i = 0; i < ARRAY_LENGTH(columns); i++)
		add(writer, columns[i].name, columns[i].get(place));
	add_counters(writer, place, names->events, add);
	add_figures(writer, place, names, add);
}

static int write_csv_row(const struct place *place, const struct row_names *names, FILE *stream,
                         struct error *err)
{
	struct row_writer writer = {.is_first = true};
	add_all(&writer, place, names, csv_add);
	return write_line(&writer, stream, err);
}

static int write_json_row(const struct place *place, const struct row_names *names, FILE *stream,
                          struct error *err)
{
	struct row_writer writer = {.object = json_object()};
	if (!writer.object)
		return error_memory(err);
	add_all(&writer, place, names, json_add);
	char *const line = json_dumps(writer.object, JSON_COMPACT | JSON_REAL_PRECISION(15));
	json_decref(writer.object);
	if (writer.failed || !line) {
		free(line);
		return error_memory(err);
	}
	json_add_escaped(&writer.line, line);
	free(line);
	return write_line(&writer, stream, err);
}

static int write_rows(const struct dataset *dataset, enum task_rows_format format, FILE *stream,
                      struct error *err)
{
	const size_t figure_count = dataset->figure_names.count;
	cleanup_free struct event_names *events = calloc(dataset->event_count + 1, sizeof *events);
	cleanup_free char(*figures)[FIGURE_COLUMN_BYTES] =
	        calloc(figure_count + 1, sizeof *figures);
	if (!events || !figures)
		return error_memory(err);
	for (size_t i = 0; i < dataset->event_count; i++)
		events[i] = names_of(&dataset->events[i]);
	for (size_t i = 0; i < figure_count; i++)
		name_figure(dataset->figure_names.items[i], figures[i]);
	const struct row_names names = {events, figures};
	int r = format == TASK_ROWS_CSV ? write_header(dataset, &names, stream, err) : 0;
	for (size_t i = 0; r == 0 && i < dataset->task_count; i++) {
		const struct place place = place_of(dataset, &dataset->tasks[i]);
		r = format == TASK_ROWS_CSV ? write_csv_row(&place, &names, stream, err)
		                            : write_json_row(&place, &names, stream, err);
	}
	if (r == 0 && fflush(stream) == EOF)
		r = error_system(err, errno, "cannot write the rows");
	return r;
}

int task_rows_write(const struct dataset *dataset, enum task_rows_format format, FILE *stream,
                    struct error *err)
{
	/* The decimal mark is a point. */
	const locale_t c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
	if (c_locale == (locale_t)0)
		return error_memory(err);
	const locale_t before = uselocale(c_locale);
	const int r = write_rows(dataset, format, stream, err);
	uselocale(before);
	freelocale(c_locale);
	return r;
}
