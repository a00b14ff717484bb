/* Everything that a capacity file names, read and put where it belongs. */
#ifndef COMMANDS_CAPACITY_FILES_H
#define COMMANDS_CAPACITY_FILES_H

#include "commands/command.h"
#include "commands/outputs.h"
#include "model/capacity.h"

/* Reads campaigns, results, parameters, sizes and tables of visits that the capacity file at path
 * names (relative paths from its folder), and fills capacity in. What is wrong is said, all of it,
 * with its place in the file. Returns EXIT_DONE, EXIT_USAGE or EXIT_SOMETHING_FAILED. */
enum exit_code capacity_files_read(const struct arguments *arguments, const char *path,
                                   struct capacity *capacity);

/* The files that it names are spoken for. Returns 0 or -ENOMEM. */
int capacity_files_add(const char *path, const struct capacity *capacity, struct taken_files *taken,
                       struct error *err);

#endif
