#include "commands/fleet_look.h"

#include "commands/talk.h"
#include "core/cleanup.h"
#include "core/file.h"
#include "core/str.h"
#include "fleet/lock.h"
#include "fleet/observe.h"
#include "fleet/slurm/slurm.h"
#include "store/fleet_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum exit_code fleet_look_open(const char *dir, struct fleet_look *ret_look)
{
	struct error err;
	*ret_look = (struct fleet_look){.dir = dir, .batch.answered_ns = RECORD_ABSENT};
	const int r = folder_manifest(dir, &ret_look->manifest, &err);
	if (r == -ENOENT)
		talk_error("%s is no fleet: it has no fleet.json, which `plateau fleet submit` "
		           "writes",
		           dir);
	else if (r < 0)
		talk_error("%s", err.text);
	return r < 0 ? exit_for_file(r) : EXIT_DONE;
}

/* ---- The batch system --------------------------------------------------------------------- */

/* Opens it where that is still to be done; a controller that was silent may answer now. */
static int open_batch(struct fleet_look *look)
{
	if (look->slurm)
		return 0;
	struct error ignored;
	const int r = slurm_open(&look->slurm, &look->no_answer);
	free(look->batch_name);
	look->batch_name = NULL;
	if (r == 0)
		(void)str_format(&look->batch_name, &ignored, "Slurm %s",
		                 slurm_version(look->slurm));
	else if (r != -ENOENT)
		(void)str_copy("Slurm", &look->batch_name, &ignored);
	look->batch.name = look->batch_name;
	look->batch.calls = r == 0 ? slurm_calls(look->slurm) : r != -ENOENT;
	return r;
}

/* Why it says nothing, in a few words: what to do about it stands in the documents. */
static const char *shorten(struct error *no_answer)
{
	static const char leader[] = "Slurm does not answer: ";
	char *const end = strstr(no_answer->text, ". ");
	if (end)
		*end = '\0';
	return no_answer->text + (str_starts_with(no_answer->text, leader) ? strlen(leader) : 0);
}

/* The picture with the batch system, or without it as well as can be. */
static int take_picture(struct fleet_look *look, struct fleet *ret_fleet, struct error *err)
{
	look->batch.calls = 0;
	int r = open_batch(look);
	if (r == 0) {
		const uint64_t before = slurm_calls(look->slurm);
		r = observe(look->dir, &look->manifest, look->slurm, ret_fleet, &look->no_answer);
		look->batch.calls += slurm_calls(look->slurm) - before;
	}
	look->batch.no_answer = r == 0 ? NULL : shorten(&look->no_answer);
	if (r == 0) {
		look->batch.answered_ns = ret_fleet->observed_ns;
		return 0;
	}
	return look->has_fleet
	               ? observe_again(look->dir, &look->manifest, &look->fleet, ret_fleet, err)
	               : observe(look->dir, &look->manifest, NULL, ret_fleet, err);
}

/* ---- What was collected already ----------------------------------------------------------- */

/* Loads DIR/fleet.db where it is new. One that cannot be read is nothing to wait for here: who
 * collects is told. */
static int load_judged(struct fleet_look *look, struct error *err)
{
	cleanup_free char *path = NULL;
	struct stat status;
	const int r = file_join(look->dir, "fleet.db", &path, err);
	if (r < 0)
		return r;
	if (stat(path, &status) < 0 || file_mtime_ns(&status) == look->judged_change_ns)
		return 0;
	struct error ignored;
	struct fleet judged = {0};
	if (fleet_file_load(path, &judged, &ignored) < 0)
		return 0;
	fleet_release(&look->judged);
	look->judged = judged;
	look->judged_change_ns = file_mtime_ns(&status);
	return 0;
}

static bool is_same_text(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

/* Whether the fleet file, which knew this of the attempt, knows more than can be seen now: its
 * result was loaded; or the batch system told what became of a job that it has forgotten since. */
static bool knows_more(const struct fleet_attempt *judged, const struct fleet_attempt *now)
{
	if (fleet_verdict_words[judged->verdict].is_open)
		return false; /* the job was still at work */
	if (now->result_path)
		return judged->has_profile && judged->result_bytes == now->result_bytes;
	return !now->has_job && judged->has_job && is_same_text(judged->job.id, now->job.id);
}

/* The same attempt in the fleet file; NULL: it does not help. */
static const struct fleet_attempt *find_judged(const struct fleet *judged, const char *node,
                                               const struct fleet_attempt *attempt)
{
	const struct fleet_node *const at = fleet_node_find(judged, node);
	for (size_t a = 0; at && a < at->attempt_count; a++)
		if (at->attempts[a].number == attempt->number)
			return knows_more(&at->attempts[a], attempt) ? &at->attempts[a] : NULL;
	return NULL;
}

static int copy_reason(char **reason, const char *from, struct error *err)
{
	char *copy = NULL;
	const int r = from ? str_copy(from, &copy, err) : 0;
	if (r < 0)
		return r;
	free(*reason);
	*reason = copy;
	return 0;
}

/* A result that was read says more than the exit code of the run that made it; that a node died
 * says more than both. Nodes whose result nobody has read yet are counted. */
static int take_judged(struct fleet_look *look, struct fleet *fleet, struct error *err)
{
	look->work.uncollected = look->work.unranked = 0;
	for (size_t i = 0; i < fleet->node_count; i++) {
		struct fleet_node *const node = &fleet->nodes[i];
		struct fleet_attempt *const last = fleet_attempt_last(node);
		const struct fleet_attempt *const judged =
		        last ? find_judged(&look->judged, node->name, last) : NULL;
		look->work.uncollected += last && last->result_path && !judged;
		if (!judged || last->verdict == FLEET_NODE_FAIL || last->verdict == FLEET_HUNG)
			continue;
		const char *const reason = fleet_attempt_reason(judged);
		int r = copy_reason(&last->reason, reason, err);
		if (r == 0)
			r = copy_reason(&node->reason, reason, err);
		if (r < 0)
			return r;
		last->verdict = node->verdict = fleet_attempt_verdict(judged);
		look->work.unranked += node->verdict == FLEET_PASS && !judged->has_ranked;
	}
	return 0;
}

int fleet_look_again(struct fleet_look *look, struct error *err)
{
	cleanup_fleet struct fleet fleet = {0};
	/* A submit that is still at work adds nodes. */
	cleanup_manifest struct manifest manifest = {0};
	int r = folder_manifest(look->dir, &manifest, err);
	if (r < 0)
		return r;
	manifest_release(&look->manifest);
	look->manifest = manifest;
	manifest = (struct manifest){0};
	r = take_picture(look, &fleet, err);
	look->work.is_submitting = lock_is_held(look->dir);
	if (r == 0)
		r = load_judged(look, err);
	if (r == 0)
		r = take_judged(look, &fleet, err);
	if (r < 0)
		return r;
	fleet_release(&look->fleet);
	look->fleet = fleet;
	look->has_fleet = true;
	fleet = (struct fleet){0};
	return 0;
}

enum exit_code fleet_exit(const struct fleet *fleet)
{
	enum exit_code code = fleet->node_count > 0 ? EXIT_DONE : EXIT_INCONCLUSIVE;
	for (size_t i = 0; i < fleet->node_count; i++) {
		const enum fleet_verdict verdict = fleet->nodes[i].verdict;
		if (fleet_verdict_words[verdict].is_bad)
			return EXIT_CRITERIA_FAILED;
		if (verdict != FLEET_PASS)
			code = EXIT_INCONCLUSIVE;
	}
	return code;
}

void fleet_look_release(struct fleet_look *look)
{
	if (!look)
		return;
	manifest_release(&look->manifest);
	fleet_release(&look->fleet);
	fleet_release(&look->judged);
	slurm_free(look->slurm);
	free(look->batch_name);
	*look = (struct fleet_look){0};
}
