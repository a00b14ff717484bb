/* What must be there on the node before hours of it are spent: where something is not seen from
 * here, that is said by its name. */
#include "core/cleanup.h"
#include "core/error.h"
#include "core/file.h"
#include "core/hash.h"
#include "core/str.h"
#include "core/trust.h"
#include "fleet/job_parts.h"
#include "formats/scenario/scenario_yaml.h"
#include "model/scenario.h"
#include "platform/filesystem.h"
#include "run/inputs.h"
#include "run/words.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

extern char **environ;

/* ---- A folder on the node ------------------------------------------------------------------ */

bool job_can_use(const char *folder)
{
	struct stat status;
	const char *kind;
	struct error ignored;
	return folder && folder[0] == '/' && stat(folder, &status) == 0 &&
	       S_ISDIR(status.st_mode) && access(folder, W_OK | X_OK) == 0 &&
	       !filesystem_is_network(folder, &kind) &&
	       trust_temporary_parent(folder, &ignored) == 0;
}

/* $TMPDIR of the job; it may be that of the machine from which it was submitted. */
int job_find_parent(struct job *job, struct error *err)
{
	const char *const given = getenv("TMPDIR");
	const char *const slurm = getenv("SLURM_TMPDIR");
	const char *const candidates[] = {given, slurm, "/tmp", "/var/tmp"};
	for (size_t i = 0; i < sizeof candidates / sizeof candidates[0]; i++) {
		if (!job_can_use(candidates[i]))
			continue;
		const int r = str_copy(candidates[i], &job->parent, err);
		job->is_parent_ours = i > 0;
		struct error why;
		const bool is_open =
		        given && given[0] == '/' && trust_temporary_parent(given, &why) == -EPERM;
		if (r == 0 && i > 0 && given && *given)
			job_say(job, JOB_WARNING,
			        "TMPDIR is \"%s\", which is no folder on this node that can be "
			        "used%s%s%s: %s is",
			        given, is_open ? " (" : "", is_open ? why.text : "",
			        is_open ? ")" : "", job->parent);
		return r;
	}
	return error_set(
	        err, ENOENT,
	        "the node has no folder of its own to write to: TMPDIR is \"%s\", and "
	        "/tmp and /var/tmp are not there, not writable, not sticky or on a network",
	        given ? given : "");
}

int job_make_local(struct job *job, struct error *err)
{
	cleanup_free char *prefix = NULL;
	cleanup_free char *held = NULL;
	int r = str_format(&prefix, err, JOB_PREFIX "%s", job->mark);
	if (r == 0)
		r = file_make_temporary_folder(job->parent, prefix, &job->local, err);
	if (r == 0)
		r = file_join(job->local, "result.db", &job->local_result, err);
	if (r == 0)
		r = file_join(job->local, JOB_HELD_FILE, &held, err);
	if (r != 0)
		return r;
	/* Held, the folder is known as a living job's. (The folder itself is locked by who takes
	 * names in it.) */
	job->local_lock = open(held, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (job->local_lock < 0)
		return error_system(err, errno, "cannot write in %s", job->local);
	flock(job->local_lock, LOCK_EX | LOCK_NB);
	return 0;
}

void job_remove_local(struct job *job)
{
	struct error err;
	if (job->local && file_remove_tree(AT_FDCWD, job->local, &err) < 0)
		job_say(job, JOB_WARNING, "%s could not be removed: %s", job->local, err.text);
	free(job->local);
	job->local = NULL;
	if (job->local_lock >= 0)
		close(job->local_lock);
	job->local_lock = -1;
}

/* ---- What the run needs -------------------------------------------------------------------- */

/* Whether a path is not seen because something above it is not there: then a file system is missing
 * rather than a file. *ret_missing is the uppermost part that is not there. */
static int find_missing(const char *path, char **ret_missing, struct error *err)
{
	cleanup_free char *part = NULL;
	int r = str_copy(path, &part, err);
	if (r < 0)
		return r;
	for (char *slash = part; slash && *slash; slash = strchr(slash + 1, '/')) {
		const char kept = *slash;
		if (slash == part)
			continue;
		*slash = '\0';
		const bool is_there = access(part, F_OK) == 0;
		if (!is_there)
			break;
		*slash = kept;
	}
	*ret_missing = part;
	part = NULL;
	return 0;
}

static int not_seen(const char *what, const char *path, int code, struct error *err)
{
	cleanup_free char *missing = NULL;
	const int r = path[0] == '/' && code == ENOENT ? find_missing(path, &missing, err) : 0;
	if (r < 0)
		return r;
	if (missing && strcmp(missing, path) != 0)
		return error_set(err, code,
		                 "this node does not see %s %s: %s is not there (is its file "
		                 "system mounted here?)",
		                 what, path, missing);
	return error_system(err, code, "this node does not see %s %s", what, path);
}

static int enter_working_folder(const struct job *job, struct error *err)
{
	const char *const folder = job->manifest.working_folder;
	return chdir(folder) < 0 ? not_seen("the working folder", folder, errno, err) : 0;
}

static int load_scenario(const struct job *job, struct scenario *ret_scenario, int *ret_code,
                         struct error *err)
{
	char sum[HASH_TEXT_BYTES];
	cleanup_free char *path = NULL;
	cleanup_problems struct problems problems = {0};
	int r = file_join(job->dir, "scenario.yaml", &path, err);
	if (r == 0 && access(path, R_OK) < 0)
		return not_seen("the fleet's scenario", path, errno, err);
	if (r == 0)
		r = hash_sha256_file(path, sum, err);
	*ret_code = JOB_END_REFUSED;
	if (r == 0 && job->manifest.scenario_sha256 &&
	    strcmp(sum, job->manifest.scenario_sha256) != 0)
		return error_set(err, EINVAL,
		                 "%s is not what was submitted any more: the nodes of a fleet all "
		                 "run the same, so submit the new one into a new folder",
		                 path);
	if (r == 0)
		r = scenario_yaml_load(path, ret_scenario, &problems, err);
	if (r == -EINVAL && problems.count > 0)
		return error_set(err, EINVAL, "%s", problems.items[0].text);
	return r;
}

static int check_program(const struct scenario *scenario, struct error *err)
{
	cleanup_free char *path = NULL;
	const int r = words_find_program(scenario, (const char *const *)environ, &path, err);
	if (r < 0 || !path || access(path, X_OK) == 0)
		return r;
	const int code = errno;
	if (!strchr(path, '/'))
		return error_set(err, ENOENT,
		                 "the task's program %s is not in PATH on this node (PATH is %s)",
		                 path, getenv("PATH") ? getenv("PATH") : "not set");
	return not_seen("the task's program", path, code, err);
}

static int check_generator(const char *command, struct error *err)
{
	cleanup_free char *path = NULL;
	const int r = words_find_command(command, getenv("PATH"), &path, err);
	if (r < 0 || strchr(command, '{') || access(path, X_OK) == 0)
		return r;
	return not_seen("the program that makes the inputs,", path, errno, err);
}

static int check_inputs(const struct scenario *scenario, struct error *err)
{
	const struct scenario_inputs *const inputs = &scenario->task.inputs;
	if (inputs->kind == INPUTS_NONE)
		return 0;
	if (inputs->kind == INPUTS_GENERATE)
		return check_generator(inputs->words.items[0], err);
	cleanup_words struct words found = {0};
	size_t count;
	const int r = inputs_find(inputs, 1, &found, &count, err);
	return r == -ENOMEM || r == 0
	               ? r
	               : error_context(err, r, "this node does not see the task's inputs");
}

int job_check(struct job *job, int *ret_code, struct error *err)
{
	cleanup_scenario struct scenario scenario = {0};
	int code = JOB_END_NODE_CANNOT;
	int r = enter_working_folder(job, err);
	if (r == 0)
		r = load_scenario(job, &scenario, &code, err);
	if (r == 0) {
		code = JOB_END_NODE_CANNOT;
		r = check_program(&scenario, err);
	}
	if (r == 0)
		r = check_inputs(&scenario, err);
	if (r < 0)
		*ret_code = r == -ENOMEM ? JOB_END_FAILED : code;
	return r;
}
