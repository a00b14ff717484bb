#ifndef PLATEAU_COMMANDS_OWN_FILE_H
#define PLATEAU_COMMANDS_OWN_FILE_H

/* The data files that come with plateau: metrics.yaml, scenarios. */

/* Where one of them is (name: "metrics.yaml", "scenarios/quick.yaml"): beside the program in a
 * build tree, where it was installed, or beside bin of a copy that was moved to another place.
 * Returns its path, which the caller frees; NULL where it is in none of these, or no memory. */
char *own_file(const char *name);

#endif
