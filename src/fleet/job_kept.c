/* Results that a job could not put into the fleet's folder: a full or read-only file system must
 * not cost hours of measuring. They stay on the node, and the next job there tries again. */
#include "core/cleanup.h"
#include "core/error.h"
#include "core/file.h"
#include "core/hash.h"
#include "core/str.h"
#include "fleet/job_parts.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char kept_prefix[] = "plateau-kept-"; /* MARK-ATTEMPT-XXXXXX */

void job_keep(struct job *job, const char *target, const struct error *why)
{
	struct error err;
	cleanup_free char *kept = NULL;
	if (str_format(&kept, &err, "%s/%s%s-%u-%s", job->parent, kept_prefix, job->node_mark,
	               (unsigned)job->report.attempt, strrchr(job->local, '-') + 1) < 0 ||
	    rename(job->local, kept) < 0) {
		job_set_reason(job, "the result is lost: %s", why->text);
		return;
	}
	free(job->local);
	job->local = NULL;
	job_set_reason(job,
	               "the result could not be put into the fleet's folder (%s); it is whole, and "
	               "kept on the node: the next job of this fleet there puts it into its place, "
	               "or copy %s:%s/result.db to %s",
	               why->text, job->report.host, kept, target);
}

/* The attempt that a name speaks of; 0: it is none of this fleet and node. */
static unsigned attempt_of(const struct job *job, const char *name)
{
	cleanup_free char *prefix = NULL;
	struct error ignored;
	unsigned attempt = 0;
	if (str_format(&prefix, &ignored, "%s%s-", kept_prefix, job->node_mark) < 0 ||
	    !str_starts_with(name, prefix) || sscanf(name + strlen(prefix), "%u-", &attempt) != 1)
		return 0;
	return attempt;
}

static bool is_own_folder(const char *path)
{
	struct stat status;
	return lstat(path, &status) == 0 && S_ISDIR(status.st_mode) && status.st_uid == geteuid();
}

static bool is_same(const char *a, const char *b)
{
	char a_sum[HASH_TEXT_BYTES];
	char b_sum[HASH_TEXT_BYTES];
	struct error ignored;
	return hash_sha256_file(a, a_sum, &ignored) == 0 &&
	       hash_sha256_file(b, b_sum, &ignored) == 0 && strcmp(a_sum, b_sum) == 0;
}

/* What was said of it does not hold any more. */
static void mend_state(const char *folder, const char *kept_result)
{
	struct error ignored;
	cleanup_job_report struct job_report report = {0};
	if (!job_read_report(folder, &report))
		return;
	report.stage = STAGE_DONE;
	if (report.ended_ns == RECORD_ABSENT)
		report.ended_ns = report.updated_ns;
	free(report.reason);
	report.reason = NULL;
	free(report.result);
	report.result = strdup("result.db");
	job_note_result(kept_result, &report);
	job_write_report(folder, &report, true, &ignored);
}

static int take_one(struct job *job, const char *kept, unsigned attempt, struct error *err)
{
	cleanup_free char *from = NULL;
	cleanup_free char *folder = NULL;
	cleanup_free char *target = NULL;
	int r = file_join(kept, "result.db", &from, err);
	if (r == 0)
		r = folder_path(job->dir, job->node, attempt, NULL, &folder, err);
	if (r == 0)
		r = file_join(folder, "result.db", &target, err);
	if (r == 0)
		r = job_put_result(from, target, err);
	if (r == -EEXIST && is_same(from, target))
		r = 0; /* somebody has copied it */
	if (r < 0)
		return r;
	mend_state(folder, from);
	job_say(job, JOB_NOTE, "the result of attempt %u, which was kept on this node, is in %s",
	        attempt, target);
	job->has_taken_kept |= attempt == job->report.attempt;
	return file_remove_tree(AT_FDCWD, kept, err);
}

void job_take_kept(struct job *job)
{
	DIR *const parent = opendir(job->parent);
	const struct dirent *entry;
	while (parent && (entry = readdir(parent))) {
		struct error err;
		cleanup_free char *kept = NULL;
		const unsigned attempt = attempt_of(job, entry->d_name);
		if (attempt == 0 || file_join(job->parent, entry->d_name, &kept, &err) < 0 ||
		    !is_own_folder(kept))
			continue;
		if (take_one(job, kept, attempt, &err) < 0)
			job_say(job, JOB_WARNING, "the result of attempt %u stays in %s: %s",
			        attempt, kept, err.text);
	}
	if (parent)
		closedir(parent);
}
