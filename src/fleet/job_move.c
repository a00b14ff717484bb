/* The end of a job: its result goes into its place, or stays on the node, and where is told. */
#include "core/cleanup.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/file.h"
#include "core/str.h"
#include "fleet/job_parts.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

enum { TRIES = 3 };
#define BETWEEN_TRIES_NS (2 * NS_PER_S)

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
