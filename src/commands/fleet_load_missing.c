/* What should be there and is not: results that could not be read, and nodes that were expected.
 * Without them a fleet would look complete. */
#include "commands/fleet_load_parts.h"
#include "commands/talk.h"
#include "core/cleanup.h"
#include "core/file.h"
#include "core/str.h"
#include "fleet/expected.h"
#include "fleet/merge.h"
#include "fleet/observe.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- Results that could not be read ------------------------------------------------------- */

int loading_name_by_file(const char *path, char **ret_name, struct error *err)
{
	const char *const slash = strrchr(path, '/');
	const char *const base = slash ? slash + 1 : path;
	const size_t length = strlen(base);
	const bool has_suffix = length > 3 && strcmp(base + length - 3, ".db") == 0;
	return str_format(ret_name, err, "%.*s", (int)(has_suffix ? length - 3 : length), base);
}

int loading_keep_unread(struct loading *loading, const struct digest *digest, struct error *err)
{
	int r = words_add(&loading->unread_paths, digest->path, err);
	return r == 0 ? words_add(&loading->unread_whys, digest->why.text, err) : r;
}

static bool is_among(const char *path, const struct words *paths)
{
	for (size_t i = 0; i < paths->count; i++) {
		cleanup_free char *real = realpath(paths->items[i], NULL);
		if (strcmp(real ? real : paths->items[i], path) == 0)
			return true;
	}
	return false;
}

static int forget_attempts(struct fleet_node *node, const struct words *paths, int64_t now_ns,
                           struct error *err)
{
	size_t kept = 0;
	for (size_t k = 0; k < node->attempt_count; k++) {
		struct fleet_attempt *const attempt = &node->attempts[k];
		if (merge_is_unread(attempt) && is_among(attempt->result_path, paths)) {
			fleet_attempt_release(attempt);
			continue;
		}
		if (kept < k) {
			node->attempts[kept] = *attempt;
			*attempt = (struct fleet_attempt){0};
		}
		node->attempts[kept].number = (uint32_t)kept + 1;
		kept++;
	}
	const bool has_changed = kept < node->attempt_count;
	node->attempt_count = kept;
	return has_changed ? standing_find_node(node, now_ns, err) : 0;
}

int loading_forget_unread(struct loading *loading, const struct words *paths, struct error *err)
{
	struct fleet *const fleet = &loading->fleet;
	int r = 0;
	/* The folder of a fleet tells itself what it has. */
	for (size_t i = 0; r == 0 && !fleet->id && i < fleet->node_count; i++) {
		const bool was_there = fleet->nodes[i].attempt_count > 0;
		r = forget_attempts(&fleet->nodes[i], paths, fleet->observed_ns, err);
		/* Nobody but that file ever spoke of it. */
		if (r < 0 || !was_there || fleet->nodes[i].attempt_count > 0)
			continue;
		fleet_node_drop(fleet, i--);
	}
	return r;
}

static bool has_path(const struct fleet *fleet, const char *path)
{
	for (size_t i = 0; i < fleet->node_count; i++)
		for (size_t k = 0; k < fleet->nodes[i].attempt_count; k++) {
			const char *const there = fleet->nodes[i].attempts[k].result_path;
			if (there && strcmp(there, path) == 0)
				return true;
		}
	return false;
}

/* The node that a file is named for: one that is there, or else a new one. */
static struct fleet_node *node_of(struct loading *loading, const char *path, struct error *err)
{
	cleanup_free char *name = NULL;
	struct fleet *const fleet = &loading->fleet;
	if (loading->settings->node)
		return fleet_node_take(fleet, loading->settings->node, err);
	if (loading_name_by_file(path, &name, err) < 0)
		return NULL;
	for (size_t i = 0; i < fleet->node_count && !fleet_node_find(fleet, name); i++)
		if (expected_is(&fleet->nodes[i], name))
			return &fleet->nodes[i];
	return fleet_node_take(fleet, name, err);
}

static int add_unread(struct loading *loading, const char *path, const char *why, struct error *err)
{
	struct stat status;
	struct fleet_node *const node = node_of(loading, path, err);
	if (!node)
		return -ENOMEM;
	const struct fleet_attempt *const last = fleet_attempt_last(node);
	struct fleet_attempt *const attempt =
	        fleet_attempt_take(node, last ? last->number + 1 : 1, err);
	if (!attempt)
		return -ENOMEM;
	int r = str_copy(path, &attempt->result_path, err);
	if (r == 0)
		r = str_copy(why, &attempt->unreadable, err);
	if (r == 0 && stat(path, &status) == 0)
		attempt->result_mtime_ns = file_mtime_ns(&status);
	return r;
}

static int add_unreads(struct loading *loading, struct error *err)
{
	int r = 0;
	size_t added = 0;
	for (size_t i = 0; r == 0 && i < loading->unread_paths.count; i++) {
		/* What was read of it earlier stays. */
		if (has_path(&loading->fleet, loading->unread_paths.items[i]))
			continue;
		r = add_unread(loading, loading->unread_paths.items[i],
		               loading->unread_whys.items[i], err);
		added++;
	}
	if (r < 0 || added == 0)
		return r;
	if (!loading->fleet.id)
		merge_number_by_time(&loading->fleet);
	return standing_find_all(&loading->fleet, err);
}

static bool is_listed(const struct words *list, const char *text)
{
	for (size_t i = 0; i < list->count; i++)
		if (strcmp(list->items[i], text) == 0)
			return true;
	return false;
}

/* Those that were read at an earlier time, or by somebody else. */
static int list_unreads(struct loading *loading, struct error *err)
{
	const struct fleet *const fleet = &loading->fleet;
	struct words *const list = &loading->summary.unreadable;
	int r = 0;
	for (size_t i = 0; i < fleet->node_count; i++)
		for (size_t k = 0; r == 0 && k < fleet->nodes[i].attempt_count; k++) {
			const struct fleet_attempt *const attempt = &fleet->nodes[i].attempts[k];
			if (merge_is_unread(attempt) && !is_listed(list, attempt->unreadable))
				r = words_add(list, attempt->unreadable, err);
		}
	return r;
}

/* ---- Nodes that were expected ------------------------------------------------------------- */

static void tell_unexpected(const struct loading *loading, const struct words *expected)
{
	const struct fleet *const fleet = &loading->fleet;
	enum { TOLD_MOST = 5 };
	size_t count = 0;
	for (size_t i = 0; i < fleet->node_count; i++) {
		bool is_expected = false;
		for (size_t k = 0; k < expected->count && !is_expected; k++)
			is_expected = expected_is(&fleet->nodes[i], expected->items[k]);
		if (!is_expected && count++ < TOLD_MOST)
			talk_warning("%s is not among the nodes of --expect", fleet->nodes[i].name);
	}
	if (count > TOLD_MOST)
		talk_warning("%zu more are not among the nodes of --expect", count - TOLD_MOST);
}

/* A fleet that was gathered was not submitted: its nodes without anything were expected, now or
 * when it was collected. */
static int say_expected(struct fleet *fleet, struct error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && !fleet->id && i < fleet->node_count; i++) {
		struct fleet_node *const node = &fleet->nodes[i];
		if (node->attempt_count > 0 || node->site_state || node->site_reason)
			continue;
		free(node->reason);
		node->reason = NULL;
		r = str_copy("it was expected, and there is no result of it", &node->reason, err);
	}
	return r;
}

int loading_add_missing(struct loading *loading, struct error *err)
{
	int r = add_unreads(loading, err);
	if (r == 0 && loading->expected.count > 0) {
		tell_unexpected(loading, &loading->expected);
		r = expected_add(&loading->fleet, &loading->expected, err);
	}
	fleet_sort(&loading->fleet);
	if (r == 0)
		r = list_unreads(loading, err);
	return r == 0 ? say_expected(&loading->fleet, err) : r;
}
