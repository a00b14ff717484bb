/* A result comes into the fleet's folder whole or not at all: a copy beside its place, on the disk
 * before it gets the name. */
#include "core/cleanup.h"
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
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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
