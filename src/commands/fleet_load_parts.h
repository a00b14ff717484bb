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
	size_t readable;       /* results that are known by now, of this or an earlier loading */
	struct words expected; /* names of nodes, as settings->expected says them */
	struct words unread_paths; /* of results from elsewhere that could not be read */
	struct words unread_whys;  /* of each of these, why */
	struct stat before; /* of the fleet file, when it was read; st_ino 0: it was not there */
};

/* Adds the folder of a fleet: what its jobs are, and the results that are new. */
enum exit_code loading_add_folder(struct loading *loading, const char *dir);

/* Adds results from elsewhere. */
enum exit_code loading_add_results(struct loading *loading, const struct words *paths);

/* Counts what was read, and tells what could not be. Returns 0 or -ENOMEM. */
int loading_count(struct loading *loading, const struct digests *digests, struct error *err);

/* "results/n7.db" is of a node that does not say its name: n7. Returns 0 or -ENOMEM. */
int loading_name_by_file(const char *path, char **ret_name, struct error *err);

/* Keeps for loading_add_missing what could not be read. Returns 0 or -ENOMEM. */
int loading_keep_unread(struct loading *loading, const struct digest *digest, struct error *err);

/* Takes from a gathered fleet what an earlier loading could not read and is among paths,
 * so that it is read anew. Returns 0 or -ENOMEM. */
int loading_forget_unread(struct loading *loading, const struct words *paths, struct error *err);

/* Adds, when everything is read, the results that could not be, as attempts of the nodes that their
 * files are named for, and the nodes that were expected. Returns 0 or -ENOMEM. */
int loading_add_missing(struct loading *loading, struct error *err);

#endif
