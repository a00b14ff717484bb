#include "commands/fleet_load.h"

#include "analyse/fleet/rank.h"
#include "commands/fleet_load_parts.h"
#include "commands/judging.h"
#include "commands/result_files.h"
#include "commands/talk.h"
#include "core/cleanup.h"
#include "core/clock.h"
#include "core/file.h"
#include "core/str.h"
#include "fleet/expected.h"
#include "fleet/merge.h"
#include "fleet/shared_runs.h"
#include "store/fleet_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What the words of a command line stand for. */
struct sources {
	struct words folders; /* of fleets */
	struct words files;   /* fleet files */
	struct words results;
};

static void release_sources(struct sources *sources)
{
	words_release(&sources->folders);
	words_release(&sources->files);
	words_release(&sources->results);
}

#define cleanup_sources __attribute__((cleanup(release_sources)))

void fleet_load_summary_release(struct fleet_load_summary *summary)
{
	words_release(&summary->unreadable);
	free(summary->written);
	free(summary->no_batch);
	*summary = (struct fleet_load_summary){0};
}

bool fleet_load_is_folder(const char *path)
{
	struct error ignored;
	struct stat status;
	cleanup_free char *manifest = NULL;
	return file_join(path, "fleet.json", &manifest, &ignored) == 0 &&
	       stat(manifest, &status) == 0;
}

static int sort_source(const char *word, struct sources *sources, struct error *err)
{
	cleanup_words struct words paths = {0};
	if (fleet_load_is_folder(word))
		return words_add(&sources->folders, word, err);
	int r = result_files_find(word, NULL, &paths, err);
	for (size_t i = 0; r == 0 && i < paths.count; i++)
		r = words_add(fleet_file_is(paths.items[i]) ? &sources->files : &sources->results,
		              paths.items[i], err);
	return r;
}

static int sort_sources(const struct words *words, struct sources *sources, struct error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < words->count; i++)
		r = sort_source(words->items[i], sources, err);
	return r;
}

/* Which fleet file everything goes into: what was said, or the one of the only folder. */
static int choose_output(const struct fleet_load_settings *settings, const struct sources *sources,
                         char **ret_path, struct error *err)
{
	if (settings->output)
		return str_copy(settings->output, ret_path, err);
	if (sources->folders.count == 1 && sources->files.count == 0 && sources->results.count == 0)
		return file_join(sources->folders.items[0], "fleet.db", ret_path, err);
	return 0;
}

static int add_file(struct loading *loading, const char *path, size_t *attempts, struct error *err)
{
	cleanup_fleet struct fleet fleet = {0};
	const int r = fleet_file_load(path, &fleet, err);
	if (r < 0)
		return r;
	for (size_t i = 0; i < fleet.node_count; i++)
		*attempts += fleet.nodes[i].attempt_count;
	return merge_fleet(&loading->fleet, &fleet, err);
}

/* What was collected before is what everything else is put to. */
static int read_output(struct loading *loading, const char *path, struct error *err)
{
	if (stat(path, &loading->before) < 0) {
		loading->before.st_ino = 0;
		return errno == ENOENT ? 0 : error_system(err, errno, "%s", path);
	}
	struct error why;
	size_t attempts = 0;
	const int r = add_file(loading, path, &attempts, &why);
	if (r < 0)
		return error_set(err, -r,
		                 "%s. Nothing is put to it: move it away to begin a new fleet "
		                 "file, or name another one with -o",
		                 why.text);
	return 0;
}

static bool is_output(const struct loading *loading, const char *path)
{
	struct stat status;
	return loading->before.st_ino != 0 && stat(path, &status) == 0 &&
	       status.st_dev == loading->before.st_dev && status.st_ino == loading->before.st_ino;
}

static enum exit_code add_sources(struct loading *loading, const struct sources *sources)
{
	struct error err;
	enum exit_code code = EXIT_DONE;
	for (size_t i = 0; i < sources->files.count; i++) {
		const char *const path = sources->files.items[i];
		struct fleet_load_summary *const summary = &loading->summary;
		const bool is_other = !is_output(loading, path);
		const int r = is_other ? add_file(loading, path, &summary->file_attempts, &err) : 0;
		summary->fleet_files += is_other;
		if (r < 0)
			return talk_fail(exit_for_file(r), &err);
	}
	for (size_t i = 0; code == EXIT_DONE && i < sources->folders.count; i++)
		code = loading_add_folder(loading, sources->folders.items[i]);
	if (code == EXIT_DONE && sources->results.count > 0)
		code = loading_add_results(loading, &sources->results);
	return code;
}

/* Somebody may have written it meanwhile: what that knows is kept. */
static int take_meanwhile(struct loading *loading, const char *path, struct error *err)
{
	struct stat now = {0};
	cleanup_fleet struct fleet there = {0};
	if (stat(path, &now) < 0 ||
	    (now.st_ino == loading->before.st_ino && now.st_size == loading->before.st_size &&
	     file_mtime_ns(&now) == file_mtime_ns(&loading->before)))
		return 0;
	int r = fleet_file_load(path, &there, err);
	if (r == 0)
		r = merge_fleet(&there, &loading->fleet, err);
	if (r == 0)
		r = shared_runs_find(&there, err);
	if (r < 0)
		return r;
	fleet_release(&loading->fleet);
	loading->fleet = there;
	there = (struct fleet){0};
	return 0;
}

static int note_ranking(struct fleet *fleet, struct error *err)
{
	cleanup_fleet_ranking struct fleet_ranking ranking = {0};
	const int r = fleet_rank(fleet, &ranking, err);
	return r == 0 ? fleet_rank_note(&ranking, fleet, clock_calendar_ns(), err) : r;
}

static enum exit_code write_output(struct loading *loading, const char *path)
{
	struct error err;
	cleanup_close const int lock = fleet_file_lock(path);
	(void)lock; /* held until this returns; clang takes it for unused */
	int r = take_meanwhile(loading, path, &err);
	if (r == 0 && loading->settings->is_ranked)
		r = note_ranking(&loading->fleet, &err);
	if (r == 0)
		r = fleet_file_update(path, &loading->fleet, &loading->summary.has_changed, &err);
	if (r == 0) {
		r = str_copy(path, &loading->summary.written, &err);
		return r < 0 ? talk_fail(EXIT_SOMETHING_FAILED, &err) : EXIT_DONE;
	}
	if (r == -ENOMEM || loading->settings->must_write)
		return talk_fail(exit_for_file(r), &err);
	talk_warning("%s: what is new is not kept", err.text);
	return EXIT_DONE;
}

static void tell_unreadable(const struct words *unreadable)
{
	enum { TOLD_MOST = 10 };
	for (size_t i = 0; i < unreadable->count && i < TOLD_MOST; i++)
		talk_warning("%s", unreadable->items[i]);
	if (unreadable->count > TOLD_MOST)
		talk_warning("%zu more results could not be read", unreadable->count - TOLD_MOST);
}

static void tell_shared(const struct fleet *fleet)
{
	enum { TOLD_MOST = 10 };
	size_t count = 0;
	for (size_t i = 0; i < fleet->node_count; i++)
		for (size_t k = 0; k < fleet->nodes[i].attempt_count; k++) {
			const char *const shared = fleet->nodes[i].attempts[k].shared;
			if (shared && count++ < TOLD_MOST)
				talk_warning("node %s: %s", fleet->nodes[i].name, shared);
		}
	if (count > TOLD_MOST)
		talk_warning("%zu more results stand under two nodes", count - TOLD_MOST);
}

static enum exit_code load_all(struct loading *loading)
{
	struct error err;
	cleanup_sources struct sources sources = {0};
	cleanup_free char *output = NULL;
	const char *const expected = loading->settings->expected;
	struct error why;
	int r = expected ? expected_read(expected, &loading->expected, &why) : 0;
	if (r < 0)
		error_set(&err, -r, "--expect %s", why.text);
	if (r == 0)
		r = sort_sources(loading->settings->sources, &sources, &err);
	if (r == 0)
		r = choose_output(loading->settings, &sources, &output, &err);
	if (r == 0 && output)
		r = read_output(loading, output, &err);
	if (r < 0)
		return talk_fail(exit_for_file(r), &err);
	const enum exit_code code = add_sources(loading, &sources);
	if (code != EXIT_DONE)
		return code;
	if (loading->fleet.node_count == 0 && loading->summary.unreadable.count > 0) {
		tell_unreadable(&loading->summary.unreadable);
		talk_error("none of these could be read, so that there is no fleet");
		return EXIT_USAGE;
	}
	r = shared_runs_find(&loading->fleet, &err);
	if (r == 0)
		r = loading_add_missing(loading, &err);
	tell_unreadable(&loading->summary.unreadable);
	tell_shared(&loading->fleet);
	if (r < 0)
		return talk_fail(exit_for_file(r), &err);
	return output && !loading->settings->is_read_only ? write_output(loading, output)
	                                                  : EXIT_DONE;
}

enum exit_code fleet_load(const struct fleet_load_settings *settings, struct fleet *ret_fleet,
                          struct fleet_load_summary *ret_summary)
{
	struct loading loading = {
	        .settings = settings,
	        .fleet = {.created_ns = RECORD_ABSENT, .observed_ns = RECORD_ABSENT}};
	const struct judging_settings judging = {.arguments = settings->arguments};
	enum exit_code code = judging_open(&judging, &loading.judging);
	if (code == EXIT_DONE)
		code = load_all(&loading);
	judging_free(loading.judging);
	if (code == EXIT_DONE && ret_summary) {
		*ret_summary = loading.summary;
		loading.summary = (struct fleet_load_summary){0};
	}
	fleet_load_summary_release(&loading.summary);
	words_release(&loading.expected);
	words_release(&loading.unread_paths);
	words_release(&loading.unread_whys);
	if (code != EXIT_DONE) {
		fleet_release(&loading.fleet);
		return code;
	}
	*ret_fleet = loading.fleet;
	return EXIT_DONE;
}
