/* Fleets as commands are told them, for `plateau fleet collect`, `rank` and `history`: the folder
 * of a fleet (what is new in it is collected), fleet files, and results that were gathered by any
 * other means. Several of them become one fleet, in which each node has all of its attempts.
 *
 * Results are loaded, judged by the criteria of their scenario and made into profiles a few at a
 * time, and let go: hundreds of them never are in memory together. Only what is new or changed
 * since the fleet file was written is loaded.
 *
 * What is wrong is said here, by talk. */
#ifndef COMMANDS_FLEET_LOAD_H
#define COMMANDS_FLEET_LOAD_H

#include "commands/command.h"
#include "model/fleet.h"
#include "model/words.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fleet_load_settings {
	const struct arguments *arguments; /* for talk */
	/* Each the folder of a fleet, a fleet file, a result, a folder of results or fleet files
	 * (*.db), or a pattern (*, ? and [...]) of files. At least one. */
	const struct words *sources;
	/* The fleet file that everything goes into, and that is read first where it is there. NULL:
	 * the folder's own (DIR/fleet.db) where one folder of a fleet is the only source; else
	 * nothing is written. */
	const char *output;
	/* The node that results from elsewhere are of. NULL: the host name in each. */
	const char *node;
	/* Nodes that should be there: a file of names or a list (fleet/expected.h); NULL: nobody
	 * said. */
	const char *expected;
	bool is_again;     /* results are loaded that are known already, too */
	bool is_ranked;    /* what the ranking says is kept with it in the fleet file */
	bool is_read_only; /* what is new goes into no fleet file, though it is found */
	/* The fleet file is what the command is for: that it cannot be written is its failure, and
	 * not only a warning. */
	bool must_write;
};

/* What fleet_load did. */
struct fleet_load_summary {
	size_t new_results;     /* loaded for the first time */
	size_t changed_results; /* loaded again */
	size_t known_results;   /* in the fleet file as they are */
	size_t fleet_files;     /* that were put to it */
	size_t file_attempts;   /* how many attempts these have */
	/* What could not be read: damaged, still being written. Texts "PATH: why". Their attempts
	 * have it in `unreadable`; one from elsewhere, whose node nobody knows, is of the node that
	 * its file is named for. Of a gathered fleet, those of earlier loadings, too. */
	struct words unreadable;
	char *written;            /* the fleet file; NULL: there is none */
	bool has_changed;         /* it was not as it is now */
	char *no_batch;           /* why no batch system was asked; NULL: it was, or need not be */
	uint64_t scheduler_calls; /* commands of the batch system that were started */
};

/* EXIT_DONE, also where single results could not be read; EXIT_USAGE: a source is not there, or is
 * none of these; a fleet file that is damaged or newer is not written over. EXIT_SOMETHING_FAILED:
 * memory, or the fleet file could not be written (must_write). ret_summary may be NULL. Nodes are
 * sorted and have their verdicts (fleet/observe); none is FLEET_SLOW yet (analyse/fleet/rank). */
enum exit_code fleet_load(const struct fleet_load_settings *settings, struct fleet *ret_fleet,
                          struct fleet_load_summary *ret_summary);

/* Whether path is the folder of a fleet. */
bool fleet_load_is_folder(const char *path);

void fleet_load_summary_release(struct fleet_load_summary *summary);

#define cleanup_fleet_load_summary __attribute__((cleanup(fleet_load_summary_release)))

#endif
