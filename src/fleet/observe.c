/* The batch system is asked first and the folder is read after it: a job that ends in between has
 * its last word in the folder, and is believed. The other way round, a job that ended would seem to
 * have left nothing. */
#include "fleet/observe.h"

#include "core/cleanup.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/file.h"
#include "fleet/observe_parts.h"
#include "fleet/slurm/slurm.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* What was asked. */
struct answers {
	struct batch_jobs jobs;
	struct batch_nodes nodes;
};

static void release_answers(struct answers *answers)
{
	batch_jobs_release(&answers->jobs);
	batch_nodes_release(&answers->nodes);
}

static int ask_jobs(const struct manifest *manifest, struct slurm *slurm, struct batch_jobs *jobs,
                    struct error *err)
{
	cleanup_free char *name = NULL;
	const int r = observe_job_name(manifest->id, &name, err);
	return r < 0 ? r : slurm_jobs(slurm, name, manifest->created_ns, jobs, err);
}

/* Of all nodes that the site has: one of the fleet's that it knows no more is no reason not to tell
 * of the others. */
static int ask_nodes(struct slurm *slurm, struct batch_nodes *nodes, struct error *err)
{
	const struct batch_choice all = {0};
	return slurm_nodes(slurm, &all, nodes, err);
}

/* Until the batch system says so, no job is known, and its limit is what submit was told. */
static void before_answers(struct fleet *fleet, const struct manifest *manifest)
{
	for (size_t n = 0; n < fleet->node_count; n++)
		for (size_t a = 0; a < fleet->nodes[n].attempt_count; a++) {
			struct fleet_attempt *const attempt = &fleet->nodes[n].attempts[a];
			attempt->has_job = false;
			attempt->is_forgotten = false;
			if (attempt->job.time_limit_ns <= 0)
				attempt->job.time_limit_ns = manifest->time_limit_ns;
		}
}

/* Who submitted it, as fleet.json says: the owner of the file may be whoever copied the folder, or
 * what a file server makes of root. Only where it does not say, he is asked. */
static bool is_of_another(const char *dir, const struct manifest *manifest)
{
	struct error ignored;
	struct stat status;
	cleanup_free char *path = NULL;
	if (manifest->uid >= 0)
		return manifest->uid != (int64_t)geteuid();
	return file_join(dir, "fleet.json", &path, &ignored) == 0 && stat(path, &status) == 0 &&
	       status.st_uid != geteuid();
}

/* Slurm was asked for the caller's own jobs alone. Of another user's fleet it knows none then,
 * which does not mean that they are forgotten. */
static void spare_others(const char *dir, const struct manifest *manifest, struct fleet *fleet)
{
	if (!is_of_another(dir, manifest))
		return;
	for (size_t n = 0; n < fleet->node_count; n++)
		for (size_t a = 0; a < fleet->nodes[n].attempt_count; a++)
			if (fleet->nodes[n].attempts[a].has_job)
				return;
	for (size_t n = 0; n < fleet->node_count; n++)
		for (size_t a = 0; a < fleet->nodes[n].attempt_count; a++)
			fleet->nodes[n].attempts[a].is_forgotten = false;
}

static int read_folder(const char *dir, const struct manifest *manifest, struct fleet *fleet,
                       struct error *err)
{
	const int r = folder_read(dir, manifest, fleet, err);
	if (r < 0)
		return r;
	fleet->observed_ns = clock_calendar_ns();
	before_answers(fleet, manifest);
	return 0;
}

int observe(const char *dir, const struct manifest *manifest, struct slurm *slurm,
            struct fleet *ret_fleet, struct error *err)
{
	__attribute__((cleanup(release_answers))) struct answers answers = {0};
	cleanup_fleet struct fleet fleet = {0};
	int r = slurm ? ask_jobs(manifest, slurm, &answers.jobs, err) : 0;
	if (r == 0 && slurm)
		r = ask_nodes(slurm, &answers.nodes, err);
	if (r == 0)
		r = read_folder(dir, manifest, &fleet, err);
	if (r == 0 && slurm) {
		fleet.has_accounting = slurm_has_accounting(slurm);
		observe_place_nodes(&fleet, &answers.nodes);
		r = observe_place_jobs(&fleet, &answers.jobs, err);
		spare_others(dir, manifest, &fleet);
	}
	if (r < 0)
		return r;
	fleet_sort(&fleet);
	r = standing_find_all(&fleet, err);
	if (r < 0)
		return r;
	*ret_fleet = fleet;
	fleet = (struct fleet){0};
	return 0;
}

int observe_again(const char *dir, const struct manifest *manifest, struct fleet *before,
                  struct fleet *ret_fleet, struct error *err)
{
	cleanup_fleet struct fleet fleet = {0};
	int r = read_folder(dir, manifest, &fleet, err);
	if (r < 0)
		return r;
	observe_move_answers(before, &fleet);
	fleet_sort(&fleet);
	r = standing_find_all(&fleet, err);
	if (r < 0)
		observe_move_answers(&fleet, before);
	if (r < 0)
		return r;
	*ret_fleet = fleet;
	fleet = (struct fleet){0};
	return 0;
}
