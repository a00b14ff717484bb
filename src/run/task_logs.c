#include "run/task_logs.h"

#include "core/array.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/str.h"
#include "formats/log/log_read.h"
#include "formats/log/phase_name.h"
#include "model/sink.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Stamps may lie outside of their task by so much: those without a fraction are cut to a second. */
#define OUTSIDE_NS (2 * NS_PER_S)
/* Lines of several threads may be out of order by so much, where CPUs are short: they are put into
 * the order of their stamps. */
#define BACKWARDS_NS NS_PER_S
/* The calendar may be set by so much while a task runs. */
#define SET_NS (10 * NS_PER_MS)

enum fault {
	FAULT_NO_STAMPS,
	FAULT_SOME_LINES, /* there are phases all the same */
	FAULT_OUTSIDE,
	FAULT_BACKWARDS,
	FAULT_CLOCK_SET,
	FAULT_TOO_MANY,
	FAULT_NOT_KEPT,
	FAULTS
};

static const char *const fault_codes[FAULTS] = {
        "log-without-stamps", "log-lines-unreadable", "log-outside-of-task", "log-clock-backwards",
        "log-clock-set",      "log-too-many-stamps",  "log-not-kept"};

struct fault_told {
	uint64_t count; /* since it was told */
	bool is_told;
	uint32_t trial; /* of the first */
	char text[352];
};

struct task_logs {
	const struct scenario_phases *phases;
	struct log_format *format;
	struct fault_told faults[FAULTS];
	const char *first; /* of the texts */
};

/* The phases of one task, as they are found. */
struct finding {
	const struct task_logs *logs;
	const struct task_log *task;
	struct phase_item *items;
	size_t count;
	size_t capacity;
	struct str names;
	int64_t most_outside_ns; /* below 0: before the start */
};

int task_logs_open(const struct scenario_phases *phases, struct task_logs **ret_logs,
                   struct error *err)
{
	struct task_logs *const logs = calloc(1, sizeof *logs);
	if (!logs)
		return error_memory(err);
	logs->phases = phases;
	const int r = log_format_new(phases, &logs->format, err);
	if (r < 0) {
		free(logs);
		return error_context(err, r, "task.phases");
	}
	*ret_logs = logs;
	return 0;
}

void task_logs_close(struct task_logs *logs)
{
	if (!logs)
		return;
	log_format_free(logs->format);
	free(logs);
}

/* ---- Faults ------------------------------------------------------------------------------- */

__attribute__((format(printf, 4, 5))) static void
note(struct task_logs *logs, enum fault fault, const struct task_log *task, const char *format, ...)
{
	struct fault_told *const told = &logs->faults[fault];
	if (told->is_told || told->count++ > 0)
		return;
	told->trial = task->trial;
	char why[300];
	va_list args;
	va_start(args, format);
	vsnprintf(why, sizeof why, format, args);
	va_end(args);
	if (task->trial == 0)
		snprintf(told->text, sizeof told->text, "the probe's log: %s", why);
	else
		snprintf(told->text, sizeof told->text, "the log of task %" PRIu32 ": %s",
		         task->index, why);
}

void task_logs_not_kept(struct task_logs *logs, const struct task_log *task)
{
	note(logs, FAULT_NOT_KEPT, task,
	     "the logs of a trial together are too long to be kept until it has ended: it has no "
	     "phases; have the task log less, or measure fewer tasks");
}

int task_logs_tell(struct task_logs *logs, int64_t now_ns, const struct sink *sink,
                   struct error *err)
{
	int r = 0;
	for (int i = 0; r == 0 && i < FAULTS; i++) {
		struct fault_told *const told = &logs->faults[i];
		if (told->count == 0 || told->is_told)
			continue;
		told->is_told = true;
		if (!logs->first)
			logs->first = told->text;
		struct record record = {
		        .kind = RECORD_EVENT,
		        .event = {.at_ns = now_ns, .trial = told->trial, .slot = -1}};
		snprintf(record.event.code, sizeof record.event.code, "%s", fault_codes[i]);
		if (told->count > 1)
			snprintf(record.event.text, sizeof record.event.text,
			         "%.300s (likewise %" PRIu64 " more in this trial)", told->text,
			         told->count - 1);
		else
			snprintf(record.event.text, sizeof record.event.text, "%s", told->text);
		r = sink_put(sink, &record, err);
	}
	return r;
}

const char *task_logs_fault(const struct task_logs *logs)
{
	return logs->first;
}

/* ---- One log ------------------------------------------------------------------------------ */

static int add_phase(struct finding *finding, int64_t start_ns, enum phase_class class,
                     const char *name, struct error *err)
{
	const int r = array_reserve(&finding->items, &finding->capacity, finding->count + 1,
	                            sizeof *finding->items, err);
	if (r < 0)
		return r;
	finding->items[finding->count++] = (struct phase_item){
	        .start_ns = start_ns, .class = class, .name = (uint32_t)finding->names.length};
	str_add_bytes(&finding->names, name, strlen(name) + 1);
	return finding->names.failed ? error_memory(err) : 0;
}

static void note_outside(struct finding *finding, int64_t at_ns)
{
	const struct task_log *const task = finding->task;
	const int64_t outside_ns = at_ns < task->start_ns ? at_ns - task->start_ns
	                           : at_ns > task->end_ns ? at_ns - task->end_ns
	                                                  : 0;
	if (llabs(outside_ns) > llabs(finding->most_outside_ns))
		finding->most_outside_ns = outside_ns;
}

/* A phase begins, inside of the task. */
static int take_stamp(void *context, const struct log_stamp *stamp, struct error *err)
{
	struct finding *const finding = context;
	const struct task_log *const task = finding->task;
	int64_t at_ns = stamp->calendar_ns - task->end_offset_ns;
	note_outside(finding, at_ns);
	/* Beyond the limit they are counted, by the reader. */
	if (finding->count > TASK_LOGS_MOST_STAMPS)
		return 0;
	at_ns = at_ns < task->start_ns ? task->start_ns
	        : at_ns > task->end_ns ? task->end_ns
	                               : at_ns;
	char name[PHASE_NAME_BYTES];
	phase_name_reduce(stamp->message, name);
	return add_phase(finding, at_ns,
	                 phase_class_of(finding->logs->phases, stamp->logger, stamp->message), name,
	                 err);
}

/* Whether what was found can be used; notes why not. */
static bool is_usable(struct task_logs *logs, const struct finding *finding,
                      const struct log_report *report)
{
	const struct task_log *const task = finding->task;
	const double outside_s = (double)finding->most_outside_ns / NS_PER_S;
	char why[256];
	if (report->stamps == 0)
		note(logs, FAULT_NO_STAMPS, task, "%s", log_report_why(logs->format, report, why));
	else if (report->stamps > TASK_LOGS_MOST_STAMPS || report->is_cut)
		note(logs, FAULT_TOO_MANY, task,
		     "it has more than %d time stamps: it has no phases; have the task log less",
		     TASK_LOGS_MOST_STAMPS);
	else if (llabs(task->end_offset_ns - task->start_offset_ns) > SET_NS)
		note(logs, FAULT_CLOCK_SET, task,
		     "the node's clock was set by %.3f s while the task ran: it has no phases",
		     (double)(task->end_offset_ns - task->start_offset_ns) / NS_PER_S);
	else if (report->most_backwards_ns > BACKWARDS_NS)
		note(logs, FAULT_BACKWARDS, task,
		     "its clock goes back by %.3f s at line %" PRIu64 ": it has no phases",
		     (double)report->most_backwards_ns / NS_PER_S, report->backwards_line);
	else if (llabs(finding->most_outside_ns) > OUTSIDE_NS)
		note(logs, FAULT_OUTSIDE, task,
		     "some time stamp is %.1f s %s of the task, so that it has no phases: its "
		     "clock, its date or its zone (task.phases.time_zone) is another",
		     outside_s < 0 ? -outside_s : outside_s,
		     outside_s < 0 ? "before the start" : "behind the end");
	else
		return true;
	return false;
}

/* By start; equal ones as they came: so their names lie. */
static int by_start(const void *a, const void *b)
{
	const struct phase_item *const x = a;
	const struct phase_item *const y = b;
	if (x->start_ns != y->start_ns)
		return x->start_ns < y->start_ns ? -1 : 1;
	return (x->name > y->name) - (x->name < y->name);
}

/* Every phase ends where the next one begins. */
static void set_ends(struct finding *finding)
{
	qsort(finding->items, finding->count, sizeof *finding->items, by_start);
	for (size_t i = 0; i < finding->count; i++)
		finding->items[i].end_ns = i + 1 < finding->count ? finding->items[i + 1].start_ns
		                                                  : finding->task->end_ns;
}

static int put(struct finding *finding, const struct sink *sink, struct error *err)
{
	set_ends(finding);
	struct record record = {.kind = RECORD_PHASES,
	                        .phases = {.trial = finding->task->trial,
	                                   .index = finding->task->index,
	                                   .count = (uint32_t)finding->count,
	                                   .items = finding->items}};
	finding->items = NULL;
	const int r = str_take(&finding->names, &record.phases.names, err);
	if (r < 0) {
		record_release(&record);
		return r;
	}
	return sink_put(sink, &record, err);
}

int task_logs_read(struct task_logs *logs, const struct task_log *task,
                   const struct log_place *place, const char *why_closed, const struct sink *sink,
                   struct error *err)
{
	if (place->fd < 0) {
		note(logs, FAULT_NO_STAMPS, task, "%s", why_closed);
		return 0;
	}
	struct finding finding = {.logs = logs, .task = task};
	struct log_report report;
	struct error why;
	int r = add_phase(&finding, task->start_ns, PHASE_OTHER, "(before the first stamp)", &why);
	if (r == 0)
		r = log_read(logs->format, place, take_stamp, &finding, &report, &why);
	if (r < 0) {
		note(logs, FAULT_NO_STAMPS, task, "%s", why.text);
		r = 0;
	} else if (is_usable(logs, &finding, &report)) {
		if (report.unreadable > 0)
			note(logs, FAULT_SOME_LINES, task,
			     "%" PRIu64 " of its %" PRIu64
			     " lines cannot be read, the first is line %" PRIu64 ": %s",
			     report.unreadable, report.lines, report.first_unreadable,
			     report.unreadable_said);
		r = put(&finding, sink, err);
	}
	free(finding.items);
	str_release(&finding.names);
	return r;
}
