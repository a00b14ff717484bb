/* Whether a file is of a kind (a result file, a fleet file), and of which version of its tables. */
#ifndef STORE_MIGRATE_H
#define STORE_MIGRATE_H

#include <sqlite3.h>

struct error;
struct schema;

/* Checks application_id, user_version and that every table is a plain one. path is for messages.
 * *ret_version is between 1 and the schema's: files are read as they are, and what an older one
 * has not is absent. Returns 0, or -EINVAL saying what the file is instead. */
int migrate_check(sqlite3 *db, const struct schema *schema, const char *path, int *ret_version,
                  struct error *err);

#endif
