/* The fleet file: every attempt of every node of a fleet in one SQLite file, with the profiles of
 * their results. docs/fleet-file.md. It may come from anybody: it is read defensively. */
#ifndef STORE_FLEET_FILE_H
#define STORE_FLEET_FILE_H

#include "model/fleet.h"

#include <stdbool.h>

struct error;

/* Whether the file at path is a fleet file (application_id). False too where it cannot be read. */
bool fleet_file_is(const char *path);

/* Reads all of it. Returns 0; -ENOENT; -EINVAL (no fleet file, damaged, of a newer plateau); or
 * -errno. */
int fleet_file_load(const char *path, struct fleet *ret_fleet, struct error *err);

/* Waits until no other plateau writes a file in path's folder, so that what is read from now on is
 * what will be replaced. Returns a descriptor that is closed to let the next one in; -1: the file
 * system has no such locks. */
int fleet_file_lock(const char *path);

/* Writes all of a fleet to path, in the place of what is there: whole, or not at all. Returns 0 or
 * -errno. */
int fleet_file_write(const char *path, const struct fleet *fleet, struct error *err);

/* As fleet_file_write, unless the file says the same already, but for when it was looked at
 * (observed_ns): then it stays as it is. */
int fleet_file_update(const char *path, const struct fleet *fleet, bool *ret_changed,
                      struct error *err);

#endif
