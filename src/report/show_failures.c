/* Failed tasks of every role, by level and by what became of them: warm-up tasks and fillers too,
 * since they say why a level was abandoned. */
#include "report/show_parts.h"

#include "core/array.h"
#include "core/error.h"
#include "core/str.h"
#include "report/table.h"

#include <stdio.h>
#include <stdlib.h>

enum { WHAT_BYTES = 96, PROBE = -1 };

/* Tasks of one level that ended in the same way. */
struct failure {
	ptrdiff_t level; /* PROBE: the probe task */
	enum task_state state;
	int32_t detail; /* exit status, signal or errno, as the state goes */
	size_t count;
};

struct failures {
	struct failure *items;
	size_t count;
	size_t capacity;
	bool failed;
};

static const struct {
	int number;
	const char *name;
} signals[] = {{1, "SIGHUP"},   {2, "SIGINT"},   {3, "SIGQUIT"},  {4, "SIGILL"},
               {5, "SIGTRAP"},  {6, "SIGABRT"},  {7, "SIGBUS"},   {8, "SIGFPE"},
               {9, "SIGKILL"},  {11, "SIGSEGV"}, {13, "SIGPIPE"}, {14, "SIGALRM"},
               {15, "SIGTERM"}, {24, "SIGXCPU"}, {25, "SIGXFSZ"}, {31, "SIGSYS"}};

static const char *signal_name(int number)
{
	for (size_t i = 0; i < ARRAY_LENGTH(signals); i++)
		if (signals[i].number == number)
			return signals[i].name;
	return "";
}

static int32_t task_detail(const struct task_record *task)
{
	switch (task->state) {
	case TASK_FAILED:
		return task->exit_status;
	case TASK_SIGNALED:
		return task->signal;
	case TASK_NOT_STARTED:
		return task->start_errno;
	default:
		return 0;
	}
}

static void count_failure(struct failures *failures, ptrdiff_t level,
                          const struct task_record *task)
{
	struct error err;
	const int32_t detail = task_detail(task);
	for (size_t i = 0; i < failures->count; i++) {
		struct failure *const f = &failures->items[i];
		if (f->level == level && f->state == task->state && f->detail == detail) {
			f->count++;
			return;
		}
	}
	if (array_reserve(&failures->items, &failures->capacity, failures->count + 1,
	                  sizeof *failures->items, &err) < 0) {
		failures->failed = true;
		return;
	}
	failures->items[failures->count++] = (struct failure){level, task->state, detail, 1};
}

static void collect(const struct show *show, struct failures *failures)
{
	const struct dataset *const dataset = show->dataset;
	const struct summary *const summary = show->summary;
	for (size_t i = 0; i < dataset->task_count && dataset->tasks[i].trial == 0; i++)
		if (task_state_is_failure(dataset->tasks[i].state))
			count_failure(failures, PROBE, &dataset->tasks[i]);
	for (size_t l = 0; l < summary->level_count; l++)
		for (size_t t = 0; t < summary->trial_count; t++) {
			const struct trial_summary *const trial = &summary->trials[t];
			for (size_t i = 0; trial->level == l && i < trial->task_count; i++)
				if (task_state_is_failure(trial->tasks[i].state))
					count_failure(failures, (ptrdiff_t)l, &trial->tasks[i]);
		}
}

static void describe(const struct failure *failure, char text[WHAT_BYTES])
{
	struct error err;
	switch (failure->state) {
	case TASK_FAILED:
		snprintf(text, WHAT_BYTES, "exit status %d", failure->detail);
		return;
	case TASK_SIGNALED:
		snprintf(text, WHAT_BYTES, "ended by signal %d %s", failure->detail,
		         signal_name(failure->detail));
		return;
	case TASK_TIMEOUT:
		snprintf(text, WHAT_BYTES, "ran into the timeout");
		return;
	case TASK_NOT_STARTED:
		error_system(&err, failure->detail, "could not be started");
		snprintf(text, WHAT_BYTES, "%.90s", err.text);
		return;
	case TASK_LEFT_CHILDREN:
		snprintf(text, WHAT_BYTES, "left processes behind, which were ended");
		return;
	default:
		snprintf(text, WHAT_BYTES, "unknown");
	}
}

void show_failures(const struct show *show)
{
	static const struct table_column columns[] = {
	        {"N", NULL, TABLE_RIGHT, 0},
	        {"tasks", NULL, TABLE_RIGHT, 1},
	        {"state", NULL, TABLE_LEFT, 1},
	        {"what happened", NULL, TABLE_LEFT, 1},
	};
	struct failures failures = {0};
	collect(show, &failures);
	cleanup_table struct table table = {0};
	table_init(&table, columns, ARRAY_LENGTH(columns));
	for (size_t i = 0; i < failures.count; i++) {
		const struct failure *const f = &failures.items[i];
		char name[64] = "probe";
		char what[WHAT_BYTES];
		if (f->level != PROBE)
			summary_level_name(show->summary, (size_t)f->level, name);
		describe(f, what);
		table_row(&table);
		/* "N=8" below a head that says N. */
		table_cell(&table, TEXT_PLAIN, "%s", f->level == PROBE ? name : name + 2);
		table_cell(&table, TEXT_BAD, "%zu", f->count);
		table_cell(&table, TEXT_PLAIN, "%s", task_state_names[f->state]);
		table_cell(&table, TEXT_PLAIN, "%s", what);
	}
	show->out->failed |= failures.failed;
	if (failures.count > 0) {
		show_title(show, "Failures", "of all tasks, warm-up and fillers too");
		table_write(&table, show->style, SHOW_INDENT, show->out);
		str_add(show->out, "\n");
	}
	free(failures.items);
}
