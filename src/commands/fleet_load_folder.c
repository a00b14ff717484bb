/* The folder of a fleet, and results from elsewhere, as fleets. */
#include "commands/fleet_load_parts.h"
#include "commands/talk.h"
#include "core/cleanup.h"
#include "core/clock.h"
#include "core/str.h"
#include "fleet/merge.h"
#include "fleet/observe.h"
#include "fleet/slurm/slurm.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int loading_count(struct loading *loading, const struct digests *digests, struct error *err)
{
	struct fleet_load_summary *const summary = &loading->summary;
	int r = 0;
	for (size_t i = 0; r == 0 && i < digests->count; i++) {
		const struct digest *const digest = &digests->items[i];
		summary->new_results += digest->outcome == DIGEST_NEW;
		summary->changed_results += digest->outcome == DIGEST_CHANGED;
		summary->known_results += digest->outcome == DIGEST_KNOWN;
		if (digest->outcome == DIGEST_UNREADABLE)
			r = words_add(&summary->unreadable, digest->why.text, err);
		else
			loading->readable++;
	}
	return r;
}

/* ---- The folder of a fleet ---------------------------------------------------------------- */

/* The picture that the fleet file has of the same fleet; NULL: it has none. */
static const struct fleet_attempt *find_known(const struct loading *loading,
                                              const struct fleet *late, const char *node,
                                              const struct fleet_attempt *attempt)
{
	const struct fleet_node *const there = fleet_node_find(&loading->fleet, node);
	const bool is_one_fleet =
	        loading->fleet.id && late->id && strcmp(loading->fleet.id, late->id) == 0;
	if (loading->settings->is_again)
		return NULL;
	for (size_t i = 0; there && i < there->attempt_count; i++) {
		const struct fleet_attempt *const known = &there->attempts[i];
		if (is_one_fleet ? known->number == attempt->number : merge_is_same(known, attempt))
			return known;
	}
	return NULL;
}

static int find_results(const struct loading *loading, struct fleet *late, struct digests *digests,
                        struct error *err)
{
	int r = 0;
	for (size_t i = 0; i < late->node_count; i++) {
		struct fleet_node *const node = &late->nodes[i];
		for (size_t k = 0; r == 0 && k < node->attempt_count; k++) {
			struct fleet_attempt *const attempt = &node->attempts[k];
			if (attempt->result_path)
				r = digests_add(digests, attempt->result_path, attempt,
				                find_known(loading, late, node->name, attempt),
				                err);
		}
	}
	return r;
}

/* What was found to the attempts that it is of. */
static int take_results(struct digests *digests, struct error *err)
{
	for (size_t i = 0; i < digests->count; i++) {
		struct digest *const digest = &digests->items[i];
		struct fleet_attempt *const attempt = digest->attempt;
		if (digest->outcome == DIGEST_NEW || digest->outcome == DIGEST_CHANGED)
			merge_take_result(attempt, &digest->found);
		if (digest->outcome != DIGEST_UNREADABLE || attempt->unreadable)
			continue;
		const int r = str_copy(digest->why.text, &attempt->unreadable, err);
		if (r < 0)
			return r;
	}
	return 0;
}

/* The batch system, where there is one that answers; without it jobs are known by their state files
 * alone. */
static struct slurm *open_batch(struct loading *loading)
{
	struct slurm *slurm = NULL;
	struct error err;
	const int r = slurm_open(&slurm, &err);
	if (r == 0)
		return slurm;
	struct error ignored;
	if (!loading->summary.no_batch)
		str_copy(err.text, &loading->summary.no_batch, &ignored);
	return NULL;
}

static int look(struct loading *loading, const char *dir, const struct manifest *manifest,
                struct fleet *ret_fleet, struct error *err)
{
	struct slurm *slurm = open_batch(loading);
	int r = observe(dir, manifest, slurm, ret_fleet, err);
	if (r < 0 && r != -ENOMEM && slurm) {
		/* It answered once, and does not any more. */
		struct error ignored;
		if (!loading->summary.no_batch)
			str_copy(err->text, &loading->summary.no_batch, &ignored);
		r = observe(dir, manifest, NULL, ret_fleet, err);
	}
	if (slurm)
		loading->summary.scheduler_calls += slurm_calls(slurm);
	slurm_free(slurm);
	return r;
}

static int collect_folder(struct loading *loading, const char *dir, const struct manifest *manifest,
                          struct error *err)
{
	cleanup_fleet struct fleet late = {0};
	cleanup_digests struct digests digests = {0};
	int r = look(loading, dir, manifest, &late, err);
	if (r == 0)
		r = find_results(loading, &late, &digests, err);
	if (r < 0)
		return r;
	digests_read(&digests, NULL, loading->judging, loading->settings->arguments);
	r = loading_count(loading, &digests, err);
	if (r == 0)
		r = take_results(&digests, err);
	if (r == 0)
		r = standing_find_all(&late, err);
	return r == 0 ? merge_fleet(&loading->fleet, &late, err) : r;
}

enum exit_code loading_add_folder(struct loading *loading, const char *dir)
{
	struct error err;
	cleanup_manifest struct manifest manifest = {0};
	/* However it is named, what is collected of it reads the same. */
	cleanup_free char *real = realpath(dir, NULL);
	if (!real) {
		error_system(&err, errno, "%s", dir);
		return talk_fail(EXIT_USAGE, &err);
	}
	int r = folder_manifest(real, &manifest, &err);
	if (r == 0)
		r = collect_folder(loading, real, &manifest, &err);
	return r < 0 ? talk_fail(exit_for_file(r), &err) : EXIT_DONE;
}

/* ---- Results from elsewhere --------------------------------------------------------------- */

/* The attempt that was collected from this path, whichever its node is. */
static const struct fleet_attempt *find_path(const struct loading *loading, const char *path)
{
	const struct fleet *const fleet = &loading->fleet;
	for (size_t i = 0; !loading->settings->is_again && i < fleet->node_count; i++)
		for (size_t k = 0; k < fleet->nodes[i].attempt_count; k++) {
			const struct fleet_attempt *const attempt = &fleet->nodes[i].attempts[k];
			if (attempt->result_path && strcmp(attempt->result_path, path) == 0)
				return attempt;
		}
	return NULL;
}

static int find_named(const struct loading *loading, const struct words *paths,
                      struct digests *digests, struct error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < paths->count; i++) {
		cleanup_free char *real = realpath(paths->items[i], NULL);
		const char *const path = real ? real : paths->items[i];
		r = digests_add(digests, path, NULL, find_path(loading, path), err);
	}
	return r;
}

/* --node does not move what is known already. */
static void tell_elsewhere(const struct loading *loading, const struct digests *digests)
{
	const char *const name = loading->settings->node;
	const struct fleet *const fleet = &loading->fleet;
	for (size_t d = 0; name && d < digests->count; d++)
		for (size_t i = 0; i < fleet->node_count; i++)
			for (size_t k = 0; k < fleet->nodes[i].attempt_count; k++) {
				const char *const path = fleet->nodes[i].attempts[k].result_path;
				if (path && strcmp(path, digests->items[d].path) == 0 &&
				    strcmp(fleet->nodes[i].name, name) != 0)
					talk_warning("%s is known as a result of %s, and not of "
					             "%s: a new fleet file (-o) takes it anew",
					             path, fleet->nodes[i].name, name);
			}
}

/* Results from elsewhere have no number but by their date, and a node whose clock was wrong sorts
 * its attempts wrong: the newest would not be the one that counts. */
static void warn_of_date(const struct digest *digest, const char *node)
{
	/* 2026-01-01: before that there was no plateau. */
	static const int64_t earliest_ns = 1767225600 * NS_PER_S;
	static const int64_t late_ns = 24 * 3600 * NS_PER_S;
	const int64_t started_ns = digest->found.profile.started_ns;
	char date[CLOCK_TEXT_BYTES];
	if (!digest->found.has_profile ||
	    (started_ns >= earliest_ns && started_ns <= clock_calendar_ns() + late_ns))
		return;
	if (started_ns > 0) {
		clock_format_utc(started_ns, date);
		talk_warning("%s is dated %.10s: where the clock of %s was wrong, its attempts "
		             "stand in the wrong order, and the last one counts",
		             digest->path, date, node);
	} else
		talk_warning("%s has no date: where %s has other results, it may stand in the "
		             "wrong order, and the last one counts",
		             digest->path, node);
}

static int add_result(const struct loading *loading, struct digest *digest, struct fleet *late,
                      struct error *err)
{
	cleanup_free char *by_file = NULL;
	const char *const host = digest->found.profile.host;
	const char *name = loading->settings->node ? loading->settings->node : host;
	if (!name || !*name) {
		const int r = loading_name_by_file(digest->path, &by_file, err);
		if (r < 0)
			return r;
		name = by_file;
		talk_warning("%s has no host name: it counts as of the node %s (--node names "
		             "another)",
		             digest->path, name);
	}
	warn_of_date(digest, name);
	struct fleet_node *const node = fleet_node_take(late, name, err);
	if (!node)
		return -ENOMEM;
	for (size_t i = 0; i < node->attempt_count; i++)
		if (merge_is_same(&node->attempts[i], &digest->found)) {
			talk_detail(loading->settings->arguments, "%s is the same run as %s",
			            digest->path, node->attempts[i].result_path);
			return 0;
		}
	struct fleet_attempt *const attempt =
	        fleet_attempt_take(node, (uint32_t)node->attempt_count + 1, err);
	if (!attempt)
		return -ENOMEM;
	merge_take_result(attempt, &digest->found);
	attempt->result_path = digest->found.result_path;
	digest->found.result_path = NULL;
	return 0;
}

/* A fleet of results is called what all of them are. */
static int name_by_results(struct fleet *fleet, struct error *err)
{
	const struct profile *first = NULL;
	bool is_one_name = true;
	bool is_one_scenario = true;
	for (size_t i = 0; i < fleet->node_count; i++)
		for (size_t k = 0; k < fleet->nodes[i].attempt_count; k++) {
			const struct profile *const p = &fleet->nodes[i].attempts[k].profile;
			first = first ? first : p;
			is_one_name = is_one_name && p->name && first->name &&
			              strcmp(p->name, first->name) == 0;
			is_one_scenario = is_one_scenario && p->scenario_sha256 &&
			                  first->scenario_sha256 &&
			                  strcmp(p->scenario_sha256, first->scenario_sha256) == 0;
		}
	int r = 0;
	if (first && is_one_name)
		r = str_copy(first->name, &fleet->name, err);
	if (r == 0 && first && is_one_scenario)
		r = str_copy(first->scenario_sha256, &fleet->scenario_sha256, err);
	return r;
}

enum exit_code loading_add_results(struct loading *loading, const struct words *paths)
{
	struct error err;
	cleanup_digests struct digests digests = {0};
	cleanup_fleet struct fleet late = {.created_ns = RECORD_ABSENT,
	                                   .observed_ns = clock_calendar_ns()};
	int r = loading_forget_unread(loading, paths, &err);
	if (r == 0)
		r = find_named(loading, paths, &digests, &err);
	if (r < 0)
		return talk_fail(EXIT_SOMETHING_FAILED, &err);
	digests_read(&digests, loading->settings->is_again ? NULL : &loading->fleet,
	             loading->judging, loading->settings->arguments);
	tell_elsewhere(loading, &digests);
	r = loading_count(loading, &digests, &err);
	for (size_t i = 0; r == 0 && i < digests.count; i++)
		if (digests.items[i].outcome == DIGEST_UNREADABLE)
			r = loading_keep_unread(loading, &digests.items[i], &err);
		else if (digests.items[i].outcome != DIGEST_KNOWN)
			r = add_result(loading, &digests.items[i], &late, &err);
	if (r == 0 && late.node_count > 0) {
		merge_number_by_time(&late);
		r = name_by_results(&late, &err);
		if (r == 0)
			r = standing_find_all(&late, &err);
		if (r == 0)
			r = merge_fleet(&loading->fleet, &late, &err);
	}
	return r < 0 ? talk_fail(EXIT_SOMETHING_FAILED, &err) : EXIT_DONE;
}
