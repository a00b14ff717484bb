/* Going on with a result file: what is changed in it before the first further trial. */
#ifndef STORE_REOPEN_H
#define STORE_REOPEN_H

#include "model/dataset.h"
#include "model/plan.h"

#include <sqlite3.h>
#include <stdint.h>

struct error;

struct reopen_content {
	const struct dataset *before; /* as loaded */
	const struct plan *plan;      /* begins with the trials of before */
	const char *scenario_json;
};

/* Opens the file, which may come from anybody, for writing. Returns 0 or -errno. */
int reopen_database(const char *path, sqlite3 **ret_db, struct error *err);

/* Checks that the file, locked by now, is still as it was loaded, and makes it that of a running
 * run with the present version's tables, in one transaction. *ret_stored gets the number of tasks
 * in it. Returns 0; -EBUSY (somebody has gone on with it meanwhile); -EINVAL (of an older version,
 * or no result file); or -errno. */
int reopen_rows(sqlite3 *db, const char *path, const struct reopen_content *content,
                uint64_t *ret_stored, struct error *err);

/* In a file that is being written: its plan has further trials from index `first` on. One
 * transaction. Returns 0 or -errno. */
int reopen_extend(sqlite3 *db, const char *path, size_t first, const struct plan *plan,
                  const char *scenario_json, struct error *err);

#endif
