/* The tables of an open result file into a dataset, every value checked. */
#ifndef STORE_LOAD_ROWS_H
#define STORE_LOAD_ROWS_H

#include "model/dataset.h"

#include <sqlite3.h>
#include <stdint.h>

struct error;

/* Fills all but path of *dataset, which is zeroed; the caller releases it, on failure too. version
 * is that of the tables (migrate_check).
 * file_bytes bounds how many rows a damaged or hostile file may claim to have. Returns 0 or
 * -errno. */
int load_rows(sqlite3 *db, const char *path, int version, uint64_t file_bytes,
              struct dataset *dataset, struct error *err);

#endif
