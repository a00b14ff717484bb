#include "formats/import/perf_stat.h"

#include "core/cleanup.h"
#include "core/error.h"
#include "core/str.h"
#include "formats/import/import_frame.h"
#include "formats/import/perf_job.h"
#include "formats/import/perf_parts.h"
#include "formats/import/text_lines.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Where the reading is: between jobs; among the rows of one as text; behind its elapsed seconds,
 * where user and sys may stand; among the rows of -x or -j. */
enum stage { STAGE_OUTSIDE, STAGE_ROWS, STAGE_TAIL, STAGE_TABLE };

struct reading {
	struct text_lines lines;
	struct imported *imported;
	struct error *err;
	const char *file;
	enum stage stage;
	struct perf_job job;
	struct perf_job first; /* of the jobs of -x or -j */
	bool has_first;
	char separator[PERF_SEPARATOR_BYTES];
	char said[PERF_SAID_BYTES]; /* the last line of somebody else's */
	int64_t started_ns;         /* of the job to come, RECORD_ABSENT: not said */
	bool has_start;             /* "# started on" came */
	size_t tasks_before;        /* of other files */
};

static const char header[] = "Performance counter stats for ";
static const char started[] = "# started on ";

static const char why_cut[] =
        "the job that begins in line %zu is cut off here, or another wrote into it; give each job "
        "a file of its own (perf stat -o FILE), or take the job out";

/* Adds a problem, which ends the reading: it would be said of every line from here on. */
static int refuse(struct reading *r, size_t line, const char *key, const char *why)
{
	r->lines.is_refused = true;
	return problems_add(r->lines.problems, r->lines.name, line, 1, key, r->err, "%s", why);
}

static int refuse_cut(struct reading *r)
{
	r->lines.is_refused = true;
	return problems_add(r->lines.problems, r->lines.name, r->lines.line, 1, "job", r->err,
	                    why_cut, r->job.line);
}

/* ---- Jobs -------------------------------------------------------------------------------- */

static void begin_job(struct reading *r, enum stage stage)
{
	perf_job_init(&r->job, r->lines.line);
	r->job.started_ns = r->started_ns;
	r->job.has_start = r->has_start;
	r->job.signal = perf_job_read_signal(r->said);
	r->said[0] = '\0';
	r->started_ns = RECORD_ABSENT;
	r->has_start = false;
	r->stage = stage;
}

static int finish_job(struct reading *r)
{
	const bool is_table = r->stage == STAGE_TABLE;
	r->stage = STAGE_OUTSIDE;
	if (is_table && !r->has_first) {
		r->first = r->job;
		r->has_first = true;
	} else if (is_table && !r->job.has_start && !perf_job_is_alike(&r->job, &r->first)) {
		return refuse(r, r->job.line, "job",
		              "this job counted other events than the first one of the file: it is "
		              "cut off, or several wrote into the file at once; give each job a "
		              "file of its own (perf stat -o FILE)");
	}
	return perf_job_finish(&r->job, r->file, r->imported, r->err);
}

/* Ends what is open, at the end of the file or where another job begins. */
static int end_job(struct reading *r)
{
	if (r->stage == STAGE_ROWS)
		return refuse_cut(r);
	if (r->stage == STAGE_TAIL && r->job.user_ns != RECORD_ABSENT)
		return refuse_cut(r);
	return r->stage == STAGE_OUTSIDE ? 0 : finish_job(r);
}

/* ---- Lines of the text ------------------------------------------------------------------- */

/* What a job was not one task of, by how the header names what was watched. */
static const char *refuse_target(const char *target)
{
	if (strncmp(target, "'system wide", 12) == 0 || strncmp(target, "'CPU(s) ", 8) == 0)
		return "counts of the whole machine or of CPUs (perf stat -a, -C) are no tasks; "
		       "run perf stat once per task, without -a";
	if (strncmp(target, "process id ", 11) == 0 || strncmp(target, "thread id ", 10) == 0)
		return "perf stat -p watches what runs already: when the task began and ended is "
		       "not known; start the task with perf stat";
	return NULL;
}

static bool ends_with(const char *text, const char *end)
{
	const size_t length = strlen(text);
	const size_t bytes = strlen(end);
	return length >= bytes && strcmp(text + length - bytes, end) == 0;
}

/* target: what stands behind "Performance counter stats for ". */
static int take_header(struct reading *r, const char *target)
{
	int result = end_job(r);
	const char *const why = refuse_target(target);
	if (result < 0 || r->lines.is_refused)
		return result;
	if (why)
		return refuse(r, r->lines.line, "job", why);
	if (ends_with(target, " runs):"))
		return refuse(r, r->lines.line, "job", perf_why_repeat);
	begin_job(r, STAGE_ROWS);
	size_t length = strlen(target);
	if (target[0] == '\'' && length > 3 && ends_with(target, "':")) {
		target++;
		length -= 3;
	}
	if (length >= sizeof r->job.command)
		length = sizeof r->job.command - 1;
	memcpy(r->job.command, target, length);
	r->job.command[length] = '\0';
	return 0;
}

/* "0.001907000 seconds user". Returns whether it is that; a number that cannot be read is
 * refused. */
static bool take_seconds(struct reading *r, const char *line, const char *words, int64_t *ret_ns,
                         int *result)
{
	if (!ends_with(line, words))
		return false;
	const char *const space = strchr(line, ' ');
	const size_t length = space ? (size_t)(space - line) : 0;
	struct written_number number;
	const enum written_reading reading = written_number_read(line, length, &number);
	if (reading == WRITTEN_NO_NUMBER)
		return false;
	const bool is_alone = space && strcmp(space + 1, words) == 0;
	if (!is_alone)
		*result = refuse(r, r->lines.line, words, perf_why_repeat);
	else if (reading != WRITTEN_READ || !number.has_fraction ||
	         !written_number_ns(&number, 1, ret_ns))
		*result = refuse(r, r->lines.line, words,
		                 reading == WRITTEN_TOO_LARGE ? perf_why_large : perf_why_locale);
	return true;
}

/* A remark of perf's on the row before: "#    0.21  stalled cycles per insn  (49.98%)". */
static int take_comment(struct reading *r, const char *line)
{
	size_t length;
	const int32_t percent = perf_text_percent(line, &length);
	if (percent == -2)
		return refuse(r, r->lines.line, "row", perf_why_locale);
	if (r->job.row_count > 0 && percent >= 0 &&
	    r->job.rows[r->job.row_count - 1].percent_e2 < 0)
		r->job.rows[r->job.row_count - 1].percent_e2 = percent;
	return 0;
}

static int take_row_line(struct reading *r, const char *line)
{
	int result = 0;
	if (strstr(line, "seconds time elapsed") && strchr(line, '(') && strstr(line, "+-"))
		return refuse(r, r->lines.line, "seconds time elapsed", perf_why_repeat);
	if (take_seconds(r, line, "seconds time elapsed", &r->job.elapsed_ns, &result)) {
		r->stage = STAGE_TAIL;
		return r->lines.is_ended || r->lines.is_refused ? result : refuse_cut(r);
	}
	if (line[0] == '#')
		return take_comment(r, line);
	/* A command of several lines: this is the last of them. */
	if (r->job.row_count == 0 && ends_with(line, " runs):"))
		return refuse(r, r->lines.line, "job", perf_why_repeat);
	struct perf_row row;
	const char *why = NULL;
	switch (perf_text_row(r->lines.text, &row, &why)) {
	case PERF_ROW:
		perf_job_add(&r->job, &row);
		return 0;
	case PERF_REFUSED:
		return refuse(r, r->lines.line, "row", why);
	case PERF_REMARK:
	case PERF_OTHER:
		break;
	}
	return 0;
}

/* Behind the elapsed seconds. *ret_is_done: the line is none of this job's. */
static int take_tail_line(struct reading *r, const char *line, bool *ret_is_done)
{
	int result = 0;
	*ret_is_done = false;
	if (take_seconds(r, line, "seconds user", &r->job.user_ns, &result))
		return result;
	if (take_seconds(r, line, "seconds sys", &r->job.system_ns, &result))
		return result < 0 || r->lines.is_refused ? result : finish_job(r);
	if (!r->lines.is_ended)
		return refuse_cut(r);
	*ret_is_done = true;
	return end_job(r);
}

/* ---- Lines of -x and -j, and of others --------------------------------------------------- */

static int take_table_row(struct reading *r, const struct perf_row *row)
{
	/* The first event once more: another job. */
	int result = 0;
	if (r->stage == STAGE_TABLE && strcmp(r->job.rows[0].event, row->event) == 0)
		result = finish_job(r);
	if (result < 0 || r->lines.is_refused)
		return result;
	if (r->stage != STAGE_TABLE)
		begin_job(r, STAGE_TABLE);
	perf_job_add(&r->job, row);
	return r->lines.is_ended ? 0 : refuse_cut(r);
}

/* What a shell or GNU time says behind a job of how it ended. */
static void take_status(const struct reading *r, const char *line)
{
	static const char exited[] = "Command exited with non-zero status ";
	static const char killed[] = "Command terminated by signal ";
	struct imported *const imported = r->imported;
	if (imported->task_count == r->tasks_before)
		return;
	struct task_record *const task = &imported->tasks[imported->task_count - 1].record;
	const bool is_exit = str_starts_with(line, exited);
	if (task->state != TASK_OK || (!is_exit && !str_starts_with(line, killed)))
		return;
	const char *const text = line + (is_exit ? sizeof exited : sizeof killed) - 1;
	char *end;
	const long number = strtol(text, &end, 10);
	if (end == text || *end != '\0' || number < 1 || number > 255)
		return;
	task->state = is_exit ? TASK_FAILED : TASK_SIGNALED;
	if (is_exit)
		task->exit_status = (int32_t)number;
	else
		task->signal = (int32_t)number;
}

static int take_other(struct reading *r, const char *line)
{
	int result = 0;
	if (r->stage == STAGE_TABLE)
		result = r->lines.is_ended ? finish_job(r) : refuse_cut(r);
	if (result < 0 || r->lines.is_refused)
		return result;
	if (str_starts_with(line, "# ") && strstr(line, " time ") && strstr(line, "counts unit"))
		return refuse(r, r->lines.line, "row", perf_why_interval);
	take_status(r, line);
	const size_t length = strlen(line);
	const size_t kept = length < sizeof r->said ? length : sizeof r->said - 1;
	memcpy(r->said, line, kept);
	r->said[kept] = '\0';
	return 0;
}

static int take_outside_line(struct reading *r, const char *line)
{
	struct perf_row row;
	const char *why = NULL;
	enum perf_line kind = PERF_OTHER;
	if (line[0] == '{')
		kind = perf_json_row(r->lines.text, r->lines.length, &row, &why);
	else if (!r->lines.is_cut)
		kind = perf_csv_row(r->lines.text, r->separator, &row, &why);
	switch (kind) {
	case PERF_ROW:
		return take_table_row(r, &row);
	case PERF_REFUSED:
		return refuse(r, r->lines.line, "row", why);
	case PERF_REMARK:
		if (r->stage == STAGE_TABLE)
			return 0;
		break;
	case PERF_OTHER:
		break;
	}
	return take_other(r, line);
}

static int take_started(struct reading *r, const char *text)
{
	const int result = end_job(r);
	r->started_ns = perf_job_read_start(text);
	r->has_start = true;
	return result;
}

/* line: without blanks around it. */
static int take_line(void *context, const char *line)
{
	struct reading *const r = context;
	if (line[0] == '\0')
		return 0;
	if (str_starts_with(line, header))
		return take_header(r, line + sizeof header - 1);
	if (str_starts_with(line, started))
		return take_started(r, line + sizeof started - 1);
	if (r->stage == STAGE_ROWS)
		return take_row_line(r, line);
	if (r->stage == STAGE_TAIL) {
		bool is_done = false;
		const int result = take_tail_line(r, line, &is_done);
		if (result < 0 || r->lines.is_refused || !is_done)
			return result;
	}
	return take_outside_line(r, line);
}

static int read_lines(struct reading *r)
{
	int result = text_lines_each(&r->lines, take_line, r, r->err);
	if (result < 0 || r->lines.is_refused)
		return result;
	result = end_job(r);
	if (result < 0 || r->lines.is_refused || r->imported->task_count > r->tasks_before)
		return result;
	return refuse(r, 1, "job",
	              "no job of perf stat in this file; give what perf stat wrote: its text, or "
	              "what it wrote with -x or -j");
}

static int read_whole(struct reading *r, const char *name)
{
	r->started_ns = RECORD_ABSENT;
	r->tasks_before = r->imported->task_count;
	r->file = imported_text(r->imported, name, r->err);
	if (!r->file)
		return -ENOMEM;
	const int result = read_lines(r);
	if (result < 0 || r->lines.is_refused)
		return result;
	return imported_add_remark(r->imported, r->err,
	                           "perf stat does not say whether a command failed: a task counts "
	                           "as successful unless a signal is named");
}

static int read_stream(const char *name, FILE *stream, const void *settings,
                       struct imported *imported, struct problems *problems, struct error *err)
{
	(void)settings;
	cleanup_free struct reading *reading = calloc(1, sizeof *reading);
	if (!reading)
		return error_memory(err);
	reading->imported = imported;
	reading->err = err;
	int r = text_lines_init(&reading->lines, name, stream, problems, err);
	if (r < 0)
		return r;
	r = read_whole(reading, name);
	text_lines_release(&reading->lines);
	return r;
}

int perf_stat_read(const char *name, FILE *stream, struct imported *imported,
                   struct problems *problems, struct error *err)
{
	return import_stream(read_stream, name, stream, NULL, imported, problems, err);
}

int perf_stat_load(const char *path, struct imported *imported, struct problems *problems,
                   struct error *err)
{
	return import_path(read_stream, path, NULL, imported, problems, err);
}
