/* An attempt belongs to one job, and what a killed one has left is removed by the next.
 *
 * Two jobs of one attempt are kept apart by two things that the kernel gives to one process and
 * takes back when that ends, however it ends: a name (an abstract socket), which each network name
 * space has for itself, and the lock of the attempt's folder, which all containers of a machine
 * have in common. Nothing is left that would have to be told from a living one, as a lock file
 * would, and no file server is relied on: folders are locked on the machine itself, also those of
 * NFS and Lustre. An attempt belongs to one node, so that one machine is enough; should another
 * host work on it none the less, its state file says so by changing. */
#include "core/cleanup.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/file.h"
#include "core/str.h"
#include "fleet/job_parts.h"
#include "platform/memory_limit.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* The run of a killed job holds name and lock too, for as long as it takes to end its tasks. */
#define CLAIM_NS (5 * NS_PER_S)
#define PAUSE_NS (50 * NS_PER_MS)

/* ---- The number and the folder ------------------------------------------------------------- */

/* The next one behind those that are there; its folder is made by nobody else. */
static int take_new_attempt(struct job *job, struct error *err)
{
	uint32_t last = 0;
	while (last < FOLDER_MOST_ATTEMPTS && job_has_attempt(job, last + 1))
		last++;
	int r;
	do
		r = folder_make_attempt(job->dir, job->node, ++last, err);
	while (r == -EEXIST && last < FOLDER_MOST_ATTEMPTS);
	job->report.attempt = last;
	return r;
}

static int take_attempt(struct job *job, struct error *err)
{
	int r = 0;
	if (job->settings->attempt == 0)
		r = take_new_attempt(job, err);
	else if (!job_has_attempt(job, job->report.attempt))
		r = folder_make_attempt(job->dir, job->node, job->report.attempt, err);
	else
		r = -EEXIST;
	if (r < 0 && r != -EEXIST)
		return r;
	job->is_new = r == 0;
	return folder_path(job->dir, job->node, job->report.attempt, NULL, &job->folder, err);
}

/* ---- The claim ----------------------------------------------------------------------------- */

static int refuse_second(const struct job *job, const char *where, struct error *err)
{
	return error_set(err, EBUSY,
	                 "another job is at work on attempt %u of node %s%s: wait for it, or begin "
	                 "a new attempt",
	                 (unsigned)job->report.attempt, job->node, where);
}

static int take_name(struct job *job, int64_t until_ns, struct error *err)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	/* A first byte of 0 makes it a name of the kernel, not of a file. */
	const int length = snprintf(address.sun_path + 1, sizeof address.sun_path - 1,
	                            "plateau-fleet-job-%s", job->mark);
	const socklen_t bytes =
	        (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)length);
	const int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return error_system(err, errno, "cannot keep other jobs away");
	while (bind(fd, (const struct sockaddr *)&address, bytes) < 0) {
		const int code = errno;
		if (code == EADDRINUSE && clock_now_ns() < until_ns) {
			clock_sleep_until(clock_now_ns() + PAUSE_NS);
			continue;
		}
		close(fd);
		return code == EADDRINUSE ? refuse_second(job, "", err)
		                          : error_system(err, code, "cannot keep other jobs away");
	}
	job->claim = fd;
	return 0;
}

/* A folder that cannot be locked leaves the name alone to keep others away. */
static int take_lock(struct job *job, int64_t until_ns, struct error *err)
{
	const int fd = open(job->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	while (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK) {
		if (clock_now_ns() >= until_ns) {
			close(fd);
			return refuse_second(job, " on this machine, in another container", err);
		}
		clock_sleep_until(clock_now_ns() + PAUSE_NS);
	}
	job->folder_lock = fd;
	return 0;
}

static int keep_others_away(struct job *job, struct error *err)
{
	const int64_t until_ns = clock_now_ns() + CLAIM_NS;
	const int r = take_name(job, until_ns, err);
	return r < 0 ? r : take_lock(job, until_ns, err);
}

/* ---- What was there before ----------------------------------------------------------------- */

/* Another host's job is alive when its state file changes; what its clock says is not asked. */
static int watch_other_host(const struct job *job, const struct job_report *before,
                            struct error *err)
{
	const int64_t until_ns = clock_now_ns() + 2 * JOB_HEARTBEAT_NS + CLAIM_NS;
	job_say(job, JOB_NOTE,
	        "host %s was at work on this attempt: looking for %d s whether it still is",
	        before->host, (int)((2 * JOB_HEARTBEAT_NS + CLAIM_NS) / NS_PER_S));
	while (clock_now_ns() < until_ns) {
		cleanup_job_report struct job_report now = {0};
		clock_sleep_until(clock_now_ns() + NS_PER_S);
		if (job_read_report(job->folder, &now) && now.updated_ns != before->updated_ns) {
			cleanup_free char *where = NULL;
			const int r = str_format(&where, err, ", on host %s", before->host);
			return r < 0 ? r : refuse_second(job, where, err);
		}
	}
	return 0;
}

/* A job that was killed behind its last step: its result is whole, and what it said of it holds. */
static int finish_earlier(const struct job *job, struct job_report *before, struct error *err)
{
	if (before->stage == STAGE_DONE)
		return error_set(
		        err, EEXIST,
		        "attempt %u of node %s has its result already: begin a new attempt",
		        (unsigned)job->report.attempt, job->node);
	int r = job_set_done(before, err);
	if (r == 0)
		r = job_write_report(job->folder, before, true, err);
	if (r < 0)
		return r;
	return error_set(err, EEXIST,
	                 "attempt %u of node %s has its result already; its job was killed before "
	                 "it could say so, which is made good",
	                 (unsigned)job->report.attempt, job->node);
}

static int look_at_earlier(const struct job *job, struct error *err)
{
	cleanup_free char *result = NULL;
	cleanup_job_report struct job_report before = {0};
	int r = file_join(job->folder, "result.db", &result, err);
	if (r < 0)
		return r;
	const bool has_state = job_read_report(job->folder, &before);
	if (has_state && before.stage != STAGE_DONE && before.host &&
	    strcmp(before.host, job->report.host) != 0)
		r = watch_other_host(job, &before, err);
	if (r < 0 || access(result, F_OK) < 0)
		return r;
	if (job->has_taken_kept)
		return error_set(err, EALREADY,
		                 "attempt %u of node %s is complete: its result, which was kept on "
		                 "the node, is in its place",
		                 (unsigned)job->report.attempt, job->node);
	if (has_state)
		return finish_earlier(job, &before, err);
	return error_set(err, EEXIST,
	                 "attempt %u of node %s has a result already: begin a new attempt",
	                 (unsigned)job->report.attempt, job->node);
}

int job_claim(struct job *job, struct error *err)
{
	int r = take_attempt(job, err);
	if (r == 0)
		r = job_find_mark(job, 0, &job->node_mark, err);
	if (r == 0)
		r = job_find_mark(job, job->report.attempt, &job->mark, err);
	if (r == 0)
		r = keep_others_away(job, err);
	if (r == 0 && job->parent)
		job_take_kept(job);
	return r < 0 ? r : look_at_earlier(job, err);
}

/* ---- Clearing ------------------------------------------------------------------------------ */

static void clear_attempt(const struct job *job)
{
	static const char *const names[] = {"result.db.new", "state.json.new"};
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		cleanup_free char *path = NULL;
		struct error ignored;
		if (file_join(job->folder, names[i], &path, &ignored) == 0)
			unlink(path);
	}
}

static void clear_one(const struct job *job, int parent, const char *name)
{
	struct error err;
	const char *const run = job_dead_run(parent, name);
	if (!run && !job_is_dead(job, parent, name))
		return;
	if (run)
		memory_limit_clear(run, "");
	if (file_remove_tree(parent, name, &err) < 0)
		job_say(job, JOB_WARNING, "%s: what a killed job has left stays: %s", job->parent,
		        err.text);
	else
		job_say(job, JOB_NOTE, "removed what a killed job has left: %s/%s", job->parent,
		        name);
}

static void clear_node(const struct job *job)
{
	const int fd = open(job->parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *const parent = fd < 0 ? NULL : fdopendir(fd);
	if (!parent) {
		if (fd >= 0)
			close(fd);
		return;
	}
	const struct dirent *entry;
	while ((entry = readdir(parent)))
		clear_one(job, fd, entry->d_name);
	closedir(parent);
}

void job_clear(struct job *job)
{
	clear_attempt(job);
	if (job->parent)
		clear_node(job);
}
