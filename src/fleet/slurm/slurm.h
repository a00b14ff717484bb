/* Slurm, by its own commands (sinfo, squeue, sbatch, sacct, scontrol), each started from an
 * argument list and read with a delimiter; no other place does either. Every call of a command
 * counts in slurm_calls, and none depends on how many nodes or jobs there are, but slurm_submit,
 * which is one per job. docs/fleet.md. */
#ifndef FLEET_SLURM_SLURM_H
#define FLEET_SLURM_SLURM_H

#include "core/str.h"
#include "model/batch.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;
struct slurm;

/* Whether Slurm is there and answers: its commands are in PATH and the controller answers. Returns
 * 0; -ENOENT (no such commands: err says so and what works without); -EHOSTUNREACH (no answer, with
 * Slurm's own words); or another -errno. */
int slurm_open(struct slurm **ret_slurm, struct error *err);
void slurm_free(struct slurm *slurm);

/* Slurm's commands give up themselves, after some times MessageTimeout (10 s, longer at some
 * sites); one that has not answered after this time is ended. */
enum { SLURM_CALL_S = 180 };

/* While a command has not answered, is_unwanted is asked many times a second whether to end it at
 * once (NULL: never): what was called for then returns -EINTR. */
void slurm_set_watch(struct slurm *slurm, bool (*is_unwanted)(void *context), void *context);

/* How many commands were started so far. */
uint64_t slurm_calls(const struct slurm *slurm);

/* The site's version ("22.05.8"), and whether it keeps accounts that sacct can read. */
const char *slurm_version(const struct slurm *slurm);
bool slurm_has_accounting(const struct slurm *slurm);

/* The nodes that a choice stands for. A name that Slurm does not know is -EINVAL and named.
 * Returns 0 or -errno. */
int slurm_nodes(struct slurm *slurm, const struct batch_choice *choice,
                struct batch_nodes *ret_nodes, struct error *err);

/* What is known of all jobs with this name (and only of the caller's own): those in the queue,
 * those that ended lately (squeue), and, where accounts are kept, those that ended since `since_ns`
 * with their memory (sacct, which trails the controller by some seconds: what squeue says goes
 * first). Returns 0 or -errno. */
int slurm_jobs(struct slurm *slurm, const char *name, int64_t since_ns, struct batch_jobs *ret_jobs,
               struct error *err);

/* Whether these may be handed to sbatch beside what plateau says itself: before anything is made
 * for a job that cannot be submitted. Returns 0, or -EINVAL. */
int slurm_check_options(const struct words *options, struct error *err);

/* Whether jobs can write their output into this folder, likewise. Returns 0, or -EINVAL. */
int slurm_check_folder(const char *path, struct error *err);

/* Submits one job; *ret_id is its id, which the caller frees. Returns 0; -EAGAIN (the site's limit
 * of submitted jobs is reached: try later); -EINVAL (refused, err has Slurm's own words); or
 * another -errno. */
int slurm_submit(struct slurm *slurm, const struct batch_request *request, char **ret_id,
                 struct error *err);

/* The command that slurm_submit would start, as it could be typed into a shell (for --dry-run). */
int slurm_submit_text(const struct batch_request *request, struct str *text, struct error *err);

/* What the environment of a job says, on its node; NULL: it says nothing. */
struct slurm_here {
	const char *job;
	const char *node;   /* SLURMD_NODENAME */
	uint32_t cpu_count; /* SLURM_CPUS_ON_NODE; 0: not said */
};
struct slurm_here slurm_here(void);

#endif
