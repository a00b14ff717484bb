/* What a fleet is like now: its folder, and what the batch system says, put together. For submit,
 * status and collect alike. */
#ifndef FLEET_OBSERVE_H
#define FLEET_OBSERVE_H

#include "fleet/folder.h"
#include "model/fleet.h"

struct error;
struct slurm;

/* Reads the folder and asks the batch system (a fixed number of questions); slurm NULL: there is
 * none, and jobs are known by their state files alone. A job that the batch system has and the
 * folder lacks (a submit that was killed in between) is put where its comment says it belongs. Each
 * node and attempt gets its verdict and reason. Returns 0 or -errno. */
int observe(const char *dir, const struct manifest *manifest, struct slurm *slurm,
            struct fleet *ret_fleet, struct error *err);

/* The same when the batch system does not answer: the folder is read anew, and of jobs and nodes
 * stands what was said before, which is moved out of `before`. Returns 0 or -errno; `before` then
 * holds what it held. */
int observe_again(const char *dir, const struct manifest *manifest, struct fleet *before,
                  struct fleet *ret_fleet, struct error *err);

/* The verdict of one attempt from what is known of it (job, report, result, profile, judgements);
 * pure. now_ns: the calendar time. Fills in verdict and reason, in place of what they were; a plain
 * pass has none. To be asked again once more is known, as when its result was collected. Returns 0
 * or -ENOMEM. */
int standing_find(struct fleet_attempt *attempt, int64_t now_ns, struct error *err);

/* The same of a node: of its last attempt, whose verdict it finds too, or why it was not run. */
int standing_find_node(struct fleet_node *node, int64_t now_ns, struct error *err);

/* The same of all nodes and attempts of a fleet, as of when it was looked at (observed_ns). */
int standing_find_all(struct fleet *fleet, struct error *err);

/* The name that all jobs of a fleet have ("plateau-" and the fleet's id, which must be 32
 * hexadecimal digits: -EINVAL), and the comment that one of them has ("plateau/NODE/attempt-K", the
 * node's name as that of its folder). */
int observe_job_name(const char *fleet_id, char **ret_name, struct error *err);
int observe_job_comment(const char *node, uint32_t attempt, char **ret_comment, struct error *err);
/* Which node and attempt a comment speaks of. -EINVAL: none. */
int observe_read_comment(const char *comment, char **ret_node, uint32_t *ret_attempt,
                         struct error *err);

#endif
