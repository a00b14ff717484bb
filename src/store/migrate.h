/* Whether a file is a result file, and of which version of the tables. */
#ifndef STORE_MIGRATE_H
#define STORE_MIGRATE_H

#include <sqlite3.h>

struct error;

/* Checks application_id, user_version and that every table is a plain one. path is for messages.
 * *ret_version is between 1 and SCHEMA_VERSION: files are read as they are, and what an older one
 * has not is absent. Returns 0, or -EINVAL saying what the file is instead. */
int migrate_check(sqlite3 *db, const char *path, int *ret_version, struct error *err);

#endif
