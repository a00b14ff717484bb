/* A result comes into the fleet's folder whole or not at all: a copy beside its place, on the disk
 * before it gets the name. What cannot be put there stays on the node, and where is told. */
#include "core/cleanup.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/file.h"
#include "core/hash.h"
#include "core/str.h"
#include "fleet/job_parts.h"
#include "model/dataset.h"
#include "store/load.h"
#include "store/roll_in.h"
#include "store/target.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TRIES = 3 };
#define BETWEEN_TRIES_NS (2 * NS_PER_S)

int job_look_at_result(const struct job *job, const char *path, struct job_report *report,
                       struct error *err)
{
	cleanup_dataset struct dataset dataset = {0};
	int r = roll_in(path, err);
	if (r < 0)
		return r;
	r = load_dataset(path, &dataset, err);
	if (r == -ENOMEM) {
		/* Who collects it may have more than was left on the node. */
		job_say(job, JOB_WARNING,
		        "the node has not the memory to read the result: it is handed in unread");
		report->is_partial = report->signal != 0;
		return 0;
	}
	if (r < 0)
		return r;
	report->is_partial = dataset.run.state != RUN_DONE;
	report->trials_planned = (uint32_t)dataset.trial_count;
	report->trials_done = 0;
	for (size_t i = 0; i < dataset.trial_count; i++)
		if (dataset.trials[i].state == TRIAL_DONE)
			report->trials_done++;
	return 0;
}

void job_note_result(const char *path, struct job_report *report)
{
	struct stat status;
	char sha256[HASH_TEXT_BYTES];
	struct error ignored;
	free(report->result_sha256);
	report->result_sha256 = NULL;
	report->result_bytes = stat(path, &status) == 0 ? (int64_t)status.st_size : RECORD_ABSENT;
	if (report->result_bytes != RECORD_ABSENT && hash_sha256_file(path, sha256, &ignored) == 0)
		report->result_sha256 = strdup(sha256);
}

int job_put_result(const char *from, const char *target, struct error *err)
{
	cleanup_free char *beside = NULL;
	int r = str_format(&beside, err, "%s.new", target);
	if (r < 0)
		return r;
	unlink(beside);
	r = file_copy(from, beside, 0666, true, err);
	if (r < 0)
		return r;
	r = target_rename(beside, target, err);
	if (r < 0)
		unlink(beside);
	else
		target_sync_folder(target);
	return r;
}

/* What may be over in a moment: a file server that starts anew, a disk that somebody is clearing.
 */
static bool may_pass(int r)
{
	return r == -ENOSPC || r == -EDQUOT || r == -EIO || r == -ESTALE || r == -ETIMEDOUT ||
	       r == -EAGAIN;
}

int job_move_result(struct job *job, struct error *err)
{
	cleanup_free char *target = NULL;
	if (access(job->local_result, F_OK) < 0)
		return 0;
	int r = job_look_at_result(job, job->local_result, &job->report, err);
	if (r < 0) {
		job_set_reason(job, "it left no result that can be read: %s", err->text);
		return r;
	}
	job->report.ended_ns = job_now_ns(job);
	job_note_result(job->local_result, &job->report);
	job_note_state(job, STAGE_MOVING);
	r = file_join(job->folder, "result.db", &target, err);
	if (r < 0)
		return r;
	for (int i = 0; i < TRIES; i++) {
		r = job_put_result(job->local_result, target, err);
		/* Who is told to end has no time to wait. */
		if (!may_pass(r) || job->report.signal != 0 || i + 1 == TRIES)
			break;
		clock_sleep_until(clock_now_ns() + BETWEEN_TRIES_NS);
	}
	if (r < 0) {
		/* What was said before matters less than where the result is. */
		free(job->report.reason);
		job->report.reason = NULL;
		job_keep(job, target, err);
		return r;
	}
	return str_copy("result.db", &job->report.result, err);
}
