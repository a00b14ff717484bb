/* The sides of a comparison as the command line names them: which files each one has, and how it is
 * called. */
#ifndef COMMANDS_COMPARE_SIDES_H
#define COMMANDS_COMPARE_SIDES_H

#include "analyse/compare/compare.h"
#include "commands/command.h"
#include "commands/loaded.h"

/* A base and one or more others. */
struct compare_sides {
	struct side *items; /* the base first */
	size_t count;
	struct words files; /* of all sides, in their order */
	struct words names;
	const struct findings ***runs; /* of each side */
	struct loaded loaded;
};

/* "A.db B.db C/": the first word is the base, every other one a side of its own; a folder or a
 * pattern stands for the runs of one side. "A.db B.db -- C.db D.db": two sides of several runs.
 * --names gives names. Loads everything. Returns 0; -EINVAL, -ENOENT, -EBUSY, -ENOMEM. */
int compare_sides_open(const struct arguments *arguments, struct compare_sides *ret_sides,
                       struct error *err);
void compare_sides_release(struct compare_sides *sides);

#define cleanup_compare_sides __attribute__((cleanup(compare_sides_release)))

#endif
