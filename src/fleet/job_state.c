/* The state file of a job, and what the job says. */
#include "core/cleanup.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/file.h"
#include "core/str.h"
#include "fleet/job_parts.h"
#include "formats/fleet/job_report_json.h"
#include "store/target.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LOG_MOST_BYTES = 1 << 20 };

/* At the job's end, for a log that nobody takes. */
#define LOG_PATIENCE_NS (2 * NS_PER_S)

void job_say(const struct job *job, enum job_talk kind, const char *format, ...)
{
	char *text = NULL;
	va_list list;
	va_start(list, format);
	const int length = vasprintf(&text, format, list);
	va_end(list);
	if (length < 0)
		return;
	job_hand_out(job, kind, text);
	free(text);
}

static void put_text(void *context, int kind, const char *text)
{
	const struct job_settings *const settings = context;
	settings->say(settings->context, (enum job_talk)kind, text);
}

void job_open_log(struct job *job)
{
	struct error ignored;
	outlet_open("log", put_text, (void *)(uintptr_t)job->settings, LOG_MOST_BYTES, &job->log,
	            &ignored);
}

void job_close_log(struct job *job)
{
	outlet_close(job->log, LOG_PATIENCE_NS);
	job->log = NULL;
}

void job_hand_out(const struct job *job, enum job_talk kind, const char *text)
{
	if (!job->log) {
		job->settings->say(job->settings->context, kind, text);
		return;
	}
	const size_t dropped = outlet_take_dropped(job->log);
	if (dropped > 0) {
		char told[64];
		snprintf(told, sizeof told, "nobody took the log: %zu lines are left out", dropped);
		outlet_put(job->log, JOB_WARNING, told);
	}
	outlet_put(job->log, (int)kind, text);
}

int64_t job_now_ns(const struct job *job)
{
	return job->report.started_ns + clock_now_ns() - job->begun_ns;
}

void job_set_reason(struct job *job, const char *format, ...)
{
	if (job->report.reason)
		return;
	va_list list;
	va_start(list, format);
	if (vasprintf(&job->report.reason, format, list) < 0)
		job->report.reason = NULL;
	va_end(list);
}

/* One job works on an attempt, so one name is enough; what a killed one has left of it is written
 * over. */
static int write_beside(const char *path, const char *text, bool is_synced, struct error *err)
{
	const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0666);
	if (fd < 0)
		return error_system(err, errno, "cannot write %s", path);
	int r = file_write_all(fd, text, strlen(text), err);
	if (r == 0 && is_synced && fsync(fd) < 0)
		r = error_system(err, errno, "cannot write");
	/* Network file systems tell at close that there was no room. */
	if (close(fd) < 0 && r == 0)
		r = error_system(err, errno, "cannot write");
	if (r < 0)
		unlink(path);
	return r < 0 ? error_context(err, r, "%s", path) : 0;
}

static int write_text(const char *folder, const char *text, bool is_synced, struct error *err)
{
	cleanup_free char *path = NULL;
	cleanup_free char *beside = NULL;
	int r = file_join(folder, "state.json", &path, err);
	if (r == 0)
		r = file_join(folder, "state.json.new", &beside, err);
	if (r == 0)
		r = write_beside(beside, text, is_synced, err);
	if (r != 0)
		return r;
	if (rename(beside, path) < 0) {
		r = error_system(err, errno, "cannot write %s", path);
		unlink(beside);
		return r;
	}
	if (is_synced)
		target_sync_folder(path);
	return 0;
}

int job_write_report(const char *folder, const struct job_report *report, bool is_synced,
                     struct error *err)
{
	cleanup_free char *text = NULL;
	const int r = job_report_json_write(report, &text, err);
	return r < 0 ? r : write_text(folder, text, is_synced, err);
}

bool job_read_report(const char *folder, struct job_report *ret_report)
{
	cleanup_free char *path = NULL;
	cleanup_free char *text = NULL;
	size_t bytes;
	struct error ignored;
	return file_join(folder, "state.json", &path, &ignored) == 0 &&
	       file_read_regular(path, JOB_REPORT_MAX_BYTES, &text, &bytes, &ignored) == 0 &&
	       job_report_json_read(text, bytes, ret_report, &ignored) == 0;
}

int job_set_done(struct job_report *report, struct error *err)
{
	const int r = report->result ? 0 : str_copy("result.db", &report->result, err);
	if (r < 0)
		return r;
	report->stage = STAGE_DONE;
	if (report->ended_ns == RECORD_ABSENT)
		report->ended_ns = report->updated_ns;
	return 0;
}

int job_write_state(struct job *job, bool is_synced, struct error *err)
{
	job->report.updated_ns = job_now_ns(job);
	return job_write_report(job->folder, &job->report, is_synced, err);
}

void job_drop_attempt(const struct job *job)
{
	struct error ignored;
	cleanup_free char *path = NULL;
	if (!job->is_new || file_join(job->folder, "state.json", &path, &ignored) < 0)
		return;
	unlink(path);
	/* A folder with anything else in it stays, and so does that of a node with other attempts.
	 */
	if (rmdir(job->folder) < 0)
		return;
	cleanup_free char *node = strdup(job->folder);
	char *const slash = node ? strrchr(node, '/') : NULL;
	if (slash) {
		*slash = '\0';
		rmdir(node);
	}
}

static void say_lost(struct job *job, int r, bool is_last, const struct error *err)
{
	if (r < 0 && (!job->has_lost_state || is_last))
		job_say(job, JOB_WARNING, "the state of the job could not be written: %s",
		        err->text);
	job->has_lost_state = r < 0;
}

void job_note_state(struct job *job, enum job_stage stage)
{
	struct error err;
	job->report.stage = stage;
	const int r = job_write_state(job, stage == STAGE_DONE, &err);
	say_lost(job, r, stage == STAGE_DONE, &err);
}

static void put_state(void *context, int kind, const char *text)
{
	struct error err;
	struct job *const job = context;
	(void)kind;
	const int r = write_text(job->folder, text, false, &err);
	say_lost(job, r, false, &err);
}

void job_open_states(struct job *job)
{
	struct error ignored;
	outlet_open("state", put_state, job, JOB_REPORT_MAX_BYTES, &job->states, &ignored);
}

void job_close_states(struct job *job)
{
	outlet_close(job->states, -1);
	job->states = NULL;
}

void job_beat(struct job *job)
{
	struct error ignored;
	cleanup_free char *text = NULL;
	if (!job->states) {
		job_note_state(job, STAGE_RUNNING);
		return;
	}
	job->report.updated_ns = job_now_ns(job);
	if (job_report_json_write(&job->report, &text, &ignored) == 0)
		outlet_replace(job->states, 0, text);
}
