#include "fleet/job.h"

#include "core/cleanup.h"
#include "core/error.h"
#include "core/str.h"
#include "fleet/job_parts.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* sacct shows 128 and more as signals. */
enum { FIRST_SIGNAL_CODE = 128 };

static void release(struct job *job)
{
	job_remove_local(job);
	job_close_signals(job);
	job_close_log(job);
	if (job->claim >= 0)
		close(job->claim);
	if (job->folder_lock >= 0)
		close(job->folder_lock);
	manifest_release(&job->manifest);
	job_lines_release(&job->lines);
	free(job->dir);
	free(job->node);
	free(job->folder);
	free(job->mark);
	free(job->node_mark);
	free(job->parent);
	free(job->local_result);
}

static int fail(const struct job *job, int code, const struct error *err)
{
	job_say(job, JOB_ERROR, "%s", err->text);
	return code;
}

/* The job's last word. */
static void finish(struct job *job)
{
	if (job->report.ended_ns == RECORD_ABSENT)
		job->report.ended_ns = job_now_ns(job);
	job_note_state(job, STAGE_DONE);
}

static int fail_for_good(struct job *job, int code, const struct error *err)
{
	job->report.exit_code = code;
	job_set_reason(job, "%s", err->text);
	finish(job);
	return fail(job, code, err);
}

/* ---- Where and who ------------------------------------------------------------------------- */

static int open_folder(struct job *job, int *ret_code, struct error *err)
{
	char path[PATH_MAX];
	if (!realpath(job->settings->dir, path)) {
		const int code = errno;
		*ret_code = JOB_END_NODE_CANNOT;
		return error_system(err, code,
		                    "this node does not see the fleet's folder %s (is its file "
		                    "system mounted here?)",
		                    job->settings->dir);
	}
	*ret_code = JOB_END_REFUSED;
	const int r = str_copy(path, &job->dir, err);
	if (r < 0)
		return r;
	return folder_check_trust(job->dir, err) < 0
	               ? -EINVAL
	               : folder_manifest(job->dir, &job->manifest, err);
}

static int code_of_here(int r)
{
	return r == -ENODEV ? JOB_END_NODE_CANNOT : r == -EINVAL ? JOB_END_REFUSED : JOB_END_FAILED;
}

static int code_of_claim(int r)
{
	return r == -EBUSY || r == -EEXIST || r == -EINVAL ? JOB_END_REFUSED : JOB_END_NODE_CANNOT;
}

/* Makes the attempt this job's; what is wrong with the node is told in its state. Returns whether
 * the job goes on. */
static bool claim(struct job *job, int here, const struct error *wrong, int *ret_code)
{
	struct error err;
	struct error no_room;
	const int parent = job_find_parent(job, &no_room);
	int r = job_claim(job, &err);
	if (r == -EALREADY)
		job_say(job, JOB_NOTE, "%s", err.text);
	/* The attempt is this job's, even where nothing is left to do. */
	if (r == -EALREADY || r == -EEXIST)
		job_clear(job);
	if (r < 0) {
		job_set_reason(job, "%s", err.text);
		*ret_code = r == -EALREADY ? JOB_END_DONE : fail(job, code_of_claim(r), &err);
		return false;
	}
	job_say_here(job);
	if (here < 0 || parent < 0) {
		*ret_code = fail_for_good(job, JOB_END_NODE_CANNOT, here < 0 ? wrong : &no_room);
		return false;
	}
	r = job_write_state(job, false, &err);
	if (r < 0) {
		error_context(&err, r, "nothing is measured, since its result could not be kept");
		*ret_code = fail(job, JOB_END_NODE_CANNOT, &err);
		return false;
	}
	return true;
}

/* Finds fleet, node and attempt. Returns whether the job goes on; else *ret_code is how it ends. */
static bool begin(struct job *job, int *ret_code)
{
	struct error err;
	int code = JOB_END_FAILED;
	if (open_folder(job, &code, &err) < 0) {
		*ret_code = fail(job, code, &err);
		return false;
	}
	const int here = job_find_here(job, &err);
	/* A job of the batch system has its attempt for itself, wherever it came to be. */
	if (here < 0 && (here != -ENODEV || !job->report.job)) {
		*ret_code = fail(job, code_of_here(here), &err);
		return false;
	}
	return claim(job, here, &err, ret_code);
}

/* ---- The run ------------------------------------------------------------------------------- */

/* In a sentence, what kept the run from its end. */
static int explain(struct job *job, int killer, struct error *err)
{
	cleanup_free char *said = NULL;
	const int code = job->report.exit_code;
	if (job->report.signal != 0) {
		job_set_reason(job, "told to end by signal %d (%s)", (int)job->report.signal,
		               strsignal(job->report.signal));
		return 0;
	}
	if (killer != 0) {
		job->report.signal = killer;
		job_set_reason(job, "the run was ended by signal %d (%s)%s", killer,
		               strsignal(killer),
		               killer == SIGKILL ? ": by somebody, or for want of memory" : "");
		return 0;
	}
	const int r = code == JOB_END_DONE
	                      ? 0
	                      : job_lines_reason(&job->lines, code, job->local, &said, err);
	if (r == 0 && said)
		job_set_reason(job, "%s", said);
	return r;
}

static void say_end(const struct job *job)
{
	const struct job_report *const report = &job->report;
	if (report->result)
		job_say(job, JOB_NOTE, "the%s result is in %s/%s",
		        report->is_partial ? " partial" : "", job->folder, report->result);
	if (report->reason)
		job_say(job, report->result ? JOB_NOTE : JOB_ERROR, "%s", report->reason);
}

static int end_code(const struct job *job, int moved)
{
	const int code = job->report.exit_code;
	if (code < 0 || code >= FIRST_SIGNAL_CODE || (moved < 0 && code == JOB_END_DONE))
		return JOB_END_FAILED;
	return code;
}

/* Whether a run that somebody has started by hand was refused for what else goes on on the node, or
 * because a batch system has it: that is no property of the node, and no attempt of it. */
static bool is_turned_away(const struct job *job)
{
	return job->report.exit_code == JOB_END_NODE_CANNOT && job->lines.is_turned_away &&
	       !job->report.job && access(job->local_result, F_OK) < 0;
}

static int turn_away(struct job *job)
{
	job_remove_local(job);
	job->report.stage = STAGE_DONE;
	job->report.ended_ns = job_now_ns(job);
	job_drop_attempt(job);
	job_say(job, JOB_NOTE, "the node was not measured, and no attempt of it is kept");
	return JOB_END_NODE_CANNOT;
}

static int measure(struct job *job)
{
	struct error err;
	int killer = 0;
	int r = job_make_local(job, &err);
	if (r < 0)
		return fail_for_good(job, JOB_END_NODE_CANNOT, &err);
	job_note_state(job, STAGE_RUNNING);
	r = job_run_child(job, &killer, &err);
	if (r == 0)
		r = explain(job, killer, &err);
	if (r < 0)
		return fail_for_good(job, JOB_END_FAILED, &err);
	if (is_turned_away(job))
		return turn_away(job);
	const int moved = job_move_result(job, &err);
	if (moved == 0 && !job->report.result && !job->report.reason)
		job_set_reason(job, "the run left no result");
	job_remove_local(job);
	finish(job);
	say_end(job);
	return end_code(job, moved);
}

static int run(struct job *job)
{
	struct error err;
	if (job_open_signals(job, &err) < 0)
		return fail(job, JOB_END_FAILED, &err);
	job_open_log(job);
	int code = JOB_END_FAILED;
	if (!begin(job, &code))
		return code;
	const int r = job_check(job, &code, &err);
	job_clear(job);
	if (r < 0)
		return fail_for_good(job, code, &err);
	job->report.signal = job_take_signal(job);
	if (job->report.signal != 0) {
		error_set(&err, EINTR, "told to end by signal %d (%s) before the run began",
		          (int)job->report.signal, strsignal(job->report.signal));
		return fail_for_good(job, JOB_END_FAILED, &err);
	}
	return measure(job);
}

int job_run(const struct job_settings *settings, struct job_report *ret_report)
{
	struct job job = {.settings = settings,
	                  .claim = -1,
	                  .folder_lock = -1,
	                  .signals = -1,
	                  .local_lock = -1};
	const int code = run(&job);
	release(&job);
	*ret_report = job.report;
	return code;
}
