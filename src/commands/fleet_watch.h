/* A fleet that is watched until nothing in it changes by itself any more: on a terminal the picture
 * is drawn again in its place; elsewhere there is a line for each change. */
#ifndef COMMANDS_FLEET_WATCH_H
#define COMMANDS_FLEET_WATCH_H

#include "commands/fleet_look.h"

/* every_ns: between two looks. Returns the code of the last picture. */
enum exit_code fleet_watch(struct fleet_look *look, const struct arguments *arguments,
                           int64_t every_ns);

/* The picture as text, in at most so many lines (0: all). Returns 0 or -errno. */
int fleet_status_text(const struct fleet_look *look, const struct arguments *arguments,
                      size_t most_lines, char **ret_text, struct error *err);

#endif
