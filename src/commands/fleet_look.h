/* Looks at the folder of a fleet and at its batch system, once or again and again: for
 * `plateau fleet status`. Each look asks the batch system the same few questions, however many
 * nodes there are (fleet/observe). A batch system that does not answer is told of, and not fatal:
 * what it said before stands then, beside what jobs wrote into the folder since. */
#ifndef COMMANDS_FLEET_LOOK_H
#define COMMANDS_FLEET_LOOK_H

#include "commands/command.h"
#include "core/error.h"
#include "fleet/folder.h"
#include "report/fleet/status_view.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct slurm;

struct fleet_look {
	const char *dir;
	struct manifest manifest;
	struct fleet fleet; /* as it was seen last */
	bool has_fleet;
	struct status_batch batch;
	struct status_work work;
	/* Of its own. */
	struct slurm *slurm;
	char *batch_name;
	struct error no_answer;
	struct fleet judged;      /* DIR/fleet.db as it was loaded last, */
	int64_t judged_change_ns; /* when the file had been written then */
};

/* Reads the manifest. EXIT_USAGE when there is no fleet, which it says. */
enum exit_code fleet_look_open(const char *dir, struct fleet_look *ret_look);

/* Looks. Returns 0 or -errno; a batch system that is not there or does not answer is in `batch`. */
int fleet_look_again(struct fleet_look *look, struct error *err);

/* What the verdicts of a fleet's nodes come to: 0 all pass; 3 a node fails, is slow, hung or dead;
 * 4 something is open or inconclusive, or a node has no result or was not run. */
enum exit_code fleet_exit(const struct fleet *fleet);

void fleet_look_release(struct fleet_look *look);

#define cleanup_fleet_look __attribute__((cleanup(fleet_look_release)))

#endif
