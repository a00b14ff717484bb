/* The file system that plateau gives to SQLite, so that a database touches no file but its own.
 * What a database's files say decides which other files SQLite opens and deletes: a journal that
 * was cut off names a "super-journal", any path, which SQLite reads and, with the rights of whoever
 * opens the database, deletes. Here no super-journal is ever opened, nothing is loaded as code, and
 * a database that is only read has nothing written, made or removed beside it.
 *
 * Both systems stand above SQLite's default one at the time of a call. */
#ifndef STORE_CONFINED_H
#define STORE_CONFINED_H

struct error;

/* Makes both known to SQLite, once in a process. Returns 0 or -errno. */
int confined_register(struct error *err);

/* Names for sqlite3_open_v2: for a database that is ours to write, and for one that is only read,
 * with neither journal nor log. */
extern const char confined_writing[];
extern const char confined_reading[];

#endif
