/* The marks by which jobs and what they leave are told apart, and whether whoever left a folder on
 * the node is dead. */
#include "core/cleanup.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/file.h"
#include "core/hash.h"
#include "core/str.h"
#include "fleet/job_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MARK_DIGITS = 16, RUN_ID_DIGITS = 32 };

static const char run_prefix[] = "plateau-"; /* of folders on the node */

/* A folder on the node that nobody holds may be one that is just being made. */
#define YOUNG_NS (60 * NS_PER_S)

bool job_has_attempt(const struct job *job, uint32_t attempt)
{
	cleanup_free char *path = NULL;
	struct error ignored;
	return folder_path(job->dir, job->node, attempt, NULL, &path, &ignored) == 0 &&
	       access(path, F_OK) == 0;
}

int job_find_mark(const struct job *job, uint32_t attempt, char **ret_mark, struct error *err)
{
	char sum[HASH_TEXT_BYTES];
	cleanup_free char *text = NULL;
	const int r = str_format(&text, err, "%s\n%s\n%u", job->manifest.id, job->node,
	                         (unsigned)attempt);
	if (r < 0)
		return r;
	hash_sha256(text, strlen(text), sum);
	sum[MARK_DIGITS] = '\0';
	return str_copy(sum, ret_mark, err);
}

/* Whether a folder of this user is held by nobody: by the lock of the file `held` in it, or of the
 * folder itself. One that was just made, no longer than young_ns ago, need not be held yet; 0: that
 * cannot be. */
static bool is_dead(int parent, const char *name, const char *held, int64_t young_ns)
{
	struct stat status;
	cleanup_close const int folder =
	        openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (folder < 0 || fstat(folder, &status) < 0 || status.st_uid != geteuid() ||
	    (young_ns > 0 && clock_calendar_ns() - file_mtime_ns(&status) <= young_ns))
		return false;
	if (!held)
		return flock(folder, LOCK_EX | LOCK_NB) == 0;
	cleanup_close const int file = openat(folder, held, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
	return file < 0 ? errno == ENOENT : flock(file, LOCK_EX | LOCK_NB) == 0;
}

/* Of a job: "plateau-job-...". One of this attempt may be old or young: no other job of it begins
 * while this one has it; but it is dead by its lock alone. */
bool job_is_dead(const struct job *job, int parent, const char *name)
{
	if (!str_starts_with(name, JOB_PREFIX))
		return false;
	const bool is_own = str_starts_with(name + strlen(JOB_PREFIX), job->mark);
	return is_dead(parent, name, JOB_HELD_FILE, is_own ? 0 : YOUNG_NS);
}

/* Of a run: "plateau-", its id, and what a resumed part has behind it. A batch system that kills
 * all of a job at once kills those that would have removed it. */
const char *job_dead_run(int parent, const char *name)
{
	if (!str_starts_with(name, run_prefix))
		return NULL;
	const char *const id = name + strlen(run_prefix);
	const size_t digits = strspn(id, "0123456789abcdef");
	const bool is_run = digits == RUN_ID_DIGITS && (id[digits] == '\0' || id[digits] == '-');
	return is_run && is_dead(parent, name, NULL, YOUNG_NS) ? id : NULL;
}
