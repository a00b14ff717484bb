#include "run/task_figures.h"

#include "core/error.h"
#include "formats/figure_read.h"
#include "model/record.h"
#include "model/sink.h"
#include "run/task_logs.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

_Static_assert((int)RECORD_FIGURE_NAME_BYTES >= (int)FIGURE_NAME_BYTES, "names fit into records");

static const char *const stream_words[] = {
        [LOG_STDERR] = "stderr", [LOG_STDOUT] = "stdout", [LOG_IN_FILE] = "its file"};

/* Why tasks lack a figure, or all. */
struct missing {
	const char *code;
	uint64_t count; /* of tasks, since it was told */
	bool is_told;
	uint32_t trial; /* of the first */
	char text[300];
};

struct task_figures {
	const struct scenario_figures *asked;
	struct figure_reader *reader;
	struct missing missing[FIGURES_MAX];
	struct missing unread; /* what was printed could not be read at all */
	const char *first;     /* of the texts */
};

int task_figures_open(const struct scenario_figures *asked, struct task_figures **ret_figures,
                      struct error *err)
{
	struct task_figures *const figures = calloc(1, sizeof *figures);
	if (!figures)
		return error_memory(err);
	figures->asked = asked;
	const int r = figure_reader_new(&asked->names, &figures->reader, err);
	if (r < 0) {
		free(figures);
		return r;
	}
	*ret_figures = figures;
	return 0;
}

void task_figures_close(struct task_figures *figures)
{
	if (!figures)
		return;
	figure_reader_free(figures->reader);
	free(figures);
}

/* ---- What is missing ---------------------------------------------------------------------- */

__attribute__((format(printf, 4, 5))) static void note(struct missing *missing, const char *code,
                                                       const struct task_log *task,
                                                       const char *format, ...)
{
	if (missing->is_told || missing->count++ > 0)
		return;
	missing->code = code;
	missing->trial = task->trial;
	char who[32] = "the probe";
	char what[260];
	va_list args;
	va_start(args, format);
	vsnprintf(what, sizeof what, format, args);
	va_end(args);
	if (task->trial > 0)
		snprintf(who, sizeof who, "task %" PRIu32, task->index);
	snprintf(missing->text, sizeof missing->text, "%s %s", who, what);
}

static void note_figure(struct task_figures *figures, size_t i, const struct task_log *task,
                        const struct figure_found *found)
{
	struct missing *const missing = &figures->missing[i];
	const char *const name = figures->asked->names.items[i];
	if (found->is_printed)
		note(missing, "figure-not-a-number", task,
		     "printed no finite number as %s, but \"%s\": it has no such figure", name,
		     found->said);
	else if (found->said[0])
		note(missing, "figure-not-printed", task,
		     "did not print %s; a JSON object of it cannot be read (%s)", name,
		     found->said);
	else
		note(missing, "figure-not-printed", task,
		     "did not print %s to %s, which task.figures names: it has no such figure",
		     name, stream_words[figures->asked->log.stream]);
}

void task_figures_not_kept(struct task_figures *figures, const struct task_log *task)
{
	note(&figures->unread, "figures-not-kept", task,
	     "and others of its trial printed too much to be kept until it has ended: it has no "
	     "figures; have the task print less, or measure fewer tasks");
}

static int tell(struct task_figures *figures, struct missing *missing, int64_t now_ns,
                const struct sink *sink, struct error *err)
{
	if (missing->count == 0 || missing->is_told)
		return 0;
	missing->is_told = true;
	if (!figures->first)
		figures->first = missing->text;
	struct record record = {.kind = RECORD_EVENT,
	                        .event = {.at_ns = now_ns, .trial = missing->trial, .slot = -1}};
	struct event_record *const event = &record.event;
	snprintf(event->code, sizeof event->code, "%s", missing->code);
	if (missing->count > 1)
		snprintf(event->text, sizeof event->text,
		         "%s (likewise %" PRIu64 " more in this trial)", missing->text,
		         missing->count - 1);
	else
		snprintf(event->text, sizeof event->text, "%s", missing->text);
	return sink_put(sink, &record, err);
}

int task_figures_tell(struct task_figures *figures, int64_t now_ns, const struct sink *sink,
                      struct error *err)
{
	int r = tell(figures, &figures->unread, now_ns, sink, err);
	for (size_t i = 0; r == 0 && i < figures->asked->names.count; i++)
		r = tell(figures, &figures->missing[i], now_ns, sink, err);
	return r;
}

const char *task_figures_fault(const struct task_figures *figures)
{
	return figures->first;
}

/* ---- One task ----------------------------------------------------------------------------- */

int task_figures_read(struct task_figures *figures, const struct task_log *task,
                      const struct log_place *place, const char *why_closed,
                      const struct sink *sink, struct error *err)
{
	const struct words *const names = &figures->asked->names;
	struct figure_found found[FIGURES_MAX];
	struct error why;
	if (place->fd < 0) {
		note(&figures->unread, "figures-unreadable", task, "has no figures: %s",
		     why_closed);
		return 0;
	}
	if (figure_read(figures->reader, place, found, &why) < 0) {
		note(&figures->unread, "figures-unreadable", task, "has no figures: %s", why.text);
		return 0;
	}
	struct record record = {.kind = RECORD_FIGURES,
	                        .figures = {.trial = task->trial, .index = task->index}};
	struct figure_item *const items = calloc(names->count, sizeof *items);
	if (!items)
		return error_memory(err);
	record.figures.items = items;
	for (size_t i = 0; i < names->count; i++) {
		if (isnan(found[i].value)) {
			note_figure(figures, i, task, &found[i]);
			continue;
		}
		struct figure_item *const item = &items[record.figures.count++];
		snprintf(item->name, sizeof item->name, "%s", names->items[i]);
		item->value = found[i].value;
	}
	if (record.figures.count == 0) {
		record_release(&record);
		return 0;
	}
	return sink_put(sink, &record, err);
}
