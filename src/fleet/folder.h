/* The folder of a fleet, on a file system that all nodes see:
 *
 *   DIR/fleet.json                       the manifest (struct manifest), written once
 *   DIR/scenario.yaml                    what is run, as it was submitted
 *   DIR/lock                             held by the one submit that may be at work
 *   DIR/nodes/NODE/attempt-K/job.sh      what the batch system was given
 *                           /submitted.json  its answer: the job's id and when, or the refusal
 *                           /state.json  what the job says of itself (struct job_report)
 *                           /result.db   the result, whole or not there
 *                           /job.log     what the job printed
 *   DIR/fleet.db                         the fleet file, once it was collected
 *
 * NODE is the node's name with every byte but [A-Za-z0-9._-] (and a leading point) as %XX. */
#ifndef FLEET_FOLDER_H
#define FLEET_FOLDER_H

#include "model/fleet.h"
#include "model/manifest.h"

#include <stdbool.h>
#include <stdint.h>

struct error;

/* Attempts of a node are counted from 1 to this. */
enum { FOLDER_MOST_ATTEMPTS = 100000 };

/* The name of a node as a folder's, and back. The caller frees it. 0, -ENOMEM; back: -EINVAL. */
int folder_escape(const char *node, char **ret_name, struct error *err);
int folder_unescape(const char *name, char **ret_node, struct error *err);

/* "DIR/nodes/NODE/attempt-K/FILE"; FILE NULL: the folder itself. The caller frees it. */
int folder_path(const char *dir, const char *node, uint32_t attempt, const char *file,
                char **ret_path, struct error *err);

/* Reads DIR/fleet.json. Returns 0; -ENOENT (no fleet there); -EINVAL; -ENOTSUP (a later plateau
 * made it); or -errno. */
int folder_manifest(const char *dir, struct manifest *ret_manifest, struct error *err);
/* Whether what stands in the folder may be run in this user's name: not where everybody can change
 * the folder, fleet.json or scenario.yaml. What is not there yet is no matter. Returns 0, -EPERM or
 * -errno. */
int folder_check_trust(const char *dir, struct error *err);
/* Writes it by way of a file beside it. */
int folder_write_manifest(const char *dir, const struct manifest *manifest, struct error *err);

/* Makes the folder of an attempt and those above it. Returns 0; -EEXIST (somebody has made this
 * attempt); or -errno. */
int folder_make_attempt(const char *dir, const char *node, uint32_t attempt, struct error *err);
/* Writes submitted.json into the attempt's folder, by way of a file beside it. */
int folder_write_submission(const char *dir, const struct submission *submission,
                            struct error *err);

/* Reads every node and attempt that the folder has: submitted.json, state.json, and whether there
 * is a result (result_path, result_bytes). Nodes that are expected and have no attempt are there,
 * too. What cannot be read of one attempt is told in its `unreadable`. Asks no batch system:
 * has_job stays false, and of the job nothing is set but what submitted.json says (id, node,
 * submitted_ns). An attempt that has neither job.id nor refused nor a report was made and perhaps
 * not submitted (a submit that was killed in between). Returns 0 or -errno. */
int folder_read(const char *dir, const struct manifest *manifest, struct fleet *ret_fleet,
                struct error *err);

#endif
