#include "analyse/failures.h"

#include "core/array.h"
#include "core/error.h"

#include <stdio.h>
#include <stdlib.h>

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

static const char *find_said(const struct dataset *dataset, const struct summary *summary,
                             const struct failure *failure)
{
	const ptrdiff_t level = failure->level == FAILURE_PROBE
	                                ? -1
	                                : summary->levels[failure->level].level - dataset->levels;
	return dataset_said(dataset, (int32_t)level, failure->state, failure->detail);
}

static int count_failure(struct failures *failures, ptrdiff_t level, const struct task_record *task,
                         struct error *err)
{
	if (!task_state_is_failure(task->state))
		return 0;
	const int32_t detail = task_failure_detail(task);
	for (size_t i = 0; i < failures->count; i++) {
		struct failure *const f = &failures->items[i];
		if (f->level == level && f->state == task->state && f->detail == detail) {
			f->count++;
			return 0;
		}
	}
	const int r = array_reserve(&failures->items, &failures->capacity, failures->count + 1,
	                            sizeof *failures->items, err);
	if (r == 0)
		failures->items[failures->count++] =
		        (struct failure){level, task->state, detail, 1, NULL};
	return r;
}

static int count_level(struct failures *failures, const struct summary *summary, size_t level,
                       struct error *err)
{
	int r = 0;
	for (const struct trial_summary *trial = summary->levels[level].first; trial;
	     trial = trial->next)
		for (size_t i = 0; r == 0 && i < trial->task_count; i++)
			r = count_failure(failures, (ptrdiff_t)level, &trial->tasks[i], err);
	return r;
}

int failures_collect(const struct dataset *dataset, const struct summary *summary,
                     struct failures *ret_failures, struct error *err)
{
	cleanup_failures struct failures failures = {0};
	int r = 0;
	for (size_t i = 0; r == 0 && i < dataset->task_count && dataset->tasks[i].trial == 0; i++)
		r = count_failure(&failures, FAILURE_PROBE, &dataset->tasks[i], err);
	for (size_t l = 0; r == 0 && l < summary->level_count; l++)
		r = count_level(&failures, summary, l, err);
	if (r < 0)
		return r;
	for (size_t i = 0; i < failures.count; i++)
		failures.items[i].said = find_said(dataset, summary, &failures.items[i]);
	*ret_failures = failures;
	failures = (struct failures){0};
	return 0;
}

void failures_release(struct failures *failures)
{
	if (!failures)
		return;
	free(failures->items);
	*failures = (struct failures){0};
}

void failure_describe(const struct failure *failure, char text[FAILURE_TEXT_BYTES])
{
	struct error err;
	switch (failure->state) {
	case TASK_FAILED:
		/* Of imported tasks it may be known only that they failed. */
		if (failure->detail < 0)
			snprintf(text, FAILURE_TEXT_BYTES, "exit status not known");
		else
			snprintf(text, FAILURE_TEXT_BYTES, "exit status %d", failure->detail);
		return;
	case TASK_SIGNALED:
		if (failure->detail <= 0)
			snprintf(text, FAILURE_TEXT_BYTES, "ended by a signal that is not known");
		else
			snprintf(text, FAILURE_TEXT_BYTES, "ended by signal %d %s", failure->detail,
			         signal_name(failure->detail));
		return;
	case TASK_TIMEOUT:
		snprintf(text, FAILURE_TEXT_BYTES, "ran into the timeout");
		return;
	case TASK_NOT_STARTED:
		error_system(&err, failure->detail, "could not be started");
		snprintf(text, FAILURE_TEXT_BYTES, "%.90s", err.text);
		return;
	case TASK_LEFT_CHILDREN:
		snprintf(text, FAILURE_TEXT_BYTES, "left processes behind, which were ended");
		return;
	default:
		snprintf(text, FAILURE_TEXT_BYTES, "unknown");
	}
}
