/* A fleet as its folder has it. The folder lies where every node, and so anybody, may write: what
 * is there is believed only as far as it can be read, and what is not ours is passed over. */
#include "core/cleanup.h"
#include "core/error.h"
#include "core/file.h"
#include "core/str.h"
#include "fleet/folder.h"
#include "fleet/noted.h"
#include "formats/fleet/job_report_json.h"
#include "formats/fleet/manifest_json.h"
#include "model/record.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

enum { STATE_MOST_BYTES = 1 << 20, SCENARIO_MOST_BYTES = 16 << 20 };

static const char attempt_prefix[] = "attempt-";

static inline void close_folder(DIR **folder)
{
	if (*folder)
		closedir(*folder);
}
#define cleanup_folder __attribute__((cleanup(close_folder)))

/* ---- One attempt -------------------------------------------------------------------------- */

/* Reads a small file of an attempt; *ret_text stays NULL when there is none. */
static int read_part(const char *folder, const char *name, char **ret_text, size_t *ret_bytes,
                     struct error *err)
{
	cleanup_free char *path = NULL;
	int r = file_join(folder, name, &path, err);
	if (r < 0)
		return r;
	r = file_read_regular(path, STATE_MOST_BYTES, ret_text, ret_bytes, err);
	return r == -ENOENT ? 0 : r;
}

static int take_submission(const char *folder, const char *node, struct fleet_attempt *attempt,
                           struct error *err)
{
	cleanup_free char *text = NULL;
	size_t bytes;
	int r = read_part(folder, "submitted.json", &text, &bytes, err);
	if (r < 0 || !text)
		return r;
	cleanup_submission struct submission submission = {0};
	r = submission_json_read(text, bytes, &submission, err);
	if (r == 0 && (strcmp(submission.node, node) != 0 || submission.attempt != attempt->number))
		r = error_set(err, EINVAL, "it is of node %.64s, attempt %u", submission.node,
		              (unsigned)submission.attempt);
	if (r < 0)
		return error_context(err, r, "submitted.json");
	attempt->job.id = submission.job;
	attempt->refused = submission.refused;
	attempt->job.node = submission.node;
	attempt->job.submitted_ns = submission.submitted_ns;
	submission = (struct submission){0};
	return 0;
}

static int take_report(const char *folder, struct fleet_attempt *attempt, struct error *err)
{
	cleanup_free char *text = NULL;
	size_t bytes;
	int r = read_part(folder, "state.json", &text, &bytes, err);
	if (r < 0 || !text)
		return r;
	r = job_report_json_read(text, bytes, &attempt->report, err);
	if (r < 0)
		return error_context(err, r, "state.json");
	attempt->has_report = true;
	return 0;
}

static int take_result(const char *folder, struct fleet_attempt *attempt, struct error *err)
{
	cleanup_free char *path = NULL;
	const int r = file_join(folder, "result.db", &path, err);
	if (r < 0)
		return r;
	struct stat status;
	if (lstat(path, &status) < 0)
		return errno == ENOENT ? 0 : error_system(err, errno, "cannot look at %s", path);
	if (!S_ISREG(status.st_mode))
		return error_set(err, EINVAL, "%s is no file", path);
	attempt->result_path = path;
	path = NULL;
	attempt->result_bytes = status.st_size;
	return noted_check(&attempt->report, "result.db", status.st_size, NULL, err);
}

/* Only what is out of memory ends the reading of a fleet; the rest is told of the attempt. */
static int keep_unreadable(struct fleet_attempt *attempt, int result, struct error *err)
{
	if (result == -ENOMEM)
		return result;
	if (result == 0 || attempt->unreadable)
		return 0;
	return str_copy(err->text, &attempt->unreadable, err);
}

static int read_attempt(const char *folder, const char *node, struct fleet_attempt *attempt,
                        struct error *err)
{
	attempt->job.submitted_ns = attempt->job.started_ns = attempt->job.ended_ns = RECORD_ABSENT;
	attempt->job.max_rss_bytes = attempt->job.ave_rss_bytes = RECORD_ABSENT;
	attempt->job.exit_code = -1;
	int r = keep_unreadable(attempt, take_submission(folder, node, attempt, err), err);
	if (r == 0)
		r = keep_unreadable(attempt, take_report(folder, attempt, err), err);
	if (r == 0)
		r = keep_unreadable(attempt, take_result(folder, attempt, err), err);
	return r;
}

/* ---- All of them -------------------------------------------------------------------------- */

/* The number behind "attempt-" as folder_path writes it; 0: it is no folder of an attempt. */
static uint32_t attempt_number(const char *name)
{
	if (!str_starts_with(name, attempt_prefix))
		return 0;
	const char *const digits = name + strlen(attempt_prefix);
	uint64_t number = 0;
	for (const char *at = digits; *at; at++) {
		if (*at < '0' || *at > '9' || number > FOLDER_MOST_ATTEMPTS)
			return 0;
		number = number * 10 + (uint64_t)(*at - '0');
	}
	return *digits == '0' || number > FOLDER_MOST_ATTEMPTS ? 0 : (uint32_t)number;
}

static int open_folder(const char *path, DIR **ret_folder, struct error *err)
{
	const int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *const folder = fd < 0 ? NULL : fdopendir(fd);
	if (!folder) {
		const int code = errno;
		if (fd >= 0)
			close(fd);
		return error_system(err, code, "cannot read folder %s", path);
	}
	*ret_folder = folder;
	return 0;
}

static int read_attempts(const char *path, struct fleet *fleet, const char *node, struct error *err)
{
	cleanup_folder DIR *folder = NULL;
	int r = open_folder(path, &folder, err);
	if (r < 0 || !folder)
		return r == -ENOENT || r == -ENOTDIR ? 0 : r;
	const struct dirent *entry;
	while (r == 0 && (entry = readdir(folder))) {
		const uint32_t number = attempt_number(entry->d_name);
		if (number == 0)
			continue;
		cleanup_free char *inner = NULL;
		struct fleet_node *const at = fleet_node_take(fleet, node, err);
		struct fleet_attempt *const attempt =
		        at ? fleet_attempt_take(at, number, err) : NULL;
		if (!attempt)
			return -ENOMEM;
		r = file_join(path, entry->d_name, &inner, err);
		if (r == 0)
			r = read_attempt(inner, node, attempt, err);
	}
	return r;
}

static int read_nodes(const char *dir, struct fleet *fleet, struct error *err)
{
	cleanup_free char *path = NULL;
	cleanup_folder DIR *folder = NULL;
	int r = file_join(dir, "nodes", &path, err);
	if (r == 0)
		r = open_folder(path, &folder, err);
	if (r < 0 || !folder)
		return r == -ENOENT ? 0 : r;
	const struct dirent *entry;
	while (r == 0 && (entry = readdir(folder))) {
		cleanup_free char *node = NULL;
		cleanup_free char *inner = NULL;
		if (entry->d_name[0] == '.' || folder_unescape(entry->d_name, &node, err) < 0)
			continue;
		r = file_join(path, entry->d_name, &inner, err);
		if (r == 0)
			r = read_attempts(inner, fleet, node, err);
	}
	return r;
}

static int take_manifest(const char *dir, const struct manifest *manifest, struct fleet *fleet,
                         struct error *err)
{
	int r = str_copy(manifest->id, &fleet->id, err);
	if (r == 0)
		r = str_copy(manifest->name, &fleet->name, err);
	if (r == 0)
		r = str_copy(dir, &fleet->folder, err);
	if (r == 0)
		r = str_copy(manifest->plateau_version, &fleet->plateau_version, err);
	if (r == 0)
		r = str_copy(manifest->scenario_sha256, &fleet->scenario_sha256, err);
	for (size_t i = 0; r == 0 && i < manifest->expected.count; i++)
		if (!fleet_node_take(fleet, manifest->expected.items[i], err))
			r = -ENOMEM;
	return r;
}

static int take_scenario(const char *dir, struct fleet *fleet, struct error *err)
{
	cleanup_free char *path = NULL;
	int r = file_join(dir, "scenario.yaml", &path, err);
	if (r < 0)
		return r;
	r = file_read_regular(path, SCENARIO_MOST_BYTES, &fleet->scenario_text, NULL, err);
	return r == -ENOENT ? 0 : r;
}

int folder_read(const char *dir, const struct manifest *manifest, struct fleet *ret_fleet,
                struct error *err)
{
	cleanup_fleet struct fleet fleet = {.created_ns = manifest->created_ns,
	                                    .observed_ns = RECORD_ABSENT};
	int r = take_manifest(dir, manifest, &fleet, err);
	if (r == 0)
		r = take_scenario(dir, &fleet, err);
	if (r == 0)
		r = read_nodes(dir, &fleet, err);
	if (r < 0)
		return r;
	fleet_sort(&fleet);
	*ret_fleet = fleet;
	fleet = (struct fleet){0};
	return 0;
}
