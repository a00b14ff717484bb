/* Whether a file is a result file, and of which version of the tables. */
#ifndef STORE_MIGRATE_H
#define STORE_MIGRATE_H

#include <sqlite3.h>

struct error;

/* Checks application_id, user_version and that every table is a plain one. path is for messages.
 * There is one version of the tables so far; when a second comes, files of the first are brought
 * up to it here. Returns 0, or -EINVAL saying what the file is instead. */
int migrate_check(sqlite3 *db, const char *path, struct error *err);

#endif
