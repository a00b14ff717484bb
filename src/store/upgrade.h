/* Makes the tables of an earlier version those of the present one, when a run goes on. Reading
 * needs no such thing: store/load reads every version as it is. */
#ifndef STORE_UPGRADE_H
#define STORE_UPGRADE_H

#include <sqlite3.h>

struct error;

enum { UPGRADE_FIRST = 2 }; /* the earliest version that holds enough to go on with */

/* Changes the tables inside the caller's transaction. version is that of the file, from
 * UPGRADE_FIRST on; what is for messages. Returns 0, or -errno with the transaction to be rolled
 * back. */
int upgrade_tables(sqlite3 *db, int version, const char *what, struct error *err);

#endif
