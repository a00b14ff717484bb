/* What the files of commands/fleet_load share. */
#ifndef COMMANDS_FLEET_LOAD_PARTS_H
#define COMMANDS_FLEET_LOAD_PARTS_H

#include "commands/fleet_digest.h"
#include "commands/fleet_load.h"

#include <sys/stat.h>

struct judging;

struct loading {
	const struct fleet_load_settings *settings;
	struct fleet fleet; /* what there is so far */
	struct fleet_load_summary summary;
	struct judging *judging;
	size_t readable;    /* results that are known by now, of this or an earlier loading */
	struct stat before; /* of the fleet file, when it was read; st_ino 0: it was not there */
};

/* Adds the folder of a fleet: what its jobs are, and the results that are new. */
enum exit_code loading_add_folder(struct loading *loading, const char *dir);

/* Adds results from elsewhere. */
enum exit_code loading_add_results(struct loading *loading, const struct words *paths);

/* Counts what was read, and tells what could not be. Returns 0 or -ENOMEM. */
int loading_count(struct loading *loading, const struct digests *digests, struct error *err);

#endif
