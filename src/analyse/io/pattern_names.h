/* What a file's name says of what it is for. Pure. */
#ifndef ANALYSE_IO_PATTERN_NAMES_H
#define ANALYSE_IO_PATTERN_NAMES_H

#include <stdbool.h>

/* SQLite's files beside a database: "x.db-journal", "x.db-wal", "x.db-shm", "x.db-mj01234567". */
bool io_name_is_journal(const char *path);

/* Names of temporary files: "tmpab12cd" (Python), "x.AbC123" (mkstemp), "x.tmp", "x.tmp.123",
 * "x.part", "x.swp", "x~", "etilqs_..." (SQLite). */
bool io_name_is_temporary(const char *path);

#endif
