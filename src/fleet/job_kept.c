/* Results that a job could not put into the fleet's folder: a full or read-only file system must
 * not cost hours of measuring. They stay on the node, and the next job there tries again. */
#include "core/cleanup.h"
#include "core/clock.h"
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
/* A batch system may empty, or unmount, the temporary folder of a job when that ends; this one is
 * the node's, and outlives a boot. */
static const char lasting[] = "/var/tmp";
/* A copy into it is not at work any more after this. */
#define ABANDONED_NS (3600 * NS_PER_S)

/* ---- Keeping ------------------------------------------------------------------------------- */

/* A folder there with a copy; whoever looks into it earlier finds no result in it. */
static int copy_to_lasting(const struct job *job, char **ret_kept, struct error *err)
{
	struct error ignored;
	cleanup_free char *prefix = NULL;
	cleanup_free char *kept = NULL;
	cleanup_free char *target = NULL;
	int r = str_format(&prefix, err, "%s%s-%u", kept_prefix, job->node_mark,
	                   (unsigned)job->report.attempt);
	if (r == 0)
		r = file_make_temporary_folder(lasting, prefix, &kept, err);
	if (r < 0)
		return r;
	r = file_join(kept, "result.db", &target, err);
	if (r == 0)
		r = job_put_result(job->local_result, target, err);
	if (r < 0) {
		file_remove_tree(AT_FDCWD, kept, &ignored);
		return r;
	}
	*ret_kept = kept;
	kept = NULL;
	return 0;
}

/* The folder of a job becomes one that is kept, where it is. */
static int rename_to_kept(const struct job *job, const char *folder, uint32_t attempt,
                          char **ret_kept, struct error *err)
{
	cleanup_free char *kept = NULL;
	const int r = str_format(&kept, err, "%s/%s%s-%u-%s", job->parent, kept_prefix,
	                         job->node_mark, (unsigned)attempt, strrchr(folder, '-') + 1);
	if (r < 0)
		return r;
	if (rename(folder, kept) < 0)
		return error_system(err, errno, "cannot rename %s", folder);
	*ret_kept = kept;
	kept = NULL;
	return 0;
}

void job_keep(struct job *job, const char *target, const struct error *why)
{
	struct error err;
	cleanup_free char *kept = NULL;
	const bool may_be_emptied = job->report.job && strcmp(job->parent, lasting) != 0;
	const bool is_lasting =
	        may_be_emptied && job_can_use(lasting) && copy_to_lasting(job, &kept, &err) == 0;
	if (!is_lasting && rename_to_kept(job, job->local, job->report.attempt, &kept, &err) < 0) {
		job_set_reason(job, "the result is lost: %s", why->text);
		return;
	}
	if (!is_lasting) {
		free(job->local);
		job->local = NULL;
	}
	job_set_reason(job,
	               "the result could not be put into the fleet's folder (%s); it is whole, and "
	               "kept on the node%s%s%s: the next job of this fleet there puts it into its "
	               "place, or copy %s:%s/result.db to %s",
	               why->text, may_be_emptied && !is_lasting ? ", unless " : "",
	               may_be_emptied && !is_lasting ? job->parent : "",
	               may_be_emptied && !is_lasting ? " is emptied when the job ends" : "",
	               job->report.host, kept, target);
}

/* ---- Taking -------------------------------------------------------------------------------- */

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
static void mend_state(const struct job *job, const char *folder, const char *result)
{
	struct error ignored;
	cleanup_job_report struct job_report report = {0};
	if (!job_read_report(folder, &report) ||
	    job_look_at_result(job, result, &report, &ignored) < 0 ||
	    job_set_done(&report, &ignored) < 0)
		return;
	free(report.reason);
	report.reason = NULL;
	job_note_result(result, &report);
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
	mend_state(job, folder, from);
	job_say(job, JOB_NOTE, "the result of attempt %u, which was kept on this node, is in %s",
	        attempt, target);
	job->has_taken_kept |= attempt == job->report.attempt;
	return file_remove_tree(AT_FDCWD, kept, err);
}

/* One without a result is just being made, or its job was killed over that. */
static bool is_empty(const char *kept)
{
	struct error ignored;
	struct stat status;
	cleanup_free char *result = NULL;
	if (file_join(kept, "result.db", &result, &ignored) < 0 || access(result, F_OK) == 0)
		return false;
	if (stat(kept, &status) == 0 && clock_calendar_ns() - file_mtime_ns(&status) > ABANDONED_NS)
		file_remove_tree(AT_FDCWD, kept, &ignored);
	return true;
}

static void take_from(struct job *job, const char *folder)
{
	DIR *const parent = opendir(folder);
	const struct dirent *entry;
	while (parent && (entry = readdir(parent))) {
		struct error err;
		cleanup_free char *kept = NULL;
		const unsigned attempt = attempt_of(job, entry->d_name);
		if (attempt == 0 || file_join(folder, entry->d_name, &kept, &err) < 0 ||
		    !is_own_folder(kept) || is_empty(kept))
			continue;
		if (take_one(job, kept, attempt, &err) < 0)
			job_say(job, JOB_WARNING, "the result of attempt %u stays in %s: %s",
			        attempt, kept, err.text);
	}
	if (parent)
		closedir(parent);
}

/* ---- Of killed jobs ------------------------------------------------------------------------ */

/* The attempt whose mark a job's folder has; 0: it is none of this fleet and node. */
static uint32_t attempt_of_job(const struct job *job, const char *name)
{
	struct error ignored;
	if (str_starts_with(name + strlen(JOB_PREFIX), job->mark))
		return job->report.attempt;
	for (uint32_t i = 1; job_has_attempt(job, i); i++) {
		cleanup_free char *mark = NULL;
		if (job_find_mark(job, i, &mark, &ignored) < 0)
			return 0;
		if (str_starts_with(name + strlen(JOB_PREFIX), mark))
			return i;
	}
	return 0;
}

static bool has_result(const struct job *job, uint32_t attempt)
{
	struct error ignored;
	cleanup_free char *path = NULL;
	return folder_path(job->dir, job->node, attempt, "result.db", &path, &ignored) == 0 &&
	       access(path, F_OK) == 0;
}

/* A job that was killed before it could move the result of a whole run: that is as good as kept.
 * What was cut short is measured anew. */
static void keep_of_killed(const struct job *job, int parent, const char *name)
{
	struct error ignored;
	cleanup_free char *folder = NULL;
	cleanup_free char *result = NULL;
	cleanup_free char *kept = NULL;
	struct job_report found = {.is_partial = true};
	if (!job_is_dead(job, parent, name) ||
	    file_join(job->parent, name, &folder, &ignored) < 0 ||
	    file_join(folder, "result.db", &result, &ignored) < 0 || access(result, F_OK) < 0)
		return;
	const uint32_t attempt = attempt_of_job(job, name);
	if (attempt == 0 || has_result(job, attempt) ||
	    job_look_at_result(job, result, &found, &ignored) < 0 || found.is_partial ||
	    found.trials_planned == 0)
		return;
	if (rename_to_kept(job, folder, attempt, &kept, &ignored) == 0)
		job_say(job, JOB_NOTE,
		        "a job of attempt %u was killed before it could hand in its result",
		        (unsigned)attempt);
}

void job_take_kept(struct job *job)
{
	DIR *const parent = opendir(job->parent);
	const struct dirent *entry;
	while (parent && (entry = readdir(parent)))
		keep_of_killed(job, dirfd(parent), entry->d_name);
	if (parent)
		closedir(parent);
	take_from(job, job->parent);
	if (strcmp(job->parent, lasting) != 0)
		take_from(job, lasting);
}
