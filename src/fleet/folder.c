/* Files of a fleet's folder, one by one. */
#include "fleet/folder.h"

#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/file.h"
#include "core/trust.h"
#include "formats/fleet/manifest_json.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

enum { MANIFEST_MOST_BYTES = 16 << 20 };

int folder_manifest(const char *dir, struct manifest *ret_manifest, struct error *err)
{
	cleanup_free char *path = NULL;
	int r = file_join(dir, "fleet.json", &path, err);
	if (r < 0)
		return r;
	cleanup_free char *text = NULL;
	size_t text_bytes;
	r = file_read_regular(path, MANIFEST_MOST_BYTES, &text, &text_bytes, err);
	if (r == -ENOENT || r == -ENOTDIR)
		return error_set(err, ENOENT,
		                 "%s is no folder of a fleet: it has no fleet.json "
		                 "(plateau fleet submit makes one)",
		                 dir);
	if (r < 0)
		return r;
	r = manifest_json_read(text, text_bytes, ret_manifest, err);
	return r < 0 ? error_context(err, r, "%s", path) : 0;
}

int folder_check_trust(const char *dir, struct error *err)
{
	static const char *const names[] = {"fleet.json", "scenario.yaml"};
	int r = trust_content(dir, err);
	for (size_t i = 0; r == 0 && i < ARRAY_LENGTH(names); i++) {
		cleanup_free char *path = NULL;
		r = file_join(dir, names[i], &path, err);
		if (r == 0)
			r = trust_content(path, err);
	}
	return r;
}

int folder_write_manifest(const char *dir, const struct manifest *manifest, struct error *err)
{
	cleanup_free char *path = NULL;
	cleanup_free char *text = NULL;
	int r = file_join(dir, "fleet.json", &path, err);
	if (r == 0)
		r = manifest_json_write(manifest, &text, err);
	return r < 0 || !text ? r : file_replace(path, text, strlen(text), err);
}

static int make_folder(const char *path, struct error *err)
{
	return mkdir(path, 0777) < 0 ? error_system(err, errno, "cannot make folder %s", path) : 0;
}

int folder_make_attempt(const char *dir, const char *node, uint32_t attempt, struct error *err)
{
	cleanup_free char *path = NULL;
	const int r = folder_path(dir, node, attempt, NULL, &path, err);
	if (r < 0)
		return r;
	if (mkdir(path, 0777) == 0)
		return 0;
	if (errno != ENOENT)
		return error_system(err, errno, "cannot make folder %s", path);
	/* DIR/nodes, DIR/nodes/NODE: others may make them at the same time. */
	for (char *slash = path + strlen(dir) + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		const int made = mkdir(path, 0777) < 0 && errno != EEXIST
		                         ? error_system(err, errno, "cannot make folder %s", path)
		                         : 0;
		*slash = '/';
		if (made < 0)
			return made;
	}
	return make_folder(path, err);
}

int folder_write_submission(const char *dir, const struct submission *submission, struct error *err)
{
	cleanup_free char *path = NULL;
	cleanup_free char *text = NULL;
	int r = folder_path(dir, submission->node, submission->attempt, "submitted.json", &path,
	                    err);
	if (r == 0)
		r = submission_json_write(submission, &text, err);
	return r < 0 || !text ? r : file_replace(path, text, strlen(text), err);
}
