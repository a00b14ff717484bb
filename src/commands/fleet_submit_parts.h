/* What the files fleet_submit*.c share. */
#ifndef COMMANDS_FLEET_SUBMIT_PARTS_H
#define COMMANDS_FLEET_SUBMIT_PARTS_H

#include "commands/command.h"
#include "fleet/lock.h"
#include "model/batch.h"
#include "model/manifest.h"
#include "model/scenario.h"
#include "model/submit.h"

#include <stdbool.h>
#include <stdint.h>

struct slurm;

/* One call of `plateau fleet submit`. */
struct fleet_submit {
	const struct arguments *arguments;
	const char *scenario_path; /* NULL: the one that the folder has */
	char *dir;                 /* absolute */
	struct scenario scenario;
	struct manifest manifest; /* of the folder, or that it will have */
	bool is_new;              /* the folder has none yet */
	bool has_estimate;        /* estimate_s is known */
	double estimate_s;        /* how long a job will take, with what ends it in order */
	char *limit_of;           /* where the time limit is from, in words */
	unsigned retry;
	uint32_t window;
	int64_t poll_ns;
	char *expected_list; /* all nodes of the folder, as a choice */
	struct batch_choice choice;
	struct slurm *slurm;
	struct lock *lock;
	struct submit_steps steps;
};

/* Options and operands; nothing is looked at yet. EXIT_DONE or EXIT_USAGE, told. */
enum exit_code fleet_submit_read_options(struct fleet_submit *submit);

/* The folder's manifest, if there is one, and the scenario; what is wrong with them, as far as it
 * can be seen on this node, which need not be like those that it is for. */
enum exit_code fleet_submit_load(struct fleet_submit *submit);

/* The time limit: as it was told, as the folder has it, or as the scenario lets it be estimated. */
enum exit_code fleet_submit_find_limit(struct fleet_submit *submit);

/* What is odd about the scenario and the folder, but perhaps only here: said as warnings. */
enum exit_code fleet_submit_look_round(const struct fleet_submit *submit);

/* The folder made and locked, its manifest read again or written. */
enum exit_code fleet_submit_open_folder(struct fleet_submit *submit, struct batch_nodes *nodes);

/* Prints what would be submitted, or was. */
enum exit_code fleet_submit_print(const struct fleet_submit *submit, bool is_interrupted);

#endif
